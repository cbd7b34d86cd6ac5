#include "ingest/stats_json.h"

#include <math.h>

#include "base/num.h"
#include "ingest/record.h"
#include "ingest/text_out.h"
#include "ingest/text_place.h"
#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const ttc_stats_datasets[] = {&schema_ttc_stats, NULL};
const struct dataset_def *const revision_job_stats_datasets[] = {&schema_revision_job_stats, NULL};
const struct dataset_def *const group_duration_stats_datasets[] = {&schema_group_duration_stats,
                                                                   NULL};
const struct dataset_def *const wait_stats_datasets[] = {&schema_wait_stats, NULL};

enum { MAX_COLUMNS = 20, NONE = -1 };
#define FILE_LIMIT ((size_t)1 << 20)

enum stat_kind {
    COUNT,   // integer
    NUMBER,  // float; where the format has a column of integers, those listed there as integers
    MINUTES, // a number again, in seconds in its column; written only
    TEXT,
    FIXED, // always this text; written only
};

struct stat {
    const char *group, *key; // group NULL = at the top
    enum stat_kind kind;
    int col;
    const char *text;
};

struct stats_format {
    const struct dataset_def *def;
    const struct stat *stats; // in the order of the file, groups together
    size_t n_stats;
    int n_indent;
    bool final_newline;
    int c_count; // without it the file is refused
    int c_raw, c_integers;
};

// --- the files ---

static const struct stat ttc_stats[] = {
    {"definition", "ttc_hours", FIXED, NONE,
     "(created(UTC) - push_timestamp(UTC epoch seconds)) / 3600"},
    {NULL, "input_csv", TEXT, TS_INPUT_CSV, NULL},
    {"stats", "count", COUNT, TS_COUNT, NULL},
    {"stats", "max_hours", NUMBER, TS_MAX_HOURS, NULL},
    {"stats", "mean_hours", NUMBER, TS_MEAN_HOURS, NULL},
    {"stats", "median_hours", NUMBER, TS_MEDIAN_HOURS, NULL},
    {"stats", "min_hours", NUMBER, TS_MIN_HOURS, NULL},
    {"stats", "missing_or_invalid_rows", COUNT, TS_MISSING_OR_INVALID_ROWS, NULL},
    {"stats", "negative_delta_rows", COUNT, TS_NEGATIVE_DELTA_ROWS, NULL},
    {"stats", "p90_hours", NUMBER, TS_P90_HOURS, NULL},
    {"stats", "p95_hours", NUMBER, TS_P95_HOURS, NULL},
    {"stats", "p99_hours", NUMBER, TS_P99_HOURS, NULL},
    {"stats", "stdev_hours", NUMBER, TS_STDEV_HOURS, NULL},
    {"stats", "total_rows", COUNT, TS_TOTAL_ROWS, NULL},
};

static const struct stat revision_job_stats[] = {
    {NULL, "observations", COUNT, RS_OBSERVATIONS, NULL},
    {NULL, "mean_jobs", NUMBER, RS_MEAN_JOBS, NULL},
    {NULL, "median_jobs", NUMBER, RS_MEDIAN_JOBS, NULL},
    {NULL, "min_jobs", COUNT, RS_MIN_JOBS, NULL},
    {NULL, "max_jobs", COUNT, RS_MAX_JOBS, NULL},
    {"percentiles", "25", NUMBER, RS_P25, NULL},
    {"percentiles", "75", NUMBER, RS_P75, NULL},
    {"percentiles", "90", NUMBER, RS_P90, NULL},
    {"percentiles", "95", NUMBER, RS_P95, NULL},
    {"percentiles", "99", NUMBER, RS_P99, NULL},
    {NULL, "trimmed_mean_10pct", NUMBER, RS_TRIMMED_MEAN_10PCT, NULL},
    {NULL, "geometric_mean", NUMBER, RS_GEOMETRIC_MEAN, NULL},
};

static const struct stat group_duration_stats[] = {
    {NULL, "observations", COUNT, GS_OBSERVATIONS, NULL},
    {NULL, "mean", NUMBER, GS_MEAN, NULL},
    {NULL, "median", NUMBER, GS_MEDIAN, NULL},
    {NULL, "min", NUMBER, GS_MIN, NULL},
    {NULL, "max", NUMBER, GS_MAX, NULL},
    {"percentiles", "25", NUMBER, GS_P25, NULL},
    {"percentiles", "75", NUMBER, GS_P75, NULL},
    {"percentiles", "90", NUMBER, GS_P90, NULL},
    {"percentiles", "95", NUMBER, GS_P95, NULL},
    {"percentiles", "99", NUMBER, GS_P99, NULL},
    {NULL, "trimmed_mean_10pct", NUMBER, GS_TRIMMED_MEAN_10PCT, NULL},
    {NULL, "geometric_mean", NUMBER, GS_GEOMETRIC_MEAN, NULL},
};

