// Selection and search.
#include "view_test.h"

#include "base/date.h"

static void selects_rows(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "bugs", NULL);
    struct err err = ERR_INIT;
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

    assert_int_equal(view_select_regex(v, SV("layout"), true, &err), 2);
    assert_true(view_is_selected(v, 1));
    assert_true(view_is_selected(v, 3));
    assert_int_equal(view_select_regex(v, SV("^5001$"), false, &err), 1);
    assert_int_equal(view_n_selected(v), 1);
    assert_int_equal(view_select_regex(v, SV("("), true, &err), 0);
    assert_true(err.msg[0] != '\0');

    view_select_none(v);
    v->cursor = 1; // component Layout
    v->cur_col = (size_t)view_col_find(v, SV("component"));
    assert_int_equal(view_select_same(v), 2);
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
    assert_int_equal(view_n_selected(v), 1);
    view_filter_clear(v);
    assert_true(view_run(v, NULL, &err));
    assert_int_equal(view_n_selected(v), 1); // what was hidden is not selected unseen
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void searches_shown_cells(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    bool wrapped = true;
    struct regex *re = regex_compile(SV("fixed|untriaged"), true, NULL, &err);
    struct matcher *m = matcher_new(re);
    assert_int_equal(view_search(v, m, 0, false, false, &wrapped), 1);
    assert_false(wrapped);
    assert_int_equal(view_search(v, m, 1, false, false, &wrapped), 2);
    assert_int_equal(view_search(v, m, 2, false, false, &wrapped), 1);
    assert_true(wrapped);
    assert_int_equal(view_search(v, m, 1, true, false, &wrapped), 2);
    assert_true(wrapped);
    assert_int_equal(view_search(v, m, 2, true, false, &wrapped), 1);
    assert_false(wrapped);
    matcher_free(m);
    regex_unref(re);

    re = regex_compile(SV("sheriff"), true, NULL, &err); // only in a hidden column
    m = matcher_new(re);
    assert_true(view_search(v, m, 0, false, false, &wrapped) == SIZE_MAX);
    assert_int_equal(view_search(v, m, 0, false, true, &wrapped), 2);
    matcher_free(m);
    regex_unref(re);

    re = regex_compile(SV("second"), true, NULL, &err); // behind the shown first line
    m = matcher_new(re);
    assert_true(view_search(v, m, 0, false, false, &wrapped) == SIZE_MAX);
    assert_true(view_filter_add(v, SV("id=1"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    assert_true(view_search(v, m, 0, false, false, &wrapped) == SIZE_MAX); // no rows at all
    matcher_free(m);
    regex_unref(re);
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
