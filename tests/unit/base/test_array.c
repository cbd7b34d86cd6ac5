#include "base/array.h"

#include "unit.h"

struct point {
    int x, y;
};
struct point_list ARRAY_BODY(struct point);

static void pushes_and_pops(void **state) {
    (void)state;
    ARRAY(int64_t) ids = {0};
    for (int64_t i = 0; i < 10000; i++) {
        array_push(&ids, i * i);
    }
    assert_int_equal(ids.n, 10000);
    for (int64_t i = 0; i < 10000; i++) {
        assert_true(ids.ptr[i] == i * i);
    }
    assert_int_equal(array_pop(&ids), 9999 * 9999);
    assert_int_equal(*array_last(&ids), 9998 * 9998);
    array_clear(&ids);
    assert_int_equal(ids.n, 0);
    assert_true(ids.cap >= 10000);
    array_done(&ids);
    assert_null(ids.ptr);
    assert_int_equal(ids.cap, 0);
}

static void named_lists_and_zeroed_elements(void **state) {
    (void)state;
    struct point_list list = {0};
    array_push(&list, (struct point){1, 2});
    array_push(&list, (struct point){.y = 4});
    array_clear(&list);
    struct point *p = array_add(&list);
    assert_int_equal(p->x, 0);
    assert_int_equal(p->y, 0);
    assert_int_equal(list.n, 1);
    array_done(&list);
}

static void walks(void **state) {
    (void)state;
    struct point_list list = {0};
    int sum = 0;
    array_foreach (p, &list) {
        sum++;
    }
    assert_int_equal(sum, 0);
    for (int i = 1; i <= 4; i++) {
        array_push(&list, (struct point){i, -i});
    }
    array_foreach (p, &list) {
        sum = sum * 10 + p->x;
    }
    assert_int_equal(sum, 1234);
    array_done(&list);
}

static void reserve_is_exact_or_more(void **state) {
    (void)state;
    ARRAY(char) bytes = {0};
    array_reserve(&bytes, 1000);
    assert_true(bytes.cap >= 1000);
    char *before = bytes.ptr;
    array_reserve(&bytes, 10);
    assert_ptr_equal(bytes.ptr, before);
    assert_int_equal(bytes.n, 0);
    array_done(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushes_and_pops),
        cmocka_unit_test(named_lists_and_zeroed_elements),
        cmocka_unit_test(walks),
        cmocka_unit_test(reserve_is_exact_or_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
