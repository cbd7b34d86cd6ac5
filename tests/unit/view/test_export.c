// Exports: exactly the shown columns and rows, read back by readers of their own.
#include "view_test.h"

#include <sys/stat.h>

#include "base/csv_scan.h"
#include "base/date.h"
#include "base/doc.h"
#include "base/file.h"

static bool collect(void *arg, struct sv bytes, struct err *err) {
    (void)err;
    str_add_sv(arg, bytes);
    return true;
}

static void export_to(const struct view *v, const struct export_opts *opts, struct str *out) {
    struct err err = ERR_INIT;
    str_clear(out);
    if (!export_rows(v, opts, collect, out, &err)) {
        print_error("%s\n", err.msg);
        fail();
    }
}

static void check_export(const struct view *v, enum export_format format, bool display,
                         const char *want) {
    auto_str out = STR_INIT;
    export_to(v, &(struct export_opts){.format = format, .display = display}, &out);
    assert_sv(str_sv(&out), want);
}

struct opened {
    struct snapshot *snap;
    struct view_set *set;
    struct view *v;
};

static struct opened open_summaries(void **state, const char *columns) {
    struct err err = ERR_INIT;
    struct opened o = {.snap = view_test_store(state), .set = view_test_set()};
    o.v = view_test_open(o.set, o.snap, "alert_summaries", NULL);
    assert_true(!columns || view_columns_parse(o.v, sv_cstr(columns), &err));
    return o;
}

static void close_all(struct opened *o) {
    view_free(o->v);
    view_set_free(o->set);
    snapshot_unref(o->snap);
}

static void writes_each_format(void **state) {
    struct opened o = open_summaries(state, "id,status,bug_number,notes,component,worst_pct");
    check_export(o.v, EXPORT_CSV, false,
                 "id,status,bug_number,notes,component,worst_pct\r\n"
                 "103,5,5009,,,50.0\r\n"
                 "102,0,,,,\r\n"
                 "101,7,5001,\"first line\nsecond, \"\"quoted\"\" line\",Layout,-10.0\r\n");
    check_export(o.v, EXPORT_CSV, true,
                 "id,status,bug_number,notes,component,worst_pct\r\n"
                 "103,investigating,5009,,-,^ +50.0%\r\n"
                 "102,untriaged,,,,\r\n"
                 "101,fixed,5001,first line,Layout,v -10.0%\r\n");
    check_export(o.v, EXPORT_TSV, false,
                 "id\tstatus\tbug_number\tnotes\tcomponent\tworst_pct\n"
                 "103\t5\t5009\t\t\t50.0\n"
                 "102\t0\t\t\t\t\n"
                 "101\t7\t5001\tfirst line\\nsecond, \"quoted\" line\tLayout\t-10.0\n");
    check_export(o.v, EXPORT_JSON, false,
                 "[{\"id\": 103, \"status\": 5, \"bug_number\": 5009, \"notes\": null, "
                 "\"component\": null, \"worst_pct\": 50.0},\n"
                 " {\"id\": 102, \"status\": 0, \"bug_number\": null, \"notes\": null, "
                 "\"component\": null, \"worst_pct\": null},\n"
                 " {\"id\": 101, \"status\": 7, \"bug_number\": 5001, \"notes\": \"first "
                 "line\\nsecond, \\\"quoted\\\" line\", \"component\": \"Layout\", \"worst_pct\": "
                 "-10.0}]\n");
    check_export(o.v, EXPORT_MD, true,
                 "| id | status | bug | notes | component | worst |\n"
                 "| ---: | --- | ---: | --- | --- | ---: |\n"
                 "| 103 | investigating | 5009 |  | - | ^ +50.0% |\n"
                 "| 102 | untriaged |  |  |  |  |\n"
                 "| 101 | fixed | 5001 | first line | Layout | v -10.0% |\n");
    check_export(o.v, EXPORT_TABLE, false,
                 " id  status          bug  notes       component     worst\n"
                 "---  -------------  ----  ----------  ---------  --------\n"
                 "103  investigating  5009              -          ^ +50.0%\n"
                 "102  untriaged\n"
                 "101  fixed          5001  first line  Layout     v -10.0%\n");
    close_all(&o);
}

static void writes_lists_and_times(void **state) {
    struct opened o = open_summaries(state, "id,created,duplicated_summaries_ids");
    auto_str out = STR_INIT;
    struct err err = ERR_INIT;
    assert_true(view_filter_add(o.v, SV("id=101"), NULL, &err));
    assert_true(view_run(o.v, NULL, &err));
    check_export(o.v, EXPORT_JSONL, false,
                 "{\"id\": 101, \"created\": \"2025-02-03T10:00:00\", "
                 "\"duplicated_summaries_ids\": [102, 103]}\n");
    assert_true(export_row_text(o.v, 0, EXPORT_JSON, &out, &err));
    assert_sv(str_sv(&out), "{\"id\": 101, \"created\": \"2025-02-03T10:00:00\", "
                            "\"duplicated_summaries_ids\": [102, 103]}");
    str_clear(&out);
    assert_true(export_row_text(o.v, 0, EXPORT_MD, &out, &err));
    assert_sv(str_sv(&out), "| 101 | 2025-02-03 10:00 | 102, 103 |");
    str_clear(&out);
    assert_true(export_row_text(o.v, 0, EXPORT_TSV, &out, &err));
    assert_sv(str_sv(&out), "101\t2025-02-03 10:00\t102, 103");
    assert_false(export_row_text(o.v, 1, EXPORT_TSV, &out, &err));
    close_all(&o);
}

