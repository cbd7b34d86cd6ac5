#include "base/dag.h"

#include <stdlib.h>

#include "base/err.h"

enum { FROM_TO = 1, FROM_FROM = 2 }; // reachable from `to` / from `from`

enum dag_order dag_find_order(const struct dag *dag) {
    struct dag_nodes parents = {0};
    uint64_t n_before = 0;
    uint64_t n_behind = 0;
    for (size_t node = 0; node < dag->n_nodes; node++) {
        array_clear(&parents);
        dag->parents(dag->arg, (uint32_t)node, &parents);
        array_foreach (parent, &parents) {
            n_before += *parent < node;
            n_behind += *parent > node;
        }
    }
    array_done(&parents);
    if (n_before && n_behind) {
        return n_before >= n_behind ? DAG_MIXED_PARENTS_FIRST : DAG_MIXED_CHILDREN_FIRST;
    }
    return n_behind ? DAG_CHILDREN_FIRST : DAG_PARENTS_FIRST;
}

void dag_walk_init(struct dag_walk *w, const struct dag *dag) {
    *w = (struct dag_walk){.dag = dag, .marks = xcalloc(dag->n_nodes + 1, 1)};
}

void dag_walk_done(struct dag_walk *w) {
    free(w->marks);
    array_done(&w->touched);
    array_done(&w->queue);
    array_done(&w->parents);
    *w = (struct dag_walk){0};
}

static void read_parents(struct dag_walk *w, uint32_t node) {
    array_clear(&w->parents);
    w->dag->parents(w->dag->arg, node, &w->parents);
}

static void clear_marks(struct dag_walk *w) {
    array_foreach (node, &w->touched) {
        w->marks[*node] = 0;
    }
    array_clear(&w->touched);
    array_clear(&w->queue);
    w->n_wanted = 0;
}

static bool newest_is_last(const struct dag *dag) {
    return dag->order == DAG_PARENTS_FIRST || dag->order == DAG_MIXED_PARENTS_FIRST;
}

// --- newest first -------------------------------------------------------------------------------

static bool is_newer(const struct dag_walk *w, uint32_t a, uint32_t b) {
    return newest_is_last(w->dag) ? a > b : a < b;
}

static void heap_push(struct dag_walk *w, uint32_t node) {
    array_push(&w->queue, node);
    uint32_t *h = w->queue.ptr;
    size_t at = w->queue.n - 1;
    while (at > 0 && is_newer(w, node, h[(at - 1) / 2])) {
        h[at] = h[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h[at] = node;
}

static uint32_t heap_pop(struct dag_walk *w) {
    BUG_ON(!w->queue.n);
    uint32_t top = w->queue.ptr[0];
    uint32_t last = array_pop(&w->queue);
    uint32_t *h = w->queue.ptr;
    size_t n = w->queue.n;
    size_t at = 0;
    for (size_t kid = 1; kid < n; kid = at * 2 + 1) {
        if (kid + 1 < n && is_newer(w, h[kid + 1], h[kid])) {
            kid++;
        }
        if (!is_newer(w, h[kid], last)) {
            break;
        }
        h[at] = h[kid];
        at = kid;
    }
    if (n) {
        h[at] = last;
    }
    return top;
}

static void mark(struct dag_walk *w, uint32_t node, uint8_t marks) {
    uint8_t old = w->marks[node];
    uint8_t now = old | marks;
    if (!old) {
        array_push(&w->touched, node);
        heap_push(w, node);
    }
    w->n_wanted += now == FROM_TO && !old;
    w->n_wanted -= old == FROM_TO && now != FROM_TO;
    w->marks[node] = now;
}

static bool walk_range(struct dag_walk *w, size_t limit, struct dag_nodes *out) {
    size_t n_found = 0;
    while (w->n_wanted) {
        uint32_t node = heap_pop(w);
        uint8_t marks = w->marks[node];
        if (marks == FROM_TO) {
            w->n_wanted--;
            if (n_found++ == limit) {
                return true;
            }
            array_push(out, node);
        }
        read_parents(w, node);
        array_foreach (parent, &w->parents) {
            mark(w, *parent, marks);
        }
    }
    return false;
}

// --- the whole history --------------------------------------------------------------------------

static void add_mark(struct dag_walk *w, uint32_t node, uint8_t marks) {
    if (!w->marks[node]) {
        array_push(&w->touched, node);
    }
    w->marks[node] |= marks;
    array_push(&w->queue, node);
}

static void mark_all(struct dag_walk *w, uint32_t node, uint8_t marks) {
    add_mark(w, node, marks);
    while (w->queue.n) {
        read_parents(w, array_pop(&w->queue));
        array_foreach (parent, &w->parents) {
            if (!(w->marks[*parent] & marks)) {
                add_mark(w, *parent, marks);
            }
        }
    }
}

static bool walk_whole(struct dag_walk *w, uint32_t from, uint32_t to, size_t limit,
                       struct dag_nodes *out) {
    mark_all(w, to, FROM_TO);
    mark_all(w, from, FROM_FROM);
    const size_t n = w->dag->n_nodes;
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t node = newest_is_last(w->dag) ? n - 1 - i : i;
        if (w->marks[node] == FROM_TO) {
            if (n_found++ == limit) {
                return true;
            }
            array_push(out, (uint32_t)node);
        }
    }
    return false;
}

bool dag_range(struct dag_walk *w, uint32_t from, uint32_t to, size_t limit,
               struct dag_nodes *out) {
    const enum dag_order order = w->dag->order;
    BUG_ON(order == DAG_UNKNOWN || from >= w->dag->n_nodes || to >= w->dag->n_nodes);
    bool cut;
    if (order == DAG_PARENTS_FIRST || order == DAG_CHILDREN_FIRST) {
        mark(w, to, FROM_TO);
        mark(w, from, FROM_FROM);
        cut = walk_range(w, limit, out);
    } else {
        cut = walk_whole(w, from, to, limit, out);
    }
    clear_marks(w);
    return cut;
}
