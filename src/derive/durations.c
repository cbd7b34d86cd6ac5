// durations: minutes of each signature, from its oldest, middle and newest job; group_durations:
// their means over the signatures of a group, and how these are distributed.
#include <math.h>

#include "base/array.h"
#include "base/map.h"
#include "base/stats.h"
#include "derive/derive_int.h"
#include "derive/group_members.h"
#include "schema/perf_jobs.h"

enum { DECIMALS = 2 }; // minutes are rounded, and what follows is computed from the rounded ones

// ---- durations of signatures -------------------------------------------------------------------

enum { N_SAMPLES = 3 };

struct sampled {
    int64_t signature;
    uint32_t n_jobs;          // also those whose job is not known
    uint32_t jobs[N_SAMPLES]; // 1 + number in `jobs`, 0 = not known
};

struct sampling {
    ARRAY(struct sampled) signatures;
    uint32_t at; // second pass: the signature in hand
    int32_t pos; // of the next job in its list
    struct int_map jobs;
    ARRAY(double) minutes; // of each job in `jobs`; NaN = not known
    size_t n_negative;     // of these
};

static void count_job(void *arg, const struct scan *s, int64_t slot) {
    struct sampling *p = arg;
    const int64_t signature = scan_i64(s, PJ_SIGNATURE_ID, slot);
    if (!p->signatures.n || array_last(&p->signatures)->signature != signature) {
        array_push(&p->signatures, (struct sampled){.signature = signature});
    }
    array_last(&p->signatures)->n_jobs++;
}

static uint32_t want_job(struct sampling *p, int64_t job) {
    bool is_new;
    const uint32_t idx = int_map_put(&p->jobs, job, &is_new);
    if (is_new) {
        array_push(&p->minutes, (double)NAN);
    }
    return idx + 1;
}

static void sample_job(void *arg, const struct scan *s, int64_t slot) {
    struct sampling *p = arg;
    struct sampled *sig = &p->signatures.ptr[p->at];
    const uint32_t pos = (uint32_t)p->pos++;
    const uint32_t wanted[N_SAMPLES] = {0, sig->n_jobs / 2, sig->n_jobs - 1};
    for (size_t i = 0; i < N_SAMPLES; i++) {
        if (pos == wanted[i] && !scan_is_null(s, PJ_JOB_ID, slot)) {
            sig->jobs[i] = want_job(p, scan_i64(s, PJ_JOB_ID, slot));
        }
    }
    if (pos + 1 == sig->n_jobs) {
        p->at++;
        p->pos = 0;
    }
}

static void look_up_minutes(void *arg, const struct scan *s, int64_t slot) {
    struct sampling *p = arg;
    const uint32_t job = int_map_get(&p->jobs, scan_i64(s, JB_ID, slot));
    if (job != MAP_NONE && isnan(p->minutes.ptr[job]) && !scan_is_null(s, JB_RUN_MINUTES, slot)) {
        p->minutes.ptr[job] = scan_f64(s, JB_RUN_MINUTES, slot);
        p->n_negative += p->minutes.ptr[job] < 0;
    }
}

static bool write_duration(struct derive *d, const struct sampling *p, const struct sampled *sig,
                           struct err *err) {
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const double minutes = sig->jobs[i] ? p->minutes.ptr[sig->jobs[i] - 1] : (double)NAN;
        if (!isnan(minutes)) {
            sum += minutes;
            n++;
        }
    }
    if (n == 0 || !isfinite(sum)) {
        return true;
    }
    arrow_add_i64(derive_col(d, 0, DU_SIGNATURE_ID), sig->signature);
    arrow_add_f64(derive_col(d, 0, DU_MINUTES), stats_round(sum / n, DECIMALS));
    return arrow_row_end(d->out[0], err);
}

bool derive_durations(struct derive *d, struct err *err) {
    struct sampling p = {0};
    bool ok = scan_each(d, &schema_perf_jobs, count_job, &p, err) &&
              scan_each(d, &schema_perf_jobs, sample_job, &p, err) &&
              scan_each(d, &schema_job_details, look_up_minutes, &p, err);
    if (ok && snapshot_dataset(d->snap, schema_max_revision_jobs.name)) {
        ok = scan_each(d, &schema_max_revision_jobs, look_up_minutes, &p, err);
    }
    for (size_t i = 0; ok && i < p.signatures.n; i++) {
        ok = write_duration(d, &p, &p.signatures.ptr[i], err);
    }
    if (ok && p.signatures.n && arrow_rows_written(d->out[0]) == 0) {
        ok = derive_problem(d, "job_details", err,
                            "of none of the jobs of %zu signatures is known how long it ran",
                            p.signatures.n);
    }
    // They are taken, as the original program does, but not without a word.
    if (ok && p.n_negative) {
        ok = derive_problem(d, "job_details", err,
                            "jobs that ended before they started count with their negative "
                            "durations: %zu",
                            p.n_negative);
    }
    array_done(&p.signatures);
    array_done(&p.minutes);
    int_map_done(&p.jobs);
    return ok;
}

