// Cell formats, over columns made for the purpose.
#include <fcntl.h>

#include "../unit.h"
#include "arrow/arrow_write.h"
#include "base/date.h"
#include "view/format.h"
#include "view/format_int.h"

#define NOW_US (INT64_C(1738750000) * 1000000) // 2025-02-05, a Wednesday, 10:06:40

// One column with one value, in a file in memory.
struct one {
    struct arrow_file *file;
    struct column column;
    struct cell cell;
    char bytes[8192];
};

static struct arrow_builder *one_begin(struct arrow_writer **w, const char *type_name,
                                       struct arrow_field *field) {
    struct err err = ERR_INIT;
    struct arrow_schema schema = {.fields = field, .n_fields = 1};
    field->name = SV("c");
    field->nullable = true;
    *w = arrow_writer_new(&schema, NULL, &err);
    if (!*w) {
        print_error("%s: %s\n", type_name, err.msg);
    }
    assert_non_null(*w);
    return arrow_column(*w, 0);
}

static void one_end(struct one *one, struct arrow_writer *w, enum value_class class) {
    struct err err = ERR_INIT;
    uint64_t size;
    uint32_t crc;
    FILE *tmp = tmpfile();
    assert_true(arrow_row_end(w, &err));
    assert_true(arrow_finish(w, fileno(tmp), &(struct arrow_footer_info){0}, &size, &crc, &err));
    assert_true(size <= sizeof one->bytes);
    assert_int_equal(pread(fileno(tmp), one->bytes, size, 0), size);
    fclose(tmp);
    arrow_writer_free(w);
    one->file = arrow_open_memory("test", one->bytes, size, &err);
    assert_non_null(one->file);
    const struct arrow_batch *batch = arrow_batch(one->file, 0, &err);
    assert_non_null(batch);
    one->cell = (struct cell){&batch->cols[0], 0};
    one->column = (struct column){.name = SV("c"), .class = class};
}

static void check_cell(struct one *one, const char *format, const char *text, const char *role) {
    const struct format_env env = {.now_us = NOW_US};
    const struct cell_format *f = cell_format_find(sv_cstr(format));
    auto_str out = STR_INIT;
    struct sv got_role = SV_NULL;
    assert_non_null(f);
    f->write(&env, &one->column, one->cell, &out, &got_role);
    if (!sv_is(str_sv(&out), text)) {
        print_error("%s: ", format);
    }
    assert_sv(str_sv(&out), text);
    assert_sv(got_role, role);
}

static void check_float(double v, const char *format, const char *text) {
    static struct one one; // the file reads from its bytes
    struct arrow_writer *w;
    struct arrow_field field = {.kind = ARROW_F64};
    arrow_add_f64(one_begin(&w, "f64", &field), v);
    one_end(&one, w, CLASS_FLOAT);
    check_cell(&one, format, text, "");
    arrow_unref(one.file);
}

static void check_int(int64_t v, const char *format, const char *text, const char *role) {
    static struct one one;
    struct arrow_writer *w;
    struct arrow_field field = {.kind = ARROW_I64};
    arrow_add_i64(one_begin(&w, "i64", &field), v);
    one_end(&one, w, CLASS_INT);
    check_cell(&one, format, text, role);
    arrow_unref(one.file);
}

static void check_time(int64_t at_us, const char *format, const char *text, const char *role) {
    static struct one one;
    struct arrow_writer *w;
    struct arrow_field field = {
        .kind = ARROW_TIMESTAMP, .unit = ARROW_MICRO, .timezone = SV("UTC")};
    arrow_add_i64(one_begin(&w, "timestamp", &field), at_us);
    one_end(&one, w, CLASS_TIME);
    check_cell(&one, format, text, role);
    arrow_unref(one.file);
}

static void check_text(const char *v, const char *format, const char *text) {
    static struct one one;
    struct arrow_writer *w;
    struct arrow_field field = {.kind = ARROW_UTF8};
    arrow_add_text(one_begin(&w, "utf8", &field), sv_cstr(v));
    one_end(&one, w, CLASS_TEXT);
    check_cell(&one, format, text, "");
    arrow_unref(one.file);
}

