// One dataset of one snapshot as one table over all its segments and batches.
//
// Tables, their unified dictionaries and key indexes are made on first use, cached in the snapshot,
// shared by all threads, and die with it. Rows are numbered 0..n-1 over the segments in manifest
// order; at most 2^32-1 rows.
#ifndef CULPRIT_QUERY_TABLE_H
#define CULPRIT_QUERY_TABLE_H

#include "arrow/arrow_read.h"
#include "base/err.h"
#include "schema/enums.h"
#include "store/store.h"

struct table;

// ERR_NOT_FOUND when the store has no such dataset. Any thread.
struct table *table_get(struct snapshot *snap, struct sv name, struct err *err) MUST_USE;
struct snapshot *table_snapshot(const struct table *t); // borrowed
const struct dataset *table_dataset(const struct table *t);
int64_t table_n_rows(const struct table *t);
size_t table_n_columns(const struct table *t);
// Schema of the newest segment; older segments are matched by name, missing columns are null.
const struct arrow_field *table_field(const struct table *t, size_t col);
int table_column(const struct table *t, struct sv name); // -1 when absent

// What a column's values are to filters, sorting and cells.
enum value_class { CLASS_INT, CLASS_FLOAT, CLASS_BOOL, CLASS_TIME, CLASS_TEXT, CLASS_LIST };
enum value_class table_class(const struct table *t, size_t col);

// One cell: a column of a batch and a slot in it, for the arrow_get_* functions. `col` is NULL for
// a row out of range, an absent column and a damaged batch.
struct cell {
    const struct arrow_col *col;
    int64_t slot;
};
struct cell table_cell(const struct table *t, size_t col, int64_t row);
static inline bool cell_is_null(struct cell c) {
    return !c.col || arrow_is_null(c.col, c.slot);
}

// Unified dictionary of a dictionary column: every distinct value once, in order of first
// appearance over the segments, and the way from a segment's codes to it.
struct unified_dict {
    size_t n_values;
    const struct sv *values;
    const uint32_t *const *to_unified; // per segment: local code -> unified code
    const uint32_t *rank;              // unified code -> place in bytewise order
};
const struct unified_dict *table_dict(struct table *t, size_t col);

// Rows by the value of a column (integers, text, list items): the joins and counts of links.
struct key_index;
// Made on first use; another thread that asks for the same one waits. NULL with a message for
// columns that cannot be indexed, and when cancelled.
struct query_ctl;
struct key_index *table_index(struct table *t, size_t col, struct err *err) MUST_USE;
struct key_index *table_index_make(struct table *t, size_t col, const struct query_ctl *ctl,
                                   struct err *err) MUST_USE;
// Whether table_index() would still have to make it. Any thread, at once.
bool table_index_lacks(const struct table *t, size_t col);
// Rows (ascending) whose value, or one of whose list items, equals the key. Borrowed.
size_t key_rows_i64(const struct key_index *ix, int64_t key, const uint32_t **rows);
size_t key_rows_text(const struct key_index *ix, struct sv key, const uint32_t **rows);
// The same for a cell of any class; a list cell gives the rows of its first item.
size_t key_rows_cell(const struct key_index *ix, struct cell key, const uint32_t **rows);

#endif
