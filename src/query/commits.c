// Push ranges over a table of commits: finding commits and their parents in it. The walk itself is
// base/dag.c.
#include "base/dag.h"
#include "query/query_int.h"

struct walk {
    struct table *t;
    size_t node_col, parents_col;
    struct key_index *nodes;
};

// --- finding commits ----------------------------------------------------------------------------

enum { MIN_PREFIX = 12, FULL_NODE = 40 };

static bool find_prefix(struct walk *w, struct sv node, uint32_t *row, struct err *err) {
    size_t n_found = 0;
    for (int64_t i = 0; i < w->t->n_rows; i++) {
        struct cell c = table_cell(w->t, w->node_col, i);
        struct sv text = c.col ? arrow_get_text(c.col, c.slot) : SV_NULL;
        if (text.ptr && sv_starts(text, node)) {
            *row = (uint32_t)i;
            n_found++;
        }
    }
    if (n_found > 1) {
        return err_set(err, ERR_NOT_FOUND, "%.*s is the beginning of %zu commits; write more of it",
                       SV_ARG(node), n_found);
    }
    return n_found == 1 ||
           err_set(err, ERR_NOT_FOUND, "%s has no commit %.*s", w->t->ds->name, SV_ARG(node));
}

static bool find_commit(struct walk *w, struct sv node, uint32_t *row, struct err *err) {
    const uint32_t *rows;
    if (key_rows_text(w->nodes, node, &rows)) {
        *row = rows[0];
        return true;
    }
    if (node.len >= MIN_PREFIX && node.len < FULL_NODE) {
        return find_prefix(w, node, row, err);
    }
    return err_set(err, ERR_NOT_FOUND, "%s has no commit %.*s", w->t->ds->name, SV_ARG(node));
}

static bool is_node(const struct walk *w, int64_t row, struct sv node) {
    struct cell c = table_cell(w->t, w->node_col, row);
    return c.col && sv_eq(arrow_get_text(c.col, c.slot), node);
}

// Row of a parent; NO_ROW when the table does not hold it (its border). Most stand beside their
// child, where no look-up is needed.
static uint32_t parent_row(const struct walk *w, uint32_t row, struct sv node) {
    const uint32_t *rows;
    if (is_node(w, (int64_t)row - 1, node)) {
        return row - 1;
    }
    if (is_node(w, (int64_t)row + 1, node)) {
        return row + 1;
    }
    return key_rows_text(w->nodes, node, &rows) ? rows[0] : NO_ROW;
}

static void add_parents(void *arg, uint32_t row, struct dag_nodes *out) {
    const struct walk *w = arg;
    struct cell c = table_cell(w->t, w->parents_col, row);
    int64_t from;
    int64_t to;
    if (!c.col || !arrow_get_list(c.col, c.slot, &from, &to)) {
        return;
    }
    for (int64_t i = from; i < to; i++) {
        struct sv node = arrow_get_text(&c.col->children[0], i);
        uint32_t parent = node.len ? parent_row(w, row, node) : NO_ROW;
        if (parent != NO_ROW && parent != row) {
            array_push(out, parent);
        }
    }
}

// Looked at once a snapshot.
static enum dag_order find_order(struct walk *w, const struct dag *dag) {
    // One table has one pair of columns worth remembering.
    uint64_t columns = (uint64_t)w->node_col << 40 | (uint64_t)w->parents_col << 16;
    uint64_t known = atomic_load_explicit(&w->t->commit_order, memory_order_relaxed);
    if ((known & ~(uint64_t)0xffff) != columns || !(known & 0xffff)) {
        known = columns | (unsigned)dag_find_order(dag);
        atomic_store_explicit(&w->t->commit_order, known, memory_order_relaxed);
    }
    return (enum dag_order)(known & 0xffff);
}

// --- the door -----------------------------------------------------------------------------------

static bool walk_open(struct walk *w, struct table *t, struct sv node_column,
                      struct sv parents_column, struct err *err) {
    int node_col = table_column(t, node_column);
    int parents_col = table_column(t, parents_column);
    if (node_col < 0 || parents_col < 0) {
        struct sv name = node_col < 0 ? node_column : parents_column;
        err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"", t->ds->name, SV_ARG(name));
        return false;
    }
    *w = (struct walk){.t = t, .node_col = (size_t)node_col, .parents_col = (size_t)parents_col};
    w->nodes = table_index(t, w->node_col, err);
    return w->nodes != NULL;
}

static bool one_row(uint32_t row, size_t limit, struct rows *out, bool *cut) {
    *cut = limit == 0;
    out->idx = xcalloc(1, sizeof *out->idx);
    out->idx[0] = row;
    out->n = limit ? 1 : 0;
    return true;
}

bool rows_commit_range(struct table *t, struct sv node_column, struct sv parents_column,
                       struct sv from, struct sv to, size_t limit, struct rows *out, bool *cut,
                       struct err *err) {
    struct walk w = {0};
    uint32_t from_row = NO_ROW;
    uint32_t to_row = NO_ROW;
    *out = (struct rows){0};
    *cut = false;
    if (!walk_open(&w, t, node_column, parents_column, err) || !find_commit(&w, to, &to_row, err) ||
        (from.len && !find_commit(&w, from, &from_row, err))) {
        return false;
    }
    if (!from.len) {
        return one_row(to_row, limit, out, cut);
    }
    struct dag dag = {.n_nodes = (size_t)t->n_rows, .parents = add_parents, .arg = &w};
    struct dag_nodes found = {0};
    struct dag_walk walk;
    dag.order = find_order(&w, &dag);
    dag_walk_init(&walk, &dag);
    *cut = dag_range(&walk, from_row, to_row, limit, &found);
    dag_walk_done(&walk);
    *out = (struct rows){found.ptr, found.n};
    return true;
}
