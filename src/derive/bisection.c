// bisection_costs: what it costs to prove which change an alert summary is about: one run of the
// signature groups that cover its failing signatures, as often as a binary search over the range
// takes. The range is counted in commits; there is no data about pushes.
#include <math.h>

#include "base/array.h"
#include "base/map.h"
#include "derive/commit_graph.h"
#include "derive/derive_int.h"
#include "derive/group_cover.h"
#include "derive/group_members.h"
#include "schema/perf_jobs.h"

// A group whose duration is not known counts with this when groups are to be chosen from, never in
// a sum: what a run takes by default in published replays of such searches.
static const double USUAL_MINUTES = 20;

struct summary {
    int64_t id;
    struct sv revision, prev_revision;
    bool has_alerts;
    size_t first, n; // of its failing signatures
};

struct failing {
    uint32_t summary;
    int64_t signature;
};

struct group {
    int64_t id;
    double minutes;      // NaN = not known
    uint32_t last_local; // 1 + the summary that named it last
    uint32_t local;      // its number there
};

struct links {
    size_t first, n; // groups of a signature in `groups_of`
};

struct bisection {
    struct int_map ids; // of the summaries
    ARRAY(struct summary) summaries;
    ARRAY(struct failing) failing;
    struct int_map signatures; // of groups
    ARRAY(struct links) links; // of each signature in `signatures`
    uint32_t *groups_of;
    struct int_map group_ids;
    ARRAY(struct group) groups;
    struct commit_graph graph;
    struct dag_walk walk;
    struct dag_nodes range;
    // Of the summary in hand.
    ARRAY(struct cover_link) cover_links;
    ARRAY(uint32_t) cover_groups; // numbers in `groups`
    ARRAY(double) costs;
    ARRAY(bool) chosen;
    ARRAY(int64_t) chosen_ids;
};

// --- alert summaries ----------------------------------------------------------------------------

static void add_summary(void *arg, const struct scan *s, int64_t slot) {
    struct bisection *b = arg;
    bool is_new;
    const int64_t id = scan_i64(s, AS_ID, slot);
    int_map_put(&b->ids, id, &is_new);
    if (is_new) {
        array_push(&b->summaries,
                   (struct summary){.id = id,
                                    .revision = scan_text(s, AS_REVISION, slot),
                                    .prev_revision = scan_text(s, AS_PREV_PUSH_REVISION, slot)});
    }
}

static void add_alert(void *arg, const struct scan *s, int64_t slot) {
    struct bisection *b = arg;
    const uint32_t summary = int_map_get(&b->ids, scan_i64(s, AL_SUMMARY_ID, slot));
    if (summary == MAP_NONE || scan_bool(s, AL_RELATED, slot)) {
        return;
    }
    b->summaries.ptr[summary].has_alerts = true;
    if (scan_bool(s, AL_IS_REGRESSION, slot) && !scan_is_null(s, AL_SIGNATURE_ID, slot)) {
        array_push(&b->failing, (struct failing){summary, scan_i64(s, AL_SIGNATURE_ID, slot)});
    }
}

static int by_summary(const void *a, const void *b) {
    const struct failing *x = a, *y = b;
    if (x->summary != y->summary) {
        return x->summary < y->summary ? -1 : 1;
    }
    return (x->signature > y->signature) - (x->signature < y->signature);
}

// Failing signatures of each summary, ascending and distinct.
static void sort_failing(struct bisection *b) {
    size_t n = 0;
    if (b->failing.n) {
        qsort(b->failing.ptr, b->failing.n, sizeof *b->failing.ptr, by_summary);
    }
    for (size_t i = 0; i < b->failing.n; i++) {
        const struct failing f = b->failing.ptr[i];
        struct summary *summary = &b->summaries.ptr[f.summary];
        if (summary->n && b->failing.ptr[n - 1].signature == f.signature) {
            continue;
        }
        summary->first = summary->n ? summary->first : n;
        summary->n++;
        b->failing.ptr[n++] = f;
    }
    b->failing.n = n;
}

// --- groups -------------------------------------------------------------------------------------

static uint32_t group_of(struct bisection *b, int64_t id) {
    bool is_new;
    const uint32_t group = int_map_put(&b->group_ids, id, &is_new);
    if (is_new) {
        array_push(&b->groups, (struct group){.id = id, .minutes = (double)NAN});
    }
    return group;
}

