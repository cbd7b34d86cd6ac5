// Builds one Arrow IPC file row by row in bounded memory.
//
// Values go into column builders; every 65,536 rows (or 16 MiB of body) the batch is encoded into a
// spool (memory while small, then a file that a thread of the writer fills); dictionaries grow in
// memory and are put before the batches when the file is finished. Equal input gives equal bytes.
//
// Use: for each row, one arrow_add_* call on every column, then arrow_row_end(). A column that got
// no call is null. A null for a column that is not nullable, two values for one column or bytes of
// a wrong width make arrow_row_end() fail with "bug: ..." until the row is taken back. A row can be
// taken back with arrow_row_undo() before its end: that is how importers reject a row found bad
// half-way; it leaves no trace, in dictionaries neither.
// One thread at a time per writer.
#ifndef CULPRIT_ARROW_WRITE_H
#define CULPRIT_ARROW_WRITE_H

#include "arrow/arrow_read.h"
#include "arrow/arrow_type.h"
#include "base/str.h"

struct arrow_writer;
struct arrow_builder; // one column; child columns of lists and structs have their own

enum { ARROW_BATCH_ROWS = 65536 };
#define ARROW_BATCH_BYTES ((size_t)16 << 20)

// The schema is copied; its dictionary ids become 0, 1, 2, ... in column order, where equal ids
// stay one dictionary (unless all are 0: then each column has its own). `spool_dir` holds the
// spool file, which goes with the writer; NULL keeps everything in memory.
struct arrow_writer *arrow_writer_new(const struct arrow_schema *schema, const char *spool_dir,
                                      struct err *err) MUST_USE;
void arrow_writer_free(struct arrow_writer *w);
// The file will most likely be dropped, not synced: the disk need not hurry with it.
void arrow_writer_expect_drop(struct arrow_writer *w);

struct arrow_builder *arrow_column(struct arrow_writer *w, size_t col);
// Struct: the child; list: idx 0 is the item.
struct arrow_builder *arrow_child(struct arrow_builder *b, size_t idx);

void arrow_add_null(struct arrow_builder *b);
void arrow_add_bool(struct arrow_builder *b, bool v);
void arrow_add_i64(struct arrow_builder *b, int64_t v); // any number kind, timestamp; truncates
void arrow_add_f64(struct arrow_builder *b, double v);
// utf8, large_utf8, dictionary (interned), fixed_size_binary (exact width). Invalid UTF-8 is
// replaced by U+FFFD per maximal invalid subpart, so that files are always valid Arrow.
void arrow_add_text(struct arrow_builder *b, struct sv text);
// Dictionary columns: the code of a text, and a value by its code. For texts that come again and
// again; a code is good until the row that brought its text is taken back.
uint32_t arrow_code_of(struct arrow_builder *b, struct sv text);
void arrow_add_code(struct arrow_builder *b, uint32_t code);
// Text in parts; only utf8 and large_utf8. arrow_text_begin() returns a buffer to append to with
// str_add*(); arrow_text_end() makes it the value.
struct str *arrow_text_begin(struct arrow_builder *b);
void arrow_text_end(struct arrow_builder *b);
// List: add items to arrow_child(b, 0) between begin and end. Struct: add to each child, then end.
void arrow_list_begin(struct arrow_builder *b);
void arrow_list_end(struct arrow_builder *b);
void arrow_struct_end(struct arrow_builder *b);

// Completes the row. False when a limit or the spool failed (disk full).
bool arrow_row_end(struct arrow_writer *w, struct err *err) MUST_USE;
// Many rows at once, column by column: as many as the batch has room for, see arrow_rows_room().
// arrow_add_run() adds `n` values of 4 or 8 bytes as they stand in the file (integers, timestamps,
// floats), each `step` bytes behind the one before; 0 repeats one.
void arrow_add_run(struct arrow_builder *b, const void *first, size_t step, size_t n);
void arrow_add_nulls(struct arrow_builder *b, size_t n);
size_t arrow_rows_room(const struct arrow_writer *w); // at least 1
// Completes `n` rows; each column got `n` values or none.
bool arrow_rows_end(struct arrow_writer *w, size_t n, struct err *err) MUST_USE;
void arrow_row_undo(struct arrow_writer *w);
int64_t arrow_rows_written(const struct arrow_writer *w);
// Texts so far that were no valid UTF-8, see arrow_add_text().
int64_t arrow_texts_repaired(const struct arrow_writer *w);

// Copies a row / a cell from a mapped file; dictionaries are re-interned. Columns are matched by
// name; missing ones become null (zero where null is not allowed), integers, floats and text may be
// wider than in the file: see docs/format.md "schema change". arrow_copy_row() completes the row as
// arrow_row_end() does.
bool arrow_copy_row(struct arrow_writer *w, struct arrow_file *from, int64_t row,
                    struct err *err) MUST_USE;
void arrow_copy_cell(struct arrow_builder *b, const struct arrow_col *col, int64_t slot);
// Deep equality of two cells of equal type (dictionary codes by value; NaN equals NaN).
bool arrow_cell_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                      int64_t slot_b);

struct arrow_footer_info {
    const char *generated; // RFC 3339; NULL = omitted
    struct arrow_pair *extra;
    size_t n_extra;
};

// Writes the finished file to `fd` (at offset 0, in pieces of at least 1 MiB) and reports its size
// and footer CRC. The writer can only be freed afterwards. Zones (min, max, nulls per batch) of
// numeric and timestamp columns and the block CRCs go to the footer.
bool arrow_finish(struct arrow_writer *w, int fd, const struct arrow_footer_info *info,
                  uint64_t *size, uint32_t *footer_crc, struct err *err) MUST_USE;

struct arrow_finished {
    uint64_t size;
    uint32_t footer_crc;
};
// The same bytes in a file `path`, which must be new, in the file system of the spool folder. A
// spool that has become a file is made the finished one and renamed, so that nothing is copied. The
// file is not synced. After a failure there is no file.
bool arrow_finish_as(struct arrow_writer *w, const char *path, const struct arrow_footer_info *info,
                     struct arrow_finished *out, struct err *err) MUST_USE;

#endif
