// Computing the rows of a view, from copies of what the view holds, so that a worker can do it.
#include "view/view_int.h"

#include <stdlib.h>

static struct view_value *copy_params(struct arena *a, const struct view_value *params, size_t n) {
    struct view_value *copy = arena_zalloc(a, n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i].name = arena_sv(a, params[i].name);
        copy[i].value = arena_sv(a, params[i].value);
    }
    return copy;
}

// The text that a list shows in order: numbers inside ids and names count as numbers.
static bool is_natural(const struct view_def *def, const struct view_col *c) {
    if (c->column.class != CLASS_TEXT) {
        return false;
    }
    for (size_t i = 0; i < def->n_key; i++) {
        if (sv_eq(def->key[i], c->def->field)) {
            return true;
        }
    }
    return sv_ends(c->def->field, SV("_id"));
}

static void take_filters(struct plan *plan, const struct view *v) {
    const struct view_priv *p = v->priv;
    plan->fixed[0] = p->fixed ? filter_ref(p->fixed) : NULL;
    plan->fixed[1] = p->tab ? filter_ref(p->tab) : NULL;
    plan->user = arena_zalloc(&plan->arena, v->n_filters + 2, sizeof *plan->user);
    if (v->filters_off) {
        return;
    }
    for (size_t i = 0; i < v->n_filters; i++) {
        if (v->filters[i].filter) {
            plan->user[plan->n_user++] = filter_ref(v->filters[i].filter);
        }
    }
    if (p->typed.filter) {
        plan->user[plan->n_user++] = filter_ref(p->typed.filter);
    }
}

void plan_make(struct plan *plan, const struct view *v) {
    *plan = (struct plan){0};
    plan->snap = snapshot_ref(v->priv->made ? v->priv->made : v->snap);
    plan->source = (struct source){
        .table = v->table,
        .def = v->def,
        .params = copy_params(&plan->arena, v->params, v->n_params),
        .n_params = v->n_params,
    };
    take_filters(plan, v);
    plan->n_wanted = v->n_wanted;
    for (size_t i = 0; i < v->n_sort; i++) {
        const struct view_col *c = &v->cols[v->sort[i].col];
        if (c->column.table && c->column.col >= 0) {
            plan->sort[plan->n_sort++] = (struct sort_key){.column = c->column,
                                                           .descending = v->sort[i].descending,
                                                           .natural = is_natural(v->def, c)};
        }
    }
}

static bool apply_filters(struct plan *plan, struct filter *const *filters, size_t n,
                          const struct query_ctl *ctl, struct err *err) {
    for (size_t i = 0; i < n; i++) {
        struct rows kept = {0};
        if (!filters[i]) {
            continue;
        }
        if (!filter_run(filters[i], plan->source.table, &plan->rows, ctl, &kept, err)) {
            rows_done(&kept);
            return false;
        }
        rows_done(&plan->rows);
        plan->rows = kept;
    }
    return true;
}

// What each term of the user's filters would keep of `in`.
static bool explain(struct plan *plan, const struct rows *in, const struct query_ctl *ctl,
                    struct err *err) {
    for (size_t i = 0; i < plan->n_user; i++) {
        if (!filter_explain(plan->user[i], plan->source.table, in, ctl, &plan->hits, err)) {
            return false;
        }
        str_add_byte(&plan->hits, '\n');
    }
    return true;
}

// The rows before the user's filters are kept until it is known whether any is left of them.
static bool apply_user(struct plan *plan, const struct query_ctl *ctl, struct err *err) {
    plan->n_total = (int64_t)plan->rows.n;
    if (!plan->n_user) {
        return true;
    }
    struct rows before = plan->rows;
    plan->rows = (struct rows){0};
    bool ok = filter_run(plan->user[0], plan->source.table, &before, ctl, &plan->rows, err) &&
              apply_filters(plan, &plan->user[1], plan->n_user - 1, ctl, err) &&
              (plan->rows.n || !before.n || explain(plan, &before, ctl, err));
    rows_done(&before);
    return ok;
}

static bool put_in_order(struct plan *plan, const struct query_ctl *ctl, struct err *err) {
    return plan->n_wanted
               ? rows_top(&plan->rows, plan->sort, plan->n_sort, plan->n_wanted, ctl, err)
               : rows_sort(&plan->rows, plan->sort, plan->n_sort, ctl, err);
}

bool plan_run(struct plan *plan, const struct query_ctl *ctl, struct err *err) {
    struct err own = ERR_INIT;
    if (!plan->source.table) {
        return true;
    }
    if (!source_rows(&plan->source, &plan->rows, &plan->cut, &own)) {
        rows_done(&plan->rows);
        // A revision that no commit has is an answer, not a failure.
        if (own.code == ERR_NOT_FOUND || own.code == ERR_USAGE) {
            plan->error = own;
            return true;
        }
        if (err) {
            *err = own;
        }
        return false;
    }
    if (!apply_filters(plan, plan->fixed, COUNTOF(plan->fixed), ctl, err)) {
        return false;
    }
    return apply_user(plan, ctl, err) && (!plan->n_sort || put_in_order(plan, ctl, err));
}

void plan_done(struct plan *plan) {
    for (size_t i = 0; i < COUNTOF(plan->fixed); i++) {
        if (plan->fixed[i]) {
            filter_unref(plan->fixed[i]);
        }
    }
    for (size_t i = 0; i < plan->n_user; i++) {
        filter_unref(plan->user[i]);
    }
    rows_done(&plan->rows);
    str_done(&plan->hits);
    if (plan->snap) {
        snapshot_unref(plan->snap);
    }
    arena_done(&plan->arena);
    *plan = (struct plan){0};
}
