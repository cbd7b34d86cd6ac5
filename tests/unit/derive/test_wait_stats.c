#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage wait_stats = {derive_wait_stats, {&schema_wait_stats}, {0}};

static void put_jobs(void **state) {
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 1, \"revision\": \"m\"},"
             " {\"signature_id\": 1, \"pos\": 1, \"job_id\": 2, \"revision\": \"m\"},"
             " {\"signature_id\": 1, \"pos\": 2, \"job_id\": null, \"revision\": \"m\"},"
             " {\"signature_id\": 2, \"pos\": 0, \"job_id\": 2, \"revision\": \"m\"},"
             " {\"signature_id\": 2, \"pos\": 1, \"job_id\": 3, \"revision\": \"m\"},"
             " {\"signature_id\": 2, \"pos\": 2, \"job_id\": 4, \"revision\": \"m\"},"
             " {\"signature_id\": 2, \"pos\": 3, \"job_id\": 5, \"revision\": \"z\"},"
             " {\"signature_id\": 2, \"pos\": 4, \"job_id\": 6, \"revision\": null}]");
    put_rows(state, &schema_max_revision_jobs,
             "[{\"id\": 1, \"wait_s\": 60.0}, {\"id\": 2, \"wait_s\": -1.0},"
             " {\"id\": 3, \"wait_s\": 0.0}, {\"id\": 4}, {\"id\": 5, \"wait_s\": 9999.0}]");
}

static void the_first_of_the_busiest_counts(void **state) {
    put_jobs(state);
    put_rows(
        state, &schema_revision_job_counts,
        "[{\"revision\": \"a\", \"total_jobs\": 3}, {\"revision\": \"bad\"},"
        " {\"revision\": \"m\", \"total_jobs\": 7}, {\"revision\": \"z\", \"total_jobs\": 7}]");
    run_stage(state, &wait_stats);
    // Job 5 is of another revision, job 2 began before it was asked for, job 4 is not known.
    assert_rows(state, &schema_wait_stats,
                "observations,mean,median,min,max,p25,p90,revision,total_jobs_from_csv,"
                "unique_job_ids_in_cache,detailed_jobs_in_jsonl,detailed_jobs_fetched_this_run",
                "2 30.0 30.0 0.0 60.0 15.0 54.0 m 7 4 4 0\n");
}

static void no_waits_give_no_statistics(void **state) {
    put_jobs(state);
    put_rows(state, &schema_revision_job_counts, "[{\"revision\": \"nobody\", \"total_jobs\": 7}]");
    run_stage(state, &wait_stats);
    assert_rows(state, &schema_wait_stats, "observations", "");
    assert_sv(
        str_sv(&stage_problems),
        "revision nobody: no wait is known; perf_jobs has 0 jobs of it, max_revision_jobs 0 of "
        "these\n");
    put_rows(state, &schema_revision_job_counts, "[{\"revision\": \"m\"}]");
    run_stage(state, &wait_stats);
    assert_rows(state, &schema_wait_stats, "observations", "");
    assert_sv(str_sv(&stage_problems), "waiting times: no revision has a number of jobs, so that "
                                       "none is the busiest\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(the_first_of_the_busiest_counts),
        unit_test_in_dir(no_waits_give_no_statistics),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