#define WAITS(group, kind)                                                                         \
    {group, "mean", kind, WS_MEAN_S, NULL}, {group, "median", kind, WS_MEDIAN_S, NULL},            \
        {group, "min", kind, WS_MIN_S, NULL}, {group, "max", kind, WS_MAX_S, NULL},                \
        {group, "p25", kind, WS_P25_S, NULL}, {group, "p75", kind, WS_P75_S, NULL},                \
        {group, "p90", kind, WS_P90_S, NULL}, {group, "p95", kind, WS_P95_S, NULL}, {              \
        group, "p99", kind, WS_P99_S, NULL                                                         \
    }
static const struct stat wait_stats[] = {
    {NULL, "observations", COUNT, WS_OBSERVATIONS, NULL},
    WAITS("seconds", NUMBER),
    WAITS("minutes", MINUTES),
    {NULL, "revision", TEXT, WS_REVISION, NULL},
    {NULL, "total_jobs_from_csv", COUNT, WS_TOTAL_JOBS_FROM_CSV, NULL},
    {NULL, "unique_job_ids_in_cache", COUNT, WS_UNIQUE_JOB_IDS_IN_CACHE, NULL},
    {NULL, "detailed_jobs_in_jsonl", COUNT, WS_DETAILED_JOBS_IN_JSONL, NULL},
    {NULL, "detailed_jobs_fetched_this_run", COUNT, WS_DETAILED_JOBS_FETCHED_THIS_RUN, NULL},
};

static const struct stats_format ttc_format = {
    .def = &schema_ttc_stats,
    .stats = ttc_stats,
    .n_stats = COUNTOF(ttc_stats),
    .n_indent = 2,
    .final_newline = true,
    .c_count = TS_COUNT,
    .c_raw = TS_RAW,
    .c_integers = NONE,
};
static const struct stats_format revision_job_format = {
    .def = &schema_revision_job_stats,
    .stats = revision_job_stats,
    .n_stats = COUNTOF(revision_job_stats),
    .n_indent = 2,
    .c_count = RS_OBSERVATIONS,
    .c_raw = RS_RAW,
    .c_integers = RS_INTEGERS,
};
static const struct stats_format group_duration_format = {
    .def = &schema_group_duration_stats,
    .stats = group_duration_stats,
    .n_stats = COUNTOF(group_duration_stats),
    .n_indent = 4,
    .c_count = GS_OBSERVATIONS,
    .c_raw = GS_RAW,
    .c_integers = NONE,
};
static const struct stats_format wait_format = {
    .def = &schema_wait_stats,
    .stats = wait_stats,
    .n_stats = COUNTOF(wait_stats),
    .n_indent = 2,
    .c_count = WS_OBSERVATIONS,
    .c_raw = WS_RAW,
    .c_integers = NONE,
};

// --- the usual spelling ---

// By column.
struct values {
    struct stat_value {
        bool has, as_integer;
        int64_t i;
        double f;
        struct sv text;
    } of[MAX_COLUMNS];
};

static void add_number(struct str *out, double v, bool as_integer) {
    if (!isfinite(v)) {
        str_add_cstr(out, "null");
    } else if (as_integer && fabs(v) < 0x1p63) {
        str_add_i64(out, (int64_t)v);
    } else {
        str_add_f64(out, v);
    }
}

static void add_value(struct str *out, const struct stat *s, const struct values *values) {
    if (s->kind == FIXED) {
        str_add_json(out, sv_cstr(s->text), JSON_ASCII);
        return;
    }
    const struct stat_value *v = &values->of[s->col];
    if (!v->has) {
        str_add_cstr(out, "null");
    } else if (s->kind == COUNT) {
        str_add_i64(out, v->i);
    } else if (s->kind == TEXT) {
        str_add_json(out, v->text, JSON_ASCII);
    } else {
        add_number(out, s->kind == MINUTES ? v->f / 60 : v->f, v->as_integer);
    }
}

static bool same_group(const struct stat *a, const struct stat *b) {
    return a && b && a->group && b->group && strcmp(a->group, b->group) == 0;
}

static void add_line_start(struct str *out, const struct stats_format *f, int depth) {
    str_add_byte(out, '\n');
    str_fill(out, ' ', (size_t)(f->n_indent * depth));
}

