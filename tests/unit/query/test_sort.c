// label: threads
#include "query/fixture.h"

#include "query/sort_int.h"

// --- a comparison that knows nothing of radix, ranks and prefixes
// ---------------------------------

static int cmp_num(double a, double b) {
    return (a > b) - (a < b);
}

static int cmp_bytes(const char *a, const char *b) {
    return strcmp(a, b); // the names hold no NUL; strcmp compares as unsigned bytes
}

static int natural(const char *a, const char *b) {
    const char *x = a;
    const char *y = b;
    while (*x && *y) {
        if (*x >= '0' && *x <= '9' && *y >= '0' && *y <= '9') {
            unsigned long long u = strtoull(x, (char **)(uintptr_t)&x, 10);
            unsigned long long v = strtoull(y, (char **)(uintptr_t)&y, 10);
            if (u != v) {
                return u < v ? -1 : 1;
            }
        } else if (*x != *y) {
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        } else {
            x++;
            y++;
        }
    }
    return *x || *y ? (*x ? 1 : -1) : cmp_bytes(a, b);
}

static int cmp_items(const struct model *a, const struct model *b) {
    size_t n = MIN(a->n_items, b->n_items);
    for (size_t i = 0; i < n; i++) {
        int c = cmp_bytes(a->items[i], b->items[i]);
        if (c) {
            return c;
        }
    }
    return (a->n_items > b->n_items) - (a->n_items < b->n_items);
}

// 0 = a value, 1 = NaN, 2 = null.
static int place(const struct model *m, const char *column) {
    switch (column[0]) {
    case 'n':
        return column[1] ? m->no_name * 2 : m->no_n * 2;
    case 'f':
        return m->no_f ? 2 : isnan(m->f) ? 1 : 0;
    case 'b':
        return column[1] == 'i' ? m->no_name * 2 : m->no_b * 2;
    case 't':
        return column[1] ? m->no_tag * 2 : m->no_t * 2;
    case 'i':
        return m->no_items * 2;
    case 'l':
        return m->no_late * 2;
    case 'p':
        return m->no_tag * 2;
    default:
        return 0;
    }
}

static int compare(const struct model *a, const struct model *b, const struct sort_key *key) {
    const char *column = key->column.name.ptr;
    int place_a = place(a, column);
    int place_b = place(b, column);
    if (place_a || place_b) {
        return place_a - place_b;
    }
    int c = 0;
    switch (column[0]) {
    case 'n':
        c = !column[1]     ? cmp_num((double)a->n, (double)b->n)
            : key->natural ? natural(a->name, b->name)
                           : cmp_bytes(a->name, b->name);
        break;
    case 'b':
        c = column[1] == 'i' ? cmp_bytes(a->name, b->name) : a->b - b->b;
        break;
    case 'f':
        c = cmp_num(a->f, b->f);
        break;
    case 'g':
        c = cmp_num((double)a->g, (double)b->g);
        break;
    case 't':
        c = !column[1]     ? cmp_num((double)a->t, (double)b->t)
            : key->natural ? natural(a->tag, b->tag)
                           : cmp_bytes(a->tag, b->tag);
        break;
    case 'p':
        c = key->natural ? natural(a->tag, b->tag) : cmp_bytes(a->tag, b->tag);
        break;
    case 'u':
        c = cmp_num(a->u, b->u);
        break;
    case 'i':
        c = cmp_items(a, b);
        break;
    case 'l':
        c = cmp_num((double)a->late, (double)b->late);
        break;
    default:
        fail_msg("no comparison for %s", column);
    }
    return key->descending ? -c : c;
}

static int compare_rows(const struct fixture *fx, const struct sort_key *keys, size_t n_keys,
                        uint32_t a, uint32_t b) {
    int c = 0;
    for (size_t k = 0; k < n_keys && c == 0; k++) {
        c = compare(&fx->rows[a], &fx->rows[b], &keys[k]);
    }
    return c;
}

