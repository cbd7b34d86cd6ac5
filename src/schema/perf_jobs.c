#include "schema/perf_jobs.h"

#include <stdio.h>

#include "base/map.h"
#include "schema/columns.h"

static const struct column_def perf_jobs_by_signature[] = {
    {"signature_id", "i64", COL_KEY, NULL, "Number of the performance signature.", NULL},
    {"n_jobs", "i32", 0, NULL, "Measured values in its list.", NULL},
    {"_keys", "dict", NUL | HIDDEN, NULL,
     "Keys of each job in the order of the source, with commas between; null = the usual ones.",
     NULL},
    RAW("line"),
};

static const struct column_def perf_jobs[] = {
    {"signature_id", "i64", COL_KEY, NULL, "Number of the performance signature.", NULL},
    {"pos", "i32", COL_KEY, NULL, "Place in the list of the signature, from 0.", NULL},
    {"id", "i64", NUL, NULL, "Number of the measured value.", NULL},
    {"job_id", "i64", NUL, NULL, "Job that measured it; null when the job has expired.", NULL},
    {"push_id", "i64", NUL, NULL, "Push that was measured.", NULL},
    {"push_timestamp", "ts", NUL, NULL, "When the push landed.", NULL},
    {"revision", "dict", NUL, NULL, "Head of the push.", NULL},
    {"submit_time", "ts", NUL, NULL, "When the job was asked for; null = not known.", NULL},
    {"value", "f64", NUL, NULL, "Measured value, in the unit of the signature.", NULL},
    {"machine_name", "dict", NUL, NULL, "Machine that ran the job.", NULL},
    {"in_time", "bool", DERIVED, NULL,
     "Asked for within ten minutes after the push, or not known when: ran with the push, not as a "
     "later backfill.",
     NULL},
    EXTRA,
};

static const struct column_def revision_job_counts[] = {
    {"revision", "text", COL_KEY, NULL, "Hash of the changeset.", NULL},
    {"submit_time", "ts", NUL, NULL, "When it was committed.", NULL},
    {"total_jobs", "i32", NUL, NULL, "Signatures that ran with the push.", NULL},
    EXTRA,
};

static const struct column_def revision_jobs[] = {
    {"revision", "text", COL_KEY, NULL, "Hash of the changeset.", NULL},
    {"submit_time", "ts", NUL, NULL, "When it was committed.", NULL},
    {"total_jobs", "i32", NUL, NULL, "Signatures that ran with the push.", NULL},
    {"signature_ids", "list<i64>", NUL, NULL, "These signatures, ascending.", NULL},
    RAW("line"),
    EXTRA,
};

#define PERCENTILES(unit)                                                                          \
    {"p25", "f64", NUL, unit, "A quarter is at most this.", NULL},                                 \
        {"p75", "f64", NUL, unit, "Three quarters are at most this.", NULL},                       \
        {"p90", "f64", NUL, unit, "90 % are at most this.", NULL},                                 \
        {"p95", "f64", NUL, unit, "95 % are at most this.", NULL}, {                               \
        "p99", "f64", NUL, unit, "99 % are at most this.", NULL                                    \
    }
#define ROBUST_MEANS(unit)                                                                         \
    {"trimmed_mean_10pct", "f64", NUL, unit, "Mean without the lowest and highest tenth.", NULL},  \
    {                                                                                              \
        "geometric_mean", "f64", NUL, unit, "Geometric mean of the values above 0.", NULL          \
    }

static const struct column_def revision_job_stats[] = {
    {"observations", "i64", 0, NULL, "Revisions counted.", NULL},
    {"mean_jobs", "f64", NUL, NULL, "Mean.", NULL},
    {"median_jobs", "f64", NUL, NULL, "Median.", NULL},
    {"min_jobs", "i64", NUL, NULL, "Least.", NULL},
    {"max_jobs", "i64", NUL, NULL, "Most.", NULL},
    PERCENTILES(NULL),
    ROBUST_MEANS(NULL),
    {"_integers", "text", NUL | HIDDEN, NULL,
     "Names of the values, with commas between, that are exact integers and written so.", NULL},
    RAW("file"),
};

static const struct column_def job_sigs[] = {
    {"job_id", "i64", COL_KEY, NULL, "Number of the job.", NULL},
    {"signature_ids", "list<i64>", NUL, NULL, "Signatures it measured, ascending.", NULL},
    RAW("line"),
};

