// What the footer says about a file: rows, checksums, bounds per batch, extra entries.
#include "arrow_test.h"

#include "base/crc32c.h"
#include "base/str.h"

static struct bytes numbers(int64_t n_rows, const struct arrow_footer_info *info) {
    static struct arrow_field fields[] = {
        {.name = {"id", 2}, .kind = ARROW_I64},
        {.name = {"value \"x\"", 9}, .kind = ARROW_F64, .nullable = true},
        {.name = {"name", 4}, .kind = ARROW_UTF8},
        {.name = {"at", 2},
         .kind = ARROW_TIMESTAMP,
         .unit = ARROW_MICRO,
         .timezone = {"UTC", 3},
         .nullable = true},
        {.name = {"big", 3}, .kind = ARROW_U64},
        {.name = {"size", 4}, .kind = ARROW_F32, .nullable = true},
    };
    struct err err = ERR_INIT;
    struct arrow_schema schema = {.fields = fields, .n_fields = COUNTOF(fields)};
    struct arrow_writer *w = new_writer(&schema);
    for (int64_t row = 0; row < n_rows; row++) {
        arrow_add_i64(arrow_column(w, 0), row % 2 ? -row : row);
        if (row % 10 == 1) {
            arrow_add_null(arrow_column(w, 1));
        } else {
            arrow_add_f64(arrow_column(w, 1), row == 2 ? (double)NAN : (double)row / 2 - 0.5);
        }
        arrow_add_text(arrow_column(w, 2), SV("x"));
        // `at` stays null.
        arrow_add_i64(arrow_column(w, 4), row);
        arrow_add_f64(arrow_column(w, 5), row == 3 ? -(double)INFINITY : 0.25);
        OK(arrow_row_end(w, &err));
    }
    return finish(w, info);
}

static void assert_footer(const struct arrow_file *file, const char *key, const char *want) {
    struct sv got = arrow_footer(file, key);
    if (!sv_is(got, want)) {
        fail_msg("%s is \"%.*s\", expected \"%s\"", key, SV_ARG(got), want);
    }
}

static void test_zones(void **state) {
    (void)state;
    struct bytes b = numbers(65536 + 4, NULL);
    struct arrow_file *file = open_bytes(b);
    // No bounds where all is null, where a bound is infinite, for uint64 and for text.
    assert_footer(file, "culprit:zones",
                  "{\"id\":{\"min\":[-65535,-65539],\"max\":[65534,65538],\"nulls\":[0,0]},"
                  "\"value \\\"x\\\"\":{\"min\":[-0.5,32767.5],\"max\":[32767.0,32769.0],"
                  "\"nulls\":[6554,0]},"
                  "\"at\":{\"min\":[null,null],\"max\":[null,null],\"nulls\":[65536,4]},"
                  "\"size\":{\"min\":[null,0.25],\"max\":[0.25,0.25],\"nulls\":[0,0]}}");
    arrow_unref(file);
    free(b.ptr);
    b = numbers(0, NULL);
    file = open_bytes(b);
    assert_footer(file, "culprit:rows", "0");
    assert_footer(file, "culprit:crc", "");
    assert_true(sv_starts(arrow_footer(file, "culprit:zones"),
                          SV("{\"id\":{\"min\":[],\"max\":[],\"nulls\":[]},")));
    arrow_unref(file);
    free(b.ptr);
}

static void test_entries(void **state) {
    (void)state;
    struct arrow_pair extra[] = {{SV("culprit:of"), SV("0000000000000010-0")},
                                 {SV("note"), SV("")}};
    struct arrow_footer_info info = {"2025-10-25T10:00:00Z", extra, 2};
    struct bytes b = numbers(3, &info);
    struct arrow_file *file = open_bytes(b);
    assert_footer(file, "culprit:rows", "3");
    assert_footer(file, "culprit:batch_rows", "65536");
    assert_null(arrow_footer(file, "culprit:first_rows").ptr);
    assert_footer(file, "culprit:generated", "2025-10-25T10:00:00Z");
    assert_footer(file, "culprit:of", "0000000000000010-0");
    assert_non_null(arrow_footer(file, "note").ptr);
    assert_null(arrow_footer(file, "absent").ptr);
    arrow_unref(file);
    free(b.ptr);
}

// The number that arrow_finish() reports is the one that is found again in the file.
static void test_footer_crc(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_writer *w = new_writer(all_types());
    add_row(w, NO_NULLS, 1);
    OK(arrow_row_end(w, &err));
    int fd = memfd_create("arrow", MFD_CLOEXEC);
    uint64_t size;
    uint32_t crc;
    OK(arrow_finish(w, fd, NULL, &size, &crc, &err));
    struct bytes b = {xmalloc(size), size};
    assert_int_equal(pread(fd, b.ptr, size, 0), (ssize_t)size);
    struct arrow_file *file = open_bytes(b);
    assert_int_equal(arrow_footer_crc(file), crc);
    uint32_t len;
    memcpy(&len, b.ptr + size - 10, sizeof len);
    assert_int_equal(crc32c(0, b.ptr + size - 10 - len, len), crc);
    arrow_unref(file);
    arrow_writer_free(w);
    close(fd);
    free(b.ptr);
}

