// Reading lines of jobs in any spelling, and the rows made of them.
#include "base/date.h"
#include "ingest/code_cache.h"
#include "ingest/json_list.h"
#include "ingest/perf_jobs.h"
#include "schema/perf_jobs.h"

enum { LINES_OUT, JOBS_OUT };

struct job_reader {
    struct perf_job job;
    struct job_times times;
    struct job_order order;
    bool repeated; // a key came twice
};

// --- values of a job ---

static bool read_int(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     enum job_key key, struct perf_job *job, struct err *err) {
    int64_t v;
    if (!int_of_token(tok, INT_COERCE, &v)) {
        return record_wrong(r, doc, tok, job_key_name(key).ptr, "an integer", err);
    }
    *(key == JOB_JOB_ID ? &job->job_id : key == JOB_ID ? &job->id : &job->push_id) = v;
    job->has = (uint8_t)(job->has | 1U << key);
    return true;
}

static bool has_form(struct sv text) {
    static const char form[] = "0000-00-00T00:00:00";
    for (size_t i = 0; i < text.len; i++) {
        const char c = char_is_digit(text.ptr[i]) ? '0' : text.ptr[i];
        if (i == sizeof form - 1 || c != form[i]) {
            return false;
        }
    }
    return text.len == sizeof form - 1;
}

// An empty text, zero and false count as no time at all.
static bool is_nothing(const struct doc_token *tok) {
    return tok->kind == DOC_NULL || (tok->kind == DOC_TEXT && !tok->text.len) ||
           (tok->kind == DOC_BOOL && !tok->b) || (tok->kind == DOC_INT && !tok->i);
}

static bool read_time(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      enum job_key key, struct job_reader *x, struct err *err) {
    int64_t us = 0;
    const bool nothing = is_nothing(tok);
    const bool has = tok->kind == DOC_TEXT && date_parse_iso(tok->text, &us, NULL);
    const bool exact = has && has_form(tok->text);
    if (key == JOB_SUBMIT_TIME) {
        x->job.submit_us = us;
        x->times.submit_exact = exact;
        x->times.submit_given = !nothing;
    } else {
        x->job.push_us = us;
        x->times.push_exact = exact;
    }
    if (has) {
        x->job.has = (uint8_t)(x->job.has | 1U << key);
    }
    return has || nothing ||
           record_wrong(r, doc, tok, job_key_name(key).ptr, "a time such as 2025-06-19T00:16:40",
                        err);
}

static bool read_number(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        struct perf_job *job, struct err *err) {
    if (tok->kind != DOC_INT && tok->kind != DOC_FLOAT) {
        return record_wrong(r, doc, tok, "value", "a number", err);
    }
    job->value = tok->f;
    job->has |= 1U << JOB_VALUE;
    return true;
}

static bool read_text(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      enum job_key key, struct perf_job *job, struct err *err) {
    if (tok->kind != DOC_TEXT) {
        return record_wrong(r, doc, tok, job_key_name(key).ptr, "a text", err);
    }
    *(key == JOB_REVISION ? &job->revision : &job->machine_name) = record_keep(r, tok->text);
    job->has = (uint8_t)(job->has | 1U << key);
    return true;
}

static bool read_member(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        enum job_key key, struct job_reader *x, struct err *err) {
    x->job.has = (uint8_t)(x->job.has & ~(1U << key));
    if (key == JOB_PUSH_TIMESTAMP || key == JOB_SUBMIT_TIME) {
        return read_time(r, doc, tok, key, x, err);
    }
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (key == JOB_VALUE) {
        return read_number(r, doc, tok, &x->job, err);
    }
    return key == JOB_REVISION || key == JOB_MACHINE_NAME
               ? read_text(r, doc, tok, key, &x->job, err)
               : read_int(r, doc, tok, key, &x->job, err);
}

static void note_key(struct job_reader *x, enum job_key key) {
    if (memchr(x->order.keys, (int)key, x->order.n)) {
        x->repeated = true;
    } else {
        x->order.keys[x->order.n++] = (uint8_t)key;
    }
}

// The members of unknown keys, which stand in r->extra behind those of the line.
static struct sv take_extra(struct record_reader *r, size_t from) {
    struct sv extra = sv_from(str_sv(&r->extra), from);
    if (from && extra.len) {
        extra = sv_from(extra, 2); // the ", " before
    }
    extra = extra.len ? arena_sv(&r->arena, extra) : SV_NULL;
    str_cut(&r->extra, from);
    return extra;
}

static bool read_job(struct record_reader *r, struct doc *doc, struct job_reader *x,
                     struct err *err) {
    const size_t from = r->extra.len;
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
        const enum job_key key = job_key_of(tok.text);
        bool ok;
        if (key == JOB_N_KEYS) {
            const struct sv name = record_keep(r, tok.text);
            ok = doc_next(doc, &tok) && record_extra(r, doc, &tok, name);
        } else {
            note_key(x, key);
            ok = doc_next(doc, &tok) && read_member(r, doc, &tok, key, x, err);
        }
        if (!ok) {
            return false;
        }
    }
    x->job.extra = take_extra(r, from);
    x->job.in_time = job_in_time(&x->job, x->times);
    return tok.kind == DOC_MAP_END;
}

