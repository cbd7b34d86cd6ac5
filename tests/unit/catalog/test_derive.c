// Stages: the table of them, their settings, when they run and what they leave alone. What each
// computes is tested with it (tests/unit/derive).
#include "catalog/catalog.h"

#include <math.h>

#include "base/array.h"
#include "base/date.h"
#include "catalog_test.h"
#include "schema/derivations.h"
#include "schema/problems.h"

#define SMALL CORPUS "/mozilla-perf/expected/e2e/small/"

// --- the table ----------------------------------------------------------------------------------

static size_t place_of(const struct stage_def *stage) {
    size_t n;
    const struct stage_def *const *stages = catalog_stages(&n);
    for (size_t i = 0; i < n; i++) {
        if (stages[i] == stage) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void check_inputs(const struct stage_def *stage, const char *const *inputs) {
    for (size_t i = 0; inputs && inputs[i]; i++) {
        const struct dataset_entry *entry = catalog_dataset(sv_cstr(inputs[i]));
        if (!entry || (entry->stage && place_of(entry->stage) >= place_of(stage))) {
            fail_msg("%s reads %s, which is %s", stage->name, inputs[i],
                     entry ? "made later" : "no dataset");
        }
    }
}

static void check_settings(const struct stage_def *stage) {
    size_t n;
    const struct setting_def *defs = catalog_settings(&n);
    for (size_t i = 0; stage->settings && stage->settings[i]; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++) {
            found = found || strcmp(defs[k].name, stage->settings[i]) == 0;
        }
        assert_true(found);
    }
}

static void the_order_is_one_they_can_run_in(void **state) {
    (void)state;
    size_t n;
    const struct stage_def *const *stages = catalog_stages(&n);
    assert_true(n >= 14);
    for (size_t i = 0; i < n; i++) {
        const struct stage_def *stage = stages[i];
        assert_true(stage->version > 0 && stage->title[0] && stage->datasets[0]);
        assert_true((stage->run == NULL) != (stage->run_repo == NULL));
        check_inputs(stage, stage->inputs);
        check_inputs(stage, stage->optional);
        check_settings(stage);
        assert_ptr_equal(catalog_stage(sv_cstr(stage->name)), stage);
        for (size_t k = 0; stage->datasets[k]; k++) {
            assert_ptr_equal(catalog_dataset(sv_cstr(stage->datasets[k]->name))->stage, stage);
        }
    }
    assert_null(catalog_stage(SV("alerts")));
    assert_null(catalog_stage(SV("no-such")));
    assert_string_equal(catalog_stage(SV("perf_bug_tests"))->name, "perf_bugs");
}

// --- settings -----------------------------------------------------------------------------------

// Settings of a test: names and values, NULL at the end.
static const char *given(void *arg, const char *name) {
    for (const char *const *p = arg; p && *p; p += 2) {
        if (strcmp(p[0], name) == 0) {
            return p[1];
        }
    }
    return NULL;
}

static bool read_settings(const char *const *pairs, struct derive_settings *out, struct err *err) {
    int64_t now_us;
    assert_true(date_parse_iso(SV("2025-11-01T00:00:00"), &now_us, NULL));
    *err = ERR_INIT;
    const struct derive_opts opts = {.setting = given, .setting_arg = (void *)pairs};
    return catalog_settings_read(&opts, now_us, out, err);
}

static void check_instant(int64_t at_us, const char *text) {
    auto_str got = STR_INIT;
    str_add_iso(&got, at_us);
    assert_string_equal(str_cstr(&got), text);
}

static void settings_have_defaults_and_are_checked(void **state) {
    (void)state;
    struct derive_settings s;
    struct err err;
    assert_true(read_settings(NULL, &s, &err));
    check_instant(s.bugs_cutoff_us, "2024-11-01T00:00:00");
    check_instant(s.coverage_from_us, "2025-07-04T00:00:00");
    check_instant(s.coverage_to_us, "2025-11-01T00:00:00");
    assert_int_equal(s.n_exclude_frameworks, 3);
    assert_int_equal(s.exclude_frameworks[2], 18);
    assert_false(s.strict);

    const char *pairs[] = {"bugs.cutoff",
                           "2024-10-10",
                           "coverage.window",
                           "2025-06-19..2025-10-25",
                           "coverage.strict",
                           "true",
                           "coverage.exclude_frameworks",
                           "",
                           NULL};
    assert_true(read_settings(pairs, &s, &err));
    check_instant(s.bugs_cutoff_us, "2024-10-10T00:00:00");
    check_instant(s.coverage_from_us, "2025-06-19T00:00:00");
    check_instant(s.coverage_to_us, "2025-10-25T00:00:00");
    assert_int_equal(s.n_exclude_frameworks, 0);
    assert_true(s.strict);
}

static void wrong_settings_are_named(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"bugs.cutoff", "last week"},
        {"bugs.cutoff", ""},
        {"coverage.window", "2025-06-19"},
        {"coverage.window", "2025-06-19.."},
        {"coverage.window", "2025-06-19..2025-06-18"},
        {"coverage.window", "..."},
        {"coverage.exclude_frameworks", "2,talos"},
        {"coverage.exclude_frameworks", "1,,2"},
        {"coverage.exclude_frameworks",
         "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,"
         "33"},
        {"coverage.strict", "maybe"},
    };
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        struct derive_settings s;
        struct err err;
        const char *pairs[] = {wrong[i][0], wrong[i][1], NULL};
        assert_false(read_settings(pairs, &s, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.msg, wrong[i][0]));
    }
}

