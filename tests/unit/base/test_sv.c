#include "base/sv.h"

#include "unit.h"

static void compares_bytes(void **state) {
    (void)state;
    assert_true(sv_eq(SV("abc"), SV("abc")));
    assert_false(sv_eq(SV("abc"), SV("abd")));
    assert_false(sv_eq(SV("abc"), SV("ab")));
    assert_true(sv_eq(SV_NULL, SV("")));
    assert_true(sv_eq(sv_make("a\0b", 3), sv_make("a\0b", 3)));
    assert_false(sv_eq(sv_make("a\0b", 3), sv_make("a\0c", 3)));
    assert_true(sv_cmp(SV("a"), SV("b")) < 0);
    assert_true(sv_cmp(SV("a"), SV("aa")) < 0);
    assert_true(sv_cmp(SV("\xff"), SV("a")) > 0);
    assert_int_equal(sv_cmp(SV_NULL, SV("")), 0);
    assert_true(sv_eq_nocase(SV("Talos"), SV("tALOS")));
    assert_false(sv_eq_nocase(SV("Talos"), SV("Talo")));
    assert_false(sv_eq_nocase(SV("@"), SV("`")));
}

static void tells_digits(void **state) {
    (void)state;
    static const char hex[] = "00112233445566778899aAbBcCdDeEfF";
    for (int c = -128; c < 256; c++) {
        const char *at = c ? strchr(hex, c) : NULL;
        assert_int_equal(char_is_digit((char)c), c >= '0' && c <= '9');
        assert_int_equal(char_hex((char)c), at ? (at - hex) / 2 : -1);
    }
    assert_int_equal(char_hex('9'), 9);
    assert_int_equal(char_hex('F'), 15);
}

static void finds_ends_and_parts(void **state) {
    (void)state;
    struct sv text = SV("alert summary");
    assert_true(sv_starts(text, SV("alert")));
    assert_true(sv_starts(text, SV("")));
    assert_false(sv_starts(SV("al"), SV("alert")));
    assert_true(sv_ends(text, SV("summary")));
    assert_true(sv_ends(text, SV("")));
    assert_false(sv_ends(SV("y"), SV("summary")));
    assert_int_equal(sv_find_byte(text, 's'), 6);
    assert_int_equal(sv_find_byte(text, 'z'), -1);
    assert_int_equal(sv_find_byte(SV_NULL, 'z'), -1);
    assert_int_equal(sv_find(text, SV("mm")), 8);
    assert_int_equal(sv_find(text, SV("mmm")), -1);
    assert_int_equal(sv_find(text, SV("")), 0);
    assert_int_equal(sv_find(SV_NULL, SV("")), 0);
    assert_int_equal(sv_find(SV_NULL, SV("x")), -1);
}

static void clamps_parts(void **state) {
    (void)state;
    struct sv text = SV("abcdef");
    assert_sv(sv_from(text, 2), "cdef");
    assert_sv(sv_from(text, 6), "");
    assert_sv(sv_from(text, 600), "");
    assert_ptr_equal(sv_from(text, 600).ptr, text.ptr + 6);
    assert_null(sv_from(SV_NULL, 3).ptr);
    assert_sv(sv_sub(text, 1, 2), "bc");
    assert_sv(sv_sub(text, 5, SIZE_MAX), "f");
    assert_sv(sv_trim(SV(" \t\r\n a b \v\f")), "a b");
    assert_sv(sv_trim(SV("  ")), "");
    assert_sv(sv_trim(SV_NULL), "");
}

static void splits(void **state) {
    (void)state;
    struct sv rest = SV("a,,b,");
    struct sv part;
    static const char *const want[] = {"a", "", "b", ""};
    for (size_t i = 0; i < COUNTOF(want); i++) {
        assert_true(sv_split(&rest, ',', &part));
        assert_sv(part, want[i]);
    }
    assert_false(sv_split(&rest, ',', &part));
    rest = SV("");
    assert_true(sv_split(&rest, ',', &part));
    assert_sv(part, "");
    assert_false(sv_split(&rest, ',', &part));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_bytes),
        cmocka_unit_test(tells_digits),
        cmocka_unit_test(finds_ends_and_parts),
        cmocka_unit_test(clamps_parts),
        cmocka_unit_test(splits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
