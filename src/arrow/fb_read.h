// Reads flatbuffers: every access checks bounds and alignment and copies the value out, so that
// bytes that change or vanish while we look give wrong values at worst.
//
// A fault makes `bad` sticky and yields the default (0, absent, empty); callers test it once per
// object. References only go forward, so no reader can run in circles; depth is the caller's care.
#ifndef CULPRIT_ARROW_FB_READ_H
#define CULPRIT_ARROW_FB_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sv.h"

struct fb {
    const unsigned char *ptr;
    size_t len;
    bool bad;
};

// `fb` NULL = the table is absent: all its slots are.
struct fb_table {
    struct fb *fb;
    size_t pos;
    size_t vtable;
    uint16_t vtable_size;
    uint16_t table_size;
};

struct fb_vector {
    struct fb *fb;
    size_t pos; // of the first element
    size_t n;
    size_t elem_size;
};

struct fb_table fb_root(struct fb *fb);
bool fb_has(const struct fb_table *t, unsigned slot);
bool fb_bool(const struct fb_table *t, unsigned slot);
uint8_t fb_u8(const struct fb_table *t, unsigned slot);
int16_t fb_i16(const struct fb_table *t, unsigned slot, int16_t absent);
int32_t fb_i32(const struct fb_table *t, unsigned slot);
int64_t fb_i64(const struct fb_table *t, unsigned slot);
struct fb_table fb_sub(const struct fb_table *t, unsigned slot);
// Borrowed from the buffer; the NULL view when absent.
struct sv fb_string(const struct fb_table *t, unsigned slot);
// Elements of `elem_size` bytes aligned to `align`; absent gives n = 0.
struct fb_vector fb_vec(const struct fb_table *t, unsigned slot, size_t elem_size, size_t align);
// Element of a vector of references.
struct fb_table fb_vec_table(const struct fb_vector *v, size_t idx);
// The 8 / 4 bytes at `at` within an inline struct.
int64_t fb_vec_i64(const struct fb_vector *v, size_t idx, size_t at);
int32_t fb_vec_i32(const struct fb_vector *v, size_t idx, size_t at);

#endif
