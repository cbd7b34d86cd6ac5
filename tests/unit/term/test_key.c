#include "term/key.h"

#include "unit.h"

static void assert_name(const char *name, const char *want) {
    struct key key;
    struct err err = ERR_INIT;
    struct str got = STR_INIT;
    if (!key_parse(sv_cstr(name), &key, &err)) {
        fail_msg("%s: %s", name, err.msg);
    }
    key_format(&key, &got);
    assert_string_equal(str_cstr(&got), want);
    // What is written can be read back.
    struct key again;
    assert_true(key_parse(str_sv(&got), &again, NULL));
    assert_true(key_eq(&key, &again));
    str_done(&got);
}

static void test_names(void **state) {
    (void)state;
    static const char *const same[] = {
        "j",           "G",         "<",      ">",          "'",     "\"",    "#",
        "^",           "-",         "!",      "0",          "Enter", "Esc",   "Tab",
        "Space",       "Backspace", "Del",    "Ins",        "Up",    "PgUp",  "PgDn",
        "Home",        "End",       "F1",     "F12",        "F24",   "Alt-x", "Alt-Left",
        "Ctrl-D",      "Ctrl-\\",   "Ctrl-]", "Shift-Tab",  "Alt-X", "Click", "WheelUp",
        "DoubleClick", "Ctrl-Left", "Alt--",  "Ctrl-Space",
    };
    for (size_t i = 0; i < COUNTOF(same); i++) {
        assert_name(same[i], same[i]);
    }
    assert_name("\xc3\xa9", "\xc3\xa9");
}

static void test_other_spellings(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"ctrl-d", "Ctrl-D"},     {"C-d", "Ctrl-D"},
        {"^D", "Ctrl-D"},         {"^d", "Ctrl-D"},
        {"M-x", "Alt-x"},         {"pageup", "PgUp"},
        {"ESCAPE", "Esc"},        {"Return", "Enter"},
        {"delete", "Del"},        {"Shift-g", "G"},
        {"Ctrl-I", "Tab"},        {"Ctrl-M", "Enter"},
        {"Ctrl-[", "Esc"},        {"Ctrl-/", "Ctrl-_"},
        {"Ctrl-@", "Ctrl-Space"}, {"Alt-Ctrl-x", "Ctrl-Alt-X"},
        {"S-Up", "Shift-Up"},     {"f5", "F5"},
        {"Ctrl-?", "Backspace"},
    };
    for (size_t i = 0; i < COUNTOF(pairs); i++) {
        assert_name(pairs[i][0], pairs[i][1]);
    }
}

static void test_no_names(void **state) {
    (void)state;
    static const char *const bad[] = {"",    "Entr", "Ctrl-", "F0",       "F25",
                                      "F1x", "\033", "jj",    "Ctrl-Foo", "\xff"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct key key;
        struct err err = ERR_INIT;
        if (key_parse(sv_cstr(bad[i]), &key, &err)) {
            fail_msg("'%s' was read as a key", bad[i]);
        }
        assert_int_equal(err.code, ERR_USAGE);
    }
}

static void assert_seq(const char *text, const char *want) {
    struct key keys[8];
    struct err err = ERR_INIT;
    struct str got = STR_INIT;
    size_t n = key_parse_seq(sv_cstr(text), keys, COUNTOF(keys), &err);
    for (size_t i = 0; i < n; i++) {
        str_add_cstr(&got, i ? " " : "");
        key_format(&keys[i], &got);
    }
    assert_string_equal(n ? str_cstr(&got) : err.msg, want);
    str_done(&got);
}

static void test_sequences(void **state) {
    (void)state;
    assert_seq("gg", "g g");
    assert_seq("zM", "z M");
    assert_seq("''", "' '");
    assert_seq("z[", "z [");
    assert_seq("g/", "g /");
    assert_seq("z Ctrl-H", "z Ctrl-H");
    assert_seq(" y  c ", "y c");
    assert_seq("42G", "4 2 G");
    assert_seq("c-x", "c - x");
    assert_seq("Enter", "Enter");
    assert_seq("Entr", "no key is called 'Entr'");
    assert_seq("g Entr", "no key is called 'Entr'");
    assert_seq("", "a key is missing");
    assert_seq("1 2 3 4 5 6 7 8 9",
               "'1 2 3 4 5 6 7 8 9' is a sequence of 9 keys, at most 8 are possible");
}

// The whole script as text: keys, "[directive]", and the error at the end.
static void assert_script(const char *text, const char *want) {
    struct key_script script;
    struct str got = STR_INIT;
    struct err err = ERR_INIT;
    struct key key;
    struct sv directive;
    key_script_init(&script, "keys.txt", sv_cstr(text));
    for (;;) {
        enum key_token token = key_script_next(&script, &key, &directive, &err);
        if (token == KEY_SCRIPT_END) {
            break;
        }
        str_add_cstr(&got, got.len ? " " : "");
        if (token == KEY_SCRIPT_KEY) {
            key_format(&key, &got);
        } else if (token == KEY_SCRIPT_DIRECTIVE) {
            str_addf(&got, "[%.*s:%zu]", SV_ARG(directive), script.line);
        } else {
            str_addf(&got, "(%s)", err.msg);
            // The script is at its end after an error.
            assert_int_equal(key_script_next(&script, &key, &directive, &err), KEY_SCRIPT_END);
            break;
        }
    }
    assert_string_equal(str_cstr(&got), want);
    str_done(&got);
}

static void test_scripts(void **state) {
    (void)state;
    assert_script("", "");
    assert_script("j j Enter", "j j Enter");
    assert_script("# all\nj # down\n\n  k\t#x\n", "j k");
    assert_script("gg 10j zz", "g g 1 0 j z z");
    assert_script("& \"col~a b\" Enter", "& c o l ~ a Space b Enter");
    assert_script("\"#\" \"!\" \"\\\"\\\\\\n\\t\"", "# ! \" \\ Enter Tab");
    assert_script("\"\" j \"\"", "j");
    assert_script("!screen first \nj\n!size 60x12", "[screen first:1] j [size 60x12:3]");
    // Only at the beginning of a line.
    assert_script("j ! k", "j ! k");
    assert_script("\"\xc3\xa9\"x", "\xc3\xa9 x");
    assert_script("j\nEntr", "j (keys.txt:2: no key is called 'Entr')");
    assert_script("\"ab\nj", "(keys.txt:1: a quote is not closed on its line)");
    assert_script("\"a\\q\"", "a (keys.txt:1: in quotes, \\ must be followed by n, t, \" or \\)");
}

static void test_codes(void **state) {
    (void)state;
    struct key a = {.kind = K_CHAR, .cp = 'x'}, b = {.kind = K_CHAR, .cp = 'x', .alt = true};
    struct key click = {.kind = K_CLICK, .x = 3, .y = 4}, other = {.kind = K_CLICK};
    assert_false(key_eq(&a, &b));
    assert_true(key_code(&a) != key_code(&b));
    assert_true(key_eq(&click, &other));
    assert_true(key_is_mouse(&click));
    assert_false(key_is_mouse(&a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_other_spellings),
        cmocka_unit_test(test_no_names), cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_scripts),  cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
