// Numbers: overflow-safe sizes, parsing and shortest formatting. Locale-independent.
#ifndef CULPRIT_BASE_NUM_H
#define CULPRIT_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "base/sv.h"

static inline bool size_add(size_t a, size_t b, size_t *sum) {
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool size_mul(size_t a, size_t b, size_t *product) {
    return !__builtin_mul_overflow(a, b, product);
}

// Rounds up to a multiple of `align` (a power of two); false on overflow.
static inline bool size_align(size_t n, size_t align, size_t *out) {
    size_t sum;
    if (!size_add(n, align - 1, &sum)) {
        return false;
    }
    *out = sum & ~(align - 1);
    return true;
}

// The whole text must be a decimal integer: [+-]digits, no blanks, no underscores.
bool num_parse_i64(struct sv text, int64_t *out) MUST_USE;
// As above, and also an integral decimal such as "12.0" or "12." (pandas writes those when a page
// of rows holds a null).
bool num_parse_i64_lax(struct sv text, int64_t *out) MUST_USE;
// The whole text must be a decimal floating-point number (digits, '.', exponent; also inf,
// infinity, nan in any case with a sign). The result is bit-equal to strtod in the C locale:
// at most 15 digits and |exponent| <= 22 go the exact way, the rest through strtod itself.
bool num_parse_f64(struct sv text, double *out) MUST_USE;
// digits * 10^exp10, when one exact multiplication or division gives the correctly rounded result;
// else false. For scanners that have the digits already.
bool num_exact_f64(uint64_t digits, int exp10, double *out) MUST_USE;

// digits / 10^decimals, when that is surely the correctly rounded number and its shortest spelling
// (see num_format_f64()) surely has just these digits; else false, which is no answer. Without
// zeros at the end of `digits`; at most 22 decimals.
bool num_shortest_f64(uint64_t digits, int decimals, double *out) MUST_USE;

// Shortest decimal that reads back as the same double, in Python's repr form: "0.1", "12.0",
// "1e+16", "1e-05", "nan", "inf". At most 32 bytes.
size_t num_format_f64(char out[32], double v);
size_t num_format_i64(char out[24], int64_t v);
void str_add_f64(struct str *s, double v);
void str_add_i64(struct str *s, int64_t v);

// For qsort() and bsearch() of int64_t, ascending.
int compare_i64(const void *a, const void *b);

#endif
