// Ranges of commits: what one node of a directed acyclic graph reaches and another does not. Nodes
// are numbers below `n_nodes`; whoever has the graph tells the parents of a node when asked.
//
// Where every node stands on one side of its parents, a walk takes nodes newest first from a heap
// and stops when only ancestors of `from` are left: its cost is that of the range, not of the
// history. A graph in another order is walked whole.
#ifndef CULPRIT_BASE_DAG_H
#define CULPRIT_BASE_DAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"

struct dag_nodes ARRAY_BODY(uint32_t);

// Where parents stand. A mixed order keeps the direction of the majority.
enum dag_order {
    DAG_UNKNOWN,
    DAG_PARENTS_FIRST,
    DAG_CHILDREN_FIRST,
    DAG_MIXED_PARENTS_FIRST,
    DAG_MIXED_CHILDREN_FIRST,
};

struct dag {
    size_t n_nodes; // below 2^32 - 1
    // Appends the parents of `node`, those that the graph holds. `out` is empty before.
    void (*parents)(void *arg, uint32_t node, struct dag_nodes *out);
    void *arg;
    enum dag_order order; // dag_find_order(); must be known before a walk
};

// Asks for the parents of every node.
enum dag_order dag_find_order(const struct dag *dag);

// The memory of walks over one graph; used again by the next walk. The graph is borrowed.
struct dag_walk {
    const struct dag *dag;
    uint8_t *marks;           // by node
    struct dag_nodes touched; // nodes that have marks
    struct dag_nodes queue;   // heap of nodes, newest on top; a stack in the walk of the whole
    struct dag_nodes parents; // of the node in hand
    size_t n_wanted;          // queued nodes that only `to` reaches
};
void dag_walk_init(struct dag_walk *w, const struct dag *dag);
void dag_walk_done(struct dag_walk *w);

// Appends the nodes reachable from `to` and not from `from`, `to` itself among them, newest first
// in the order of the numbers. At most `limit` of them: true tells that there are more.
bool dag_range(struct dag_walk *w, uint32_t from, uint32_t to, size_t limit, struct dag_nodes *out);

#endif