// ---- durations of groups -----------------------------------------------------------------------

struct group {
    int64_t id;
    double sum;
    int64_t n;
};

struct grouping {
    struct int_map signatures;
    ARRAY(uint32_t) group_of; // of each signature in `signatures`
    struct int_map ids;       // of groups
    ARRAY(struct group) groups;
    size_t n_negative; // signatures of a group that last less than no time
};

// The last group that names a signature has it.
static void place_member(struct grouping *g, const struct group_member *m) {
    bool is_new;
    const uint32_t group = int_map_put(&g->ids, m->group_id, &is_new);
    if (is_new) {
        array_push(&g->groups, (struct group){.id = m->group_id});
    }
    const uint32_t signature = int_map_put(&g->signatures, m->signature_id, &is_new);
    if (is_new) {
        array_push(&g->group_of, 0);
    }
    g->group_of.ptr[signature] = group;
}

static void add_duration(void *arg, const struct scan *s, int64_t slot) {
    struct grouping *g = arg;
    const double minutes = scan_f64(s, DU_MINUTES, slot);
    const uint32_t signature = int_map_get(&g->signatures, scan_i64(s, DU_SIGNATURE_ID, slot));
    if (signature == MAP_NONE || !isfinite(minutes)) {
        return;
    }
    struct group *group = &g->groups.ptr[g->group_of.ptr[signature]];
    group->sum += minutes;
    group->n++;
    g->n_negative += minutes < 0;
}

static int by_id(const void *a, const void *b) {
    const struct group *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static bool write_stats(struct derive *d, const double *sorted, size_t n, struct err *err) {
    const struct {
        int col;
        double v;
    } values[] = {
        {GS_MEAN, stats_mean(sorted, n)},
        {GS_MEDIAN, stats_median(sorted, n)},
        {GS_MIN, sorted[0]},
        {GS_MAX, sorted[n - 1]},
        {GS_P25, stats_percentile_linear(sorted, n, 25)},
        {GS_P75, stats_percentile_linear(sorted, n, 75)},
        {GS_P90, stats_percentile_linear(sorted, n, 90)},
        {GS_P95, stats_percentile_linear(sorted, n, 95)},
        {GS_P99, stats_percentile_linear(sorted, n, 99)},
        {GS_TRIMMED_MEAN_10PCT, stats_trimmed_mean(sorted, n, 0.10)},
        {GS_GEOMETRIC_MEAN, stats_geometric_mean(sorted, n)},
    };
    arrow_add_i64(derive_col(d, 1, GS_OBSERVATIONS), (int64_t)n);
    for (size_t i = 0; i < COUNTOF(values); i++) {
        if (isfinite(values[i].v)) {
            arrow_add_f64(derive_col(d, 1, values[i].col), values[i].v);
        }
    }
    return arrow_row_end(d->out[1], err);
}

static bool write_groups(struct derive *d, struct grouping *g, struct err *err) {
    if (!g->groups.n) {
        return true;
    }
    double *minutes = xreallocarray(NULL, g->groups.n, sizeof *minutes);
    size_t n = 0;
    bool ok = true;
    qsort(g->groups.ptr, g->groups.n, sizeof *g->groups.ptr, by_id);
    for (size_t i = 0; ok && i < g->groups.n; i++) {
        const struct group *group = &g->groups.ptr[i];
        if (group->n == 0 || !isfinite(group->sum)) {
            continue;
        }
        minutes[n] = stats_round(group->sum / (double)group->n, DECIMALS);
        arrow_add_i64(derive_col(d, 0, GD_GROUP_ID), group->id);
        arrow_add_f64(derive_col(d, 0, GD_MINUTES), minutes[n++]);
        ok = arrow_row_end(d->out[0], err);
    }
    stats_sort(minutes, n);
    ok = ok && (n == 0 || write_stats(d, minutes, n, err));
    free(minutes);
    return ok;
}

bool derive_group_durations(struct derive *d, struct err *err) {
    struct grouping g = {0};
    struct group_members members = {0};
    bool ok = group_members_load(&members, d, err);
    array_foreach (m, &members) {
        place_member(&g, m);
    }
    ok = ok && scan_each(d, &schema_durations, add_duration, &g, err) && write_groups(d, &g, err);
    if (ok && g.n_negative) {
        ok = derive_problem(d, "durations", err,
                            "signatures with negative durations count in the means of their "
                            "groups: %zu",
                            g.n_negative);
    }
    array_done(&members);
    int_map_done(&g.signatures);
    int_map_done(&g.ids);
    array_done(&g.group_of);
    array_done(&g.groups);
    return ok;
}
