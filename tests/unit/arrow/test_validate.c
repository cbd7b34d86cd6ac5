// Files that are not as they should be: each fault is met with its own kind of error, and none with
// a crash.
#include "arrow_craft.h"
#include "arrow_test.h"

#include <pthread.h>

#include "base/file.h"
#include "base/str.h"

static struct arrow_file *open_craft(const struct craft *c, struct str *bytes, struct err *err) {
    *bytes = craft(c);
    return arrow_open_memory("crafted", bytes->ptr, bytes->len, err);
}

static void expect(const struct craft *c, enum arrow_err kind, const char *text) {
    struct err err = ERR_INIT;
    struct str bytes;
    struct arrow_file *file = open_craft(c, &bytes, &err);
    if (file) {
        fail_msg("opened, expected %s (%s)", arrow_err_name(kind), text);
    }
    if (err.sub != (int)kind || !strstr(err.msg, text) || !strstr(err.msg, "crafted")) {
        fail_msg("%s: %s; expected %s: ...%s...", arrow_err_name((enum arrow_err)err.sub), err.msg,
                 arrow_err_name(kind), text);
    }
    str_done(&bytes);
}

static void test_good_ones_open(void **state) {
    (void)state;
    const struct craft good[] = {
        {0},
        {.version = 3},
        {.old_prefix = true},
        {.version = 3, .old_prefix = true},
        {.pairs = {{"culprit:rows", "3"}, {"culprit:batch_rows", "65536"}}},
        {.pairs = {{"culprit:rows", "3"},
                   {"culprit:batch_rows", "0"},
                   {"culprit:first_rows", "0"}}},
    };
    for (size_t i = 0; i < COUNTOF(good); i++) {
        struct err err = ERR_INIT;
        struct str bytes;
        struct arrow_file *file = open_craft(&good[i], &bytes, &err);
        if (!file) {
            fail_msg("%zu: %s", i, err.msg);
        }
        OK(arrow_check_full(file, &err));
        const struct arrow_batch *batch = arrow_batch(file, 0, &err);
        assert_int_equal(arrow_n_rows(file), 3);
        assert_int_equal(arrow_get_i64(&batch->cols[0], 1), -8);
        assert_false(arrow_check_crc(file, &err)); // it has none
        assert_int_equal(err.sub, ARROW_ERR_CRC);
        arrow_unref(file);
        str_done(&bytes);
    }
    struct err err = ERR_INIT;
    struct str bytes;
    struct craft dict = {.dict = true};
    struct arrow_file *file = open_craft(&dict, &bytes, &err);
    if (!file) {
        fail_msg("%s", err.msg);
    }
    OK(arrow_check_full(file, &err));
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    assert_true(sv_is(arrow_get_text(&batch->cols[0], 0), "bc"));
    assert_true(sv_is(arrow_get_text(&batch->cols[0], 1), "a"));
    arrow_unref(file);
    str_done(&bytes);
}

static void test_kinds_of_errors(void **state) {
    (void)state;
    expect(&(struct craft){.compressed = true}, ARROW_ERR_COMPRESSED, "compress");
    expect(&(struct craft){.endianness = 1}, ARROW_ERR_BIG_ENDIAN, "big-endian");
    expect(&(struct craft){.version = 5}, ARROW_ERR_VERSION, "V6");
    expect(&(struct craft){.version = 2}, ARROW_ERR_VERSION, "V3");
    expect(&(struct craft){.dict = true, .delta = true}, ARROW_ERR_DELTA_DICTIONARY, "delta");
    expect(&(struct craft){.dict = true, .twice = true}, ARROW_ERR_DELTA_DICTIONARY, "twice");
    expect(&(struct craft){.dict = true, .no_dict = true}, ARROW_ERR_BAD_METADATA, "dictionary");
    expect(&(struct craft){.dict = true, .dict_nulls = true}, ARROW_ERR_UNSUPPORTED_TYPE, "null");
    expect(&(struct craft){.dict = true, .dict_of_ints = true}, ARROW_ERR_UNSUPPORTED_TYPE,
           "dictionary");
}

