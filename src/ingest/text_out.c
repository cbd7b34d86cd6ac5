#include "ingest/text_out.h"

#include <math.h>

#include "base/csv_write.h"
#include "base/date.h"
#include "base/file.h"
#include "base/num.h"
#include "base/scope.h"
#include "schema/scan.h"

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

static bool write_slot(const struct out_rows *rows, const struct scan *s, int64_t slot,
                       struct text_out *out, struct err *err) {
    const struct out_row row = {s->cols, slot};
    return rows->fn(rows->arg, &row, out) && end_row(out, err);
}

static bool each_stored(const struct out_rows *rows, struct scan *s, struct text_out *out,
                        struct err *err) {
    while (scan_next(s, err)) {
        for (int64_t slot = 0; slot < s->n_rows; slot++) {
            if (!write_slot(rows, s, slot, out, err)) {
                return false;
            }
        }
    }
    return scan_close(s);
}

struct place {
    int64_t order, row;
};

static int cmp_place(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    return x->order != y->order ? (x->order > y->order) - (x->order < y->order)
                                : (x->row > y->row) - (x->row < y->row);
}

static bool load_places(struct scan *s, int order_col, struct place *places, struct err *err) {
    while (scan_next(s, err)) {
        for (int64_t slot = 0; slot < s->n_rows; slot++) {
            const int64_t row = s->first_row + slot;
            const int64_t order = s->cols[order_col] ? scan_i64(s, order_col, slot) : row;
            places[row] = (struct place){order, row};
        }
    }
    return scan_close(s);
}

static bool each_ordered(const struct out_rows *rows, struct scan *s, struct text_out *out,
                         struct err *err) {
    const size_t n = (size_t)s->ds->n_rows;
    auto_free struct place *places = xcalloc(n + 1, sizeof *places);
    if (!load_places(s, rows->order_col, places, err)) {
        return false;
    }
    qsort(places, n, sizeof *places, cmp_place);
    for (size_t i = 0; i < n; i++) {
        int64_t slot;
        if (!scan_seek(s, places[i].row, &slot, err) || !write_slot(rows, s, slot, out, err)) {
            return false;
        }
    }
    return true;
}

bool out_each_row(const struct out_rows *rows, struct text_out *out, struct err *err) {
    struct scan s;
    if (!scan_open(&s, rows->snap, rows->def, err)) {
        return false;
    }
    return rows->order_col < 0 ? each_stored(rows, &s, out, err) : each_ordered(rows, &s, out, err);
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

struct sv out_extra(const struct out_row *row, size_t col) {
    const struct sv extra = out_text(row, col);
    return extra.len > 2 ? sv_sub(extra, 1, extra.len - 2) : SV_NULL;
}

void str_add_members(struct str *out, struct sv members) {
    if (members.len) {
        str_add_cstr(out, ", ");
        str_add_sv(out, members);
    }
}

void out_json_extra(struct text_out *out, const struct out_row *row, size_t col) {
    str_add_members(&out->buf, out_extra(row, col));
}
