#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/date.h"

enum { PROGRESS_EVERY_MS = 30, MAX_THREADS = 64 };

struct job_queue {
    struct job *first, *last;
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t work;  // something to run, or `stop`
    pthread_cond_t ended; // a job was put in `finished`
    // Under the mutex:
    struct job_queue waiting, finished;
    struct job *running[MAX_THREADS]; // by worker
    size_t n_busy;                    // waiting or running
    size_t n_active;                  // submitted and not yet collected
    uint64_t next_id;
    bool stop;
    // Any thread:
    int event_fd;
    atomic_bool signalled; // the eventfd is readable
    _Atomic int64_t progress_at_ms;

    unsigned n_threads;
    unsigned n_started;
    pthread_t threads[MAX_THREADS];
};

struct worker_start {
    struct pool *pool;
    unsigned idx;
};

// --- queues -----------------------------------------------------------------------------------

static void queue_put(struct job_queue *q, struct job *job) {
    job->next = NULL;
    if (q->last) {
        q->last->next = job;
    } else {
        q->first = job;
    }
    q->last = job;
}

static struct job *queue_take(struct job_queue *q) {
    struct job *job = q->first;
    if (job) {
        q->first = job->next;
        q->last = q->first ? q->last : NULL;
    }
    return job;
}

static bool queue_remove(struct job_queue *q, const struct job *job) {
    struct job *before = NULL;
    for (struct job *at = q->first; at; before = at, at = at->next) {
        if (at != job) {
            continue;
        }
        if (before) {
            before->next = at->next;
        } else {
            q->first = at->next;
        }
        q->last = q->last == job ? before : q->last;
        return true;
    }
    return false;
}

static void wake_owner(struct pool *pool) {
    if (!atomic_exchange(&pool->signalled, true)) {
        uint64_t one = 1;
        ssize_t n = write(pool->event_fd, &one, sizeof one);
        (void)n; // the counter cannot overflow: it is reset before it is raised again
    }
}

// With the mutex held.
static void end_job(struct pool *pool, struct job *job, enum job_state state) {
    job->ended_us = clock_monotonic_us();
    atomic_store(&job->state, state);
    queue_put(&pool->finished, job);
    pool->n_busy--;
    wake_owner(pool);
    pthread_cond_signal(&pool->ended);
}

// With the mutex held: ends a job that never ran.
static void end_unrun(struct pool *pool, struct job *job) {
    atomic_store(&job->cancel, true);
    err_set(&job->err, ERR_CANCELLED, "cancelled");
    end_job(pool, job, JOB_CANCELLED);
}

// --- workers ----------------------------------------------------------------------------------

static enum job_state run_job(struct job *job) {
    if (job->run(job, &job->err)) {
        return JOB_DONE;
    }
    bool cancelled = job->err.code == ERR_CANCELLED || atomic_load(&job->cancel);
    return cancelled ? JOB_CANCELLED : JOB_FAILED;
}

