// label: threads
#include "query/fixture.h"

#include <pthread.h>

#include "query/query_int.h"

static struct column find(struct fixture *fx, const char *name) {
    struct err err = ERR_INIT;
    struct column c;
    must(column_find(fx->table, sv_cstr(name), &c, &err), &err);
    return c;
}

static void rows_over_segments(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 1000, 3, 77);
    struct column n = find(&fx, "n");
    struct column name = find(&fx, "name");
    struct column late = find(&fx, "late");
    struct column g = find(&fx, "g");
    assert_int_equal(table_n_rows(fx.table), 1000);
    assert_int_equal(table_n_columns(fx.table), 16);
    for (size_t i = 0; i < fx.n; i++) {
        const struct model *m = &fx.rows[i];
        struct cell c = column_cell(&n, (int64_t)i);
        assert_int_equal(cell_is_null(c), m->no_n);
        assert_true(m->no_n || arrow_get_i64(c.col, c.slot) == m->n);
        c = column_cell(&name, (int64_t)i);
        assert_true(m->no_name || sv_is(arrow_get_text(c.col, c.slot), m->name));
        c = column_cell(&late, (int64_t)i);
        assert_int_equal(cell_is_null(c), m->no_late);
        c = column_cell(&g, (int64_t)i);
        assert_true((float)arrow_get_f64(c.col, c.slot) == m->g);
    }
    assert_null(table_cell(fx.table, 0, 1000).col);
    assert_null(table_cell(fx.table, 0, -1).col);
    assert_null(table_cell(fx.table, 16, 0).col);
    assert_int_equal(table_column(fx.table, SV("nope")), -1);
    assert_null(table_field(fx.table, 99));
    assert_ptr_equal(table_snapshot(fx.table), fx.snap);
    assert_string_equal(table_dataset(fx.table)->name, "rows");
    fixture_done(&fx);
}

static void classes(void **state) {
    static const enum value_class want[] = {CLASS_INT,  CLASS_FLOAT, CLASS_FLOAT, CLASS_BOOL,
                                            CLASS_TIME, CLASS_INT,   CLASS_INT,   CLASS_TEXT,
                                            CLASS_TEXT, CLASS_TEXT,  CLASS_LIST,  CLASS_LIST,
                                            CLASS_LIST, CLASS_TEXT,  CLASS_TEXT,  CLASS_INT};
    struct fixture fx;
    fixture_open(&fx, state, 3, 1, 1);
    for (size_t i = 0; i < COUNTOF(want); i++) {
        assert_int_equal(table_class(fx.table, i), want[i]);
    }
    fixture_done(&fx);
}

static void missing_dataset(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    fixture_open(&fx, state, 3, 1, 1);
    assert_null(table_get(fx.snap, SV("bugs"), &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "\"bugs\""));
    assert_ptr_equal(table_get(fx.snap, SV("rows"), &err), fx.table);
    struct column c;
    assert_false(column_find(fx.table, SV("n.key"), &c, &err)); // integers have no keys inside
    assert_int_equal(err.code, ERR_NOT_FOUND);
    fixture_done(&fx);
}

// --- text
// -----------------------------------------------------------------------------------------

static void assert_text(struct fixture *fx, const char *column, int64_t row, const char *want) {
    auto_str scratch = STR_INIT;
    struct column c = find(fx, column);
    struct sv got = SV_NULL;
    bool some = column_text(&c, row, &scratch, &got);
    if (some != (want != NULL) || (some && !sv_is(got, want))) {
        fail_msg("%s: %.*s, want %s", column, SV_ARG(got), want ? want : "null");
    }
}

