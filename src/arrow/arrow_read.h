// Mapped Arrow IPC files: open, validate, look at cells. Nothing is copied; private memory is the
// decoded headers only.
//
// Opening reads the footer and no batch. A batch header is checked on first use (structural check,
// O(columns)), once, under the file's mutex; afterwards every thread reads it without a lock.
// Offsets and codes are clamped where they are used (arrow_col_* below): a damaged file gives nulls
// and a raised `damaged` counter, never a crash. A file truncated under us is met by the SIGBUS
// handler of arrow_map.h.
#ifndef CULPRIT_ARROW_READ_H
#define CULPRIT_ARROW_READ_H

#include <stdatomic.h>

#include "arrow/arrow_type.h"

struct arrow_file;

// Values of one dictionary (utf8 or large_utf8).
struct arrow_dict {
    int64_t id;
    uint32_t n_values;
    int offset_width; // 4 or 8
    const void *offsets;
    const char *bytes;
    uint64_t n_bytes;
};

// One column of one batch. Pointers go into the map. A struct or list has children; the children's
// own n_rows may exceed what the parent uses.
struct arrow_col {
    const struct arrow_field *field;
    int64_t n_rows;
    int64_t null_count;
    const uint8_t *validity; // NULL = all valid
    const void *values;      // fixed values, bool bits, codes, or offsets (utf8, list)
    const char *bytes;       // utf8 data
    uint64_t n_bytes;
    const struct arrow_dict *dict;
    const struct arrow_col *children;
    atomic_uint *damaged; // the file's counter
};

struct arrow_batch {
    int64_t first_row; // in the file
    int64_t n_rows;
    const struct arrow_col *cols; // schema order
};

struct arrow_open {
    uint64_t expect_size;       // 0 = any
    const char *expect_dataset; // schema metadata culprit:dataset; NULL = any
};

// `path` is used for messages too. The file is mapped MAP_SHARED, read-only, and stays so until the
// last unref.
struct arrow_file *arrow_open(const char *path, const struct arrow_open *opt,
                              struct err *err) MUST_USE;
// Over memory that the caller keeps (tests, fuzzing, stream parts).
struct arrow_file *arrow_open_memory(const char *name, const void *bytes, size_t len,
                                     struct err *err) MUST_USE;
struct arrow_file *arrow_ref(struct arrow_file *file);
void arrow_unref(struct arrow_file *file);

const char *arrow_path(const struct arrow_file *file);
uint64_t arrow_size(const struct arrow_file *file);
const struct arrow_schema *arrow_schema(const struct arrow_file *file);
int64_t arrow_n_rows(const struct arrow_file *file);
size_t arrow_n_batches(const struct arrow_file *file);
// Footer.custom_metadata.
struct sv arrow_footer(const struct arrow_file *file, const char *key);
// CRC32C of the footer bytes: names the content (the footer holds the CRCs of all blocks).
uint32_t arrow_footer_crc(const struct arrow_file *file);
// Raised when a touched page or an offset was bad.
unsigned arrow_damaged(const struct arrow_file *file);

// NULL with `err` when the header is bad; the same answer every time. Thread-safe.
const struct arrow_batch *arrow_batch(struct arrow_file *file, size_t batch_idx, struct err *err);
// Batch and slot of a row: 65,536-row batches by shift, uneven ones by binary search.
size_t arrow_find_batch(const struct arrow_file *file, int64_t row, int64_t *slot);
const struct arrow_dict *arrow_dict_by_id(struct arrow_file *file, int64_t id, struct err *err);

// O(rows): null counts, offsets monotonic and inside, codes in range, UTF-8 valid.
bool arrow_check_full(struct arrow_file *file, struct err *err) MUST_USE;
// Recomputes culprit:crc; false names the first bad block.
bool arrow_check_crc(struct arrow_file *file, struct err *err) MUST_USE;
// madvise(WILLNEED) on one column of one batch.
void arrow_will_need(const struct arrow_col *col);

// --- cells. `slot` in [0, n_rows); anything else, and damaged values, are null -----------------
bool arrow_is_null(const struct arrow_col *col, int64_t slot);
bool arrow_get_bool(const struct arrow_col *col, int64_t slot);
// Any integer kind, timestamp, date; widened; 0 for null. Codes for ARROW_DICT, -1 for null and
// out of range.
int64_t arrow_get_i64(const struct arrow_col *col, int64_t slot);
// Any integer or float kind; NaN for null.
double arrow_get_f64(const struct arrow_col *col, int64_t slot);
// utf8, large_utf8, dictionary, fixed_size_binary (raw bytes). The NULL view for null or damaged.
struct sv arrow_get_text(const struct arrow_col *col, int64_t slot);
// Child rows [*from, *to) of a list; false when null or damaged (then both are 0).
bool arrow_get_list(const struct arrow_col *col, int64_t slot, int64_t *from, int64_t *to);
struct sv arrow_dict_value(const struct arrow_dict *dict, uint32_t code);

#endif
