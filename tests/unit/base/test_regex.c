#include "base/regex.h"

#include <pthread.h>
#include <time.h>

#include "base/str.h"
#include "unit.h"

static struct regex *compiled(const char *pattern, bool smart_case) {
    struct err err = ERR_INIT;
    struct regex *re = regex_compile(sv_cstr(pattern), smart_case, NULL, &err);
    if (!re) {
        fail_msg("%s: %s", pattern, err.msg);
    }
    return re;
}

// Takes the reference.
static bool matches(struct regex *re, struct sv text) {
    struct matcher *m = matcher_new(re);
    regex_unref(re);
    bool found = matcher_test(m, text);
    matcher_free(m);
    return found;
}

static void errors_name_the_position(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        size_t at;
    } cases[] = {{"abc(", 4}, {"a)b", 1}, {"[z-a]", 3}, {"*x", 0}, {"a{2}{3", 99}, {"\\C", 2}};
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct err err = ERR_INIT;
        size_t at = 77;
        struct regex *re = regex_compile(sv_cstr(cases[i].pattern), true, &at, &err);
        if (cases[i].at == 99) {
            assert_non_null(re);
            regex_unref(re);
            continue;
        }
        assert_null(re);
        assert_int_equal(at, cases[i].at);
        assert_int_equal(err.code, ERR_USAGE);
        char want[64];
        snprintf(want, sizeof want, "at byte %zu: ", at);
        assert_non_null(strstr(err.msg, want));
    }
    assert_null(regex_compile(SV("("), true, NULL, NULL));
    struct err err = ERR_INIT;
    assert_null(regex_compile(SV("a\xFF"), true, NULL, &err));
    assert_int_equal(err.code, ERR_USAGE);
    auto_str huge = STR_INIT;
    str_fill(&huge, 'x', 100000);
    assert_null(regex_compile(str_sv(&huge), true, NULL, &err));
}

static void smart_case(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool found;
    } cases[] = {
        {"talos", "TALOS tp5", true},
        {"Talos", "TALOS tp5", false},
        {"Talos", "Talos tp5", true},
        {"\\Stalos", "xTALOS", true},         // \S is no upper-case letter
        {"\\bta\\B", "TALOS", true},          // nor \B
        {"\\p{Lu}b", "AB", true},             // nor the name of a property
        {"\\x{C9}t", "\xC3\xA9T", true},      // nor the digits of a code point
        {"(?P<Name>a)\\k<Name>", "AA", true}, // nor a group's name
        {"(?<=A)b", "aB", false},             // a lookbehind is pattern
        {"(?i)Talos", "tALOS", true},
        {"\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9", false}, // É counts
        {"\xC3\xA9t\xC3\xA9", "\xC3\x89T\xC3\x89", true},  // folds beyond ASCII
        {"[[:upper:]]x", "AX", true},
        {"[A-Z]", "a", false},
        {"\\QA\\E", "a", false},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        if (matches(compiled(cases[i].pattern, true), sv_cstr(cases[i].text)) != cases[i].found) {
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
        }
    }
    assert_false(matches(compiled("talos", false), SV("TALOS")));
}

static void unicode_properties(void **state) {
    (void)state;
    assert_true(matches(compiled("^\\w+$", true), SV("\xC3\xA9t\xC3\xA9")));
    assert_true(matches(compiled("^.$", true), SV("\xE4\xB8\xAD")));
    assert_true(matches(compiled("\\d", true), SV("\xD9\xA3"))); // ARABIC-INDIC DIGIT THREE
    assert_true(matches(compiled("^$", true), SV_NULL));
}

static void literals(void **state) {
    (void)state;
    assert_true(matches(regex_literal(SV("a.b(*"), true), SV("xA.B(*y")));
    assert_false(matches(regex_literal(SV("a.b"), true), SV("axb")));
    assert_false(matches(regex_literal(SV("A.b"), true), SV("a.b")));
    assert_true(matches(regex_literal(SV("A.b"), true), SV("..A.b..")));
    assert_false(matches(regex_literal(SV("a.b"), false), SV("A.b")));
    assert_true(matches(regex_literal(SV("1.2%"), true), SV("by 1.2% less")));
    assert_true(matches(regex_literal(SV(""), true), SV("anything")));
    assert_true(matches(regex_literal(SV_NULL, true), SV_NULL));
    assert_true(matches(regex_literal(SV("x\xFF"), true), SV("ax\xFF")));
    assert_true(matches(regex_literal(SV("\xC3\xA9t"), true), SV("\xC3\x89T")));
    assert_true(matches(regex_literal(SV("\\E"), true), SV("\\E")));
}

