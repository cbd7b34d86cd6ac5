#include "term/screen.h"

#include "unit.h"

static void assert_dump(const struct screen *s, const char *want) {
    struct str got = STR_INIT;
    screen_dump(s, &got);
    assert_string_equal(str_cstr(&got), want);
    str_done(&got);
}

static void assert_roles(const struct screen *s, const char *want) {
    struct str got = STR_INIT;
    screen_dump_roles(s, &got);
    assert_string_equal(str_cstr(&got), want);
    str_done(&got);
}

// Draws `text` alone on one line of `w` columns and compares.
static void assert_drawn(bool ascii, int w, struct sv text, struct text_style style, int columns,
                         const char *want) {
    struct screen s;
    screen_init(&s, w, 1, ascii);
    int got = screen_put(&s, screen_rect(&s), text, style);
    struct str line = STR_INIT;
    screen_dump(&s, &line);
    str_cut(&line, line.len - 1);
    assert_string_equal(str_cstr(&line), want);
    assert_int_equal(got, columns);
    str_done(&line);
    screen_done(&s);
}

static const struct text_style left = {.role = ROLE_TEXT};

static void test_sizes(void **state) {
    (void)state;
    struct screen s;
    screen_init(&s, 0, -5, true);
    assert_int_equal(s.w, 1);
    assert_int_equal(s.h, 1);
    screen_resize(&s, 100000, 2);
    assert_int_equal(s.w, SCREEN_MAX_SIDE);
    screen_resize(&s, 3, 2);
    assert_dump(&s, "\n\n");
    assert_int_equal(s.cursor_x, -1);
    screen_cursor(&s, 2, 1);
    assert_int_equal(s.cursor_x, 2);
    screen_cursor(&s, 3, 1);
    assert_int_equal(s.cursor_x, -1);
    screen_done(&s);
}

static void test_put_and_cut(void **state) {
    (void)state;
    assert_drawn(true, 8, SV("abc"), left, 3, "abc");
    assert_drawn(true, 3, SV("abc"), left, 3, "abc");
    assert_drawn(true, 3, SV("abcd"), left, 4, "ab~");
    assert_drawn(false, 3, SV("abcd"), left, 4, "ab\xe2\x80\xa6");
    assert_drawn(true, 3, SV("abcdefgh"), left, 4, "ab~");
    assert_drawn(true, 1, SV("abcd"), left, 2, "~");
    assert_drawn(true, 3, SV("abcd"), (struct text_style){.no_mark = true}, 4, "abc");
    assert_drawn(true, 6, SV("abc"), (struct text_style){.align = TEXT_RIGHT}, 3, "   abc");
    assert_drawn(true, 7, SV("abc"), (struct text_style){.align = TEXT_CENTRE}, 3, "  abc");
    assert_drawn(true, 3, SV("abcd"), (struct text_style){.align = TEXT_RIGHT}, 4, "ab~");
    assert_drawn(true, 4, SV("abcdef"), (struct text_style){.skip = 3}, 3, "def");
    assert_drawn(true, 4, SV("abcdefgh"), (struct text_style){.skip = 2}, 5, "cde~");
    assert_drawn(true, 4, SV("ab"), (struct text_style){.skip = 5}, 0, "");
    assert_drawn(true, 4, SV_NULL, left, 0, "");
    const struct text_style middle = {.middle = true};
    assert_drawn(true, 10, SV("windows11-64-24h2-qr"), middle, 11, "window~-qr");
    assert_drawn(true, 10, SV("windows11"), middle, 9, "windows11");
    assert_drawn(true, 4, SV("abcdef"), middle, 5, "abc~");
}

static void test_huge_text(void **state) {
    (void)state;
    struct str huge = STR_INIT;
    str_fill(&huge, 'x', 200000);
    assert_drawn(true, 5, str_sv(&huge), left, 6, "xxxx~");
    assert_int_equal(text_columns(str_sv(&huge), true, 300000), 200000);
    assert_int_equal(text_columns(str_sv(&huge), true, 10), 11);
    str_done(&huge);
}

