#include "app/print.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"

static bool is_direction_mark(uint32_t cp) {
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

void print_safe(struct str *out, struct sv text) {
    for (size_t at = 0; at < text.len;) {
        const size_t from = at;
        const uint32_t cp = utf8_next(text, &at);
        if (cp == '\r' && at < text.len && text.ptr[at] == '\n') {
            continue;
        }
        if ((cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0)) {
            str_add_byte(out, '^');
            str_add_byte(out, cp == 0x7F ? '?' : (char)((cp & 0x1F) | 0x40));
        } else if (cp == UTF8_BAD) {
            str_add_cp(out, cp);
        } else if (!is_direction_mark(cp)) {
            str_add(out, text.ptr + from, at - from);
        }
    }
}

bool print_reader_gone(void) {
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

static bool put(struct sv bytes, struct err *err) {
    if (fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len) {
        return true;
    }
    return err_sys(err, "cannot write to standard output");
}

bool print_stdout(void *arg, struct sv bytes, struct err *err) {
    (void)arg;
    if (!bytes.len || !isatty(STDOUT_FILENO)) {
        return !bytes.len || put(bytes, err);
    }
    auto_str safe = STR_INIT;
    print_safe(&safe, bytes);
    return put(str_sv(&safe), err);
}

bool print_through(bool (*write)(void *arg, int fd, struct err *err), void *arg, struct err *err) {
    if (!isatty(STDOUT_FILENO)) {
        return write(arg, STDOUT_FILENO, err);
    }
    FILE *tmp = tmpfile();
    if (!tmp) {
        return err_sys(err, "cannot create a temporary file");
    }
    bool ok = write(arg, fileno(tmp), err);
    rewind(tmp);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while (ok && (len = getline(&line, &cap, tmp)) >= 0) {
        ok = print_stdout(NULL, sv_make(line, (size_t)len), err);
    }
    free(line);
    fclose(tmp);
    return ok;
}

bool print_flush(struct err *err) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return true;
    }
    if (errno == EPIPE || print_reader_gone()) {
        return true;
    }
    return errno ? err_sys(err, "cannot write to standard output")
                 : err_set(err, ERR_IO, "cannot write to standard output");
}

void print_count(struct str *out, long long n, const char *one, const char *many) {
    str_addf(out, "%lld %s", n, n == 1 ? one : many);
}
