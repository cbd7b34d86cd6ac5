// An Arrow file of the shown columns, with the types they have in the store.
#include "arrow/arrow_write.h"
#include "base/arena.h"
#include "view/export_int.h"

struct sink {
    struct arrow_writer *w;
    struct arrow_schema schema;
    struct err err;
};

// Dictionaries of different datasets are not shared.
static void clear_dict_ids(struct arrow_field *f) {
    f->dict_id = 0;
    for (size_t i = 0; i < f->n_children; i++) {
        clear_dict_ids(&f->children[i]);
    }
}

static struct arrow_field *copy_children(const struct arrow_field *f, struct arena *a) {
    struct arrow_field *copy = arena_zalloc(a, f->n_children + 1, sizeof *copy);
    for (size_t i = 0; i < f->n_children; i++) {
        copy[i] = f->children[i];
        copy[i].children = copy_children(&f->children[i], a);
    }
    return copy;
}

static struct arrow_field field_of(struct export *e, size_t i, struct arena *a) {
    const struct view_col *c = export_col(e, i);
    struct arrow_field f = {.kind = ARROW_UTF8};
    if (!e->opts->display && !c->column.subkey.ptr && c->column.table && c->column.col >= 0) {
        f = *table_field(c->column.table, (size_t)c->column.col);
        f.children = copy_children(&f, a);
        clear_dict_ids(&f);
    }
    f.name = c->def->name;
    f.nullable = true; // a joined column can miss, whatever its own table says
    f.metadata = NULL;
    f.n_metadata = 0;
    return f;
}

// An older segment may hold the column in a narrower type.
static void add_cell(struct arrow_builder *b, const struct arrow_field *f, struct cell cell) {
    if (cell_is_null(cell)) {
        arrow_add_null(b);
    } else if (cell.col->field->kind == f->kind) {
        arrow_copy_cell(b, cell.col, cell.slot);
    } else if (f->kind == ARROW_F32 || f->kind == ARROW_F64) {
        arrow_add_f64(b, arrow_get_f64(cell.col, cell.slot));
    } else if (f->kind == ARROW_UTF8 || f->kind == ARROW_LARGE_UTF8 || f->kind == ARROW_DICT) {
        arrow_add_text(b, arrow_get_text(cell.col, cell.slot));
    } else if (f->kind != ARROW_LIST && f->kind != ARROW_STRUCT && f->kind != ARROW_BOOL) {
        arrow_add_i64(b, arrow_get_i64(cell.col, cell.slot));
    } else {
        arrow_add_null(b);
    }
}

static bool add_row(struct export *e, size_t row_idx, size_t nth) {
    struct sink *sink = e->arg;
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        const struct view_col *c = export_col(e, i);
        struct arrow_builder *b = arrow_column(sink->w, i);
        struct sv text;
        if (e->opts->display || c->column.subkey.ptr || c->column.col < 0) {
            if (export_text(e, row_idx, i, &text)) {
                arrow_add_text(b, text);
            } else {
                arrow_add_null(b);
            }
        } else {
            add_cell(b, &sink->schema.fields[i], column_cell(&c->column, e->v->rows.idx[row_idx]));
        }
    }
    return arrow_row_end(sink->w, &sink->err);
}

bool export_arrow(struct export *e, int fd, struct err *err) {
    struct arena arena = {0};
    struct sink sink = {.err = ERR_INIT};
    struct arrow_pair dataset = {SV("culprit:dataset"), e->v->def->name};
    void *arg = e->arg;
    uint64_t size;
    uint32_t crc;
    sink.schema.fields = arena_zalloc(&arena, e->n_cols + 1, sizeof *sink.schema.fields);
    sink.schema.n_fields = e->n_cols;
    sink.schema.metadata = &dataset;
    sink.schema.n_metadata = 1;
    for (size_t i = 0; i < e->n_cols; i++) {
        sink.schema.fields[i] = field_of(e, i, &arena);
    }
    sink.w = arrow_writer_new(&sink.schema, NULL, err);
    e->arg = &sink;
    bool ok = sink.w && export_each(e, add_row, err);
    if (sink.err.code != ERR_NONE && err) {
        *err = sink.err;
    }
    ok = ok && arrow_finish(sink.w, fd, &(struct arrow_footer_info){0}, &size, &crc, err);
    e->arg = arg;
    arrow_writer_free(sink.w);
    arena_done(&arena);
    return ok;
}
