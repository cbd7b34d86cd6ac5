// label: threads
// What plots take from the rows of a view: points, bins, texts, filters.
#include "view/plot.h"

#include <math.h>

#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/num.h"
#include "view_test.h"

enum { IDS_PER_VECTOR = 1000, MANY = 60000 };

static struct plot *follow_now(const struct view *v, const struct view_plot *spec) {
    struct plot *p = plot_new(v, spec);
    assert_true(plot_follow(p, v, NULL));
    assert_false(plot_follow(p, v, NULL)); // nothing has changed since
    assert_false(p->running);
    return p;
}

static void filter_and_run(struct view *v, struct sv text) {
    struct err err = ERR_INIT;
    bool ok = view_filter_add(v, text, NULL, &err) && view_run(v, NULL, &err);
    if (!ok) {
        print_error("%.*s: %s\n", SV_ARG(text), err.msg);
    }
    assert_true(ok);
}

// --- histograms ---------------------------------------------------------------------------------

// All vectors as durations of signatures: those of the i-th are 1000 i and up.
static json_t *write_vectors(void **state) {
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    auto_str csv = STR_INIT;
    json_t *vectors = json_array();
    struct sv line;
    assert_true(file_read(CORPUS "/mozilla-perf/units/histogram50.jsonl", 1 << 20, &text, &err));
    struct sv rest = str_sv(&text);
    str_add_cstr(&csv, "signature_id,duration_minutes\n");
    while (sv_split(&rest, '\n', &line)) {
        json_t *vector = line.len ? json_parse(line, "histogram50.jsonl", &err) : NULL;
        size_t first = json_array_size(vectors) * IDS_PER_VECTOR;
        const json_t *values = json_object_get(vector, "values");
        for (size_t i = 0; i < json_array_size(values); i++) {
            str_addf(&csv, "%zu,", first + i);
            str_add_f64(&csv, json_number_value(json_array_get(values, i)));
            str_add_byte(&csv, '\n');
        }
        if (vector) {
            json_array_append_new(vectors, vector);
        }
    }
    assert_int_equal(json_array_size(vectors), 8);
    view_test_write(state, "job_durations.csv", str_cstr(&csv));
    view_test_import(state, "job_durations.csv");
    return vectors;
}

static void check_bins(const struct plot *p, const json_t *vector) {
    const json_t *counts = json_object_get(vector, "counts");
    const json_t *edges = json_object_get(vector, "edges");
    assert_int_equal(p->bins.n_bins, json_array_size(counts));
    for (size_t i = 0; i < p->bins.n_bins; i++) {
        assert_int_equal(p->bins.counts[i], json_integer_value(json_array_get(counts, i)));
        assert_true(p->bins.edges[i] == json_number_value(json_array_get(edges, i)));
    }
    assert_true(p->bins.edges[p->bins.n_bins] ==
                json_number_value(json_array_get(edges, p->bins.n_bins)));
}

// The filter of a bin keeps as many rows as the bin counts, and these are in the bin.
static void check_filters(struct view *v, const struct plot *p) {
    for (size_t i = 0; i < p->bins.n_bins; i++) {
        auto_str text = STR_INIT;
        plot_filter_for_bin(p, i, &text);
        filter_and_run(v, str_sv(&text));
        assert_int_equal(v->rows.n, p->bins.counts[i]);
        for (size_t row = 0; row < v->rows.n; row++) {
            assert_int_equal(plot_bin_of_row(p, v, row), i);
        }
        view_filter_drop(v, 1);
    }
}

static void bins_are_those_of_the_vectors(void **state) {
    json_t *vectors = write_vectors(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    const struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("minutes"), .bins = PLOT_BINS};
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        struct view *v = view_test_open(set, snap, "durations", NULL);
        auto_str text = STR_INIT;
        str_addf(&text, "signature_id>=%zu signature_id<%zu", i * IDS_PER_VECTOR,
                 (i + 1) * IDS_PER_VECTOR);
        filter_and_run(v, str_sv(&text));
        struct plot *p = follow_now(v, &spec);
        check_bins(p, json_array_get(vectors, i));
        check_filters(v, p);
        plot_free(p);
        view_free(v);
    }
    json_decref(vectors);
    snapshot_unref(snap);
    view_set_free(set);
}

