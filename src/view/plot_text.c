// What is said of a point or a bin in full.
#include <math.h>
#include <stdlib.h>

#include "view/plot.h"
#include "view/view_int.h"

enum { LEAST_DIGITS = 6, MOST_DIGITS = 17 };

// With seconds only where there are any.
static void add_time(struct str *out, int64_t at_us) {
    const int64_t rest = at_us % US_PER_SEC;
    const int64_t second_us = at_us - rest - (rest < 0 ? US_PER_SEC : 0);
    if (second_us % (60 * US_PER_SEC) == 0) {
        str_add_datetime(out, second_us);
        return;
    }
    size_t from = out->len;
    str_add_iso(out, second_us);
    for (size_t i = from; i < out->len; i++) {
        out->ptr[i] = out->ptr[i] == 'T' ? ' ' : out->ptr[i];
    }
}

// A whole number as such, anything else in its shortest exact form.
static void add_number(struct str *out, double v, bool is_int) {
    if (is_int && fabs(v) < 9e15) {
        str_add_i64(out, (int64_t)v);
    } else {
        str_add_f64(out, v);
    }
}

static void add_unit(struct str *out, struct sv unit) {
    if (sv_is(unit, "percent")) {
        str_add_byte(out, '%');
    } else if (unit.len) {
        str_addf(out, " %.*s", SV_ARG(unit));
    }
}

void plot_add_value(const struct plot *p, double y, struct str *out) {
    if (p->y_is_derived && !p->y_is_int) {
        str_addf(out, fabs(y) >= 1e6 && fabs(y) < 1e15 ? "%.0f" : "%.6g", y);
    } else {
        add_number(out, y, p->y_is_int);
    }
    add_unit(out, p->unit);
}

void plot_add_x(const struct plot *p, const struct view *v, size_t line, struct str *out) {
    const struct view_col *x = view_col_named(v, p->spec.x);
    const struct cell cell =
        x && line < v->rows.n ? column_cell(&x->column, v->rows.idx[line]) : (struct cell){0};
    if (p->x_is_row || !x) {
        str_addf(out, "row %zu", line + 1);
    } else if (cell_is_null(cell)) {
        str_add_cstr(out, "-");
    } else if (p->x_is_time) {
        add_time(out, arrow_get_i64(cell.col, cell.slot));
    } else {
        add_number(out, arrow_get_f64(cell.col, cell.slot), p->x_is_int);
        add_unit(out, p->x_unit);
    }
}

// --- a point ------------------------------------------------------------------------------------

static void add_cell(const struct view *v, struct sv name, size_t line, bool label,
                     struct str *out) {
    auto_str scratch = STR_INIT;
    struct view_cell cell;
    int col = name.len ? view_col_find(v, name) : -1;
    if (col < 0) {
        return;
    }
    view_cell(v, line, (size_t)col, &scratch, &cell);
    if (cell.state == CELL_VALUE && cell.text.len) {
        str_add_cstr(out, "  ");
        if (label) {
            str_addf(out, "%.*s ", SV_ARG(v->cols[col].def->label));
        }
        str_add_sv(out, cell.text);
    }
}

// The points that share the x before that of this one; 0 = there is none.
static size_t points_before(const struct plot_points *pts, size_t point, double *mean) {
    const double x = pts->ptr[point].x;
    size_t n = 0;
    *mean = 0;
    while (point > 0 && pts->ptr[point - 1].x == x) {
        point--;
    }
    for (size_t i = point; i > 0 && pts->ptr[i - 1].x == pts->ptr[point - 1].x; i--) {
        n++;
        *mean += (pts->ptr[i - 1].y - *mean) / (double)n;
    }
    return n;
}

static void add_change(const struct plot *p, size_t point, struct str *out) {
    double before;
    const size_t n = points_before(&p->points, point, &before);
    const double change = p->points.ptr[point].y - before;
    if (!n) {
        return;
    }
    if (change == 0) {
        str_add_cstr(out, "  same as ");
    } else if (before == 0) {
        str_addf(out, "  %+.6g to ", change);
    } else {
        const double pct = change / fabs(before) * 100;
        str_addf(out, fabs(pct) < 0.1 ? "  %+.1g %% to " : "  %+.1f %% to ", pct);
    }
    if (n == 1) {
        str_add_cstr(out, "the point before");
    } else {
        str_addf(out, "the mean of the %zu points before", n);
    }
}

void plot_describe_point(const struct plot *p, const struct view *v, size_t point,
                         struct str *out) {
    if (point >= p->points.n) {
        return;
    }
    const struct plot_point *at = &p->points.ptr[point];
    plot_add_x(p, v, at->line, out);
    str_add_cstr(out, "  ");
    plot_add_value(p, at->y, out);
    if (!sv_eq(p->spec.name, p->spec.y)) {
        add_cell(v, p->spec.name, at->line, false, out);
    }
    add_change(p, point, out);
    if (at->marked) {
        add_cell(v, p->spec.mark, at->line, true, out);
    }
}

