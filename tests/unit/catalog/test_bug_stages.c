// The stages around alerts and bugs on recorded vectors, from import to the stored rows.
#include <math.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/date.h"
#include "base/num.h"
#include "catalog_test.h"
#include "derive/bug_diffs.h"
#include "schema/mozilla_perf.h"

#define PERF CORPUS "/mozilla-perf/"

static void derive_stage(void **state, const char *name) {
    struct derive_result result = {0};
    struct err err = ERR_INIT;
    const struct derive_opts opts = {
        .store_dir = unit_path(state, "store"), .stages = &name, .n_stages = 1};
    if (!catalog_derive(&opts, &result, &err)) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(result.n_failed, 0);
    derive_result_done(&result);
}

// Calls `each` for every line of a vector file; returns how many.
static size_t each_vector(const char *path, void (*each)(void *arg, json_t *v), void *arg) {
    auto_str file = STR_INIT;
    assert_true(file_read(path, 1 << 24, &file, NULL));
    struct sv rest = str_sv(&file), line;
    size_t n = 0;
    while (sv_split(&rest, '\n', &line)) {
        if (line.len) {
            struct err err = ERR_INIT;
            auto_json *v = json_parse(line, path, &err);
            if (!v) {
                fail_msg("%s", err.msg);
            }
            each(arg, v);
            n++;
        }
    }
    return n;
}

// --- time to culprit
// ------------------------------------------------------------------------------

// A number of the vectors; null is NaN.
static double number(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    assert_non_null(v);
    return json_is_null(v) ? (double)NAN : json_number_value(v);
}

static void assert_f64(double got, double want, const char *what) {
    if (!(got == want || (isnan(got) && isnan(want)))) {
        fail_msg("%s: got %.17g, want %.17g", what, got, want);
    }
}

static void add_summary_row(void *arg, json_t *v) {
    struct str *csv = arg;
    static int64_t id;
    str_addf(csv, "%lld,\"%s\",%s\n", (long long)++id,
             json_string_value(json_object_get(v, "created")),
             json_string_value(json_object_get(v, "push_timestamp")));
}

struct row_check {
    struct snapshot *snap;
    int64_t row;
    int n_floats;
};

static void check_row(void *arg, json_t *v) {
    struct row_check *c = arg;
    double want = number(v, "delta_seconds") / 3600;
    const char *pushed = json_string_value(json_object_get(v, "push_timestamp"));
    if (strchr(pushed, '.')) {
        // No time to the original program. Ours reads and counts it.
        assert_true(isnan(want));
        assert_string_equal(pushed, "1760754049.0");
        want = 474988.0 / 3600;
        c->n_floats++;
    }
    assert_f64(cell_f64(c->snap, "time_to_culprit", c->row, "ttc_hours"), want, pushed);
    c->row++;
}

static void recorded_rows(void **state) {
    auto_str csv = STR_INIT;
    str_add_cstr(&csv, "id,created,push_timestamp\n");
    assert_int_equal(each_vector(PERF "units/ttc_rows.jsonl", add_summary_row, &csv), 17);
    (void)import_done(state, write_file(state, "alert_summaries.csv", str_sv(&csv)));
    derive_stage(state, "time_to_culprit");
    struct row_check c = {.snap = open_store(state)};
    (void)each_vector(PERF "units/ttc_rows.jsonl", check_row, &c);
    assert_int_equal(c.n_floats, 1);
    assert_int_equal(cell_i64(c.snap, "ttc_stats", 0, "float_timestamp_rows"), 1);
    assert_int_equal(cell_i64(c.snap, "ttc_stats", 0, "total_rows"), 17);
    snapshot_unref(c.snap);
}

struct stats_check {
    void **state;
    int n;
};

