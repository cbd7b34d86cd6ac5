#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static void *checked(void *ptr, size_t size) {
    if (!ptr && size) {
        err_run_bug_hook();
        fprintf(stderr, "culprit: out of memory (%zu bytes)\n", size);
        abort();
    }
    return ptr;
}

void *xmalloc(size_t size) {
    return checked(malloc(size ? size : 1), size);
}

void *xcalloc(size_t n, size_t size) {
    return checked(calloc(n ? n : 1, size ? size : 1), size);
}

void *xrealloc(void *ptr, size_t size) {
    return checked(realloc(ptr, size ? size : 1), size);
}

void *xreallocarray(void *ptr, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        return checked(NULL, (size_t)-1);
    }
    return xrealloc(ptr, total);
}

char *xstrndup(const char *text, size_t len) {
    char *copy = xmalloc(len + 1);
    if (len) {
        memcpy(copy, text, len);
    }
    copy[len] = '\0';
    return copy;
}

char *xstrdup(const char *text) {
    return xstrndup(text, strlen(text));
}

char *xasprintf(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char *text = NULL;
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : text, 1);
}