// --- a bin --------------------------------------------------------------------------------------

static int64_t instant(double at) {
    return (int64_t)MAX(-9e18, MIN(at, 9e18));
}

// As finely as the bins need it: two edges never look the same. Whole numbers are in a bin from the
// first one that is not below its edge.
static void add_edge(const struct plot *p, double edge, double width, struct str *out) {
    if (p->x_is_int && !p->x_is_time && width >= 1 && fabs(edge) < 9e15) {
        str_add_i64(out, (int64_t)ceil(edge));
        return;
    }
    if (!p->x_is_time) {
        const double bins = MAX(fabs(edge), width) / width; // not so for bins without a width
        const int digits = bins >= 1 && bins < 1e14 ? 3 + (int)log10(bins) : MOST_DIGITS;
        str_addf(out, "%.*g", MAX(LEAST_DIGITS, digits), edge);
        return;
    }
    const int64_t at_us = instant(round(edge));
    add_time(out, at_us);
    if (width < (double)US_PER_SEC) {
        const int64_t rest = (at_us % US_PER_SEC + US_PER_SEC) % US_PER_SEC;
        const bool whole_minute = (at_us - rest) % (60 * US_PER_SEC) == 0;
        str_addf(out, "%s.%06d", whole_minute ? ":00" : "", (int)rest);
    }
}

void plot_describe_bin(const struct plot *p, size_t bin, struct str *out) {
    const struct histogram *h = &p->bins;
    if (bin >= h->n_bins) {
        return;
    }
    const bool last = bin + 1 == h->n_bins;
    str_addf(out, "bin %zu of %zu: ", bin + 1, h->n_bins);
    const double width = h->edges[bin + 1] - h->edges[bin];
    add_edge(p, h->edges[bin], width, out);
    str_addf(out, " <= %.*s %s ", SV_ARG(p->spec.x), last ? "<=" : "<");
    add_edge(p, h->edges[bin + 1], width, out);
    if (!p->x_is_time) {
        add_unit(out, p->unit);
    }
    str_addf(out, "  %llu of %llu", (unsigned long long)h->counts[bin], (unsigned long long)h->n);
    if (h->n) {
        str_addf(out, " (%.1f %%)", (double)h->counts[bin] * 100 / (double)h->n);
    }
}

// "1.5e-07" -> "0.00000015": filters know no exponents.
static void add_plain(struct str *out, double v) {
    char text[32];
    struct sv rest = sv_make(text, num_format_f64(text, v));
    const ptrdiff_t e = sv_find_byte(rest, 'e');
    if (e < 0) {
        str_add_sv(out, rest);
        return;
    }
    int64_t exponent = 0;
    struct sv mantissa = sv_sub(rest, 0, (size_t)e);
    if (!num_parse_i64(sv_from(rest, (size_t)e + 1), &exponent)) {
        return;
    }
    char digits[32];
    size_t n = 0;
    int64_t point = 1; // digits before the decimal point
    for (size_t i = 0; i < mantissa.len; i++) {
        if (mantissa.ptr[i] >= '0' && mantissa.ptr[i] <= '9') {
            digits[n++] = mantissa.ptr[i];
        }
    }
    point += exponent;
    str_add_cstr(out, v < 0 ? "-" : "");
    str_add_cstr(out, point <= 0 ? "0." : "");
    for (int64_t i = point; i < 0; i++) {
        str_add_byte(out, '0');
    }
    for (int64_t i = 0; i < MAX((int64_t)n, point); i++) {
        str_add_cstr(out, i && i == point ? "." : "");
        str_add_byte(out, i < (int64_t)n ? digits[i] : '0');
    }
}

// Whole numbers and instants are between two edges when they are between the next whole ones.
static void add_bound(const struct plot *p, const char *op, double edge, struct str *out) {
    const bool whole = p->x_is_time || p->x_is_int;
    const double at = !whole ? edge : sv_is(sv_cstr(op), "<=") ? floor(edge) : ceil(edge);
    str_addf(out, "%.*s%s\"", SV_ARG(p->spec.x), op);
    if (p->x_is_time) {
        str_add_iso(out, instant(at));
    } else if (whole && fabs(at) < 9e15) {
        str_add_i64(out, (int64_t)at);
    } else {
        add_plain(out, at);
    }
    str_add_byte(out, '"');
}

void plot_filter_for_bin(const struct plot *p, size_t bin, struct str *out) {
    const struct histogram *h = &p->bins;
    if (bin >= h->n_bins) {
        return;
    }
    add_bound(p, ">=", h->edges[bin], out);
    str_add_byte(out, ' ');
    add_bound(p, bin + 1 == h->n_bins ? "<=" : "<", h->edges[bin + 1], out);
}
