#include "base/stats.h"

#include <float.h>
#include <math.h>

#include "base/array.h"
#include "base/file.h"
#include "base/json.h"
#include "unit.h"

#define UNITS CORPUS "/mozilla-perf/units/"

struct numbers ARRAY_BODY(double);

static void numbers_of(const json_t *list, struct numbers *out) {
    array_clear(out);
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) {
        array_push(out, json_number_value(v));
    }
}

static void assert_f64(double got, double want) {
    if (got != want && !(isnan(got) && isnan(want))) {
        print_error("got %.17g, want %.17g\n", got, want);
        fail();
    }
}

// A number, or null for "not there".
static void assert_json(double got, const json_t *want) {
    assert_non_null(want);
    assert_f64(got, json_is_null(want) ? (double)NAN : json_number_value(want));
}

// Calls fn with each record of a file of vectors; fails when there are fewer than `least`.
static void each_record(const char *name, size_t least, void (*fn)(const json_t *record)) {
    struct str text = {0};
    struct err err = ERR_INIT;
    assert_true(file_read(name, 1 << 20, &text, &err));
    struct sv rest = str_sv(&text), line;
    size_t n = 0;
    while (sv_split(&rest, '\n', &line)) {
        if (line.len) {
            auto_json *record = json_parse(line, name, &err);
            assert_non_null(record);
            fn(record);
            n++;
        }
    }
    assert_true(n >= least);
    str_done(&text);
}

// ---- the vectors -------------------------------------------------------------------------------

static void check_count_stats(const json_t *record) {
    struct numbers x = {0};
    numbers_of(json_object_get(record, "counts"), &x);
    const char *json = json_string_value(json_object_get(record, "json"));
    if (!json || x.n < 2) {
        // No values give no statistics; for one value the original program stops, here the value
        // stands for all its percentiles.
        assert_true(x.n < 2);
        if (x.n == 1) {
            assert_f64(stats_percentile_quantiles(x.ptr, 1, 99), x.ptr[0]);
        }
        array_done(&x);
        return;
    }
    auto_json *want = json_parse(sv_cstr(json), "counts", NULL);
    stats_sort(x.ptr, x.n);
    assert_json(stats_round(stats_mean(x.ptr, x.n), 2), json_object_get(want, "mean_jobs"));
    assert_json(stats_round(stats_median(x.ptr, x.n), 2), json_object_get(want, "median_jobs"));
    assert_json(x.ptr[0], json_object_get(want, "min_jobs"));
    assert_json(x.ptr[x.n - 1], json_object_get(want, "max_jobs"));
    assert_json(stats_round(stats_trimmed_mean(x.ptr, x.n, 0.10), 2),
                json_object_get(want, "trimmed_mean_10pct"));
    assert_json(stats_round(stats_geometric_mean(x.ptr, x.n), 2),
                json_object_get(want, "geometric_mean"));
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(want, "percentiles"), name, value) {
        const unsigned q = (unsigned)atoi(name);
        assert_json(stats_round(stats_percentile_quantiles(x.ptr, x.n, q), 2), value);
    }
    array_done(&x);
}

static void counts_like_the_original(void **state) {
    (void)state;
    each_record(UNITS "count_stats.jsonl", 18, check_count_stats);
}

static void check_wait_stats(const json_t *record) {
    struct numbers x = {0};
    numbers_of(json_object_get(record, "waits"), &x);
    const json_t *stats = json_object_get(record, "stats");
    const json_t *want = json_object_get(stats, "seconds");
    const json_t *minutes = json_object_get(stats, "minutes");
    assert_true(json_integer_value(json_object_get(stats, "observations")) == (json_int_t)x.n);
    stats_sort(x.ptr, x.n);
    assert_json(stats_mean(x.ptr, x.n), json_object_get(want, "mean"));
    assert_json(stats_mean(x.ptr, x.n) / 60, json_object_get(minutes, "mean"));
    assert_json(stats_median(x.ptr, x.n), json_object_get(want, "median"));
    assert_json(x.ptr[0], json_object_get(want, "min"));
    assert_json(x.ptr[x.n - 1], json_object_get(want, "max"));
    static const struct {
        const char *name;
        double p;
    } percentiles[] = {{"p25", 25}, {"p75", 75}, {"p90", 90}, {"p95", 95}, {"p99", 99}};
    for (size_t i = 0; i < COUNTOF(percentiles); i++) {
        const double v = stats_percentile_interpolated(x.ptr, x.n, percentiles[i].p);
        assert_json(v, json_object_get(want, percentiles[i].name));
        assert_json(v / 60, json_object_get(minutes, percentiles[i].name));
    }
    array_done(&x);
}

static void waits_like_the_original(void **state) {
    (void)state;
    each_record(UNITS "wait_stats.jsonl", 8, check_wait_stats);
}

