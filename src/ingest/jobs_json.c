// Answers of the jobs endpoint: {"results": [job, ...], ...}, lists of jobs or answers, or one such
// value a line.
#include "base/doc.h"
#include "ingest/job_details.h"
#include "ingest/text_place.h"

// An answer holds at most 2,000 jobs of a few hundred bytes.
#define ANSWER_LIMIT ((size_t)128 << 20)

struct reader {
    struct stager *stager;
    struct doc doc;
    struct text_place place; // in the line, or in the whole file
    bool whole;              // the text stays until the end
};

// A line is copied into a stage, so that only a text that stays may go on in the next one.
static struct record_reader *begin_record(struct reader *x, size_t at, struct err *err) {
    if (x->whole && !stager_next(x->stager, err)) {
        return NULL;
    }
    struct record_reader *r = &stager_stage(x->stager)->r;
    r->source = x->place.text;
    r->at = text_place(&x->place, at);
    return r;
}

static bool read_value(struct reader *x, const struct doc_token *tok, bool inner, struct err *err);

// Is a value that was read an answer, which is no job itself?
struct answer {
    struct reader *x;
    bool found;
};

bool job_answer_list(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     void *record, struct err *err) {
    struct answer *answer = ((struct job_detail *)record)->answer;
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, "results", "a list of jobs", err);
    }
    answer->found = true;
    struct doc_token item;
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        if (!read_value(answer->x, &item, true, err)) {
            return false;
        }
    }
    return item.kind == DOC_LIST_END;
}

static bool read_job(struct reader *x, size_t start, struct err *err) {
    struct record_reader *r = begin_record(x, start, err);
    if (!r) {
        return false;
    }
    struct answer answer = {.x = x};
    struct job_detail job = {.answer = &answer};
    struct ingest_at at = r->at;
    str_clear(&r->extra);
    if (!record_read(r, &job_answer_table, &x->doc, &job, err)) {
        return false;
    }
    if (answer.found) {
        return true;
    }
    const char *end = x->doc.cur;
    job.raw = sv_make(x->place.text.ptr + start, (size_t)(end - x->place.text.ptr) - start);
    if (!job_detail_settle_id(&job)) {
        struct ingest *front = stager_front(x->stager);
        at.column = "id";
        front->counts.bad++;
        return ingest_problem(front, at, job.raw, err, "id is missing; the job is left out");
    }
    memcpy(stager_record(x->stager), &job, sizeof job);
    stager_put(x->stager, at);
    return true;
}

static bool read_value(struct reader *x, const struct doc_token *tok, bool inner, struct err *err) {
    struct doc_token item;
    if (!ingest_tick(stager_front(x->stager), x->place.offset + tok->at, err)) {
        return false;
    }
    if (tok->kind == DOC_MAP) {
        return read_job(x, tok->at, err);
    }
    if (tok->kind != DOC_LIST) {
        struct record_reader *r = begin_record(x, tok->at, err);
        stager_front(x->stager)->counts.bad++;
        return r && record_wrong(r, &x->doc, tok, NULL,
                                 inner ? "a job" : "a job or an answer with jobs", err);
    }
    while (doc_next(&x->doc, &item) && item.kind != DOC_LIST_END) {
        if (!read_value(x, &item, true, err)) {
            return false;
        }
    }
    return item.kind == DOC_LIST_END;
}

// All of the text; false with `err` untouched when it is no JSON.
static bool read_text(struct reader *x, struct err *err) {
    struct doc_token tok;
    x->place.counted_to = 0;
    doc_restart(&x->doc, x->place.text);
    return doc_next(&x->doc, &tok) && read_value(x, &tok, false, err) && !doc_next(&x->doc, &tok) &&
           tok.kind == DOC_END;
}

// --- lines ---

static bool read_line(struct reader *x, const struct line *line, struct err *err) {
    if (!stager_next(x->stager, err)) {
        return false;
    }
    x->place.text = stage_text(stager_stage(x->stager), line->text);
    x->place.offset = line->offset;
    x->place.line = (int64_t)line->line;
    struct err local = ERR_INIT;
    if (read_text(x, &local)) {
        return true;
    }
    if (local.code != ERR_NONE) {
        *err = local;
        return false;
    }
    struct ingest *front = stager_front(x->stager);
    front->counts.bad++;
    return ingest_problem(front, (struct ingest_at){x->place.line, (int64_t)x->place.offset, NULL},
                          x->place.text, err, "%s%s; the rest of the line is left out",
                          line->torn ? "the last line has no end: " : "", doc_error(&x->doc)->msg);
}

static bool read_lines(struct reader *x, struct err *err) {
    struct ingest *front = stager_front(x->stager);
    struct line_scan lines;
    struct line line;
    line_scan_init(&lines, &front->in);
    for (;;) {
        const int rc = line_next(&lines, &line, err);
        if (rc <= 0) {
            return rc == 0 || err_prefix(err, "%s", front->file);
        }
        if (sv_trim(line.text).len && !read_line(x, &line, err)) {
            return false;
        }
    }
}

// --- one document ---

static bool read_document(struct reader *x, struct err *err) {
    struct ingest *front = stager_front(x->stager);
    x->whole = true;
    x->place.line = 1;
    x->place.text = sv_make(front->in.ptr, front->in.len);
    struct err local = ERR_INIT;
    if (read_text(x, &local)) {
        return true;
    }
    // Half an answer is not trusted: the rest would look as if it were not there.
    if (local.code == ERR_NONE) {
        return err_set(err, ERR_FORMAT, "%s: %s", front->file, doc_error(&x->doc)->msg);
    }
    *err = local;
    return false;
}

// Does the text begin with lines that are values by themselves?
static bool has_lines(struct sv text) {
    struct sv line;
    while (sv_split(&text, '\n', &line) && !sv_trim(line).len) {
    }
    if (!text.ptr || !sv_trim(text).len) {
        return false;
    }
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, line);
    const bool ok = doc_next(&doc, &tok) && doc_skip(&doc, &tok) && !doc_next(&doc, &tok) &&
                    tok.kind == DOC_END;
    doc_done(&doc);
    return ok;
}

static bool load(struct input *in, const char *file, bool *lines, struct err *err) {
    *lines = has_lines(sv_make(in->ptr, in->len));
    while (!*lines && !in->at_eof && in->len <= ANSWER_LIMIT) {
        if (!input_more(in, 0, err)) {
            return false;
        }
        *lines = has_lines(sv_make(in->ptr, in->len));
    }
    return *lines || in->len <= ANSWER_LIMIT ||
           err_set(err, ERR_LIMIT, "%s: longer than %zu MiB, the limit for one answer", file,
                   ANSWER_LIMIT >> 20);
}

bool jobs_json_read(struct ingest *ig, struct err *err) {
    static const struct stager_def def = {sizeof(struct job_detail), job_detail_write, NULL};
    bool lines;
    if (!load(&ig->in, ig->file, &lines, err)) {
        return false;
    }
    struct reader x = {.stager = stager_open(ig, &def)};
    struct err local = ERR_INIT;
    json_doc_init(&x.doc, SV(""));
    const bool ok = lines ? read_lines(&x, &local) : read_document(&x, &local);
    doc_done(&x.doc);
    if (!ok && err) {
        *err = local;
    }
    return stager_close(x.stager, ok, err);
}
