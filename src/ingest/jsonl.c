#include "ingest/jsonl.h"

static bool bad_line(struct ingest *ig, const struct line *line, const char *why, struct err *err) {
    ig->counts.bad++;
    const struct ingest_at at = {(int64_t)line->line, (int64_t)line->offset, NULL};
    return ingest_problem(ig, at, line->text, err, "%s%s; the line is left out",
                          line->torn ? "the last line has no end: " : "", why);
}

bool jsonl_missing(struct ingest *ig, const struct record_reader *r, const struct line *line,
                   const char *key, bool *bad, struct err *err) {
    *bad = true;
    ig->counts.bad++;
    struct ingest_at at = r->at;
    at.column = key;
    return ingest_problem(ig, at, line->text, err, "%s is missing; the line is left out", key);
}

static bool read_line(struct ingest *ig, const struct jsonl_def *def, struct record_reader *r,
                      struct doc *doc, const struct line *line, void *record, struct err *err) {
    struct doc_token tok;
    struct err local = ERR_INIT;
    memset(record, 0, def->record_size);
    bool ok = doc_next(doc, &tok);
    if (ok && tok.kind != DOC_MAP) {
        return bad_line(ig, line, "expected a JSON object", err);
    }
    ok = ok && record_read(r, def->table, doc, record, &local);
    ok = ok && !doc_next(doc, &tok) && tok.kind == DOC_END;
    if (ok) {
        bool bad = false;
        return def->row(ig, r, record, line, &bad, err);
    }
    if (local.code != ERR_NONE) {
        if (err) {
            *err = local;
        }
        return false;
    }
    return bad_line(ig, line, doc_error(doc)->msg, err);
}

bool jsonl_read(struct ingest *ig, const struct jsonl_def *def, struct err *err) {
    struct record_reader r = {.ig = ig};
    struct doc doc = {0};
    struct line_scan scan;
    struct line line;
    void *record = xmalloc(def->record_size);
    line_scan_init(&scan, &ig->in);
    bool ok = true;
    int rc = 0;
    while (ok && (rc = line_next(&scan, &line, err)) == 1) {
        ok = ingest_tick(ig, line.offset, err);
        if (!ok || !sv_trim(line.text).len) {
            continue;
        }
        record_clear(&r);
        r.at = (struct ingest_at){(int64_t)line.line, (int64_t)line.offset, NULL};
        r.source = line.text;
        // The memory for decoded texts is carried over from line to line.
        const struct str scratch = doc.scratch;
        json_doc_init(&doc, line.text);
        doc.scratch = scratch;
        ok = read_line(ig, def, &r, &doc, &line, record, err);
    }
    str_done(&doc.scratch);
    record_done(&r);
    free(record);
    return ok && (rc == 0 || err_prefix(err, "%s", ig->file));
}
