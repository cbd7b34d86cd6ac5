// Stable sorting of (key, id) pairs: least significant digit first, skipping digits that all keys
// share; insertion for short runs; bottom-up merging where only a comparison is known.
#include <string.h>

#include "query/sort_int.h"

enum { DIGITS = 8, BUCKETS = 256, SHORT_RUN = 24 };

static void insertion(struct sort_item *items, size_t n) {
    for (size_t i = 1; i < n; i++) {
        struct sort_item it = items[i];
        size_t at = i;
        while (at > 0 && items[at - 1].key > it.key) {
            items[at] = items[at - 1];
            at--;
        }
        items[at] = it;
    }
}

// Counts of every digit in one pass over the keys; true when they are in order already.
static bool count_digits(const struct sort_item *items, size_t n,
                         uint32_t counts[DIGITS][BUCKETS]) {
    memset(counts, 0, DIGITS * sizeof *counts);
    uint64_t last = items[0].key;
    bool in_order = true;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = items[i].key;
        in_order &= key >= last;
        last = key;
        for (size_t d = 0; d < DIGITS; d++) {
            counts[d][key >> (d * 8) & 0xff]++;
        }
    }
    return in_order;
}

static void scatter(const struct sort_item *from, struct sort_item *to, size_t n, size_t digit,
                    const uint32_t *counts) {
    uint32_t at[BUCKETS];
    uint32_t sum = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        at[b] = sum;
        sum += counts[b];
    }
    for (size_t i = 0; i < n; i++) {
        to[at[from[i].key >> (digit * 8) & 0xff]++] = from[i];
    }
}

void radix_sort(struct sort_item *items, struct sort_item *tmp, size_t n) {
    if (n <= SHORT_RUN) {
        insertion(items, n);
        return;
    }
    uint32_t counts[DIGITS][BUCKETS];
    if (count_digits(items, n, counts)) {
        return;
    }
    struct sort_item *from = items;
    struct sort_item *to = tmp;
    for (size_t d = 0; d < DIGITS; d++) {
        if (counts[d][items[0].key >> (d * 8) & 0xff] == n) {
            continue;
        }
        scatter(from, to, n, d, counts[d]);
        struct sort_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) {
        memcpy(items, from, n * sizeof *items);
    }
}

static void insertion_by(struct sort_item *items, size_t n, const struct id_order *order) {
    for (size_t i = 1; i < n; i++) {
        struct sort_item it = items[i];
        size_t at = i;
        while (at > 0 && order->cmp(order->arg, items[at - 1].id, it.id) > 0) {
            items[at] = items[at - 1];
            at--;
        }
        items[at] = it;
    }
}

static void merge(const struct sort_item *from, struct sort_item *to, size_t mid, size_t n,
                  const struct id_order *order) {
    size_t a = 0;
    size_t b = mid;
    for (size_t i = 0; i < n; i++) {
        if (a < mid && (b == n || order->cmp(order->arg, from[a].id, from[b].id) <= 0)) {
            to[i] = from[a++];
        } else {
            to[i] = from[b++];
        }
    }
}

void merge_sort(struct sort_item *items, struct sort_item *tmp, size_t n,
                const struct id_order *order) {
    enum { RUN = 12 };
    for (size_t i = 0; i < n; i += RUN) {
        insertion_by(items + i, MIN((size_t)RUN, n - i), order);
    }
    struct sort_item *from = items;
    struct sort_item *to = tmp;
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            size_t len = MIN(2 * width, n - i);
            merge(from + i, to + i, MIN(width, len), len, order);
        }
        struct sort_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) {
        memcpy(items, from, n * sizeof *items);
    }
}