// All pushes land at the beginning of 1970, so that `created` is the delta.
static void check_stats(void *arg, json_t *v) {
    struct stats_check *c = arg;
    static const char *const names[] = {"mean_hours",  "median_hours", "min_hours", "max_hours",
                                        "stdev_hours", "p90_hours",    "p95_hours", "p99_hours"};
    const json_t *values = json_object_get(v, "values"), *stats = json_object_get(v, "stats");
    // Each in a store of its own.
    char name[16];
    snprintf(name, sizeof name, "%d", c->n++);
    auto_free char *folder = xstrdup(unit_path(c->state, name));
    assert_int_equal(mkdir(folder, 0777), 0);
    void *own = folder, **state = &own;
    if (!json_array_size(values)) {
        return; // a file without rows is not imported: no statistics, see golden/vectors_bugs
    }
    auto_str csv = STR_INIT;
    str_add_cstr(&csv, "id,created,push_timestamp\n");
    for (size_t i = 0; i < json_array_size(values); i++) {
        str_addf(&csv, "%zu,", i);
        str_add_iso(&csv, llround(json_number_value(json_array_get(values, i)) * 1e6));
        str_add_cstr(&csv, ",0\n");
    }
    (void)import_done(state, write_file(state, "alert_summaries.csv", str_sv(&csv)));
    derive_stage(state, "time_to_culprit");
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "ttc_stats", 0, "count"),
                     json_integer_value(json_object_get(stats, "count")));
    for (size_t i = 0; i < COUNTOF(names); i++) {
        assert_f64(cell_f64(snap, "ttc_stats", 0, names[i]), number(stats, names[i]), names[i]);
    }
    snapshot_unref(snap);
}

static void recorded_stats(void **state) {
    struct stats_check c = {state, 0};
    assert_int_equal(each_vector(PERF "units/ttc_stats.jsonl", check_stats, &c), 12);
}

static void groups_of_times(void **state) {
    char *path = write_file(state, "alert_summaries.csv",
                            SV("id,created,push_timestamp,framework,repository\n"
                               "1,1970-01-01T02:00:00,0,13,autoland\n"
                               "2,1970-01-01T04:00:00,0,1,mozilla-beta\n"
                               "3,1970-02-01T00:00:00,2678401,13,autoland\n"
                               "4,1970-01-01T01:00:00,0,,\n"
                               "5,,0,13,autoland\n"
                               "6,1970-01-01T08:00:00,0,99,autoland\n"));
    (void)import_done(state, path);
    derive_stage(state, "time_to_culprit");
    static const struct {
        const char *by, *name;
        int64_t count;
        double median, max;
    } want[] = {
        {"framework", "talos", 1, 4, 4},        {"framework", "browsertime", 2, 0, 2},
        {"framework", "framework 99", 1, 8, 8}, {"framework", "none", 1, 1, 1},
        {"repository", "autoland", 3, 2, 8},    {"repository", "mozilla-beta", 1, 4, 4},
        {"repository", "none", 1, 1, 1},        {"month", "1970-01", 4, 3, 8},
        {"month", "1970-02", 1, 0, 0},
    };
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "ttc_groups"), COUNTOF(want));
    for (int64_t i = 0; i < (int64_t)COUNTOF(want); i++) {
        assert_sv(cell_text(snap, "ttc_groups", i, "by"), want[i].by);
        assert_sv(cell_text(snap, "ttc_groups", i, "name"), want[i].name);
        assert_int_equal(cell_i64(snap, "ttc_groups", i, "count"), want[i].count);
        // One second before the push: -1/3600 h is counted and kept.
        const double median = i == 1   ? (7200.0 - 1) / 2 / 3600
                              : i == 8 ? -1.0 / 3600
                                       : want[i].median;
        assert_f64(cell_f64(snap, "ttc_groups", i, "median_hours"), median, want[i].name);
        assert_f64(cell_f64(snap, "ttc_groups", i, "max_hours"), i == 8 ? median : want[i].max,
                   want[i].name);
        assert_int_equal(cell_i64(snap, "ttc_groups", i, "negative_delta_rows"),
                         i == 1 || i == 4 || i == 8);
    }
    assert_int_equal(n_rows(snap, "time_to_culprit"), 6);
    assert_true(cell_null(snap, "time_to_culprit", 4, "ttc_hours"));
    snapshot_unref(snap);
}

// --- the plan of the bug diffs
// --------------------------------------------------------------------

struct plan_run {
    struct snapshot *snap;
    struct derive d;
    struct bug_diffs_plan plan;
    struct str skipped; // "bug 1: why\n"
};

