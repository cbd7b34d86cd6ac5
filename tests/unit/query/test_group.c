#include "query/fixture.h"

static struct groups group(struct fixture *fx, const struct rows *rows, const char *column) {
    struct err err = ERR_INIT;
    struct column c;
    struct groups out;
    must(column_find(fx->table, sv_cstr(column), &c, &err), &err);
    must(rows_group(rows, &c, NULL, &out, &err), &err);
    return out;
}

static bool text_of(struct fixture *fx, const char *column, uint32_t row, struct str *out) {
    struct err err = ERR_INIT;
    struct column c;
    struct sv text;
    auto_str scratch = STR_INIT;
    must(column_find(fx->table, sv_cstr(column), &c, &err), &err);
    str_clear(out);
    if (!column_text(&c, row, &scratch, &text)) {
        return false;
    }
    str_add_sv(out, sv_is(text, "-0.0") ? SV("0.0") : text);
    return true;
}

// Counts every group again by its text.
static void check_groups(struct fixture *fx, const struct rows *rows, const char *column) {
    struct groups g = group(fx, rows, column);
    struct str want = STR_INIT;
    struct str have = STR_INIT;
    uint64_t sum = 0;
    for (size_t i = 0; i < g.n; i++) {
        uint64_t count = 0;
        uint32_t first = UINT32_MAX;
        bool some = text_of(fx, column, g.ptr[i].first_row, &want);
        assert_true(some != g.ptr[i].is_null);
        for (size_t r = 0; r < rows->n; r++) {
            bool has = text_of(fx, column, rows->idx[r], &have);
            if (has == some && (!some || sv_eq(str_sv(&want), str_sv(&have)))) {
                first = count++ ? first : rows->idx[r];
            }
        }
        assert_int_equal(count, g.ptr[i].count);
        assert_int_equal(first, g.ptr[i].first_row);
        sum += count;
        if (i > 0 && (g.ptr[i - 1].count < count ||
                      (g.ptr[i - 1].count == count && g.ptr[i - 1].first_row > first))) {
            fail_msg("%s: group %zu is out of order", column, i);
        }
    }
    assert_int_equal(sum, rows->n);
    str_done(&want);
    str_done(&have);
    groups_done(&g);
}

static void counts_add_up(void **state) {
    static const char *const columns[] = {
        "f", "g", "b", "t", "status", "tag", "items", "late", "params.os", "hash", "_extra.weight"};
    struct fixture fx;
    struct rows rows;
    fixture_open(&fx, state, 400, 3, 8);
    rows_all(&rows, (int64_t)fx.n);
    for (size_t i = 0; i < COUNTOF(columns); i++) {
        check_groups(&fx, &rows, columns[i]);
    }
    rows_done(&rows);
    fixture_done(&fx);
}

static void one_segment(void **state) {
    struct fixture fx;
    struct rows rows;
    fixture_open(&fx, state, 200, 1, 9);
    rows = fixture_run(&fx, "n>0", NULL, 1);
    check_groups(&fx, &rows, "tag");
    check_groups(&fx, &rows, "name");
    rows_done(&rows);
    fixture_done(&fx);
}

static void nothing_to_group(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 5, 1, 9);
    struct rows none = {0};
    struct groups g = group(&fx, &none, "tag");
    assert_int_equal(g.n, 0);
    groups_done(&g);
    fixture_done(&fx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(counts_add_up),
        unit_test_in_dir(one_segment),
        unit_test_in_dir(nothing_to_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
