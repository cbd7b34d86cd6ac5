// coverage: which signatures ran with each revision of the window, how many, and how that is
// distributed.
//
// Two passes over the jobs: the first counts what each revision accepts, the second fills one array
// with the signatures, revision after revision. Jobs of one signature stand together, so that a
// revision notices a second job of the same signature by the signature before.
#include <math.h>

#include "base/array.h"
#include "base/date.h"
#include "base/map.h"
#include "base/stats.h"
#include "derive/derive_int.h"
#include "schema/perf_jobs.h"

struct revision {
    int64_t time_us;
    uint32_t idx;          // in the window, in order of the commits
    uint32_t first_job;    // 1 + in which order revisions accepted their first job, 0 = none did
    uint32_t last_turn;    // of the pass: the last signature that was counted
    uint32_t n_signatures; // in the second pass, those filled in so far
    size_t first;          // of its signatures in the array
};

struct coverage {
    const struct derive *d;
    struct text_map nodes; // of the window
    ARRAY(struct revision) revisions;
    struct opt_i64 latest_us; // of all commits
    uint32_t n_with_jobs;
    int64_t *signatures; // of all revisions; NULL in the first pass
    // The pass: turns count changes of signature.
    uint32_t turn;
    int64_t signature;
    // Which revision each entry of the present dictionary is: 1 + its number, 0 = not looked up.
    const struct arrow_dict *dict;
    ARRAY(uint32_t) of_code;
};

// --- the window ---------------------------------------------------------------------------------

static void add_commit(void *arg, const struct scan *s, int64_t slot) {
    struct coverage *c = arg;
    const struct derive_settings *settings = c->d->settings;
    const struct sv node = scan_text(s, CM_NODE, slot);
    const int64_t at_us = scan_i64(s, CM_DATE, slot);
    if (!node.len || scan_is_null(s, CM_DATE, slot)) {
        return;
    }
    c->latest_us = (struct opt_i64){c->latest_us.has ? MAX(c->latest_us.v, at_us) : at_us, true};
    if (at_us < settings->coverage_from_us || at_us > settings->coverage_to_us) {
        return;
    }
    bool is_new;
    const uint32_t idx = text_map_put(&c->nodes, node, &is_new);
    if (is_new) {
        array_push(&c->revisions, (struct revision){.idx = idx});
    }
    c->revisions.ptr[idx].time_us = at_us; // a repeated commit keeps its place, the last time holds
}

static void add_day(struct str *out, int64_t at_us) {
    const size_t start = out->len;
    str_add_iso(out, at_us);
    const ptrdiff_t end = sv_find_byte(sv_from(str_sv(out), start), 'T');
    str_cut(out, end < 0 ? out->len : start + (size_t)end);
}

// The usual window ends now, and the commits may be older: nothing else would tell why no revision
// is there.
static bool say_empty(struct derive *d, const struct coverage *c, struct err *err) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "no commit is between ");
    add_day(&text, d->settings->coverage_from_us);
    str_add_cstr(&text, " and ");
    add_day(&text, d->settings->coverage_to_us);
    if (c->latest_us.has) {
        str_add_cstr(&text, "; the latest is of ");
        add_day(&text, c->latest_us.v);
    } else {
        str_add_cstr(&text, "; none has a date");
    }
    return derive_problem(d, "coverage.window", err, "%s", str_cstr(&text));
}

// --- the jobs -----------------------------------------------------------------------------------

static const uint32_t NOT_LOOKED_UP = 0, NOT_IN_WINDOW = UINT32_MAX;