// The only order that is sorted and stable: neighbours ascend, equal ones by their old place.
static void assert_sorted(const struct fixture *fx, const struct rows *rows,
                          const struct sort_key *keys, size_t n_keys, const char *what) {
    assert_int_equal(rows->n, fx->n);
    bool *seen = xcalloc(fx->n, sizeof *seen);
    for (size_t i = 0; i < rows->n; i++) {
        assert_false(seen[rows->idx[i]]);
        seen[rows->idx[i]] = true;
        int c = i ? compare_rows(fx, keys, n_keys, rows->idx[i - 1], rows->idx[i]) : -1;
        if (c > 0 || (c == 0 && rows->idx[i - 1] > rows->idx[i])) {
            fail_msg("%s: rows %u and %u at %zu", what, rows->idx[i - 1], rows->idx[i], i);
        }
    }
    free(seen);
}

// --- keys
// -----------------------------------------------------------------------------------------

static size_t parse_keys(struct fixture *fx, const char *text, struct sort_key *keys) {
    struct err err = ERR_INIT;
    size_t n = 0;
    struct sv left = sv_cstr(text);
    struct sv part;
    while (sv_split(&left, ',', &part)) {
        struct sort_key *k = &keys[n++];
        *k = (struct sort_key){.descending = part.ptr[0] == '-'};
        part = sv_from(part, k->descending);
        k->natural = part.ptr[0] == '#';
        part = sv_from(part, k->natural);
        must(column_find(fx->table, part, &k->column, &err), &err);
    }
    return n;
}

static const char *const orders[] = {
    "n",
    "-n",
    "f",
    "-f",
    "g",
    "-g",
    "b",
    "-b",
    "t",
    "-t",
    "u",
    "-u",
    "name",
    "-name",
    "#name",
    "-#name",
    "big",
    "-big",
    "tag",
    "-tag",
    "#tag",
    "-#tag",
    "items",
    "-items",
    "late",
    "-late",
    "params.os",
    "-params.os",
    "#params.os",
    "tag,n",
    "-tag,-f,name",
    "b,-#name,t",
    "f,-u",
    "b,items,-g",
    "late,tag,-n",
};

static void sorts(struct fixture *fx, const char *text) {
    struct err err = ERR_INIT;
    struct sort_key keys[4];
    struct rows rows;
    size_t n = parse_keys(fx, text, keys);
    rows_all(&rows, (int64_t)fx->n);
    must(rows_sort(&rows, keys, n, NULL, &err), &err);
    assert_sorted(fx, &rows, keys, n, text);
    rows_done(&rows);
}

static void equals_naive_order(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 4000, 3, 1234);
    for (size_t i = 0; i < COUNTOF(orders); i++) {
        sorts(&fx, orders[i]);
    }
    fixture_done(&fx);
}

static void one_segment(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 777, 1, 4321);
    for (size_t i = 0; i < COUNTOF(orders); i++) {
        sorts(&fx, orders[i]);
    }
    fixture_done(&fx);
}

static void many_batches(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 150000, 2, 777);
    sorts(&fx, "-n");
    sorts(&fx, "f,-u");
    sorts(&fx, "-name");
    sorts(&fx, "tag,#name");
    fixture_done(&fx);
}

static void top_is_prefix_of_sort(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    static const size_t sizes[] = {1, 2, 10, 63, 500, 3999, 4000, 9000};
    fixture_open(&fx, state, 4000, 3, 5);
    for (size_t i = 0; i < COUNTOF(orders); i++) {
        struct sort_key keys[4];
        struct rows sorted;
        size_t n = parse_keys(&fx, orders[i], keys);
        rows_all(&sorted, (int64_t)fx.n);
        must(rows_sort(&sorted, keys, n, NULL, &err), &err);
        for (size_t k = 0; k < COUNTOF(sizes); k++) {
            struct rows top;
            rows_all(&top, (int64_t)fx.n);
            must(rows_top(&top, keys, n, sizes[k], NULL, &err), &err);
            assert_memory_equal(top.idx, sorted.idx, MIN(sizes[k], fx.n) * sizeof *top.idx);
            // Nothing is lost behind them.
            uint64_t sum = 0;
            for (size_t r = 0; r < top.n; r++) {
                sum += top.idx[r];
            }
            assert_int_equal(sum, (uint64_t)fx.n * (fx.n - 1) / 2);
            rows_done(&top);
        }
        rows_done(&sorted);
    }
    fixture_done(&fx);
}