static void check_texts(struct fixture *fx) {
    assert_text(fx, "n", 0, "-12");
    assert_text(fx, "f", 0, "0.1");
    assert_text(fx, "g", 0, "0.1");
    assert_text(fx, "b", 0, "true");
    assert_text(fx, "t", 0, "2025-02-06T00:00:00.500000");
    assert_text(fx, "status", 0, "7");
    assert_text(fx, "u", 0, "4294967295");
    assert_text(fx, "name", 0, "a \"b\"");
    assert_text(fx, "big", 0, "a \"b\"");
    assert_text(fx, "tag", 0, "t\xc3\xa4g");
    assert_text(fx, "items", 0, "[\"x\", \"\\\"\"]");
    assert_text(fx, "ids", 0, "[1, 2, 3]");
    assert_text(fx, "params", 0,
                "[{\"name\": \"os\", \"value\": \"t\xc3\xa4g\"}, "
                "{\"name\": \"sub result\", \"value\": \"a \\\"b\\\"\"}]");
    assert_text(fx, "params.os", 0, "t\xc3\xa4g");
    assert_text(fx, "params.sub result", 0, "a \"b\"");
    assert_text(fx, "params.none", 0, NULL);
    assert_text(fx, "hash", 0, "3030303030303030303030303030303030303037");
    assert_text(fx, "_extra.weight", 0, "7");
    assert_text(fx, "_extra.note", 0,
                "x\xc3\xa9"
                "3");
    assert_text(fx, "_extra.wei", 0, NULL);
}

static void check_nulls(struct fixture *fx) {
    assert_text(fx, "n", 1, NULL);
    assert_text(fx, "t", 1, NULL);
    assert_text(fx, "items", 1, NULL);
    assert_text(fx, "params.os", 1, NULL);
    assert_text(fx, "params.sub result", 1, NULL);
    assert_text(fx, "_extra.weight", 1, NULL);
    assert_text(fx, "n", 2, NULL);
}

static void raw_texts(void **state) {
    struct fixture fx;
    struct publish *pub = fixture_begin(&fx, state);
    struct dataset_def def = {.name = "rows",
                              .version = 2,
                              .key = "",
                              .sort = "",
                              .columns = fixture_columns,
                              .n_columns = COUNTOF(fixture_columns)};
    struct arrow_writer *w = fixture_writer(&fx, pub, &def);
    struct model m = {.n = -12,
                      .f = 0.1,
                      .g = 0.1F,
                      .b = true,
                      .t = INT64_C(1738800000500000),
                      .status = 7,
                      .u = 4294967295U,
                      .name = "a \"b\"",
                      .tag = "t\xc3\xa4g",
                      .items = {"x", "\"", "z"},
                      .ids = {1, 2, 3},
                      .n_items = 2,
                      .n_ids = 3,
                      .late = 0};
    put_row(w, &m, false);
    struct model nulls = {.no_n = true,
                          .no_f = true,
                          .no_b = true,
                          .no_t = true,
                          .no_status = true,
                          .no_name = true,
                          .no_tag = true,
                          .no_items = true,
                          .no_late = true};
    put_row(w, &nulls, false);
    fixture_merge(pub, "rows", NULL, 2, w);
    fixture_publish(&fx, pub, "rows");
    check_texts(&fx);
    check_nulls(&fx);
    fixture_done(&fx);
}

// --- dictionaries and indexes
// ---------------------------------------------------------------------

static void unified_dictionary(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 900, 4, 13);
    struct column tag = find(&fx, "tag");
    size_t col = (size_t)tag.col;
    const struct unified_dict *d = table_dict(fx.table, col);
    assert_non_null(d);
    assert_ptr_equal(d, table_dict(fx.table, col));
    assert_int_equal(d->n_values, COUNTOF(fixture_tags));
    for (size_t i = 0; i < d->n_values; i++) {
        for (size_t k = 0; k < d->n_values; k++) {
            int c = sv_cmp(d->values[i], d->values[k]);
            assert_true((d->rank[i] < d->rank[k]) == (c < 0));
        }
    }
    const struct dataset *ds = table_dataset(fx.table);
    assert_null(d->to_unified[0]); // plain text there
    for (size_t row = (size_t)ds->segments[0].n_rows; row < fx.n; row++) {
        struct cell c = column_cell(&tag, (int64_t)row);
        size_t segment = fx.table->parts[table_part(fx.table, (int64_t)row)].segment;
        if (!fx.rows[row].no_tag) {
            int64_t code = arrow_get_i64(c.col, c.slot);
            assert_sv(d->values[d->to_unified[segment][code]], fx.rows[row].tag);
        }
    }
    assert_null(table_dict(fx.table, (size_t)find(&fx, "name").col));
    assert_null(table_dict(fx.table, 99));
    fixture_done(&fx);
}

static struct key_index *index_of(struct fixture *fx, const char *column) {
    struct err err = ERR_INIT;
    struct key_index *ix = table_index(fx->table, (size_t)find(fx, column).col, &err);
    must(ix != NULL, &err);
    return ix;
}

