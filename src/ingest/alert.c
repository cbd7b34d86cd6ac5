#include "ingest/alert.h"

#include "ingest/json_list.h"
#include "schema/mozilla_perf.h"

#define KEY(text, kind, field) RECORD_KEY(text, kind, struct alert, field)

// Files of old hold ids as texts and fractions as well.
static bool read_signature_id(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                              void *out, struct err *err) {
    struct alert *a = out;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    a->signature_id.has = int_of_token(tok, INT_COERCE, &a->signature_id.v);
    return a->signature_id.has || record_wrong(r, doc, tok, "id", "an integer", err);
}

// Whatever is not zero or empty stands for true. Reads past the value.
static bool is_truth(struct doc *doc, const struct doc_token *tok, bool *truth) {
    if (tok->kind != DOC_LIST && tok->kind != DOC_MAP) {
        *truth = tok->kind == DOC_BOOL   ? tok->b
                 : tok->kind == DOC_TEXT ? tok->text.len
                                         : tok->f != 0;
        return true;
    }
    struct doc_token item;
    *truth = false;
    const enum doc_kind end = tok->kind == DOC_MAP ? DOC_MAP_END : DOC_LIST_END;
    while (doc_next(doc, &item) && item.kind != end) {
        *truth = true;
        if (!doc_skip(doc, &item)) {
            return false;
        }
    }
    return item.kind == end;
}

static bool read_is_regression(struct record_reader *r, struct doc *doc,
                               const struct doc_token *tok, void *out, struct err *err) {
    struct alert *a = out;
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (tok->kind == DOC_OTHER) {
        return record_wrong(r, doc, tok, "is_regression", "true or false", err);
    }
    a->is_regression.has = true;
    return is_truth(doc, tok, &a->is_regression.v);
}

static const struct record_key signature_keys[] = {
    RECORD_CALL("id", read_signature_id),
    KEY("framework_id", REC_I32, framework_id),
    KEY("signature_hash", REC_TEXT, signature_hash),
    KEY("machine_platform", REC_TEXT, platform),
    KEY("suite", REC_TEXT, suite),
    KEY("test", REC_TEXT, test),
    KEY("lower_is_better", REC_BOOL, lower_is_better),
    KEY("has_subtests", REC_BOOL, has_subtests),
    KEY("option_collection_hash", REC_TEXT, option_hash),
    KEY("tags", REC_TEXTS, tags),
    KEY("extra_options", REC_TEXTS, extra_options),
    KEY("measurement_unit", REC_TEXT, unit),
    RECORD_NONE("suite_public_name", REC_REST),
    RECORD_NONE("test_public_name", REC_REST),
};
static const struct record_table signature_table = {signature_keys, COUNTOF(signature_keys), 1};

static const struct record_key task_keys[] = {
    KEY("task_id", REC_TEXT, task_id),
    RECORD_NONE("retry_id", REC_REST),
};
static const struct record_table task_table = {task_keys, COUNTOF(task_keys), 2};

static const struct record_key prev_task_keys[] = {
    KEY("task_id", REC_TEXT, prev_task_id),
    RECORD_NONE("retry_id", REC_DROP),
};
static const struct record_table prev_task_table = {prev_task_keys, COUNTOF(prev_task_keys), 3};

#define SUB(text, table)                                                                           \
    { .name = (text), .name_len = sizeof(text) - 1, .kind = REC_MAP, .sub = &(table) }

static const struct record_key alert_keys[] = {
    KEY("id", REC_I64, id),
    KEY("status", REC_I32, status),
    SUB("series_signature", signature_table),
    SUB("taskcluster_metadata", task_table),
    SUB("prev_taskcluster_metadata", prev_task_table),
    RECORD_NONE("profile_url", REC_REST),
    RECORD_NONE("prev_profile_url", REC_REST),
    RECORD_CALL("is_regression", read_is_regression),
    KEY("prev_value", REC_F64, prev_value),
    KEY("new_value", REC_F64, new_value),
    KEY("t_value", REC_F64, t_value),
    KEY("amount_abs", REC_F64, amount_abs),
    KEY("amount_pct", REC_F64, amount_pct),
    KEY("summary_id", REC_I64, owner_summary_id),
    KEY("related_summary_id", REC_I64, related_summary_id),
    KEY("manually_created", REC_BOOL, manually_created),
    KEY("classifier", REC_TEXT, classifier),
    KEY("starred", REC_BOOL, starred),
    RECORD_NONE("classifier_email", REC_REST),
    RECORD_NONE("backfill_record", REC_REST),
    RECORD_NONE("side_by_side_available", REC_REST),
    KEY("noise_profile", REC_TEXT, noise_profile),
    RECORD_NONE("title", REC_DROP), // added by the web page, not by the service
};
static const struct record_table alert_table = {alert_keys, COUNTOF(alert_keys), 0};

void alert_list_clear(struct alert_list *list) {
    array_clear(&list->items);
    str_clear(&list->extra);
    array_clear(&list->extra_ends);
}

void alert_list_done(struct alert_list *list) {
    array_done(&list->items);
    array_done(&list->ids);
    array_done(&list->extra_ends);
    str_done(&list->extra);
    str_done(&list->members);
}