static void numbers(void **state) {
    (void)state;
    check_float(12.345, "value", "12.35");
    check_float(99999.99, "value", "99999.99");
    check_float(1234567.8, "value", "1,234,568");
    check_float(-1e300, "value", "-1e+300");
    check_float(0.0 / 0.0, "value", "nan");
    check_float(0.0001234567, "float", "0.000123457");
    check_float(12.5, "percent", "12.5%");
    check_float(31.36, "signed_percent", "^ +31.4%");
    check_float(-4.44, "signed_percent", "v -4.4%");
    check_float(0, "signed_percent", "0.0%");
    check_float(12.0, "int", "12");
    check_int(45032, "int", "45032", "");
    check_int(1234567, "count", "1,234,567", "");
    check_int(-1234, "count", "-1,234", "");
    check_int(999, "count", "999", "");
    check_int(-999, "count", "-999", "");
    check_int(0, "bytes", "0 B", "");
    check_int(999, "bytes", "999 B", "");
    check_int(1000, "bytes", "1.0 kB", "");
    check_int(264 * 1024, "bytes", "264 kB", "");
    check_int(INT64_C(1800) * 1024 * 1024, "bytes", "1.8 GB", "");
    check_int(300, "span_ms", "300ms", "");
    check_int(12345, "span_ms", "12.3s", "");
    check_int(200000, "span_ms", "3m20s", "");
    check_float(45, "span_s", "45s");
    check_float(12.34, "span_s", "12.3s");
    check_float(200, "span_s", "3m20s");
    check_float(-60, "span_s", "-1m00s");
    check_float(11520, "span_s", "3h12m");
    check_float(0.5, "span_minutes", "30s");
    check_float(18.2, "span_minutes", "18.2m");
    check_float(192, "span_minutes", "3h12m");
}

// The quick way to write decimals gives what printf gives.
static void decimals_are_those_of_printf(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252;
    static const double hard[] = {0.005, 0.015,  1.005, 2.675, 0.285,  99.995,    0.05,
                                  0.25,  -0.004, -0.0,  0.125, 1e-300, 99999.995, 0.994999999};
    for (size_t i = 0; i < 400; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double v = i < COUNTOF(hard) ? hard[i] : (double)(seed % 20000000) / 200.0 - 50000.0;
        char want[64];
        snprintf(want, sizeof want, "%.2f", v);
        check_float(v, "value", want);
        snprintf(want, sizeof want, "%.1f%%", v);
        check_float(v, "percent", want);
    }
}

static void codes(void **state) {
    (void)state;
    check_int(0, "summary_status", "untriaged", "status_open");
    check_int(5, "summary_status", "investigating", "status_active");
    check_int(5, "alert_status", "infra", "status_done"); // another table of codes
    check_int(4, "alert_status", "acknowledged", "status_active");
    check_int(7, "summary_status", "fixed", "status_done");
    check_int(12, "summary_status", "status 12", "");
    check_int(1, "framework", "talos", "");
    check_int(99, "framework", "framework 99", "");
    check_int(1, "bug_status", "FIXED", "status_done");
}

static void times(void **state) {
    (void)state;
    check_time(NOW_US, "datetime", "2025-02-05 10:06", "");
    check_time(NOW_US, "date", "2025-02-05", "");
    check_time(NOW_US - 3 * US_PER_HOUR, "age", "3h", "age");
    // The sign is always there: five hours over is not five hours left.
    check_time(NOW_US + 5 * US_PER_HOUR, "due", "+5h", "");
    check_time(NOW_US - 5 * US_PER_HOUR, "due", "-5h", "problem");
    // From Wednesday to Monday are three working days, not five.
    check_time(NOW_US + 5 * US_PER_DAY, "due", "+3d", "");
    check_time(NOW_US - 7 * US_PER_DAY, "due", "-5d", "problem");
}

static void working_time(void **state) {
    (void)state;
    const int64_t monday = INT64_C(1738540800) * US_PER_SEC; // 2025-02-03
    assert_int_equal(working_span_us(monday, monday + 7 * US_PER_DAY), 5 * US_PER_DAY);
    assert_int_equal(working_span_us(monday + 7 * US_PER_DAY, monday), -5 * US_PER_DAY);
    assert_int_equal(working_span_us(monday + 5 * US_PER_DAY, monday + 6 * US_PER_DAY), 0);
    assert_int_equal(working_span_us(monday + 4 * US_PER_DAY, monday + 8 * US_PER_DAY),
                     2 * US_PER_DAY);
    // Weeks before 1970 have five days too.
    assert_int_equal(working_span_us(-700 * US_PER_DAY, 0), 500 * US_PER_DAY);
    // Additive, whatever is between.
    for (int64_t hour = -400; hour < 400; hour += 7) {
        int64_t at = monday + hour * US_PER_HOUR;
        assert_int_equal(working_span_us(0, at) + working_span_us(at, monday),
                         working_span_us(0, monday));
    }
}

