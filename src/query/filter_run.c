// Runs a filter over whole tables: batch by batch, each node of the tree as a bitmap of the batch's
// rows, under a mask of the rows that still matter. `and` narrows the mask, `or` takes from it what
// has passed, so that dear tests see few rows. Threads take batches; each batch has words of its
// own, so the result does not depend on who did which.
#include "base/pool.h"
#include "query/filter_int.h"

// Per leaf, made once a run.
struct leaf_state {
    uint8_t **hits; // dictionary column: per segment, whether a code passes; then a 0
    const struct dict_full *dict;
    uint64_t *joined_bits; // join: rows of the other table that pass, in its bitmap layout
    const uint32_t *map;   // join: base row -> row of the other table
};

struct run {
    const struct filter *f;
    struct table *t;
    const uint64_t *mask; // rows asked for; NULL = all
    uint64_t *bits;       // result, n_words of the table
    struct leaf_state *states;
    const struct query_ctl *ctl;
    atomic_size_t next_part;
    atomic_bool cancelled;
};

struct worker {
    struct run *run;
    struct tester tester;
    ARRAY(uint64_t *) spare; // word buffers not in use
    size_t n_words;          // of each
};

// --- buffers ------------------------------------------------------------------------------------

static uint64_t *take_words(struct worker *w) {
    return w->spare.n ? array_pop(&w->spare) : xcalloc(w->n_words + 1, sizeof(uint64_t));
}

static void give_words(struct worker *w, uint64_t *words) {
    array_push(&w->spare, words);
}

static void worker_init(struct worker *w, struct run *run, int64_t max_rows) {
    *w = (struct worker){.run = run, .n_words = bit_words((size_t)max_rows)};
    tester_init(&w->tester, run->f);
}

static void worker_done(struct worker *w) {
    array_foreach (words, &w->spare) {
        free(*words);
    }
    array_done(&w->spare);
    tester_done(&w->tester);
}

// --- leaves -------------------------------------------------------------------------------------

// A range of microseconds in the units of a column. False when nothing is left.
static bool raw_range(const struct arrow_field *field, struct int_range *r) {
    if (field_class(field) != CLASS_TIME) {
        return true;
    }
    int64_t unit = time_unit_us(field);
    if (unit == 0) { // nanoseconds: a microsecond is a thousand of them
        int64_t lo;
        int64_t hi;
        r->lo = __builtin_mul_overflow(r->lo, 1000, &lo) ? (r->lo < 0 ? INT64_MIN : INT64_MAX) : lo;
        bool over =
            __builtin_mul_overflow(r->hi, 1000, &hi) || __builtin_add_overflow(hi, 999, &hi);
        r->hi = over ? (r->hi < 0 ? INT64_MIN : INT64_MAX) : hi;
        return true;
    }
    r->lo = r->lo / unit + (r->lo % unit > 0);
    r->hi = r->hi / unit - (r->hi % unit < 0);
    return r->lo <= r->hi;
}

static bool scan_ints(const struct leaf *leaf, const struct arrow_col *col, size_t n,
                      uint64_t *out) {
    enum value_class class = field_class(col->field);
    if (class != CLASS_INT && class != CLASS_TIME && class != CLASS_BOOL) {
        return false;
    }
    for (size_t i = 0; i < leaf->n_ranges; i++) {
        struct int_range r = leaf->ints[i];
        if (class == CLASS_BOOL) {
            if (r.lo <= 0 && r.hi >= 0) {
                kernel_bool(col, n, false, out);
            }
            if (r.lo <= 1 && r.hi >= 1) {
                kernel_bool(col, n, true, out);
            }
        } else if (raw_range(col->field, &r)) {
            kernel_int_range(col, n, r, out);
        }
    }
    kernel_valid(col, n, out);
    return true;
}

static bool scan_floats(const struct leaf *leaf, const struct arrow_col *col, size_t n,
                        uint64_t *out) {
    if (field_class(col->field) != CLASS_FLOAT) {
        return false;
    }
    for (size_t i = 0; i < leaf->n_ranges; i++) {
        kernel_float_range(col, n, leaf->floats[i], out);
    }
    if (leaf->nan) {
        kernel_nan(col, n, out);
    }
    kernel_valid(col, n, out);
    return true;
}

static bool scan_codes(const struct leaf_state *state, const struct arrow_col *col, size_t segment,
                       size_t n, uint64_t *out) {
    if (col->field->kind != ARROW_DICT || !state->hits) {
        return false;
    }
    if (state->hits[segment]) {
        kernel_codes(col, n, state->hits[segment], state->dict->n_local[segment], out);
        kernel_valid(col, n, out);
    }
    return true;
}

