#include "ui/plot_axis.h"

#include <math.h>

#include "base/date.h"
#include "base/num.h"

enum { DAYS_SHORT = 3, MAX_DECIMALS = 9 };

double plot_axis_place(const struct plot_axis *axis, double value) {
    if (axis->log) {
        return value > 0 ? log(value / axis->lo) / log(axis->hi / axis->lo) : -(double)INFINITY;
    }
    return (value - axis->lo) / (axis->hi - axis->lo);
}

double plot_axis_value(const struct plot_axis *axis, double place) {
    if (axis->log) {
        return axis->lo * pow(axis->hi / axis->lo, place);
    }
    return axis->lo + (axis->hi - axis->lo) * place;
}

// --- numbers ------------------------------------------------------------------------------------

// 1, 2 or 5 times a power of ten, at least `least`.
static double round_step(double least, bool whole) {
    double unit = pow(10, floor(log10(least)));
    double factor = least / unit;
    double step = unit * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    return whole && step < 1 ? 1 : step;
}

// At most max + 1, the last of which does not count.
static size_t multiples(const struct plot_axis *axis, double step, size_t max, double *out) {
    const double first = ceil(axis->lo / step - 1e-9);
    const double near = step * 1e-9;
    size_t n = 0;
    while (n <= max && (first + (double)n) * step <= axis->hi + near) {
        if (n < max) {
            out[n] = (first + (double)n) * step + 0.0; // and not -0
        }
        n++;
    }
    return n;
}

static size_t number_ticks(const struct plot_axis *axis, size_t max, double *out, double *step) {
    double least = (axis->hi - axis->lo) / (double)max;
    size_t n;
    do {
        *step = round_step(least, axis->whole);
        n = multiples(axis, *step, max, out);
        least = *step * 1.5;
    } while (n > max);
    return n;
}

// Powers of ten; with few of them also 2 and 5 times them.
static size_t log_ticks(const struct plot_axis *axis, size_t max, double *out) {
    static const double factors[] = {1, 2, 5};
    double n_powers = floor(log10(axis->hi)) - ceil(log10(axis->lo)) + 1;
    size_t n_factors = (n_powers + 1) * 3 <= (double)max ? COUNTOF(factors) : 1;
    double skip = MAX(1, ceil(n_powers / (double)max));
    size_t n = 0;
    const double first = n_factors > 1 ? floor(log10(axis->lo)) : ceil(log10(axis->lo));
    for (int k = 0; n < max && pow(10, first + k * skip) <= axis->hi; k++) {
        for (size_t i = 0; i < n_factors && n < max; i++) {
            double at = pow(10, first + k * skip) * factors[i];
            if (at >= axis->lo && at <= axis->hi && (!axis->whole || at >= 1)) {
                out[n++] = at;
            }
        }
    }
    return n;
}

static int decimals_of(double step) {
    return step > 0 && step < 1 ? MIN(MAX_DECIMALS, (int)ceil(-log10(step) - 1e-9)) : 0;
}

// 1234567 -> "1,234,567"
static void add_grouped(struct str *out, double value) {
    char digits[32];
    size_t n = num_format_i64(digits, (int64_t)llround(fabs(value)));
    str_add_cstr(out, value < 0 && !(n == 1 && digits[0] == '0') ? "-" : "");
    for (size_t i = 0; i < n; i++) {
        str_add_byte(out, digits[i]);
        if ((n - 1 - i) % 3 == 0 && i + 1 < n) {
            str_add_byte(out, ',');
        }
    }
}

static void add_number(struct str *out, double value, int decimals) {
    double size = fabs(value);
    if (size >= 1e9 || (size > 0 && size < 1e-6)) {
        str_addf(out, "%.4g", value);
    } else if (decimals == 0) {
        add_grouped(out, value);
    } else {
        str_addf(out, "%.*f", decimals, value);
    }
}

// --- times --------------------------------------------------------------------------------------

#define US_PER_MINUTE (60 * US_PER_SEC)
static const int64_t time_steps_us[] = {
    US_PER_SEC,    5 * US_PER_SEC,    15 * US_PER_SEC, 30 * US_PER_SEC,
    US_PER_MINUTE, 5 * US_PER_MINUTE, US_PER_HOUR / 4, US_PER_HOUR / 2,
    US_PER_HOUR,   3 * US_PER_HOUR,   6 * US_PER_HOUR, 12 * US_PER_HOUR,
    US_PER_DAY,    2 * US_PER_DAY,    7 * US_PER_DAY,  14 * US_PER_DAY,
};
static const int month_steps[] = {1, 2, 3, 6, 12, 24, 60, 120, 600, 1200};