static void test_unsupported_types(void **state) {
    (void)state;
    static const struct {
        uint8_t tag;
        const char *name;
    } types[] = {
        {4, "binary"},       {7, "decimal"},       {8, "date64"},           {9, "time"},
        {11, "interval"},    {14, "union"},        {16, "fixed_size_list"}, {17, "map"},
        {18, "duration"},    {19, "large_binary"}, {21, "large_list"},      {22, "run_end_encoded"},
        {23, "binary_view"}, {24, "utf8_view"},    {25, "list_view"},       {26, "large_list_view"},
        {99, "unknown"},
    };
    for (size_t i = 0; i < COUNTOF(types); i++) {
        expect(&(struct craft){.type_tag = types[i].tag}, ARROW_ERR_UNSUPPORTED_TYPE,
               types[i].name);
    }
    expect(&(struct craft){.type_tag = 3, .has_unit = true}, ARROW_ERR_UNSUPPORTED_TYPE, "float16");
    expect(&(struct craft){.type_tag = 10, .has_unit = true, .type_unit = 4},
           ARROW_ERR_BAD_METADATA, "unit");
    expect(&(struct craft){.type_tag = 12}, ARROW_ERR_BAD_METADATA, "child");
    expect(&(struct craft){.type_tag = 15}, ARROW_ERR_BAD_METADATA, "width");
}

static void test_batch_structure(void **state) {
    (void)state;
    static const struct {
        struct craft c;
        const char *text;
    } cases[] = {
        {{.n_rows = -1}, "batch header"},
        {{.node = {.rows = 4}}, "row or null count"},
        {{.node = {.rows = 2}}, "row or null count"},
        {{.node = {.nulls = 4}}, "row or null count"},
        {{.node = {.nulls = -1}}, "row or null count"},
        {{.node = {.nulls = 1}}, "too short"},
        {{.no_node = true}, "row count is missing"},
        {{.no_buffer = true}, "buffer is missing"},
        {{.more_buffers = true}, "more columns"},
        {{.view_buffers = true}, "view"},
        {{.values_at = 8}, "outside the body"},
        {{.values_at = -8}, "outside the body"},
        {{.values_len = INT64_MAX}, "outside the body"},
        {{.values_len = -1}, "outside the body"},
        {{.values_len = 23}, "too short"},
        {{.values_at = 4, .values_len = 16}, "8-aligned"},
        {{.n_rows = (int64_t)1 << 41}, "row or null count"},
        // Rows times width is 2^64.
        {{.n_rows = (int64_t)1 << 34, .byte_width = 1 << 30}, "more rows"},
        {{.n_rows = INT64_MAX}, "too many rows"},
        {{.message_kind = 1}, "kind"},
        {{.message_kind = 4}, "kind"},
        {{.body_len = 32}, "body of 32 bytes"},
        {{.body_len = 16}, "outside the body"},
        {{.block_at = 12}, "8-aligned"},
        {{.block_at = 1 << 20}, "outside the file"},
        {{.block_at = -8}, "negative"},
        {{.block_meta = 1 << 20}, "outside the file"},
        {{.block_meta = 16}, "metadata"},
        {{.pairs = {{"culprit:rows", "3"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "x"}, {"culprit:batch_rows", "65536"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "-3"}, {"culprit:batch_rows", "65536"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "70000"}, {"culprit:batch_rows", "65536"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "3"}, {"culprit:batch_rows", "1"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "3"}, {"culprit:batch_rows", "0"}}}, "culprit:rows"},
        {{.pairs = {{"culprit:rows", "3"},
                    {"culprit:batch_rows", "0"},
                    {"culprit:first_rows", "1"}}},
         "culprit:rows"},
        {{.pairs = {{"culprit:rows", "3"},
                    {"culprit:batch_rows", "0"},
                    {"culprit:first_rows", "0,2"}}},
         "culprit:rows"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        expect(&cases[i].c, ARROW_ERR_BAD_METADATA, cases[i].text);
    }
}

// The footer of ours gives the row count, so a bad batch shows when it is first used, and again.
static void test_bad_batch_stays_bad(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct err again = ERR_INIT;
    struct str bytes;
    struct craft c = {.pairs = {{"culprit:rows", "4"}, {"culprit:batch_rows", "65536"}}};
    struct arrow_file *file = open_craft(&c, &bytes, &err);
    assert_non_null(file);
    assert_null(arrow_batch(file, 0, &err));
    assert_int_equal(err.sub, ARROW_ERR_BAD_METADATA);
    assert_non_null(strstr(err.msg, "3 rows, the footer says 4"));
    assert_null(arrow_batch(file, 0, &again));
    assert_string_equal(err.msg, again.msg);
    assert_false(arrow_check_full(file, &err));
    arrow_unref(file);
    str_done(&bytes);
    c = (struct craft){.dict = true,
                       .delta = true,
                       .pairs = {{"culprit:rows", "3"}, {"culprit:batch_rows", "65536"}}};
    file = open_craft(&c, &bytes, &err);
    assert_non_null(file);
    assert_null(arrow_dict_by_id(file, 9, &err));
    assert_int_equal(err.sub, ARROW_ERR_DELTA_DICTIONARY);
    assert_null(arrow_batch(file, 0, &again));
    assert_string_equal(err.msg, again.msg);
    arrow_unref(file);
    str_done(&bytes);
}

// --- files of ours, damaged --------------------------------------------------------------------

static void test_newer_format(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("v"), .kind = ARROW_I64};
    struct arrow_pair pair = {SV("culprit:format"), SV("2")};
    struct arrow_schema schema = {&field, 1, &pair, 1};
    struct bytes b = finish(new_writer(&schema), NULL);
    assert_null(arrow_open_memory("new", b.ptr, b.len, &err));
    assert_int_equal(err.sub, ARROW_ERR_NEWER_FORMAT);
    free(b.ptr);
}

