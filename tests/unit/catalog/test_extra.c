// Formats beside the table: what import_opts.extra adds to one import.
#include "catalog_test.h"
#include "ingest/csv_table.h"

static const struct column_def columns[] = {
    {"id", "i64", COL_KEY, NULL, "Number.", NULL},
    {"word", "text", COL_NULLABLE, NULL, "Word.", NULL},
};
static const struct dataset_def dataset = {
    .name = "words",
    .title = "Words",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    .columns = columns,
    .n_columns = COUNTOF(columns),
    .help = "Words.",
};
static const struct dataset_def *const datasets[] = {&dataset, NULL};
static const struct csv_column csv_columns[] = {{"id", true}, {"word", false}};
static const struct csv_table_def table_def = {.columns = csv_columns, .n_columns = 2};

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct rec_i64 id;
    if (!csv_cell_i64(t, 0, &id, err) || !ingest_key_i64(ig, id.v, csv_table_at(t), err)) {
        return false;
    }
    add_rec_i64(arrow_column(ig->out[0].w, 0), id);
    add_rec_text(arrow_column(ig->out[0].w, 1), csv_cell_text(t, 1));
    return arrow_row_end(ig->out[0].w, err);
}

static bool read_words(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static int detect(struct sv head, bool whole, struct sv name) {
    (void)whole;
    (void)name;
    return sv_starts(head, SV("id,word\n")) ? 100 : 0;
}

static const struct format_def format = {.name = "words.csv",
                                         .help = "Words.",
                                         .datasets = datasets,
                                         .detect = detect,
                                         .read = read_words};

static void import_words(struct run *run, void **state, const char *path, const char *as,
                         size_t n_extra) {
    import_with(run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                          .paths = &path,
                                          .n_paths = 1,
                                          .as = as,
                                          .extra = &format,
                                          .n_extra = n_extra});
}

static void an_extra_format_is_found_by_content(void **state) {
    const char *path = write_file(state, "w.csv", SV("id,word\n7,seven\n8,\n"));
    struct run run;
    import_words(&run, state, path, NULL, 1);
    assert_true(run.ok);
    assert_int_equal(run.result.n_done, 1);
    assert_ptr_equal(run.result.files[0].format, &format);
    run_done(&run);
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "words"), 2);
    assert_int_equal(cell_i64(snap, "words", 0, "id"), 7);
    assert_true(sv_is(cell_text(snap, "words", 0, "word"), "seven"));
    assert_true(cell_null(snap, "words", 1, "word"));
    snapshot_unref(snap);
}

static void it_can_be_named(void **state) {
    const char *path = write_file(state, "w.csv", SV("id,word\n7,seven\n"));
    static const char *const names[] = {"words", "words.csv"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        struct run run;
        import_words(&run, state, path, names[i], 1);
        assert_true(run.ok);
        assert_int_equal(run.result.n_done, 1);
        run_done(&run);
        import_words(&run, state, path, names[i], 0);
        assert_false(run.ok);
        assert_int_equal(run.err.code, ERR_USAGE);
        run_done(&run);
    }
}

static void without_it_the_file_is_unknown(void **state) {
    const char *path = write_file(state, "w.csv", SV("id,word\n7,seven\n"));
    import_refused(state, path, "no known format");
}

// The extra row takes nothing away from the table's.
static void the_table_is_still_there(void **state) {
    const char *path = write_file(state, "all_bugs.csv",
                                  SV("id,summary,regressed_by,product,component,creation_time\r\n"
                                     "1,crash,[],Core,Layout,2025-01-01T00:00:00Z\r\n"));
    struct run run;
    import_words(&run, state, path, NULL, 1);
    assert_true(run.ok);
    assert_int_equal(run.result.n_done, 1);
    assert_string_equal(run.result.files[0].format->name, "all_bugs.csv");
    run_done(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(an_extra_format_is_found_by_content),
        unit_test_in_dir(it_can_be_named),
        unit_test_in_dir(without_it_the_file_is_unknown),
        unit_test_in_dir(the_table_is_still_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
