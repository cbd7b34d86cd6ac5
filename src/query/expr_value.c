// What a user types behind an operator, as ranges of a column's values: numbers with units, names
// of enumerations, dates with the width that they were written with.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/date.h"
#include "query/filter_int.h"
#include "query/nearest.h"

bool bind_fail(struct bind *b, size_t at, const char *fmt, ...) {
    char why[384];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    b->at = at;
    return err_set(b->err, ERR_USAGE, "position %zu: %s", expr_position(b->text, at), why);
}

// --- units --------------------------------------------------------------------------------------

enum unit_family { UNIT_TIME = 1, UNIT_SIZE, UNIT_PERCENT };

struct unit {
    const char *name;
    enum unit_family family;
    double factor;
};

static const struct unit units[] = {
    {"us", UNIT_TIME, 1},         {"ms", UNIT_TIME, 1e3},     {"s", UNIT_TIME, 1e6},
    {"sec", UNIT_TIME, 1e6},      {"second", UNIT_TIME, 1e6}, {"seconds", UNIT_TIME, 1e6},
    {"m", UNIT_TIME, 6e7},        {"min", UNIT_TIME, 6e7},    {"minute", UNIT_TIME, 6e7},
    {"minutes", UNIT_TIME, 6e7},  {"h", UNIT_TIME, 3.6e9},    {"hour", UNIT_TIME, 3.6e9},
    {"hours", UNIT_TIME, 3.6e9},  {"d", UNIT_TIME, 8.64e10},  {"day", UNIT_TIME, 8.64e10},
    {"days", UNIT_TIME, 8.64e10}, {"w", UNIT_TIME, 6.048e11}, {"b", UNIT_SIZE, 1},
    {"byte", UNIT_SIZE, 1},       {"bytes", UNIT_SIZE, 1},    {"kb", UNIT_SIZE, 0x1p10},
    {"kib", UNIT_SIZE, 0x1p10},   {"mb", UNIT_SIZE, 0x1p20},  {"mib", UNIT_SIZE, 0x1p20},
    {"gb", UNIT_SIZE, 0x1p30},    {"gib", UNIT_SIZE, 0x1p30}, {"%", UNIT_PERCENT, 1},
    {"percent", UNIT_PERCENT, 1}, {"pct", UNIT_PERCENT, 1},
};

static const struct unit *find_unit(struct sv name) {
    for (size_t i = 0; i < COUNTOF(units); i++) {
        if (sv_eq_nocase(name, sv_cstr(units[i].name))) {
            return &units[i];
        }
    }
    return NULL;
}

// A column without a declared unit has the one that its name ends in: duration_ms, diff_bytes.
static struct sv column_unit(const struct column *c) {
    if (c->unit) {
        return sv_cstr(c->unit);
    }
    size_t at = c->name.len;
    while (at > 0 && c->name.ptr[at - 1] != '_') {
        at--;
    }
    struct sv end = sv_from(c->name, at);
    return at > 0 && end.len > 1 && find_unit(end) ? end : SV_NULL;
}

// --- numbers ------------------------------------------------------------------------------------

static size_t number_len(struct sv text) {
    size_t n = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    while (n < text.len && ((text.ptr[n] >= '0' && text.ptr[n] <= '9') || text.ptr[n] == '.')) {
        n++;
    }
    return n;
}

// Turns a number with a unit into one in the column's unit.
static bool scale(struct bind *b, const struct column *c, const struct expr_value *v,
                  struct sv suffix, double *number) {
    struct sv own = column_unit(c);
    const struct unit *from = find_unit(suffix);
    const struct unit *to = find_unit(own);
    if (from && to && from->family == to->family) {
        *number = *number * from->factor / to->factor;
        return true;
    }
    if (own.len && sv_eq_nocase(suffix, own)) {
        return true;
    }
    if (!own.len && sv_is(suffix, "%")) {
        return true;
    }
    if (!own.len) {
        return bind_fail(b, v->at, "%.*s has no unit, \"%.*s\" has; a plain number fits",
                         SV_ARG(c->name), SV_ARG(v->text));
    }
    return bind_fail(b, v->at, "%.*s is in %.*s, \"%.*s\" does not fit", SV_ARG(c->name),
                     SV_ARG(own), SV_ARG(v->text));
}

