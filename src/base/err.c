#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*bug_hook)(void);

static PRINTF_LIKE(5, 0) void vset(struct err *err, enum err_code code, int sub, int sys,
                                   const char *fmt, va_list ap) {
    if (!err) {
        return;
    }
    err->code = code;
    err->sub = sub;
    err->sys = sys;
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vset(err, code, 0, 0, fmt, ap);
    va_end(ap);
    return false;
}

bool err_set_sub(struct err *err, enum err_code code, int sub, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vset(err, code, sub, 0, fmt, ap);
    va_end(ap);
    return false;
}

bool err_sys(struct err *err, const char *fmt, ...) {
    int sys = errno;
    va_list ap;
    va_start(ap, fmt);
    vset(err, ERR_IO, 0, sys, fmt, ap);
    va_end(ap);
    if (err) {
        size_t n = strlen(err->msg);
        snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror(sys));
    }
    return false;
}

bool err_prefix(struct err *err, const char *fmt, ...) {
    if (!err) {
        return false;
    }
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    size_t n = strlen(err->msg);
    snprintf(err->msg + n, sizeof err->msg - n, ": %.*s", (int)sizeof old, old);
    return false;
}

void err_clear(struct err *err) {
    if (err) {
        *err = ERR_INIT;
    }
}

const char *err_code_name(enum err_code code) {
    static const char *const names[] = {
        [ERR_NONE] = "none",           [ERR_IO] = "io",
        [ERR_FORMAT] = "format",       [ERR_RANGE] = "range",
        [ERR_NOT_FOUND] = "not found", [ERR_BUSY] = "busy",
        [ERR_CANCELLED] = "cancelled", [ERR_NET] = "net",
        [ERR_LIMIT] = "limit",         [ERR_USAGE] = "usage",
    };
    return (size_t)code < COUNTOF(names) ? names[code] : "unknown";
}

void err_set_bug_hook(void (*restore_terminal)(void)) {
    bug_hook = restore_terminal;
}

void err_run_bug_hook(void) {
    if (bug_hook) {
        bug_hook();
    }
}

void err_bug(const char *cond, const char *file, int line) {
    err_run_bug_hook();
    fprintf(stderr, "culprit: bug: %s at %s:%d\n", cond, file, line);
    abort();
}
