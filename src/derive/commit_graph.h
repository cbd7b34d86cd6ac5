// The commits of the store as a graph of numbers, parents before children, for walks over many
// ranges: its cost is one pass over the commits, then that of the ranges.
#ifndef CULPRIT_DERIVE_COMMIT_GRAPH_H
#define CULPRIT_DERIVE_COMMIT_GRAPH_H

#include "base/dag.h"
#include "derive/derive.h"

struct commit_graph {
    size_t n;
    struct sv *nodes; // by number; texts of the snapshot
    uint32_t *slots;  // hash table: number + 1, 0 = free
    size_t n_slots;   // a power of two
    size_t *first;    // of each commit's parents; n + 1
    uint32_t *parents;
    struct dag dag;
};

// Without the dataset of commits the graph is empty. `g` is set in any case.
bool commit_graph_load(struct commit_graph *g, const struct derive *d, struct err *err) MUST_USE;
void commit_graph_done(struct commit_graph *g);

enum { COMMIT_NONE = -1 };
// Number of a commit by its full hash, or COMMIT_NONE.
int64_t commit_graph_find(const struct commit_graph *g, struct sv node);

#endif
