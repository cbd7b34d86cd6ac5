// One import: bytes of one outside file become rows of one or more datasets.
//
// A reader (one file per format) pulls rows from `in` through the scanners of base and fills the
// writers `out`. What cannot be read is never fatal and never silent: ingest_problem() keeps it
// with position and reason, the row is left out or the cell is null. Only a file that cannot be
// trusted as a whole (wrong columns, read error) makes a reader return false. Memory is bounded:
// nothing is kept per row but the keys that find duplicates. An import belongs to one
// thread; readers of bulk files use a second one behind stage.h.
#ifndef CULPRIT_INGEST_H
#define CULPRIT_INGEST_H

#include <stdatomic.h>

#include "arrow/arrow_write.h"
#include "base/array.h"
#include "base/input.h"
#include "base/map.h"
#include "base/str.h"
#include "schema/schema.h"
#include "store/store.h"

enum {
    INGEST_MAX_OUT = 4,
    INGEST_SAMPLE_BYTES = 200,
    // Rows of the problems dataset for one file; one more says how many were left out.
    INGEST_MAX_PROBLEMS = 10000,
};

struct ingest_counts {
    int64_t rows;       // kept in the main dataset
    int64_t keys;       // of those rows, as far as the format has any
    int64_t bad;        // rows left out
    int64_t duplicates; // rows replaced by a later one with the same key
    int64_t problems;   // of all kinds, bad rows and duplicates among them
};

// One dataset being filled.
struct ingest_out {
    const struct dataset_def *def;
    struct arrow_writer *w;
};

struct ingest {
    struct input in;
    const char *format;  // for problems
    const char *file;    // base name, for problems and messages
    const char *path;    // where it is; for what is no file but a folder (a clone)
    const char *tmp_dir; // spool files
    // Place of each key in the source order (column `seq`); keys the store knows keep theirs.
    struct int_map seq;
    ARRAY(int64_t) seq_of; // by index in `seq`
    int64_t next_seq;

    struct ingest_out out[INGEST_MAX_OUT];
    size_t n_out;
    struct arrow_writer *problems; // NULL until the first
    struct ingest_counts counts;
    char first_problem[320]; // with its place, for messages

    void (*progress)(void *arg, uint64_t done_bytes, uint64_t all_bytes, int64_t n_rows);
    void *progress_arg;
    const atomic_bool *cancel;

    struct stager *stager;    // private, see stage.h
    int64_t n_ticks;          // private, for progress
    int64_t n_repaired;       // private, see ingest_check_text()
    struct ingest_keys *keys; // private, see ingest_key_*()
    uint64_t next_report;     // private, for progress
};

typedef bool ingest_read_fn(struct ingest *ig, struct err *err);

struct text_out;
// Writes the documented file from the snapshot's datasets.
typedef bool ingest_write_fn(const struct snapshot *snap, struct text_out *out, struct err *err);

struct ingest_opts {
    const char *format;
    const char *file; // base name
    const char *tmp_dir;
    const struct dataset_def *const *datasets; // NULL at the end
    const struct snapshot *base;               // what the store holds; NULL = nothing
    const atomic_bool *cancel;
};

// `ig->in` is opened by the caller afterwards (input_open / input_memory) and closed by
// ingest_done(). ingest_done() frees what was not taken with ingest_take().
bool ingest_init(struct ingest *ig, const struct ingest_opts *opts, struct err *err) MUST_USE;
void ingest_done(struct ingest *ig);
// Runs the reader, then puts duplicates right: the last row of a key stands at the place of the
// first, the children of the replaced row are gone.
bool ingest_run(struct ingest *ig, ingest_read_fn *read, struct err *err) MUST_USE;
// After the run of a format with child datasets: did the file hold this row of the main one?
bool ingest_has_key(const struct ingest *ig, int64_t key);
// How many keys have rows in a dataset of the format; 0 = not known.
int64_t ingest_n_keys(const struct ingest *ig, size_t out_idx);
// The finished writer moves to the caller (publish_merge() takes it).
struct arrow_writer *ingest_take(struct ingest *ig, size_t out_idx) MUST_USE;
struct arrow_writer *ingest_take_problems(struct ingest *ig);
// A writer of the problems dataset without rows, for a file that has none any more.
bool ingest_empty_problems(struct ingest *ig, struct arrow_writer **w, struct err *err) MUST_USE;

// --- for readers ------------------------------------------------------------------------------

// Where something is: line and byte offset in the file, -1 = unknown; column may be NULL.
struct ingest_at {
    int64_t line, offset;
    const char *column;
};

// Keeps a problem: `sample` is cut to INGEST_SAMPLE_BYTES. The text of the reason is a sentence
// without a full stop. False only when the problem itself cannot be written (disk full).
bool ingest_problem(struct ingest *ig, struct ingest_at at, struct sv sample, struct err *err,
                    const char *fmt, ...) PRINTF_LIKE(5, 6) MUST_USE;

// To be called after the rows of one record were written: a problem when some text of theirs was no
// UTF-8.
bool ingest_check_text(struct ingest *ig, struct ingest_at at, struct err *err) MUST_USE;

// To be called once for each row of the main dataset (out[0]) before its arrow_row_end() and
// before any row of its children is written. Counts duplicates and remembers where the children
// begin. `at` is used for the problem of a duplicate.
bool ingest_key_i64(struct ingest *ig, int64_t key, struct ingest_at at, struct err *err) MUST_USE;
bool ingest_key_text(struct ingest *ig, struct sv key, struct ingest_at at,
                     struct err *err) MUST_USE;
// Says that ingest_key_text() will soon be called for this key.
void ingest_prefetch_key(const struct ingest *ig, uint64_t key_hash);
// The row's place in the source order, for datasets with a `seq` column.
int64_t ingest_seq(struct ingest *ig, int64_t key);
// Tells it what the store has, before the reader runs.
void ingest_know_seq(struct ingest *ig, int64_t key, int64_t seq);

// Reports progress now and then; false (ERR_CANCELLED) when cancelled. Cheap: call it every row.
bool ingest_tick(struct ingest *ig, uint64_t done_bytes, struct err *err) MUST_USE;

// Brings the whole file into the window `ig->in`, for formats of one document. ERR_LIMIT when it is
// longer.
bool ingest_load(struct ingest *ig, size_t limit_bytes, struct err *err) MUST_USE;

static inline struct arrow_builder *ingest_col(struct ingest *ig, size_t out, size_t col) {
    return arrow_column(ig->out[out].w, col);
}

#endif
