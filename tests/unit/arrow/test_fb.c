// Flatbuffers: what is built reads back, and no cut or flipped byte makes the reader leave its
// buffer.
#include "arrow_test.h"

#include "arrow/fb_build.h"
#include "arrow/fb_read.h"

static const int64_t numbers[] = {1, -2, INT64_MAX, INT64_MIN};

// A table with every kind of slot; slot 6 absent, slot 7 a vector of references.
static struct sv build(struct fb_build *b) {
    fb_ref names[3];
    for (size_t i = 3; i-- > 0;) {
        static const char *const texts[] = {"", "a", "platform"};
        fb_ref text = fb_add_string(b, sv_cstr(texts[i]));
        fb_table_begin(b);
        fb_put_ref(b, 0, text);
        fb_put_u8(b, 1, (uint8_t)i);
        names[i] = fb_table_end(b);
    }
    fb_ref children = fb_add_refs(b, names, 3);
    fb_ref structs = fb_add_structs(b, numbers, 2, 16);
    fb_ref text = fb_add_string(b, SV("schema"));
    fb_table_begin(b);
    fb_put_bool(b, 0, true);
    fb_put_i64(b, 1, -5);
    fb_put_i16(b, 2, -300);
    fb_put_i32(b, 3, 70000);
    fb_put_ref(b, 4, text);
    fb_put_ref(b, 5, structs);
    fb_put_ref(b, 6, 0);
    fb_put_ref(b, 7, children);
    return fb_finish(b, fb_table_end(b));
}

static void test_round_trip(void **state) {
    (void)state;
    struct fb_build b = {0};
    struct sv bytes = build(&b);
    assert_int_equal(bytes.len % 8, 0);
    struct fb fb = {.ptr = (const unsigned char *)bytes.ptr, .len = bytes.len};
    struct fb_table t = fb_root(&fb);
    assert_true(fb_bool(&t, 0));
    assert_int_equal(fb_i64(&t, 1), -5);
    assert_int_equal(fb_i16(&t, 2, 9), -300);
    assert_int_equal(fb_i32(&t, 3), 70000);
    assert_true(sv_is(fb_string(&t, 4), "schema"));
    struct fb_vector v = fb_vec(&t, 5, 16, 8);
    assert_int_equal(v.n, 2);
    assert_int_equal(fb_vec_i64(&v, 0, 8), -2);
    assert_int_equal(fb_vec_i64(&v, 1, 0), INT64_MAX);
    assert_int_equal(fb_vec_i64(&v, 1, 8), INT64_MIN);
    assert_int_equal(fb_vec_i64(&v, 2, 0), 0);
    assert_false(fb_has(&t, 6));
    assert_null(fb_string(&t, 6).ptr);
    struct fb_vector children = fb_vec(&t, 7, 4, 4);
    assert_int_equal(children.n, 3);
    struct fb_table last = fb_vec_table(&children, 2);
    assert_true(sv_is(fb_string(&last, 0), "platform"));
    assert_int_equal(fb_u8(&last, 1), 2);
    assert_false(fb.bad);
    fb_build_done(&b);
}

static void test_absent_slots_have_defaults(void **state) {
    (void)state;
    struct fb_build b = {0};
    fb_table_begin(&b);
    struct sv bytes = fb_finish(&b, fb_table_end(&b));
    struct fb fb = {.ptr = (const unsigned char *)bytes.ptr, .len = bytes.len};
    struct fb_table t = fb_root(&fb);
    assert_non_null(t.fb);
    assert_int_equal(fb_i16(&t, 0, 1), 1);
    assert_int_equal(fb_i64(&t, 3), 0);
    assert_null(fb_sub(&t, 2).fb);
    assert_int_equal(fb_vec(&t, 1, 4, 4).n, 0);
    struct fb_table absent = fb_sub(&t, 2);
    assert_int_equal(fb_i32(&absent, 0), 0);
    assert_false(fb.bad);
    fb_build_done(&b);
}

