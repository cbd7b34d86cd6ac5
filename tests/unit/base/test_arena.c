#include "base/arena.h"

#include "base/alloc.h"
#include "unit.h"

static void allocations_are_apart_and_aligned(void **state) {
    (void)state;
    struct arena a = {0};
    enum { N = 3000 };
    unsigned char *parts[N];
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 97;
        parts[i] = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)parts[i] % 16, 0);
        memset(parts[i], (int)(i & 0xFF), size);
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < i % 97; k++) {
            assert_int_equal(parts[i][k], i & 0xFF);
        }
    }
    arena_done(&a);
    assert_null(a.head);
}

static void large_ones_and_zeroes(void **state) {
    (void)state;
    struct arena a = {0};
    memset(arena_alloc(&a, 1000), 0xFF, 1000);
    arena_reset(&a);
    unsigned char *zero = arena_zalloc(&a, 100, 10);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(zero[i], 0);
    }
    memset(arena_alloc(&a, 1 << 20), 1, 1 << 20);
    memset(arena_alloc(&a, 10), 2, 10);
    arena_done(&a);
}

static void copies_text(void **state) {
    (void)state;
    struct arena a = {0};
    char source[] = "autoland";
    struct sv view = arena_sv(&a, sv_cstr(source));
    char *text = arena_strdup(&a, sv_make(source, 4));
    source[0] = 'X';
    assert_sv(view, "autoland");
    assert_string_equal(text, "auto");
    assert_string_equal(arena_strdup(&a, SV_NULL), "");
    assert_string_equal(arena_printf(&a, "%s-%d", text, 5), "auto-5");
    arena_done(&a);
}

static void reset_keeps_one_block(void **state) {
    (void)state;
    struct arena a = {0};
    arena_reset(&a);
    for (int i = 0; i < 100; i++) {
        memset(arena_alloc(&a, 5000), 0, 5000);
    }
    arena_reset(&a);
    assert_non_null(a.head);
    struct arena_block *kept = a.head;
    memset(arena_alloc(&a, 5000), 0, 5000);
    assert_ptr_equal(a.head, kept);
    arena_done(&a);
    arena_done(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_apart_and_aligned),
        cmocka_unit_test(large_ones_and_zeroes),
        cmocka_unit_test(copies_text),
        cmocka_unit_test(reset_keeps_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
