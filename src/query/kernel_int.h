// Loops over one column of one batch that set a bit for each matching row. Private to `query`.
//
// They have no branches on data, so that compilers turn them into vector code: 64 comparisons fill
// 64 flag bytes, which become one word. Nulls are not looked at here; callers mask them.
#ifndef CULPRIT_QUERY_KERNEL_INT_H
#define CULPRIT_QUERY_KERNEL_INT_H

#include <stddef.h>
#include <stdint.h>

#include "arrow/arrow_read.h"

struct int_range {
    int64_t lo, hi; // both belong to it; lo <= hi
};

struct float_range {
    double lo, hi;
};

static inline size_t bit_words(size_t n) {
    return (n + 63) / 64;
}

static inline bool bit_get(const uint64_t *bits, size_t i) {
    return bits[i >> 6] >> (i & 63) & 1;
}

static inline void bit_set(uint64_t *bits, size_t i) {
    bits[i >> 6] |= (uint64_t)1 << (i & 63);
}

// Adds (ORs) the rows 0..n-1 whose integer is in the range. Any integer kind, timestamps, dates.
void kernel_int_range(const struct arrow_col *col, size_t n, struct int_range range,
                      uint64_t *bits);
void kernel_float_range(const struct arrow_col *col, size_t n, struct float_range range,
                        uint64_t *bits);
void kernel_nan(const struct arrow_col *col, size_t n, uint64_t *bits);
void kernel_bool(const struct arrow_col *col, size_t n, bool want, uint64_t *bits);
// Rows whose code has a 1 in `table`, which has n_codes + 1 entries, the last one 0.
void kernel_codes(const struct arrow_col *col, size_t n, const uint8_t *table, uint32_t n_codes,
                  uint64_t *bits);
// bits &= validity.
void kernel_valid(const struct arrow_col *col, size_t n, uint64_t *bits);
size_t bits_count(const uint64_t *bits, size_t n_words);
// Sets the bits 0..n-1 and clears the rest of the last word.
void bits_fill(uint64_t *bits, size_t n);
// Appends first_row + i for every set bit; returns how many.
size_t bits_expand(const uint64_t *bits, size_t n_words, uint32_t first_row, uint32_t *out);

#endif
