// all_signatures.jsonl: signature records as the service sent them. What matters to later stages
// is which keys are there at all, so a line that the columns would not give back byte for byte is
// kept beside them.
#include "base/num.h"
#include "ingest/json_list.h"
#include "ingest/jsonl.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const signatures_datasets[] = {&schema_signatures, NULL};

struct signature {
    struct jsonl_record base;
    struct sv raw; // the source line, when the columns would give another
    struct rec_i64 id, framework_id;
    struct sv hash, option_hash, platform, suite, test, application, parent, unit;
    struct rec_bool should_alert, lower_is_better, has_subtests;
    struct rec_list tags, extra_options;
};

// Some caches hold ids as text.
static bool read_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                    void *record, struct err *err) {
    struct signature *s = record;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (tok->kind == DOC_INT) {
        s->id = (struct rec_i64){tok->i, true};
    } else if (tok->kind == DOC_TEXT) {
        s->id.has = num_parse_i64(sv_trim(tok->text), &s->id.v);
    }
    return s->id.has || record_wrong(r, doc, tok, "id", "the number of a signature", err);
}

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct signature, field)
static const struct record_key keys[] = {
    RECORD_CALL("id", read_id),
    KEY("signature_hash", REC_TEXT, hash),
    KEY("framework_id", REC_I32, framework_id),
    KEY("option_collection_hash", REC_TEXT, option_hash),
    KEY("machine_platform", REC_TEXT, platform),
    KEY("suite", REC_TEXT, suite),
    KEY("should_alert", REC_BOOL, should_alert),
    KEY("lower_is_better", REC_BOOL, lower_is_better),
    KEY("test", REC_TEXT, test),
    KEY("application", REC_TEXT, application),
    KEY("has_subtests", REC_BOOL, has_subtests),
    KEY("tags", REC_TEXTS, tags),
    KEY("parent_signature", REC_TEXT, parent),
    KEY("extra_options", REC_TEXTS, extra_options),
    KEY("measurement_unit", REC_TEXT, unit),
};
static const struct record_table table = {keys, COUNTOF(keys), 0};

// --- the canonical line ---

static void add_key(struct str *out, const char *key) {
    str_add_cstr(out, out->len > 1 ? ", \"" : "\"");
    str_add_cstr(out, key);
    str_add_cstr(out, "\": ");
}

static void add_text(struct str *out, const char *key, struct sv text) {
    if (text.ptr) {
        add_key(out, key);
        str_add_json(out, text, JSON_ASCII);
    }
}

static void add_bool(struct str *out, const char *key, struct rec_bool v) {
    if (v.has) {
        add_key(out, key);
        str_add_cstr(out, v.v ? "true" : "false");
    }
}

static void add_texts(struct str *out, const char *key, struct rec_list list,
                      const struct sv *texts) {
    if (list.has) {
        add_key(out, key);
        str_add_text_list(out, texts, list);
    }
}

// The line of a signature as the service orders and spells it; `out` is empty before.
static void add_line(struct str *out, const struct signature *s, const struct sv *texts,
                     struct sv extra) {
    str_add_byte(out, '{');
    add_key(out, "id");
    str_add_i64(out, s->id.v);
    add_text(out, "signature_hash", s->hash);
    if (s->framework_id.has) {
        add_key(out, "framework_id");
        str_add_i64(out, s->framework_id.v);
    }
    add_text(out, "option_collection_hash", s->option_hash);
    add_text(out, "machine_platform", s->platform);
    add_text(out, "suite", s->suite);
    add_key(out, "should_alert");
    str_add_cstr(out, !s->should_alert.has ? "null" : s->should_alert.v ? "true" : "false");
    add_bool(out, "lower_is_better", s->lower_is_better);
    add_text(out, "test", s->test);
    add_text(out, "application", s->application);
    add_bool(out, "has_subtests", s->has_subtests);
    add_texts(out, "tags", s->tags, texts);
    add_text(out, "parent_signature", s->parent);
    add_texts(out, "extra_options", s->extra_options, texts);
    add_text(out, "measurement_unit", s->unit);
    str_add_members(out, extra);
    str_add_byte(out, '}');
}

