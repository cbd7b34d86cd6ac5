#include "base/array.h"

#include "base/err.h"

void *array_grow_raw(void *ptr, size_t *cap, size_t want, size_t elem_size) {
    size_t n = *cap + *cap / 2;
    if (n < want) {
        n = want;
    }
    if (n < 8) {
        n = 8;
    }
    BUG_ON(n < want);
    ptr = xreallocarray(ptr, n, elem_size);
    *cap = n;
    return ptr;
}
