// Hash maps from text or integers to dense indexes 0, 1, 2, ... in order of first insertion, so
// that iteration order is stable and the caller keeps values in a plain array beside the map.
//
// The hashes have no seed, so that equal input gives equal files. Whoever knows them can craft keys
// that all land on one slot; then n keys take n * n / 2 steps. Results stay right and memory is as
// ever, only time is lost. So build maps over the keys of a file in jobs, which can be cancelled,
// never on the UI thread.
//
// One map, two key types; all zero is the empty map. Text keys are copied into the map. Not
// thread-safe for writing; any number of threads may look up in a map nobody changes.
#ifndef CULPRIT_BASE_MAP_H
#define CULPRIT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/sv.h"

#define MAP_NONE UINT32_MAX

// 64-bit hash of bytes / of an integer; fixed, so that equal input gives equal output files.
uint64_t hash_bytes(const void *bytes, size_t len);
uint64_t hash_u64(uint64_t v);

// --- text -> index ----------------------------------------------------------------------------
struct text_map {
    uint32_t *slots; // index + 1, 0 = free
    size_t n_slots;  // a power of two
    uint64_t *hashes;
    size_t *offsets; // n + 1 entries into `bytes`
    char *bytes;
    size_t n, cap, n_bytes, bytes_cap;
};

void text_map_done(struct text_map *m);
// The key's index, inserting it when new (`*is_new`, may be NULL). MAP_NONE never comes back.
uint32_t text_map_put(struct text_map *m, struct sv key, bool *is_new);
// MAP_NONE when absent.
uint32_t text_map_get(const struct text_map *m, struct sv key);
// Borrowed until the next put.
struct sv text_map_key(const struct text_map *m, uint32_t idx);

// --- int64 -> index ---------------------------------------------------------------------------
struct int_map {
    uint32_t *slots;
    size_t n_slots;
    int64_t *keys; // by index
    size_t n, cap;
};

void int_map_done(struct int_map *m);
uint32_t int_map_put(struct int_map *m, int64_t key, bool *is_new);
uint32_t int_map_get(const struct int_map *m, int64_t key);

#endif