// --- running ------------------------------------------------------------------------------------

struct derive_run {
    struct derive_result result;
    struct err err;
    bool ok;
};

static struct derive_run derive_with(void **state, struct derive_opts opts) {
    struct derive_run run = {.err = ERR_INIT};
    opts.store_dir = unit_path(state, "store");
    run.ok = catalog_derive(&opts, &run.result, &run.err);
    return run;
}

static struct derive_run derive_named(void **state, const char *name) {
    struct derive_run run =
        derive_with(state, (struct derive_opts){.stages = &name, .n_stages = 1});
    if (!run.ok) {
        fail_msg("%s", run.err.msg);
    }
    return run;
}

static struct derive_run derive_all(void **state) {
    struct derive_run run = derive_with(state, (struct derive_opts){0});
    if (!run.ok) {
        fail_msg("%s", run.err.msg);
    }
    return run;
}

static const struct stage_result *result_of(const struct derive_run *run, const char *stage) {
    for (size_t i = 0; i < run->result.n_stages; i++) {
        if (strcmp(run->result.stages[i].stage->name, stage) == 0) {
            return &run->result.stages[i];
        }
    }
    fail_msg("no result of %s", stage);
    abort();
}

static bool derive_ran(const struct derive_run *run, const char *stage) {
    return result_of(run, stage)->ran;
}

static void check_state(void **state, const char *stage, enum stage_state want, const char *why) {
    struct snapshot *snap = open_store(state);
    auto_str text = STR_INIT;
    const enum stage_state got =
        catalog_stage_state(snap, catalog_stage(sv_cstr(stage)), NULL, &text);
    if (got != want || (why && strcmp(why, str_cstr(&text)) != 0)) {
        fail_msg("%s: state %d, %s; want %d, %s", stage, (int)got, str_cstr(&text), (int)want,
                 why ? why : "any reason");
    }
    snapshot_unref(snap);
}

// A copy of a file of the corpus in which `from` became `to`, once.
static char *changed_copy(void **state, const char *path, const char *name, const char *from,
                          const char *to) {
    auto_str text = STR_INIT;
    assert_true(file_read(path, (size_t)1 << 24, &text, NULL));
    const ptrdiff_t at = sv_find(str_sv(&text), sv_cstr(from));
    assert_true(at >= 0);
    str_splice(&text, (size_t)at, strlen(from), sv_cstr(to));
    return write_file(state, name, str_sv(&text));
}

