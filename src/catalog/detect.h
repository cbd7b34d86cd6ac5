// Which format the first bytes of a file look like; see struct format_def.detect.
#ifndef CULPRIT_CATALOG_DETECT_H
#define CULPRIT_CATALOG_DETECT_H

#include "base/sv.h"

// Of what is recognised by its folder, see import.c: no file is.
int detect_clone(struct sv head, bool whole, struct sv name);
int detect_alert_summaries_csv(struct sv head, bool whole, struct sv name);
int detect_alertsummary_json(struct sv head, bool whole, struct sv name);
int detect_alert_bug_tests_csv(struct sv head, bool whole, struct sv name);
int detect_all_bugs_csv(struct sv head, bool whole, struct sv name);
int detect_perf_bugs_csv(struct sv head, bool whole, struct sv name);
int detect_commits_jsonl(struct sv head, bool whole, struct sv name);
int detect_diffs_jsonl(struct sv head, bool whole, struct sv name);
int detect_signatures_jsonl(struct sv head, bool whole, struct sv name);
int detect_fail_sigs_csv(struct sv head, bool whole, struct sv name);
int detect_ttc_stats_json(struct sv head, bool whole, struct sv name);
int detect_llm_struc_jsonl(struct sv head, bool whole, struct sv name);
int detect_perf_jobs_jsonl(struct sv head, bool whole, struct sv name);
int detect_max_revision_jobs_jsonl(struct sv head, bool whole, struct sv name);
int detect_jobs_json(struct sv head, bool whole, struct sv name);
int detect_revision_job_counts_csv(struct sv head, bool whole, struct sv name);
int detect_revision_jobs_jsonl(struct sv head, bool whole, struct sv name);
int detect_revision_job_stats_json(struct sv head, bool whole, struct sv name);
int detect_job_sigs_jsonl(struct sv head, bool whole, struct sv name);
int detect_job_sigs_detailed_jsonl(struct sv head, bool whole, struct sv name);
int detect_sig_groups_jsonl(struct sv head, bool whole, struct sv name);
int detect_durations_csv(struct sv head, bool whole, struct sv name);
int detect_group_durations_csv(struct sv head, bool whole, struct sv name);
int detect_group_duration_stats_json(struct sv head, bool whole, struct sv name);
int detect_wait_stats_json(struct sv head, bool whole, struct sv name);
int detect_rectified_jsonl(struct sv head, bool whole, struct sv name);
// Pictures, by their signature and documented name.
int detect_jobs_per_revision_png(struct sv head, bool whole, struct sv name);
int detect_job_durations_png(struct sv head, bool whole, struct sv name);

#endif
