// Copying rows and comparing cells between files.
#include "arrow_test.h"

static struct arrow_writer *copy_all(struct arrow_file *from, const struct arrow_schema *schema) {
    struct err err = ERR_INIT;
    struct arrow_writer *w = new_writer(schema);
    for (int64_t row = 0; row < arrow_n_rows(from); row++) {
        OK(arrow_copy_row(w, from, row, &err));
    }
    assert_int_equal(arrow_rows_written(w), arrow_n_rows(from));
    return w;
}

static void test_copy_gives_equal_bytes(void **state) {
    (void)state;
    for (int nulls = NO_NULLS; nulls <= ALL_NULLS; nulls++) {
        struct bytes b = all_types_file((enum nulls)nulls, 1000);
        struct arrow_file *file = open_bytes(b);
        struct arrow_footer_info info = {.generated = "2025-10-25T10:00:00Z"};
        struct bytes copy = finish(copy_all(file, all_types()), &info);
        assert_int_equal(copy.len, b.len);
        assert_memory_equal(copy.ptr, b.ptr, b.len);
        arrow_unref(file);
        free(copy.ptr);
        free(b.ptr);
    }
}

static void test_row_out_of_range(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(NO_NULLS, 3);
    struct arrow_file *file = open_bytes(b);
    struct arrow_writer *w = new_writer(all_types());
    assert_false(arrow_copy_row(w, file, 3, &err));
    assert_int_equal(err.code, ERR_RANGE);
    assert_false(arrow_copy_row(w, file, -1, &err));
    OK(arrow_copy_row(w, file, 2, &err));
    arrow_writer_free(w);
    arrow_unref(file);
    free(b.ptr);
}

static struct bytes dict_file(const char *const *values, size_t n) {
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("platform"), .kind = ARROW_DICT, .nullable = true};
    struct arrow_schema schema = {.fields = &field, .n_fields = 1};
    struct arrow_writer *w = new_writer(&schema);
    for (size_t i = 0; i < n; i++) {
        if (values[i]) {
            arrow_add_text(arrow_column(w, 0), sv_cstr(values[i]));
        } else {
            arrow_add_null(arrow_column(w, 0));
        }
        OK(arrow_row_end(w, &err));
    }
    return finish(w, NULL);
}

// Two files with the same codes for other values, freed in between, so that addresses come back.
static void test_codes_are_remapped(void **state) {
    (void)state;
    static const char *const first[] = {"linux", "windows", NULL, "linux", "osx"};
    static const char *const second[] = {"osx", "linux", NULL, "android", "osx"};
    struct err err = ERR_INIT;
    struct arrow_field field = {.name = SV("platform"), .kind = ARROW_DICT, .nullable = true};
    struct arrow_schema schema = {.fields = &field, .n_fields = 1};
    struct arrow_writer *w = new_writer(&schema);
    for (int round = 0; round < 4; round++) {
        struct bytes b = dict_file(round % 2 ? second : first, 5);
        struct arrow_file *file = open_bytes(b);
        const struct arrow_batch *batch = arrow_batch(file, 0, &err);
        for (int64_t slot = 0; slot < 5; slot++) {
            arrow_copy_cell(arrow_column(w, 0), &batch->cols[0], slot);
            OK(arrow_row_end(w, &err));
        }
        arrow_unref(file);
        free(b.ptr);
    }
    struct bytes b = finish(w, NULL);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_batch *batch = arrow_batch(file, 0, &err);
    assert_int_equal(batch->cols[0].dict->n_values, 4);
    for (int64_t slot = 0; slot < 20; slot++) {
        const char *want = (slot / 5 % 2 ? second : first)[slot % 5];
        struct sv got = arrow_get_text(&batch->cols[0], slot);
        assert_true(want ? sv_is(got, want) : got.ptr == NULL);
    }
    arrow_unref(file);
    free(b.ptr);
}

// A newer schema: wider columns, a column more, one less, one with another order of columns.
static void test_schema_change(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(SOME_NULLS, 50);
    struct arrow_file *file = open_bytes(b);
    struct arrow_field fields[] = {
        {.name = SV("text"), .kind = ARROW_LARGE_UTF8, .nullable = true},
        {.name = SV("added"), .kind = ARROW_DICT, .nullable = true},
        {.name = SV("i32"), .kind = ARROW_I64, .nullable = true},
        {.name = SV("dict"), .kind = ARROW_UTF8, .nullable = true},
        {.name = SV("large"), .kind = ARROW_DICT, .nullable = true},
        {.name = SV("f32"), .kind = ARROW_F64, .nullable = true},
        {.name = SV("count"), .kind = ARROW_I64},
        {.name = SV("label"), .kind = ARROW_DICT},
    };
    struct arrow_schema schema = {.fields = fields, .n_fields = COUNTOF(fields)};
    struct bytes c = finish(copy_all(file, &schema), NULL);
    struct arrow_file *copy = open_bytes(c);
    OK(arrow_check_full(copy, &err));
    const struct arrow_col *from = arrow_batch(file, 0, &err)->cols;
    const struct arrow_col *to = arrow_batch(copy, 0, &err)->cols;
    for (int64_t slot = 0; slot < 50; slot++) {
        assert_true(arrow_cell_equal(&to[0], slot, &from[COL_TEXT], slot));
        assert_true(arrow_is_null(&to[1], slot));
        assert_true(arrow_cell_equal(&to[2], slot, &from[COL_I32], slot));
        assert_true(arrow_cell_equal(&to[3], slot, &from[COL_DICT], slot));
        assert_true(arrow_cell_equal(&to[4], slot, &from[COL_LARGE], slot));
        assert_true(arrow_cell_equal(&to[5], slot, &from[COL_F32], slot));
        assert_int_equal(arrow_get_i64(&to[6], slot), 0);
        assert_int_equal(arrow_get_text(&to[7], slot).len, 0);
        assert_false(arrow_is_null(&to[7], slot));
    }
    arrow_unref(copy);
    arrow_unref(file);
    free(c.ptr);
    free(b.ptr);
}

