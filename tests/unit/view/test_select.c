// Selection and search.
#include "view_test.h"

#include "base/date.h"

static void selects_rows(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "bugs", NULL);
    assert_int_equal(v->rows.n, 4); // 5002 5001 4002 4001
    view_select(v, 1, true);
    view_select(v, 1, true);
    view_select(v, 99, true); // past the end: nothing
    assert_int_equal(view_n_selected(v), 1);
    assert_true(view_is_selected(v, 1));
    view_select_all(v);
    assert_int_equal(view_n_selected(v), 4);
    view_select(v, 0, false);
    assert_int_equal(view_n_selected(v), 3);
    view_select_none(v);
    assert_int_equal(view_n_selected(v), 0);

    struct view_scan *same = view_scan_same(v, 1, (size_t)view_col_find(v, SV("component")));
    assert_int_equal(view_scan_find(same, 0, 4, false), 1);
    assert_int_equal(view_scan_find(same, 2, 4, false), 3);
    assert_true(view_scan_find(same, 2, 1, false) == SIZE_MAX);
    view_scan_free(same);
    same = view_scan_same(v, 99, 0); // no such row: nothing is the same
    assert_true(view_scan_find(same, 0, 4, false) == SIZE_MAX);
    view_scan_free(same);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// The selection belongs to rows: sorting moves it along, a filter drops what it hides.
static void selection_follows_rows(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "bugs", NULL);
    struct err err = ERR_INIT;
    view_select(v, 0, true); // 5002
    view_select(v, 3, true); // 4001
    assert_true(view_sort_parse(v, SV("id"), &err));
    assert_true(view_run(v, NULL, &err));
    assert_true(view_is_selected(v, 0));
    assert_true(view_is_selected(v, 3));
    assert_false(view_is_selected(v, 1));
    assert_true(view_filter_add(v, SV("id<5000"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    assert_int_equal(view_n_selected(v), 2); // what a filter hides stays selected
    assert_int_equal(view_n_selected_shown(v), 1);
    struct kept *kept = view_selection_keep(v);
    struct view *other = view_test_open(set, snap, "bugs", NULL);
    view_selection_restore(kept, other);
    view_selection_free(kept);
    assert_int_equal(view_n_selected_shown(other), 2);
    view_free(other);
    view_filter_clear(v);
    assert_true(view_run(v, NULL, &err));
    assert_int_equal(view_n_selected_shown(v), 2);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static struct view_scan *scan_for(const struct view *v, const char *pattern, bool all_columns) {
    struct err err = ERR_INIT;
    struct regex *re = regex_compile(sv_cstr(pattern), true, NULL, &err);
    assert_non_null(re);
    struct view_scan *scan = view_scan_new(v, re, all_columns);
    regex_unref(re); // the scan has its own
    return scan;
}

static void searches_shown_cells(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    struct view_scan *scan = scan_for(v, "fixed|untriaged", false);
    assert_int_equal(view_scan_find(scan, 0, 3, false), 1);
    assert_int_equal(view_scan_find(scan, 2, SIZE_MAX, false), 2);
    assert_true(view_scan_find(scan, 0, 1, false) == SIZE_MAX); // not so far
    assert_true(view_scan_find(scan, 3, 1, false) == SIZE_MAX); // past the end
    assert_int_equal(view_scan_find(scan, 2, 3, true), 2);
    assert_true(view_scan_find(scan, 0, SIZE_MAX, true) == SIZE_MAX);
    view_scan_free(scan);

    scan = scan_for(v, "sheriff", false); // only in a hidden column
    assert_true(view_scan_find(scan, 0, 3, false) == SIZE_MAX);
    view_scan_free(scan);
    scan = scan_for(v, "sheriff", true);
    assert_int_equal(view_scan_find(scan, 0, 3, false), 2);
    view_scan_free(scan);

    scan = scan_for(v, "second", false); // behind the shown first line
    assert_true(view_scan_find(scan, 0, 3, false) == SIZE_MAX);
    view_scan_free(scan);

    assert_true(view_filter_add(v, SV("id=1"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    scan = scan_for(v, ".", false); // no rows at all
    assert_true(view_scan_find(scan, 0, 3, false) == SIZE_MAX);
    view_scan_free(scan);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(selects_rows),
        unit_test_in_dir(selection_follows_rows),
        unit_test_in_dir(searches_shown_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
