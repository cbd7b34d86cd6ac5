// What a text becomes on the screen and in a printed table, and how wide it is counted, are the
// same thing said three times: by text_walk_next(), str_add_fit() and utf8_width().
#include "term/text_walk.h"

#include "base/scope.h"
#include "base/utf8.h"
#include "unit.h"

static size_t walk(struct sv text, bool ascii, struct str *out) {
    struct text_walk w = {.text = text, .ascii = ascii};
    struct screen_cell cell;
    size_t width = 0;
    str_clear(out);
    while (text_walk_next(&w, &cell)) {
        str_add(out, cell.utf8, cell.len);
        width += cell.width;
    }
    return width;
}

static void assert_agrees(struct sv text, struct str *drawn, struct str *fitted) {
    for (int ascii = 0; ascii < 2; ascii++) {
        size_t width = walk(text, ascii, drawn);
        str_clear(fitted);
        bool cut = str_add_fit(fitted, text, (struct fit){.width = width, .ascii = ascii});
        bool same = !cut && sv_eq(str_sv(drawn), str_sv(fitted));
        if (!same || (!ascii && utf8_width(text) != width)) {
            print_error("drawn \"%s\" in %zu columns, fitted \"%s\", counted %zu; ascii %d, bytes",
                        str_cstr(drawn), width, str_cstr(fitted), utf8_width(text), ascii);
            for (size_t i = 0; i < text.len; i++) {
                print_error(" %02x", (unsigned)(unsigned char)text.ptr[i]);
            }
            fail_msg("they differ");
        }
    }
}

// One code point alone, in a text, before a mark, behind a mark.
static void every_code_point(void **state) {
    (void)state;
    static const char *const around[][2] = {
        {"", ""}, {"a", "b"}, {"", "\xCC\x81"}, {"\xCC\x81", ""}};
    auto_str text = STR_INIT;
    auto_str drawn = STR_INIT;
    auto_str fitted = STR_INIT;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        // The unassigned and private planes are alike but for a sample.
        cp = cp == 0x20000 ? 0xE0000 : cp == 0xE1000 ? 0x10FF00 : cp;
        for (size_t i = 0; i < COUNTOF(around); i++) {
            str_clear(&text);
            str_add_cstr(&text, around[i][0]);
            str_add_cp(&text, cp);
            str_add_cstr(&text, around[i][1]);
            assert_agrees(str_sv(&text), &drawn, &fitted);
        }
    }
}

static void sequences(void **state) {
    (void)state;
    static const struct sv texts[] = {
        SV_INIT("\n"),
        SV_INIT("a\r\nb\rc\n\n\r"),
        SV_INIT("a\tb\t"),
        SV_INIT("\n\xCC\x81"),
        SV_INIT("\x1B[1m\xCC\x81"),
        SV_INIT("\xE2\x80\xA8\xE2\x80\xA9"),
        SV_INIT("a\xFF\xCC\x81\xE2\x82z\xC2"),
        SV_INIT("\xC2\x9B\x33\x31m"),
        SV_INIT("e\xE2\x80\x8D\xCC\x81x"),
        SV_INIT("\xE2\x80\x8D\xCC\x81"),
        SV_INIT("a\xE2\x80\xAE\xCC\x81z"),
        SV_INIT("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"),
        SV_INIT("\xE2\x9D\xA4\xEF\xB8\x8Fx"),
        SV_INIT(""),
    };
    auto_str drawn = STR_INIT;
    auto_str fitted = STR_INIT;
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        assert_agrees(texts[i], &drawn, &fitted);
    }
    assert_int_equal(utf8_width(SV("\n")), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
