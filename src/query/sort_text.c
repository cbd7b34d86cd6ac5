// Sorting by text: eight bytes at a time as numbers, deeper only where those are equal.
#include <string.h>

#include "query/sort_int.h"

// Behind this many equal bytes a plain comparison is as good, and the recursion stays shallow
// whatever the data.
enum { MAX_DEPTH = 64 };

uint64_t text_prefix(struct sv text, size_t at) {
    uint64_t raw = 0;
    if (text.len >= at + 8) {
        memcpy(&raw, text.ptr + at, 8);
    } else if (text.len > at) {
        memcpy(&raw, text.ptr + at, text.len - at);
    }
    return __builtin_bswap64(raw);
}

// Compares the digit runs at *i and *j as numbers of any size and moves past them.
static int cmp_digits(struct sv a, struct sv b, size_t *i, size_t *j) {
    while (*i < a.len && a.ptr[*i] == '0') {
        ++*i;
    }
    while (*j < b.len && b.ptr[*j] == '0') {
        ++*j;
    }
    size_t start_a = *i;
    size_t start_b = *j;
    while (*i < a.len && char_is_digit(a.ptr[*i])) {
        ++*i;
    }
    while (*j < b.len && char_is_digit(b.ptr[*j])) {
        ++*j;
    }
    size_t len_a = *i - start_a;
    size_t len_b = *j - start_b;
    if (len_a != len_b) {
        return len_a < len_b ? -1 : 1;
    }
    return len_a ? memcmp(a.ptr + start_a, b.ptr + start_b, len_a) : 0;
}

int text_cmp_natural(struct sv a, struct sv b) {
    size_t i = 0;
    size_t j = 0;
    while (i < a.len && j < b.len) {
        if (char_is_digit(a.ptr[i]) && char_is_digit(b.ptr[j])) {
            int c = cmp_digits(a, b, &i, &j);
            if (c) {
                return c;
            }
        } else if (a.ptr[i] != b.ptr[j]) {
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    if (i < a.len || j < b.len) {
        return i < a.len ? 1 : -1;
    }
    return sv_cmp(a, b);
}

struct text_job {
    const struct text_src *src;
    bool descending;
};

static int cmp_bytes(void *arg, uint32_t a, uint32_t b) {
    const struct text_job *job = arg;
    int c = sv_cmp(job->src->get(job->src->arg, a), job->src->get(job->src->arg, b));
    return job->descending ? -c : c;
}

static int cmp_natural(void *arg, uint32_t a, uint32_t b) {
    const struct text_src *src = arg;
    return text_cmp_natural(src->get(src->arg, a), src->get(src->arg, b));
}

static void sort_level(struct sort_item *items, struct sort_item *tmp, size_t n, size_t depth,
                       struct text_job *job);

// A run of items whose bytes up to depth + 8 are equal (zeros standing in behind the end). Most
// runs are one text many times.
static void sort_run(struct sort_item *items, struct sort_item *tmp, size_t n, size_t depth,
                     struct text_job *job) {
    struct sv first = job->src->get(job->src->arg, items[0].id);
    bool longer = first.len > depth + 8;
    bool same = true;
    for (size_t i = 1; i < n && (same || !longer); i++) {
        struct sv text = job->src->get(job->src->arg, items[i].id);
        longer |= text.len > depth + 8;
        same = same && sv_eq(text, first);
    }
    if (same) {
        return;
    }
    if (longer && depth + 8 < MAX_DEPTH) {
        sort_level(items, tmp, n, depth + 8, job);
    } else {
        merge_sort(items, tmp, n, &(struct id_order){cmp_bytes, job});
    }
}

static void sort_level(struct sort_item *items, struct sort_item *tmp, size_t n, size_t depth,
                       struct text_job *job) {
    for (size_t i = 0; i < n; i++) {
        uint64_t key = text_prefix(job->src->get(job->src->arg, items[i].id), depth);
        items[i].key = job->descending ? ~key : key;
    }
    radix_sort(items, tmp, n);
    for (size_t from = 0; from < n;) {
        size_t to = from + 1;
        while (to < n && items[to].key == items[from].key) {
            to++;
        }
        if (to - from > 1) {
            sort_run(items + from, tmp + from, to - from, depth, job);
        }
        from = to;
    }
}

void text_sort(struct sort_item *items, struct sort_item *tmp, size_t n, const struct text_src *src,
               bool descending) {
    sort_level(items, tmp, n, 0, &(struct text_job){src, descending});
}

void text_order(uint32_t *ids, size_t n, const struct text_src *src, bool natural) {
    struct sort_item *items = xreallocarray(NULL, 2 * n + 1, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct sort_item){0, ids[i]};
    }
    if (natural) {
        struct text_src copy = *src;
        merge_sort(items, items + n, n, &(struct id_order){cmp_natural, &copy});
    } else {
        text_sort(items, items + n, n, src, false);
    }
    for (size_t i = 0; i < n; i++) {
        ids[i] = items[i].id;
    }
    free(items);
}
