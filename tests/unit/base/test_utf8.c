#include "base/utf8.h"

#include <locale.h>
#include <wchar.h>

#include "base/utf8_int.h"
#include "unit.h"

static void every_code_point_round_trips(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        size_t len = utf8_encode(bytes, cp);
        size_t at = 0;
        bool is_surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        uint32_t want = is_surrogate ? UTF8_BAD : cp;
        if (utf8_next(sv_make(bytes, len), &at) != want || at != len) {
            fail_msg("U+%04X", cp);
        }
    }
    char bytes[4];
    assert_int_equal(utf8_encode(bytes, 0x110000), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

struct bad_case {
    const char *bytes;
    size_t steps[4]; // where each code point ends, 0 = no more
};

// Maximal invalid subparts, as section 3.9 of the Unicode standard recommends.
static void broken_bytes_cost_one_mark_each(void **state) {
    (void)state;
    static const struct bad_case cases[] = {
        {"\x80", {1}},
        {"\xC0\x80", {1, 2}},
        {"\xC1\xBF", {1, 2}},
        {"\xC3", {1}},
        {"\xE0\x80\x80", {1, 2, 3}},
        {"\xE0\xA0", {2}},
        {"\xED\xA0\x80", {1, 2, 3}},
        {"\xE2\x82", {2}},
        {"\xF0\x9F\x98", {3}},
        {"\xF0\x8F\xBF", {1, 2, 3}},
        {"\xF4\x90\x80", {1, 2, 3}},
        {"\xF5\x80", {1, 2}},
        {"\xFF\xFE", {1, 2}},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct sv text = sv_cstr(cases[i].bytes);
        assert_false(utf8_valid(text));
        size_t at = 0;
        for (size_t k = 0; k < 4 && cases[i].steps[k]; k++) {
            assert_int_equal(utf8_next(text, &at), UTF8_BAD);
            assert_int_equal(at, cases[i].steps[k]);
        }
        assert_int_equal(at, text.len);
    }
    // A good character right after a cut one is not swallowed.
    size_t at = 0;
    assert_int_equal(utf8_next(SV("\xE2\x82x"), &at), UTF8_BAD);
    assert_int_equal(utf8_next(SV("\xE2\x82x"), &at), 'x');
}

static void validity(void **state) {
    (void)state;
    assert_true(utf8_valid(SV_NULL));
    assert_true(utf8_valid(SV("plain text that is longer than one word")));
    assert_true(utf8_valid(SV("12345678\xC3\xA9 12345678 \xF0\x9F\x98\x80")));
    assert_true(utf8_valid(SV("\xEF\xBF\xBD")));
    assert_true(utf8_valid(sv_make("a\0b", 3)));
    assert_false(utf8_valid(SV("12345678\xC3")));
    assert_false(utf8_valid(SV("1234567\x80"
                               "9")));
}

static uint32_t next_random(uint32_t *x) {
    *x = *x * 1664525 + 1013904223;
    return *x >> 8;
}

// Lead bytes, following bytes and ASCII, mostly right, sometimes not.
static size_t random_text(char *out, size_t len, uint32_t *x) {
    size_t at = 0;
    while (at + 4 <= len) {
        uint32_t kind = next_random(x) % 16;
        if (kind < 8) {
            at += utf8_encode(out + at, next_random(x) % 0x80);
        } else if (kind < 15) {
            at += utf8_encode(out + at, next_random(x) % (0x110000 >> next_random(x) % 12));
        } else if (next_random(x) % 8 == 0) {
            out[at++] = (char)next_random(x);
        }
    }
    return at;
}

static void twins_agree(void **state) {
    (void)state;
    if (!utf8_has_vector()) {
        skip();
    }
    // Every pair and many triples and quadruples of bytes, at every place of a block.
    char bytes[100];
    for (uint32_t pair = 0; pair < 0x10000; pair++) {
        memset(bytes, 'x', sizeof bytes);
        size_t at = pair % 64;
        bytes[at] = (char)(pair >> 8);
        bytes[at + 1] = (char)pair;
        for (int third = 0; third < 4; third++) {
            static const char tails[] = {'x', (char)0x80, (char)0xBF, (char)0xC3};
            bytes[at + 2] = tails[third];
            bytes[at + 3] = tails[pair % 4];
            for (size_t len = at + 1; len <= at + 5; len++) {
                struct sv text = sv_make(bytes, len);
                assert_int_equal(utf8_valid_portable(text), utf8_valid_vector(text));
            }
        }
    }
    uint32_t x = 1;
    size_t n_valid = 0;
    for (size_t i = 0; i < 20000; i++) {
        struct sv text = sv_make(bytes, random_text(bytes, i % sizeof bytes, &x));
        bool valid = utf8_valid_portable(text);
        assert_int_equal(valid, utf8_valid_vector(text));
        assert_int_equal(valid, utf8_valid(text));
        n_valid += valid;
    }
    assert_in_range(n_valid, 5000, 19000); // both kinds were met
}

static void widths(void **state) {
    (void)state;
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {'a', 1},     {' ', 1},      {0, 2},       {0x1B, 2},    {0x7F, 2},    {0x9B, 2},
        {0xA0, 1},    {0xAD, 1},     {0xE9, 1},    {0x2FF, 1},   {0x300, 0},   {0x36F, 0},
        {0x370, 1},   {0x5D0, 1},    {0x10FF, 1},  {0x1100, 2},  {0x1160, 0},  {0x200B, 0},
        {0x200D, 0},  {0x2026, 1},   {0x2500, 1},  {0x2588, 1},  {0x28FF, 1},  {0x2713, 1},
        {0x231A, 2},  {0x3000, 2},   {0x3042, 2},  {0x4E2D, 2},  {0xAC00, 2},  {0xD7A3, 2},
        {0xFE0F, 0},  {0xFEFF, 0},   {0xFF21, 2},  {0xFFFD, 1},  {0x1F600, 2}, {0x1F1E6, 1},
        {0x1F3FB, 2}, {0x1F9D1, 2},  {0x20000, 2}, {0x3FFFD, 2}, {0xE0100, 0}, {0xE01EF, 0},
        {0xE0FFF, 1}, {0x10FFFF, 1},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        if (cp_width(cases[i].cp) != cases[i].width) {
            fail_msg("U+%04X: %d", cases[i].cp, cp_width(cases[i].cp));
        }
    }
    assert_int_equal(utf8_width(SV("caf\xC3\xA9")), 4);
    assert_int_equal(utf8_width(SV("e\xCC\x81")), 1);
    assert_int_equal(utf8_width(SV("\xE4\xB8\xAD\xE6\x96\x87")), 4);
    assert_int_equal(utf8_width(SV("a\x1B[1m")), 6);
    assert_int_equal(utf8_width(SV("\xFF\xFE")), 2);
    assert_int_equal(utf8_width(SV("a\nb\r\nc\td\r")), 9);
    assert_int_equal(utf8_width(SV("\xCC\x81")), 1);
}