enum { DAYS_PER_MONTH = 31 };
#define US_PER_MONTH (DAYS_PER_MONTH * US_PER_DAY)

// Times far outside of any calendar stay what can be written.
static int64_t instant(double at) {
    return (int64_t)MAX(-9e18, MIN(at, 9e18));
}

// Weeks begin on Mondays; 1970-01-05 was one.
static size_t span_ticks(const struct plot_axis *axis, int64_t step_us, size_t max, double *out) {
    const double step = (double)step_us;
    const double origin = step_us % (7 * US_PER_DAY) == 0 ? (double)(4 * US_PER_DAY) : 0;
    const double first = ceil((axis->lo - origin) / step);
    size_t n = 0;
    while (n <= max && origin + (first + (double)n) * step <= axis->hi) {
        if (n < max) {
            out[n] = origin + (first + (double)n) * step;
        }
        n++;
    }
    return n;
}

static double month_start(int64_t month) {
    int64_t year = month / 12 - (month % 12 < 0);
    return (double)(civil_to_days(year, (int)(month - year * 12) + 1, 1) * US_PER_DAY);
}

static size_t month_ticks(const struct plot_axis *axis, int step, size_t max, double *out) {
    struct civil c;
    size_t n = 0;
    date_to_civil(instant(axis->lo), &c);
    int64_t month = c.year * 12 + c.month - 1;
    month -= ((month % step) + step) % step;
    for (; month_start(month) <= axis->hi && n <= max; month += step) {
        if (month_start(month) < axis->lo) {
            continue;
        }
        if (n < max) {
            out[n] = month_start(month);
        }
        n++;
    }
    return n;
}

static size_t time_ticks(const struct plot_axis *axis, size_t max, double *out, double *step) {
    double least = (axis->hi - axis->lo) / (double)(max + 1);
    for (size_t i = 0; i < COUNTOF(time_steps_us); i++) {
        *step = (double)time_steps_us[i];
        size_t n = *step < least ? max + 1 : span_ticks(axis, time_steps_us[i], max, out);
        if (n <= max) {
            return n;
        }
    }
    for (size_t i = 0; i < COUNTOF(month_steps); i++) {
        *step = (double)month_steps[i] * (double)US_PER_MONTH;
        size_t n = month_ticks(axis, month_steps[i], max, out);
        if (n <= max) {
            return n;
        }
    }
    return 0;
}

static void add_time(struct str *out, double at, double step) {
    auto_str iso = STR_INIT;
    double second = (double)US_PER_SEC;
    str_add_iso(&iso, instant(floor(at / second) * second));
    struct sv text = str_sv(&iso);
    ptrdiff_t t = sv_find_byte(text, 'T');
    if (t < 0) {
        return;
    }
    if (step >= (double)US_PER_MONTH) {
        str_add_sv(out, sv_sub(text, 0, (size_t)t - 3));
    } else if (step >= (double)US_PER_DAY) {
        str_add_sv(out, sv_sub(text, 0, (size_t)t));
    } else {
        size_t digits = step >= (double)US_PER_MINUTE ? 5 : 8;
        str_add_sv(out, sv_sub(text, (size_t)t + 1, digits));
    }
}

// --- both ---------------------------------------------------------------------------------------

size_t plot_axis_ticks(const struct plot_axis *axis, size_t max, double *out, double *step) {
    *step = 0;
    if (max == 0 || !(axis->hi > axis->lo)) {
        return 0;
    }
    if (axis->time) {
        return time_ticks(axis, max, out, step);
    }
    return axis->log ? log_ticks(axis, max, out) : number_ticks(axis, max, out, step);
}

void plot_axis_label(const struct plot_axis *axis, double value, double step, struct str *out) {
    if (axis->time) {
        add_time(out, value, step);
    } else if (step > 0) {
        add_number(out, value, axis->whole ? 0 : decimals_of(step));
    } else {
        add_number(out, value, axis->whole ? 0 : decimals_of(fabs(value)));
    }
}

void plot_axis_end_label(const struct plot_axis *axis, double value, struct str *out) {
    double span = axis->hi - axis->lo;
    if (!axis->time) {
        double fine = axis->log ? fabs(value) / 100 : span / 1000;
        // A logarithmic axis of whole numbers may begin at half of the least of them.
        const bool whole = axis->whole && !(axis->log && floor(value) != value);
        add_number(out, value, whole ? 0 : axis->whole ? 1 : decimals_of(fine));
        return;
    }
    add_time(out, value, (double)US_PER_DAY);
    if (span < (double)(DAYS_SHORT * US_PER_DAY)) {
        str_add_byte(out, ' ');
        add_time(out, value, span < (double)US_PER_HOUR ? 0 : (double)US_PER_MINUTE);
    }
}
