// Making the indexes over large tables that opening a view and following links need, on the pool
// and ahead of time: on the thread of the interface they would take longer than a frame.
#include "view/view_int.h"

#include <stdlib.h>

enum { MAX_LACKS = 64, MAX_DEPTH = 4 };

// Indexes that are not there yet, each once.
struct lacks {
    struct {
        struct table *table;
        size_t col;
    } at[MAX_LACKS];
    size_t n;
};

struct view_wait {
    struct lacks lacks;
    struct snapshot *snap; // keeps the tables
    struct job *handle;
    bool over;
    bool left; // nobody waits any more: it goes with its job
};

// --- what is needed -----------------------------------------------------------------------------

// Without an index by that column nothing is found; so nothing is lacking then.
static void need(struct lacks *lacks, struct snapshot *snap, struct sv dataset, struct sv column) {
    struct table *t = column.len ? table_get(snap, dataset, NULL) : NULL;
    const int col = t && table_n_rows(t) > VIEW_AT_ONCE_ROWS ? table_column(t, column) : -1;
    if (col < 0 || lacks->n == MAX_LACKS || !table_index_lacks(t, (size_t)col)) {
        return;
    }
    for (size_t i = 0; i < lacks->n; i++) {
        if (lacks->at[i].table == t && lacks->at[i].col == (size_t)col) {
            return;
        }
    }
    lacks->at[lacks->n].table = t;
    lacks->at[lacks->n++].col = (size_t)col;
}

// Their cells, each looked up by itself.
static void need_cells(struct lacks *lacks, struct snapshot *snap,
                       const struct view_column *columns, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (columns[i].join.len) {
            need(lacks, snap, columns[i].join, columns[i].on_other);
        }
    }
}

// A column of a view by which rows are found.
static void need_column(struct lacks *lacks, struct snapshot *snap, const struct view_def *target,
                        struct sv field) {
    const struct view_column *c = def_column(target->columns, target->n_columns, field);
    if (c && c->join.len) {
        need(lacks, snap, c->join, c->field);
        need(lacks, snap, c->join, c->on_other);
        need(lacks, snap, target->from, c->on_base);
    } else {
        need(lacks, snap, target->from, c ? c->field : field);
    }
}

// What source_rows() looks up for the parameter.
static void need_param(struct lacks *lacks, struct snapshot *snap, const struct view_def *target,
                       struct sv name) {
    const struct view_param *p = def_param(target, name);
    if (!p) {
        return;
    }
    const struct view_range *range = &target->range;
    if (range->node.len && (sv_eq(name, range->from_param) || sv_eq(name, range->to_param))) {
        need(lacks, snap, target->from, range->node);
        return;
    }
    need_column(lacks, snap, target, p->field);
    for (size_t i = 0; i < p->n_others; i++) {
        need_column(lacks, snap, target, p->others[i]);
    }
}

// The head and all cells. The rows come from the pool themselves when there are many.
static void need_view(struct lacks *lacks, struct snapshot *snap, const struct view_def *def) {
    need(lacks, snap, def->head.from, def->head.on);
    need_cells(lacks, snap, def->head.columns, def->head.n_columns);
    need_cells(lacks, snap, def->columns, def->n_columns);
}

// What view_follow() and view_single() look up. Links stand in for each other; `depth` is for those
// that do so in a circle.
static void need_link(struct lacks *lacks, const struct view *v, const struct view_def *def,
                      const struct view_link *link, int depth) {
    const struct view_def *target = view_set_get(v->set, link->view);
    const struct view_link *other = def_link(def, link->otherwise);
    if (target) {
        need(lacks, v->snap, target->head.from, target->head.on);
    }
    for (size_t k = 0; target && k < link->n_with; k++) {
        const struct view_column *c = def_column(def->columns, def->n_columns, link->with[k].field);
        need_cells(lacks, v->snap, c, c ? 1 : 0);
        need_param(lacks, v->snap, target, link->with[k].name);
    }
    if (other && depth) {
        need_link(lacks, v, def, other, depth - 1);
    }
    const struct view_link *row = target && link->single ? def_link(target, SV("open")) : NULL;
    if (row && depth) {
        need_view(lacks, v->snap, target);
        need_link(lacks, v, target, row, depth - 1);
    }
}

