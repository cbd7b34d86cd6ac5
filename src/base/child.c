#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"

static bool start_error(struct err *err, const char *program, int sys) {
    errno = sys;
    err_sys(err, "cannot run %s", program);
    if (err && sys == ENOENT) {
        err->code = ERR_NOT_FOUND;
    }
    return false;
}

// A parent may have left SIGCHLD ignored: then the kernel takes the children away before we can ask
// how they ended.
static void keep_children(void) {
    struct sigaction now;
    if (sigaction(SIGCHLD, NULL, &now) == 0 && now.sa_handler == SIG_IGN) {
        now.sa_handler = SIG_DFL;
        sigaction(SIGCHLD, &now, NULL);
    }
}

static bool wait_for(pid_t pid, int *status) {
    int raw;
    pid_t done;
    do {
        done = waitpid(pid, &raw, 0);
    } while (done < 0 && errno == EINTR);
    if (done < 0) {
        return false;
    }
    *status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return true;
}

// --- in the foreground ------------------------------------------------------------------------

// The child starts with the default signal actions, an empty mask and no file of ours but 0, 1, 2.
static int spawn_plain(pid_t *pid, const char *const *argv) {
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t files;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawn_file_actions_init(&files);
    int rc = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (rc == 0) {
        rc = posix_spawnp(pid, argv[0], &files, &attr, (char *const *)argv, environ);
    }
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

bool child_run(const char *const *argv, int *status, struct err *err) {
    // Ctrl-C and Ctrl-\ on the shared terminal are meant for the child while it runs.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction old_int;
    struct sigaction old_quit;
    sigaction(SIGINT, &ignore, &old_int);
    sigaction(SIGQUIT, &ignore, &old_quit);
    keep_children();
    pid_t pid = -1;
    int rc = spawn_plain(&pid, argv);
    bool ok = rc == 0 && wait_for(pid, status);
    int sys = rc ? rc : errno;
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGQUIT, &old_quit, NULL);
    return ok || start_error(err, argv[0], sys);
}

// --- detached ---------------------------------------------------------------------------------

static void default_signals(void) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int sig = 1; sig < NSIG; sig++) {
        sigaction(sig, &plain, NULL); // refused for some, and that is fine
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void report_and_exit(int report_fd) {
    int sys = errno;
    ssize_t n = write(report_fd, &sys, sizeof sys);
    _exit(n == (ssize_t)sizeof sys ? 127 : 126);
}

// Runs in the forked copy of a process with threads: only async-signal-safe calls. The second fork
// leaves the program without a parent that would have to wait for it.
static void NORETURN detach_and_exec(const char *const *argv, int in_fd, int report_fd) {
    default_signals();
    if (setsid() < 0) {
        report_and_exit(report_fd);
    }
    pid_t pid = fork();
    if (pid < 0) {
        report_and_exit(report_fd);
    }
    if (pid > 0) {
        _exit(0);
    }
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(in_fd < 0 ? null : in_fd, 0) < 0 || dup2(null, 1) < 0 ||
        dup2(null, 2) < 0) {
        report_and_exit(report_fd);
    }
    // For the files of libraries; ours close by themselves, so that an older system may refuse.
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvp(argv[0], (char *const *)argv);
    report_and_exit(report_fd);
    _exit(127);
}

bool child_spawn(const char *const *argv, struct err *err) {
    return child_spawn_input(argv, -1, err);
}

bool child_spawn_input(const char *const *argv, int in_fd, struct err *err) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return start_error(err, argv[0], errno);
    }
    auto_close int report = ends[0];
    keep_children();
    pid_t pid = fork();
    if (pid == 0) {
        detach_and_exec(argv, in_fd, ends[1]);
    }
    int sys = errno;
    close(ends[1]);
    if (pid < 0) {
        return start_error(err, argv[0], sys);
    }
    // The pipe closes by itself when the program starts; otherwise it brings errno.
    ssize_t n;
    do {
        n = read(report, &sys, sizeof sys);
    } while (n < 0 && errno == EINTR);
    int status;
    if (!wait_for(pid, &status)) {
        return start_error(err, argv[0], errno);
    }
    return n == 0 || start_error(err, argv[0], n == (ssize_t)sizeof sys ? sys : EIO);
}
