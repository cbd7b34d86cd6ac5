#include "base/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/stats_int.h"

static int compare_f64(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void stats_sort(double *values, size_t n) {
    if (n > 1) {
        qsort(values, n, sizeof *values, compare_f64);
    }
}

static bool all_finite(const double *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            return false;
        }
    }
    return true;
}

static double mean_of(const double *values, size_t n, size_t divisor) {
    if (!all_finite(values, n)) {
        double sum = 0; // infinite or not a number, in whatever order
        for (size_t i = 0; i < n; i++) {
            sum += values[i];
        }
        return sum;
    }
    struct exact sum = {0};
    for (size_t i = 0; i < n; i++) {
        exact_add(&sum, values[i]);
    }
    return exact_mean(&sum, divisor);
}

double stats_fsum(const double *values, size_t n) {
    return mean_of(values, n, 1);
}

double stats_mean(const double *values, size_t n) {
    return mean_of(values, n, n);
}

double stats_pstdev(const double *values, size_t n) {
    if (!all_finite(values, n)) {
        return (double)NAN;
    }
    struct exact sum = {0}, squares = {0};
    for (size_t i = 0; i < n; i++) {
        exact_add(&sum, values[i]);
        exact_add_square(&squares, values[i]);
    }
    return n < 2 ? 0 : exact_deviation(&sum, &squares, n);
}

double stats_median(const double *sorted, size_t n) {
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double stats_geometric_mean(const double *values, size_t n) {
    double sum = 0;
    size_t n_positive = 0;
    for (size_t i = 0; i < n; i++) {
        if (values[i] > 0) {
            sum += log(values[i]);
            n_positive++;
        }
    }
    return n_positive ? exp(sum / (double)n_positive) : (double)NAN;
}

double stats_trimmed_mean(const double *sorted, size_t n, double share) {
    const size_t k = (size_t)(share * (double)n);
    return k && n > 2 * k ? stats_mean(sorted + k, n - 2 * k) : stats_mean(sorted, n);
}

double stats_percentile_nearest(const double *sorted, size_t n, double p) {
    const double at = rint((double)(n - 1) * p / 100);
    return sorted[at <= 0 ? 0 : MIN((size_t)at, n - 1)];
}

double stats_percentile_quantiles(const double *sorted, size_t n, unsigned q) {
    if (n == 1) {
        return sorted[0];
    }
    const size_t m = n - 1, j = MIN((size_t)q * m / 100, m - 1);
    const double d = (double)((size_t)q * m - j * 100);
    return (sorted[j] * (100 - d) + sorted[j + 1] * d) / 100;
}

double stats_percentile_interpolated(const double *sorted, size_t n, double p) {
    const double k = (double)(n - 1) * (p / 100);
    const size_t i = (size_t)k;
    if (i >= n - 1) {
        return sorted[n - 1];
    }
    const double f = k - (double)i;
    return sorted[i] * (1 - f) + sorted[i + 1] * f;
}

// ceil - k and 1 - f are both exact, and so equal: one computation serves both rules.
double stats_percentile_linear(const double *sorted, size_t n, double p) {
    return stats_percentile_interpolated(sorted, n, p);
}

double stats_round(double v, int digits) {
    if (!isfinite(v) || fabs(v) >= 0x1p53) {
        return v; // has no decimals
    }
    // The C library rounds the exact binary value; its radix character may be of any locale, so
    // that only the digits are taken.
    char text[400], number[416];
    snprintf(text, sizeof text, "%.*f", digits, v);
    size_t n = 0;
    for (const char *p = text; *p && n < 380; p++) {
        if (char_is_digit(*p) || *p == '-') {
            number[n++] = *p;
        }
    }
    n += (size_t)snprintf(number + n, sizeof number - n, "e-%d", digits);
    double rounded;
    return num_parse_f64(sv_make(number, n), &rounded) ? rounded : v;
}

// ---- histogram ---------------------------------------------------------------------------------

static void find_range(struct histogram *h, const double *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            h->min = h->n && h->min < values[i] ? h->min : values[i];
            h->max = h->n && h->max > values[i] ? h->max : values[i];
            h->n++;
        }
    }
}

static void make_edges(struct histogram *h, double from, double to) {
    const double width = to - from, bins = (double)h->n_bins;
    const double step = isfinite(width) ? width / bins : to / bins - from / bins;
    for (size_t i = 0; i < h->n_bins; i++) {
        h->edges[i] = (double)i * step + from;
    }
    h->edges[h->n_bins] = to;
}

static size_t bin_of(const struct histogram *h, double v) {
    const double from = h->edges[0], to = h->edges[h->n_bins];
    // Halves, so that the width of the widest range is finite; that of the narrowest may be 0.
    const double half_width = to / 2 - from / 2;
    const double share = half_width > 0 ? (v / 2 - from / 2) / half_width : 0;
    size_t i = MIN((size_t)(share * (double)h->n_bins), h->n_bins - 1);
    // Scaling may miss by one where a value lies on an edge; the edges decide.
    while (i > 0 && v < h->edges[i]) {
        i--;
    }
    while (i + 1 < h->n_bins && v >= h->edges[i + 1]) {
        i++;
    }
    return i;
}

void histogram_make(struct histogram *h, const double *values, size_t n, size_t n_bins) {
    *h = (struct histogram){.n_bins = n_bins};
    h->counts = xcalloc(n_bins, sizeof *h->counts);
    h->edges = xcalloc(n_bins + 1, sizeof *h->edges);
    find_range(h, values, n);
    const double widen = h->n && h->min == h->max ? 0.5 : 0;
    make_edges(h, h->min - widen, h->n ? h->max + widen : 1);
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            h->counts[bin_of(h, values[i])]++;
        }
    }
}

void histogram_done(struct histogram *h) {
    free(h->counts);
    free(h->edges);
    *h = (struct histogram){0};
}

uint64_t histogram_most(const struct histogram *h) {
    uint64_t most = 0;
    for (size_t i = 0; i < h->n_bins; i++) {
        most = MAX(most, h->counts[i]);
    }
    return most;
}
