// On the sample data every link of every view leads to rows from at least one row; what cannot is
// listed with its reason, and is a fault as soon as it can.
#include "view_test.h"

#include "base/array.h"
#include "base/date.h"

enum { ROWS_PER_VIEW = 4000, PLACES_PER_VIEW = 400 };

static const struct {
    const char *view, *link, *why;
} exceptions[] = {
    {"alert_summaries", "duplicates", "no summary of the sample names its duplicates"},
    {"alert_summary", "duplicates", "as above"},
    {"home", "problems", "everything in the sample can be read"},
    {"problems", "same_file", "as above"},
};

// A view with parameters that some link led to.
struct visit {
    const struct view_def *def;
    struct view_value params[8];
    size_t n_params;
};
struct visits ARRAY_BODY(struct visit);

struct walk {
    struct view_set *set;
    struct snapshot *snap;
    struct arena arena;
    struct visits visits;
    size_t *n_places; // by view: how often it is in `visits`
    bool **led;       // by view and link: some row leads on
};

static size_t view_idx(const struct walk *w, const struct view_def *def) {
    size_t i = 0;
    while (view_set_at(w->set, i) != def) {
        i++;
    }
    return i;
}

static void visit_later(struct walk *w, const struct view_def *def, const struct view_value *params,
                        size_t n) {
    size_t at = view_idx(w, def);
    if (w->n_places[at]++ < PLACES_PER_VIEW) {
        struct visit v = {.def = def, .n_params = n};
        for (size_t i = 0; i < n; i++) {
            v.params[i] = params[i];
        }
        array_push(&w->visits, v);
    }
}

static bool all_led(const struct walk *w, const struct view_def *def) {
    const bool *led = w->led[view_idx(w, def)];
    for (size_t i = 0; i < def->n_links; i++) {
        if (!led[i]) {
            return false;
        }
    }
    return true;
}

static void follow_row(struct walk *w, const struct view *v, size_t row) {
    struct link_target targets[32];
    size_t n = view_links(v, row, &w->arena, targets, COUNTOF(targets));
    bool *led = w->led[view_idx(w, v->def)];
    for (size_t i = 0; i < n; i++) {
        if (targets[i].count > 0) {
            led[i] = true;
            visit_later(w, targets[i].def, targets[i].params, targets[i].n_params);
        }
    }
}

static void visit(struct walk *w, const struct visit *place) {
    struct err err = ERR_INIT;
    struct view *v = view_open(w->set, place->def, w->snap, place->params, place->n_params, &err);
    if (!v) {
        print_error("%.*s: %s\n", SV_ARG(place->def->name), err.msg);
    }
    assert_non_null(v);
    assert_true(view_run(v, NULL, &err));
    assert_int_equal(v->error.code, ERR_NONE);
    if (!v->rows.n) {
        follow_row(w, v, SIZE_MAX); // of the head
    }
    for (size_t row = 0; row < MIN(v->rows.n, (size_t)ROWS_PER_VIEW); row++) {
        if (all_led(w, v->def)) {
            break;
        }
        follow_row(w, v, row);
    }
    view_free(v);
}

static const char *exception(struct sv view, struct sv link) {
    for (size_t i = 0; i < COUNTOF(exceptions); i++) {
        if (sv_is(view, exceptions[i].view) && sv_is(link, exceptions[i].link)) {
            return exceptions[i].why;
        }
    }
    return NULL;
}

static size_t report(const struct walk *w) {
    size_t n_faults = 0;
    for (size_t i = 0; i < view_set_n(w->set); i++) {
        const struct view_def *def = view_set_at(w->set, i);
        for (size_t k = 0; k < def->n_links; k++) {
            const struct view_link *link = &def->links[k];
            const bool excused = exception(def->name, link->name) != NULL;
            if (w->led[i][k] == excused) {
                print_error("view %.*s, link %.*s: %s\n", SV_ARG(def->name), SV_ARG(link->name),
                            excused ? "leads to rows, so it is no exception"
                                    : "leads nowhere from any row of the sample");
                n_faults++;
            }
        }
    }
    return n_faults;
}

static void open_sample(void **state) {
    static const char *const paths[] = {SOURCE_DIR "/data/sample"};
    struct err err = ERR_INIT;
    struct import_result result = {0};
    const struct import_opts opts = {
        .store_dir = unit_path(state, "store"), .paths = paths, .n_paths = COUNTOF(paths)};
    assert_true(catalog_import(&opts, &result, &err));
    assert_int_equal(result.n_refused, 0);
    import_result_done(&result);
    struct derive_result derived = {0};
    const struct derive_opts derive = {.store_dir = opts.store_dir};
    assert_true(catalog_derive(&derive, &derived, &err));
    assert_int_equal(derived.n_failed, 0);
    derive_result_done(&derived);
}

// Which revisions ran with a group, as the link says and as the rows do: also groups of frameworks
// that the counted groups leave out.
static void groups_lead_to_all_revisions_that_ran_them(void **state) {
    open_sample(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "sig_groups", NULL);
    struct arena arena = {0};
    size_t n_left_out = 0;
    for (size_t row = 0; row < v->rows.n; row++) {
        struct err err = ERR_INIT;
        struct link_target target;
        assert_true(view_follow(v, row, SV("coverage"), &arena, &target, &err));
        assert_true(target.count > 0);
        n_left_out += sv_is(view_test_cell(v, row, "framework"), "platform_microbench");
        if (sv_is(view_test_cell(v, row, "group_id"), "24")) {
            assert_sv(view_test_cell(v, row, "framework"), "platform_microbench");
            assert_int_equal(target.count, 46);
        }
    }
    assert_true(n_left_out > 0);
    view_free(v);
    // The same from the group itself.
    v = view_test_open(set, snap, "sig_group", "id=24");
    struct link_target target;
    struct err err = ERR_INIT;
    assert_true(view_follow(v, 0, SV("coverage"), &arena, &target, &err));
    assert_int_equal(target.count, 46);
    view_free(v);
    arena_done(&arena);
    snapshot_unref(snap);
    view_set_free(set);
}