// --- lines ---

static bool read_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                    void *record, struct err *err) {
    struct job_line *line = record;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    line->id.has = int_of_token(tok, INT_COERCE, &line->id.v);
    return line->id.has || record_wrong(r, doc, tok, "signature_id", "an integer", err);
}

// What is no job in a list still has its place, as a row of nulls: places in the list count.
static bool read_item(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      struct job_line *line, struct err *err) {
    struct job_reader x = {.job = {.pos = (int32_t)line->n, .in_time = true}};
    const bool is_job = tok->kind == DOC_MAP;
    if (!(is_job ? read_job(r, doc, &x, err) : record_wrong(r, doc, tok, "jobs", "a job", err))) {
        return false;
    }
    if (!line->n) {
        line->order = x.order;
    }
    line->mixed = line->mixed || !is_job || x.repeated || !job_order_eq(&line->order, &x.order);
    array_push(&r->jobs, x.job);
    line->n++;
    return true;
}

static bool read_jobs(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    struct job_line *line = record;
    struct doc_token item;
    line->has_jobs = tok->kind == DOC_LIST;
    line->first = r->jobs.n;
    line->n = 0;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (!line->has_jobs) {
        return record_wrong(r, doc, tok, "jobs", "a list of jobs", err);
    }
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        if (!read_item(r, doc, &item, line, err)) {
            return false;
        }
    }
    return item.kind == DOC_LIST_END;
}

static const struct record_key keys[] = {
    RECORD_CALL("signature_id", read_id),
    RECORD_CALL("jobs", read_jobs),
};
static const struct record_table table = {keys, COUNTOF(keys), 0};

static const char *check(struct record_reader *r, void *record, struct sv text) {
    struct job_line *line = record;
    if (!line->id.has || !line->has_jobs) {
        return line->id.has ? "jobs" : "signature_id";
    }
    if (!line->n) {
        line->order = job_order_usual();
    }
    const struct perf_job *jobs = line->n ? &r->jobs.ptr[line->first] : NULL;
    str_clear(&r->scratch);
    job_line_write(&r->scratch, line->id.v, &line->order, jobs, line->n);
    if (line->mixed || !sv_eq(str_sv(&r->scratch), text)) {
        line->raw = text;
    }
    return NULL;
}

struct jobs_reader {
    struct job_scanner *scanner;             // of the reading side
    struct code_cache *revisions, *machines; // of the writing side
};

static bool scan(const void *arg, struct record_reader *r, void *record, struct sv text) {
    const struct jobs_reader *x = arg;
    return job_scanner_line(x->scanner, r, record, text);
}

// --- rows ---

enum { LOOK_AHEAD = 8, REVISIONS = 16384, MACHINES = 1024 };

// Jobs of one line that fit into one batch. What all of them have, or none, is added at once.
struct job_run {
    const struct jobs_reader *x;
    const struct perf_job *jobs;
    size_t n, n_readable; // n_readable: with the jobs of later lines
    unsigned all, any;    // bits of job_has() that all and any of them have
    bool extra;           // some have unknown keys
};

static void add_values(struct arrow_builder *b, const struct job_run *run, enum job_key key,
                       size_t offset) {
    const char *first = (const char *)run->jobs + offset;
    if (run->all >> key & 1) {
        arrow_add_run(b, first, sizeof *run->jobs, run->n);
        return;
    }
    for (size_t i = 0; i < run->n; i++) {
        if (job_has(&run->jobs[i], key)) {
            arrow_add_run(b, first + i * sizeof *run->jobs, 0, 1);
        } else {
            arrow_add_null(b);
        }
    }
}

static void add_revisions(struct arrow_builder *b, const struct job_run *run) {
    for (size_t i = 0; i < run->n; i++) {
        const struct perf_job *job = &run->jobs[i];
        if (i + LOOK_AHEAD < run->n_readable) {
            const struct perf_job *ahead = job + LOOK_AHEAD;
            code_cache_prefetch(run->x->revisions, ahead->revision, ahead->revision_hash);
        }
        if (job->revision.ptr) {
            code_cache_add(run->x->revisions, b, job->revision, job->revision_hash);
        } else {
            arrow_add_null(b);
        }
    }
}

static void add_machines(struct arrow_builder *b, const struct job_run *run) {
    for (size_t i = 0; i < run->n; i++) {
        const struct perf_job *job = &run->jobs[i];
        if (job->machine_name.ptr) {
            code_cache_add(run->x->machines, b, job->machine_name, job->machine_hash);
        } else {
            arrow_add_null(b);
        }
    }
}

