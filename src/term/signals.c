#include "term/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term/crash.h"

enum { ALT_STACK_BYTES = 64 * 1024 };

// Process-wide by nature: a handler has no argument to find it by.
static struct {
    atomic_int armed;
    atomic_int waiting;
    atomic_uint pending; // SIGNAL_ bits
    int tty_fd;
    pid_t pid; // a forked child must not touch its parent's terminal
    struct termios saved;
    char bytes[SIGNALS_RESTORE_BYTES];
    size_t n_bytes;
    int wake[2];
    bool installed;
    void *alt_stack;
} state = {.wake = {-1, -1}};

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int crashing[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

// Async-signal-safe. Whoever comes first restores.
static void restore(void) {
    if (!atomic_exchange(&state.armed, 0) || getpid() != state.pid) {
        return;
    }
    int saved_errno = errno;
    for (size_t done = 0; done < state.n_bytes;) {
        ssize_t n = write(state.tty_fd, state.bytes + done, state.n_bytes - done);
        if (n <= 0) {
            break; // hung up
        }
        done += (size_t)n;
    }
    (void)tcsetattr(state.tty_fd, TCSANOW, &state.saved);
    errno = saved_errno;
}

static void set_default(int sig) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    (void)sigaction(sig, &action, NULL);
}

// Raises the default action now, although the handler has `sig` blocked.
static void raise_default(int sig) {
    sigset_t set;
    set_default(sig);
    sigemptyset(&set);
    sigaddset(&set, sig);
    (void)raise(sig);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void on_end(int sig) {
    if ((sig == SIGINT || sig == SIGQUIT) && atomic_load(&state.waiting)) {
        return;
    }
    restore();
    raise_default(sig);
}

static void crash(int sig, const void *address) {
    static atomic_int dying;
    if (atomic_exchange(&dying, 1)) {
        // A fault in here, or in a second thread: no report about the report.
        set_default(sig);
        raise_default(sig);
        _exit(128 + sig);
    }
    restore();
    (void)alarm(CRASH_TIMEOUT_S); // a backtrace may wait for a lock that the fault has left locked
    crash_report(sig, address);
    raise_default(sig);
    _exit(128 + sig);
}

static void on_crash(int sig, siginfo_t *info, void *context) {
    (void)context;
    crash(sig, info->si_addr);
}

void term_fatal_signal(int sig) {
    crash(sig, NULL);
}

static void wake(unsigned bit) {
    int saved_errno = errno;
    atomic_fetch_or(&state.pending, bit);
    (void)!write(state.wake[1], "", 1); // full is as good as written
    errno = saved_errno;
}

static void on_wake(int sig) {
    wake(sig == SIGWINCH ? SIGNAL_RESIZED : SIGNAL_CONTINUED | SIGNAL_RESIZED);
}

static void on_stop(int sig);

static void catch (int sig, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    // The signals of faults must end the process even inside a handler.
    for (size_t i = 0; i < COUNTOF(crashing); i++) {
        sigdelset(&action.sa_mask, crashing[i]);
    }
    (void)sigaction(sig, &action, NULL);
}

static void on_stop(int sig) {
    int saved_errno = errno;
    restore();
    raise_default(sig); // stopped in here, until SIGCONT
    catch (sig, on_stop);
    errno = saved_errno;
}

static void catch_crashes(void) {
    stack_t stack = {.ss_size = ALT_STACK_BYTES};
    state.alt_stack = malloc(ALT_STACK_BYTES);
    stack.ss_sp = state.alt_stack;
    if (stack.ss_sp) {
        (void)sigaltstack(&stack, NULL);
    }
    for (size_t i = 0; i < COUNTOF(crashing); i++) {
        struct sigaction old,
            action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigfillset(&action.sa_mask);
        bool taken = crashing[i] == SIGBUS && sigaction(SIGBUS, NULL, &old) == 0 &&
                     ((old.sa_flags & SA_SIGINFO) || old.sa_handler != SIG_DFL);
        if (!taken) {
            (void)sigaction(crashing[i], &action, NULL);
        }
    }
}

bool signals_install(const char *crash_dir, struct err *err) {
    crash_set_folder(crash_dir);
    if (!state.installed) {
        if (pipe2(state.wake, O_CLOEXEC | O_NONBLOCK) != 0) {
            return err_sys(err, "cannot make a pipe for signals");
        }
        state.installed = true;
        crash_prepare();
        err_set_bug_hook(restore);
        (void)atexit(restore);
        catch_crashes();
    }
    // Again for a later terminal: curses may have put its own in place.
    for (size_t i = 0; i < COUNTOF(ending); i++) {
        catch (ending[i], on_end);
    }
    catch (SIGTSTP, on_stop);
    catch (SIGWINCH, on_wake);
    catch (SIGCONT, on_wake);
    return true;
}

void signals_arm(int tty_fd, const struct termios *saved, struct sv bytes) {
    atomic_store(&state.armed, 0);
    atomic_store(&state.waiting, 0);
    state.tty_fd = tty_fd;
    state.pid = getpid();
    state.saved = *saved;
    state.n_bytes = MIN(bytes.len, sizeof state.bytes);
    if (bytes.len) {
        memcpy(state.bytes, bytes.ptr, state.n_bytes);
    }
    atomic_store(&state.armed, 1);
}

void signals_disarm(bool waiting) {
    atomic_store(&state.armed, 0);
    atomic_store(&state.waiting, waiting);
}

int signals_fd(void) {
    return state.wake[0];
}

unsigned signals_take(void) {
    char drop[64];
    while (read(state.wake[0], drop, sizeof drop) > 0) {
    }
    return atomic_exchange(&state.pending, 0);
}

void signals_stop_group(void) {
    set_default(SIGTSTP);
    (void)kill(0, SIGTSTP);
    catch (SIGTSTP, on_stop);
}