static void test_not_arrow(void **state) {
    (void)state;
    static const struct sv texts[] = {
        {"id,created,framework\n1,2025-01-01,talos\n", 40},
        {"\xff\xff\xff\xff\x10\0\0\0 a stream without the file's frame", 44},
        {"FEA1 the first Feather format, long gone", 40},
    };
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct err err = ERR_INIT;
        assert_null(arrow_open_memory("text", texts[i].ptr, texts[i].len, &err));
        assert_int_equal(err.sub, ARROW_ERR_NOT_ARROW);
    }
}

static void test_truncated(void **state) {
    (void)state;
    struct bytes b = all_types_file(SOME_NULLS, 100);
    for (size_t len = 0; len < b.len; len += 64) {
        struct err err = ERR_INIT;
        unsigned char *cut = xmalloc(len);
        memcpy(cut, b.ptr, len);
        assert_null(arrow_open_memory("cut", cut, len, &err));
        assert_int_equal(err.sub, ARROW_ERR_TRUNCATED);
        free(cut);
    }
    free(b.ptr);
}

// The offset of a value of the mapped file, so that it can be damaged.
static size_t at(struct bytes b, const void *ptr) {
    return (size_t)((const unsigned char *)ptr - b.ptr);
}

enum damage {
    OFFSET_DOWN,
    OFFSET_OUT,
    OFFSET_NEGATIVE,
    LIST_OFFSET,
    NESTED_OFFSET,
    CODE_OUT,
    CODE_NEGATIVE,
    NESTED_CODE,
    TEXT_BYTE,
    DICT_BYTE,
    DICT_OFFSET,
    NULL_BIT,
    SCHEMA_NAME,
    N_DAMAGES
};

static void put_i32(struct bytes b, const void *ptr, int32_t v) {
    memcpy(b.ptr + at(b, ptr), &v, sizeof v);
}

static void inflict(struct bytes b, const struct arrow_batch *batch, enum damage d) {
    const struct arrow_col *cols = batch->cols;
    const int32_t *text = cols[COL_TEXT].values;
    const int32_t *codes = cols[COL_DICT].values;
    const struct arrow_col *record = &cols[COL_RECORDS].children[0];
    switch (d) {
    case OFFSET_DOWN:
        put_i32(b, text + 20, text[22] + 1);
        break;
    case OFFSET_OUT:
        put_i32(b, text + 20, 1 << 30);
        break;
    case OFFSET_NEGATIVE:
        put_i32(b, text + 20, -4);
        break;
    case LIST_OFFSET:
        put_i32(b, (const int32_t *)cols[COL_LIST].values + 20, 1 << 30);
        break;
    case NESTED_OFFSET:
        put_i32(b, (const int32_t *)record->children[1].values + 9, -1);
        break;
    case CODE_OUT:
        put_i32(b, codes + 20, 5);
        break;
    case CODE_NEGATIVE:
        put_i32(b, codes + 20, -1);
        break;
    case NESTED_CODE:
        put_i32(b, (const int32_t *)record->children[2].values + 9, 77);
        break;
    case TEXT_BYTE:
        b.ptr[at(b, cols[COL_TEXT].bytes) + 17] = 0xff;
        break;
    case DICT_BYTE:
        b.ptr[at(b, cols[COL_DICT].dict->bytes)] = 0xc3;
        break;
    case DICT_OFFSET:
        put_i32(b, (const int32_t *)cols[COL_DICT].dict->offsets + 2, 1 << 20);
        break;
    case NULL_BIT:
        b.ptr[at(b, cols[COL_I64].validity)] ^= 4;
        break;
    case SCHEMA_NAME: {
        unsigned char *name = memmem(b.ptr, 4096, "records", 7);
        assert_non_null(name);
        name[0] = 'R';
        break;
    }
    case N_DAMAGES:
        break;
    }
}

