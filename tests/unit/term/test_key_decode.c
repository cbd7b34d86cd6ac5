#include "term/key_decode.h"

#include "unit.h"

static void add_keys(struct key_decoder *d, bool flush, struct str *out) {
    struct key key;
    while (key_decoder_next(d, flush, &key)) {
        if (key.kind == K_UNKNOWN) {
            continue;
        }
        str_add_cstr(out, out->len ? " " : "");
        key_format(&key, out);
        if (key_is_mouse(&key)) {
            str_addf(out, "@%d,%d", key.x, key.y);
        }
        str_add_cstr(out, key.pasted ? "'" : "");
    }
}

// All at once, and byte by byte: the result must be the same; then the escape delay is over.
static void assert_keys(struct sv bytes, const char *want) {
    for (int one_by_one = 0; one_by_one < 2; one_by_one++) {
        struct key_decoder d;
        struct str got = STR_INIT;
        key_decoder_init(&d, true);
        for (size_t i = 0; i < bytes.len && one_by_one; i++) {
            key_decoder_feed(&d, bytes.ptr + i, 1);
            add_keys(&d, false, &got);
        }
        if (!one_by_one) {
            key_decoder_feed(&d, bytes.ptr, bytes.len);
        }
        add_keys(&d, true, &got);
        assert_false(key_decoder_waits(&d));
        assert_string_equal(str_cstr(&got), want);
        str_done(&got);
        key_decoder_done(&d);
    }
}

static void test_plain(void **state) {
    (void)state;
    assert_keys(SV("jG \xc3\xa9\xf0\x9f\x98\x80"), "j G Space \xc3\xa9 \xf0\x9f\x98\x80");
    assert_keys(SV("\r\n\t\x7f\b\0\x04\x1a\x1c\x1f"),
                "Enter Ctrl-J Tab Backspace Ctrl-H Ctrl-Space Ctrl-D Ctrl-Z Ctrl-\\ Ctrl-_");
    // Broken and dangerous bytes are no keys.
    assert_keys(SV("a\xff\xc3z\xc2\x9b"), "a z");
}

static void test_cursor_keys(void **state) {
    (void)state;
    assert_keys(SV("\033[A\033OB\033[C\033OD\033[H\033OF"), "Up Down Right Left Home End");
    assert_keys(SV("\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~"),
                "Home Ins Del End PgUp PgDn Home End");
    assert_keys(SV("\033[1;2A\033[1;3D\033[1;5C\033[3;5~\033[1;8B\033[1;9A"),
                "Shift-Up Alt-Left Ctrl-Right Ctrl-Del Ctrl-Alt-Shift-Down Alt-Up");
    // rxvt
    assert_keys(SV("\033[a\033Oa\033[5^\033[5$\033[5@\033\033[A"),
                "Shift-Up Ctrl-Up Ctrl-PgUp Shift-PgUp Ctrl-Shift-PgUp Alt-Up");
    assert_keys(SV("\033[Z"), "Shift-Tab");
}

static void test_function_keys(void **state) {
    (void)state;
    assert_keys(SV("\033OP\033[11~\033[[A\033OS\033[15~\033[[E\033[24~\033[34~\033[1;2P"),
                "F1 F1 F1 F4 F5 F5 F12 F20 Shift-F1");
    assert_keys(SV("\033OM\033Oq\033Ok\033Oo"), "Enter 1 + /");
}

static void test_escape_and_alt(void **state) {
    (void)state;
    assert_keys(SV("\033"), "Esc");
    assert_keys(SV("\033x\033X\033\r\033\x7f\033\x04"),
                "Alt-x Alt-X Alt-Enter Alt-Backspace Ctrl-Alt-D");
    assert_keys(SV("\033\xc3\xa9"), "Alt-\xc3\xa9");
    assert_keys(SV("\033["), "Alt-[");
    assert_keys(SV("\033O"), "Alt-O");
    assert_keys(SV("\033\033"), "Esc Esc");
    assert_keys(SV("\033\033x"), "Esc Alt-x");
}

