// time_to_culprit: how long each alert summary came after its push; ttc_stats: their distribution;
// ttc_groups: the same for each framework, repository and month.
//
// All statistics are made of seconds and then divided, as the original program does: other orders
// round differently.
#include <stdio.h>

#include "base/array.h"
#include "base/date.h"
#include "base/doc.h"
#include "base/map.h"
#include "base/stats.h"
#include "derive/derive_int.h"
#include "schema/enums.h"

enum { OUT_ROWS, OUT_STATS, OUT_GROUPS };

enum by { BY_FRAMEWORK, BY_REPOSITORY, BY_MONTH, N_BY };
static const char *const by_names[N_BY] = {"framework", "repository", "month"};

#define NO_GROUP INT64_MAX // sorts behind all others

struct delta {
    double seconds;
    int64_t group[N_BY]; // code of the framework; numbers of the texts
};

struct ttc {
    struct derive *d;
    struct err *err;
    bool failed;
    ARRAY(struct delta) deltas;
    struct text_map texts[N_BY]; // the framework has none
    int64_t n_rows, n_floats;
};

static bool ends_as_float(struct sv text) {
    return sv_find_byte(text, '.') >= 0;
}

// The source's spelling of the push time is kept where it is not a whole number.
static bool has_float_timestamp(struct sv raw) {
    struct doc doc;
    struct doc_token tok;
    bool found = false;
    if (sv_find(raw, SV("push_timestamp")) < 0) {
        return false;
    }
    json_doc_init(&doc, raw);
    while (!found && doc_next(&doc, &tok) && tok.kind != DOC_MAP_END) {
        found = tok.kind == DOC_KEY && sv_eq(tok.text, SV("push_timestamp"));
    }
    found = found && doc_next(&doc, &tok) && tok.kind == DOC_TEXT && ends_as_float(tok.text);
    doc_done(&doc);
    return found;
}

enum { MONTH_BYTES = 32 };

// "2025-02"
static struct sv month_of(int64_t at_us, char out[MONTH_BYTES]) {
    struct civil c;
    date_to_civil(at_us, &c);
    const int n = snprintf(out, MONTH_BYTES, "%04lld-%02d", (long long)c.year, c.month);
    return sv_make(out, (size_t)n);
}

static void add_f64(struct arrow_builder *b, bool has, double v) {
    if (has) {
        arrow_add_f64(b, v);
    } else {
        arrow_add_null(b);
    }
}

static int64_t group_of(struct ttc *t, enum by by, struct sv text) {
    return text.ptr ? (int64_t)text_map_put(&t->texts[by], text, NULL) : NO_GROUP;
}

static void each_summary(void *arg, const struct scan *s, int64_t slot) {
    struct ttc *t = arg;
    if (t->failed) {
        return;
    }
    const struct opt_i64 created = scan_opt(s, AS_CREATED, slot);
    const struct opt_i64 pushed = scan_opt(s, AS_PUSH_TIMESTAMP, slot);
    const struct opt_i64 framework = scan_opt(s, AS_FRAMEWORK, slot);
    const struct sv repository = scan_text(s, AS_REPOSITORY, slot);
    char buf[MONTH_BYTES];
    const struct sv month = created.has ? month_of(created.v, buf) : SV_NULL;
    int64_t delta_us;
    const bool has =
        created.has && pushed.has && !__builtin_sub_overflow(created.v, pushed.v, &delta_us);
    const double seconds = has ? (double)delta_us / 1e6 : 0;
    if (has) {
        array_push(&t->deltas, (struct delta){seconds,
                                              {framework.has ? framework.v : NO_GROUP,
                                               group_of(t, BY_REPOSITORY, repository),
                                               group_of(t, BY_MONTH, month)}});
    }
    t->n_rows++;
    t->n_floats += has_float_timestamp(scan_text(s, AS_RAW, slot));

    struct derive *d = t->d;
    add_opt(derive_col(d, OUT_ROWS, TC_SUMMARY_ID), scan_opt(s, AS_ID, slot));
    add_opt(derive_col(d, OUT_ROWS, TC_CREATED), created);
    add_opt(derive_col(d, OUT_ROWS, TC_PUSH_TIMESTAMP), pushed);
    add_f64(derive_col(d, OUT_ROWS, TC_HOURS), has, seconds / 3600);
    add_opt(derive_col(d, OUT_ROWS, TC_FRAMEWORK), framework);
    add_text(derive_col(d, OUT_ROWS, TC_REPOSITORY), repository);
    add_opt(derive_col(d, OUT_ROWS, TC_STATUS), scan_opt(s, AS_STATUS, slot));
    add_text(derive_col(d, OUT_ROWS, TC_MONTH), month);
    t->failed = !arrow_row_end(d->out[OUT_ROWS], t->err);
}

