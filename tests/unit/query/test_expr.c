#include "query/fixture.h"

#include "query/expr_int.h"

// --- shape ------------------------------------------------------------------------------------

static void show(const struct expr *e, struct str *out) {
    static const char *const ops[] = {"=",  "!=", "<",  "<=",     ">",    ">=",      "~",
                                      "!~", ":",  "in", "not in", "null", "not null"};
    static const char *const kinds[] = {"and", "or", "not"};
    if (e->kind == EXPR_WORD) {
        str_addf(out, "%s'%.*s'", e->op == OP_MATCH ? "~" : "", SV_ARG(e->values[0].text));
        return;
    }
    if (e->kind == EXPR_TEST) {
        str_addf(out, "[%.*s %s", SV_ARG(e->name), ops[e->op]);
        for (size_t i = 0; i < e->n_values; i++) {
            str_addf(out, " '%.*s'", SV_ARG(e->values[i].text));
        }
        str_add_byte(out, ']');
        return;
    }
    str_addf(out, "(%s", kinds[e->kind]);
    for (const struct expr *kid = e->kids; kid; kid = kid->next) {
        str_add_byte(out, ' ');
        show(kid, out);
    }
    str_add_byte(out, ')');
}

struct shape {
    const char *text, *want;
};

static const struct shape shapes[] = {
    {"a", "'a'"},
    {"a b", "(and 'a' 'b')"},
    {"a and b or c", "(or (and 'a' 'b') 'c')"},
    {"a AND b Or c d", "(or (and 'a' 'b') (and 'c' 'd'))"},
    {"a (b or c)", "(and 'a' (or 'b' 'c'))"},
    {"not a b", "(and (not 'a') 'b')"},
    {"a !b", "(and 'a' (not 'b'))"},
    {"!a b x=1 c", "(and (not (and 'a' 'b')) [x = '1'] 'c')"},
    {"!a and b", "(and (not 'a') 'b')"},
    {"!x=1 b", "(and (not [x = '1']) 'b')"},
    {"!~a.b c or d", "(or (not (and ~'a.b' 'c')) 'd')"},
    {"!(a b) c", "(and (not (and 'a' 'b')) 'c')"},
    {"not not a", "'a'"},
    {"! not !a", "(not 'a')"},
    {"x=1", "[x = '1']"},
    {"x = 1", "[x = '1']"},
    {"x ==1", "[x = '1']"},
    {"x!=1", "[x != '1']"},
    {"x !~ 1", "[x !~ '1']"},
    {"x<=-7d y>=2025-02-04T10:00", "(and [x <= '-7d'] [y >= '2025-02-04T10:00'])"},
    {"x:a:b", "[x : 'a:b']"},
    {"x=a=b", "[x = 'a=b']"},
    {"x~(a|b)c", "[x ~ '(a|b)c']"},
    {"(x~(a|b)c)", "[x ~ '(a|b)c']"},
    {"(x~[)]c\\))", "[x ~ '[)]c\\)']"},
    {"x~\"a b\"", "[x ~ 'a b']"},
    {"x='it''s \"so\"'", "[x = 'it's \"so\"']"},
    {"x=\"a\"\"b\"", "[x = 'a\"b']"},
    {"x=\"\"", "[x = '']"},
    {"x in (a,b)", "[x in 'a' 'b']"},
    {"x in(a, b c ,\"d,e\", f(g) )", "[x in 'a' 'b c' 'd,e' 'f(g)']"},
    {"x not in (a)", "[x not in 'a']"},
    {"x IS NULL", "[x null]"},
    {"x is not null and y", "(and [x not null] 'y')"},
    {"crash in startup", "(and 'crash' 'in' 'startup')"},
    {"this is it", "(and 'this' 'is' 'it')"},
    {"in", "'in'"},
    {"android orange", "(and 'android' 'orange')"},
    {"\"and\"", "'and'"},
    {"\"x y\"=1", "[x y = '1']"},
    {"params.\"a b\"=1 c", "(and [params.a b = '1'] 'c')"},
    {"don't", "'don't'"},
    {"-x", "'-x'"},
    {"a,b", "'a,b'"},
    {"~a(b", "~'a(b'"},
    {"x=5%", "[x = '5%']"},
};

