// One JSON object a line: commits, diffs, signatures.
#ifndef CULPRIT_INGEST_JSONL_H
#define CULPRIT_INGEST_JSONL_H

#include "base/line_scan.h"
#include "ingest/stage.h"

// Every record begins with this.
struct jsonl_record {
    struct sv extra; // JSON members of unknown keys
};

struct jsonl_def {
    const struct record_table *table;
    size_t record_size;
    // Looks at a record that was read: the key that is missing, NULL = all is there. `line` stays
    // as long as the record.
    const char *(*check)(struct record_reader *r, void *record, struct sv line);
    // Adds it to the writers; see stage.h.
    bool (*write)(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                  struct err *err);
    struct sv (*key)(const void *record); // of a text key, see stage.h; NULL = none
};

// A faster way to read and check most lines; false = not this one, it is left to the table, and the
// record is as it was. `line` stays as long as the record. `arg` stands in record_reader.arg, too.
struct jsonl_scan {
    bool (*scan)(const void *arg, struct record_reader *r, void *record, struct sv line);
    const void *arg;
};

// Blank lines are skipped; a line that is no JSON object, and a torn last one, is a problem.
bool jsonl_read(struct ingest *ig, const struct jsonl_def *def, struct err *err) MUST_USE;
bool jsonl_read_scan(struct ingest *ig, const struct jsonl_def *def, const struct jsonl_scan *scan,
                     struct err *err) MUST_USE;
// For formats that share their functions: `arg` stands in record_reader.arg for them.
bool jsonl_read_with(struct ingest *ig, const struct jsonl_def *def, const void *arg,
                     struct err *err) MUST_USE;

// --- the formats --------------------------------------------------------------------------------

extern const struct dataset_def *const commits_datasets[];
extern const struct dataset_def *const perf_bugs_with_diff_datasets[];
extern const struct dataset_def *const signatures_datasets[];
extern const struct dataset_def *const llm_struc_datasets[];

bool commits_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
bool commits_jsonl_write(const struct snapshot *snap, struct text_out *out,
                         struct err *err) MUST_USE;
bool diffs_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
bool diffs_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) MUST_USE;
bool llm_struc_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
bool llm_struc_jsonl_write(const struct snapshot *snap, struct text_out *out,
                           struct err *err) MUST_USE;
bool signatures_jsonl_read(struct ingest *ig, struct err *err) MUST_USE;
bool signatures_jsonl_write(const struct snapshot *snap, struct text_out *out,
                            struct err *err) MUST_USE;

#endif
