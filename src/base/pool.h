// The job pool: a few worker threads, one queue in, one queue of finished jobs out.
//
// The UI thread submits jobs and collects finished ones; an eventfd becomes readable when there is
// something to collect or new progress to show. A job looks at `cancel` every few thousand rows.
// All functions but job_progress(), job_cancelled() are for the owner (UI) thread.
#ifndef CULPRIT_BASE_POOL_H
#define CULPRIT_BASE_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"

struct pool;

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

struct job {
    const char *name; // static or owned by `arg`
    // Runs on a worker. False with `err` set = failed.
    bool (*run)(struct job *job, struct err *err);
    // Runs on the owner thread, once, from pool_collect(), whatever the outcome; frees `arg`.
    void (*finish)(struct job *job);
    void *arg;

    // Set by the pool.
    struct pool *pool;
    uint64_t id;
    _Atomic enum job_state state;
    atomic_bool cancel;
    _Atomic uint64_t done_units, all_units; // progress; all_units 0 = unknown
    int64_t started_us, ended_us;           // of clock_monotonic_us(); `started_us` 0 = never ran
    struct err err;
    struct job *next;
};

// `n_threads` >= 1. Signals are blocked in the workers.
struct pool *pool_new(unsigned n_threads) MUST_USE;
// Cancels everything, waits for the workers, calls the remaining finish functions.
void pool_free(struct pool *pool);
// Readable when pool_collect() has work.
int pool_fd(const struct pool *pool);
// The job is copied; the returned pointer stays valid until its finish function has returned.
struct job *pool_submit(struct pool *pool, const struct job *job) MUST_USE;
void job_cancel(struct job *job);
// Calls finish for every ended job; returns how many.
size_t pool_collect(struct pool *pool);
// Blocks until nothing is waiting or running, collecting as it goes; for scripts and tests.
void pool_drain(struct pool *pool);
// Submitted and not yet collected.
size_t pool_n_active(struct pool *pool);

// For the running job, on its worker.
void job_progress(struct job *job, uint64_t done_units, uint64_t all_units);
bool job_cancelled(const struct job *job);

// Runs fn(arg, i) for i in 0..n-1 on up to `n_threads` threads, the caller's among them. For
// splitting one computation; returns when all are done.
void parallel_for(unsigned n_threads, size_t n, void (*fn)(void *arg, size_t i), void *arg);
unsigned cpu_count(void);

// A thread outside the pool, to be joined by the caller. Signals are blocked in it. False when the
// system gives no thread.
bool thread_start(pthread_t *thread, void *(*fn)(void *), void *arg) MUST_USE;

#endif
