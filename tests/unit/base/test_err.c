#include "base/err.h"

#include <errno.h>

#include "unit.h"

static void set_fills_in(void **state) {
    (void)state;
    struct err err = {.code = ERR_NET, .sub = 7, .sys = 9};
    assert_false(err_set(&err, ERR_FORMAT, "line %d", 3));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_int_equal(err.sub, 0);
    assert_int_equal(err.sys, 0);
    assert_string_equal(err.msg, "line 3");
    assert_false(err_set_sub(&err, ERR_RANGE, 4, "x"));
    assert_int_equal(err.sub, 4);
}

static void null_is_allowed(void **state) {
    (void)state;
    assert_false(err_set(NULL, ERR_IO, "x"));
    assert_false(err_set_sub(NULL, ERR_IO, 1, "x"));
    assert_false(err_sys(NULL, "x"));
    assert_false(err_prefix(NULL, "x"));
    err_clear(NULL);
}

static void sys_keeps_errno(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    errno = ENOSPC;
    assert_false(err_sys(&err, "cannot write %s", "f"));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sys, ENOSPC);
    assert_string_equal(err.msg, "cannot write f: No space left on device");
}

static void prefix_goes_in_front(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    err_set_sub(&err, ERR_FORMAT, 5, "bad");
    assert_false(err_prefix(&err, "import %s", "a.csv"));
    assert_string_equal(err.msg, "import a.csv: bad");
    assert_int_equal(err.code, ERR_FORMAT);
    assert_int_equal(err.sub, 5);
}

static void long_texts_are_cut(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&err, ERR_FORMAT, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    errno = EIO;
    err_sys(&err, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_clear(&err);
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(err.msg, "");
}

static void every_code_has_a_name(void **state) {
    (void)state;
    for (int code = ERR_NONE; code <= ERR_USAGE; code++) {
        assert_string_not_equal(err_code_name((enum err_code)code), "unknown");
        for (int other = ERR_NONE; other < code; other++) {
            assert_string_not_equal(err_code_name((enum err_code)code),
                                    err_code_name((enum err_code)other));
        }
    }
    assert_string_equal(err_code_name((enum err_code)(ERR_USAGE + 1)), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_fills_in),       cmocka_unit_test(null_is_allowed),
        cmocka_unit_test(sys_keeps_errno),    cmocka_unit_test(prefix_goes_in_front),
        cmocka_unit_test(long_texts_are_cut), cmocka_unit_test(every_code_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
