#include "arrow_test.h"

// Many values at once: the same bytes as one by one.

enum { N_COLUMNS = 9, N_ROWS = 150000 };

struct record {
    int64_t big;
    double real;
    int32_t small;
};

static const struct arrow_field fields[N_COLUMNS] = {
    {.name = SV_INIT("big"), .kind = ARROW_I64},
    {.name = SV_INIT("maybe"), .kind = ARROW_TIMESTAMP, .unit = ARROW_MICRO, .nullable = true},
    {.name = SV_INIT("real"), .kind = ARROW_F64, .nullable = true},
    {.name = SV_INIT("small"), .kind = ARROW_I32, .nullable = true},
    {.name = SV_INIT("same"), .kind = ARROW_I64},
    {.name = SV_INIT("text"), .kind = ARROW_LARGE_UTF8, .nullable = true},
    {.name = SV_INIT("short"), .kind = ARROW_UTF8, .nullable = true},
    {.name = SV_INIT("dict"), .kind = ARROW_DICT, .nullable = true},
    {.name = SV_INIT("flag"), .kind = ARROW_BOOL, .nullable = true},
};

static struct arrow_writer *writer(void) {
    struct arrow_field copy[N_COLUMNS];
    memcpy(copy, fields, sizeof copy);
    return new_writer(&(struct arrow_schema){.fields = copy, .n_fields = N_COLUMNS});
}

static struct record record_at(int64_t row) {
    return (struct record){row * 1000003, (double)row / 7, (int32_t)(row % 977)};
}

// Rows come in groups, each with all its values or none of a column.
static size_t group_size(int64_t row) {
    static const size_t sizes[] = {1, 7, 8, 9, 64, 3, 1000, 2, 15, 40000};
    return sizes[row % 10 ? (size_t)row % 9 : 9];
}

static bool group_has(int64_t first_row, int col) {
    return (first_row >> col) % 3 != 0 && (col < 5 || first_row % 5 == 0);
}

static void add_one_by_one(struct arrow_writer *w, int64_t first_row, int64_t row) {
    const struct record rec = record_at(row);
    arrow_add_i64(arrow_column(w, 0), rec.big);
    arrow_add_i64(arrow_column(w, 4), first_row);
    for (int col = 1; col < N_COLUMNS; col++) {
        struct arrow_builder *b = arrow_column(w, (size_t)col);
        if (col == 4) {
            continue;
        }
        if (!group_has(first_row, col)) {
            arrow_add_null(b);
        } else if (col == 1) {
            arrow_add_i64(b, rec.big);
        } else if (col == 2) {
            arrow_add_f64(b, rec.real);
        } else if (col == 3) {
            arrow_add_i64(b, rec.small);
        } else if (col == 8) {
            arrow_add_bool(b, row & 1);
        } else {
            arrow_add_text(b, row & 1 ? SV("odd") : SV("even"));
        }
    }
}

static void add_at_once(struct arrow_writer *w, int64_t first_row, int64_t row, size_t n) {
    static const size_t offsets[4] = {offsetof(struct record, big), offsetof(struct record, big),
                                      offsetof(struct record, real),
                                      offsetof(struct record, small)};
    struct record *recs = xcalloc(n, sizeof *recs);
    for (size_t i = 0; i < n; i++) {
        recs[i] = record_at(row + (int64_t)i);
    }
    arrow_add_run(arrow_column(w, 4), &first_row, 0, n);
    for (int col = 0; col < N_COLUMNS; col++) {
        struct arrow_builder *b = arrow_column(w, (size_t)col);
        if (col == 4) {
            continue;
        }
        if (col && !group_has(first_row, col)) {
            // A column without any call becomes null as well.
            if (first_row % 2) {
                arrow_add_nulls(b, n);
            }
        } else if (col < 4) {
            arrow_add_run(b, (const char *)recs + offsets[col], sizeof *recs, n);
        } else {
            for (size_t i = 0; i < n; i++) {
                const bool odd = (row + (int64_t)i) & 1;
                if (col == 8) {
                    arrow_add_bool(b, odd);
                } else {
                    arrow_add_text(b, odd ? SV("odd") : SV("even"));
                }
            }
        }
    }
    free(recs);
}

static void test_runs_give_the_same_bytes(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct arrow_writer *one = writer(), *many = writer();
    for (int64_t first = 0; first < N_ROWS;) {
        const size_t group = group_size(first);
        for (size_t done = 0; done < group;) {
            const size_t n = MIN(group - done, arrow_rows_room(many));
            const int64_t row = first + (int64_t)done;
            assert_true(n > 0);
            for (size_t i = 0; i < n; i++) {
                add_one_by_one(one, first, row + (int64_t)i);
                OK(arrow_row_end(one, &err));
            }
            add_at_once(many, first, row, n);
            if (first % 11 == 0) {
                // Taken back and added again.
                arrow_row_undo(many);
                add_at_once(many, first, row, n);
            }
            OK(arrow_rows_end(many, n, &err));
            done += n;
        }
        first += (int64_t)group;
        assert_int_equal(arrow_rows_written(many), first);
    }
    const struct arrow_footer_info info = {.generated = "2025-10-25T10:00:00Z"};
    struct bytes want = finish(one, &info), got = finish(many, &info);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.ptr, want.ptr, want.len);
    struct arrow_file *file = open_bytes(got);
    OK(arrow_check_full(file, &err));
    assert_true(arrow_n_batches(file) > 2);
    arrow_unref(file);
    free(want.ptr);
    free(got.ptr);
}

static void fails(struct arrow_writer *w, size_t n, const char *why) {
    struct err err = ERR_INIT;
    assert_false(arrow_rows_end(w, n, &err));
    if (!strstr(err.msg, why)) {
        fail_msg("%s", err.msg);
    }
    arrow_row_undo(w);
}

static void test_wrong_counts_fail(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    const int64_t v = 5;
    struct arrow_writer *w = writer();
    fails(w, 2, "is not nullable"); // no value for `big`
    arrow_add_run(arrow_column(w, 0), &v, 0, 3);
    arrow_add_run(arrow_column(w, 4), &v, 0, 2);
    fails(w, 3, "\"same\" got another number of values");
    arrow_add_run(arrow_column(w, 0), &v, 0, 2);
    arrow_add_nulls(arrow_column(w, 4), 2);
    fails(w, 2, "is not nullable and got a null");
    const size_t room = arrow_rows_room(w);
    assert_int_equal(room, ARROW_BATCH_ROWS);
    arrow_add_run(arrow_column(w, 0), &v, 0, room + 1);
    arrow_add_run(arrow_column(w, 4), &v, 0, room + 1);
    fails(w, room + 1, "room");
    arrow_add_run(arrow_column(w, 0), &v, 0, 0);
    arrow_add_nulls(arrow_column(w, 1), 0);
    OK(arrow_rows_end(w, 0, &err));
    arrow_add_run(arrow_column(w, 0), &v, 0, room);
    arrow_add_run(arrow_column(w, 4), &v, 0, room);
    OK(arrow_rows_end(w, room, &err));
    assert_int_equal(arrow_rows_written(w), room);
    assert_int_equal(arrow_rows_room(w), ARROW_BATCH_ROWS);
    arrow_writer_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_give_the_same_bytes),
        cmocka_unit_test(test_wrong_counts_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
