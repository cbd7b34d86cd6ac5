// Read-only mappings that survive truncation by somebody else: a process-wide SIGBUS handler lays
// a zero page over the page that went away and raises the mapping's counter. Faults outside our
// mappings get the previous action back and are raised again.
#ifndef CULPRIT_ARROW_MAP_H
#define CULPRIT_ARROW_MAP_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct arrow_map {
    const unsigned char *ptr;
    size_t len;
    size_t slot; // in the handler's table
    atomic_uint *damaged;
};

// `damaged` belongs to the caller and outlives the mapping.
bool arrow_map_fd(struct arrow_map *map, int fd, size_t len, atomic_uint *damaged,
                  struct err *err) MUST_USE;
void arrow_unmap(struct arrow_map *map);
// Installs the handler; idempotent; called by arrow_map_fd() too. `term` installs its own handlers
// for the other signals and leaves SIGBUS to chain: a SIGBUS outside our maps goes to the action
// found here at installation, or, when set later, to `fallback`.
void arrow_sigbus_install(void);
void arrow_sigbus_fallback(void (*fallback)(int sig));

#endif