// Vectors of 64-bit structs are 8-aligned from both ends whatever stands behind them.
static void test_alignment(void **state) {
    (void)state;
    for (size_t len = 0; len < 20; len++) {
        struct fb_build b = {0};
        fb_ref text = fb_add_string(&b, sv_make("xxxxxxxxxxxxxxxxxxxx", len));
        fb_ref structs = fb_add_structs(&b, numbers, 4, 8);
        fb_table_begin(&b);
        fb_put_u8(&b, 2, 1);
        fb_put_ref(&b, 0, text);
        fb_put_ref(&b, 1, structs);
        fb_put_i64(&b, 3, 42);
        struct sv bytes = fb_finish(&b, fb_table_end(&b));
        struct fb fb = {.ptr = (const unsigned char *)bytes.ptr, .len = bytes.len};
        struct fb_table t = fb_root(&fb);
        struct fb_vector v = fb_vec(&t, 1, 8, 8);
        assert_int_equal(v.n, 4);
        assert_int_equal(v.pos % 8, 0);
        assert_int_equal(fb_i64(&t, 3), 42);
        assert_int_equal(fb_string(&t, 0).len, len);
        assert_false(fb.bad);
        fb_build_done(&b);
    }
}

static uint64_t walk(struct fb *fb) {
    uint64_t sum = 0;
    struct fb_table t = fb_root(fb);
    sum += fb_bool(&t, 0) + (uint64_t)fb_i64(&t, 1) + (uint64_t)fb_i16(&t, 2, 0);
    sum += (uint64_t)fb_i32(&t, 3);
    struct sv text = fb_string(&t, 4);
    for (size_t i = 0; i < text.len; i++) {
        sum += (unsigned char)text.ptr[i];
    }
    struct fb_vector v = fb_vec(&t, 5, 16, 8);
    for (size_t i = 0; i < v.n; i++) {
        sum += (uint64_t)fb_vec_i64(&v, i, 0) + (uint64_t)fb_vec_i32(&v, i, 8);
    }
    struct fb_vector children = fb_vec(&t, 7, 4, 4);
    for (size_t i = 0; i < children.n; i++) {
        struct fb_table child = fb_vec_table(&children, i);
        text = fb_string(&child, 0);
        sum += text.len + (text.len ? (unsigned char)text.ptr[text.len - 1] : 0);
    }
    return sum;
}

// In memory of the exact size, so that a sanitizer sees the first byte too many.
static void test_damage_stays_inside(void **state) {
    (void)state;
    struct fb_build b = {0};
    struct sv bytes = build(&b);
    struct fb whole = {.ptr = (const unsigned char *)bytes.ptr, .len = bytes.len};
    uint64_t want = walk(&whole);
    assert_false(whole.bad);
    size_t n_bad = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        unsigned char *copy = xmalloc(len);
        memcpy(copy, bytes.ptr, len);
        struct fb fb = {.ptr = copy, .len = len};
        // The last bytes are the end of a text and padding.
        assert_true(walk(&fb) != want || fb.bad || len + 8 > bytes.len);
        n_bad += fb.bad;
        free(copy);
    }
    assert_true(n_bad > bytes.len / 2);
    unsigned char *copy = xmalloc(bytes.len);
    for (size_t at = 0; at < bytes.len; at++) {
        for (int v = 0; v < 256; v++) {
            memcpy(copy, bytes.ptr, bytes.len);
            copy[at] = (unsigned char)v;
            struct fb fb = {.ptr = copy, .len = bytes.len};
            walk(&fb);
        }
    }
    free(copy);
    fb_build_done(&b);
}

static void test_misaligned_is_refused(void **state) {
    (void)state;
    struct fb_build b = {0};
    struct sv bytes = build(&b);
    // The root reference now leads to a position between two words.
    unsigned char *copy = xmalloc(bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    copy[0] = (unsigned char)(copy[0] + 2);
    struct fb fb = {.ptr = copy, .len = bytes.len};
    assert_null(fb_root(&fb).fb);
    assert_true(fb.bad);
    free(copy);
    fb_build_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_absent_slots_have_defaults),
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_damage_stays_inside),
        cmocka_unit_test(test_misaligned_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
