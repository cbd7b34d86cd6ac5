#include "base/map.h"

#include "unit.h"

static void text_keys_get_dense_indexes(void **state) {
    (void)state;
    struct text_map m = {0};
    assert_int_equal(text_map_get(&m, SV("x")), MAP_NONE);
    enum { N = 20000 };
    char key[32];
    for (uint32_t i = 0; i < N; i++) {
        bool is_new = false;
        int len = snprintf(key, sizeof key, "key %u", i * 7919U);
        assert_int_equal(text_map_put(&m, sv_make(key, (size_t)len), &is_new), i);
        assert_true(is_new);
    }
    for (uint32_t i = 0; i < N; i++) {
        bool is_new = true;
        int len = snprintf(key, sizeof key, "key %u", i * 7919U);
        struct sv view = sv_make(key, (size_t)len);
        assert_int_equal(text_map_get(&m, view), i);
        assert_int_equal(text_map_put(&m, view, &is_new), i);
        assert_false(is_new);
        assert_true(sv_eq(text_map_key(&m, i), view));
    }
    assert_int_equal(m.n, N);
    assert_int_equal(text_map_get(&m, SV("key")), MAP_NONE);
    text_map_done(&m);
    assert_int_equal(m.n, 0);
}

static void any_bytes_are_keys(void **state) {
    (void)state;
    struct text_map m = {0};
    struct sv keys[] = {SV(""), sv_make("\0", 1), sv_make("\0\0", 2), SV("a"), sv_make("a\0", 2)};
    for (uint32_t i = 0; i < COUNTOF(keys); i++) {
        assert_int_equal(text_map_put(&m, keys[i], NULL), i);
    }
    for (uint32_t i = 0; i < COUNTOF(keys); i++) {
        assert_int_equal(text_map_get(&m, keys[i]), i);
    }
    assert_int_equal(text_map_get(&m, SV_NULL), 0);
    text_map_done(&m);
}

// The key comes back as an empty text, not as the NULL view, which means "no text".
static void only_the_empty_key(void **state) {
    (void)state;
    struct text_map m = {0};
    assert_int_equal(text_map_put(&m, SV(""), NULL), 0);
    assert_non_null(text_map_key(&m, 0).ptr);
    assert_int_equal(text_map_get(&m, SV("a")), MAP_NONE);
    assert_int_equal(text_map_get(&m, SV("")), 0);
    text_map_done(&m);
}

static void integers_too(void **state) {
    (void)state;
    struct int_map m = {0};
    assert_int_equal(int_map_get(&m, 0), MAP_NONE);
    int64_t special[] = {0, -1, INT64_MIN, INT64_MAX, 1};
    for (uint32_t i = 0; i < COUNTOF(special); i++) {
        assert_int_equal(int_map_put(&m, special[i], NULL), i);
    }
    for (int64_t k = 2; k < 50000; k++) {
        bool is_new = false;
        uint32_t idx = int_map_put(&m, k << 20, &is_new);
        assert_true(is_new);
        assert_int_equal(idx, (uint32_t)k + 3);
    }
    for (uint32_t i = 0; i < COUNTOF(special); i++) {
        bool is_new = true;
        assert_int_equal(int_map_put(&m, special[i], &is_new), i);
        assert_false(is_new);
    }
    assert_int_equal(int_map_get(&m, 49999LL << 20), 50002);
    assert_int_equal(int_map_get(&m, 3), MAP_NONE);
    int_map_done(&m);
}

// Output files depend on these values staying as they are.
static void hashes_are_fixed_and_spread(void **state) {
    (void)state;
    assert_true(hash_bytes("", 0) == 0x42bc986dc5eec4d3U);
    assert_true(hash_bytes("autoland", 8) == 0x1c286e7de5503530U);
    assert_true(hash_bytes("0123456789abcdef0123456789", 26) == 0xc769a8db897341abU);
    assert_true(hash_u64(42) == 0x386afcf6dde9d8b4U);
    char text[64];
    memset(text, 'x', sizeof text);
    for (size_t a = 0; a < sizeof text; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_int_not_equal(hash_bytes(text, a), hash_bytes(text, b));
        }
    }
    // Neighbouring integers differ in about half of the bits, in the low ones too.
    unsigned n_bits = 0;
    unsigned n_low = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t diff = hash_u64(i) ^ hash_u64(i + 1);
        n_bits += (unsigned)__builtin_popcountll(diff);
        n_low += (unsigned)__builtin_popcountll(diff & 0xFF);
    }
    assert_in_range(n_bits, 28000, 36000);
    assert_in_range(n_low, 3400, 4600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_keys_get_dense_indexes), cmocka_unit_test(any_bytes_are_keys),
        cmocka_unit_test(only_the_empty_key),          cmocka_unit_test(integers_too),
        cmocka_unit_test(hashes_are_fixed_and_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
