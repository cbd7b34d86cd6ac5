// label: threads
// Links between views, in both directions, with their counts.
#include "view_test.h"

#include "base/date.h"

struct expected_link {
    char key;
    int64_t count;
    const char *view;  // where it leads after view_single()
    const char *value; // of the first parameter; NULL = none
};

static void check_links(const struct view *v, size_t row, const struct expected_link *want,
                        size_t n_want) {
    struct arena arena = {0};
    struct link_target targets[32];
    size_t n = view_links(v, row, &arena, targets, COUNTOF(targets));
    for (size_t i = 0; i < n_want; i++) {
        size_t at = 0;
        while (at < n && targets[at].link->key != want[i].key) {
            at++;
        }
        assert_true(at < n);
        struct link_target *t = &targets[at];
        if (t->count != want[i].count) {
            print_error("x%c: %lld rows\n", want[i].key, (long long)t->count);
        }
        assert_int_equal(t->count, want[i].count);
        view_single(v, &arena, t);
        if (want[i].count > 0) {
            assert_sv(t->def->name, want[i].view);
        }
        if (want[i].value) {
            assert_true(t->n_params > 0);
            assert_sv(t->params[0].value, want[i].value);
        }
    }
    arena_done(&arena);
}

#define CHECK(v, row, want) check_links((v), (row), (want), COUNTOF(want))