// Statistics of a whole dataset stand above whatever rows are shown: they say so themselves.
static void heads_of_a_whole_dataset_say_all(void **state) {
    (void)state;
    struct view_set *set = view_test_set();
    size_t n = 0;
    for (size_t i = 0; i < view_set_n(set); i++) {
        const struct view_def *def = view_set_at(set, i);
        if (!def->head.from.len || def->head.on.len) {
            continue;
        }
        n++;
        if (!sv_starts(def->head.columns[0].label, SV("all "))) {
            print_error("%.*s begins with %.*s\n", SV_ARG(def->name),
                        SV_ARG(def->head.columns[0].label));
            fail();
        }
    }
    assert_true(n >= 4);
    view_set_free(set);
}

// Newest first, and the answer in words.
static void samples_are_read_like_other_lists(void **state) {
    open_sample(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "llm_samples", NULL);
    auto_str before = STR_INIT;
    assert_true(v->rows.n > 100);
    for (size_t row = 0; row < v->rows.n; row++) {
        const struct sv answer = view_test_cell(v, row, "response");
        assert_true(sv_is(answer, "yes") || sv_is(answer, "no"));
        const struct sv date = view_test_cell(v, row, "date");
        assert_true(!before.len || sv_cmp(date, str_sv(&before)) <= 0);
        str_clear(&before);
        str_add_sv(&before, date);
    }
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void views_of_the_sample(void **state) {
    open_sample(state);
    struct err err = ERR_INIT;
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    // Statistics need no parameter: the head is the one row of their dataset.
    struct view *v = view_test_open(set, snap, "sig_groups", NULL);
    struct sv label;
    struct view_cell cell;
    auto_str scratch = STR_INIT;
    assert_true(view_head_field(v, 0, &label, &scratch, &cell));
    assert_sv(label, "all groups with a duration");
    assert_int_equal(cell.state, CELL_VALUE);
    assert_sv(cell.text, "32");
    view_free(v);
    // Back from a group to all its signatures, though a join shows only the first of them.
    v = view_test_open(set, snap, "sig_group", "id=0");
    assert_int_equal(v->rows.n, 4);
    view_free(v);
    // One parameter, three columns.
    static const char *const of[] = {"of=browsertime", "of=autoland", "of=2025-09"};
    for (size_t i = 0; i < COUNTOF(of); i++) {
        v = view_test_open(set, snap, "time_to_culprit", of[i]);
        assert_true(v->rows.n > 10 && v->rows.n < 300);
        view_free(v);
    }
    // The first few of many in order, without sorting the others.
    v = view_test_open(set, snap, "perf_jobs", NULL);
    struct view *few = view_test_open(set, snap, "perf_jobs", NULL);
    few->n_wanted = 7;
    few->version++;
    assert_true(view_run(few, NULL, &err));
    assert_int_equal(few->rows.n, v->rows.n);
    assert_memory_equal(few->rows.idx, v->rows.idx, 7 * sizeof *v->rows.idx);
    view_free(few);
    view_free(v);
    // A point is marked by an alert of its own signature, not by any alert of the push.
    v = view_test_open(set, snap, "signature", "id=2520515");
    assert_true(view_filter_add(v, SV("alert is not null"), NULL, &err));
    assert_true(view_run(v, NULL, &err));
    assert_true(v->rows.n > 0 && v->rows.n < 6);
    for (size_t i = 0; i < v->rows.n; i++) {
        assert_sv(view_test_cell(v, i, "alert"), "35987");
    }
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void every_link_leads_to_rows(void **state) {
    open_sample(state);
    struct walk w = {.set = view_test_set(), .snap = view_test_snapshot(state)};
    const size_t n_views = view_set_n(w.set);
    w.n_places = xcalloc(n_views, sizeof *w.n_places);
    w.led = xcalloc(n_views, sizeof *w.led);
    for (size_t i = 0; i < n_views; i++) {
        const struct view_def *def = view_set_at(w.set, i);
        bool needs = false;
        w.led[i] = xcalloc(def->n_links + 1, sizeof **w.led);
        for (size_t k = 0; k < def->n_params; k++) {
            needs = needs || def->params[k].required;
        }
        if (!needs) {
            visit_later(&w, def, NULL, 0);
        }
    }
    for (size_t i = 0; i < w.visits.n; i++) {
        struct visit place = w.visits.ptr[i];
        if (!all_led(&w, place.def)) {
            visit(&w, &place);
        }
    }
    assert_int_equal(report(&w), 0);
    for (size_t i = 0; i < n_views; i++) {
        assert_true(w.n_places[i] > 0); // no view without a way to it
        free(w.led[i]);
    }
    free(w.led);
    free(w.n_places);
    array_done(&w.visits);
    arena_done(&w.arena);
    snapshot_unref(w.snap);
    view_set_free(w.set);
}

int main(void) {
    clock_fix(INT64_C(1759406400) * 1000000); // 2025-10-02T12:00:00, that of the sample
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(every_link_leads_to_rows),
        unit_test_in_dir(groups_lead_to_all_revisions_that_ran_them),
        cmocka_unit_test(heads_of_a_whole_dataset_say_all),
        unit_test_in_dir(samples_are_read_like_other_lists),
        unit_test_in_dir(views_of_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