static void check_ttc_stats(const json_t *record) {
    struct numbers x = {0};
    numbers_of(json_object_get(record, "values"), &x);
    const json_t *want = json_object_get(record, "stats");
    assert_true(json_integer_value(json_object_get(want, "count")) == (json_int_t)x.n);
    if (x.n) {
        const double mean = stats_fsum(x.ptr, x.n) / (double)x.n;
        assert_json(mean / 3600, json_object_get(want, "mean_hours"));
        assert_json(stats_pstdev(x.ptr, x.n) / 3600, json_object_get(want, "stdev_hours"));
        stats_sort(x.ptr, x.n);
        assert_json(stats_median(x.ptr, x.n) / 3600, json_object_get(want, "median_hours"));
        assert_json(x.ptr[0] / 3600, json_object_get(want, "min_hours"));
        assert_json(x.ptr[x.n - 1] / 3600, json_object_get(want, "max_hours"));
        assert_json(stats_percentile_nearest(x.ptr, x.n, 90) / 3600,
                    json_object_get(want, "p90_hours"));
        assert_json(stats_percentile_nearest(x.ptr, x.n, 95) / 3600,
                    json_object_get(want, "p95_hours"));
        assert_json(stats_percentile_nearest(x.ptr, x.n, 99) / 3600,
                    json_object_get(want, "p99_hours"));
    }
    array_done(&x);
}

static void times_to_culprit_like_the_original(void **state) {
    (void)state;
    each_record(UNITS "ttc_stats.jsonl", 12, check_ttc_stats);
}

static void check_histogram(const json_t *record) {
    struct numbers x = {0};
    numbers_of(json_object_get(record, "values"), &x);
    struct histogram h;
    histogram_make(&h, x.ptr, x.n, 50);
    assert_true(h.n == x.n);
    const json_t *counts = json_object_get(record, "counts");
    const json_t *edges = json_object_get(record, "edges");
    assert_int_equal(json_array_size(counts), 50);
    assert_int_equal(json_array_size(edges), 51);
    uint64_t most = 0;
    for (size_t i = 0; i < 50; i++) {
        const uint64_t want = (uint64_t)json_integer_value(json_array_get(counts, i));
        assert_true(h.counts[i] == want);
        most = MAX(most, want);
    }
    for (size_t i = 0; i < 51; i++) {
        assert_f64(h.edges[i], json_number_value(json_array_get(edges, i)));
    }
    assert_true(histogram_most(&h) == most);
    histogram_done(&h);
    array_done(&x);
}

static void bins_like_the_original(void **state) {
    (void)state;
    each_record(UNITS "histogram50.jsonl", 8, check_histogram);
}

// ---- rounding ----------------------------------------------------------------------------------

static void sums_without_rounding_on_the_way(void **state) {
    (void)state;
    assert_f64(stats_fsum(NULL, 0), 0);
    assert_f64(stats_fsum((double[]){1e100, 1, -1e100}, 3), 1);
    assert_f64(stats_fsum((double[]){1e308, 1e308, -1e308}, 3), 1e308);
    assert_f64(stats_fsum((double[]){DBL_MAX, DBL_MAX}, 2), (double)INFINITY);
    assert_f64(stats_fsum((double[]){-0x1p-1074, 0x1p1000, -0x1p1000}, 3), -0x1p-1074);
    double tenths[10];
    for (size_t i = 0; i < 10; i++) {
        tenths[i] = 0.1;
    }
    assert_f64(stats_fsum(tenths, 10), 1);
    // Ties go to the even digit, and a grain of sand decides one.
    assert_f64(stats_fsum((double[]){1, 0x1p-53}, 2), 1);
    assert_f64(stats_fsum((double[]){1, 0x1p-53, 0x1p-1074}, 3), 1 + 0x1p-52);
    assert_f64(stats_fsum((double[]){-1, -0x1p-53, -0x1p-1074}, 3), -1 - 0x1p-52);
    assert_f64(stats_fsum((double[]){1, (double)INFINITY}, 2), (double)INFINITY);
    assert_true(isnan(stats_fsum((double[]){1, (double)NAN}, 2)));
}

static void means_round_once(void **state) {
    (void)state;
    // The sum is a tie that rounds down; its third as a whole is above that.
    assert_f64(stats_mean((double[]){0.1, 0.2, 0.3}, 3), 0.2);
    assert_f64(stats_mean((double[]){DBL_MAX, DBL_MAX}, 2), DBL_MAX);
    assert_f64(stats_mean((double[]){0x1p-1074, 0, 0}, 3), 0);
    assert_f64(stats_mean((double[]){0x1p-1074, 0x1p-1074, 0}, 3), 0x1p-1074);
    assert_f64(stats_mean((double[]){0x1p-1074, 0}, 2), 0); // half of the least: to even
    assert_f64(stats_mean((double[]){-7}, 1), -7);
}

static void deviations_round_once(void **state) {
    (void)state;
    assert_f64(stats_pstdev((double[]){42}, 1), 0);
    assert_f64(stats_pstdev((double[]){5, 5, 5}, 3), 0);
    assert_f64(stats_pstdev((double[]){2, 4, 4, 4, 5, 5, 7, 9}, 8), 2);
    assert_f64(stats_pstdev((double[]){1, 2}, 2), 0.5);
    assert_f64(stats_pstdev((double[]){0, 1, 2}, 3), 0.816496580927726);
    // The usual formula loses every digit of these.
    assert_f64(stats_pstdev((double[]){1e15, 1e15 + 1, 1e15 + 2}, 3), 0.816496580927726);
    assert_f64(stats_pstdev((double[]){-DBL_MAX, DBL_MAX}, 2), DBL_MAX);
    assert_f64(stats_pstdev((double[]){0, 0x1p-1073}, 2), 0x1p-1074);
    assert_true(isnan(stats_pstdev((double[]){1, (double)INFINITY}, 2)));
}