static int64_t generation(void **state) {
    struct snapshot *snap = open_store(state);
    const int64_t n = strtoll(snap->generation, NULL, 16);
    snapshot_unref(snap);
    return n;
}

static void nothing_is_made_of_nothing(void **state) {
    check_state(state, "alert_bug_tests", STAGE_LACKS_INPUT,
                "no alert_summaries in the store: culprit import alert_summaries.csv");
    // What is missing in the end is named, not what is in between.
    check_state(state, "fail_sigs", STAGE_LACKS_INPUT,
                "no alert_summaries in the store: culprit import alert_summaries.csv");
    struct derive_run run = derive_all(state);
    assert_int_equal(run.result.n_ran, 0);
    assert_int_equal(run.result.n_failed, 0);
    derive_result_done(&run.result);
    assert_false(file_exists(unit_path(state, "store")));
}

static void a_stage_runs_when_its_input_changed(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    check_state(state, "alert_bug_tests", STAGE_READY, "not made yet");
    check_state(state, "fail_sigs", STAGE_READY, "alert_bug_tests is not made yet");
    check_state(state, "perf_bugs", STAGE_LACKS_INPUT,
                "no all_bugs in the store: culprit import all_bugs.csv");

    struct derive_run run = derive_all(state);
    const struct stage_result *r = result_of(&run, "alert_bug_tests");
    assert_true(r->ran && r->changed && !r->failed);
    assert_int_equal(r->n_rows, 6);
    assert_int_equal(r->state, STAGE_READY);
    assert_true(derive_ran(&run, "fail_sigs"));
    assert_int_equal(result_of(&run, "perf_bugs")->state, STAGE_LACKS_INPUT);
    derive_result_done(&run.result);
    check_state(state, "alert_bug_tests", STAGE_FRESH, "");
    check_state(state, "fail_sigs", STAGE_FRESH, "");

    // Again, and after an import that changes nothing.
    const int64_t before = generation(state);
    run = derive_all(state);
    assert_int_equal(run.result.n_ran, 0);
    derive_result_done(&run.result);
    (void)import_done(state, SMALL "alert_summaries.csv");
    run = derive_all(state);
    assert_int_equal(run.result.n_ran, 0);
    derive_result_done(&run.result);
    assert_int_equal(generation(state), before);

    // Another input of another stage.
    (void)import_done(state, SMALL "all_bugs.csv");
    run = derive_all(state);
    assert_int_equal(run.result.n_ran, 1);
    assert_true(derive_ran(&run, "perf_bugs"));
    derive_result_done(&run.result);
}

// A result that stays the same ends the chain: what depends on it is not computed again.
static void what_stays_the_same_changes_nothing_after_it(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state, SMALL "all_bugs.csv");
    struct derive_run run = derive_all(state);
    derive_result_done(&run.result);
    // The notes of a summary are no part of any derived dataset.
    (void)import_done(state, changed_copy(state, SMALL "alert_summaries.csv", "a.csv", ",autoland,",
                                          ",mozilla-central,"));
    check_state(state, "alert_bug_tests", STAGE_READY, "alert_summaries changed");
    check_state(state, "perf_bugs", STAGE_READY, "alert_bug_tests is out of date");
    run = derive_all(state);
    assert_true(derive_ran(&run, "alert_bug_tests"));
    assert_false(result_of(&run, "alert_bug_tests")->changed);
    assert_false(derive_ran(&run, "perf_bugs"));
    derive_result_done(&run.result);
    check_state(state, "perf_bugs", STAGE_FRESH, "");
}

static void settings_count_as_they_are_given(void **state) {
    const char *pairs[] = {"bugs.cutoff", "2024-10-10", NULL};
    const struct derive_opts with = {.setting = given, .setting_arg = pairs};
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state, SMALL "all_bugs.csv");
    struct derive_run run = derive_with(state, with);
    assert_int_equal(result_of(&run, "perf_bugs")->n_rows, 21);
    derive_result_done(&run.result);

    pairs[1] = "-400d";
    run = derive_with(state, with);
    assert_int_equal(run.result.n_ran, 1);
    assert_string_equal(result_of(&run, "perf_bugs")->why, "made with bugs.cutoff=2024-10-10");
    derive_result_done(&run.result);
    // Time goes on, the text is the same.
    int64_t later_us;
    assert_true(date_parse_iso(SV("2031-01-01T00:00:00"), &later_us, NULL));
    clock_fix(later_us);
    run = derive_with(state, with);
    assert_int_equal(run.result.n_ran, 0);
    derive_result_done(&run.result);

    pairs[1] = "soon";
    run = derive_with(state, with);
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_USAGE);
    derive_result_done(&run.result);
}