// --- statistics ----------------------------------------------------------------------------------

static int64_t count_negative(const double *seconds, size_t n) {
    int64_t n_negative = 0;
    for (size_t i = 0; i < n; i++) {
        n_negative += seconds[i] < 0;
    }
    return n_negative;
}

// Rounded twice: the sum, then the quotient.
static double mean_seconds(const double *seconds, size_t n) {
    return stats_fsum(seconds, n) / (double)n;
}

static void add_hours(struct derive *d, size_t out, int col, double seconds) {
    arrow_add_f64(derive_col(d, out, col), seconds / 3600);
}

// The file that the summaries came from, where it is known and one of this kind.
static struct sv input_name(const struct snapshot *snap) {
    const struct dataset *ds = snapshot_dataset(snap, schema_alert_summaries.name);
    const struct sv origin = sv_cstr(ds ? ds->source.origin : NULL);
    return sv_ends(origin, SV(".csv")) ? origin : SV("alert_summaries.csv");
}

static bool write_stats(struct ttc *t, const double *sorted, size_t n) {
    struct derive *d = t->d;
    arrow_add_text(derive_col(d, OUT_STATS, TS_INPUT_CSV), input_name(d->snap));
    arrow_add_i64(derive_col(d, OUT_STATS, TS_COUNT), (int64_t)n);
    if (n) {
        add_hours(d, OUT_STATS, TS_MEAN_HOURS, mean_seconds(sorted, n));
        add_hours(d, OUT_STATS, TS_MEDIAN_HOURS, stats_median(sorted, n));
        add_hours(d, OUT_STATS, TS_MIN_HOURS, sorted[0]);
        add_hours(d, OUT_STATS, TS_MAX_HOURS, sorted[n - 1]);
        add_hours(d, OUT_STATS, TS_STDEV_HOURS, stats_pstdev(sorted, n));
        add_hours(d, OUT_STATS, TS_P90_HOURS, stats_percentile_nearest(sorted, n, 90));
        add_hours(d, OUT_STATS, TS_P95_HOURS, stats_percentile_nearest(sorted, n, 95));
        add_hours(d, OUT_STATS, TS_P99_HOURS, stats_percentile_nearest(sorted, n, 99));
    }
    arrow_add_i64(derive_col(d, OUT_STATS, TS_TOTAL_ROWS), t->n_rows);
    arrow_add_i64(derive_col(d, OUT_STATS, TS_MISSING_OR_INVALID_ROWS), t->n_rows - (int64_t)n);
    arrow_add_i64(derive_col(d, OUT_STATS, TS_NEGATIVE_DELTA_ROWS), count_negative(sorted, n));
    arrow_add_i64(derive_col(d, OUT_STATS, TS_FLOAT_TIMESTAMP_ROWS), t->n_floats);
    return arrow_row_end(d->out[OUT_STATS], t->err);
}

// --- groups --------------------------------------------------------------------------------------

struct member {
    int64_t group;
    double seconds;
};