static void scan_cells(struct worker *w, const struct leaf *leaf, const struct arrow_col *col,
                       size_t n, const uint64_t *mask, uint64_t *out) {
    for (size_t i = 0; i < bit_words(n); i++) {
        if (ctl_cancelled(w->run->ctl)) {
            atomic_store(&w->run->cancelled, true);
            return;
        }
        for (uint64_t left = mask[i]; left; left &= left - 1) {
            size_t row = i * 64 + (size_t)__builtin_ctzll(left);
            if (test_cell(&w->tester, leaf, (struct cell){col, (int64_t)row})) {
                bit_set(out, row);
            }
        }
    }
}

// Bits of the rows of one part of the table that holds the leaf's values. `out` is all zero before.
static void scan_leaf(struct worker *w, const struct leaf *leaf, size_t part, const uint64_t *mask,
                      uint64_t *out) {
    const struct table *t = leaf->column.table;
    const struct part *p = &t->parts[part];
    const struct arrow_col *col = part_col(t, part, (size_t)leaf->column.col);
    size_t n = col ? part_rows(p, col) : 0;
    if (!n) {
        return;
    }
    bool text = col->field->kind == ARROW_UTF8 || col->field->kind == ARROW_LARGE_UTF8;
    bool done = false;
    if (leaf->column.subkey.ptr) {
        done = false;
    } else if (leaf->kind == TEST_NOT_NULL && col->field->kind != ARROW_NULL) {
        bits_fill(out, n);
        kernel_valid(col, n, out);
        done = true;
    } else if (leaf->kind == TEST_INT) {
        done = scan_ints(leaf, col, n, out);
    } else if (leaf->kind == TEST_FLOAT) {
        done = scan_floats(leaf, col, n, out);
    } else if (text) {
        if (!text_scan(&w->tester, leaf, col, n, mask, out, w->run->ctl)) {
            atomic_store(&w->run->cancelled, true);
        }
        kernel_valid(col, n, out);
        done = true;
    } else {
        done = scan_codes(&w->run->states[leaf->idx], col, p->segment, n, out);
    }
    if (!done) {
        scan_cells(w, leaf, col, n, mask, out);
    }
}

static void gather_joined(const struct leaf *leaf, const struct leaf_state *state,
                          const struct part *p, const uint64_t *mask, uint64_t *out) {
    const struct table *other = leaf->column.table;
    for (size_t w = 0; w < bit_words((size_t)p->n_rows); w++) {
        for (uint64_t left = mask[w]; left; left &= left - 1) {
            size_t i = w * 64 + (size_t)__builtin_ctzll(left);
            uint32_t row = state->map[p->first_row + (int64_t)i];
            if (row == NO_ROW) {
                continue;
            }
            const struct part *q = &other->parts[table_part(other, row)];
            if (bit_get(state->joined_bits + q->first_word, row - (size_t)q->first_row)) {
                bit_set(out, i);
            }
        }
    }
}

static void eval_leaf(struct worker *w, const struct leaf *leaf, size_t part, const uint64_t *mask,
                      uint64_t *out) {
    const struct part *p = &w->run->t->parts[part];
    size_t n_words = bit_words((size_t)p->n_rows);
    const struct leaf_state *state = &w->run->states[leaf->idx];
    memset(out, 0, n_words * sizeof *out);
    if (!leaf->column.table || leaf->column.col < 0) {
        return;
    }
    if (leaf->column.join) {
        gather_joined(leaf, state, p, mask, out);
        return;
    }
    scan_leaf(w, leaf, part, mask, out);
    for (size_t i = 0; i < n_words; i++) {
        out[i] &= mask[i];
    }
}

// --- the tree -----------------------------------------------------------------------------------

static bool any_bit(const uint64_t *words, size_t n) {
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= words[i];
    }
    return any != 0;
}

static void eval(struct worker *w, const struct node *node, size_t part, const uint64_t *mask,
                 uint64_t *out);

static void eval_and(struct worker *w, const struct node *node, size_t part, const uint64_t *mask,
                     uint64_t *out, size_t n_words) {
    uint64_t *left = take_words(w);
    memcpy(left, mask, n_words * sizeof *left);
    for (size_t i = 0; i < node->n_kids && any_bit(left, n_words); i++) {
        eval(w, node->kids[i], part, left, out);
        memcpy(left, out, n_words * sizeof *left);
    }
    memcpy(out, left, n_words * sizeof *left);
    give_words(w, left);
}