static void test_controls(void **state) {
    (void)state;
    assert_drawn(true, 20, SV("a\033[31mb"), left, 8, "a^[[31mb");
    assert_drawn(false, 20, SV("a\nb\r\nc\rd"), left, 8,
                 "a\xe2\x86\xb5"
                 "b\xe2\x86\xb5"
                 "c^Md");
    assert_drawn(true, 20, SV("a\nb"), left, 4, "a^Jb");
    assert_drawn(false, 20, SV("a\tb"), left, 3,
                 "a\xe2\x86\x92"
                 "b");
    assert_drawn(true, 20, SV("a\tb"), left, 4, "a^Ib");
    assert_drawn(true, 20, SV("\x7f\0x"), left, 5, "^?^@x");
    // A control cut in its middle.
    assert_drawn(true, 2, SV("a\001b"), left, 3, "a~");
}

static void test_bad_utf8(void **state) {
    (void)state;
    assert_drawn(false, 20, SV("a\xff\xc3"), left, 3,
                 "a\xef\xbf\xbd"
                 "\xef\xbf\xbd");
    assert_drawn(true, 20, SV("a\xffz"), left, 3, "a?z");
    // C1 controls are obeyed by some terminals, as UTF-8 too.
    assert_drawn(false, 20, SV("\xc2\x9b"), left, 1, "\xef\xbf\xbd");
    // Text that would be shown in another order than it is stored.
    assert_drawn(false, 20, SV("\xe2\x80\xae"), left, 1, "\xef\xbf\xbd");
}

static void test_wide(void **state) {
    (void)state;
    assert_drawn(false, 6, SV("\xe6\x97\xa5\xe6\x9c\xac"), left, 4, "\xe6\x97\xa5\xe6\x9c\xac");
    // Never half a character at the cut.
    assert_drawn(false, 4, SV("\xe6\x97\xa5\xe6\x9c\xac!"), left, 5, "\xe6\x97\xa5 \xe2\x80\xa6");
    assert_drawn(false, 6, SV("\xe6\x97\xa5\xe6\x9c\xac"), (struct text_style){.skip = 1}, 3,
                 " \xe6\x9c\xac");
    assert_drawn(true, 6, SV("\xe6\x97\xa5\xe6\x9c\xac"), left, 2, "??");
}

static void test_marks(void **state) {
    (void)state;
    assert_drawn(false, 6, SV("e\xcc\x81x"), left, 2, "e\xcc\x81x");
    assert_drawn(true, 6, SV("e\xcc\x81x"), left, 2, "ex");
    assert_drawn(false, 6, SV("\xcc\x81x"), left, 2, " \xcc\x81x");
    // No joiners and selectors: terminals disagree about what they do to the width.
    assert_drawn(false, 9, SV("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"), left, 4,
                 "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9");
    // More marks than a cell holds.
    struct str zalgo = STR_INIT;
    str_add_cstr(&zalgo, "e");
    for (int i = 0; i < 50; i++) {
        str_add_cstr(&zalgo, "\xcc\x81");
    }
    str_add_cstr(&zalgo, "x");
    assert_int_equal(text_columns(str_sv(&zalgo), false, 100), 2);
    struct screen s;
    screen_init(&s, 4, 1, false);
    screen_put(&s, screen_rect(&s), str_sv(&zalgo), left);
    assert_int_equal(s.cells[0].len, 11);
    assert_memory_equal(s.cells[1].utf8, "x", 1);
    str_done(&zalgo);
    screen_done(&s);
}

static void test_overwrite_wide(void **state) {
    (void)state;
    struct screen s;
    screen_init(&s, 6, 1, false);
    screen_puts(&s, 0, 0, ROLE_TEXT, "\xe6\x97\xa5\xe6\x9c\xac");
    screen_puts(&s, 1, 0, ROLE_TEXT, "x");
    assert_dump(&s, " x\xe6\x9c\xac\n");
    screen_puts(&s, 2, 0, ROLE_TEXT, "y");
    assert_dump(&s, " xy\n");
    screen_puts(&s, 1, 0, ROLE_TEXT, "\xe6\x97\xa5");
    screen_puts(&s, 0, 0, ROLE_TEXT, "\xe6\x9c\xac");
    assert_dump(&s, "\xe6\x9c\xac\n");
    screen_done(&s);
}

static void test_clipping(void **state) {
    (void)state;
    struct screen s;
    screen_init(&s, 4, 2, true);
    assert_int_equal(screen_puts(&s, 2, 0, ROLE_TEXT, "abcd"), 4);
    screen_puts(&s, 9, 0, ROLE_TEXT, "abcd");
    screen_puts(&s, 0, 7, ROLE_TEXT, "abcd");
    screen_put(&s, (struct rect){-2, 1, 4, 1}, SV("abcd"), left);
    screen_fill(&s, (struct rect){3, -5, 100, 6}, ROLE_DIM);
    screen_set_role(&s, (struct rect){-1, 1, 2, 9}, ROLE_LINK);
    screen_overlay(&s, (struct rect){50, 50, 5, 5}, OVER_SELECTED);
    assert_dump(&s, "  a\ncd\n");
    assert_roles(&s, "...d\nu...\n");
    screen_done(&s);
}

