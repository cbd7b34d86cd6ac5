#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