static void eval_or(struct worker *w, const struct node *node, size_t part, const uint64_t *mask,
                    uint64_t *out, size_t n_words) {
    uint64_t *left = take_words(w);
    uint64_t *hits = take_words(w);
    memcpy(left, mask, n_words * sizeof *left);
    memset(out, 0, n_words * sizeof *out);
    for (size_t i = 0; i < node->n_kids && any_bit(left, n_words); i++) {
        eval(w, node->kids[i], part, left, hits);
        for (size_t k = 0; k < n_words; k++) {
            out[k] |= hits[k];
            left[k] &= ~hits[k];
        }
    }
    give_words(w, hits);
    give_words(w, left);
}

// `out` becomes the rows of `mask` that pass.
static void eval(struct worker *w, const struct node *node, size_t part, const uint64_t *mask,
                 uint64_t *out) {
    size_t n_words = bit_words((size_t)w->run->t->parts[part].n_rows);
    switch (node->kind) {
    case NODE_ALL:
        memcpy(out, mask, n_words * sizeof *out);
        return;
    case NODE_LEAF:
        eval_leaf(w, node->leaf, part, mask, out);
        return;
    case NODE_AND:
        eval_and(w, node, part, mask, out, n_words);
        return;
    case NODE_OR:
        eval_or(w, node, part, mask, out, n_words);
        return;
    case NODE_NOT:
        break;
    }
    eval(w, node->kids[0], part, mask, out);
    for (size_t i = 0; i < n_words; i++) {
        out[i] = mask[i] & ~out[i];
    }
}

static void eval_part(struct worker *w, size_t part) {
    struct run *run = w->run;
    const struct part *p = &run->t->parts[part];
    size_t n_words = bit_words((size_t)p->n_rows);
    if (run->mask && !any_bit(run->mask + p->first_word, n_words)) {
        return;
    }
    uint64_t *mask = take_words(w);
    if (run->mask) {
        memcpy(mask, run->mask + p->first_word, n_words * sizeof *mask);
    } else {
        bits_fill(mask, (size_t)p->n_rows);
    }
    eval(w, run->f->root, part, mask, run->bits + p->first_word);
    give_words(w, mask);
}

static void work(void *arg, size_t i) {
    (void)i;
    struct run *run = arg;
    struct worker w;
    worker_init(&w, run, run->t->max_part_rows);
    size_t part;
    while ((part = atomic_fetch_add(&run->next_part, 1)) < run->t->n_parts &&
           !atomic_load(&run->cancelled)) {
        if (ctl_cancelled(run->ctl)) {
            atomic_store(&run->cancelled, true);
            break;
        }
        eval_part(&w, part);
        ctl_done(run->ctl, (uint64_t)run->t->parts[part].n_rows);
    }
    worker_done(&w);
}

// --- before the run -----------------------------------------------------------------------------

// Tests each distinct value once, then spreads the answers over the codes of each segment.
static void prepare_codes(struct run *run, const struct leaf *leaf, struct leaf_state *state) {
    struct table *t = leaf->column.table;
    const struct dict_full *d = dict_get(t, (size_t)leaf->column.col);
    if (!d || leaf->kind == TEST_NOT_NULL || leaf->column.subkey.ptr) {
        return;
    }
    struct tester tester;
    tester_init(&tester, run->f);
    uint8_t *passes = xcalloc(d->pub.n_values + 1, 1);
    for (size_t i = 0; i < d->pub.n_values && !ctl_cancelled(run->ctl); i++) {
        passes[i] = test_text(&tester, leaf, d->values[i]);
    }
    state->dict = d;
    state->hits = xcalloc(t->ds->n_segments + 1, sizeof *state->hits);
    for (size_t s = 0; s < t->ds->n_segments; s++) {
        if (!d->to_unified[s]) {
            continue;
        }
        uint8_t *hits = xcalloc((size_t)d->n_local[s] + 1, 1);
        for (uint32_t i = 0; i < d->n_local[s]; i++) {
            uint32_t code = d->to_unified[s][i];
            hits[i] = code != NO_ROW && passes[code];
        }
        state->hits[s] = hits;
    }
    free(passes);
    tester_done(&tester);
}

struct joined_job {
    struct run *run;
    const struct leaf *leaf;
    struct leaf_state *state;
    const uint64_t *mask; // rows of the other table that anybody is joined to
    atomic_size_t next_part;
};

static void scan_joined(void *arg, size_t i) {
    (void)i;
    struct joined_job *job = arg;
    const struct table *other = job->leaf->column.table;
    struct worker w;
    worker_init(&w, job->run, other->max_part_rows);
    size_t part;
    while ((part = atomic_fetch_add(&job->next_part, 1)) < other->n_parts &&
           !ctl_cancelled(job->run->ctl)) {
        size_t word = other->parts[part].first_word;
        size_t n_words = bit_words((size_t)other->parts[part].n_rows);
        if (any_bit(job->mask + word, n_words)) {
            scan_leaf(&w, job->leaf, part, job->mask + word, job->state->joined_bits + word);
        }
    }
    worker_done(&w);
}

