// perf_llm_struc.jsonl: samples for a language model as a data frame writes them: no blanks, \/ for
// a slash, non-ASCII as \uXXXX.
#include "ingest/jsonl.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const llm_struc_datasets[] = {&schema_llm_struc, NULL};

struct sample {
    struct jsonl_record base;
    struct sv raw; // the source line, when the columns would give another
    struct sv commit_id, prompt, response;
};

// Text by rule; a data frame makes numbers of digits.
static bool read_text(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      const char *key, struct sv *out, struct err *err) {
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (tok->kind != DOC_TEXT && tok->kind != DOC_INT && tok->kind != DOC_FLOAT) {
        return record_wrong(r, doc, tok, key, "a text", err);
    }
    *out = record_keep(r, tok->text);
    return true;
}

static bool read_commit_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                           void *record, struct err *err) {
    return read_text(r, doc, tok, "commit_id", &((struct sample *)record)->commit_id, err);
}

static bool read_response(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                          void *record, struct err *err) {
    return read_text(r, doc, tok, "response", &((struct sample *)record)->response, err);
}

static const struct record_key keys[] = {
    RECORD_CALL("commit_id", read_commit_id),
    RECORD_KEY("prompt", REC_TEXT, struct sample, prompt),
    RECORD_CALL("response", read_response),
};
static const struct record_table table = {keys, COUNTOF(keys), 0};

static void add_text(struct str *out, struct sv text) {
    if (text.ptr) {
        str_add_json(out, text, JSON_PANDAS);
    } else {
        str_add_cstr(out, "null");
    }
}

static void add_line(struct str *out, const struct sample *s) {
    str_add_cstr(out, "{\"commit_id\":");
    add_text(out, s->commit_id);
    str_add_cstr(out, ",\"prompt\":");
    add_text(out, s->prompt);
    str_add_cstr(out, ",\"response\":");
    add_text(out, s->response);
    str_add_byte(out, '}');
}

static const char *check(struct record_reader *r, void *record, struct sv line) {
    struct sample *s = record;
    if (!s->prompt.ptr) {
        return "prompt";
    }
    str_clear(&r->scratch);
    add_line(&r->scratch, s);
    s->raw = sv_eq(str_sv(&r->scratch), line) ? SV_NULL : line;
    return NULL;
}

static bool write_sample(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) {
    (void)st;
    (void)at;
    const struct sample *s = record;
    struct arrow_writer *w = ig->out[0].w;
    add_rec_text(arrow_column(w, LS_COMMIT_ID), s->commit_id);
    add_rec_text(arrow_column(w, LS_PROMPT), s->prompt);
    add_rec_text(arrow_column(w, LS_RESPONSE), s->response);
    arrow_add_i64(arrow_column(w, LS_PROMPT_BYTES), (int64_t)s->prompt.len);
    add_rec_text(arrow_column(w, LS_RAW), s->raw);
    return arrow_row_end(w, err);
}

bool llm_struc_jsonl_read(struct ingest *ig, struct err *err) {
    const struct jsonl_def def = {&table, sizeof(struct sample), check, write_sample, NULL};
    return jsonl_read(ig, &def, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    if (out_raw(out, row, LS_RAW, "\n")) {
        return true;
    }
    const struct sample s = {
        .commit_id = out_text(row, LS_COMMIT_ID),
        .prompt = out_text(row, LS_PROMPT),
        .response = out_text(row, LS_RESPONSE),
    };
    add_line(&out->buf, &s);
    str_add_byte(&out->buf, '\n');
    return true;
}

bool llm_struc_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return out_each_row(&(struct out_rows){snap, &schema_llm_struc, write_row, NULL, -1}, out, err);
}
