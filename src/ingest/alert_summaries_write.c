// Writes alert_summaries.csv: 25 columns, LF, integers without ".0", lists as Python repr.
#include "base/csv_write.h"
#include "base/doc.h"
#include "ingest/alert_summary.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

enum cell { TEXT, INTEGER, TIME, EPOCH, LIST };

static const struct {
    const char *name;
    enum cell cell;
    enum alert_summaries_column col;
} columns[] = {
    {"id", INTEGER, AS_ID},
    {"push_id", INTEGER, AS_PUSH_ID},
    {"prev_push_id", INTEGER, AS_PREV_PUSH_ID},
    {"original_revision", TEXT, AS_ORIGINAL_REVISION},
    {"created", TIME, AS_CREATED},
    {"first_triaged", TIME, AS_FIRST_TRIAGED},
    {"triage_due_date", TIME, AS_TRIAGE_DUE_DATE},
    {"repository", TEXT, AS_REPOSITORY},
    {"framework", INTEGER, AS_FRAMEWORK},
    {"alerts", TEXT, AS_ALERTS_RAW},
    {"related_alerts", TEXT, AS_RELATED_RAW},
    {"status", INTEGER, AS_STATUS},
    {"bug_number", INTEGER, AS_BUG_NUMBER},
    {"bug_due_date", TIME, AS_BUG_DUE_DATE},
    {"bug_updated", TIME, AS_BUG_UPDATED},
    {"issue_tracker", INTEGER, AS_ISSUE_TRACKER},
    {"notes", TEXT, AS_NOTES},
    {"revision", TEXT, AS_REVISION},
    {"push_timestamp", EPOCH, AS_PUSH_TIMESTAMP},
    {"prev_push_revision", TEXT, AS_PREV_PUSH_REVISION},
    {"original_prev_push_revision", TEXT, AS_ORIGINAL_PREV_PUSH_REVISION},
    {"assignee_username", TEXT, AS_ASSIGNEE_USERNAME},
    {"assignee_email", TEXT, AS_ASSIGNEE_EMAIL},
    {"performance_tags", LIST, AS_PERFORMANCE_TAGS},
    {"duplicated_summaries_ids", LIST, AS_DUPLICATED_SUMMARIES_IDS},
};

// The source's own spelling of a time, where it was kept.
static bool write_raw_time(struct text_out *out, const struct out_row *row, const char *column) {
    const struct sv raw = out_text(row, AS_RAW);
    if (!raw.ptr) {
        return false;
    }
    struct doc doc;
    struct doc_token tok;
    bool found = false;
    json_doc_init(&doc, raw);
    while (!found && doc_next(&doc, &tok) && tok.kind != DOC_MAP_END) {
        found = tok.kind == DOC_KEY && sv_is(tok.text, column);
    }
    found = found && doc_next(&doc, &tok) && tok.kind == DOC_TEXT;
    if (found) {
        str_add_csv(&out->buf, tok.text, ',');
    }
    doc_done(&doc);
    return found;
}

static void write_cell(struct text_out *out, const struct out_row *row, size_t i) {
    const size_t col = columns[i].col;
    switch (columns[i].cell) {
    case TEXT:
        out_csv_text(out, row, col);
        break;
    case INTEGER:
        out_csv_i64(out, row, col);
        break;
    case TIME:
        if (!write_raw_time(out, row, columns[i].name)) {
            out_csv_time(out, row, col, "");
        }
        break;
    case EPOCH:
        out_csv_epoch(out, row, col);
        break;
    case LIST:
        out_csv_list(out, row, col);
        break;
    }
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    for (size_t i = 0; i < COUNTOF(columns); i++) {
        if (i) {
            str_add_byte(&out->buf, ',');
        }
        write_cell(out, row, i);
    }
    str_add_byte(&out->buf, '\n');
    return true;
}

bool alert_summaries_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    for (size_t i = 0; i < COUNTOF(columns); i++) {
        str_addf(&out->buf, "%s%s", i ? "," : "", columns[i].name);
    }
    str_add_byte(&out->buf, '\n');
    return out_each_row(&(struct out_rows){snap, &schema_alert_summaries, write_row, NULL, AS_SEQ},
                        out, err);
}