static void test_narrowing_is_refused(void **state) {
    (void)state;
    static struct arrow_field item = {.name = {"item", 4}, .kind = ARROW_UTF8};
    struct arrow_field bad[] = {
        {.name = SV("i64"), .kind = ARROW_I32, .nullable = true},
        {.name = SV("f64"), .kind = ARROW_F32, .nullable = true},
        {.name = SV("text"), .kind = ARROW_I64, .nullable = true},
        {.name = SV("ts"), .kind = ARROW_TIMESTAMP, .unit = ARROW_MILLI, .nullable = true},
        {.name = SV("bin"), .kind = ARROW_FIXED_BINARY, .byte_width = 21, .nullable = true},
        {.name = SV("list"),
         .kind = ARROW_LIST,
         .children = &item,
         .n_children = 1,
         .nullable = true},
    };
    struct bytes b = all_types_file(NO_NULLS, 3);
    struct arrow_file *file = open_bytes(b);
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct err err = ERR_INIT;
        struct arrow_schema schema = {.fields = &bad[i], .n_fields = 1};
        struct arrow_writer *w = new_writer(&schema);
        assert_false(arrow_copy_row(w, file, 0, &err));
        assert_int_equal(err.sub, ARROW_ERR_SCHEMA_MISMATCH);
        assert_non_null(strstr(err.msg, bad[i].name.ptr));
        arrow_writer_free(w);
    }
    arrow_unref(file);
    free(b.ptr);
}

static void test_cells_compare(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct bytes b = all_types_file(SOME_NULLS, 40);
    struct arrow_file *file = open_bytes(b);
    const struct arrow_col *cols = arrow_batch(file, 0, &err)->cols;
    for (int col = 0; col < N_COLS; col++) {
        size_t n_different = 0;
        for (int64_t i = 0; i < 40; i++) {
            assert_true(arrow_cell_equal(&cols[col], i, &cols[col], i));
            bool same_null = want_null(SOME_NULLS, i, col) == want_null(SOME_NULLS, 1, col);
            bool equal = arrow_cell_equal(&cols[col], 1, &cols[col], i);
            assert_true(same_null || !equal || col == COL_NULL);
            n_different += !equal;
        }
        assert_true(n_different > 10 || col == COL_NULL);
    }
    // Zero and minus zero, NaN, null and the empty text.
    struct arrow_field field = {.name = SV("v"), .kind = ARROW_F64, .nullable = true};
    struct arrow_schema schema = {.fields = &field, .n_fields = 1};
    struct arrow_writer *w = new_writer(&schema);
    static const double values[] = {0.0, -0.0, (double)NAN, 1.5};
    for (size_t i = 0; i < COUNTOF(values); i++) {
        arrow_add_f64(arrow_column(w, 0), values[i]);
        OK(arrow_row_end(w, &err));
    }
    OK(arrow_row_end(w, &err)); // null
    struct bytes c = finish(w, NULL);
    struct arrow_file *floats = open_bytes(c);
    const struct arrow_col *v = arrow_batch(floats, 0, &err)->cols;
    assert_true(arrow_cell_equal(v, 0, v, 1));
    assert_true(arrow_cell_equal(v, 2, v, 2));
    assert_false(arrow_cell_equal(v, 2, v, 0));
    assert_false(arrow_cell_equal(v, 4, v, 0));
    assert_false(arrow_cell_equal(v, 4, v, 2));
    assert_true(arrow_cell_equal(v, 4, v, 4));
    assert_false(arrow_cell_equal(v, 3, &cols[COL_TEXT], 4));
    arrow_unref(floats);
    arrow_unref(file);
    free(c.ptr);
    free(b.ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_gives_equal_bytes), cmocka_unit_test(test_row_out_of_range),
        cmocka_unit_test(test_codes_are_remapped),     cmocka_unit_test(test_schema_change),
        cmocka_unit_test(test_narrowing_is_refused),   cmocka_unit_test(test_cells_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
