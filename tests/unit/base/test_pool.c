// label: threads
#include "base/pool.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/date.h"
#include "unit.h"

// What a job and its finish function leave for the test; `finish` runs on the test's thread.
struct probe {
    atomic_bool go; // holds the job back until the test says so
    atomic_bool started;
    enum job_state ended_as;
    enum err_code code;
    uint64_t sum;
    int n_finished;
    int64_t started_us, ended_us;
    pthread_t ran_on;
};

static void nap(void) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static bool readable(const struct pool *pool, int timeout_ms) {
    struct pollfd p = {.fd = pool_fd(pool), .events = POLLIN};
    return poll(&p, 1, timeout_ms) == 1;
}

static void note_end(struct job *job) {
    struct probe *probe = job->arg;
    probe->ended_as = atomic_load(&job->state);
    probe->code = job->err.code;
    probe->started_us = job->started_us;
    probe->ended_us = job->ended_us;
    probe->n_finished++;
}

static bool add_up(struct job *job, struct err *err) {
    (void)err;
    struct probe *probe = job->arg;
    for (uint64_t i = 1; i <= 1000; i++) {
        probe->sum += i;
        job_progress(job, i, 1000);
    }
    probe->ran_on = pthread_self();
    return true;
}

static bool refuse(struct job *job, struct err *err) {
    (void)job;
    return err_set(err, ERR_FORMAT, "line 3");
}

// Runs until it is cancelled or let go.
static bool hold(struct job *job, struct err *err) {
    struct probe *probe = job->arg;
    atomic_store(&probe->started, true);
    while (!atomic_load(&probe->go)) {
        if (job_cancelled(job)) {
            return err_set(err, ERR_CANCELLED, "stopped");
        }
        nap();
    }
    return true;
}

static struct job *submit(struct pool *pool, bool (*run)(struct job *, struct err *),
                          struct probe *probe) {
    return pool_submit(pool,
                       &(struct job){.name = "test", .run = run, .finish = note_end, .arg = probe});
}

static void wait_started(struct probe *probe) {
    while (!atomic_load(&probe->started)) {
        nap();
    }
}

static void runs_and_reports(void **state) {
    (void)state;
    struct pool *pool = pool_new(2);
    struct probe good = {0};
    struct probe bad = {0};
    assert_int_equal(pool_collect(pool), 0);
    struct job *first = submit(pool, add_up, &good);
    struct job *second = submit(pool, refuse, &bad);
    assert_int_not_equal(first->id, second->id);
    while (pool_n_active(pool)) {
        assert_true(readable(pool, 10000));
        pool_collect(pool);
    }
    assert_int_equal(good.ended_as, JOB_DONE);
    assert_int_equal(good.sum, 500500);
    assert_int_equal(good.n_finished, 1);
    assert_false(pthread_equal(good.ran_on, pthread_self()));
    assert_int_equal(bad.ended_as, JOB_FAILED);
    assert_int_equal(bad.code, ERR_FORMAT);
    assert_int_equal(bad.n_finished, 1);
    pool_collect(pool);
    assert_false(readable(pool, 0));
    pool_free(pool);
}

static bool report_half(struct job *job, struct err *err) {
    job_progress(job, 5, 10);
    return hold(job, err);
}

// The time that a job took is measured, whatever instant the data is looked at from.
static void times_do_not_stand_still(void **state) {
    (void)state;
    clock_fix(42);
    struct pool *pool = pool_new(1);
    struct probe probe = {0};
    const int64_t before_us = clock_monotonic_us();
    assert_non_null(submit(pool, hold, &probe));
    wait_started(&probe);
    nap();
    atomic_store(&probe.go, true);
    pool_drain(pool);
    assert_true(probe.started_us >= before_us);
    assert_true(probe.ended_us - probe.started_us >= 1000);
    assert_true(probe.ended_us <= clock_monotonic_us());
    pool_free(pool);
}

static void progress_wakes_the_owner(void **state) {
    (void)state;
    struct pool *pool = pool_new(1);
    struct probe probe = {0};
    struct job *job = submit(pool, report_half, &probe);
    assert_true(readable(pool, 10000));
    assert_int_equal(atomic_load(&job->done_units), 5);
    assert_int_equal(atomic_load(&job->all_units), 10);
    assert_int_equal(pool_collect(pool), 0);
    assert_false(readable(pool, 0));
    wait_started(&probe);
    assert_int_equal(atomic_load(&job->state), JOB_RUNNING);
    assert_true(job->started_us > 0);
    assert_int_equal(pool_n_active(pool), 1);
    atomic_store(&probe.go, true);
    pool_drain(pool);
    assert_int_equal(probe.ended_as, JOB_DONE);
    assert_int_equal(pool_n_active(pool), 0);
    pool_free(pool);
}

