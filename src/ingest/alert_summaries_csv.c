// alert_summaries.csv: alert summaries as a data frame wrote them, lists as Python literals.
#include "base/date.h"
#include "base/num.h"
#include "ingest/alert_summary.h"
#include "ingest/csv_table.h"
#include "schema/mozilla_perf.h"

enum {
    C_ID,
    C_PUSH_ID,
    C_PREV_PUSH_ID,
    C_ORIGINAL_REVISION,
    C_CREATED,
    C_FIRST_TRIAGED,
    C_TRIAGE_DUE_DATE,
    C_REPOSITORY,
    C_FRAMEWORK,
    C_ALERTS,
    C_RELATED_ALERTS,
    C_STATUS,
    C_BUG_NUMBER,
    C_BUG_DUE_DATE,
    C_BUG_UPDATED,
    C_ISSUE_TRACKER,
    C_NOTES,
    C_REVISION,
    C_PUSH_TIMESTAMP,
    C_PREV_PUSH_REVISION,
    C_ORIGINAL_PREV_PUSH_REVISION,
    C_ASSIGNEE_USERNAME,
    C_ASSIGNEE_EMAIL,
    C_PERFORMANCE_TAGS,
    C_DUPLICATED_SUMMARIES_IDS,
    C_DUPLICATED_SUMMARIES,
    C_BUG_STATUS,
};

static const struct csv_column columns[] = {
    [C_ID] = {"id", true},
    [C_PUSH_ID] = {"push_id", false},
    [C_PREV_PUSH_ID] = {"prev_push_id", false},
    [C_ORIGINAL_REVISION] = {"original_revision", false},
    [C_CREATED] = {"created", false},
    [C_FIRST_TRIAGED] = {"first_triaged", false},
    [C_TRIAGE_DUE_DATE] = {"triage_due_date", false},
    [C_REPOSITORY] = {"repository", false},
    [C_FRAMEWORK] = {"framework", false},
    [C_ALERTS] = {"alerts", false},
    [C_RELATED_ALERTS] = {"related_alerts", false},
    [C_STATUS] = {"status", false},
    [C_BUG_NUMBER] = {"bug_number", false},
    [C_BUG_DUE_DATE] = {"bug_due_date", false},
    [C_BUG_UPDATED] = {"bug_updated", false},
    [C_ISSUE_TRACKER] = {"issue_tracker", false},
    [C_NOTES] = {"notes", false},
    [C_REVISION] = {"revision", false},
    [C_PUSH_TIMESTAMP] = {"push_timestamp", false},
    [C_PREV_PUSH_REVISION] = {"prev_push_revision", false},
    [C_ORIGINAL_PREV_PUSH_REVISION] = {"original_prev_push_revision", false},
    [C_ASSIGNEE_USERNAME] = {"assignee_username", false},
    [C_ASSIGNEE_EMAIL] = {"assignee_email", false},
    [C_PERFORMANCE_TAGS] = {"performance_tags", false},
    [C_DUPLICATED_SUMMARIES_IDS] = {"duplicated_summaries_ids", false},
    [C_DUPLICATED_SUMMARIES] = {"duplicated_summaries", false},
    [C_BUG_STATUS] = {"bug_status", false},
};

#define COMMON_HEAD                                                                                \
    "id,push_id,prev_push_id,original_revision,created,first_triaged,triage_due_date,repository,"  \
    "framework,alerts,related_alerts,status,bug_number,"
#define COMMON_TAIL                                                                                \
    "bug_due_date,bug_updated,issue_tracker,notes,revision,push_timestamp,prev_push_revision,"     \
    "original_prev_push_revision,assignee_username,assignee_email,performance_tags,"

// The service grew columns while files were being appended to.
static const char *const layouts[] = {
    COMMON_HEAD COMMON_TAIL "duplicated_summaries_ids",
    COMMON_HEAD "bug_status," COMMON_TAIL "duplicated_summaries",
    COMMON_HEAD COMMON_TAIL "duplicated_summaries_ids,bug_status,monitored_alerts",
    COMMON_HEAD "bug_status," COMMON_TAIL "duplicated_summaries,monitored_alerts",
    NULL,
};

static struct sv field_of(const struct csv_table *t, const struct csv_layout *l, size_t col) {
    const int16_t field = l->field[col];
    return field >= 0 && (size_t)field < t->row.n_fields ? t->row.fields[field].raw : SV_NULL;
}

