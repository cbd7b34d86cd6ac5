// Making the indexes that counting links needs, ahead of time and on the pool.
#include "view/view_int.h"

#include <stdlib.h>

struct prepare {
    struct view *view; // NULL: closed meanwhile
    struct snapshot *snap;
    const struct view_set *set;
    const struct view_def *def;
    struct job *handle;
};

static void make_index(struct snapshot *snap, struct sv dataset, struct sv name) {
    struct table *t = table_get(snap, dataset, NULL);
    int col = t ? table_column(t, name) : -1;
    // What cannot be indexed leads nowhere; the count will say so.
    struct key_index *made = col >= 0 ? table_index(t, (size_t)col, NULL) : NULL;
    (void)made;
}

// A column of a view by which rows are found.
static void make_column(struct snapshot *snap, const struct view_def *target, struct sv field) {
    const struct view_column *c = def_column(target->columns, target->n_columns, field);
    if (c && c->join.len) {
        make_index(snap, c->join, c->field);
        make_index(snap, c->join, c->on_other);
        make_index(snap, target->from, c->on_base);
    } else {
        make_index(snap, target->from, c ? c->field : field);
    }
}

// What source_rows() looks up for the parameter.
static void make_param(struct snapshot *snap, const struct view_def *target, struct sv name) {
    const struct view_param *p = def_param(target, name);
    if (!p) {
        return;
    }
    const struct view_range *range = &target->range;
    if (range->node.len && (sv_eq(name, range->from_param) || sv_eq(name, range->to_param))) {
        make_index(snap, target->from, range->node);
        return;
    }
    make_column(snap, target, p->field);
    for (size_t i = 0; i < p->n_others; i++) {
        make_column(snap, target, p->others[i]);
    }
}

// The value that a link takes from the row, where it comes from another dataset.
static void make_value(struct snapshot *snap, const struct view_def *def, struct sv field) {
    const struct view_column *c = def_column(def->columns, def->n_columns, field);
    if (c && c->join.len) {
        make_index(snap, c->join, c->on_other);
    }
}

static bool prepare_run(struct job *job, struct err *err) {
    const struct prepare *p = job->arg;
    (void)err;
    for (size_t i = 0; i < p->def->n_links && !job_cancelled(job); i++) {
        const struct view_link *link = &p->def->links[i];
        const struct view_def *target = view_set_get(p->set, link->view);
        if (target && target->head.from.len) {
            make_index(p->snap, target->head.from, target->head.on);
        }
        for (size_t k = 0; target && k < link->n_with && !job_cancelled(job); k++) {
            make_value(p->snap, p->def, link->with[k].field);
            make_param(p->snap, target, link->with[k].name);
        }
    }
    return true;
}

static void prepare_finish(struct job *job) {
    struct prepare *p = job->arg;
    if (p->view) {
        p->view->priv->prepare = NULL;
        p->view->priv->prepared = true;
    }
    snapshot_unref(p->snap);
    free(p);
}

static bool is_large(const struct view *v) {
    for (size_t i = 0; i < v->def->n_links; i++) {
        const struct view_def *target = view_set_get(v->set, v->def->links[i].view);
        struct table *t = target ? table_get(v->snap, target->from, NULL) : NULL;
        if (t && table_n_rows(t) > VIEW_AT_ONCE_ROWS) {
            return true;
        }
    }
    return false;
}

bool view_links_prepare(struct view *v, struct pool *pool) {
    struct view_priv *priv = v->priv;
    if (priv->prepare || priv->prepared || !pool || !is_large(v)) {
        return priv->prepare != NULL;
    }
    struct prepare *p = xcalloc(1, sizeof *p);
    *p = (struct prepare){.view = v, .snap = snapshot_ref(v->snap), .set = v->set, .def = v->def};
    const struct job job = {
        .name = "links", .run = prepare_run, .finish = prepare_finish, .arg = p};
    priv->prepare = p;
    p->handle = pool_submit(pool, &job);
    return true;
}

void prepare_forget(struct view *v) {
    if (v->priv->prepare) {
        v->priv->prepare->view = NULL;
        job_cancel(v->priv->prepare->handle);
        v->priv->prepare = NULL;
    }
}
