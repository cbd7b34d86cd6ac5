// Bytes that are written now and copied into the finished file later: in memory while few, in an
// unlinked file of the given folder from then on. Private to arrow/.
#ifndef CULPRIT_ARROW_SPOOL_H
#define CULPRIT_ARROW_SPOOL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct spool {
    char *dir; // NULL: memory only
    int fd;    // -1: still in memory
    struct str buf;
    uint64_t size; // of all
};

void spool_init(struct spool *s, const char *dir);
void spool_done(struct spool *s);
bool spool_add(struct spool *s, const void *bytes, size_t len, struct err *err) MUST_USE;
// Copies all of it to `fd` at `offset`; nothing can be added afterwards.
bool spool_copy(struct spool *s, int fd, uint64_t offset, struct err *err) MUST_USE;

#endif
