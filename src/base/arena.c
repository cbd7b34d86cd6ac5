#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"

enum { BLOCK_SIZE = 16 * 1024, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size; // of data[]
    _Alignas(ALIGN) char data[];
};

void *arena_alloc(struct arena *a, size_t size) {
    BUG_ON(size > (size_t)-1 / 2);
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!a->head || a->head->size - a->used < need) {
        size_t data = MAX(need, (size_t)BLOCK_SIZE);
        struct arena_block *block = xmalloc(sizeof *block + data);
        block->size = data;
        block->next = a->head;
        a->head = block;
        a->used = 0;
    }
    void *ptr = a->head->data + a->used;
    a->used += need;
    return ptr;
}

void *arena_zalloc(struct arena *a, size_t n, size_t size) {
    size_t total;
    BUG_ON(__builtin_mul_overflow(n, size, &total));
    void *ptr = arena_alloc(a, total);
    memset(ptr, 0, total);
    return ptr;
}

char *arena_strdup(struct arena *a, struct sv text) {
    char *copy = arena_alloc(a, text.len + 1);
    if (text.len) {
        memcpy(copy, text.ptr, text.len);
    }
    copy[text.len] = '\0';
    return copy;
}

struct sv arena_sv(struct arena *a, struct sv text) {
    return sv_make(arena_strdup(a, text), text.len);
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    BUG_ON(n < 0);
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}

void arena_reset(struct arena *a) {
    while (a->head && a->head->next) {
        struct arena_block *block = a->head;
        a->head = block->next;
        free(block);
    }
    a->used = 0;
}

void arena_done(struct arena *a) {
    arena_reset(a);
    free(a->head);
    a->head = NULL;
}
