#include "term/theme.h"

#include "base/embed.h"
#include "base/file.h"
#include "term/colour.h"
#include "term/screen.h"
#include "unit.h"

static struct theme *parse(const char *text) {
    struct str faults = STR_INIT;
    struct err err = ERR_INIT;
    struct theme *theme = theme_parse("t.json", sv_cstr(text), &faults, &err);
    if (!theme) {
        fail_msg("%s%s", err.msg, str_cstr(&faults));
    }
    assert_int_equal(faults.len, 0);
    return theme;
}

static void assert_faults(const char *text, const char *want) {
    struct str faults = STR_INIT;
    struct err err = ERR_INIT;
    assert_null(theme_parse("t.json", sv_cstr(text), &faults, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_string_equal(str_cstr(&faults), want);
    str_done(&faults);
}

static void assert_style(struct style got, int32_t fg, int32_t bg, unsigned attrs) {
    assert_int_equal(got.fg, fg);
    assert_int_equal(got.bg, bg);
    assert_int_equal(got.attrs, attrs);
}

static void colours(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t colour;
    } good[] = {
        {"default", -1}, {"red", 1},   {"bright-white", 15},    {"grey", 8},
        {"0", 0},        {"255", 255}, {"#000000", COLOUR_RGB}, {"#Ff8000", COLOUR_RGB | 0xff8000}};
    static const char *const bad[] = {"", "256", "-1", "#fff", "#1234567", "#gggggg", "Red", "1.5"};
    int32_t colour;
    for (size_t i = 0; i < COUNTOF(good); i++) {
        assert_true(colour_parse(sv_cstr(good[i].text), &colour));
        assert_int_equal(colour, good[i].colour);
    }
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        if (colour_parse(sv_cstr(bad[i]), &colour)) {
            fail_msg("'%s' was read as a colour", bad[i]);
        }
    }
}

static void nearest_colours(void **state) {
    (void)state;
    assert_int_equal(colour_to_256(COLOUR_RGB | 0xff0000), 196);
    assert_int_equal(colour_to_256(COLOUR_RGB | 0x808080), 244);
    assert_int_equal(colour_to_256(COLOUR_RGB | 0x5f87af), 67);
    assert_int_equal(colour_to_256(3), 3);
    assert_int_equal(colour_to_256(-1), -1);
    // Every palette entry of cube and grey ramp is its own nearest, but for equal colours.
    for (int32_t i = 16; i < 256; i++) {
        int32_t got = colour_to_256((int32_t)(COLOUR_RGB | colour_rgb(i)));
        assert_int_equal(colour_rgb(got), colour_rgb(i));
    }
    assert_int_equal(colour_to_8(COLOUR_RGB | 0xff8a80), 1);
    assert_int_equal(colour_to_8(COLOUR_RGB | 0x8fd694), 2);
    assert_int_equal(colour_to_8(COLOUR_RGB | 0x9ccfd8), 6);
    assert_int_equal(colour_to_8(COLOUR_RGB | 0x101010), 0);
    assert_int_equal(colour_to_8(COLOUR_RGB | 0xd0d0d0), 7);
    assert_int_equal(colour_to_8(12), 4);
    assert_int_equal(colour_to_8(8), 7);
    assert_int_equal(colour_to_8(-1), -1);
}

static void reads_styles_and_fallbacks(void **state) {
    (void)state;
    struct theme *t = parse(
        "{\"name\": \"x\", \"help\": \"h\", \"roles\": {"
        " \"header\": {\"fg\": \"#ff0000\", \"bg\": 17, \"bold\": true, \"dim\": false},"
        " \"error\": {\"fg\": \"#ff0000\", \"basic\": {\"fg\": \"yellow\", \"reverse\": true},"
        "             \"mono\": {\"underline\": true, \"italic\": true}},"
        " \"dim\": {\"fg\": \"#ff0000\", \"bg\": \"#ee0000\"}}}");
    assert_string_equal(t->name, "x");
    assert_string_equal(t->help, "h");
    assert_style(t->styles[DEPTH_DIRECT][ROLE_HEADER], COLOUR_RGB | 0xff0000, 17, STYLE_BOLD);
    assert_style(t->styles[DEPTH_256][ROLE_HEADER], 196, 17, STYLE_BOLD);
    assert_style(t->styles[DEPTH_8][ROLE_HEADER], 1, 4, STYLE_BOLD);
    // A background was a highlight: without colours it is reverse video.
    assert_style(t->styles[DEPTH_MONO][ROLE_HEADER], -1, -1, STYLE_BOLD | STYLE_REVERSE);
    assert_style(t->styles[DEPTH_8][ROLE_ERROR], 3, -1, STYLE_REVERSE);
    assert_style(t->styles[DEPTH_MONO][ROLE_ERROR], -1, -1, STYLE_UNDERLINE | STYLE_ITALIC);
    // Two shades that are one of the eight must not hide the text.
    assert_style(t->styles[DEPTH_8][ROLE_DIM], -1, -1, STYLE_REVERSE);
    assert_style(t->styles[DEPTH_256][ROLE_BORDER], -1, -1, 0);
    theme_free(t);
}

