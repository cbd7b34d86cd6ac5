// Clean-up at the end of a block: `auto_free char *path = ...;`. One variable is either
// auto_* or released at `out:`, never both.
#ifndef CULPRIT_BASE_SCOPE_H
#define CULPRIT_BASE_SCOPE_H

#include <stdlib.h>
#include <unistd.h>

static inline void scope_free(void *slot) {
    free(*(void **)slot);
}

static inline void scope_close(int *fd) {
    if (*fd >= 0) {
        close(*fd);
    }
}

#define auto_free  __attribute__((cleanup(scope_free)))
#define auto_close __attribute__((cleanup(scope_close)))

#endif
