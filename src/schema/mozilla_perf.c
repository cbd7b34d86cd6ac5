#include "schema/mozilla_perf.h"

#include "schema/columns.h"

static const struct column_def alert_summaries[] = {
    {"seq", "i64", HIDDEN, NULL, "Place in the source, the order in which rows are written back.",
     NULL},
    {"id", "i64", COL_KEY, NULL, "Number of the alert summary.", NULL},
    {"push_id", "i64", NUL, NULL, "Push whose results first showed the change.", NULL},
    {"prev_push_id", "i64", NUL, NULL,
     "Last push before the change; the culprit landed after it, up to push_id.", NULL},
    {"original_revision", "text", NUL, NULL, "Head of the push as first detected.", NULL},
    {"revision", "text", NUL, NULL,
     "Head of the push blamed now; it differs from original_revision when a sheriff moved it.",
     NULL},
    {"prev_push_revision", "text", NUL, NULL, "Head of the last push before the change.", NULL},
    {"original_prev_push_revision", "text", NUL, NULL,
     "Head of the last push before the change, as first detected.", NULL},
    {"created", "ts", NUL, NULL, "When the summary was made.", NULL},
    {"first_triaged", "ts", NUL, NULL, "When somebody first touched it; null = nobody yet.", NULL},
    {"triage_due_date", "ts", NUL, NULL, "When triage is due.", NULL},
    {"bug_due_date", "ts", NUL, NULL, "When the bug is due.", NULL},
    {"bug_updated", "ts", NUL, NULL, "When the bug number was set.", NULL},
    {"push_timestamp", "ts", NUL, NULL, "When the push landed.", NULL},
    {"repository", "dict", NUL, NULL, "Repository of the push.", NULL},
    {"framework", "i32", NUL, NULL, "Performance framework that measured it.", "framework"},
    {"status", "i32", NUL, NULL, "State of the summary.", "summary_status"},
    {"issue_tracker", "i32", NUL, NULL, "Where bug_number is.", "issue_tracker"},
    {"bug_number", "i64", NUL, NULL, "Bug filed for the summary.", NULL},
    {"bug_status", "i32", NUL, NULL, "State of that bug, as the alert service knows it.",
     "bug_status"},
    {"notes", "text", NUL, NULL, "Free text of the sheriffs.", NULL},
    {"assignee_username", "dict", NUL, NULL, "User who has it.", NULL},
    {"assignee_email", "dict", NUL, NULL, "Address of the user who has it.", NULL},
    {"performance_tags", "list<dict>", NUL, NULL, "Tags set by sheriffs.", NULL},
    {"duplicated_summaries_ids", "list<i64>", NUL, NULL,
     "Other summaries of the same push and framework.", NULL},
    {"alert_count", "i32", DERIVED, NULL,
     "Alerts listed, own and related, each alert counted once.", NULL},
    {"regression_count", "i32", DERIVED, NULL, "Regressions among them.", NULL},
    {"worst_pct", "f64", NUL | DERIVED, "percent",
     "Change of the worst alert, signed; regressions come before improvements.", NULL},
    {"worst_is_regression", "bool", NUL | DERIVED, NULL,
     "Whether that alert is a regression; null = no alerts, or not known.", NULL},
    {"title", "text", DERIVED, NULL, "Range of change, worst test, platforms.", NULL},
    {"alerts_raw", "large", NUL | HIDDEN, NULL, "The source text of the own alerts.", NULL},
    {"related_raw", "large", NUL | HIDDEN, NULL, "The source text of the related alerts.", NULL},
    {"_raw", "large", NUL | HIDDEN, NULL,
     "The source text of times that would be written differently, as JSON.", NULL},
    EXTRA,
};

