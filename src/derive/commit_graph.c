#include "derive/commit_graph.h"

#include "base/map.h"
#include "derive/derive_int.h"

// --- commits by their hash ----------------------------------------------------------------------

// The slot of a node, or the free one where it belongs.
static size_t slot_of(const struct commit_graph *g, struct sv node) {
    size_t slot = hash_bytes(node.ptr, node.len) & (g->n_slots - 1);
    while (g->slots[slot] && !sv_eq(g->nodes[g->slots[slot] - 1], node)) {
        slot = (slot + 1) & (g->n_slots - 1);
    }
    return slot;
}

int64_t commit_graph_find(const struct commit_graph *g, struct sv node) {
    if (!g->n || !node.len) {
        return COMMIT_NONE;
    }
    const uint32_t found = g->slots[slot_of(g, node)];
    return found ? (int64_t)found - 1 : COMMIT_NONE;
}

static void add_node(void *arg, const struct scan *s, int64_t slot) {
    struct commit_graph *g = arg;
    const struct sv node = scan_text(s, CM_NODE, slot);
    g->nodes[g->n] = node;
    const size_t at = slot_of(g, node);
    g->slots[at] = g->slots[at] ? g->slots[at] : (uint32_t)g->n + 1;
    g->n++;
}

// --- parents ------------------------------------------------------------------------------------

struct parents ARRAY_BODY(uint32_t);

struct reading {
    struct commit_graph *g;
    struct parents parents;
    size_t at;
};

// Most parents stand beside their children, where nothing has to be looked up.
static int64_t parent_of(const struct commit_graph *g, size_t child, struct sv node) {
    if (child > 0 && sv_eq(g->nodes[child - 1], node)) {
        return (int64_t)child - 1;
    }
    if (child + 1 < g->n && sv_eq(g->nodes[child + 1], node)) {
        return (int64_t)child + 1;
    }
    return commit_graph_find(g, node);
}

static void add_parents(void *arg, const struct scan *s, int64_t slot) {
    struct reading *r = arg;
    int64_t from, to;
    const struct arrow_col *items = scan_list(s, CM_PARENTS, slot, &from, &to);
    r->g->first[r->at] = r->parents.n;
    for (; from < to; from++) {
        const int64_t parent = parent_of(r->g, r->at, arrow_get_text(items, from));
        if (parent >= 0 && (size_t)parent != r->at) {
            array_push(&r->parents, (uint32_t)parent);
        }
    }
    r->at++;
}

static void parents_of(void *arg, uint32_t node, struct dag_nodes *out) {
    const struct commit_graph *g = arg;
    for (size_t i = g->first[node]; i < g->first[node + 1]; i++) {
        array_push(out, g->parents[i]);
    }
}

// --- order --------------------------------------------------------------------------------------

static void push_parents(const struct commit_graph *g, uint32_t node, const uint8_t *state,
                         struct dag_nodes *stack) {
    for (size_t i = g->first[node]; i < g->first[node + 1]; i++) {
        if (!state[g->parents[i]]) {
            array_push(stack, g->parents[i]);
        }
    }
}

// Numbers such that parents come first, for a file in which they stand on both sides: `to[old]` is
// the new one. A commit is numbered when all its parents are, but for those that it is itself an
// ancestor of, as in no real history.
static uint32_t *sort_parents_first(const struct commit_graph *g) {
    uint32_t *to = xreallocarray(NULL, g->n + 1, sizeof *to);
    uint8_t *state = xcalloc(g->n + 1, 1); // 1 = on the stack, 2 = numbered
    struct dag_nodes stack = {0};
    uint32_t next = 0;
    for (uint32_t start = 0; start < g->n; start++) {
        if (!state[start]) {
            array_push(&stack, start);
        }
        while (stack.n) {
            const uint32_t node = array_pop(&stack);
            if (state[node] == 1) {
                to[node] = next++;
                state[node] = 2;
            } else if (!state[node]) {
                state[node] = 1;
                array_push(&stack, node); // comes back when its parents are done
                push_parents(g, node, state, &stack);
            }
        }
    }
    array_done(&stack);
    free(state);
    return to;
}

// A parent that got a higher number closes a circle; it is dropped, for walks rely on the order.
static void renumber(struct commit_graph *g, const uint32_t *to) {
    struct sv *nodes = xreallocarray(NULL, g->n + 1, sizeof *nodes);
    size_t *first = xcalloc(g->n + 2, sizeof *first);
    uint32_t *parents = xreallocarray(NULL, g->first[g->n] + 1, sizeof *parents);
    for (size_t i = 0; i < g->n; i++) {
        nodes[to[i]] = g->nodes[i];
        for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
            first[to[i] + 1] += to[g->parents[k]] < to[i];
        }
    }
    for (size_t i = 0; i < g->n; i++) {
        first[i + 1] += first[i];
    }
    for (size_t i = 0; i < g->n; i++) {
        size_t at = first[to[i]];
        for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
            if (to[g->parents[k]] < to[i]) {
                parents[at++] = to[g->parents[k]];
            }
        }
    }
    for (size_t i = 0; i < g->n_slots; i++) {
        g->slots[i] = g->slots[i] ? to[g->slots[i] - 1] + 1 : 0;
    }
    free(g->nodes);
    free(g->first);
    free(g->parents);
    g->nodes = nodes;
    g->first = first;
    g->parents = parents;
}

static void find_order(struct commit_graph *g) {
    g->dag = (struct dag){.n_nodes = g->n, .parents = parents_of, .arg = g};
    g->dag.order = dag_find_order(&g->dag);
    if (g->dag.order != DAG_PARENTS_FIRST && g->dag.order != DAG_CHILDREN_FIRST) {
        uint32_t *to = sort_parents_first(g);
        renumber(g, to);
        free(to);
        g->dag.order = DAG_PARENTS_FIRST;
    }
}

bool commit_graph_load(struct commit_graph *g, const struct derive *d, struct err *err) {
    *g = (struct commit_graph){0};
    if (!snapshot_dataset(d->snap, schema_commits.name)) {
        return true;
    }
    const int64_t n = scan_n_rows(d->snap, &schema_commits);
    if (n >= UINT32_MAX - 1) {
        return err_set(err, ERR_LIMIT, "%lld commits are more than can be walked", (long long)n);
    }
    for (g->n_slots = 16; g->n_slots < (size_t)n * 2;) {
        g->n_slots *= 2;
    }
    g->nodes = xreallocarray(NULL, (size_t)n + 1, sizeof *g->nodes);
    g->slots = xcalloc(g->n_slots, sizeof *g->slots);
    g->first = xcalloc((size_t)n + 1, sizeof *g->first);
    struct reading r = {.g = g};
    const bool ok = scan_each(d, &schema_commits, add_node, g, err) &&
                    scan_each(d, &schema_commits, add_parents, &r, err);
    g->parents = r.parents.ptr;
    if (ok) {
        g->first[g->n] = r.parents.n;
        find_order(g);
    }
    return ok;
}

void commit_graph_done(struct commit_graph *g) {
    free(g->nodes);
    free(g->slots);
    free(g->first);
    free(g->parents);
    *g = (struct commit_graph){0};
}
