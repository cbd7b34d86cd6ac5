// all_commits.jsonl: changesets, non-ASCII raw, date as [seconds, seconds west of UTC].
#include <math.h>

#include "base/date.h"
#include "base/num.h"
#include "ingest/json_list.h"
#include "ingest/jsonl.h"
#include "ingest/text_out.h"
#include "schema/commit_text.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const commits_datasets[] = {&schema_commits, NULL};

struct commit {
    struct jsonl_record base;
    struct sv node, desc;
    struct rec_i64 date_us, tz_offset;
    struct rec_list parents;
};

static bool epoch_us(const struct doc_token *tok, struct rec_i64 *out) {
    if (tok->kind == DOC_INT) {
        out->has = !__builtin_mul_overflow(tok->i, US_PER_SEC, &out->v);
    } else if (tok->kind == DOC_FLOAT && fabs(tok->f) < 1e12) {
        *out = (struct rec_i64){llround(tok->f * 1e6), true};
    }
    return out->has;
}

// [seconds, offset]; an empty text where the log had no date.
static bool read_date(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    static const char what[] = "a date such as [1735689600, 0]";
    struct commit *c = record;
    struct doc_token item;
    if (tok->kind == DOC_NULL || (tok->kind == DOC_TEXT && !tok->text.len)) {
        return true;
    }
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, "date", what, err);
    }
    bool ok = true;
    for (int i = 0; doc_next(doc, &item) && item.kind != DOC_LIST_END; i++) {
        if (i == 0) {
            ok = epoch_us(&item, &c->date_us) && ok;
        } else if (i == 1) {
            c->tz_offset.has = int_of_token(&item, INT_COERCE, &c->tz_offset.v);
            ok = ok && c->tz_offset.has && c->tz_offset.v >= INT32_MIN &&
                 c->tz_offset.v <= INT32_MAX;
        } else {
            ok = false;
        }
        if (!doc_skip(doc, &item)) {
            return false;
        }
    }
    if (item.kind != DOC_LIST_END) {
        return false;
    }
    if (ok && c->date_us.has) {
        return true;
    }
    c->tz_offset.has = c->tz_offset.has && ok;
    struct ingest_at at = r->at;
    at.column = "date";
    return ingest_problem(r->ig, at, sv_sub(r->source, tok->at, INGEST_SAMPLE_BYTES), err,
                          "expected %s; the value is left out as far as it cannot be read", what);
}

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct commit, field)
static const struct record_key keys[] = {
    KEY("node", REC_TEXT, node),
    KEY("desc", REC_TEXT, desc),
    RECORD_CALL("date", read_date),
    KEY("parents", REC_TEXTS, parents),
};
static const struct record_table table = {keys, COUNTOF(keys), 0};

static const char *check(struct record_reader *r, void *record, struct sv line) {
    (void)r;
    (void)line;
    const struct commit *c = record;
    return c->node.len ? NULL : "node";
}

static struct sv node_of(const void *record) {
    return ((const struct commit *)record)->node;
}

static bool write_commit(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) {
    const struct commit *c = record;
    if (!ingest_key_text(ig, c->node, at, err)) {
        return false;
    }
    struct rec_i64 bug = {0};
    const struct sv bug_text = commit_bug_id(c->desc);
    bug.has = bug_text.ptr && num_parse_i64(bug_text, &bug.v);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_text(arrow_column(w, CM_NODE), c->node);
    add_rec_text(arrow_column(w, CM_DESC), c->desc);
    add_rec_i64(arrow_column(w, CM_DATE), c->date_us);
    add_rec_i64(arrow_column(w, CM_TZ_OFFSET), c->tz_offset);
    add_rec_texts(arrow_column(w, CM_PARENTS), &st->r, c->parents);
    add_rec_i64(arrow_column(w, CM_BUG_ID), bug);
    add_rec_extra(arrow_column(w, CM_EXTRA), c->base.extra);
    return arrow_row_end(w, err);
}

bool commits_jsonl_read(struct ingest *ig, struct err *err) {
    const struct jsonl_def def = {&table, sizeof(struct commit), check, write_commit, node_of};
    return jsonl_read(ig, &def, err);
}

static void write_date(struct text_out *out, const struct out_row *row) {
    if (out_is_null(row, CM_DATE)) {
        str_add_cstr(&out->buf, "\"\"");
        return;
    }
    const int64_t us = out_i64(row, CM_DATE);
    str_add_byte(&out->buf, '[');
    if (us % US_PER_SEC) {
        str_add_f64(&out->buf, (double)us / 1e6);
    } else {
        str_add_i64(&out->buf, us / US_PER_SEC);
    }
    str_add_cstr(&out->buf, ", ");
    str_add_i64(&out->buf, out_i64(row, CM_TZ_OFFSET));
    str_add_byte(&out->buf, ']');
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    str_add_cstr(&out->buf, "{\"node\": ");
    out_json_text(out, row, CM_NODE, JSON_UTF8);
    str_add_cstr(&out->buf, ", \"desc\": ");
    out_json_text(out, row, CM_DESC, JSON_UTF8);
    str_add_cstr(&out->buf, ", \"date\": ");
    write_date(out, row);
    str_add_cstr(&out->buf, ", \"parents\": ");
    out_json_list(out, row, CM_PARENTS, JSON_UTF8);
    out_json_extra(out, row, CM_EXTRA);
    str_add_cstr(&out->buf, "}\n");
    return true;
}

bool commits_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return out_each_row(&(struct out_rows){snap, &schema_commits, write_row, NULL, -1}, out, err);
}
