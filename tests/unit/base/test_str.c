#include "base/str.h"

#include "unit.h"

static void grows_and_stays_terminated(void **state) {
    (void)state;
    auto_str s = STR_INIT;
    assert_string_equal(str_cstr(&s), "");
    for (int i = 0; i < 5000; i++) {
        str_addf(&s, "%d,", i);
        assert_int_equal(s.ptr[s.len], '\0');
        assert_true(s.cap > s.len);
    }
    assert_memory_equal(s.ptr, "0,1,2,3,", 8);
    assert_true(sv_ends(str_sv(&s), SV("4998,4999,")));
    str_clear(&s);
    assert_int_equal(s.len, 0);
    assert_string_equal(s.ptr, "");
}

static void adds_every_kind(void **state) {
    (void)state;
    auto_str s = STR_INIT;
    str_add(&s, NULL, 0);
    assert_string_equal(str_cstr(&s), "");
    str_add_cstr(&s, "ab");
    str_add_sv(&s, SV("cd"));
    str_add_sv(&s, SV_NULL);
    str_add_byte(&s, '\0');
    str_fill(&s, '-', 3);
    str_fill(&s, '-', 0);
    assert_int_equal(s.len, 8);
    assert_memory_equal(s.ptr, "abcd\0---", 9);
    str_addf(&s, "%s", "");
    assert_int_equal(s.len, 8);
}

static void cuts_and_splices(void **state) {
    (void)state;
    auto_str s = STR_INIT;
    str_splice(&s, 0, 0, SV("hello"));
    assert_sv(str_sv(&s), "hello");
    str_splice(&s, 1, 3, SV("EY THER"));
    assert_sv(str_sv(&s), "hEY THERo");
    str_splice(&s, 100, 100, SV("!"));
    assert_sv(str_sv(&s), "hEY THERo!");
    str_splice(&s, 1, 8, SV(""));
    assert_sv(str_sv(&s), "h!");
    str_cut(&s, 100);
    assert_sv(str_sv(&s), "h!");
    str_cut(&s, 1);
    assert_string_equal(s.ptr, "h");
}

static void take_moves_ownership(void **state) {
    (void)state;
    struct str s = STR_INIT;
    char *text = str_take(&s);
    assert_string_equal(text, "");
    free(text);
    str_add_cstr(&s, "moved");
    text = str_take(&s);
    assert_string_equal(text, "moved");
    assert_null(s.ptr);
    assert_int_equal(s.len, 0);
    free(text);
    str_done(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(adds_every_kind),
        cmocka_unit_test(cuts_and_splices),
        cmocka_unit_test(take_moves_ownership),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
