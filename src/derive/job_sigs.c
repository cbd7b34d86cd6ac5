// job_sigs: which signatures each job measured, and which fields these have in common.
//
// Pairs of job and signature become one number each, job above and signature below, so that one
// sort by digits puts them in order. The sets of signatures are few beside the jobs: what a set has
// in common is found once.
#include "base/array.h"
#include "base/map.h"
#include "derive/derive_int.h"
#include "derive/sig_features.h"
#include "schema/perf_jobs.h"

struct pairs {
    struct int_map signatures;
    ARRAY(int64_t) jobs;
    ARRAY(uint32_t) of; // number of the signature, by place in `jobs`
    int64_t last_signature;
    uint32_t last_number;
    int64_t first_job, last_job;
};

static void add_job(void *arg, const struct scan *s, int64_t slot) {
    struct pairs *p = arg;
    if (scan_is_null(s, PJ_JOB_ID, slot)) {
        return; // the job has expired
    }
    const int64_t job = scan_i64(s, PJ_JOB_ID, slot);
    const int64_t signature = scan_i64(s, PJ_SIGNATURE_ID, slot);
    if (!p->jobs.n || signature != p->last_signature) {
        p->last_signature = signature;
        p->last_number = int_map_put(&p->signatures, signature, NULL);
    }
    p->first_job = p->jobs.n ? MIN(p->first_job, job) : job;
    p->last_job = p->jobs.n ? MAX(p->last_job, job) : job;
    array_push(&p->jobs, job);
    array_push(&p->of, p->last_number);
}

// --- order --------------------------------------------------------------------------------------

enum { DIGIT_BITS = 11, N_DIGITS = 1 << DIGIT_BITS };

