#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_MS = 20 };

static void die(const char *what) {
    perror(what);
    abort();
}

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_child(struct pty *p, const char *const *argv, const char *const *env) {
    setsid();
    ioctl(p->slave, TIOCSCTTY, 0);
    dup2(p->slave, STDIN_FILENO);
    dup2(p->slave, STDOUT_FILENO);
    dup2(p->slave, STDERR_FILENO);
    if (p->slave > STDERR_FILENO) {
        close(p->slave);
    }
    close(p->master);
    execvpe(argv[0], (char *const *)argv, (char *const *)env);
    perror(argv[0]);
    _exit(127);
}

void pty_start(struct pty *p, const char *const *argv, const char *const *env, int w, int h) {
    *p = (struct pty){.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    if (p->master < 0 || grantpt(p->master) || unlockpt(p->master)) {
        die("pseudo-terminal");
    }
    p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (p->slave < 0 || tcgetattr(p->slave, &p->before)) {
        die("pseudo-terminal");
    }
    pty_resize(p, w, h);
    p->pid = fork();
    if (p->pid < 0) {
        die("fork");
    }
    if (p->pid == 0) {
        run_child(p, argv, env);
    }
}

static void see_end(struct pty *p) {
    if (!p->ended && waitpid(p->pid, &p->status, WNOHANG) == p->pid) {
        p->ended = true;
    }
}

void pty_stop(struct pty *p) {
    see_end(p);
    if (!p->ended) {
        kill(-p->pid, SIGKILL);
        kill(p->pid, SIGKILL);
        waitpid(p->pid, &p->status, 0);
    }
    close(p->slave);
    close(p->master);
    str_done(&p->out);
}

void pty_send(struct pty *p, const char *bytes) {
    size_t len = strlen(bytes);
    if (write(p->master, bytes, len) != (ssize_t)len) {
        die("write to the pseudo-terminal");
    }
}

// Reads what is there, waiting for at most `ms`; false when nothing came.
static bool read_some(struct pty *p, int ms) {
    struct pollfd in = {.fd = p->master, .events = POLLIN};
    char bytes[4096];
    if (poll(&in, 1, ms) <= 0) {
        return false;
    }
    ssize_t n = read(p->master, bytes, sizeof bytes);
    if (n > 0) {
        str_add(&p->out, bytes, (size_t)n);
    }
    return n > 0;
}

static bool find(struct pty *p, const char *text) {
    ptrdiff_t at = sv_find(sv_from(str_sv(&p->out), p->mark), sv_cstr(text));
    if (at >= 0) {
        p->mark += (size_t)at + strlen(text);
    }
    return at >= 0;
}

bool pty_see(struct pty *p, const char *text, int timeout_ms) {
    long end = now_ms() + timeout_ms;
    for (;;) {
        if (find(p, text)) {
            return true;
        }
        if (now_ms() >= end) {
            return false;
        }
        read_some(p, SLICE_MS);
    }
}

void pty_read_for(struct pty *p, int ms) {
    long end = now_ms() + ms;
    while (now_ms() < end) {
        read_some(p, SLICE_MS);
    }
}

bool pty_wait_end(struct pty *p, int timeout_ms) {
    long end = now_ms() + timeout_ms;
    while (!p->ended && now_ms() < end) {
        read_some(p, SLICE_MS);
        see_end(p);
    }
    while (read_some(p, 0)) {
    }
    return p->ended;
}

void pty_resize(struct pty *p, int w, int h) {
    struct winsize size = {.ws_col = (unsigned short)w, .ws_row = (unsigned short)h};
    if (ioctl(p->master, TIOCSWINSZ, &size)) {
        die("resize");
    }
}

static void set_mode(struct pty_modes *modes, int number, bool on) {
    switch (number) {
    case 1:
        modes->cursor_keys = on;
        break;
    case 25:
        modes->cursor_hidden = !on;
        break;
    case 1000:
    case 1002:
    case 1003:
    case 1006:
        modes->mouse = on;
        break;
    case 47:
    case 1047:
    case 1049:
        modes->alternate_screen = on;
        break;
    case 2004:
        modes->paste = on;
        break;
    default:
        break;
    }
}

// CSI ? number ; number h|l, from behind the '?'.
static void follow_private(struct pty_modes *modes, const char *text) {
    size_t len = strspn(text, "0123456789;");
    if (text[len] != 'h' && text[len] != 'l') {
        return;
    }
    for (const char *at = text; at < text + len;) {
        char *end;
        set_mode(modes, (int)strtol(at, &end, 10), text[len] == 'h');
        at = end + 1;
    }
}

struct pty_modes pty_modes(const struct pty *p) {
    struct pty_modes modes = {0};
    for (size_t i = 0; i + 1 < p->out.len; i++) {
        const char *at = p->out.ptr + i; // NUL-terminated
        if (at[0] != '\033') {
            continue;
        }
        if (at[1] == '[' && at[2] == '?') {
            follow_private(&modes, at + 3);
        } else if (at[1] == '=' || at[1] == '>') {
            modes.keypad = at[1] == '=';
        }
    }
    return modes;
}

bool pty_settings_same(const struct pty *p) {
    struct termios now;
    if (tcgetattr(p->slave, &now)) {
        return false;
    }
    return now.c_iflag == p->before.c_iflag && now.c_oflag == p->before.c_oflag &&
           now.c_lflag == p->before.c_lflag && now.c_cflag == p->before.c_cflag &&
           memcmp(now.c_cc, p->before.c_cc, sizeof now.c_cc) == 0;
}

bool pty_in_order(const struct pty *p) {
    struct pty_modes m = pty_modes(p);
    return !m.alternate_screen && !m.cursor_hidden && !m.mouse && !m.paste && !m.cursor_keys &&
           !m.keypad && pty_settings_same(p);
}