static const char *check(struct record_reader *r, void *record, struct sv line) {
    struct signature *s = record;
    if (!s->id.has) {
        return "id";
    }
    str_clear(&r->scratch);
    add_line(&r->scratch, s, r->texts.ptr, s->base.extra);
    s->raw = sv_eq(str_sv(&r->scratch), line) ? SV_NULL : line;
    return NULL;
}

static bool write_signature(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                            struct err *err) {
    const struct signature *s = record;
    const struct record_reader *r = &st->r;
    if (!ingest_key_i64(ig, s->id.v, at, err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, SG_ID), s->id.v);
    add_rec_text(arrow_column(w, SG_SIGNATURE_HASH), s->hash);
    add_rec_i64(arrow_column(w, SG_FRAMEWORK_ID), s->framework_id);
    add_rec_text(arrow_column(w, SG_SUITE), s->suite);
    add_rec_text(arrow_column(w, SG_TEST), s->test);
    add_rec_text(arrow_column(w, SG_PLATFORM), s->platform);
    add_rec_text(arrow_column(w, SG_OPTION_HASH), s->option_hash);
    add_rec_texts(arrow_column(w, SG_EXTRA_OPTIONS), r, s->extra_options);
    add_rec_text(arrow_column(w, SG_UNIT), s->unit);
    add_rec_bool(arrow_column(w, SG_LOWER_IS_BETTER), s->lower_is_better);
    add_rec_bool(arrow_column(w, SG_HAS_SUBTESTS), s->has_subtests);
    add_rec_texts(arrow_column(w, SG_TAGS), r, s->tags);
    add_rec_text(arrow_column(w, SG_APPLICATION), s->application);
    add_rec_text(arrow_column(w, SG_PARENT_SIGNATURE), s->parent);
    add_rec_bool(arrow_column(w, SG_SHOULD_ALERT), s->should_alert);
    add_rec_text(arrow_column(w, SG_RAW), s->raw);
    add_rec_extra(arrow_column(w, SG_EXTRA), s->base.extra);
    return arrow_row_end(w, err);
}

bool signatures_jsonl_read(struct ingest *ig, struct err *err) {
    const struct jsonl_def def = {&table, sizeof(struct signature), check, write_signature, NULL};
    return jsonl_read(ig, &def, err);
}

// --- writing ---

static struct rec_bool load_bool(const struct out_row *row, size_t col) {
    const bool has = !out_is_null(row, col);
    return (struct rec_bool){has && arrow_get_bool(row->cols[col], row->slot), has};
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    struct text_array *texts = arg;
    if (out_raw(out, row, SG_RAW, "\n")) {
        return true;
    }
    array_clear(texts);
    const struct signature s = {
        .id = {out_i64(row, SG_ID), true},
        .framework_id = {out_i64(row, SG_FRAMEWORK_ID), !out_is_null(row, SG_FRAMEWORK_ID)},
        .hash = out_text(row, SG_SIGNATURE_HASH),
        .option_hash = out_text(row, SG_OPTION_HASH),
        .platform = out_text(row, SG_PLATFORM),
        .suite = out_text(row, SG_SUITE),
        .test = out_text(row, SG_TEST),
        .application = out_text(row, SG_APPLICATION),
        .parent = out_text(row, SG_PARENT_SIGNATURE),
        .unit = out_text(row, SG_UNIT),
        .should_alert = load_bool(row, SG_SHOULD_ALERT),
        .lower_is_better = load_bool(row, SG_LOWER_IS_BETTER),
        .has_subtests = load_bool(row, SG_HAS_SUBTESTS),
        .tags = text_list_load(row, SG_TAGS, texts),
        .extra_options = text_list_load(row, SG_EXTRA_OPTIONS, texts),
    };
    str_clear(&out->scratch);
    add_line(&out->scratch, &s, texts->ptr, out_extra(row, SG_EXTRA));
    str_add_sv(&out->buf, str_sv(&out->scratch));
    str_add_byte(&out->buf, '\n');
    return true;
}

bool signatures_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    struct text_array texts = {0};
    const bool ok =
        out_each_row(&(struct out_rows){snap, &schema_signatures, write_row, &texts, -1}, out, err);
    array_done(&texts);
    return ok;
}