static void texts(void **state) {
    (void)state;
    check_text("a\nb", "text", "a\nb");
    check_text("\n  first \nsecond", "first_line", "first");
    check_text("only", "first_line", "only");
    check_text("0123456789abcdef0123456789abcdef01234567", "revision", "0123456789ab");
    check_text("0123456789abcdef", "revision_full", "0123456789abcdef");
    check_text("short", "revision", "short");
}

static void lists(void **state) {
    (void)state;
    static struct one one;
    struct arrow_writer *w;
    struct arrow_field parts[] = {{.name = SV("test"), .kind = ARROW_UTF8, .nullable = true},
                                  {.name = SV("platform"), .kind = ARROW_UTF8, .nullable = true}};
    struct arrow_field item = {.name = SV("item"),
                               .kind = ARROW_STRUCT,
                               .nullable = true,
                               .children = parts,
                               .n_children = 2};
    struct arrow_field field = {.kind = ARROW_LIST, .children = &item, .n_children = 1};
    struct arrow_builder *b = one_begin(&w, "list", &field);
    struct arrow_builder *record = arrow_child(b, 0);
    arrow_list_begin(b);
    arrow_add_text(arrow_child(record, 0), SV("paint"));
    arrow_add_text(arrow_child(record, 1), SV("linux64"));
    arrow_struct_end(record);
    arrow_add_text(arrow_child(record, 0), SV("load"));
    arrow_add_null(arrow_child(record, 1));
    arrow_struct_end(record);
    arrow_list_end(b);
    one_end(&one, w, CLASS_LIST);
    check_cell(&one, "tests", "paint/linux64, load", "");
    check_cell(&one, "list", "paint=linux64, load", "");
    arrow_unref(one.file);
}

// Any format over any class of column gives some text and never reads past a value.
static void every_format_takes_every_class(void **state) {
    (void)state;
    for (const struct cell_format *f = cell_formats; f->name; f++) {
        static struct one one;
        static const struct arrow_field fields[] = {{.kind = ARROW_BOOL},
                                                    {.kind = ARROW_I32},
                                                    {.kind = ARROW_F64},
                                                    {.kind = ARROW_UTF8},
                                                    {.kind = ARROW_TIMESTAMP, .unit = ARROW_MICRO}};
        static const enum value_class classes[] = {CLASS_BOOL, CLASS_INT, CLASS_FLOAT, CLASS_TEXT,
                                                   CLASS_TIME};
        const struct format_env env = {.now_us = NOW_US};
        assert_true(f->help[0] != '\0');
        for (size_t i = 0; i < COUNTOF(fields); i++) {
            struct arrow_writer *w;
            struct arrow_field field = fields[i];
            struct arrow_builder *b = one_begin(&w, f->name, &field);
            if (field.kind == ARROW_BOOL) {
                arrow_add_bool(b, true);
            } else if (field.kind == ARROW_F64) {
                arrow_add_f64(b, 1.5);
            } else if (field.kind == ARROW_UTF8) {
                arrow_add_text(b, SV("text"));
            } else {
                arrow_add_i64(b, 1);
            }
            one_end(&one, w, classes[i]);
            auto_str out = STR_INIT;
            struct sv role = SV_NULL;
            f->write(&env, &one.column, one.cell, &out, &role);
            assert_true(out.len > 0);
            if (classes[i] == CLASS_TEXT) {
                assert_sv(str_sv(&out), "text"); // what is no number is not made one
            }
            arrow_unref(one.file);
        }
    }
}

static void answers_that_files_write_as_numbers(void **state) {
    (void)state;
    static const struct {
        const char *stored, *shown;
    } cases[] = {{"1", "yes"}, {"0", "no"}, {"10", "10"}, {"maybe", "maybe"}};
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct one one;
        struct arrow_writer *w;
        struct arrow_field field = {.kind = ARROW_UTF8};
        arrow_add_text(one_begin(&w, "bool", &field), sv_cstr(cases[i].stored));
        one_end(&one, w, CLASS_TEXT);
        check_cell(&one, "bool", cases[i].shown, "");
        arrow_unref(one.file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_that_files_write_as_numbers),
        cmocka_unit_test(numbers),
        cmocka_unit_test(decimals_are_those_of_printf),
        cmocka_unit_test(codes),
        cmocka_unit_test(times),
        cmocka_unit_test(working_time),
        cmocka_unit_test(texts),
        cmocka_unit_test(lists),
        cmocka_unit_test(every_format_takes_every_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
