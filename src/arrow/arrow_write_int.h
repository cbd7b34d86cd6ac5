// Private to arrow/: the writer and its column builders.
#ifndef CULPRIT_ARROW_WRITE_INT_H
#define CULPRIT_ARROW_WRITE_INT_H

#include "arrow/arrow_intern.h"
#include "arrow/arrow_meta.h"
#include "arrow/arrow_spooler.h"
#include "arrow/arrow_write.h"
#include "base/array.h"

struct buf {
    unsigned char *ptr;
    size_t len;
    size_t cap;
};

struct arrow_builder {
    struct arrow_writer *w;
    const struct arrow_field *field;
    enum arrow_kind kind;
    uint32_t width; // of an element of `values`; 0 = bits or none
    int64_t n;      // values in this batch
    int64_t n_nulls;
    bool has_validity; // `validity` holds n bits; before the first null there is none
    struct buf validity;
    struct buf values; // fixed values, bits, codes, or offsets (n + 1)
    struct str bytes;
    struct buf other_validity, other_values; // of the batch before, which is being written
    struct str other_bytes;
    size_t row_bytes; // fixed bytes that one value takes, children of structs included
    struct intern *dict;
    uint32_t last_code; // what was interned last; INTERN_NONE
    struct arrow_builder *children;
    size_t n_children;
    // arrow_copy_cell(): codes of `remap_dict`, as far as known; only a hint, compared on use
    const struct arrow_dict *remap_dict;
    uint32_t *remap;
    size_t n_remap;
};

struct done_batch {
    int64_t n_rows;
    uint64_t meta_len;
    uint64_t body_len;
    uint32_t crc;
};

// Bounds of one column in one batch.
struct zone {
    bool known; // some value is neither null nor NaN
    int64_t n_nulls;
    int64_t min_i, max_i;
    double min_f, max_f;
};

struct arrow_writer {
    struct arena arena;
    struct arrow_schema schema;
    struct arrow_builder *cols;
    ARRAY(struct intern *) dicts;
    ARRAY(int64_t) dict_given; // the schema's own id of each
    int64_t n_rows;            // complete ones
    int64_t batch_rows;        // complete ones in this batch
    size_t row_bytes;          // of one row, without text and list items
    size_t body_bytes;         // text and list items of this batch
    size_t body_bytes_at_row;
    struct spool spool;
    struct spooler spooler;
    bool on_its_way; // the last of `batches` is with the spooler: `meta`, `pieces` are, too
    ARRAY(struct done_batch) batches;
    ARRAY(struct zone) zones; // batch by batch, one for each zone column
    bool failed;              // the present row cannot be completed; `why` says it
    bool broken;              // the spool failed: nothing more is accepted
    bool finished;
    struct err why;
    int64_t n_repaired; // texts that were no UTF-8
    struct str scratch;
    struct str meta;
    ARRAY(struct meta_node) nodes;
    ARRAY(struct meta_buffer) buffers;
    ARRAY(struct sv) pieces;
    struct arrow_file *copy_from; // arrow_copy_row(): the columns found in it
    int *copy_cols;
};

// --- arrow_build.c -----------------------------------------------------------------------------
void builder_init(struct arrow_builder *b, struct arrow_writer *w, const struct arrow_field *f);
void builder_done(struct arrow_builder *b);
// Empty for the next batch; memory is kept.
void builder_reset(struct arrow_builder *b);
// Sets the memory of this batch aside for the spooler and takes up that of the batch before.
void builder_swap(struct arrow_builder *b);
// Takes back all but the first `n` values.
void builder_cut(struct arrow_builder *b, int64_t n);
// After the caller's calls for `n` rows behind the first `before` ones: missing values become null.
void builder_complete(struct arrow_builder *b, int64_t before, int64_t n);
// The zero value, also where null is allowed.
void builder_add_zero(struct arrow_builder *b);
// Null where allowed, else the zero value.
void builder_add_empty(struct arrow_builder *b);
// A code of the builder's own dictionary.
void builder_add_code(struct arrow_builder *b, uint32_t code);
// Remembers the first failure of a row; arrow_row_end() reports it, arrow_row_undo() forgets it.
void writer_fail(struct arrow_writer *w, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

// --- arrow_encode.c ----------------------------------------------------------------------------
// Encodes the present batch into the spool and empties the builders. It may be still on its way
// when this returns: the next call reports how it went.
bool writer_flush(struct arrow_writer *w, struct err *err) MUST_USE;
// The same, and waits for it.
bool writer_flush_all(struct arrow_writer *w, struct err *err) MUST_USE;
uint32_t crc_zeros(uint32_t crc, size_t n);

// --- arrow_finish.c ----------------------------------------------------------------------------
// Bytes to leave free at the beginning of a file whose batches come before its dictionaries are
// complete.
uint64_t writer_room(const struct arrow_writer *w);

// --- arrow_zone.c ------------------------------------------------------------------------------
bool zone_wanted(const struct arrow_field *f);
struct zone zone_of(const struct arrow_builder *b);
// culprit:zones as JSON.
void zones_write(const struct arrow_writer *w, struct str *out);

#endif