static const struct column_def alerts[] = {
    {"summary_id", "i64", COL_KEY, NULL, "Alert summary that lists the alert.", NULL},
    {"id", "i64", COL_KEY | NUL, NULL, "Number of the alert.", NULL},
    {"related", "bool", COL_KEY, NULL,
     "Moved or linked here from another summary; false = first filed here.", NULL},
    {"pos", "i32", 0, NULL, "Place in the list of the summary, from 0.", NULL},
    {"owner_summary_id", "i64", NUL, NULL, "Alert summary where the alert was first filed.", NULL},
    {"status", "i32", NUL, NULL, "State of the alert.", "alert_status"},
    {"is_regression", "bool", NUL, NULL, "True when the change is for the worse.", NULL},
    {"starred", "bool", NUL, NULL, "Marked as important by a sheriff.", NULL},
    {"manually_created", "bool", NUL, NULL, "Made by a person, not by the detector.", NULL},
    {"prev_value", "f64", NUL, NULL, "Mean before the change.", NULL},
    {"new_value", "f64", NUL, NULL, "Mean after the change.", NULL},
    {"t_value", "f64", NUL, NULL, "Confidence of the detector; 1000 stands for infinity.", NULL},
    {"amount_abs", "f64", NUL, NULL,
     "new_value - prev_value; some sources give it without its sign.", NULL},
    {"amount_pct", "f64", NUL, "percent", "Change as the service gives it, without a sign.", NULL},
    {"change_pct", "f64", NUL | DERIVED, "percent",
     "Change with its sign, that of new_value - prev_value; null when prev_value is 0.", NULL},
    {"signature_id", "i64", NUL, NULL, "Number of the performance signature.", NULL},
    {"signature_hash", "text", NUL, NULL, "Hash of the performance signature.", NULL},
    {"framework_id", "i32", NUL, NULL, "Performance framework that measured it.", "framework"},
    {"platform", "dict", NUL, NULL, "Machine platform.", NULL},
    {"suite", "dict", NUL, NULL, "Test suite.", NULL},
    {"test", "dict", NUL, NULL, "Test; empty = summary of the suite.", NULL},
    {"lower_is_better", "bool", NUL, NULL, "Direction of the measure.", NULL},
    {"has_subtests", "bool", NUL, NULL, "The value is a summary over tests.", NULL},
    {"unit", "dict", NUL, NULL, "Unit of the values.", NULL},
    {"option_hash", "dict", NUL, NULL, "Hash of the build options.", NULL},
    {"tags", "list<dict>", NUL, NULL, "Tags of the test run.", NULL},
    {"extra_options", "list<dict>", NUL, NULL, "Options the test ran with.", NULL},
    {"classifier", "dict", NUL, NULL, "User who triaged it.", NULL},
    {"noise_profile", "dict", NUL, NULL, "Shape of the noise around the change.", NULL},
    {"related_summary_id", "i64", NUL, NULL, "Alert summary it was moved to or is downstream of.",
     NULL},
    {"task_id", "text", NUL, NULL, "Task of the first job after the change.", NULL},
    {"prev_task_id", "text", NUL, NULL, "Task of the last job before the change.", NULL},
    {"revision", "dict", NUL | DERIVED, NULL, "Head of the push that its summary blames.", NULL},
    EXTRA,
};

#define TESTS "list<{test:dict?,platform:dict?}>"

static const struct column_def alert_bug_tests[] = {
    {"regression_bug_id", "i64", NUL, NULL, "Bug filed for the alert summary.", NULL},
    {"summary_id", "i64", NUL, NULL, "Number of the alert summary.", NULL},
    {"revision", "text", NUL, NULL, "Head of the push that is blamed.", NULL},
    {"created", "ts", NUL, NULL, "When the alert summary was made.", NULL},
    {"tests", TESTS, NUL, NULL, "Tests and platforms that regressed.", NULL},
    EXTRA,
};

static const struct column_def all_bugs[] = {
    {"id", "i64", COL_KEY, NULL, "Number of the bug.", NULL},
    {"summary", "text", NUL, NULL, "One-line summary.", NULL},
    {"regressed_by", "list<i64>", NUL, NULL, "Bugs whose changes caused this one.", NULL},
    {"product", "dict", NUL, NULL, "Product.", NULL},
    {"component", "dict", NUL, NULL, "Component.", NULL},
    {"creation_time", "ts", NUL, NULL, "When the bug was filed.", NULL},
    EXTRA,
};

static const struct column_def perf_bugs[] = {
    {"id", "i64", COL_KEY, NULL, "Number of the bug.", NULL},
    {"summary", "text", NUL, NULL, "One-line summary.", NULL},
    {"is_perf_regressor", "bool", NUL, NULL, "Its change caused a performance regression.", NULL},
    {"is_perf_regression", "bool", NUL, NULL, "It reports a performance regression.", NULL},
    {"tests", TESTS, NUL, NULL, "Tests and platforms that regressed.", NULL},
    {"regressor_revision", "text", NUL, NULL, "Head of the push that caused the regression.", NULL},
    {"alert_summary_id", "i64", NUL, NULL, "Alert summary the bug was filed for.", NULL},
    {"product", "dict", NUL, NULL, "Product.", NULL},
    {"component", "dict", NUL, NULL, "Component.", NULL},
    {"creation_time", "ts", NUL, NULL, "When the bug was filed.", NULL},
    EXTRA,
};

