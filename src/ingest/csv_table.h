// Rows of a CSV file by column name, for readers with a table of known columns.
//
// The header decides where each column is. Unknown columns are kept for `_extra`. A row with
// another number of fields is read by the known layout of that number, if there is one that its
// values fit (services change their columns while a file is being appended to); otherwise missing
// fields are null and extra ones are ignored. Each such change, and each ragged row, is a problem.
#ifndef CULPRIT_INGEST_CSV_TABLE_H
#define CULPRIT_INGEST_CSV_TABLE_H

#include "base/csv_scan.h"
#include "ingest/record.h"

enum { CSV_TABLE_MAX_COLUMNS = 40, CSV_TABLE_MAX_LAYOUTS = 8, CSV_TABLE_MAX_FIELDS = 256 };

struct csv_column {
    const char *name;
    bool needed; // the file is refused without it, a row is left out when it cannot be read
};

struct csv_layout {
    int16_t field[CSV_TABLE_MAX_COLUMNS]; // of a column; -1 = absent
    size_t n_fields;
    // Fields of unknown columns, names in the arena.
    struct csv_unknown {
        struct sv name;
        size_t field;
    } * unknown;
    size_t n_unknown;
};

struct csv_table;

struct csv_table_def {
    const struct csv_column *columns;
    size_t n_columns;
    // Headers (comma lists) of layouts that rows of the file may change to; NULL at the end.
    const char *const *layouts;
    // Do the values of the present row fit `layout`? Used when there is a choice.
    bool (*fits)(const struct csv_table *t, const struct csv_layout *layout);
    // At least one of these (comma list) must be there too; NULL = none.
    const char *any_of;
};

struct csv_table {
    struct ingest *ig;
    const struct csv_table_def *def;
    struct csv_scan *scan;
    struct csv_row row;
    struct arena arena;                               // layouts
    struct csv_layout layouts[CSV_TABLE_MAX_LAYOUTS]; // [0] is the header's
    size_t n_layouts;
    const struct csv_layout *layout; // of the present row
    struct str scratch[CSV_TABLE_MAX_COLUMNS];
    struct record_reader *r; // texts and lists of the row
    bool row_bad;            // a needed value could not be read
};

// Opens the scanner on ig->in and reads the header. ERR_FORMAT when the file is empty or needed
// columns are missing (all are named). `t` is released with csv_table_close() in every case.
bool csv_table_open(struct csv_table *t, const struct csv_table_def *def, struct ingest *ig,
                    struct record_reader *r, struct err *err) MUST_USE;
// 1 = a row, 0 = end, -1 = error.
int csv_table_next(struct csv_table *t, struct err *err) MUST_USE;
void csv_table_close(struct csv_table *t);

// The whole file: `row` is called for each row and adds it to the writers; values read into t->r
// are forgotten after it.
bool csv_table_read(struct ingest *ig, const struct csv_table_def *def,
                    bool (*row)(struct ingest *ig, struct csv_table *t, struct err *err),
                    struct err *err) MUST_USE;

// Decoded text of a cell, valid until the next row; the NULL view when the column is absent or the
// row is too short. Empty cells have length 0.
struct sv csv_cell(struct csv_table *t, size_t col);
// The same, with an empty cell as the NULL view.
struct sv csv_cell_text(struct csv_table *t, size_t col);

// Typed cells. Blanks around are ignored; empty, nan, NaN, NaT and None are "not there". What
// cannot be read is a problem: the value is left empty, or, in a needed column, `row_bad` is set.
// False only when the problem could not be written.
bool csv_cell_i64(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) MUST_USE;
bool csv_cell_i32(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) MUST_USE;
bool csv_cell_bool(struct csv_table *t, size_t col, struct rec_bool *out, struct err *err) MUST_USE;
bool csv_cell_time(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) MUST_USE;
// Seconds since 1970.
bool csv_cell_epoch(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) MUST_USE;
// Python lists.
bool csv_cell_texts(struct csv_table *t, size_t col, struct rec_list *out,
                    struct err *err) MUST_USE;
bool csv_cell_ints(struct csv_table *t, size_t col, struct rec_list *out, struct err *err) MUST_USE;
bool csv_cell_pairs(struct csv_table *t, size_t col, struct rec_list *out,
                    struct err *err) MUST_USE;

// A problem of a cell of the present row.
bool csv_problem(struct csv_table *t, size_t col, struct sv sample, struct err *err,
                 const char *fmt, ...) PRINTF_LIKE(5, 6) MUST_USE;
// Values of the unknown columns, as JSON members, appended to r->extra.
void csv_table_extra(struct csv_table *t);
struct ingest_at csv_table_at(const struct csv_table *t);

#endif
