#include "ingest/alert_summary.h"

#include "base/date.h"
#include "base/text_write.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const alert_summary_datasets[] = {&schema_alert_summaries, &schema_alerts,
                                                            NULL};

void alert_summary_keep_text(struct str *raw, const char *column, struct sv text) {
    str_addf(raw, "%s\"%s\": ", raw->len ? ", " : "", column);
    str_add_json(raw, text, JSON_UTF8);
}

void alert_summary_keep_time(struct str *raw, const char *column, struct sv text, int64_t at_us) {
    // The usual spelling is appended, compared and taken back.
    const size_t n_before = raw->len;
    str_add_iso(raw, at_us);
    const bool usual = sv_eq(sv_from(str_sv(raw), n_before), text);
    str_cut(raw, n_before);
    if (!usual) {
        alert_summary_keep_text(raw, column, text);
    }
}

static void write_digest(struct arrow_writer *w, const struct alert_summary *s, struct stage *st) {
    struct alerts_digest d;
    struct alerts_slice alerts = {.n = s->n_alerts};
    if (s->n_alerts) {
        alerts.ptr = &st->alerts.items.ptr[s->first_alert];
    }
    struct str *title = arrow_text_begin(arrow_column(w, AS_TITLE));
    alerts_digest(alerts, s->id.v, &st->alerts.ids, &d, title);
    arrow_text_end(arrow_column(w, AS_TITLE));
    arrow_add_i64(arrow_column(w, AS_ALERT_COUNT), d.n_alerts);
    arrow_add_i64(arrow_column(w, AS_REGRESSION_COUNT), d.n_regressions);
    add_rec_f64(arrow_column(w, AS_WORST_PCT), d.worst_pct);
    add_rec_bool(arrow_column(w, AS_WORST_IS_REGRESSION), d.worst_is_regression);
}

static bool write_summary(struct ingest *ig, const struct alert_summary *s, struct stage *st,
                          struct err *err) {
    const struct record_reader *r = &st->r;
    struct arrow_writer *w = ig->out[ALERT_SUMMARY_OUT].w;
    arrow_add_i64(arrow_column(w, AS_SEQ), ingest_seq(ig, s->id.v));
    add_rec_i64(arrow_column(w, AS_ID), s->id);
    add_rec_i64(arrow_column(w, AS_PUSH_ID), s->push_id);
    add_rec_i64(arrow_column(w, AS_PREV_PUSH_ID), s->prev_push_id);
    add_rec_text(arrow_column(w, AS_ORIGINAL_REVISION), s->original_revision);
    add_rec_text(arrow_column(w, AS_REVISION), s->revision);
    add_rec_text(arrow_column(w, AS_PREV_PUSH_REVISION), s->prev_push_revision);
    add_rec_text(arrow_column(w, AS_ORIGINAL_PREV_PUSH_REVISION), s->original_prev_push_revision);
    add_rec_i64(arrow_column(w, AS_CREATED), s->created);
    add_rec_i64(arrow_column(w, AS_FIRST_TRIAGED), s->first_triaged);
    add_rec_i64(arrow_column(w, AS_TRIAGE_DUE_DATE), s->triage_due_date);
    add_rec_i64(arrow_column(w, AS_BUG_DUE_DATE), s->bug_due_date);
    add_rec_i64(arrow_column(w, AS_BUG_UPDATED), s->bug_updated);
    add_rec_i64(arrow_column(w, AS_PUSH_TIMESTAMP), s->push_timestamp);
    add_rec_text(arrow_column(w, AS_REPOSITORY), s->repository);
    add_rec_i64(arrow_column(w, AS_FRAMEWORK), s->framework);
    add_rec_i64(arrow_column(w, AS_STATUS), s->status);
    add_rec_i64(arrow_column(w, AS_ISSUE_TRACKER), s->issue_tracker);
    add_rec_i64(arrow_column(w, AS_BUG_NUMBER), s->bug_number);
    add_rec_i64(arrow_column(w, AS_BUG_STATUS), s->bug_status);
    add_rec_text(arrow_column(w, AS_NOTES), s->notes);
    add_rec_text(arrow_column(w, AS_ASSIGNEE_USERNAME), s->assignee_username);
    add_rec_text(arrow_column(w, AS_ASSIGNEE_EMAIL), s->assignee_email);
    add_rec_texts(arrow_column(w, AS_PERFORMANCE_TAGS), r, s->performance_tags);
    add_rec_ints(arrow_column(w, AS_DUPLICATED_SUMMARIES_IDS), r, s->duplicated_summaries_ids);
    write_digest(w, s, st);
    add_rec_text(arrow_column(w, AS_ALERTS_RAW), s->alerts_raw);
    add_rec_text(arrow_column(w, AS_RELATED_RAW), s->related_raw);
    add_rec_extra(arrow_column(w, AS_RAW), s->raw_times);
    add_rec_extra(arrow_column(w, AS_EXTRA), s->extra);
    return arrow_row_end(w, err);
}

bool alert_summary_write(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) {
    struct alert_summary *s = record;
    if (s->n_alerts) {
        s->n_alerts = alerts_drop_repeated(&st->alerts.items.ptr[s->first_alert], s->n_alerts,
                                           &st->alerts.ids);
    }
    if (!ingest_key_i64(ig, s->id.v, at, err) || !write_summary(ig, s, st, err)) {
        return false;
    }
    for (size_t i = 0; i < s->n_alerts; i++) {
        struct alert *a = &st->alerts.items.ptr[s->first_alert + i];
        a->revision = s->revision;
        if (!alert_write(a, &st->r, s->id.v, ig->out[ALERT_OUT].w, err)) {
            return false;
        }
    }
    return true;
}