static void other_numbers_of_bins(void **state) {
    json_t *vectors = write_vectors(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    filter_and_run(v, SV("signature_id>=2000 signature_id<3000")); // 0 and 50
    const struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("minutes"), .bins = PLOT_BINS};
    struct plot *p = follow_now(v, &spec);
    uint64_t version = p->version;
    plot_set_bins(p, 4);
    assert_true(plot_follow(p, v, NULL));
    assert_false(plot_follow(p, v, NULL));
    assert_int_not_equal(p->version, version);
    assert_int_equal(p->bins.n_bins, 4);
    assert_int_equal(p->bins.counts[3], 1);
    auto_str text = STR_INIT;
    plot_describe_bin(p, 3, &text);
    assert_sv(str_sv(&text), "bin 4 of 4: 37.5 <= minutes <= 50 min  1 of 2 (50.0 %)");
    str_clear(&text);
    plot_filter_for_bin(p, 0, &text);
    assert_sv(str_sv(&text), "minutes>=\"0.0\" minutes<\"12.5\"");
    plot_free(p);
    view_free(v);
    json_decref(vectors);
    snapshot_unref(snap);
    view_set_free(set);
}

// Small numbers are written without an exponent, which filters do not know.
static void filters_of_small_and_large_edges(void **state) {
    struct view_set *set = view_test_set();
    view_test_write(
        state, "job_durations.csv",
        "signature_id,duration_minutes\n1,0.0\n2,0.00000004\n3,0.00000015\n4,-0.0000002\n");
    view_test_import(state, "job_durations.csv");
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    const struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("minutes"), .bins = 7};
    struct plot *p = follow_now(v, &spec);
    assert_int_equal(p->bins.n, 4);
    filter_and_run(v, SV("signature_id>0")); // stays while those of the bins come and go
    check_filters(v, p);
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// --- points -------------------------------------------------------------------------------------

#define JOB(id, at, value)                                                                         \
    "{\"job_id\": " id ", \"id\": " id ", \"value\": " value ", \"push_timestamp\": \"" at         \
    "\", \"push_id\": 1, \"revision\": \"" C3 "\", \"submit_time\": null, "                        \
    "\"machine_name\": \"m\"}"

static struct view *open_values(void **state, struct view_set *set, struct snapshot **snap) {
    view_test_write(
        state, "perf_jobs_by_signature.jsonl",
        "{\"signature_id\": 900, \"jobs\": [" JOB("1", "2025-02-03T10:00:00", "12.5") ", " JOB(
            "2", "2025-02-01T10:00:07",
            "0") ", " JOB("3", "2025-02-02T10:00:00",
                          "null") ", " JOB("4", "2025-02-05T10:00:00",
                                           "10") ", " JOB("5", "2025-02-03T10:00:00", "25") "]}\n");
    view_test_import(state, "perf_jobs_by_signature.jsonl");
    *snap = view_test_snapshot(state);
    return view_test_open(set, *snap, "perf_jobs", NULL);
}

static void sort_by(struct view *v, const char *columns) {
    struct err err = ERR_INIT;
    assert_true(view_sort_parse(v, sv_cstr(columns), &err));
    assert_true(view_run(v, NULL, &err));
}

static void assert_values(const struct plot *p, const double *want, size_t n) {
    assert_int_equal(p->points.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(p->points.ptr[i].y == want[i]);
        assert_int_equal(p->points.of_line[p->points.ptr[i].line], i);
    }
}

