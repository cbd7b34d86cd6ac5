// Datasets of performance triage: alert summaries, alerts, bugs, commits, diffs, signatures. The
// enumerations are the column numbers, in the order of the tables in mozilla_perf.c; a test holds
// the two together.
#ifndef CULPRIT_SCHEMA_MOZILLA_PERF_H
#define CULPRIT_SCHEMA_MOZILLA_PERF_H

#include "schema/schema.h"

extern const struct dataset_def schema_alert_summaries;
extern const struct dataset_def schema_alerts;
extern const struct dataset_def schema_alert_bug_tests;
extern const struct dataset_def schema_all_bugs;
extern const struct dataset_def schema_perf_bugs;
extern const struct dataset_def schema_perf_bug_tests;
extern const struct dataset_def schema_commits;
extern const struct dataset_def schema_perf_bugs_with_diff;
extern const struct dataset_def schema_signatures;
extern const struct dataset_def schema_fail_sigs;
extern const struct dataset_def schema_llm_struc;
extern const struct dataset_def schema_time_to_culprit;
extern const struct dataset_def schema_ttc_stats;
extern const struct dataset_def schema_ttc_groups;
extern const struct dataset_def schema_bisection_costs;

enum alert_summaries_column {
    AS_SEQ,
    AS_ID,
    AS_PUSH_ID,
    AS_PREV_PUSH_ID,
    AS_ORIGINAL_REVISION,
    AS_REVISION,
    AS_PREV_PUSH_REVISION,
    AS_ORIGINAL_PREV_PUSH_REVISION,
    AS_CREATED,
    AS_FIRST_TRIAGED,
    AS_TRIAGE_DUE_DATE,
    AS_BUG_DUE_DATE,
    AS_BUG_UPDATED,
    AS_PUSH_TIMESTAMP,
    AS_REPOSITORY,
    AS_FRAMEWORK,
    AS_STATUS,
    AS_ISSUE_TRACKER,
    AS_BUG_NUMBER,
    AS_BUG_STATUS,
    AS_NOTES,
    AS_ASSIGNEE_USERNAME,
    AS_ASSIGNEE_EMAIL,
    AS_PERFORMANCE_TAGS,
    AS_DUPLICATED_SUMMARIES_IDS,
    AS_ALERT_COUNT,
    AS_REGRESSION_COUNT,
    AS_WORST_PCT,
    AS_WORST_IS_REGRESSION,
    AS_TITLE,
    AS_ALERTS_RAW,
    AS_RELATED_RAW,
    AS_RAW,
    AS_EXTRA,
    AS_N_COLUMNS
};

enum alerts_column {
    AL_SUMMARY_ID,
    AL_ID,
    AL_RELATED,
    AL_POS,
    AL_OWNER_SUMMARY_ID,
    AL_STATUS,
    AL_IS_REGRESSION,
    AL_STARRED,
    AL_MANUALLY_CREATED,
    AL_PREV_VALUE,
    AL_NEW_VALUE,
    AL_T_VALUE,
    AL_AMOUNT_ABS,
    AL_AMOUNT_PCT,
    AL_CHANGE_PCT,
    AL_SIGNATURE_ID,
    AL_SIGNATURE_HASH,
    AL_FRAMEWORK_ID,
    AL_PLATFORM,
    AL_SUITE,
    AL_TEST,
    AL_LOWER_IS_BETTER,
    AL_HAS_SUBTESTS,
    AL_UNIT,
    AL_OPTION_HASH,
    AL_TAGS,
    AL_EXTRA_OPTIONS,
    AL_CLASSIFIER,
    AL_NOISE_PROFILE,
    AL_RELATED_SUMMARY_ID,
    AL_TASK_ID,
    AL_PREV_TASK_ID,
    AL_REVISION,
    AL_EXTRA,
    AL_N_COLUMNS
};

enum alert_bug_tests_column {
    ABT_REGRESSION_BUG_ID,
    ABT_SUMMARY_ID,
    ABT_REVISION,
    ABT_CREATED,
    ABT_TESTS,
    ABT_EXTRA,
    ABT_N_COLUMNS
};

enum all_bugs_column {
    AB_ID,
    AB_SUMMARY,
    AB_REGRESSED_BY,
    AB_PRODUCT,
    AB_COMPONENT,
    AB_CREATION_TIME,
    AB_EXTRA,
    AB_N_COLUMNS
};