// curses moves by the C library's table; a newer or older one may differ in a few blocks only.
static void agrees_with_the_c_library(void **state) {
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        skip();
    }
    unsigned n_different = 0;
    for (uint32_t cp = 0xA0; cp <= 0x10FFFF; cp++) {
        int theirs = wcwidth((wchar_t)cp);
        n_different += theirs >= 0 && theirs != cp_width(cp);
    }
    assert_in_range(n_different, 0, 300);
}

static void assert_fit(struct sv text, struct fit fit, bool cut, const char *want) {
    auto_str out = STR_INIT;
    str_add_cstr(&out, "<");
    bool was_cut = str_add_fit(&out, text, fit);
    str_add_cstr(&out, ">");
    assert_sv(str_sv(&out), want);
    assert_int_equal(was_cut, cut);
    if (!fit.ascii) {
        assert_true(utf8_width(str_sv(&out)) <= fit.width + 2);
    }
}

static void fits(void **state) {
    (void)state;
    struct fit five = {.width = 5};
    struct fit padded = {.width = 5, .pad = true};
    struct fit right = {.width = 5, .pad = true, .right = true};
    assert_fit(SV("abc"), five, false, "<abc>");
    assert_fit(SV("abc"), padded, false, "<abc  >");
    assert_fit(SV("abc"), right, false, "<  abc>");
    assert_fit(SV("abcde"), padded, false, "<abcde>");
    assert_fit(SV("abcdef"), padded, true, "<abcd\xE2\x80\xA6>");
    assert_fit(SV("abcdef"), right, true, "<abcd\xE2\x80\xA6>");
    assert_fit(SV_NULL, right, false, "<     >");
    assert_fit(SV_NULL, five, false, "<>");
    assert_fit(SV("ab"), (struct fit){.width = 1}, true, "<\xE2\x80\xA6>");
    assert_fit(SV("ab"), (struct fit){.width = 0}, true, "<>");
    assert_fit(SV(""), (struct fit){.width = 0}, false, "<>");
    assert_fit(SV("abcdef"), (struct fit){.width = 5, .ascii = true}, true, "<abcd~>");
}

