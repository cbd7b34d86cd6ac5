#include "catalog_test.h"

static void check(const char *path, const char *format) {
    auto_free char *full = path_join(CORPUS, path);
    struct err err = ERR_INIT;
    const struct format_def *got = catalog_detect(full, &err);
    if (!got) {
        fail_msg("%s", err.msg);
    }
    assert_string_equal(got->name, format);
}

static void content_tells_the_format(void **state) {
    (void)state;
    check("treeherder/synthetic/alert_summaries_schema_drift.csv", "alert_summaries.csv");
    check("treeherder/derived/alert_summaries_from_mocks.csv", "alert_summaries.csv");
    check("treeherder/synthetic/alertsummary-pages/page-01.json", "alertsummary.json");
    check("treeherder/api/mock/alert_summaries.json", "alertsummary.json");
    check("treeherder/api/mock/alert_summaries_common.json", "alertsummary.json");
    check("treeherder/api/perfherder/filled_bug_alerts/alert_summary_improvements_only.json",
          "alertsummary.json");
    check("mozilla-perf/expected/e2e/small/perf_bugs.csv", "perf_bugs.csv");
    check("mozilla-perf/expected/e2e/small/all_bugs.csv", "all_bugs.csv");
    check("mozilla-perf/expected/e2e/small/alerts_with_bug_and_test_info.csv",
          "alerts_with_bug_and_test_info.csv");
    check("mozilla-perf/expected/e2e/small/all_commits.jsonl", "all_commits.jsonl");
    check("mozilla-perf/expected/e2e/small/perf_bugs_with_diff.jsonl", "perf_bugs_with_diff.jsonl");
    check("mozilla-perf/expected/09_perf_sigs/shapes/all_signatures.jsonl", "all_signatures.jsonl");
}

static void cutouts_need_the_documented_name(void **state) {
    check("mozilla-perf/inputs/02_ttc/formats/alert_summaries.csv", "alert_summaries.csv");
    check("mozilla-perf/inputs/03_failing_sigs/nasty_literals/alert_summaries.csv",
          "alert_summaries.csv");
    struct err err = ERR_INIT;
    assert_null(
        catalog_detect(write_file(state, "x.csv", SV("id,alerts,revision\n1,[],r\n")), &err));
    assert_null(catalog_detect(write_file(state, "alert_summaries.csv", SV("id\n1\n")), &err));
    assert_null(catalog_detect(
        write_file(state, "alert_summaries.csv", SV("id,alerts,else\n1,[],r\n")), &err));
}

static void other_data_is_no_format(void **state) {
    static const char *const texts[] = {
        "hello\n",
        "{}",
        "[]",
        "[[[[[[1]]]]]]",
        "{\"results\": []}",
        "{\"id\": 1}\n",
        "id\n1\n",
        "\"",
        "{\"count\": 0, \"results\": [], \"next\": null}",
    };
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct err err = ERR_INIT;
        if (catalog_detect(write_file(state, "some.file", sv_cstr(texts[i])), &err)) {
            fail_msg("%s", texts[i]);
        }
        assert_int_equal(err.code, ERR_FORMAT);
    }
}

static void an_empty_answer_is_an_answer(void **state) {
    const char *path =
        write_file(state, "page.json",
                   SV("{\"count\": 0, \"next\": null, \"previous\": null, \"results\": []}"));
    assert_non_null(catalog_detect(path, NULL));
    import_refused(state, path, "no rows");
}

static void tables_fit_together(void **state) {
    (void)state;
    size_t n_formats, n_datasets;
    const struct format_def *formats = catalog_formats(&n_formats);
    const struct dataset_entry *datasets = catalog_datasets(&n_datasets);
    for (size_t i = 0; i < n_formats; i++) {
        size_t n = 0;
        for (; formats[i].datasets[n]; n++) {
            const struct dataset_def *def = formats[i].datasets[n];
            assert_ptr_equal(catalog_dataset(sv_cstr(def->name))->def, def);
        }
        assert_true(n > 0 && n <= IMPORT_MAX_DATASETS);
        assert_ptr_equal(catalog_format(sv_cstr(formats[i].name)), &formats[i]);
        assert_int_equal(!formats[i].write && !formats[i].plot, !formats[i].file_name);
        assert_true(formats[i].plot || formats[i].read);
    }
    for (size_t i = 0; i < n_datasets; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(datasets[i].def->name, datasets[k].def->name);
        }
    }
    assert_string_equal(catalog_dump_format(SV("commits"))->name, "all_commits.jsonl");
    assert_null(catalog_dump_format(SV("problems")));
    assert_null(catalog_format(SV("nothing")));
}

static void dumping_what_is_not_there_says_so(void **state) {
    import_done(state, CORPUS "/mozilla-perf/expected/e2e/small/all_bugs.csv");
    struct snapshot *snap = open_store(state);
    struct err err = ERR_INIT;
    char *path = unit_path(state, "out");
    const struct dump_opts opts = {.path = path};
    assert_false(catalog_dump(snap, catalog_format(SV("perf_bugs.csv")), &opts, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(file_exists(path));
    assert_false(catalog_dump(snap, catalog_format(SV("alertsummary.json")), &opts, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_true(catalog_dump(snap, catalog_format(SV("all_bugs.csv")), &opts, &err));
    // Never over an existing file unasked.
    assert_false(catalog_dump(snap, catalog_format(SV("all_bugs.csv")), &opts, &err));
    assert_int_equal(err.code, ERR_BUSY);
    snapshot_unref(snap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_tells_the_format),
        unit_test_in_dir(cutouts_need_the_documented_name),
        unit_test_in_dir(other_data_is_no_format),
        unit_test_in_dir(an_empty_answer_is_an_answer),
        cmocka_unit_test(tables_fit_together),
        unit_test_in_dir(dumping_what_is_not_there_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
