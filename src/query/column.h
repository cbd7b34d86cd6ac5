// A column as views and expressions see it: a stored column, one reached through a join, or a key
// inside open-ended data (`params.NAME`, `_extra.NAME`).
#ifndef CULPRIT_QUERY_COLUMN_H
#define CULPRIT_QUERY_COLUMN_H

#include "query/table.h"

struct join; // base row -> row of another table, by equal keys

struct column {
    struct sv name;
    struct table *base;  // whose rows are listed
    struct table *table; // that holds the values (== base without a join); NULL: dataset absent
    int col;             // in `table`; -1: absent, every cell is null
    struct sv subkey;    // NULL view, or the key inside the cell
    enum value_class class;
    const struct enum_def *values; // names of codes, NULL = none
    struct join *join;             // NULL = base rows
    const char *unit;
};

// `name` may be "column", "params.NAME" or "_extra.NAME".
bool column_find(struct table *t, struct sv name, struct column *out, struct err *err) MUST_USE;
// A column of `dataset` (a table of the same snapshot) joined where base.on_base = other.on_other;
// the first matching row counts. An absent dataset is not an error: all cells are null.
bool column_join(struct table *base, struct sv on_base, struct sv dataset, struct sv on_other,
                 struct sv field, struct column *out, struct err *err) MUST_USE;
// Narrows such a join: of the rows that it finds, the first whose `on_other` equals `on_base`, too.
bool column_join_also(struct column *c, struct sv on_base, struct sv on_other,
                      struct err *err) MUST_USE;
// Row of `column.table` for a base row; -1 = no match.
int64_t column_row(const struct column *c, int64_t base_row);
// The cell for a base row. For a subkey use column_text().
struct cell column_cell(const struct column *c, int64_t base_row);
// Text of any class in its raw form (what exports write as raw values): integers, shortest floats,
// ISO instants, true/false, text, lists as JSON. False for null. Borrowed until the next call with
// the same scratch.
bool column_text(const struct column *c, int64_t base_row, struct str *scratch, struct sv *out);

#endif
