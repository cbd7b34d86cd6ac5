// label: threads
// Recorded and synthetic files through the whole way: detect, read, publish, read back, write.
#include "base/csv_scan.h"
#include "base/map.h"
#include "base/num.h"
#include "catalog_test.h"
#include "ingest/stage.h"

#define TREEHERDER CORPUS "/treeherder/"
#define PERF       CORPUS "/mozilla-perf/"

// --- totals of the synthetic pages --------------------------------------------------------------

static int64_t want_i64(const json_t *expected, const char *key) {
    const json_t *v = json_object_get(expected, key);
    assert_true(json_is_integer(v));
    return json_integer_value(v);
}

// Rows by code in `column`, against an object of counts by code.
static void check_counts(const struct snapshot *snap, const json_t *counts, const char *column) {
    const int64_t n = n_rows(snap, "alert_summaries");
    int64_t sum = 0;
    const char *code;
    json_t *want;
    json_object_foreach((json_t *)counts, code, want) {
        int64_t found = 0;
        for (int64_t i = 0; i < n; i++) {
            found += cell_i64(snap, "alert_summaries", i, column) == atoll(code);
        }
        assert_int_equal(found, json_integer_value(want));
        sum += found;
    }
    assert_int_equal(sum, n);
}

struct totals {
    int64_t own, related, regressions, null_t, zero_prev, status[8];
    double max_pct;
    struct int_map ids;
};

static void add_alert(struct totals *t, const struct snapshot *snap, int64_t row) {
    const bool related = cell_bool(snap, "alerts", row, "related");
    t->own += !related;
    t->related += related;
    bool is_new;
    int_map_put(&t->ids, cell_i64(snap, "alerts", row, "id"), &is_new);
    if (!is_new) {
        return;
    }
    t->regressions += cell_bool(snap, "alerts", row, "is_regression");
    t->null_t += cell_null(snap, "alerts", row, "t_value");
    t->zero_prev += !cell_null(snap, "alerts", row, "prev_value") &&
                    !(cell_f64(snap, "alerts", row, "prev_value") < 0) &&
                    !(cell_f64(snap, "alerts", row, "prev_value") > 0);
    t->status[cell_i64(snap, "alerts", row, "status") & 7]++;
    const double pct = cell_f64(snap, "alerts", row, "amount_pct");
    t->max_pct = pct > t->max_pct ? pct : t->max_pct;
}

static void check_alerts(const struct snapshot *snap, const json_t *expected) {
    struct totals t = {0};
    for (int64_t i = 0; i < n_rows(snap, "alerts"); i++) {
        add_alert(&t, snap, i);
    }
    assert_int_equal(t.own, want_i64(expected, "alerts_own"));
    assert_int_equal(t.related, want_i64(expected, "alerts_related"));
    assert_int_equal(t.ids.n, want_i64(expected, "unique_alert_ids"));
    assert_int_equal(t.regressions, want_i64(expected, "regressions"));
    assert_int_equal(t.null_t, want_i64(expected, "null_t_value"));
    assert_int_equal(t.zero_prev, want_i64(expected, "zero_prev_value"));
    const double max_pct = json_real_value(json_object_get(expected, "max_amount_pct"));
    assert_false(t.max_pct < max_pct || t.max_pct > max_pct);
    const json_t *status = json_object_get(expected, "alert_status");
    for (int i = 0; i < 6; i++) {
        const char code[2] = {(char)('0' + i), 0};
        assert_int_equal(t.status[i], json_integer_value(json_object_get(status, code)));
    }
    int_map_done(&t.ids);
}

static void synthetic_pages_reconcile(void **state) {
    struct run run;
    import_path(&run, state, TREEHERDER "synthetic/alertsummary-pages");
    assert_true(run.ok);
    assert_int_equal(run.result.n_done, 4);
    int64_t served = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(run.result.files[i].format->name, "alertsummary.json");
        assert_int_equal(run.result.files[i].counts.problems, 0);
        served += run.result.files[i].counts.rows;
    }
    run_done(&run);
    auto_json *expected = json_parse_file(TREEHERDER "synthetic/expected.json", 1 << 20, NULL);
    assert_int_equal(served, want_i64(expected, "served_rows"));
    struct snapshot *snap = open_store(state);
    const int64_t n = n_rows(snap, "alert_summaries");
    assert_int_equal(n, want_i64(expected, "unique_summaries"));
    check_counts(snap, json_object_get(expected, "summary_status"), "status");
    check_counts(snap, json_object_get(expected, "by_framework"), "framework");
    int64_t with_bug = 0, empty = 0;
    for (int64_t i = 0; i < n; i++) {
        with_bug += !cell_null(snap, "alert_summaries", i, "bug_number");
        empty += cell_i64(snap, "alert_summaries", i, "alert_count") == 0;
        assert_int_equal(cell_i64(snap, "alert_summaries", i, "seq"), i);
    }
    assert_int_equal(with_bug, want_i64(expected, "with_bug"));
    assert_int_equal(empty, want_i64(expected, "empty_summaries"));
    check_alerts(snap, expected);
    snapshot_unref(snap);
}

