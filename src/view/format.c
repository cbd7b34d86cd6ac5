#include "view/format.h"

#include <math.h>

#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "view/format_int.h"

static int64_t as_i64(struct cell cell) {
    return arrow_get_i64(cell.col, cell.slot);
}

// --- text ---------------------------------------------------------------------------------------

// Anything in its raw form.
static void write_raw(const struct column *c, struct cell cell, struct str *out) {
    switch (c->class) {
    case CLASS_INT:
        str_add_i64(out, as_i64(cell));
        break;
    case CLASS_FLOAT:
        str_add_f64(out, arrow_get_f64(cell.col, cell.slot));
        break;
    case CLASS_BOOL:
        str_add_cstr(out, arrow_get_bool(cell.col, cell.slot) ? "true" : "false");
        break;
    case CLASS_TIME:
        str_add_iso(out, as_i64(cell));
        break;
    case CLASS_TEXT:
        format_add_text(out, cell.col, cell.slot);
        break;
    case CLASS_LIST:
        format_add_list(out, cell);
        break;
    }
}

bool format_number(const struct column *c, struct cell cell, struct str *out, double *v) {
    if (c->class != CLASS_INT && c->class != CLASS_FLOAT) {
        write_raw(c, cell, out);
        return false;
    }
    *v = arrow_get_f64(cell.col, cell.slot);
    return true;
}

static void write_text(const struct format_env *env, const struct column *c, struct cell cell,
                       struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    write_raw(c, cell, out);
}

static void write_first_line(const struct format_env *env, const struct column *c, struct cell cell,
                             struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    if (c->class != CLASS_TEXT) {
        write_raw(c, cell, out);
        return;
    }
    struct sv text = sv_trim(arrow_get_text(cell.col, cell.slot));
    ptrdiff_t end = sv_find_byte(text, '\n');
    str_add_sv(out, end >= 0 ? sv_trim(sv_sub(text, 0, (size_t)end)) : text);
}

static void write_revision(const struct format_env *env, const struct column *c, struct cell cell,
                           struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    size_t from = out->len;
    write_raw(c, cell, out);
    str_cut(out, from + 12);
}

// --- numbers ------------------------------------------------------------------------------------

static void write_int(const struct format_env *env, const struct column *c, struct cell cell,
                      struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    if (c->class == CLASS_FLOAT) {
        str_addf(out, "%.0f", arrow_get_f64(cell.col, cell.slot));
    } else {
        write_raw(c, cell, out);
    }
}

// 1234567 -> 1,234,567
static void add_grouped(struct str *out, int64_t v) {
    char digits[24];
    size_t n = num_format_i64(digits, v);
    size_t first = digits[0] == '-' ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        if (i > first && (n - i) % 3 == 0) {
            str_add_byte(out, ',');
        }
        str_add_byte(out, digits[i]);
    }
}

static void write_count(const struct format_env *env, const struct column *c, struct cell cell,
                        struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    if (c->class == CLASS_INT) {
        add_grouped(out, as_i64(cell));
    } else {
        write_raw(c, cell, out);
    }
}

static void write_float(const struct format_env *env, const struct column *c, struct cell cell,
                        struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double v;
    if (format_number(c, cell, out, &v)) {
        str_addf(out, "%.6g", v);
    }
}

// As "%.*f" of one or two decimals, several times as fast. Where the digit behind the last one is
// about to tip, and for large numbers, printf decides.
static void add_fixed(struct str *out, double v, int decimals) {
    double scaled = fabs(v) * (decimals == 1 ? 10 : 100);
    double whole = floor(scaled);
    double rest = scaled - whole;
    if (!(scaled < 1e11) || fabs(rest - 0.5) < 1e-4) {
        str_addf(out, "%.*f", decimals, v);
        return;
    }
    int64_t digits = (int64_t)whole + (rest > 0.5);
    int64_t unit = decimals == 1 ? 10 : 100;
    if (signbit(v)) {
        str_add_byte(out, '-');
    }
    str_add_i64(out, digits / unit);
    str_add_byte(out, '.');
    if (decimals == 2) {
        str_add_byte(out, (char)('0' + digits % 100 / 10));
    }
    str_add_byte(out, (char)('0' + digits % 10));
}

