#include "ingest/key_table.h"

#include "base/num.h"
#include "base/str.h"
#include "unit.h"

static void keys_are_numbered_as_in_the_plain_map(void **state) {
    (void)state;
    struct key_table t = {0};
    struct text_map m = {0};
    auto_str key = STR_INIT;
    uint64_t rng = 88172645463325252U;
    for (int i = 0; i < 60000; i++) {
        rng ^= rng << 13;
        rng ^= rng >> 7;
        rng ^= rng << 17;
        str_clear(&key);
        str_add_i64(&key, (int64_t)(rng % 30000));
        str_fill(&key, 'k', (size_t)(rng % 3));
        bool new_t, new_m;
        key_table_prefetch(&t, hash_bytes(key.ptr, key.len));
        assert_int_equal(key_table_put(&t, str_sv(&key), &new_t),
                         text_map_put(&m, str_sv(&key), &new_m));
        assert_int_equal(new_t, new_m);
    }
    assert_int_equal(t.n, m.n);
    assert_true(t.n * 2 <= t.n_slots);
    key_table_done(&t);
    text_map_done(&m);
}

static void the_empty_key_is_a_key(void **state) {
    (void)state;
    struct key_table t = {0};
    bool is_new;
    assert_int_equal(key_table_put(&t, SV_NULL, &is_new), 0);
    assert_true(is_new);
    assert_int_equal(key_table_put(&t, SV("a"), &is_new), 1);
    assert_int_equal(key_table_put(&t, SV(""), &is_new), 0);
    assert_false(is_new);
    key_table_done(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_numbered_as_in_the_plain_map),
        cmocka_unit_test(the_empty_key_is_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