static const struct column_def perf_bug_tests[] = {
    {"bug_id", "i64", COL_KEY, NULL, "Number of the bug.", NULL},
    {"pos", "i32", COL_KEY, NULL, "Place in the list of the bug, from 0.", NULL},
    {"test", "dict", NUL, NULL, "Test that regressed.", NULL},
    {"platform", "dict", NUL, NULL, "Platform where it regressed.", NULL},
};

static const struct column_def commits[] = {
    {"node", "text", COL_KEY, NULL, "Hash of the changeset.", NULL},
    {"desc", "text", NUL, NULL, "Message.", NULL},
    {"date", "ts", NUL, NULL, "When it was committed.", NULL},
    {"tz_offset", "i32", NUL, "s", "Time zone of the committer, seconds west of UTC.", NULL},
    {"parents", "list<text>", NUL, NULL, "Hashes of the parents; two for a merge.", NULL},
    {"bug_id", "i64", NUL | DERIVED, NULL, "Bug named at the start of the message.", NULL},
    EXTRA,
};

static const struct column_def perf_bugs_with_diff[] = {
    {"bug_id", "text", 0, NULL, "Number of the bug, as text.", NULL},
    {"revision", "text", NUL, NULL, "Newest changeset of the bug's block of commits.", NULL},
    {"last_commit_date", "ts", NUL, NULL, "When that changeset was committed.", NULL},
    {"tz_offset", "i32", NUL, "s", "Time zone of its committer, seconds west of UTC.", NULL},
    {"regressor", "bool", NUL, NULL, "Its change caused a performance regression.", NULL},
    {"commit_message", "text", NUL, NULL, "Messages of the block, oldest first.", NULL},
    {"diff", "large", NUL, NULL, "Net change of the block.", NULL},
    {"diff_bytes", "i64", DERIVED, "bytes", "Size of the diff.", NULL},
    {"files", "i32", DERIVED, NULL, "Files that the diff touches.", NULL},
    EXTRA,
};

static const struct column_def signatures[] = {
    {"id", "i64", COL_KEY, NULL, "Number of the performance signature.", NULL},
    {"signature_hash", "text", NUL, NULL, "Hash of the signature.", NULL},
    {"framework_id", "i32", NUL, NULL, "Performance framework that measures it.", "framework"},
    {"suite", "dict", NUL, NULL, "Test suite.", NULL},
    {"test", "dict", NUL, NULL, "Test; null = summary of the suite.", NULL},
    {"platform", "dict", NUL, NULL, "Machine platform.", NULL},
    {"option_hash", "dict", NUL, NULL, "Hash of the build options.", NULL},
    {"extra_options", "list<dict>", NUL, NULL, "Options the test runs with.", NULL},
    {"unit", "dict", NUL, NULL, "Unit of the values.", NULL},
    {"lower_is_better", "bool", NUL, NULL, "Direction of the measure; null = true.", NULL},
    {"has_subtests", "bool", NUL, NULL, "The values are summaries over tests; null = false.", NULL},
    {"tags", "list<dict>", NUL, NULL, "Tags of the test.", NULL},
    {"application", "dict", NUL, NULL, "Application measured.", NULL},
    {"parent_signature", "text", NUL, NULL, "Hash of the suite's signature.", NULL},
    {"should_alert", "bool", NUL, NULL, "Whether changes make alerts; null = by the framework.",
     NULL},
    {"_raw", "large", NUL | HIDDEN, NULL,
     "The source line where the columns would not give the same bytes again.", NULL},
    EXTRA,
};

static const struct column_def fail_sigs[] = {
    {"alert_summary_id", "i64", COL_KEY, NULL, "Number of the alert summary.", NULL},
    {"revision", "text", NUL, NULL, "Head of the push that is blamed.", NULL},
    {"fail_perf_sig_ids", "list<i64>", NUL, NULL,
     "Signatures of its own alerts that are regressions, ascending.", NULL},
    {"num_fail_perf_sig_ids", "i32", NUL, NULL, "How many.", NULL},
    RAW("row"),
};

