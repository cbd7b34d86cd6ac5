#include "base/dag.h"

#include "unit.h"

// Up to three parents of each node; a number that is no node ends them.
struct graph {
    uint32_t parents[12][3];
    size_t n_asked;
};

enum { END = 99 };

static void parents_of(void *arg, uint32_t node, struct dag_nodes *out) {
    struct graph *g = arg;
    g->n_asked++;
    for (size_t i = 0; i < 3 && g->parents[node][i] != END; i++) {
        array_push(out, g->parents[node][i]);
    }
}

// A line 0-1-2-3-4 with a side branch 1-5-6 that 7 joins with 4; 8 follows. Parents stand first.
static struct graph merged = {
    .parents = {
        {END}, {0, END}, {1, END}, {2, END}, {3, END}, {1, END}, {5, END}, {4, 6, END}, {7, END}}};

static struct dag dag_of(struct graph *g, size_t n) {
    struct dag dag = {.n_nodes = n, .parents = parents_of, .arg = g};
    dag.order = dag_find_order(&dag);
    g->n_asked = 0;
    return dag;
}

static void assert_nodes(const struct dag_nodes *got, const uint32_t *want, size_t n) {
    assert_int_equal(got->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got->ptr[i], want[i]);
    }
}

static void ranges_follow_both_sides_of_a_merge(void **state) {
    (void)state;
    const struct dag dag = dag_of(&merged, 9);
    assert_int_equal(dag.order, DAG_PARENTS_FIRST);
    struct dag_walk w;
    struct dag_nodes out = {0};
    dag_walk_init(&w, &dag);
    assert_false(dag_range(&w, 4, 8, SIZE_MAX, &out));
    assert_nodes(&out, (uint32_t[]){8, 7, 6, 5}, 4);
    // The marks of a walk are gone when the next begins.
    for (int again = 0; again < 2; again++) {
        array_clear(&out);
        assert_false(dag_range(&w, 2, 4, SIZE_MAX, &out));
        assert_nodes(&out, (uint32_t[]){4, 3}, 2);
    }
    array_clear(&out);
    assert_false(dag_range(&w, 6, 4, SIZE_MAX, &out)); // side by side
    assert_nodes(&out, (uint32_t[]){4, 3, 2}, 3);
    array_clear(&out);
    assert_false(dag_range(&w, 8, 3, SIZE_MAX, &out)); // backwards: nothing
    assert_false(dag_range(&w, 3, 3, SIZE_MAX, &out));
    assert_nodes(&out, NULL, 0);
    dag_walk_done(&w);
    array_done(&out);
}

static void a_walk_stops_with_its_range(void **state) {
    (void)state;
    static struct graph line;
    for (uint32_t i = 0; i < 12; i++) {
        line.parents[i][0] = i ? i - 1 : END;
        line.parents[i][1] = END;
    }
    const struct dag dag = dag_of(&line, 12);
    struct dag_walk w;
    struct dag_nodes out = {0};
    dag_walk_init(&w, &dag);
    assert_false(dag_range(&w, 9, 11, SIZE_MAX, &out));
    assert_nodes(&out, (uint32_t[]){11, 10}, 2);
    assert_int_equal(line.n_asked, 2);
    array_clear(&out);
    assert_true(dag_range(&w, 2, 11, 3, &out));
    assert_nodes(&out, (uint32_t[]){11, 10, 9}, 3);
    array_clear(&out);
    assert_false(dag_range(&w, 8, 11, 3, &out));
    array_clear(&out);
    assert_true(dag_range(&w, 2, 11, 0, &out));
    assert_nodes(&out, NULL, 0);
    dag_walk_done(&w);
    array_done(&out);
}

static void children_first_is_walked_the_other_way(void **state) {
    (void)state;
    static struct graph line;
    for (uint32_t i = 0; i < 5; i++) {
        line.parents[i][0] = i < 4 ? i + 1 : END;
        line.parents[i][1] = END;
    }
    const struct dag dag = dag_of(&line, 5);
    assert_int_equal(dag.order, DAG_CHILDREN_FIRST);
    struct dag_walk w;
    struct dag_nodes out = {0};
    dag_walk_init(&w, &dag);
    assert_false(dag_range(&w, 3, 0, SIZE_MAX, &out));
    assert_nodes(&out, (uint32_t[]){0, 1, 2}, 3);
    dag_walk_done(&w);
    array_done(&out);
}

static void any_order_gives_the_same_range(void **state) {
    (void)state;
    // 0 is the newest of the branch but for 4: 4 -> 0 -> 3 -> 2 -> 1.
    static struct graph g = {.parents = {{3, END}, {END}, {1, END}, {2, END}, {0, END}}};
    const struct dag dag = dag_of(&g, 5);
    assert_int_equal(dag.order, DAG_MIXED_PARENTS_FIRST);
    struct dag_walk w;
    struct dag_nodes out = {0};
    dag_walk_init(&w, &dag);
    for (int again = 0; again < 2; again++) {
        array_clear(&out);
        assert_false(dag_range(&w, 2, 4, SIZE_MAX, &out));
        assert_nodes(&out, (uint32_t[]){4, 3, 0}, 3); // in the order of the numbers
    }
    array_clear(&out);
    assert_true(dag_range(&w, 2, 4, 2, &out));
    assert_nodes(&out, (uint32_t[]){4, 3}, 2);
    dag_walk_done(&w);
    array_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_follow_both_sides_of_a_merge),
        cmocka_unit_test(a_walk_stops_with_its_range),
        cmocka_unit_test(children_first_is_walked_the_other_way),
        cmocka_unit_test(any_order_gives_the_same_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
