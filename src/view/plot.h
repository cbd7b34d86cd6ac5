// What a plot shows of the rows of a view: points, or the bins of a histogram. No terminal in here;
// `ui` draws it.
//
// A plot follows its view: plot_follow() looks whether the rows have changed since and reads the
// plotted columns again, large views on the job pool. Owner: the thread of the view.
#ifndef CULPRIT_VIEW_PLOT_H
#define CULPRIT_VIEW_PLOT_H

#include "base/stats.h"
#include "view/view.h"

#define PLOT_NO_POINT UINT32_MAX

// From this many points on a picture is made of fewer, so that a key never waits for it.
enum { PLOT_THIN_FROM = 200000 };

struct plot_point {
    double x, y;
    uint32_t line; // its row in the view
    bool marked;
};

struct plot_points {
    // Line and strip: ascending in x, so that rows that stand side by side are points side by side:
    // equal ones in the order of the rows, or in the opposite one where the rows run downwards in
    // x. A strip has a point for each row that has a value; its x is the row's place in the view,
    // from 0.
    struct plot_point *ptr;
    size_t n;
    uint32_t *of_line;    // by row of the view; PLOT_NO_POINT = the row has no value
    double least_above_0; // of y, for a logarithmic axis; 0 = there is none
    size_t n_marked;
    // Of very many points those that a picture needs: the first, last, least and greatest of each
    // few in a row; ascending. NULL = all.
    uint32_t *thin;
    size_t n_thin;
    double *values;   // of a histogram, `n` of them, in the order of the rows
    size_t n_rows;    // of the view when the points were taken
    size_t n_without; // rows left out: no value, or not a finite one
};

struct plot_job;

struct plot {
    // What is plotted. Texts belong to the plot, and those with {NAME} are filled in.
    struct view_plot spec;
    struct sv unit;   // of the plotted values; empty = none
    struct sv x_unit; // of a line's x
    bool x_is_time;
    bool x_is_row;           // no x column: points stand at the number of their row, from 1
    bool x_is_int, y_is_int; // whole numbers: labels need no decimals
    bool y_is_derived;       // computed here: digits beyond the sixth tell nothing
    struct err error;        // why there is nothing to draw

    struct plot_points points;
    struct histogram bins; // n_bins 0 = not a histogram, or not made yet

    bool running; // a job is reading newer rows, or counts other bins; what is there is the former
    uint64_t version; // grows with every change of the points
    struct plot_job *job;
    uint64_t rows_version; // of the view that the points belong to, plus 1; 0 = of none
    struct arena arena;
};

// Never fails: what cannot be plotted has `error` set. The texts of `spec` are copied.
struct plot *plot_new(const struct view *v, const struct view_plot *spec) MUST_USE;
void plot_free(struct plot *p);
// True when the points have changed or are about to. `pool` NULL: at once in any case.
bool plot_follow(struct plot *p, const struct view *v, struct pool *pool);
// Gives up a job that is under way: the plot says so and stays without points.
void plot_cancel(struct plot *p);
// Other bins of the same values; plot_follow() counts them, those of many values on the pool.
void plot_set_bins(struct plot *p, int bins);

// Whether a column of the view has a place on an axis; times only when they are asked for.
bool plot_can_show(const struct view_col *col, bool times);
// The plot of one column that is not in the view file: over the first shown column of times, else
// over the rows.
void plot_spec_for(const struct view *v, size_t col, enum plot_kind kind, struct view_plot *out);

// The point of a row, else that of the nearest row that has one; SIZE_MAX when there is none.
size_t plot_point_near(const struct plot *p, size_t line);
// The x of a row in numbers, of a strip too; NaN when it has none.
double plot_x_of_row(const struct plot *p, const struct view *v, size_t line);
// The bin of a value, and of a row's value; -1 when it has none.
int plot_bin_of(const struct plot *p, double value);
int plot_bin_of_row(const struct plot *p, const struct view *v, size_t line);

// --- texts --------------------------------------------------------------------------------------
// The point's x as it is said in full: a date and time, a number with its unit, "row 12".
void plot_add_x(const struct plot *p, const struct view *v, size_t line, struct str *out);
// "115.25 ms"
void plot_add_value(const struct plot *p, double y, struct str *out);
// "2025-07-01 13:52  115.25 ms  2b9c12e68e0f  +3.8 % to the point before  alert 45032"; of several
// points with the x before, such as the jobs of a push, the mean counts.
void plot_describe_point(const struct plot *p, const struct view *v, size_t point, struct str *out);
// "bin 7 of 50: 12.4 <= minutes < 14.2  24 of 71 (33.8 %)"
void plot_describe_bin(const struct plot *p, size_t bin, struct str *out);
// The filter that keeps exactly the rows of the bin.
void plot_filter_for_bin(const struct plot *p, size_t bin, struct str *out);

#endif
