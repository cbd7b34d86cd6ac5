// link: query
// Any bytes as an expression over a table with a column of every kind. Whatever parses must give
// the same rows batch by batch and row by row.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "query/query.h"
#include "schema/enums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { N_ROWS = 130 };

// SV() is no constant for gcc -Wpedantic.
#define TEXT(literal)                                                                              \
    { (literal), sizeof(literal) - 1 }

static struct arrow_field record[] = {{.name = TEXT("name"), .kind = ARROW_UTF8},
                                      {.name = TEXT("value"), .kind = ARROW_UTF8}};
static struct arrow_field item_text = {.name = TEXT("item"), .kind = ARROW_UTF8};
static struct arrow_field item_record = {
    .name = TEXT("item"), .kind = ARROW_STRUCT, .children = record, .n_children = 2};
static struct arrow_field fields[] = {
    {.name = TEXT("n"), .kind = ARROW_I64, .nullable = true},
    {.name = TEXT("f"), .kind = ARROW_F64, .nullable = true},
    {.name = TEXT("b"), .kind = ARROW_BOOL, .nullable = true},
    {.name = TEXT("t"), .kind = ARROW_TIMESTAMP, .unit = ARROW_MICRO, .timezone = TEXT("UTC")},
    {.name = TEXT("status"), .kind = ARROW_I32},
    {.name = TEXT("name"), .kind = ARROW_UTF8, .nullable = true},
    {.name = TEXT("tag"), .kind = ARROW_DICT, .index_kind = ARROW_I32, .nullable = true},
    {.name = TEXT("items"), .kind = ARROW_LIST, .children = &item_text, .n_children = 1},
    {.name = TEXT("params"), .kind = ARROW_LIST, .children = &item_record, .n_children = 1},
    {.name = TEXT("_extra"), .kind = ARROW_LARGE_UTF8, .nullable = true},
};

static struct segment segment;
static struct dataset dataset = {.name = "rows", .segments = &segment, .n_segments = 1};
static struct snapshot snap = {.datasets = &dataset, .n_datasets = 1};
static struct table *table;

static void put_row(struct arrow_writer *w, int i) {
    static const char *const words[] = {"crash", "Perf 12", "", "na\xc3\xafve", "aab"};
    struct arrow_builder *items = arrow_column(w, 7);
    struct arrow_builder *params = arrow_column(w, 8);
    struct arrow_builder *param = arrow_child(params, 0);
    struct sv word = sv_cstr(words[i % 5]);
    if (i % 7) { // the others are null
        arrow_add_i64(arrow_column(w, 0), i - 20);
        arrow_add_f64(arrow_column(w, 1), i / 8.0);
        arrow_add_bool(arrow_column(w, 2), i % 2);
        arrow_add_text(arrow_column(w, 5), word);
        arrow_add_text(arrow_column(w, 6), sv_cstr(words[i % 4]));
        arrow_add_text(arrow_column(w, 9), i % 2 ? SV("{\"k\": 5}") : SV("{\"k\": [\"x\"]}"));
    }
    arrow_add_i64(arrow_column(w, 3), i * INT64_C(3600000000));
    arrow_add_i64(arrow_column(w, 4), i % 11);
    arrow_list_begin(items);
    for (int k = 0; k < i % 3; k++) {
        arrow_add_text(arrow_child(items, 0), word);
    }
    arrow_list_end(items);
    arrow_list_begin(params);
    arrow_add_text(arrow_child(param, 0), SV("os"));
    arrow_add_text(arrow_child(param, 1), word);
    arrow_struct_end(param);
    arrow_list_end(params);
}

static void make_table(void) {
    struct arrow_pair pairs[] = {{SV("culprit:format"), SV("1")}};
    struct arrow_schema schema = {fields, COUNTOF(fields), pairs, 1};
    struct arrow_footer_info info = {0};
    struct err err = ERR_INIT;
    uint64_t size = 0;
    uint32_t crc;
    struct arrow_writer *w = arrow_writer_new(&schema, P_tmpdir, &err);
    int fd = memfd_create("rows", 0);
    bool ok = w && fd >= 0;
    for (int i = 0; ok && i < N_ROWS; i++) {
        put_row(w, i);
        ok = arrow_row_end(w, &err);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ok = ok && arrow_finish(w, fd, &info, &size, &crc, &err);
    segment.arrow = ok ? arrow_open(path, &(struct arrow_open){0}, &err) : NULL;
    segment.n_rows = dataset.n_rows = N_ROWS;
    table = segment.arrow ? table_get(&snap, SV("rows"), &err) : NULL;
    if (!table) {
        fprintf(stderr, "fuzz_expr: %s\n", err.msg);
        abort();
    }
    arrow_writer_free(w);
}

static bool resolve(void *arg, struct sv name, struct column *out, struct err *err) {
    (void)arg;
    if (!column_find(table, name, out, err)) {
        return false;
    }
    if (sv_is(name, "status")) {
        out->values = enum_find(SV("summary_status"));
    }
    if (sv_is(name, "n")) {
        out->unit = "ms";
    }
    return true;
}

static void compare(const struct filter *f) {
    struct rows rows;
    struct err err = ERR_INIT;
    if (!filter_run(f, table, NULL, NULL, &rows, &err)) {
        abort();
    }
    size_t at = 0;
    for (size_t row = 0; row < N_ROWS; row++) {
        bool have = at < rows.n && rows.idx[at] == row;
        at += have;
        if (filter_row(f, (int64_t)row) != have) {
            fprintf(stderr, "row %zu differs\n", row);
            abort();
        }
    }
    rows_done(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = ERR_INIT;
    struct column columns[2];
    if (!table) {
        make_table();
    }
    if (!column_find(table, SV("name"), &columns[0], &err) ||
        !column_find(table, SV("tag"), &columns[1], &err)) {
        abort();
    }
    struct filter_env env = {.resolve = resolve,
                             .text_columns = columns,
                             .n_text_columns = 2,
                             .now_us = INT64_C(1738800000000000)};
    size_t at = SIZE_MAX;
    struct filter *f = filter_parse(sv_make((const char *)data, size), &env, &at, &err);
    if (f) {
        compare(f);
    } else if (at > size || !err.msg[0]) {
        abort(); // an error says what and where
    }
    filter_unref(f);
    return 0;
}
