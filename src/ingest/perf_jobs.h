// perf_jobs_by_signature.jsonl: one line for each performance signature with the values measured
// for it, {"signature_id": 1, "jobs": [{"job_id": ..., "value": ...}, ...]}.
//
// Such a file has gigabytes and a few spellings of its jobs, so a line in the spelling of the line
// before goes through a scanner of its own (perf_jobs_scan.c); whatever that does not know is left
// to the reader of any JSON (perf_jobs_read.c). Both give the same rows.
#ifndef CULPRIT_INGEST_PERF_JOBS_H
#define CULPRIT_INGEST_PERF_JOBS_H

#include "ingest/jsonl.h"
#include "ingest/text_out.h"

// The keys of a job, in the order in which the original program writes them.
enum job_key {
    JOB_JOB_ID,
    JOB_ID,
    JOB_VALUE,
    JOB_PUSH_TIMESTAMP,
    JOB_PUSH_ID,
    JOB_REVISION,
    JOB_SUBMIT_TIME,
    JOB_MACHINE_NAME,
    JOB_N_KEYS
};

struct perf_job {
    int32_t pos; // in its list
    int64_t job_id, id, push_id;
    int64_t push_us, submit_us;
    double value;
    struct sv revision, machine_name;
    uint64_t revision_hash, machine_hash; // see code_cache.h
    struct sv extra;                      // JSON members of unknown keys
    uint8_t has;                          // bit of each enum job_key whose value is there
    bool in_time;
};

static inline bool job_has(const struct perf_job *job, enum job_key key) {
    return job->has >> key & 1;
}

// Which keys the jobs of a line have, and in which order.
struct job_order {
    uint8_t n;
    uint8_t keys[JOB_N_KEYS];
};

bool job_order_eq(const struct job_order *a, const struct job_order *b);
bool job_order_is_usual(const struct job_order *order);
struct job_order job_order_usual(void);
// "id,job_id,...", and back; false when the text is none of that.
void job_order_write(const struct job_order *order, struct str *out);
bool job_order_parse(struct sv text, struct job_order *out) MUST_USE;
// JOB_N_KEYS when it is none.
enum job_key job_key_of(struct sv name);
struct sv job_key_name(enum job_key key);

// Was the job asked for within ten minutes after the push? `exact`: the time has the form
// YYYY-MM-DDTHH:MM:SS; `given`: there is a time to submit, be it unreadable.
struct job_times {
    bool push_exact, submit_exact, submit_given;
};
bool job_in_time(const struct perf_job *job, struct job_times times);

struct job_line {
    struct jsonl_record base;
    struct rec_i64 id;
    bool has_jobs, mixed; // mixed: not all jobs have the same keys in one order
    size_t first, n;      // in record_reader.jobs
    struct job_order order;
    struct sv raw; // the source line, when the columns would give another
};

// The line as a dump writes it, without its end.
void job_line_write(struct str *out, int64_t signature_id, const struct job_order *order,
                    const struct perf_job *jobs, size_t n);
void job_write(struct str *out, const struct job_order *order, const struct perf_job *job);

// --- the scanner of usual lines ---

struct job_scanner;

struct job_scanner *job_scanner_new(void) MUST_USE;
void job_scanner_free(struct job_scanner *s);
// Fills the line and its jobs (behind those of `r`). False when the line is not in a spelling it
// knows; then nothing is left in `r`. `line` must have INPUT_PAD readable bytes behind it; texts of
// the jobs point into it.
bool job_scanner_line(struct job_scanner *s, struct record_reader *r, struct job_line *out,
                      struct sv line) MUST_USE;

// --- the format ---------------------------------------------------------------------------------

extern const struct dataset_def *const perf_jobs_datasets[];
bool perf_jobs_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
// The same without the scanner of usual lines, to test it against.
bool perf_jobs_jsonl_read_slowly(struct ingest *ig, struct err *err) MUST_USE;
bool perf_jobs_jsonl_write(const struct snapshot *snap, struct text_out *out,
                           struct err *err) MUST_USE;

#endif
