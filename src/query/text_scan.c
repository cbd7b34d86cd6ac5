// Text tests over one batch of a plain text column, whose values stand one behind the other in one
// buffer.
//
// When the test demands a fixed text, the buffer is searched for it as a whole, row borders and
// all: rows without a hit cost nothing but bandwidth. A hit that crosses a border is no hit. Where
// few rows are asked for, or nothing is demanded, rows are tested one by one.
#include "query/filter_int.h"

struct scan_job {
    struct tester *tester;
    const struct leaf *leaf;
    const struct arrow_col *col;
    bool wide; // 64-bit offsets
    size_t n;
    const uint64_t *mask;
    uint64_t *out;
    const struct query_ctl *ctl;
};

static inline uint64_t clamped(const struct scan_job *j, size_t i) {
    int64_t at = j->wide ? ((const int64_t *)j->col->values)[i]
                         : (int64_t)((const int32_t *)j->col->values)[i];
    return at < 0 ? 0 : MIN((uint64_t)at, j->col->n_bytes);
}

// The NULL view for offsets that run backwards.
static inline struct sv row_text(const struct scan_job *j, size_t row) {
    uint64_t from = clamped(j, row);
    uint64_t to = clamped(j, row + 1);
    return to < from ? SV_NULL : sv_make(j->col->bytes + from, (size_t)(to - from));
}

static bool rows_one_by_one(const struct scan_job *j) {
    for (size_t w = 0; w < bit_words(j->n); w++) {
        if (ctl_cancelled(j->ctl)) { // a hostile pattern may take long over 64 rows
            return false;
        }
        for (uint64_t left = j->mask[w]; left; left &= left - 1) {
            size_t row = w * 64 + (size_t)__builtin_ctzll(left);
            struct sv text = row_text(j, row);
            if (text.ptr && test_text(j->tester, j->leaf, text)) {
                bit_set(j->out, row);
            }
        }
    }
    return true;
}

static bool decides(const struct scan_job *j, size_t row, size_t hit, size_t hit_len) {
    struct sv text = row_text(j, row);
    if (!bit_get(j->mask, row) || !text.ptr) {
        return true;
    }
    if (hit + hit_len > (size_t)(text.ptr - j->col->bytes) + text.len) {
        return false; // crosses into the next row: this row may still have one further on
    }
    if (j->leaf->literal_suffices || test_text(j->tester, j->leaf, text)) {
        bit_set(j->out, row);
    }
    return true;
}

// Every row that holds the literal, once.
static bool find_rows(const struct scan_job *j, const struct literal *lit) {
    size_t end = (size_t)clamped(j, j->n);
    size_t at = (size_t)clamped(j, 0);
    size_t row = 0;
    size_t steps = 0;
    while ((at = literal_find(lit, j->col->bytes, end, at)) != SIZE_MAX) {
        if (++steps % 64 == 0 && ctl_cancelled(j->ctl)) {
            return false;
        }
        while (row + 1 < j->n && clamped(j, row + 1) <= at) {
            row++;
        }
        at = decides(j, row, at, lit->text.len) ? MAX(at + 1, (size_t)clamped(j, row + 1)) : at + 1;
    }
    return true;
}

// Rows that passed already need no second look.
static bool find_any(const struct scan_job *j) {
    for (size_t i = 0; i < j->leaf->literals.n; i++) {
        if (ctl_cancelled(j->ctl) || !find_rows(j, &j->leaf->literals.of[i])) {
            return false;
        }
    }
    return true;
}

bool text_scan(struct tester *t, const struct leaf *leaf, const struct arrow_col *col, size_t n,
               const uint64_t *mask, uint64_t *out, const struct query_ctl *ctl) {
    struct scan_job j = {t, leaf, col, col->field->kind == ARROW_LARGE_UTF8, n, mask, out, ctl};
    bool by_literal = leaf->kind == TEST_MATCH && leaf->literals.n;
    if (by_literal && bits_count(mask, bit_words(n)) * 16 >= n) {
        return find_any(&j);
    }
    return rows_one_by_one(&j);
}
