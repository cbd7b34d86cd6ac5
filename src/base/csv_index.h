// First pass of the CSV scanner: the positions of the separators and line ends outside quotes, 64
// bytes a step. Two kernels, base/simd_csv.c, must give equal results. For base/csv_scan.c only.
#ifndef CULPRIT_BASE_CSV_INDEX_H
#define CULPRIT_BASE_CSV_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_NOT_BAD SIZE_MAX

struct csv_index {
    uint32_t *pos; // room for all bytes of one call is the caller's duty
    size_t n;
    // State at the end of the bytes seen so far.
    uint64_t in_quote; // all ones inside a quoted field, else 0
    uint64_t may_open; // 1: a quote may open a field here
    // Where a quote stands inside an unquoted field, or CSV_NOT_BAD. Positions up to there are
    // right; the state is of no use afterwards. (Text behind a closing quote needs no look here: it
    // ends at a separator without a quote before it, or in a quote that may not open.)
    size_t bad;
};

struct csv_masks {
    uint64_t quote, comma, lf;
};

// Indexes bytes [from, to) of the window; 64 bytes are read at each step, so that up to 63 behind
// `to` must be readable. Stops at a bad position.
typedef void csv_index_fn(struct csv_index *ix, const char *window, size_t from, size_t to);

csv_index_fn csv_index_portable;
// The fastest kernel that this processor has.
csv_index_fn *csv_index_best(void);

// Looks through the inside of a quoted field.
struct csv_inside {
    bool has_quote;
    size_t n_lf;
};
struct csv_inside csv_look_inside(const char *text, size_t len);

#endif