// --- making it ----------------------------------------------------------------------------------

static bool wait_run(struct job *job, struct err *err) {
    const struct view_wait *w = job->arg;
    const struct query_ctl ctl = {.cancel = &job->cancel};
    for (size_t i = 0; i < w->lacks.n && !job_cancelled(job); i++) {
        job_progress(job, i, w->lacks.n);
        // What cannot be indexed leads nowhere; following the link will say so.
        struct key_index *made =
            table_index_make(w->lacks.at[i].table, w->lacks.at[i].col, &ctl, NULL);
        (void)made;
    }
    return !job_cancelled(job) || err_set(err, ERR_CANCELLED, "cancelled");
}

static void wait_done(struct view_wait *w) {
    snapshot_unref(w->snap);
    free(w);
}

static void wait_finish(struct job *job) {
    struct view_wait *w = job->arg;
    w->over = true;
    w->handle = NULL;
    if (w->left) {
        wait_done(w);
    }
}

static struct view_wait *wait_new(const struct lacks *lacks, struct snapshot *snap,
                                  struct pool *pool) {
    if (!lacks->n || !pool) {
        return NULL;
    }
    struct view_wait *w = xcalloc(1, sizeof *w);
    w->lacks = *lacks;
    w->snap = snapshot_ref(snap);
    const struct job job = {.name = "indexes", .run = wait_run, .finish = wait_finish, .arg = w};
    w->handle = pool_submit(pool, &job);
    return w;
}

struct view_wait *view_wait_open(const struct view_def *def, struct snapshot *snap,
                                 struct pool *pool) {
    struct lacks lacks = {.n = 0};
    need_view(&lacks, snap, def);
    return wait_new(&lacks, snap, pool);
}

struct view_wait *view_wait_follow(const struct view *v, struct sv link, struct pool *pool) {
    struct lacks lacks = {.n = 0};
    const struct view_link *l = def_link(v->def, link);
    if (l) {
        need_link(&lacks, v, v->def, l, MAX_DEPTH);
    }
    return wait_new(&lacks, v->snap, pool);
}

bool view_wait_over(const struct view_wait *w) {
    return w->over;
}

void view_wait_progress(const struct view_wait *w, uint64_t *done, uint64_t *all) {
    *all = w->lacks.n;
    *done = w->over ? *all : atomic_load(&w->handle->done_units);
}

void view_wait_free(struct view_wait *w) {
    if (!w) {
        return;
    }
    if (w->over) {
        wait_done(w);
        return;
    }
    w->left = true;
    job_cancel(w->handle);
}

// --- the counts of all links --------------------------------------------------------------------

static struct view_wait *wait_links(const struct view *v, struct pool *pool) {
    struct lacks lacks = {.n = 0};
    for (size_t i = 0; i < v->def->n_links; i++) {
        need_link(&lacks, v, v->def, &v->def->links[i], 0);
    }
    return wait_new(&lacks, v->snap, pool);
}

bool view_links_prepare(struct view *v, struct pool *pool) {
    struct view_priv *priv = v->priv;
    if (priv->counting && view_wait_over(priv->counting)) {
        prepare_forget(v);
        return false;
    }
    if (!priv->counting) {
        priv->counting = wait_links(v, pool);
    }
    return priv->counting != NULL;
}

bool prepare_running(const struct view *v) {
    return v->priv->counting && !view_wait_over(v->priv->counting);
}

void prepare_forget(struct view *v) {
    view_wait_free(v->priv->counting);
    v->priv->counting = NULL;
}
