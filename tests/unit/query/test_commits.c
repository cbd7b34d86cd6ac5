#include "query/fixture.h"

// A history: commit i has parents among smaller numbers. Written to the file in any order.
enum { MAX_COMMITS = 400 };

struct history {
    size_t n;
    size_t parents[MAX_COMMITS][2];
    size_t n_parents[MAX_COMMITS];
    size_t row_of[MAX_COMMITS];
    size_t at_row[MAX_COMMITS];
};

enum file_order { PARENTS_FIRST, CHILDREN_FIRST, SHUFFLED };

static void node_name(size_t i, char out[41]) {
    // The first 14 digits of commits 8 and 9 are equal.
    uint64_t x = (i == 9 ? 8 : i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    snprintf(out, 41, "%016llx%016llx%08x", (unsigned long long)x, (unsigned long long)(x ^ i),
             (unsigned)i);
    if (i == 9) {
        out[15] = out[15] == 'f' ? 'e' : 'f';
    }
}

static const struct column_def columns[] = {
    {.name = "node", .type = "text"},
    {.name = "parents", .type = "list<text>"},
};

static void make_history(struct history *h, size_t n, uint64_t seed) {
    memset(h, 0, sizeof *h);
    h->n = n;
    for (size_t i = 1; i < n; i++) {
        h->n_parents[i] = rnd(&seed) % 4 == 0 ? 2 : 1;
        for (size_t p = 0; p < h->n_parents[i]; p++) {
            h->parents[i][p] = i - 1 - rnd(&seed) % MIN(i, (size_t)6);
        }
    }
}

static void order_rows(struct history *h, enum file_order order, uint64_t seed) {
    for (size_t i = 0; i < h->n; i++) {
        h->row_of[i] = order == CHILDREN_FIRST ? h->n - 1 - i : i;
    }
    for (size_t i = h->n - 1; order == SHUFFLED && i > 0; i--) {
        size_t k = rnd(&seed) % (i + 1);
        size_t keep = h->row_of[i];
        h->row_of[i] = h->row_of[k];
        h->row_of[k] = keep;
    }
    for (size_t i = 0; i < h->n; i++) {
        h->at_row[h->row_of[i]] = i;
    }
}

static void write_history(struct fixture *fx, void **state, const struct history *h) {
    struct publish *pub = fixture_begin(fx, state);
    struct dataset_def def = {.name = "commits",
                              .version = 1,
                              .key = "",
                              .sort = "",
                              .columns = columns,
                              .n_columns = COUNTOF(columns)};
    struct arrow_writer *w = fixture_writer(fx, pub, &def);
    struct err err = ERR_INIT;
    char node[41];
    for (size_t row = 0; row < h->n; row++) {
        size_t i = h->at_row[row];
        struct arrow_builder *parents = arrow_column(w, 1);
        node_name(i, node);
        arrow_add_text(arrow_column(w, 0), sv_cstr(node));
        arrow_list_begin(parents);
        for (size_t p = 0; p < h->n_parents[i]; p++) {
            node_name(h->parents[i][p], node);
            arrow_add_text(arrow_child(parents, 0), sv_cstr(node));
        }
        if (i == 0) { // outside the table
            arrow_add_text(arrow_child(parents, 0), SV("0000000000000000000000000000000000000000"));
        }
        arrow_list_end(parents);
        must(arrow_row_end(w, &err), &err);
    }
    fixture_merge(pub, "commits", NULL, 1, w);
    fixture_publish(fx, pub, "commits");
}

static void reach(const struct history *h, size_t i, bool *seen) {
    if (seen[i]) {
        return;
    }
    seen[i] = true;
    for (size_t p = 0; p < h->n_parents[i]; p++) {
        reach(h, h->parents[i][p], seen);
    }
}

static bool range(struct fixture *fx, struct sv from, struct sv to, size_t limit, struct rows *out,
                  bool *cut, struct err *err) {
    return rows_commit_range(fx->table, SV("node"), SV("parents"), from, to, limit, out, cut, err);
}

static void check_range(struct fixture *fx, const struct history *h, enum file_order order,
                        size_t from, size_t to, size_t limit) {
    bool wanted[MAX_COMMITS] = {0};
    bool others[MAX_COMMITS] = {0};
    char from_node[41];
    char to_node[41];
    struct rows got;
    bool cut;
    struct err err = ERR_INIT;
    reach(h, to, wanted);
    reach(h, from, others);
    node_name(from, from_node);
    node_name(to, to_node);
    must(range(fx, sv_cstr(from_node), sv_cstr(to_node), limit, &got, &cut, &err), &err);
    size_t n = 0;
    size_t at = 0;
    for (size_t k = 0; k < h->n; k++) {
        // Newest first: from the end of the file where parents stand first.
        bool backward = order == PARENTS_FIRST;
        size_t row = backward ? h->n - 1 - k : k;
        size_t i = h->at_row[row];
        if (!wanted[i] || others[i]) {
            continue;
        }
        if (n++ < limit && order != SHUFFLED) {
            assert_true(at < got.n);
            assert_int_equal(got.idx[at++], row);
        }
    }
    assert_int_equal(got.n, MIN(n, limit));
    assert_int_equal(cut, n > limit);
    for (size_t k = 0; k < got.n; k++) {
        assert_true(wanted[h->at_row[got.idx[k]]] && !others[h->at_row[got.idx[k]]]);
    }
    rows_done(&got);
}

static void ranges(void **state, enum file_order order) {
    static struct history h;
    struct fixture fx;
    uint64_t seed = 31 + order;
    make_history(&h, MAX_COMMITS, 12 + order);
    order_rows(&h, order, 3);
    write_history(&fx, state, &h);
    for (int i = 0; i < 200; i++) {
        size_t limit = i % 3 ? 1000 : rnd(&seed) % 20;
        check_range(&fx, &h, order, rnd(&seed) % h.n, rnd(&seed) % h.n, limit);
    }
    fixture_done(&fx);
}

static void parents_first(void **state) {
    ranges(state, PARENTS_FIRST);
}

static void children_first(void **state) {
    ranges(state, CHILDREN_FIRST);
}

static void any_order(void **state) {
    ranges(state, SHUFFLED);
}

static void names(void **state) {
    static struct history h;
    struct fixture fx;
    struct rows got;
    bool cut;
    struct err err = ERR_INIT;
    char a[41];
    char b[41];
    make_history(&h, 50, 1);
    order_rows(&h, PARENTS_FIRST, 1);
    write_history(&fx, state, &h);
    node_name(30, a);
    // Only `to`.
    must(range(&fx, SV_NULL, sv_cstr(a), 10, &got, &cut, &err), &err);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.idx[0], 30);
    rows_done(&got);
    // A unique beginning.
    must(range(&fx, SV(""), sv_make(a, 12), 10, &got, &cut, &err), &err);
    assert_int_equal(got.idx[0], 30);
    rows_done(&got);
    // Too short, unknown, ambiguous.
    assert_false(range(&fx, SV_NULL, sv_make(a, 11), 10, &got, &cut, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "commits has no commit "));
    assert_false(range(&fx, SV("ffffffffffffffffffffffffffffffffffffffff"), sv_cstr(a), 10, &got,
                       &cut, &err));
    assert_non_null(strstr(err.msg, "ffffffffffffffffffffffffffffffffffffffff"));
    node_name(8, a);
    node_name(9, b);
    size_t common = 0;
    while (a[common] == b[common]) {
        common++;
    }
    if (common >= 12) {
        assert_false(range(&fx, SV_NULL, sv_make(a, 12), 10, &got, &cut, &err));
        assert_non_null(strstr(err.msg, "is the beginning of 2 commits"));
    }
    assert_false(rows_commit_range(fx.table, SV("node"), SV("mothers"), SV_NULL, sv_cstr(a), 1,
                                   &got, &cut, &err));
    assert_non_null(strstr(err.msg, "mothers"));
    fixture_done(&fx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(parents_first),
        unit_test_in_dir(children_first),
        unit_test_in_dir(any_order),
        unit_test_in_dir(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
