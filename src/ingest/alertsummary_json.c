// Answers of the alert service: {"results": [...]}, a bare list, a list of lists, one summary.
#include "base/date.h"
#include "ingest/alert_summary.h"
#include "ingest/text_place.h"

// An answer holds at most a hundred summaries, and the largest known summary has 0.7 MB.
#define ANSWER_LIMIT ((size_t)128 << 20)

struct reader {
    struct stager *stager;
    struct stage *st; // being filled
    struct str alerts_raw, related_raw, raw_times;
    struct text_place place; // its text is the whole answer; it stays until the end
};

struct record { // what the table fills
    struct alert_summary s;
    struct reader *x;
};

static bool read_time(struct reader *x, struct doc *doc, const struct doc_token *tok,
                      const char *key, struct rec_i64 *out, struct err *err) {
    if (tok->kind == DOC_NULL) {
        return true;
    }
    out->has = tok->kind == DOC_TEXT && date_parse_iso(tok->text, &out->v, NULL);
    if (!out->has) {
        return record_wrong(&x->st->r, doc, tok, key, "a time such as 2025-06-14T05:36:04", err);
    }
    alert_summary_keep_time(&x->raw_times, key, tok->text, out->v);
    return true;
}

#define TIME_READER(field)                                                                         \
    static bool read_##field(struct record_reader *r, struct doc *doc,                             \
                             const struct doc_token *tok, void *record, struct err *err) {         \
        struct record *rec = record;                                                               \
        (void)r;                                                                                   \
        return read_time(rec->x, doc, tok, #field, &rec->s.field, err);                            \
    }

TIME_READER(created)
TIME_READER(first_triaged)
TIME_READER(triage_due_date)
TIME_READER(bug_due_date)
TIME_READER(bug_updated)

static bool read_push_timestamp(struct record_reader *r, struct doc *doc,
                                const struct doc_token *tok, void *record, struct err *err) {
    struct rec_i64 *out = &((struct record *)record)->s.push_timestamp;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    out->has = (tok->kind == DOC_INT && !__builtin_mul_overflow(tok->i, US_PER_SEC, &out->v)) ||
               (tok->kind == DOC_TEXT && date_parse_iso(tok->text, &out->v, NULL));
    return out->has || record_wrong(r, doc, tok, "push_timestamp", "seconds since 1970", err);
}

// The list as the CSV form spells it.
static bool copy_python(struct sv json, struct str *out) {
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, json);
    const bool ok = doc_next(&doc, &tok) && doc_copy_py(&doc, &tok, out);
    doc_done(&doc);
    return ok;
}

static bool read_list(struct record *rec, struct doc *doc, const struct doc_token *tok,
                      bool related, struct err *err) {
    struct reader *x = rec->x;
    const char *start = doc->ptr + tok->at;
    if (!alerts_read(&x->st->alerts, &x->st->r, doc, tok, related, err)) {
        return false;
    }
    struct str *raw = related ? &x->related_raw : &x->alerts_raw;
    return tok->kind == DOC_NULL || copy_python(sv_make(start, (size_t)(doc->cur - start)), raw);
}

static bool read_alerts(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                        void *record, struct err *err) {
    (void)r;
    return read_list(record, doc, tok, false, err);
}

static bool read_related(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                         void *record, struct err *err) {
    (void)r;
    return read_list(record, doc, tok, true, err);
}

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct record, s.field)
static const struct record_key keys[] = {
    KEY("id", REC_I64, id),
    KEY("push_id", REC_I64, push_id),
    KEY("prev_push_id", REC_I64, prev_push_id),
    KEY("original_revision", REC_TEXT, original_revision),
    RECORD_CALL("created", read_created),
    RECORD_CALL("first_triaged", read_first_triaged),
    RECORD_CALL("triage_due_date", read_triage_due_date),
    KEY("repository", REC_TEXT, repository),
    KEY("framework", REC_I32, framework),
    RECORD_CALL("alerts", read_alerts),
    RECORD_CALL("related_alerts", read_related),
    KEY("status", REC_I32, status),
    KEY("bug_number", REC_I64, bug_number),
    KEY("bug_status", REC_I32, bug_status),
    RECORD_CALL("bug_due_date", read_bug_due_date),
    RECORD_CALL("bug_updated", read_bug_updated),
    KEY("issue_tracker", REC_I32, issue_tracker),
    KEY("notes", REC_TEXT, notes),
    KEY("revision", REC_TEXT, revision),
    RECORD_CALL("push_timestamp", read_push_timestamp),
    KEY("prev_push_revision", REC_TEXT, prev_push_revision),
    KEY("original_prev_push_revision", REC_TEXT, original_prev_push_revision),
    KEY("assignee_username", REC_TEXT, assignee_username),
    KEY("assignee_email", REC_TEXT, assignee_email),
    KEY("performance_tags", REC_TEXTS, performance_tags),
    KEY("duplicated_summaries", REC_INTS, duplicated_summaries_ids),
    KEY("duplicated_summaries_ids", REC_INTS, duplicated_summaries_ids),
    RECORD_NONE("monitored_alerts", REC_REST),
    RECORD_NONE("title", REC_DROP), // added by the web page, not by the service
};
static const struct record_table table = {keys, COUNTOF(keys), 4};