// One without a default is asked for where the settings are known, and not missed once it was
// given.
static void a_setting_without_default_is_asked_for(void **state) {
    (void)import_done(state, SMALL "perf_bugs.csv");
    (void)import_done(state, SMALL "all_commits.jsonl");
    check_state(state, "bug_diffs", STAGE_READY, "not made yet");
    struct snapshot *snap = open_store(state);
    const struct derive_opts known = {.store_dir = NULL};
    auto_str why = STR_INIT;
    assert_int_equal(catalog_stage_state(snap, catalog_stage(SV("bug_diffs")), &known, &why),
                     STAGE_LACKS_INPUT);
    assert_non_null(strstr(str_cstr(&why), "vcs.clone is not set"));
    snapshot_unref(snap);
    struct derive_run run = derive_all(state);
    assert_false(derive_ran(&run, "bug_diffs"));
    assert_int_equal(result_of(&run, "bug_diffs")->state, STAGE_LACKS_INPUT);
    // What comes after names what it lacks, too.
    assert_string_equal(result_of(&run, "llm_struc")->why,
                        "no perf_bugs_with_diff in the store, and vcs.clone is not set: --set "
                        "vcs.clone=... gives it");
    derive_result_done(&run.result);
    // A clone that is none fails this stage alone.
    const char *pairs[] = {"vcs.clone", "/nowhere", NULL};
    run = derive_with(state, (struct derive_opts){.setting = given, .setting_arg = pairs});
    assert_true(run.ok);
    assert_true(result_of(&run, "bug_diffs")->failed);
    assert_non_null(strstr(result_of(&run, "bug_diffs")->err.msg, "/nowhere"));
    assert_int_equal(result_of(&run, "llm_struc")->state, STAGE_LACKS_INPUT);
    assert_string_equal(result_of(&run, "llm_struc")->why, "perf_bugs_with_diff could not be made");
    derive_result_done(&run.result);
}

static void merging_segments_changes_nothing(void **state) {
    (void)import_done(state, SMALL "all_bugs.csv");
    (void)import_done(state, write_file(state, "more.csv",
                                        SV("id,summary,regressed_by,product,component,"
                                           "creation_time\r\n"
                                           "7,One more,[],Core,General,2025-06-28T00:41:29Z\r\n")));
    (void)import_done(state, SMALL "alert_summaries.csv");
    struct derive_run run = derive_all(state);
    assert_true(derive_ran(&run, "perf_bugs"));
    derive_result_done(&run.result);
    struct err err = ERR_INIT;
    struct publish *pub = publish_begin(unit_path(state, "store"), &err);
    assert_non_null(pub);
    assert_true(snapshot_dataset(publish_base(pub), "all_bugs")->n_segments > 1);
    assert_true(publish_compact(pub, "all_bugs", &err));
    assert_true(publish_commit(pub, NULL, &err));
    publish_end(pub);
    check_state(state, "perf_bugs", STAGE_FRESH, "");
}

static void publish_row(void **state, struct arrow_writer *w, const struct dataset_def *def) {
    struct err err = ERR_INIT;
    const struct dataset_change change = {.name = def->name,
                                          .schema_version = def->version,
                                          .kind = def->kind,
                                          .key = def->merge,
                                          .sort = def->sort};
    struct publish *pub = publish_begin(unit_path(state, "store"), &err);
    assert_non_null(pub);
    assert_true(publish_merge(pub, &change, w, NULL, &err));
    assert_true(publish_commit(pub, NULL, &err));
    publish_end(pub);
}