static const struct column_def llm_struc[] = {
    {"commit_id", "text", NUL, NULL, "Newest changeset of the bug's block of commits.", NULL},
    {"prompt", "large", NUL, NULL, "Commit message and change, marked up for a language model.",
     NULL},
    {"response", "dict", NUL, NULL, "1 = the change caused a performance regression, 0 = not.",
     NULL},
    {"prompt_bytes", "i64", DERIVED, "bytes", "Size of the prompt.", NULL},
    RAW("line"),
};

static const struct column_def time_to_culprit[] = {
    {"summary_id", "i64", COL_KEY, NULL, "Number of the alert summary.", NULL},
    {"created", "ts", NUL, NULL, "When it was made.", NULL},
    {"push_timestamp", "ts", NUL, NULL, "When the push landed.", NULL},
    {"ttc_hours", "f64", NUL, "h", "From the push to the alert summary; negative values are kept.",
     NULL},
    {"framework", "i32", NUL, NULL, "Performance framework that measured it.", "framework"},
    {"repository", "dict", NUL, NULL, "Repository of the push.", NULL},
    {"status", "i32", NUL, NULL, "State of the summary.", "summary_status"},
    {"month", "dict", NUL, NULL, "Month in which it was made, as 2025-02.", NULL},
};

static const struct column_def ttc_stats[] = {
    {"input_csv", "text", NUL, NULL, "Name of the file with the alert summaries.", NULL},
    {"count", "i64", 0, NULL, "Alert summaries counted.", NULL},
    {"mean_hours", "f64", NUL, "h", "Mean.", NULL},
    {"median_hours", "f64", NUL, "h", "Median.", NULL},
    {"min_hours", "f64", NUL, "h", "Shortest.", NULL},
    {"max_hours", "f64", NUL, "h", "Longest.", NULL},
    {"stdev_hours", "f64", NUL, "h", "Standard deviation of the population.", NULL},
    {"p90_hours", "f64", NUL, "h", "90 % are at most this (nearest rank).", NULL},
    {"p95_hours", "f64", NUL, "h", "95 % are at most this (nearest rank).", NULL},
    {"p99_hours", "f64", NUL, "h", "99 % are at most this (nearest rank).", NULL},
    {"total_rows", "i64", NUL, NULL, "Alert summaries looked at.", NULL},
    {"missing_or_invalid_rows", "i64", NUL, NULL, "Those without both times.", NULL},
    {"negative_delta_rows", "i64", NUL, NULL, "Those made before their push landed.", NULL},
    {"float_timestamp_rows", "i64", NUL | DERIVED, NULL,
     "Those whose push time was written as 1760754049.0; counted here, though the original program "
     "leaves them out.",
     NULL},
    RAW("file"),
};

static const struct column_def ttc_groups[] = {
    {"by", "dict", COL_KEY, NULL, "What the rows are grouped by: framework, repository, month.",
     NULL},
    {"name", "text", COL_KEY, NULL, "Value that the group has in common.", NULL},
    {"framework", "i32", NUL, NULL, "The framework, where it is grouped by that.", "framework"},
    {"count", "i64", 0, NULL, "Alert summaries.", NULL},
    {"mean_hours", "f64", NUL, "h", "Mean time to culprit.", NULL},
    {"median_hours", "f64", NUL, "h", "Median.", NULL},
    {"p90_hours", "f64", NUL, "h", "90 % are at most this (nearest rank).", NULL},
    {"max_hours", "f64", NUL, "h", "Longest.", NULL},
    {"negative_delta_rows", "i64", 0, NULL, "Those made before their push landed.", NULL},
};

static const struct column_def bisection_costs[] = {
    {"summary_id", "i64", COL_KEY, NULL, "Number of the alert summary.", NULL},
    {"n_signatures", "i32", 0, NULL, "Signatures that fail: own alerts that are regressions.",
     NULL},
    {"n_covered", "i32", 0, NULL, "Of these, signatures that are in a group.", NULL},
    {"group_ids", "list<i64>", NUL, NULL, "Cheapest signature groups that cover them.", NULL},
    {"n_groups", "i32", 0, NULL, "How many groups that is.", NULL},
    {"run_minutes", "f64", NUL, "min", "One run of all these groups.", NULL},
    {"n_unknown", "i32", 0, NULL, "Groups among them whose duration is not known.", NULL},
    {"n_left_out", "i32", 0, NULL,
     "Failing signatures that the minutes leave out: in no group, or in one of unknown duration. "
     "Above 0 the minutes are the least it takes.",
     NULL},
    {"range_size", "i32", NUL, NULL, "Pushes or commits from the last good to the first bad one.",
     NULL},
    {"range_unit", "dict", NUL, NULL, "What is counted: pushes, or commits without push data.",
     NULL},
    {"steps", "i32", NUL, NULL, "Runs of a binary search over the range.", NULL},
    {"total_minutes", "f64", NUL, "min", "steps x run_minutes.", NULL},
};

