#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"

void str_done(struct str *s) {
    free(s->ptr);
    *s = STR_INIT;
}

void str_clear(struct str *s) {
    str_cut(s, 0);
}

char *str_reserve(struct str *s, size_t more) {
    size_t need;
    BUG_ON(__builtin_add_overflow(s->len, more, &need) || need > (size_t)-1 / 2);
    if (need + 1 > s->cap) {
        size_t cap = MAX(need + 1, s->cap + s->cap / 2);
        s->ptr = xrealloc(s->ptr, MAX(cap, (size_t)32));
        s->cap = MAX(cap, (size_t)32);
    }
    return s->ptr + s->len;
}

void str_add(struct str *s, const void *bytes, size_t len) {
    char *to = str_reserve(s, len);
    if (len) {
        memcpy(to, bytes, len);
    }
    s->len += len;
    s->ptr[s->len] = '\0';
}

void str_add_sv(struct str *s, struct sv text) {
    str_add(s, text.ptr, text.len);
}

void str_add_cstr(struct str *s, const char *text) {
    str_add(s, text, strlen(text));
}

void str_add_byte(struct str *s, char c) {
    str_add(s, &c, 1);
}

void str_fill(struct str *s, char c, size_t n) {
    memset(str_reserve(s, n), c, n);
    s->len += n;
    s->ptr[s->len] = '\0';
}

void str_vaddf(struct str *s, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    BUG_ON(n < 0);
    vsnprintf(str_reserve(s, (size_t)n), (size_t)n + 1, fmt, again);
    va_end(again);
    s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(s, fmt, ap);
    va_end(ap);
}

void str_cut(struct str *s, size_t len) {
    if (len < s->len) {
        s->len = len;
    }
    if (s->ptr) {
        s->ptr[s->len] = '\0';
    }
}

void str_splice(struct str *s, size_t at, size_t del, struct sv text) {
    at = MIN(at, s->len);
    del = MIN(del, s->len - at);
    str_reserve(s, text.len);
    memmove(s->ptr + at + text.len, s->ptr + at + del, s->len - at - del);
    if (text.len) {
        memcpy(s->ptr + at, text.ptr, text.len);
    }
    s->len += text.len - del;
    s->ptr[s->len] = '\0';
}

char *str_take(struct str *s) {
    char *ptr = s->ptr ? s->ptr : xstrdup("");
    *s = STR_INIT;
    return ptr;
}
