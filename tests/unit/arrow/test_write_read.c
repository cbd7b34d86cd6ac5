// Round trips of every type: what goes in comes out, whatever the null pattern and row count.
#include "arrow_test.h"

static void check_list(const struct arrow_col *col, int64_t slot, int64_t row, bool tags) {
    int64_t from;
    int64_t to;
    assert_true(arrow_get_list(col, slot, &from, &to));
    assert_int_equal(to - from, row % 4);
    for (int64_t i = 0; i < to - from; i++) {
        if (tags) {
            assert_true(sv_eq(arrow_get_text(&col->children[0], from + i), dict_of(row - i + 4)));
        } else {
            assert_int_equal(arrow_get_i64(&col->children[0], from + i), row - i);
        }
    }
}

static void check_records(const struct arrow_col *col, int64_t slot, int64_t row) {
    char buf[64];
    int64_t from;
    int64_t to;
    assert_true(arrow_get_list(col, slot, &from, &to));
    assert_int_equal(to - from, row % 3);
    const struct arrow_col *item = &col->children[0];
    for (int64_t i = 0; i < to - from; i++) {
        int64_t at = from + i;
        assert_false(arrow_is_null(item, at));
        assert_int_equal(arrow_get_i64(&item->children[0], at), row * 10 + i);
        assert_true(sv_eq(arrow_get_text(&item->children[1], at), text_of(buf, row + i)));
        assert_true(sv_eq(arrow_get_text(&item->children[2], at), dict_of(row + i)));
        assert_true(arrow_get_f64(&item->children[3], at) == (double)row / 4);
    }
}

static void check_float(const struct arrow_col *col, int64_t slot, int64_t row) {
    double got = arrow_get_f64(col, slot);
    if (row % 11 == 3) {
        assert_true(isnan(got));
    } else {
        assert_true(got == (double)row / 8);
    }
}

static int64_t narrowed(int col, int64_t v) {
    switch (col) {
    case COL_I8:
        return (int8_t)v;
    case COL_I16:
        return (int16_t)v;
    case COL_I32:
    case COL_DATE:
        return (int32_t)v;
    case COL_U8:
        return (uint8_t)v;
    case COL_U16:
        return (uint16_t)v;
    case COL_U32:
        return (uint32_t)v;
    default:
        return v;
    }
}

static void check_cell(const struct arrow_col *col, int idx, int64_t slot, int64_t row) {
    char buf[64];
    switch (idx) {
    case COL_BOOL:
        assert_int_equal(arrow_get_bool(col, slot), row % 3 == 1);
        break;
    case COL_F32:
    case COL_F64:
        check_float(col, slot, row);
        break;
    case COL_TEXT:
    case COL_LARGE:
        assert_true(sv_eq(arrow_get_text(col, slot), text_of(buf, row)));
        break;
    case COL_DICT:
        assert_true(sv_eq(arrow_get_text(col, slot), dict_of(row)));
        break;
    case COL_BIN:
        assert_true(sv_eq(arrow_get_text(col, slot), bin_of(buf, row)));
        break;
    case COL_LIST:
    case COL_TAGS:
        check_list(col, slot, row, idx == COL_TAGS);
        break;
    case COL_RECORDS:
        check_records(col, slot, row);
        break;
    case COL_PAIR:
        assert_int_equal(arrow_get_i64(&col->children[0], slot), row);
        assert_true(sv_eq(arrow_get_text(&col->children[1], slot), dict_of(row / 2)));
        break;
    default:
        assert_int_equal(arrow_get_i64(col, slot), narrowed(idx, int_of(row)));
    }
}

static void check_null(const struct arrow_col *col, int64_t slot) {
    int64_t from;
    int64_t to;
    assert_true(arrow_is_null(col, slot));
    assert_null(arrow_get_text(col, slot).ptr);
    assert_false(arrow_get_list(col, slot, &from, &to));
    assert_false(arrow_get_bool(col, slot));
    assert_true(isnan(arrow_get_f64(col, slot)) || col->field->kind == ARROW_NULL);
    for (size_t i = 0; col->field->kind == ARROW_STRUCT && i < 2; i++) {
        assert_int_equal(arrow_get_i64(&col->children[i], slot), i ? -1 : 0);
    }
}

