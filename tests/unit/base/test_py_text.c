#include "base/py_text.h"

#include "base/str.h"
#include "unit.h"

static void lines_break_where_python_breaks_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *lines; // with "|" between
    } cases[] = {
        {"", ""},
        {"a", "a"},
        {"a\nb", "a|b"},
        {"a\n", "a"},
        {"\n\na", "||a"},
        {"a\r\nb\rc\n\rd", "a|b|c||d"},
        {"a\vb\fc\x1c"
         "d\x1d"
         "e\x1e"
         "f\x1fg",
         "a|b|c|d|e|f\x1fg"},
        {"a\xc2\x85"
         "b\u2028c\u2029d",
         "a|b|c|d"},
        {"caf\u00e9\u20acx\xc2", "caf\u00e9\u20acx\xc2"},
        {"\xe2\x80", "\xe2\x80"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        auto_str got = STR_INIT;
        struct sv rest = sv_cstr(cases[i].text), line;
        for (int n = 0; py_next_line(&rest, &line); n++) {
            str_add_cstr(&got, n ? "|" : "");
            str_add_sv(&got, line);
        }
        assert_sv(str_sv(&got), cases[i].lines);
    }
}

static void blanks_of_all_scripts_are_stripped(void **state) {
    (void)state;
    assert_sv(py_strip(SV(" \t\n\x1c\x1f\u00a0\u3000 a \u2003b\u2028\xc2\x85 ")), "a \u2003b");
    assert_sv(py_rstrip(SV(" a ")), " a");
    assert_sv(py_strip(SV(" \u3000")), "");
    assert_sv(py_strip(SV_NULL), "");
    // No blanks: what has no width, and bytes that are no UTF-8.
    assert_sv(py_strip(SV("\u200b")), "\u200b");
    assert_sv(py_strip(SV("\x80 a\xe3\x80")), "\x80 a\xe3\x80");
    assert_int_equal(py_skip_blanks(SV("a\u3000 b"), 1), 5);
    assert_int_equal(py_skip_word(SV("ab\u3000c"), 0), 2);
    assert_int_equal(py_skip_word(SV("ab"), 0), 2);
}

static void digits_of_all_scripts(void **state) {
    (void)state;
    assert_true(py_is_digit('0') && py_is_digit('9') && py_is_digit(0x661) && py_is_digit(0xff19));
    assert_false(py_is_digit('a') || py_is_digit(0xb2) || py_is_digit(0x2460));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_where_python_breaks_them),
        cmocka_unit_test(blanks_of_all_scripts_are_stripped),
        cmocka_unit_test(digits_of_all_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
