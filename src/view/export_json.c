// JSON and JSON lines: numbers stay numbers, lists stay lists.
#include <math.h>

#include "base/num.h"
#include "base/text_write.h"
#include "view/export_int.h"

static void add_number(struct str *out, double v, struct sv text) {
    if (isfinite(v)) {
        str_add_sv(out, text);
    } else {
        str_add_cstr(out, "null"); // JSON has no such number
    }
}

static void add_raw(struct str *out, const struct view_col *c, int64_t row, struct sv text) {
    if (c->column.subkey.ptr) {
        str_add_json(out, text, JSON_UTF8);
        return;
    }
    switch (c->column.class) {
    case CLASS_INT:
    case CLASS_BOOL:
    case CLASS_LIST: // column_text() gives lists as JSON
        str_add_sv(out, text);
        break;
    case CLASS_FLOAT: {
        struct cell cell = column_cell(&c->column, row);
        add_number(out, cell_is_null(cell) ? NAN : arrow_get_f64(cell.col, cell.slot), text);
        break;
    }
    case CLASS_TIME:
    case CLASS_TEXT:
        str_add_json(out, text, JSON_UTF8);
        break;
    }
}

void export_add_json_row(struct export *e, size_t row_idx) {
    str_add_byte(&e->buf, '{');
    for (size_t i = 0; i < e->n_cols; i++) {
        const struct view_col *c = export_col(e, i);
        struct sv text;
        str_add_cstr(&e->buf, i ? ", " : "");
        str_add_json(&e->buf, c->def->name, JSON_UTF8);
        str_add_cstr(&e->buf, ": ");
        if (!export_text(e, row_idx, i, &text)) {
            str_add_cstr(&e->buf, "null");
        } else if (e->opts->display) {
            str_add_json(&e->buf, text, JSON_UTF8);
        } else {
            add_raw(&e->buf, c, e->v->rows.idx[row_idx], text);
        }
    }
    str_add_byte(&e->buf, '}');
}

static bool array_row(struct export *e, size_t row_idx, size_t nth) {
    str_add_cstr(&e->buf, nth ? ",\n " : "[");
    export_add_json_row(e, row_idx);
    return true;
}

static bool line_row(struct export *e, size_t row_idx, size_t nth) {
    (void)nth;
    export_add_json_row(e, row_idx);
    str_add_byte(&e->buf, '\n');
    return true;
}

bool export_json(struct export *e, struct err *err) {
    if (e->opts->format == EXPORT_JSONL) {
        return export_each(e, line_row, err);
    }
    size_t first = 0;
    bool any = export_next(e, &first);
    if (!export_each(e, array_row, err)) {
        return false;
    }
    str_add_cstr(&e->buf, any ? "]\n" : "[]\n");
    return true;
}