static void cancels_running_and_waiting(void **state) {
    (void)state;
    struct pool *pool = pool_new(1);
    struct probe running = {0};
    struct probe waiting = {0};
    struct probe later = {0};
    struct job *first = submit(pool, hold, &running);
    struct job *second = submit(pool, add_up, &waiting);
    submit(pool, add_up, &later);
    wait_started(&running);
    // A waiting job ends at once, though the only worker is busy.
    job_cancel(second);
    assert_int_equal(pool_collect(pool), 1);
    assert_int_equal(waiting.ended_as, JOB_CANCELLED);
    assert_int_equal(waiting.code, ERR_CANCELLED);
    assert_int_equal(waiting.sum, 0);
    job_cancel(first);
    pool_drain(pool);
    assert_int_equal(running.ended_as, JOB_CANCELLED);
    assert_int_equal(running.n_finished, 1);
    assert_int_equal(later.ended_as, JOB_DONE);
    pool_free(pool);
}

static void free_ends_everything(void **state) {
    (void)state;
    struct pool *pool = pool_new(2);
    struct probe probes[20] = {0};
    for (size_t i = 0; i < COUNTOF(probes); i++) {
        submit(pool, hold, &probes[i]);
    }
    wait_started(&probes[0]);
    pool_free(pool);
    for (size_t i = 0; i < COUNTOF(probes); i++) {
        assert_int_equal(probes[i].n_finished, 1);
        assert_int_equal(probes[i].ended_as, JOB_CANCELLED);
    }
    pool_free(NULL);
}

static void submit_another(struct job *job) {
    note_end(job);
    struct probe *probe = job->arg;
    if (probe->n_finished < 3) {
        (void)!pool_submit(
            job->pool,
            &(struct job){.name = "again", .run = add_up, .finish = submit_another, .arg = probe});
    }
}

static void finish_may_submit(void **state) {
    (void)state;
    struct pool *pool = pool_new(2);
    struct probe probe = {0};
    struct job *job = pool_submit(
        pool,
        &(struct job){.name = "first", .run = add_up, .finish = submit_another, .arg = &probe});
    assert_non_null(job);
    pool_drain(pool);
    assert_int_equal(probe.n_finished, 3);
    assert_int_equal(probe.sum, 3 * 500500);
    // Even while the pool goes away.
    probe = (struct probe){0};
    job = pool_submit(
        pool, &(struct job){.name = "last", .run = hold, .finish = submit_another, .arg = &probe});
    wait_started(&probe);
    pool_free(pool);
    assert_int_equal(probe.n_finished, 3);
    assert_int_equal(probe.ended_as, JOB_CANCELLED);
    assert_int_equal(probe.code, ERR_CANCELLED);
}

static void many_jobs_lose_no_wakeup(void **state) {
    (void)state;
    struct pool *pool = pool_new(3);
    enum { N = 500 };
    static struct probe probes[N];
    size_t n_collected = 0;
    for (size_t i = 0; i < N; i++) {
        submit(pool, i % 3 ? add_up : refuse, &probes[i]);
        n_collected += pool_collect(pool);
    }
    while (n_collected < N) {
        if (!readable(pool, 10000)) {
            fail_msg("no wake-up after %zu jobs", n_collected);
        }
        n_collected += pool_collect(pool);
    }
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(probes[i].n_finished, 1);
        assert_int_equal(probes[i].ended_as, i % 3 ? JOB_DONE : JOB_FAILED);
    }
    pool_free(pool);
}

static bool look_at_mask(struct job *job, struct err *err) {
    (void)err;
    struct probe *probe = job->arg;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    bool others_blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGWINCH) == 1;
    bool own_open = sigismember(&mask, SIGBUS) == 0 && sigismember(&mask, SIGSEGV) == 0;
    probe->sum = others_blocked && own_open;
    return true;
}

static void workers_take_no_signals(void **state) {
    (void)state;
    struct pool *pool = pool_new(1);
    struct probe probe = {0};
    submit(pool, look_at_mask, &probe);
    pool_drain(pool);
    assert_int_equal(probe.sum, 1);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
    pool_free(pool);
}

struct squares {
    uint64_t out[1000];
    atomic_int n_calls;
};

static void square(void *arg, size_t i) {
    struct squares *s = arg;
    s->out[i] = (uint64_t)i * i;
    atomic_fetch_add(&s->n_calls, 1);
}

static void splits_one_computation(void **state) {
    (void)state;
    static const unsigned n_threads[] = {0, 1, 2, 7, 500};
    for (size_t t = 0; t < COUNTOF(n_threads); t++) {
        struct squares s = {0};
        parallel_for(n_threads[t], COUNTOF(s.out), square, &s);
        for (size_t i = 0; i < COUNTOF(s.out); i++) {
            assert_int_equal(s.out[i], i * i);
        }
        assert_int_equal(atomic_load(&s.n_calls), COUNTOF(s.out));
    }
    struct squares s = {0};
    parallel_for(4, 0, square, &s);
    assert_int_equal(atomic_load(&s.n_calls), 0);
    assert_true(cpu_count() >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_and_reports),         cmocka_unit_test(times_do_not_stand_still),
        cmocka_unit_test(progress_wakes_the_owner), cmocka_unit_test(cancels_running_and_waiting),
        cmocka_unit_test(free_ends_everything),     cmocka_unit_test(finish_may_submit),
        cmocka_unit_test(many_jobs_lose_no_wakeup), cmocka_unit_test(workers_take_no_signals),
        cmocka_unit_test(splits_one_computation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