static void another_computation_is_out_of_date(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    struct derive_run run = derive_all(state);
    derive_result_done(&run.result);
    struct arena a = {0};
    struct arrow_schema schema;
    struct err err = ERR_INIT;
    assert_true(schema_arrow(&schema_derivations, NULL, &a, &schema, &err));
    struct arrow_writer *w = arrow_writer_new(&schema, NULL, &err);
    assert_non_null(w);
    arrow_add_text(arrow_column(w, DV_STAGE), SV("alert_bug_tests"));
    arrow_add_i64(arrow_column(w, DV_VERSION), 1000);
    arrow_add_text(arrow_column(w, DV_SETTINGS), SV(""));
    arrow_add_text(arrow_column(w, DV_DATASETS), SV("alert_bug_tests"));
    arrow_add_text(arrow_column(w, DV_GENERATION), SV("0000000000000001"));
    arrow_add_i64(arrow_column(w, DV_ROWS), 6);
    arrow_add_i64(arrow_column(w, DV_DERIVED), 0);
    assert_true(arrow_row_end(w, &err));
    publish_row(state, w, &schema_derivations);
    arena_done(&a);
    check_state(state, "alert_bug_tests", STAGE_READY, "it is computed in another way now");
}

// --- what somebody imported ---------------------------------------------------------------------

static enum dataset_origin origin_of(void **state, const char *dataset) {
    struct snapshot *snap = open_store(state);
    const enum dataset_origin origin = catalog_origin(snap, catalog_dataset(sv_cstr(dataset)));
    snapshot_unref(snap);
    return origin;
}

static void imports_are_left_alone(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state, SMALL "alerts_with_bug_and_test_info.csv");
    check_state(state, "alert_bug_tests", STAGE_IMPORTED, "");
    const struct derive_opts force = {.force = true};
    struct derive_run run = derive_with(state, force);
    assert_true(run.ok);
    assert_false(derive_ran(&run, "alert_bug_tests"));
    assert_true(derive_ran(&run, "fail_sigs"));
    derive_result_done(&run.result);
    assert_int_equal(origin_of(state, "alert_bug_tests"), ORIGIN_IMPORTED);

    // Who names the stage wants it made, even if that gives the same rows.
    run = derive_named(state, "alert_bug_tests");
    assert_int_equal(run.result.n_stages, 1);
    assert_true(derive_ran(&run, "alert_bug_tests"));
    derive_result_done(&run.result);
    assert_int_equal(origin_of(state, "alert_bug_tests"), ORIGIN_DERIVED);
    check_state(state, "alert_bug_tests", STAGE_FRESH, "");

    // An import afterwards is protected again.
    (void)import_done(state, changed_copy(state, SMALL "alerts_with_bug_and_test_info.csv", "j.csv",
                                          "'test': 't", "'test': 'x"));
    check_state(state, "alert_bug_tests", STAGE_IMPORTED, "");
    check_state(state, "fail_sigs", STAGE_READY, "alert_bug_tests changed");
    assert_int_equal(origin_of(state, "alert_bug_tests"), ORIGIN_IMPORTED);
}

static void the_other_datasets_of_a_stage_are_made(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state, CORPUS "/mozilla-perf/expected/02_ttc/five/"
                                    "time_to_culprit_stats.json");
    struct snapshot *snap = open_store(state);
    const int64_t imported = cell_i64(snap, "ttc_stats", 0, "total_rows");
    snapshot_unref(snap);
    for (int round = 0; round < 2; round++) {
        struct derive_run run = derive_all(state);
        assert_int_equal(derive_ran(&run, "time_to_culprit"), round == 0);
        derive_result_done(&run.result);
        assert_int_equal(origin_of(state, "ttc_stats"), ORIGIN_IMPORTED);
        assert_int_equal(origin_of(state, "time_to_culprit"), ORIGIN_DERIVED);
        assert_int_equal(origin_of(state, "ttc_groups"), ORIGIN_DERIVED);
        snap = open_store(state);
        assert_int_equal(cell_i64(snap, "ttc_stats", 0, "total_rows"), imported);
        snapshot_unref(snap);
    }
    // Naming the dataset, not the stage, replaces that one.
    struct derive_run run = derive_named(state, "ttc_stats");
    assert_true(derive_ran(&run, "time_to_culprit"));
    derive_result_done(&run.result);
    snap = open_store(state);
    assert_int_equal(cell_i64(snap, "ttc_stats", 0, "total_rows"), 12);
    snapshot_unref(snap);
}

