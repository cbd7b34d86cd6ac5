// One derivation: columns of stored datasets become columns of others. Pure computations: no file
// format, no process, no network, no clock; equal input gives equal output. The catalog's table of
// datasets says which stage makes which dataset from which, and runs them in order.
//
// A stage scans its inputs in `snap` (schema/scan.h) and fills the writers `out`, one for each of
// its datasets. Memory is bounded by what the result needs (sorted pairs, maps), never by the size
// of the texts. A stage belongs to one thread; it may use parallel_for() inside.
#ifndef CULPRIT_DERIVE_H
#define CULPRIT_DERIVE_H

#include <stdatomic.h>

#include "arrow/arrow_write.h"
#include "base/str.h"
#include "schema/scan.h"

enum { DERIVE_MAX_OUT = 4, DERIVE_MAX_FRAMEWORKS = 32 };

// What the stages can be told; the catalog fills it from the settings and the clock.
struct derive_settings {
    int64_t bugs_cutoff_us;                            // bugs.cutoff
    int64_t coverage_from_us, coverage_to_us;          // coverage.window, both ends belong to it
    int64_t exclude_frameworks[DERIVE_MAX_FRAMEWORKS]; // coverage.exclude_frameworks
    size_t n_exclude_frameworks;
    bool strict; // coverage.strict: an unknown group is fatal
};

struct derive {
    const struct snapshot *snap;
    const struct derive_settings *settings;
    struct arrow_writer *out[DERIVE_MAX_OUT]; // in the order of the stage's datasets
    const atomic_bool *cancel;                // NULL = never

    // Keeps a problem: what could not be used and why, a sentence without a full stop. `subject`
    // names the row ("alert summary 49000"). False when it cannot be written.
    bool (*problem)(void *arg, const char *subject, const char *reason, struct err *err);
    void *arg;
    int64_t n_problems; // reported so far
    // Progress over the whole stage, 0 to `all`; NULL = nobody watches.
    void (*progress)(void *arg, uint64_t done, uint64_t all);
};

typedef bool derive_fn(struct derive *d, struct err *err);

static inline struct arrow_builder *derive_col(struct derive *d, size_t out, int col) {
    return arrow_column(d->out[out], (size_t)col);
}
// ERR_CANCELLED when somebody asked for it: call it every batch.
bool derive_tick(const struct derive *d, uint64_t done, uint64_t all, struct err *err) MUST_USE;
bool derive_problem(struct derive *d, const char *subject, struct err *err, const char *fmt, ...)
    PRINTF_LIKE(4, 5) MUST_USE;

// --- the stages; each is described where it stands ----------------------------------------------
derive_fn derive_alert_bug_tests; // bug_join.c
derive_fn derive_fail_sigs;       // fail_sigs.c
derive_fn derive_time_to_culprit; // time_to_culprit.c
derive_fn derive_perf_bugs;       // perf_bugs.c
derive_fn derive_llm_struc;       // llm_struc.c
derive_fn derive_coverage;        // coverage.c: revision_jobs, revision_job_counts, their stats
derive_fn derive_job_sigs;        // job_sigs.c: job_sigs, job_sigs_detailed
derive_fn derive_sig_groups;      // sig_groups.c
derive_fn derive_durations;       // durations.c
derive_fn derive_group_durations; // durations.c: group_durations, group_duration_stats
derive_fn derive_wait_stats;      // wait_stats.c
derive_fn derive_rectified;       // rectified.c
derive_fn derive_bisection_costs; // bisection.c

#endif