static void *work(void *arg) {
    struct worker_start start = *(struct worker_start *)arg;
    free(arg);
    struct pool *pool = start.pool;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        struct job *job = queue_take(&pool->waiting);
        if (!job) {
            if (pool->stop) {
                break;
            }
            pthread_cond_wait(&pool->work, &pool->mutex);
            continue;
        }
        pool->running[start.idx] = job;
        job->started_us = clock_monotonic_us();
        atomic_store(&job->state, JOB_RUNNING);
        pthread_mutex_unlock(&pool->mutex);
        enum job_state state = run_job(job);
        pthread_mutex_lock(&pool->mutex);
        pool->running[start.idx] = NULL;
        end_job(pool, job, state);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

// Signals go to the owner thread; only those a thread brings upon itself stay, because a handler
// for them (a mapped file that shrank) must run where the fault is.
bool thread_start(pthread_t *thread, void *(*fn)(void *), void *arg) {
    sigset_t blocked;
    sigset_t old;
    sigfillset(&blocked);
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
    for (size_t i = 0; i < COUNTOF(own); i++) {
        sigdelset(&blocked, own[i]);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &old);
    int rc = pthread_create(thread, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc == 0;
}

struct pool *pool_new(unsigned n_threads) {
    struct pool *pool = xcalloc(1, sizeof *pool);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->ended, NULL);
    pool->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    BUG_ON(pool->event_fd < 0);
    pool->n_threads = MIN(MAX(n_threads, 1U), (unsigned)MAX_THREADS);
    for (unsigned i = 0; i < pool->n_threads; i++) {
        struct worker_start *start = xmalloc(sizeof *start);
        *start = (struct worker_start){pool, i};
        if (!thread_start(&pool->threads[i], work, start)) {
            free(start);
            break;
        }
        pool->n_started++;
    }
    BUG_ON(pool->n_started == 0);
    return pool;
}

// --- the owner's side -------------------------------------------------------------------------

int pool_fd(const struct pool *pool) {
    return pool->event_fd;
}

struct job *pool_submit(struct pool *pool, const struct job *job) {
    struct job *copy = xcalloc(1, sizeof *copy);
    copy->name = job->name;
    copy->run = job->run;
    copy->finish = job->finish;
    copy->arg = job->arg;
    copy->pool = pool;
    pthread_mutex_lock(&pool->mutex);
    copy->id = ++pool->next_id;
    pool->n_active++;
    pool->n_busy++;
    if (pool->stop) {
        end_unrun(pool, copy);
    } else {
        queue_put(&pool->waiting, copy);
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->mutex);
    return copy;
}

void job_cancel(struct job *job) {
    struct pool *pool = job->pool;
    atomic_store(&job->cancel, true);
    pthread_mutex_lock(&pool->mutex);
    if (queue_remove(&pool->waiting, job)) {
        end_unrun(pool, job);
    }
    pthread_mutex_unlock(&pool->mutex);
}

size_t pool_collect(struct pool *pool) {
    // In this order: a wake-up between the two is either still readable or, because its job is
    // already in `finished`, seen below. The other way round one could be lost.
    uint64_t count;
    ssize_t n = read(pool->event_fd, &count, sizeof count);
    (void)n;
    atomic_store(&pool->signalled, false);
    size_t n_collected = 0;
    for (;;) {
        pthread_mutex_lock(&pool->mutex);
        struct job *job = queue_take(&pool->finished);
        pthread_mutex_unlock(&pool->mutex);
        if (!job) {
            return n_collected;
        }
        if (job->finish) {
            job->finish(job);
        }
        free(job);
        n_collected++;
        pthread_mutex_lock(&pool->mutex);
        pool->n_active--;
        pthread_mutex_unlock(&pool->mutex);
    }
}

void pool_drain(struct pool *pool) {
    for (;;) {
        pthread_mutex_lock(&pool->mutex);
        while (pool->n_busy && !pool->finished.first) {
            pthread_cond_wait(&pool->ended, &pool->mutex);
        }
        bool idle = !pool->n_busy && !pool->finished.first;
        pthread_mutex_unlock(&pool->mutex);
        if (idle) {
            return;
        }
        pool_collect(pool);
    }
}

size_t pool_n_active(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    size_t n = pool->n_active;
    pthread_mutex_unlock(&pool->mutex);
    return n;
}

void pool_free(struct pool *pool) {
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    for (unsigned i = 0; i < pool->n_started; i++) {
        if (pool->running[i]) {
            atomic_store(&pool->running[i]->cancel, true);
        }
    }
    for (struct job *job; (job = queue_take(&pool->waiting));) {
        end_unrun(pool, job);
    }
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->n_started; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    while (pool_collect(pool)) {
        // finish functions may have submitted more, which ended at once
    }
    close(pool->event_fd);
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

// --- inside a job -----------------------------------------------------------------------------

static int64_t coarse_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Wakes the owner at most once in PROGRESS_EVERY_MS, so that a job may report as often as it likes.
void job_progress(struct job *job, uint64_t done_units, uint64_t all_units) {
    atomic_store(&job->done_units, done_units);
    atomic_store(&job->all_units, all_units);
    int64_t now_ms = coarse_ms();
    int64_t last_ms = atomic_load(&job->pool->progress_at_ms);
    if (now_ms - last_ms >= PROGRESS_EVERY_MS &&
        atomic_compare_exchange_strong(&job->pool->progress_at_ms, &last_ms, now_ms)) {
        wake_owner(job->pool);
    }
}

bool job_cancelled(const struct job *job) {
    return atomic_load(&job->cancel);
}

// --- splitting one computation ----------------------------------------------------------------

struct split {
    void (*fn)(void *arg, size_t i);
    void *arg;
    size_t n;
    atomic_size_t next;
};

static void *run_split(void *arg) {
    struct split *s = arg;
    for (size_t i; (i = atomic_fetch_add(&s->next, 1)) < s->n;) {
        s->fn(s->arg, i);
    }
    return NULL;
}

void parallel_for(unsigned n_threads, size_t n, void (*fn)(void *arg, size_t i), void *arg) {
    struct split s = {.fn = fn, .arg = arg, .n = n};
    pthread_t threads[MAX_THREADS];
    unsigned want = MIN(n_threads, (unsigned)MAX_THREADS);
    unsigned started = 0;
    while (started + 1 < want && started + 1 < n &&
           thread_start(&threads[started], run_split, &s)) {
        started++;
    }
    run_split(&s);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}

unsigned cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    return (unsigned)MAX(CPU_COUNT(&set), 1);
}
