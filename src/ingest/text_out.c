#include "ingest/text_out.h"

#include <math.h>

#include "base/csv_write.h"
#include "base/date.h"
#include "base/file.h"
#include "base/num.h"
#include "base/scope.h"

enum { FLUSH_BYTES = 1 << 20 };

void text_out_init(struct text_out *out, int fd, const atomic_bool *cancel) {
    *out = (struct text_out){.fd = fd, .cancel = cancel};
}

bool text_out_flush(struct text_out *out, struct err *err) {
    const bool ok = !out->buf.len || fd_write(out->fd, out->buf.ptr, out->buf.len, err);
    str_clear(&out->buf);
    return ok;
}

void text_out_done(struct text_out *out) {
    str_done(&out->buf);
    str_done(&out->scratch);
}

// --- rows ---

static bool end_row(struct text_out *out, struct err *err) {
    if (out->buf.len < FLUSH_BYTES) {
        return true;
    }
    if (out->cancel && atomic_load(out->cancel)) {
        return err_set(err, ERR_CANCELLED, "writing was cancelled");
    }
    return text_out_flush(out, err);
}

// The columns of a batch by column number of the definition; NULL for those that an older segment
// lacks.
static void map_columns(const struct out_rows *rows, const struct segment *seg,
                        const struct arrow_batch *batch, const struct arrow_col **cols) {
    const struct arrow_schema *schema = arrow_schema(seg->arrow);
    for (size_t c = 0; c < rows->def->n_columns; c++) {
        const int idx = arrow_field_index(schema, sv_cstr(rows->def->columns[c].name));
        cols[c] = idx < 0 ? NULL : &batch->cols[idx];
    }
}

static bool each_stored(const struct out_rows *rows, const struct dataset *ds,
                        const struct arrow_col **cols, struct text_out *out, struct err *err) {
    for (size_t s = 0; s < ds->n_segments; s++) {
        const struct segment *seg = &ds->segments[s];
        for (size_t b = 0; b < arrow_n_batches(seg->arrow); b++) {
            const struct arrow_batch *batch = arrow_batch(seg->arrow, b, err);
            if (!batch) {
                return false;
            }
            map_columns(rows, seg, batch, cols);
            struct out_row row = {cols, 0};
            for (; row.slot < batch->n_rows; row.slot++) {
                if (!rows->fn(rows->arg, &row, out) || !end_row(out, err)) {
                    return false;
                }
            }
        }
    }
    return true;
}

struct place {
    int64_t order, row;
};

static int cmp_place(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    return x->order != y->order ? (x->order > y->order) - (x->order < y->order)
                                : (x->row > y->row) - (x->row < y->row);
}

static bool load_places(const struct out_rows *rows, const struct dataset *ds, struct place *places,
                        struct err *err) {
    int64_t row = 0;
    const struct sv name = sv_cstr(rows->def->columns[rows->order_col].name);
    for (size_t s = 0; s < ds->n_segments; s++) {
        struct arrow_file *file = ds->segments[s].arrow;
        const int idx = arrow_field_index(arrow_schema(file), name);
        for (size_t b = 0; b < arrow_n_batches(file); b++) {
            const struct arrow_batch *batch = arrow_batch(file, b, err);
            if (!batch) {
                return false;
            }
            for (int64_t i = 0; i < batch->n_rows && row < ds->n_rows; i++, row++) {
                const int64_t order = idx < 0 ? row : arrow_get_i64(&batch->cols[idx], i);
                places[row] = (struct place){order, row};
            }
        }
    }
    return true;
}

static bool each_ordered(const struct out_rows *rows, const struct dataset *ds,
                         const struct place *places, const struct arrow_col **cols,
                         struct text_out *out, struct err *err) {
    const struct arrow_batch *last = NULL;
    for (int64_t i = 0; i < ds->n_rows; i++) {
        int64_t local, slot;
        const struct segment *seg = dataset_segment(ds, places[i].row, &local);
        const size_t b = arrow_find_batch(seg->arrow, local, &slot);
        const struct arrow_batch *batch = arrow_batch(seg->arrow, b, err);
        if (!batch) {
            return false;
        }
        if (batch != last) {
            map_columns(rows, seg, batch, cols);
            last = batch;
        }
        const struct out_row row = {cols, slot};
        if (!rows->fn(rows->arg, &row, out) || !end_row(out, err)) {
            return false;
        }
    }
    return true;
}

bool out_each_row(const struct out_rows *rows, struct text_out *out, struct err *err) {
    const struct dataset *ds = snapshot_dataset(rows->snap, rows->def->name);
    if (!ds) {
        return err_set(err, ERR_NOT_FOUND, "the store has no %s", rows->def->name);
    }
    auto_free const struct arrow_col **cols = xcalloc(rows->def->n_columns, sizeof *cols);
    if (rows->order_col < 0) {
        return each_stored(rows, ds, cols, out, err);
    }
    auto_free struct place *places = xcalloc((size_t)ds->n_rows + 1, sizeof *places);
    if (!load_places(rows, ds, places, err)) {
        return false;
    }
    qsort(places, (size_t)ds->n_rows, sizeof *places, cmp_place);
    return each_ordered(rows, ds, places, cols, out, err);
}

