// Private to arrow/: the opened file, and helpers that several of its parts share.
#ifndef CULPRIT_ARROW_INT_H
#define CULPRIT_ARROW_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "arrow/arrow_map.h"
#include "arrow/arrow_meta.h"
#include "arrow/arrow_read.h"
#include "base/arena.h"

struct arrow_file {
    atomic_uint n_refs;
    atomic_uint damaged;
    char *path;
    const unsigned char *ptr;
    size_t len;
    struct arrow_map map; // ptr NULL when the bytes are the caller's
    void *copy;           // of caller's bytes that were not aligned
    void *footer_bytes;   // aligned copy; names and metadata point into it
    size_t footer_len;
    struct meta_footer footer;
    struct arena arena; // footer arrays now, batches later (under `lock`)
    int64_t n_rows;
    int64_t *first_rows; // n_batches + 1 entries; NULL = ARROW_BATCH_ROWS each but the last

    pthread_mutex_t lock; // decoding of batches and dictionaries
    _Atomic(const struct arrow_batch *) *batches;
    struct err **batch_errs; // NULL until the first bad one
    atomic_bool dicts_ready;
    struct arrow_dict *dicts;
    struct err *dict_err;
};

// Sets the kind and returns false; the code follows from the kind.
bool arrow_fail(struct err *err, enum arrow_err kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
// After err_sys() or a base/file.h failure: marks it as ARROW_ERR_IO. Returns false.
bool arrow_io(struct err *err);

int64_t arrow_first_row(const struct arrow_file *file, size_t batch_idx); // n_batches gives n_rows
// Reads the message of a block. `fb` is the storage that `out` refers to.
bool arrow_block_message(const struct arrow_file *file, const struct arrow_block *block,
                         struct fb *fb, struct meta_message *out, struct err *err) MUST_USE;
void arrow_raise(const struct arrow_col *col);
// Code of a dictionary slot, unchecked against the dictionary; any index kind.
int64_t arrow_raw_int(const void *values, enum arrow_kind kind, int64_t slot);

// Bytes [from, to) of a text buffer; the NULL view when the offsets are bad. Also after a check:
// a page may have become zeros since.
static inline struct sv arrow_slice(const char *bytes, uint64_t n_bytes, int64_t from, int64_t to) {
    if (from < 0 || to < from || (uint64_t)to > n_bytes) {
        return SV_NULL;
    }
    return sv_make(bytes + from, (size_t)(to - from));
}

#endif
