// The store: datasets as generations of immutable Arrow files under one folder, published by an
// atomically renamed manifest. docs/format.md has every byte.
//
// Readers take snapshots; a snapshot never changes, is reference-counted, may be used by any
// thread, and keeps its files mapped until the last reference goes. Writers hold the store's lock
// and make a publish: new segments, then one new manifest.
#ifndef CULPRIT_STORE_H
#define CULPRIT_STORE_H

#include "arrow/arrow_read.h"
#include "arrow/arrow_write.h"
#include "base/err.h"

// --- snapshots --------------------------------------------------------------------------------

struct segment {
    char *file;        // "<gen>-<n>", without folder and ending
    char *partition;   // NULL unless the dataset is partitioned
    int64_t first_row; // in the dataset
    int64_t n_rows;
    uint64_t size_bytes;
    uint32_t footer_crc;
    struct arrow_file *arrow;
};

enum dataset_kind { DATASET_SNAPSHOT, DATASET_APPEND, DATASET_KEYED, DATASET_PARTITIONED };

struct dataset_source {
    char *origin;  // file name or URL, no folders, no credentials; NULL = unknown
    char *fetched; // RFC 3339; NULL = unknown
};

struct dataset {
    char *name;
    int schema_version;
    enum dataset_kind kind;
    char *generation; // in which it last changed, 16 hex digits
    struct dataset_source source;
    struct segment *segments; // manifest order, oldest first
    size_t n_segments;
    int64_t n_rows;
};

struct snapshot {
    char *store_dir;
    char generation[17];
    struct dataset *datasets; // by name
    size_t n_datasets;
    // private: reference count, lazily attached caches of `query`
    _Atomic unsigned n_refs;
    void *cache;
    void (*cache_free)(void *cache);
};

// Maps every segment of the current manifest; retries while a writer replaces it. A store that does
// not exist yet is an empty snapshot (generation 0). A segment that is missing, truncated or no
// Arrow file does not fail the snapshot: the dataset is listed with `n_segments` less and the
// reason goes to `damage` (may be NULL), one line each.
struct snapshot *snapshot_open(const char *store_dir, struct str *damage, struct err *err) MUST_USE;
// A snapshot of one dataset that stands in no store: `file` (ownership moves) is its only segment.
// For rows that the program makes itself and shows like any others.
struct snapshot *snapshot_of_file(const char *dataset, struct arrow_file *file) MUST_USE;
struct snapshot *snapshot_ref(struct snapshot *snap);
void snapshot_unref(struct snapshot *snap);
// NULL when the store has no such dataset.
const struct dataset *snapshot_dataset(const struct snapshot *snap, const char *name);
// Segment of a dataset row and the row within it; `row` must be in range.
const struct segment *dataset_segment(const struct dataset *ds, int64_t row, int64_t *local_row);
// True when the manifest on disk has another generation than `snap` (one stat and, if the file
// changed, one read).
bool snapshot_is_stale(const struct snapshot *snap);

// --- writing ----------------------------------------------------------------------------------

struct publish;

// Creates the store folder if needed, takes the lock (ERR_BUSY / ARROW_ERR_LOCKED names the
// owner), sweeps what crashed writers left. A read-only store fails here with a clear message.
struct publish *publish_begin(const char *store_dir, struct err *err) MUST_USE;
// The snapshot that the publish builds on; borrowed.
struct snapshot *publish_base(struct publish *pub);
// Folder for spool files (STORE/tmp); borrowed.
const char *publish_tmp(const struct publish *pub);

struct dataset_change {
    const char *name;
    int schema_version;
    enum dataset_kind kind;
    const char *key;  // comma list of the merge key; "" = none. Rows with equal keys form a group
    const char *sort; // comma list
    // How many groups the rows form, if the caller knows; 0 = unknown. Spares looking at the keys
    // where there is nothing to merge with.
    int64_t n_groups;
    const char *origin;
    const char *partition; // DATASET_PARTITIONED
    // Old rows for which this returns true vanish even when no new row has their key: an import
    // that replaces all it once brought (the problems of a file). NULL = none. Look columns up by
    // name (batch->cols[i].field): older segments may have other columns.
    bool (*drop)(void *arg, const struct arrow_batch *batch, int64_t slot);
    void *drop_arg;
};

struct merge_result {
    // Groups (rows, where the key is unique). Without a key, and where a segment is replaced whole,
    // rows: either all are the same, or n_new came and n_gone went.
    int64_t n_new, n_changed, n_same, n_gone;
    bool changed; // false: the dataset stays as it is
};

// Adds the rows of a finished writer to a dataset:
// - DATASET_SNAPSHOT replaces it (unchanged when all block CRCs are equal);
// - DATASET_KEYED: groups with a new key are appended as a segment; groups whose rows differ take
//   the place of the first old row, by rewriting the segments that hold them; equal groups change
//   nothing. Within one writer keys must be unique groups (importers see to that);
// - DATASET_APPEND appends; DATASET_PARTITIONED replaces the segment of that partition.
// The writer is consumed in every case.
bool publish_merge(struct publish *pub, const struct dataset_change *change,
                   struct arrow_writer *writer, struct merge_result *result,
                   struct err *err) MUST_USE;
// Removes a dataset / one partition from the next generation.
bool publish_remove(struct publish *pub, const char *dataset, const char *partition,
                    struct err *err) MUST_USE;
// Takes every segment that is missing, cannot be read or fails its checks out of the next
// generation, and datasets that have none left; one line each goes to `report`. Returns how many.
// What they held is lost to the store until it is imported again, so this is for users who ask for
// it. A file that the system only refuses to open (rights, too many files) stays.
int publish_drop_damaged(struct publish *pub, struct str *report);
// Merges all segments of a dataset into one.
bool publish_compact(struct publish *pub, const char *dataset, struct err *err) MUST_USE;
// Writes the manifest and renames it: the commit point. Nothing happens when nothing changed, but
// that a sync which failed after the last commit point is tried again. `generation` (may be NULL)
// receives the current one, also on failure.
bool publish_commit(struct publish *pub, char generation[17], struct err *err) MUST_USE;
// Releases the lock; drops what was not committed.
void publish_end(struct publish *pub);

// For tests: called before each step of the protocol with its name; returning false makes the step
// fail as if the system call had.
void publish_set_fault_hook(bool (*hook)(const char *step));

// --- checking ---------------------------------------------------------------------------------

// Verifies the manifest and every segment (structure, CRCs, full check); one line per finding into
// `report`. Returns the number of faults, -1 when the store cannot be read at all.
int store_check(const char *store_dir, struct str *report, struct err *err) MUST_USE;

#endif
