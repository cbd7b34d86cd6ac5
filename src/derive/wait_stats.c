// wait_stats: how long the jobs of the busiest revision waited to be started.
#include <math.h>

#include "base/array.h"
#include "base/map.h"
#include "base/stats.h"
#include "derive/derive_int.h"
#include "schema/perf_jobs.h"

struct waits {
    struct sv revision; // NULL = none is known
    int64_t total_jobs;
    const struct arrow_dict *dict;
    int64_t code; // of the revision in the present dictionary, -1 = it is not there
    struct int_map jobs;
    uint32_t n_detailed;
    ARRAY(double) seconds;
};

// The first one of the highest count.
static void compare_revision(void *arg, const struct scan *s, int64_t slot) {
    struct waits *w = arg;
    const int64_t total = scan_i64(s, RC_TOTAL_JOBS, slot);
    if (!scan_is_null(s, RC_TOTAL_JOBS, slot) && (!w->revision.ptr || total > w->total_jobs)) {
        w->revision = scan_text(s, RC_REVISION, slot);
        w->total_jobs = total;
    }
}

static int64_t code_of(const struct arrow_dict *dict, struct sv text) {
    for (uint32_t i = 0; dict && i < dict->n_values; i++) {
        if (sv_eq(arrow_dict_value(dict, i), text)) {
            return i;
        }
    }
    return -1;
}

// All jobs of the revision, also those that were asked for later.
static void add_job(void *arg, const struct scan *s, int64_t slot) {
    struct waits *w = arg;
    const struct arrow_col *col = s->cols[PJ_REVISION];
    if (!col) {
        return;
    }
    if (col->dict != w->dict) {
        w->dict = col->dict;
        w->code = code_of(w->dict, w->revision);
    }
    if (w->code >= 0 && arrow_get_i64(col, slot) == w->code && !scan_is_null(s, PJ_JOB_ID, slot)) {
        int_map_put(&w->jobs, scan_i64(s, PJ_JOB_ID, slot), NULL);
    }
}

// The file of jobs may hold those of another revision, which was the busiest before.
static void add_wait(void *arg, const struct scan *s, int64_t slot) {
    struct waits *w = arg;
    if (int_map_get(&w->jobs, scan_i64(s, JB_ID, slot)) == MAP_NONE) {
        return;
    }
    w->n_detailed++;
    const double seconds = scan_f64(s, JB_WAIT_S, slot);
    if (isfinite(seconds) && seconds >= 0) {
        array_push(&w->seconds, seconds);
    }
}

static bool write_stats(struct derive *d, const struct waits *w, struct err *err) {
    const double *sorted = w->seconds.ptr;
    const size_t n = w->seconds.n;
    const struct {
        int col;
        double v;
    } values[] = {
        {WS_MEAN_S, stats_mean(sorted, n)},
        {WS_MEDIAN_S, stats_median(sorted, n)},
        {WS_MIN_S, sorted[0]},
        {WS_MAX_S, sorted[n - 1]},
        {WS_P25_S, stats_percentile_interpolated(sorted, n, 25)},
        {WS_P75_S, stats_percentile_interpolated(sorted, n, 75)},
        {WS_P90_S, stats_percentile_interpolated(sorted, n, 90)},
        {WS_P95_S, stats_percentile_interpolated(sorted, n, 95)},
        {WS_P99_S, stats_percentile_interpolated(sorted, n, 99)},
    };
    arrow_add_i64(derive_col(d, 0, WS_OBSERVATIONS), (int64_t)n);
    for (size_t i = 0; i < COUNTOF(values); i++) {
        arrow_add_f64(derive_col(d, 0, values[i].col), values[i].v);
    }
    arrow_add_text(derive_col(d, 0, WS_REVISION), w->revision);
    arrow_add_i64(derive_col(d, 0, WS_TOTAL_JOBS_FROM_CSV), w->total_jobs);
    arrow_add_i64(derive_col(d, 0, WS_UNIQUE_JOB_IDS_IN_CACHE), (int64_t)w->jobs.n);
    arrow_add_i64(derive_col(d, 0, WS_DETAILED_JOBS_IN_JSONL), w->n_detailed);
    // Nothing is fetched here.
    arrow_add_i64(derive_col(d, 0, WS_DETAILED_JOBS_FETCHED_THIS_RUN), 0);
    return arrow_row_end(d->out[0], err);
}

static bool say_nothing_known(struct derive *d, const struct waits *w, struct err *err) {
    auto_str subject = STR_INIT;
    str_add_cstr(&subject, "revision ");
    str_add_sv(&subject, w->revision);
    return derive_problem(d, str_cstr(&subject), err,
                          "no wait is known; perf_jobs has %zu jobs of it, max_revision_jobs %u of "
                          "these",
                          w->jobs.n, w->n_detailed);
}

bool derive_wait_stats(struct derive *d, struct err *err) {
    struct waits w = {.code = -1};
    bool ok = scan_each(d, &schema_revision_job_counts, compare_revision, &w, err);
    if (ok && !w.revision.ptr) {
        return derive_problem(d, "waiting times", err,
                              "no revision has a number of jobs, so that none is the busiest");
    }
    ok = ok && scan_each(d, &schema_perf_jobs, add_job, &w, err) &&
         scan_each(d, &schema_max_revision_jobs, add_wait, &w, err);
    if (ok && w.seconds.n) {
        stats_sort(w.seconds.ptr, w.seconds.n);
        ok = write_stats(d, &w, err);
    } else if (ok) {
        ok = say_nothing_known(d, &w, err);
    }
    int_map_done(&w.jobs);
    array_done(&w.seconds);
    return ok;
}
