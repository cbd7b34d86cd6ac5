#include "view/view_int.h"

#include <stdlib.h>

bool int_set_has(const struct int_set *set, size_t at) {
    return at < set->n_bits && (set->bits[at / 64] >> (at % 64) & 1);
}

void int_set_put(struct int_set *set, size_t at, bool in) {
    if (int_set_has(set, at) == in) {
        return;
    }
    if (at >= set->n_bits) {
        size_t words = (at / 64 + 1) * 2;
        set->bits = xreallocarray(set->bits, words, sizeof *set->bits);
        size_t old = set->n_bits / 64;
        memset(set->bits + old, 0, (words - old) * sizeof *set->bits);
        set->n_bits = words * 64;
    }
    set->bits[at / 64] ^= UINT64_C(1) << (at % 64);
    set->n += in ? 1 : (size_t)-1;
}

void int_set_clear(struct int_set *set) {
    if (set->bits) {
        memset(set->bits, 0, set->n_bits / 8);
    }
    set->n = 0;
}

void int_set_done(struct int_set *set) {
    free(set->bits);
    *set = (struct int_set){0};
}