// --- the written file against the source --------------------------------------------------------

static struct csv_scan *csv_scan_text(struct input *in, struct sv text) {
    input_memory(in, "text", text, false);
    return csv_open(in);
}

// Cells are equal as texts, or as integers where one page wrote 5 and another 5.0.
static void assert_same_cells(struct sv a, struct sv b) {
    struct input in_a, in_b;
    struct csv_scan *scan_a = csv_scan_text(&in_a, a), *scan_b = csv_scan_text(&in_b, b);
    struct csv_row row_a, row_b;
    int rc;
    while ((rc = csv_next(scan_a, &row_a, NULL)) == 1) {
        assert_int_equal(csv_next(scan_b, &row_b, NULL), 1);
        assert_int_equal(row_a.n_fields, row_b.n_fields);
        for (size_t i = 0; i < row_a.n_fields; i++) {
            const struct sv x = row_a.fields[i].raw, y = row_b.fields[i].raw;
            int64_t n, m;
            if (!sv_eq(x, y) && !(num_parse_i64_lax(x, &n) && num_parse_i64_lax(y, &m) && n == m)) {
                fail_msg("line %llu field %zu: \"%.*s\" is not \"%.*s\"",
                         (unsigned long long)row_a.line, i, SV_ARG(sv_sub(x, 0, 200)),
                         SV_ARG(sv_sub(y, 0, 200)));
            }
        }
    }
    assert_int_equal(rc, 0);
    assert_int_equal(csv_next(scan_b, &row_b, NULL), 0);
    csv_close(scan_a);
    csv_close(scan_b);
    input_close(&in_a);
    input_close(&in_b);
}

static void alert_summaries_come_back_cell_by_cell(void **state) {
    static const char *const files[] = {
        TREEHERDER "synthetic/alert_summaries.csv",
        PERF "expected/e2e/small/alert_summaries.csv",
        PERF "expected/01_perf_alerts/basic/alert_summaries.csv",
        PERF "expected/01_perf_alerts/null_bug_included/alert_summaries.csv",
    };
    for (size_t i = 0; i < COUNTOF(files); i++) {
        auto_str source = STR_INIT, dumped = STR_INIT;
        assert_int_equal(import_done(state, files[i]).problems, 0);
        assert_true(file_read(files[i], 1 << 30, &source, NULL));
        dump(state, "alert_summaries.csv", &dumped);
        assert_same_cells(str_sv(&dumped), str_sv(&source));
        assert_int_equal(unit_dir_remove(state), 0);
        assert_int_equal(unit_dir_make(state), 0);
    }
}

static void clean_files_come_back_byte_by_byte(void **state) {
    static const char *const files[] = {
        "01_perf_alerts/next_null/alert_summaries.csv",
        "01_perf_alerts/basic/alerts_with_bug_and_test_info.csv",
        "04_perf_bugs/labelling/all_bugs.csv",
        "04_perf_bugs/labelling/perf_bugs.csv",
        "04_perf_bugs/missing_key/all_bugs.csv",
        "04_perf_bugs/na_like/all_bugs.csv",
        "05_commits/mini/all_commits.jsonl",
        "06_bug_diffs/clean_bugs/perf_bugs_with_diff.jsonl",
        "06_bug_diffs/encodings/perf_bugs_with_diff.jsonl",
        "06_bug_diffs/odd_commits/perf_bugs_with_diff.jsonl",
        "09_perf_sigs/world/all_signatures.jsonl",
        "e2e/small/alerts_with_bug_and_test_info.csv",
        "e2e/small/all_bugs.csv",
        "e2e/small/perf_bugs.csv",
        "e2e/small/all_commits.jsonl",
        "e2e/small/perf_bugs_with_diff.jsonl",
        "e2e/small/all_signatures.jsonl",
        "../inputs/07_llm_struc/escapes/perf_bugs_with_diff.jsonl",
        "../inputs/07_llm_struc/empty_date/perf_bugs_with_diff.jsonl",
    };
    for (size_t i = 0; i < COUNTOF(files); i++) {
        auto_free char *path = path_join(PERF "expected", files[i]);
        auto_str source = STR_INIT, dumped = STR_INIT;
        assert_int_equal(import_done(state, path).problems, 0);
        assert_true(file_read(path, 1 << 30, &source, NULL));
        dump(state, path_base(path), &dumped);
        if (!sv_eq(str_sv(&source), str_sv(&dumped))) {
            fail_msg("%s is not written as it was read", files[i]);
        }
        assert_int_equal(unit_dir_remove(state), 0);
        assert_int_equal(unit_dir_make(state), 0);
    }
}