// By digits from the lowest; `n_bits` are in use. The result is in `a`.
static void sort_keys(uint64_t **a, size_t n, unsigned n_bits) {
    uint64_t *from = *a, *to = xreallocarray(NULL, n + 1, sizeof *to);
    for (unsigned shift = 0; shift < n_bits; shift += DIGIT_BITS) {
        size_t at[N_DIGITS] = {0};
        for (size_t i = 0; i < n; i++) {
            at[from[i] >> shift & (N_DIGITS - 1)]++;
        }
        size_t sum = 0;
        for (size_t k = 0; k < N_DIGITS; k++) {
            const size_t count = at[k];
            at[k] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) {
            to[at[from[i] >> shift & (N_DIGITS - 1)]++] = from[i];
        }
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    free(to);
    *a = from;
}

static unsigned bits_of(uint64_t v) {
    return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

// The pairs in order: ranks of jobs above, ranks of signatures below. Ranks of signatures count in
// ascending order; those of jobs are distances from the first one where these are short enough.
struct order {
    uint64_t *keys; // ascending, distinct
    size_t n;
    unsigned shift; // bits of a signature
    struct ranked *signatures;
    int64_t *jobs; // NULL: distances from `first_job`
    int64_t first_job;
};

// What is asked for with each job stands together.
struct ranked {
    int64_t id;
    uint32_t record; // its number among the signatures of the jobs
    uint32_t set;    // 1 + the set that holds it alone, 0 = not known yet
};

static int64_t *sorted_copy(const int64_t *v, size_t n) {
    int64_t *copy = xreallocarray(NULL, n + 1, sizeof *copy);
    if (n) {
        memcpy(copy, v, n * sizeof *copy);
        qsort(copy, n, sizeof *copy, compare_i64);
    }
    return copy;
}

static uint64_t rank_of(const int64_t *sorted, size_t n, int64_t v) {
    size_t low = 0;
    for (size_t high = n; low < high;) {
        const size_t mid = low + (high - low) / 2;
        if (sorted[mid] < v) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

// Job numbers that lie too far apart are replaced by their ranks among all of them, with repeats.
static uint64_t rank_jobs(struct order *o, const struct pairs *p) {
    const uint64_t span = (uint64_t)p->last_job - (uint64_t)p->first_job;
    o->first_job = p->first_job;
    if (bits_of(span) + o->shift <= 64) {
        return span;
    }
    o->jobs = sorted_copy(p->jobs.ptr, p->jobs.n);
    return p->jobs.n;
}

static void make_keys(struct order *o, const struct pairs *p, const uint32_t *ranks) {
    o->keys = xreallocarray(NULL, p->jobs.n + 1, sizeof *o->keys);
    for (size_t i = 0; i < p->jobs.n; i++) {
        const int64_t job = p->jobs.ptr[i];
        const uint64_t rank =
            o->jobs ? rank_of(o->jobs, p->jobs.n, job) : (uint64_t)job - (uint64_t)o->first_job;
        o->keys[i] = rank << o->shift | ranks[p->of.ptr[i]];
    }
    o->n = p->jobs.n;
}

static uint32_t *rank_signatures(struct order *o, const struct pairs *p) {
    const size_t n = p->signatures.n;
    int64_t *ids = sorted_copy(p->signatures.keys, n);
    uint32_t *ranks = xreallocarray(NULL, n + 1, sizeof *ranks);
    o->signatures = xcalloc(n + 1, sizeof *o->signatures);
    for (size_t i = 0; i < n; i++) {
        ranks[i] = (uint32_t)rank_of(ids, n, p->signatures.keys[i]);
        o->signatures[ranks[i]] = (struct ranked){p->signatures.keys[i], (uint32_t)i, 0};
    }
    free(ids);
    return ranks;
}

static void order_pairs(struct order *o, struct pairs *p) {
    uint32_t *ranks = rank_signatures(o, p);
    o->shift = bits_of(p->signatures.n);
    const uint64_t last = rank_jobs(o, p);
    make_keys(o, p, ranks);
    free(ranks);
    array_done(&p->jobs);
    array_done(&p->of);
    sort_keys(&o->keys, o->n, bits_of(last) + o->shift);
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (n == 0 || o->keys[i] != o->keys[n - 1]) {
            o->keys[n++] = o->keys[i];
        }
    }
    o->n = n;
}

static void order_done(struct order *o) {
    free(o->keys);
    free(o->signatures);
    free(o->jobs);
}

// --- sets of signatures -------------------------------------------------------------------------

struct common {
    struct sig_features features;
    struct text_map sets; // each the bytes of its records
    ARRAY(size_t) ends;   // of the names of each set in `names`
    struct feature_names names;
    ARRAY(uint32_t) records; // of the set that is looked up
    ARRAY(uint32_t) codes;   // 1 + the code of each name in the dictionary, 0 = not known
};

static struct ranked *signature_at(const struct order *o, size_t i) {
    return &o->signatures[o->keys[i] & ((UINT64_C(1) << o->shift) - 1)];
}

static uint32_t find_set(struct common *c, const struct order *o, size_t from, size_t to) {
    array_clear(&c->records);
    for (size_t i = from; i < to; i++) {
        array_push(&c->records, signature_at(o, i)->record);
    }
    bool is_new;
    const struct sv key =
        sv_make((const char *)c->records.ptr, c->records.n * sizeof *c->records.ptr);
    const uint32_t set = text_map_put(&c->sets, key, &is_new);
    if (is_new) {
        sig_features_common(&c->features, c->records.ptr, c->records.n, &c->names);
        array_push(&c->ends, c->names.n);
    }
    return set;
}

// The set of the pairs of one job. Most jobs have one signature, for which nothing is hashed.
static uint32_t set_of(struct common *c, const struct order *o, size_t from, size_t to) {
    if (to - from > 1) {
        return find_set(c, o, from, to);
    }
    struct ranked *one = signature_at(o, from);
    if (!one->set) {
        one->set = find_set(c, o, from, to) + 1;
    }
    return one->set - 1;
}

// --- rows ---------------------------------------------------------------------------------------

static void add_signatures(struct arrow_builder *list, const struct order *o, size_t from,
                           size_t to) {
    struct arrow_builder *item = arrow_child(list, 0);
    arrow_list_begin(list);
    for (size_t i = from; i < to; i++) {
        arrow_add_i64(item, signature_at(o, i)->id);
    }
    arrow_list_end(list);
}

static uint32_t code_of(struct common *c, struct arrow_builder *item, uint32_t name) {
    while (c->codes.n <= name) {
        array_push(&c->codes, 0);
    }
    uint32_t *known = &c->codes.ptr[name];
    if (!*known) {
        *known = arrow_code_of(item, text_map_key(&c->features.names, name)) + 1;
    }
    return *known - 1;
}

static void add_features(struct arrow_builder *list, struct common *c, uint32_t set) {
    struct arrow_builder *item = arrow_child(list, 0);
    arrow_list_begin(list);
    for (size_t i = set ? c->ends.ptr[set - 1] : 0; i < c->ends.ptr[set]; i++) {
        arrow_add_code(item, code_of(c, item, c->names.ptr[i]));
    }
    arrow_list_end(list);
}

static bool write_job(struct derive *d, const struct order *o, size_t from, size_t to,
                      struct common *c, struct err *err) {
    const uint64_t rank = o->keys[from] >> o->shift;
    const int64_t job = o->jobs ? o->jobs[rank] : (int64_t)((uint64_t)o->first_job + rank);
    arrow_add_i64(derive_col(d, 0, JS_JOB_ID), job);
    add_signatures(derive_col(d, 0, JS_SIGNATURE_IDS), o, from, to);
    arrow_add_i64(derive_col(d, 1, JD_JOB_ID), job);
    add_signatures(derive_col(d, 1, JD_SIGNATURE_IDS), o, from, to);
    add_features(derive_col(d, 1, JD_COMMON_SIG_FEATURES), c, set_of(c, o, from, to));
    return arrow_row_end(d->out[0], err) && arrow_row_end(d->out[1], err);
}

enum { TICK_PAIRS = 1 << 16 };

static bool write_jobs(struct derive *d, const struct order *o, struct common *c, struct err *err) {
    bool ok = true;
    size_t next_tick = 0;
    for (size_t i = 0, end; ok && i < o->n; i = end) {
        end = i + 1;
        while (end < o->n && o->keys[end] >> o->shift == o->keys[i] >> o->shift) {
            end++;
        }
        ok = write_job(d, o, i, end, c, err);
        if (ok && i >= next_tick) {
            next_tick = i + TICK_PAIRS;
            ok = derive_tick(d, i, o->n, err);
        }
    }
    return ok;
}

bool derive_job_sigs(struct derive *d, struct err *err) {
    struct pairs p = {0};
    struct order o = {0};
    struct common c = {0};
    bool ok = scan_each(d, &schema_perf_jobs, add_job, &p, err) &&
              sig_features_load(&c.features, d, &p.signatures, err);
    if (ok && p.jobs.n) {
        order_pairs(&o, &p);
        ok = write_jobs(d, &o, &c, err);
    }
    order_done(&o);
    array_done(&p.jobs);
    array_done(&p.of);
    int_map_done(&p.signatures);
    sig_features_done(&c.features);
    text_map_done(&c.sets);
    array_done(&c.ends);
    array_done(&c.names);
    array_done(&c.records);
    array_done(&c.codes);
    return ok;
}
