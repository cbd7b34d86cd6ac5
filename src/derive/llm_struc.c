// llm_struc: the changes of performance bugs as prompts, in order of time.
#include "base/array.h"
#include "base/pool.h"
#include "derive/derive_int.h"
#include "derive/markup.h"

// A row of perf_bugs_with_diff; texts point into the store.
struct change {
    struct opt_i64 date_us;
    int64_t row;
    struct sv revision, message, diff;
    bool regressor;
};

struct changes {
    ARRAY(struct change) all;
};

static void keep_change(void *arg, const struct scan *s, int64_t slot) {
    struct changes *c = arg;
    array_push(&c->all, (struct change){
                            scan_opt(s, PD_LAST_COMMIT_DATE, slot), s->first_row + slot,
                            scan_text(s, PD_REVISION, slot), scan_text(s, PD_COMMIT_MESSAGE, slot),
                            scan_text(s, PD_DIFF, slot), scan_bool(s, PD_REGRESSOR, slot)});
}

// Without a date: last.
static int by_date(const void *a, const void *b) {
    const struct change *x = a, *y = b;
    if (x->date_us.has != y->date_us.has) {
        return x->date_us.has ? -1 : 1;
    }
    if (x->date_us.has && x->date_us.v != y->date_us.v) {
        return x->date_us.v < y->date_us.v ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static void add_prompt(const struct change *c, struct str *out) {
    str_add_cstr(out, "<COMMIT_MESSAGE>\n");
    str_add_sv(out, c->message);
    str_add_cstr(out, "\n</COMMIT_MESSAGE>\n");
    diff_markup(c->diff, out);
}

// Prompts are made a few at a time, in parallel, so that memory stays small; the buffer of a large
// one is not kept, or in the end each of them would have seen a large one.
enum { ROUND_ROWS = 64 };
#define ROUND_BYTES ((size_t)8 << 20)
#define KEEP_BYTES  (ROUND_BYTES / ROUND_ROWS)

struct round {
    const struct change *changes;
    size_t n;
    struct str prompts[ROUND_ROWS];
};

static void make_prompt(void *arg, size_t i) {
    struct round *r = arg;
    str_clear(&r->prompts[i]);
    add_prompt(&r->changes[i], &r->prompts[i]);
}

// How many of `changes` fit into one round; at least one.
static size_t round_size(const struct change *changes, size_t n) {
    size_t n_bytes = 0, i = 0;
    while (i < n && i < ROUND_ROWS && n_bytes < ROUND_BYTES) {
        n_bytes += changes[i++].diff.len;
    }
    return i;
}

static bool write_row(struct derive *d, const struct change *c, struct sv prompt, struct err *err) {
    add_text(derive_col(d, 0, LS_COMMIT_ID), c->revision);
    arrow_add_text(derive_col(d, 0, LS_PROMPT), prompt);
    arrow_add_text(derive_col(d, 0, LS_RESPONSE), c->regressor ? SV("1") : SV("0"));
    arrow_add_i64(derive_col(d, 0, LS_PROMPT_BYTES), (int64_t)prompt.len);
    return arrow_row_end(d->out[0], err);
}

static bool write_rows(struct derive *d, const struct change *changes, size_t n, struct err *err) {
    struct round r = {0};
    bool ok = true;
    for (size_t at = 0; ok && at < n; at += r.n) {
        r.changes = changes + at;
        r.n = round_size(r.changes, n - at);
        parallel_for(cpu_count(), r.n, make_prompt, &r);
        for (size_t i = 0; ok && i < r.n; i++) {
            ok = write_row(d, &r.changes[i], str_sv(&r.prompts[i]), err);
            if (r.prompts[i].len > KEEP_BYTES) {
                str_done(&r.prompts[i]);
            }
        }
        ok = ok && derive_tick(d, at + r.n, n, err);
    }
    for (size_t i = 0; i < ROUND_ROWS; i++) {
        str_done(&r.prompts[i]);
    }
    return ok;
}

bool derive_llm_struc(struct derive *d, struct err *err) {
    struct changes c = {0};
    bool ok = scan_each(d, &schema_perf_bugs_with_diff, keep_change, &c, err);
    if (ok && c.all.n) {
        qsort(c.all.ptr, c.all.n, sizeof *c.all.ptr, by_date);
        ok = write_rows(d, c.all.ptr, c.all.n, err);
    }
    array_done(&c.all);
    return ok;
}