static struct revision *revision_of(struct coverage *c, const struct scan *s, int64_t slot) {
    const struct arrow_col *col = s->cols[PJ_REVISION];
    if (!col || arrow_is_null(col, slot)) {
        return NULL;
    }
    if (col->dict != c->dict) {
        c->dict = col->dict;
        array_clear(&c->of_code);
        array_reserve(&c->of_code, (size_t)c->dict->n_values + 1);
        memset(c->of_code.ptr, 0, (size_t)c->dict->n_values * sizeof *c->of_code.ptr);
        c->of_code.n = c->dict->n_values;
    }
    const int64_t code = arrow_get_i64(col, slot);
    if (code < 0 || (size_t)code >= c->of_code.n) {
        return NULL;
    }
    uint32_t *known = &c->of_code.ptr[code];
    if (*known == NOT_LOOKED_UP) {
        const uint32_t idx = text_map_get(&c->nodes, arrow_dict_value(c->dict, (uint32_t)code));
        *known = idx == MAP_NONE ? NOT_IN_WINDOW : idx + 1;
    }
    return *known == NOT_IN_WINDOW ? NULL : &c->revisions.ptr[*known - 1];
}

static void add_job(void *arg, const struct scan *s, int64_t slot) {
    struct coverage *c = arg;
    struct revision *r;
    if (!scan_bool(s, PJ_IN_TIME, slot) || !(r = revision_of(c, s, slot))) {
        return;
    }
    const int64_t signature = scan_i64(s, PJ_SIGNATURE_ID, slot);
    if (c->turn == 0 || signature != c->signature) {
        c->signature = signature;
        c->turn++;
    }
    if (r->last_turn == c->turn) {
        return;
    }
    r->last_turn = c->turn;
    if (c->signatures) {
        c->signatures[r->first + r->n_signatures] = signature;
    }
    if (!r->first_job) {
        r->first_job = ++c->n_with_jobs;
    }
    r->n_signatures++;
}

// Where each revision's signatures begin; ready for the second pass.
static size_t lay_out(struct coverage *c) {
    size_t n = 0;
    array_foreach (r, &c->revisions) {
        r->first = n;
        n += r->n_signatures;
        r->n_signatures = 0;
        r->last_turn = 0;
    }
    c->turn = 0;
    return n;
}

static void sort_signatures(struct coverage *c) {
    array_foreach (r, &c->revisions) {
        if (r->n_signatures < 2) {
            continue;
        }
        int64_t *ids = c->signatures + r->first;
        qsort(ids, r->n_signatures, sizeof *ids, compare_i64);
        // Distinct already, unless jobs of one signature stand in two places.
        uint32_t n = 1;
        for (uint32_t i = 1; i < r->n_signatures; i++) {
            if (ids[i] != ids[n - 1]) {
                ids[n++] = ids[i];
            }
        }
        r->n_signatures = n;
    }
}

// By time; where it is equal, those with jobs first, in the order of their first jobs.
static int by_time(const void *a, const void *b) {
    const struct revision *x = a, *y = b;
    if (x->time_us != y->time_us) {
        return x->time_us < y->time_us ? -1 : 1;
    }
    const uint32_t p = x->first_job - 1, q = y->first_job - 1; // none comes last
    return p != q ? (p < q ? -1 : 1) : (x->idx > y->idx) - (x->idx < y->idx);
}

// --- statistics ---------------------------------------------------------------------------------

// The original writes means of whole numbers as whole numbers where they are.
static bool is_whole_mean(const double *sorted, size_t n) {
    return fmod(stats_fsum(sorted, n), (double)n) == 0;
}

static void add_rounded(struct derive *d, int col, double v) {
    if (isnan(v)) {
        arrow_add_null(derive_col(d, 2, col));
    } else {
        arrow_add_f64(derive_col(d, 2, col), stats_round(v, 2));
    }
}

static void add_whole_names(struct arrow_builder *b, const double *sorted, size_t n) {
    const size_t cut = (size_t)(0.10 * (double)n);
    const struct {
        const char *name;
        bool whole;
    } values[] = {
        {"mean_jobs", is_whole_mean(sorted, n)},
        {"median_jobs", n % 2 == 1},
        {"trimmed_mean_10pct", is_whole_mean(sorted + cut, n - 2 * cut)},
    };
    struct str *names = arrow_text_begin(b);
    const size_t start = names->len;
    for (size_t i = 0; i < COUNTOF(values); i++) {
        if (values[i].whole) {
            str_add_cstr(names, names->len > start ? "," : "");
            str_add_cstr(names, values[i].name);
        }
    }
    arrow_text_end(b);
}

