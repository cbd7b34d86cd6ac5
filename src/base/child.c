#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
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

static int exit_status(int raw) {
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
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
    *status = exit_status(raw);
    return true;
}

struct spawn {
    const char *const *argv;
    char *const *env;
    int fds[3]; // what becomes its input, output and errors; -1 = as ours
    bool own_group;
};

// The child starts with the default signal actions, an empty mask and no file of ours but 0, 1, 2.
static int spawn(pid_t *pid, const struct spawn *what) {
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t files;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    const int group = what->own_group ? POSIX_SPAWN_SETPGROUP : 0;
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr,
                             (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawn_file_actions_init(&files);
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++) {
        if (what->fds[i] >= 0) {
            rc = posix_spawn_file_actions_adddup2(&files, what->fds[i], i);
        }
    }
    if (rc == 0) {
        rc = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    }
    if (rc == 0) {
        rc = posix_spawnp(pid, what->argv[0], &files, &attr, (char *const *)what->argv, what->env);
    }
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

// --- in the foreground ------------------------------------------------------------------------

bool child_run(const char *const *argv, int *status, struct err *err) {
    // Ctrl-C and Ctrl-\ on the shared terminal are meant for the child while it runs.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction old_int;
    struct sigaction old_quit;
    sigaction(SIGINT, &ignore, &old_int);
    sigaction(SIGQUIT, &ignore, &old_quit);
    keep_children();
    pid_t pid = -1;
    int rc = spawn(&pid, &(struct spawn){argv, environ, {-1, -1, -1}, false});
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

// --- a child to talk to -----------------------------------------------------------------------

static void close_end(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

// A pipe whose ends are not among 0, 1 and 2, where they would be in each other's way in the child.
static bool high_ends(int ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] <= STDERR_FILENO) {
            const int high = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
            if (high < 0) {
                return false;
            }
            close(ends[i]);
            ends[i] = high;
        }
    }
    return true;
}

bool child_open(struct child *c, const char *const *argv, char *const *env, struct err *err) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1};
    *c = CHILD_NONE;
    keep_children();
    int sys = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        pipe2(errors, O_CLOEXEC) != 0 || !high_ends(in) || !high_ends(out) || !high_ends(errors)) {
        sys = errno;
    } else {
        sys = spawn(&c->pid, &(struct spawn){argv, env, {in[1], out[1], errors[1]}, true});
    }
    close_end(&in[1]);
    close_end(&out[1]);
    close_end(&errors[1]);
    c->in_fd = in[0];
    c->out_fd = out[0];
    c->err_fd = errors[0];
    if (sys != 0) {
        c->pid = -1;
        child_close(c, 0);
        return start_error(err, argv[0], sys);
    }
    return true;
}

// Has it ended, or does so within this time? It is still there to be waited for.
static bool ends_within(pid_t pid, int ms) {
    const struct timespec nap = {0, 2000000};
    const int64_t until_us = clock_monotonic_us() + ms * (int64_t)1000;
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid == pid) {
            return true;
        }
        if (clock_monotonic_us() >= until_us) {
            return false;
        }
        nanosleep(&nap, NULL);
    }
}

int child_close(struct child *c, int grace_ms) {
    close_end(&c->in_fd);
    close_end(&c->out_fd);
    close_end(&c->err_fd);
    if (c->pid < 0) {
        return -1;
    }
    if (!ends_within(c->pid, grace_ms)) {
        kill(-c->pid, SIGTERM);
        ends_within(c->pid, grace_ms);
    }
    // Its own children, too; the group's number is not given away before the wait.
    kill(-c->pid, SIGKILL);
    int status = -1;
    if (!wait_for(c->pid, &status)) {
        status = -1;
    }
    c->pid = -1;
    return status;
}
