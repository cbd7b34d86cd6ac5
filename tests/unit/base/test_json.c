#include "base/json.h"

#include "base/file.h"
#include "unit.h"

static void reads(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    auto_json *root =
        json_parse(SV("\xEF\xBB\xBF{\"b\": [1, 2.5, null], \"a\": \"\\u00e9\"}"), "x.json", &err);
    assert_non_null(root);
    assert_int_equal(json_array_size(json_object_get(root, "b")), 3);
    assert_string_equal(json_string_value(json_object_get(root, "a")), "\xC3\xA9");
    // Order is kept: views are shown as they are written.
    assert_string_equal(json_object_iter_key(json_object_iter(root)), "b");
    auto_json *scalar = json_parse(SV(" 17 "), "x.json", &err);
    assert_int_equal(json_integer_value(scalar), 17);
}

static void errors_name_source_line_and_column(void **state) {
    (void)state;
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"{\n  \"a\": 1,\n  \"a\": 2}", "v.json:3:5: "}, // a key given twice
        {"{\n  \"a\" 1}", "v.json:2:7: "},
        {"", "v.json:1:0: "},
        {"{} x", "v.json:1:4: "},
        {"[1,\n2", "v.json:2:1: "},
        {"\"\xFF\"", "v.json:1:1: "},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct err err = ERR_INIT;
        assert_null(json_parse(sv_cstr(cases[i].text), "v.json", &err));
        assert_int_equal(err.code, ERR_FORMAT);
        if (strncmp(err.msg, cases[i].where, strlen(cases[i].where)) != 0) {
            fail_msg("case %zu: %s", i, err.msg);
        }
    }
    assert_null(json_parse(SV_NULL, "v.json", NULL));
    auto_str deep = STR_INIT;
    str_fill(&deep, '[', 1000000);
    assert_null(json_parse(str_sv(&deep), "v.json", NULL));
}

static void files(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "v.json");
    assert_null(json_parse_file(path, 100, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_true(new_file_open(&f, path, false, &err));
    assert_true(new_file_write(&f, "{\"n\": 1}", 8, &err));
    assert_true(new_file_commit(&f, &err));
    auto_json *root = json_parse_file(path, 8, &err);
    assert_int_equal(json_integer_value(json_object_get(root, "n")), 1);
    assert_null(json_parse_file(path, 7, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(errors_name_source_line_and_column),
        unit_test_in_dir(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
