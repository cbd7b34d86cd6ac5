#include "derive/group_cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct cover {
    const struct cover_problem *p;
    // The links by group, and by signature: numbers of the other, from first[i] to first[i + 1].
    size_t *first_of_group, *first_of_signature;
    uint32_t *signatures_of, *groups_of;
    bool *covered;  // signatures
    bool *chosen;   // groups
    size_t *gain;   // of each group: signatures that it would add
    uint32_t *open; // groups that can still be chosen
    size_t n_open;
};

// From how many links each of n keys has to where they end.
static void sum_up(size_t *first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        first[i + 1] += first[i];
    }
}

// Both tables are filled from behind, so that each `first` ends where its first link is.
static void sort_links(struct cover *c) {
    const struct cover_problem *p = c->p;
    for (size_t i = 0; i < p->n_links; i++) {
        c->first_of_group[p->links[i].group]++;
        c->first_of_signature[p->links[i].signature]++;
    }
    sum_up(c->first_of_group, p->n_groups);
    sum_up(c->first_of_signature, p->n_signatures);
    for (size_t i = p->n_links; i-- > 0;) {
        const struct cover_link *l = &p->links[i];
        c->signatures_of[--c->first_of_group[l->group]] = l->signature;
        c->groups_of[--c->first_of_signature[l->signature]] = l->group;
    }
    for (size_t g = 0; g < p->n_groups; g++) {
        c->gain[g] = c->first_of_group[g + 1] - c->first_of_group[g];
    }
}

static void choose(struct cover *c, uint32_t group) {
    c->chosen[group] = true;
    for (size_t i = c->first_of_group[group]; i < c->first_of_group[group + 1]; i++) {
        const uint32_t s = c->signatures_of[i];
        for (size_t k = c->first_of_signature[s];
             !c->covered[s] && k < c->first_of_signature[s + 1]; k++) {
            c->gain[c->groups_of[k]]--;
        }
        c->covered[s] = true;
    }
}

// Groups without which a signature is not covered.
static void choose_needed(struct cover *c) {
    for (size_t s = 0; s < c->p->n_signatures; s++) {
        const size_t at = c->first_of_signature[s];
        if (c->first_of_signature[s + 1] == at + 1 && !c->chosen[c->groups_of[at]]) {
            choose(c, c->groups_of[at]);
        }
    }
}

static void list_open(struct cover *c) {
    for (uint32_t g = 0; g < c->p->n_groups; g++) {
        if (c->gain[g]) {
            c->open[c->n_open++] = g;
        }
    }
}

static void choose_greedily(struct cover *c) {
    const double *cost = c->p->cost;
    for (;;) {
        uint32_t best = 0;
        size_t best_gain = 0;
        for (size_t i = 0; i < c->n_open; i++) {
            const uint32_t g = c->open[i];
            const size_t gain = c->gain[g];
            // gain / cost, without dividing by a cost of nothing.
            const double mine = (double)gain * cost[best], other = (double)best_gain * cost[g];
            if (gain && (!best_gain || mine > other || (mine >= other && gain > best_gain))) {
                best = g;
                best_gain = gain;
            }
        }
        if (!best_gain) {
            return;
        }
        choose(c, best);
    }
}

// What has to be met: sets of open groups, bit i for open[i], of which one must be chosen.
// Signatures with the same set are one.
struct demands {
    uint16_t sets[1 << COVER_MAX_EXACT];
    size_t n;
};

static void list_demands(const struct cover *c, struct demands *d) {
    bool known[1 << COVER_MAX_EXACT] = {[0] = true};
    uint16_t *set_of = xcalloc(c->p->n_signatures + 1, sizeof *set_of);
    for (size_t k = 0; k < c->n_open; k++) {
        const uint32_t g = c->open[k];
        for (size_t i = c->first_of_group[g]; i < c->first_of_group[g + 1]; i++) {
            set_of[c->signatures_of[i]] |= (uint16_t)(1U << k);
        }
    }
    d->n = 0;
    for (size_t s = 0; s < c->p->n_signatures; s++) {
        if (!c->covered[s] && !known[set_of[s]]) {
            known[set_of[s]] = true;
            d->sets[d->n++] = set_of[s];
        }
    }
    free(set_of);
}

static bool meets_all(const struct demands *d, uint32_t set) {
    for (size_t i = 0; i < d->n; i++) {
        if (!(d->sets[i] & set)) {
            return false;
        }
    }
    return true;
}

static double cost_of(const struct cover *c, uint32_t set) {
    double cost = 0;
    for (size_t k = 0; k < c->n_open; k++) {
        cost += set >> k & 1 ? c->p->cost[c->open[k]] : 0;
    }
    return cost;
}

static void choose_exactly(struct cover *c) {
    struct demands demands;
    list_demands(c, &demands);
    uint32_t best = 0;
    double best_cost = 0;
    for (uint32_t set = 1; set < UINT32_C(1) << c->n_open; set++) {
        const double cost = cost_of(c, set);
        const bool fewer = __builtin_popcount(set) < __builtin_popcount(best);
        const bool better = !best || cost < best_cost || (cost <= best_cost && fewer);
        if (better && meets_all(&demands, set)) {
            best = set;
            best_cost = cost;
        }
    }
    for (size_t k = 0; k < c->n_open; k++) {
        if (best >> k & 1) {
            choose(c, c->open[k]);
        }
    }
}

void group_cover(const struct cover_problem *p, bool *chosen) {
    struct cover c = {
        .p = p,
        .first_of_group = xcalloc(p->n_groups + 1, sizeof *c.first_of_group),
        .first_of_signature = xcalloc(p->n_signatures + 1, sizeof *c.first_of_signature),
        .signatures_of = xcalloc(p->n_links + 1, sizeof *c.signatures_of),
        .groups_of = xcalloc(p->n_links + 1, sizeof *c.groups_of),
        .covered = xcalloc(p->n_signatures + 1, sizeof *c.covered),
        .chosen = chosen,
        .gain = xcalloc(p->n_groups + 1, sizeof *c.gain),
        .open = xcalloc(p->n_groups + 1, sizeof *c.open),
    };
    memset(chosen, 0, p->n_groups * sizeof *chosen);
    sort_links(&c);
    choose_needed(&c);
    list_open(&c);
    if (c.n_open > COVER_MAX_EXACT) {
        choose_greedily(&c);
    } else if (c.n_open) {
        choose_exactly(&c);
    }
    free(c.first_of_group);
    free(c.first_of_signature);
    free(c.signatures_of);
    free(c.groups_of);
    free(c.covered);
    free(c.gain);
    free(c.open);
}
