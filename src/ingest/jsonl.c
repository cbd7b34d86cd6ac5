#include "ingest/jsonl.h"

#include <stdio.h>

struct reader {
    const struct jsonl_def *def;
    const void *arg;
    const struct jsonl_scan *scan; // NULL = none
    struct stager *stager;
    struct doc doc;
    struct line line;
};

static struct ingest_at place(const struct reader *x) {
    return (struct ingest_at){(int64_t)x->line.line, (int64_t)x->line.offset, NULL};
}

static bool bad_line(struct reader *x, const char *column, const char *why, struct err *err) {
    struct ingest *front = stager_front(x->stager);
    struct ingest_at at = place(x);
    at.column = column;
    front->counts.bad++;
    stager_drop(x->stager);
    return ingest_problem(front, at, x->line.text, err, "%s%s; the line is left out",
                          x->line.torn && !column ? "the last line has no end: " : "", why);
}

static bool put_record(struct reader *x, struct record_reader *r, struct jsonl_record *record,
                       struct err *err) {
    if (r->extra.len) {
        record->extra = stage_text(stager_stage(x->stager), str_sv(&r->extra));
    }
    const char *missing = x->def->check(r, record, r->source);
    if (missing) {
        char why[64];
        snprintf(why, sizeof why, "%s is missing", missing);
        return bad_line(x, missing, why, err);
    }
    stager_put(x->stager, place(x));
    return true;
}

static bool read_line(struct reader *x, struct err *err) {
    if (!stager_next(x->stager, err)) {
        return false;
    }
    struct stage *st = stager_stage(x->stager);
    struct record_reader *r = &st->r;
    void *record = stager_record(x->stager);
    r->arg = x->arg;
    r->at = place(x);
    r->source = stage_text(st, x->line.text);
    if (x->scan && x->scan->scan(x->scan->arg, r, record, r->source)) {
        stager_put(x->stager, r->at);
        return true;
    }
    str_clear(&r->extra);
    // The memory for decoded texts is carried over from line to line.
    const struct str scratch = x->doc.scratch;
    json_doc_init(&x->doc, r->source);
    x->doc.scratch = scratch;
    struct doc_token tok;
    struct err local = ERR_INIT;
    bool ok = doc_next(&x->doc, &tok);
    if (ok && tok.kind != DOC_MAP) {
        return bad_line(x, NULL, "expected a JSON object", err);
    }
    ok = ok && record_read(r, x->def->table, &x->doc, record, &local);
    ok = ok && !doc_next(&x->doc, &tok) && tok.kind == DOC_END;
    if (ok) {
        return put_record(x, r, record, err);
    }
    if (local.code != ERR_NONE) {
        if (err) {
            *err = local;
        }
        return false;
    }
    return bad_line(x, NULL, doc_error(&x->doc)->msg, err);
}

static bool read_lines(struct ingest *ig, struct reader *x, struct err *err) {
    const struct stager_def stage_def = {x->def->record_size, x->def->write, x->def->key};
    x->stager = stager_open(ig, &stage_def);
    struct ingest *front = stager_front(x->stager);
    struct line_scan lines;
    line_scan_init(&lines, &front->in);
    bool ok = true;
    while (ok) {
        const int rc = line_next(&lines, &x->line, err);
        if (rc <= 0) {
            ok = rc == 0 || err_prefix(err, "%s", ig->file);
            break;
        }
        ok = ingest_tick(front, x->line.offset, err) &&
             (!sv_trim(x->line.text).len || read_line(x, err));
    }
    str_done(&x->doc.scratch);
    return stager_close(x->stager, ok, err);
}

bool jsonl_read(struct ingest *ig, const struct jsonl_def *def, struct err *err) {
    struct reader x = {.def = def};
    return read_lines(ig, &x, err);
}

bool jsonl_read_with(struct ingest *ig, const struct jsonl_def *def, const void *arg,
                     struct err *err) {
    struct reader x = {.def = def, .arg = arg};
    return read_lines(ig, &x, err);
}

bool jsonl_read_scan(struct ingest *ig, const struct jsonl_def *def, const struct jsonl_scan *scan,
                     struct err *err) {
    struct reader x = {.def = def, .arg = scan->arg, .scan = scan};
    return read_lines(ig, &x, err);
}
