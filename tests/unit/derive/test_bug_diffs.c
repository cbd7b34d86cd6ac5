// The plan of bug diffs over rows that no recorded case has. The recorded ones are in
// tests/unit/catalog/test_bug_stages.c.
#include "derive/bug_diffs.h"

#include "schema/mozilla_perf.h"
#include "stage_test.h"

static const struct derive_settings no_settings;

struct plan_run {
    struct snapshot *snap;
    struct bug_diffs_plan plan;
};

static struct plan_run plan_of(void **state, const char *commits) {
    struct plan_run run = {0};
    struct err err = ERR_INIT;
    put_rows(state, &schema_perf_bugs, "[{\"id\": 7, \"is_perf_regressor\": false}]");
    put_rows(state, &schema_commits, commits);
    run.snap = snapshot_open(unit_path(state, "store"), NULL, &err);
    assert_non_null(run.snap);
    struct derive d = {.snap = run.snap, .settings = &no_settings, .problem = stage_problem};
    assert_ok(bug_diffs_plan(&d, &run.plan, &err));
    return run;
}

static void plan_done(struct plan_run *run) {
    bug_diffs_plan_done(&run->plan);
    snapshot_unref(run->snap);
}

static void dates_that_nothing_can_write_are_none(void **state) {
    static const struct {
        const char *date, *tz_offset;
        bool has;
    } cases[] = {
        {"0", "0", true},
        {"-9223372036854775808", "-86399", false},
        {"9223372036854775807", "86399", false},
        {"253402300799000000", "0", true}, // the last second of 9999
        {"253402300799000000", "1", false},
        {"-62135596800000000", "-1", false}, // before the first of the year 1
        {"-62135596800000000", "0", true},
        {"0", "-2147483648", true}, // an offset that is none counts as UTC
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct str commits = {0};
        str_addf(&commits,
                 "[{\"node\": \"a\", \"desc\": \"Bug 7\", \"date\": %s, \"tz_offset\": %s}]",
                 cases[i].date, cases[i].tz_offset);
        struct plan_run run = plan_of(state, str_cstr(&commits));
        assert_int_equal(run.plan.diffs.n, 1);
        assert_int_equal(run.plan.diffs.ptr[0].has_date, cases[i].has);
        plan_done(&run);
        str_done(&commits);
    }
}

// The parent of a first commit may not be known, or be nobody's.
static void a_block_begins_where_its_oldest_commit_does(void **state) {
    struct plan_run run =
        plan_of(state, "[{\"node\": \"x\", \"desc\": \"Bug 7 - older\", \"parents\": [\"w\"]},"
                       " {\"node\": \"y\", \"desc\": \"Backed out bug 7\", \"parents\": [\"x\"]},"
                       " {\"node\": \"a\", \"desc\": \"Bug 7 - first\"},"
                       " {\"node\": \"b\", \"desc\": \"bug  7: second\", \"parents\": [\"a\"]},"
                       " {\"node\": \"c\", \"desc\": \"Bug 70\", \"parents\": [\"b\"]}]");
    assert_int_equal(run.plan.diffs.n, 1);
    const struct bug_diff *b = &run.plan.diffs.ptr[0];
    assert_null(b->from.ptr);
    assert_sv(b->oldest, "a");
    assert_sv(b->to, "b");
    assert_sv(b->message, "first\nsecond");
    plan_done(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(dates_that_nothing_can_write_are_none),
        unit_test_in_dir(a_block_begins_where_its_oldest_commit_does),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
