#include "arrow/arrow_intern.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"

enum { MIN_SLOTS = 64 };

uint32_t intern_hash(struct sv text) {
    uint64_t h = hash_bytes(text.ptr, text.len);
    return (uint32_t)(h ^ h >> 32);
}

uint32_t intern_get(const struct intern *d, struct sv text, uint32_t hash) {
    if (!d->n_slots) {
        return INTERN_NONE;
    }
    size_t mask = d->n_slots - 1;
    for (size_t at = hash & mask; d->slots[at].code_plus_1; at = (at + 1) & mask) {
        uint32_t code = d->slots[at].code_plus_1 - 1;
        if (d->slots[at].hash == hash && sv_eq(intern_value(d, code), text)) {
            return code;
        }
    }
    return INTERN_NONE;
}

static void place(struct intern *d, uint32_t code) {
    size_t at = d->hashes[code] & (d->n_slots - 1);
    while (d->slots[at].code_plus_1) {
        at = (at + 1) & (d->n_slots - 1);
    }
    d->slots[at] = (struct intern_slot){d->hashes[code], code + 1};
}

// Placed again in the order of codes: intern_cut() relies on no older value lying behind a newer.
static void grow_slots(struct intern *d) {
    d->n_slots = d->n_slots ? d->n_slots * 2 : MIN_SLOTS;
    free(d->slots);
    d->slots = xcalloc(d->n_slots, sizeof *d->slots);
    for (uint32_t code = 0; code < d->n; code++) {
        place(d, code);
    }
}

uint32_t intern_add(struct intern *d, struct sv text, uint32_t hash) {
    if (text.len > INT32_MAX - d->bytes.len || d->n == INT32_MAX) {
        return INTERN_NONE;
    }
    if ((size_t)d->n + 1 >= d->cap) {
        d->cap = d->cap ? d->cap * 2 : MIN_SLOTS;
        d->hashes = xreallocarray(d->hashes, d->cap, sizeof *d->hashes);
        d->offsets = xreallocarray(d->offsets, d->cap, sizeof *d->offsets);
        d->offsets[0] = 0;
    }
    if (((size_t)d->n + 1) * 2 > d->n_slots) {
        grow_slots(d);
    }
    str_add_sv(&d->bytes, text);
    uint32_t code = d->n++;
    d->hashes[code] = hash;
    d->offsets[code + 1] = (int32_t)d->bytes.len;
    place(d, code);
    return code;
}

void intern_cut(struct intern *d, uint32_t n) {
    while (d->n > n) {
        uint32_t code = --d->n;
        size_t at = d->hashes[code] & (d->n_slots - 1);
        while (d->slots[at].code_plus_1 != code + 1) {
            at = (at + 1) & (d->n_slots - 1);
        }
        d->slots[at] = (struct intern_slot){0};
        str_cut(&d->bytes, (size_t)d->offsets[code]);
    }
}

void intern_done(struct intern *d) {
    free(d->slots);
    free(d->hashes);
    free(d->offsets);
    str_done(&d->bytes);
    *d = (struct intern){0};
}