// One checksum for each dictionary, then for each batch; a bit flipped in any block is found and
// the message names the block.
static void test_block_checksums(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(NO_NULLS, 65537);
    struct arrow_file *file = open_bytes(b);
    struct sv list = arrow_footer(file, "culprit:crc");
    assert_int_equal(list.len, 5 * 8 + 4); // 3 dictionaries, 2 batches
    OK(arrow_check_crc(file, &err));
    const struct arrow_batch *last = arrow_batch(file, 1, &err);
    size_t where = (size_t)((const unsigned char *)last->cols[COL_F64].values - b.ptr);
    b.ptr[where] ^= 1;
    assert_false(arrow_check_crc(file, &err));
    assert_int_equal(err.sub, ARROW_ERR_CRC);
    assert_non_null(strstr(err.msg, "batch block 1"));
    b.ptr[where] ^= 1;
    OK(arrow_check_crc(file, &err));
    where = (size_t)(last->cols[COL_DICT].dict->bytes - (const char *)b.ptr);
    b.ptr[where] ^= 0x80;
    assert_false(arrow_check_crc(file, &err));
    assert_non_null(strstr(err.msg, "dictionary block 0"));
    arrow_unref(file);
    free(b.ptr);
}

static uint64_t load(const unsigned char *p, size_t n) {
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

// The frame byte by byte, as docs/format.md has it.
static void test_frame(void **state) {
    (void)state;
    struct bytes b = all_types_file(SOME_NULLS, 5);
    assert_memory_equal(b.ptr, "ARROW1\0", 8);
    size_t at = 8;
    size_t n_messages = 0;
    while (load(b.ptr + at + 4, 4)) {
        assert_int_equal(load(b.ptr + at, 4), 0xffffffff);
        assert_true(n_messages == 0 ? at == 8 : at % 64 == 0);
        size_t body = at + 8 + (size_t)load(b.ptr + at + 4, 4);
        assert_int_equal(body % 64, 0);
        // No buffer of these rows begins with the marker: the next one is the next message.
        at = body;
        while (load(b.ptr + at, 4) != 0xffffffff) {
            at += 64;
        }
        n_messages++;
    }
    assert_int_equal(n_messages, 1 + 3 + 1); // schema, dictionaries, batch
    assert_int_equal(load(b.ptr + at, 8), 0xffffffff);
    uint64_t footer_len = load(b.ptr + b.len - 10, 4);
    assert_int_equal(footer_len % 8, 0);
    assert_int_equal(at + 8 + footer_len + 10, b.len);
    assert_memory_equal(b.ptr + b.len - 6, "ARROW1", 6);
    free(b.ptr);
}

// The part between the magic and the footer is a stream on its own; equal rows give equal streams
// whatever the footer says about them.
static void test_stream_part_is_independent(void **state) {
    (void)state;
    struct arrow_footer_info info = {"2025-10-25T10:00:00Z", NULL, 0};
    struct bytes a = numbers(10, &info);
    struct bytes b = numbers(10, NULL);
    uint64_t footer_len = load(a.ptr + a.len - 10, 4);
    assert_true(a.len > b.len);
    assert_memory_equal(a.ptr, b.ptr, a.len - 10 - footer_len);
    free(a.ptr);
    free(b.ptr);
}

static void test_names(void **state) {
    (void)state;
    static const char *const want[N_COLS] = {
        [COL_NULL] = "null",
        [COL_BOOL] = "bool",
        [COL_I8] = "int8",
        [COL_U64] = "uint64",
        [COL_F32] = "float32",
        [COL_TS] = "timestamp[us, UTC]",
        [COL_DATE] = "date32",
        [COL_TEXT] = "utf8",
        [COL_LARGE] = "large_utf8",
        [COL_DICT] = "dictionary<int32, utf8>",
        [COL_BIN] = "fixed_size_binary(20)",
        [COL_LIST] = "list<int64>",
        [COL_TAGS] = "list<dictionary<int32, utf8>>",
        [COL_RECORDS] = "list<struct>",
        [COL_PAIR] = "struct",
    };
    struct bytes b = all_types_file(NO_NULLS, 1);
    struct arrow_file *file = open_bytes(b);
    for (size_t i = 0; i < N_COLS; i++) {
        char name[64];
        arrow_type_name(&arrow_schema(file)->fields[i], name);
        if (want[i]) {
            assert_string_equal(name, want[i]);
        }
    }
    assert_int_equal(arrow_width(ARROW_I16), 2);
    assert_int_equal(arrow_width(ARROW_TIMESTAMP), 8);
    assert_int_equal(arrow_width(ARROW_BOOL), 0);
    assert_string_equal(arrow_err_name(ARROW_ERR_DELTA_DICTIONARY), "delta_dictionary");
    assert_string_equal(arrow_err_name(ARROW_ERR_BAD_DATA), "bad_data");
    assert_string_equal(arrow_err_name((enum arrow_err)99), "unknown");
    arrow_unref(file);
    free(b.ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zones),      cmocka_unit_test(test_entries),
        cmocka_unit_test(test_footer_crc), cmocka_unit_test(test_block_checksums),
        cmocka_unit_test(test_frame),      cmocka_unit_test(test_stream_part_is_independent),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
