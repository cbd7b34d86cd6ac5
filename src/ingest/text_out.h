// Writing a documented file from stored rows: a buffer, the walk over the rows of a dataset, and
// cells in the spelling of the original writers.
#ifndef CULPRIT_INGEST_TEXT_OUT_H
#define CULPRIT_INGEST_TEXT_OUT_H

#include <stdatomic.h>

#include "base/str.h"
#include "base/text_write.h"
#include "ingest/ingest.h"

struct text_out {
    struct str buf; // append here; out_row_end() writes it out when it is long
    struct str scratch;
    int fd;
    const atomic_bool *cancel; // may be NULL
};

void text_out_init(struct text_out *out, int fd, const atomic_bool *cancel);
bool text_out_flush(struct text_out *out, struct err *err) MUST_USE;
void text_out_done(struct text_out *out);

// One row: the cell of column `col` of the dataset definition is `row->cols[col]`, NULL when the
// stored segment is older and lacks it.
struct out_row {
    const struct arrow_col *const *cols;
    int64_t slot;
};

// Calls `fn` for every row of the dataset, in stored order, and writes the buffer out in between.
// ERR_NOT_FOUND when the snapshot has no such dataset.
struct out_rows {
    const struct snapshot *snap;
    const struct dataset_def *def;
    bool (*fn)(void *arg, const struct out_row *row, struct text_out *out);
    void *arg;
    // Rows are walked in the order of this int64 column; -1 = stored order.
    int order_col;
};
bool out_each_row(const struct out_rows *rows, struct text_out *out, struct err *err) MUST_USE;

bool out_is_null(const struct out_row *row, size_t col);
struct sv out_text(const struct out_row *row, size_t col); // NULL view for null
int64_t out_i64(const struct out_row *row, size_t col);
double out_f64(const struct out_row *row, size_t col); // NaN for null

// The source text of a row that the columns would spell otherwise, with `end` behind it. False when
// there is none.
bool out_raw(struct text_out *out, const struct out_row *row, size_t col, const char *end);

// CSV cells; null is empty.
void out_csv_text(struct text_out *out, const struct out_row *row, size_t col);
void out_csv_i64(struct text_out *out, const struct out_row *row, size_t col);
void out_csv_bool(struct text_out *out, const struct out_row *row, size_t col);
// `suffix`: "", "Z" or "+00:00".
void out_csv_time(struct text_out *out, const struct out_row *row, size_t col, const char *suffix);
// Whole seconds since 1970.
void out_csv_epoch(struct text_out *out, const struct out_row *row, size_t col);
// Python repr of lists of integers, texts and {test, platform} records, as one cell.
void out_csv_list(struct text_out *out, const struct out_row *row, size_t col);

// JSON values; null is `null`.
void out_json_text(struct text_out *out, const struct out_row *row, size_t col,
                   enum json_style style);
void out_json_i64(struct text_out *out, const struct out_row *row, size_t col);
void out_json_bool(struct text_out *out, const struct out_row *row, size_t col);
void out_json_list(struct text_out *out, const struct out_row *row, size_t col,
                   enum json_style style);
// The members of an `_extra` object, and these with a comma before; nothing when there are none.
struct sv out_extra(const struct out_row *row, size_t col);
void str_add_members(struct str *out, struct sv members);
void out_json_extra(struct text_out *out, const struct out_row *row, size_t col);

#endif
