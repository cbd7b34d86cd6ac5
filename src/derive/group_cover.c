#include "derive/group_cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct cover {
    const struct cover_problem *p;
    uint32_t *n_links; // of each signature
    bool *covered;     // signatures
    bool *chosen;      // groups
    uint32_t *open;    // groups that can still be chosen
    size_t n_open;
};

static void choose(struct cover *c, uint32_t group) {
    c->chosen[group] = true;
    for (size_t i = 0; i < c->p->n_links; i++) {
        if (c->p->links[i].group == group) {
            c->covered[c->p->links[i].signature] = true;
        }
    }
}

// Groups without which a signature is not covered.
static void choose_needed(struct cover *c) {
    for (size_t i = 0; i < c->p->n_links; i++) {
        c->n_links[c->p->links[i].signature]++;
    }
    for (size_t i = 0; i < c->p->n_links; i++) {
        const struct cover_link *l = &c->p->links[i];
        c->chosen[l->group] |= c->n_links[l->signature] == 1;
    }
    for (size_t i = 0; i < c->p->n_links; i++) {
        const struct cover_link *l = &c->p->links[i];
        c->covered[l->signature] |= c->chosen[l->group];
    }
}

// How many signatures a group would add.
static size_t gain_of(const struct cover *c, uint32_t group) {
    size_t gain = 0;
    for (size_t i = 0; i < c->p->n_links; i++) {
        const struct cover_link *l = &c->p->links[i];
        gain += l->group == group && !c->covered[l->signature];
    }
    return gain;
}

static void list_open(struct cover *c) {
    for (uint32_t g = 0; g < c->p->n_groups; g++) {
        if (!c->chosen[g] && gain_of(c, g)) {
            c->open[c->n_open++] = g;
        }
    }
}

static void choose_greedily(struct cover *c) {
    for (;;) {
        uint32_t best = 0;
        size_t best_gain = 0;
        for (size_t i = 0; i < c->n_open; i++) {
            const uint32_t g = c->open[i];
            const size_t gain = gain_of(c, g);
            const double *cost = c->p->cost;
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

// Does this choice of open groups cover what is left? Bit i of `set` is open[i].
static bool covers(const struct cover *c, uint32_t set, bool *left) {
    memset(left, 0, c->p->n_signatures);
    for (size_t i = 0; i < c->p->n_links; i++) {
        left[c->p->links[i].signature] |= !c->covered[c->p->links[i].signature];
    }
    for (size_t k = 0; k < c->n_open; k++) {
        for (size_t i = 0; set >> k & 1 && i < c->p->n_links; i++) {
            if (c->p->links[i].group == c->open[k]) {
                left[c->p->links[i].signature] = false;
            }
        }
    }
    return !memchr(left, true, c->p->n_signatures);
}

static void choose_exactly(struct cover *c) {
    bool *left = xcalloc(c->p->n_signatures + 1, sizeof *left);
    uint32_t best = 0;
    double best_cost = 0;
    bool found = false;
    for (uint32_t set = 1; set < UINT32_C(1) << c->n_open; set++) {
        double cost = 0;
        for (size_t k = 0; k < c->n_open; k++) {
            cost += set >> k & 1 ? c->p->cost[c->open[k]] : 0;
        }
        const bool fewer = __builtin_popcount(set) < __builtin_popcount(best);
        const bool better = !found || cost < best_cost || (cost <= best_cost && fewer);
        if (better && covers(c, set, left)) {
            best = set;
            best_cost = cost;
            found = true;
        }
    }
    for (size_t k = 0; k < c->n_open; k++) {
        if (best >> k & 1) {
            choose(c, c->open[k]);
        }
    }
    free(left);
}

void group_cover(const struct cover_problem *p, bool *chosen) {
    struct cover c = {
        .p = p,
        .n_links = xcalloc(p->n_signatures + 1, sizeof *c.n_links),
        .covered = xcalloc(p->n_signatures + 1, sizeof *c.covered),
        .chosen = chosen,
        .open = xcalloc(p->n_groups + 1, sizeof *c.open),
    };
    memset(chosen, 0, p->n_groups * sizeof *chosen);
    choose_needed(&c);
    list_open(&c);
    if (c.n_open > COVER_MAX_EXACT) {
        choose_greedily(&c);
    } else if (c.n_open) {
        choose_exactly(&c);
    }
    free(c.n_links);
    free(c.covered);
    free(c.open);
}
