// Sorting row lists: one stable pass per key, from the last key to the first. A pass sorts the rows
// that have a value; NaN and null keep their order behind them.
#include "query/sort_int.h"

struct pass {
    struct key_reader reader;
    const uint32_t *rows;
    struct sort_item *items, *tmp;
    size_t n_items;
    uint32_t *behind; // ids of NaN from the front, of null from the back
    size_t n_nan, n_null;
    // Values under a key of open-ended data, copied out once.
    struct sv *texts;
    struct arena arena;
};

static struct sv text_of_row(const void *arg, uint32_t id) {
    // The reader only remembers which batch it stands in.
    struct pass *p = (struct pass *)(uintptr_t)arg;
    struct cell c = reader_cell(&p->reader.reader, p->rows[id]);
    return arrow_get_text(c.col, c.slot);
}

static struct sv text_of_copy(const void *arg, uint32_t id) {
    const struct pass *p = arg;
    return p->texts[id];
}

static int cmp_ids(void *arg, uint32_t a, uint32_t b) {
    struct pass *p = arg;
    return key_cmp(&p->reader, p->rows[a], p->rows[b]);
}

static int cmp_copies(void *arg, uint32_t a, uint32_t b) {
    const struct pass *p = arg;
    int c = text_cmp_natural(p->texts[a], p->texts[b]);
    return p->reader.key->descending ? -c : c;
}

static bool fill(struct pass *p, size_t n, const struct query_ctl *ctl) {
    for (size_t i = 0; i < n; i++) {
        if (i % CTL_STEP == 0 && ctl_cancelled(ctl)) {
            return false;
        }
        uint64_t key;
        switch (key_read(&p->reader, p->rows[i], &key)) {
        case PLACE_VALUE:
            p->items[p->n_items++] = (struct sort_item){key, (uint32_t)i};
            break;
        case PLACE_NAN:
            p->behind[p->n_nan++] = (uint32_t)i;
            break;
        case PLACE_NULL:
            p->behind[n - ++p->n_null] = (uint32_t)i;
            break;
        }
    }
    return true;
}

static void copy_texts(struct pass *p, size_t n) {
    p->texts = xcalloc(n + 1, sizeof *p->texts);
    for (size_t i = 0; i < p->n_items; i++) {
        uint32_t id = p->items[i].id;
        struct sv text = SV_NULL;
        (void)cell_subkey(reader_cell(&p->reader.reader, p->rows[id]), p->reader.key->column.subkey,
                          &p->reader.a, &text);
        p->texts[id] = arena_sv(&p->arena, text);
    }
}

static void order_items(struct pass *p, size_t n) {
    bool natural = p->reader.key->natural;
    bool descending = p->reader.key->descending;
    switch (p->reader.kind) {
    case KEY_I64:
    case KEY_F64:
    case KEY_RANK:
        radix_sort(p->items, p->tmp, p->n_items);
        return;
    case KEY_SUBKEY:
        copy_texts(p, n);
        if (natural) {
            merge_sort(p->items, p->tmp, p->n_items, &(struct id_order){cmp_copies, p});
        } else {
            text_sort(p->items, p->tmp, p->n_items, &(struct text_src){text_of_copy, p},
                      descending);
        }
        return;
    case KEY_TEXT:
        if (!natural) {
            text_sort(p->items, p->tmp, p->n_items, &(struct text_src){text_of_row, p}, descending);
            return;
        }
        break;
    case KEY_CELL:
        break;
    }
    merge_sort(p->items, p->tmp, p->n_items, &(struct id_order){cmp_ids, p});
}

static void write_back(const struct pass *p, struct rows *rows) {
    uint32_t *sorted = xreallocarray(NULL, rows->n + 1, sizeof *sorted);
    size_t at = 0;
    for (size_t i = 0; i < p->n_items; i++) {
        sorted[at++] = rows->idx[p->items[i].id];
    }
    for (size_t i = 0; i < p->n_nan; i++) {
        sorted[at++] = rows->idx[p->behind[i]];
    }
    for (size_t i = 0; i < p->n_null; i++) {
        sorted[at++] = rows->idx[p->behind[rows->n - 1 - i]];
    }
    free(rows->idx);
    rows->idx = sorted;
}

static bool sort_pass(struct rows *rows, const struct sort_key *key, struct pass *p,
                      const struct query_ctl *ctl) {
    key_reader_init(&p->reader, key);
    p->rows = rows->idx;
    p->n_items = p->n_nan = p->n_null = 0;
    bool ok = fill(p, rows->n, ctl);
    if (ok) {
        order_items(p, rows->n);
        write_back(p, rows);
    }
    key_reader_done(&p->reader);
    free(p->texts);
    p->texts = NULL;
    arena_done(&p->arena);
    return ok;
}

bool rows_sort(struct rows *rows, const struct sort_key *keys, size_t n_keys,
               const struct query_ctl *ctl, struct err *err) {
    struct pass p = {0};
    if (!n_keys || rows->n < 2) {
        return true;
    }
    p.items = xreallocarray(NULL, rows->n, sizeof *p.items);
    p.tmp = xreallocarray(NULL, rows->n, sizeof *p.tmp);
    p.behind = xreallocarray(NULL, rows->n, sizeof *p.behind);
    bool ok = true;
    for (size_t k = n_keys; ok && k > 0; k--) {
        ok = sort_pass(rows, &keys[k - 1], &p, ctl) && !ctl_cancelled(ctl);
        ctl_done(ctl, rows->n);
    }
    free(p.items);
    free(p.tmp);
    free(p.behind);
    return ok || err_cancelled(err);
}