static void check_row(struct arrow_file *file, enum nulls nulls, int64_t row) {
    struct err err = ERR_INIT;
    int64_t slot;
    const struct arrow_batch *batch = arrow_batch(file, arrow_find_batch(file, row, &slot), &err);
    assert_non_null(batch);
    assert_int_equal(batch->first_row + slot, row);
    for (int col = 0; col < N_COLS; col++) {
        if (col == COL_NULL || want_null(nulls, row, col)) {
            check_null(&batch->cols[col], slot);
        } else {
            assert_false(arrow_is_null(&batch->cols[col], slot));
            check_cell(&batch->cols[col], col, slot, row);
        }
    }
}

static void check_out_of_range(struct arrow_file *file) {
    int64_t slot = 0;
    int64_t n = arrow_n_rows(file);
    arrow_find_batch(file, n, &slot);
    assert_int_equal(slot, -1);
    arrow_find_batch(file, -1, &slot);
    assert_int_equal(slot, -1);
    struct err err = ERR_INIT;
    assert_null(arrow_batch(file, arrow_n_batches(file), &err));
    assert_int_equal(err.code, ERR_RANGE);
    for (size_t b = 0; b < arrow_n_batches(file); b++) {
        const struct arrow_batch *batch = arrow_batch(file, b, &err);
        assert_non_null(batch);
        for (size_t col = 0; col < N_COLS; col++) {
            assert_true(arrow_is_null(&batch->cols[col], batch->n_rows));
            assert_true(arrow_is_null(&batch->cols[col], -1));
            assert_null(arrow_get_text(&batch->cols[col], INT64_MAX).ptr);
            assert_null(arrow_get_text(&batch->cols[col], INT64_MIN).ptr);
        }
    }
}

static void round_trip(enum nulls nulls, int64_t n_rows) {
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(nulls, n_rows);
    struct bytes again = all_types_file(nulls, n_rows);
    assert_int_equal(b.len, again.len);
    assert_memory_equal(b.ptr, again.ptr, b.len);
    struct arrow_file *file = open_bytes(b);
    assert_int_equal(arrow_n_rows(file), n_rows);
    assert_int_equal(arrow_n_batches(file), (n_rows + ARROW_BATCH_ROWS - 1) / ARROW_BATCH_ROWS);
    OK(arrow_check_full(file, &err));
    OK(arrow_check_crc(file, &err));
    for (int64_t row = 0; row < n_rows; row++) {
        check_row(file, nulls, row);
    }
    check_out_of_range(file);
    assert_int_equal(arrow_damaged(file), 0);
    arrow_unref(file);
    free(b.ptr);
    free(again.ptr);
}

static void test_small_counts(void **state) {
    (void)state;
    static const int64_t counts[] = {0, 1, 2, 7, 8, 9, 63, 64, 65};
    for (size_t i = 0; i < COUNTOF(counts); i++) {
        for (int nulls = NO_NULLS; nulls <= ALL_NULLS; nulls++) {
            round_trip((enum nulls)nulls, counts[i]);
        }
    }
}

static void test_batch_borders(void **state) {
    (void)state;
    static const int64_t counts[] = {65535, 65536, 65537};
    for (size_t i = 0; i < COUNTOF(counts); i++) {
        for (int nulls = NO_NULLS; nulls <= ALL_NULLS; nulls++) {
            round_trip((enum nulls)nulls, counts[i]);
        }
    }
}

