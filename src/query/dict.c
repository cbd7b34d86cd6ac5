// Unified dictionaries: every distinct value of a column once, whatever the number of segments.
#include "base/map.h"
#include "query/query_int.h"
#include "query/sort_int.h"

static struct sv value_at(const void *arg, uint32_t id) {
    const struct sv *values = arg;
    return values[id];
}

// Bytewise order of the values; they are distinct.
static void make_ranks(struct dict_full *d) {
    size_t n = d->pub.n_values;
    d->rank = xcalloc(n + 1, sizeof *d->rank);
    d->order = xcalloc(n + 1, sizeof *d->order);
    for (size_t i = 0; i < n; i++) {
        d->order[i] = (uint32_t)i;
    }
    text_order(d->order, n, &(struct text_src){value_at, d->values}, false);
    for (size_t i = 0; i < n; i++) {
        d->rank[d->order[i]] = (uint32_t)i;
    }
}

struct dict_maker {
    struct dict_full *d;
    struct text_map map;
    size_t cap;
};

static uint32_t add_value(struct dict_maker *m, struct sv text) {
    bool is_new;
    uint32_t code = text_map_put(&m->map, text, &is_new);
    if (is_new) {
        if (code >= m->cap) {
            m->cap = m->cap ? m->cap * 2 : 256;
            m->d->values = xreallocarray(m->d->values, m->cap, sizeof *m->d->values);
        }
        m->d->values[code] = text;
    }
    return code;
}

static void add_segment(struct dict_maker *m, struct table *t, size_t segment, size_t col) {
    struct arrow_file *file = t->ds->segments[segment].arrow;
    int seg_col = t->seg_cols[segment * t->n_columns + col];
    if (seg_col < 0) {
        return; // all null there
    }
    const struct arrow_field *field = &arrow_schema(file)->fields[seg_col];
    if (field->kind != ARROW_DICT) {
        m->d->mixed = true;
        return;
    }
    const struct arrow_dict *dict = arrow_dict_by_id(file, field->dict_id, NULL);
    if (!dict) {
        return;
    }
    uint32_t *codes = xcalloc((size_t)dict->n_values + 1, sizeof *codes);
    for (uint32_t i = 0; i < dict->n_values; i++) {
        struct sv text = arrow_dict_value(dict, i);
        codes[i] = text.ptr ? add_value(m, text) : NO_ROW;
    }
    m->d->to_unified[segment] = codes;
    m->d->n_local[segment] = dict->n_values;
}

static struct dict_full *make(struct table *t, size_t col) {
    size_t n_segments = t->ds->n_segments;
    struct dict_full *d = xcalloc(1, sizeof *d);
    d->to_unified = xcalloc(n_segments + 1, sizeof *d->to_unified);
    d->n_local = xcalloc(n_segments + 1, sizeof *d->n_local);
    struct dict_maker m = {.d = d};
    for (size_t i = 0; i < n_segments; i++) {
        add_segment(&m, t, i, col);
    }
    d->pub.n_values = m.map.n;
    text_map_done(&m.map);
    make_ranks(d);
    d->pub.values = d->values;
    d->pub.to_unified = (const uint32_t *const *)d->to_unified;
    d->pub.rank = d->rank;
    d->n_segments = n_segments;
    return d;
}

void dict_free(struct dict_full *d) {
    if (!d) {
        return;
    }
    for (size_t i = 0; i < d->n_segments; i++) {
        free(d->to_unified[i]);
    }
    free(d->to_unified);
    free(d->n_local);
    free(d->order);
    free(d->rank);
    free(d->values);
    free(d);
}

const struct dict_full *dict_get(struct table *t, size_t col) {
    if (col >= t->n_columns || t->schema->fields[col].kind != ARROW_DICT) {
        return NULL;
    }
    struct dict_full *d = atomic_load_explicit(&t->dicts[col], memory_order_acquire);
    if (d) {
        return d;
    }
    // Made outside the mutex, which would keep others from the table meanwhile; of two threads that
    // meet here one throws its work away.
    struct dict_full *made = make(t, col);
    if (atomic_compare_exchange_strong(&t->dicts[col], &d, made)) {
        return made;
    }
    dict_free(made);
    return d;
}

const struct unified_dict *table_dict(struct table *t, size_t col) {
    const struct dict_full *d = dict_get(t, col);
    return d ? &d->pub : NULL;
}

uint32_t dict_find(const struct dict_full *d, struct sv text) {
    size_t lo = 0;
    size_t hi = d->pub.n_values;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = sv_cmp(d->values[d->order[mid]], text);
        if (c == 0) {
            return d->order[mid];
        }
        if (c < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NO_ROW;
}