// Two decimals, as the services round; none where they would only be noise.
static void add_value(struct str *out, double v) {
    if (!isfinite(v)) {
        str_add_f64(out, v);
    } else if (fabs(v) < 100000) {
        add_fixed(out, v, 2);
    } else if (fabs(v) < 9e15) {
        add_grouped(out, (int64_t)llround(v));
    } else {
        str_addf(out, "%.6g", v);
    }
}

static void write_value(const struct format_env *env, const struct column *c, struct cell cell,
                        struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double v;
    if (format_number(c, cell, out, &v)) {
        add_value(out, v);
    }
}

static void write_percent(const struct format_env *env, const struct column *c, struct cell cell,
                          struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double v;
    if (format_number(c, cell, out, &v)) {
        add_fixed(out, v, 1);
        str_add_byte(out, '%');
    }
}

void format_add_change(struct str *out, double v, const char *unit) {
    const char *mark = v > 0 ? "^ +" : v < 0 ? "v -" : "";
    double size = fabs(v);
    if (*unit == '%' && size < 1000000) {
        str_add_cstr(out, mark);
        add_fixed(out, size, 1);
        str_add_cstr(out, unit);
    } else {
        str_add_cstr(out, mark);
        add_value(out, size);
        str_add_cstr(out, unit);
    }
}

static void write_signed_percent(const struct format_env *env, const struct column *c,
                                 struct cell cell, struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double v;
    if (format_number(c, cell, out, &v)) {
        format_add_change(out, v, "%");
    }
}

static void write_bool(const struct format_env *env, const struct column *c, struct cell cell,
                       struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    if (c->class == CLASS_BOOL) {
        str_add_cstr(out, arrow_get_bool(cell.col, cell.slot) ? "yes" : "no");
        return;
    }
    // Some files write 1 and 0; anything else is no answer and stays as it is.
    const size_t from = out->len;
    write_raw(c, cell, out);
    const struct sv text = sv_from(str_sv(out), from);
    const char *answer = sv_is(text, "1") ? "yes" : sv_is(text, "0") ? "no" : NULL;
    if (answer) {
        str_splice(out, from, text.len, sv_cstr(answer));
    }
}

void format_add_bytes(struct str *out, double n_bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double v = n_bytes;
    size_t unit = 0;
    while (fabs(v) >= 999.5 && unit + 1 < COUNTOF(units)) {
        v /= 1024;
        unit++;
    }
    str_addf(out, unit && fabs(v) < 9.95 ? "%.1f %s" : "%.0f %s", v, units[unit]);
}

static void write_bytes(const struct format_env *env, const struct column *c, struct cell cell,
                        struct str *out, struct sv *role) {
    (void)env;
    (void)role;
    double v;
    if (format_number(c, cell, out, &v)) {
        format_add_bytes(out, v);
    }
}

// --- codes --------------------------------------------------------------------------------------

struct status_role {
    const char *name;
    const char *role;
};

// Open: somebody has to look; active: somebody does; done: nothing left to do.
static const struct status_role status_roles[] = {
    {"untriaged", "status_open"},      {"NEW", "status_open"}, {"investigating", "status_active"},
    {"acknowledged", "status_active"}, {"downstream", "dim"},  {"reassigned", "dim"},
};

static const char *status_role(const char *name) {
    for (size_t i = 0; name && i < COUNTOF(status_roles); i++) {
        if (sv_is(sv_cstr(name), status_roles[i].name)) {
            return status_roles[i].role;
        }
    }
    return name ? "status_done" : "";
}

static void write_code(const struct enum_def *def, const struct column *c, struct cell cell,
                       struct str *out, struct sv *role) {
    if (!def || c->class != CLASS_INT) {
        write_raw(c, cell, out);
        return;
    }
    int64_t code = as_i64(cell);
    str_add_enum(out, def, code);
    if (sv_is(sv_cstr(def->noun), "status")) {
        *role = sv_cstr(status_role(enum_name(def, code)));
    }
}

