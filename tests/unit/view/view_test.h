// A small store for the tests of views, imported from files as a user would: three alert summaries,
// four bugs, five commits, one diff, two signatures, with every kind of link and of dead end.
//
//     summary 101  fixed         bug 5001, regressed by 4001 (diff at c3), push range (c1, c3]
//     summary 102  untriaged     no bug, push range (c3, c5]; also lists alert 1 of 101, moved here
//     summary 103  investigating bug 5009 that no file has, a revision that no commit has
#ifndef CULPRIT_VIEW_TEST_H
#define CULPRIT_VIEW_TEST_H

#include "../unit.h"
#include "catalog/catalog.h"
#include "view/export.h"
#include "view/view.h"

#define NODE(digit)                                                                                \
    digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit      \
        digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit  \
            digit digit digit digit digit digit digit digit digit digit
#define C1   NODE("1")
#define C2   NODE("2")
#define C3   NODE("3")
#define C4   NODE("4")
#define C5   NODE("5")
#define LOST NODE("f")

#define SIGNATURE(id, test)                                                                        \
    "{'id': " id ", 'framework_id': 1, 'signature_hash': '" NODE(                                  \
        "a") "', 'machine_platform': "                                                             \
             "'linux64', 'suite': 'tp5o', 'test': '" test                                          \
             "', 'lower_is_better': True, 'has_subtests': "                                        \
             "False, 'option_collection_hash': 'abc', 'tags': [], 'extra_options': ['e10s', "      \
             "'fis'], "                                                                            \
             "'measurement_unit': 'ms', 'suite_public_name': None, 'test_public_name': None}"
#define ALERT(id, status, sig, regression, prev, next, abs, pct, owner, related)                   \
    "{'id': " id ", 'status': " status ", 'series_signature': " sig                                \
    ", 'is_regression': " regression ", 'prev_value': " prev ", 'new_value': " next                \
    ", 't_value': 9.5, 'amount_abs': " abs ", 'amount_pct': " pct ", 'summary_id': " owner         \
    ", 'related_summary_id': " related                                                             \
    ", 'manually_created': False, 'classifier': None, 'starred': False}"

static const char view_test_summaries_head[] =
    "id,push_id,prev_push_id,original_revision,created,first_triaged,triage_due_date,repository,"
    "framework,alerts,related_alerts,status,bug_number,bug_due_date,bug_updated,issue_tracker,"
    "notes,revision,push_timestamp,prev_push_revision,original_prev_push_revision,"
    "assignee_username,assignee_email,performance_tags,duplicated_summaries_ids\n";
static const char view_test_summary_101[] =
    "101,11,10," C3 ",2025-02-03T10:00:00,,2025-02-05T10:00:00,autoland,1,\"[" ALERT(
        "1", "2", SIGNATURE("900", "responsiveness"), "True", "10.0", "12.0", "2.0", "20.0", "101",
        "102") ", " ALERT("2", "4", SIGNATURE("901", "paint"), "False", "10.0", "9.0", "-1.0",
                          "10.0", "101", "None") "]\",[],7,5001.0,,,1,\"first line\nsecond, "
                                                 "\"\"quoted\"\" line\"," C3 ",1738576800," C1
                                                 "," C1 ",sheriff,,['infra'],\"[102, 103]\"\n";
static const char view_test_summary_102[] =
    "102,12,11," C5 ",2025-02-04T10:00:00,,2025-02-07T10:00:00,mozilla-beta,13,\"[" ALERT(
        "3", "0", SIGNATURE("900", "responsiveness"), "True", "0.0", "4.0", "4.0", "0.0", "102",
        "None") "]\",\"[" ALERT("1", "2", SIGNATURE("900", "responsiveness"), "True", "10.0",
                                "12.0", "2.0", "20.0", "101",
                                "102") "]\",0,,,,1,," C5 ",1738663200," C3 "," C3 ",,,[],[]\n";
static const char view_test_summary_103[] =
    "103,12,11," LOST ",2025-02-05T10:00:00,,,autoland,99,\"[" ALERT(
        "4", "0", SIGNATURE("902", "gone"), "True", "1.0", "1.5", "0.5", "50.0", "103",
        "None") "]\",[],5,5009.0,,,1,," LOST ",1738749600," C5 ",,,,[],[]\n";

static const char view_test_bugs[] =
    "id,summary,regressed_by,product,component,creation_time\n"
    "4001,Make painting lazy,[],Core,Layout,2025-01-01T00:00:00Z\n"
    "4002,Cache more,[],Core,Graphics,2025-01-02T00:00:00Z\n"
    "5001,20% tp5o responsiveness (Linux) regression,[4001],Core,Layout,2025-02-03T11:00:00Z\n"
    "5002,Scrolling stutters,\"[4001, 4002]\",Core,Panning,2025-02-04T11:00:00Z\n";

static const char view_test_perf_bugs[] =
    "bug_id,bug_summary,bug_is_perf_regressor,bug_is_perf_regression,regressed_perf_tests,"
    "regressor_revision,perf_reg_alert_summary_id,product,component,creation_time\n"
    "4001,Make painting lazy,True,False,\"[{'test': 'responsiveness', 'platform': 'linux64'}]\"," C3
    ",0,Core,Layout,2025-01-01T00:00:00+00:00\n"
    "5001,20% tp5o responsiveness (Linux) regression,False,True,[],,101,Core,Layout,"
    "2025-02-03T11:00:00+00:00\n";