// A list that is not 0, 1, 2, ... keeps its own order among equals.
static void stable_on_any_list(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct sort_key keys[4];
    struct rows rows = {0};
    fixture_open(&fx, state, 3000, 2, 6);
    size_t n = parse_keys(&fx, "tag", keys);
    rows.idx = xcalloc(fx.n, sizeof *rows.idx);
    for (size_t i = fx.n; i > 0; i--) {
        rows.idx[rows.n++] = (uint32_t)i - 1;
    }
    must(rows_sort(&rows, keys, n, NULL, &err), &err);
    for (size_t i = 1; i < rows.n; i++) {
        int c = compare_rows(&fx, keys, n, rows.idx[i - 1], rows.idx[i]);
        assert_true(c < 0 || (c == 0 && rows.idx[i - 1] > rows.idx[i]));
    }
    rows_done(&rows);
    fixture_done(&fx);
}

static void cancels(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct sort_key keys[4];
    struct rows rows;
    atomic_bool cancel = true;
    struct query_ctl ctl = {.cancel = &cancel};
    fixture_open(&fx, state, 300, 1, 6);
    size_t n = parse_keys(&fx, "name,n", keys);
    rows_all(&rows, (int64_t)fx.n);
    assert_false(rows_sort(&rows, keys, n, &ctl, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    assert_false(rows_top(&rows, keys, n, 5, &ctl, &err));
    assert_int_equal(rows.n, fx.n);
    rows_done(&rows);
    fixture_done(&fx);
}

// --- the machines
// -----------------------------------------------------------------------------------

static struct sv text_at(const void *arg, uint32_t id) {
    const struct sv *texts = arg;
    return texts[id];
}

// Long common beginnings, ends inside them, and NUL bytes, where zero padding could mislead.
static void awkward_texts(void **state) {
    (void)state;
    enum { N = 3000 };
    static char bytes[N][120];
    static struct sv texts[N];
    static uint32_t ids[N];
    uint64_t seed = 99;
    for (size_t i = 0; i < N; i++) {
        size_t len = (size_t)(rnd(&seed) % 120);
        memset(bytes[i], 'a', sizeof bytes[i]);
        for (uint64_t k = rnd(&seed) % 3; k; k--) {
            bytes[i][rnd(&seed) % 120] = "\0b\xff"[rnd(&seed) % 3];
        }
        texts[i] = sv_make(bytes[i], len);
        ids[i] = (uint32_t)i;
    }
    text_order(ids, N, &(struct text_src){text_at, texts}, false);
    for (size_t i = 1; i < N; i++) {
        int c = sv_cmp(texts[ids[i - 1]], texts[ids[i]]);
        assert_true(c < 0 || (c == 0 && ids[i - 1] < ids[i]));
    }
}

static void natural_order(void **state) {
    (void)state;
    static const char *const order[] = {"",
                                        "1",
                                        "2",
                                        "10",
                                        "a",
                                        "a1b",
                                        "a01b2",
                                        "a1b10",
                                        "a2",
                                        "a10",
                                        "a100000000000000000000",
                                        "a100000000000000000001",
                                        "b"};
    for (size_t i = 0; i < COUNTOF(order); i++) {
        for (size_t k = 0; k < COUNTOF(order); k++) {
            int c = text_cmp_natural(sv_cstr(order[i]), sv_cstr(order[k]));
            assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
        }
    }
    assert_true(text_cmp_natural(SV("x01"), SV("x1")) < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(equals_naive_order), unit_test_in_dir(one_segment),
        unit_test_in_dir(many_batches),       unit_test_in_dir(top_is_prefix_of_sort),
        unit_test_in_dir(stable_on_any_list), unit_test_in_dir(cancels),
        cmocka_unit_test(awkward_texts),      cmocka_unit_test(natural_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
