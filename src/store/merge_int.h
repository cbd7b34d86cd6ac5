// One publish_merge() under way; shared by merge.c (what is common to all kinds of dataset) and
// merge_rows.c (rows by key).
#ifndef CULPRIT_STORE_MERGE_INT_H
#define CULPRIT_STORE_MERGE_INT_H

#include "store/store_int.h"

// An old row that belongs to a group of the new file, or is to be dropped.
struct hit {
    uint32_t row;
    uint32_t group;
};

struct old_segment {
    struct manifest_segment *entry; // borrowed from the dataset
    struct column_map map;
    struct key_columns key;
    ARRAY(struct hit) hits; // by row
    bool rewrite;
};

struct merge {
    struct publish *pub;
    const struct dataset_change *change;
    struct merge_result *result;
    struct manifest_dataset *ds;   // NULL = not in the store yet
    struct manifest_segment fresh; // the new rows; no file name when it was taken or dropped
    struct row_cursor fresh_rows;
    struct column_map fresh_map; // onto itself
    struct group_index groups;
    bool grouped;
    ARRAY(struct old_segment) olds;
    struct int_map gone;      // hashes of the keys of dropped rows
    int64_t n_dropped;        // rows
    bool dropped_same;        // ungrouped: the dropped rows are the new ones so far
    struct segment_list list; // what the dataset will hold
};

// Appends, or merges by key: fills `list` and the result; `list` stays empty when nothing changes.
bool merge_rows(struct merge *m, struct err *err) MUST_USE;
void merge_rows_done(struct merge *m);
// True when the new rows are those of the segment, in the same order: all block checksums are
// equal.
bool merge_same_content(const struct merge *m, const struct manifest_segment *seg);
// Makes the file of the new rows the next segment of the list.
bool merge_push_fresh(struct merge *m, struct err *err) MUST_USE;

#endif
