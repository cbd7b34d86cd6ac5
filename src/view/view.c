#include "view/view.h"

#include <stdlib.h>

#include "view/overview.h"
#include "view/view_int.h"

struct source view_source(const struct view *v) {
    return (struct source){
        .table = v->table, .def = v->def, .params = v->params, .n_params = v->n_params};
}

// --- opening ------------------------------------------------------------------------------------

static bool add_param(struct view *v, const struct view_value *given, struct err *err) {
    const struct view_param *p = def_param(v->def, given->name);
    struct arena *a = &v->priv->arena;
    if (!p) {
        return err_set(err, ERR_USAGE, "view %.*s has no parameter \"%.*s\"", SV_ARG(v->def->name),
                       SV_ARG(given->name));
    }
    for (size_t i = 0; i < v->n_params; i++) {
        struct view_value *old = &v->params[i];
        if (!sv_eq(old->name, given->name)) {
            continue;
        }
        if (!p->many) {
            return err_set(err, ERR_USAGE, "parameter \"%.*s\" is given twice",
                           SV_ARG(given->name));
        }
        old->value =
            sv_cstr(arena_printf(a, "%.*s,%.*s", SV_ARG(old->value), SV_ARG(given->value)));
        return true;
    }
    v->params[v->n_params++] = (struct view_value){p->name, arena_sv(a, given->value)};
    return true;
}

static bool take_params(struct view *v, const struct view_value *params, size_t n,
                        struct err *err) {
    v->params = arena_zalloc(&v->priv->arena, n + 1, sizeof *v->params);
    for (size_t i = 0; i < n; i++) {
        if (!add_param(v, &params[i], err)) {
            return false;
        }
    }
    struct source s = view_source(v);
    for (size_t i = 0; i < v->def->n_params; i++) {
        const struct view_param *p = &v->def->params[i];
        if (p->required && !source_param(&s, p->name).len) {
            return err_set(err, ERR_USAGE, "view %.*s needs the parameter \"%.*s\"",
                           SV_ARG(v->def->name), SV_ARG(p->name));
        }
    }
    return true;
}

// A dataset that is not in the store leaves the view without a table, which is no error.
static bool open_table(struct view *v, struct err *err) {
    struct snapshot *snap = v->snap;
    struct err own = ERR_INIT;
    if (sv_is(v->def->from, overview_dataset.name)) {
        v->priv->made = overview_snapshot(v->snap, err);
        snap = v->priv->made;
        if (!snap) {
            return false;
        }
    }
    v->table = table_get(snap, v->def->from, &own);
    if (!v->table && own.code != ERR_NOT_FOUND) {
        v->error = own;
    }
    return true;
}

static void bind_columns(struct view *v) {
    const struct view_def *def = v->def;
    v->cols = xcalloc(def->n_columns + 1, sizeof *v->cols);
    v->n_cols = def->n_columns;
    for (size_t i = 0; i < def->n_columns; i++) {
        bind_view_col(v->table, &def->columns[i], &v->cols[i]);
    }
    v->n_frozen = def->n_columns ? 1 : 0;
}

static void bind_head(struct view *v) {
    const struct view_head *head = &v->def->head;
    struct view_priv *p = v->priv;
    struct source s = view_source(v);
    p->head_row = source_head(v->snap, &s, &p->head);
    p->head_cols = xcalloc(head->n_columns + 1, sizeof *p->head_cols);
    for (size_t i = 0; i < head->n_columns; i++) {
        bind_view_col(p->head, &head->columns[i], &p->head_cols[i]);
    }
}

static bool bind_fixed_filters(struct view *v, struct err *err) {
    size_t at = 0;
    if (!v->table || !v->def->filter.len) {
        return true;
    }
    v->priv->fixed = bind_filter(v->table, v->def, v->def->filter, &at, err);
    return v->priv->fixed ||
           err_prefix(err, "filter of view %.*s, at character %zu", SV_ARG(v->def->name), at + 1);
}

// The rows of a commit range have an order of their own.
static void default_sort(struct view *v) {
    struct source s = view_source(v);
    for (size_t i = 0; !source_is_range(&s) && i < v->def->n_sort; i++) {
        struct sv name = v->def->sort[i];
        bool descending = sv_starts(name, SV("-"));
        int col = view_col_find(v, descending ? sv_from(name, 1) : name);
        if (col >= 0) {
            v->sort[v->n_sort++] = (struct view_sort){(size_t)col, descending};
        }
    }
}

