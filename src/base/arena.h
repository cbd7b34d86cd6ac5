// Memory by lifetime: many small allocations released at once. Not thread-safe; each snapshot,
// job, frame and view has its own. All zero is the empty arena.
#ifndef CULPRIT_BASE_ARENA_H
#define CULPRIT_BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"
#include "base/sv.h"

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used; // bytes taken from the head block
};

// 16-byte aligned, not zeroed / zeroed.
void *arena_alloc(struct arena *a, size_t size) MUST_USE;
void *arena_zalloc(struct arena *a, size_t n, size_t size) MUST_USE;
// Copies; arena_strdup is NUL-terminated too.
struct sv arena_sv(struct arena *a, struct sv text) MUST_USE;
char *arena_strdup(struct arena *a, struct sv text) MUST_USE;
char *arena_printf(struct arena *a, const char *fmt, ...) MUST_USE PRINTF_LIKE(2, 3);
// Forgets all allocations; keeps one block for the next round.
void arena_reset(struct arena *a);
void arena_done(struct arena *a);

#endif
