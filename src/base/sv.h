// Borrowed text: pointer and length, not NUL-terminated. Whoever hands one out says how long the
// bytes live. Passed by value. The NULL view has length 0; data may hold any bytes.
#ifndef CULPRIT_BASE_SV_H
#define CULPRIT_BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/attr.h"

struct sv {
    const char *ptr;
    size_t len;
};

// For "%.*s": printf("%.*s", SV_ARG(view)). Lengths above INT_MAX are cut.
#define SV_ARG(v) (int)((v).len > 0x7fffffff ? 0x7fffffff : (v).len), ((v).ptr ? (v).ptr : "")
// A view of a string literal; SV_INIT in the initialisers of constant tables.
#define SV(literal) ((struct sv){(literal), sizeof(literal) - 1})
#define SV_INIT(literal)                                                                           \
    { (literal), sizeof(literal) - 1 }
#define SV_NULL ((struct sv){NULL, 0})

static inline struct sv sv_make(const char *ptr, size_t len) {
    return (struct sv){ptr, len};
}

static inline struct sv sv_cstr(const char *text) {
    return (struct sv){text, text ? strlen(text) : 0};
}

static inline bool sv_eq(struct sv a, struct sv b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool sv_is(struct sv a, const char *text) {
    return sv_eq(a, sv_cstr(text));
}

// Bytewise order, a prefix before its extensions.
int sv_cmp(struct sv a, struct sv b);
bool sv_starts(struct sv text, struct sv prefix);
bool sv_ends(struct sv text, struct sv suffix);
// ASCII case folded.
bool sv_eq_nocase(struct sv a, struct sv b);

// One byte as ASCII, whatever the locale.
static inline bool char_is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

// Value of a hex digit in either case, or -1.
static inline int char_hex(char c) {
    const unsigned char low = (unsigned char)((c | 0x20) - 'a');
    return char_is_digit(c) ? c - '0' : low < 6 ? low + 10 : -1;
}

// From `from` to the end, or `len` bytes of it; out of range gives the empty view at the end.
struct sv sv_from(struct sv text, size_t from);
struct sv sv_sub(struct sv text, size_t from, size_t len);
// Without ASCII blanks (space, \t \n \v \f \r) at both ends.
struct sv sv_trim(struct sv text);
// Offset of the first `c`, or -1.
ptrdiff_t sv_find_byte(struct sv text, char c);
// Offset of the first `needle`, or -1; the empty needle is found at 0.
ptrdiff_t sv_find(struct sv text, struct sv needle);

// Takes the part before the first `sep` off `rest`; without `sep`, all of it and `rest` becomes
// the NULL view. Returns false when `rest` is the NULL view: `while (sv_split(&rest, ',', &part))`.
bool sv_split(struct sv *rest, char sep, struct sv *part);

#endif
