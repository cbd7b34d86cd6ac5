// Sort keys, columns and widths of an open view.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/utf8.h"

int view_col_find(const struct view *v, struct sv name) {
    for (size_t i = 0; i < v->n_cols; i++) {
        if (sv_eq(v->cols[i].def->name, name)) {
            return (int)i;
        }
    }
    return -1;
}

const struct view_col *view_col_named(const struct view *v, struct sv name) {
    const int col = name.len ? view_col_find(v, name) : -1;
    return col >= 0 ? &v->cols[col] : NULL;
}

// A column as the user types it: its name or its label.
static int find_typed(const struct view *v, struct sv text) {
    const int col = view_col_find(v, text);
    const struct view_column *def =
        col < 0 ? def_column_typed(v->def->columns, v->def->n_columns, text) : NULL;
    return def ? view_col_find(v, def->name) : col;
}

// A column to be shown: one of the view, else one of its dataset, which joins the view, else a
// label.
static int find_shown(struct view *v, struct sv text, struct err *err) {
    int col = view_col_find(v, text);
    if (col < 0 && view_col_add(v, text, NULL)) {
        return (int)v->n_cols - 1;
    }
    col = find_typed(v, text);
    if (col < 0) {
        def_no_column(v->def, text, err);
    }
    return col;
}

// --- sort ---------------------------------------------------------------------------------------

static size_t find_sort(const struct view *v, size_t col) {
    for (size_t i = 0; i < v->n_sort; i++) {
        if (v->sort[i].col == col) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void drop_sort(struct view *v, size_t at) {
    memmove(&v->sort[at], &v->sort[at + 1], (v->n_sort - at - 1) * sizeof v->sort[0]);
    v->n_sort--;
}

void view_sort_by(struct view *v, size_t col, bool descending, bool add) {
    if (col >= v->n_cols) {
        return;
    }
    size_t at = find_sort(v, col);
    bool same = at != SIZE_MAX && v->sort[at].descending == descending;
    v->version++;
    if (same && (add || v->n_sort == 1)) {
        drop_sort(v, at);
        return;
    }
    if (!add) {
        v->n_sort = 0;
        at = SIZE_MAX;
    }
    if (at != SIZE_MAX) {
        v->sort[at].descending = descending;
        return;
    }
    if (v->n_sort == COUNTOF(v->sort)) {
        v->n_sort--;
    }
    v->sort[v->n_sort++] = (struct view_sort){col, descending};
}

bool view_sort_parse(struct view *v, struct sv text, struct err *err) {
    struct view_sort sort[COUNTOF(v->sort)];
    size_t n = 0;
    struct sv part;
    while (sv_split(&text, ',', &part)) {
        part = sv_trim(part);
        bool descending = sv_starts(part, SV("-"));
        struct sv name = descending ? sv_from(part, 1) : part;
        int col = find_typed(v, name);
        if (col < 0) {
            return def_no_column(v->def, name, err);
        }
        if (n == COUNTOF(sort)) {
            return err_set(err, ERR_USAGE, "expected at most %zu sort columns", COUNTOF(sort));
        }
        sort[n++] = (struct view_sort){(size_t)col, descending};
    }
    memcpy(v->sort, sort, n * sizeof sort[0]);
    v->n_sort = n;
    v->version++;
    return true;
}

// --- columns ------------------------------------------------------------------------------------

static size_t moved(size_t col, size_t from, size_t to) {
    if (col == from) {
        return to;
    }
    if (from < col && col <= to) {
        return col - 1;
    }
    return to <= col && col < from ? col + 1 : col;
}

void view_col_move(struct view *v, size_t from, size_t to) {
    if (from >= v->n_cols || to >= v->n_cols || from == to) {
        return;
    }
    struct view_col col = v->cols[from];
    if (from < to) {
        memmove(&v->cols[from], &v->cols[from + 1], (to - from) * sizeof col);
    } else {
        memmove(&v->cols[to + 1], &v->cols[to], (from - to) * sizeof col);
    }
    v->cols[to] = col;
    for (size_t i = 0; i < v->n_sort; i++) {
        v->sort[i].col = moved(v->sort[i].col, from, to);
    }
    v->cur_col = moved(v->cur_col, from, to);
    v->version++;
}

bool view_col_add(struct view *v, struct sv name, struct err *err) {
    struct arena *a = &v->priv->arena;
    struct view_column *def = arena_zalloc(a, 1, sizeof *def);
    struct column column;
    if (!v->table || !column_find(v->table, name, &column, NULL)) {
        return def_no_column(v->def, name, err);
    }
    def->field = arena_sv(a, name);
    def->name = def->field;
    def->label = def->field;
    v->cols = xreallocarray(v->cols, v->n_cols + 1, sizeof *v->cols);
    bind_view_col(v->table, def, &v->cols[v->n_cols]);
    v->cols[v->n_cols++].hidden = true;
    v->version++;
    return true;
}

bool view_columns_parse(struct view *v, struct sv text, struct err *err) {
    struct sv part;
    if (!sv_trim(text).len) {
        return err_set(err, ERR_USAGE, "which columns? expected names with commas between");
    }
    for (struct sv rest = text; sv_split(&rest, ',', &part);) {
        part = sv_trim(part);
        if (find_shown(v, part, err) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < v->n_cols; i++) {
        v->cols[i].hidden = true;
    }
    size_t to = 0;
    for (struct sv rest = text; sv_split(&rest, ',', &part);) {
        size_t col = (size_t)find_typed(v, sv_trim(part));
        v->cols[col].hidden = false;
        if (col >= to) {
            view_col_move(v, col, to++);
        }
    }
    v->cur_col = 0;
    v->left_col = 0;
    v->version++;
    return true;
}

// --- widths -------------------------------------------------------------------------------------

// Grows only, so that columns do not jump while one scrolls.
static void fit_column(const struct view *v, size_t col, size_t from, size_t n, int max_width,
                       struct str *scratch) {
    struct view_col *c = &v->cols[col];
    size_t width = utf8_width(c->def->label);
    if (find_sort(v, col) != SIZE_MAX) {
        width += v->n_sort > 1 ? 3 : 2; // " v", " v2"
    }
    struct view_cell cell;
    if (c->width > 0) {
        width = MAX(width, (size_t)c->width);
    }
    for (size_t i = from; i < from + n && width < (size_t)max_width; i++) {
        view_cell(v, i, col, scratch, &cell);
        // Of a long text its beginning is enough to see that it does not fit.
        width = MAX(width, utf8_width(sv_sub(cell.text, 0, (size_t)max_width * 8)));
    }
    c->width = (int)MIN(width, (size_t)max_width);
}

void view_fit_widths(struct view *v, size_t from, size_t n, int max_width) {
    auto_str scratch = STR_INIT;
    from = MIN(from, v->rows.n);
    n = MIN(n, v->rows.n - from);
    for (size_t i = 0; i < v->n_cols && max_width > 0; i++) {
        if (!v->cols[i].width_set && !v->cols[i].hidden) {
            fit_column(v, i, from, n, max_width, &scratch);
        }
    }
}
