#include "query/literal_int.h"

#include <string.h>

enum { BLOCK = 64 };

// Bytes from common to rare in English text, paths and identifiers. What is missing is rare.
static const char common_bytes[] =
    " etaoinsrlcdhumpfgbyvw\n.-_/0:,1T2()3S5k48679ABCDEFx\"=\t'*MPRILNxjqzOUGHWVK";

static int commonness(char c) {
    const char *at = c ? strchr(common_bytes, c) : NULL;
    return at ? (int)sizeof common_bytes - (int)(at - common_bytes) : 0;
}

static bool is_letter(uint8_t c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static uint8_t to_lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

void literal_init(struct literal *lit, struct sv text, bool folded, struct arena *a) {
    char *copy = arena_strdup(a, text);
    for (size_t i = 0; folded && i < text.len; i++) {
        copy[i] = (char)to_lower((uint8_t)copy[i]);
    }
    *lit = (struct literal){.text = sv_make(copy, text.len), .folded = folded};
    for (size_t i = 1; i < text.len; i++) {
        lit->at_a = commonness(copy[i]) < commonness(copy[lit->at_a]) ? i : lit->at_a;
    }
    lit->at_b = lit->at_a == 0 ? text.len - 1 : 0;
    for (size_t i = 0; i < text.len; i++) {
        bool rarer = commonness(copy[i]) < commonness(copy[lit->at_b]);
        lit->at_b = i != lit->at_a && rarer ? i : lit->at_b;
    }
    lit->a = (uint8_t)copy[lit->at_a];
    lit->b = (uint8_t)copy[lit->at_b];
    lit->or_a = folded && is_letter(lit->a) ? 0x20 : 0;
    lit->or_b = folded && is_letter(lit->b) ? 0x20 : 0;
}

static bool equal_at(const struct literal *lit, const char *text) {
    if (!lit->folded) {
        return memcmp(text, lit->text.ptr, lit->text.len) == 0;
    }
    for (size_t i = 0; i < lit->text.len; i++) {
        if (to_lower((uint8_t)text[i]) != (uint8_t)lit->text.ptr[i]) {
            return false;
        }
    }
    return true;
}

// One flag byte for each of 64 places; true when any is set.
static bool probe_block(const struct literal *lit, const uint8_t *text, uint8_t flags[BLOCK]) {
    const uint8_t *pa = text + lit->at_a;
    const uint8_t *pb = text + lit->at_b;
    uint8_t a = lit->a;
    uint8_t b = lit->b;
    uint8_t or_a = lit->or_a;
    uint8_t or_b = lit->or_b;
    uint8_t any = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        uint8_t hit = (uint8_t)(((pa[i] | or_a) == a) & ((pb[i] | or_b) == b));
        flags[i] = hit;
        any |= hit;
    }
    return any;
}

size_t literal_find(const struct literal *lit, const char *text, size_t len, size_t from) {
    size_t size = lit->text.len;
    if (len < size || from > len - size) {
        return SIZE_MAX;
    }
    size_t n_places = len - size + 1;
    size_t at = from;
    uint8_t flags[BLOCK];
    for (; at + BLOCK <= n_places; at += BLOCK) {
        if (!probe_block(lit, (const uint8_t *)text + at, flags)) {
            continue;
        }
        for (size_t i = 0; i < BLOCK; i++) {
            if (flags[i] && equal_at(lit, text + at + i)) {
                return at + i;
            }
        }
    }
    for (; at < n_places; at++) {
        bool hit = ((uint8_t)text[at + lit->at_a] | lit->or_a) == lit->a;
        if (hit && equal_at(lit, text + at)) {
            return at;
        }
    }
    return SIZE_MAX;
}