static void importing_twice_changes_nothing(void **state) {
    struct run run;
    import_path(&run, state, PERF "expected/e2e/small");
    assert_true(run.ok && run.result.changed);
    // 23 data files and two pictures of them.
    assert_int_equal(run.result.n_done, 25);
    run_done(&run);
    struct snapshot *before = open_store(state);
    import_path(&run, state, PERF "expected/e2e/small");
    assert_true(run.ok);
    assert_false(run.result.changed);
    for (size_t i = 0; i < run.result.n_files; i++) {
        for (size_t d = 0; d < run.result.files[i].n_datasets; d++) {
            const struct merge_result *m = &run.result.files[i].datasets[d].merge;
            assert_int_equal(m->n_new + m->n_changed + m->n_gone, 0);
        }
    }
    run_done(&run);
    struct snapshot *after = open_store(state);
    assert_string_equal(before->generation, after->generation);
    snapshot_unref(before);
    snapshot_unref(after);
}

// A summary counts as many alerts as are listed for it.
static void assert_each_alert_once(const struct snapshot *snap) {
    int64_t counted = 0;
    for (int64_t i = 0; i < n_rows(snap, "alert_summaries"); i++) {
        counted += cell_i64(snap, "alert_summaries", i, "alert_count");
    }
    assert_int_equal(counted, n_rows(snap, "alerts"));
}

static void json_and_csv_of_the_same_summaries_agree(void **state) {
    auto_str from_csv = STR_INIT, from_json = STR_INIT;
    import_done(state, TREEHERDER "derived/alert_summaries_from_mocks.csv");
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "alert_summaries"), 5);
    // 56 related alerts are own alerts of the same summary too.
    assert_int_equal(n_rows(snap, "alerts"), 176 - 56);
    assert_each_alert_once(snap);
    const int64_t id = cell_i64(snap, "alert_summaries", 0, "id");
    assert_int_equal(id, 45548);
    assert_true(cell_text(snap, "alert_summaries", 0, "alerts_raw").len > 65536);
    snapshot_unref(snap);
    dump(state, "alert_summaries.csv", &from_csv);
    // The other way round, so that the rows are there in the order of the derived file.
    assert_int_equal(unit_dir_remove(state), 0);
    assert_int_equal(unit_dir_make(state), 0);
    import_done(state, TREEHERDER "api/mock/alert_summaries_with_critical_tests.json");
    import_done(state, TREEHERDER "api/mock/alert_summaries.json");
    dump(state, "alert_summaries.csv", &from_json);
    assert_same_cells(str_sv(&from_json), str_sv(&from_csv));
}

static void every_recorded_answer_is_read(void **state) {
    static const struct {
        const char *path;
        int64_t n_summaries, n_alerts;
    } answers[] = {
        {"api/mock/alert_summaries.json", 3, 9},
        {"api/mock/alert_summaries_common.json", 2, 2},
        {"api/mock/alert_summaries_with_critical_tests.json", 2, 167 - 56},
        {"api/mock/alerts_with_videos/alert_summary_non_browsertime.json", 1, 1},
        {"api/mock/alerts_with_videos/alert_summary_without_browsertime_videos.json", 1, 4},
        {"api/perfherder/filled_bug_alerts/alert_summary_downstream_regressions.json", 1, 5},
    };
    for (size_t i = 0; i < COUNTOF(answers); i++) {
        auto_free char *path = path_join(CORPUS "/treeherder", answers[i].path);
        assert_int_equal(import_done(state, path).problems, 0);
        struct snapshot *snap = open_store(state);
        assert_int_equal(n_rows(snap, "alert_summaries"), answers[i].n_summaries);
        assert_int_equal(n_rows(snap, "alerts"), answers[i].n_alerts);
        assert_each_alert_once(snap);
        snapshot_unref(snap);
        assert_int_equal(unit_dir_remove(state), 0);
        assert_int_equal(unit_dir_make(state), 0);
    }
}