// Which groups each signature is in.
static void place_members(struct bisection *b, const struct group_members *members) {
    array_foreach (m, members) {
        bool is_new;
        const uint32_t signature = int_map_put(&b->signatures, m->signature_id, &is_new);
        if (is_new) {
            array_push(&b->links, (struct links){0});
        }
        b->links.ptr[signature].n++;
    }
    size_t n = 0;
    array_foreach (links, &b->links) {
        links->first = n;
        n += links->n;
        links->n = 0;
    }
    b->groups_of = xreallocarray(NULL, n + 1, sizeof *b->groups_of);
    array_foreach (m, members) {
        struct links *links = &b->links.ptr[int_map_get(&b->signatures, m->signature_id)];
        b->groups_of[links->first + links->n++] = group_of(b, m->group_id);
    }
}

static void add_minutes(void *arg, const struct scan *s, int64_t slot) {
    struct bisection *b = arg;
    const uint32_t group = int_map_get(&b->group_ids, scan_i64(s, GD_GROUP_ID, slot));
    if (group != MAP_NONE && isfinite(scan_f64(s, GD_MINUTES, slot))) {
        b->groups.ptr[group].minutes = scan_f64(s, GD_MINUTES, slot);
    }
}

static bool load(struct bisection *b, const struct derive *d, struct err *err) {
    struct group_members members = {0};
    bool ok = scan_each(d, &schema_alert_summaries, add_summary, b, err) &&
              scan_each(d, &schema_alerts, add_alert, b, err) &&
              group_members_load(&members, d, err);
    if (ok) {
        sort_failing(b);
        place_members(b, &members);
    }
    array_done(&members);
    if (ok && snapshot_dataset(d->snap, schema_group_durations.name)) {
        ok = scan_each(d, &schema_group_durations, add_minutes, b, err);
    }
    return ok && commit_graph_load(&b->graph, d, err);
}

// --- one summary --------------------------------------------------------------------------------

struct cost {
    size_t n_covered;
    double run_minutes; // NaN = of no group is it known
    int n_unknown;
    size_t n_timed; // signatures in a chosen group of known duration
};

// Number of a group among those that the summary in hand can choose from.
static uint32_t local_group(struct bisection *b, uint32_t group, uint32_t summary) {
    struct group *g = &b->groups.ptr[group];
    if (g->last_local != summary + 1) {
        g->last_local = summary + 1;
        g->local = (uint32_t)b->cover_groups.n;
        array_push(&b->cover_groups, group);
        array_push(&b->costs, isnan(g->minutes) ? USUAL_MINUTES : MAX(g->minutes, 0));
        array_push(&b->chosen, false);
    }
    return g->local;
}

static size_t link_signatures(struct bisection *b, uint32_t summary) {
    const struct summary *s = &b->summaries.ptr[summary];
    size_t n_covered = 0;
    array_clear(&b->cover_links);
    array_clear(&b->cover_groups);
    array_clear(&b->costs);
    array_clear(&b->chosen);
    for (size_t i = 0; i < s->n; i++) {
        const int64_t id = b->failing.ptr[s->first + i].signature;
        const uint32_t signature = int_map_get(&b->signatures, id);
        if (signature == MAP_NONE) {
            continue;
        }
        const struct links links = b->links.ptr[signature];
        n_covered += links.n > 0;
        for (size_t k = 0; k < links.n; k++) {
            const uint32_t group = local_group(b, b->groups_of[links.first + k], summary);
            array_push(&b->cover_links, (struct cover_link){(uint32_t)i, group});
        }
    }
    return n_covered;
}

// The links stand together by signature.
static size_t count_timed(const struct bisection *b) {
    size_t n = 0;
    uint32_t last = UINT32_MAX;
    array_foreach (link, &b->cover_links) {
        const struct group *g = &b->groups.ptr[b->cover_groups.ptr[link->group]];
        if (link->signature != last && b->chosen.ptr[link->group] && !isnan(g->minutes)) {
            last = link->signature;
            n++;
        }
    }
    return n;
}

