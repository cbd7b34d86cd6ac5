// all_bugs.csv, perf_bugs.csv, alerts_with_bug_and_test_info.csv and
// alert_summary_fail_perf_sigs.csv.
#ifndef CULPRIT_INGEST_BUGS_CSV_H
#define CULPRIT_INGEST_BUGS_CSV_H

#include "ingest/ingest.h"

extern const struct dataset_def *const all_bugs_datasets[];
extern const struct dataset_def *const perf_bugs_datasets[];
extern const struct dataset_def *const alert_bug_tests_datasets[];
extern const struct dataset_def *const fail_sigs_datasets[];

bool all_bugs_csv_read(struct ingest *ig, struct err *err) MUST_USE;
bool all_bugs_csv_write(const struct snapshot *snap, struct text_out *out,
                        struct err *err) MUST_USE;
bool perf_bugs_csv_read(struct ingest *ig, struct err *err) MUST_USE;
bool perf_bugs_csv_write(const struct snapshot *snap, struct text_out *out,
                         struct err *err) MUST_USE;
bool alert_bug_tests_csv_read(struct ingest *ig, struct err *err) MUST_USE;
bool alert_bug_tests_csv_write(const struct snapshot *snap, struct text_out *out,
                               struct err *err) MUST_USE;
bool fail_sigs_csv_read(struct ingest *ig, struct err *err) MUST_USE;
bool fail_sigs_csv_write(const struct snapshot *snap, struct text_out *out,
                         struct err *err) MUST_USE;

#endif
