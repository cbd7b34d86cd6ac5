#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage sig_groups = {derive_sig_groups, {&schema_sig_groups}, {0}};

static void signatures_of_the_same_jobs_are_a_group(void **state) {
    put_rows(state, &schema_job_sigs_detailed,
             "[{\"job_id\": 1, \"signature_ids\": [10, 11, 12]},"
             " {\"job_id\": 2, \"signature_ids\": [10, 11]},"
             " {\"job_id\": 3, \"signature_ids\": [12, 13]},"
             " {\"job_id\": 7, \"signature_ids\": [5, 6]},"
             " {\"job_id\": 9, \"signature_ids\": []}]");
    run_stage(state, &sig_groups);
    assert_rows(state, &schema_sig_groups, "group_id,signatures,n_signatures",
                "0 [5,6] 2\n"
                "1 [10,11] 2\n"
                "2 [12] 1\n"
                "3 [13] 1\n");
}

static void the_last_row_of_a_job_counts(void **state) {
    // 10 is named three times; 11 is in the first row of job 1 alone, which is replaced.
    put_rows(state, &schema_job_sigs_detailed,
             "[{\"job_id\": 1, \"signature_ids\": [10, 11, 12]},"
             " {\"job_id\": 2, \"signature_ids\": [10, 11]},"
             " {\"job_id\": 1, \"signature_ids\": [10, 12]},"
             " {\"job_id\": 6, \"signature_ids\": [10, 10, 10]}]");
    run_stage(state, &sig_groups);
    assert_rows(state, &schema_sig_groups, "group_id,signatures",
                "0 [10]\n"
                "1 [11]\n"
                "2 [12]\n");
}

static void keys_depend_on_the_members_alone(void **state) {
    static const char first[] = "[{\"job_id\": 1, \"signature_ids\": [7, 8]}]";
    static const char second[] = "[{\"job_id\": 5, \"signature_ids\": [1, 2, 3]},"
                                 " {\"job_id\": 9, \"signature_ids\": [7, 8]}]";
    struct str before = {0}, after = {0};
    put_rows(state, &schema_job_sigs_detailed, first);
    run_stage(state, &sig_groups);
    rows_text(state, &schema_sig_groups, "content_key", &before);
    put_rows(state, &schema_job_sigs_detailed, second);
    run_stage(state, &sig_groups);
    rows_text(state, &schema_sig_groups, "content_key", &after);
    assert_int_equal(before.len, 33);
    assert_int_equal(after.len, 66);
    assert_true(sv_ends(str_sv(&after), str_sv(&before)));
    assert_false(sv_starts(str_sv(&after), str_sv(&before)));
    str_done(&before);
    str_done(&after);
}

static void nothing_comes_of_nothing(void **state) {
    struct err err = ERR_INIT;
    put_rows(state, &schema_job_sigs_detailed, "[]");
    run_stage(state, &sig_groups);
    assert_rows(state, &schema_sig_groups, "group_id", "");
    put_rows(state, &schema_job_sigs, "[]");
    const struct stage missing = {derive_rectified, {&schema_rectified}, {0}};
    assert_false(try_stage(state, &missing, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(signatures_of_the_same_jobs_are_a_group),
        unit_test_in_dir(the_last_row_of_a_job_counts),
        unit_test_in_dir(keys_depend_on_the_members_alone),
        unit_test_in_dir(nothing_comes_of_nothing),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
