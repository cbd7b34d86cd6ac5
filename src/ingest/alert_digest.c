// What a summary says about its alerts: counts, the worst change, the title.
#include <math.h>

#include "base/num.h"
#include "ingest/alert.h"

enum { STATUS_DOWNSTREAM = 1, STATUS_REASSIGNED = 2 };

// Which way the values went. The amount decides only where the values do not tell: some sources
// give it without a sign.
static double direction_of(const struct alert *a) {
    const double by_values =
        a->prev_value.has && a->new_value.has ? a->new_value.v - a->prev_value.v : 0;
    return by_values < 0 || by_values > 0 || !a->amount_abs.has ? by_values : a->amount_abs.v;
}

struct rec_f64 alert_change_pct(const struct alert *a) {
    const bool has_values = a->prev_value.has && a->new_value.has;
    if (a->prev_value.has && a->prev_value.v == 0) {
        return (struct rec_f64){0};
    }
    if (has_values && (a->prev_value.v < 0 || !a->amount_pct.has)) {
        const double pct = 100 * (a->new_value.v - a->prev_value.v) / fabs(a->prev_value.v);
        return (struct rec_f64){pct, isfinite(pct)};
    }
    if (!a->amount_pct.has || a->prev_value.v < 0 || !(has_values || a->amount_abs.has)) {
        return (struct rec_f64){0};
    }
    const double size = fabs(a->amount_pct.v);
    return (struct rec_f64){direction_of(a) < 0 ? -size : size, true};
}

// Filed here and still belonging here.
static bool is_own(const struct alert *a, int64_t summary_id) {
    const bool moved = a->status.has &&
                       (a->status.v == STATUS_DOWNSTREAM || a->status.v == STATUS_REASSIGNED) &&
                       !(a->related_summary_id.has && a->related_summary_id.v == summary_id);
    return !a->related && !moved;
}

static bool is_regression(const struct alert *a) {
    return a->is_regression.has && a->is_regression.v;
}

static double size_of(const struct alert *a) {
    const struct rec_f64 pct = alert_change_pct(a);
    return pct.has ? fabs(pct.v) : 0;
}

// Regressions first, then by size, confidence and star; by id so that the order is total. The worst
// alert is thereby the one whose percentage the title begins with: two numbers that disagree on one
// screen would be trusted by nobody.
static bool is_worse(const struct alert *a, const struct alert *b) {
    if (is_regression(a) != is_regression(b)) {
        return is_regression(a);
    }
    const double size_a = size_of(a), size_b = size_of(b);
    if (size_a < size_b || size_a > size_b) {
        return size_a > size_b;
    }
    const double t_a = a->t_value.has ? a->t_value.v : 0, t_b = b->t_value.has ? b->t_value.v : 0;
    if (t_a < t_b || t_a > t_b) {
        return t_a > t_b;
    }
    if (a->starred.v != b->starred.v) {
        return a->starred.v;
    }
    return a->id.v < b->id.v;
}

static bool has_id(const struct id_list *sorted, int64_t id) {
    return sorted->n && bsearch(&id, sorted->ptr, sorted->n, sizeof *sorted->ptr, compare_i64);
}

size_t alerts_drop_repeated(struct alert *list, size_t n, struct id_list *ids) {
    array_clear(ids);
    for (size_t i = 0; i < n; i++) {
        if (!list[i].related && list[i].id.has) {
            array_push(ids, list[i].id.v);
        }
    }
    if (ids->n > 1) {
        qsort(ids->ptr, ids->n, sizeof *ids->ptr, compare_i64);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct alert *a = &list[i];
        if (!a->related || !a->id.has || !has_id(ids, a->id.v)) {
            list[kept++] = *a;
        }
    }
    return kept;
}

// Distinct ids among all alerts or the regressions; alerts without an id count one each.
static int32_t count_ids(struct alerts_slice list, struct id_list *ids, bool regressions_only) {
    int32_t n = 0;
    array_clear(ids);
    for (size_t i = 0; i < list.n; i++) {
        const struct alert *a = &list.ptr[i];
        if (regressions_only && !is_regression(a)) {
            continue;
        }
        if (a->id.has) {
            array_push(ids, a->id.v);
        } else {
            n++;
        }
    }
    if (ids->n > 1) {
        qsort(ids->ptr, ids->n, sizeof *ids->ptr, compare_i64);
    }
    for (size_t i = 0; i < ids->n; i++) {
        n += i == 0 || ids->ptr[i] != ids->ptr[i - 1];
    }
    return n;
}

// --- title ---

