// link: ingest
// Files of the performance dataset through their readers: the first byte says which one, A being
// the first of the table.
#include "ingest/bugs_csv.h"
#include "ingest/job_details.h"
#include "ingest/job_files.h"
#include "ingest/jsonl.h"
#include "ingest/perf_jobs.h"
#include "ingest/stats_json.h"
#include "reader_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct {
        const char *name;
        const struct dataset_def *const *datasets;
        ingest_read_fn *read;
    } formats[] = {
        {"alert_summary_fail_perf_sigs.csv", fail_sigs_datasets, fail_sigs_csv_read},
        {"perf_jobs_per_revision.csv", revision_job_counts_datasets, revision_job_counts_csv_read},
        {"perf_jobs_per_revision_details.jsonl", revision_jobs_datasets, revision_jobs_jsonl_read},
        {"perf_jobs_per_revision_details_rectified.jsonl", rectified_datasets,
         rectified_jsonl_read},
        {"sigs_by_job_id.jsonl", job_sigs_datasets, job_sigs_jsonl_read},
        {"sigs_by_job_id_detailed.jsonl", job_sigs_detailed_datasets, job_sigs_detailed_jsonl_read},
        {"sig_groups.jsonl", sig_groups_datasets, sig_groups_jsonl_read},
        {"job_durations.csv", durations_datasets, durations_csv_read},
        {"sig_group_job_durations.csv", group_durations_datasets, group_durations_csv_read},
        {"perf_llm_struc.jsonl", llm_struc_datasets, llm_struc_jsonl_read},
        {"time_to_culprit_stats.json", ttc_stats_datasets, ttc_stats_json_read},
        {"perf_jobs_stats.json", revision_job_stats_datasets, revision_job_stats_json_read},
        {"sig_group_job_duration_stats.json", group_duration_stats_datasets,
         group_duration_stats_json_read},
        {"job_wait_time_stats.json", wait_stats_datasets, wait_stats_json_read},
        {"perf_jobs_by_signature.jsonl", perf_jobs_datasets, perf_jobs_jsonl_read},
        {"max_revision_jobs.jsonl", max_revision_jobs_datasets, max_revision_jobs_jsonl_read},
        {"jobs.json", job_details_datasets, jobs_json_read},
        {"all_bugs.csv", all_bugs_datasets, all_bugs_csv_read},
        {"perf_bugs.csv", perf_bugs_datasets, perf_bugs_csv_read},
        {"alerts_with_bug_and_test_info.csv", alert_bug_tests_datasets, alert_bug_tests_csv_read},
        {"all_commits.jsonl", commits_datasets, commits_jsonl_read},
        {"perf_bugs_with_diff.jsonl", perf_bugs_with_diff_datasets, diffs_jsonl_read},
        {"all_signatures.jsonl", signatures_datasets, signatures_jsonl_read},
    };
    if (size) {
        const size_t i = (size_t)(uint8_t)(data[0] - 'A') % COUNTOF(formats);
        check_reader_of(formats[i].name, formats[i].datasets, formats[i].read,
                        sv_make((const char *)data + 1, size - 1));
    }
    return 0;
}