struct view *view_open(struct view_set *set, const struct view_def *def, struct snapshot *snap,
                       const struct view_value *params, size_t n_params, struct err *err) {
    struct view *v = xcalloc(1, sizeof *v);
    v->priv = xcalloc(1, sizeof *v->priv);
    v->selected = xcalloc(1, sizeof *v->selected);
    v->def = def;
    v->set = set;
    v->snap = snapshot_ref(snap);
    if (!take_params(v, params, n_params, err) || !open_table(v, err)) {
        view_free(v);
        return NULL;
    }
    bind_columns(v);
    bind_head(v);
    default_sort(v);
    if (!bind_fixed_filters(v, err)) {
        view_free(v);
        return NULL;
    }
    return v;
}

void view_free(struct view *v) {
    if (!v) {
        return;
    }
    struct view_priv *p = v->priv;
    view_cancel(v);
    prepare_forget(v);
    view_filter_clear(v);
    if (p->fixed) {
        filter_unref(p->fixed);
    }
    if (p->tab) {
        filter_unref(p->tab);
    }
    rows_done(&v->rows);
    int_set_done(v->selected);
    free(v->selected);
    free(v->cols);
    free(v->filters);
    free(p->head_cols);
    str_done(&p->hits);
    arena_done(&p->arena);
    if (p->made) {
        snapshot_unref(p->made);
    }
    snapshot_unref(v->snap);
    free(p);
    free(v);
}

// A revision is known by its first twelve digits; of a long list the first item stands for all.
static void add_title_value(struct str *out, struct sv value) {
    enum { REVISION = 40, SHORT = 12, LONG_LIST = 30 };
    const ptrdiff_t comma = sv_find_byte(value, ',');
    if (comma < 0 || value.len <= LONG_LIST) {
        str_addf(out, " %.*s", SV_ARG(sv_sub(value, 0, value.len == REVISION ? SHORT : value.len)));
        return;
    }
    size_t n_more = 0;
    for (size_t i = 0; i < value.len; i++) {
        n_more += value.ptr[i] == ',';
    }
    str_addf(out, " %.*s +%zu", SV_ARG(sv_sub(value, 0, (size_t)comma)), n_more);
}

void view_title(const struct view *v, struct str *out) {
    str_add_sv(out, v->def->title);
    for (size_t i = 0; i < v->n_params; i++) {
        if (v->params[i].value.len) {
            add_title_value(out, v->params[i].value);
        }
    }
}

// --- taking over new rows -----------------------------------------------------------------------

static size_t find_row(const struct rows *rows, uint32_t row) {
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->idx[i] == row) {
            return i;
        }
    }
    return SIZE_MAX;
}

// Line of the cursor's row in the new rows, else of the next old row that is still there, else of
// the previous one.
static size_t find_cursor(const struct rows *old, size_t cursor, const struct rows *new_rows) {
    size_t at = find_row(new_rows, old->idx[cursor]);
    if (at != SIZE_MAX) {
        return at;
    }
    struct int_set present = {0};
    for (size_t i = 0; i < new_rows->n; i++) {
        int_set_put(&present, new_rows->idx[i], true);
    }
    size_t hit = SIZE_MAX;
    for (size_t i = cursor; hit == SIZE_MAX && i < old->n; i++) {
        hit = int_set_has(&present, old->idx[i]) ? old->idx[i] : SIZE_MAX;
    }
    for (size_t i = cursor; hit == SIZE_MAX && i-- > 0;) {
        hit = int_set_has(&present, old->idx[i]) ? old->idx[i] : SIZE_MAX;
    }
    int_set_done(&present);
    return hit == SIZE_MAX ? 0 : find_row(new_rows, (uint32_t)hit);
}

// The cursor's row keeps its screen line as far as there are rows.
static void place_cursor(struct view *v, size_t cursor) {
    size_t line = v->cursor >= v->top ? v->cursor - v->top : 0;
    v->cursor = v->rows.n ? MIN(cursor, v->rows.n - 1) : 0;
    v->top = v->cursor > line ? v->cursor - line : 0;
}

void view_apply(struct view *v, struct plan *plan) {
    size_t cursor = 0;
    if (v->rows.n && plan->rows.n && v->cursor < v->rows.n) {
        cursor = find_cursor(&v->rows, v->cursor, &plan->rows);
    }
    rows_done(&v->rows);
    v->rows = plan->rows;
    plan->rows = (struct rows){0};
    v->n_total = plan->n_total;
    v->cut = plan->cut;
    str_done(&v->priv->hits);
    v->priv->hits = plan->hits;
    plan->hits = STR_INIT;
    if (v->table) {
        v->error = plan->error;
    }
    place_cursor(v, cursor);
    v->priv->has_run = true;
    v->running = false;
    v->version++;
    v->rows_version++;
}

bool view_run(struct view *v, const struct query_ctl *ctl, struct err *err) {
    struct plan plan;
    view_cancel(v);
    plan_make(&plan, v);
    bool ok = plan_run(&plan, ctl, err);
    if (ok) {
        view_apply(v, &plan);
    }
    plan_done(&plan);
    return ok;
}
