// What the files of the store share and nobody else sees: paths, the writer lock, new segments,
// rows matched by column name, and the index of groups that merging is built on.
#ifndef CULPRIT_STORE_INT_H
#define CULPRIT_STORE_INT_H

#include "base/map.h"
#include "store/manifest.h"
#include "store/store.h"

// --- paths and errors -------------------------------------------------------------------------

char *segment_path(const char *store_dir, const char *dataset, const char *file) MUST_USE;
char *dataset_dir(const char *store_dir, const char *dataset) MUST_USE;
// "2025-10-25T10:00:00Z" of the program's clock.
char *now_text(void) MUST_USE;
// Turns a refusal of the system (`errnum`) at `what` into the sentence a user can act on:
// read-only store, full disk, or the plain error.
bool store_refused(struct err *err, int errnum, const char *store_dir, const char *what);
// The same for an error that a lower layer reported; others pass unchanged.
bool store_explain(struct err *err, const char *store_dir, const char *what);
// Asks the fault hook before a step of the protocol; false with errno set when it shall fail.
bool store_step(const char *step) MUST_USE;

// --- the folder (folder.c) --------------------------------------------------------------------

// False when the folder is plainly somebody else's: it has files, and none that make it a store. A
// folder that does not exist yet is fine.
bool folder_is_ours(const char *store_dir, struct err *err) MUST_USE;
// Names that writers give to files in tmp/.
bool is_tmp_name(const char *name);

// --- lock -------------------------------------------------------------------------------------

// The lock's file, or -1. Closing it releases the lock.
int lock_take(const char *store_dir, struct err *err) MUST_USE;
// Logs once per process when the folder is on a network or FUSE file system.
void lock_warn_file_system(const char *store_dir);

// --- snapshots --------------------------------------------------------------------------------

// Opens the file of one entry and compares it with the manifest.
struct arrow_file *segment_open(const char *path, const char *dataset,
                                const struct manifest_segment *seg, struct err *err) MUST_USE;
// The same for a file in its place.
struct arrow_file *segment_open_stored(const char *store_dir, const char *dataset,
                                       const struct manifest_segment *seg,
                                       struct err *err) MUST_USE;
// Says why an entry has no open file, by opening it again: the reason is not kept, since most
// entries have none. Always false.
bool segment_damaged(const char *store_dir, const char *dataset, const struct manifest_segment *seg,
                     struct err *err);
// Loads the manifest and opens its segments (`arrow` stays NULL for damaged ones), again when a
// writer replaced it meanwhile.
bool manifest_open(struct manifest *m, const char *store_dir, struct manifest_stamp *stamp,
                   struct str *damage, struct err *err) MUST_USE;
struct snapshot *snapshot_of_manifest(const struct manifest *m, const char *store_dir,
                                      const struct manifest_stamp *stamp) MUST_USE;

// --- publishing -------------------------------------------------------------------------------

struct publish {
    char *dir;
    char *tmp_dir;
    int lock_fd;
    struct manifest now; // what the next generation will hold
    struct snapshot *base;
    struct text_map committed; // "<dataset>/<file>" of the manifest on disk
    unsigned next_file;
    size_t n_made; // folders of `dir` that this publish made
    bool changed;
    bool unsynced; // the manifest is in place, but its folder could not be synced
};

uint64_t publish_generation(const struct publish *pub); // the one being made
// Steps 3: finishes `w` into a new file of tmp/ and opens it. `w` stays the caller's.
bool segment_write(struct publish *pub, const char *dataset, struct arrow_writer *w,
                   struct manifest_segment *out, struct err *err) MUST_USE;
// Step 4.
bool segment_sync(const struct publish *pub, const struct manifest_segment *seg,
                  struct err *err) MUST_USE;
// Removes the file of a segment that no manifest names, and releases the entry.
void segment_drop(struct publish *pub, const char *dataset, struct manifest_segment *seg);
// Releases all entries of a list; the files of those that are in `keep` too stay. Entries are equal
// when their file is.
void segments_release(struct publish *pub, const char *dataset, struct segment_list *list,
                      const struct segment_list *keep);
// Makes `list` the segments of `ds`: entries of the old list that are not in it are dropped. `list`
// is empty afterwards.
void publish_set_segments(struct publish *pub, struct manifest_dataset *ds,
                          struct segment_list *list);
