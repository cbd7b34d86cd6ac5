#include "arrow/arrow_spooler.h"

#include "base/pool.h"

void spooler_init(struct spooler *s, struct spool *spool) {
    *s = (struct spooler){.spool = spool};
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->changed, NULL);
}

static void add(struct spooler *s) {
    s->crc = 0;
    s->ok = spool_add(s->spool, s->pieces, s->n_pieces, &s->crc, &s->err);
}

static void *run(void *arg) {
    struct spooler *s = arg;
    pthread_mutex_lock(&s->mutex);
    for (;;) {
        while (!s->busy && !s->stop) {
            pthread_cond_wait(&s->changed, &s->mutex);
        }
        if (!s->busy) {
            break;
        }
        pthread_mutex_unlock(&s->mutex);
        add(s);
        pthread_mutex_lock(&s->mutex);
        s->busy = false;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static void set(struct spooler *s, bool *flag) {
    pthread_mutex_lock(&s->mutex);
    *flag = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->mutex);
}

void spooler_begin(struct spooler *s, const struct sv *pieces, size_t n_pieces) {
    s->pieces = pieces;
    s->n_pieces = n_pieces;
    s->running = s->running || thread_start(&s->thread, run, s);
    if (s->running) {
        set(s, &s->busy);
    } else {
        add(s); // no thread to be had
    }
}

bool spooler_wait(struct spooler *s, uint32_t *crc, struct err *err) {
    pthread_mutex_lock(&s->mutex);
    while (s->busy) {
        pthread_cond_wait(&s->changed, &s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    *crc = s->crc;
    if (!s->ok && err) {
        *err = s->err;
    }
    return s->ok;
}

void spooler_done(struct spooler *s) {
    if (s->running) {
        set(s, &s->stop);
        pthread_join(s->thread, NULL);
    }
    pthread_mutex_destroy(&s->mutex);
    pthread_cond_destroy(&s->changed);
}
