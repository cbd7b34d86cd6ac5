#include "derive/group_cover.h"

#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage bisection = {derive_bisection_costs, {&schema_bisection_costs}, {0}};

#define COSTS                                                                                      \
    "summary_id,n_signatures,n_covered,group_ids,run_minutes,n_unknown,range_size,range_unit,"     \
    "steps,total_minutes"

static void put_alerts(void **state) {
    put_rows(state, &schema_alert_summaries,
             "[{\"id\": 30, \"revision\": \"f\", \"prev_push_revision\": \"a\"},"
             " {\"id\": 10, \"revision\": \"b\", \"prev_push_revision\": \"a\"},"
             " {\"id\": 20, \"revision\": \"c\", \"prev_push_revision\": \"gone\"},"
             " {\"id\": 40, \"revision\": \"f\", \"prev_push_revision\": \"a\"},"
             " {\"id\": 50, \"revision\": \"a\", \"prev_push_revision\": \"f\"},"
             " {\"id\": 60, \"revision\": \"c\"}]");
    put_rows(state, &schema_alerts,
             "[{\"summary_id\": 30, \"signature_id\": 1, \"is_regression\": true},"
             " {\"summary_id\": 30, \"signature_id\": 2, \"is_regression\": true},"
             " {\"summary_id\": 30, \"signature_id\": 2, \"is_regression\": true},"
             " {\"summary_id\": 30, \"signature_id\": 3, \"is_regression\": true},"
             " {\"summary_id\": 30, \"signature_id\": 4, \"is_regression\": false},"
             " {\"summary_id\": 30, \"signature_id\": 99, \"is_regression\": true},"
             " {\"summary_id\": 30, \"is_regression\": true},"
             " {\"summary_id\": 10, \"signature_id\": 3, \"is_regression\": true},"
             " {\"summary_id\": 20, \"signature_id\": 1, \"is_regression\": true},"
             " {\"summary_id\": 40, \"signature_id\": 1, \"is_regression\": true,"
             "  \"related\": true},"
             " {\"summary_id\": 50, \"signature_id\": 1, \"is_regression\": true},"
             " {\"summary_id\": 60, \"signature_id\": 4, \"is_regression\": false}]");
    put_rows(state, &schema_sig_groups,
             "[{\"group_id\": 7, \"signatures\": [1, 2]}, {\"group_id\": 5, \"signatures\": [3]},"
             " {\"group_id\": 8, \"signatures\": [4]}]");
}

static void put_commits(void **state) {
    // a - b - c - d - f, and e beside c and d.
    put_rows(state, &schema_commits,
             "[{\"node\": \"a\"}, {\"node\": \"b\", \"parents\": [\"a\"]},"
             " {\"node\": \"c\", \"parents\": [\"b\"]}, {\"node\": \"d\", \"parents\": [\"c\"]},"
             " {\"node\": \"e\", \"parents\": [\"b\"]},"
             " {\"node\": \"f\", \"parents\": [\"d\", \"e\"]}]");
}

static void costs_of_the_groups_that_fail(void **state) {
    put_alerts(state);
    // Neither commits nor durations are known.
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, COSTS,
                "30 4 3 [5,7] - 2 - - - -\n"
                "10 1 1 [5] - 1 - - - -\n"
                "20 1 1 [7] - 1 - - - -\n"
                "50 1 1 [7] - 1 - - - -\n"
                "60 0 0 [] - 0 - - - -\n"); // 40 has related alerts alone
    put_commits(state);
    put_rows(state, &schema_group_durations, "[{\"group_id\": 7, \"minutes\": 12.5}]");
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, COSTS,
                "30 4 3 [5,7] 12.5 1 5 commits 3 37.5\n"
                "10 1 1 [5] - 1 1 commits 0 -\n"
                "20 1 1 [7] 12.5 0 - - - -\n"
                "50 1 1 [7] 12.5 0 - - - -\n" // nothing lies between
                "60 0 0 [] - 0 - - - -\n");
    // Of 30, signature 99 is in no group, and that of 3 has no duration yet.
    assert_rows(state, &schema_bisection_costs, "summary_id,n_left_out",
                "30 2\n10 1\n20 0\n50 0\n60 0\n");
    put_rows(state, &schema_group_durations,
             "[{\"group_id\": 7, \"minutes\": 12.5}, {\"group_id\": 5, \"minutes\": 1.25}]");
    run_stage(state, &bisection);
    // The fourth signature of 30 is in no group.
    assert_rows(state, &schema_bisection_costs,
                "summary_id,run_minutes,n_unknown,n_left_out,total_minutes",
                "30 13.75 0 1 41.25\n"
                "10 1.25 0 0 0.0\n"
                "20 12.5 0 0 -\n"
                "50 12.5 0 0 -\n"
                "60 - 0 0 -\n");
}

