#include "ingest/code_cache.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { LINE_BYTES = 64, SHORTEST = 8, LONGEST = 56 };

struct code_entry { // one line of cache; a text stands in its own entry or that one's neighbour
    char text[LONGEST];
    uint32_t code;
    uint32_t len; // 0 = free
};

struct code_cache {
    void *memory;
    struct code_entry *entries; // in `memory`, on the border of a line
    unsigned shift;             // of a hash, to the number of its entry
};

struct code_cache *code_cache_new(size_t n) {
    struct code_cache *c = xcalloc(1, sizeof *c);
    unsigned bits = 6;
    while (((size_t)1 << bits) < 4 * n) {
        bits++;
    }
    c->shift = 64 - bits;
    c->memory = xcalloc(((size_t)1 << bits) + 1, sizeof *c->entries);
    const size_t past = (uintptr_t)c->memory % LINE_BYTES;
    c->entries = (void *)((char *)c->memory + (past ? LINE_BYTES - past : 0));
    return c;
}

void code_cache_free(struct code_cache *c) {
    if (c) {
        free(c->memory);
        free(c);
    }
}

static inline uint64_t load(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

uint64_t code_cache_hash(struct sv text) {
    if (text.len < SHORTEST || text.len > LONGEST) {
        return 0;
    }
    const uint64_t head = load(text.ptr), tail = load(text.ptr + text.len - SHORTEST);
    return (head ^ (tail << 25 | tail >> 39)) * UINT64_C(0x9e3779b97f4a7c15) | 1;
}

void code_cache_prefetch(const struct code_cache *c, struct sv text, uint64_t hash) {
    if (hash) {
        __builtin_prefetch(text.ptr);
        __builtin_prefetch(&c->entries[hash >> c->shift]);
    }
}

static inline bool holds(const struct code_entry *e, struct sv text) {
    return e->len == text.len && memcmp(e->text, text.ptr, text.len) == 0;
}

static uint32_t learn(struct code_entry *own, struct code_entry *neighbour, struct sv text,
                      uint32_t code) {
    if (own->len) {
        *neighbour = *own;
    }
    memcpy(own->text, text.ptr, text.len);
    own->len = (uint32_t)text.len;
    own->code = code;
    return code;
}

void code_cache_add(struct code_cache *c, struct arrow_builder *b, struct sv text, uint64_t hash) {
    if (!hash) {
        arrow_add_text(b, text);
        return;
    }
    const size_t place = hash >> c->shift;
    struct code_entry *own = &c->entries[place], *neighbour = &c->entries[place ^ 1];
    if (holds(own, text)) {
        arrow_add_code(b, own->code);
    } else if (holds(neighbour, text)) {
        arrow_add_code(b, neighbour->code);
    } else {
        arrow_add_code(b, learn(own, neighbour, text, arrow_code_of(b, text)));
    }
}