static void writes_what_is_chosen(void **state) {
    struct opened o = open_summaries(state, "id");
    auto_str out = STR_INIT;
    view_select(o.v, 0, true);
    view_select(o.v, 2, true);
    export_to(o.v, &(struct export_opts){.format = EXPORT_CSV, .selected_only = true}, &out);
    assert_sv(str_sv(&out), "id\r\n103\r\n101\r\n");
    export_to(o.v, &(struct export_opts){.format = EXPORT_CSV, .limit = 2}, &out);
    assert_sv(str_sv(&out), "id\r\n103\r\n102\r\n");
    export_to(o.v, &(struct export_opts){.format = EXPORT_CSV, .limit = 1, .selected_only = true},
              &out);
    assert_sv(str_sv(&out), "id\r\n103\r\n");
    view_select_none(o.v);
    export_to(o.v, &(struct export_opts){.format = EXPORT_JSON, .selected_only = true}, &out);
    assert_sv(str_sv(&out), "[]\n");
    close_all(&o);
}

static void cuts_tables_to_a_width(void **state) {
    struct opened o = open_summaries(state, "id,status,repository");
    auto_str out = STR_INIT;
    export_to(o.v, &(struct export_opts){.format = EXPORT_TABLE, .width = 20, .ascii = true}, &out);
    assert_sv(str_sv(&out), " id  status        ~\n"
                            "---  ------------- ~\n"
                            "103  investigating ~\n"
                            "102  untriaged     ~\n"
                            "101  fixed         ~\n");
    close_all(&o);
}

// The record on top is part of the text.
static void prints_the_head(void **state) {
    struct opened o = open_summaries(state, NULL);
    struct view *v = view_test_open(o.set, o.snap, "bug", "id=4001");
    auto_str out = STR_INIT;
    export_to(v, &(struct export_opts){.format = EXPORT_TABLE}, &out);
    assert_non_null(strstr(str_cstr(&out), "summary             Make painting lazy\n"));
    assert_non_null(strstr(str_cstr(&out), "perf regressor      yes\n"));
    view_free(v);
    close_all(&o);
}

static bool stop(void *arg, struct sv bytes, struct err *err) {
    (void)arg;
    (void)bytes;
    return err_set(err, ERR_IO, "no room");
}

