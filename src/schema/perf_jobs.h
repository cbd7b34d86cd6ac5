// Datasets of performance jobs: measured values by signature, signature groups, durations, coverage
// per revision, waiting times. The enumerations are the column numbers, in the order of the tables
// in perf_jobs.c; a test holds the two together.
//
// A column `_raw` holds the source text of a record whose columns would not give the same bytes
// again; it is null for every record in the usual spelling.
#ifndef CULPRIT_SCHEMA_PERF_JOBS_H
#define CULPRIT_SCHEMA_PERF_JOBS_H

#include "schema/schema.h"

extern const struct dataset_def schema_perf_jobs_by_signature;
extern const struct dataset_def schema_perf_jobs;
extern const struct dataset_def schema_revision_job_counts;
extern const struct dataset_def schema_revision_jobs;
extern const struct dataset_def schema_revision_job_stats;
extern const struct dataset_def schema_job_sigs;
extern const struct dataset_def schema_job_sigs_detailed;
extern const struct dataset_def schema_sig_groups;
extern const struct dataset_def schema_job_details;
extern const struct dataset_def schema_durations;
extern const struct dataset_def schema_group_durations;
extern const struct dataset_def schema_group_duration_stats;
extern const struct dataset_def schema_max_revision_jobs;
extern const struct dataset_def schema_wait_stats;
extern const struct dataset_def schema_rectified;

enum perf_jobs_by_signature_column {
    PJS_SIGNATURE_ID,
    PJS_N_JOBS,
    PJS_KEYS,
    PJS_RAW,
    PJS_N_COLUMNS
};

enum perf_jobs_column {
    PJ_SIGNATURE_ID,
    PJ_POS,
    PJ_ID,
    PJ_JOB_ID,
    PJ_PUSH_ID,
    PJ_PUSH_TIMESTAMP,
    PJ_REVISION,
    PJ_SUBMIT_TIME,
    PJ_VALUE,
    PJ_MACHINE_NAME,
    PJ_IN_TIME,
    PJ_EXTRA,
    PJ_N_COLUMNS
};

enum revision_job_counts_column {
    RC_REVISION,
    RC_SUBMIT_TIME,
    RC_TOTAL_JOBS,
    RC_EXTRA,
    RC_N_COLUMNS
};

enum revision_jobs_column {
    RJ_REVISION,
    RJ_SUBMIT_TIME,
    RJ_TOTAL_JOBS,
    RJ_SIGNATURE_IDS,
    RJ_RAW,
    RJ_EXTRA,
    RJ_N_COLUMNS
};

enum revision_job_stats_column {
    RS_OBSERVATIONS,
    RS_MEAN_JOBS,
    RS_MEDIAN_JOBS,
    RS_MIN_JOBS,
    RS_MAX_JOBS,
    RS_P25,
    RS_P75,
    RS_P90,
    RS_P95,
    RS_P99,
    RS_TRIMMED_MEAN_10PCT,
    RS_GEOMETRIC_MEAN,
    RS_INTEGERS,
    RS_RAW,
    RS_N_COLUMNS
};

enum job_sigs_column { JS_JOB_ID, JS_SIGNATURE_IDS, JS_RAW, JS_N_COLUMNS };

enum job_sigs_detailed_column {
    JD_JOB_ID,
    JD_SIGNATURE_IDS,
    JD_COMMON_SIG_FEATURES,
    JD_RAW,
    JD_N_COLUMNS
};

enum sig_groups_column {
    GR_GROUP_ID,
    GR_SIGNATURES,
    GR_N_SIGNATURES,
    GR_CONTENT_KEY,
    GR_RAW,
    GR_N_COLUMNS
};

// job_details and max_revision_jobs have the same columns.
enum job_column {
    JB_ID,
    JB_PUSH_ID,
    JB_REVISION,
    JB_SUBMIT_TIMESTAMP,
    JB_START_TIMESTAMP,
    JB_END_TIMESTAMP,
    JB_WAIT_S,
    JB_RUN_MINUTES,
    JB_STATE,
    JB_RESULT,
    JB_JOB_TYPE_NAME,
    JB_PLATFORM,
    JB_PLATFORM_OPTION,
    JB_TIER,
    JB_TASK_ID,
    JB_RETRY_ID,
    JB_RAW,
    JB_N_COLUMNS
};

enum durations_column { DU_SIGNATURE_ID, DU_MINUTES, DU_RAW, DU_N_COLUMNS };
enum group_durations_column { GD_GROUP_ID, GD_MINUTES, GD_RAW, GD_N_COLUMNS };

enum group_duration_stats_column {
    GS_OBSERVATIONS,
    GS_MEAN,
    GS_MEDIAN,
    GS_MIN,
    GS_MAX,
    GS_P25,
    GS_P75,
    GS_P90,
    GS_P95,
    GS_P99,
    GS_TRIMMED_MEAN_10PCT,
    GS_GEOMETRIC_MEAN,
    GS_RAW,
    GS_N_COLUMNS
};

enum wait_stats_column {
    WS_OBSERVATIONS,
    WS_MEAN_S,
    WS_MEDIAN_S,
    WS_MIN_S,
    WS_MAX_S,
    WS_P25_S,
    WS_P75_S,
    WS_P90_S,
    WS_P95_S,
    WS_P99_S,
    WS_REVISION,
    WS_TOTAL_JOBS_FROM_CSV,
    WS_UNIQUE_JOB_IDS_IN_CACHE,
    WS_DETAILED_JOBS_IN_JSONL,
    WS_DETAILED_JOBS_FETCHED_THIS_RUN,
    WS_RAW,
    WS_N_COLUMNS
};

enum rectified_column {
    RE_REVISION,
    RE_SUBMIT_TIME,
    RE_TOTAL_JOBS,
    RE_SIGNATURE_GROUP_IDS,
    RE_RAW,
    RE_EXTRA,
    RE_N_COLUMNS
};

// The key of a signature group that stays when groups are numbered anew: 32 hex digits over its
// members in ascending order, and a zero byte.
void sig_group_content_key(const int64_t *signatures, size_t n, char out[33]);

#endif
