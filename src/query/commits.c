// Push ranges over a table of commits.
//
// As long as every commit visited stands on one side of its parents in the file, the walk takes
// commits newest first from a heap and stops when only ancestors of `from` are left: the cost is
// that of the range, not of the history. A file in another order is walked whole.
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

// Parents that the table does not hold are its border.
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
        const uint32_t *rows;
        if (node.ptr && key_rows_text(w->nodes, node, &rows)) {
            array_push(&w->parents, rows[0]);
        }
    }
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

// False when a commit stands on the wrong side of a parent.
static bool walk_range(struct walk *w, size_t limit, struct rows *out, bool *cut) {
    ARRAY(uint32_t) found = {0};
    bool ordered = true;
    while (w->n_wanted && ordered) {
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
        for (size_t i = 0; i < w->parents.n && ordered; i++) {
            ordered = is_newer(w, row, w->parents.ptr[i]);
            if (ordered) {
                mark(w, w->parents.ptr[i], marks);
            }
        }
    }
    *out = (struct rows){found.ptr, found.n};
    if (!ordered) {
        rows_done(out);
    }
    return ordered;
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
    memset(w->marks, 0, (size_t)w->t->n_rows);
    mark_all(w, to, FROM_TO);
    if (from != NO_ROW) {
        mark_all(w, from, FROM_FROM);
    }
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
        return err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"", t->ds->name, SV_ARG(name));
    }
    *w = (struct walk){.t = t, .node_col = (size_t)node_col, .parents_col = (size_t)parents_col};
    w->nodes = table_index(t, w->node_col, err);
    return w->nodes != NULL;
}

// The first commit from `row` on that has a parent in the table shows which way the file runs.
static void find_direction(struct walk *w, uint32_t row) {
    for (int steps = 0; steps < 64; steps++) {
        read_parents(w, row);
        if (w->parents.n && w->parents.ptr[0] != row) {
            w->newest_last = w->parents.ptr[0] < row;
            return;
        }
        if (++row >= w->t->n_rows) {
            return;
        }
    }
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
    struct walk w;
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
    find_direction(&w, to_row);
    mark(&w, to_row, FROM_TO);
    mark(&w, from_row, FROM_FROM);
    if (!walk_range(&w, limit, out, cut)) {
        *cut = false;
        walk_whole(&w, from_row, to_row, limit, out, cut);
    }
    free(w.marks);
    array_done(&w.queue);
    array_done(&w.parents);
    return true;
}
