// The values of a dictionary that is being written: text -> code in order of first appearance.
// The newest values can be taken back, so that a rejected row leaves no trace. Private to arrow/.
#ifndef CULPRIT_ARROW_INTERN_H
#define CULPRIT_ARROW_INTERN_H

#include <stdint.h>

#include "base/str.h"
#include "base/sv.h"

#define INTERN_NONE UINT32_MAX

struct intern_slot {
    uint32_t hash;
    uint32_t code_plus_1; // 0 = free
};

struct intern {
    int64_t id;
    struct intern_slot *slots;
    size_t n_slots;   // a power of two
    uint32_t *hashes; // by code
    int32_t *offsets; // n + 1 entries
    size_t cap;
    uint32_t n;
    struct str bytes;
    uint32_t n_at_row; // when the present row began
};

uint32_t intern_hash(struct sv text);
// INTERN_NONE when absent.
uint32_t intern_get(const struct intern *d, struct sv text, uint32_t hash);
// Adds a text that is not there yet; INTERN_NONE when the values would pass 2 GiB.
uint32_t intern_add(struct intern *d, struct sv text, uint32_t hash);
// Forgets all but the first `n` values.
void intern_cut(struct intern *d, uint32_t n);
void intern_done(struct intern *d);

static inline struct sv intern_value(const struct intern *d, uint32_t code) {
    return sv_make(d->bytes.ptr + d->offsets[code],
                   (size_t)(d->offsets[code + 1] - d->offsets[code]));
}

#endif
