// label: threads
// Clones through the catalog: cancelling an import and the stage bug_diffs leaves nothing behind.
// What they bring is compared in tests/golden/vectors_diffs.test.
#include <pthread.h>
#include <time.h>

#include "base/date.h"
#include "catalog_test.h"
#include "vcs/vcs_unit.h"

#define CASE CORPUS "/mozilla-perf/inputs/06_bug_diffs/clean_bugs/"

static size_t n_files_before;

static int set_up(void **state) {
    n_files_before = vcs_n_files();
    return unit_dir_make(state);
}

static int tear_down(void **state) {
    if (vcs_n_files() != n_files_before || !vcs_no_children()) {
        print_error("files or processes are left behind\n");
        return -1;
    }
    return unit_dir_remove(state);
}

struct watch {
    atomic_bool cancel;
    const char *clone;
    uint64_t cancel_at; // that many diffs; 0 = never
    uint64_t most, all;
    int64_t at_us;
};

static const char *setting(void *arg, const char *name) {
    const struct watch *w = arg;
    return strcmp(name, "vcs.clone") == 0 ? w->clone : NULL;
}

static void progress(void *arg, const struct derive_progress *p) {
    struct watch *w = arg;
    w->most = MAX(w->most, p->done);
    w->all = p->all;
    if (w->cancel_at && p->done >= w->cancel_at) {
        w->at_us = clock_monotonic_us();
        atomic_store(&w->cancel, true);
    }
}

static bool derive_diffs(void **state, struct watch *w, struct derive_result *result,
                         struct err *err) {
    const char *stage = "bug_diffs";
    const struct derive_opts opts = {
        .store_dir = unit_path(state, "store"),
        .stages = &stage,
        .n_stages = 1,
        .setting = setting,
        .setting_arg = w,
        .progress = progress,
        .arg = w,
        .cancel = &w->cancel,
    };
    return catalog_derive(&opts, result, err);
}

static const struct stage_result *result_of(const struct derive_result *r) {
    for (size_t i = 0; i < r->n_stages; i++) {
        if (strcmp(r->stages[i].stage->name, "bug_diffs") == 0) {
            return &r->stages[i];
        }
    }
    fail_msg("the stage did not come up");
    abort();
}

static void cancelling_the_stage_keeps_the_store(void **state) {
    char clone[4096];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    import_done(state, CASE "all_commits.jsonl");
    struct run run;
    import_path(&run, state, CASE "perf_bugs.csv");
    run_done(&run);
    struct watch w = {.clone = clone, .cancel_at = 1};
    struct derive_result result;
    struct err err = ERR_INIT;
    assert_false(derive_diffs(state, &w, &result, &err));
    const int64_t took_us = clock_monotonic_us() - w.at_us;
    assert_int_equal(err.code, ERR_CANCELLED);
    derive_result_done(&result);
    // 100 ms is the promise; a loaded machine gets more.
    assert_in_range(took_us, 0, 1000000);
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "perf_bugs_with_diff"), -1);
    snapshot_unref(snap);

    w = (struct watch){.clone = clone};
    assert_true(derive_diffs(state, &w, &result, &err));
    assert_true(result_of(&result)->ran);
    assert_int_equal(result_of(&result)->n_rows, 12);
    assert_int_equal(result_of(&result)->n_problems, 5);
    assert_in_range(w.most, 1, 12);
    assert_int_equal(w.all, 14); // two of the diffs are empty
    derive_result_done(&result);
}

static void a_failing_stage_says_why(void **state) {
    static const struct {
        const char *clone, *message;
    } cases[] = {
        {NULL, "vcs.clone is not set"},
        {"", "vcs.clone is not set"},
        {"/no/such/folder",
         "setting vcs.clone: cannot open the clone /no/such/folder: No such file"},
    };
    import_done(state, CASE "all_commits.jsonl");
    struct run run;
    import_path(&run, state, CASE "perf_bugs.csv");
    run_done(&run);
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct watch w = {.clone = cases[i].clone};
        struct derive_result result;
        struct err err = ERR_INIT;
        assert_true(derive_diffs(state, &w, &result, &err));
        const struct stage_result *r = result_of(&result);
        assert_false(r->ran);
        const char *why = r->failed ? r->err.msg : r->why;
        if (!why || !strstr(why, cases[i].message)) {
            fail_msg("case %zu: %s", i, why ? why : "(nothing)");
        }
        derive_result_done(&result);
    }
}

static void *ring(void *arg) {
    struct watch *w = arg;
    nanosleep(&(struct timespec){0, 30000000}, NULL);
    w->at_us = clock_monotonic_us();
    atomic_store(&w->cancel, true);
    return NULL;
}

// The start of hg alone takes longer than the alarm.
static void cancelling_an_import_ends_it(void **state) {
    char *path = vcs_hg_clone(state, "mini");
    struct watch w = {0};
    pthread_t thread;
    struct run run;
    assert_int_equal(pthread_create(&thread, NULL, ring, &w), 0);
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = (const char *const *)&path,
                                           .n_paths = 1,
                                           .cancel = &w.cancel});
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_CANCELLED);
    assert_in_range(clock_monotonic_us() - w.at_us, 0, 1000000);
    run_done(&run);
}

static void clones_are_told_from_folders(void **state) {
    char *hg = vcs_hg_clone(state, "mini"), *git = unit_path(state, "git");
    SHELL("git init -q -b main '%s' && cp '" CASE "perf_bugs.csv' '%s'", git, git);
    struct run run;
    // A Mercurial clone that is asked for something else is a folder like any other.
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = (const char *const *)&hg,
                                           .n_paths = 1,
                                           .as = "perf_bugs"});
    assert_true(run.ok);
    assert_int_equal(run.result.n_files, 1);
    assert_non_null(strstr(run.result.files[0].err.msg, "the folder holds no files"));
    run_done(&run);
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = (const char *const *)&git,
                                           .n_paths = 1,
                                           .as = "perf_bugs"});
    assert_true(run.ok);
    assert_int_equal(run.result.n_done, 1);
    assert_string_equal(run.result.files[0].format->name, "perf_bugs.csv");
    run_done(&run);
    import_refused(state, git, "is a Git clone: --as commits reads its history");
    // A file is no clone, whatever it is called.
    const char *file = CASE "perf_bugs.csv";
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = &file,
                                           .n_paths = 1,
                                           .as = "hg clone"});
    assert_true(run.ok);
    assert_int_equal(run.result.n_refused, 1);
    assert_non_null(strstr(run.result.files[0].err.msg, "neither a Mercurial nor a Git clone"));
    run_done(&run);
}

#define with_clone(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        with_clone(cancelling_the_stage_keeps_the_store),
        with_clone(a_failing_stage_says_why),
        with_clone(cancelling_an_import_ends_it),
        with_clone(clones_are_told_from_folders),
    };
    vcs_plain_env();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