static struct cost cost_of(struct bisection *b, uint32_t summary) {
    struct cost cost = {.n_covered = link_signatures(b, summary), .run_minutes = (double)NAN};
    array_clear(&b->chosen_ids);
    if (!b->cover_groups.n) {
        return cost;
    }
    group_cover(&(struct cover_problem){b->cover_links.ptr, b->cover_links.n,
                                        b->summaries.ptr[summary].n, b->cover_groups.n,
                                        b->costs.ptr},
                b->chosen.ptr);
    for (size_t i = 0; i < b->cover_groups.n; i++) {
        const struct group *g = &b->groups.ptr[b->cover_groups.ptr[i]];
        if (!b->chosen.ptr[i]) {
            continue;
        }
        array_push(&b->chosen_ids, g->id);
        if (isnan(g->minutes)) {
            cost.n_unknown++;
        } else {
            cost.run_minutes = isnan(cost.run_minutes) ? g->minutes : cost.run_minutes + g->minutes;
        }
    }
    cost.n_timed = count_timed(b);
    qsort(b->chosen_ids.ptr, b->chosen_ids.n, sizeof *b->chosen_ids.ptr, compare_i64);
    return cost;
}

// Commits from the last good push (not counted) to the first bad one; 0 = not known.
static size_t range_of(struct bisection *b, const struct summary *s) {
    const int64_t to = commit_graph_find(&b->graph, s->revision);
    const int64_t from = commit_graph_find(&b->graph, s->prev_revision);
    array_clear(&b->range);
    if (to >= 0 && from >= 0) {
        dag_range(&b->walk, (uint32_t)from, (uint32_t)to, INT32_MAX, &b->range);
    }
    return b->range.n;
}

// Runs until one of n is left: the binary logarithm, rounded up.
static int steps_of(size_t n) {
    int steps = 0;
    while (((size_t)1 << steps) < n) {
        steps++;
    }
    return steps;
}

static bool write_row(struct derive *d, struct bisection *b, uint32_t summary, struct err *err) {
    const struct summary *s = &b->summaries.ptr[summary];
    const struct cost cost = cost_of(b, summary);
    const size_t range = range_of(b, s);
    arrow_add_i64(derive_col(d, 0, BC_SUMMARY_ID), s->id);
    arrow_add_i64(derive_col(d, 0, BC_N_SIGNATURES), (int64_t)s->n);
    arrow_add_i64(derive_col(d, 0, BC_N_COVERED), (int64_t)cost.n_covered);
    struct arrow_builder *list = derive_col(d, 0, BC_GROUP_IDS);
    arrow_list_begin(list);
    array_foreach (id, &b->chosen_ids) {
        arrow_add_i64(arrow_child(list, 0), *id);
    }
    arrow_list_end(list);
    arrow_add_i64(derive_col(d, 0, BC_N_GROUPS), (int64_t)b->chosen_ids.n);
    arrow_add_i64(derive_col(d, 0, BC_N_UNKNOWN), cost.n_unknown);
    arrow_add_i64(derive_col(d, 0, BC_N_LEFT_OUT), (int64_t)(s->n - cost.n_timed));
    if (!isnan(cost.run_minutes)) {
        arrow_add_f64(derive_col(d, 0, BC_RUN_MINUTES), cost.run_minutes);
    }
    if (range) {
        arrow_add_i64(derive_col(d, 0, BC_RANGE_SIZE), (int64_t)range);
        arrow_add_text(derive_col(d, 0, BC_RANGE_UNIT), SV("commits"));
        arrow_add_i64(derive_col(d, 0, BC_STEPS), steps_of(range));
    }
    if (range && !isnan(cost.run_minutes)) {
        arrow_add_f64(derive_col(d, 0, BC_TOTAL_MINUTES), steps_of(range) * cost.run_minutes);
    }
    return arrow_row_end(d->out[0], err);
}

static bool write_rows(struct derive *d, struct bisection *b, struct err *err) {
    bool ok = true;
    dag_walk_init(&b->walk, &b->graph.dag);
    for (uint32_t i = 0; ok && i < b->summaries.n; i++) {
        if (b->summaries.ptr[i].has_alerts) {
            ok = write_row(d, b, i, err);
        }
        // Each time, for a range may be the whole history.
        ok = ok && derive_tick(d, i, b->summaries.n, err);
    }
    dag_walk_done(&b->walk);
    return ok;
}

bool derive_bisection_costs(struct derive *d, struct err *err) {
    struct bisection b = {0};
    const bool ok = load(&b, d, err) && write_rows(d, &b, err);
    int_map_done(&b.ids);
    int_map_done(&b.signatures);
    int_map_done(&b.group_ids);
    array_done(&b.summaries);
    array_done(&b.failing);
    array_done(&b.links);
    free(b.groups_of);
    array_done(&b.groups);
    commit_graph_done(&b.graph);
    array_done(&b.range);
    array_done(&b.cover_links);
    array_done(&b.cover_groups);
    array_done(&b.costs);
    array_done(&b.chosen);
    array_done(&b.chosen_ids);
    return ok;
}
