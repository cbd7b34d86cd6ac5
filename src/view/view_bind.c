// Columns of a definition over the tables of a snapshot.
#include "view/format_int.h"
#include "view/view_int.h"

#include <stdlib.h>

static void absent_column(struct table *t, struct sv name, struct column *out) {
    *out = (struct column){.name = name, .base = t, .col = -1, .class = CLASS_TEXT};
}

// Names of codes and units stand in the catalog, not in the files.
static void describe(struct column *c) {
    const struct dataset_def *ds =
        c->table ? view_dataset(sv_cstr(table_dataset(c->table)->name)) : NULL;
    int col = ds && c->col >= 0 ? schema_column(ds, c->name) : -1;
    if (col >= 0) {
        const char *values = ds->columns[col].values;
        c->unit = ds->columns[col].unit;
        c->values = values ? enum_find(sv_cstr(values)) : NULL;
    }
}

static bool find_described(struct table *t, struct sv name, struct column *out) {
    if (!t || !column_find(t, name, out, NULL)) {
        return false;
    }
    describe(out);
    return true;
}

void bind_column(struct table *t, const struct view_column *def, struct column *out) {
    bool ok = false;
    if (t && def->join.len) {
        ok = column_join(t, def->on_base, def->join, def->on_other, def->field, out, NULL) &&
             (!def->also_base.len || column_join_also(out, def->also_base, def->also_other, NULL));
        if (ok) {
            describe(out);
        }
    } else if (t) {
        ok = find_described(t, def->field, out);
    }
    if (!ok) {
        absent_column(t, def->name, out);
    }
}

static bool is_number(enum value_class class) {
    return class == CLASS_INT || class == CLASS_FLOAT;
}

// A column of the same row that has a say in the cell.
static void bind_beside(struct table *t, struct sv name, struct column *out) {
    if (!t || !name.len || !column_find(t, name, out, NULL)) {
        *out = (struct column){0};
    }
}

// One of the record that the column itself is from.
static void bind_same_record(struct table *t, const struct view_column *def, struct sv field,
                             struct column *out) {
    struct view_column other = *def;
    other.field = field;
    other.name = field;
    *out = (struct column){0};
    if (field.len) {
        bind_column(t, &other, out);
    }
}

void bind_view_col(struct table *t, const struct view_column *def, struct view_col *out) {
    *out = (struct view_col){.def = def, .hidden = def->hidden, .width = def->width};
    out->width_set = def->width > 0;
    bind_column(t, def, &out->column);
    const struct cell_format *named = def->format.len ? cell_format_find(def->format) : NULL;
    out->format = named ? named : cell_format_for(&out->column);
    out->right =
        out->format->right || (!named && is_number(out->column.class) && !out->column.values);
    if (def->align_given) {
        out->right = def->right;
    }
    bind_beside(t, def->sign, &out->sign);
    bind_beside(t, def->worse, &out->worse);
    bind_beside(t, def->instead, &out->instead);
    bind_beside(t, def->when_open, &out->when_open);
    bind_same_record(t, def, def->least, &out->least);
    bind_same_record(t, def, def->suffix, &out->suffix);
}

bool bind_field(struct table *t, const struct view_def *def, struct sv name, struct column *out,
                struct err *err) {
    const struct view_column *col = def_column(def->columns, def->n_columns, name);
    if (col) {
        bind_column(t, col, out);
        return true;
    }
    if (find_described(t, name, out)) {
        return true;
    }
    col = def_column_typed(def->columns, def->n_columns, name);
    if (col) {
        bind_column(t, col, out);
        return true;
    }
    return def_no_column(def, name, err);
}

// --- filters ------------------------------------------------------------------------------------

struct resolver {
    struct table *table;
    const struct view_def *def;
};

static bool resolve(void *arg, struct sv name, struct column *out, struct err *err) {
    const struct resolver *r = arg;
    return bind_field(r->table, r->def, name, out, err);
}

