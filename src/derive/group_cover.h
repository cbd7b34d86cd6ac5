// The cheapest set of signature groups that covers the failing signatures of an alert.
//
// Where each signature is in one group, as grouping makes them, it is the groups that they are in.
// A file made by hand may put a signature in several: then all choices are tried while the groups
// to choose from are few, and otherwise the group that covers most signatures per minute is taken
// first, again and again.
#ifndef CULPRIT_DERIVE_GROUP_COVER_H
#define CULPRIT_DERIVE_GROUP_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// `signature` is a number below n_signatures, `group` one below n_groups.
struct cover_link {
    uint32_t signature, group;
};

struct cover_problem {
    const struct cover_link *links;
    size_t n_links;
    size_t n_signatures, n_groups;
    const double *cost; // of each group, not negative
};

enum { COVER_MAX_EXACT = 12 }; // groups to choose from, beside those that only they cover

// Sets `chosen` of each group; signatures without a link stay uncovered. Of two sets of equal cost
// the one with fewer groups is taken, then the one with the lower numbers.
void group_cover(const struct cover_problem *p, bool *chosen);

#endif
