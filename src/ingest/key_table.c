#include "ingest/key_table.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/err.h"

enum { MIN_SLOTS = 1024, HUGE_PAGE = 2 << 20 };
#define TAG_BITS UINT64_C(0xffffffff00000000)

void key_table_done(struct key_table *t) {
    free(t->slots);
    free(t->bytes);
    free(t->ends);
    *t = (struct key_table){0};
}

static struct sv key_at(const struct key_table *t, size_t idx) {
    const size_t start = idx ? t->ends[idx - 1] : 0;
    return sv_make(t->bytes + start, t->ends[idx] - start);
}

// Zeroed. A large table is read and written all over: in large pages that costs far fewer faults
// and look-ups of addresses.
static uint64_t *new_slots(size_t n) {
    const size_t size = n * sizeof(uint64_t);
    if (size < 2 * HUGE_PAGE) {
        return xcalloc(n, sizeof(uint64_t));
    }
    uint64_t *slots = aligned_alloc(HUGE_PAGE, size);
    BUG_ON(!slots);
    madvise(slots, size, MADV_HUGEPAGE);
    memset(slots, 0, size);
    return slots;
}

// At most half of the slots are taken. The place of a key follows from the uppermost bits of its
// hash, which the slot holds: so the old table is read and the new one filled from front to back.
static void grow(struct key_table *t) {
    uint64_t *old = t->slots;
    const size_t n_old = t->n_slots;
    t->n_slots = n_old ? n_old * 2 : MIN_SLOTS;
    t->shift = 64 - (unsigned)__builtin_ctzll(t->n_slots);
    t->slots = new_slots(t->n_slots);
    for (size_t i = 0; i < n_old; i++) {
        if (old[i]) {
            size_t at = old[i] >> t->shift;
            while (t->slots[at]) {
                at = (at + 1) & (t->n_slots - 1);
            }
            t->slots[at] = old[i];
        }
    }
    free(old);
}

static void append(struct key_table *t, struct sv key) {
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : MIN_SLOTS;
        t->ends = xreallocarray(t->ends, t->cap, sizeof *t->ends);
    }
    if (t->bytes_cap - t->n_bytes < key.len) {
        t->bytes_cap = MAX(t->bytes_cap * 2, t->n_bytes + key.len + MIN_SLOTS);
        t->bytes = xrealloc(t->bytes, t->bytes_cap);
    }
    if (key.len) {
        memcpy(t->bytes + t->n_bytes, key.ptr, key.len);
    }
    t->n_bytes += key.len;
    t->ends[t->n++] = t->n_bytes;
}

uint32_t key_table_put(struct key_table *t, struct sv key, bool *is_new) {
    if (t->n * 2 >= t->n_slots) {
        grow(t);
    }
    const uint64_t hash = hash_bytes(key.ptr, key.len);
    size_t at = hash >> t->shift;
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        const uint32_t idx = (uint32_t)t->slots[at] - 1;
        if (!((t->slots[at] ^ hash) & TAG_BITS) && sv_eq(key_at(t, idx), key)) {
            *is_new = false;
            return idx;
        }
    }
    BUG_ON(t->n >= MAP_NONE - 1);
    t->slots[at] = (hash & TAG_BITS) | (t->n + 1);
    append(t, key);
    *is_new = true;
    return (uint32_t)(t->n - 1);
}

void key_table_prefetch(const struct key_table *t, uint64_t hash) {
    if (t->n_slots) {
        __builtin_prefetch(&t->slots[hash >> t->shift], 1);
    }
}
