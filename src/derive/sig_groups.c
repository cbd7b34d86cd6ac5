// sig_groups: signatures that exactly the same jobs measure, put together.
//
// Each signature gets the list of its jobs (numbers of rows, ascending), all in one array. Lists of
// equal length and equal 128-bit hash are compared with the first one of their group, so that a
// collision makes a group of its own and never a wrong one.
#include "base/array.h"
#include "base/map.h"
#include "derive/derive_int.h"
#include "schema/perf_jobs.h"

struct signature {
    int64_t id;
    size_t first; // of its jobs
    uint32_t n_jobs;
    uint32_t last_job; // 1 + the row that was counted last: a job may name a signature twice
    uint64_t hash[2];
    uint32_t group;
};

struct group {
    uint32_t leader; // a signature
    uint32_t n;
    int64_t least; // id of the smallest member
    size_t first;  // of its members, in the order of output
};

struct grouping {
    struct int_map ids;
    ARRAY(struct signature) signatures;
    struct int_map jobs;      // only where jobs do not ascend
    ARRAY(uint32_t) last_row; // of each job in `jobs`
    uint32_t *lists;          // jobs of all signatures; NULL in the first pass
    ARRAY(struct group) groups;
    struct text_map by_hash; // number of jobs, hash and number of collisions -> group
};

// --- repeated jobs ------------------------------------------------------------------------------

struct ascent {
    int64_t last;
    bool broken, any;
};

static void look_at_job(void *arg, const struct scan *s, int64_t slot) {
    struct ascent *a = arg;
    const int64_t job = scan_i64(s, JD_JOB_ID, slot);
    a->broken = a->broken || (a->any && job <= a->last);
    a->any = true;
    a->last = job;
}

static void note_row(void *arg, const struct scan *s, int64_t slot) {
    struct grouping *g = arg;
    bool is_new;
    const uint32_t idx = int_map_put(&g->jobs, scan_i64(s, JD_JOB_ID, slot), &is_new);
    const uint32_t row = (uint32_t)(s->first_row + slot);
    if (is_new) {
        array_push(&g->last_row, row);
    }
    g->last_row.ptr[idx] = row;
}

// Where jobs are not distinct and ascending, the last row of each job counts.
static bool find_repeats(struct derive *d, struct grouping *g, struct err *err) {
    struct ascent a = {0};
    return scan_each(d, &schema_job_sigs_detailed, look_at_job, &a, err) &&
           (!a.broken || scan_each(d, &schema_job_sigs_detailed, note_row, g, err));
}

static bool is_replaced(const struct grouping *g, int64_t job, uint32_t row) {
    return g->last_row.n && g->last_row.ptr[int_map_get(&g->jobs, job)] != row;
}

// --- lists of jobs ------------------------------------------------------------------------------

static struct signature *signature_of(struct grouping *g, int64_t id) {
    bool is_new;
    const uint32_t idx = int_map_put(&g->ids, id, &is_new);
    if (is_new) {
        array_push(&g->signatures, (struct signature){.id = id});
    }
    return &g->signatures.ptr[idx];
}

static void add_job(void *arg, const struct scan *s, int64_t slot) {
    struct grouping *g = arg;
    const uint32_t row = (uint32_t)(s->first_row + slot);
    int64_t from, to;
    const struct arrow_col *items = scan_list(s, JD_SIGNATURE_IDS, slot, &from, &to);
    if (is_replaced(g, scan_i64(s, JD_JOB_ID, slot), row)) {
        return;
    }
    for (; from < to; from++) {
        if (arrow_is_null(items, from)) {
            continue;
        }
        struct signature *sig = signature_of(g, arrow_get_i64(items, from));
        if (sig->last_job == row + 1) {
            continue;
        }
        sig->last_job = row + 1;
        if (g->lists) {
            g->lists[sig->first + sig->n_jobs] = row;
            sig->hash[0] += hash_u64(row);
            sig->hash[1] = hash_u64(sig->hash[1] ^ row);
        }
        sig->n_jobs++;
    }
}

static size_t lay_out(struct grouping *g) {
    size_t n = 0;
    array_foreach (sig, &g->signatures) {
        sig->first = n;
        n += sig->n_jobs;
        sig->n_jobs = 0;
        sig->last_job = 0;
    }
    return n;
}

