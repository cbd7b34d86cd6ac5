#include "ingest/code_cache.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { LINE_BYTES = 64, SHORTEST = 8, LONGEST = 56 };

struct code_entry { // one line of cache
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
    while (((size_t)1 << bits) < 2 * n) {
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

// Only texts of SHORTEST to LONGEST bytes have one.
static inline struct code_entry *entry_of(const struct code_cache *c, struct sv text) {
    const uint64_t head = load(text.ptr), tail = load(text.ptr + text.len - SHORTEST);
    const uint64_t hash = (head ^ (tail << 25 | tail >> 39)) * UINT64_C(0x9e3779b97f4a7c15);
    return &c->entries[hash >> c->shift];
}

void code_cache_prefetch(const struct code_cache *c, struct sv text) {
    if (text.len >= SHORTEST && text.len <= LONGEST) {
        __builtin_prefetch(entry_of(c, text));
    }
}

void code_cache_add(struct code_cache *c, struct arrow_builder *b, struct sv text) {
    if (text.len < SHORTEST || text.len > LONGEST) {
        arrow_add_text(b, text);
        return;
    }
    struct code_entry *e = entry_of(c, text);
    if (e->len != text.len || memcmp(e->text, text.ptr, text.len) != 0) {
        memcpy(e->text, text.ptr, text.len);
        e->len = (uint32_t)text.len;
        e->code = arrow_code_of(b, text);
    }
    arrow_add_code(b, e->code);
}
