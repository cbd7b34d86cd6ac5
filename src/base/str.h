// Owned, growable text. All zero is the empty text and needs no release. `ptr` is NUL-terminated
// whenever it is not NULL; the NUL is not counted. Data may hold any bytes.
#ifndef CULPRIT_BASE_STR_H
#define CULPRIT_BASE_STR_H

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/sv.h"

struct str {
    char *ptr;
    size_t len;
    size_t cap; // bytes allocated, NUL included
};

#define STR_INIT ((struct str){0})

void str_done(struct str *s);
// Length 0, memory kept.
void str_clear(struct str *s);
// Room for `more` bytes after the present ones; returns where they go.
char *str_reserve(struct str *s, size_t more);
void str_add(struct str *s, const void *bytes, size_t len);
void str_add_sv(struct str *s, struct sv text);
void str_add_cstr(struct str *s, const char *text);
void str_add_byte(struct str *s, char c);
void str_fill(struct str *s, char c, size_t n);
void str_addf(struct str *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void str_vaddf(struct str *s, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
// Cuts to `len` bytes; longer is not an error.
void str_cut(struct str *s, size_t len);
// The bytes [at, at + del) replaced by `text`. Offsets past the end are clamped.
void str_splice(struct str *s, size_t at, size_t del, struct sv text);
// Ownership of the NUL-terminated bytes moves to the caller; `s` is empty afterwards.
char *str_take(struct str *s) MUST_USE;

static inline struct sv str_sv(const struct str *s) {
    return (struct sv){s->ptr, s->len};
}

// Never NULL.
static inline const char *str_cstr(const struct str *s) {
    return s->ptr ? s->ptr : "";
}

#define auto_str __attribute__((cleanup(str_done))) struct str

#endif
