// label: threads
// Open views: rows, cells, filters, sort, columns, keys, newer snapshots.
#include "view_test.h"

#include "base/date.h"

static void run(struct view *v) {
    struct err err = ERR_INIT;
    assert_true(view_run(v, NULL, &err));
}

static void shows_the_alert_summaries(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    assert_int_equal(v->rows.n, 3);
    assert_int_equal(v->n_total, 3);
    assert_sv(view_test_cell(v, 0, "id"), "103"); // newest first
    assert_sv(view_test_cell(v, 2, "id"), "101");
    assert_sv(view_test_cell(v, 2, "status"), "fixed");
    assert_sv(view_test_cell(v, 2, "created"), "2025-02-03 10:00");
    assert_sv(view_test_cell(v, 2, "bug_number"), "5001");
    assert_sv(view_test_cell(v, 2, "notes"), "first line");
    assert_sv(view_test_cell(v, 2, "duplicated_summaries_ids"), "102, 103");
    assert_sv(view_test_cell(v, 2, "revision"), "333333333333");
    assert_sv(view_test_cell(v, 0, "framework"), "framework 99"); // unknown codes stay
    assert_sv(view_test_cell(v, 1, "bug_number"), "");
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// Empty, a key that leads nowhere, and an empty key look different.
static void tells_empty_from_missing(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    auto_str scratch = STR_INIT;
    struct view_cell cell;
    size_t col = (size_t)view_col_find(v, SV("component"));
    view_cell(v, 2, col, &scratch, &cell);
    assert_sv(cell.text, "Layout");
    assert_int_equal(cell.state, CELL_VALUE);
    view_cell(v, 0, col, &scratch, &cell); // bug 5009 is in no file
    assert_sv(cell.text, "-");
    assert_int_equal(cell.state, CELL_NO_JOIN);
    view_cell(v, 1, col, &scratch, &cell); // no bug at all
    assert_sv(cell.text, "");
    assert_int_equal(cell.state, CELL_EMPTY);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// A sum that leaves something out is a lower bound on the screen and a number in raw exports; what
// stands behind a value is of the same record, joined or not.
static void marks_lower_bounds(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    auto_str scratch = STR_INIT;
    struct sv raw;
    struct sv label;
    struct view_cell cell;
    view_test_write(
        state, "least.json",
        "{\"name\": \"least\", \"from\": \"alerts\", \"params\": [\"id\"], \"columns\": ["
        "\"id\", {\"field\": \"t_value\", \"format\": \"value\", \"least\": "
        "\"amount_abs\", \"suffix\": \"test\"},"
        "{\"join\": \"alert_summaries\", \"on\": {\"summary_id\": \"id\"}, \"field\": "
        "\"alert_count\", \"least\": \"bug_number\", \"suffix\": \"repository\"}],"
        "\"head\": {\"from\": \"alerts\", \"on\": \"id\", \"param\": \"id\", \"columns\": ["
        "{\"field\": \"related_summary_id\", \"optional\": true},"
        "{\"field\": \"status\", \"optional\": true}, \"amount_abs\"]}}");
    struct view_set *set = view_set_load(unit_path(state, ""), &faults, &err);
    assert_string_equal(str_cstr(&faults), "");
    struct view *v = view_test_open(set, snap, "least", "id=3");
    assert_sv(view_test_cell(v, 0, "t_value"), "9.50+ responsiveness"); // 4.0 > 0
    assert_sv(view_test_cell(v, 0, "alert_count"), "2 mozilla-beta");   // no bug
    assert_true(view_raw(v, 0, (size_t)view_col_find(v, SV("t_value")), &scratch, &raw));
    assert_sv(raw, "9.5");
    assert_true(view_head_field(v, 0, &label, &scratch, &cell)); // status 0, not moved
    assert_sv(label, "amount abs");
    assert_false(view_head_field(v, 1, &label, &scratch, &cell));
    view_free(v);
    v = view_test_open(set, snap, "least", "id=2");
    assert_sv(view_test_cell(v, 0, "t_value"), "9.50 paint"); // -1.0
    assert_sv(view_test_cell(v, 0, "alert_count"), "2+ autoland");
    assert_true(view_head_field(v, 0, &label, &scratch, &cell));
    assert_sv(label, "status");
    view_free(v);
    v = view_test_open(set, snap, "least", "id=99"); // a record that is not there
    assert_true(view_head_field(v, 0, &label, &scratch, &cell));
    assert_sv(label, "amount abs");
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void shows_one_summary_with_its_alerts(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summary", "id=101");
    struct sv label;
    auto_str scratch = STR_INIT;
    struct view_cell cell;
    assert_int_equal(v->rows.n, 2);
    assert_sv(view_test_cell(v, 0, "test"), "responsiveness"); // the regression first
    assert_sv(view_test_cell(v, 0, "change_pct"), "^ +20.0%");
    assert_sv(view_test_cell(v, 1, "change_pct"), "v -10.0%"); // from 10 to 9
    view_cell(v, 1, (size_t)view_col_find(v, SV("change_pct")), &scratch, &cell);
    assert_sv(cell.role, "change_better");
    assert_true(view_head_field(v, 1, &label, &scratch, &cell));
    assert_sv(label, "status");
    assert_sv(cell.text, "fixed");
    assert_true(view_head_field(v, 9, &label, &scratch, &cell));
    assert_sv(label, "triage due");
    assert_int_equal(cell.state, CELL_EMPTY); // fixed: nothing is due any more
    auto_str title = STR_INIT;
    view_title(v, &title);
    assert_sv(str_sv(&title), "Alert summary 101");
    view_free(v);

    // From 0 to 4 is no percentage: the amount stands alone.
    v = view_test_open(set, snap, "alert_summary", "id=102");
    assert_int_equal(v->rows.n, 2);
    assert_sv(view_test_cell(v, 1, "change_pct"), "^ +4.00");
    assert_true(view_head_field(v, 9, &label, &scratch, &cell));
    assert_int_equal(cell.state, CELL_VALUE);
    assert_sv(sv_sub(cell.text, 0, 1), "+");

    // Why there is no row: counted in this view, not in the whole dataset.
    struct err err = ERR_INIT;
    auto_str why = STR_INIT;
    assert_true(view_filter_add(v, SV("test=gone is_regression=true"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    view_empty_text(v, &why);
    assert_non_null(strstr(str_cstr(&why), "(of 2 rows here: test=gone 0, is_regression=true 2)"));
    assert_non_null(strstr(str_cstr(&why), "2 rows are hidden"));
    view_free(v);

    v = view_test_open(set, snap, "alert_summary", "id=999");
    assert_int_equal(v->rows.n, 0);
    assert_true(view_head_field(v, 0, &label, &scratch, &cell));
    assert_sv(cell.text, "-");
    assert_int_equal(cell.state, CELL_NO_JOIN);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void refuses_wrong_parameters(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    const struct view_def *def = view_set_find(set, SV("alert_summary"));
    const struct view_value wrong = {SV("colour"), SV("1")};
    const struct view_value twice[] = {{SV("id"), SV("101")}, {SV("id"), SV("102")}};
    struct err err = ERR_INIT;
    assert_null(view_open(set, def, snap, NULL, 0, &err));
    assert_non_null(strstr(err.msg, "needs the parameter \"id\""));
    assert_null(view_open(set, def, snap, &wrong, 1, &err));
    assert_non_null(strstr(err.msg, "no parameter \"colour\""));
    assert_null(view_open(set, def, snap, twice, 2, &err));
    assert_non_null(strstr(err.msg, "given twice"));
    struct view *v = view_open(set, view_set_find(set, SV("bugs")), snap, twice, 2, &err);
    assert_non_null(v); // a parameter that may be several takes them all
    assert_sv(v->params[0].value, "101,102");
    auto_str title = STR_INIT;
    view_title(v, &title);
    assert_sv(str_sv(&title), "Bugs 101,102");
    view_free(v);
    const struct view_value many = {SV("id"), SV("1000001,1000002,1000003,1000004,1000005")};
    v = view_open(set, view_set_find(set, SV("bugs")), snap, &many, 1, &err);
    str_clear(&title);
    view_title(v, &title);
    assert_sv(str_sv(&title), "Bugs 1000001 +4");
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void filters_and_explains(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    size_t at = 0;
    assert_true(view_filter_add(v, SV("status=untriaged"), &at, &err));
    run(v);
    assert_int_equal(v->rows.n, 1);
    assert_int_equal(v->n_total, 3);
    assert_true(view_filter_add(v, SV("component=Layout"), &at, &err)); // through a join
    run(v);
    assert_int_equal(v->rows.n, 0);
    auto_str why = STR_INIT;
    view_empty_text(v, &why);
    assert_non_null(strstr(str_cstr(&why), "status=untriaged 1"));
    assert_non_null(strstr(str_cstr(&why), "component=Layout 1"));
    v->filters_off = true;
    run(v);
    assert_int_equal(v->rows.n, 3);
    v->filters_off = false;
    view_filter_drop(v, 0);
    run(v);
    assert_int_equal(v->rows.n, 1);
    assert_sv(view_test_cell(v, 0, "id"), "101");

    // A wrong filter changes nothing and says where it is wrong.
    assert_false(view_filter_add(v, SV("statu=x"), &at, &err));
    assert_int_equal(v->n_filters, 1);
    assert_non_null(strstr(err.msg, "statu"));
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void filters_while_typing(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    size_t at = 0;
    assert_true(view_filter_type(v, SV("repository=mozilla-beta"), &at, &err));
    run(v);
    assert_int_equal(v->rows.n, 1);
    assert_false(view_filter_type(v, SV("repository~("), &at, &err));
    run(v);
    assert_int_equal(v->rows.n, 1); // the last good one holds
    assert_int_equal(v->n_filters, 0);
    assert_true(view_filter_type(v, SV(""), &at, &err));
    assert_true(view_filter_add(v, SV("repository=mozilla-beta"), &at, &err));
    assert_int_equal(v->n_filters, 1);
    assert_string_equal(v->filters[0].text, "repository=mozilla-beta");
    assert_true(view_filter_type(v, SV("framework=talos"), &at, &err));
    assert_true(view_filter_type(v, SV(""), &at, &err));
    run(v);
    assert_int_equal(v->rows.n, 1);
    view_filter_clear(v);
    run(v);
    assert_int_equal(v->rows.n, 3);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// What `=` and `!` write must read back as a filter that keeps, or drops, that very row.
static void makes_filters_of_cells(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    static const char *const views[] = {"alert_summaries", "alerts", "bugs", "commits", "diffs"};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNTOF(views); i++) {
        struct view *v = view_test_open(set, snap, views[i], NULL);
        uint32_t first = v->rows.idx[0];
        for (size_t col = 0; col < v->n_cols; col++) {
            for (int negate = 0; negate < 2; negate++) {
                auto_str text = STR_INIT;
                view_filter_for_cell(v, 0, col, negate, &text);
                if (v->cols[col].column.class == CLASS_FLOAT) {
                    continue; // measures are compared with < and >
                }
                bool ok = view_filter_add(v, str_sv(&text), NULL, &err);
                if (!ok) {
                    print_error("%s: %s\n", str_cstr(&text), err.msg);
                }
                assert_true(ok);
                run(v);
                bool kept = false;
                for (size_t k = 0; k < v->rows.n; k++) {
                    kept |= v->rows.idx[k] == first;
                }
                if (kept != !negate) {
                    print_error("%s: %s\n", views[i], str_cstr(&text));
                }
                assert_int_equal(kept, !negate);
                view_filter_clear(v);
                run(v);
            }
        }
        view_free(v);
    }
    view_set_free(set);
    snapshot_unref(snap);
}

static void follows_tabs(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    assert_sv(v->def->tabs[0].title, "untriaged");
    view_tab_set(v, 1);
    run(v);
    assert_int_equal(v->rows.n, 1);
    assert_sv(view_test_cell(v, 0, "id"), "102");
    view_tab_set(v, 0);
    run(v);
    assert_int_equal(v->rows.n, 3);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void sorts(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    size_t repo = (size_t)view_col_find(v, SV("repository"));
    view_sort_by(v, repo, false, false);
    run(v);
    assert_sv(view_test_cell(v, 2, "id"), "102"); // mozilla-beta after autoland
    view_sort_by(v, (size_t)view_col_find(v, SV("id")), true, true);
    run(v);
    assert_sv(view_test_cell(v, 0, "id"), "103");
    view_sort_by(v, repo, false, true); // the same key again takes it away
    assert_int_equal(v->n_sort, 1);
    view_sort_by(v, (size_t)view_col_find(v, SV("id")), true, false);
    assert_int_equal(v->n_sort, 0);
    run(v);
    assert_sv(view_test_cell(v, 0, "id"), "101"); // file order

    // Nulls last in both directions.
    assert_true(view_sort_parse(v, SV("bug_number"), &err));
    run(v);
    assert_sv(view_test_cell(v, 2, "id"), "102");
    assert_true(view_sort_parse(v, SV("-bug_number"), &err));
    run(v);
    assert_sv(view_test_cell(v, 2, "id"), "102");
    assert_false(view_sort_parse(v, SV("nope"), &err));
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void chooses_columns(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    assert_true(view_columns_parse(v, SV("status, id,prev_push_id"), &err));
    size_t shown = 0;
    for (size_t i = 0; i < v->n_cols; i++) {
        shown += !v->cols[i].hidden;
    }
    assert_int_equal(shown, 3);
    assert_sv(v->cols[0].def->name, "status");
    assert_sv(v->cols[1].def->name, "id");
    assert_sv(v->cols[2].def->name, "prev_push_id");    // of the dataset, not in the view's file
    assert_sv(v->cols[v->sort[0].col].def->name, "id"); // the sort moved with its column
    assert_sv(view_test_cell(v, 0, "prev_push_id"), "11");
    assert_false(view_columns_parse(v, SV("id,nope"), &err));

    // The added column survives a switch of the snapshot, whose view is a new one inside.
    struct snapshot *again = view_test_snapshot(state);
    assert_true(view_switch(v, again, &err));
    assert_sv(v->cols[2].def->name, "prev_push_id");
    assert_sv(view_test_cell(v, 0, "prev_push_id"), "11");
    snapshot_unref(again);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void fits_widths(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    size_t repo = (size_t)view_col_find(v, SV("repository"));
    view_fit_widths(v, 0, 1, 30);
    assert_int_equal(v->cols[repo].width, 8); // autoland
    view_fit_widths(v, 1, 1, 30);
    assert_int_equal(v->cols[repo].width, 12); // mozilla-beta
    view_fit_widths(v, 0, 1, 30);
    assert_int_equal(v->cols[repo].width, 12); // does not jump back
    view_fit_widths(v, 0, 3, 10);
    assert_int_equal(v->cols[repo].width, 10);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void lists_a_push_range(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    const struct view_value range[] = {{SV("from"), SV(C1)}, {SV("to"), SV(C3)}};
    struct err err = ERR_INIT;
    struct view *v = view_open(set, view_set_find(set, SV("commits")), snap, range, 2, &err);
    assert_non_null(v);
    run(v);
    assert_int_equal(v->rows.n, 2);
    assert_sv(view_test_cell(v, 0, "node"), "333333333333");
    assert_sv(view_test_cell(v, 0, "desc"), "Bug 4001 - Make painting lazy, part 2");
    assert_sv(view_test_cell(v, 1, "node"), "222222222222");
    view_free(v);

    // A revision that no commit has is said, not an abort.
    const struct view_value lost[] = {{SV("from"), SV(C1)}, {SV("to"), SV(LOST)}};
    v = view_open(set, view_set_find(set, SV("commits")), snap, lost, 2, &err);
    assert_non_null(v);
    run(v);
    assert_int_equal(v->rows.n, 0);
    assert_int_equal(v->error.code, ERR_NOT_FOUND);
    auto_str why = STR_INIT;
    view_empty_text(v, &why);
    assert_non_null(strstr(str_cstr(&why), "ffff"));
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// --- keys ---------------------------------------------------------------------------------------

static void finds_rows_by_key(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    auto_str key = STR_INIT;
    bool exact = false;
    view_row_key(v, 1, &key);
    assert_sv(str_sv(&key), "id=102");
    assert_int_equal(view_find_key(v, SV("id=101"), &exact), 2);
    assert_true(exact);
    assert_int_equal(view_find_key(v, SV("id=9999"), &exact), 0); // sorted -id: the next one
    assert_false(exact);
    assert_int_equal(view_find_key(v, SV("id=1"), &exact), 2);
    assert_false(exact);
    view_free(v);

    // Keys of several columns, of text, and without any key at all.
    v = view_test_open(set, snap, "alerts", NULL);
    assert_true(view_find_key(v, SV("nonsense"), &exact) < v->rows.n);
    assert_false(exact);
    view_free(v);
    static const char *const names[] = {"alerts", "diffs", "commits", "bug_tests", "problems"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        v = view_test_open(set, snap, names[i], NULL);
        for (size_t row = 0; row < v->rows.n; row++) {
            str_clear(&key);
            view_row_key(v, row, &key);
            assert_int_equal(view_find_key(v, str_sv(&key), &exact), row);
            assert_true(exact);
        }
        view_free(v);
    }
    view_set_free(set);
    snapshot_unref(snap);
}

// A summary of its own, as a file that may be imported again with other rows.
static void write_summaries(void **state, const int *ids, size_t n) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, view_test_summaries_head);
    for (size_t i = 0; i < n; i++) {
        str_addf(&text, "%d,1,1,,2025-02-03T10:00:00,,,autoland,1,[],[],%d,,,,1,,,,,,,,[],[]\n",
                 ids[i], ids[i] % 10);
    }
    view_test_write(state, "alert_summaries.csv", str_cstr(&text));
    view_test_import(state, "alert_summaries.csv");
}

static struct sv id_at(const struct view *v, size_t row) {
    return view_test_cell(v, row, "id");
}

// Whatever is added to the store, in whatever order the view is, the cursor stays on its row and
// its screen line, and the selection on its rows.
static void cursor_follows_its_key(void **state) {
    unsigned seed = 7;
    int ids[400];
    size_t n = 0;
    struct view_set *set = view_test_set();
    struct err err = ERR_INIT;
    for (; n < 100; n++) {
        ids[n] = 1000 + (int)n * 7;
    }
    write_summaries(state, ids, n);
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    static const char *const sorts[] = {"-id", "id", "status,-id", "-status,id"};
    for (int round = 0; round < 12; round++) {
        seed = seed * 1103515245 + 12345;
        assert_true(view_sort_parse(v, sv_cstr(sorts[round % 4]), &err));
        run(v);
        view_select_none(v);
        v->cursor = seed / 65536 % v->rows.n;
        v->top = v->cursor - MIN(v->cursor, (size_t)5);
        size_t line = v->cursor - v->top;
        view_select(v, v->cursor, true);
        view_select(v, (v->cursor + 17) % v->rows.n, true);
        char cursor_id[32];
        snprintf(cursor_id, sizeof cursor_id, "%.*s", SV_ARG(id_at(v, v->cursor)));
        char selected_id[32];
        snprintf(selected_id, sizeof selected_id, "%.*s",
                 SV_ARG(id_at(v, (v->cursor + 17) % v->rows.n)));
        for (int k = 0; k < 20; k++, n++) {
            ids[n] = 1000 + (int)n * 7 - round % 3 * 703; // before, between, behind
        }
        write_summaries(state, ids, n);
        struct snapshot *newer = view_test_snapshot(state);
        assert_true(view_switch(v, newer, &err));
        snapshot_unref(newer);
        assert_sv(id_at(v, v->cursor), cursor_id);
        assert_int_equal(view_n_selected(v), 2);
        assert_true(view_is_selected(v, v->cursor));
        if (v->cursor >= line) {
            assert_int_equal(v->cursor - v->top, line);
        }
        size_t hits = 0;
        for (size_t i = 0; i < v->rows.n; i++) {
            hits += view_is_selected(v, i) && sv_is(id_at(v, i), selected_id);
        }
        assert_int_equal(hits, 1);
    }
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// The cursor's row is filtered away: the next one that is left gets the cursor.
static void cursor_goes_to_the_next_row(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct err err = ERR_INIT;
    v->cursor = 1; // 102
    assert_true(view_filter_add(v, SV("id!=102"), NULL, &err));
    run(v);
    assert_sv(id_at(v, v->cursor), "101");
    view_filter_clear(v);
    run(v);
    assert_sv(id_at(v, v->cursor), "101");
    assert_int_equal(v->cursor, 2);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// --- the pool -----------------------------------------------------------------------------------

// More rows than are computed at once: they come from a worker, and the last start wins.
static void runs_large_tables_on_the_pool(void **state) {
    enum { ROWS = 60000 };
    struct view_set *set = view_test_set();
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    str_add_cstr(&text, "id,summary,regressed_by,product,component,creation_time\n");
    for (int i = 0; i < ROWS; i++) {
        str_addf(&text, "%d,Bug %d,[],Core,C%d,2025-01-01T00:00:00Z\n", i + 1, i, i % 50);
    }
    view_test_write(state, "all_bugs.csv", str_cstr(&text));
    view_test_import(state, "all_bugs.csv");
    struct snapshot *snap = view_test_snapshot(state);
    struct pool *pool = pool_new(2);
    struct view *v = view_open(set, view_set_find(set, SV("bugs")), snap, NULL, 0, &err);
    view_start(v, pool);
    assert_true(v->running);
    assert_true(view_filter_add(v, SV("component=C7"), NULL, &err));
    view_start(v, pool); // replaces the first
    pool_drain(pool);
    assert_false(v->running);
    assert_int_equal(v->rows.n, ROWS / 50);
    assert_sv(id_at(v, 0), "59958"); // -id

    // Cancelled: the old rows stay.
    view_filter_clear(v);
    view_start(v, pool);
    view_cancel(v);
    assert_false(v->running);
    pool_drain(pool);
    assert_int_equal(v->rows.n, ROWS / 50);

    // A newer snapshot, prepared by a worker; the cursor stays on its key.
    v->cursor = 3;
    char id[32];
    snprintf(id, sizeof id, "%.*s", SV_ARG(id_at(v, 3)));
    assert_true(view_filter_add(v, SV("component=C7"), NULL, &err));
    struct snapshot *newer = view_test_snapshot(state);
    assert_true(view_switch_start(v, newer, pool, &err));
    assert_true(v->running);
    assert_ptr_equal(v->snap, snap);
    pool_drain(pool);
    assert_ptr_equal(v->snap, newer);
    assert_sv(id_at(v, v->cursor), id);
    snapshot_unref(newer);

    // Closed while a job runs.
    view_start(v, pool);
    view_free(v);
    pool_drain(pool);
    pool_free(pool);
    snapshot_unref(snap);
    view_set_free(set);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000)); // 2025-02-06
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(shows_the_alert_summaries),
        unit_test_in_dir(tells_empty_from_missing),
        unit_test_in_dir(shows_one_summary_with_its_alerts),
        unit_test_in_dir(marks_lower_bounds),
        unit_test_in_dir(refuses_wrong_parameters),
        unit_test_in_dir(filters_and_explains),
        unit_test_in_dir(filters_while_typing),
        unit_test_in_dir(makes_filters_of_cells),
        unit_test_in_dir(follows_tabs),
        unit_test_in_dir(sorts),
        unit_test_in_dir(chooses_columns),
        unit_test_in_dir(fits_widths),
        unit_test_in_dir(lists_a_push_range),
        unit_test_in_dir(finds_rows_by_key),
        unit_test_in_dir(cursor_follows_its_key),
        unit_test_in_dir(cursor_goes_to_the_next_row),
        unit_test_in_dir(runs_large_tables_on_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
