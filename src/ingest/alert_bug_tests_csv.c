// alerts_with_bug_and_test_info.csv: alert summaries with their bug and tests, LF.
#include "ingest/bugs_csv.h"
#include "ingest/csv_table.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const alert_bug_tests_datasets[] = {&schema_alert_bug_tests, NULL};

enum { C_BUG, C_TESTS, C_SUMMARY, C_REVISION, C_CREATED };

static const struct csv_column columns[] = {
    [C_BUG] = {"regression_bug_id", true},
    [C_TESTS] = {"reg_perf_tests_list", false},
    [C_SUMMARY] = {"perf_reg_alert_summary_id", true},
    [C_REVISION] = {"regressor_push_head_revision", false},
    [C_CREATED] = {"alert_creation_date", false},
};

static const struct csv_table_def table_def = {.columns = columns, .n_columns = COUNTOF(columns)};

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct rec_i64 bug, summary, created;
    struct rec_list tests;
    if (!csv_cell_i64(t, C_BUG, &bug, err) || !csv_cell_i64(t, C_SUMMARY, &summary, err) ||
        !csv_cell_time(t, C_CREATED, &created, err) || !csv_cell_pairs(t, C_TESTS, &tests, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    csv_table_extra(t);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, ABT_REGRESSION_BUG_ID), bug.v);
    arrow_add_i64(arrow_column(w, ABT_SUMMARY_ID), summary.v);
    add_rec_text(arrow_column(w, ABT_REVISION), csv_cell_text(t, C_REVISION));
    add_rec_i64(arrow_column(w, ABT_CREATED), created);
    add_rec_pairs(arrow_column(w, ABT_TESTS), t->r, tests);
    add_rec_extra(arrow_column(w, ABT_EXTRA), str_sv(&t->r->extra));
    return arrow_row_end(w, err);
}

bool alert_bug_tests_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    out_csv_i64(out, row, ABT_REGRESSION_BUG_ID);
    str_add_byte(&out->buf, ',');
    out_csv_list(out, row, ABT_TESTS);
    str_add_byte(&out->buf, ',');
    out_csv_i64(out, row, ABT_SUMMARY_ID);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, ABT_REVISION);
    str_add_byte(&out->buf, ',');
    out_csv_time(out, row, ABT_CREATED, "");
    str_add_byte(&out->buf, '\n');
    return true;
}

bool alert_bug_tests_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    str_add_cstr(&out->buf, "regression_bug_id,reg_perf_tests_list,perf_reg_alert_summary_id,"
                            "regressor_push_head_revision,alert_creation_date\n");
    return out_each_row(&(struct out_rows){snap, &schema_alert_bug_tests, write_row, NULL, -1}, out,
                        err);
}