// A copy that shares the open file.
struct manifest_segment segment_copy(const struct manifest_segment *seg);
// Merges the youngest segments of `ds` where many small ones have gathered, see docs/format.md
// "Merging". Best effort: what cannot be merged stays as it is.
void publish_tidy(struct publish *pub, struct manifest_dataset *ds);
// Notes that `ds` changes in the generation being made.
void dataset_touch(struct publish *pub, struct manifest_dataset *ds);

// --- rows by column name (rows.c) -------------------------------------------------------------

// How the columns of one schema are found in another.
struct column_map {
    const struct arrow_schema *to;
    int *source; // column of the other schema by column of `to`; -1 = missing, read as null
    bool direct; // every column is there with an equal type
    bool plain;  // and in the same place, and there are no others
};

void column_map_init(struct column_map *map, const struct arrow_schema *to,
                     const struct arrow_schema *from);
void column_map_done(struct column_map *map);
// True when every cell of a `to` row equals its cell in the `from` row.
bool rows_equal(const struct column_map *map, const struct arrow_batch *to, int64_t to_slot,
                const struct arrow_batch *from, int64_t from_slot);

// A row of a file with its batch at hand; stepping forward is cheap.
struct row_cursor {
    struct arrow_file *file;
    const struct arrow_batch *batch;
};

// NULL with `err` when the batch is damaged.
const struct arrow_batch *row_seek(struct row_cursor *cur, int64_t row, int64_t *slot,
                                   struct err *err) MUST_USE;
// Copies one row of cur->file into a writer with the schema map->to; fails when a column cannot be
// taken over (arrow_copy_row()).
bool row_copy(struct arrow_writer *w, const struct column_map *map, struct row_cursor *cur,
              int64_t row, struct err *err) MUST_USE;
// Number of culprit:schema; 0 when there is none.
int schema_number(const struct arrow_schema *schema);

// --- groups: the rows of one file by equal merge key (groups.c) --------------------------------

enum { GROUP_NONE = -1 };
#define ROW_NONE UINT32_MAX

enum group_state {
    GROUP_NEW,       // not met in the old rows
    GROUP_SAME,      // equal as far as seen
    GROUP_DIFFERENT, // old rows are to be replaced
    GROUP_PLACED,    // the new rows are written
};

struct key_columns {
    int *cols; // -1 = missing, read as null
    size_t n;
};

struct group_index {
    struct row_cursor rows;
    struct key_columns key;
    uint32_t *slots; // group + 1, 0 = free
    size_t n_slots;  // a power of two
    uint32_t n_rows, n_groups;
    uint32_t *hashes;  // by group
    uint8_t *states;   // by group
    uint32_t *firsts;  // by group; NULL while every group has one row (then group = row)
    uint32_t *lasts;   // likewise
    uint32_t *nexts;   // by row, ROW_NONE = last of its group; likewise
    uint32_t *cursors; // by group: the new row to compare next; likewise
};

bool key_columns_init(struct key_columns *key, const struct arrow_schema *schema, const char *names,
                      struct err *err) MUST_USE;
void key_columns_done(struct key_columns *key);
uint64_t key_hash(const struct key_columns *key, const struct arrow_batch *batch, int64_t slot);
bool key_equal(const struct key_columns *a, const struct arrow_batch *batch_a, int64_t slot_a,
               const struct key_columns *b, const struct arrow_batch *batch_b, int64_t slot_b);

bool groups_build(struct group_index *g, struct arrow_file *file, const char *key,
                  struct err *err) MUST_USE;
void group_index_done(struct group_index *g);
// The group with the key of a row of another file, or GROUP_NONE; -2 with `err` on damage.
int64_t groups_find(struct group_index *g, const struct key_columns *key,
                    const struct arrow_batch *batch, int64_t slot, struct err *err) MUST_USE;
uint32_t groups_first(const struct group_index *g, uint32_t group);
uint32_t groups_next(const struct group_index *g, uint32_t row);
// Compares the next old row of a group with the next new one and moves the state on.
bool groups_compare(struct group_index *g, uint32_t group, const struct column_map *map,
                    const struct arrow_batch *batch, int64_t slot, struct err *err) MUST_USE;
// After the last old row: the group's final state.
enum group_state groups_settle(struct group_index *g, uint32_t group);

#endif
