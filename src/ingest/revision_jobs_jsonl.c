// perf_jobs_per_revision_details.jsonl and ..._rectified.jsonl: the signatures, or the groups of
// them, that ran with each revision. The second is made of the first: its list stands behind all
// other keys.
#include <assert.h>

#include "base/date.h"
#include "base/num.h"
#include "ingest/job_files.h"
#include "ingest/json_list.h"
#include "ingest/jsonl.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const revision_jobs_datasets[] = {&schema_revision_jobs, NULL};
const struct dataset_def *const rectified_datasets[] = {&schema_rectified, NULL};

static_assert((int)RJ_SIGNATURE_IDS == (int)RE_SIGNATURE_GROUP_IDS && (int)RJ_RAW == (int)RE_RAW &&
                  (int)RJ_EXTRA == (int)RE_EXTRA,
              "both datasets have the same columns");

struct revision {
    struct jsonl_record base;
    struct sv raw; // the source line, when the columns would give another
    struct sv revision;
    struct rec_i64 submit_us, total;
    struct rec_list ids;
};

struct format {
    const struct dataset_def *def;
    const struct record_table *table;
    const char *list_key;
    bool list_is_last; // behind unknown keys
};

static bool read_time(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    struct revision *x = record;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    x->submit_us.has = tok->kind == DOC_TEXT && date_parse_iso(tok->text, &x->submit_us.v, NULL);
    return x->submit_us.has || record_wrong(r, doc, tok, "submit_time_iso",
                                            "a time such as 2025-06-14T05:36:04+00:00", err);
}

static bool read_list(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    const struct format *f = r->arg;
    struct revision *x = record;
    return int_list_read(r, doc, tok, f->list_key, INT_STRICT, &x->ids, err);
}

#define COMMON_KEYS                                                                                \
    RECORD_KEY("revision", REC_TEXT, struct revision, revision),                                   \
        RECORD_CALL("submit_time_iso", read_time),                                                 \
        RECORD_KEY("total_jobs", REC_I32, struct revision, total)
static const struct record_key signature_keys[] = {COMMON_KEYS,
                                                   RECORD_CALL("signature_ids", read_list)};
static const struct record_key group_keys[] = {COMMON_KEYS,
                                               RECORD_CALL("signature_group_ids", read_list)};
static const struct record_table signature_table = {signature_keys, COUNTOF(signature_keys), 0};
static const struct record_table group_table = {group_keys, COUNTOF(group_keys), 0};

static const struct format details = {
    &schema_revision_jobs,
    &signature_table,
    "signature_ids",
    false,
};
static const struct format rectified = {
    &schema_rectified,
    &group_table,
    "signature_group_ids",
    true,
};

static void add_line(struct str *out, const struct format *f, const struct revision *x,
                     const int64_t *ints) {
    str_add_cstr(out, "{\"revision\": ");
    str_add_json(out, x->revision, JSON_ASCII);
    str_add_cstr(out, ", \"submit_time_iso\": ");
    if (x->submit_us.has) {
        str_add_byte(out, '"');
        str_add_iso(out, x->submit_us.v);
        str_add_cstr(out, "+00:00\"");
    } else {
        str_add_cstr(out, "null");
    }
    str_add_cstr(out, ", \"total_jobs\": ");
    if (x->total.has) {
        str_add_i64(out, x->total.v);
    } else {
        str_add_cstr(out, "null");
    }
    if (f->list_is_last) {
        str_add_members(out, x->base.extra);
    }
    str_addf(out, ", \"%s\": ", f->list_key);
    str_add_int_list(out, ints, x->ids);
    if (!f->list_is_last) {
        str_add_members(out, x->base.extra);
    }
    str_add_byte(out, '}');
}

static const char *check(struct record_reader *r, void *record, struct sv line) {
    struct revision *x = record;
    if (!x->revision.len) {
        return "revision";
    }
    str_clear(&r->scratch);
    add_line(&r->scratch, r->arg, x, r->ints.ptr);
    x->raw = sv_eq(str_sv(&r->scratch), line) ? SV_NULL : line;
    return NULL;
}

static struct sv revision_of(const void *record) {
    return ((const struct revision *)record)->revision;
}

static bool write_record(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) {
    const struct revision *x = record;
    if (!ingest_key_text(ig, x->revision, at, err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_text(arrow_column(w, RJ_REVISION), x->revision);
    add_rec_i64(arrow_column(w, RJ_SUBMIT_TIME), x->submit_us);
    add_rec_i64(arrow_column(w, RJ_TOTAL_JOBS), x->total);
    add_rec_ints(arrow_column(w, RJ_SIGNATURE_IDS), &st->r, x->ids);
    add_rec_text(arrow_column(w, RJ_RAW), x->raw);
    add_rec_extra(arrow_column(w, RJ_EXTRA), x->base.extra);
    return arrow_row_end(w, err);
}

static bool read_lines(struct ingest *ig, const struct format *f, struct err *err) {
    const struct jsonl_def def = {f->table, sizeof(struct revision), check, write_record,
                                  revision_of};
    return jsonl_read_with(ig, &def, f, err);
}

bool revision_jobs_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, &details, err);
}

bool rectified_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, &rectified, err);
}

// --- writing ---

struct dump {
    const struct format *format;
    struct int_array ints;
};

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    struct dump *d = arg;
    if (out_raw(out, row, RJ_RAW, "\n")) {
        return true;
    }
    array_clear(&d->ints);
    const struct revision x = {
        .base.extra = out_extra(row, RJ_EXTRA),
        .revision = out_text(row, RJ_REVISION),
        .submit_us = {out_i64(row, RJ_SUBMIT_TIME), !out_is_null(row, RJ_SUBMIT_TIME)},
        .total = {out_i64(row, RJ_TOTAL_JOBS), !out_is_null(row, RJ_TOTAL_JOBS)},
        .ids = int_list_load(row, RJ_SIGNATURE_IDS, &d->ints),
    };
    add_line(&out->buf, d->format, &x, d->ints.ptr);
    str_add_byte(&out->buf, '\n');
    return true;
}

static bool write_lines(const struct snapshot *snap, const struct format *f, struct text_out *out,
                        struct err *err) {
    struct dump d = {.format = f};
    const bool ok = out_each_row(&(struct out_rows){snap, f->def, write_row, &d, -1}, out, err);
    array_done(&d.ints);
    return ok;
}

bool revision_jobs_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_lines(snap, &details, out, err);
}

bool rectified_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_lines(snap, &rectified, out, err);
}
