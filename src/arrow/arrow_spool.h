// Where encoded batches wait until the file is finished: in memory while they are few, then in a
// file of the given folder. That file leaves room at its beginning for what has to stand before the
// batches, so that in the end it can become the finished file itself. Private to arrow/.
//
// Used by one thread at a time.
#ifndef CULPRIT_ARROW_SPOOL_H
#define CULPRIT_ARROW_SPOOL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct spool {
    char *dir;  // NULL: memory only
    char *path; // of the file; NULL: there is none, or it is the finished file by now
    int fd;     // -1: still in memory
    uint64_t
        room; // bytes left free at the beginning; the caller may change it until there is a file
    struct str buf;
    uint64_t size; // of what was added
    bool lazy;     // leave it to the system when to write the file to the disk
};

void spool_init(struct spool *s, const char *dir);
// Removes the file unless it was kept.
void spool_done(struct spool *s);
// True when `len` more bytes go to a file.
bool spool_to_file(const struct spool *s, uint64_t len);
// Adds the pieces one after the other and takes them into the checksum.
bool spool_add(struct spool *s, const struct sv *pieces, size_t n_pieces, uint32_t *crc,
               struct err *err) MUST_USE;
// Copies all that was added to `fd` at `offset`.
bool spool_copy(const struct spool *s, int fd, uint64_t offset, struct err *err) MUST_USE;
// Gives the file, which there must be, its final name; no other is replaced. `fd` stays open until
// spool_done().
bool spool_keep(struct spool *s, const char *path, struct err *err) MUST_USE;

#endif