// The names that fit into a line of the screen; the filter prompt shows one.
static bool unknown_name(struct bind *b, const struct column *c, const struct expr_value *v) {
    enum { LIST_MAX = 32 };
    struct nearest near = {.word = v->text};
    struct str names = STR_INIT;
    bool cut = false;
    for (size_t i = 0; i < c->values->n_names; i++) {
        const struct sv name = sv_cstr(c->values->names[i].name);
        nearest_look(&near, name);
        cut = cut || names.len + name.len > LIST_MAX;
        if (!cut) {
            str_addf(&names, "%s%.*s", i ? ", " : "", SV_ARG(name));
        }
    }
    if (near.best.len) {
        bind_fail(b, v->at, "no %s \"%.*s\"; did you mean %.*s?", c->values->noun, SV_ARG(v->text),
                  SV_ARG(near.best));
    } else {
        bind_fail(b, v->at, "no %s \"%.*s\"; there are %s%s", c->values->noun, SV_ARG(v->text),
                  str_cstr(&names), cut ? ", ..." : "");
    }
    str_done(&names);
    return false;
}

static bool parse_number(struct bind *b, const struct column *c, const struct expr_value *v,
                         double *out) {
    if (num_parse_f64(v->text, out)) {
        return true;
    }
    size_t n = number_len(v->text);
    if (n == 0 || !num_parse_f64(sv_sub(v->text, 0, n), out)) {
        if (c->values) {
            return unknown_name(b, c, v);
        }
        return bind_fail(b, v->at, "%.*s holds numbers; expected one, not \"%.*s\"",
                         SV_ARG(c->name), SV_ARG(v->text));
    }
    return scale(b, c, v, sv_trim(sv_from(v->text, n)), out);
}

static int64_t to_i64(double v) {
    return v >= 0x1p63 ? INT64_MAX : v < -0x1p63 ? INT64_MIN : (int64_t)v;
}

// Integers on the right side of a number that may have a fraction. False = none.
static bool range_of_double(double d, enum expr_op op, struct int_range *out) {
    *out = (struct int_range){INT64_MIN, INT64_MAX};
    switch ((int)op) {
    case OP_LT:
        out->hi = to_i64(ceil(d) - 1);
        return d > -0x1p63;
    case OP_LE:
        out->hi = to_i64(floor(d));
        return d >= -0x1p63;
    case OP_GT:
        out->lo = to_i64(floor(d) + 1);
        return d < 0x1p63;
    case OP_GE:
        out->lo = to_i64(ceil(d));
        return d < 0x1p63;
    default:
        out->lo = out->hi = to_i64(d);
        return d == floor(d) && d >= -0x1p63 && d < 0x1p63;
    }
}

static bool range_of_i64(int64_t v, enum expr_op op, struct int_range *out) {
    *out = (struct int_range){INT64_MIN, INT64_MAX};
    switch ((int)op) {
    case OP_LT:
        out->hi = v == INT64_MIN ? v : v - 1;
        return v != INT64_MIN;
    case OP_LE:
        out->hi = v;
        return true;
    case OP_GT:
        out->lo = v == INT64_MAX ? v : v + 1;
        return v != INT64_MAX;
    case OP_GE:
        out->lo = v;
        return true;
    default:
        out->lo = out->hi = v;
        return true;
    }
}

bool value_int_range(struct bind *b, const struct column *c, const struct expr_value *v,
                     enum expr_op op, struct int_range *out, bool *empty) {
    int64_t exact;
    double d;
    if (num_parse_i64(v->text, &exact) ||
        (c->values && op <= OP_NE && enum_code(c->values, v->text, &exact))) {
        *empty = !range_of_i64(exact, op, out);
        return true;
    }
    if (c->values && op > OP_NE && enum_code(c->values, v->text, &exact)) {
        return bind_fail(b, v->at, "the names of %.*s have no order; use = != or in",
                         SV_ARG(c->name));
    }
    if (!parse_number(b, c, v, &d)) {
        return false;
    }
    *empty = isnan(d) || !range_of_double(d, op, out);
    return true;
}

bool value_float_range(struct bind *b, const struct column *c, const struct expr_value *v,
                       enum expr_op op, struct float_range *out, bool *nan) {
    double d;
    if (!parse_number(b, c, v, &d)) {
        return false;
    }
    const struct arrow_field *field = c->table ? table_field(c->table, (size_t)c->col) : NULL;
    if (field && field->kind == ARROW_F32) {
        d = (double)(float)d; // so that the 0.1 on the screen equals the 0.1 typed
    }
    *nan = isnan(d) && op == OP_EQ;
    *out = (struct float_range){-(double)INFINITY, (double)INFINITY};
    switch ((int)op) {
    case OP_LT:
        out->hi = nextafter(d, -(double)INFINITY);
        break;
    case OP_LE:
        out->hi = d;
        break;
    case OP_GT:
        out->lo = nextafter(d, (double)INFINITY);
        break;
    case OP_GE:
        out->lo = d;
        break;
    default:
        out->lo = out->hi = d;
    }
    // Nothing is beyond an infinity.
    bool beyond = (op == OP_LT && d == -(double)INFINITY) || (op == OP_GT && d == (double)INFINITY);
    if (isnan(d) || beyond) {
        *out = (struct float_range){1, 0};
    }
    return true;
}

