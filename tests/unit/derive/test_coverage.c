#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage coverage = {
    derive_coverage,
    {&schema_revision_jobs, &schema_revision_job_counts, &schema_revision_job_stats},
    {.coverage_from_us = 1000, .coverage_to_us = 2000},
};

static void put_commits(void **state) {
    put_rows(state, &schema_commits,
             "[{\"node\": \"early\", \"date\": 999},"
             " {\"node\": \"first\", \"date\": 1000},"
             " {\"node\": \"idle\", \"date\": 1500},"
             " {\"node\": \"busy\", \"date\": 1500},"
             " {\"node\": \"undated\"},"
             " {\"node\": \"before\", \"date\": 1400},"
             " {\"node\": \"last\", \"date\": 2000},"
             " {\"node\": \"late\", \"date\": 2001}]");
}

static void both_ends_belong_to_the_window(void **state) {
    put_commits(state);
    put_rows(state, &schema_perf_jobs, "[]");
    run_stage(state, &coverage);
    assert_rows(state, &schema_revision_jobs, "revision,submit_time,total_jobs,signature_ids",
                "first 1000 0 []\n"
                "before 1400 0 []\n"
                "idle 1500 0 []\n"
                "busy 1500 0 []\n"
                "last 2000 0 []\n");
    assert_rows(state, &schema_revision_job_stats, "observations,mean_jobs,geometric_mean",
                "5 0.0 -\n");
}

static void signatures_count_once_and_in_time(void **state) {
    put_commits(state);
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 9, \"pos\": 0, \"revision\": \"busy\", \"in_time\": true},"
             " {\"signature_id\": 9, \"pos\": 1, \"revision\": \"busy\", \"in_time\": true},"
             " {\"signature_id\": 9, \"pos\": 2, \"revision\": \"last\", \"in_time\": false},"
             " {\"signature_id\": 9, \"pos\": 3, \"revision\": \"late\", \"in_time\": true},"
             " {\"signature_id\": 9, \"pos\": 4, \"revision\": null, \"in_time\": true},"
             " {\"signature_id\": 4, \"pos\": 0, \"revision\": \"busy\", \"in_time\": true},"
             " {\"signature_id\": 4, \"pos\": 1, \"revision\": \"before\", \"in_time\": true},"
             " {\"signature_id\": 7, \"pos\": 0, \"revision\": \"other\", \"in_time\": true},"
             // Not where its other jobs stand, as no import leaves them.
             " {\"signature_id\": 9, \"pos\": 5, \"revision\": \"busy\", \"in_time\": true}]");
    run_stage(state, &coverage);
    // At equal times, what has jobs stands first.
    assert_rows(state, &schema_revision_jobs, "revision,total_jobs,signature_ids",
                "first 0 []\n"
                "before 1 [4]\n"
                "busy 2 [4,9]\n"
                "idle 0 []\n"
                "last 0 []\n");
    assert_rows(state, &schema_revision_job_counts, "revision,submit_time,total_jobs",
                "first 1000 0\n"
                "before 1400 1\n"
                "busy 1500 2\n"
                "idle 1500 0\n"
                "last 2000 0\n");
    assert_rows(state, &schema_revision_job_stats,
                "observations,mean_jobs,median_jobs,min_jobs,max_jobs,p25,p75,p90,p95,p99,"
                "trimmed_mean_10pct,geometric_mean,_integers",
                "5 0.6 0.0 0 2 0.0 1.0 1.6 1.8 1.96 0.6 1.41 median_jobs\n");
}

static void revisions_of_one_time_follow_their_first_jobs(void **state) {
    put_rows(state, &schema_commits,
             "[{\"node\": \"a\", \"date\": 1500}, {\"node\": \"b\", \"date\": 1500},"
             " {\"node\": \"c\", \"date\": 1500}, {\"node\": \"d\", \"date\": 1500}]");
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"revision\": \"d\", \"in_time\": true},"
             " {\"signature_id\": 1, \"pos\": 1, \"revision\": \"b\", \"in_time\": true}]");
    run_stage(state, &coverage);
    assert_rows(state, &schema_revision_jobs, "revision", "d\nb\na\nc\n");
    // The mean of 0 0 1 1 is no whole number, that of the median's two middles never is one.
    assert_rows(state, &schema_revision_job_stats, "mean_jobs,median_jobs,_integers", "0.5 0.5 \n");
}

static void one_revision_stands_for_all_percentiles(void **state) {
    put_rows(state, &schema_commits, "[{\"node\": \"a\", \"date\": 1500}]");
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"revision\": \"a\", \"in_time\": true}]");
    run_stage(state, &coverage);
    assert_rows(state, &schema_revision_job_stats, "observations,mean_jobs,p25,p99,_integers",
                "1 1.0 1.0 1.0 mean_jobs,median_jobs,trimmed_mean_10pct\n");
}

static void an_empty_window_has_no_statistics(void **state) {
    put_rows(state, &schema_commits, "[{\"node\": \"a\", \"date\": 5}]");
    put_rows(state, &schema_perf_jobs, "[]");
    run_stage(state, &coverage);
    assert_rows(state, &schema_revision_job_stats, "observations", "");
    assert_sv(str_sv(&stage_problems),
              "coverage.window: no commit is between 1970-01-01 and 1970-01-01; the latest is of "
              "1970-01-01\n");
    put_rows(state, &schema_commits, "[{\"node\": \"a\"}]");
    run_stage(state, &coverage);
    assert_sv(str_sv(&stage_problems),
              "coverage.window: no commit is between 1970-01-01 and 1970-01-01; none has a date\n");
    put_commits(state);
    run_stage(state, &coverage);
    assert_int_equal(stage_problems.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(both_ends_belong_to_the_window),
        unit_test_in_dir(signatures_count_once_and_in_time),
        unit_test_in_dir(revisions_of_one_time_follow_their_first_jobs),
        unit_test_in_dir(one_revision_stands_for_all_percentiles),
        unit_test_in_dir(an_empty_window_has_no_statistics),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