// The other datasets would not go with what somebody else computed.
static void an_imported_main_dataset_stands_for_its_stage(void **state) {
    (void)import_done(state, SMALL "all_commits.jsonl");
    (void)import_done(state, SMALL "perf_jobs_by_signature.jsonl");
    (void)import_done(state, SMALL "max_revision_jobs.jsonl");
    (void)import_done(state, SMALL "perf_jobs_per_revision_details.jsonl");
    check_state(state, "coverage", STAGE_IMPORTED, "");
    // Naming the stage would replace what was imported: the dataset is named.
    check_state(state, "wait_stats", STAGE_LACKS_INPUT,
                "no revision_job_counts in the store: culprit derive revision_job_counts makes it");
    struct snapshot *snap = open_store(state);
    auto_str advice = STR_INIT;
    catalog_add_advice(snap, catalog_dataset(SV("revision_job_counts")), &advice);
    assert_string_equal(str_cstr(&advice), "culprit derive revision_job_counts");
    const int64_t imported = n_rows(snap, "revision_jobs");
    snapshot_unref(snap);
    struct derive_run run = derive_all(state);
    assert_false(derive_ran(&run, "coverage"));
    derive_result_done(&run.result);

    run = derive_named(state, "revision_job_counts");
    assert_true(derive_ran(&run, "coverage"));
    derive_result_done(&run.result);
    assert_int_equal(origin_of(state, "revision_jobs"), ORIGIN_IMPORTED);
    assert_int_equal(origin_of(state, "revision_job_counts"), ORIGIN_DERIVED);
    snap = open_store(state);
    assert_int_equal(n_rows(snap, "revision_jobs"), imported);
    snapshot_unref(snap);
    check_state(state, "coverage", STAGE_IMPORTED, "");
}

// --- names, cancelling, problems ----------------------------------------------------------------

static void names_are_checked_and_bring_what_they_need(void **state) {
    static const struct {
        const char *name, *said;
    } wrong[] = {{"no-such", "no stage or dataset is called no-such"},
                 {"alerts", "no stage makes alerts: it is imported"}};
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state, SMALL "all_bugs.csv");
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        struct derive_run run =
            derive_with(state, (struct derive_opts){.stages = &wrong[i].name, .n_stages = 1});
        assert_false(run.ok);
        assert_non_null(strstr(run.err.msg, wrong[i].said));
        derive_result_done(&run.result);
    }
    struct derive_run run = derive_named(state, "perf_bug_tests");
    assert_int_equal(run.result.n_stages, 2);
    assert_true(derive_ran(&run, "alert_bug_tests"));
    assert_true(derive_ran(&run, "perf_bugs"));
    derive_result_done(&run.result);
    // A named stage runs in any case, one that it needs only when it is out of date.
    run = derive_named(state, "perf_bugs");
    assert_false(derive_ran(&run, "alert_bug_tests"));
    assert_true(derive_ran(&run, "perf_bugs"));
    derive_result_done(&run.result);
}

static void cancelling_publishes_nothing(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    const int64_t before = generation(state);
    atomic_bool cancel = true;
    struct derive_run run = derive_with(state, (struct derive_opts){.cancel = &cancel});
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_CANCELLED);
    derive_result_done(&run.result);
    assert_int_equal(generation(state), before);
}

// While a stage runs: what its progress call does.
static void cancel_now(void *arg, const struct derive_progress *p) {
    (void)p;
    atomic_store((atomic_bool *)arg, true);
}