static void wide_cells_are_not_halved(void **state) {
    (void)state;
    struct fit padded = {.width = 4, .pad = true};
    struct fit right = {.width = 4, .pad = true, .right = true};
    struct sv two = SV("\xE4\xB8\xAD\xE6\x96\x87");
    struct sv three = SV("\xE4\xB8\xAD\xE6\x96\x87\xE5\xAD\x97");
    assert_fit(two, padded, false, "<\xE4\xB8\xAD\xE6\x96\x87>");
    assert_fit(three, padded, true, "<\xE4\xB8\xAD\xE2\x80\xA6 >");
    assert_fit(three, right, true, "< \xE4\xB8\xAD\xE2\x80\xA6>");
    assert_fit(SV("abc\xE4\xB8\xAD"), padded, true, "<abc\xE2\x80\xA6>");
}

static void nothing_reaches_the_terminal_raw(void **state) {
    (void)state;
    struct fit wide = {.width = 40};
    struct fit ascii = {.width = 40, .ascii = true};
    assert_fit(SV("\x1B[31mred\x07"), wide, false, "<^[[31mred^G>");
    assert_fit(SV("a\tb\x7F"), wide, false,
               "<a\xE2\x86\x92"
               "b^?>");
    assert_fit(SV("a\tb\x7F"), ascii, false, "<a^Ib^?>");
    assert_fit(sv_make("a\0b", 3), wide, false, "<a^@b>");
    assert_fit(SV("\xC2\x9B"
                  "31m"),
               wide, false,
               "<\xEF\xBF\xBD"
               "31m>");
    assert_fit(SV("a\nb\r\nc\rd"), wide, false,
               "<a\xE2\x86\xB5"
               "b\xE2\x86\xB5"
               "c^Md>");
    assert_fit(SV("a\nb"), ascii, false, "<a^Jb>");
    assert_fit(SV("a\xFF\xE2\x82z"), wide, false, "<a\xEF\xBF\xBD\xEF\xBF\xBDz>");
    assert_fit(SV("a\xFFz\xC3\xA9\xE4\xB8\xAD"), ascii, false,
               "<a?z?"
               "?>");
    assert_fit(SV("a\xE2\x80\xA8z"), wide, false, "<a\xE2\x86\xB5z>");
    // An override would show the rest of the line backwards; that it is there shall be seen.
    assert_fit(SV("a\xE2\x80\xAEz"), wide, false, "<a\xEF\xBF\xBDz>");
}

static void marks_and_joiners(void **state) {
    (void)state;
    struct fit wide = {.width = 40};
    assert_fit(SV("e\xCC\x81t"), wide, false, "<e\xCC\x81t>");
    assert_fit(SV("\xCC\x81t"), wide, false, "< \xCC\x81t>");
    assert_fit(SV("\n\xCC\x81"), wide, false, "<\xE2\x86\xB5 \xCC\x81>");
    assert_fit(SV("e\xCC\x81t"), (struct fit){.width = 40, .ascii = true}, false, "<et>");
    // Emoji style and joiner are left out, so that every terminal agrees on the width.
    assert_fit(SV("\xE2\x9D\xA4\xEF\xB8\x8Fx"), wide, false, "<\xE2\x9D\xA4x>");
    assert_fit(SV("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"), (struct fit){.width = 4}, false,
               "<\xF0\x9F\x91\xA9\xF0\x9F\x92\xBB>");
    // A mark at the cut stays with its cell.
    assert_fit(SV("abe\xCC\x81gh"), (struct fit){.width = 4}, true, "<abe\xCC\x81\xE2\x80\xA6>");
    auto_str pile = STR_INIT;
    str_add_byte(&pile, 'e');
    for (int i = 0; i < 1000; i++) {
        str_add_cp(&pile, 0x301);
    }
    auto_str out = STR_INIT;
    assert_false(str_add_fit(&out, str_sv(&pile), wide));
    assert_int_equal(out.len, 1 + 4 * 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_round_trips),
        cmocka_unit_test(broken_bytes_cost_one_mark_each),
        cmocka_unit_test(validity),
        cmocka_unit_test(twins_agree),
        cmocka_unit_test(widths),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(fits),
        cmocka_unit_test(wide_cells_are_not_halved),
        cmocka_unit_test(nothing_reaches_the_terminal_raw),
        cmocka_unit_test(marks_and_joiners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
