// What the list of datasets says there is to do.
#include "view_test.h"

#include "base/date.h"

static void derive_all(void **state) {
    struct err err = ERR_INIT;
    struct derive_result derived = {0};
    const struct derive_opts opts = {.store_dir = unit_path(state, "store")};
    assert_true(catalog_derive(&opts, &derived, &err));
    assert_int_equal(derived.n_failed, 0);
    derive_result_done(&derived);
}

// Whether the tab "to do" lists the dataset, and its state, borrowed until the next call.
static bool is_to_do(void **state, const char *dataset, struct str *what) {
    struct err err = ERR_INIT;
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "home", NULL);
    bool listed = false;
    str_clear(what);
    for (size_t row = 0; row < v->rows.n; row++) {
        if (sv_is(view_test_cell(v, row, "name"), dataset)) {
            str_add_sv(what, view_test_cell(v, row, "state"));
        }
    }
    view_tab_set(v, 1);
    assert_sv(v->def->tabs[0].title, "to do");
    assert_true(view_run(v, NULL, &err));
    for (size_t row = 0; row < v->rows.n; row++) {
        listed = listed || sv_is(view_test_cell(v, row, "name"), dataset);
    }
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
    return listed;
}

static void to_do_is_what_a_command_would_change(void **state) {
    auto_str what = STR_INIT;
    snapshot_unref(view_test_store(state));
    assert_true(is_to_do(state, "time_to_culprit", &what));
    assert_sv(str_sv(&what), "not there: culprit derive time_to_culprit");
    assert_true(is_to_do(state, "perf_jobs", &what)); // culprit import ...
    assert_true(sv_starts(str_sv(&what), SV("not there: culprit import ")));
    assert_false(is_to_do(state, "alerts", &what));
    assert_sv(str_sv(&what), "imported");
    assert_true(is_to_do(state, "durations", &what)); // first what it is made of
    assert_true(sv_starts(str_sv(&what), SV("not there: no perf_jobs")));

    derive_all(state);
    assert_false(is_to_do(state, "time_to_culprit", &what));
    assert_sv(str_sv(&what), "fresh");

    auto_str csv = STR_INIT;
    str_addf(&csv, "%s%s", view_test_summaries_head, view_test_summary_101);
    for (size_t i = 0; i < csv.len; i++) { // another one
        csv.ptr[i] = sv_starts(sv_from(str_sv(&csv), i), SV("101,11")) ? '9' : csv.ptr[i];
    }
    view_test_write(state, "alert_summaries.csv", str_cstr(&csv));
    view_test_import(state, "alert_summaries.csv");
    assert_true(is_to_do(state, "time_to_culprit", &what));
    assert_true(sv_starts(str_sv(&what), SV("out of date: ")));
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(to_do_is_what_a_command_would_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
