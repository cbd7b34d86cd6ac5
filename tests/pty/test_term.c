// The terminal is left in order however a program on src/term ends or stops (PROBE is
// term_probe.c), and stays usable on terminals that can do little.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <dirent.h>

#include "base/file.h"
#include "pty.h"

enum { LONG_MS = 10000, W = 80, H = 24 };

static char crash_dir[] = "/tmp/culprit-pty-XXXXXX";

static const char *const xterm_env[] = {"TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=C.UTF-8",
                                        "PATH=/usr/local/bin:/usr/bin:/bin",
                                        // The sanitizer would keep its own handler.
                                        "ASAN_OPTIONS=handle_sigbus=0:detect_leaks=0", NULL};

static void start_with(struct pty *p, const char *const *env) {
    const char *argv[] = {PROBE, crash_dir, NULL};
    pty_start(p, argv, env, W, H);
    assert_true(pty_see(p, "size 80x24", LONG_MS));
}

static void start(struct pty *p) {
    start_with(p, xterm_env);
}

static void empty_crash_dir(void) {
    DIR *dir = opendir(crash_dir);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", crash_dir, e->d_name);
        unlink(path);
    }
    closedir(dir);
}

// The text of the only report; empty when there is none.
static void read_report(struct str *out) {
    DIR *dir = opendir(crash_dir);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", crash_dir, e->d_name);
        if (e->d_name[0] != '.') {
            assert_int_equal(out->len, 0);
            assert_true(file_read(path, 1 << 20, out, NULL));
        }
    }
    closedir(dir);
}

static void assert_has(const struct str *text, const char *part) {
    if (sv_find(str_sv(text), sv_cstr(part)) < 0) {
        fail_msg("'%s' is missing in:\n%s", part, str_cstr(text));
    }
}