const struct dataset_def schema_alert_summaries = {
    .name = "alert_summaries",
    .title = "Alert summaries",
    .version = 2,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(alert_summaries),
    .help = "Performance changes as detected: one row for each push and framework.",
};

const struct dataset_def schema_alerts = {
    .name = "alerts",
    .title = "Alerts",
    .version = 2,
    .kind = DATASET_KEYED,
    .key = "summary_id,id,related",
    .merge = "summary_id",
    .sort = "",
    TABLE(alerts),
    .help = "Single alerts: one row for each alert in each summary that lists it, so that a moved "
            "alert stands under its owner and, as related, under its target.",
};

const struct dataset_def schema_alert_bug_tests = {
    .name = "alert_bug_tests",
    .title = "Alerts with bug and tests",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(alert_bug_tests),
    .help = "Fixed and wontfix alert summaries with their bug and the tests that regressed.",
};

const struct dataset_def schema_all_bugs = {
    .name = "all_bugs",
    .title = "Bugs",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(all_bugs),
    .help = "All bugs of the time window.",
};

const struct dataset_def schema_perf_bugs = {
    .name = "perf_bugs",
    .title = "Performance bugs",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(perf_bugs),
    .help = "Bugs of the relevant components, labelled as performance regressor or regression.",
};

const struct dataset_def schema_perf_bug_tests = {
    .name = "perf_bug_tests",
    .title = "Tests of performance bugs",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "bug_id,pos",
    .merge = "bug_id",
    .sort = "",
    TABLE(perf_bug_tests),
    .help = "Tests that regressed, one row for each test and platform of a performance bug.",
};

const struct dataset_def schema_commits = {
    .name = "commits",
    .title = "Commits",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "node",
    .merge = "node",
    .sort = "",
    TABLE(commits),
    .help = "Changesets of the integration repository, parents before children.",
};

const struct dataset_def schema_perf_bugs_with_diff = {
    .name = "perf_bugs_with_diff",
    .title = "Diffs of performance bugs",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(perf_bugs_with_diff),
    .help = "One net diff for each performance bug, over its unbroken block of commits.",
};

const struct dataset_def schema_signatures = {
    .name = "signatures",
    .title = "Performance signatures",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    TABLE(signatures),
    .help = "What is measured: suite, test, platform and options of each time series.",
};

const struct dataset_def schema_fail_sigs = {
    .name = "fail_sigs",
    .title = "Failing signatures",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "alert_summary_id",
    .merge = "alert_summary_id",
    .sort = "",
    TABLE(fail_sigs),
    .help = "Signatures that an alert summary with a bug shows as regressed.",
};

const struct dataset_def schema_llm_struc = {
    .name = "llm_struc",
    .title = "LLM samples",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(llm_struc),
    .help = "Changes of performance bugs as prompts for a language model, in order of time.",
};

const struct dataset_def schema_time_to_culprit = {
    .name = "time_to_culprit",
    .title = "Time to culprit",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "summary_id",
    .merge = "",
    .sort = "",
    TABLE(time_to_culprit),
    .help = "How long it took from a push to the alert summary that blames it.",
};

const struct dataset_def schema_ttc_stats = {
    .name = "ttc_stats",
    .title = "Statistics of the time to culprit",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "",
    .merge = "",
    .sort = "",
    TABLE(ttc_stats),
    .help = "One row: the distribution of the time to culprit.",
};

const struct dataset_def schema_ttc_groups = {
    .name = "ttc_groups",
    .title = "Time to culprit by framework, repository and month",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "by,name",
    .merge = "",
    .sort = "",
    TABLE(ttc_groups),
    .help = "The time to culprit of each framework, repository and month.",
};

const struct dataset_def schema_bisection_costs = {
    .name = "bisection_costs",
    .title = "Bisection costs",
    .version = 2,
    .kind = DATASET_SNAPSHOT,
    .key = "summary_id",
    .merge = "",
    .sort = "",
    TABLE(bisection_costs),
    .help = "What it costs to prove which change an alert summary is about.",
};