static void commits_may_stand_in_any_order(void **state) {
    put_alerts(state);
    put_rows(state, &schema_commits, // children first
             "[{\"node\": \"f\", \"parents\": [\"d\", \"e\"]},"
             " {\"node\": \"e\", \"parents\": [\"b\"]}, {\"node\": \"d\", \"parents\": [\"c\"]},"
             " {\"node\": \"c\", \"parents\": [\"b\"]}, {\"node\": \"b\", \"parents\": [\"a\"]},"
             " {\"node\": \"a\", \"parents\": [\"0\"]}]");
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, "summary_id,range_size,steps",
                "30 5 3\n10 1 0\n20 - -\n50 - -\n60 - -\n");
    put_rows(
        state, &schema_commits, // mixed, with a commit that is its own parent
        "[{\"node\": \"c\", \"parents\": [\"b\"]}, {\"node\": \"f\", \"parents\": [\"d\", \"e\"]},"
        " {\"node\": \"a\"}, {\"node\": \"e\", \"parents\": [\"b\"]},"
        " {\"node\": \"x\", \"parents\": [\"x\"]}, {\"node\": \"b\", \"parents\": [\"a\"]},"
        " {\"node\": \"d\", \"parents\": [\"c\"]}]");
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, "summary_id,range_size,steps",
                "30 5 3\n10 1 0\n20 - -\n50 - -\n60 - -\n");
    put_rows(state, &schema_commits, // no history at all: each the parent of the other
             "[{\"node\": \"f\", \"parents\": [\"a\"]}, {\"node\": \"a\", \"parents\": [\"f\"]},"
             " {\"node\": \"b\", \"parents\": [\"b\", \"c\"]},"
             " {\"node\": \"c\", \"parents\": [\"b\"]}]");
    run_stage(state, &bisection); // ends
    // a is an ancestor of p and q, and they are ancestors of a.
    put_rows(state, &schema_commits,
             "[{\"node\": \"p\", \"parents\": [\"a\"]},"
             " {\"node\": \"a\", \"parents\": [\"p\", \"q\"]},"
             " {\"node\": \"q\", \"parents\": [\"a\"]},"
             " {\"node\": \"f\", \"parents\": [\"p\", \"q\"]}]");
    run_stage(state, &bisection);
}

static void steps_halve_the_range(void **state) {
    static const struct {
        int n, steps;
    } cases[] = {{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {8, 3}, {9, 4}};
    put_alerts(state);
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct str rows = {0}, want = {0};
        str_add_cstr(&rows, "[{\"node\": \"a\"}");
        for (int k = 1; k <= cases[i].n; k++) {
            const bool last = k == cases[i].n;
            str_addf(&rows, ", {\"node\": \"%s%.0d\", \"parents\": [\"%s%.0d\"]}", last ? "f" : "n",
                     last ? 0 : k, k == 1 ? "a" : "n", k == 1 ? 0 : k - 1);
        }
        str_add_byte(&rows, ']');
        put_rows(state, &schema_commits, str_cstr(&rows));
        run_stage(state, &bisection);
        str_addf(&want, "30 %d %d\n10 - -\n20 - -\n50 - -\n60 - -\n", cases[i].n, cases[i].steps);
        assert_rows(state, &schema_bisection_costs, "summary_id,range_size,steps", str_cstr(&want));
        str_done(&rows);
        str_done(&want);
    }
}

static void the_cheapest_groups_are_taken(void **state) {
    put_alerts(state);
    // All three failing signatures are in group 1, too; one by one they are cheaper.
    put_rows(
        state, &schema_sig_groups,
        "[{\"group_id\": 1, \"signatures\": [1, 2, 3]}, {\"group_id\": 2, \"signatures\": [1]},"
        " {\"group_id\": 3, \"signatures\": [2]}, {\"group_id\": 4, \"signatures\": [3]}]");
    put_rows(state, &schema_group_durations,
             "[{\"group_id\": 1, \"minutes\": 10.0}, {\"group_id\": 2, \"minutes\": 3.0},"
             " {\"group_id\": 3, \"minutes\": 3.0}, {\"group_id\": 4, \"minutes\": 3.5}]");
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, "summary_id,group_ids,run_minutes,n_unknown",
                "30 [2,3,4] 9.5 0\n10 [4] 3.5 0\n20 [2] 3.0 0\n50 [2] 3.0 0\n60 [] - 0\n");
    // What is not known counts as 20 minutes in the choice, and not in the sum.
    put_rows(state, &schema_group_durations,
             "[{\"group_id\": 1, \"minutes\": 21.0}, {\"group_id\": 2, \"minutes\": 3.0}]");
    run_stage(state, &bisection);
    assert_rows(state, &schema_bisection_costs, "summary_id,group_ids,run_minutes,n_unknown",
                "30 [1] 21.0 0\n10 [4] - 1\n20 [2] 3.0 0\n50 [2] 3.0 0\n60 [] - 0\n");
}