// Words look into all short texts of the view, also hidden ones; not into diffs and raw cells.
static bool is_searched(const struct column *c) {
    if (c->col < 0 || !c->table || c->class != CLASS_TEXT) {
        return false;
    }
    return table_field(c->table, (size_t)c->col)->kind != ARROW_LARGE_UTF8;
}

struct filter *bind_filter(struct table *t, const struct view_def *def, struct sv text, size_t *at,
                           struct err *err) {
    struct resolver r = {t, def};
    struct column *columns = xcalloc(def->n_columns + 1, sizeof *columns);
    size_t n = 0;
    for (size_t i = 0; i < def->n_columns; i++) {
        bind_column(t, &def->columns[i], &columns[n]);
        n += is_searched(&columns[n]);
    }
    struct filter_env env = {.resolve = resolve,
                             .arg = &r,
                             .text_columns = columns,
                             .n_text_columns = n,
                             .now_us = clock_now_us()};
    struct filter *f = filter_parse(text, &env, at, err);
    free(columns);
    return f;
}

// --- cells --------------------------------------------------------------------------------------

static bool flag_of(const struct column *c, int64_t row, bool *out) {
    struct cell cell = column_cell(c, row);
    if (cell_is_null(cell)) {
        return false;
    }
    if (c->class == CLASS_BOOL) {
        *out = arrow_get_bool(cell.col, cell.slot);
    } else {
        *out = arrow_get_f64(cell.col, cell.slot) > 0;
    }
    return true;
}

// Why a cell has no value: the data is null, the key led nowhere, or the batch is damaged.
static enum cell_state empty_state(const struct view_col *v, int64_t row, struct cell cell) {
    const struct column *c = &v->column;
    if (v->def->join.len && (!c->table || column_row(c, row) < 0)) {
        return CELL_NO_JOIN;
    }
    return c->table && !cell.col ? CELL_BROKEN : CELL_EMPTY;
}

// A join over an empty key is empty, not broken.
static bool join_key_null(const struct view_col *c, int64_t row) {
    struct column key;
    if (!c->def->on_base.len || !c->column.base ||
        !column_find(c->column.base, c->def->on_base, &key, NULL)) {
        return false;
    }
    struct cell cell = column_cell(&key, row);
    return cell_is_null(cell);
}

static void set_empty(const struct view_col *c, int64_t row, struct cell cell,
                      struct view_cell *out) {
    static const struct sv texts[] = {
        [CELL_VALUE] = {"", 0},
        [CELL_EMPTY] = {"", 0},
        [CELL_NO_JOIN] = {"-", 1},
        [CELL_BROKEN] = {"!", 1},
    };
    out->state = empty_state(c, row, cell);
    if (out->state == CELL_NO_JOIN && join_key_null(c, row)) {
        out->state = CELL_EMPTY;
    }
    out->text = texts[out->state];
    out->role = out->state == CELL_BROKEN ? SV("problem") : SV_NULL;
}

// Amount in percent with the sign of another column (the service gives it without). A value of 0
// beside a change means that the value before was 0: then only the amount itself can be shown.
static bool write_signed(const struct view_col *c, int64_t row, struct cell cell, struct str *out) {
    struct cell sign = column_cell(&c->sign, row);
    if (cell_is_null(sign)) {
        return false;
    }
    double amount = arrow_get_f64(sign.col, sign.slot);
    double pct = arrow_get_f64(cell.col, cell.slot);
    if (pct == 0 && amount != 0) {
        format_add_change(out, amount, "");
    } else {
        pct = pct < 0 ? -pct : pct;
        format_add_change(out, amount < 0 ? -pct : pct, "%");
    }
    return true;
}

// Without a percentage, where the value before was 0, only the amount itself can be shown.
static bool write_instead(const struct view_col *c, int64_t row, struct str *out) {
    double amount;
    if (!c->instead.name.len) {
        return false;
    }
    const struct cell cell = column_cell(&c->instead, row);
    if (cell_is_null(cell) || !format_number(&c->instead, cell, out, &amount)) {
        return false;
    }
    format_add_change(out, amount, "");
    return true;
}

