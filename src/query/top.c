// The first k rows of a sorted order without sorting the rest: a heap of the k best so far, whose
// worst is on top. Most rows lose to it on the first comparison.
#include "query/sort_int.h"

struct top_item {
    uint64_t key;
    uint32_t pos; // in the row list: equal rows keep their order
    uint8_t place;
};

struct top_job {
    struct key_reader *keys;
    size_t n_keys;
    const uint32_t *rows;
    struct top_item *heap;
    size_t n;
};

static int cmp_items(struct top_job *j, const struct top_item *a, const struct top_item *b) {
    if (a->place != b->place) {
        return a->place < b->place ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    uint32_t row_a = j->rows[a->pos];
    uint32_t row_b = j->rows[b->pos];
    int c = 0;
    if (a->place == PLACE_VALUE && !j->keys[0].exact) {
        c = key_cmp(&j->keys[0], row_a, row_b);
    }
    for (size_t k = 1; k < j->n_keys && c == 0; k++) {
        c = key_cmp_any(&j->keys[k], row_a, row_b);
    }
    return c ? c : a->pos < b->pos ? -1 : a->pos > b->pos;
}

static void swap_items(struct top_item *a, struct top_item *b) {
    struct top_item keep = *a;
    *a = *b;
    *b = keep;
}

static void sift_up(struct top_job *j, size_t at) {
    while (at > 0 && cmp_items(j, &j->heap[at], &j->heap[(at - 1) / 2]) > 0) {
        swap_items(&j->heap[at], &j->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct top_job *j, size_t n) {
    size_t at = 0;
    for (;;) {
        size_t kid = at * 2 + 1;
        if (kid >= n) {
            return;
        }
        if (kid + 1 < n && cmp_items(j, &j->heap[kid + 1], &j->heap[kid]) > 0) {
            kid++;
        }
        if (cmp_items(j, &j->heap[kid], &j->heap[at]) <= 0) {
            return;
        }
        swap_items(&j->heap[at], &j->heap[kid]);
        at = kid;
    }
}

static bool fill_heap(struct top_job *j, size_t n_rows, size_t k, const struct query_ctl *ctl) {
    for (size_t i = 0; i < n_rows; i++) {
        if (i % CTL_STEP == 0 && ctl_cancelled(ctl)) {
            return false;
        }
        struct top_item it = {.pos = (uint32_t)i};
        it.place = (uint8_t)key_read(&j->keys[0], j->rows[i], &it.key);
        if (j->n < k) {
            j->heap[j->n] = it;
            sift_up(j, j->n++);
        } else if (cmp_items(j, &it, &j->heap[0]) < 0) {
            j->heap[0] = it;
            sift_down(j, j->n);
        }
    }
    return true;
}

// Takes the worst off the heap again and again, which leaves the best in front, in order.
static void sort_heap(struct top_job *j) {
    for (size_t n = j->n; n > 1; n--) {
        swap_items(&j->heap[0], &j->heap[n - 1]);
        sift_down(j, n - 1);
    }
}

static void write_back(const struct top_job *j, struct rows *rows) {
    uint32_t *out = xreallocarray(NULL, rows->n, sizeof *out);
    bool *taken = xcalloc(rows->n, sizeof *taken);
    size_t at = 0;
    for (size_t i = 0; i < j->n; i++) {
        taken[j->heap[i].pos] = true;
        out[at++] = rows->idx[j->heap[i].pos];
    }
    for (size_t i = 0; i < rows->n; i++) {
        if (!taken[i]) {
            out[at++] = rows->idx[i];
        }
    }
    free(taken);
    free(rows->idx);
    rows->idx = out;
}

bool rows_top(struct rows *rows, const struct sort_key *keys, size_t n_keys, size_t k,
              const struct query_ctl *ctl, struct err *err) {
    if (!n_keys || !k || rows->n < 2) {
        return true;
    }
    if (k >= rows->n / 4) {
        return rows_sort(rows, keys, n_keys, ctl, err);
    }
    struct top_job j = {.n_keys = n_keys, .rows = rows->idx};
    j.heap = xreallocarray(NULL, k, sizeof *j.heap);
    j.keys = xcalloc(n_keys, sizeof *j.keys);
    for (size_t i = 0; i < n_keys; i++) {
        key_reader_init(&j.keys[i], &keys[i]);
    }
    bool ok = fill_heap(&j, rows->n, k, ctl);
    if (ok) {
        sort_heap(&j);
        write_back(&j, rows);
        ctl_done(ctl, rows->n);
    }
    for (size_t i = 0; i < n_keys; i++) {
        key_reader_done(&j.keys[i]);
    }
    free(j.keys);
    free(j.heap);
    return ok || err_cancelled(err);
}