static bool begin_record(struct reader *x, size_t at, struct err *err) {
    if (!stager_next(x->stager, err)) {
        return false;
    }
    x->st = stager_stage(x->stager);
    x->st->r.source = x->place.text;
    x->st->r.at = text_place(&x->place, at);
    return true;
}

static struct sv keep(struct reader *x, const struct str *text) {
    return text->len ? stage_text(x->st, str_sv(text)) : SV_NULL;
}

static bool read_summary(struct reader *x, struct doc *doc, const struct doc_token *tok,
                         struct err *err) {
    const size_t start = tok->at;
    if (!begin_record(x, start, err)) {
        return false;
    }
    struct record rec = {.x = x};
    rec.s.first_alert = x->st->alerts.items.n;
    str_clear(&x->st->r.extra);
    str_clear(&x->alerts_raw);
    str_clear(&x->related_raw);
    str_clear(&x->raw_times);
    if (!record_read(&x->st->r, &table, doc, &rec, err)) {
        return false;
    }
    struct ingest_at at = x->st->r.at;
    if (!rec.s.id.has) {
        struct ingest *front = stager_front(x->stager);
        at.column = "id";
        front->counts.bad++;
        return ingest_problem(front, at, sv_from(x->place.text, start), err,
                              "id is missing; the summary is left out");
    }
    rec.s.n_alerts = x->st->alerts.items.n - rec.s.first_alert;
    rec.s.alerts_raw = keep(x, &x->alerts_raw);
    rec.s.related_raw = keep(x, &x->related_raw);
    rec.s.raw_times = keep(x, &x->raw_times);
    rec.s.extra = keep(x, &x->st->r.extra);
    memcpy(stager_record(x->stager), &rec.s, sizeof rec.s);
    stager_put(x->stager, at);
    return true;
}

enum { MAX_LISTS = 4 }; // lists around a summary

static bool read_list_of(struct reader *x, struct doc *doc, int depth, struct err *err) {
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_LIST_END) {
        if (!ingest_tick(stager_front(x->stager), tok.at, err)) {
            return false;
        }
        bool ok;
        if (tok.kind == DOC_MAP) {
            ok = read_summary(x, doc, &tok, err);
        } else if (tok.kind == DOC_LIST && depth < MAX_LISTS) {
            ok = read_list_of(x, doc, depth + 1, err);
        } else {
            stager_front(x->stager)->counts.bad++;
            ok = begin_record(x, tok.at, err) &&
                 record_wrong(&x->st->r, doc, &tok, NULL, "an alert summary", err);
        }
        if (!ok) {
            return false;
        }
    }
    return tok.kind == DOC_LIST_END;
}

// An envelope, or a summary by itself: which it is shows in its keys, so they are looked through
// before it is read.
static bool has_results(struct sv map) {
    struct doc doc;
    struct doc_token tok;
    bool found = false;
    json_doc_init(&doc, map);
    bool ok = doc_next(&doc, &tok);
    while (ok && !found && doc_next(&doc, &tok) && tok.kind == DOC_KEY) {
        found = sv_eq(tok.text, SV("results"));
        ok = doc_next(&doc, &tok) && doc_skip(&doc, &tok);
    }
    doc_done(&doc);
    return found;
}

static bool read_answer(struct reader *x, struct doc *doc, struct err *err) {
    struct doc_token tok;
    if (!doc_next(doc, &tok)) {
        return false;
    }
    if (tok.kind == DOC_LIST) {
        return read_list_of(x, doc, 1, err);
    }
    if (tok.kind != DOC_MAP || !has_results(x->place.text)) {
        return tok.kind == DOC_MAP ? read_summary(x, doc, &tok, err)
                                   : err_set(err, ERR_FORMAT, "%s: expected alert summaries",
                                             stager_front(x->stager)->file);
    }
    while (doc_next(doc, &tok) && tok.kind == DOC_KEY) {
        const bool is_results = sv_eq(tok.text, SV("results"));
        if (!doc_next(doc, &tok)) {
            return false;
        }
        const bool ok =
            is_results && tok.kind == DOC_LIST ? read_list_of(x, doc, 1, err) : doc_skip(doc, &tok);
        if (!ok) {
            return false;
        }
    }
    return tok.kind == DOC_MAP_END;
}

bool alertsummary_json_read(struct ingest *ig, struct err *err) {
    static const struct stager_def def = {sizeof(struct alert_summary), alert_summary_write, NULL};
    if (!ingest_load(ig, ANSWER_LIMIT, err)) {
        return false;
    }
    struct reader x = {.place = {.text = sv_make(ig->in.ptr, ig->in.len), .line = 1}};
    x.stager = stager_open(ig, &def);
    x.st = stager_stage(x.stager);
    struct doc doc;
    struct doc_token tok;
    struct err local = ERR_INIT;
    json_doc_init(&doc, x.place.text);
    bool ok = read_answer(&x, &doc, &local);
    ok = ok && !doc_next(&doc, &tok) && tok.kind == DOC_END;
    // Half an answer is not trusted: the rest would look deleted.
    if (!ok && local.code == ERR_NONE) {
        err_set(err, ERR_FORMAT, "%s: %s", ig->file, doc_error(&doc)->msg);
    } else if (!ok && err) {
        *err = local;
    }
    doc_done(&doc);
    str_done(&x.alerts_raw);
    str_done(&x.related_raw);
    str_done(&x.raw_times);
    return stager_close(x.stager, ok, err);
}