static bool write_stats(struct derive *d, const double *sorted, size_t n, struct err *err) {
    static const struct {
        int col;
        unsigned q;
    } percentiles[] = {{RS_P25, 25}, {RS_P75, 75}, {RS_P90, 90}, {RS_P95, 95}, {RS_P99, 99}};
    arrow_add_i64(derive_col(d, 2, RS_OBSERVATIONS), (int64_t)n);
    add_rounded(d, RS_MEAN_JOBS, stats_mean(sorted, n));
    add_rounded(d, RS_MEDIAN_JOBS, stats_median(sorted, n));
    arrow_add_i64(derive_col(d, 2, RS_MIN_JOBS), (int64_t)sorted[0]);
    arrow_add_i64(derive_col(d, 2, RS_MAX_JOBS), (int64_t)sorted[n - 1]);
    for (size_t i = 0; i < COUNTOF(percentiles); i++) {
        add_rounded(d, percentiles[i].col, stats_percentile_quantiles(sorted, n, percentiles[i].q));
    }
    add_rounded(d, RS_TRIMMED_MEAN_10PCT, stats_trimmed_mean(sorted, n, 0.10));
    add_rounded(d, RS_GEOMETRIC_MEAN, stats_geometric_mean(sorted, n));
    add_whole_names(derive_col(d, 2, RS_INTEGERS), sorted, n);
    return arrow_row_end(d->out[2], err);
}

// --- the rows -----------------------------------------------------------------------------------

static bool write_revision(struct derive *d, const struct coverage *c, const struct revision *r,
                           struct err *err) {
    const struct sv node = text_map_key(&c->nodes, r->idx);
    arrow_add_text(derive_col(d, 0, RJ_REVISION), node);
    arrow_add_i64(derive_col(d, 0, RJ_SUBMIT_TIME), r->time_us);
    arrow_add_i64(derive_col(d, 0, RJ_TOTAL_JOBS), r->n_signatures);
    struct arrow_builder *list = derive_col(d, 0, RJ_SIGNATURE_IDS);
    arrow_list_begin(list);
    for (uint32_t i = 0; i < r->n_signatures; i++) {
        arrow_add_i64(arrow_child(list, 0), c->signatures[r->first + i]);
    }
    arrow_list_end(list);
    arrow_add_text(derive_col(d, 1, RC_REVISION), node);
    arrow_add_i64(derive_col(d, 1, RC_SUBMIT_TIME), r->time_us);
    arrow_add_i64(derive_col(d, 1, RC_TOTAL_JOBS), r->n_signatures);
    return arrow_row_end(d->out[0], err) && arrow_row_end(d->out[1], err);
}

static bool write_all(struct derive *d, struct coverage *c, struct err *err) {
    const size_t n = c->revisions.n;
    if (n == 0) {
        return say_empty(d, c, err);
    }
    double *counts = xreallocarray(NULL, n, sizeof *counts);
    qsort(c->revisions.ptr, n, sizeof *c->revisions.ptr, by_time);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        counts[i] = c->revisions.ptr[i].n_signatures;
        ok = write_revision(d, c, &c->revisions.ptr[i], err);
    }
    stats_sort(counts, n);
    ok = ok && write_stats(d, counts, n, err);
    free(counts);
    return ok;
}

bool derive_coverage(struct derive *d, struct err *err) {
    struct coverage c = {.d = d};
    bool ok = scan_each(d, &schema_commits, add_commit, &c, err) &&
              scan_each(d, &schema_perf_jobs, add_job, &c, err);
    if (ok) {
        c.signatures = xreallocarray(NULL, lay_out(&c) + 1, sizeof *c.signatures);
        ok = scan_each(d, &schema_perf_jobs, add_job, &c, err);
    }
    if (ok) {
        sort_signatures(&c);
        ok = write_all(d, &c, err);
    }
    text_map_done(&c.nodes);
    array_done(&c.revisions);
    array_done(&c.of_code);
    free(c.signatures);
    return ok;
}
