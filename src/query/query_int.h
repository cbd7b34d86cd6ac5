// What the files of `query` share: the insides of a table and the ways to its cells in bulk.
#ifndef CULPRIT_QUERY_INT_H
#define CULPRIT_QUERY_INT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/num.h"
#include "base/str.h"
#include "query/query.h"

#define NO_ROW UINT32_MAX

// One batch of one segment. Decoded on first use; `ready` is then set for all threads.
struct part {
    int64_t first_row; // in the table
    int64_t n_rows;
    size_t first_word; // of a bitmap in which each part begins a new word
    uint32_t segment;
    uint32_t batch;
    _Atomic(const struct arrow_batch *) ready;
};

// A unified dictionary with what its users inside `query` need besides.
struct dict_full {
    struct unified_dict pub;
    uint32_t *order;   // place in bytewise order -> unified code
    uint32_t *n_local; // per segment: entries of to_unified[segment]
    size_t n_segments;
    bool mixed; // some segment holds the column as plain text
    uint32_t **to_unified;
    uint32_t *rank;
    struct sv *values;
};

enum index_state { INDEX_ABSENT, INDEX_IN_WORK, INDEX_MADE, INDEX_FAILED };

struct table {
    struct snapshot *snap; // borrowed: the table dies with the snapshot's cache
    const struct dataset *ds;
    const struct arrow_schema *schema; // of the newest segment; NULL = no segment
    size_t n_columns;
    enum value_class *classes;
    int *seg_cols; // [segment * n_columns + column] -> column of the segment, -1 = none
    struct part *parts;
    size_t n_parts, n_words;
    int64_t n_rows, max_part_rows;
    bool even; // part i begins at row i << 16

    pthread_mutex_t mutex; // guards joins, names and states; held for a moment only
    pthread_cond_t index_made;
    _Atomic uint8_t *index_states; // enum index_state; changed under the mutex
    _Atomic(struct dict_full *) *dicts;
    _Atomic(struct key_index *) *indexes;
    struct join *joins;
    _Atomic uint64_t commit_order; // see commits.c; 0 = not looked at
    struct arena names;            // of columns
};

// --- parts --------------------------------------------------------------------------------------
// The part that holds a row; `row` in range.
size_t table_part(const struct table *t, int64_t row);
// A column of a part; NULL when the segment lacks it or the batch is damaged.
const struct arrow_col *part_col(const struct table *t, size_t part, size_t col);
// Rows of the part that `col` really has.
static inline size_t part_rows(const struct part *p, const struct arrow_col *col) {
    return (size_t)MIN(p->n_rows, col->n_rows);
}

enum value_class field_class(const struct arrow_field *field);

const struct dict_full *dict_get(struct table *t, size_t col);
void dict_free(struct dict_full *d);
// Code of a value; NO_ROW when the dictionary lacks it.
uint32_t dict_find(const struct dict_full *d, struct sv text);
void index_free(struct key_index *ix);
void joins_free(struct join *joins);

// Keeps a name as long as the table lives.
struct sv column_intern(struct table *t, struct sv name);

// --- cells --------------------------------------------------------------------------------------
// As the raw integer, with instants of any unit as microseconds.
int64_t cell_i64(struct cell c);
// Text of a cell without a key inside it, in raw form; false for null. See column_text().
bool cell_text(struct cell c, struct str *scratch, struct sv *out);
// The value under a key: an item {name, value} of a list, or a member of JSON text.
bool cell_subkey(struct cell c, struct sv key, struct str *scratch, struct sv *out);
// Total order of two cells that are not null, by what they hold; lists item by item.
int cell_cmp(struct cell a, struct cell b);
// Microseconds of one unit of a time field; 0 for nanoseconds (then a thousand make one).
int64_t time_unit_us(const struct arrow_field *field);

// Row of a joined table for each base row (NO_ROW = none); made once. NULL without a join.
const uint32_t *column_row_map(const struct column *c);

// Reads cells of one column, fast while rows stay in one part. One thread.
struct col_reader {
    const struct column *column;
    const uint32_t *map;
    int64_t first, end; // rows of the part in hand
    size_t part;
    const struct arrow_col *col;
};
void reader_init(struct col_reader *r, const struct column *c);
void reader_seek(struct col_reader *r, int64_t row);

static inline struct cell reader_cell(struct col_reader *r, uint32_t base_row) {
    int64_t row = base_row;
    if (r->map) {
        row = r->map[base_row] == NO_ROW ? -1 : (int64_t)r->map[base_row];
    }
    if (row < r->first || row >= r->end) {
        reader_seek(r, row);
    }
    return (struct cell){r->col, row - r->first};
}

// --- long work ----------------------------------------------------------------------------------
static inline bool ctl_cancelled(const struct query_ctl *ctl) {
    return ctl && ctl->cancel && atomic_load_explicit(ctl->cancel, memory_order_relaxed);
}

static inline void ctl_done(const struct query_ctl *ctl, uint64_t n) {
    if (ctl && ctl->done_units) {
        atomic_fetch_add_explicit(ctl->done_units, n, memory_order_relaxed);
    }
}

static inline unsigned ctl_threads(const struct query_ctl *ctl) {
    return ctl && ctl->n_threads ? ctl->n_threads : 1;
}

static inline bool err_cancelled(struct err *err) {
    return err_set(err, ERR_CANCELLED, "cancelled");
}

enum { CTL_STEP = 4096 }; // rows between two looks at `cancel`

#endif
