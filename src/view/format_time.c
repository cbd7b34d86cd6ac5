// Instants and spans.
#include "view/format_int.h"

#include <math.h>

#include "base/date.h"

// Days since 1970-01-01 of an instant, also before it.
static int64_t day_of(int64_t at_us) {
    int64_t day = at_us / US_PER_DAY;
    return at_us % US_PER_DAY < 0 ? day - 1 : day;
}

// Working time from a fixed Monday to the instant. 1970-01-05 was a Monday.
static int64_t working_since_monday(int64_t at_us) {
    int64_t day = day_of(at_us) - 4;
    int64_t in_day = at_us - day_of(at_us) * US_PER_DAY;
    int64_t week = day / 7 - (day % 7 < 0);
    int64_t weekday = day - week * 7;
    int64_t whole = week * 5 + (weekday < 5 ? weekday : 5);
    return whole * US_PER_DAY + (weekday < 5 ? in_day : 0);
}

int64_t working_span_us(int64_t from_us, int64_t to_us) {
    return working_since_monday(to_us) - working_since_monday(from_us);
}

static bool is_time(const struct column *c, struct cell cell, struct str *out) {
    if (c->class == CLASS_TIME) {
        return true;
    }
    struct sv role;
    cell_format_find(SV("text"))->write(NULL, c, cell, out, &role);
    return false;
}

void format_datetime(const struct format_env *env, const struct column *c, struct cell cell,
                     struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    if (is_time(c, cell, out)) {
        str_add_datetime(out, arrow_get_i64(cell.col, cell.slot));
    }
}

void format_date(const struct format_env *env, const struct column *c, struct cell cell,
                 struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    size_t from = out->len;
    if (is_time(c, cell, out)) {
        str_add_datetime(out, arrow_get_i64(cell.col, cell.slot));
        for (size_t i = from; i < out->len; i++) {
            if (out->ptr[i] == ' ') {
                str_cut(out, i);
            }
        }
    }
}

void format_age(const struct format_env *env, const struct column *c, struct cell cell,
                struct str *out, struct sv *role) {
    if (is_time(c, cell, out)) {
        int64_t age_us = env->now_us - arrow_get_i64(cell.col, cell.slot);
        // A clock that is fixed, or behind that of the service, sees times ahead of it.
        if (age_us < 0) {
            str_add_cstr(out, "just now");
        } else {
            str_add_span(out, age_us);
        }
        *role = SV("age");
    }
}

// The sign is always written: what is overdue by an hour must not look like an hour left.
void format_due(const struct format_env *env, const struct column *c, struct cell cell,
                struct str *out, struct sv *role) {
    if (!is_time(c, cell, out)) {
        return;
    }
    int64_t due = arrow_get_i64(cell.col, cell.slot);
    int64_t left = working_span_us(env->now_us, due);
    bool overdue = due < env->now_us;
    str_add_cstr(out, overdue ? "-" : "+");
    str_add_span(out, left < 0 ? -left : left);
    if (overdue) {
        *role = SV("problem");
    }
}

// --- spans --------------------------------------------------------------------------------------

static void add_span(struct str *out, double seconds) {
    double size = fabs(seconds);
    if (seconds < 0) {
        str_add_byte(out, '-');
    }
    if (size < 59.95) {
        str_addf(out, "%.1fs", size);
    } else if (size < 3599.5) {
        int64_t s = llround(size);
        str_addf(out, "%lldm%02llds", (long long)(s / 60), (long long)(s % 60));
    } else if (size < 1e15) {
        int64_t m = llround(size / 60);
        str_addf(out, "%lldh%02lldm", (long long)(m / 60), (long long)(m % 60));
    } else {
        str_addf(out, "%.3gh", size / 3600);
    }
}

void format_span_ms(const struct format_env *env, const struct column *c, struct cell cell,
                    struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double ms;
    if (!format_number(c, cell, out, &ms)) {
        return;
    }
    if (fabs(ms) < 999.5) {
        str_addf(out, "%.0fms", ms);
    } else {
        add_span(out, ms / 1000);
    }
}

void format_span_s(const struct format_env *env, const struct column *c, struct cell cell,
                   struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double seconds;
    if (!format_number(c, cell, out, &seconds)) {
        return;
    }
    if (fabs(seconds) < 59.95 && seconds == floor(seconds)) {
        str_addf(out, "%.0fs", seconds);
    } else {
        add_span(out, seconds);
    }
}

void format_span_minutes(const struct format_env *env, const struct column *c, struct cell cell,
                         struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double minutes;
    if (!format_number(c, cell, out, &minutes)) {
        return;
    }
    if (fabs(minutes) < 0.995) {
        str_addf(out, "%.0fs", minutes * 60);
    } else if (fabs(minutes) < 59.95) {
        str_addf(out, "%.1fm", minutes);
    } else {
        add_span(out, minutes * 60);
    }
}