static void test_waiting(void **state) {
    (void)state;
    struct key_decoder d;
    struct key key;
    key_decoder_init(&d, true);
    key_decoder_feed(&d, "\033", 1);
    assert_false(key_decoder_next(&d, false, &key));
    assert_true(key_decoder_waits(&d));
    key_decoder_feed(&d, "[A", 2);
    assert_true(key_decoder_next(&d, false, &key));
    assert_int_equal(key.kind, K_UP);
    assert_false(key_decoder_waits(&d));
    key_decoder_done(&d);
}

static void test_code_keys(void **state) {
    (void)state;
    assert_keys(SV("\033[97;5u\033[27;5;105~\033[13;2u\033[120;3u\033[27u\033[127;5u"),
                "Ctrl-A Tab Shift-Enter Alt-x Esc Ctrl-Backspace");
    assert_keys(SV("\033[55296u\033[4294967295u\033[0;0;0u"), "Ctrl-Space");
}

static void test_mouse(void **state) {
    (void)state;
    assert_keys(SV("\033[<0;5;7M\033[<32;6;7M\033[<0;6;7m"), "Click@4,6 Drag@5,6 Release@5,6");
    assert_keys(SV("\033[<2;1;1M\033[<1;1;1M\033[<64;2;3M\033[<65;2;3M\033[<66;1;1M"),
                "RightClick@0,0 MiddleClick@0,0 WheelUp@1,2 WheelDown@1,2 WheelLeft@0,0");
    assert_keys(SV("\033[<16;1;1M\033[<4;1;1M\033[<8;1;1M"),
                "Ctrl-Click@0,0 Shift-Click@0,0 Alt-Click@0,0");
    // Motion without a button, places outside every screen.
    assert_keys(SV("\033[<35;1;1M\033[<0;0;1M\033[<0;999999;1M\033[<0;1M"), "");
    // The old report.
    assert_keys(SV("\033[M !!\033[M##$x"), "Click@0,0 Release@2,3 x");
}

static void test_paste(void **state) {
    (void)state;
    assert_keys(SV("\033[200~q\033[31m\rj\n\t\x04\033[201~k"),
                "q' [' 3' 1' m' Enter' j' Enter' Tab' k");
    // A paste that never ends is left with Ctrl-C.
    assert_keys(SV("\033[200~q\x03j"), "q' Ctrl-C' j");
    assert_keys(SV("\033[201~j"), "j");
}

static void test_replies_are_dropped(void **state) {
    (void)state;
    assert_keys(SV("\033]11;rgb:0/0/0\aj\033P1$r\033\\k\033[?62;c\033[0n\033[>1;2cl"), "j k l");
    assert_keys(SV("\033[12\001x"), "Ctrl-A x");
    assert_keys(SV("\033[12\033[Ax"), "Up x");
}

static void test_learned(void **state) {
    (void)state;
    struct key_decoder d;
    struct str got = STR_INIT;
    key_decoder_init(&d, true);
    key_decoder_learn(&d, SV("\033A"), (struct key){.kind = K_UP});
    key_decoder_learn(&d, SV("\033AB"), (struct key){.kind = K_F, .cp = 7});
    key_decoder_learn(&d, SV("x"), (struct key){.kind = K_DOWN});
    key_decoder_feed(&d, "\033AB\033Ax", 6);
    add_keys(&d, true, &got);
    assert_string_equal(str_cstr(&got), "F7 Up x");
    str_done(&got);
    key_decoder_done(&d);
}

static void test_erase_character(void **state) {
    (void)state;
    struct key_decoder d;
    struct key key;
    key_decoder_init(&d, false);
    d.ctrl_h_is_bs = true;
    key_decoder_feed(&d, "\b\xc3\xa9q", 4);
    assert_true(key_decoder_next(&d, false, &key));
    assert_int_equal(key.kind, K_BACKSPACE);
    // Not a UTF-8 terminal: bytes beyond ASCII are no keys.
    assert_true(key_decoder_next(&d, false, &key));
    assert_int_equal(key.kind, K_UNKNOWN);
    assert_true(key_decoder_next(&d, false, &key));
    assert_true(key_decoder_next(&d, false, &key));
    assert_int_equal(key.cp, 'q');
    key_decoder_done(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_cursor_keys),
        cmocka_unit_test(test_function_keys),
        cmocka_unit_test(test_escape_and_alt),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_code_keys),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_replies_are_dropped),
        cmocka_unit_test(test_learned),
        cmocka_unit_test(test_erase_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
