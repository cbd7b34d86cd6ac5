#include "arrow/fb_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

void fb_build_done(struct fb_build *b) {
    free(b->buf);
    *b = (struct fb_build){0};
}

void fb_build_clear(struct fb_build *b) {
    b->used = 0;
}

static void reserve(struct fb_build *b, size_t more) {
    if (b->cap - b->used >= more) {
        return;
    }
    // References are 32-bit; far below that, a schema would not be readable by anybody.
    BUG_ON(more > (size_t)1 << 30 || b->used > (size_t)1 << 30);
    size_t cap = MAX(b->cap * 2, b->used + more + 1024);
    unsigned char *buf = xmalloc(cap);
    if (b->used) {
        memcpy(buf + cap - b->used, b->buf + b->cap - b->used, b->used);
    }
    free(b->buf);
    b->buf = buf;
    b->cap = cap;
}

static void push(struct fb_build *b, const void *bytes, size_t n) {
    reserve(b, n);
    b->used += n;
    if (n) {
        memcpy(b->buf + b->cap - b->used, bytes, n);
    }
}

// Zero bytes so that `size` more bytes end on a multiple of `align`.
static void pad(struct fb_build *b, size_t size, size_t align) {
    static const unsigned char zeros[8];
    size_t rest = (b->used + size) % align;
    push(b, zeros, rest ? align - rest : 0);
}

static void push_u32(struct fb_build *b, uint32_t v) {
    push(b, &v, sizeof v);
}

fb_ref fb_add_string(struct fb_build *b, struct sv text) {
    pad(b, text.len + 1, 4);
    push(b, "", 1);
    push(b, text.ptr, text.len);
    push_u32(b, (uint32_t)text.len);
    return (fb_ref)b->used;
}

// The distance to `ref` from a word that is pushed next.
static uint32_t distance(const struct fb_build *b, fb_ref ref) {
    return (uint32_t)(b->used + 4) - ref;
}

fb_ref fb_add_refs(struct fb_build *b, const fb_ref *refs, size_t n) {
    pad(b, 0, 4);
    for (size_t i = n; i-- > 0;) {
        push_u32(b, distance(b, refs[i]));
    }
    push_u32(b, (uint32_t)n);
    return (fb_ref)b->used;
}

fb_ref fb_add_structs(struct fb_build *b, const void *elems, size_t n, size_t elem_size) {
    pad(b, n * elem_size, 8);
    push(b, elems, n * elem_size);
    push_u32(b, (uint32_t)n);
    return (fb_ref)b->used;
}

void fb_table_begin(struct fb_build *b) {
    memset(b->slots, 0, sizeof b->slots);
    b->table_from = b->used;
}

static void put(struct fb_build *b, unsigned slot, const void *v, size_t size) {
    BUG_ON(slot >= FB_MAX_SLOTS);
    pad(b, size, size);
    push(b, v, size);
    b->slots[slot] = (fb_ref)b->used;
}

void fb_put_bool(struct fb_build *b, unsigned slot, bool v) {
    fb_put_u8(b, slot, v);
}

void fb_put_u8(struct fb_build *b, unsigned slot, uint8_t v) {
    put(b, slot, &v, sizeof v);
}

void fb_put_i16(struct fb_build *b, unsigned slot, int16_t v) {
    put(b, slot, &v, sizeof v);
}

void fb_put_i32(struct fb_build *b, unsigned slot, int32_t v) {
    put(b, slot, &v, sizeof v);
}

void fb_put_i64(struct fb_build *b, unsigned slot, int64_t v) {
    put(b, slot, &v, sizeof v);
}

void fb_put_ref(struct fb_build *b, unsigned slot, fb_ref ref) {
    if (ref) {
        pad(b, 4, 4);
        uint32_t v = distance(b, ref);
        put(b, slot, &v, sizeof v);
    }
}

fb_ref fb_table_end(struct fb_build *b) {
    pad(b, 4, 4);
    push_u32(b, 0); // the way to the vtable, known below
    size_t table = b->used;
    size_t n_slots = FB_MAX_SLOTS;
    while (n_slots && !b->slots[n_slots - 1]) {
        n_slots--;
    }
    uint16_t vtable[2 + FB_MAX_SLOTS] = {(uint16_t)(4 + 2 * n_slots),
                                         (uint16_t)(table - b->table_from)};
    for (size_t i = 0; i < n_slots; i++) {
        vtable[2 + i] = b->slots[i] ? (uint16_t)(table - b->slots[i]) : 0;
    }
    push(b, vtable, 4 + 2 * n_slots);
    int32_t back = (int32_t)(b->used - table);
    memcpy(b->buf + b->cap - table, &back, sizeof back);
    return (fb_ref)table;
}

struct sv fb_finish(struct fb_build *b, fb_ref root) {
    pad(b, 4, 8);
    push_u32(b, distance(b, root));
    return sv_make((const char *)b->buf + b->cap - b->used, b->used);
}
