// Shared by the tests of arrow/: files in memory, a schema with every type, values by row number.
#ifndef CULPRIT_TEST_ARROW_H
#define CULPRIT_TEST_ARROW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arrow/arrow_read.h"
#include "arrow/arrow_write.h"
#include "base/alloc.h"

#define OK(call)                                                                                   \
    do {                                                                                           \
        if (!(call)) {                                                                             \
            fail_msg("%s: %s", #call, err.msg);                                                    \
        }                                                                                          \
    } while (0)

enum nulls { NO_NULLS, SOME_NULLS, ALL_NULLS };

struct bytes {
    unsigned char *ptr;
    size_t len;
};

// Finishes the writer into memory and frees it.
static inline struct bytes finish(struct arrow_writer *w, const struct arrow_footer_info *info) {
    struct err err = ERR_INIT;
    int fd = memfd_create("arrow", MFD_CLOEXEC);
    assert_true(fd >= 0);
    uint64_t size = 0;
    uint32_t crc = 0;
    OK(arrow_finish(w, fd, info, &size, &crc, &err));
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal((uint64_t)st.st_size, size);
    struct bytes b = {xmalloc(size), size};
    assert_int_equal(pread(fd, b.ptr, size, 0), (ssize_t)size);
    close(fd);
    arrow_writer_free(w);
    return b;
}

static inline struct arrow_file *open_bytes(struct bytes b) {
    struct err err = ERR_INIT;
    struct arrow_file *file = arrow_open_memory("test", b.ptr, b.len, &err);
    if (!file) {
        fail_msg("%s", err.msg);
    }
    return file;
}

enum {
    COL_NULL,
    COL_BOOL,
    COL_I8,
    COL_I16,
    COL_I32,
    COL_I64,
    COL_U8,
    COL_U16,
    COL_U32,
    COL_U64,
    COL_F32,
    COL_F64,
    COL_TS,
    COL_DATE,
    COL_TEXT,
    COL_LARGE,
    COL_DICT,
    COL_BIN,
    COL_LIST,
    COL_TAGS,
    COL_RECORDS,
    COL_PAIR,
    N_COLS
};

// One column of every type; `tags` is list<dictionary>, `records` list<struct<int64, utf8,
// dictionary, float64>>, `pair` struct<int32, dictionary>. Two of the dictionaries are shared.
static inline struct arrow_schema *all_types(void) {
    static struct arrow_field item_i64 = {.name = {"item", 4}, .kind = ARROW_I64, .nullable = true};
    static struct arrow_field item_dict = {
        .name = {"item", 4}, .kind = ARROW_DICT, .nullable = true, .dict_id = 2};
    static struct arrow_field members[] = {
        {.name = {"id", 2}, .kind = ARROW_I64, .nullable = true},
        {.name = {"note", 4}, .kind = ARROW_UTF8, .nullable = true},
        {.name = {"suite", 5}, .kind = ARROW_DICT, .nullable = true, .dict_id = 1},
        {.name = {"value", 5}, .kind = ARROW_F64, .nullable = true},
    };
    static struct arrow_field record = {
        .name = {"item", 4}, .kind = ARROW_STRUCT, .children = members, .n_children = 4};
    static struct arrow_field pair[] = {
        {.name = {"left", 4}, .kind = ARROW_I32},
        {.name = {"right", 5}, .kind = ARROW_DICT, .nullable = true, .dict_id = 3},
    };
    static struct arrow_pair unit[] = {{{"culprit:unit", 12}, {"ms", 2}}};
    static struct arrow_pair meta[] = {
        {{"culprit:format", 14}, {"1", 1}},
        {{"culprit:dataset", 15}, {"all_types", 9}},
    };
    static struct arrow_field fields[N_COLS] = {
        [COL_NULL] = {.name = {"null", 4}, .kind = ARROW_NULL, .nullable = true},
        [COL_BOOL] = {.name = {"bool", 4}, .kind = ARROW_BOOL, .nullable = true},
        [COL_I8] = {.name = {"i8", 2}, .kind = ARROW_I8, .nullable = true},
        [COL_I16] = {.name = {"i16", 3}, .kind = ARROW_I16, .nullable = true},
        [COL_I32] = {.name = {"i32", 3}, .kind = ARROW_I32, .nullable = true},
        [COL_I64] = {.name = {"i64", 3},
                     .kind = ARROW_I64,
                     .nullable = true,
                     .metadata = unit,
                     .n_metadata = 1},
        [COL_U8] = {.name = {"u8", 2}, .kind = ARROW_U8, .nullable = true},
        [COL_U16] = {.name = {"u16", 3}, .kind = ARROW_U16, .nullable = true},
        [COL_U32] = {.name = {"u32", 3}, .kind = ARROW_U32, .nullable = true},
        [COL_U64] = {.name = {"u64", 3}, .kind = ARROW_U64, .nullable = true},
        [COL_F32] = {.name = {"f32", 3}, .kind = ARROW_F32, .nullable = true},
        [COL_F64] = {.name = {"f64", 3}, .kind = ARROW_F64, .nullable = true},
        [COL_TS] = {.name = {"ts", 2},
                    .kind = ARROW_TIMESTAMP,
                    .nullable = true,
                    .unit = ARROW_MICRO,
                    .timezone = {"UTC", 3}},
        [COL_DATE] = {.name = {"date", 4}, .kind = ARROW_DATE, .nullable = true},
        [COL_TEXT] = {.name = {"text", 4}, .kind = ARROW_UTF8, .nullable = true},
        [COL_LARGE] = {.name = {"large", 5}, .kind = ARROW_LARGE_UTF8, .nullable = true},
        [COL_DICT] = {.name = {"dict", 4}, .kind = ARROW_DICT, .nullable = true, .dict_id = 1},
        [COL_BIN] = {.name = {"bin", 3},
                     .kind = ARROW_FIXED_BINARY,
                     .nullable = true,
                     .byte_width = 20},
        [COL_LIST] = {.name = {"list", 4},
                      .kind = ARROW_LIST,
                      .nullable = true,
                      .children = &item_i64,
                      .n_children = 1},
        [COL_TAGS] = {.name = {"tags", 4},
                      .kind = ARROW_LIST,
                      .nullable = true,
                      .children = &item_dict,
                      .n_children = 1},
        [COL_RECORDS] = {.name = {"records", 7},
                         .kind = ARROW_LIST,
                         .nullable = true,
                         .children = &record,
                         .n_children = 1},
        [COL_PAIR] = {.name = {"pair", 4},
                      .kind = ARROW_STRUCT,
                      .nullable = true,
                      .children = pair,
                      .n_children = 2},
    };
    static struct arrow_schema schema = {fields, N_COLS, meta, 2};
    return &schema;
}

static inline bool want_null(enum nulls nulls, int64_t row, int col) {
    return nulls == ALL_NULLS || (nulls == SOME_NULLS && (row + col) % 3 == 0);
}

// Texts with one to four bytes a character, some empty.
static inline struct sv text_of(char out[64], int64_t row) {
    static const char *const parts[] = {
        "", "tp6", "d\xc3\xa9j\xc3\xa0 vu", "\xe2\x82\xac",
        "\xf0\x9f\x90\x8e speedometer3 on linux1804-64-shippable-qr"};
    int n = row % 7 == 0 ? 0 : snprintf(out, 64, "%s %lld", parts[row % 5], (long long)row);
    return sv_make(out, (size_t)n);
}

static inline struct sv dict_of(int64_t row) {
    static const char *const values[] = {"linux", "windows", "macosx", "", "android-hw-a51"};
    return sv_cstr(values[row % 5]);
}

static inline struct sv bin_of(char out[64], int64_t row) {
    memset(out, (int)(row & 0xff), 20);
    return sv_make(out, 20);
}

static inline int64_t int_of(int64_t row) {
    return (row - 5) * 1000003;
}

static inline void add_records(struct arrow_builder *b, int64_t row) {
    char buf[64];
    struct arrow_builder *item = arrow_child(b, 0);
    arrow_list_begin(b);
    for (int64_t i = 0; i < row % 3; i++) {
        arrow_add_i64(arrow_child(item, 0), row * 10 + i);
        arrow_add_text(arrow_child(item, 1), text_of(buf, row + i));
        arrow_add_text(arrow_child(item, 2), dict_of(row + i));
        arrow_add_f64(arrow_child(item, 3), (double)row / 4);
        arrow_struct_end(item);
    }
    arrow_list_end(b);
}

static inline void add_list(struct arrow_builder *b, int64_t row, bool tags) {
    arrow_list_begin(b);
    for (int64_t i = 0; i < row % 4; i++) {
        if (tags) {
            arrow_add_text(arrow_child(b, 0), dict_of(row - i + 4));
        } else {
            arrow_add_i64(arrow_child(b, 0), row - i);
        }
    }
    arrow_list_end(b);
}

static inline void add_cell(struct arrow_builder *b, int col, int64_t row) {
    char buf[64];
    switch (col) {
    case COL_NULL:
        arrow_add_null(b);
        break;
    case COL_BOOL:
        arrow_add_bool(b, row % 3 == 1);
        break;
    case COL_F32:
    case COL_F64:
        arrow_add_f64(b, row % 11 == 3 ? (double)NAN : (double)row / 8);
        break;
    case COL_TEXT:
    case COL_LARGE:
        arrow_add_text(b, text_of(buf, row));
        break;
    case COL_DICT:
        arrow_add_text(b, dict_of(row));
        break;
    case COL_BIN:
        arrow_add_text(b, bin_of(buf, row));
        break;
    case COL_LIST:
    case COL_TAGS:
        add_list(b, row, col == COL_TAGS);
        break;
    case COL_RECORDS:
        add_records(b, row);
        break;
    case COL_PAIR:
        arrow_add_i64(arrow_child(b, 0), row);
        arrow_add_text(arrow_child(b, 1), dict_of(row / 2));
        arrow_struct_end(b);
        break;
    default:
        arrow_add_i64(b, int_of(row));
    }
}

static inline void add_row(struct arrow_writer *w, enum nulls nulls, int64_t row) {
    for (int col = 0; col < N_COLS; col++) {
        struct arrow_builder *b = arrow_column(w, (size_t)col);
        if (want_null(nulls, row, col)) {
            arrow_add_null(b);
        } else {
            add_cell(b, col, row);
        }
    }
}

static inline struct arrow_writer *new_writer(const struct arrow_schema *schema) {
    struct err err = ERR_INIT;
    struct arrow_writer *w = arrow_writer_new(schema, "/tmp", &err);
    if (!w) {
        fail_msg("%s", err.msg);
    }
    return w;
}

static inline struct bytes all_types_file(enum nulls nulls, int64_t n_rows) {
    struct err err = ERR_INIT;
    struct arrow_writer *w = new_writer(all_types());
    for (int64_t row = 0; row < n_rows; row++) {
        add_row(w, nulls, row);
        OK(arrow_row_end(w, &err));
    }
    struct arrow_footer_info info = {.generated = "2025-10-25T10:00:00Z"};
    return finish(w, &info);
}

#endif
