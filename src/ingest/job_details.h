// Jobs as the service describes them, with their times: max_revision_jobs.jsonl (one job a line,
// kept verbatim) and answers of the jobs endpoint.
#ifndef CULPRIT_INGEST_JOB_DETAILS_H
#define CULPRIT_INGEST_JOB_DETAILS_H

#include "ingest/jsonl.h"
#include "ingest/text_out.h"

// A time in seconds since 1970; `seconds` as the source has it, for differences.
struct job_instant {
    double seconds;
    struct rec_i64 us;
};

struct job_detail {
    struct jsonl_record base;
    struct rec_i64 id, job_id, push_id;
    struct sv revision;
    struct job_instant submit, start, end;
    struct sv state, result, job_type_name, platform, platform_option;
    struct rec_i64 tier;
    struct sv task_id;
    struct rec_i64 retry_id;
    struct sv raw; // the record as it came
    void *answer;  // of the reader of answers
};

// Tables of its keys, to be filled with; the second also looks into the "results" of an answer.
extern const struct record_table job_detail_table, job_answer_table;

// "id", else "job_id", is what a job is known by; false when there is neither.
bool job_detail_settle_id(struct job_detail *job);
// See stage.h.
bool job_detail_write(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                      struct err *err) MUST_USE;
// Reads the elements of a list, each a job, an answer or a list of them; `tok` began it. False as
// record_read().
bool job_answer_list(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     void *record, struct err *err) MUST_USE;

// --- the formats --------------------------------------------------------------------------------

extern const struct dataset_def *const max_revision_jobs_datasets[];
extern const struct dataset_def *const job_details_datasets[];

bool max_revision_jobs_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
bool max_revision_jobs_jsonl_write(const struct snapshot *snap, struct text_out *out,
                                   struct err *err) MUST_USE;
// The same of all jobs that are known; jobs_json_read() reads it.
bool job_details_jsonl_write(const struct snapshot *snap, struct text_out *out,
                             struct err *err) MUST_USE;
// An answer {"results": [job, ...]}, a list, or lines of jobs or answers.
bool jobs_json_read(struct ingest *ig, struct err *err) MUST_USE;

#endif