static bool is_integer(struct sv text) {
    int64_t v;
    return num_parse_i64_lax(text, &v);
}

static bool is_list(struct sv text) {
    return !text.len || (*text.ptr == '[' && text.ptr[text.len - 1] == ']');
}

// The columns that move between the layouts tell them apart.
static bool fits(const struct csv_table *t, const struct csv_layout *l) {
    int64_t at_us;
    const struct sv created = field_of(t, l, C_CREATED);
    const struct sv bug_updated = field_of(t, l, C_BUG_UPDATED);
    return is_integer(field_of(t, l, C_ID)) && is_integer(field_of(t, l, C_PUSH_TIMESTAMP)) &&
           (!created.len || date_parse_iso(created, &at_us, NULL)) &&
           (!bug_updated.len || date_parse_iso(bug_updated, &at_us, NULL)) &&
           is_list(field_of(t, l, C_PERFORMANCE_TAGS));
}

static const struct csv_table_def table_def = {
    .columns = columns,
    .n_columns = COUNTOF(columns),
    .layouts = layouts,
    .fits = fits,
    .any_of = "alerts,created,revision,push_timestamp",
};

struct reader {
    struct stager *stager;
    struct stage *st; // being filled
    struct csv_table t;
    struct str raw_times;
    struct sv row; // copy of the row in the stage
};

// A cell that outlives the row.
static struct sv keep(struct reader *x, struct sv cell) {
    const struct sv from = x->t.row.bytes;
    if (cell.len && cell.ptr >= from.ptr && cell.ptr + cell.len <= from.ptr + from.len) {
        return sv_sub(x->row, (size_t)(cell.ptr - from.ptr), cell.len);
    }
    return !cell.ptr ? SV_NULL : cell.len ? stage_text(x->st, cell) : SV("");
}

static struct sv keep_text(struct reader *x, size_t col) {
    return keep(x, csv_cell_text(&x->t, col));
}

// The alerts of one cell. A broken literal costs the alerts of that cell, not the summary.
static bool read_alerts(struct reader *x, size_t col, struct sv *raw, struct err *err) {
    *raw = keep_text(x, col);
    const struct sv text = sv_trim(*raw);
    if (sv_eq(text, SV("[]")) || !text.len) {
        return true;
    }
    struct doc doc;
    struct doc_token tok;
    struct err local = ERR_INIT;
    struct alert_list *alerts = &x->st->alerts;
    const bool related = col == C_RELATED_ALERTS;
    const size_t n_before = alerts->items.n, extra_before = alerts->extra.len;
    x->st->r.source = text;
    pylit_doc_init(&doc, text);
    bool ok = doc_next(&doc, &tok) && alerts_read(alerts, &x->st->r, &doc, &tok, related, &local);
    ok = ok && !doc_next(&doc, &tok) && tok.kind == DOC_END;
    if (!ok && local.code == ERR_NONE) {
        alerts->items.n = alerts->extra_ends.n = n_before;
        str_cut(&alerts->extra, extra_before);
        ok = csv_problem(&x->t, col, sv_from(text, (size_t)(doc.cur - doc.ptr)), err,
                         "%s; the summary is kept without these alerts", doc_error(&doc)->msg);
    } else if (!ok && err) {
        *err = local;
    }
    doc_done(&doc);
    x->st->r.source = SV_NULL;
    return ok;
}

static bool read_numbers(struct csv_table *t, struct alert_summary *s, struct err *err) {
    return csv_cell_i64(t, C_ID, &s->id, err) && csv_cell_i64(t, C_PUSH_ID, &s->push_id, err) &&
           csv_cell_i64(t, C_PREV_PUSH_ID, &s->prev_push_id, err) &&
           csv_cell_i32(t, C_FRAMEWORK, &s->framework, err) &&
           csv_cell_i32(t, C_STATUS, &s->status, err) &&
           csv_cell_i32(t, C_ISSUE_TRACKER, &s->issue_tracker, err) &&
           csv_cell_i64(t, C_BUG_NUMBER, &s->bug_number, err) &&
           csv_cell_i32(t, C_BUG_STATUS, &s->bug_status, err);
}

static bool read_time(struct reader *x, size_t col, struct rec_i64 *out, struct err *err) {
    if (!csv_cell_time(&x->t, col, out, err)) {
        return false;
    }
    if (out->has) {
        alert_summary_keep_time(&x->raw_times, columns[col].name, csv_cell(&x->t, col), out->v);
    }
    return true;
}

