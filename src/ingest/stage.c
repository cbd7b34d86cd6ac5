#include "ingest/stage.h"

#include <pthread.h>
#include <signal.h>

enum {
    N_STAGES = 4,
    STAGE_ENTRIES = 4096,
};
static size_t stage_bytes = (size_t)1 << 20;

struct stager {
    struct ingest *ig;
    struct ingest front;
    struct stager_def def;
    struct stage stages[N_STAGES];
    size_t filling; // number of the stage being filled, from 0 without end
    bool threaded;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    // Under the mutex.
    size_t filled, written; // stages handed over, stages done
    bool closed, failed;
    struct err err; // of the writing side
};

void stager_set_bytes_for_tests(size_t bytes) {
    stage_bytes = bytes ? bytes : (size_t)1 << 20;
}

// --- one stage -----------------------------------------------------------------------------------

struct sv stage_text(struct stage *st, struct sv text) {
    const size_t need = text.len + INPUT_PAD;
    char *to;
    if (st->text_cap - st->text_used >= need) {
        to = st->text + st->text_used;
        st->text_used += need;
    } else {
        to = arena_alloc(&st->r.arena, need);
        st->text_used = st->text_cap; // full: hand it over after this record
    }
    if (text.len) {
        memcpy(to, text.ptr, text.len);
    }
    memset(to + text.len, 0, INPUT_PAD);
    return sv_make(to, text.len);
}

static void stage_clear(struct stage *st) {
    record_clear(&st->r);
    alert_list_clear(&st->alerts);
    array_clear(&st->entries);
    st->n_records = 0;
    st->text_used = 0;
}

static void stage_done(struct stage *st) {
    record_done(&st->r);
    alert_list_done(&st->alerts);
    array_done(&st->entries);
    free(st->records);
    free(st->text);
}

static void *record_at(const struct stager *s, const struct stage *st, size_t entry) {
    const size_t record = st->entries.ptr[entry].record;
    return record == STAGE_PROBLEM ? NULL : st->records + record * s->def.record_size;
}

enum { LOOK_AHEAD = 16, TEXT_AHEAD = 384, CACHE_LINE = 64 };

// Fetches what later records need while this one is written: the text was last touched by the other
// thread, the table of keys is larger than any cache.
static void prefetch(const struct stager *s, const struct stage *st, size_t entry) {
    if (s->def.key && entry + LOOK_AHEAD < st->entries.n) {
        ingest_prefetch_key(s->ig, st->entries.ptr[entry + LOOK_AHEAD].key_hash);
    }
    const char *text = entry + 1 < st->entries.n ? st->entries.ptr[entry + 1].text : NULL;
    for (int at = 0; text && at < TEXT_AHEAD; at += CACHE_LINE) {
        __builtin_prefetch(text + at);
    }
}

static bool write_stage(struct stager *s, struct stage *st, struct err *err) {
    alerts_fix_extra(&st->alerts);
    st->r.ig = s->ig;
    for (size_t i = 0; i < st->entries.n; i++) {
        const struct stage_entry *e = &st->entries.ptr[i];
        prefetch(s, st, i);
        void *record = record_at(s, st, i);
        const bool ok =
            record ? s->def.write(s->ig, st, record, e->at, err) &&
                         ingest_check_text(s->ig, e->at, err)
                   : ingest_problem(s->ig, e->at, e->sample, err, "%.*s", SV_ARG(e->reason));
        if (!ok) {
            return false;
        }
    }
    return true;
}

// --- the second thread ---------------------------------------------------------------------------

