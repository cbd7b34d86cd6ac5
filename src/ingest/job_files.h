// Files about performance jobs: jobs per revision, signatures per job, signature groups, durations,
// and the statistics of alerts and jobs.
#ifndef CULPRIT_INGEST_JOB_FILES_H
#define CULPRIT_INGEST_JOB_FILES_H

#include "ingest/ingest.h"

// perf_jobs_per_revision.csv
extern const struct dataset_def *const revision_job_counts_datasets[];
ingest_read_fn revision_job_counts_csv_read;
ingest_write_fn revision_job_counts_csv_write;

// perf_jobs_per_revision_details.jsonl and ..._rectified.jsonl
extern const struct dataset_def *const revision_jobs_datasets[];
ingest_read_fn revision_jobs_jsonl_read;
ingest_write_fn revision_jobs_jsonl_write;
extern const struct dataset_def *const rectified_datasets[];
ingest_read_fn rectified_jsonl_read;
ingest_write_fn rectified_jsonl_write;

// sigs_by_job_id.jsonl, sigs_by_job_id_detailed.jsonl, sig_groups.jsonl
extern const struct dataset_def *const job_sigs_datasets[];
ingest_read_fn job_sigs_jsonl_read;
ingest_write_fn job_sigs_jsonl_write;
extern const struct dataset_def *const job_sigs_detailed_datasets[];
ingest_read_fn job_sigs_detailed_jsonl_read;
ingest_write_fn job_sigs_detailed_jsonl_write;
extern const struct dataset_def *const sig_groups_datasets[];
ingest_read_fn sig_groups_jsonl_read;
ingest_write_fn sig_groups_jsonl_write;

// job_durations.csv, sig_group_job_durations.csv
extern const struct dataset_def *const durations_datasets[];
ingest_read_fn durations_csv_read;
ingest_write_fn durations_csv_write;
extern const struct dataset_def *const group_durations_datasets[];
ingest_read_fn group_durations_csv_read;
ingest_write_fn group_durations_csv_write;

#endif