static void test_schema_comes_back(void **state) {
    (void)state;
    struct bytes b = all_types_file(SOME_NULLS, 10);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_schema *want = all_types();
    const struct arrow_schema *got = arrow_schema(file);
    assert_int_equal(got->n_fields, want->n_fields);
    for (size_t i = 0; i < want->n_fields; i++) {
        struct arrow_field f = want->fields[i];
        f.index_kind = f.kind == ARROW_DICT ? ARROW_I32 : f.index_kind;
        if (i != COL_TAGS && i != COL_RECORDS && i != COL_PAIR) {
            assert_true(arrow_field_equal(&f, &got->fields[i]));
        }
        assert_int_equal(arrow_field_index(got, f.name), i);
    }
    assert_int_equal(arrow_field_index(got, SV("absent")), -1);
    assert_true(
        sv_is(arrow_metadata(got->metadata, got->n_metadata, "culprit:dataset"), "all_types"));
    assert_null(arrow_metadata(got->metadata, got->n_metadata, "absent").ptr);
    const struct arrow_field *i64 = &got->fields[COL_I64];
    assert_true(sv_is(arrow_metadata(i64->metadata, i64->n_metadata, "culprit:unit"), "ms"));
    // dict and records.item.suite share one; ids follow the order of columns.
    assert_int_equal(got->fields[COL_DICT].dict_id, 0);
    assert_int_equal(got->fields[COL_TAGS].children[0].dict_id, 1);
    assert_int_equal(got->fields[COL_RECORDS].children[0].children[2].dict_id, 0);
    assert_int_equal(got->fields[COL_PAIR].children[1].dict_id, 2);
    arrow_unref(file);
    free(b.ptr);
}

static struct arrow_schema one_column(struct arrow_field *field) {
    return (struct arrow_schema){.fields = field, .n_fields = 1};
}

static void test_dictionary_order(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("d"), .kind = ARROW_DICT};
    struct arrow_schema schema = one_column(&field);
    struct arrow_writer *w = new_writer(&schema);
    char buf[32];
    for (int i = 0; i < 3000; i++) {
        int n = snprintf(buf, sizeof buf, "value %d", i % 1000);
        arrow_add_text(arrow_column(w, 0), sv_make(buf, (size_t)n));
        OK(arrow_row_end(w, &err));
    }
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_dict *dict = arrow_dict_by_id(file, 0, &err);
    assert_non_null(dict);
    assert_int_equal(dict->n_values, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        int n = snprintf(buf, sizeof buf, "value %u", i);
        assert_true(sv_eq(arrow_dict_value(dict, i), sv_make(buf, (size_t)n)));
    }
    assert_null(arrow_dict_value(dict, 1000).ptr);
    assert_null(arrow_dict_by_id(file, 7, &err));
    arrow_unref(file);
    free(b.ptr);
}

// Values by code give the same file as values by text.
static void test_values_by_code(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("d"), .kind = ARROW_DICT, .nullable = true};
    struct arrow_schema schema = one_column(&field);
    struct arrow_writer *texts = new_writer(&schema), *codes = new_writer(&schema);
    uint32_t known[100];
    for (int i = 0; i < 70000; i++) {
        char buf[32];
        const int n = snprintf(buf, sizeof buf, "value %d", i % 100);
        const struct sv text = sv_make(buf, (size_t)n);
        if (i % 7 == 0) {
            arrow_add_null(arrow_column(texts, 0));
            arrow_add_null(arrow_column(codes, 0));
        } else {
            arrow_add_text(arrow_column(texts, 0), text);
            if (i < 200) {
                known[i % 100] = arrow_code_of(arrow_column(codes, 0), text);
            }
            arrow_add_code(arrow_column(codes, 0), known[i % 100]);
        }
        OK(arrow_row_end(texts, &err));
        OK(arrow_row_end(codes, &err));
    }
    arrow_add_code(arrow_column(codes, 0), 100);
    assert_false(arrow_row_end(codes, &err));
    assert_non_null(strstr(err.msg, "bug"));
    arrow_row_undo(codes);
    const struct arrow_footer_info info = {.generated = "2025-10-25T10:00:00Z"};
    struct bytes want = finish(texts, &info), got = finish(codes, &info);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.ptr, want.ptr, want.len);
    free(want.ptr);
    free(got.ptr);
}