// ---- the choice of groups ----------------------------------------------------------------------

static void chooses(const struct cover_problem *p, const char *want) {
    bool chosen[64];
    group_cover(p, chosen);
    char got[65] = "";
    for (size_t i = 0; i < p->n_groups; i++) {
        got[i] = chosen[i] ? '1' : '0';
    }
    got[p->n_groups] = '\0';
    assert_string_equal(got, want);
}

static void small_choices_are_exact(void **state) {
    (void)state;
    // The group that covers most per minute is not among the best here.
    static const struct cover_link links[] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {0, 1}, {1, 1},
                                              {4, 1}, {2, 2}, {3, 2}, {5, 2}, {6, 3}};
    chooses(&(struct cover_problem){links, COUNTOF(links), 8, 4, (double[]){4, 4, 4, 9}}, "0111");
    // Of equal costs the fewer groups, then the lower numbers.
    static const struct cover_link equal[] = {{0, 0}, {1, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}};
    chooses(&(struct cover_problem){equal, COUNTOF(equal), 2, 4, (double[]){1, 1, 2, 2}}, "0010");
    chooses(&(struct cover_problem){equal, COUNTOF(equal), 2, 4, (double[]){1, 0.5, 2, 2}}, "1100");
    chooses(&(struct cover_problem){equal, COUNTOF(equal), 2, 4, (double[]){0, 0, 0, 0}}, "0010");
    chooses(&(struct cover_problem){NULL, 0, 3, 0, NULL}, "");
}

static void large_choices_cover_all_the_same(void **state) {
    (void)state;
    // Signature i is in group i alone with its neighbours' groups: more than can be tried.
    enum { N = 40 };
    struct cover_link links[3 * N];
    double cost[N];
    for (uint32_t i = 0; i < N; i++) {
        cost[i] = i == 7 ? 0 : 1;
        links[3 * i] = (struct cover_link){i, (i + N - 1) % N};
        links[3 * i + 1] = (struct cover_link){i, i};
        links[3 * i + 2] = (struct cover_link){i, (i + 1) % N};
    }
    bool chosen[N];
    group_cover(&(struct cover_problem){links, 3 * N, N, N, cost}, chosen);
    size_t n_chosen = 0;
    for (uint32_t i = 0; i < N; i++) {
        assert_true(chosen[(i + N - 1) % N] || chosen[i] || chosen[(i + 1) % N]);
        n_chosen += chosen[i];
    }
    assert_true(chosen[7]); // costs nothing
    assert_in_range(n_chosen, 14, 18);
}

// Hours if every link were looked at for every group, again after each choice.
static void very_large_choices_take_no_time(void **state) {
    (void)state;
    enum { N_LARGE = 8000 };
    struct cover_link *links = xcalloc(2 * N_LARGE, sizeof *links);
    double *cost = xcalloc(N_LARGE, sizeof *cost);
    bool *chosen = xcalloc(N_LARGE, sizeof *chosen);
    for (uint32_t i = 0; i < N_LARGE; i++) {
        cost[i] = 1;
        links[2 * i] = (struct cover_link){i, i};
        links[2 * i + 1] = (struct cover_link){i, (i + 1) % N_LARGE};
    }
    const clock_t started = clock();
    group_cover(&(struct cover_problem){links, 2 * N_LARGE, N_LARGE, N_LARGE, cost}, chosen);
    assert_true(clock() - started < 20 * CLOCKS_PER_SEC);
    size_t n_chosen = 0;
    for (uint32_t i = 0; i < N_LARGE; i++) {
        assert_true(chosen[i] || chosen[(i + 1) % N_LARGE]);
        n_chosen += chosen[i];
    }
    assert_int_equal(n_chosen, N_LARGE / 2);
    free(links);
    free(cost);
    free(chosen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(costs_of_the_groups_that_fail),
        unit_test_in_dir(commits_may_stand_in_any_order),
        unit_test_in_dir(steps_halve_the_range),
        unit_test_in_dir(the_cheapest_groups_are_taken),
        cmocka_unit_test(small_choices_are_exact),
        cmocka_unit_test(large_choices_cover_all_the_same),
        cmocka_unit_test(very_large_choices_take_no_time),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