static bool note_skip(void *arg, const char *subject, const char *reason, struct err *err) {
    (void)err;
    struct plan_run *run = arg;
    str_addf(&run->skipped, "%s: %s\n", subject, reason);
    return true;
}

static void make_plan(struct plan_run *run, void **state) {
    static const struct derive_settings settings;
    struct err err = ERR_INIT;
    *run = (struct plan_run){.snap = open_store(state)};
    run->d =
        (struct derive){.snap = run->snap, .settings = &settings, .problem = note_skip, .arg = run};
    if (!bug_diffs_plan(&run->d, &run->plan, &err)) {
        fail_msg("%s", err.msg);
    }
}

static void plan_run_done(struct plan_run *run) {
    bug_diffs_plan_done(&run->plan);
    str_done(&run->skipped);
    snapshot_unref(run->snap);
}

// Publishes the planned rows, each with the diff `diff`.
static void publish_rows(struct plan_run *run, void **state, struct sv diff) {
    struct arena a = {0};
    struct arrow_schema schema;
    struct err err = ERR_INIT;
    struct publish *pub = publish_begin(unit_path(state, "store"), &err);
    assert_non_null(pub);
    assert_true(schema_arrow(&schema_perf_bugs_with_diff, "test", &a, &schema, &err));
    run->d.out[0] = arrow_writer_new(&schema, publish_tmp(pub), &err);
    array_foreach (b, &run->plan.diffs) {
        assert_true(bug_diffs_add(&run->d, b, diff, &err));
    }
    const struct dataset_change change = {.name = "perf_bugs_with_diff",
                                          .schema_version = schema_perf_bugs_with_diff.version,
                                          .kind = DATASET_SNAPSHOT,
                                          .key = "",
                                          .sort = "",
                                          .origin = "test"};
    struct merge_result merge;
    assert_true(publish_merge(pub, &change, run->d.out[0], &merge, &err));
    assert_true(publish_commit(pub, NULL, &err));
    publish_end(pub);
    arena_done(&a);
}

struct planned {
    const struct bug_diffs_plan *plan;
    size_t next;
};

static void check_planned(void *arg, json_t *v) {
    struct planned *p = arg;
    if (p->next == p->plan->diffs.n) {
        // The bug stands twice in perf_bugs.csv (once between blanks) and once more as
        // "1900001.0"; here it is one row.
        assert_string_equal(json_string_value(json_object_get(v, "bug_id")), "1900001");
        return;
    }
    const struct bug_diff *b = &p->plan->diffs.ptr[p->next++];
    // Planned, but the repository shows no change: a change of mode, and one that was undone.
    if (sv_is(b->bug_id, "1900008") || sv_is(b->bug_id, "1900012")) {
        check_planned(p, v);
        return;
    }
    assert_sv(b->bug_id, json_string_value(json_object_get(v, "bug_id")));
    assert_sv(b->message, json_string_value(json_object_get(v, "commit_message")));
    assert_sv(b->to, json_string_value(json_object_get(v, "revision")));
    assert_int_equal(b->regressor, json_is_true(json_object_get(v, "regressor")));
    // The header of a diff names the two commits it is between.
    const char *diff = json_string_value(json_object_get(v, "diff"));
    char head[64];
    if (b->from.ptr && strncmp(diff, "diff -r ", 8) == 0) {
        snprintf(head, sizeof head, "diff -r %.12s -r %.12s ", b->from.ptr, b->to.ptr);
        assert_memory_equal(diff, head, strlen(head));
    }
    auto_str date = STR_INIT;
    if (b->has_date) {
        str_add_iso(&date, b->date_us + b->tz_offset_s * US_PER_SEC);
    }
    assert_memory_equal(json_string_value(json_object_get(v, "last_commit_date")), str_cstr(&date),
                        date.len);
}

static void check_case(void **state, const char *name, const char *skipped) {
    char path[512];
    snprintf(path, sizeof path, PERF "inputs/06_bug_diffs/%s/all_commits.jsonl", name);
    (void)import_done(state, path);
    snprintf(path, sizeof path, PERF "inputs/06_bug_diffs/%s/perf_bugs.csv", name);
    (void)import_done(state, path);
    struct plan_run run;
    make_plan(&run, state);
    snprintf(path, sizeof path, PERF "expected/06_bug_diffs/%s/perf_bugs_with_diff.jsonl", name);
    struct planned p = {&run.plan, 0};
    (void)each_vector(path, check_planned, &p);
    assert_string_equal(str_cstr(&run.skipped), skipped);
    plan_run_done(&run);
}