// A writer that was fed rejected rows in between gives the same bytes as one that was not.
static void test_undo_leaves_no_trace(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    for (int nulls = NO_NULLS; nulls <= ALL_NULLS; nulls++) {
        struct arrow_writer *w = new_writer(all_types());
        for (int64_t row = 0; row < 200; row++) {
            add_row(w, row % 2 ? NO_NULLS : SOME_NULLS, row * 7 + 1);
            arrow_add_text(arrow_child(arrow_column(w, COL_TAGS), 0), SV("never seen elsewhere"));
            arrow_row_undo(w);
            struct str *s = arrow_text_begin(arrow_column(w, COL_LARGE));
            str_add_cstr(s, "half a text");
            arrow_list_begin(arrow_column(w, COL_RECORDS));
            arrow_add_text(arrow_child(arrow_child(arrow_column(w, COL_RECORDS), 0), 2),
                           SV("not this one either"));
            arrow_add_text(arrow_column(w, COL_DICT), SV("nor this"));
            arrow_row_undo(w);
            add_row(w, (enum nulls)nulls, row);
            OK(arrow_row_end(w, &err));
            assert_int_equal(arrow_rows_written(w), row + 1);
        }
        add_row(w, NO_NULLS, 12345); // never ended
        struct arrow_footer_info info = {.generated = "2025-10-25T10:00:00Z"};
        struct bytes got = finish(w, &info);
        struct bytes want = all_types_file((enum nulls)nulls, 200);
        assert_int_equal(got.len, want.len);
        assert_memory_equal(got.ptr, want.ptr, want.len);
        free(got.ptr);
        free(want.ptr);
    }
}