static void test_pad_and_lines(void **state) {
    (void)state;
    struct screen s;
    screen_init(&s, 5, 3, true);
    struct text_style padded = {.role = ROLE_HEADER, .align = TEXT_RIGHT, .pad = true};
    screen_put(&s, (struct rect){0, 0, 4, 1}, SV("ab"), padded);
    screen_hline(&s, 0, 1, 9, screen_glyph(&s, GLYPH_HLINE), ROLE_BORDER);
    screen_vline(&s, 4, 0, 9, screen_glyph(&s, GLYPH_VLINE), ROLE_BORDER);
    assert_dump(&s, "  ab|\n----|\n    |\n");
    assert_roles(&s, "hhhh|\n|||||\n....|\n");
    screen_clear(&s);
    screen_box(&s, screen_rect(&s), ROLE_BORDER);
    assert_dump(&s, "+---+\n|   |\n+---+\n");
    screen_done(&s);
    screen_init(&s, 3, 2, false);
    screen_box(&s, screen_rect(&s), ROLE_BORDER);
    assert_dump(&s, "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90\n\xe2\x94\x94\xe2\x94\x80\xe2\x94\x98\n");
    screen_done(&s);
}

static void test_overlays(void **state) {
    (void)state;
    struct screen s;
    screen_init(&s, 4, 2, false);
    screen_puts(&s, 0, 0, ROLE_TEXT, "a\xe6\x97\xa5z");
    screen_overlay(&s, (struct rect){0, 1, 4, 1}, OVER_CURSOR_ROW | OVER_SELECTED);
    // Half of a wide character takes the other half with it.
    screen_overlay(&s, (struct rect){2, 0, 1, 1}, OVER_MATCH);
    assert_roles(&s, "....\n....\noverlays\n.88.\n3333\n");
    screen_overlay_off(&s, (struct rect){0, 1, 2, 1}, OVER_SELECTED);
    assert_roles(&s, "....\n....\noverlays\n.88.\n2233\n");
    screen_done(&s);
}

static void test_text_fit(void **state) {
    (void)state;
    int used;
    assert_int_equal(text_fit(SV("abcdef"), true, 4, &used), 4);
    assert_int_equal(used, 4);
    assert_int_equal(text_fit(SV("ab"), true, 4, &used), 2);
    assert_int_equal(used, 2);
    // ^A does not fit half.
    assert_int_equal(text_fit(SV("abc\001d"), true, 4, &used), 3);
    assert_int_equal(used, 3);
    assert_int_equal(text_fit(SV("\xe6\x97\xa5\xe6\x9c\xac"), false, 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(text_fit(SV("abc"), true, 0, &used), 0);
}

static void test_roles(void **state) {
    (void)state;
    enum role role;
    assert_true(role_find(SV("diff_add_word"), &role));
    assert_int_equal(role, ROLE_DIFF_ADD_WORD);
    assert_true(role_find(SV("diff-add-word"), &role));
    assert_int_equal(role, ROLE_DIFF_ADD_WORD);
    assert_false(role_find(SV("diff_add_words"), &role));
    assert_int_equal(role, ROLE_TEXT);
    assert_int_equal(role_of(SV_NULL), ROLE_TEXT);
    // Every name finds its role, and letters tell roles apart in dumps.
    for (unsigned i = 0; i < N_ROLES; i++) {
        assert_true(role_find(sv_cstr(role_name((enum role)i)), &role));
        assert_int_equal(role, i);
        for (unsigned k = 0; k < i; k++) {
            assert_int_not_equal(role_letter((enum role)i), role_letter((enum role)k));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),     cmocka_unit_test(test_put_and_cut),
        cmocka_unit_test(test_huge_text), cmocka_unit_test(test_controls),
        cmocka_unit_test(test_bad_utf8),  cmocka_unit_test(test_wide),
        cmocka_unit_test(test_marks),     cmocka_unit_test(test_overwrite_wide),
        cmocka_unit_test(test_clipping),  cmocka_unit_test(test_pad_and_lines),
        cmocka_unit_test(test_overlays),  cmocka_unit_test(test_text_fit),
        cmocka_unit_test(test_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
