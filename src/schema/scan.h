// The way through all rows of a dataset, batch by batch, with its columns by number of the
// definition. For one pass over everything: writers of files and derivations. (Views and filters
// use query/table.h, which also has random access and indexes.)
//
//     struct scan s;
//     bool ok = scan_open(&s, snap, &schema_perf_jobs, err);
//     while (ok && scan_next(&s, err)) {
//         for (int64_t i = 0; i < s.n_rows; i++) {
//             use(scan_i64(&s, PJ_SIGNATURE_ID, i));
//         }
//     }
//     ok = ok && scan_close(&s);
//
// Nothing is copied: texts point into the map and stay as long as the snapshot.
#ifndef CULPRIT_SCHEMA_SCAN_H
#define CULPRIT_SCHEMA_SCAN_H

#include "arrow/arrow_read.h"
#include "schema/schema.h"

enum { SCAN_MAX_COLUMNS = 64 };

struct scan {
    const struct dataset_def *def;
    const struct dataset *ds;
    // Of the present batch; NULL where an older segment lacks the column.
    const struct arrow_col *cols[SCAN_MAX_COLUMNS];
    int64_t n_rows;    // of this batch
    int64_t first_row; // of this batch, in the dataset
    // Private: the next batch.
    size_t segment, batch;
    int idx[SCAN_MAX_COLUMNS];
    bool failed;
};

// ERR_NOT_FOUND when the snapshot has no such dataset.
bool scan_open(struct scan *s, const struct snapshot *snap, const struct dataset_def *def,
               struct err *err) MUST_USE;
// False at the end, and when a batch is damaged: scan_close() tells.
bool scan_next(struct scan *s, struct err *err) MUST_USE;
// For the few walks in another order: makes the batch of that row of the dataset the present one.
bool scan_seek(struct scan *s, int64_t row, int64_t *slot, struct err *err) MUST_USE;
// False when the scan ended early; `err` of scan_next() says why.
bool scan_close(struct scan *s) MUST_USE;
// Rows of a dataset; 0 when it is not there.
int64_t scan_n_rows(const struct snapshot *snap, const struct dataset_def *def);

// Cells; an absent column is null everywhere.
static inline bool scan_is_null(const struct scan *s, int col, int64_t slot) {
    return !s->cols[col] || arrow_is_null(s->cols[col], slot);
}
static inline int64_t scan_i64(const struct scan *s, int col, int64_t slot) { // 0 for null
    return s->cols[col] ? arrow_get_i64(s->cols[col], slot) : 0;
}
static inline bool scan_bool(const struct scan *s, int col, int64_t slot) { // false for null
    return s->cols[col] && arrow_get_bool(s->cols[col], slot);
}
double scan_f64(const struct scan *s, int col, int64_t slot);     // NaN for null
struct sv scan_text(const struct scan *s, int col, int64_t slot); // NULL view for null
// Items [*from, *to) of a list are the slots of the returned child column; NULL for null.
const struct arrow_col *scan_list(const struct scan *s, int col, int64_t slot, int64_t *from,
                                  int64_t *to);

#endif
