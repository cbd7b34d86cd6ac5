#include "arrow/fb_read.h"

#include <string.h>

static bool fault(struct fb *fb) {
    fb->bad = true;
    return false;
}

// Copies `size` bytes at `pos`, which must be aligned to their size.
static bool load(struct fb *fb, size_t pos, size_t size, void *out) {
    if (pos > fb->len || size > fb->len - pos || pos % size != 0) {
        return fault(fb);
    }
    memcpy(out, fb->ptr + pos, size);
    return true;
}

static struct fb_table table_at(struct fb *fb, size_t pos) {
    struct fb_table t = {.fb = fb, .pos = pos};
    int32_t back;
    if (!load(fb, pos, sizeof back, &back)) {
        return (struct fb_table){0};
    }
    int64_t vtable = (int64_t)pos - back;
    if (vtable < 0 || !load(fb, (size_t)vtable, 2, &t.vtable_size) ||
        !load(fb, (size_t)vtable + 2, 2, &t.table_size)) {
        fault(fb);
        return (struct fb_table){0};
    }
    t.vtable = (size_t)vtable;
    if (t.vtable_size < 4 || t.vtable_size % 2 || t.vtable_size > fb->len - t.vtable ||
        t.table_size < 4 || t.table_size > fb->len - pos) {
        fault(fb);
        return (struct fb_table){0};
    }
    return t;
}

// Follows the reference that stands at `pos`.
static bool follow(struct fb *fb, size_t pos, size_t *target) {
    uint32_t distance;
    if (!load(fb, pos, sizeof distance, &distance)) {
        return false;
    }
    if (distance == 0 || distance > fb->len - pos) {
        return fault(fb);
    }
    *target = pos + distance;
    return true;
}

struct fb_table fb_root(struct fb *fb) {
    size_t pos;
    if (!follow(fb, 0, &pos)) {
        return (struct fb_table){0};
    }
    return table_at(fb, pos);
}

// Position of a slot's value of `size` bytes; false when absent (or bad).
static bool find(const struct fb_table *t, unsigned slot, size_t size, size_t *pos) {
    size_t entry = 4 + 2 * (size_t)slot;
    uint16_t off;
    if (!t->fb || entry + 2 > t->vtable_size || !load(t->fb, t->vtable + entry, 2, &off) ||
        off == 0) {
        return false;
    }
    if (off < 4 || off > t->table_size || size > (size_t)t->table_size - off) {
        return fault(t->fb);
    }
    *pos = t->pos + off;
    return true;
}

static bool scalar(const struct fb_table *t, unsigned slot, size_t size, void *out) {
    size_t pos;
    return find(t, slot, size, &pos) && load(t->fb, pos, size, out);
}

bool fb_has(const struct fb_table *t, unsigned slot) {
    size_t pos;
    return find(t, slot, 1, &pos);
}

bool fb_bool(const struct fb_table *t, unsigned slot) {
    return fb_u8(t, slot) != 0;
}

uint8_t fb_u8(const struct fb_table *t, unsigned slot) {
    uint8_t v;
    return scalar(t, slot, sizeof v, &v) ? v : 0;
}

int16_t fb_i16(const struct fb_table *t, unsigned slot, int16_t absent) {
    int16_t v;
    return scalar(t, slot, sizeof v, &v) ? v : absent;
}

int32_t fb_i32(const struct fb_table *t, unsigned slot) {
    int32_t v;
    return scalar(t, slot, sizeof v, &v) ? v : 0;
}

int64_t fb_i64(const struct fb_table *t, unsigned slot) {
    int64_t v;
    return scalar(t, slot, sizeof v, &v) ? v : 0;
}

struct fb_table fb_sub(const struct fb_table *t, unsigned slot) {
    size_t pos;
    size_t target;
    if (!find(t, slot, 4, &pos) || !follow(t->fb, pos, &target)) {
        return (struct fb_table){0};
    }
    return table_at(t->fb, target);
}

struct fb_vector fb_vec(const struct fb_table *t, unsigned slot, size_t elem_size, size_t align) {
    size_t pos;
    size_t at;
    uint32_t n;
    if (!find(t, slot, 4, &pos) || !follow(t->fb, pos, &at) || !load(t->fb, at, 4, &n)) {
        return (struct fb_vector){0};
    }
    at += 4;
    // An empty vector may end where alignment no longer holds.
    if (n > (t->fb->len - at) / elem_size || (n && at % align)) {
        fault(t->fb);
        return (struct fb_vector){0};
    }
    return (struct fb_vector){.fb = t->fb, .pos = at, .n = n, .elem_size = elem_size};
}

struct sv fb_string(const struct fb_table *t, unsigned slot) {
    struct fb_vector v = fb_vec(t, slot, 1, 1);
    return v.fb ? sv_make((const char *)v.fb->ptr + v.pos, v.n) : SV_NULL;
}

struct fb_table fb_vec_table(const struct fb_vector *v, size_t idx) {
    size_t target;
    if (idx >= v->n || !follow(v->fb, v->pos + idx * v->elem_size, &target)) {
        return (struct fb_table){0};
    }
    return table_at(v->fb, target);
}

int64_t fb_vec_i64(const struct fb_vector *v, size_t idx, size_t at) {
    int64_t out;
    return idx < v->n && load(v->fb, v->pos + idx * v->elem_size + at, sizeof out, &out) ? out : 0;
}

int32_t fb_vec_i32(const struct fb_vector *v, size_t idx, size_t at) {
    int32_t out;
    return idx < v->n && load(v->fb, v->pos + idx * v->elem_size + at, sizeof out, &out) ? out : 0;
}