static int by_group(const void *a, const void *b) {
    const struct member *x = a, *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int by_text(const void *a, const void *b, void *texts) {
    return sv_cmp(text_map_key(texts, *(const uint32_t *)a),
                  text_map_key(texts, *(const uint32_t *)b));
}

// The numbers of the texts in the order of the texts.
static uint32_t *sorted_texts(struct text_map *texts) {
    uint32_t *order = xcalloc(texts->n + 1, sizeof *order);
    for (uint32_t i = 0; i < texts->n; i++) {
        order[i] = i;
    }
    qsort_r(order, texts->n, sizeof *order, by_text, texts);
    return order;
}

// The deltas by place of their group, ascending within it.
static struct member *sorted_members(const struct ttc *t, enum by by, const uint32_t *order) {
    const size_t n_texts = t->texts[by].n;
    uint32_t *place = xcalloc(n_texts + 1, sizeof *place);
    for (uint32_t i = 0; i < n_texts; i++) {
        place[order[i]] = i;
    }
    struct member *members = xcalloc(t->deltas.n + 1, sizeof *members);
    for (size_t i = 0; i < t->deltas.n; i++) {
        const struct delta *delta = &t->deltas.ptr[i];
        const int64_t group = delta->group[by];
        members[i] = (struct member){by == BY_FRAMEWORK || group == NO_GROUP ? group : place[group],
                                     delta->seconds};
    }
    free(place);
    qsort(members, t->deltas.n, sizeof *members, by_group);
    return members;
}

static void add_group_name(struct ttc *t, enum by by, int64_t group, const uint32_t *order) {
    struct arrow_builder *b = derive_col(t->d, OUT_GROUPS, TG_NAME);
    if (group == NO_GROUP) {
        arrow_add_text(b, SV("none"));
    } else if (by == BY_FRAMEWORK) {
        str_add_enum(arrow_text_begin(b), enum_find(SV("framework")), group);
        arrow_text_end(b);
    } else {
        arrow_add_text(b, text_map_key(&t->texts[by], order[group]));
    }
}

static bool write_group(struct ttc *t, const double *sorted, size_t n) {
    struct derive *d = t->d;
    arrow_add_i64(derive_col(d, OUT_GROUPS, TG_COUNT), (int64_t)n);
    add_hours(d, OUT_GROUPS, TG_MEAN_HOURS, mean_seconds(sorted, n));
    add_hours(d, OUT_GROUPS, TG_MEDIAN_HOURS, stats_median(sorted, n));
    add_hours(d, OUT_GROUPS, TG_P90_HOURS, stats_percentile_nearest(sorted, n, 90));
    add_hours(d, OUT_GROUPS, TG_MAX_HOURS, sorted[n - 1]);
    arrow_add_i64(derive_col(d, OUT_GROUPS, TG_NEGATIVE_DELTA_ROWS), count_negative(sorted, n));
    return arrow_row_end(d->out[OUT_GROUPS], t->err);
}

static bool write_groups(struct ttc *t, enum by by) {
    uint32_t *order = sorted_texts(&t->texts[by]);
    struct member *members = sorted_members(t, by, order);
    double *seconds = xcalloc(t->deltas.n + 1, sizeof *seconds);
    bool ok = true;
    for (size_t i = 0, n; ok && i < t->deltas.n; i += n) {
        const int64_t group = members[i].group;
        for (n = 0; i + n < t->deltas.n && members[i + n].group == group; n++) {
            seconds[n] = members[i + n].seconds;
        }
        arrow_add_text(derive_col(t->d, OUT_GROUPS, TG_BY), sv_cstr(by_names[by]));
        add_group_name(t, by, group, order);
        if (by == BY_FRAMEWORK && group != NO_GROUP) {
            arrow_add_i64(derive_col(t->d, OUT_GROUPS, TG_FRAMEWORK), group);
        }
        ok = write_group(t, seconds, n);
    }
    free(seconds);
    free(members);
    free(order);
    return ok;
}

static bool write_all_stats(struct ttc *t) {
    double *seconds = xcalloc(t->deltas.n + 1, sizeof *seconds);
    for (size_t i = 0; i < t->deltas.n; i++) {
        seconds[i] = t->deltas.ptr[i].seconds;
    }
    stats_sort(seconds, t->deltas.n);
    const bool ok = write_stats(t, seconds, t->deltas.n);
    free(seconds);
    return ok;
}

bool derive_time_to_culprit(struct derive *d, struct err *err) {
    struct ttc t = {.d = d, .err = err};
    bool ok = scan_each(d, &schema_alert_summaries, each_summary, &t, err) && !t.failed &&
              write_all_stats(&t);
    for (enum by by = 0; ok && by < N_BY; by++) {
        ok = write_groups(&t, by);
    }
    array_done(&t.deltas);
    for (size_t i = 0; i < N_BY; i++) {
        text_map_done(&t.texts[i]);
    }
    return ok;
}