static void plan_of_clean_bugs(void **state) {
    check_case(state, "clean_bugs",
               "bug 1900002: no commit of the list names it\n"
               "bug 1900015: no commit of the list names it\n"
               "bug 1900018: no commit of the list names it\n");
}

static void plan_of_odd_commits(void **state) {
    check_case(state, "odd_commits", "bug 1900009: no commit of the list names it\n");
}

static void plan_of_encodings(void **state) {
    check_case(state, "encodings", "");
}

// Commits "n0", "n1", ... with these messages, each the child of the one before.
static void import_commits(void **state, const char *const *messages, size_t n) {
    auto_str text = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        str_addf(&text, "{\"node\": \"n%zu\", \"desc\": \"%s\", \"date\": [%zu, 0], ", i,
                 messages[i], i);
        str_addf(&text, i ? "\"parents\": [\"n%zu\"]}\n" : "\"parents\": [\"root\"]}\n", i - 1);
    }
    (void)import_done(state, write_file(state, "all_commits.jsonl", str_sv(&text)));
}

#define BUGS_HEADER                                                                                \
    "bug_id,bug_summary,bug_is_perf_regressor,bug_is_perf_regression,regressed_perf_tests,"        \
    "regressor_revision,perf_reg_alert_summary_id,product,component,creation_time\n"

static void blocks_of_regressors(void **state) {
    static const char *const messages[] = {
        "Bug 1 - a",      "Bug 1 - b",    "Bug 2 - head of their push",
        "Bug 1 - later",  "Bug 007 - no", "Backed out Bug 3",
        "Bug 4 - before", "Bug 3 - x",
    };
    import_commits(state, messages, COUNTOF(messages));
    (void)import_done(
        state, write_file(state, "perf_bugs.csv",
                          SV(BUGS_HEADER "2,s,True,False,[],n7,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "1,s,True,False,[],n2,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "3,s,True,False,[],n7,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "4,s,True,False,[],n6,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "5,s,True,False,[],n0,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "6,s,True,False,[],gone,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "8,s,True,False,[],,0,C,P,2025-01-01T00:00:00+00:00\n"
                                         "7,s,False,False,[],,0,C,P,2025-01-01T00:00:00+00:00\n")));
    struct plan_run run;
    make_plan(&run, state);
    static const struct {
        const char *bug, *from, *oldest, *to, *message;
    } want[] = {
        {"1", "root", "n0", "n1", "a\nb"}, // not its newest block, but the one that was blamed
        {"3", "n6", "n7", "n7", "x"},
        {"4", "n5", "n6", "n6", "before"},
    };
    assert_int_equal(run.plan.diffs.n, COUNTOF(want));
    for (size_t i = 0; i < COUNTOF(want); i++) {
        const struct bug_diff *b = &run.plan.diffs.ptr[i];
        assert_sv(b->bug_id, want[i].bug);
        assert_sv(b->from, want[i].from);
        assert_sv(b->oldest, want[i].oldest);
        assert_sv(b->to, want[i].to);
        assert_sv(b->message, want[i].message);
        assert_true(b->regressor);
    }
    const char *not_own = "neither its regressor revision nor the commit before is one of its own";
    auto_str skipped = STR_INIT;
    str_addf(&skipped, "bug 2: %s\nbug 5: %s\n", not_own, not_own);
    str_add_cstr(&skipped, "bug 6: its regressor revision is not in the list of commits\n"
                           "bug 8: it is a regressor without a regressor revision\n"
                           "bug 7: no commit of the list names it\n");
    assert_string_equal(str_cstr(&run.skipped), str_cstr(&skipped));
    plan_run_done(&run);
}