static void find_walks_over_matches(void **state) {
    (void)state;
    struct regex *re = compiled("b*", true);
    struct matcher *m = matcher_new(re);
    regex_unref(re);
    struct sv text = SV("abb\xC3\xA9");
    auto_str got = STR_INIT;
    size_t start;
    size_t end;
    for (size_t from = 0; matcher_find(m, text, from, &start, &end);) {
        str_addf(&got, "%zu-%zu ", start, end);
        from = end > start ? end : end + 1;
    }
    // Never inside the two bytes of the last letter.
    assert_sv(str_sv(&got), "0-0 1-3 3-3 5-5 ");
    assert_false(matcher_find(m, text, text.len + 1, &start, &end));
    matcher_free(m);

    re = regex_literal(SV("bB"), true);
    m = matcher_new(re);
    regex_unref(re);
    assert_true(matcher_find(m, SV("bbBbB"), 2, &start, &end));
    assert_int_equal(start, 3);
    assert_int_equal(end, 5);
    assert_false(matcher_find(m, SV("bbBbB"), 4, &start, &end));
    matcher_free(m);

    re = compiled("(?<=ab)c", true); // looks behind `from`
    m = matcher_new(re);
    regex_unref(re);
    assert_true(matcher_find(m, SV("abc"), 2, &start, &end));
    assert_int_equal(start, 2);
    matcher_free(m);
}

static void broken_text_is_tolerated(void **state) {
    (void)state;
    assert_true(matches(compiled("end$", true), SV("\xFF\xFE\x80 \xC3 end")));
    assert_true(matches(compiled("^\\S", true), SV("x\xED\xA0\x80")));
    assert_false(matches(compiled("a.c", true), SV("a\xFF"
                                                   "c"))); // no character there
    struct regex *re = compiled("\\w+", true);
    struct matcher *m = matcher_new(re);
    regex_unref(re);
    size_t start;
    size_t end;
    assert_true(matcher_find(m, SV("\x80\x80 ab\xFF"), 0, &start, &end));
    assert_int_equal(start, 3);
    assert_int_equal(end, 5);
    matcher_free(m);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// Each would run for ages without limits. A limit reached is no match.
static void hostile_patterns_end(void **state) {
    (void)state;
    static const char *const patterns[] = {"^(a+)+$",       "^(a|a)*$",    "^(a|aa)+$",
                                           "(.*)*.*(.*)x!", "^((a?)*)*b$", "(?=(a+)+$)c"};
    auto_str text = STR_INIT;
    str_fill(&text, 'a', 100000);
    str_add_byte(&text, '!');
    for (size_t i = 0; i < COUNTOF(patterns); i++) {
        double before = seconds();
        assert_false(matches(compiled(patterns[i], true), str_sv(&text)));
        if (seconds() - before > 20) {
            fail_msg("%s took %.1f s", patterns[i], seconds() - before);
        }
    }
}

// Deep recursion needs more than the compiled code's stack; the answer stays the right one.
static void long_texts_match(void **state) {
    (void)state;
    auto_str text = STR_INIT;
    for (int i = 0; i < 20000; i++) {
        str_add_cstr(&text, "ab");
    }
    str_add_cstr(&text, "!");
    assert_true(matches(compiled("^(?:a(?=b)|b)+!$", true), str_sv(&text)));
    assert_true(matches(compiled("^(a|b)+!$", true), str_sv(&text)));
}

static void *use_shared(void *arg) {
    struct matcher *m = matcher_new(arg);
    size_t n = 0;
    for (int i = 0; i < 2000; i++) {
        n += matcher_test(m, i % 2 ? SV("bug 17 fixed") : SV("bug fixed"));
    }
    matcher_free(m);
    return (void *)(uintptr_t)n;
}

static void shared_between_threads(void **state) {
    (void)state;
    struct regex *re = compiled("bug \\d+", true);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_shared, re), 0);
    }
    struct regex *other = regex_ref(re);
    regex_unref(re);
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        void *n;
        pthread_join(threads[i], &n);
        assert_int_equal((uintptr_t)n, 1000);
    }
    regex_unref(other);
    regex_unref(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_the_position), cmocka_unit_test(smart_case),
        cmocka_unit_test(unicode_properties),       cmocka_unit_test(literals),
        cmocka_unit_test(find_walks_over_matches),  cmocka_unit_test(broken_text_is_tolerated),
        cmocka_unit_test(hostile_patterns_end),     cmocka_unit_test(long_texts_match),
        cmocka_unit_test(shared_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
