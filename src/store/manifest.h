// manifest.json: the one mutable name of a store. Which segments make up which dataset in the
// current generation. The struct is the parsed text plus what the holder opened; members that this
// version does not know stay in the json values and are written back.
//
// A manifest belongs to one thread.
#ifndef CULPRIT_STORE_MANIFEST_H
#define CULPRIT_STORE_MANIFEST_H

#include <sys/stat.h>

#include "base/array.h"
#include "base/json.h"
#include "base/str.h"
#include "store/store.h"

enum {
    MANIFEST_FORMAT = 1,
    SEGMENT_NAME_SIZE = 32, // 16 hex digits, '-', at most 9 digits, NUL
    DATASET_NAME_MAX = 64,
};
#define MANIFEST_LIMIT_BYTES ((size_t)64 << 20)
#define SEGMENT_MAX_ROWS     INT64_C(0x7fffffff)

// Where the file of a segment stands while a publish is under way.
enum segment_place {
    SEGMENT_STORED, // in data/, named by the manifest on disk
    SEGMENT_TMP,    // in tmp/
    SEGMENT_MOVED,  // in data/, not yet named by a manifest
};

struct manifest_segment {
    char file[SEGMENT_NAME_SIZE]; // "<gen>-<n>"
    char *partition;              // NULL unless the dataset is partitioned
    int64_t n_rows;
    uint64_t size_bytes;
    uint32_t footer_crc;
    json_t *json;             // as read, NULL when made here
    struct arrow_file *arrow; // NULL when not opened, or damaged
    enum segment_place place;
};

struct segment_list ARRAY_BODY(struct manifest_segment);

struct manifest_dataset {
    char *name;
    int schema_version;
    enum dataset_kind kind;
    char *key; // comma lists
    char *sort;
    char generation[17]; // in which it last changed
    char *origin;        // NULL = unknown
    char *fetched;       // NULL = unknown
    json_t *json;        // as read, NULL when made here
    struct segment_list segments;
};

struct manifest_dataset_list ARRAY_BODY(struct manifest_dataset);
struct name_list ARRAY_BODY(char *);

struct manifest {
    uint64_t generation;                   // 0 = the store does not exist yet
    char *written;                         // RFC 3339
    struct manifest_dataset_list datasets; // by name
    struct name_list retired; // "<dataset>/<file>" of the generation before, no longer in this one
    json_t *json;             // as read
};

// Identity of the manifest file, to notice that it was replaced.
struct manifest_stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime;
};

// Parses and verifies `text`; `source` is for messages. On failure `m` is empty. ERR_FORMAT with
// ARROW_ERR_NEWER_FORMAT, _CRC or _BAD_METADATA.
bool manifest_parse(struct manifest *m, struct sv text, const char *source,
                    struct err *err) MUST_USE;
// The text with its checksum. ERR_LIMIT when it would be above the size limit.
bool manifest_print(const struct manifest *m, struct str *out, struct err *err) MUST_USE;
// Reads STORE/manifest.json; a store without one is the empty manifest, generation 0.
bool manifest_load(struct manifest *m, const char *store_dir, struct manifest_stamp *stamp,
                   struct err *err) MUST_USE;
// Stamp of the file now; all zero when there is none.
void manifest_stamp_now(const char *store_dir, struct manifest_stamp *stamp);
bool manifest_stamp_equal(const struct manifest_stamp *a, const struct manifest_stamp *b);
void manifest_done(struct manifest *m);

// NULL when absent. Borrowed until a dataset is added or removed.
struct manifest_dataset *manifest_find(const struct manifest *m, const char *name);
// Adds an empty dataset at its place by name.
struct manifest_dataset *manifest_add(struct manifest *m, const char *name);
void manifest_remove(struct manifest *m, struct manifest_dataset *ds);
// Releases what the entry owns (not its file).
void manifest_segment_done(struct manifest_segment *seg);

// Puts the right checksum into a manifest text; false when it has no place for one.
bool manifest_seal(char *text, size_t len);

// Name rules of docs/format.md; everything that becomes a path is checked by these.
bool dataset_name_valid(const char *name);
bool segment_name_valid(const char *name);

#endif