static void test_starts_and_quits(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    struct pty_modes m = pty_modes(&p);
    assert_true(m.alternate_screen && m.cursor_hidden && m.mouse && m.paste && m.cursor_keys);
    assert_false(pty_settings_same(&p));
    pty_send(&p, "q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(WIFEXITED(p.status) && WEXITSTATUS(p.status) == 0);
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void test_exit_without_close(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_send(&p, "e");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(WIFEXITED(p.status) && WEXITSTATUS(p.status) == 3);
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void check_signal(int sig, bool reports) {
    struct pty p;
    empty_crash_dir();
    start(&p);
    assert_false(pty_in_order(&p));
    kill(p.pid, sig);
    assert_true(pty_wait_end(&p, LONG_MS));
    if (!pty_in_order(&p)) {
        fail_msg("signal %d leaves the terminal in disorder", sig);
    }
    // The parent must see the true cause.
    assert_true(WIFSIGNALED(p.status));
    assert_int_equal(WTERMSIG(p.status), sig);
    struct str report = STR_INIT;
    read_report(&report);
    if (reports) {
        assert_has(&p.out, "crash report: ");
        assert_has(&report, "backtrace");
        assert_has(&report, "memory map");
    } else {
        assert_int_equal(report.len, 0);
    }
    str_done(&report);
    pty_stop(&p);
}

static void test_ending_signals(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < COUNTOF(signals); i++) {
        check_signal(signals[i], false);
    }
}

static void test_crash_signals(void **state) {
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < COUNTOF(signals); i++) {
        check_signal(signals[i], true);
    }
}

static void check_crash(const char *key, int sig, const char *said) {
    struct pty p;
    empty_crash_dir();
    start(&p);
    pty_send(&p, key);
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(WIFSIGNALED(p.status) && WTERMSIG(p.status) == sig);
    assert_true(pty_in_order(&p));
    struct str report = STR_INIT;
    read_report(&report);
    assert_has(&report, sig == SIGSEGV ? "SIGSEGV" : "SIGABRT");
    assert_has(&p.out, said);
    // What is said must come after the alternate screen is left, or nobody reads it.
    ptrdiff_t left = sv_find(str_sv(&p.out), SV("\033[?1049l"));
    ptrdiff_t told = sv_find(str_sv(&p.out), sv_cstr(said));
    assert_true(left >= 0 && told > left);
    str_done(&report);
    pty_stop(&p);
}

static void test_own_crashes(void **state) {
    (void)state;
    check_crash("s", SIGSEGV, "SIGSEGV");
    check_crash("a", SIGABRT, "SIGABRT");
    check_crash("b", SIGABRT, "bug: p->n_keys > 0");
}

// A shell with job control around the probe; `how` stops it.
static void start_in_shell(struct pty *p) {
    static char script[512];
    snprintf(script, sizeof script,
             "set -m; %s %s; echo STOPPED; read x; fg >/dev/null; echo ENDED $?", PROBE, crash_dir);
    const char *argv[] = {"sh", "-c", script, NULL};
    pty_start(p, argv, xterm_env, W, H);
    assert_true(pty_see(p, "size 80x24", LONG_MS));
}

static void check_stopped_and_back(struct pty *p) {
    assert_true(pty_see(p, "STOPPED", LONG_MS));
    assert_true(pty_in_order(p));
    pty_resize(p, 60, 12); // while it sleeps
    pty_send(p, "\n");
    assert_true(pty_see(p, "size 60x12", LONG_MS));
    struct pty_modes m = pty_modes(p);
    assert_true(m.alternate_screen && m.mouse && m.paste && m.cursor_keys && m.cursor_hidden);
    assert_false(pty_settings_same(p));
    pty_send(p, "j");
    assert_true(pty_see(p, "<j>", LONG_MS));
    pty_send(p, "q");
    assert_true(pty_see(p, "ENDED 0", LONG_MS));
    assert_true(pty_wait_end(p, LONG_MS));
    assert_true(pty_in_order(p));
    pty_stop(p);
}

static void test_suspend_key(void **state) {
    (void)state;
    struct pty p;
    start_in_shell(&p);
    pty_send(&p, "z");
    check_stopped_and_back(&p);
}

static void test_stop_signal(void **state) {
    (void)state;
    struct pty p;
    start_in_shell(&p);
    pid_t group = tcgetpgrp(p.slave);
    if (group < 0) { // not our terminal: ask the master
        group = tcgetpgrp(p.master);
    }
    assert_true(group > 0 && group != p.pid);
    kill(group, SIGTSTP);
    check_stopped_and_back(&p);
}

static void test_killed_while_stopped(void **state) {
    (void)state;
    struct pty p;
    start_in_shell(&p);
    pid_t group = tcgetpgrp(p.master);
    pty_send(&p, "z");
    assert_true(pty_see(&p, "STOPPED", LONG_MS));
    size_t before = p.out.len;
    kill(group, SIGTERM);
    kill(group, SIGCONT);
    pty_read_for(&p, 300);
    // The shell's terminal must not be touched from behind.
    assert_false(sv_find(sv_from(str_sv(&p.out), before), SV("\033[?1049")) >= 0);
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void test_resize(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_resize(&p, 20, 4);
    assert_true(pty_see(&p, "20x4", LONG_MS));
    pty_resize(&p, 200, 60);
    assert_true(pty_see(&p, "200x60", LONG_MS));
    pty_resize(&p, 1, 1);
    pty_read_for(&p, 100);
    pty_resize(&p, 100, 30);
    assert_true(pty_see(&p, "100x30", LONG_MS));
    pty_send(&p, "q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void test_keys(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *name;
    } keys[] = {{"\033OA", "Up"},
                {"\033[B", "Down"},
                {"\033", "Esc"},
                {"\033x", "Alt-x"},
                {"\r", "Enter"},
                {"\x03", "Ctrl-C"},
                {"\x1a", "Ctrl-Z"},
                {"\x1c", "Ctrl-\\"},
                {"\x7f", "Backspace"},
                {"\033[1;3D", "Alt-Left"},
                {"\033[15~", "F5"},
                {"\033[<0;5;7M", "Click 4,6"},
                {"\033[<0;5;7M", "DoubleClick 4,6"},
                {"\033[<65;2;3M", "WheelDown 1,2"},
                {"\033[200~Z\033[201~", "Z pasted"},
                {"\xc3\xa9", "\xc3\xa9"}};
    char log[64];
    snprintf(log, sizeof log, "%s/keys", crash_dir);
    const char *argv[] = {PROBE, crash_dir, log, NULL};
    struct str want = STR_INIT, got = STR_INIT;
    struct pty p;
    pty_start(&p, argv, xterm_env, W, H);
    assert_true(pty_see(&p, "size 80x24", LONG_MS));
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        pty_send(&p, keys[i].bytes);
        str_addf(&want, "%s\n", keys[i].name);
        for (int tries = 0; tries < 100 && got.len < want.len; tries++) {
            pty_read_for(&p, 20);
            str_clear(&got);
            assert_true(file_read(log, 1 << 16, &got, NULL));
        }
        assert_string_equal(str_cstr(&got), str_cstr(&want));
    }
    str_done(&want);
    str_done(&got);
    pty_stop(&p);
    empty_crash_dir();
}

static void test_child(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_send(&p, "p");
    // The child counts "-icanon" in its settings: none, the line mode is back.
    assert_true(pty_see(&p, "0\r\nCHILD", LONG_MS));
    assert_true(pty_see(&p, "size 80x24", LONG_MS));
    assert_true(pty_modes(&p).alternate_screen);
    pty_send(&p, "q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void test_copy_and_title(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_send(&p, "y");
    assert_true(pty_see(&p, "\033]52;c;Y29waWVk\a", LONG_MS));
    assert_true(pty_see(&p, "\033]2;ab\a", LONG_MS));
    pty_stop(&p);
    const char *tmux_env[] = {"TERM=tmux-256color", "LC_ALL=C.UTF-8", "TMUX=x,1,2", NULL};
    start_with(&p, tmux_env);
    pty_send(&p, "y");
    assert_true(pty_see(&p, "\033Ptmux;\033\033]52;c;Y29waWVk\a\033\\", LONG_MS));
    pty_stop(&p);
}

// Reads `path` until it says `want`.
static void assert_file_says(struct pty *p, const char *path, const char *want) {
    struct str got = STR_INIT;
    for (int tries = 0; tries < 200 && !sv_is(str_sv(&got), want); tries++) {
        pty_read_for(p, 20);
        str_clear(&got);
        (void)!file_read(path, 1 << 16, &got, NULL);
    }
    assert_string_equal(str_cstr(&got), want);
    str_done(&got);
}

static void test_copy_elsewhere(void **state) {
    (void)state;
    char log[64], copy[64];
    snprintf(log, sizeof log, "%s/keys", crash_dir);
    snprintf(copy, sizeof copy, "%s/copy", crash_dir);
    const char *with_command[] = {PROBE, crash_dir, log, copy, NULL};
    struct pty p;
    pty_start(&p, with_command, xterm_env, W, H);
    assert_true(pty_see(&p, "size 80x24", LONG_MS));
    pty_send(&p, "yY");
    assert_file_says(&p, copy, "copied");
    assert_file_says(&p, log,
                     "y\ncopy: tee\nY\ncopy: 100001 bytes are too much to copy (at most 100000)\n");
    assert_true(sv_find(str_sv(&p.out), SV("\033]52")) < 0);
    pty_stop(&p);
    const char *vt100[] = {"TERM=vt100", "LANG=C", NULL};
    const char *without[] = {PROBE, crash_dir, log, NULL};
    pty_start(&p, without, vt100, W, H);
    assert_true(pty_see(&p, "size 80x24", LONG_MS));
    pty_send(&p, "y");
    assert_file_says(&p, log,
                     "y\ncopy: this terminal has no clipboard and no copy command is "
                     "configured\n");
    pty_stop(&p);
    empty_crash_dir();
}

// No data byte is ever obeyed by the terminal.
static void test_hostile_text(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    size_t before = p.out.len;
    pty_send(&p, "w");
    assert_true(pty_see(&p, "^[[31m", LONG_MS));
    pty_read_for(&p, 100);
    struct sv drawn = sv_from(str_sv(&p.out), before);
    assert_true(sv_find(drawn, SV("\033[31m")) < 0);
    assert_true(sv_find(drawn, SV(" \x9b")) < 0);
    assert_true(sv_find(drawn, SV("\xff")) < 0);
    assert_true(sv_find(drawn, SV("\xe6\x97\xa5\xe6\x9c\xac e\xcc\x81")) >= 0);
    pty_stop(&p);
}

static bool has_colour(const struct pty *p) {
    static const char *const signs[] = {"[38;5;", "[48;5;", "[31m", "[46m"};
    for (size_t i = 0; i < COUNTOF(signs); i++) {
        if (sv_find(str_sv(&p->out), sv_cstr(signs[i])) >= 0) {
            return true;
        }
    }
    return false;
}

static void test_no_color(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    assert_true(pty_see(&p, "worse", LONG_MS));
    assert_true(has_colour(&p));
    pty_stop(&p);
    const char *few[] = {"TERM=xterm", "LC_ALL=C.UTF-8", NULL};
    start_with(&p, few);
    assert_true(pty_see(&p, "worse", LONG_MS));
    assert_true(has_colour(&p));
    pty_stop(&p);
    const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR=1", NULL};
    start_with(&p, env);
    assert_true(pty_see(&p, "worse", LONG_MS));
    assert_false(has_colour(&p));
    pty_stop(&p);
}

static void test_vt100(void **state) {
    (void)state;
    const char *env[] = {"TERM=vt100", "LANG=C", NULL};
    struct pty p;
    start_with(&p, env);
    pty_send(&p, "\033OA");
    pty_read_for(&p, 100);
    assert_false(has_colour(&p));
    assert_true(sv_find(str_sv(&p.out), SV("\033[?1049")) < 0);
    assert_true(sv_find(str_sv(&p.out), SV("\033[?1000")) < 0);
    assert_true(sv_find(str_sv(&p.out), SV("$<")) < 0);
    kill(p.pid, SIGTERM);
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_in_order(&p));
    assert_true(sv_find(str_sv(&p.out), SV("$<")) < 0);
    pty_stop(&p);
}

static void test_dumb(void **state) {
    (void)state;
    const char *env[] = {"TERM=dumb", "LANG=C", NULL};
    struct pty p;
    start_with(&p, env);
    pty_send(&p, "w");
    assert_true(pty_see(&p, "key 1 <w>", LONG_MS));
    assert_true(pty_see(&p, "?? e ^[[31m ? ?|", LONG_MS));
    pty_send(&p, "q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_settings_same(&p));
    assert_true(sv_find_byte(str_sv(&p.out), '\033') < 0);
    assert_true(sv_find_byte(str_sv(&p.out), '\017') < 0);
    pty_stop(&p);
}

static void test_unknown_type(void **state) {
    (void)state;
    const char *env[] = {"TERM=no-such-terminal", "LANG=C", "ASAN_OPTIONS=detect_leaks=0", NULL};
    const char *argv[] = {PROBE, crash_dir, NULL};
    struct pty p;
    pty_start(&p, argv, env, W, H);
    assert_true(pty_see(&p, "TERM=no-such-terminal is not known", LONG_MS));
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(WIFEXITED(p.status) && WEXITSTATUS(p.status) == 2);
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(crash_dir) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    empty_crash_dir();
    return rmdir(crash_dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_and_quits),
        cmocka_unit_test(test_exit_without_close),
        cmocka_unit_test(test_ending_signals),
        cmocka_unit_test(test_crash_signals),
        cmocka_unit_test(test_own_crashes),
        cmocka_unit_test(test_suspend_key),
        cmocka_unit_test(test_stop_signal),
        cmocka_unit_test(test_killed_while_stopped),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_child),
        cmocka_unit_test(test_copy_and_title),
        cmocka_unit_test(test_copy_elsewhere),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_no_color),
        cmocka_unit_test(test_vt100),
        cmocka_unit_test(test_dumb),
        cmocka_unit_test(test_unknown_type),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
