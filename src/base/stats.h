// Statistics with the rounding rules of Python's libraries, so that numbers are equal to the last
// digit. Each function names the rule it follows; spec texts call for different ones. Arrays of
// values are ascending where `sorted` is said and never change.
#ifndef CULPRIT_BASE_STATS_H
#define CULPRIT_BASE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

void stats_sort(double *values, size_t n); // ascending; NaN must not be among them

// Correctly rounded sum (as Python's math.fsum). n = 0 gives 0.
double stats_fsum(const double *values, size_t n);
// Correctly rounded mean of the exact sum (as Python's statistics.mean of floats); n > 0.
double stats_mean(const double *values, size_t n);
// Standard deviation of the population (statistics.pstdev), 0 for one value.
double stats_pstdev(const double *values, size_t n);
// The middle value or the mean of the two middle ones; n > 0.
double stats_median(const double *sorted, size_t n);
// Geometric mean of the values above 0: exp(mean of ln), their logarithms added in the order given;
// NaN when there are none.
double stats_geometric_mean(const double *values, size_t n);
// Mean of what stays when floor(share * n) values are cut off at each end; of all when nothing
// would stay (k = 0 or 2k >= n).
double stats_trimmed_mean(const double *sorted, size_t n, double share);

// Percentiles; `p` in percent, n > 0:
// nearest rank: sorted[round-half-even((n - 1) * p / 100)];
double stats_percentile_nearest(const double *sorted, size_t n, double p);
// exact: q = p is a whole number; with m = n - 1: j = floor(q m / 100), d = q m mod 100:
// (x[j] (100 - d) + x[j+1] d) / 100, j at most m - 1 (statistics.quantiles, inclusive). One value
// stands for itself.
double stats_percentile_quantiles(const double *sorted, size_t n, unsigned q);
// linear: k = (n - 1) * (p / 100), x[floor] * (ceil - k) + x[ceil] * (k - floor).
double stats_percentile_linear(const double *sorted, size_t n, double p);
// interpolated: the same k, i = floor(k), f = k - i: x[i] * (1 - f) + x[i+1] * f.
double stats_percentile_interpolated(const double *sorted, size_t n, double p);

// Round half even of the exact binary value to `digits` decimals (Python's round()).
double stats_round(double v, int digits);

// Equal bins from the least to the greatest value (numpy.histogram with a number of bins): bin i
// holds edges[i] <= v < edges[i+1], the last one its upper edge too. One single value is widened by
// 0.5 to either side; without values the range is 0 to 1.
struct histogram {
    size_t n_bins;
    uint64_t *counts; // n_bins
    double *edges;    // n_bins + 1
    uint64_t n;       // values counted; those that are not finite are left out
    double min, max;  // of the values counted
};
void histogram_make(struct histogram *h, const double *values, size_t n, size_t n_bins);
void histogram_done(struct histogram *h);
uint64_t histogram_most(const struct histogram *h); // the highest count

#endif
