#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage durations = {derive_durations, {&schema_durations}, {0}};
static const struct stage group_durations = {
    derive_group_durations, {&schema_group_durations, &schema_group_duration_stats}, {0}};

static void the_oldest_middle_and_newest_job_count(void **state) {
    put_rows(state, &schema_perf_jobs,
             // Of four jobs those at 0, 2 and 3; job 8 is not asked for.
             "[{\"signature_id\": 7, \"pos\": 0, \"job_id\": 1},"
             " {\"signature_id\": 7, \"pos\": 1, \"job_id\": 8},"
             " {\"signature_id\": 7, \"pos\": 2, \"job_id\": 2},"
             " {\"signature_id\": 7, \"pos\": 3, \"job_id\": 3},"
             // Of two those at 0, 1 and 1.
             " {\"signature_id\": 5, \"pos\": 0, \"job_id\": 1},"
             " {\"signature_id\": 5, \"pos\": 1, \"job_id\": 2},"
             // Of three the middle one alone is known.
             " {\"signature_id\": 6, \"pos\": 0, \"job_id\": null},"
             " {\"signature_id\": 6, \"pos\": 1, \"job_id\": 4},"
             " {\"signature_id\": 6, \"pos\": 2, \"job_id\": 99},"
             " {\"signature_id\": 8, \"pos\": 0, \"job_id\": 99},"
             " {\"signature_id\": 9, \"pos\": 0, \"job_id\": 5}]");
    put_rows(state, &schema_job_details,
             "[{\"id\": 1, \"run_minutes\": 10.0}, {\"id\": 2, \"run_minutes\": 4.0},"
             " {\"id\": 3, \"run_minutes\": -2.0}, {\"id\": 5},"
             " {\"id\": 8, \"run_minutes\": 1000.0}]");
    run_stage(state, &durations);
    assert_rows(state, &schema_durations, "signature_id,minutes",
                "7 4.0\n"
                "5 6.0\n");
    // Jobs of the busiest revision are known, too; what job_details says holds.
    put_rows(state, &schema_max_revision_jobs,
             "[{\"id\": 4, \"run_minutes\": 2.675}, {\"id\": 1, \"run_minutes\": 70.0},"
             " {\"id\": 5, \"run_minutes\": 0.0}]");
    run_stage(state, &durations);
    assert_rows(state, &schema_durations, "signature_id,minutes",
                "7 4.0\n"
                "5 6.0\n"
                "6 2.67\n"
                "9 0.0\n");
}

static void no_known_job_is_told(void **state) {
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 7, \"pos\": 0, \"job_id\": 1},"
             " {\"signature_id\": 8, \"pos\": 0, \"job_id\": null}]");
    put_rows(state, &schema_job_details, "[{\"id\": 2, \"run_minutes\": 10.0}, {\"id\": 1}]");
    run_stage(state, &durations);
    assert_rows(state, &schema_durations, "signature_id", "");
    assert_sv(str_sv(&stage_problems), "job_details: of none of the jobs of 2 signatures is known "
                                       "how long it ran\n");
}

static void groups_take_the_mean_of_their_signatures(void **state) {
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 9, \"signatures\": [1, 2]},"
             " {\"group_id\": 3, \"signatures\": [3, 4]},"
             " {\"group_id\": 5, \"signatures\": [6]},"
             " {\"group_id\": 9, \"signatures\": [3]}]"); // the last one has signature 3
    put_rows(state, &schema_durations,
             "[{\"signature_id\": 1, \"minutes\": 1.0}, {\"signature_id\": 2, \"minutes\": 2.0},"
             " {\"signature_id\": 3, \"minutes\": 5.01}, {\"signature_id\": 4, \"minutes\": 0.0},"
             " {\"signature_id\": 6}, {\"signature_id\": 7, \"minutes\": 44.0}]");
    run_stage(state, &group_durations);
    assert_rows(state, &schema_group_durations, "group_id,minutes",
                "3 0.0\n"
                "9 2.67\n");
    assert_rows(state, &schema_group_duration_stats,
                "observations,mean,median,min,max,p25,p90,trimmed_mean_10pct,geometric_mean",
                "2 1.335 1.335 0.0 2.67 0.6675 2.403 1.335 2.67\n");
}

static void negative_durations_are_told(void **state) {
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 10},"
             " {\"signature_id\": 2, \"pos\": 0, \"job_id\": 11}]");
    put_rows(state, &schema_job_details,
             "[{\"id\": 10, \"run_minutes\": -2.5},"
             " {\"id\": 11, \"run_minutes\": 3.0}]");
    run_stage(state, &durations);
    assert_rows(state, &schema_durations, "signature_id,minutes", "1 -2.5\n2 3.0\n");
    assert_non_null(strstr(str_cstr(&stage_problems), "ended before they started"));
    assert_non_null(strstr(str_cstr(&stage_problems), "durations: 1\n"));
    put_rows(state, &schema_sig_groups, "[{\"group_id\": 0, \"signatures\": [1, 2]}]");
    run_stage(state, &group_durations);
    assert_rows(state, &schema_group_durations, "group_id,minutes", "0 0.25\n");
    assert_non_null(strstr(str_cstr(&stage_problems), "groups: 1\n"));
}

static void no_duration_gives_no_statistics(void **state) {
    put_rows(state, &schema_sig_groups, "[{\"group_id\": 1, \"signatures\": [1]}]");
    put_rows(state, &schema_durations, "[{\"signature_id\": 2, \"minutes\": 2.0}]");
    run_stage(state, &group_durations);
    assert_rows(state, &schema_group_durations, "group_id", "");
    assert_rows(state, &schema_group_duration_stats, "observations", "");
    // Nothing above 0 has no geometric mean.
    put_rows(state, &schema_durations, "[{\"signature_id\": 1, \"minutes\": 0.0}]");
    run_stage(state, &group_durations);
    assert_rows(state, &schema_group_duration_stats, "observations,max,geometric_mean",
                "1 0.0 -\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(the_oldest_middle_and_newest_job_count),
        unit_test_in_dir(no_known_job_is_told),
        unit_test_in_dir(groups_take_the_mean_of_their_signatures),
        unit_test_in_dir(negative_durations_are_told),
        unit_test_in_dir(no_duration_gives_no_statistics),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
