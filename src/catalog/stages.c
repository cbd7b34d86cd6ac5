// The stages: what each makes, from what. The order in which they run is that of the table of
// datasets.
#include <pthread.h>

#include "catalog/catalog_int.h"
#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"

#define DATASETS(...)                                                                              \
    (const struct dataset_def *const[]) {                                                          \
        __VA_ARGS__, NULL                                                                          \
    }
#define NAMES(...)                                                                                 \
    (const char *const[]) {                                                                        \
        __VA_ARGS__, NULL                                                                          \
    }

const struct stage_def stage_alert_bug_tests = {
    .name = "alert_bug_tests",
    .title = "bugs and tests of the alert summaries that were found right",
    .version = 1,
    .datasets = DATASETS(&schema_alert_bug_tests),
    .inputs = NAMES("alert_summaries", "alerts"),
    .run = derive_alert_bug_tests,
};

const struct stage_def stage_fail_sigs = {
    .name = "fail_sigs",
    .title = "failing signatures of the same alert summaries",
    .version = 1,
    .datasets = DATASETS(&schema_fail_sigs),
    .inputs = NAMES("alert_bug_tests", "alert_summaries", "alerts"),
    .run = derive_fail_sigs,
};

const struct stage_def stage_time_to_culprit = {
    .name = "time_to_culprit",
    .title = "hours from push to alert, in all and by framework, month and repository",
    .version = 1,
    .datasets = DATASETS(&schema_time_to_culprit, &schema_ttc_stats, &schema_ttc_groups),
    .inputs = NAMES("alert_summaries"),
    .run = derive_time_to_culprit,
};

const struct stage_def stage_perf_bugs = {
    .name = "perf_bugs",
    .title = "bugs labelled as performance regressor or regression",
    .version = 1,
    .datasets = DATASETS(&schema_perf_bugs, &schema_perf_bug_tests),
    .inputs = NAMES("all_bugs", "alert_bug_tests"),
    .settings = NAMES("bugs.cutoff"),
    .run = derive_perf_bugs,
};

const struct stage_def stage_bug_diffs = {
    .name = "bug_diffs",
    .title = "net diffs of these bugs, from a local clone",
    .version = 1,
    .datasets = DATASETS(&schema_perf_bugs_with_diff),
    .inputs = NAMES("perf_bugs", "commits"),
    .settings = NAMES("vcs.clone"),
    .run_repo = derive_bug_diffs,
};

const struct stage_def stage_llm_struc = {
    .name = "llm_struc",
    .title = "the diffs as structured prompts",
    .version = 1,
    .datasets = DATASETS(&schema_llm_struc),
    .inputs = NAMES("perf_bugs_with_diff"),
    .run = derive_llm_struc,
};

const struct stage_def stage_coverage = {
    .name = "coverage",
    .title = "performance jobs of each revision",
    .version = 1,
    .datasets =
        DATASETS(&schema_revision_jobs, &schema_revision_job_counts, &schema_revision_job_stats),
    .inputs = NAMES("commits", "perf_jobs_by_signature", "perf_jobs"),
    .settings = NAMES("coverage.window"),
    .run = derive_coverage,
};

const struct stage_def stage_job_sigs = {
    .name = "job_sigs",
    .title = "signatures of each job and what they have in common",
    .version = 1,
    .datasets = DATASETS(&schema_job_sigs, &schema_job_sigs_detailed),
    .inputs = NAMES("perf_jobs"),
    .optional = NAMES("signatures"),
    .run = derive_job_sigs,
};

const struct stage_def stage_sig_groups = {
    .name = "sig_groups",
    .title = "signatures that the same jobs measure",
    .version = 1,
    .datasets = DATASETS(&schema_sig_groups),
    .inputs = NAMES("job_sigs_detailed"),
    .run = derive_sig_groups,
};

const struct stage_def stage_durations = {
    .name = "durations",
    .title = "minutes of each signature's jobs",
    .version = 1,
    .datasets = DATASETS(&schema_durations),
    .inputs = NAMES("perf_jobs", "job_details"),
    .optional = NAMES("max_revision_jobs"),
    .run = derive_durations,
};

const struct stage_def stage_group_durations = {
    .name = "group_durations",
    .title = "minutes of each signature group and their statistics",
    .version = 1,
    .datasets = DATASETS(&schema_group_durations, &schema_group_duration_stats),
    .inputs = NAMES("durations", "sig_groups"),
    .run = derive_group_durations,
};

const struct stage_def stage_wait_stats = {
    .name = "wait_stats",
    .title = "waiting times of the jobs of the busiest revision",
    .version = 1,
    .datasets = DATASETS(&schema_wait_stats),
    .inputs = NAMES("revision_job_counts", "perf_jobs", "max_revision_jobs"),
    .run = derive_wait_stats,
};

const struct stage_def stage_rectified = {
    .name = "rectified",
    .title = "signature groups of each revision",
    .version = 1,
    .datasets = DATASETS(&schema_rectified),
    .inputs = NAMES("revision_jobs", "signatures", "sig_groups"),
    .settings = NAMES("coverage.exclude_frameworks", "coverage.strict"),
    .run = derive_rectified,
};

const struct stage_def stage_bisection_costs = {
    .name = "bisection_costs",
    .title = "what it costs to find the culprit of each alert summary",
    .version = 2,
    .datasets = DATASETS(&schema_bisection_costs),
    .inputs = NAMES("alert_summaries", "alerts", "sig_groups"),
    .optional = NAMES("group_durations", "commits"),
    .run = derive_bisection_costs,
};

// --- the list -----------------------------------------------------------------------------------

enum { MAX_STAGES = 32 };

static size_t list_stages(const struct stage_def **out) {
    size_t n_datasets;
    size_t n = 0;
    const struct dataset_entry *datasets = catalog_datasets(&n_datasets);
    for (size_t i = 0; i < n_datasets; i++) {
        const struct stage_def *stage = datasets[i].stage;
        bool known = !stage;
        for (size_t s = 0; s < n; s++) {
            known = known || out[s] == stage;
        }
        if (!known) {
            BUG_ON(n == MAX_STAGES);
            out[n++] = stage;
        }
    }
    return n;
}

static const struct stage_def *stages[MAX_STAGES];
static size_t n_stages;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void list_once(void) {
    n_stages = list_stages(stages);
}

const struct stage_def *const *catalog_stages(size_t *n) {
    pthread_once(&once, list_once);
    *n = n_stages;
    return stages;
}

const struct stage_def *catalog_stage(struct sv name) {
    size_t n;
    const struct stage_def *const *list = catalog_stages(&n);
    for (size_t i = 0; i < n; i++) {
        if (sv_is(name, list[i]->name)) {
            return list[i];
        }
    }
    const struct dataset_entry *entry = catalog_dataset(name);
    return entry ? entry->stage : NULL;
}