static void background_of_text_is_no_highlight(void **state) {
    (void)state;
    struct theme *t = parse("{\"name\": \"x\", \"roles\": {"
                            " \"label\": {\"bg\": \"#000000\"}, \"chip\": {\"bg\": \"#111111\"},"
                            " \"text\": {\"fg\": \"white\", \"bg\": \"#000000\"}}}");
    assert_style(t->styles[DEPTH_MONO][ROLE_LABEL], -1, -1, 0);
    assert_style(t->styles[DEPTH_MONO][ROLE_CHIP], -1, -1, STYLE_REVERSE);
    // Roles without colours of their own stand on those of text.
    assert_style(theme_cell_style(t, DEPTH_8, ROLE_LINK, 0), 7, 0, 0);
    theme_free(t);
}

static void layers(void **state) {
    (void)state;
    struct theme *t = parse("{\"name\": \"x\", \"roles\": {"
                            " \"error\": {\"fg\": 1, \"bold\": true},"
                            " \"selected\": {\"fg\": 3}, \"cursor_row\": {\"bg\": 4},"
                            " \"match\": {\"fg\": 4, \"underline\": true}}}");
    assert_style(theme_cell_style(t, DEPTH_256, ROLE_ERROR, 0), 1, -1, STYLE_BOLD);
    assert_style(theme_cell_style(t, DEPTH_256, ROLE_ERROR, OVER_CURSOR_ROW), 1, 4, STYLE_BOLD);
    assert_style(theme_cell_style(t, DEPTH_256, ROLE_ERROR, OVER_CURSOR_ROW | OVER_SELECTED), 3, 4,
                 STYLE_BOLD);
    // Blue on blue would not be seen.
    assert_style(theme_cell_style(t, DEPTH_256, ROLE_TEXT, OVER_CURSOR_ROW | OVER_MATCH), -1, 4,
                 STYLE_UNDERLINE);
    theme_free(t);
}

static void all_faults_are_told(void **state) {
    (void)state;
    assert_faults("{\"name\": \"x\",\n"
                  " \"roles\": {\n"
                  "  \"headr\": {\"fg\": \"red\"},\n"
                  "  \"header\": {\"fg\": \"rad\", \"bold\": 1, \"blink\": true,\n"
                  "    \"mono\": {\"fg\": \"red\"}},\n"
                  "  \"dim\": [1, {\"a\": 2}],\n"
                  "  \"error\": {}, \"error\": {}},\n"
                  " \"colour\": {\"a\": [1]}}",
                  "t.json:3: $.roles.headr: no role is called 'headr'\n"
                  "t.json:4: $.roles.header.fg: expected a colour: \"default\", a name such as "
                  "\"bright-blue\", 0 to 255 or \"#rrggbb\"\n"
                  "t.json:4: $.roles.header.bold: expected true or false\n"
                  "t.json:4: $.roles.header.blink: no such field; there are fg, bg, bold, dim, "
                  "italic, underline, reverse, basic, mono\n"
                  "t.json:5: $.roles.header.mono.fg: no such field; there are bold, dim, italic, "
                  "underline, reverse\n"
                  "t.json:6: $.roles.dim: expected an object in braces\n"
                  "t.json:7: $.roles.error: given twice\n"
                  "t.json:8: $.colour: no such field; there are name, help, roles\n");
    assert_faults("{\"roles\": {}}", "t.json:1: $: the theme has no \"name\"\n");
    assert_faults("[]", "t.json:1: $: expected an object in braces\n"
                        "t.json:1: $: the theme has no \"name\"\n");
}

static void broken_json(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "{",
                                        "{\"name\": \"x\",",
                                        "{\"name\": \"x\"} x",
                                        "{\"name\": \"x\", \"roles\": {\"dim\": {\"fg\": }}}",
                                        "\"name\""};
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct str faults = STR_INIT;
        struct theme *theme = theme_parse("t.json", sv_cstr(texts[i]), &faults, NULL);
        if (theme) {
            fail_msg("'%s' was read as a theme", texts[i]);
        }
        assert_true(sv_starts(str_sv(&faults), SV("t.json:1: $")));
        str_done(&faults);
    }
}