static void shapes_of_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(shapes); i++) {
        struct arena a = {0};
        struct err err = ERR_INIT;
        struct str got = STR_INIT;
        struct expr *e;
        if (!expr_parse(sv_cstr(shapes[i].text), &a, &e, NULL, &err)) {
            fail_msg("%s: %s", shapes[i].text, err.msg);
        }
        show(e, &got);
        assert_string_equal(str_cstr(&got), shapes[i].want);
        str_done(&got);
        arena_done(&a);
    }
}

static void blank_is_nothing(void **state) {
    (void)state;
    struct arena a = {0};
    struct expr *e;
    assert_true(expr_parse(SV(" \t "), &a, &e, NULL, NULL));
    assert_null(e);
    assert_true(expr_parse(SV_NULL, &a, &e, NULL, NULL));
    assert_null(e);
    arena_done(&a);
}

// --- faults -----------------------------------------------------------------------------------

struct fault {
    const char *text;
    size_t at;
    const char *says;
};

static const struct fault faults[] = {
    {"(a", 0, "position 1: the bracket that opens here is not closed"},
    {"a)", 1, "position 2: a closing bracket without an opening one"},
    {"a and", 5, "position 6: expected a word or a test of a column, found the end"},
    {"a or or b", 5, "found \"or\""},
    {"()", 1, "found \")\""},
    {"n=", 2, "expected a value behind \"=\""},
    {"n= ", 3, "expected a value behind \"=\""},
    {"n>)", 2, "expected a value behind \">\""},
    {"=3", 0, "found \"=\""},
    {"na\xc3\xafve \"x", 7, "position 7: the quote that begins here has no end"},
    {"name=\"x\"y", 8, "expected a blank behind the quoted text"},
    {"n in ()", 6, "expected a value behind \"in (\""},
    {"n in (1", 7, "expected \",\" or \")\""},
    {"n in (1,)", 8, "expected a value"},
    {"tag=x nope=3", 6, "position 7: rows has no column \"nope\""},
    {"n=abc", 2, "position 3: n holds numbers; expected one, not \"abc\""},
    {"n=5kg", 2, "n has no unit, \"5kg\" has; a plain number fits"},
    {"late>5kb", 5, "late is in ms, \"5kb\" does not fit"},
    {"late>h", 5, "late holds numbers"},
    {"status=fixd", 7, "position 8: no status \"fixd\"; did you mean fixed?"},
    {"status=untri", 7, "position 8: no status \"untri\"; did you mean untriaged?"},
    {"status=nothing_like_it", 7, "no status \"nothing_like_it\"; there are untriaged, "},
    {"status>fixed", 7, "the names of status have no order"},
    {"b=maybe", 2, "b is true or false, not \"maybe\""},
    {"b<true", 2, "b is true or false and has no order"},
    {"t>yesteryear", 2, "t: no date \"yesteryear\"; write 2025-02-04, "},
    {"t>2025-13-01", 2, "no date \"2025-13-01\"; write 2025-02-04, "},
    {"name~a(b", 8, "regular expression"},
    {"tag=a name~[z-a]", 14, "regular expression"},
    {"~*a", 1, "regular expression"},
};

static void faults_name_the_place(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 10, 1, 1);
    for (size_t i = 0; i < COUNTOF(faults); i++) {
        struct err err = ERR_INIT;
        size_t at = 999;
        struct filter *f = fixture_filter(&fx, faults[i].text, &at, &err);
        if (f || at != faults[i].at || !strstr(err.msg, faults[i].says)) {
            fail_msg("%s: %s at %zu: %s", faults[i].text, f ? "no fault" : "fault", at, err.msg);
        }
        assert_int_equal(err.code, ERR_USAGE);
        // Callers need not care.
        assert_null(fixture_filter(&fx, faults[i].text, NULL, &err));
    }
    fixture_done(&fx);
}