static void rounds_the_exact_binary_value(void **state) {
    (void)state;
    assert_f64(stats_round(2.675, 2), 2.67);
    assert_f64(stats_round(2.665, 2), 2.67);
    assert_f64(stats_round(0.125, 2), 0.12);
    assert_f64(stats_round(0.375, 2), 0.38);
    assert_f64(stats_round(-0.125, 2), -0.12);
    assert_f64(stats_round(2.5, 0), 2);
    assert_f64(stats_round(123456789.125, 2), 123456789.12);
    assert_f64(stats_round(1e300, 2), 1e300);
    assert_f64(stats_round((double)INFINITY, 2), (double)INFINITY);
    assert_true(signbit(stats_round(-0.001, 2)) != 0);
}

static void percentiles_follow_their_rules(void **state) {
    (void)state;
    const double five[] = {1, 2, 3, 4, 5}, six[] = {1, 2, 3, 4, 5, 6};
    assert_f64(stats_percentile_nearest(five, 5, 90), 5); // 3.6 -> 4
    assert_f64(stats_percentile_nearest(six, 6, 90), 5);  // 4.5 -> 4
    assert_f64(stats_percentile_nearest(six, 6, 0), 1);
    assert_f64(stats_percentile_nearest(six, 6, 100), 6);
    assert_f64(stats_percentile_quantiles(five, 5, 100), 5);
    assert_f64(stats_percentile_quantiles(five, 5, 0), 1);
    assert_f64(stats_percentile_linear(five, 5, 100), 5);
    assert_f64(stats_percentile_linear(five, 1, 99), 1);
    assert_f64(stats_percentile_interpolated(five, 5, 100), 5);
    assert_f64(stats_percentile_interpolated(five, 5, 25), 2);
    // The place is rounded before the value is: the last digit shows it.
    const double x[] = {8753, 12232};
    assert_f64(stats_percentile_interpolated(x, 2, 99), 12197.210000000001);
    assert_f64(stats_percentile_linear(x, 2, 99), 12197.210000000001);
    assert_f64(stats_percentile_quantiles(x, 2, 99), 12197.21);
}

static void means_of_few_values(void **state) {
    (void)state;
    assert_true(isnan(stats_geometric_mean((double[]){0, -1}, 2)));
    assert_f64(stats_geometric_mean((double[]){0, 1}, 2), 1);
    // Nine values lose none, twenty lose two at each end.
    const double x[] = {-1000, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5000};
    assert_f64(stats_trimmed_mean(x, 20, 0.10), 1);
    assert_f64(stats_trimmed_mean(x, 9, 0.10), -110.22222222222223);
    assert_f64(stats_trimmed_mean(x, 2, 0.5), -499.5); // nothing would stay
}

static void histograms_of_odd_values(void **state) {
    (void)state;
    struct histogram h;
    histogram_make(&h, NULL, 0, 4);
    assert_true(h.n == 0 && histogram_most(&h) == 0);
    assert_f64(h.edges[0], 0);
    assert_f64(h.edges[4], 1);
    histogram_done(&h);

    const double odd[] = {(double)NAN, 1, (double)INFINITY, 2, -(double)INFINITY, 3};
    histogram_make(&h, odd, COUNTOF(odd), 2);
    assert_true(h.n == 3 && h.counts[0] == 1 && h.counts[1] == 2);
    assert_f64(h.min, 1);
    assert_f64(h.max, 3);
    histogram_done(&h);

    // Wider than a double can say, and narrower.
    const double wide[] = {-DBL_MAX, 0, DBL_MAX};
    histogram_make(&h, wide, 3, 2);
    assert_true(h.counts[0] == 1 && h.counts[1] == 2);
    histogram_done(&h);
    const double narrow[] = {1e300, 1e300};
    histogram_make(&h, narrow, 2, 3);
    assert_true(h.counts[0] + h.counts[1] + h.counts[2] == 2);
    histogram_done(&h);
    const double least[] = {0, 0x1p-1074};
    histogram_make(&h, least, 2, 50);
    assert_true(h.n == 2);
    histogram_done(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_like_the_original),
        cmocka_unit_test(waits_like_the_original),
        cmocka_unit_test(times_to_culprit_like_the_original),
        cmocka_unit_test(bins_like_the_original),
        cmocka_unit_test(sums_without_rounding_on_the_way),
        cmocka_unit_test(means_round_once),
        cmocka_unit_test(deviations_round_once),
        cmocka_unit_test(rounds_the_exact_binary_value),
        cmocka_unit_test(percentiles_follow_their_rules),
        cmocka_unit_test(means_of_few_values),
        cmocka_unit_test(histograms_of_odd_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
