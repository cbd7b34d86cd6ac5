// Arrow types and schemas, as far as the profile of docs/format.md goes. The same structs describe
// what we write and what a file holds.
#ifndef CULPRIT_ARROW_TYPE_H
#define CULPRIT_ARROW_TYPE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

// Kinds of `err.sub` when arrow or store set an error.
enum arrow_err {
    ARROW_OK,
    ARROW_ERR_IO,
    ARROW_ERR_NOT_ARROW,
    ARROW_ERR_TRUNCATED,
    ARROW_ERR_BAD_METADATA,
    ARROW_ERR_UNSUPPORTED_TYPE,
    ARROW_ERR_COMPRESSED,
    ARROW_ERR_BIG_ENDIAN,
    ARROW_ERR_VERSION,
    ARROW_ERR_SCHEMA_MISMATCH,
    ARROW_ERR_CRC,
    ARROW_ERR_LOCKED,
    ARROW_ERR_NEWER_FORMAT,
    ARROW_ERR_DELTA_DICTIONARY,
    ARROW_ERR_BAD_DATA, // offsets, codes, null counts or text of a batch (full check)
};

enum arrow_kind {
    ARROW_NULL,
    ARROW_BOOL,
    ARROW_I8,
    ARROW_I16,
    ARROW_I32,
    ARROW_I64,
    ARROW_U8,
    ARROW_U16,
    ARROW_U32,
    ARROW_U64,
    ARROW_F32,
    ARROW_F64,
    ARROW_TIMESTAMP, // int64; see `unit`; ours are microseconds, "UTC"
    ARROW_DATE,      // int32 days
    ARROW_UTF8,
    ARROW_LARGE_UTF8,
    ARROW_DICT, // codes of `index_kind` into a dictionary of utf8 values
    ARROW_FIXED_BINARY,
    ARROW_LIST,   // one child named "item"
    ARROW_STRUCT, // children
    ARROW_N_KINDS
};

enum arrow_unit { ARROW_SECOND, ARROW_MILLI, ARROW_MICRO, ARROW_NANO };

struct arrow_pair {
    struct sv key, value;
};

struct arrow_field {
    struct sv name;
    enum arrow_kind kind;
    bool nullable;
    enum arrow_unit unit;       // ARROW_TIMESTAMP
    struct sv timezone;         // ARROW_TIMESTAMP; empty = none
    int32_t byte_width;         // ARROW_FIXED_BINARY
    enum arrow_kind index_kind; // ARROW_DICT; written: ARROW_I32
    int64_t dict_id;            // ARROW_DICT; fields may share one (written: all 0 = none do)
    struct arrow_field *children;
    size_t n_children;
    struct arrow_pair *metadata;
    size_t n_metadata;
};

struct arrow_schema {
    struct arrow_field *fields;
    size_t n_fields;
    struct arrow_pair *metadata; // "culprit:..." keys, see docs/format.md
    size_t n_metadata;
};

// Bytes of one value; 0 for kinds without a fixed width (bool too).
size_t arrow_width(enum arrow_kind kind);
// "int64", "dictionary<int32, utf8>", ...; into `out`.
void arrow_type_name(const struct arrow_field *field, char out[64]);
const char *arrow_err_name(enum arrow_err err);
struct sv arrow_metadata(const struct arrow_pair *pairs, size_t n, const char *key); // NULL view
// -1 when absent.
int arrow_field_index(const struct arrow_schema *schema, struct sv name);
bool arrow_field_equal(const struct arrow_field *a, const struct arrow_field *b);

#endif