static const struct {
    const char *prefix, *name;
} systems[] = {
    {"linux", "Linux"}, {"macos", "macOS"},     {"osx", "macOS"},
    {"win", "Windows"}, {"android", "Android"},
};

static struct sv system_of(struct sv platform) {
    for (size_t i = 0; i < COUNTOF(systems); i++) {
        const struct sv prefix = sv_cstr(systems[i].prefix);
        if (sv_eq_nocase(sv_sub(platform, 0, prefix.len), prefix)) {
            return sv_cstr(systems[i].name);
        }
    }
    return platform;
}

static bool same_test(const struct alert *a, const struct alert *b) {
    return sv_eq(a->test, b->test) && sv_eq(a->suite, b->suite);
}

enum { MAX_NAMED = 64 }; // of the tests and systems that the title tells apart

struct title {
    const struct alert *tests[MAX_NAMED];
    struct sv systems[MAX_NAMED];
    size_t n_tests, n_systems;
    const struct alert *max, *min; // by size of the change
};

static double size_of_change(const struct alert *a) {
    const struct rec_f64 pct = alert_change_pct(a);
    return pct.has ? fabs(pct.v) : -1;
}

static void title_take(struct title *t, const struct alert *a) {
    if (!t->max || size_of_change(a) > size_of_change(t->max)) {
        t->max = a;
    }
    if (size_of_change(a) >= 0 && (!t->min || size_of_change(a) < size_of_change(t->min))) {
        t->min = a;
    }
    size_t i = 0;
    while (i < t->n_tests && !same_test(t->tests[i], a)) {
        i++;
    }
    if (i == t->n_tests && i < MAX_NAMED) {
        t->tests[t->n_tests++] = a;
    }
    const struct sv system = system_of(a->platform);
    for (i = 0; i < t->n_systems && !sv_eq(t->systems[i], system); i++) {
    }
    if (i == t->n_systems && i < MAX_NAMED && system.len) {
        t->systems[t->n_systems++] = system;
    }
}

// At most two decimals, none when there are none.
static void add_number(struct str *out, double v) {
    const double rounded = round(v * 100) / 100;
    str_add_f64(out, isfinite(rounded) ? rounded : v);
    if (sv_ends(str_sv(out), SV(".0"))) {
        str_cut(out, out->len - 2);
    }
}

static void add_test(struct str *out, const struct alert *a) {
    str_add_sv(out, a->suite);
    // A suite's own summary has no test name, or the suite's again.
    if (a->test.len && !sv_eq(a->test, a->suite)) {
        str_add_byte(out, ' ');
        str_add_sv(out, a->test);
    }
}

static void add_title(struct str *out, const struct title *t) {
    if (!t->max) {
        str_add_cstr(out, "no alerts");
        return;
    }
    if (t->min) {
        const double max = size_of_change(t->max), min = size_of_change(t->min);
        add_number(out, max);
        if (min < max) {
            str_add_cstr(out, " - ");
            add_number(out, min);
        }
        str_add_cstr(out, "% ");
    }
    add_test(out, t->max);
    if (t->n_tests > 1) {
        str_addf(out, " + %zu more", t->n_tests - 1);
    }
    for (size_t i = 0; i < t->n_systems; i++) {
        str_add_cstr(out, i ? ", " : " (");
        str_add_sv(out, t->systems[i]);
    }
    if (t->n_systems) {
        str_add_byte(out, ')');
    }
}

void alerts_digest(struct alerts_slice list, int64_t summary_id, struct id_list *ids,
                   struct alerts_digest *out, struct str *title) {
    bool any_own = false, any_regression = false;
    for (size_t i = 0; i < list.n; i++) {
        any_own |= is_own(&list.ptr[i], summary_id);
    }
    // A summary whose alerts have all moved is described by what it lists.
    for (size_t i = 0; i < list.n; i++) {
        const struct alert *a = &list.ptr[i];
        any_regression |= (!any_own || is_own(a, summary_id)) && is_regression(a);
    }
    const struct alert *worst = NULL;
    struct title t = {0};
    for (size_t i = 0; i < list.n; i++) {
        const struct alert *a = &list.ptr[i];
        if ((any_own && !is_own(a, summary_id)) || (any_regression && !is_regression(a))) {
            continue;
        }
        worst = !worst || is_worse(a, worst) ? a : worst;
        title_take(&t, a);
    }
    *out = (struct alerts_digest){
        .n_alerts = count_ids(list, ids, false),
        .n_regressions = count_ids(list, ids, true),
        .worst_pct = worst ? alert_change_pct(worst) : (struct rec_f64){0},
        .worst_is_regression = worst ? worst->is_regression : (struct rec_bool){0},
    };
    add_title(title, &t);
}