static void note_common(struct job_run *run) {
    run->all = UINT8_MAX;
    for (size_t i = 0; i < run->n; i++) {
        run->all &= run->jobs[i].has;
        run->any |= run->jobs[i].has;
        run->extra |= run->jobs[i].extra.len != 0;
    }
}

#define FIELD(name) offsetof(struct perf_job, name)

static bool write_run(struct arrow_writer *w, int64_t signature_id, struct job_run *run,
                      struct err *err) {
    const size_t step = sizeof *run->jobs;
    note_common(run);
    arrow_add_run(arrow_column(w, PJ_SIGNATURE_ID), &signature_id, 0, run->n);
    arrow_add_run(arrow_column(w, PJ_POS), &run->jobs->pos, step, run->n);
    add_values(arrow_column(w, PJ_ID), run, JOB_ID, FIELD(id));
    add_values(arrow_column(w, PJ_JOB_ID), run, JOB_JOB_ID, FIELD(job_id));
    add_values(arrow_column(w, PJ_PUSH_ID), run, JOB_PUSH_ID, FIELD(push_id));
    add_values(arrow_column(w, PJ_PUSH_TIMESTAMP), run, JOB_PUSH_TIMESTAMP, FIELD(push_us));
    add_values(arrow_column(w, PJ_SUBMIT_TIME), run, JOB_SUBMIT_TIME, FIELD(submit_us));
    add_values(arrow_column(w, PJ_VALUE), run, JOB_VALUE, FIELD(value));
    add_revisions(arrow_column(w, PJ_REVISION), run);
    if (run->any >> JOB_MACHINE_NAME & 1) {
        add_machines(arrow_column(w, PJ_MACHINE_NAME), run);
    } else {
        arrow_add_nulls(arrow_column(w, PJ_MACHINE_NAME), run->n);
    }
    for (size_t i = 0; i < run->n; i++) {
        arrow_add_bool(arrow_column(w, PJ_IN_TIME), run->jobs[i].in_time);
    }
    for (size_t i = 0; run->extra && i < run->n; i++) {
        add_rec_extra(arrow_column(w, PJ_EXTRA), run->jobs[i].extra);
    }
    if (!run->extra) {
        arrow_add_nulls(arrow_column(w, PJ_EXTRA), run->n);
    }
    return arrow_rows_end(w, run->n, err);
}

static bool write_jobs(struct arrow_writer *w, const struct record_reader *r,
                       const struct job_line *line, struct err *err) {
    for (size_t done = 0; done < line->n;) {
        struct job_run run = {
            .x = r->arg,
            .jobs = r->jobs.ptr + line->first + done,
            .n = MIN(line->n - done, arrow_rows_room(w)),
            .n_readable = r->jobs.n - line->first - done,
        };
        if (!write_run(w, line->id.v, &run, err)) {
            return false;
        }
        done += run.n;
    }
    return true;
}

static bool write_line(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                       struct err *err) {
    const struct job_line *line = record;
    if (!ingest_key_i64(ig, line->id.v, at, err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[LINES_OUT].w;
    arrow_add_i64(arrow_column(w, PJS_SIGNATURE_ID), line->id.v);
    arrow_add_i64(arrow_column(w, PJS_N_JOBS), (int64_t)line->n);
    if (line->raw.ptr || job_order_is_usual(&line->order)) {
        arrow_add_null(arrow_column(w, PJS_KEYS));
    } else {
        str_clear(&st->r.scratch);
        job_order_write(&line->order, &st->r.scratch);
        arrow_add_text(arrow_column(w, PJS_KEYS), str_sv(&st->r.scratch));
    }
    add_rec_text(arrow_column(w, PJS_RAW), line->raw);
    if (!arrow_row_end(w, err)) {
        return false;
    }
    return write_jobs(ig->out[JOBS_OUT].w, &st->r, line, err);
}

static bool read_lines(struct ingest *ig,
                       bool (*scan_line)(const void *, struct record_reader *, void *, struct sv),
                       struct err *err) {
    static const struct jsonl_def def = {
        .table = &table,
        .record_size = sizeof(struct job_line),
        .check = check,
        .write = write_line,
    };
    const struct jobs_reader x = {job_scanner_new(), code_cache_new(REVISIONS),
                                  code_cache_new(MACHINES)};
    const bool ok = jsonl_read_scan(ig, &def, &(struct jsonl_scan){scan_line, &x}, err);
    job_scanner_free(x.scanner);
    code_cache_free(x.revisions);
    code_cache_free(x.machines);
    return ok;
}

bool perf_jobs_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, scan, err);
}

static bool scan_nothing(const void *arg, struct record_reader *r, void *record, struct sv text) {
    (void)arg;
    (void)r;
    (void)record;
    (void)text;
    return false;
}

bool perf_jobs_jsonl_read_slowly(struct ingest *ig, struct err *err) {
    return read_lines(ig, scan_nothing, err);
}