static void test_bad_utf8_is_repaired(void **state) {
    (void)state;
    static const struct {
        struct sv in, out;
    } cases[] = {
        {{"ab\xff"
          "cd",
          5},
         {"ab\xef\xbf\xbd"
          "cd",
          7}},
        {{"\xe2\x82", 2}, {"\xef\xbf\xbd", 3}},
        {{"0123456789012345678901234567890123456789\xc0\xaf", 42},
         {"0123456789012345678901234567890123456789\xef\xbf\xbd\xef\xbf\xbd", 46}},
        {{"\xed\xa0\x80", 3}, {"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9}},
        {{"nul\0inside", 10}, {"nul\0inside", 10}},
    };
    struct err err = ERR_INIT;
    struct arrow_field fields[] = {{.name = SV("d"), .kind = ARROW_DICT},
                                   {.name = SV("t"), .kind = ARROW_UTF8},
                                   {.name = SV("l"), .kind = ARROW_LARGE_UTF8}};
    struct arrow_schema schema = {.fields = fields, .n_fields = 3};
    struct arrow_writer *w = new_writer(&schema);
    for (size_t i = 0; i < 2 * COUNTOF(cases); i++) {
        arrow_add_text(arrow_column(w, 0), cases[i / 2].in);
        arrow_add_text(arrow_column(w, 1), cases[i / 2].in);
        str_add_sv(arrow_text_begin(arrow_column(w, 2)), cases[i / 2].in);
        arrow_text_end(arrow_column(w, 2));
        OK(arrow_row_end(w, &err));
    }
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    OK(arrow_check_full(file, &err));
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    assert_non_null(batch);
    for (int64_t i = 0; i < (int64_t)(2 * COUNTOF(cases)); i++) {
        for (size_t col = 0; col < 3; col++) {
            assert_true(sv_eq(arrow_get_text(&batch->cols[col], i), cases[i / 2].out));
        }
    }
    assert_int_equal(batch->cols[0].dict->n_values, COUNTOF(cases) - 0);
    arrow_unref(file);
    free(b.ptr);
}

static void test_misuse_fails_the_row(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field fields[] = {
        {.name = SV("id"), .kind = ARROW_I64},
        {.name = SV("bin"), .kind = ARROW_FIXED_BINARY, .byte_width = 4, .nullable = true}};
    struct arrow_schema schema = {.fields = fields, .n_fields = 2};
    struct arrow_writer *w = new_writer(&schema);
    assert_false(arrow_row_end(w, &err)); // no value for `id`
    assert_non_null(strstr(err.msg, "\"id\""));
    arrow_row_undo(w);
    arrow_add_null(arrow_column(w, 0));
    assert_false(arrow_row_end(w, &err));
    arrow_row_undo(w);
    arrow_add_i64(arrow_column(w, 0), 1);
    arrow_add_i64(arrow_column(w, 0), 2);
    assert_false(arrow_row_end(w, &err));
    arrow_row_undo(w);
    arrow_add_i64(arrow_column(w, 0), 1);
    arrow_add_text(arrow_column(w, 1), SV("toolong"));
    assert_false(arrow_row_end(w, &err));
    arrow_row_undo(w);
    arrow_add_i64(arrow_column(w, 0), 77);
    OK(arrow_row_end(w, &err));
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    OK(arrow_check_full(file, &err));
    assert_int_equal(arrow_n_rows(file), 1);
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    assert_int_equal(arrow_get_i64(&batch->cols[0], 0), 77);
    assert_true(arrow_is_null(&batch->cols[1], 0));
    arrow_unref(file);
    free(b.ptr);
}

static void test_failed_row_is_not_finished(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("id"), .kind = ARROW_I64};
    struct arrow_schema schema = one_column(&field);
    struct arrow_writer *w = new_writer(&schema);
    assert_false(arrow_row_end(w, &err));
    int fd = memfd_create("arrow", MFD_CLOEXEC);
    err_clear(&err);
    assert_false(arrow_finish(w, fd, NULL, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_USAGE);
    close(fd);
    arrow_writer_free(w);
}

static void test_bad_schemas_are_refused(void **state) {
    (void)state;
    struct arrow_field item = {.name = SV("item"), .kind = ARROW_I64};
    struct arrow_field bad[] = {
        {.name = SV("list"), .kind = ARROW_LIST},
        {.name = SV("bin"), .kind = ARROW_FIXED_BINARY},
        {.name = SV("int"), .kind = ARROW_I64, .children = &item, .n_children = 1},
        {.name = SV("\xff"), .kind = ARROW_I64},
        {.name = SV("kind"), .kind = ARROW_N_KINDS},
    };
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct err err = ERR_INIT;
        struct arrow_schema schema = one_column(&bad[i]);
        assert_null(arrow_writer_new(&schema, NULL, &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
}

// Bulk text closes a batch at 16 MiB; rows are then found by their first rows.
static void test_uneven_batches(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field fields[] = {{.name = SV("id"), .kind = ARROW_I64},
                                   {.name = SV("diff"), .kind = ARROW_LARGE_UTF8}};
    struct arrow_schema schema = {.fields = fields, .n_fields = 2};
    struct arrow_writer *w = new_writer(&schema);
    struct str text = STR_INIT;
    str_fill(&text, 'x', 3 << 20);
    for (int64_t row = 0; row < 60; row++) {
        arrow_add_i64(arrow_column(w, 0), row);
        arrow_add_text(arrow_column(w, 1), sv_make(text.ptr, row % 2 ? text.len : (size_t)row));
        OK(arrow_row_end(w, &err));
    }
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    assert_int_equal(arrow_n_batches(file), 5);
    assert_true(sv_is(arrow_footer(file, "culprit:batch_rows"), "0"));
    assert_true(sv_is(arrow_footer(file, "culprit:first_rows"), "0,12,24,36,48"));
    for (int64_t row = 0; row < 60; row++) {
        int64_t slot;
        const struct arrow_batch *batch =
            arrow_batch(file, arrow_find_batch(file, row, &slot), &err);
        assert_non_null(batch);
        assert_int_equal(arrow_get_i64(&batch->cols[0], slot), row);
        assert_int_equal(arrow_get_text(&batch->cols[1], slot).len, row % 2 ? 3 << 20 : row);
    }
    OK(arrow_check_full(file, &err));
    OK(arrow_check_crc(file, &err));
    arrow_unref(file);
    free(b.ptr);
    str_done(&text);
}

// The bitmap begins anew in each batch and must not grow with their number.
static void test_many_batches_with_nulls(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("flag"), .kind = ARROW_BOOL, .nullable = true};
    struct arrow_schema schema = one_column(&field);
    struct arrow_writer *w = new_writer(&schema);
    const int64_t n_rows = 70 * ARROW_BATCH_ROWS + 3;
    for (int64_t row = 0; row < n_rows; row++) {
        if (row % 1000) {
            arrow_add_bool(arrow_column(w, 0), row % 3 == 0);
        } else {
            arrow_add_null(arrow_column(w, 0));
        }
        OK(arrow_row_end(w, &err));
    }
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    assert_int_equal(arrow_n_batches(file), 71);
    OK(arrow_check_full(file, &err));
    int64_t n_nulls = 0;
    for (size_t i = 0; i < 71; i++) {
        n_nulls += arrow_batch(file, i, &err)->cols[0].null_count;
    }
    assert_int_equal(n_nulls, (n_rows + 999) / 1000);
    arrow_unref(file);
    free(b.ptr);
}

// Past 8 MiB the spool is a file; a folder that is not there is then an error with its name.
static void test_spool_folder_missing(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("id"), .kind = ARROW_I64};
    struct arrow_schema schema = one_column(&field);
    struct arrow_writer *w = arrow_writer_new(&schema, "/nonexistent/folder", &err);
    assert_non_null(w);
    bool ok = true;
    for (int64_t row = 0; ok && row < 2000000; row++) {
        arrow_add_i64(arrow_column(w, 0), row);
        ok = arrow_row_end(w, &err);
    }
    assert_false(ok);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sub, ARROW_ERR_IO);
    assert_non_null(strstr(err.msg, "/nonexistent/folder"));
    arrow_row_undo(w);
    arrow_add_i64(arrow_column(w, 0), 1);
    assert_false(arrow_row_end(w, &err)); // it stays broken
    arrow_writer_free(w);
}

static void test_full_disk(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0) {
        skip();
    }
    struct arrow_writer *w = new_writer(all_types());
    add_row(w, NO_NULLS, 1);
    OK(arrow_row_end(w, &err));
    assert_false(arrow_finish(w, fd, NULL, NULL, NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_IO);
    close(fd);
    arrow_writer_free(w);
}

// Buffers begin at multiples of 64 and what lies between them is zero: the format says so, and
// equal bytes depend on it.
static void test_alignment(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(SOME_NULLS, 77);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    assert_non_null(batch);
    for (size_t i = 0; i < N_COLS; i++) {
        const struct arrow_col *col = &batch->cols[i];
        const unsigned char *parts[] = {col->validity, col->values,
                                        (const unsigned char *)col->bytes};
        for (size_t p = 0; p < COUNTOF(parts); p++) {
            assert_true(!parts[p] || (parts[p] - b.ptr) % 64 == 0);
        }
        arrow_will_need(col);
    }
    arrow_unref(file);
    free(b.ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_counts),
        cmocka_unit_test(test_batch_borders),
        cmocka_unit_test(test_schema_comes_back),
        cmocka_unit_test(test_dictionary_order),
        cmocka_unit_test(test_values_by_code),
        cmocka_unit_test(test_undo_leaves_no_trace),
        cmocka_unit_test(test_bad_utf8_is_repaired),
        cmocka_unit_test(test_misuse_fails_the_row),
        cmocka_unit_test(test_failed_row_is_not_finished),
        cmocka_unit_test(test_bad_schemas_are_refused),
        cmocka_unit_test(test_uneven_batches),
        cmocka_unit_test(test_many_batches_with_nulls),
        cmocka_unit_test(test_spool_folder_missing),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_alignment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
