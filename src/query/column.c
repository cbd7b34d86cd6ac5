#include "query/column.h"

#include "query/query_int.h"

struct sv column_intern(struct table *t, struct sv name) {
    pthread_mutex_lock(&t->mutex);
    struct sv kept = arena_sv(&t->names, name);
    pthread_mutex_unlock(&t->mutex);
    return kept;
}

// Lists of {name, value} records and JSON text have keys inside.
static bool has_keys(const struct arrow_field *f) {
    if (f->kind == ARROW_UTF8 || f->kind == ARROW_LARGE_UTF8) {
        return true;
    }
    return f->kind == ARROW_LIST && f->children[0].kind == ARROW_STRUCT;
}

bool column_find(struct table *t, struct sv name, struct column *out, struct err *err) {
    int col = table_column(t, name);
    ptrdiff_t dot = col < 0 ? sv_find_byte(name, '.') : -1;
    if (dot > 0) {
        col = table_column(t, sv_sub(name, 0, (size_t)dot));
        if (col >= 0 && !has_keys(table_field(t, (size_t)col))) {
            col = -1;
        }
    }
    if (col < 0) {
        return err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"", t->ds->name, SV_ARG(name));
    }
    *out = (struct column){.base = t, .table = t, .col = col, .class = t->classes[col]};
    out->name = t->schema->fields[col].name;
    if (dot > 0) {
        out->name = column_intern(t, name);
        out->subkey = sv_from(out->name, (size_t)dot + 1);
        out->class = CLASS_TEXT;
    }
    return true;
}

struct cell column_cell(const struct column *c, int64_t base_row) {
    if (!c->table || c->col < 0) {
        return (struct cell){NULL, 0};
    }
    return table_cell(c->table, (size_t)c->col, column_row(c, base_row));
}

bool column_text(const struct column *c, int64_t base_row, struct str *scratch, struct sv *out) {
    struct cell cell = column_cell(c, base_row);
    if (c->subkey.ptr) {
        return cell_subkey(cell, c->subkey, scratch, out);
    }
    return cell_text(cell, scratch, out);
}

void reader_init(struct col_reader *r, const struct column *c) {
    *r = (struct col_reader){.column = c, .map = column_row_map(c)};
}

void reader_seek(struct col_reader *r, int64_t row) {
    const struct table *t = r->column->table;
    r->first = r->end = 0;
    r->col = NULL;
    if (!t || r->column->col < 0 || row < 0 || row >= t->n_rows) {
        return;
    }
    r->part = table_part(t, row);
    r->first = t->parts[r->part].first_row;
    r->end = r->first + t->parts[r->part].n_rows;
    r->col = part_col(t, r->part, (size_t)r->column->col);
}
