#include "base/map.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"

enum { MIN_SLOTS = 16 };

static uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const unsigned char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

// Multiply-and-fold over 16 bytes a step; constants are odd with balanced bits.
uint64_t hash_bytes(const void *bytes, size_t len) {
    static const uint64_t k0 = 0xa0761d6478bd642fU;
    static const uint64_t k1 = 0xe7037ed1a0b428dbU;
    const unsigned char *p = bytes;
    uint64_t h = k0 ^ len;
    size_t left = len;
    for (; left > 16; left -= 16, p += 16) {
        h = mix(load64(p) ^ k1, load64(p + 8) ^ h);
    }
    unsigned char tail[16] = {0};
    if (left) {
        memcpy(tail, p, left);
    }
    return mix(k1 ^ len, mix(load64(tail) ^ k1, load64(tail + 8) ^ h));
}

uint64_t hash_u64(uint64_t v) {
    return mix(v ^ 0xa0761d6478bd642fU, 0xe7037ed1a0b428dbU);
}

// Grows at 5/8 full; returns true when the slots must be filled again.
static bool grow_slots(uint32_t **slots, size_t *n_slots, size_t n) {
    if (*n_slots && n * 8 < *n_slots * 5) {
        return false;
    }
    *n_slots = *n_slots ? *n_slots * 2 : MIN_SLOTS;
    free(*slots);
    *slots = xcalloc(*n_slots, sizeof **slots);
    return true;
}

static void place(uint32_t *slots, size_t n_slots, uint64_t hash, uint32_t idx) {
    size_t at = hash & (n_slots - 1);
    while (slots[at]) {
        at = (at + 1) & (n_slots - 1);
    }
    slots[at] = idx + 1;
}

// --- text -------------------------------------------------------------------------------------

void text_map_done(struct text_map *m) {
    free(m->slots);
    free(m->hashes);
    free(m->offsets);
    free(m->bytes);
    *m = (struct text_map){0};
}

struct sv text_map_key(const struct text_map *m, uint32_t idx) {
    return sv_make(m->bytes + m->offsets[idx], m->offsets[idx + 1] - m->offsets[idx]);
}

static uint32_t text_find(const struct text_map *m, struct sv key, uint64_t hash) {
    for (size_t at = hash & (m->n_slots - 1); m->slots[at]; at = (at + 1) & (m->n_slots - 1)) {
        uint32_t idx = m->slots[at] - 1;
        if (m->hashes[idx] == hash && sv_eq(text_map_key(m, idx), key)) {
            return idx;
        }
    }
    return MAP_NONE;
}

uint32_t text_map_get(const struct text_map *m, struct sv key) {
    return m->n ? text_find(m, key, hash_bytes(key.ptr, key.len)) : MAP_NONE;
}

static void text_append(struct text_map *m, struct sv key, uint64_t hash) {
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : MIN_SLOTS;
        m->hashes = xreallocarray(m->hashes, m->cap, sizeof *m->hashes);
        m->offsets = xreallocarray(m->offsets, m->cap + 1, sizeof *m->offsets);
        m->offsets[0] = 0;
    }
    if (!m->bytes || m->bytes_cap - m->n_bytes < key.len) {
        m->bytes_cap = MAX(m->bytes_cap * 2, m->n_bytes + key.len + 64);
        m->bytes = xrealloc(m->bytes, m->bytes_cap);
    }
    if (key.len) {
        memcpy(m->bytes + m->n_bytes, key.ptr, key.len);
    }
    m->n_bytes += key.len;
    m->hashes[m->n++] = hash;
    m->offsets[m->n] = m->n_bytes;
}

uint32_t text_map_put(struct text_map *m, struct sv key, bool *is_new) {
    uint64_t hash = hash_bytes(key.ptr, key.len);
    uint32_t idx = m->n ? text_find(m, key, hash) : MAP_NONE;
    if (is_new) {
        *is_new = idx == MAP_NONE;
    }
    if (idx != MAP_NONE) {
        return idx;
    }
    BUG_ON(m->n >= MAP_NONE - 1);
    text_append(m, key, hash);
    idx = (uint32_t)(m->n - 1);
    if (grow_slots(&m->slots, &m->n_slots, m->n)) {
        for (size_t i = 0; i < m->n; i++) {
            place(m->slots, m->n_slots, m->hashes[i], (uint32_t)i);
        }
    } else {
        place(m->slots, m->n_slots, hash, idx);
    }
    return idx;
}

// --- integers ---------------------------------------------------------------------------------

void int_map_done(struct int_map *m) {
    free(m->slots);
    free(m->keys);
    *m = (struct int_map){0};
}

uint32_t int_map_get(const struct int_map *m, int64_t key) {
    if (!m->n) {
        return MAP_NONE;
    }
    size_t at = hash_u64((uint64_t)key) & (m->n_slots - 1);
    for (; m->slots[at]; at = (at + 1) & (m->n_slots - 1)) {
        if (m->keys[m->slots[at] - 1] == key) {
            return m->slots[at] - 1;
        }
    }
    return MAP_NONE;
}

uint32_t int_map_put(struct int_map *m, int64_t key, bool *is_new) {
    uint32_t idx = int_map_get(m, key);
    if (is_new) {
        *is_new = idx == MAP_NONE;
    }
    if (idx != MAP_NONE) {
        return idx;
    }
    BUG_ON(m->n >= MAP_NONE - 1);
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : MIN_SLOTS;
        m->keys = xreallocarray(m->keys, m->cap, sizeof *m->keys);
    }
    m->keys[m->n++] = key;
    idx = (uint32_t)(m->n - 1);
    if (grow_slots(&m->slots, &m->n_slots, m->n)) {
        for (size_t i = 0; i < m->n; i++) {
            place(m->slots, m->n_slots, hash_u64((uint64_t)m->keys[i]), (uint32_t)i);
        }
    } else {
        place(m->slots, m->n_slots, hash_u64((uint64_t)key), idx);
    }
    return idx;
}
