// Statistics in a file: one JSON object, indented; each file by a table of its numbers.
#ifndef CULPRIT_INGEST_STATS_JSON_H
#define CULPRIT_INGEST_STATS_JSON_H

#include "ingest/ingest.h"

// time_to_culprit_stats.json
extern const struct dataset_def *const ttc_stats_datasets[];
ingest_read_fn ttc_stats_json_read;
ingest_write_fn ttc_stats_json_write;
// perf_jobs_stats.json
extern const struct dataset_def *const revision_job_stats_datasets[];
ingest_read_fn revision_job_stats_json_read;
ingest_write_fn revision_job_stats_json_write;
// sig_group_job_duration_stats.json
extern const struct dataset_def *const group_duration_stats_datasets[];
ingest_read_fn group_duration_stats_json_read;
ingest_write_fn group_duration_stats_json_write;
// job_wait_time_stats.json
extern const struct dataset_def *const wait_stats_datasets[];
ingest_read_fn wait_stats_json_read;
ingest_write_fn wait_stats_json_write;

#endif
