// sigs_by_job_id.jsonl, sigs_by_job_id_detailed.jsonl, sig_groups.jsonl: a number and a list of
// numbers a line. The programs that read such files coerce with int() and drop what it refuses; so
// does this reader. Lists are kept ascending; a line that was not spelled so is kept beside them.
#include "base/num.h"
#include "ingest/job_files.h"
#include "ingest/json_list.h"
#include "ingest/jsonl.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const job_sigs_datasets[] = {&schema_job_sigs, NULL};
const struct dataset_def *const job_sigs_detailed_datasets[] = {&schema_job_sigs_detailed, NULL};
const struct dataset_def *const sig_groups_datasets[] = {&schema_sig_groups, NULL};

enum { C_ID, C_LIST }; // the same in all three

struct job_list {
    struct jsonl_record base;
    struct sv raw; // the source line, when the columns would give another
    struct rec_i64 id;
    struct rec_list list, features;
};

struct format {
    const struct dataset_def *def;
    const struct record_table *table;
    const char *id_key, *list_key;
    enum int_rule members;
    size_t c_raw;
    bool is_group, has_features;
};

static bool read_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                    void *record, struct err *err) {
    const struct format *f = r->arg;
    struct job_list *x = record;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    x->id.has = int_of_token(tok, INT_COERCE, &x->id.v);
    return x->id.has || record_wrong(r, doc, tok, f->id_key, "an integer", err);
}

static bool read_list(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                      void *record, struct err *err) {
    const struct format *f = r->arg;
    struct job_list *x = record;
    if (!int_list_read(r, doc, tok, f->list_key, f->members, &x->list, err)) {
        return false;
    }
    int_list_sort(r, &x->list);
    return true;
}

static const struct record_key job_keys[] = {
    RECORD_CALL("job_id", read_id),
    RECORD_CALL("signature_ids", read_list),
    RECORD_KEY("common_sig_features", REC_TEXTS, struct job_list, features),
};
static const struct record_key group_keys[] = {
    RECORD_CALL("Sig_group_id", read_id),
    RECORD_CALL("signatures", read_list),
};
static const struct record_table job_table = {job_keys, 2, 0};
static const struct record_table detailed_table = {job_keys, COUNTOF(job_keys), 0};
static const struct record_table group_table = {group_keys, COUNTOF(group_keys), 0};

static const struct format job_sigs = {
    &schema_job_sigs, &job_table, "job_id", "signature_ids", INT_COERCE, JS_RAW, false, false,
};
static const struct format job_sigs_detailed = {
    &schema_job_sigs_detailed,
    &detailed_table,
    "job_id",
    "signature_ids",
    INT_COERCE,
    JD_RAW,
    false,
    true,
};
// A group with `true` among its members is refused by the last stage of the original.
static const struct format sig_groups = {
    &schema_sig_groups, &group_table, "Sig_group_id", "signatures", INT_NUMBER, GR_RAW, true, false,
};

// --- reading ---

static void add_line(struct str *out, const struct format *f, const struct job_list *x,
                     const int64_t *ints, const struct sv *texts) {
    str_add_cstr(out, "{\"");
    str_add_cstr(out, f->id_key);
    str_add_cstr(out, "\": ");
    str_add_i64(out, x->id.v);
    str_add_cstr(out, ", \"");
    str_add_cstr(out, f->list_key);
    str_add_cstr(out, "\": ");
    str_add_int_list(out, ints, x->list);
    if (f->has_features) {
        str_add_cstr(out, ", \"common_sig_features\": ");
        str_add_text_list(out, texts, x->features);
    }
    str_add_byte(out, '}');
}

static const char *check(struct record_reader *r, void *record, struct sv line) {
    const struct format *f = r->arg;
    struct job_list *x = record;
    if (!x->id.has || !x->list.has) {
        return x->id.has ? f->list_key : f->id_key;
    }
    str_clear(&r->scratch);
    add_line(&r->scratch, f, x, r->ints.ptr, r->texts.ptr);
    x->raw = sv_eq(str_sv(&r->scratch), line) ? SV_NULL : line;
    return NULL;
}

static bool write_record(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) {
    const struct format *f = st->r.arg;
    const struct job_list *x = record;
    // Lines of one group belong together, those of one job replace each other.
    if (!f->is_group && !ingest_key_i64(ig, x->id.v, at, err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, C_ID), x->id.v);
    add_rec_ints(arrow_column(w, C_LIST), &st->r, x->list);
    if (f->is_group) {
        char key[33];
        const int64_t *members = x->list.n ? st->r.ints.ptr + x->list.first : NULL;
        sig_group_content_key(members, x->list.n, key);
        arrow_add_i64(arrow_column(w, GR_N_SIGNATURES), x->list.n);
        arrow_add_text(arrow_column(w, GR_CONTENT_KEY), sv_cstr(key));
    }
    if (f->has_features) {
        add_rec_texts(arrow_column(w, JD_COMMON_SIG_FEATURES), &st->r, x->features);
    }
    add_rec_text(arrow_column(w, f->c_raw), x->raw);
    return arrow_row_end(w, err);
}

static bool read_lines(struct ingest *ig, const struct format *f, struct err *err) {
    const struct jsonl_def def = {f->table, sizeof(struct job_list), check, write_record, NULL};
    return jsonl_read_with(ig, &def, f, err);
}

bool job_sigs_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, &job_sigs, err);
}

bool job_sigs_detailed_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, &job_sigs_detailed, err);
}

bool sig_groups_jsonl_read(struct ingest *ig, struct err *err) {
    return read_lines(ig, &sig_groups, err);
}

// --- writing ---

struct dump {
    const struct format *format;
    struct int_array ints;
    struct text_array texts;
};

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    struct dump *d = arg;
    const struct format *f = d->format;
    if (out_raw(out, row, f->c_raw, "\n")) {
        return true;
    }
    array_clear(&d->ints);
    array_clear(&d->texts);
    struct job_list x = {
        .id = {out_i64(row, C_ID), true},
        .list = int_list_load(row, C_LIST, &d->ints),
    };
    if (f->has_features) {
        x.features = text_list_load(row, JD_COMMON_SIG_FEATURES, &d->texts);
    }
    add_line(&out->buf, f, &x, d->ints.ptr, d->texts.ptr);
    str_add_byte(&out->buf, '\n');
    return true;
}

static bool write_lines(const struct snapshot *snap, const struct format *f, struct text_out *out,
                        struct err *err) {
    struct dump d = {.format = f};
    const bool ok = out_each_row(&(struct out_rows){snap, f->def, write_row, &d, -1}, out, err);
    array_done(&d.ints);
    array_done(&d.texts);
    return ok;
}

bool job_sigs_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_lines(snap, &job_sigs, out, err);
}

bool job_sigs_detailed_jsonl_write(const struct snapshot *snap, struct text_out *out,
                                   struct err *err) {
    return write_lines(snap, &job_sigs_detailed, out, err);
}

bool sig_groups_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    return write_lines(snap, &sig_groups, out, err);
}
