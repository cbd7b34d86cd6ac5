// The real explorer under a pseudo-terminal: it starts, answers, is quiet when idle, survives
// resize and job control, and leaves the terminal in order whatever ends it. Argument 1: a store
// with the sample (tests/screen/setup).
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

#include "base/date.h"
#include "base/file.h"
#include "pty.h"

enum { LONG_MS = 20000, W = 100, H = 30 };

static const char *store;
static char home[] = "/tmp/culprit-home-XXXXXX";
static char home_env[64];

#define COMMON_ENV                                                                                 \
    home_env, "PATH=/usr/local/bin:/usr/bin:/bin", "ASAN_OPTIONS=handle_sigbus=0:detect_leaks=0",  \
        "CULPRIT_NOW=2025-10-02T12:00:00"

static const char *const xterm_env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", COMMON_ENV, NULL};

static void start_with(struct pty *p, const char *const *env, const char *option) {
    const char *argv[] = {CULPRIT, "--store", store, option, NULL};
    pty_start(p, argv, env, W, H);
    assert_true(pty_see(p, "Alert summaries", LONG_MS));
    assert_true(pty_see(p, "[alert_summaries]", LONG_MS));
}

static void start(struct pty *p) {
    start_with(p, xterm_env, NULL);
}

// Curses sends only what changed; Ctrl-L makes it send the whole screen, in which text can be
// found.
static bool shows(struct pty *p, const char *text) {
    pty_send(p, "\014");
    return pty_see(p, text, LONG_MS);
}

static void quits_in_order(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    assert_true(pty_modes(&p).alternate_screen);
    pty_send(&p, "Q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(WIFEXITED(p.status));
    assert_int_equal(WEXITSTATUS(p.status), 0);
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void answers_keys(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_send(&p, "G");
    assert_true(shows(&p, "305 of 305"));
    pty_send(&p, "&status=untriaged\r");
    assert_true(shows(&p, "filter: status=untriaged"));
    pty_send(&p, "\r");
    assert_true(shows(&p, "[alert_summary]"));
    pty_send(&p, "q");
    assert_true(shows(&p, "[alert_summaries]"));
    pty_send(&p, "yi");
    assert_true(pty_see(&p, "\033]52;", LONG_MS)); // the clipboard sequence
    pty_send(&p, "Q");
    assert_true(pty_wait_end(&p, LONG_MS));
    pty_stop(&p);
}

static void restored_after_signals(void **state) {
    (void)state;
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGSEGV,
                                  SIGABRT, SIGBUS,  SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct pty p;
        start(&p);
        kill(p.pid, signals[i]);
        assert_true(pty_wait_end(&p, LONG_MS));
        if (!pty_in_order(&p)) {
            fail_msg("terminal not restored after signal %d", signals[i]);
        }
        assert_true(WIFSIGNALED(p.status));
        assert_int_equal(WTERMSIG(p.status), signals[i]);
        pty_stop(&p);
    }
}

// Only a shell with job control can stop and continue a job.
static void stops_and_continues(void **state) {
    (void)state;
    char command[1024];
    snprintf(command, sizeof command, "set -m; '%s' --store '%s'; echo ste''pped; fg; echo d''one",
             CULPRIT, store);
    const char *argv[] = {"/bin/bash", "-c", command, NULL};
    struct pty p;
    pty_start(&p, argv, xterm_env, W, H);
    assert_true(pty_see(&p, "[alert_summaries]", LONG_MS));
    pty_send(&p, "j\032");
    assert_true(pty_see(&p, "stepped", LONG_MS));
    assert_true(pty_see(&p, "[alert_summaries] 2 of 305", LONG_MS));
    assert_true(pty_modes(&p).alternate_screen);
    pty_send(&p, "Q");
    assert_true(pty_see(&p, "done", LONG_MS));
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

static void survives_resizes(void **state) {
    (void)state;
    static const struct {
        int w, h;
    } sizes[] = {{60, 12}, {20, 4}, {5, 2}, {1, 1}, {200, 60}, {100, 30}};
    struct pty p;
    start(&p);
    pty_send(&p, "5j");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pty_resize(&p, sizes[i].w, sizes[i].h);
        pty_read_for(&p, 60);
    }
    pty_send(&p, "j");
    assert_true(shows(&p, "7 of 305"));
    pty_send(&p, "Q");
    assert_true(pty_wait_end(&p, LONG_MS));
    assert_true(pty_in_order(&p));
    pty_stop(&p);
}

// User and system time of the process in clock ticks.
static long cpu_ticks(pid_t pid) {
    char path[64];
    auto_str text = STR_INIT;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    assert_true(file_read(path, 1 << 16, &text, NULL));
    const char *after_name = strrchr(str_cstr(&text), ')');
    assert_non_null(after_name);
    long user = 0;
    long sys = 0;
    assert_int_equal(
        sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &sys),
        2);
    return user + sys;
}

static void idle_costs_nothing(void **state) {
    (void)state;
    struct pty p;
    start(&p);
    pty_read_for(&p, 500);
    size_t output = p.out.len;
    long before = cpu_ticks(p.pid);
    pty_read_for(&p, 3000);
    assert_int_equal(cpu_ticks(p.pid) - before, 0);
    assert_int_equal(p.out.len, output);
    pty_send(&p, "Q");
    assert_true(pty_wait_end(&p, LONG_MS));
    pty_stop(&p);
}

static bool has_escape_garbage(const struct str *out) {
    // A sequence that curses would have drawn as text.
    return sv_find(str_sv(out), SV("^[")) >= 0;
}

static void poor_terminals(void **state) {
    (void)state;
    const char *const envs[][8] = {
        {"TERM=vt100", "LC_ALL=C.UTF-8", COMMON_ENV, NULL},
        {"TERM=dumb", "LC_ALL=C.UTF-8", COMMON_ENV, NULL},
        {"TERM=xterm", "LC_ALL=C", COMMON_ENV, NULL},
        {"TERM=xterm-256color", "NO_COLOR=1", COMMON_ENV, NULL},
    };
    for (size_t i = 0; i < sizeof envs / sizeof *envs; i++) {
        struct pty p;
        start_with(&p, envs[i], NULL);
        pty_send(&p, "j");
        assert_true(shows(&p, "2 of 305"));
        assert_false(has_escape_garbage(&p.out));
        if (i == 3) {
            // No colour is ever switched on; attributes are.
            assert_int_equal(sv_find(str_sv(&p.out), SV("\033[38;5;")), -1);
            assert_int_equal(sv_find(str_sv(&p.out), SV("\033[31m")), -1);
        }
        pty_send(&p, "Q");
        assert_true(pty_wait_end(&p, LONG_MS));
        assert_true(pty_settings_same(&p));
        pty_stop(&p);
    }
}

static void needs_a_terminal(void **state) {
    (void)state;
    char command[1024];
    snprintf(command, sizeof command,
             "'%s' --store '%s' </dev/null 2>&1 >/dev/null | grep -q 'needs a terminal'", CULPRIT,
             store);
    assert_int_equal(system(command), 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quits_in_order),         cmocka_unit_test(answers_keys),
        cmocka_unit_test(restored_after_signals), cmocka_unit_test(stops_and_continues),
        cmocka_unit_test(survives_resizes),       cmocka_unit_test(idle_costs_nothing),
        cmocka_unit_test(poor_terminals),         cmocka_unit_test(needs_a_terminal),
    };
    if (argc != 2 || !mkdtemp(home)) {
        return 1;
    }
    store = argv[1];
    snprintf(home_env, sizeof home_env, "HOME=%s", home);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