static const struct column_def job_sigs_detailed[] = {
    {"job_id", "i64", COL_KEY, NULL, "Number of the job.", NULL},
    {"signature_ids", "list<i64>", NUL, NULL, "Signatures it measured, ascending.", NULL},
    {"common_sig_features", "list<dict>", NUL, NULL,
     "Fields that have the same value in all these signatures.", NULL},
    RAW("line"),
};

static const struct column_def sig_groups[] = {
    {"group_id", "i64", COL_KEY, NULL,
     "Number of the group, by size; it changes when groups are made anew.", NULL},
    {"signatures", "list<i64>", NUL, NULL, "Signatures that always run in the same jobs.", NULL},
    {"n_signatures", "i32", DERIVED, NULL, "How many.", NULL},
    {"content_key", "text", DERIVED, NULL,
     "Key over the members; it stays when groups are "
     "numbered anew.",
     NULL},
    RAW("line"),
};

static const struct column_def jobs[] = {
    {"id", "i64", COL_KEY, NULL, "Number of the job.", NULL},
    {"push_id", "i64", NUL, NULL, "Push it ran for.", NULL},
    {"revision", "text", NUL, NULL, "Head of that push, where the source says it.", NULL},
    {"submit_timestamp", "ts", NUL, NULL, "When it was asked for.", NULL},
    {"start_timestamp", "ts", NUL, NULL, "When it started.", NULL},
    {"end_timestamp", "ts", NUL, NULL, "When it ended.", NULL},
    {"wait_s", "f64", NUL | DERIVED, "s", "From submit to start; negative values are kept.", NULL},
    {"run_minutes", "f64", NUL | DERIVED, "min", "From start to end.", NULL},
    {"state", "dict", NUL, NULL, "State, such as completed.", NULL},
    {"result", "dict", NUL, NULL, "Result, such as success.", NULL},
    {"job_type_name", "dict", NUL, NULL, "Kind of job.", NULL},
    {"platform", "dict", NUL, NULL, "Platform it ran on.", NULL},
    {"platform_option", "dict", NUL, NULL, "Build option of the platform.", NULL},
    {"tier", "i32", NUL, NULL, "Tier of the job.", NULL},
    {"task_id", "text", NUL, NULL, "Task that ran it.", NULL},
    {"retry_id", "i32", NUL, NULL, "How often it was tried again.", NULL},
    {"_raw", "large", NUL | HIDDEN, NULL, "The record as it came.", NULL},
};

static const struct column_def durations[] = {
    {"signature_id", "i64", COL_KEY, NULL, "Number of the performance signature.", NULL},
    {"minutes", "f64", NUL, "min", "Mean duration of its oldest, middle and newest job.", NULL},
    RAW("row"),
};

static const struct column_def group_durations[] = {
    {"group_id", "i64", COL_KEY, NULL, "Number of the signature group.", NULL},
    {"minutes", "f64", NUL, "min", "Mean duration over its signatures.", NULL},
    RAW("row"),
};

static const struct column_def group_duration_stats[] = {
    {"observations", "i64", 0, NULL, "Signature groups counted.", NULL},
    {"mean", "f64", NUL, "min", "Mean.", NULL},
    {"median", "f64", NUL, "min", "Median.", NULL},
    {"min", "f64", NUL, "min", "Shortest.", NULL},
    {"max", "f64", NUL, "min", "Longest.", NULL},
    PERCENTILES("min"),
    ROBUST_MEANS("min"),
    RAW("file"),
};

static const struct column_def wait_stats[] = {
    {"observations", "i64", 0, NULL, "Jobs counted.", NULL},
    {"mean", "f64", NUL, "s", "Mean wait.", NULL},
    {"median", "f64", NUL, "s", "Median wait.", NULL},
    {"min", "f64", NUL, "s", "Shortest wait.", NULL},
    {"max", "f64", NUL, "s", "Longest wait.", NULL},
    PERCENTILES("s"),
    {"revision", "text", NUL, NULL, "Revision with the most jobs.", NULL},
    {"total_jobs_from_csv", "i64", NUL, NULL, "Signatures that ran with its push.", NULL},
    {"unique_job_ids_in_cache", "i64", NUL, NULL, "Jobs known of that revision.", NULL},
    {"detailed_jobs_in_jsonl", "i64", NUL, NULL, "Of these, jobs whose times are known.", NULL},
    {"detailed_jobs_fetched_this_run", "i64", NUL, NULL, "Of these, fetched in the last run.",
     NULL},
    RAW("file"),
};