static void set_row(const struct table *t, uint64_t *bits, uint32_t row) {
    const struct part *p = &t->parts[table_part(t, row)];
    bit_set(bits + p->first_word, row - (size_t)p->first_row);
}

static void prepare_join(struct run *run, const struct leaf *leaf, struct leaf_state *state) {
    const struct table *other = leaf->column.table;
    state->map = column_row_map(&leaf->column);
    state->joined_bits = xcalloc(other->n_words + 1, sizeof *state->joined_bits);
    uint64_t *mask = xcalloc(other->n_words + 1, sizeof *mask);
    for (int64_t row = 0; row < run->t->n_rows; row++) {
        if (state->map[row] != NO_ROW) {
            set_row(other, mask, state->map[row]);
        }
    }
    struct joined_job job = {run, leaf, state, mask, 0};
    unsigned n = ctl_threads(run->ctl);
    parallel_for(n, n, scan_joined, &job);
    free(mask);
}

static void prepare(struct run *run, const struct node *node) {
    for (size_t i = 0; i < node->n_kids; i++) {
        prepare(run, node->kids[i]);
    }
    const struct leaf *leaf = node->leaf;
    if (!leaf || !leaf->column.table || leaf->column.col < 0) {
        return;
    }
    prepare_codes(run, leaf, &run->states[leaf->idx]);
    if (leaf->column.join) {
        prepare_join(run, leaf, &run->states[leaf->idx]);
    }
}

// A filter reads the parts of the table that its columns were bound to.
static bool belongs(const struct filter *f, const struct table *t) {
    for (size_t i = 0; i < f->leaves.n; i++) {
        const struct column *c = &f->leaves.ptr[i]->column;
        if (c->table && (c->join ? c->base : c->table) != t) {
            return false;
        }
    }
    return true;
}

static void run_done(struct run *run) {
    for (size_t i = 0; i < run->f->leaves.n; i++) {
        const struct leaf *leaf = run->f->leaves.ptr[i];
        struct leaf_state *state = &run->states[i];
        for (size_t s = 0; state->hits && s < leaf->column.table->ds->n_segments; s++) {
            free(state->hits[s]);
        }
        free(state->hits);
        free(state->joined_bits);
    }
    free(run->states);
    free(run->bits);
}

// --- results ------------------------------------------------------------------------------------

static void collect_all(const struct run *run, struct rows *out) {
    out->n = bits_count(run->bits, run->t->n_words);
    out->idx = xreallocarray(NULL, out->n + 1, sizeof *out->idx);
    size_t n = 0;
    for (size_t i = 0; i < run->t->n_parts; i++) {
        const struct part *p = &run->t->parts[i];
        n += bits_expand(run->bits + p->first_word, bit_words((size_t)p->n_rows),
                         (uint32_t)p->first_row, out->idx + n);
    }
}

static void collect_of(const struct run *run, const struct rows *in, struct rows *out) {
    out->idx = xreallocarray(NULL, in->n + 1, sizeof *out->idx);
    out->n = 0;
    for (size_t i = 0; i < in->n; i++) {
        const struct part *p = &run->t->parts[table_part(run->t, in->idx[i])];
        out->idx[out->n] = in->idx[i];
        out->n += bit_get(run->bits + p->first_word, in->idx[i] - (size_t)p->first_row);
    }
}

bool filter_run(const struct filter *f, struct table *t, const struct rows *in,
                const struct query_ctl *ctl, struct rows *out, struct err *err) {
    *out = (struct rows){0};
    if (!belongs(f, t)) {
        return err_set(err, ERR_USAGE, "the filter was made for another table than %s",
                       t->ds->name);
    }
    struct run run = {.f = f, .t = t, .ctl = ctl};
    uint64_t *mask = in ? xcalloc(t->n_words + 1, sizeof *mask) : NULL;
    for (size_t i = 0; in && i < in->n; i++) {
        set_row(t, mask, in->idx[i]);
    }
    run.mask = mask;
    run.bits = xcalloc(t->n_words + 1, sizeof *run.bits);
    run.states = xcalloc(f->leaves.n + 1, sizeof *run.states);
    prepare(&run, f->root);
    unsigned n = ctl_threads(ctl);
    parallel_for(n, n, work, &run);
    bool ok = !atomic_load(&run.cancelled) && !ctl_cancelled(ctl);
    if (ok && in) {
        collect_of(&run, in, out);
    } else if (ok) {
        collect_all(&run, out);
    }
    run_done(&run);
    free(mask);
    return ok || err_cancelled(err);
}