static void rows_of_diffs(void **state) {
    static const char *const messages[] = {"Bug 1 - a", "Bug 2 - b"};
    import_commits(state, messages, COUNTOF(messages));
    (void)import_done(
        state, write_file(state, "perf_bugs.csv",
                          SV(BUGS_HEADER "1,s,False,False,[],,0,C,P,2025-01-01T00:00:00+00:00\n")));
    struct plan_run run;
    make_plan(&run, state);
    // A byte that is no UTF-8 becomes three.
    publish_rows(&run, state, SV("diff -r a -r b f\n+\xff\ndiff -r a -r b g\n"));
    assert_int_equal(run.skipped.len, 0);
    struct snapshot *snap = open_store(state);
    const struct sv diff = cell_text(snap, "perf_bugs_with_diff", 0, "diff");
    assert_sv(diff, "diff -r a -r b f\n+\ufffd\ndiff -r a -r b g\n");
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "diff_bytes"), diff.len);
    assert_int_equal(cell_i64(snap, "perf_bugs_with_diff", 0, "files"), 2);
    snapshot_unref(snap);
    publish_rows(&run, state, SV(" \n\u3000"));
    assert_string_equal(str_cstr(&run.skipped),
                        "bug 1: the diff of its commits up to n0 is empty\n");
    snap = open_store(state);
    assert_int_equal(n_rows(snap, "perf_bugs_with_diff"), 0);
    snapshot_unref(snap);
    plan_run_done(&run);
}

// --- dates of Mercurial
// ---------------------------------------------------------------------------

struct dates {
    struct str commits, bugs;
    int n;
};

static void add_dated_commit(void *arg, json_t *v) {
    struct dates *d = arg;
    char *date = json_dumps(json_object_get(v, "date"), JSON_ENCODE_ANY);
    d->n++;
    str_addf(&d->commits,
             "{\"node\": \"n%d\", \"desc\": \"Bug %d - x\", \"date\": %s, \"parents\": []}\n", d->n,
             d->n, date);
    str_addf(&d->bugs, "%d,s,False,False,[],,0,C,P,2025-01-01T00:00:00+00:00\n", d->n);
    free(date);
}

static void check_date(void *arg, json_t *v) {
    struct sv *rest = arg;
    struct sv line;
    assert_true(sv_split(rest, '\n', &line));
    const json_t *date = json_object_get(v, "date");
    const char *want = json_string_value(json_object_get(v, "iso"));
    auto_str text = STR_INIT;
    if (json_is_array(date) && json_array_size(date) != 2) {
        // No date at all to the original. Ours keeps the instant that is there, as UTC.
        assert_string_equal(want, "");
        want = "2025-01-01T00:00:00+00:00";
    }
    str_addf(&text, "\"last_commit_date\": \"%s\"", want);
    if (sv_find(line, str_sv(&text)) < 0) {
        fail_msg("%.*s: not %s", SV_ARG(line), str_cstr(&text));
    }
}

static void recorded_dates(void **state) {
    struct dates d = {0};
    str_add_cstr(&d.bugs, BUGS_HEADER);
    assert_int_equal(each_vector(PERF "units/hgdate_iso.jsonl", add_dated_commit, &d), 16);
    (void)import_done(state, write_file(state, "all_commits.jsonl", str_sv(&d.commits)));
    (void)import_done(state, write_file(state, "perf_bugs.csv", str_sv(&d.bugs)));
    struct plan_run run;
    make_plan(&run, state);
    assert_int_equal(run.plan.diffs.n, 16);
    assert_null(run.plan.diffs.ptr[0].from.ptr); // not named
    publish_rows(&run, state, SV("+x"));
    plan_run_done(&run);
    auto_str text = STR_INIT;
    dump(state, "perf_bugs_with_diff.jsonl", &text);
    struct sv rest = str_sv(&text);
    (void)each_vector(PERF "units/hgdate_iso.jsonl", check_date, &rest);
    str_done(&d.commits);
    str_done(&d.bugs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(recorded_rows),        unit_test_in_dir(recorded_stats),
        unit_test_in_dir(groups_of_times),      unit_test_in_dir(plan_of_clean_bugs),
        unit_test_in_dir(plan_of_odd_commits),  unit_test_in_dir(plan_of_encodings),
        unit_test_in_dir(blocks_of_regressors), unit_test_in_dir(rows_of_diffs),
        unit_test_in_dir(recorded_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