static void an_alert_object_reaches_its_columns(void **state) {
    import_done(state, TREEHERDER "synthetic/alert_summaries.csv");
    struct snapshot *snap = open_store(state);
    // The first alert of the file: see its first row.
    assert_int_equal(cell_i64(snap, "alerts", 0, "summary_id"), 50070);
    assert_int_equal(cell_i64(snap, "alerts", 0, "id"), 240701);
    assert_false(cell_bool(snap, "alerts", 0, "related"));
    assert_int_equal(cell_i64(snap, "alerts", 0, "status"), 2);
    assert_int_equal(cell_i64(snap, "alerts", 0, "signature_id"), 5257582);
    assert_sv(cell_text(snap, "alerts", 0, "signature_hash"),
              "5648b69cf867efed64508e3a94f445575bcca960");
    assert_sv(cell_text(snap, "alerts", 0, "platform"), "windows11-64-24h2-shippable");
    assert_sv(cell_text(snap, "alerts", 0, "test"), "TodoMVC-jQuery/CompletingAllItems/total");
    assert_sv(cell_text(snap, "alerts", 0, "unit"), "ms");
    assert_true(cell_bool(snap, "alerts", 0, "lower_is_better"));
    assert_int_equal(cell_list_len(snap, "alerts", 0, "tags"), 2);
    assert_sv(cell_text(snap, "alerts", 0, "task_id"), "T272d1371c17149d439536");
    assert_true(cell_null(snap, "alerts", 0, "prev_task_id"));
    assert_int_equal(cell_i64(snap, "alerts", 0, "related_summary_id"), 50079);
    assert_sv(cell_text(snap, "alerts", 0, "noise_profile"), "SKEWED");
    assert_sv(cell_text(snap, "alerts", 0, "_extra"), "{\"retry_id\": 1}");
    const int64_t created = cell_i64(snap, "alert_summaries", 0, "created");
    assert_int_equal(created, INT64_C(1767423600682554));
    assert_int_equal(cell_i64(snap, "alert_summaries", 0, "push_timestamp"),
                     INT64_C(1767225600000000));
    assert_true(cell_null(snap, "alert_summaries", 0, "bug_number"));
    assert_sv(cell_text(snap, "alert_summaries", 0, "title"),
              "4% speedometer3 TodoMVC-jQuery/CompletingAllItems/total (Windows)");
    snapshot_unref(snap);
}

static void commits_and_diffs_reach_their_columns(void **state) {
    import_done(state, PERF "expected/05_commits/mini/all_commits.jsonl");
    import_done(state, PERF "expected/06_bug_diffs/clean_bugs/perf_bugs_with_diff.jsonl");
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "commits", 2, "date"), INT64_C(1735691600000000));
    assert_int_equal(cell_i64(snap, "commits", 2, "tz_offset"), 18000);
    assert_int_equal(cell_i64(snap, "commits", 2, "bug_id"), 1900001);
    assert_true(cell_null(snap, "commits", 0, "bug_id"));
    assert_int_equal(cell_list_len(snap, "commits", 20, "parents"), 2);
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "files"), 2);
    // "2025-01-01T05:33:20+05:00": the instant is right, the zone is west of UTC.
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "last_commit_date"),
                     INT64_C(1735691600000000));
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "tz_offset"), 18000);
    const struct sv diff = cell_text(snap, "perf_bugs_with_diff", 0, "diff");
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "diff_bytes"), (int64_t)diff.len);
    snapshot_unref(snap);
}

struct seen {
    size_t n_calls, n_files;
    uint64_t most_bytes;
    bool grows;
};

static void see(void *arg, const struct import_progress *p) {
    struct seen *s = arg;
    s->grows = s->grows && p->done_bytes <= p->all_bytes && p->file_idx < p->n_files;
    s->n_files = p->n_files;
    s->n_calls++;
    s->most_bytes = p->done_bytes > s->most_bytes ? p->done_bytes : s->most_bytes;
}

static void progress_counts_files_and_bytes(void **state) {
    struct run run;
    struct seen seen = {.grows = true};
    static const char *const paths[] = {PERF "expected/05_commits/mini/all_commits.jsonl",
                                        TREEHERDER "synthetic/alert_summaries.csv"};
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = paths,
                                           .n_paths = 2,
                                           .progress = see,
                                           .arg = &seen});
    assert_true(run.ok);
    run_done(&run);
    assert_true(seen.n_calls >= 2 && seen.grows);
    assert_int_equal(seen.n_files, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(synthetic_pages_reconcile),
        unit_test_in_dir(alert_summaries_come_back_cell_by_cell),
        unit_test_in_dir(clean_files_come_back_byte_by_byte),
        unit_test_in_dir(importing_twice_changes_nothing),
        unit_test_in_dir(json_and_csv_of_the_same_summaries_agree),
        unit_test_in_dir(every_recorded_answer_is_read),
        unit_test_in_dir(an_alert_object_reaches_its_columns),
        unit_test_in_dir(commits_and_diffs_reach_their_columns),
        unit_test_in_dir(progress_counts_files_and_bytes),
    };
    // Once as usual, once with stages so small that everything goes over the second thread.
    const int failed = cmocka_run_group_tests_name("one thread", tests, NULL, NULL);
    stager_set_bytes_for_tests(300);
    return failed + cmocka_run_group_tests_name("two threads", tests, NULL, NULL);
}