enum perf_bugs_column {
    PB_ID,
    PB_SUMMARY,
    PB_IS_PERF_REGRESSOR,
    PB_IS_PERF_REGRESSION,
    PB_TESTS,
    PB_REGRESSOR_REVISION,
    PB_ALERT_SUMMARY_ID,
    PB_PRODUCT,
    PB_COMPONENT,
    PB_CREATION_TIME,
    PB_EXTRA,
    PB_N_COLUMNS
};

enum perf_bug_tests_column { PBT_BUG_ID, PBT_POS, PBT_TEST, PBT_PLATFORM, PBT_N_COLUMNS };

enum commits_column {
    CM_NODE,
    CM_DESC,
    CM_DATE,
    CM_TZ_OFFSET,
    CM_PARENTS,
    CM_BUG_ID,
    CM_EXTRA,
    CM_N_COLUMNS
};

enum perf_bugs_with_diff_column {
    PD_BUG_ID,
    PD_REVISION,
    PD_LAST_COMMIT_DATE,
    PD_TZ_OFFSET,
    PD_REGRESSOR,
    PD_COMMIT_MESSAGE,
    PD_DIFF,
    PD_DIFF_BYTES,
    PD_FILES,
    PD_EXTRA,
    PD_N_COLUMNS
};

enum signatures_column {
    SG_ID,
    SG_SIGNATURE_HASH,
    SG_FRAMEWORK_ID,
    SG_SUITE,
    SG_TEST,
    SG_PLATFORM,
    SG_OPTION_HASH,
    SG_EXTRA_OPTIONS,
    SG_UNIT,
    SG_LOWER_IS_BETTER,
    SG_HAS_SUBTESTS,
    SG_TAGS,
    SG_APPLICATION,
    SG_PARENT_SIGNATURE,
    SG_SHOULD_ALERT,
    SG_RAW,
    SG_EXTRA,
    SG_N_COLUMNS
};

enum fail_sigs_column { FS_ALERT_SUMMARY_ID, FS_REVISION, FS_IDS, FS_NUM, FS_RAW, FS_N_COLUMNS };

enum llm_struc_column {
    LS_COMMIT_ID,
    LS_PROMPT,
    LS_RESPONSE,
    LS_PROMPT_BYTES,
    LS_RAW,
    LS_N_COLUMNS
};

enum time_to_culprit_column {
    TC_SUMMARY_ID,
    TC_CREATED,
    TC_PUSH_TIMESTAMP,
    TC_HOURS,
    TC_FRAMEWORK,
    TC_REPOSITORY,
    TC_STATUS,
    TC_MONTH,
    TC_N_COLUMNS
};

enum ttc_stats_column {
    TS_INPUT_CSV,
    TS_COUNT,
    TS_MEAN_HOURS,
    TS_MEDIAN_HOURS,
    TS_MIN_HOURS,
    TS_MAX_HOURS,
    TS_STDEV_HOURS,
    TS_P90_HOURS,
    TS_P95_HOURS,
    TS_P99_HOURS,
    TS_TOTAL_ROWS,
    TS_MISSING_OR_INVALID_ROWS,
    TS_NEGATIVE_DELTA_ROWS,
    TS_FLOAT_TIMESTAMP_ROWS,
    TS_RAW,
    TS_N_COLUMNS
};

enum ttc_groups_column {
    TG_BY,
    TG_NAME,
    TG_FRAMEWORK,
    TG_COUNT,
    TG_MEAN_HOURS,
    TG_MEDIAN_HOURS,
    TG_P90_HOURS,
    TG_MAX_HOURS,
    TG_NEGATIVE_DELTA_ROWS,
    TG_N_COLUMNS
};

enum bisection_costs_column {
    BC_SUMMARY_ID,
    BC_N_SIGNATURES,
    BC_N_COVERED,
    BC_GROUP_IDS,
    BC_N_GROUPS,
    BC_RUN_MINUTES,
    BC_N_UNKNOWN,
    BC_N_LEFT_OUT,
    BC_RANGE_SIZE,
    BC_RANGE_UNIT,
    BC_STEPS,
    BC_TOTAL_MINUTES,
    BC_N_COLUMNS
};

#endif
