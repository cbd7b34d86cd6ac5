// Text keys seen so far, numbered in order of first appearance. As base/map.h, for millions of keys
// that are nearly all new: the table holds half of each hash, so that a new key costs one line of
// cache, which key_table_prefetch() can fetch ahead.
#ifndef CULPRIT_INGEST_KEY_TABLE_H
#define CULPRIT_INGEST_KEY_TABLE_H

#include "base/map.h"

struct key_table {
    uint64_t *slots; // upper half of the hash, number + 1; 0 = free
    size_t n_slots;  // a power of two
    unsigned shift;  // a hash belongs to slot `hash >> shift` or the next free one
    char *bytes;     // keys end to end
    size_t *ends;
    size_t n, cap, n_bytes, bytes_cap;
};

void key_table_done(struct key_table *t);
uint32_t key_table_put(struct key_table *t, struct sv key, bool *is_new);
// `hash` is hash_bytes() of the key.
void key_table_prefetch(const struct key_table *t, uint64_t hash);

#endif
