#include "derive/derive.h"

#include <stdarg.h>
#include <stdio.h>

bool derive_tick(const struct derive *d, uint64_t done, uint64_t all, struct err *err) {
    if (d->cancel && atomic_load(d->cancel)) {
        return err_set(err, ERR_CANCELLED, "deriving was cancelled");
    }
    if (d->progress) {
        d->progress(d->arg, done, all);
    }
    return true;
}

bool derive_problem(struct derive *d, const char *subject, struct err *err, const char *fmt, ...) {
    char reason[320];
    va_list args;
    va_start(args, fmt);
    vsnprintf(reason, sizeof reason, fmt, args);
    va_end(args);
    d->n_problems++;
    return !d->problem || d->problem(d->arg, subject, reason, err);
}
