// The flatbuffers of an Arrow file: Schema, Message, Footer <-> plain structs. Private to arrow/.
#ifndef CULPRIT_ARROW_META_H
#define CULPRIT_ARROW_META_H

#include "arrow/arrow_type.h"
#include "arrow/fb_read.h"
#include "base/arena.h"
#include "base/str.h"

enum { META_ALIGN = 64 };

// Type union of Schema.fbs.
enum {
    T_NULL = 1,
    T_INT = 2,
    T_FLOAT = 3,
    T_UTF8 = 5,
    T_BOOL = 6,
    T_DATE = 8,
    T_TIMESTAMP = 10,
    T_LIST = 12,
    T_STRUCT = 13,
    T_FIXED_BINARY = 15,
    T_LARGE_UTF8 = 20,
};

// Where a message stands in the file. `meta_len` counts the prefix words and the padding.
struct arrow_block {
    uint64_t offset;
    uint64_t meta_len;
    uint64_t body_len;
};

// Width of the offsets of a dictionary's values, which the field type tells.
struct meta_dict_type {
    int64_t id;
    int offset_width;
};

struct meta_footer {
    struct arrow_schema schema;
    struct arrow_pair *pairs;
    size_t n_pairs;
    struct arrow_block *dicts;
    size_t n_dicts;
    struct arrow_block *batches;
    size_t n_batches;
    struct meta_dict_type *dict_types; // one per id
    size_t n_dict_types;
};

// --- reading. Text points into the bytes, arrays are allocated in `a` --------------------------
bool meta_read_footer(struct arena *a, struct sv bytes, struct meta_footer *out,
                      struct err *err) MUST_USE;

enum meta_kind { META_SCHEMA = 1, META_DICTIONARY = 2, META_BATCH = 3 };

struct meta_message {
    enum meta_kind kind;
    uint64_t body_len;
    struct fb_table header;
    // dictionary and batch
    int64_t dict_id;
    int64_t n_rows;
    struct fb_vector nodes;   // int64 length, int64 nulls
    struct fb_vector buffers; // int64 offset, int64 length
};

// `fb` holds the metadata and must outlive `out`. Compressed bodies and delta dictionaries are
// refused here.
bool meta_read_message(struct fb *fb, struct meta_message *out, struct err *err) MUST_USE;
// Of a META_SCHEMA message; only the schema part of `out` is set.
bool meta_read_schema(struct arena *a, const struct meta_message *msg, struct meta_footer *out,
                      struct err *err) MUST_USE;

// --- writing. Appended to `out`, prefix and padding included ------------------------------------
struct meta_node {
    int64_t n_rows, n_nulls;
};

struct meta_buffer {
    int64_t offset, len;
};

struct meta_batch {
    int64_t n_rows;
    const struct meta_node *nodes;
    size_t n_nodes;
    const struct meta_buffer *buffers;
    size_t n_buffers;
    int64_t body_len;
    int64_t dict_id; // -1: a record batch
};

// `at` is the file offset of the message: the padding makes its end a multiple of META_ALIGN, and
// `end` when that lies behind (a multiple of META_ALIGN, too).
void meta_write_schema(struct str *out, const struct arrow_schema *schema, uint64_t at,
                       uint64_t end);
void meta_write_batch(struct str *out, const struct meta_batch *batch);
// The footer alone, without its length and the magic.
void meta_write_footer(struct str *out, const struct meta_footer *footer);

#endif
