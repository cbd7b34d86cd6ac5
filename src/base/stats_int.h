// Sums of doubles (or of their squares) without any rounding, as one long fixed-point number, and
// the correctly rounded results that are taken from them. Private to base/stats.c.
#ifndef CULPRIT_BASE_STATS_INT_H
#define CULPRIT_BASE_STATS_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Limb i stands for limb[i] * 2^(32 i - EXACT_LOW). That holds the square of the least double and
// the sum of as many squares of the greatest one as memory can.
enum { EXACT_LIMBS = 140, EXACT_LOW = 2176 };

struct exact {
    int64_t limb[EXACT_LIMBS];
    uint32_t n_pending; // additions since carries were moved
};

void exact_add(struct exact *sum, double v);        // finite
void exact_add_square(struct exact *sum, double v); // finite
// The sum divided by `n`, rounded once, half to even; n from 1 to 2^53.
double exact_mean(struct exact *sum, uint64_t n);
// The root of (n * squares - sum * sum) / n^2, rounded once: the standard deviation.
double exact_deviation(struct exact *sum, struct exact *squares, uint64_t n);

#endif
