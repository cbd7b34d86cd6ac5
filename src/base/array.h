// Typed growable arrays. All zero is the empty array.
//
//     ARRAY(int64_t) ids = {0};
//     array_push(&ids, 7);
//     array_foreach(id, &ids) { use(*id); }
//     array_done(&ids);
//
// A named element type makes a named array: `struct thing_list ARRAY_BODY(struct thing)`.
// `n` counts elements. Growth moves the elements: do not keep pointers across a push.
#ifndef CULPRIT_BASE_ARRAY_H
#define CULPRIT_BASE_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"

#define ARRAY_BODY(type)                                                                           \
    {                                                                                              \
        type *ptr;                                                                                 \
        size_t n;                                                                                  \
        size_t cap;                                                                                \
    }
#define ARRAY(type) struct ARRAY_BODY(type)

// Memory for at least `want` elements in all.
void *array_grow_raw(void *ptr, size_t *cap, size_t want, size_t elem_size);

#define array_reserve(a, want)                                                                     \
    ((a)->cap < (want)                                                                             \
         ? (void)((a)->ptr = array_grow_raw((a)->ptr, &(a)->cap, (want), sizeof *(a)->ptr))        \
         : (void)0)
#define array_push(a, ...)                                                                         \
    (array_reserve((a), (a)->n + 1), (void)((a)->ptr[(a)->n++] = (__VA_ARGS__)))
// A pointer to a fresh, zeroed element at the end.
#define array_add(a)                                                                               \
    (array_reserve((a), (a)->n + 1), memset(&(a)->ptr[(a)->n], 0, sizeof *(a)->ptr),               \
     &(a)->ptr[(a)->n++])
#define array_pop(a)   ((a)->ptr[--(a)->n])
#define array_last(a)  (&(a)->ptr[(a)->n - 1])
#define array_clear(a) ((void)((a)->n = 0))
#define array_done(a)  (free((a)->ptr), (a)->ptr = NULL, (void)((a)->n = (a)->cap = 0))
#define array_foreach(it, a)                                                                       \
    for (__typeof__(&*(a)->ptr) it = (a)->ptr, it##_end = (a)->ptr ? (a)->ptr + (a)->n : NULL;     \
         it < it##_end; it++)

#include <string.h> // memset in array_add

#endif