// Nothing is due any more on a summary that has come to its end.
static bool is_over(const struct view_col *c, int64_t row) {
    if (!c->when_open.name.len || c->when_open.class != CLASS_INT) {
        return false;
    }
    const struct cell cell = column_cell(&c->when_open, row);
    return !cell_is_null(cell) && summary_status_is_settled(arrow_get_i64(cell.col, cell.slot));
}

// "39.7m+ commits": a sum that leaves something out is no more than a lower bound.
static void add_behind(const struct view_col *c, int64_t row, struct str *out) {
    bool least = false;
    auto_str scratch = STR_INIT;
    struct sv text;
    if (c->least.name.len && flag_of(&c->least, row, &least) && least) {
        str_add_byte(out, '+');
    }
    if (c->suffix.name.len && column_text(&c->suffix, row, &scratch, &text) && text.len) {
        str_addf(out, " %.*s", SV_ARG(text));
    }
}

static void set_role(const struct view_col *c, int64_t row, struct view_cell *out) {
    bool worse;
    if (c->worse.name.len && flag_of(&c->worse, row, &worse)) {
        out->role = worse ? SV("change_worse") : SV("change_better");
    } else if (c->def->role.len && !sv_is(c->def->role, "change") &&
               !sv_is(c->def->role, "status")) {
        out->role = c->def->role;
    } else if (!out->role.len && c->def->link.len) {
        out->role = SV("link");
    }
}

void bound_cell(const struct view_col *c, int64_t row, struct str *scratch, struct view_cell *out) {
    const struct format_env env = {.now_us = c->format->uses_now ? clock_now_us() : 0};
    *out = (struct view_cell){.state = CELL_VALUE};
    str_clear(scratch);
    if (c->column.subkey.ptr) {
        if (!column_text(&c->column, row, scratch, &out->text)) {
            set_empty(c, row, column_cell(&c->column, row), out);
        }
        return;
    }
    struct cell cell = column_cell(&c->column, row);
    if (is_over(c, row)) {
        out->state = CELL_EMPTY;
        return;
    }
    if (cell_is_null(cell)) {
        if (cell.col && write_instead(c, row, scratch)) {
            out->text = str_sv(scratch);
            set_role(c, row, out);
        } else {
            set_empty(c, row, cell, out);
        }
        return;
    }
    if (format_is_plain(c->format, &c->column)) {
        out->text = arrow_get_text(cell.col, cell.slot); // may be long: not copied
        set_role(c, row, out);
        return;
    }
    if (!c->sign.name.len || !write_signed(c, row, cell, scratch)) {
        c->format->write(&env, &c->column, cell, scratch, &out->role);
    }
    add_behind(c, row, scratch);
    out->text = str_sv(scratch);
    set_role(c, row, out);
}

// --- values -------------------------------------------------------------------------------------

static void add_item(struct str *out, const struct arrow_col *item, int64_t slot) {
    if (arrow_is_null(item, slot)) {
        return;
    }
    if (out->len) {
        str_add_byte(out, ',');
    }
    if (item->field->kind == ARROW_UTF8 || item->field->kind == ARROW_LARGE_UTF8 ||
        item->field->kind == ARROW_DICT) {
        str_add_sv(out, arrow_get_text(item, slot));
    } else if (item->field->kind != ARROW_STRUCT) {
        str_add_i64(out, arrow_get_i64(item, slot));
    }
}

bool bound_value(const struct column *c, int64_t row, struct str *scratch, struct sv *out) {
    if (c->class != CLASS_LIST || c->subkey.ptr) {
        return column_text(c, row, scratch, out) && out->len;
    }
    struct cell cell = column_cell(c, row);
    int64_t from, to;
    if (cell_is_null(cell) || !arrow_get_list(cell.col, cell.slot, &from, &to)) {
        return false;
    }
    str_clear(scratch);
    for (int64_t i = from; i < to; i++) {
        add_item(scratch, &cell.col->children[0], i);
    }
    *out = str_sv(scratch);
    return out->len > 0;
}
