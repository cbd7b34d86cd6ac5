// Builds one flatbuffer back to front: children before their parents, everything aligned relative
// to the end, and a final length that is a multiple of 8, so that alignment also holds from the
// start. All zero is an empty builder.
#ifndef CULPRIT_ARROW_FB_BUILD_H
#define CULPRIT_ARROW_FB_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sv.h"

enum { FB_MAX_SLOTS = 8 };

// Distance of an object from the end of the buffer; 0 = none.
typedef uint32_t fb_ref;

struct fb_build {
    unsigned char *buf; // filled from its end
    size_t cap;
    size_t used;
    fb_ref slots[FB_MAX_SLOTS]; // of the table being built
    size_t table_from;
};

void fb_build_done(struct fb_build *b);
// Forgets the content, keeps the memory.
void fb_build_clear(struct fb_build *b);

fb_ref fb_add_string(struct fb_build *b, struct sv text);
fb_ref fb_add_refs(struct fb_build *b, const fb_ref *refs, size_t n);
// Inline structs or scalars; the first is aligned to 8.
fb_ref fb_add_structs(struct fb_build *b, const void *elems, size_t n, size_t elem_size);

// One table at a time: begin, slots in any order, end. A slot that is not put is absent.
void fb_table_begin(struct fb_build *b);
void fb_put_bool(struct fb_build *b, unsigned slot, bool v);
void fb_put_u8(struct fb_build *b, unsigned slot, uint8_t v);
void fb_put_i16(struct fb_build *b, unsigned slot, int16_t v);
void fb_put_i32(struct fb_build *b, unsigned slot, int32_t v);
void fb_put_i64(struct fb_build *b, unsigned slot, int64_t v);
void fb_put_ref(struct fb_build *b, unsigned slot, fb_ref ref); // 0 leaves the slot out
fb_ref fb_table_end(struct fb_build *b);

// The finished bytes, borrowed from the builder until the next call.
struct sv fb_finish(struct fb_build *b, fb_ref root);

#endif
