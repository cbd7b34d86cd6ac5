#include "base/text_write.h"

#include "base/csv_write.h"
#include "base/file.h"
#include "base/json.h"
#include "unit.h"

static struct sv member(const json_t *row, const char *name) {
    const json_t *text = json_object_get(row, name);
    return sv_make(json_string_value(text), json_string_length(text));
}

static void expect(struct str *got, struct sv want) {
    if (!sv_eq(str_sv(got), want)) {
        fail_msg("got %.*s, want %.*s", SV_ARG(str_sv(got)), SV_ARG(want));
    }
    str_clear(got);
}

// Texts with what Python makes of them: repr(), json.dumps() with and without ensure_ascii.
static void writes_what_python_writes(void **state) {
    (void)state;
    auto_str file = STR_INIT;
    assert_true(file_read(CORPUS "/python/text_repr.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    size_t n = 0;
    while (sv_split(&rest, '\n', &line) && line.len) {
        json_t *row = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
        assert_non_null(row);
        struct sv text = member(row, "text");
        auto_str out = STR_INIT;
        str_add_pyrepr(&out, text);
        expect(&out, member(row, "repr"));
        str_add_json(&out, text, JSON_ASCII);
        expect(&out, member(row, "json"));
        str_add_json(&out, text, JSON_UTF8);
        expect(&out, member(row, "json_utf8"));
        json_decref(row);
        n++;
    }
    assert_true(n > 60);
}

static void writes_the_pandas_style(void **state) {
    (void)state;
    auto_str out = STR_INIT;
    str_add_json(&out, SV("a/b \x7f \x1f \b\f\n\r\t \"\\ \xc3\xa9 \xf0\x9f\x98\x80"), JSON_PANDAS);
    assert_string_equal(out.ptr, "\"a\\/b \x7f \\u001f \\b\\f\\n\\r\\t \\\"\\\\ \\u00e9 "
                                 "\\ud83d\\ude00\"");
}

static void replaces_broken_utf8(void **state) {
    (void)state;
    auto_str out = STR_INIT;
    str_add_json(&out,
                 SV("a\xff"
                    "b\xe2\x82"),
                 JSON_UTF8);
    assert_string_equal(out.ptr, "\"a\xef\xbf\xbd"
                                 "b\xef\xbf\xbd\"");
    str_clear(&out);
    str_add_json(&out, SV("\xc3"), JSON_ASCII);
    assert_string_equal(out.ptr, "\"\\ufffd\"");
    str_clear(&out);
    str_add_json(&out, SV_NULL, JSON_UTF8);
    assert_string_equal(out.ptr, "\"\"");
    str_clear(&out);
    str_add_pyrepr(&out, SV_NULL);
    assert_string_equal(out.ptr, "''");
}

static void quotes_csv_only_when_needed(void **state) {
    (void)state;
    static const struct {
        const char *field, *want;
        char sep;
    } cases[] = {
        {"", "", ','},
        {"plain text", "plain text", ','},
        {"a,b", "\"a,b\"", ','},
        {"a,b", "a,b", ';'},
        {"a;b", "\"a;b\"", ';'},
        {"say \"x\"", "\"say \"\"x\"\"\"", ','},
        {"\"", "\"\"\"\"", ','},
        {"two\nlines", "\"two\nlines\"", ','},
        {"cr\r", "\"cr\r\"", ','},
        {" blank ", " blank ", ','},
        {"it's \xc3\xa9", "it's \xc3\xa9", ','},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        auto_str out = STR_INIT;
        str_add_cstr(&out, "before ");
        str_add_csv(&out, sv_cstr(cases[i].field), cases[i].sep);
        assert_sv(sv_from(str_sv(&out), 7), cases[i].want);
        assert_int_equal(out.ptr[out.len], 0);
    }
    auto_str out = STR_INIT;
    str_add_csv(&out, sv_make("a\0\"", 3), ',');
    assert_true(sv_eq(str_sv(&out), sv_make("\"a\0\"\"\"", 6)));
}

static void escapes_tsv(void **state) {
    (void)state;
    auto_str out = STR_INIT;
    str_add_tsv(&out, SV("a\tb\nc\rd\\e \"f\" \xc3\xa9"));
    assert_string_equal(out.ptr, "a\\tb\\nc\\rd\\\\e \"f\" \xc3\xa9");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_python_writes),   cmocka_unit_test(writes_the_pandas_style),
        cmocka_unit_test(replaces_broken_utf8),        cmocka_unit_test(escapes_tsv),
        cmocka_unit_test(quotes_csv_only_when_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
