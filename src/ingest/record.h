// Fills a C struct from a map of a document (JSON or Python literal) by a table of its keys.
//
// Absence and null are the same: the value is not there. A value of the wrong type is left out and
// kept as a problem. Keys that no table names are collected as JSON for the `_extra` column. Keys
// come in the same order in nearly every record of a source, so each key is first compared with
// the one that followed its predecessor last time.
#ifndef CULPRIT_INGEST_RECORD_H
#define CULPRIT_INGEST_RECORD_H

#include "base/arena.h"
#include "base/doc.h"
#include "ingest/ingest.h"

struct rec_i64 {
    int64_t v;
    bool has;
};
struct rec_f64 {
    double v;
    bool has;
};
struct rec_bool {
    bool v;
    bool has;
};
struct rec_list { // a slice of record_reader.texts, .ints or .pairs
    uint32_t first, n;
    bool has;
};
// Text is a `struct sv`; the NULL view = not there.

struct test_platform { // either may be the NULL view
    struct sv test, platform;
};

enum record_kind {
    REC_I64,   // struct rec_i64; 12.0 is 12
    REC_I32,   // the same, for columns of 32 bits
    REC_F64,   // struct rec_f64
    REC_BOOL,  // struct rec_bool
    REC_TEXT,  // struct sv
    REC_TEXTS, // struct rec_list of texts; [""] is the empty list (an empty text split)
    REC_INTS,  // struct rec_list of integers; records with an "id" count as that id
    REC_PAIRS, // struct rec_list of {test, platform}
    REC_MAP,   // keys of `sub`, into the same struct
    REC_CALL,  // `call` reads the value
    REC_DROP,  // known and of no use
    REC_REST,  // known, no column: to `_extra` unless null, false, zero or empty
};

struct record_reader;

struct record_key {
    const char *name;
    uint8_t name_len;
    uint8_t kind;
    uint16_t offset;
    const struct record_table *sub;
    bool (*call)(struct record_reader *r, struct doc *doc, const struct doc_token *tok, void *out,
                 struct err *err);
};
#define RECORD_KEY(text, kind_, type, field)                                                       \
    {                                                                                              \
        .name = (text), .name_len = sizeof(text) - 1, .kind = (kind_),                             \
        .offset = (uint16_t)offsetof(type, field)                                                  \
    }
#define RECORD_CALL(text, fn)                                                                      \
    { .name = (text), .name_len = sizeof(text) - 1, .kind = REC_CALL, .call = (fn) }
#define RECORD_NONE(text, kind_)                                                                   \
    { .name = (text), .name_len = sizeof(text) - 1, .kind = (kind_) }

struct record_table {
    const struct record_key *keys;
    size_t n_keys;
    uint8_t slot; // of its memory of key order in record_reader.next, below RECORD_MAX_TABLES
};

enum { RECORD_MAX_TABLES = 8, RECORD_MAX_KEYS = 48 };

struct perf_job;

struct record_reader {
    struct ingest *ig;
    struct ingest_at at; // where the record is, for problems
    struct arena arena;  // decoded texts; reset by record_clear()
    // Bounds of bytes that outlive the record; other texts are copied into the arena.
    struct sv source;
    ARRAY(struct sv) texts;
    ARRAY(int64_t) ints;
    ARRAY(struct test_platform) pairs;
    ARRAY(struct perf_job) jobs;
    struct str extra;   // JSON members of the record being read
    struct str scratch; // of the format
    const void *arg;    // likewise
    bool bad_value;     // a value was left out with a problem
    uint8_t next[RECORD_MAX_TABLES][RECORD_MAX_KEYS + 1];
};

// Forgets the values of the records read so far.
void record_clear(struct record_reader *r);
void record_done(struct record_reader *r);

// Reads the map that `tok` (DOC_MAP) began into `out`, whose fields must be zero. False when the
// document is broken (doc_error() says why, `err` is untouched) or when a problem could not be
// written (`err` is set).
bool record_read(struct record_reader *r, const struct record_table *table, struct doc *doc,
                 void *out, struct err *err) MUST_USE;

// Single values, for tables without a map. `tok` began the value. As above.
bool record_texts(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, struct rec_list *out, struct err *err) MUST_USE;
bool record_ints(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                 const char *column, struct rec_list *out, struct err *err) MUST_USE;
bool record_pairs(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, struct rec_list *out, struct err *err) MUST_USE;
// Keeps `"name": value` for `_extra`.
bool record_extra(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  struct sv name) MUST_USE;
// Text that lives as long as the record.
struct sv record_keep(struct record_reader *r, struct sv text);
// Skips the value and keeps a problem "expected WHAT; the value is left out".
bool record_wrong(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, const char *what, struct err *err) MUST_USE;

// --- columns ------------------------------------------------------------------------------------
void add_rec_i64(struct arrow_builder *b, struct rec_i64 v);
void add_rec_f64(struct arrow_builder *b, struct rec_f64 v);
void add_rec_bool(struct arrow_builder *b, struct rec_bool v);
void add_rec_text(struct arrow_builder *b, struct sv v);
void add_rec_texts(struct arrow_builder *b, const struct record_reader *r, struct rec_list v);
void add_rec_ints(struct arrow_builder *b, const struct record_reader *r, struct rec_list v);
void add_rec_pairs(struct arrow_builder *b, const struct record_reader *r, struct rec_list v);
// The members collected in `extra` as one JSON object; null when there are none.
void add_rec_extra(struct arrow_builder *b, struct sv members);

#endif
