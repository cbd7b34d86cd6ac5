// The record of a job, the rows made of it, and the file that holds one job a line.
#include "ingest/job_details.h"

#include <math.h>

#include "base/date.h"
#include "base/num.h"
#include "ingest/json_list.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const max_revision_jobs_datasets[] = {&schema_max_revision_jobs, NULL};
const struct dataset_def *const job_details_datasets[] = {&schema_job_details, NULL};

// --- values ---

static bool read_int(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     const char *key, struct rec_i64 *out, struct err *err) {
    *out = (struct rec_i64){0};
    if (tok->kind == DOC_NULL) {
        return true;
    }
    out->has = int_of_token(tok, INT_COERCE, &out->v);
    return out->has || record_wrong(r, doc, tok, key, "an integer", err);
}

static bool read_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                    void *record, struct err *err) {
    return read_int(r, doc, tok, "id", &((struct job_detail *)record)->id, err);
}

static bool read_job_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        void *record, struct err *err) {
    return read_int(r, doc, tok, "job_id", &((struct job_detail *)record)->job_id, err);
}

static bool seconds_of(const struct doc_token *tok, double *out) {
    switch ((int)tok->kind) {
    case DOC_INT:
    case DOC_FLOAT:
        *out = tok->f;
        return true;
    case DOC_BOOL:
        *out = tok->b;
        return true;
    case DOC_TEXT:
        return num_parse_f64(sv_trim(tok->text), out);
    default:
        return false;
    }
}

static bool read_instant(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                         const char *key, struct job_instant *out, struct err *err) {
    static const double limit_s = 9e12; // in microseconds still an int64
    double seconds;
    *out = (struct job_instant){0};
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (!seconds_of(tok, &seconds) || !(fabs(seconds) < limit_s)) {
        return record_wrong(r, doc, tok, key, "seconds since 1970", err);
    }
    out->seconds = seconds;
    out->us = (struct rec_i64){llround(seconds * (double)US_PER_SEC), true};
    return true;
}

static bool read_submit(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        void *record, struct err *err) {
    struct job_detail *job = record;
    return read_instant(r, doc, tok, "submit_timestamp", &job->submit, err);
}

static bool read_start(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                       void *record, struct err *err) {
    struct job_detail *job = record;
    return read_instant(r, doc, tok, "start_timestamp", &job->start, err);
}

static bool read_end(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     void *record, struct err *err) {
    struct job_detail *job = record;
    return read_instant(r, doc, tok, "end_timestamp", &job->end, err);
}

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct job_detail, field)
static const struct record_key keys[] = {
    RECORD_CALL("id", read_id),
    RECORD_CALL("job_id", read_job_id),
    KEY("push_id", REC_I64, push_id),
    KEY("result", REC_TEXT, result),
    KEY("state", REC_TEXT, state),
    RECORD_CALL("submit_timestamp", read_submit),
    RECORD_CALL("start_timestamp", read_start),
    RECORD_CALL("end_timestamp", read_end),
    KEY("job_type_name", REC_TEXT, job_type_name),
    KEY("tier", REC_I32, tier),
    KEY("task_id", REC_TEXT, task_id),
    KEY("retry_id", REC_I32, retry_id),
    KEY("platform", REC_TEXT, platform),
    KEY("platform_option", REC_TEXT, platform_option),
    KEY("revision", REC_TEXT, revision),
    RECORD_CALL("results", job_answer_list),
};
const struct record_table job_detail_table = {keys, COUNTOF(keys) - 1, 0};
const struct record_table job_answer_table = {keys, COUNTOF(keys), 0};

bool job_detail_settle_id(struct job_detail *job) {
    job->id = job->id.has ? job->id : job->job_id;
    return job->id.has;
}

// --- rows ---

static void add_difference(struct arrow_builder *b, const struct job_instant *from,
                           const struct job_instant *to, double unit_s) {
    const bool has = from->us.has && to->us.has;
    add_rec_f64(b, (struct rec_f64){has ? (to->seconds - from->seconds) / unit_s : 0, has});
}

bool job_detail_write(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                      struct err *err) {
    const struct job_detail *job = record;
    (void)st;
    if (!ingest_key_i64(ig, job->id.v, at, err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[0].w;
    add_rec_i64(arrow_column(w, JB_ID), job->id);
    add_rec_i64(arrow_column(w, JB_PUSH_ID), job->push_id);
    add_rec_text(arrow_column(w, JB_REVISION), job->revision);
    add_rec_i64(arrow_column(w, JB_SUBMIT_TIMESTAMP), job->submit.us);
    add_rec_i64(arrow_column(w, JB_START_TIMESTAMP), job->start.us);
    add_rec_i64(arrow_column(w, JB_END_TIMESTAMP), job->end.us);
    add_difference(arrow_column(w, JB_WAIT_S), &job->submit, &job->start, 1);
    add_difference(arrow_column(w, JB_RUN_MINUTES), &job->start, &job->end, 60);
    add_rec_text(arrow_column(w, JB_STATE), job->state);
    add_rec_text(arrow_column(w, JB_RESULT), job->result);
    add_rec_text(arrow_column(w, JB_JOB_TYPE_NAME), job->job_type_name);
    add_rec_text(arrow_column(w, JB_PLATFORM), job->platform);
    add_rec_text(arrow_column(w, JB_PLATFORM_OPTION), job->platform_option);
    add_rec_i64(arrow_column(w, JB_TIER), job->tier);
    add_rec_text(arrow_column(w, JB_TASK_ID), job->task_id);
    add_rec_i64(arrow_column(w, JB_RETRY_ID), job->retry_id);
    add_rec_text(arrow_column(w, JB_RAW), job->raw);
    return arrow_row_end(w, err);
}

// --- one job a line ---

static const char *check(struct record_reader *r, void *record, struct sv line) {
    struct job_detail *job = record;
    (void)r;
    job->raw = line;
    return job_detail_settle_id(job) ? NULL : "id";
}

bool max_revision_jobs_jsonl_read(struct ingest *ig, struct err *err) {
    static const struct jsonl_def def = {
        .table = &job_detail_table,
        .record_size = sizeof(struct job_detail),
        .check = check,
        .write = job_detail_write,
    };
    return jsonl_read(ig, &def, err);
}

// A job of a pretty answer has line breaks between its values. What cannot be read any more, in a
// damaged store, loses just these.
static void add_one_line(struct str *out, struct sv raw) {
    const size_t from = out->len;
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, raw);
    if (!doc_next(&doc, &tok) || !doc_copy_json(&doc, &tok, out)) {
        str_cut(out, from);
        str_add_sv(out, raw);
        for (size_t i = from; i < out->len; i++) {
            out->ptr[i] = out->ptr[i] == '\n' ? ' ' : out->ptr[i];
        }
    }
    doc_done(&doc);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    const struct sv raw = out_text(row, JB_RAW);
    if (sv_find_byte(raw, '\n') < 0) {
        str_add_sv(&out->buf, raw);
    } else {
        add_one_line(&out->buf, raw);
    }
    str_add_byte(&out->buf, '\n');
    return true;
}

static bool write_jobs(const struct snapshot *snap, const struct dataset_def *def,
                       struct text_out *out, struct err *err) {
    return out_each_row(&(struct out_rows){snap, def, write_row, NULL, -1}, out, err);
}

bool max_revision_jobs_jsonl_write(const struct snapshot *snap, struct text_out *out,
                                   struct err *err) {
    return write_jobs(snap, &schema_max_revision_jobs, out, err);
}

bool job_details_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_jobs(snap, &schema_job_details, out, err);
}