static void *run(void *arg) {
    struct stager *s = arg;
    pthread_mutex_lock(&s->mutex);
    for (;;) {
        while (s->written == s->filled && !s->closed) {
            pthread_cond_wait(&s->changed, &s->mutex);
        }
        if (s->written == s->filled) {
            break;
        }
        struct stage *st = &s->stages[s->written % N_STAGES];
        const bool skip = s->failed;
        pthread_mutex_unlock(&s->mutex);
        struct err err = ERR_INIT;
        const bool ok = skip || write_stage(s, st, &err);
        pthread_mutex_lock(&s->mutex);
        if (!ok) {
            s->failed = true;
            s->err = err;
        }
        s->written++;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static void start(struct stager *s) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    s->threaded = pthread_create(&s->thread, NULL, run, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// Hands the stage over and waits until the next one is free.
static bool hand_over(struct stager *s, struct err *err) {
    if (!s->threaded) {
        start(s);
    }
    if (!s->threaded) {
        // No thread to be had: the same work here.
        struct stage *st = stager_stage(s);
        const bool ok = write_stage(s, st, err);
        stage_clear(st);
        return ok;
    }
    pthread_mutex_lock(&s->mutex);
    s->filled = ++s->filling;
    pthread_cond_broadcast(&s->changed);
    while (s->filled - s->written == N_STAGES) {
        pthread_cond_wait(&s->changed, &s->mutex);
    }
    const bool failed = s->failed;
    pthread_mutex_unlock(&s->mutex);
    struct stage *st = stager_stage(s);
    stage_clear(st);
    st->r.ig = &s->front;
    if (failed && err) {
        *err = s->err;
    }
    return !failed;
}

// --- the reading side ----------------------------------------------------------------------------

struct stager *stager_open(struct ingest *ig, const struct stager_def *def) {
    struct stager *s = xcalloc(1, sizeof *s);
    s->ig = ig;
    s->def = *def;
    s->front = (struct ingest){
        .in = ig->in,
        .format = ig->format,
        .file = ig->file,
        .cancel = ig->cancel,
        .progress = ig->progress,
        .progress_arg = ig->progress_arg,
        .stager = s,
    };
    ig->in = (struct input){.fd = -1};
    for (size_t i = 0; i < N_STAGES; i++) {
        s->stages[i].r.ig = &s->front;
        s->stages[i].text_cap = stage_bytes;
        s->stages[i].text = xmalloc(stage_bytes);
    }
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->changed, NULL);
    return s;
}

struct ingest *stager_front(struct stager *s) {
    return &s->front;
}

struct stage *stager_stage(struct stager *s) {
    return &s->stages[s->filling % N_STAGES];
}

void *stager_record(struct stager *s) {
    struct stage *st = stager_stage(s);
    if (st->n_records == st->records_cap) {
        st->records_cap = st->records_cap ? st->records_cap * 2 : 64;
        st->records = xreallocarray(st->records, st->records_cap, s->def.record_size);
    }
    void *record = st->records + st->n_records++ * s->def.record_size;
    memset(record, 0, s->def.record_size);
    return record;
}

void stager_drop(struct stager *s) {
    stager_stage(s)->n_records--;
}

void stager_put(struct stager *s, struct ingest_at at) {
    struct stage *st = stager_stage(s);
    struct stage_entry e = {.at = at, .record = st->n_records - 1, .text = st->r.source.ptr};
    if (s->def.key) {
        const struct sv key = s->def.key(st->records + e.record * s->def.record_size);
        e.key_hash = hash_bytes(key.ptr, key.len);
    }
    array_push(&st->entries, e);
}

bool stager_next(struct stager *s, struct err *err) {
    const struct stage *st = stager_stage(s);
    return (st->text_used < st->text_cap && st->entries.n < STAGE_ENTRIES) || hand_over(s, err);
}

void stager_defer(struct stager *s, struct ingest_at at, struct sv reason, struct sv sample) {
    struct stage *st = stager_stage(s);
    struct stage_entry e = {.at = at, .record = STAGE_PROBLEM};
    e.reason = arena_sv(&st->r.arena, reason);
    if (sample.ptr) {
        e.sample = arena_sv(&st->r.arena, sv_sub(sample, 0, INGEST_SAMPLE_BYTES));
    }
    array_push(&st->entries, e);
}

static bool join(struct stager *s, bool ok, struct err *err) {
    pthread_mutex_lock(&s->mutex);
    s->closed = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    // What the writing side met comes from an earlier place of the file.
    if (s->failed && err) {
        *err = s->err;
    }
    return ok && !s->failed;
}

bool stager_close(struct stager *s, bool ok, struct err *err) {
    if (s->threaded) {
        ok = join(s, ok, err);
    }
    ok = ok && write_stage(s, stager_stage(s), err);
    s->ig->in = s->front.in;
    s->ig->counts.bad += s->front.counts.bad;
    for (size_t i = 0; i < N_STAGES; i++) {
        stage_done(&s->stages[i]);
    }
    pthread_mutex_destroy(&s->mutex);
    pthread_cond_destroy(&s->changed);
    free(s);
    return ok;
}
