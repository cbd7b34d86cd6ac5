// Private to ingest: what the frame keeps between rows, and the pieces readers share.
#ifndef CULPRIT_INGEST_INT_H
#define CULPRIT_INGEST_INT_H

#include "base/array.h"
#include "ingest/ingest.h"
#include "ingest/key_table.h"

// The keys seen, in order of first appearance. Row i of the main dataset has key `key_of_row[i]`;
// the array stays empty while every key is new, since then row and key number are equal.
struct ingest_keys {
    struct int_map ints;
    struct key_table texts;
    ARRAY(uint32_t) key_of_row;
    int64_t n_rows;
    // Rows of each child dataset that were there before main row i.
    struct child_starts ARRAY_BODY(int64_t) child_starts[INGEST_MAX_OUT];
};

// Rewrites the writers so that each key stands once; see ingest_run().
bool ingest_dedupe(struct ingest *ig, struct err *err) MUST_USE;
bool ingest_writer_new(struct ingest *ig, const struct dataset_def *def, struct arrow_writer **w,
                       struct err *err) MUST_USE;
void ingest_keys_free(struct ingest_keys *keys);

#endif