static void alert_summary_leads_everywhere(void **state) {
    static const struct expected_link links[] = {
        {'b', 2, "bug", "5001"},           {'r', 1, "bug", "4001"}, // the regressor
        {'d', 1, "diff", "4001"},                                   // of the revision
        {'D', 1, "diff", "4001"},                                   // of the regressor
        {'p', 2, "commits", C1},           {'c', 1, "commit", C3},
        {'l', 1, "alert_summaries", "11"}, {'u', 2, "alert_summaries", "102,103"},
    };
    static const struct expected_link open[] = {{'a', 2, "alert_summary", "101"}};
    static const struct expected_link alert[] = {
        {'s', 1, "signature", "900"},        // it has no measured values here
        {'A', 3, "signature_alerts", "900"}, // but alerts
        {'t', 2, "alert_summary", "102"},    // where it was moved to
        {'o', 2, "alert_summary", "101"},
    };
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    CHECK(v, 2, links);
    CHECK(v, 2, open);
    view_free(v);

    // The same letters from the summary's own view, whatever row the cursor is on, or none.
    v = view_test_open(set, snap, "alert_summary", "id=101");
    CHECK(v, 0, links);
    CHECK(v, 1, links);
    CHECK(v, SIZE_MAX, links);
    CHECK(v, 0, alert);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void dead_ends_count_nothing(void **state) {
    static const struct expected_link no_bug[] = {
        {'b', -1, NULL, NULL},
        {'r', -1, NULL, NULL},
        {'d', 0, NULL, C5},
        {'p', 2, "commits", C3},
        {'l', 2, "alert_summaries", "12"}, // 103 came with the same push
    };
    static const struct expected_link lost[] = {
        {'b', 1, "bug", "5009"}, // no bug in the store, but this summary says it is filed as it
        {'c', 0, NULL, LOST},
        {'p', 0, NULL, C5},
    };
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    CHECK(v, 1, no_bug);
    CHECK(v, 0, lost);
    struct arena arena = {0};
    struct link_target target;
    struct err err = ERR_INIT;
    assert_false(view_follow(v, 1, SV("bug"), &arena, &target, &err));
    assert_non_null(strstr(err.msg, "no such value"));
    assert_false(view_follow(v, 0, SV("commit"), &arena, &target, &err));
    assert_non_null(strstr(err.msg, "ffff"));
    assert_false(view_follow(v, 0, SV("elsewhere"), &arena, &target, &err));
    view_free(v);
    // Signature 900 has a record but no values here: its alerts tell more.
    v = view_test_open(set, snap, "alert_summary", "id=101");
    err = ERR_INIT;
    assert_true(view_follow(v, 0, SV("open"), &arena, &target, &err));
    assert_sv(target.def->name, "signature_alerts");
    assert_int_equal(target.count, 3);
    view_free(v);
    // Neither record nor values of signature 902 are in the store; its alerts are.
    v = view_test_open(set, snap, "alert_summary", "id=103");
    err = ERR_INIT;
    assert_true(view_follow(v, 0, SV("open"), &arena, &target, &err));
    assert_sv(target.def->name, "signature_alerts");
    assert_int_equal(target.count, 1);
    arena_done(&arena);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// Alert -> bug -> the diff that caused it, and back again from every stop.
static void the_chain_goes_both_ways(void **state) {
    static const struct expected_link regression[] = {
        {'a', 1, "alert_summary", "101"}, {'r', 1, "bug", "4001"}, {'D', 1, "diff", "4001"},
        {'d', 0, NULL, "5001"},           {'R', 0, NULL, "5001"},  {'s', 1, "signature", "900"},
        {'o', 2, "alert_summary", "101"},
    };
    static const struct expected_link regressor[] = {
        {'d', 1, "diff", "4001"},      {'R', 2, "bugs", "4001"}, // it caused 5001 and 5002
        {'c', 2, "commits", "4001"},   {'a', 0, NULL, "4001"},
        {'t', 1, "bug_tests", "4001"}, {'r', -1, NULL, NULL},
    };
    static const struct expected_link diff[] = {
        {'b', 1, "bug", "4001"},
        {'c', 1, "commit", C3},
        {'a', 1, "alert_summary", "101"},
        {'R', 2, "bugs", "4001"},
    };
    static const struct expected_link commit[] = {
        {'b', 1, "bug", "4001"},     {'d', 1, "diff", "4001"}, {'a', 1, "alert_summary", "101"},
        {'p', 2, "commits", "4001"}, {'o', 1, "commit", C2}, // its parent
    };
    static const struct expected_link alerts[] = {
        {'s', 1, "signature", "900"},
        {'a', 2, "alert_summary", "102"},
        {'m', 1, "signatures", "tp5o"}, // of this suite
    };
    static const struct expected_link signature[] = {
        {'A', 3, "signature_alerts", "900"},
        {'m', 1, "signatures", "tp5o"},
    };
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "bug", "id=5001");
    assert_int_equal(v->rows.n, 2);
    CHECK(v, 0, regression);
    view_free(v);
    v = view_test_open(set, snap, "bug", "id=4001");
    assert_int_equal(v->rows.n, 0); // no summary is filed as the regressor
    CHECK(v, 0, regressor);
    view_free(v);
    v = view_test_open(set, snap, "diff", "bug_id=4001");
    CHECK(v, 0, diff);
    view_free(v);
    v = view_test_open(set, snap, "commit", "node=" C3);
    CHECK(v, 0, commit);
    view_free(v);
    v = view_test_open(set, snap, "signature_alerts", "id=900");
    assert_int_equal(v->rows.n, 3); // two of its own, and alert 1 again where it was moved to
    CHECK(v, 0, alerts);
    view_free(v);
    v = view_test_open(set, snap, "signature", "id=900");
    assert_int_equal(v->rows.n, 0);
    CHECK(v, SIZE_MAX, signature);
    view_free(v);
    v = view_test_open(set, snap, "bugs", "regressed_by=4002");
    assert_int_equal(v->rows.n, 1); // a list that holds it
    view_free(v);
    v = view_test_open(set, snap, "bugs", "id=4002,5001,7");
    assert_int_equal(v->rows.n, 2);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void datasets_lead_to_their_rows(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "home", NULL);
    struct err err = ERR_INIT;
    struct arena arena = {0};
    struct link_target target;
    bool exact = false;
    size_t row = view_find_key(v, SV("name=alerts"), &exact);
    assert_true(exact);
    assert_sv(view_test_cell(v, row, "rows"), "5");
    assert_sv(view_test_cell(v, row, "source"), "alert_summaries.csv");
    assert_sv(view_test_cell(v, row, "problems"), "0");
    assert_true(view_follow(v, row, SV("open"), &arena, &target, &err));
    assert_sv(target.def->name, "alerts");
    assert_int_equal(target.count, 5);
    arena_done(&arena);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// The numbers of the menu are what one gets: for every row of every view, each link opens with
// exactly as many rows as it said (1 for a record without rows).
static void counts_are_what_opens(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    size_t followed = 0;
    for (size_t i = 0; i < view_set_n(set); i++) {
        const struct view_def *def = view_set_at(set, i);
        struct err err = ERR_INIT;
        struct view *v = view_open(set, def, snap, NULL, 0, &err);
        if (!v) {
            continue; // needs a parameter: reached by links
        }
        assert_true(view_run(v, NULL, &err));
        for (size_t row = 0; row < v->rows.n; row++) {
            struct arena arena = {0};
            struct link_target targets[32];
            size_t n = view_links(v, row, &arena, targets, COUNTOF(targets));
            for (size_t k = 0; k < n; k++) {
                const struct link_target *t = &targets[k];
                if (t->count <= 0) {
                    continue;
                }
                struct view *to = view_open(set, t->def, snap, t->params, t->n_params, &err);
                assert_non_null(to);
                assert_true(view_run(to, NULL, &err));
                struct view_cell cell = {0};
                struct sv label;
                auto_str scratch = STR_INIT;
                bool head =
                    view_head_field(to, 0, &label, &scratch, &cell) && cell.state != CELL_NO_JOIN;
                if (head && to->rows.n == 0) {
                    assert_int_equal(t->count, 1);
                } else {
                    assert_int_equal(to->rows.n, t->count);
                }
                view_free(to);
                followed++;
            }
            arena_done(&arena);
        }
        view_free(v);
    }
    assert_true(followed > 60);
    view_set_free(set);
    snapshot_unref(snap);
}

static void previews_the_row(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summary", "id=101");
    struct arena arena = {0};
    struct link_target target;
    assert_true(view_preview(v, 1, &arena, &target));
    assert_sv(target.def->name, "signature");
    assert_sv(target.params[0].value, "901");
    view_free(v);
    v = view_test_open(set, snap, "problems", NULL);
    assert_false(view_preview(v, 0, &arena, &target));
    arena_done(&arena);
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

static void writes_urls(void **state) {
    struct snapshot *snap = view_test_store(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summary", "id=101");
    auto_str url = STR_INIT;
    assert_true(view_url(v, 0, &url));
    assert_sv(str_sv(&url), "https://treeherder.mozilla.org/perfherder/alerts?id=101");
    view_free(v);
    v = view_test_open(set, snap, "signatures", NULL);
    str_clear(&url);
    assert_true(view_url(v, 0, &url));
    assert_sv(str_sv(&url),
              "https://treeherder.mozilla.org/perfherder/graphs?series=autoland,900,1,1");
    view_free(v);
    v = view_test_open(set, snap, "home", NULL);
    assert_false(view_url(v, 0, &url)); // has none
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// On the sample data every link of the main chain resolves for each regression with a regressor.
static void the_sample_is_connected(void **state) {
    static const char *const files[] = {
        "alert_summaries.csv",       "all_bugs.csv",        "perf_bugs.csv", "all_commits.jsonl",
        "perf_bugs_with_diff.jsonl", "all_signatures.jsonl"};
    const char *paths[COUNTOF(files)];
    char names[COUNTOF(files)][512];
    for (size_t i = 0; i < COUNTOF(files); i++) {
        snprintf(names[i], sizeof names[i], SOURCE_DIR "/data/sample/%s", files[i]);
        paths[i] = names[i];
    }
    struct err err = ERR_INIT;
    struct import_result result = {0};
    const struct import_opts opts = {
        .store_dir = unit_path(state, "store"), .paths = paths, .n_paths = COUNTOF(paths)};
    assert_true(catalog_import(&opts, &result, &err));
    import_result_done(&result);
    struct snapshot *snap = view_test_snapshot(state);
    struct view_set *set = view_test_set();
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    assert_true(view_filter_add(v, SV("regressed_by~."), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    assert_true(v->rows.n > 100);
    for (size_t row = 0; row < v->rows.n; row++) {
        static const char *const chain[] = {"open",           "bug",  "regressed_by",
                                            "regressor_diff", "push", "commit"};
        struct arena arena = {0};
        for (size_t i = 0; i < COUNTOF(chain); i++) {
            struct link_target target;
            bool ok = view_follow(v, row, sv_cstr(chain[i]), &arena, &target, &err);
            if (!ok) {
                print_error("row %zu, %s: %s\n", row, chain[i], err.msg);
            }
            assert_true(ok);
        }
        arena_done(&arena);
    }
    view_free(v);
    view_set_free(set);
    snapshot_unref(snap);
}

// A record that the store has not is named; rows that its record has not are another matter.
static void names_the_record_that_is_not_there(void **state) {
    struct err err = ERR_INIT;
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_store(state);
    auto_str why = STR_INIT;
    struct view *v = view_test_open(set, snap, "alert_summary", "id=999");
    view_empty_text(v, &why);
    assert_true(sv_starts(str_sv(&why), SV("No alert summary 999 in the store\n")));
    view_free(v);
    v = view_test_open(set, snap, "alert_summary", "id=101");
    assert_true(view_filter_add(v, SV("id=0"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    str_clear(&why);
    view_empty_text(v, &why);
    assert_null(strstr(str_cstr(&why), "in the store"));
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// What people read of a row that no key names.
static void rows_without_a_key_have_names(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_store(state);
    size_t n = 0;
    for (size_t i = 0; i < view_set_n(set); i++) {
        const struct view_def *def = view_set_at(set, i);
        struct err err = ERR_INIT;
        struct view *v = view_open(set, def, snap, NULL, 0, &err);
        if (!v || !view_run(v, NULL, &err) || !v->rows.n) {
            view_free(v);
            continue;
        }
        auto_str name = STR_INIT;
        auto_str key = STR_INIT;
        view_row_name(v, 0, &name);
        view_row_key(v, 0, &key);
        assert_true(name.len > 0);
        assert_false(sv_starts(str_sv(&name), SV("row=")));
        assert_true(!def->n_key || sv_eq(str_sv(&name), str_sv(&key)));
        n += !def->n_key;
        view_free(v);
    }
    assert_true(n > 0);
    snapshot_unref(snap);
    view_set_free(set);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(names_the_record_that_is_not_there),
        unit_test_in_dir(rows_without_a_key_have_names),
        unit_test_in_dir(alert_summary_leads_everywhere),
        unit_test_in_dir(dead_ends_count_nothing),
        unit_test_in_dir(the_chain_goes_both_ways),
        unit_test_in_dir(datasets_lead_to_their_rows),
        unit_test_in_dir(counts_are_what_opens),
        unit_test_in_dir(previews_the_row),
        unit_test_in_dir(writes_urls),
        unit_test_in_dir(the_sample_is_connected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