static void assert_rows(const struct fixture *fx, size_t n, const uint32_t *rows,
                        bool (*holds)(const struct model *m, const void *key), const void *key) {
    size_t at = 0;
    for (size_t i = 0; i < fx->n; i++) {
        if (holds(&fx->rows[i], key)) {
            assert_true(at < n);
            assert_int_equal(rows[at++], i);
        }
    }
    assert_int_equal(at, n);
}

static bool n_is(const struct model *m, const void *key) {
    return !m->no_n && m->n == *(const int64_t *)key;
}

static bool name_is(const struct model *m, const void *key) {
    return !m->no_name && strcmp(m->name, key) == 0;
}

static bool tag_is(const struct model *m, const void *key) {
    return !m->no_tag && strcmp(m->tag, key) == 0;
}

static bool holds_id(const struct model *m, const void *key) {
    for (size_t i = 0; i < m->n_ids; i++) {
        if (m->ids[i] == *(const int64_t *)key) {
            return true;
        }
    }
    return false;
}

static bool holds_item(const struct model *m, const void *key) {
    for (size_t i = 0; !m->no_items && i < m->n_items; i++) {
        if (strcmp(m->items[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void check_indexes(struct fixture *fx) {
    const uint32_t *rows;
    for (int64_t key = -25; key < 35; key++) {
        size_t n = key_rows_i64(index_of(fx, "n"), key, &rows);
        assert_rows(fx, n, rows, n_is, &key);
        n = key_rows_i64(index_of(fx, "ids"), key, &rows);
        assert_rows(fx, n, rows, holds_id, &key);
    }
    for (size_t i = 0; i < COUNTOF(fixture_tags); i++) {
        const char *tag = fixture_tags[i];
        size_t n = key_rows_text(index_of(fx, "tag"), sv_cstr(tag), &rows);
        assert_rows(fx, n, rows, tag_is, tag);
        n = key_rows_text(index_of(fx, "items"), sv_cstr(tag), &rows);
        assert_rows(fx, n, rows, holds_item, tag);
    }
    for (size_t i = 0; i < fx->n; i += 17) {
        const char *name = fx->rows[i].name;
        size_t n = key_rows_text(index_of(fx, "name"), sv_cstr(name), &rows);
        assert_rows(fx, n, rows, name_is, name);
    }
    assert_int_equal(key_rows_text(index_of(fx, "name"), SV("no such name"), &rows), 0);
    assert_int_equal(key_rows_text(index_of(fx, "tag"), SV("no such tag"), &rows), 0);
}

static void indexes(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 1500, 3, 21);
    check_indexes(&fx);
    struct err err = ERR_INIT;
    assert_null(table_index(fx.table, (size_t)find(&fx, "f").col, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_null(table_index(fx.table, (size_t)find(&fx, "params").col, &err));
    assert_null(table_index(fx.table, 99, &err));
    fixture_done(&fx);
}

// A cancelled one can be made later; what cannot be made is never lacking.
static void tells_which_indexes_it_lacks(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    fixture_open(&fx, state, 800, 2, 22);
    const size_t col = (size_t)find(&fx, "name").col;
    const atomic_bool cancel = true;
    const struct query_ctl ctl = {.cancel = &cancel};
    assert_true(table_index_lacks(fx.table, col));
    assert_null(table_index_make(fx.table, col, &ctl, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    assert_true(table_index_lacks(fx.table, col));
    struct key_index *ix = index_of(&fx, "name");
    assert_false(table_index_lacks(fx.table, col));
    assert_ptr_equal(table_index_make(fx.table, col, &ctl, &err), ix);
    assert_false(table_index_lacks(fx.table, (size_t)find(&fx, "f").col));
    assert_false(table_index_lacks(fx.table, 99));
    fixture_done(&fx);
}

static void indexes_of_one_segment(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 800, 1, 22);
    check_indexes(&fx);
    fixture_done(&fx);
}

// A number finds its text and a text its number: bug numbers are text in one dataset.
static void keys_of_other_classes(void **state) {
    struct fixture fx;
    const uint32_t *rows;
    fixture_open(&fx, state, 800, 1, 22);
    int64_t seven = 7;
    size_t n = key_rows_text(index_of(&fx, "n"), SV("7"), &rows);
    assert_rows(&fx, n, rows, n_is, &seven);
    assert_int_equal(key_rows_text(index_of(&fx, "n"), SV("7x"), &rows), 0);
    n = key_rows_i64(index_of(&fx, "name"), 7, &rows);
    assert_rows(&fx, n, rows, name_is, "7");
    struct column ids = find(&fx, "ids");
    for (int64_t i = 0; i < 100; i++) { // the first item of a list
        n = key_rows_cell(index_of(&fx, "n"), column_cell(&ids, i), &rows);
        const struct model *m = &fx.rows[i];
        assert_true(m->n_ids || n == 0);
        if (m->n_ids) {
            assert_rows(&fx, n, rows, n_is, &m->ids[0]);
        }
    }
    assert_int_equal(key_rows_cell(index_of(&fx, "n"), (struct cell){0}, &rows), 0);
    fixture_done(&fx);
}

// --- joins
// ----------------------------------------------------------------------------------------

static void open_with_places(struct fixture *fx, void **state, size_t n_parts) {
    static const struct column_def columns[] = {
        {.name = "id", .type = "i64"},
        {.name = "os", .type = "text"},
        {.name = "title", .type = "text", .flags = COL_NULLABLE},
        {.name = "weight", .type = "f64"},
    };
    struct dataset_def def = {.name = "places",
                              .version = 1,
                              .key = "",
                              .sort = "",
                              .columns = columns,
                              .n_columns = COUNTOF(columns)};
    struct publish *pub = fixture_begin(fx, state);
    struct err err = ERR_INIT;
    fixture_rows(fx, pub, 1000, n_parts, 5);
    struct arrow_writer *w = fixture_writer(fx, pub, &def);
    for (int i = 0; i < 40; i++) { // ids 0..19 twice: the first row counts
        char text[32];
        snprintf(text, sizeof text, "place %d", i);
        arrow_add_i64(arrow_column(w, 0), i % 20);
        arrow_add_text(arrow_column(w, 1), sv_cstr(fixture_tags[i % 4]));
        put_text(arrow_column(w, 2), i == 3, text);
        arrow_add_f64(arrow_column(w, 3), i);
        must(arrow_row_end(w, &err), &err);
    }
    fixture_merge(pub, "places", NULL, 1, w);
    fixture_publish(fx, pub, "rows");
}

static struct column join(struct fixture *fx, const char *on, const char *other,
                          const char *field) {
    struct err err = ERR_INIT;
    struct column c;
    must(
        column_join(fx->table, sv_cstr(on), SV("places"), sv_cstr(other), sv_cstr(field), &c, &err),
        &err);
    return c;
}

static void check_join(struct fixture *fx, const struct column *by_n, const struct column *by_tag) {
    for (size_t i = 0; i < fx->n; i++) {
        const struct model *m = &fx->rows[i];
        int64_t want = !m->no_n && m->n >= 0 && m->n < 20 ? m->n : -1;
        assert_int_equal(column_row(by_n, (int64_t)i), want);
        want = -1;
        for (int64_t k = 0; k < 4 && !m->no_tag; k++) {
            want = strcmp(m->tag, fixture_tags[k]) == 0 ? k : want;
        }
        assert_int_equal(column_row(by_tag, (int64_t)i), want);
        assert_int_equal(cell_is_null(column_cell(by_tag, (int64_t)i)), want < 0);
    }
}

static void joins(void **state) {
    for (size_t n_parts = 1; n_parts < 4; n_parts += 2) {
        struct fixture fx;
        open_with_places(&fx, state, n_parts);
        struct column by_n = join(&fx, "n", "id", "title");
        struct column by_tag = join(&fx, "tag", "os", "weight");
        check_join(&fx, &by_n, &by_tag);        // one look-up a cell
        assert_non_null(column_row_map(&by_n)); // and by the row map
        assert_non_null(column_row_map(&by_tag));
        check_join(&fx, &by_n, &by_tag);
        assert_ptr_equal(join(&fx, "n", "id", "weight").join, by_n.join);
        fixture_done(&fx);
        assert_int_equal(unit_dir_remove(state), 0);
        assert_int_equal(unit_dir_make(state), 0);
    }
}

// Of all places with the row's tag the first that has its number, too.
static void check_join_of_two(const struct fixture *fx, const struct column *c) {
    size_t n_found = 0;
    for (size_t i = 0; i < fx->n; i++) {
        const struct model *m = &fx->rows[i];
        bool fits = !m->no_n && !m->no_tag && m->n >= 0 && m->n < 20 &&
                    strcmp(m->tag, fixture_tags[m->n % 4]) == 0;
        assert_int_equal(column_row(c, (int64_t)i), fits ? m->n : -1);
        n_found += fits;
    }
    assert_true(n_found > 0);
}

static void joins_of_two_pairs(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    open_with_places(&fx, state, 3);
    struct column by_tag = join(&fx, "tag", "os", "weight");
    struct column both = by_tag;
    must(column_join_also(&both, SV("n"), SV("id"), &err), &err);
    check_join_of_two(&fx, &both);
    assert_non_null(column_row_map(&both));
    check_join_of_two(&fx, &both);
    assert_ptr_not_equal(both.join, by_tag.join);
    assert_false(column_join_also(&both, SV("nope"), SV("id"), &err));
    assert_false(column_join_also(&both, SV("n"), SV("nope"), &err));
    // Values of different classes are never equal.
    struct column mixed = by_tag;
    must(column_join_also(&mixed, SV("n"), SV("title"), &err), &err);
    for (size_t i = 0; i < fx.n; i++) {
        assert_int_equal(column_row(&mixed, (int64_t)i), -1);
    }
    fixture_done(&fx);
}

static bool resolve_joined(void *arg, struct sv name, struct column *out, struct err *err) {
    struct fixture *fx = arg;
    if (sv_is(name, "title")) {
        *out = join(fx, "n", "id", "title");
        return true;
    }
    if (sv_is(name, "weight")) {
        *out = join(fx, "tag", "os", "weight");
        return true;
    }
    return column_find(fx->table, name, out, err);
}

static void check_joined(struct fixture *fx, const char *text,
                         bool (*want)(const struct model *m)) {
    struct err err = ERR_INIT;
    struct query_ctl ctl = {.n_threads = 2};
    struct rows rows;
    struct filter_env env = {.resolve = resolve_joined, .arg = fx};
    struct filter *f = filter_parse(sv_cstr(text), &env, NULL, &err);
    must(f != NULL, &err);
    must(filter_run(f, fx->table, NULL, &ctl, &rows, &err), &err);
    size_t at = 0;
    for (size_t i = 0; i < fx->n; i++) {
        bool have = at < rows.n && rows.idx[at] == i;
        at += have;
        if (have != want(&fx->rows[i]) || filter_row(f, (int64_t)i) != have) {
            fail_msg("%s: row %zu", text, i);
        }
    }
    rows_done(&rows);
    filter_unref(f);
}

static bool place_7(const struct model *m) {
    return !m->no_n && m->n == 7;
}
static bool place_null(const struct model *m) {
    return m->no_n || m->n < 0 || m->n >= 20 || m->n == 3;
}
static bool weight_2(const struct model *m) {
    return !m->no_tag && (strcmp(m->tag, "macosx") == 0 || !m->tag[0]);
}
static bool weight_2_or_place_7(const struct model *m) {
    return weight_2(m) || place_7(m);
}

static void filters_of_joined_columns(void **state) {
    struct fixture fx;
    open_with_places(&fx, state, 3);
    check_joined(&fx, "title=\"place 7\"", place_7);
    check_joined(&fx, "title:\" 7\"", place_7);
    check_joined(&fx, "title~\"7$\" n<10", place_7);
    check_joined(&fx, "title is null", place_null);
    check_joined(&fx, "weight>=2", weight_2);
    check_joined(&fx, "weight>=2 or title~\" 7$\"", weight_2_or_place_7);
    fixture_done(&fx);
}

static void sorts_by_joined_columns(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct rows rows;
    open_with_places(&fx, state, 3);
    struct sort_key keys[] = {{.column = join(&fx, "tag", "os", "weight"), .descending = true},
                              {.column = join(&fx, "n", "id", "title"), .natural = true}};
    rows_all(&rows, (int64_t)fx.n);
    must(rows_sort(&rows, keys, 2, NULL, &err), &err);
    for (size_t i = 1; i < rows.n; i++) {
        int64_t a = column_row(&keys[0].column, rows.idx[i - 1]);
        int64_t b = column_row(&keys[0].column, rows.idx[i]);
        assert_true(a >= b); // weights grow with the row; -1 is null, last
        int64_t c = column_row(&keys[1].column, rows.idx[i - 1]);
        int64_t d = column_row(&keys[1].column, rows.idx[i]);
        c = c < 0 || c == 3 ? 1000 : c; // no title there
        d = d < 0 || d == 3 ? 1000 : d;
        assert_true(a > b || c < d || (c == d && rows.idx[i - 1] < rows.idx[i]));
    }
    rows_done(&rows);
    fixture_done(&fx);
}

static void absent_join(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct column c;
    fixture_open(&fx, state, 100, 1, 1);
    must(column_join(fx.table, SV("n"), SV("nowhere"), SV("id"), SV("title"), &c, &err), &err);
    assert_null(c.table);
    assert_sv(c.name, "title");
    assert_true(cell_is_null(column_cell(&c, 5)));
    struct sort_key key = {.column = c};
    struct rows rows;
    rows_all(&rows, 100);
    must(rows_sort(&rows, &key, 1, NULL, &err), &err);
    assert_int_equal(rows.idx[42], 42);
    rows_done(&rows);
    assert_false(column_join(fx.table, SV("nope"), SV("rows"), SV("n"), SV("n"), &c, &err));
    assert_false(column_join(fx.table, SV("n"), SV("rows"), SV("nope"), SV("n"), &c, &err));
    assert_false(column_join(fx.table, SV("n"), SV("rows"), SV("n"), SV("nope"), &c, &err));
    assert_non_null(strstr(err.msg, "nope"));
    fixture_done(&fx);
}

static void filter_of_another_table(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct rows rows;
    open_with_places(&fx, state, 1);
    struct filter *f = fixture_filter(&fx, "n=3", NULL, &err);
    must(f != NULL, &err);
    struct table *places = table_get(fx.snap, SV("places"), &err);
    assert_false(filter_run(f, places, NULL, NULL, &rows, &err));
    assert_int_equal(err.code, ERR_USAGE);
    filter_unref(f);
    fixture_done(&fx);
}

// --- threads
// --------------------------------------------------------------------------------------

static void *use_everything(void *arg) {
    struct fixture *fx = arg;
    struct err err = ERR_INIT;
    const uint32_t *found;
    struct rows rows;
    struct table *t = table_get(fx->snap, SV("rows"), &err);
    struct column by_tag;
    bool ok = column_join(t, SV("tag"), SV("places"), SV("os"), SV("weight"), &by_tag, &err);
    ok = ok && table_dict(t, (size_t)table_column(t, SV("tag"))) != NULL;
    struct key_index *ix = ok ? table_index(t, 7, &err) : NULL;
    ok = ok && ix && key_rows_text(ix, SV("crash"), &found) < 1000;
    struct sort_key key = {.column = by_tag};
    rows_all(&rows, table_n_rows(t));
    ok = ok && rows_sort(&rows, &key, 1, NULL, &err);
    rows_done(&rows);
    struct filter_env env = {.resolve = resolve_joined, .arg = fx};
    struct filter *f = filter_parse(SV("weight>1 or name~cra.h or tag:lin"), &env, NULL, &err);
    ok = ok && f && filter_run(f, t, NULL, &(struct query_ctl){.n_threads = 2}, &rows, &err);
    uintptr_t n = rows.n;
    rows_done(&rows);
    filter_unref(f);
    return ok ? (void *)(n + 1) : NULL;
}

static void first_use_from_many_threads(void **state) {
    struct fixture fx;
    pthread_t threads[4];
    void *results[4];
    open_with_places(&fx, state, 3);
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_everything, &fx), 0);
    }
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &results[i]), 0);
        assert_non_null(results[i]);
        assert_ptr_equal(results[i], results[0]);
    }
    fixture_done(&fx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(rows_over_segments),
        unit_test_in_dir(classes),
        unit_test_in_dir(missing_dataset),
        unit_test_in_dir(raw_texts),
        unit_test_in_dir(unified_dictionary),
        unit_test_in_dir(indexes),
        unit_test_in_dir(tells_which_indexes_it_lacks),
        unit_test_in_dir(indexes_of_one_segment),
        unit_test_in_dir(keys_of_other_classes),
        unit_test_in_dir(joins),
        unit_test_in_dir(joins_of_two_pairs),
        unit_test_in_dir(filters_of_joined_columns),
        unit_test_in_dir(sorts_by_joined_columns),
        unit_test_in_dir(absent_join),
        unit_test_in_dir(filter_of_another_table),
        unit_test_in_dir(first_use_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