// --- cells ---

bool out_is_null(const struct out_row *row, size_t col) {
    return !row->cols[col] || arrow_is_null(row->cols[col], row->slot);
}

struct sv out_text(const struct out_row *row, size_t col) {
    return row->cols[col] ? arrow_get_text(row->cols[col], row->slot) : SV_NULL;
}

int64_t out_i64(const struct out_row *row, size_t col) {
    return row->cols[col] ? arrow_get_i64(row->cols[col], row->slot) : 0;
}

double out_f64(const struct out_row *row, size_t col) {
    return out_is_null(row, col) ? (double)NAN : arrow_get_f64(row->cols[col], row->slot);
}

bool out_raw(struct text_out *out, const struct out_row *row, size_t col, const char *end) {
    const struct sv raw = out_text(row, col);
    if (raw.ptr) {
        str_add_sv(&out->buf, raw);
        str_add_cstr(&out->buf, end);
    }
    return raw.ptr != NULL;
}

void out_csv_text(struct text_out *out, const struct out_row *row, size_t col) {
    str_add_csv(&out->buf, out_text(row, col), ',');
}

void out_csv_i64(struct text_out *out, const struct out_row *row, size_t col) {
    if (!out_is_null(row, col)) {
        str_add_i64(&out->buf, out_i64(row, col));
    }
}

void out_csv_bool(struct text_out *out, const struct out_row *row, size_t col) {
    if (!out_is_null(row, col)) {
        str_add_cstr(&out->buf, arrow_get_bool(row->cols[col], row->slot) ? "True" : "False");
    }
}

void out_csv_time(struct text_out *out, const struct out_row *row, size_t col, const char *suffix) {
    if (!out_is_null(row, col)) {
        str_add_iso(&out->buf, out_i64(row, col));
        str_add_cstr(&out->buf, suffix);
    }
}

void out_csv_epoch(struct text_out *out, const struct out_row *row, size_t col) {
    if (!out_is_null(row, col)) {
        str_add_i64(&out->buf, out_i64(row, col) / US_PER_SEC);
    }
}

enum spelling { PYTHON = -1 }; // else an enum json_style

static void add_spelled(struct str *out, struct sv text, int spelling) {
    if (spelling != PYTHON) {
        str_add_json(out, text, (enum json_style)spelling);
    } else if (text.ptr) {
        str_add_pyrepr(out, text);
    } else {
        str_add_cstr(out, "None");
    }
}

static void add_list(struct str *out, const struct arrow_col *list, int64_t slot, int spelling) {
    const struct arrow_col *item = &list->children[0];
    int64_t from, to;
    if (!arrow_get_list(list, slot, &from, &to)) {
        from = to = 0;
    }
    str_add_byte(out, '[');
    for (int64_t i = from; i < to; i++) {
        if (i > from) {
            str_add_cstr(out, ", ");
        }
        if (item->field->kind == ARROW_I64) {
            str_add_i64(out, arrow_get_i64(item, i));
        } else if (item->field->kind == ARROW_STRUCT) {
            str_add_cstr(out, "{'test': ");
            add_spelled(out, arrow_get_text(&item->children[0], i), spelling);
            str_add_cstr(out, ", 'platform': ");
            add_spelled(out, arrow_get_text(&item->children[1], i), spelling);
            str_add_byte(out, '}');
        } else {
            add_spelled(out, arrow_get_text(item, i), spelling);
        }
    }
    str_add_byte(out, ']');
}

void out_csv_list(struct text_out *out, const struct out_row *row, size_t col) {
    if (out_is_null(row, col)) {
        return;
    }
    str_clear(&out->scratch);
    add_list(&out->scratch, row->cols[col], row->slot, PYTHON);
    str_add_csv(&out->buf, str_sv(&out->scratch), ',');
}

void out_json_text(struct text_out *out, const struct out_row *row, size_t col,
                   enum json_style style) {
    const struct sv text = out_text(row, col);
    if (text.ptr) {
        str_add_json(&out->buf, text, style);
    } else {
        str_add_cstr(&out->buf, "null");
    }
}

void out_json_i64(struct text_out *out, const struct out_row *row, size_t col) {
    if (out_is_null(row, col)) {
        str_add_cstr(&out->buf, "null");
    } else {
        str_add_i64(&out->buf, out_i64(row, col));
    }
}

void out_json_bool(struct text_out *out, const struct out_row *row, size_t col) {
    const bool null = out_is_null(row, col);
    const bool v = !null && arrow_get_bool(row->cols[col], row->slot);
    str_add_cstr(&out->buf, null ? "null" : v ? "true" : "false");
}

void out_json_list(struct text_out *out, const struct out_row *row, size_t col,
                   enum json_style style) {
    if (out_is_null(row, col)) {
        str_add_cstr(&out->buf, "null");
    } else {
        add_list(&out->buf, row->cols[col], row->slot, (int)style);
    }
}

void out_json_extra(struct text_out *out, const struct out_row *row, size_t col) {
    const struct sv extra = out_text(row, col);
    if (extra.len > 2) {
        str_add_cstr(&out->buf, ", ");
        str_add_sv(&out->buf, sv_sub(extra, 1, extra.len - 2));
    }
}
