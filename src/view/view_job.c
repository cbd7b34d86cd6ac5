// Rows from a worker, and the same view over a newer snapshot.
#include <stdlib.h>

#include "view/view_int.h"

// --- on the pool --------------------------------------------------------------------------------

struct view_job {
    struct view *view; // NULL: nobody waits for it any more
    struct view *next; // view_switch_start(): the view over the newer snapshot, owned
    struct plan plan;
    struct job *handle;
};

static bool job_run(struct job *job, struct err *err) {
    struct view_job *vj = job->arg;
    const struct query_ctl ctl = {
        .cancel = &job->cancel, .done_units = &job->done_units, .n_threads = 2};
    return plan_run(&vj->plan, &ctl, err);
}

static void swap_guts(struct view *v, struct view *next);

static void job_finish(struct job *job) {
    struct view_job *vj = job->arg;
    struct view *v = vj->view;
    if (v) {
        v->priv->job = NULL;
        v->running = false;
        v->version++;
    }
    if (v && job->state == JOB_DONE && vj->next) {
        view_apply(vj->next, &vj->plan);
        swap_guts(v, vj->next);
    } else if (v && job->state == JOB_DONE) {
        view_apply(v, &vj->plan);
    } else if (v && job->state == JOB_FAILED) {
        v->error = job->err;
    }
    plan_done(&vj->plan);
    view_free(vj->next);
    free(vj);
}

static void submit(struct view *v, struct view *next, struct pool *pool) {
    struct view_job *vj = xcalloc(1, sizeof *vj);
    vj->view = v;
    vj->next = next;
    plan_make(&vj->plan, next ? next : v);
    const struct job job = {.name = "query", .run = job_run, .finish = job_finish, .arg = vj};
    v->priv->job = vj;
    v->running = true;
    vj->handle = pool_submit(pool, &job);
}

static bool is_small(const struct view *v) {
    return !v->table || table_n_rows(v->table) <= VIEW_AT_ONCE_ROWS;
}

// The newer snapshot that a running job is to bring; an own reference. NULL = none.
static struct snapshot *awaited_snapshot(const struct view *v) {
    const struct view_job *vj = v->priv->job;
    return vj && vj->next ? snapshot_ref(vj->next->snap) : NULL;
}

void view_start(struct view *v, struct pool *pool) {
    struct snapshot *snap = awaited_snapshot(v);
    if (snap) {
        struct err err = ERR_INIT;
        bool ok = view_switch_start(v, snap, pool, &err);
        snapshot_unref(snap);
        if (ok) {
            return;
        }
    }
    view_cancel(v);
    if (!pool || is_small(v)) {
        struct err err = ERR_INIT;
        if (!view_run(v, NULL, &err)) {
            v->error = err;
            v->version++;
        }
        return;
    }
    submit(v, NULL, pool);
}

void view_cancel(struct view *v) {
    struct view_job *vj = v->priv->job;
    if (!vj) {
        return;
    }
    vj->view = NULL;
    v->priv->job = NULL;
    v->running = false;
    job_cancel(vj->handle);
}

// --- newer snapshots ----------------------------------------------------------------------------

// Filters are bound to columns of one snapshot, so they are parsed again.
static bool copy_filters(const struct view *v, struct view *next, struct err *err) {
    size_t at = 0;
    for (size_t i = 0; i < v->n_filters; i++) {
        if (!view_filter_add(next, sv_cstr(v->filters[i].text), &at, err)) {
            return false;
        }
    }
    return !v->priv->typed.text || view_filter_type(next, sv_cstr(v->priv->typed.text), &at, err);
}

// Columns that the user added belong to the old view; definitions of the file to the set.
static const struct view_column *keep_def(const struct view *v, const struct view_column *def,
                                          struct view *next) {
    for (size_t i = 0; i < v->def->n_columns; i++) {
        if (def == &v->def->columns[i]) {
            return def;
        }
    }
    struct view_column *copy = arena_zalloc(&next->priv->arena, 1, sizeof *copy);
    *copy = *def;
    copy->field = arena_sv(&next->priv->arena, def->field);
    copy->name = copy->field;
    copy->label = arena_sv(&next->priv->arena, def->label);
    return copy;
}

static void copy_layout(const struct view *v, struct view *next) {
    free(next->cols);
    next->cols = xcalloc(v->n_cols + 1, sizeof *next->cols);
    next->n_cols = v->n_cols;
    for (size_t i = 0; i < v->n_cols; i++) {
        const struct view_col *from = &v->cols[i];
        struct view_col *to = &next->cols[i];
        bind_view_col(next->table, keep_def(v, from->def, next), to);
        to->width = from->width;
        to->width_set = from->width_set;
        to->hidden = from->hidden;
    }
    memcpy(next->sort, v->sort, sizeof v->sort);
    next->n_sort = v->n_sort;
    next->n_frozen = v->n_frozen;
    next->filters_off = v->filters_off;
    next->cur_col = v->cur_col;
    next->left_col = v->left_col;
    next->cursor = v->cursor;
    next->top = v->top;
}

// The same view, empty, over another snapshot.
static struct view *open_again(const struct view *v, struct snapshot *snap, struct err *err) {
    struct view *next = view_open(v->set, v->def, snap, v->params, v->n_params, err);
    if (!next) {
        return NULL;
    }
    copy_layout(v, next);
    view_tab_set(next, v->tab);
    if (!copy_filters(v, next, err)) {
        view_free(next);
        return NULL;
    }
    return next;
}

// `v` becomes what `next` is, `next` the old one; place and selection move by key.
static void swap_guts(struct view *v, struct view *next) {
    struct kept *kept = keys_keep(v);
    prepare_forget(v);
    copy_layout(v, next); // again: columns may have been moved while the rows were computed
    next->version = v->version + 1;
    next->rows_version = v->rows_version + 1;
    struct view old = *v;
    *v = *next;
    *next = old;
    keys_restore(kept, v);
    keys_free(kept);
}

bool view_switch(struct view *v, struct snapshot *snap, struct err *err) {
    view_cancel(v);
    struct view *next = open_again(v, snap, err);
    if (!next) {
        return false;
    }
    bool ok = !v->priv->has_run || view_run(next, NULL, err);
    if (ok) {
        swap_guts(v, next);
    }
    view_free(next);
    return ok;
}

bool view_switch_start(struct view *v, struct snapshot *snap, struct pool *pool, struct err *err) {
    view_cancel(v);
    struct view *next = open_again(v, snap, err);
    if (!next) {
        return false;
    }
    if (!pool || is_small(next)) {
        view_free(next);
        return view_switch(v, snap, err);
    }
    submit(v, next, pool);
    return true;
}