static void no_text_columns(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    fixture_open(&fx, state, 10, 1, 1);
    struct filter_env env = {.resolve = fixture_resolve, .arg = &fx};
    size_t at = 99;
    assert_null(filter_parse(SV("n=3 word"), &env, &at, &err));
    assert_int_equal(at, 4);
    assert_non_null(strstr(err.msg, "no text columns"));
    fixture_done(&fx);
}

static void deep_and_long(void **state) {
    (void)state;
    struct arena a = {0};
    struct err err = ERR_INIT;
    struct str text = STR_INIT;
    struct expr *e;
    str_fill(&text, '(', 5000);
    assert_false(expr_parse(str_sv(&text), &a, &e, NULL, &err));
    assert_non_null(strstr(err.msg, "nested more than"));
    str_clear(&text);
    str_fill(&text, '!', 50000);
    str_add_cstr(&text, "a");
    assert_true(expr_parse(str_sv(&text), &a, &e, NULL, &err));
    assert_int_equal(e->kind, EXPR_WORD);
    str_clear(&text);
    for (int i = 0; i < 5000; i++) {
        str_add_cstr(&text, "a ");
    }
    assert_false(expr_parse(str_sv(&text), &a, &e, NULL, &err));
    assert_non_null(strstr(err.msg, "more than 2000 terms"));
    str_done(&text);
    arena_done(&a);
}

// --- numbers with units -------------------------------------------------------------------------

struct unit_case {
    const char *name, *unit, *text;
    int64_t same; // the plain number it stands for
};

static const struct unit_case unit_cases[] = {
    {"late", "ms", "2h", 7200000},
    {"late", "s", "2h", 7200},
    {"late", "minutes", "2h", 120},
    {"late", "ms", "300ms", 300},
    {"late", "ms", "0.5s", 500},
    {"late", "percent", "5%", 5},
    {"late", "bytes", "64kb", 65536},
    {"late", "bytes", "64KB", 65536},
    {"late", "days", "1w", 7},
    {"late", "fps", "60fps", 60},
    {"late", "fps", "60", 60},
    {"duration_ms", NULL, "1m", 60000},
    {"diff_bytes", NULL, "1mb", 1048576},
    {"worst_pct", NULL, "-5%", -5},
    {"late", NULL, "12%", 12},
};

static bool resolve_unit(void *arg, struct sv name, struct column *out, struct err *err) {
    const void *const *args = arg;
    const struct unit_case *c = args[1];
    (void)name;
    if (!column_find(((struct fixture *)(uintptr_t)args[0])->table, SV("late"), out, err)) {
        return false;
    }
    out->name = sv_cstr(c->name);
    out->unit = c->unit;
    return true;
}

static void units(void **state) {
    struct fixture fx;
    struct publish *pub = fixture_begin(&fx, state);
    struct column_def column = {.name = "late", .type = "i64"};
    struct dataset_def def = {
        .name = "rows", .version = 1, .key = "", .sort = "", .columns = &column, .n_columns = 1};
    struct arrow_writer *w = fixture_writer(&fx, pub, &def);
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNTOF(unit_cases); i++) {
        arrow_add_i64(arrow_column(w, 0), unit_cases[i].same);
        must(arrow_row_end(w, &err), &err);
    }
    fixture_merge(pub, "rows", NULL, 1, w);
    fixture_publish(&fx, pub, "rows");
    for (size_t i = 0; i < COUNTOF(unit_cases); i++) {
        const void *args[] = {&fx, &unit_cases[i]};
        struct filter_env env = {.resolve = resolve_unit, .arg = args};
        struct str text = STR_INIT;
        str_addf(&text, "x=%s", unit_cases[i].text);
        struct filter *f = filter_parse(str_sv(&text), &env, NULL, &err);
        if (!f || !filter_row(f, (int64_t)i)) {
            fail_msg("%s in %s: %s", unit_cases[i].text, unit_cases[i].unit, err.msg);
        }
        filter_unref(f);
        str_done(&text);
    }
    fixture_done(&fx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_of_texts),       cmocka_unit_test(blank_is_nothing),
        unit_test_in_dir(faults_name_the_place), unit_test_in_dir(no_text_columns),
        cmocka_unit_test(deep_and_long),         unit_test_in_dir(units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
