// What the two spellings of base/doc.h share: states, errors, numbers. For base/doc.c,
// base/json_doc.c and base/pylit*.c only.
#ifndef CULPRIT_BASE_DOC_IMPL_H
#define CULPRIT_BASE_DOC_IMPL_H

#include "base/doc.h"

enum doc_state {
    DOC_ST_VALUE,      // a value must follow
    DOC_ST_FIRST_ITEM, // behind '[': a value or the end of the list
    DOC_ST_FIRST_KEY,  // behind '{': a key or the end of the map
    DOC_ST_AFTER,      // behind a value: separator, bracket, or the end of the text
    DOC_ST_ERROR,
};

// Makes the reader fail at `at` with "expected <what>"-like text; always returns false.
bool doc_fail(struct doc *doc, struct doc_token *tok, const char *at, const char *what);
void doc_init(struct doc *doc, struct sv text, bool (*next)(struct doc *, struct doc_token *));
// A container opens: depth check and push. False (failed) when nested too deeply.
bool doc_push(struct doc *doc, struct doc_token *tok, const char *at, uint8_t kind);

static inline void doc_token_set(struct doc *doc, struct doc_token *tok, enum doc_kind kind,
                                 const char *at) {
    *tok = (struct doc_token){.kind = kind, .at = (size_t)(at - doc->ptr)};
}

// digits [. digits] [e [+-] digits], any part missing; each spelling checks what it forbids.
struct doc_number {
    const char *end;
    uint64_t digits; // of all digits; exact while n_digits <= 19
    size_t n_whole, n_fraction;
    size_t n_digits; // without leading zeros
    int exp10;       // clamped, far beyond the range of a double
    bool dot, exponent;
};

void doc_scan_number(const char *p, const char *end, struct doc_number *n);
// Fills kind, i, f, big of the token from digits without sign; `plain` is their text.
void doc_set_number(struct doc_token *tok, const struct doc_number *n, struct sv plain,
                    bool negative);

// Appends [p, stop), mostly a few bytes. Up to 16 bytes behind `stop` may be copied along into
// spare room, never read from behind `end`. The scratch is not kept NUL-terminated.
static inline void doc_add_run(struct str *s, const char *p, const char *stop, const char *end) {
    size_t n = (size_t)(stop - p);
    if (s->cap - s->len < n + 32) {
        str_reserve(s, n + 32);
    }
    if (n <= 16 && end - p >= 16) {
        memcpy(s->ptr + s->len, p, 16);
    } else if (n) {
        memcpy(s->ptr + s->len, p, n);
    }
    s->len += n;
}

static inline void doc_add_char(struct str *s, char c) {
    if (s->cap - s->len < 2) {
        str_reserve(s, 1);
    }
    s->ptr[s->len++] = c;
}

// The value of `n` hexadecimal digits at p, or -1.
int64_t doc_hex(const char *p, const char *end, int n);
// UTF-8 of a code point; a surrogate becomes U+FFFD.
void doc_add_cp(struct str *s, uint32_t cp);

#endif