static void add_object(struct str *out, const struct stats_format *f, const struct values *values) {
    str_add_byte(out, '{');
    for (size_t i = 0; i < f->n_stats; i++) {
        const struct stat *s = &f->stats[i], *before = i ? s - 1 : NULL;
        const struct stat *after = i + 1 < f->n_stats ? s + 1 : NULL;
        if (s->group && !same_group(before, s)) {
            add_line_start(out, f, 1);
            str_addf(out, "\"%s\": {", s->group);
        }
        add_line_start(out, f, s->group ? 2 : 1);
        str_addf(out, "\"%s\": ", s->key);
        add_value(out, s, values);
        if (s->group && !same_group(s, after)) {
            add_line_start(out, f, 1);
            str_add_byte(out, '}');
        }
        if (after) {
            str_add_byte(out, ',');
        }
    }
    str_add_cstr(out, f->final_newline ? "\n}\n" : "\n}");
}

// --- reading ---

struct reader {
    const struct stats_format *format;
    struct record_reader r;
    struct doc doc;
    struct text_place place;
    struct values values;
};

static const struct stat *find_stat(const struct stats_format *f, const char *group,
                                    struct sv key) {
    for (size_t i = 0; i < f->n_stats; i++) {
        const struct stat *s = &f->stats[i];
        const bool here = s->group && group ? strcmp(s->group, group) == 0 : s->group == group;
        if (here && sv_is(key, s->key)) {
            return s->kind == FIXED || s->kind == MINUTES ? NULL : s;
        }
    }
    return NULL;
}

static const char *find_group(const struct stats_format *f, struct sv key) {
    for (size_t i = 0; i < f->n_stats; i++) {
        if (f->stats[i].group && sv_is(key, f->stats[i].group)) {
            return f->stats[i].group;
        }
    }
    return NULL;
}

static bool read_value(struct reader *x, const struct stat *s, const struct doc_token *tok,
                       struct err *err) {
    struct stat_value *v = &x->values.of[s->col];
    const bool is_number = tok->kind == DOC_INT || (tok->kind == DOC_FLOAT && isfinite(tok->f));
    if (tok->kind == DOC_NULL) {
        return true;
    }
    *v = (struct stat_value){0};
    if (s->kind == TEXT && tok->kind == DOC_TEXT) {
        *v = (struct stat_value){.has = true, .text = record_keep(&x->r, tok->text)};
    } else if (s->kind == COUNT && tok->kind == DOC_INT) {
        *v = (struct stat_value){.has = true, .i = tok->i};
    } else if (s->kind == NUMBER && is_number) {
        const bool as_integer = tok->kind == DOC_INT && x->format->c_integers != NONE;
        *v = (struct stat_value){.has = true, .f = tok->f, .as_integer = as_integer};
    } else {
        x->r.at = text_place(&x->place, tok->at);
        return record_wrong(&x->r, &x->doc, tok, s->key,
                            s->kind == TEXT    ? "a text"
                            : s->kind == COUNT ? "an integer"
                                               : "a number",
                            err);
    }
    return true;
}

// The members of an object; `group` is its key.
static bool read_members(struct reader *x, const char *group, struct err *err) {
    struct doc_token tok;
    while (doc_next(&x->doc, &tok) && tok.kind == DOC_KEY) {
        const struct stat *s = find_stat(x->format, group, tok.text);
        const char *inner = group ? NULL : find_group(x->format, tok.text);
        if (!doc_next(&x->doc, &tok)) {
            return false;
        }
        bool ok;
        if (inner && tok.kind == DOC_MAP) {
            ok = read_members(x, inner, err);
        } else {
            ok = s ? read_value(x, s, &tok, err) : doc_skip(&x->doc, &tok);
        }
        if (!ok) {
            return false;
        }
    }
    return tok.kind == DOC_MAP_END;
}

static bool read_object(struct reader *x, struct err *err) {
    const struct stats_format *f = x->format;
    struct err local = ERR_INIT;
    struct doc_token tok;
    bool ok = doc_next(&x->doc, &tok);
    if (ok && tok.kind != DOC_MAP) {
        return err_set(err, ERR_FORMAT, "%s: expected a JSON object", x->r.ig->file);
    }
    ok = ok && read_members(x, NULL, &local) && !doc_next(&x->doc, &tok) && tok.kind == DOC_END;
    if (!ok && local.code == ERR_NONE) {
        return err_set(err, ERR_FORMAT, "%s: %s", x->r.ig->file, doc_error(&x->doc)->msg);
    }
    if (!ok && err) {
        *err = local;
    }
    if (ok && !x->values.of[f->c_count].has) {
        return err_set(err, ERR_FORMAT, "%s: %s is missing", x->r.ig->file,
                       f->def->columns[f->c_count].name);
    }
    return ok;
}