static void failures_leave_nothing(void **state) {
    struct opened o = open_summaries(state, "id");
    struct err err = ERR_INIT;
    atomic_bool cancel = true;
    size_t n = 0;
    char path[512];
    char other[512];
    snprintf(path, sizeof path, "%s", unit_path(state, "out.csv"));
    snprintf(other, sizeof other, "%s", unit_path(state, "no/such/out.csv"));
    const struct export_opts opts = {.format = EXPORT_CSV};
    const struct export_opts cancelled = {.format = EXPORT_CSV, .cancel = &cancel};
    assert_false(export_rows(o.v, &opts, stop, NULL, &err));
    assert_string_equal(err.msg, "no room");
    assert_false(export_file(o.v, &cancelled, path, false, &n, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    assert_false(file_exists(path));
    assert_false(export_file(o.v, &opts, other, false, &n, &err));
    assert_true(export_file(o.v, &opts, path, false, &n, &err));
    assert_int_equal(n, 3);
    assert_false(export_file(o.v, &opts, path, false, &n, &err)); // never over a file unasked
    assert_int_equal(err.code, ERR_BUSY);
    assert_true(export_file(o.v, &opts, path, true, &n, &err));
    close_all(&o);
}

static void knows_formats_by_name(void **state) {
    (void)state;
    enum export_format format;
    assert_true(export_format_parse(SV("csv"), &format));
    assert_int_equal(format, EXPORT_CSV);
    assert_true(export_format_parse(SV("JSONL"), &format));
    assert_int_equal(format, EXPORT_JSONL);
    assert_true(export_format_parse(SV("arrow"), &format));
    assert_int_equal(format, EXPORT_ARROW);
    assert_false(export_format_parse(SV("xlsx"), &format));
    assert_false(export_format_parse(SV(""), &format));
}

// --- reading back -------------------------------------------------------------------------------

static struct sv raw(const struct view *v, size_t row, size_t col) {
    static struct str scratch;
    struct sv text = SV_NULL;
    return view_raw(v, row, col, &scratch, &text) ? text : SV_NULL;
}

// The project's own CSV scanner gives back every cell of every view.
static void csv_reads_back(void **state) {
    static const char *const views[] = {"alert_summaries", "alerts",     "bugs",     "diffs",
                                        "commits",         "signatures", "datasets", "perf_bugs"};
    struct opened o = open_summaries(state, NULL);
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNTOF(views); i++) {
        struct view *v = view_test_open(o.set, o.snap, views[i], NULL);
        size_t n_rows = 0;
        char path[512];
        snprintf(path, sizeof path, "%s", unit_path(state, "out.csv"));
        for (size_t c = 0; c < v->n_cols; c++) {
            v->cols[c].hidden = false;
        }
        assert_true(
            export_file(v, &(struct export_opts){.format = EXPORT_CSV}, path, true, &n_rows, &err));
        struct input in;
        assert_true(input_open(&in, path, &err));
        struct csv_scan *scan = csv_open(&in);
        struct csv_row row;
        auto_str scratch = STR_INIT;
        assert_int_equal(csv_next(scan, &row, &err), 1);
        assert_int_equal(row.n_fields, v->n_cols);
        for (size_t c = 0; c < v->n_cols; c++) {
            assert_true(sv_eq(row.fields[c].raw, v->cols[c].def->name));
        }
        for (size_t r = 0; r < v->rows.n; r++) {
            assert_int_equal(csv_next(scan, &row, &err), 1);
            assert_int_equal(row.n_fields, v->n_cols);
            for (size_t c = 0; c < v->n_cols; c++) {
                assert_true(sv_eq(csv_text(&row.fields[c], &scratch), raw(v, r, c)));
            }
        }
        assert_int_equal(csv_next(scan, &row, &err), 0);
        csv_close(scan);
        input_close(&in);
        view_free(v);
    }
    close_all(&o);
}

// JSON is well-formed and has one object for each row.
static void json_reads_back(void **state) {
    static const char *const views[] = {"alert_summaries", "alerts", "bugs", "diffs", "perf_bugs"};
    struct opened o = open_summaries(state, NULL);
    for (size_t i = 0; i < COUNTOF(views); i++) {
        struct view *v = view_test_open(o.set, o.snap, views[i], NULL);
        auto_str out = STR_INIT;
        export_to(v, &(struct export_opts){.format = EXPORT_JSON}, &out);
        struct doc doc = {0};
        struct doc_token tok;
        size_t n = 0;
        json_doc_init(&doc, str_sv(&out));
        assert_true(doc_next(&doc, &tok));
        assert_int_equal(tok.kind, DOC_LIST);
        while (doc_next(&doc, &tok) && tok.kind == DOC_MAP) {
            assert_true(doc_skip(&doc, &tok));
            n++;
        }
        assert_int_equal(tok.kind, DOC_LIST_END);
        assert_int_equal(n, v->rows.n);
        doc_done(&doc);
        view_free(v);
    }
    close_all(&o);
}

// The Arrow file holds the same cells, with their types, and passes the full check.
static void arrow_reads_back(void **state) {
    struct opened o = open_summaries(state, NULL);
    static const char *const views[] = {"alert_summaries", "alerts", "bugs", "perf_bugs",
                                        "commits"};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNTOF(views); i++) {
        struct view *v = view_test_open(o.set, o.snap, views[i], NULL);
        char path[512];
        size_t n_rows = 0;
        snprintf(path, sizeof path, "%s", unit_path(state, "out.arrow"));
        assert_true(view_sort_parse(v, v->cols[0].def->name, &err));
        assert_true(view_run(v, NULL, &err));
        assert_true(export_file(v, &(struct export_opts){.format = EXPORT_ARROW}, path, true,
                                &n_rows, &err));
        struct arrow_file *file = arrow_open(path, &(struct arrow_open){0}, &err);
        assert_non_null(file);
        assert_true(arrow_check_full(file, &err));
        assert_int_equal(arrow_n_rows(file), v->rows.n);
        // The file as a dataset of its own, read through the same columns.
        struct snapshot *snap = snapshot_of_file("out", file);
        struct table *t = table_get(snap, SV("out"), &err);
        assert_non_null(t);
        size_t col = 0;
        for (size_t c = 0; c < v->n_cols; c++) {
            struct column column;
            auto_str scratch = STR_INIT;
            struct sv text;
            if (v->cols[c].hidden) {
                continue;
            }
            assert_true(column_find(t, v->cols[c].def->name, &column, &err));
            assert_int_equal(column.col, col++);
            assert_int_equal(column.class, v->cols[c].column.class);
            for (size_t r = 0; r < v->rows.n; r++) {
                bool has = column_text(&column, (int64_t)r, &scratch, &text);
                assert_true(sv_eq(has ? text : SV_NULL, raw(v, r, c)));
            }
        }
        assert_int_equal(table_n_columns(t), col);
        snapshot_unref(snap);
        view_free(v);
    }
    close_all(&o);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(writes_each_format),    unit_test_in_dir(writes_lists_and_times),
        unit_test_in_dir(writes_what_is_chosen), unit_test_in_dir(cuts_tables_to_a_width),
        unit_test_in_dir(prints_the_head),       unit_test_in_dir(failures_leave_nothing),
        cmocka_unit_test(knows_formats_by_name), unit_test_in_dir(csv_reads_back),
        unit_test_in_dir(json_reads_back),       unit_test_in_dir(arrow_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
