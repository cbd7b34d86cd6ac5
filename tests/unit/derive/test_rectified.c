#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage rectified = {
    derive_rectified,
    {&schema_rectified},
    {.exclude_frameworks = {2, 6, 18}, .n_exclude_frameworks = 3},
};

// Group 0 is left out; 1, 2 and 3 have a member that keeps them.
static void put_inputs(void **state, const char *revisions) {
    put_rows(state, &schema_signatures,
             "[{\"id\": 1, \"framework_id\": 13}, {\"id\": 2, \"framework_id\": 2},"
             " {\"id\": 3, \"framework_id\": 18}, {\"id\": 4, \"framework_id\": 6},"
             " {\"id\": 5}]");
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 0, \"signatures\": [2, 3]},"
             " {\"group_id\": 1, \"signatures\": [1, 4]},"
             " {\"group_id\": 2, \"signatures\": [5]},"
             " {\"group_id\": 3, \"signatures\": [6]},"
             " {\"group_id\": 4, \"signatures\": []}]");
    put_rows(state, &schema_revision_jobs, revisions);
}

static void groups_stand_in_the_order_of_signatures(void **state) {
    put_inputs(state, "[{\"revision\": \"r1\", \"submit_time\": 5, \"total_jobs\": 6,"
                      "  \"signature_ids\": [1, 2, 3, 4, 5, 6]},"
                      " {\"revision\": \"r2\", \"total_jobs\": 0, \"signature_ids\": []},"
                      " {\"revision\": \"r3\", \"total_jobs\": 5,"
                      "  \"signature_ids\": [6, 77, 4, 6, 1, 77, 88],"
                      "  \"_extra\": \"{\\\"kept\\\": true}\"}]");
    run_stage(state, &rectified);
    assert_rows(state, &schema_rectified,
                "revision,submit_time,total_jobs,signature_group_ids,_raw,_extra",
                "r1 5 3 [1,2,3] - -\n"
                "r2 - 0 [] - -\n"
                "r3 - 2 [3,1] - {\"kept\": true}\n");
    assert_sv(str_sv(&stage_problems),
              "signature 77: it is in no signature group and was left out of 1 revision\n"
              "signature 88: it is in no signature group and was left out of 1 revision\n");
}

static void frameworks_may_be_spelled_in_any_way(void **state) {
    put_rows(state, &schema_signatures,
             "[{\"id\": 1, \"_raw\": \"{\\\"id\\\": 1, \\\"framework_id\\\": \\\" 2 \\\"}\"},"
             " {\"id\": 2, \"_raw\": \"{\\\"x\\\": [1], \\\"framework_id\\\": 6.0}\"},"
             " {\"id\": 3, \"_raw\": \"{\\\"framework_id\\\": \\\"x\\\"}\"},"
             " {\"id\": 4, \"_raw\": \"{\\\"framework_id\\\": 2, \\\"framework_id\\\": \"},"
             " {\"id\": 5, \"_raw\": \"[2]\"}]");
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 0, \"signatures\": [1]}, {\"group_id\": 1, \"signatures\": [2]},"
             " {\"group_id\": 2, \"signatures\": [3]}, {\"group_id\": 4, \"signatures\": [4]},"
             " {\"group_id\": 5, \"signatures\": [5]}]");
    put_rows(state, &schema_revision_jobs,
             "[{\"revision\": \"r\", \"signature_ids\": [1, 2, 3, 4, 5]}]");
    run_stage(state, &rectified);
    assert_rows(state, &schema_rectified, "total_jobs,signature_group_ids", "2 [2,5]\n");
}

static void odd_lines_keep_their_order(void **state) {
    put_inputs(state,
               "[{\"revision\": \"r1\", \"signature_ids\": [1, 6], \"_raw\":"
               "   \"{\\\"total_jobs\\\":9, \\\"signature_ids\\\" : [1,6],\\\"x\\\":"
               "[1,{}], \\\"revision\\\": \\\"r1\\\"}\"},"
               " {\"revision\": \"r2\", \"signature_ids\": [],"
               "   \"_raw\": \"{\\\"revision\\\": \\\"r2\\\", \\\"signature_ids\\\": []}\"}]");
    run_stage(state, &rectified);
    assert_rows(state, &schema_rectified, "_raw",
                "{\"total_jobs\": 2, \"x\": [1, {}], \"revision\": \"r1\", "
                "\"signature_group_ids\": [1, 3]}\n"
                "{\"revision\": \"r2\", \"total_jobs\": 0, \"signature_group_ids\": []}\n");
}

static void assert_refused(void **state, const struct stage *stage, const char *message) {
    struct err err = ERR_INIT;
    assert_false(try_stage(state, stage, &err));
    assert_sv(sv_cstr(err.msg), message);
}

static void what_is_fatal(void **state) {
    put_inputs(state, "[{\"revision\": \"r1\", \"signature_ids\": [1, 99]}]");
    struct stage strict = rectified;
    strict.settings.strict = true;
    assert_refused(state, &strict,
                   "signature 99 is in no group of sig_groups (coverage.strict is set)");
    put_rows(state, &schema_revision_jobs, "[{\"revision\": \"r1\"}]");
    assert_refused(state, &rectified, "revision r1 of revision_jobs has no list of signatures");
    // A group in two rows is one group.
    put_rows(state, &schema_revision_jobs, "[{\"revision\": \"r\", \"signature_ids\": [8, 1]}]");
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 1, \"signatures\": [1]}, {\"group_id\": 1, \"signatures\": [1, 8]}]");
    run_stage(state, &rectified);
    assert_rows(state, &schema_rectified, "signature_group_ids", "[1]\n");
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 1, \"signatures\": [1]}, {\"group_id\": 2, \"signatures\": [8, 1]}]");
    assert_refused(state, &rectified,
                   "signature 1 is in the groups 1 and 2 of sig_groups; it may be in one");
    assert_rows(state, &schema_rectified, "signature_group_ids", "[1]\n"); // as it was
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(groups_stand_in_the_order_of_signatures),
        unit_test_in_dir(frameworks_may_be_spelled_in_any_way),
        unit_test_in_dir(odd_lines_keep_their_order),
        unit_test_in_dir(what_is_fatal),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
