// Push ranges over a table of commits.
//
// Where every commit of the file stands on one side of its parents (looked at once a snapshot), the
// walk takes commits newest first from a heap and stops when only ancestors of `from` are left: the
// cost is that of the range, not of the history. A file in another order is walked whole.
#include "base/array.h"
#include "query/query_int.h"

enum { FROM_TO = 1, FROM_FROM = 2 }; // reachable from `to` / from `from`

struct walk {
    struct table *t;
    size_t node_col, parents_col;
    struct key_index *nodes;
    bool newest_last;        // parents stand before their children
    uint8_t *marks;          // by row
    ARRAY(uint32_t) queue;   // heap of rows, newest on top; a stack in the walk of the whole
    size_t n_wanted;         // queued rows that only `to` reaches
    ARRAY(uint32_t) parents; // of the commit in hand
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

static void read_parents(struct walk *w, uint32_t row) {
    array_clear(&w->parents);
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
            array_push(&w->parents, parent);
        }
    }
}

// --- order of the file --------------------------------------------------------------------------

enum file_order { ORDER_UNKNOWN, ORDER_PARENTS_FIRST, ORDER_CHILDREN_FIRST, ORDER_MIXED };

// MIXED keeps the direction of the majority beside it.
static unsigned look_at_order(struct walk *w) {
    int64_t n_before = 0;
    int64_t n_behind = 0;
    for (int64_t row = 0; row < w->t->n_rows; row++) {
        read_parents(w, (uint32_t)row);
        array_foreach (parent, &w->parents) {
            n_before += *parent < row;
            n_behind += *parent > row;
        }
    }
    unsigned last = n_before >= n_behind ? 1 : 0;
    if (n_before && n_behind) {
        return ORDER_MIXED << 1 | last;
    }
    return (unsigned)(last ? ORDER_PARENTS_FIRST : ORDER_CHILDREN_FIRST) << 1 | last;
}

// False when the file must be walked whole.
static bool find_order(struct walk *w) {
    // One table has one pair of columns worth remembering.
    uint64_t columns = (uint64_t)w->node_col << 40 | (uint64_t)w->parents_col << 16;
    uint64_t known = atomic_load_explicit(&w->t->commit_order, memory_order_relaxed);
    if ((known & ~(uint64_t)0xffff) != columns || !(known & 0xffff)) {
        known = columns | look_at_order(w);
        atomic_store_explicit(&w->t->commit_order, known, memory_order_relaxed);
    }
    w->newest_last = known & 1;
    return (known & 0xffff) >> 1 != ORDER_MIXED;
}

// --- newest first -------------------------------------------------------------------------------

static bool is_newer(const struct walk *w, uint32_t a, uint32_t b) {
    return w->newest_last ? a > b : a < b;
}

static void heap_push(struct walk *w, uint32_t row) {
    array_push(&w->queue, row);
    uint32_t *h = w->queue.ptr;
    size_t at = w->queue.n - 1;
    while (at > 0 && is_newer(w, row, h[(at - 1) / 2])) {
        h[at] = h[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h[at] = row;
}

static uint32_t heap_pop(struct walk *w) {
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

static void mark(struct walk *w, uint32_t row, uint8_t marks) {
    uint8_t old = w->marks[row];
    uint8_t now = old | marks;
    if (!old) {
        heap_push(w, row);
    }
    w->n_wanted += now == FROM_TO && !old;
    w->n_wanted -= old == FROM_TO && now != FROM_TO;
    w->marks[row] = now;
}

static void walk_range(struct walk *w, size_t limit, struct rows *out, bool *cut) {
    ARRAY(uint32_t) found = {0};
    while (w->n_wanted) {
        uint32_t row = heap_pop(w);
        uint8_t marks = w->marks[row];
        if (marks == FROM_TO) {
            w->n_wanted--;
            if (found.n == limit) {
                *cut = true;
                break;
            }
            array_push(&found, row);
        }
        read_parents(w, row);
        array_foreach (parent, &w->parents) {
            mark(w, *parent, marks);
        }
    }
    *out = (struct rows){found.ptr, found.n};
}

// --- the whole history --------------------------------------------------------------------------

static void mark_all(struct walk *w, uint32_t row, uint8_t marks) {
    array_clear(&w->queue);
    array_push(&w->queue, row);
    w->marks[row] |= marks;
    while (w->queue.n) {
        read_parents(w, array_pop(&w->queue));
        for (size_t i = 0; i < w->parents.n; i++) {
            uint32_t parent = w->parents.ptr[i];
            if (!(w->marks[parent] & marks)) {
                w->marks[parent] |= marks;
                array_push(&w->queue, parent);
            }
        }
    }
}

static void walk_whole(struct walk *w, uint32_t from, uint32_t to, size_t limit, struct rows *out,
                       bool *cut) {
    ARRAY(uint32_t) found = {0};
    mark_all(w, to, FROM_TO);
    mark_all(w, from, FROM_FROM);
    for (int64_t i = 0; i < w->t->n_rows && !*cut; i++) {
        uint32_t row = (uint32_t)(w->newest_last ? w->t->n_rows - 1 - i : i);
        if (w->marks[row] == FROM_TO && found.n == limit) {
            *cut = true;
        } else if (w->marks[row] == FROM_TO) {
            array_push(&found, row);
        }
    }
    *out = (struct rows){found.ptr, found.n};
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
    w.marks = xcalloc((size_t)t->n_rows + 1, 1);
    if (find_order(&w)) {
        mark(&w, to_row, FROM_TO);
        mark(&w, from_row, FROM_FROM);
        walk_range(&w, limit, out, cut);
    } else {
        walk_whole(&w, from_row, to_row, limit, out, cut);
    }
    free(w.marks);
    array_done(&w.queue);
    array_done(&w.parents);
    return true;
}