static void add_integers(struct arrow_builder *b, const struct stats_format *f,
                         const struct values *values) {
    auto_str names = STR_INIT;
    for (size_t i = 0; i < f->n_stats; i++) {
        const struct stat *s = &f->stats[i];
        if (s->kind == NUMBER && values->of[s->col].as_integer) {
            str_addf(&names, "%s%s", names.len ? "," : "", f->def->columns[s->col].name);
        }
    }
    arrow_add_text(b, sv_cstr(str_cstr(&names)));
}

static bool add_columns(struct ingest *ig, const struct reader *x, struct err *err) {
    const struct stats_format *f = x->format;
    struct arrow_writer *w = ig->out[0].w;
    for (size_t i = 0; i < f->n_stats; i++) {
        const struct stat *s = &f->stats[i];
        if (s->kind == FIXED || s->kind == MINUTES) {
            continue;
        }
        const struct stat_value *v = &x->values.of[s->col];
        struct arrow_builder *b = arrow_column(w, (size_t)s->col);
        if (!v->has) {
            arrow_add_null(b);
        } else if (s->kind == COUNT) {
            arrow_add_i64(b, v->i);
        } else if (s->kind == NUMBER) {
            arrow_add_f64(b, v->f);
        } else {
            arrow_add_text(b, v->text);
        }
    }
    if (f->c_integers != NONE) {
        add_integers(arrow_column(w, (size_t)f->c_integers), f, &x->values);
    }
    auto_str usual = STR_INIT;
    add_object(&usual, f, &x->values);
    const bool is_usual = sv_eq(str_sv(&usual), x->r.source);
    add_rec_text(arrow_column(w, (size_t)f->c_raw), is_usual ? SV_NULL : x->r.source);
    return arrow_row_end(w, err);
}

static bool read_file(struct ingest *ig, const struct stats_format *f, struct err *err) {
    if (!ingest_load(ig, FILE_LIMIT, err)) {
        return false;
    }
    const struct sv text = sv_make(ig->in.ptr, ig->in.len);
    struct reader x = {
        .format = f, .r.ig = ig, .r.source = text, .place = {.text = text, .line = 1}};
    json_doc_init(&x.doc, x.r.source);
    const bool ok = read_object(&x, err) && add_columns(ig, &x, err);
    doc_done(&x.doc);
    record_done(&x.r);
    return ok;
}

bool ttc_stats_json_read(struct ingest *ig, struct err *err) {
    return read_file(ig, &ttc_format, err);
}

bool revision_job_stats_json_read(struct ingest *ig, struct err *err) {
    return read_file(ig, &revision_job_format, err);
}

bool group_duration_stats_json_read(struct ingest *ig, struct err *err) {
    return read_file(ig, &group_duration_format, err);
}

bool wait_stats_json_read(struct ingest *ig, struct err *err) {
    return read_file(ig, &wait_format, err);
}

// --- writing ---

static bool is_listed(struct sv names, const char *name) {
    struct sv item;
    while (sv_split(&names, ',', &item)) {
        if (sv_is(item, name)) {
            return true;
        }
    }
    return false;
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    const struct stats_format *f = arg;
    if (out_raw(out, row, (size_t)f->c_raw, "")) {
        return true;
    }
    const struct sv integers =
        f->c_integers == NONE ? SV_NULL : out_text(row, (size_t)f->c_integers);
    struct values values = {0};
    for (size_t i = 0; i < f->n_stats; i++) {
        const struct stat *s = &f->stats[i];
        if (s->kind == FIXED || out_is_null(row, (size_t)s->col)) {
            continue;
        }
        struct stat_value *v = &values.of[s->col];
        v->has = true;
        if (s->kind == COUNT) {
            v->i = out_i64(row, (size_t)s->col);
        } else if (s->kind == TEXT) {
            v->text = out_text(row, (size_t)s->col);
        } else {
            v->f = out_f64(row, (size_t)s->col);
            v->as_integer = is_listed(integers, f->def->columns[s->col].name);
        }
    }
    add_object(&out->buf, f, &values);
    return true;
}

static bool write_file(const struct snapshot *snap, const struct stats_format *f,
                       struct text_out *out, struct err *err) {
    struct stats_format arg = *f;
    return out_each_row(&(struct out_rows){snap, f->def, write_row, &arg, -1}, out, err);
}

bool ttc_stats_json_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_file(snap, &ttc_format, out, err);
}

bool revision_job_stats_json_write(const struct snapshot *snap, struct text_out *out,
                                   struct err *err) {
    return write_file(snap, &revision_job_format, out, err);
}

bool group_duration_stats_json_write(const struct snapshot *snap, struct text_out *out,
                                     struct err *err) {
    return write_file(snap, &group_duration_format, out, err);
}

bool wait_stats_json_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_file(snap, &wait_format, out, err);
}