#define COMMIT(node, desc, at, parent)                                                             \
    "{\"node\": \"" node "\", \"desc\": \"" desc "\", \"date\": [" at                              \
    ", 0], \"parents\": [\"" parent "\"]}\n"
static const char view_test_commits[] =
    COMMIT(C1, "Bug 4000 - Before", "1738400000", "0000000000000000000000000000000000000000")
        COMMIT(C2, "Bug 4001 - Make painting lazy, part 1", "1738410000", C1)
            COMMIT(C3, "Bug 4001 - Make painting lazy, part 2\\n\\nLonger text", "1738420000", C2)
                COMMIT(C4, "Bug 4002 - Cache more", "1738430000", C3)
                    COMMIT(C5, "No bug, update a comment", "1738440000", C4);

static const char view_test_diffs[] =
    "{\"bug_id\": \"4001\", \"diff\": \"diff -r 111111111111 -r 333333333333 a.c\\n--- "
    "a/a.c\\tMon\\n"
    "+++ b/a.c\\tMon\\n@@ -1,1 +1,1 @@\\n-old\\n+new\\n\", \"commit_message\": \"Make painting "
    "lazy, "
    "part 1\\nMake painting lazy, part 2\", \"revision\": \"" C3
    "\", \"last_commit_date\": \"2025-02-01T14:26:40+00:00\", \"regressor\": true}\n";

static const char view_test_signatures[] = "{\"id\": 900, \"signature_hash\": \"" NODE(
    "a") "\", \"framework_id\": 1, "
         "\"option_collection_hash\": \"abc\", \"machine_platform\": \"linux64\", \"suite\": "
         "\"tp5o\", "
         "\"should_alert\": true, \"test\": \"responsiveness\"}\n"
         "{\"id\": 901, \"signature_hash\": \"" NODE(
             "b") "\", \"framework_id\": 1, "
                  "\"option_collection_hash\": \"abc\", \"machine_platform\": \"linux64\", "
                  "\"suite\": \"tp5o\", "
                  "\"should_alert\": true, \"test\": \"paint\"}\n";

static inline void view_test_write(void **state, const char *name, const char *text) {
    FILE *file = fopen(unit_path(state, name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static inline void view_test_import(void **state, const char *name) {
    struct err err = ERR_INIT;
    struct import_result result = {0};
    const char *paths[] = {unit_path(state, name)};
    const struct import_opts opts = {
        .store_dir = unit_path(state, "store"), .paths = paths, .n_paths = 1, .strict = true};
    bool ok = catalog_import(&opts, &result, &err);
    if (!ok || result.n_done != 1) {
        print_error("%s: %s %s\n", name, err.msg, result.n_files ? result.files[0].err.msg : "");
    }
    assert_true(ok);
    assert_int_equal(result.n_done, 1);
    import_result_done(&result);
}

static const struct {
    const char *name;
    const char *parts[4];
} view_test_files[] = {
    {"alert_summaries.csv",
     {view_test_summaries_head, view_test_summary_101, view_test_summary_102,
      view_test_summary_103}},
    {"all_bugs.csv", {view_test_bugs}},
    {"perf_bugs.csv", {view_test_perf_bugs}},
    {"all_commits.jsonl", {view_test_commits}},
    {"perf_bugs_with_diff.jsonl", {view_test_diffs}},
    {"all_signatures.jsonl", {view_test_signatures}},
};

// The store of the test's folder, freshly opened.
static inline struct snapshot *view_test_snapshot(void **state) {
    struct err err = ERR_INIT;
    struct snapshot *snap = snapshot_open(unit_path(state, "store"), NULL, &err);
    assert_non_null(snap);
    return snap;
}

static inline struct snapshot *view_test_store(void **state) {
    for (size_t i = 0; i < COUNTOF(view_test_files); i++) {
        auto_str text = STR_INIT;
        for (size_t k = 0; k < COUNTOF(view_test_files[i].parts); k++) {
            str_add_sv(&text, sv_cstr(view_test_files[i].parts[k]));
        }
        view_test_write(state, view_test_files[i].name, str_cstr(&text));
        view_test_import(state, view_test_files[i].name);
    }
    return view_test_snapshot(state);
}

static inline struct view_set *view_test_set(void) {
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    struct view_set *set = view_set_load(NULL, &faults, &err);
    if (!set) {
        print_error("%s\n%s", err.msg, str_cstr(&faults));
    }
    assert_non_null(set);
    return set;
}

// Opens and runs; `param` is "name=value" or NULL.
static inline struct view *view_test_open(struct view_set *set, struct snapshot *snap,
                                          const char *name, const char *param) {
    struct err err = ERR_INIT;
    struct view_value value = {0};
    const struct view_def *def = view_set_find(set, sv_cstr(name));
    assert_non_null(def);
    value.value = sv_cstr(param);
    if (param) {
        assert_true(sv_split(&value.value, '=', &value.name));
    }
    struct view *v = view_open(set, def, snap, &value, param ? 1 : 0, &err);
    if (!v) {
        print_error("%s: %s\n", name, err.msg);
    }
    assert_non_null(v);
    assert_true(view_run(v, NULL, &err));
    return v;
}

// Text of a cell; borrowed until the next call.
static inline struct sv view_test_cell(const struct view *v, size_t row, const char *col) {
    static struct str scratch;
    struct view_cell cell;
    int idx = view_col_find(v, sv_cstr(col));
    assert_true(idx >= 0);
    view_cell(v, row, (size_t)idx, &scratch, &cell);
    return cell.text;
}

#endif
