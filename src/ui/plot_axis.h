// Axes of plots: where a value stands, which round values are named, and how. Numbers, whole
// numbers and instants (microseconds); linear or logarithmic. Pure functions.
#ifndef CULPRIT_UI_PLOT_AXIS_H
#define CULPRIT_UI_PLOT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct plot_axis {
    double lo, hi; // lo < hi; above 0 when `log`
    bool log;
    bool time;
    bool whole; // values are whole numbers: so are ticks, and labels have no decimals
};

// 0 at `lo`, 1 at `hi`; beyond them outside of 0..1. A logarithmic axis puts what is not above 0 at
// minus infinity.
double plot_axis_place(const struct plot_axis *axis, double value);
double plot_axis_value(const struct plot_axis *axis, double place);

// Round values from `lo` to `hi`, ascending, at most `max` of them. `*step` is what lies between
// two (0 on a logarithmic axis), for plot_axis_label().
size_t plot_axis_ticks(const struct plot_axis *axis, size_t max, double *out, double *step);

// A value as finely as `step` needs it: "115", "115.2", "1,200", "2025-07-01", "13:45".
void plot_axis_label(const struct plot_axis *axis, double value, double step, struct str *out);
// The end of an axis: a thousandth of the whole counts; an instant with its date and, where the
// axis is less than three days long, its time.
void plot_axis_end_label(const struct plot_axis *axis, double value, struct str *out);

#endif