static bool read_one(struct alert_list *list, struct record_reader *r, struct doc *doc,
                     struct err *err) {
    struct alert *a = array_add(&list->items);
    // The summary around it collects members of its own.
    const struct str of_summary = r->extra;
    r->extra = list->members;
    str_clear(&r->extra);
    const bool ok = record_read(r, &alert_table, doc, a, err);
    str_add_sv(&list->extra, str_sv(&r->extra));
    array_push(&list->extra_ends, list->extra.len);
    list->members = r->extra;
    r->extra = of_summary;
    return ok;
}

static bool read_items(struct alert_list *list, struct record_reader *r, struct doc *doc,
                       bool related, struct err *err) {
    struct doc_token item;
    for (int32_t pos = 0; doc_next(doc, &item) && item.kind != DOC_LIST_END; pos++) {
        if (item.kind == DOC_MAP) {
            if (!read_one(list, r, doc, err)) {
                return false;
            }
            array_last(&list->items)->related = related;
            array_last(&list->items)->pos = pos;
        } else if (!record_wrong(r, doc, &item, related ? "related_alerts" : "alerts",
                                 "the record of an alert", err)) {
            return false;
        }
    }
    return item.kind == DOC_LIST_END;
}

bool alerts_read(struct alert_list *list, struct record_reader *r, struct doc *doc,
                 const struct doc_token *tok, bool related, struct err *err) {
    const size_t n_before = list->items.n, extra_before = list->extra.len;
    bool ok = true;
    if (tok->kind == DOC_LIST && tok->sub == DOC_PLAIN_LIST) {
        ok = read_items(list, r, doc, related, err);
    } else if (tok->kind == DOC_MAP) {
        ok = read_one(list, r, doc, err);
        array_last(&list->items)->related = related;
    } else if (tok->kind != DOC_NULL) {
        ok = record_wrong(r, doc, tok, related ? "related_alerts" : "alerts", "a list of alerts",
                          err);
    }
    if (!ok) {
        list->items.n = list->extra_ends.n = n_before;
        str_cut(&list->extra, extra_before);
    }
    return ok;
}

void alerts_fix_extra(struct alert_list *list) {
    size_t from = 0;
    for (size_t i = 0; i < list->items.n; i++) {
        const size_t end = list->extra_ends.ptr[i];
        list->items.ptr[i].extra = sv_sub(str_sv(&list->extra), from, end - from);
        from = end;
    }
}

bool alert_write(const struct alert *a, const struct record_reader *r, int64_t summary_id,
                 struct arrow_writer *w, struct err *err) {
    arrow_add_i64(arrow_column(w, AL_SUMMARY_ID), summary_id);
    add_rec_i64(arrow_column(w, AL_ID), a->id);
    arrow_add_bool(arrow_column(w, AL_RELATED), a->related);
    arrow_add_i64(arrow_column(w, AL_POS), a->pos);
    add_rec_i64(arrow_column(w, AL_OWNER_SUMMARY_ID), a->owner_summary_id);
    add_rec_i64(arrow_column(w, AL_STATUS), a->status);
    add_rec_bool(arrow_column(w, AL_IS_REGRESSION), a->is_regression);
    add_rec_bool(arrow_column(w, AL_STARRED), a->starred);
    add_rec_bool(arrow_column(w, AL_MANUALLY_CREATED), a->manually_created);
    add_rec_f64(arrow_column(w, AL_PREV_VALUE), a->prev_value);
    add_rec_f64(arrow_column(w, AL_NEW_VALUE), a->new_value);
    add_rec_f64(arrow_column(w, AL_T_VALUE), a->t_value);
    add_rec_f64(arrow_column(w, AL_AMOUNT_ABS), a->amount_abs);
    add_rec_f64(arrow_column(w, AL_AMOUNT_PCT), a->amount_pct);
    add_rec_f64(arrow_column(w, AL_CHANGE_PCT), alert_change_pct(a));
    add_rec_i64(arrow_column(w, AL_SIGNATURE_ID), a->signature_id);
    add_rec_text(arrow_column(w, AL_SIGNATURE_HASH), a->signature_hash);
    add_rec_i64(arrow_column(w, AL_FRAMEWORK_ID), a->framework_id);
    add_rec_text(arrow_column(w, AL_PLATFORM), a->platform);
    add_rec_text(arrow_column(w, AL_SUITE), a->suite);
    add_rec_text(arrow_column(w, AL_TEST), a->test);
    add_rec_bool(arrow_column(w, AL_LOWER_IS_BETTER), a->lower_is_better);
    add_rec_bool(arrow_column(w, AL_HAS_SUBTESTS), a->has_subtests);
    add_rec_text(arrow_column(w, AL_UNIT), a->unit);
    add_rec_text(arrow_column(w, AL_OPTION_HASH), a->option_hash);
    add_rec_texts(arrow_column(w, AL_TAGS), r, a->tags);
    add_rec_texts(arrow_column(w, AL_EXTRA_OPTIONS), r, a->extra_options);
    add_rec_text(arrow_column(w, AL_CLASSIFIER), a->classifier);
    add_rec_text(arrow_column(w, AL_NOISE_PROFILE), a->noise_profile);
    add_rec_i64(arrow_column(w, AL_RELATED_SUMMARY_ID), a->related_summary_id);
    add_rec_text(arrow_column(w, AL_TASK_ID), a->task_id);
    add_rec_text(arrow_column(w, AL_PREV_TASK_ID), a->prev_task_id);
    add_rec_text(arrow_column(w, AL_REVISION), a->revision);
    add_rec_extra(arrow_column(w, AL_EXTRA), a->extra);
    return arrow_row_end(w, err);
}