static void lines_go_along_x_in_any_order_of_rows(void **state) {
    static const double up[] = {0, 12.5, 25, 10};
    struct view_set *set = view_test_set();
    struct snapshot *snap;
    struct view *v = open_values(state, set, &snap);
    const struct view_plot spec = {
        .kind = PLOT_LINE, .x = SV("push_timestamp"), .y = SV("value"), .unit = SV("ms")};
    struct plot *p = plot_new(v, &spec);
    sort_by(v, "push_timestamp,id");
    assert_true(plot_follow(p, v, NULL));
    assert_values(p, up, COUNTOF(up));
    assert_int_equal(p->points.n_without, 1);
    sort_by(v, "-push_timestamp,-id");
    assert_true(plot_follow(p, v, NULL));
    assert_values(p, up, COUNTOF(up)); // the other way round, and from row to row all the same
    for (size_t i = 1; i < p->points.n; i++) {
        assert_true(p->points.ptr[i].line < p->points.ptr[i - 1].line);
    }
    sort_by(v, "value,id"); // 0 10 12.5 25 null: neither up nor down in time
    assert_true(plot_follow(p, v, NULL));
    assert_values(p, up, COUNTOF(up));
    assert_int_equal(p->points.of_line[4], PLOT_NO_POINT);
    assert_int_equal(plot_point_near(p, 4), 2); // the row above: 25
    view_select(v, 1, true);
    assert_false(plot_follow(p, v, NULL)); // selecting changes no row
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void says_what_stands_at_a_point(void **state) {
    static const char *const wanted[] = {
        "2025-02-01 10:00:07  0.0 ms  333333333333",
        "2025-02-03 10:00  12.5 ms  333333333333  +12.5 to the point before  id 1",
        "2025-02-03 10:00  25.0 ms  333333333333  +25 to the point before  id 5",
        "2025-02-05 10:00  10.0 ms  333333333333  -46.7 % to the mean of the 2 points before  id 4",
    };
    struct view_set *set = view_test_set();
    struct snapshot *snap;
    struct view *v = open_values(state, set, &snap);
    const struct view_plot spec = {.kind = PLOT_LINE,
                                   .x = SV("push_timestamp"),
                                   .y = SV("value"),
                                   .name = SV("revision"),
                                   .mark = SV("id"),
                                   .unit = SV("ms")};
    sort_by(v, "id");
    struct plot *p = follow_now(v, &spec);
    p->points.ptr[0].marked = false;
    for (size_t i = 0; i < COUNTOF(wanted); i++) {
        auto_str text = STR_INIT;
        plot_describe_point(p, v, i, &text);
        assert_sv(str_sv(&text), wanted[i]);
    }
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// What was measured is said as it was; of what was computed only what can be read.
static void computed_values_are_rounded(void **state) {
    struct view_set *set = view_test_set();
    view_test_write(state, "job_durations.csv",
                    "signature_id,duration_minutes\n1,66.84983865444444\n2,12345678.25\n");
    view_test_import(state, "job_durations.csv");
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    sort_by(v, "signature_id");
    const struct view_plot spec = {.kind = PLOT_LINE, .x = SV("signature_id"), .y = SV("minutes")};
    struct plot *p = follow_now(v, &spec);
    auto_str text = STR_INIT;
    plot_add_value(p, p->points.ptr[0].y, &text);
    assert_sv(str_sv(&text), "66.8498 min");
    str_clear(&text);
    plot_add_value(p, p->points.ptr[1].y, &text);
    assert_sv(str_sv(&text), "12345678 min");
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_test_write(state, "perf_jobs_by_signature.jsonl",
                    "{\"signature_id\": 900, \"jobs\": [" JOB("1", "2025-02-03T10:00:00",
                                                              "66.84983865444444") "]}\n");
    view_test_import(state, "perf_jobs_by_signature.jsonl");
    snap = view_test_snapshot(state);
    v = view_test_open(set, snap, "perf_jobs", NULL);
    const struct view_plot measured = {.kind = PLOT_LINE, .y = SV("value")};
    p = follow_now(v, &measured);
    str_clear(&text);
    plot_add_value(p, p->points.ptr[0].y, &text);
    assert_sv(str_sv(&text), "66.84983865444444");
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// In four bins, counted after others: they are the same as the first ones.
static void describe_bin_of_row(struct view *v, size_t row, const char *want) {
    struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("push_timestamp"), .bins = 8};
    struct plot *p = follow_now(v, &spec);
    plot_set_bins(p, 4);
    assert_true(plot_follow(p, v, NULL));
    spec.bins = 4;
    struct plot *first = follow_now(v, &spec);
    assert_memory_equal(p->bins.edges, first->bins.edges, 5 * sizeof(double));
    plot_free(first);
    auto_str text = STR_INIT;
    const int bin = plot_bin_of_row(p, v, row);
    assert_true(bin >= 0);
    plot_describe_bin(p, (size_t)bin, &text);
    assert_sv(str_sv(&text), want);
    check_filters(v, p);
    plot_free(p);
}

// Of whole numbers the ends are whole, too: those that the bin's filter names.
static void bins_of_whole_numbers_have_whole_ends(void **state) {
    struct view_set *set = view_test_set();
    view_test_write(state, "job_durations.csv",
                    "signature_id,duration_minutes\n1000000,1.0\n1234567,2.0\n1300001,3.0\n");
    view_test_import(state, "job_durations.csv");
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    const struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("signature_id"), .bins = 7};
    struct plot *p = follow_now(v, &spec);
    auto_str text = STR_INIT;
    plot_describe_bin(p, 1, &text); // 1042857.28... and 1085714.57...
    assert_sv(str_sv(&text), "bin 2 of 7: 1042858 <= signature_id < 1085715  0 of 3 (0.0 %)");
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// Two ends of a bin never look the same.
static void bins_of_one_instant_and_of_near_ones(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap;
    struct view *v = open_values(state, set, &snap);
    sort_by(v, "id");
    filter_and_run(v, SV("id=2"));
    describe_bin_of_row(v, 0,
                        "bin 3 of 4: 2025-02-01 10:00:07 <= push_timestamp < 2025-02-01 10:15:07"
                        "  1 of 1 (100.0 %)");
    view_free(v);
    snapshot_unref(snap);
    view_test_write(
        state, "perf_jobs_by_signature.jsonl",
        "{\"signature_id\": 901, \"jobs\": [" JOB("11", "2025-02-03T10:00:59", "1") ", " JOB(
            "12", "2025-02-03T10:01:00", "2") "]}\n");
    view_test_import(state, "perf_jobs_by_signature.jsonl");
    snap = view_test_snapshot(state);
    v = view_test_open(set, snap, "perf_jobs", NULL);
    sort_by(v, "id");
    filter_and_run(v, SV("signature_id=901"));
    describe_bin_of_row(v, 1,
                        "bin 4 of 4: 2025-02-03 10:00:59.750000 <= push_timestamp <= 2025-02-03 "
                        "10:01:00.000000  1 of 2 (50.0 %)");
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void strips_keep_the_order_of_rows(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap;
    struct view *v = open_values(state, set, &snap);
    const struct view_plot spec = {
        .kind = PLOT_STRIP, .x = SV("push_timestamp"), .y = SV("value"), .mark = SV("id")};
    sort_by(v, "id");
    struct plot *p = follow_now(v, &spec);
    assert_int_equal(p->points.n, 4);
    assert_int_equal(p->points.n_rows, 5);
    assert_true(p->points.ptr[2].x == 3); // the third row has no value
    assert_true(p->points.ptr[2].y == 10);
    assert_true(p->points.ptr[0].marked);
    assert_int_equal(p->points.n_marked, 4);
    assert_true(p->points.least_above_0 == 10);
    struct civil at;
    date_to_civil((int64_t)plot_x_of_row(p, v, 2), &at);
    assert_int_equal(at.day, 2);
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void without_x_the_rows_are_counted(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap;
    struct view *v = open_values(state, set, &snap);
    const struct view_plot spec = {.kind = PLOT_LINE, .y = SV("value")};
    sort_by(v, "id");
    struct plot *p = follow_now(v, &spec);
    auto_str text = STR_INIT;
    assert_true(p->x_is_row);
    assert_true(p->points.ptr[2].x == 4);
    plot_describe_point(p, v, 2, &text);
    assert_sv(str_sv(&text), "row 4  10.0  +10 to the point before");
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void refuses_what_has_no_place_on_an_axis(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_store(state);
    struct view *v = view_test_open(set, snap, "alerts", NULL);
    const struct view_plot text = {.kind = PLOT_LINE, .y = SV("suite")};
    const struct view_plot code = {.kind = PLOT_HISTOGRAM, .x = SV("status"), .bins = 5};
    const struct view_plot gone = {.kind = PLOT_LINE, .y = SV("nothing")};
    const struct view_plot *specs[] = {&text, &code, &gone};
    for (size_t i = 0; i < COUNTOF(specs); i++) {
        struct plot *p = plot_new(v, specs[i]);
        assert_int_not_equal(p->error.code, ERR_NONE);
        assert_false(plot_follow(p, v, NULL));
        assert_int_equal(plot_point_near(p, 0), SIZE_MAX);
        plot_free(p);
    }
    int amount = view_col_find(v, SV("change_pct"));
    assert_true(amount >= 0);
    struct view_plot spec;
    plot_spec_for(v, (size_t)amount, PLOT_LINE, &spec);
    assert_sv(spec.y, "change_pct");
    assert_sv(spec.x, "created");
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// --- large views --------------------------------------------------------------------------------

static void write_many(void **state) {
    auto_str csv = STR_INIT;
    str_add_cstr(&csv, "signature_id,duration_minutes\n");
    for (int i = 1; i <= MANY; i++) {
        str_addf(&csv, "%d,%d.5\n", i, (i * 37) % 1000);
    }
    view_test_write(state, "job_durations.csv", str_cstr(&csv));
    view_test_import(state, "job_durations.csv");
}

// Of very many points a picture is made of fewer; none that stands out is missing.
static void the_greatest_of_very_many_points_stay(void **state) {
    auto_str csv = STR_INIT;
    str_add_cstr(&csv, "signature_id,duration_minutes\n");
    for (int i = 0; i < PLOT_THIN_FROM + 1000; i++) {
        str_addf(&csv, "%d,%s\n", i + 1, i == 77777 ? "900.00" : i == 150001 ? "1.00" : "50.00");
    }
    view_test_write(state, "job_durations.csv", str_cstr(&csv));
    view_test_import(state, "job_durations.csv");
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    sort_by(v, "signature_id");
    const struct view_plot spec = {.kind = PLOT_LINE, .x = SV("signature_id"), .y = SV("minutes")};
    struct plot *p = follow_now(v, &spec);
    const struct plot_points *pts = &p->points;
    assert_int_equal(pts->n, PLOT_THIN_FROM + 1000);
    assert_true(pts->n_thin > 10000 && pts->n_thin < PLOT_THIN_FROM / 2 + 4);
    assert_int_equal(pts->thin[0], 0);
    assert_int_equal(pts->thin[pts->n_thin - 1], pts->n - 1);
    size_t n_special = 0;
    for (size_t i = 0; i < pts->n_thin; i++) {
        assert_true(i == 0 || pts->thin[i] > pts->thin[i - 1]);
        n_special += pts->thin[i] == 77777 || pts->thin[i] == 150001;
    }
    assert_int_equal(n_special, 2);
    plot_free(p);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

static void large_views_are_read_on_the_pool(void **state) {
    write_many(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    struct pool *pool = pool_new(2);
    const struct view_plot spec = {.kind = PLOT_LINE, .x = SV("signature_id"), .y = SV("minutes")};
    struct plot *now = follow_now(v, &spec);
    struct plot *p = plot_new(v, &spec);
    assert_true(plot_follow(p, v, pool));
    assert_true(p->running);
    assert_false(plot_follow(p, v, pool)); // under way
    assert_int_equal(p->points.n, 0);
    pool_drain(pool);
    assert_false(p->running);
    assert_int_equal(p->points.n, MANY);
    assert_memory_equal(p->points.of_line, now->points.of_line, MANY * sizeof(uint32_t));
    assert_true(p->points.ptr[MANY - 1].x == MANY);
    // Other rows while it is reading: what was begun is given up.
    sort_by(v, "signature_id");
    assert_true(plot_follow(p, v, pool));
    sort_by(v, "-signature_id");
    assert_true(plot_follow(p, v, pool));
    pool_drain(pool);
    assert_int_equal(p->points.of_line[0], MANY - 1);
    // And when nobody wants it any more.
    sort_by(v, "minutes");
    assert_true(plot_follow(p, v, pool));
    plot_free(p);
    pool_free(pool);
    plot_free(now);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// Millions of values are not counted between a key and its frame.
static void large_histograms_are_counted_on_the_pool(void **state) {
    write_many(state);
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "durations", NULL);
    struct pool *pool = pool_new(2);
    const struct view_plot spec = {.kind = PLOT_HISTOGRAM, .x = SV("minutes"), .bins = 10};
    struct plot *p = plot_new(v, &spec);
    assert_true(plot_follow(p, v, pool));
    plot_set_bins(p, 20); // while it is reading
    assert_false(plot_follow(p, v, pool));
    pool_drain(pool);
    assert_true(plot_follow(p, v, pool));
    pool_drain(pool);
    assert_int_equal(p->bins.n_bins, 20);
    plot_set_bins(p, 40);
    assert_true(plot_follow(p, v, pool));
    assert_true(p->running);
    assert_int_equal(p->bins.n_bins, 20); // shown until the others are there
    assert_int_equal(p->points.n, MANY);
    pool_drain(pool);
    assert_false(p->running);
    assert_false(plot_follow(p, v, pool));
    assert_int_equal(p->bins.n_bins, 40);
    assert_int_equal(p->bins.n, MANY);
    // Other rows while it is counting, and nobody who wants it any more.
    plot_set_bins(p, 5);
    assert_true(plot_follow(p, v, pool));
    filter_and_run(v, SV("signature_id<=55000"));
    assert_true(plot_follow(p, v, pool));
    pool_drain(pool);
    assert_int_equal(p->bins.n_bins, 5);
    assert_int_equal(p->bins.n, 55000);
    plot_set_bins(p, 6);
    assert_true(plot_follow(p, v, pool));
    plot_cancel(p);
    plot_free(p);
    pool_free(pool);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(bins_are_those_of_the_vectors),
        unit_test_in_dir(other_numbers_of_bins),
        unit_test_in_dir(filters_of_small_and_large_edges),
        unit_test_in_dir(lines_go_along_x_in_any_order_of_rows),
        unit_test_in_dir(says_what_stands_at_a_point),
        unit_test_in_dir(computed_values_are_rounded),
        unit_test_in_dir(bins_of_whole_numbers_have_whole_ends),
        unit_test_in_dir(bins_of_one_instant_and_of_near_ones),
        unit_test_in_dir(strips_keep_the_order_of_rows),
        unit_test_in_dir(without_x_the_rows_are_counted),
        unit_test_in_dir(refuses_what_has_no_place_on_an_axis),
        unit_test_in_dir(the_greatest_of_very_many_points_stay),
        unit_test_in_dir(large_views_are_read_on_the_pool),
        unit_test_in_dir(large_histograms_are_counted_on_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
