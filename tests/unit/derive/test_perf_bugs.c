// Labelled bugs from rows that no recorded case has. The recorded ones are in
// tests/unit/catalog/test_bug_stages.c.
#include <stdlib.h>
#include <time.h>

#include "schema/mozilla_perf.h"
#include "stage_test.h"

static const struct stage perf_bugs = {
    derive_perf_bugs,
    {&schema_perf_bugs, &schema_perf_bug_tests},
    {.bugs_cutoff_us = 1000},
};

static void the_last_row_of_any_bug_holds(void **state) {
    put_rows(
        state, &schema_alert_bug_tests,
        "[{\"regression_bug_id\": 1, \"summary_id\": 10, \"created\": 1000, \"revision\": \"a\"},"
        " {\"regression_bug_id\": 2, \"summary_id\": 20, \"created\": 999, \"revision\": \"b\"},"
        " {\"regression_bug_id\": 1, \"summary_id\": 11, \"created\": 5, \"revision\": \"c\"},"
        " {\"regression_bug_id\": 3, \"summary_id\": 30, \"created\": 2000, \"revision\": \"d\"}]");
    put_rows(state, &schema_all_bugs,
             "[{\"id\": 9, \"product\": \"P\", \"component\": \"C\", \"creation_time\": 3000},"
             " {\"id\": 8, \"product\": \"P\", \"component\": \"D\", \"creation_time\": 3000},"
             " {\"id\": 1, \"product\": \"P\", \"component\": \"C\", \"creation_time\": 1000,"
             "  \"regressed_by\": [9, 7]},"
             " {\"id\": 2, \"product\": \"Q\", \"component\": \"D\", \"creation_time\": 2000,"
             "  \"regressed_by\": [9, 8]},"
             " {\"id\": 3, \"product\": \"R\", \"component\": \"E\", \"creation_time\": 2000,"
             "  \"regressed_by\": []},"
             " {\"id\": 7, \"product\": \"P\", \"component\": \"C\", \"creation_time\": 999},"
             " {\"id\": 6, \"product\": \"P\", \"component\": \"C\"}]");
    run_stage(state, &perf_bugs);
    // Product and component of bug 1 alone matter: that of 2 was told too early, 3 has no cause.
    assert_rows(state, &schema_perf_bugs,
                "id,is_perf_regressor,is_perf_regression,regressor_revision,alert_summary_id",
                "1 false true - 11\n"
                "9 true false c -\n");
}

// Long if the list of a bug were walked again for each of its rows.
static void many_rows_of_a_bug_with_many_causes_take_no_time(void **state) {
    enum { N_MANY = 40000 };
    struct str rows = {0}, bug = {0};
    str_add_cstr(&bug, "[{\"id\": 1, \"product\": \"P\", \"component\": \"C\", "
                       "\"creation_time\": 2000, \"regressed_by\": [0");
    str_add_cstr(&rows, "[{\"regression_bug_id\": 1, \"created\": 2000}");
    for (int i = 1; i < N_MANY; i++) {
        str_addf(&bug, ", %d", i);
        str_add_cstr(&rows, ", {\"regression_bug_id\": 1, \"created\": 2000}");
    }
    str_add_cstr(&bug, "]}]");
    str_add_byte(&rows, ']');
    put_rows(state, &schema_alert_bug_tests, str_cstr(&rows));
    put_rows(state, &schema_all_bugs, str_cstr(&bug));
    const clock_t started = clock();
    run_stage(state, &perf_bugs);
    assert_true(clock() - started < 5 * CLOCKS_PER_SEC);
    assert_rows(state, &schema_perf_bugs, "id,is_perf_regressor,is_perf_regression",
                "1 true true\n");
    str_done(&rows);
    str_done(&bug);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(the_last_row_of_any_bug_holds),
        unit_test_in_dir(many_rows_of_a_bug_with_many_causes_take_no_time),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