bool value_bool(struct bind *b, const struct column *c, const struct expr_value *v, bool *out) {
    static const char *const yes[] = {"true", "yes", "1", "t", "y"};
    static const char *const no[] = {"false", "no", "0", "f", "n"};
    for (size_t i = 0; i < COUNTOF(yes); i++) {
        *out = sv_eq_nocase(v->text, sv_cstr(yes[i]));
        if (*out || sv_eq_nocase(v->text, sv_cstr(no[i]))) {
            return true;
        }
    }
    return bind_fail(b, v->at, "%.*s is true or false, not \"%.*s\"", SV_ARG(c->name),
                     SV_ARG(v->text));
}

// --- dates --------------------------------------------------------------------------------------

static bool all_digits(struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

static int64_t months_behind(int64_t at_us, int n_months) {
    struct civil c;
    date_to_civil(at_us, &c);
    int month = c.month - 1 + n_months;
    return civil_to_days(c.year + month / 12, month % 12 + 1, 1) * US_PER_DAY;
}

// Width of a time of day as written: "HH", "HH:MM", "HH:MM:SS" or without colons.
static int64_t time_width(struct sv time) {
    size_t n_digits = 0;
    for (size_t i = 0; i < time.len; i++) {
        char c = time.ptr[i];
        if (c == '.' || c == ',') {
            return 0;
        }
        if (c != ':' && (c < '0' || c > '9')) {
            break; // the zone
        }
        n_digits += c != ':';
    }
    return n_digits <= 2 ? US_PER_HOUR : n_digits <= 4 ? 60 * US_PER_SEC : US_PER_SEC;
}

// First instant behind what the text means: "2025-02" is a month, "10:30" a minute. Relative times
// and times with a fraction are instants (`at_us` itself comes back).
static int64_t date_end(struct sv text, int64_t at_us) {
    size_t t = 0;
    int64_t span_us;
    if (date_parse_span(text, &span_us)) {
        return at_us;
    }
    while (t < text.len && text.ptr[t] != 'T' && text.ptr[t] != ' ') {
        t++;
    }
    bool digits = all_digits(sv_sub(text, 0, 4));
    if (text.ptr[0] >= '0' && text.ptr[0] <= '9' && sv_find_byte(text, ':') >= 0 && t == text.len) {
        return at_us + time_width(text);
    }
    if (sv_eq_nocase(text, SV("today")) || sv_eq_nocase(text, SV("yesterday"))) {
        return at_us + US_PER_DAY;
    }
    if (!digits) {
        return at_us;
    }
    if (t < text.len) {
        return at_us + time_width(sv_from(text, t + 1));
    }
    bool week = sv_find_byte(text, 'W') >= 0;
    if (text.len == 4) {
        return months_behind(at_us, 12);
    }
    if (text.len == 7 && !week && text.ptr[4] == '-') {
        return months_behind(at_us, 1);
    }
    bool whole_week = week && (text.len == 8 ? text.ptr[4] == '-' : text.len == 7);
    return at_us + (whole_week ? 7 : 1) * US_PER_DAY;
}

bool value_time_range(struct bind *b, const struct column *c, const struct expr_value *v,
                      enum expr_op op, struct int_range *out, bool *empty) {
    int64_t from;
    struct sv text = sv_trim(v->text);
    if (!text.len || !date_parse_user(text, b->env->now_us, &from)) {
        return bind_fail(b, v->at, "%.*s: no date \"%.*s\"; write 2025-02-04, today, -7d",
                         SV_ARG(c->name), SV_ARG(v->text));
    }
    int64_t end = date_end(text, from);
    int64_t last = end > from ? end - 1 : from;
    *empty = false;
    switch ((int)op) {
    case OP_LT:
    case OP_GE:
        *empty = !range_of_i64(from, op, out);
        break;
    case OP_LE:
    case OP_GT:
        *empty = !range_of_i64(last, op, out);
        break;
    default:
        *out = (struct int_range){from, last};
    }
    return true;
}
