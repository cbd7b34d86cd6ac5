// What goes out beside the cells: clipboard and window title.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/child.h"
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

static bool run_command(const char *const *argv, struct sv text, struct err *err) {
    int fd = text_file(text, err);
    if (fd < 0) {
        return false;
    }
    bool ok = child_spawn_input(argv, fd, err);
    close(fd);
    return ok || err_prefix(err, "copy command");
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
        return run_command(argv, text, err);
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
