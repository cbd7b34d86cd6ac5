// Adds a batch to the spool on a thread of its own, while the caller fills the next one. The thread
// starts with the first batch. Private to arrow/.
#ifndef CULPRIT_ARROW_SPOOLER_H
#define CULPRIT_ARROW_SPOOLER_H

#include <pthread.h>

#include "arrow/arrow_spool.h"

struct spooler {
    struct spool *spool;
    bool running;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    // Under the mutex.
    bool busy, stop;
    // The thread's while it is busy, else the caller's.
    const struct sv *pieces;
    size_t n_pieces;
    uint32_t crc;
    bool ok;
    struct err err;
};

void spooler_init(struct spooler *s, struct spool *spool);
// Waits for the thread and ends it.
void spooler_done(struct spooler *s);
// Begins to add the pieces: the array, its bytes and the spool must stay untouched until
// spooler_wait(). Not while another batch is on its way.
void spooler_begin(struct spooler *s, const struct sv *pieces, size_t n_pieces);
// How it went, and the checksum of the pieces.
bool spooler_wait(struct spooler *s, uint32_t *crc, struct err *err) MUST_USE;

#endif