static void cancelling_a_running_stage_keeps_the_old(void **state) {
    (void)import_done(state, SMALL "alert_summaries.csv");
    struct derive_run run = derive_all(state);
    derive_result_done(&run.result);
    const int64_t before = generation(state);
    atomic_bool cancel = false;
    run = derive_with(
        state, (struct derive_opts){
                   .force = true, .cancel = &cancel, .progress = cancel_now, .arg = &cancel});
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_CANCELLED);
    derive_result_done(&run.result);
    assert_int_equal(generation(state), before);
    check_state(state, "alert_bug_tests", STAGE_FRESH, "");
}

static int64_t problems_of(void **state, const char *stage) {
    struct snapshot *snap = open_store(state);
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows(snap, "problems"); i++) {
        n += sv_is(cell_text(snap, "problems", i, "format"), "derive") &&
             sv_is(cell_text(snap, "problems", i, "file"), stage);
    }
    snapshot_unref(snap);
    return n;
}

static void problems_are_those_of_the_last_run(void **state) {
    // A bug whose regressor revision is in no commit.
    (void)import_done(state, SMALL "all_commits.jsonl");
    (void)import_done(state, changed_copy(state, SMALL "alert_summaries.csv", "a.csv",
                                          "'starred': False", "'starred': None"));
    (void)import_done(state, SMALL "alert_summaries.csv");
    (void)import_done(state,
                      changed_copy(state, SMALL "perf_jobs_per_revision_details.jsonl", "r.jsonl",
                                   "\"signature_ids\": [", "\"signature_ids\": [1, "));
    (void)import_done(state, SMALL "sig_groups.jsonl");
    (void)import_done(state, SMALL "all_signatures.jsonl");
    struct derive_run run = derive_named(state, "rectified");
    const struct stage_result *r = result_of(&run, "rectified");
    assert_true(r->ran);
    assert_int_equal(r->n_problems, 1);
    derive_result_done(&run.result);
    assert_int_equal(problems_of(state, "rectified"), 1);
    run = derive_named(state, "rectified");
    derive_result_done(&run.result);
    assert_int_equal(problems_of(state, "rectified"), 1);

    // The same fatal: nothing is published, the old problem stays.
    const int64_t before = generation(state);
    const char *pairs[] = {"coverage.strict", "true", NULL};
    run = derive_with(state, (struct derive_opts){.setting = given, .setting_arg = pairs});
    r = result_of(&run, "rectified");
    assert_true(r->failed && !r->ran);
    assert_true(r->err.code != ERR_NONE);
    derive_result_done(&run.result);
    assert_true(generation(state) >= before);
    assert_int_equal(problems_of(state, "rectified"), 1);

    (void)import_done(state, SMALL "perf_jobs_per_revision_details.jsonl");
    run = derive_named(state, "rectified");
    assert_int_equal(result_of(&run, "rectified")->n_problems, 0);
    derive_result_done(&run.result);
    assert_int_equal(problems_of(state, "rectified"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_one_they_can_run_in),
        cmocka_unit_test(settings_have_defaults_and_are_checked),
        cmocka_unit_test(wrong_settings_are_named),
        unit_test_in_dir(nothing_is_made_of_nothing),
        unit_test_in_dir(a_stage_runs_when_its_input_changed),
        unit_test_in_dir(what_stays_the_same_changes_nothing_after_it),
        unit_test_in_dir(settings_count_as_they_are_given),
        unit_test_in_dir(a_setting_without_default_is_asked_for),
        unit_test_in_dir(merging_segments_changes_nothing),
        unit_test_in_dir(another_computation_is_out_of_date),
        unit_test_in_dir(imports_are_left_alone),
        unit_test_in_dir(the_other_datasets_of_a_stage_are_made),
        unit_test_in_dir(an_imported_main_dataset_stands_for_its_stage),
        unit_test_in_dir(names_are_checked_and_bring_what_they_need),
        unit_test_in_dir(cancelling_publishes_nothing),
        unit_test_in_dir(cancelling_a_running_stage_keeps_the_old),
        unit_test_in_dir(problems_are_those_of_the_last_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
