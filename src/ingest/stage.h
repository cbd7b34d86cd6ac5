// Reading and writing on two threads: the caller's thread scans and parses into stages of about a
// mebibyte, a second one turns them into columns, in order. Small files never start the thread.
//
// While a stager is open the reading side works on stager_front() in place of the import itself:
// problems it reports are kept in the stage and recorded in their turn, so that the result does
// not depend on timing. Everything a record points to lives in its stage.
#ifndef CULPRIT_INGEST_STAGE_H
#define CULPRIT_INGEST_STAGE_H

#include "ingest/alert.h"

struct stage_entry {
    struct ingest_at at;
    size_t record;     // number of the record; STAGE_PROBLEM: a problem
    const char *text;  // where the record's source begins
    uint64_t key_hash; // of the record's text key, if it has one
    struct sv reason, sample;
};

struct stage {
    struct record_reader r; // memory of all records of the stage
    struct alert_list alerts;
    // Private from here.
    ARRAY(struct stage_entry) entries;
    char *records;
    size_t n_records, records_cap;
    char *text;
    size_t text_used, text_cap;
};

#define STAGE_PROBLEM SIZE_MAX

struct stager;

struct stager_def {
    size_t record_size;
    // Adds one record to the writers of `ig`; on the second thread, if there is one.
    bool (*write)(struct ingest *ig, struct stage *st, void *record, struct ingest_at at,
                  struct err *err);
    // Text key of a record that `write` will look up; NULL = none.
    struct sv (*key)(const void *record);
};

// `ig->in` belongs to the front until stager_close().
struct stager *stager_open(struct ingest *ig, const struct stager_def *def) MUST_USE;
struct ingest *stager_front(struct stager *s);
// To be called before each record: hands the stage over when it is full. False when the writing
// side failed.
bool stager_next(struct stager *s, struct err *err) MUST_USE;
// The stage being filled; another one after stager_next().
struct stage *stager_stage(struct stager *s);
// A zeroed record, valid until the next one.
void *stager_record(struct stager *s);
// Keeps the record just filled / forgets it.
void stager_put(struct stager *s, struct ingest_at at);
void stager_drop(struct stager *s);
// Waits for the second thread. `ok` is how reading went; false when either side failed, with the
// earlier reason in `err`.
bool stager_close(struct stager *s, bool ok, struct err *err) MUST_USE;

// A copy that lives as long as the stage, with INPUT_PAD readable bytes behind it.
struct sv stage_text(struct stage *st, struct sv text);
// Keeps a problem of the reading side; called by ingest_problem().
void stager_defer(struct stager *s, struct ingest_at at, struct sv reason, struct sv sample);

// Stages of this many bytes, and the thread from the second one on; 0 = as usual. For tests.
void stager_set_bytes_for_tests(size_t bytes);

#endif