// Reads every cell, lists and records too.
static void touch(const struct arrow_col *col, int64_t slot) {
    int64_t from;
    int64_t to;
    struct sv text = arrow_get_text(col, slot);
    volatile unsigned char last = text.len ? (unsigned char)text.ptr[text.len - 1] : 0;
    (void)last;
    arrow_get_i64(col, slot);
    arrow_get_f64(col, slot);
    arrow_get_bool(col, slot);
    if (arrow_get_list(col, slot, &from, &to)) {
        for (int64_t i = from; i < to; i++) {
            touch(&col->children[0], i);
        }
    }
    for (size_t i = 0; col->field->kind == ARROW_STRUCT && i < col->field->n_children; i++) {
        touch(&col->children[i], slot);
    }
}

static void touch_all(struct arrow_file *file) {
    for (size_t b = 0; b < arrow_n_batches(file); b++) {
        const struct arrow_batch *batch = arrow_batch(file, b, NULL);
        for (int64_t slot = 0; batch && slot < MIN(batch->n_rows, (int64_t)1000); slot++) {
            for (size_t i = 0; i < arrow_schema(file)->n_fields; i++) {
                touch(&batch->cols[i], slot);
            }
        }
    }
}

static void test_full_check_finds(void **state) {
    (void)state;
    for (int d = 0; d < N_DAMAGES; d++) {
        struct err err = ERR_INIT;
        struct bytes b = all_types_file(d == NULL_BIT ? SOME_NULLS : NO_NULLS, 100);
        struct arrow_file *file = open_bytes(b);
        const struct arrow_batch *batch = arrow_batch(file, 0, &err);
        assert_non_null(batch);
        OK(arrow_check_full(file, &err));
        inflict(b, batch, (enum damage)d);
        if (arrow_check_full(file, &err)) {
            fail_msg("damage %d was not found", d);
        }
        enum arrow_err want = d == SCHEMA_NAME ? ARROW_ERR_BAD_METADATA : ARROW_ERR_BAD_DATA;
        assert_int_equal(err.sub, want);
        // The schema at the beginning has no checksum of its own: the footer holds the same.
        assert_int_equal(arrow_check_crc(file, &err), d == SCHEMA_NAME);
        touch_all(file);
        bool clamped = d <= NESTED_CODE || d == DICT_OFFSET;
        assert_int_equal(arrow_damaged(file) > 0, clamped);
        arrow_unref(file);
        free(b.ptr);
    }
}

static void test_damaged_cells_are_null(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(NO_NULLS, 100);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    inflict(b, batch, OFFSET_OUT);
    inflict(b, batch, CODE_OUT);
    inflict(b, batch, LIST_OFFSET);
    int64_t from;
    int64_t to;
    assert_null(arrow_get_text(&batch->cols[COL_TEXT], 20).ptr);
    assert_null(arrow_get_text(&batch->cols[COL_TEXT], 19).ptr);
    assert_non_null(arrow_get_text(&batch->cols[COL_TEXT], 18).ptr);
    assert_non_null(arrow_get_text(&batch->cols[COL_TEXT], 21).ptr);
    assert_null(arrow_get_text(&batch->cols[COL_DICT], 20).ptr);
    assert_int_equal(arrow_get_i64(&batch->cols[COL_DICT], 20), -1);
    assert_false(arrow_get_list(&batch->cols[COL_LIST], 20, &from, &to));
    assert_false(arrow_get_list(&batch->cols[COL_LIST], 19, &from, &to));
    assert_true(arrow_get_list(&batch->cols[COL_LIST], 18, &from, &to));
    assert_int_equal(arrow_damaged(file), 6);
    arrow_unref(file);
    free(b.ptr);
}

// Any byte of a small file, to zero, to all ones and with one bit flipped.
static void test_any_byte(void **state) {
    (void)state;
    struct bytes b = all_types_file(SOME_NULLS, 9);
    unsigned char *copy = xmalloc(b.len);
    size_t n_seen = 0;
    for (size_t i = 0; i < b.len; i++) {
        const unsigned char values[] = {0, 0xff, (unsigned char)(b.ptr[i] ^ 1 << i % 8)};
        for (size_t v = 0; v < COUNTOF(values); v++) {
            memcpy(copy, b.ptr, b.len);
            copy[i] = values[v];
            struct arrow_file *file = arrow_open_memory("flipped", copy, b.len, NULL);
            if (file) {
                touch_all(file);
                n_seen += !arrow_check_full(file, NULL) || !arrow_check_crc(file, NULL);
                arrow_unref(file);
            } else {
                n_seen++;
            }
        }
    }
    assert_true(n_seen > b.len);
    free(copy);
    free(b.ptr);
}

