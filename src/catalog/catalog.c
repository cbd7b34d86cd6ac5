#include "catalog/catalog.h"

#include "catalog/catalog_int.h"
#include "catalog/detect.h"
#include "ingest/alert_summary.h"
#include "ingest/bugs_csv.h"
#include "ingest/clone.h"
#include "ingest/job_details.h"
#include "ingest/job_files.h"
#include "ingest/jsonl.h"
#include "ingest/perf_jobs.h"
#include "ingest/stats_json.h"
#include "schema/derivations.h"
#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "schema/problems.h"

static const struct plot_file jobs_per_revision_plot = {
    .dataset = &schema_revision_job_counts,
    .column = "total_jobs",
    .title = "Distribution of perf jobs per revision",
    .x_label = "Jobs per revision",
    .y_label = "Number of revisions",
};

static const struct plot_file job_durations_plot = {
    .dataset = &schema_group_durations,
    .column = "minutes",
    .title = "Distribution of performance test job durations",
    .x_label = "Job duration (minutes)",
    .y_label = "Number of performance tests",
};

static const struct format_def formats[] = {
    {
        .name = "alert_summaries.csv",
        .file_name = "alert_summaries.csv",
        .help = "Alert summaries with their alerts, as a data frame of the alert service's pages.",
        .datasets = alert_summary_datasets,
        .detect = detect_alert_summaries_csv,
        .read = alert_summaries_csv_read,
        .write = alert_summaries_csv_write,
    },
    {
        .name = "alertsummary.json",
        .file_name = NULL,
        .help = "An answer of the alert service: a page, a list, or one alert summary.",
        .datasets = alert_summary_datasets,
        .detect = detect_alertsummary_json,
        .read = alertsummary_json_read,
        .write = NULL,
    },
    {
        .name = "alerts_with_bug_and_test_info.csv",
        .file_name = "alerts_with_bug_and_test_info.csv",
        .help = "Fixed and wontfix alert summaries with their bug and the tests that regressed.",
        .datasets = alert_bug_tests_datasets,
        .detect = detect_alert_bug_tests_csv,
        .read = alert_bug_tests_csv_read,
        .write = alert_bug_tests_csv_write,
    },
    {
        .name = "alert_summary_fail_perf_sigs.csv",
        .file_name = "alert_summary_fail_perf_sigs.csv",
        .help = "Signatures that fail in each alert summary with a bug.",
        .datasets = fail_sigs_datasets,
        .detect = detect_fail_sigs_csv,
        .read = fail_sigs_csv_read,
        .write = fail_sigs_csv_write,
    },
    {
        .name = "time_to_culprit_stats.json",
        .file_name = "time_to_culprit_stats.json",
        .help = "Statistics of the time from a push to its alert summary.",
        .datasets = ttc_stats_datasets,
        .detect = detect_ttc_stats_json,
        .read = ttc_stats_json_read,
        .write = ttc_stats_json_write,
        .one_row = true,
    },
    {
        .name = "all_bugs.csv",
        .file_name = "all_bugs.csv",
        .help = "Bugs of the tracker with the bugs that caused them.",
        .datasets = all_bugs_datasets,
        .detect = detect_all_bugs_csv,
        .read = all_bugs_csv_read,
        .write = all_bugs_csv_write,
    },
    {
        .name = "perf_bugs.csv",
        .file_name = "perf_bugs.csv",
        .help = "Bugs labelled as performance regressor or regression, with the tests.",
        .datasets = perf_bugs_datasets,
        .detect = detect_perf_bugs_csv,
        .read = perf_bugs_csv_read,
        .write = perf_bugs_csv_write,
    },
    {
        .name = "all_commits.jsonl",
        .file_name = "all_commits.jsonl",
        .help = "Changesets of the integration repository.",
        .datasets = commits_datasets,
        .detect = detect_commits_jsonl,
        .read = commits_jsonl_read,
        .write = commits_jsonl_write,
    },
    {
        .name = "hg clone",
        .file_name = NULL,
        .help = "A local Mercurial clone: the changesets of its history.",
        .datasets = clone_datasets,
        .detect = detect_clone,
        .read = clone_read,
        .write = NULL,
    },
    {
        .name = "git clone",
        .file_name = NULL,
        .help = "A local Git clone, with --as commits: the history of its HEAD.",
        .datasets = clone_datasets,
        .detect = detect_clone,
        .read = clone_read,
        .write = NULL,
    },
    {
        .name = "perf_bugs_with_diff.jsonl",
        .file_name = "perf_bugs_with_diff.jsonl",
        .help = "Net diffs of performance bugs.",
        .datasets = perf_bugs_with_diff_datasets,
        .detect = detect_diffs_jsonl,
        .read = diffs_jsonl_read,
        .write = diffs_jsonl_write,
    },
    {
        .name = "perf_llm_struc.jsonl",
        .file_name = "perf_llm_struc.jsonl",
        .help = "Changes of performance bugs as prompts for a language model.",
        .datasets = llm_struc_datasets,
        .detect = detect_llm_struc_jsonl,
        .read = llm_struc_jsonl_read,
        .write = llm_struc_jsonl_write,
    },
    {
        .name = "all_signatures.jsonl",
        .file_name = "all_signatures.jsonl",
        .help = "Performance signatures as the alert service describes them.",
        .datasets = signatures_datasets,
        .detect = detect_signatures_jsonl,
        .read = signatures_jsonl_read,
        .write = signatures_jsonl_write,
    },
    {
        .name = "perf_jobs_by_signature.jsonl",
        .file_name = "perf_jobs_by_signature.jsonl",
        .help = "Values that jobs measured, by signature.",
        .datasets = perf_jobs_datasets,
        .detect = detect_perf_jobs_jsonl,
        .read = perf_jobs_jsonl_read,
        .write = perf_jobs_jsonl_write,
    },
    {
        .name = "max_revision_jobs.jsonl",
        .file_name = "max_revision_jobs.jsonl",
        .help = "Jobs of the revision with the most jobs.",
        .datasets = max_revision_jobs_datasets,
        .detect = detect_max_revision_jobs_jsonl,
        .read = max_revision_jobs_jsonl_read,
        .write = max_revision_jobs_jsonl_write,
    },
    {
        .name = "jobs.json",
        .file_name = "job_details.jsonl",
        .help = "Answers of the jobs service, lists of jobs, or lines of either.",
        .datasets = job_details_datasets,
        .detect = detect_jobs_json,
        .read = jobs_json_read,
        .write = job_details_jsonl_write,
    },
    {
        .name = "perf_jobs_per_revision.csv",
        .file_name = "perf_jobs_per_revision.csv",
        .help = "How many signatures ran with each revision.",
        .datasets = revision_job_counts_datasets,
        .detect = detect_revision_job_counts_csv,
        .read = revision_job_counts_csv_read,
        .write = revision_job_counts_csv_write,
    },
    {
        .name = "perf_jobs_per_revision_details.jsonl",
        .file_name = "perf_jobs_per_revision_details.jsonl",
        .help = "Which signatures ran with each revision.",
        .datasets = revision_jobs_datasets,
        .detect = detect_revision_jobs_jsonl,
        .read = revision_jobs_jsonl_read,
        .write = revision_jobs_jsonl_write,
    },
    {
        .name = "perf_jobs_stats.json",
        .file_name = "perf_jobs_stats.json",
        .help = "Statistics of jobs per revision.",
        .datasets = revision_job_stats_datasets,
        .detect = detect_revision_job_stats_json,
        .read = revision_job_stats_json_read,
        .write = revision_job_stats_json_write,
        .one_row = true,
    },
    {
        .name = "sigs_by_job_id.jsonl",
        .file_name = "sigs_by_job_id.jsonl",
        .help = "Signatures that each job measured.",
        .datasets = job_sigs_datasets,
        .detect = detect_job_sigs_jsonl,
        .read = job_sigs_jsonl_read,
        .write = job_sigs_jsonl_write,
    },
    {
        .name = "sigs_by_job_id_detailed.jsonl",
        .file_name = "sigs_by_job_id_detailed.jsonl",
        .help = "Signatures that each job measured, with the fields they share.",
        .datasets = job_sigs_detailed_datasets,
        .detect = detect_job_sigs_detailed_jsonl,
        .read = job_sigs_detailed_jsonl_read,
        .write = job_sigs_detailed_jsonl_write,
    },
    {
        .name = "sig_groups.jsonl",
        .file_name = "sig_groups.jsonl",
        .help = "Signatures that run in exactly the same jobs.",
        .datasets = sig_groups_datasets,
        .detect = detect_sig_groups_jsonl,
        .read = sig_groups_jsonl_read,
        .write = sig_groups_jsonl_write,
    },
    {
        .name = "job_durations.csv",
        .file_name = "job_durations.csv",
        .help = "Mean duration of the jobs of each signature.",
        .datasets = durations_datasets,
        .detect = detect_durations_csv,
        .read = durations_csv_read,
        .write = durations_csv_write,
    },
    {
        .name = "sig_group_job_durations.csv",
        .file_name = "sig_group_job_durations.csv",
        .help = "Mean duration of each signature group.",
        .datasets = group_durations_datasets,
        .detect = detect_group_durations_csv,
        .read = group_durations_csv_read,
        .write = group_durations_csv_write,
    },
    {
        .name = "sig_group_job_duration_stats.json",
        .file_name = "sig_group_job_duration_stats.json",
        .help = "Statistics of the durations of signature groups.",
        .datasets = group_duration_stats_datasets,
        .detect = detect_group_duration_stats_json,
        .read = group_duration_stats_json_read,
        .write = group_duration_stats_json_write,
        .one_row = true,
    },
    {
        .name = "job_wait_time_stats.json",
        .file_name = "job_wait_time_stats.json",
        .help = "Statistics of the waiting times of the busiest revision.",
        .datasets = wait_stats_datasets,
        .detect = detect_wait_stats_json,
        .read = wait_stats_json_read,
        .write = wait_stats_json_write,
        .one_row = true,
    },
    {
        .name = "perf_jobs_per_revision_details_rectified.jsonl",
        .file_name = "perf_jobs_per_revision_details_rectified.jsonl",
        .help = "Which signature groups ran with each revision.",
        .datasets = rectified_datasets,
        .detect = detect_rectified_jsonl,
        .read = rectified_jsonl_read,
        .write = rectified_jsonl_write,
    },
    // Behind the formats that the same datasets are read from.
    {
        .name = "perf_jobs_per_revision_dist.png",
        .file_name = "perf_jobs_per_revision_dist.png",
        .help = "Picture of the distribution of performance jobs per revision.",
        .datasets = revision_job_counts_datasets,
        .detect = detect_jobs_per_revision_png,
        .plot = &jobs_per_revision_plot,
    },
    {
        .name = "job_durations.png",
        .file_name = "job_durations.png",
        .help = "Picture of the distribution of durations of signature groups.",
        .datasets = group_durations_datasets,
        .detect = detect_job_durations_png,
        .plot = &job_durations_plot,
    },
};