static void built_in_themes(void **state) {
    (void)state;
    static const char *const wanted[] = {"dark", "deuteranopia", "high-contrast", "light", "mono"};
    struct str names = STR_INIT;
    theme_names(NULL, &names);
    assert_string_equal(str_cstr(&names), "dark\ndeuteranopia\nhigh-contrast\nlight\nmono\n");
    str_done(&names);
    for (size_t i = 0; i < COUNTOF(wanted); i++) {
        struct str faults = STR_INIT;
        struct theme *t = theme_load(NULL, sv_cstr(wanted[i]), &faults, NULL);
        if (!t) {
            fail_msg("%s", str_cstr(&faults));
        }
        assert_string_equal(t->name, wanted[i]);
        theme_free(t);
    }
}

static bool style_same(struct style a, struct style b) {
    return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

// What a user must tell apart at a glance differs from plain text at every depth, and text is
// never drawn in the colour of its background.
static void nothing_by_colour_alone(void **state) {
    (void)state;
    static const enum role marked[] = {ROLE_ERROR,    ROLE_PROBLEM,  ROLE_CURSOR_ROW,
                                       ROLE_SELECTED, ROLE_MATCH,    ROLE_STATUS,
                                       ROLE_HEADER,   ROLE_DIFF_ADD, ROLE_CHANGE_WORSE};
    for (size_t i = 0; i < embedded_themes_n; i++) {
        struct sv text = sv_make(embedded_themes[i].text, embedded_themes[i].len);
        struct theme *t = theme_parse(embedded_themes[i].name, text, NULL, NULL);
        assert_non_null(t);
        for (unsigned depth = 0; depth < N_DEPTHS; depth++) {
            const struct style *s = t->styles[depth];
            for (size_t k = 0; k < COUNTOF(marked); k++) {
                if (style_same(s[marked[k]], s[ROLE_TEXT])) {
                    fail_msg("%s depth %u: %s looks like text", t->name, depth,
                             role_name(marked[k]));
                }
            }
            assert_false(style_same(s[ROLE_MATCH], s[ROLE_MATCH_CURRENT]));
            assert_false(style_same(s[ROLE_MATCH], s[ROLE_CURSOR_ROW]));
            for (unsigned role = 0; role < N_ROLES; role++) {
                for (unsigned over = 0; over < 32; over++) {
                    struct style c =
                        theme_cell_style(t, (enum theme_depth)depth, (enum role)role, over);
                    assert_true(c.fg == -1 || c.fg != c.bg);
                }
            }
        }
        theme_free(t);
    }
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void user_themes(void **state) {
    struct str faults = STR_INIT, names = STR_INIT;
    struct err err = ERR_INIT;
    const char *dir = *state;
    write_file(unit_path(state, "dark.json"), "{\"name\": \"mine\", \"roles\": {}}");
    write_file(unit_path(state, "own.json"), "{\"name\": \"own\", \"rolls\": {}}");
    struct theme *t = theme_load(dir, SV("dark"), &faults, &err);
    assert_non_null(t);
    assert_string_equal(t->name, "mine");
    theme_free(t);
    assert_null(theme_load(dir, SV("own"), &faults, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_true(sv_find(str_sv(&faults), SV("own.json:1: $.rolls: no such field")) > 0);
    theme_names(dir, &names);
    assert_string_equal(str_cstr(&names), "dark\ndeuteranopia\nhigh-contrast\nlight\nmono\nown\n");
    t = theme_load("/nonexistent", SV("light"), &faults, &err);
    assert_non_null(t);
    theme_free(t);
    str_done(&faults);
    str_done(&names);
}

static void unknown_themes(void **state) {
    (void)state;
    static const char *const bad[] = {"", "darkk", "../dark", "/etc/passwd", "."};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct err err = ERR_INIT;
        assert_null(theme_load(NULL, sv_cstr(bad[i]), NULL, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_non_null(strstr(err.msg, "there are: dark deuteranopia high-contrast light mono"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours),
        cmocka_unit_test(nearest_colours),
        cmocka_unit_test(reads_styles_and_fallbacks),
        cmocka_unit_test(background_of_text_is_no_highlight),
        cmocka_unit_test(layers),
        cmocka_unit_test(all_faults_are_told),
        cmocka_unit_test(broken_json),
        cmocka_unit_test(built_in_themes),
        cmocka_unit_test(nothing_by_colour_alone),
        unit_test_in_dir(user_themes),
        cmocka_unit_test(unknown_themes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
