// One alert summary with its alerts: what the CSV and the JSON reader fill, and the rows made of
// it.
#ifndef CULPRIT_INGEST_ALERT_SUMMARY_H
#define CULPRIT_INGEST_ALERT_SUMMARY_H

#include "ingest/stage.h"

struct alert_summary {
    struct rec_i64 id, push_id, prev_push_id;
    struct sv original_revision, revision, prev_push_revision, original_prev_push_revision;
    struct rec_i64 created, first_triaged, triage_due_date, bug_due_date, bug_updated;
    struct rec_i64 push_timestamp; // microseconds, as the other times
    struct sv repository;
    struct rec_i64 framework, status, issue_tracker, bug_number, bug_status;
    struct sv notes, assignee_username, assignee_email;
    struct rec_list performance_tags, duplicated_summaries_ids;
    struct sv alerts_raw, related_raw;
    struct sv extra, raw_times;   // JSON members
    size_t first_alert, n_alerts; // in the stage's list
};

// The datasets in the order of the format's writers.
enum { ALERT_SUMMARY_OUT, ALERT_OUT };

// Adds `"column": "text"` to the JSON members `raw`: the source's spelling of a time;
void alert_summary_keep_text(struct str *raw, const char *column, struct sv text);
// the same when it is not spelled as it would be written.
void alert_summary_keep_time(struct str *raw, const char *column, struct sv text, int64_t at_us);
// Writes a summary and its alerts; the stage_def of both readers.
bool alert_summary_write(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                         struct err *err) MUST_USE;

extern const struct dataset_def *const alert_summary_datasets[];

// The readers and the writer of the formats.
bool alert_summaries_csv_read(struct ingest *ig, struct err *err) MUST_USE;
bool alertsummary_json_read(struct ingest *ig, struct err *err) MUST_USE;
bool alert_summaries_csv_write(const struct snapshot *snap, struct text_out *out,
                               struct err *err) MUST_USE;

#endif