// --- threads -----------------------------------------------------------------------------------

struct race {
    struct arrow_file *file;
    pthread_barrier_t barrier;
    const struct arrow_batch *seen[3];
};

static void *first_use(void *arg) {
    struct race *r = arg;
    const struct arrow_batch *mine[3];
    pthread_barrier_wait(&r->barrier);
    for (size_t i = 0; i < 3; i++) {
        mine[i] = arrow_batch(r->file, i, NULL);
        touch(&mine[i]->cols[COL_RECORDS], 5);
    }
    pthread_barrier_wait(&r->barrier);
    return mine[0] == r->seen[0] && mine[1] == r->seen[1] && mine[2] == r->seen[2] ? r : NULL;
}

static void test_threads_see_one_batch(void **state) {
    (void)state;
    struct bytes b = all_types_file(NO_NULLS, 140000);
    for (int round = 0; round < 20; round++) {
        struct race r = {.file = open_bytes(b)};
        pthread_t threads[3];
        pthread_barrier_init(&r.barrier, NULL, 4);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, first_use, &r), 0);
        }
        pthread_barrier_wait(&r.barrier);
        for (size_t i = 0; i < 3; i++) {
            r.seen[2 - i] = arrow_batch(r.file, 2 - i, NULL);
        }
        pthread_barrier_wait(&r.barrier);
        for (int i = 0; i < 3; i++) {
            void *same;
            pthread_join(threads[i], &same);
            assert_non_null(same);
        }
        pthread_barrier_destroy(&r.barrier);
        arrow_unref(r.file);
    }
    free(b.ptr);
}

// Bytes at any address: the fuzzers and the network know no alignment.
static void test_unaligned_memory(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(SOME_NULLS, 20);
    unsigned char *shifted = xmalloc(b.len + 8);
    for (size_t by = 1; by < 8; by++) {
        memcpy(shifted + by, b.ptr, b.len);
        struct arrow_file *file = open_bytes((struct bytes){shifted + by, b.len});
        OK(arrow_check_full(file, &err));
        touch_all(file);
        arrow_unref(file);
    }
    free(shifted);
    free(b.ptr);
}

// --- seeds of the fuzzer -----------------------------------------------------------------------

// They are also a record of the bytes: a writer that changes them changes every stored file's
// checksum. With CULPRIT_WRITE_SEEDS set the files are written instead.
static void check_seed(const char *name, const void *bytes, size_t len) {
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/fuzz/seeds/fuzz_arrow/%s", SOURCE_DIR, name);
    if (getenv("CULPRIT_WRITE_SEEDS")) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, len), (ssize_t)len);
        close(fd);
        return;
    }
    struct err err = ERR_INIT;
    struct str stored = STR_INIT;
    OK(file_read(path, 1 << 20, &stored, &err));
    assert_int_equal(stored.len, len);
    assert_memory_equal(stored.ptr, bytes, len);
    str_done(&stored);
}

static void test_seeds(void **state) {
    (void)state;
    struct bytes b = all_types_file(SOME_NULLS, 7);
    check_seed("ours.arrow", b.ptr, b.len);
    free(b.ptr);
    b = all_types_file(NO_NULLS, 0);
    check_seed("ours-empty.arrow", b.ptr, b.len);
    free(b.ptr);
    static const struct {
        const char *name;
        struct craft c;
    } crafted[] = {
        {"foreign.arrow", {0}},
        {"foreign-old.arrow", {.version = 3, .old_prefix = true}},
        {"foreign-dictionary.arrow", {.dict = true}},
        {"compressed.arrow", {.compressed = true}},
        {"uneven.arrow",
         {.pairs = {{"culprit:rows", "3"},
                    {"culprit:batch_rows", "0"},
                    {"culprit:first_rows", "0"},
                    {"culprit:crc", "00000000"}}}},
    };
    for (size_t i = 0; i < COUNTOF(crafted); i++) {
        struct str bytes = craft(&crafted[i].c);
        check_seed(crafted[i].name, bytes.ptr, bytes.len);
        str_done(&bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_ones_open),
        cmocka_unit_test(test_kinds_of_errors),
        cmocka_unit_test(test_unsupported_types),
        cmocka_unit_test(test_batch_structure),
        cmocka_unit_test(test_bad_batch_stays_bad),
        cmocka_unit_test(test_newer_format),
        cmocka_unit_test(test_not_arrow),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_full_check_finds),
        cmocka_unit_test(test_damaged_cells_are_null),
        cmocka_unit_test(test_any_byte),
        cmocka_unit_test(test_threads_see_one_batch),
        cmocka_unit_test(test_unaligned_memory),
        cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