// --- groups -------------------------------------------------------------------------------------

static bool same_jobs(const struct grouping *g, const struct signature *a,
                      const struct signature *b) {
    return a->n_jobs == b->n_jobs &&
           memcmp(g->lists + a->first, g->lists + b->first, a->n_jobs * sizeof *g->lists) == 0;
}

static void join_group(struct grouping *g, uint32_t idx) {
    struct signature *sig = &g->signatures.ptr[idx];
    uint64_t key[4] = {sig->n_jobs, sig->hash[0], sig->hash[1], 0};
    for (;; key[3]++) {
        bool is_new;
        const struct sv bytes = sv_make((const char *)key, sizeof key);
        const uint32_t found = text_map_put(&g->by_hash, bytes, &is_new);
        if (is_new) {
            array_push(&g->groups, (struct group){.leader = idx, .least = sig->id});
        }
        struct group *group = &g->groups.ptr[found];
        if (is_new || same_jobs(g, sig, &g->signatures.ptr[group->leader])) {
            sig->group = found;
            group->n++;
            group->least = MIN(group->least, sig->id);
            return;
        }
    }
}

static int by_size(const void *a, const void *b) {
    const struct group *x = a, *y = b;
    if (x->n != y->n) {
        return x->n > y->n ? -1 : 1;
    }
    return (x->least > y->least) - (x->least < y->least);
}

// Members of all groups, group after group in the order of `groups`, which is by size afterwards.
static int64_t *list_members(struct grouping *g) {
    int64_t *members = xreallocarray(NULL, g->signatures.n + 1, sizeof *members);
    size_t *next = xreallocarray(NULL, g->groups.n + 1, sizeof *next);
    size_t n = 0;
    for (size_t i = 0; i < g->groups.n; i++) {
        next[i] = g->groups.ptr[i].first = n;
        n += g->groups.ptr[i].n;
    }
    array_foreach (sig, &g->signatures) {
        members[next[sig->group]++] = sig->id;
    }
    free(next);
    array_foreach (group, &g->groups) {
        qsort(members + group->first, group->n, sizeof *members, compare_i64);
    }
    if (g->groups.n) {
        qsort(g->groups.ptr, g->groups.n, sizeof *g->groups.ptr, by_size);
    }
    return members;
}

static bool write_group(struct derive *d, int64_t number, const int64_t *members, uint32_t n,
                        struct err *err) {
    char key[33];
    sig_group_content_key(members, n, key);
    arrow_add_i64(derive_col(d, 0, GR_GROUP_ID), number);
    struct arrow_builder *list = derive_col(d, 0, GR_SIGNATURES);
    arrow_list_begin(list);
    for (uint32_t i = 0; i < n; i++) {
        arrow_add_i64(arrow_child(list, 0), members[i]);
    }
    arrow_list_end(list);
    arrow_add_i64(derive_col(d, 0, GR_N_SIGNATURES), n);
    arrow_add_text(derive_col(d, 0, GR_CONTENT_KEY), sv_cstr(key));
    return arrow_row_end(d->out[0], err);
}

static bool make_groups(struct derive *d, struct grouping *g, struct err *err) {
    for (size_t i = 0; i < g->signatures.n; i++) {
        join_group(g, (uint32_t)i);
    }
    int64_t *members = list_members(g);
    bool ok = true;
    for (size_t i = 0; ok && i < g->groups.n; i++) {
        const struct group *group = &g->groups.ptr[i];
        ok = write_group(d, (int64_t)i, members + group->first, group->n, err);
    }
    free(members);
    return ok;
}

bool derive_sig_groups(struct derive *d, struct err *err) {
    struct grouping g = {0};
    bool ok = find_repeats(d, &g, err) && scan_each(d, &schema_job_sigs_detailed, add_job, &g, err);
    if (ok) {
        g.lists = xreallocarray(NULL, lay_out(&g) + 1, sizeof *g.lists);
        ok = scan_each(d, &schema_job_sigs_detailed, add_job, &g, err) && make_groups(d, &g, err);
    }
    int_map_done(&g.ids);
    int_map_done(&g.jobs);
    text_map_done(&g.by_hash);
    array_done(&g.signatures);
    array_done(&g.last_row);
    array_done(&g.groups);
    free(g.lists);
    return ok;
}