#define CODE_FORMAT(name)                                                                          \
    static void write_##name(const struct format_env *env, const struct column *c,                 \
                             struct cell cell, struct str *out, struct sv *role) {                 \
        (void)env;                                                                                 \
        write_code(enum_find(SV(#name)), c, cell, out, role);                                      \
    }
CODE_FORMAT(summary_status)
CODE_FORMAT(alert_status)
CODE_FORMAT(bug_status)
CODE_FORMAT(framework)
CODE_FORMAT(issue_tracker)

// By the column's own enumeration.
static void write_enum(const struct format_env *env, const struct column *c, struct cell cell,
                       struct str *out, struct sv *role) {
    (void)env;
    write_code(c->values, c, cell, out, role);
}

// --- the table ----------------------------------------------------------------------------------

const struct cell_format cell_formats[] = {
    {"text", "the value as it is", false, write_text, false},
    {"first_line", "the first line of a text", false, write_first_line, false},
    {"int", "a whole number", true, write_int, false},
    {"count", "a whole number with thousands marked: 1,234", true, write_count, false},
    {"float", "up to six digits", true, write_float, false},
    {"value", "a measure with two decimals", true, write_value, false},
    {"percent", "12.5%", true, write_percent, false},
    {"signed_percent", "^ +12.5% or v -12.5%", true, write_signed_percent, false},
    {"bool", "yes or no, also where a file writes 1 and 0", false, write_bool, false},
    {"datetime", "2025-02-05 10:11 (UTC)", false, format_datetime, false},
    {"date", "2025-02-05 (UTC)", false, format_date, false},
    {"age", "time since then: 3h", true, format_age, true},
    {"due", "working time left, or overdue with a minus sign", true, format_due, true},
    {"span_ms", "milliseconds as 300ms, 12.3s, 3m20s", true, format_span_ms, false},
    {"span_s", "seconds as 45s, 3m20s, 3h12m", true, format_span_s, false},
    {"span_minutes", "minutes as 30s, 18.2m, 3h12m", true, format_span_minutes, false},
    {"bytes", "264 kB", true, write_bytes, false},
    {"revision", "the first 12 digits of a hash", false, write_revision, false},
    {"revision_full", "the whole hash", false, write_text, false},
    {"enum", "the name of a code", false, write_enum, false},
    {"summary_status", "state of an alert summary", false, write_summary_status, false},
    {"alert_status", "state of an alert", false, write_alert_status, false},
    {"bug_status", "state of a bug", false, write_bug_status, false},
    {"framework", "name of a performance framework", false, write_framework, false},
    {"issue_tracker", "name of an issue tracker", false, write_issue_tracker, false},
    {"list", "items with commas between", false, format_list, false},
    {"tests", "test/platform of each record", false, format_tests, false},
    {0},
};

bool format_is_plain(const struct cell_format *format, const struct column *c) {
    return format->write == write_text && c->class == CLASS_TEXT && c->table &&
           table_field(c->table, (size_t)c->col)->kind != ARROW_FIXED_BINARY;
}

const struct cell_format *cell_format_find(struct sv name) {
    for (const struct cell_format *f = cell_formats; f->name; f++) {
        if (sv_is(name, f->name)) {
            return f;
        }
    }
    return NULL;
}

static const char *name_for_number(const struct column *c) {
    struct sv unit = sv_cstr(c->unit);
    if (sv_is(unit, "bytes")) {
        return "bytes";
    }
    if (sv_is(unit, "percent")) {
        return "percent";
    }
    return c->class == CLASS_INT ? "int" : "value";
}

static const char *name_for(const struct column *c) {
    if (c->subkey.ptr) {
        return "text";
    }
    switch (c->class) {
    case CLASS_INT:
        return c->values ? "enum" : name_for_number(c);
    case CLASS_FLOAT:
        return name_for_number(c);
    case CLASS_BOOL:
        return "bool";
    case CLASS_TIME:
        return "datetime";
    case CLASS_TEXT:
        return "text";
    case CLASS_LIST:
        return "list";
    }
    return "text";
}

const struct cell_format *cell_format_for(const struct column *c) {
    return cell_format_find(sv_cstr(name_for(c)));
}
