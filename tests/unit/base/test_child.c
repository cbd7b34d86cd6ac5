#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "unit.h"

static int run_shell(const char *script) {
    const char *argv[] = {"sh", "-c", script, NULL};
    struct err err = ERR_INIT;
    int status = -1;
    if (!child_run(argv, &status, &err)) {
        fail_msg("%s", err.msg);
    }
    return status;
}

static void status_comes_back(void **state) {
    (void)state;
    assert_int_equal(run_shell("exit 0"), 0);
    assert_int_equal(run_shell("exit 7"), 7);
    assert_int_equal(run_shell("kill -TERM $$"), 128 + SIGTERM);
}

static void arguments_are_not_interpreted(void **state) {
    (void)state;
    const char *argv[] = {"test", "a b; $(exit 3) '*'", "=", "a b; $(exit 3) '*'", NULL};
    int status = -1;
    assert_true(child_run(argv, &status, NULL));
    assert_int_equal(status, 0);
}

static void missing_programs(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    const char *argv[] = {"culprit-no-such-program", NULL};
    int status = -1;
    assert_false(child_run(argv, &status, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(err.sys, ENOENT);
    assert_non_null(strstr(err.msg, "culprit-no-such-program"));
    err_clear(&err);
    assert_false(child_spawn(argv, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(err.sys, ENOENT);
}

// Signals that the explorer ignores or blocks reach the child, and none of its files do.
static void starts_clean(void **state) {
    (void)state;
    sigset_t term;
    sigset_t before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before);
    signal(SIGPIPE, SIG_IGN);
    int fd = fcntl(1, F_DUPFD, 9); // deliberately not close-on-exec
    assert_true(fd >= 9);
    char script[200];
    snprintf(script, sizeof script, "[ -e /proc/self/fd/%d ] && exit 5; kill -TERM $$; exit 6", fd);
    assert_int_equal(run_shell(script), 128 + SIGTERM);
    assert_int_equal(run_shell("kill -PIPE $$; exit 6"), 128 + SIGPIPE);
    close(fd);
    sigprocmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, SIG_DFL);
}

static void on_int(int sig) {
    (void)sig;
}

static void own_signal_actions_survive(void **state) {
    (void)state;
    struct sigaction mine = {.sa_handler = on_int};
    struct sigaction now;
    sigaction(SIGINT, &mine, NULL);
    assert_int_equal(run_shell("kill -INT $PPID; exit 4"), 4);
    sigaction(SIGINT, NULL, &now);
    assert_ptr_equal(now.sa_handler, on_int);
    signal(SIGINT, SIG_DFL);
}

static bool wait_until_exists(const char *path) {
    for (int i = 0; i < 500; i++) {
        if (file_exists(path)) {
            return true;
        }
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return false;
}

static void spawned_is_detached(void **state) {
    struct err err = ERR_INIT;
    char script[9000];
    char *path = unit_path(state, "done");
    snprintf(script, sizeof script,
             "read -r x && exit 1; [ -t 1 ] && exit 1;"
             "set -- $(cat /proc/self/stat); echo \"$6\" > '%s.tmp'; mv '%s.tmp' '%s'",
             path, path, path);
    const char *argv[] = {"sh", "-c", script, NULL};
    if (!child_spawn(argv, &err)) {
        fail_msg("%s", err.msg);
    }
    // Nobody is left to wait for.
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_true(wait_until_exists(path));
    auto_str text = STR_INIT;
    assert_true(file_read(path, 100, &text, &err));
    assert_int_not_equal(strtol(str_cstr(&text), NULL, 10), getsid(0));
}

static void spawned_reads_its_input(void **state) {
    struct err err = ERR_INIT;
    char script[9000];
    char *in = unit_path(state, "in");
    char *out = unit_path(state, "out");
    struct new_file f;
    assert_true(new_file_open(&f, in, false, &err));
    assert_true(new_file_write(&f, "some text", 9, &err));
    assert_true(new_file_commit(&f, &err));
    snprintf(script, sizeof script, "cat > '%s.tmp'; mv '%s.tmp' '%s'", out, out, out);
    const char *argv[] = {"sh", "-c", script, NULL};
    int fd = open(in, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (!child_spawn_input(argv, fd, &err)) {
        fail_msg("%s", err.msg);
    }
    close(fd);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_true(wait_until_exists(out));
    auto_str text = STR_INIT;
    assert_true(file_read(out, 100, &text, &err));
    assert_sv(str_sv(&text), "some text");
}

// As some parents leave it behind; the kernel would then reap our children itself.
static void children_may_be_ignored_at_first(void **state) {
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    assert_int_equal(run_shell("exit 7"), 7);
    signal(SIGCHLD, SIG_IGN);
    const char *argv[] = {"true", NULL};
    assert_true(child_spawn(argv, NULL));
    signal(SIGCHLD, SIG_DFL);
}

// --- a child to talk to -------------------------------------------------------------------------

static void open_shell(struct child *c, const char *script) {
    static char *const env[] = {"PATH=/usr/bin:/bin", "WHO=me", NULL};
    const char *argv[] = {"sh", "-c", script, NULL};
    struct err err = ERR_INIT;
    if (!child_open(c, argv, env, &err)) {
        fail_msg("%s", err.msg);
    }
}

static size_t read_all(int fd, char *buf, size_t size) {
    size_t len = 0;
    ssize_t n;
    while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0) {
        len += (size_t)n;
    }
    buf[len] = '\0';
    return len;
}

static void opened_talks_both_ways(void **state) {
    (void)state;
    struct child c;
    char text[200];
    signal(SIGUSR1, SIG_IGN);
    open_shell(
        &c, "read line; echo \"$line by $WHO${HOME-}\"; echo wrong >&2; "
            "ls /proc/self/fd | tr '\\n' ' '; set -- $(cat /proc/$$/stat); [ $5 = $$ ] && exit 7");
    signal(SIGUSR1, SIG_DFL);
    assert_int_equal(write(c.in_fd, "said\n", 5), 5);
    read_all(c.out_fd, text, sizeof text);
    assert_string_equal(text, "said by me\n0 1 2 3 "); // 3 is of ls itself
    read_all(c.err_fd, text, sizeof text);
    assert_string_equal(text, "wrong\n");
    assert_int_equal(child_close(&c, 5000), 7);
    assert_int_equal(c.pid, -1);
    assert_int_equal(child_close(&c, 5000), -1); // nothing is left to close
}

static void closing_ends_what_will_not_end(void **state) {
    (void)state;
    static const struct {
        const char *script;
        int status;
    } cases[] = {
        {"cat >/dev/null; exit 3", 3}, // ends with its input
        {"exec sleep 60", 128 + SIGTERM},
        {"trap '' TERM; while :; do sleep 60; done", 128 + SIGKILL},
        {"trap '' TERM; sleep 60 & exit 4", 4}, // leaves a child of its own
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct child c;
        char text[8];
        open_shell(&c, cases[i].script);
        const int out = dup(c.out_fd);
        nanosleep(&(struct timespec){0, 100000000}, NULL);
        assert_int_equal(child_close(&c, i == 0 ? 5000 : 50), cases[i].status);
        // The end of the output comes when nobody of them is left to write.
        assert_int_equal(read_all(out, text, sizeof text), 0);
        close(out);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
}

static void opening_fails_without_a_trace(void **state) {
    (void)state;
    const char *argv[] = {"culprit-no-such-program", NULL};
    static char *const env[] = {NULL};
    const int before = dup(0);
    close(before);
    struct err err = ERR_INIT;
    struct child c;
    assert_false(child_open(&c, argv, env, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "culprit-no-such-program"));
    assert_int_equal(c.pid, -1);
    const int after = dup(0);
    close(after);
    assert_int_equal(before, after);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

// As under a parent that closed them.
static void opens_without_standard_files(void **state) {
    (void)state;
    const int saved[] = {dup(0), dup(1), dup(2)};
    char text[16];
    struct child c;
    close(0);
    close(1);
    close(2);
    open_shell(&c, "cat; echo no >&2");
    const bool sent = write(c.in_fd, "x", 1) == 1;
    shutdown(c.in_fd, SHUT_WR);
    read_all(c.out_fd, text, sizeof text);
    const int status = child_close(&c, 5000);
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    assert_true(sent);
    assert_string_equal(text, "x");
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_comes_back),
        cmocka_unit_test(arguments_are_not_interpreted),
        cmocka_unit_test(missing_programs),
        cmocka_unit_test(starts_clean),
        cmocka_unit_test(own_signal_actions_survive),
        unit_test_in_dir(spawned_is_detached),
        unit_test_in_dir(spawned_reads_its_input),
        cmocka_unit_test(children_may_be_ignored_at_first),
        cmocka_unit_test(opened_talks_both_ways),
        cmocka_unit_test(closing_ends_what_will_not_end),
        cmocka_unit_test(opening_fails_without_a_trace),
        cmocka_unit_test(opens_without_standard_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
