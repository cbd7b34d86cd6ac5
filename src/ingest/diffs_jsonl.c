// perf_bugs_with_diff.jsonl: one net diff for each performance bug, non-ASCII as \uXXXX.
#include "base/date.h"
#include "ingest/jsonl.h"
#include "ingest/text_out.h"
#include "schema/commit_text.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const perf_bugs_with_diff_datasets[] = {&schema_perf_bugs_with_diff,
                                                                  NULL};

struct bug_diff {
    struct jsonl_record base;
    struct sv bug_id, diff, message, revision;
    struct rec_i64 date_us, tz_offset;
    struct rec_bool regressor;
    int64_t n_files;
};

// Text by rule; some writers make it a number.
static bool read_bug_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        void *record, struct err *err) {
    struct bug_diff *d = record;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (tok->kind != DOC_TEXT && tok->kind != DOC_INT) {
        return record_wrong(r, doc, tok, "bug_id", "the number of a bug", err);
    }
    d->bug_id = record_keep(r, tok->text);
    return true;
}

enum { LOCAL_PART = 19 }; // YYYY-MM-DDTHH:MM:SS

// The zone stands as the offset from the written local time to UTC.
static bool read_date(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    struct bug_diff *d = record;
    if (tok->kind == DOC_NULL || (tok->kind == DOC_TEXT && !tok->text.len)) {
        return true;
    }
    bool has_zone = false;
    int64_t local_us;
    d->date_us.has = tok->kind == DOC_TEXT && date_parse_iso(tok->text, &d->date_us.v, &has_zone);
    if (!d->date_us.has) {
        return record_wrong(r, doc, tok, "last_commit_date",
                            "a time such as 2025-06-14T05:36:04+00:00", err);
    }
    if (has_zone && date_parse_iso(sv_sub(tok->text, 0, LOCAL_PART), &local_us, NULL)) {
        const int64_t at_us = d->date_us.v - d->date_us.v % US_PER_SEC;
        d->tz_offset = (struct rec_i64){(local_us - at_us) / US_PER_SEC, true};
    }
    return true;
}

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct bug_diff, field)
static const struct record_key keys[] = {
    RECORD_CALL("bug_id", read_bug_id),         KEY("diff", REC_TEXT, diff),
    KEY("commit_message", REC_TEXT, message),   KEY("revision", REC_TEXT, revision),
    RECORD_CALL("last_commit_date", read_date), KEY("regressor", REC_BOOL, regressor),
};
static const struct record_table table = {keys, COUNTOF(keys), 0};

static const char *check(struct record_reader *r, void *record, struct sv line) {
    (void)r;
    (void)line;
    struct bug_diff *d = record;
    d->n_files = diff_n_files(d->diff);
    return d->bug_id.len ? NULL : "bug_id";
}

static bool write_diff(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                       struct err *err) {
    (void)st;
    (void)at;
    const struct bug_diff *d = record;
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_text(arrow_column(w, PD_BUG_ID), d->bug_id);
    add_rec_text(arrow_column(w, PD_REVISION), d->revision);
    add_rec_i64(arrow_column(w, PD_LAST_COMMIT_DATE), d->date_us);
    add_rec_i64(arrow_column(w, PD_TZ_OFFSET), d->tz_offset);
    add_rec_bool(arrow_column(w, PD_REGRESSOR), d->regressor);
    add_rec_text(arrow_column(w, PD_COMMIT_MESSAGE), d->message);
    add_rec_text(arrow_column(w, PD_DIFF), d->diff);
    arrow_add_i64(arrow_column(w, PD_DIFF_BYTES), (int64_t)d->diff.len);
    arrow_add_i64(arrow_column(w, PD_FILES), d->n_files);
    add_rec_extra(arrow_column(w, PD_EXTRA), d->base.extra);
    return arrow_row_end(w, err);
}

bool diffs_jsonl_read(struct ingest *ig, struct err *err) {
    const struct jsonl_def def = {&table, sizeof(struct bug_diff), check, write_diff, NULL};
    return jsonl_read(ig, &def, err);
}

static void write_date(struct text_out *out, const struct out_row *row) {
    str_add_byte(&out->buf, '"');
    if (!out_is_null(row, PD_LAST_COMMIT_DATE)) {
        const int64_t offset = out_i64(row, PD_TZ_OFFSET);
        const int64_t size = offset < 0 ? -offset : offset;
        str_add_iso(&out->buf, out_i64(row, PD_LAST_COMMIT_DATE) + offset * US_PER_SEC);
        str_addf(&out->buf, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(size / 3600),
                 (int)(size / 60 % 60));
        if (size % 60) {
            str_addf(&out->buf, ":%02d", (int)(size % 60));
        }
    }
    str_add_byte(&out->buf, '"');
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    str_add_cstr(&out->buf, "{\"bug_id\": ");
    out_json_text(out, row, PD_BUG_ID, JSON_ASCII);
    str_add_cstr(&out->buf, ", \"diff\": ");
    out_json_text(out, row, PD_DIFF, JSON_ASCII);
    str_add_cstr(&out->buf, ", \"commit_message\": ");
    out_json_text(out, row, PD_COMMIT_MESSAGE, JSON_ASCII);
    str_add_cstr(&out->buf, ", \"revision\": ");
    out_json_text(out, row, PD_REVISION, JSON_ASCII);
    str_add_cstr(&out->buf, ", \"last_commit_date\": ");
    write_date(out, row);
    str_add_cstr(&out->buf, ", \"regressor\": ");
    out_json_bool(out, row, PD_REGRESSOR);
    out_json_extra(out, row, PD_EXTRA);
    str_add_cstr(&out->buf, "}\n");
    return true;
}

bool diffs_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return out_each_row(&(struct out_rows){snap, &schema_perf_bugs_with_diff, write_row, NULL, -1},
                        out, err);
}
