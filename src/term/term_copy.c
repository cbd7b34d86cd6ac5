// What goes out beside the cells: clipboard and window title.
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "term/term_int.h"

// GNU screen cuts longer strings.
enum { SCREEN_CHUNK = 256 };

static void add_base64(struct str *out, struct sv text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < text.len; i += 3) {
        size_t n = MIN((size_t)3, text.len - i);
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (k < n ? (unsigned char)text.ptr[i + k] : 0);
        }
        char four[4] = {digits[bits >> 18 & 63], digits[bits >> 12 & 63],
                        n > 1 ? digits[bits >> 6 & 63] : '=', n > 2 ? digits[bits & 63] : '='};
        str_add(out, four, sizeof four);
    }
}

// Through tmux to the terminal around it: every escape doubled.
static void add_for_tmux(struct str *out, struct sv sequence) {
    str_add_cstr(out, "\033Ptmux;");
    for (size_t i = 0; i < sequence.len; i++) {
        if (sequence.ptr[i] == '\033') {
            str_add_byte(out, '\033');
        }
        str_add_byte(out, sequence.ptr[i]);
    }
    str_add_cstr(out, "\033\\");
}

static void add_for_gnu_screen(struct str *out, struct sv sequence) {
    for (size_t at = 0; at < sequence.len; at += SCREEN_CHUNK) {
        str_add_cstr(out, "\033P");
        str_add_sv(out, sv_sub(sequence, at, SCREEN_CHUNK));
        str_add_cstr(out, "\033\\");
    }
}

static void queue_osc52(struct term *term, struct sv text) {
    struct str sequence = STR_INIT;
    str_add_cstr(&sequence, "\033]52;c;");
    add_base64(&sequence, text);
    str_add_cstr(&sequence, "\a");
    const char *type = getenv("TERM");
    if (getenv("STY") && type && sv_starts(sv_cstr(type), SV("screen"))) {
        add_for_gnu_screen(&term->queued, str_sv(&sequence));
    } else {
        str_add_sv(&term->queued, str_sv(&sequence));
        if (getenv("TMUX")) {
            add_for_tmux(&term->queued, str_sv(&sequence));
        }
    }
    str_done(&sequence);
}

void copy_reap(struct term *term) {
    if (term->copy_pid > 0 && waitpid(term->copy_pid, NULL, WNOHANG) != 0) {
        term->copy_pid = 0;
    }
}

// The text as a file of its own, so that a slow command never blocks us.
static int text_file(struct sv text, struct err *err) {
    int fd = memfd_create("copy", MFD_CLOEXEC);
    if (fd < 0 || !fd_write(fd, text.ptr, text.len, err) || lseek(fd, 0, SEEK_SET) != 0) {
        err_sys(err, "cannot hold the text to copy");
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static bool run_command(struct term *term, struct sv text, struct err *err) {
    const char *const *argv = term->opts.copy_argv;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attrs;
    sigset_t none, all;
    int fd = text_file(text, err);
    if (fd < 0) {
        return false;
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attrs);
    posix_spawnattr_setflags(&attrs,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attrs, &none);
    posix_spawnattr_setsigdefault(&attrs, &all);
    pid_t pid = 0;
    int failed =
        posix_spawnp(&pid, argv[0], &files, &attrs, (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attrs);
    posix_spawn_file_actions_destroy(&files);
    close(fd);
    if (failed) {
        return err_set(err, ERR_NOT_FOUND, "cannot start the copy command '%s': %s", argv[0],
                       strerror(failed));
    }
    copy_reap(term);
    term->copy_pid = pid;
    return true;
}

bool term_copy(struct term *term, struct sv text, const char **how, struct err *err) {
    const char *const *argv = term->opts.copy_argv;
    if (text.len > TERM_COPY_LIMIT) {
        return err_set(err, ERR_LIMIT, "%zu bytes are too much to copy (at most %d)", text.len,
                       TERM_COPY_LIMIT);
    }
    if (argv && argv[0]) {
        if (how) {
            *how = argv[0];
        }
        return run_command(term, text, err);
    }
    if (!term->caps.xterm_like) {
        return err_set(err, ERR_NOT_FOUND,
                       "this terminal has no clipboard and no copy command is configured");
    }
    queue_osc52(term, text);
    if (how) {
        *how = "terminal";
    }
    return true;
}

void term_title(struct term *term, struct sv text) {
    if (!term->caps.xterm_like) {
        return;
    }
    str_add_cstr(&term->queued, "\033]2;");
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = utf8_next(text, &at);
        bool printable = cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0);
        if (printable && (cp < 0x80 || !term->ascii)) {
            str_add_cp(&term->queued, cp);
        }
    }
    str_add_cstr(&term->queued, "\a");
}
