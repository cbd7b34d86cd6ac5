// One alert of an alert summary, read from JSON or a Python literal alike.
#ifndef CULPRIT_INGEST_ALERT_H
#define CULPRIT_INGEST_ALERT_H

#include "ingest/record.h"

struct alert {
    struct rec_i64 id, status, owner_summary_id, related_summary_id;
    struct rec_bool is_regression, starred, manually_created;
    struct rec_f64 prev_value, new_value, t_value, amount_abs, amount_pct;
    struct rec_i64 signature_id, framework_id;
    struct sv signature_hash, platform, suite, test, unit, option_hash;
    struct rec_bool lower_is_better, has_subtests;
    struct rec_list tags, extra_options;
    struct sv classifier, noise_profile, task_id, prev_task_id;
    struct sv revision; // of its summary
    struct sv extra;    // JSON members
    bool related;
    int32_t pos; // place in its list
};

// Alerts as they are read, of one or more summaries.
struct alert_list {
    ARRAY(struct alert) items;
    // JSON members of all `_extra` cells; struct alert.extra points into it after the read.
    struct str extra;
    ARRAY(size_t) extra_ends;
    struct str members;                     // of the alert being read
    struct id_list ARRAY_BODY(int64_t) ids; // scratch of alerts_digest()
};

void alert_list_clear(struct alert_list *list);
void alert_list_done(struct alert_list *list);

// Appends the alerts of the value that `tok` began: a list, one record, or nothing (null). What is
// no record is left out with a problem. False when the document is broken (the alerts appended by
// this call are gone again) or a problem could not be written (`err` set).
bool alerts_read(struct alert_list *list, struct record_reader *r, struct doc *doc,
                 const struct doc_token *tok, bool related, struct err *err) MUST_USE;
// To be called when all lists are read.
void alerts_fix_extra(struct alert_list *list);

// The alerts of one summary, in the list of many.
struct alerts_slice {
    const struct alert *ptr;
    size_t n;
};

// What the summary row says about its alerts.
struct alerts_digest {
    int32_t n_alerts, n_regressions; // each id counted once
    struct rec_f64 worst_pct;
    struct rec_bool worst_is_regression;
};
// `title` is appended to; `ids` is scratch.
void alerts_digest(struct alerts_slice list, int64_t summary_id, struct id_list *ids,
                   struct alerts_digest *out, struct str *title);
// Change in percent, signed by the values (by the service's absolute amount where one of them is
// missing), as large as the service's amount; computed from the values when the old one is negative
// or the service gives none. None when the old value is 0 or nothing tells the direction.
struct rec_f64 alert_change_pct(const struct alert *a);

// Takes the related alerts out that are own alerts of the same summary too: recorded answers list
// such alerts twice, the second time without their signature. The own ones stay, in their order;
// returns how many are left. `ids` is scratch.
size_t alerts_drop_repeated(struct alert *list, size_t n, struct id_list *ids);

// One row of the dataset `alerts`.
bool alert_write(const struct alert *a, const struct record_reader *r, int64_t summary_id,
                 struct arrow_writer *w, struct err *err) MUST_USE;

#endif