static const struct column_def rectified[] = {
    {"revision", "text", COL_KEY, NULL, "Hash of the changeset.", NULL},
    {"submit_time", "ts", NUL, NULL, "When it was committed.", NULL},
    {"total_jobs", "i32", NUL, NULL, "Signature groups that ran with the push.", NULL},
    {"signature_group_ids", "list<i64>", NUL, NULL,
     "These groups, in the order of their first signature.", NULL},
    RAW("line"),
    EXTRA,
};

const struct dataset_def schema_perf_jobs_by_signature = {
    .name = "perf_jobs_by_signature",
    .title = "Signatures with jobs",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "signature_id",
    .merge = "signature_id",
    .sort = "",
    TABLE(perf_jobs_by_signature),
    .help = "Signatures whose measured values are known, those without any among them.",
};

const struct dataset_def schema_perf_jobs = {
    .name = "perf_jobs",
    .title = "Performance jobs",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "signature_id,pos",
    .merge = "signature_id",
    .sort = "",
    TABLE(perf_jobs),
    .help = "Measured values: one row for each job and signature it measured.",
};

const struct dataset_def schema_revision_job_counts = {
    .name = "revision_job_counts",
    .title = "Jobs per revision",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "revision",
    .merge = "",
    .sort = "",
    TABLE(revision_job_counts),
    .help = "How many signatures ran with each revision of the window.",
};

const struct dataset_def schema_revision_jobs = {
    .name = "revision_jobs",
    .title = "Coverage per revision",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "revision",
    .merge = "",
    .sort = "",
    TABLE(revision_jobs),
    .help = "Which signatures ran with each revision of the window, in order of time.",
};

const struct dataset_def schema_revision_job_stats = {
    .name = "revision_job_stats",
    .title = "Statistics of jobs per revision",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(revision_job_stats),
    .help = "One row: the distribution of jobs per revision.",
};

const struct dataset_def schema_job_sigs = {
    .name = "job_sigs",
    .title = "Signatures per job",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "job_id",
    .merge = "",
    .sort = "",
    TABLE(job_sigs),
    .help = "Which signatures each job measured.",
};

const struct dataset_def schema_job_sigs_detailed = {
    .name = "job_sigs_detailed",
    .title = "Signatures per job, with what they share",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "job_id",
    .merge = "",
    .sort = "",
    TABLE(job_sigs_detailed),
    .help = "Which signatures each job measured and which of their fields are equal.",
};

const struct dataset_def schema_sig_groups = {
    .name = "sig_groups",
    .title = "Signature groups",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "group_id",
    .merge = "",
    .sort = "",
    TABLE(sig_groups),
    .help = "Signatures that run in exactly the same jobs: what one run proves at once.",
};

const struct dataset_def schema_job_details = {
    .name = "job_details",
    .title = "Job details",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(jobs),
    .help = "Jobs as the service describes them, with their times.",
};

const struct dataset_def schema_durations = {
    .name = "durations",
    .title = "Durations of signatures",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "signature_id",
    .merge = "signature_id",
    .sort = "",
    TABLE(durations),
    .help = "How long a job of each signature takes.",
};

const struct dataset_def schema_group_durations = {
    .name = "group_durations",
    .title = "Durations of signature groups",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "group_id",
    .merge = "",
    .sort = "",
    TABLE(group_durations),
    .help = "How long a run of each signature group takes.",
};

const struct dataset_def schema_group_duration_stats = {
    .name = "group_duration_stats",
    .title = "Statistics of group durations",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(group_duration_stats),
    .help = "One row: the distribution of group durations.",
};

const struct dataset_def schema_max_revision_jobs = {
    .name = "max_revision_jobs",
    .title = "Jobs of the busiest revision",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(jobs),
    .help = "Jobs of the revision with the most jobs, with their waiting times.",
};

const struct dataset_def schema_wait_stats = {
    .name = "wait_stats",
    .title = "Statistics of waiting times",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(wait_stats),
    .help = "One row: how long the jobs of the busiest revision waited.",
};

const struct dataset_def schema_rectified = {
    .name = "rectified",
    .title = "Coverage per revision in groups",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "revision",
    .merge = "",
    .sort = "",
    TABLE(rectified),
    .help = "Which signature groups ran with each revision; frameworks that measure no speed are "
            "left out.",
};

void sig_group_content_key(const int64_t *signatures, size_t n, char out[33]) {
    // Two unlike 64-bit hashes of the same bytes.
    const uint64_t a = hash_bytes(signatures, n * sizeof *signatures);
    uint64_t b = hash_u64(n ^ UINT64_C(0x9e3779b97f4a7c15));
    for (size_t i = 0; i < n; i++) {
        b = hash_u64(b ^ (uint64_t)signatures[i]);
    }
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
}