static const struct dataset_entry datasets[] = {
    {&schema_alert_summaries, NULL, "alert_summaries"},
    {&schema_alerts, NULL, "alerts"},
    {&schema_alert_bug_tests, &stage_alert_bug_tests, "alert_bug_tests"},
    {&schema_all_bugs, NULL, "bugs"},
    {&schema_perf_bugs, &stage_perf_bugs, "perf_bugs"},
    {&schema_perf_bug_tests, &stage_perf_bugs, "bug_tests"},
    {&schema_commits, NULL, "commits"},
    {&schema_perf_bugs_with_diff, &stage_bug_diffs, "diffs"},
    {&schema_signatures, NULL, "signatures"},
    {&schema_fail_sigs, &stage_fail_sigs, "fail_sigs"},
    {&schema_time_to_culprit, &stage_time_to_culprit, "time_to_culprit"},
    {&schema_ttc_stats, &stage_time_to_culprit, "time_to_culprit"},
    {&schema_ttc_groups, &stage_time_to_culprit, "ttc_groups"},
    {&schema_llm_struc, &stage_llm_struc, "llm_samples"},
    {&schema_perf_jobs_by_signature, NULL, "perf_jobs_by_signature"},
    {&schema_perf_jobs, NULL, "perf_jobs"},
    {&schema_revision_job_counts, &stage_coverage, "revision_job_counts"},
    {&schema_revision_jobs, &stage_coverage, "coverage"},
    {&schema_revision_job_stats, &stage_coverage, "coverage"},
    {&schema_job_sigs, &stage_job_sigs, "job_sigs"},
    {&schema_job_sigs_detailed, &stage_job_sigs, "job_sigs_detailed"},
    {&schema_sig_groups, &stage_sig_groups, "sig_groups"},
    {&schema_job_details, NULL, "job_details"},
    {&schema_durations, &stage_durations, "durations"},
    {&schema_group_durations, &stage_group_durations, "sig_groups"},
    {&schema_group_duration_stats, &stage_group_durations, "sig_groups"},
    {&schema_max_revision_jobs, NULL, "wait_times"},
    {&schema_wait_stats, &stage_wait_stats, "wait_times"},
    {&schema_rectified, &stage_rectified, "coverage_groups"},
    {&schema_bisection_costs, &stage_bisection_costs, "bisection_costs"},
    {&schema_derivations, NULL, "derivations"},
    {&schema_problems, NULL, "problems"},
};

const struct format_def *catalog_formats(size_t *n) {
    *n = COUNTOF(formats);
    return formats;
}

const struct dataset_entry *catalog_datasets(size_t *n) {
    *n = COUNTOF(datasets);
    return datasets;
}

const struct format_def *catalog_format(struct sv name) {
    for (size_t i = 0; i < COUNTOF(formats); i++) {
        const struct format_def *f = &formats[i];
        if (sv_is(name, f->name) || (f->file_name && sv_is(name, f->file_name))) {
            return f;
        }
    }
    return NULL;
}

const struct dataset_entry *catalog_dataset(struct sv name) {
    for (size_t i = 0; i < COUNTOF(datasets); i++) {
        if (sv_is(name, datasets[i].def->name)) {
            return &datasets[i];
        }
    }
    return NULL;
}

const struct format_def *catalog_dump_format(struct sv dataset) {
    for (size_t i = 0; i < COUNTOF(formats); i++) {
        if (formats[i].write && sv_is(dataset, formats[i].datasets[0]->name)) {
            return &formats[i];
        }
    }
    return NULL;
}