// Statistics that leave "1760754049.0" out must be able to tell.
static bool read_push_timestamp(struct reader *x, struct rec_i64 *out, struct err *err) {
    if (!csv_cell_epoch(&x->t, C_PUSH_TIMESTAMP, out, err)) {
        return false;
    }
    const struct sv text = csv_cell(&x->t, C_PUSH_TIMESTAMP);
    if (out->has && sv_find_byte(text, '.') >= 0) {
        alert_summary_keep_text(&x->raw_times, columns[C_PUSH_TIMESTAMP].name, text);
    }
    return true;
}

static bool read_times(struct reader *x, struct alert_summary *s, struct err *err) {
    str_clear(&x->raw_times);
    return read_time(x, C_CREATED, &s->created, err) &&
           read_time(x, C_FIRST_TRIAGED, &s->first_triaged, err) &&
           read_time(x, C_TRIAGE_DUE_DATE, &s->triage_due_date, err) &&
           read_time(x, C_BUG_DUE_DATE, &s->bug_due_date, err) &&
           read_time(x, C_BUG_UPDATED, &s->bug_updated, err) &&
           read_push_timestamp(x, &s->push_timestamp, err);
}

static bool read_lists(struct csv_table *t, struct alert_summary *s, struct err *err) {
    const size_t duplicated = csv_cell(t, C_DUPLICATED_SUMMARIES_IDS).ptr
                                  ? C_DUPLICATED_SUMMARIES_IDS
                                  : C_DUPLICATED_SUMMARIES;
    return csv_cell_texts(t, C_PERFORMANCE_TAGS, &s->performance_tags, err) &&
           csv_cell_ints(t, duplicated, &s->duplicated_summaries_ids, err);
}

static void read_texts(struct reader *x, struct alert_summary *s) {
    s->original_revision = keep_text(x, C_ORIGINAL_REVISION);
    s->revision = keep_text(x, C_REVISION);
    s->prev_push_revision = keep_text(x, C_PREV_PUSH_REVISION);
    s->original_prev_push_revision = keep_text(x, C_ORIGINAL_PREV_PUSH_REVISION);
    s->repository = keep_text(x, C_REPOSITORY);
    s->notes = keep_text(x, C_NOTES);
    s->assignee_username = keep_text(x, C_ASSIGNEE_USERNAME);
    s->assignee_email = keep_text(x, C_ASSIGNEE_EMAIL);
    str_clear(&x->st->r.extra);
    csv_table_extra(&x->t);
    s->extra = keep(x, str_sv(&x->st->r.extra));
    s->raw_times = keep(x, str_sv(&x->raw_times));
}

static bool read_row(struct reader *x, struct err *err) {
    if (!stager_next(x->stager, err)) {
        return false;
    }
    x->st = stager_stage(x->stager);
    x->t.r = &x->st->r;
    x->st->r.at = csv_table_at(&x->t);
    struct alert_summary *s = stager_record(x->stager);
    if (!read_numbers(&x->t, s, err) || !read_times(x, s, err)) {
        return false;
    }
    if (x->t.row_bad) {
        stager_front(x->stager)->counts.bad++;
        stager_drop(x->stager);
        return true;
    }
    x->row = stage_text(x->st, x->t.row.bytes);
    read_texts(x, s);
    s->first_alert = x->st->alerts.items.n;
    if (!read_lists(&x->t, s, err) || !read_alerts(x, C_ALERTS, &s->alerts_raw, err) ||
        !read_alerts(x, C_RELATED_ALERTS, &s->related_raw, err)) {
        return false;
    }
    s->n_alerts = x->st->alerts.items.n - s->first_alert;
    stager_put(x->stager, csv_table_at(&x->t));
    return true;
}

bool alert_summaries_csv_read(struct ingest *ig, struct err *err) {
    static const struct stager_def def = {sizeof(struct alert_summary), alert_summary_write, NULL};
    struct reader x = {.stager = stager_open(ig, &def)};
    x.st = stager_stage(x.stager);
    bool ok = csv_table_open(&x.t, &table_def, stager_front(x.stager), &x.st->r, err);
    int rc = ok ? 1 : -1;
    while (ok && (rc = csv_table_next(&x.t, err)) == 1) {
        ok = read_row(&x, err);
    }
    csv_table_close(&x.t);
    str_done(&x.raw_times);
    return stager_close(x.stager, ok && rc == 0, err);
}
