// perf_bugs.csv: labelled bugs, CR LF, the tests of a bug as a Python list and as rows of their
// own.
#include "base/num.h"
#include "ingest/bugs_csv.h"
#include "ingest/csv_table.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const perf_bugs_datasets[] = {&schema_perf_bugs, &schema_perf_bug_tests,
                                                        NULL};

enum {
    C_BUG_ID,
    C_BUG_SUMMARY,
    C_IS_PERF_REGRESSOR,
    C_IS_PERF_REGRESSION,
    C_REGRESSED_PERF_TESTS,
    C_REGRESSOR_REVISION,
    C_ALERT_SUMMARY_ID,
    C_PRODUCT,
    C_COMPONENT,
    C_CREATION_TIME
};

static const struct csv_column columns[] = {
    [C_BUG_ID] = {"bug_id", true},
    [C_BUG_SUMMARY] = {"bug_summary", false},
    [C_IS_PERF_REGRESSOR] = {"bug_is_perf_regressor", true},
    [C_IS_PERF_REGRESSION] = {"bug_is_perf_regression", false},
    [C_REGRESSED_PERF_TESTS] = {"regressed_perf_tests", false},
    [C_REGRESSOR_REVISION] = {"regressor_revision", false},
    [C_ALERT_SUMMARY_ID] = {"perf_reg_alert_summary_id", false},
    [C_PRODUCT] = {"product", false},
    [C_COMPONENT] = {"component", false},
    [C_CREATION_TIME] = {"creation_time", false},
};

static const struct csv_table_def table_def = {.columns = columns, .n_columns = COUNTOF(columns)};

struct bug {
    struct rec_i64 id, alert_summary_id, created;
    struct rec_bool is_regressor, is_regression;
    struct rec_list tests;
    struct sv revision;
};

static bool read_cells(struct csv_table *t, struct bug *b, struct err *err) {
    if (!csv_cell_i64(t, C_BUG_ID, &b->id, err) ||
        !csv_cell_bool(t, C_IS_PERF_REGRESSOR, &b->is_regressor, err) ||
        !csv_cell_bool(t, C_IS_PERF_REGRESSION, &b->is_regression, err) ||
        !csv_cell_pairs(t, C_REGRESSED_PERF_TESTS, &b->tests, err) ||
        !csv_cell_i64(t, C_ALERT_SUMMARY_ID, &b->alert_summary_id, err) ||
        !csv_cell_time(t, C_CREATION_TIME, &b->created, err)) {
        return false;
    }
    // The original program writes 0 for "no summary" and may write nan for "no revision".
    b->alert_summary_id.has &= b->alert_summary_id.v != 0;
    b->revision = csv_cell_text(t, C_REGRESSOR_REVISION);
    if (sv_eq(b->revision, SV("nan"))) {
        b->revision = SV_NULL;
    }
    return true;
}

static bool write_tests(struct arrow_writer *w, const struct record_reader *r, const struct bug *b,
                        struct err *err) {
    for (uint32_t i = 0; b->tests.has && i < b->tests.n; i++) {
        const struct test_platform *p = &r->pairs.ptr[b->tests.first + i];
        arrow_add_i64(arrow_column(w, PBT_BUG_ID), b->id.v);
        arrow_add_i64(arrow_column(w, PBT_POS), (int64_t)i);
        add_rec_text(arrow_column(w, PBT_TEST), p->test);
        add_rec_text(arrow_column(w, PBT_PLATFORM), p->platform);
        if (!arrow_row_end(w, err)) {
            return false;
        }
    }
    return true;
}

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct bug b = {0};
    if (!read_cells(t, &b, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_i64(ig, b.id.v, csv_table_at(t), err)) {
        return false;
    }
    csv_table_extra(t);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, PB_ID), b.id.v);
    add_rec_text(arrow_column(w, PB_SUMMARY), csv_cell(t, C_BUG_SUMMARY));
    add_rec_bool(arrow_column(w, PB_IS_PERF_REGRESSOR), b.is_regressor);
    add_rec_bool(arrow_column(w, PB_IS_PERF_REGRESSION), b.is_regression);
    add_rec_pairs(arrow_column(w, PB_TESTS), t->r, b.tests);
    add_rec_text(arrow_column(w, PB_REGRESSOR_REVISION), b.revision);
    add_rec_i64(arrow_column(w, PB_ALERT_SUMMARY_ID), b.alert_summary_id);
    add_rec_text(arrow_column(w, PB_PRODUCT), csv_cell_text(t, C_PRODUCT));
    add_rec_text(arrow_column(w, PB_COMPONENT), csv_cell_text(t, C_COMPONENT));
    add_rec_i64(arrow_column(w, PB_CREATION_TIME), b.created);
    add_rec_extra(arrow_column(w, PB_EXTRA), str_sv(&t->r->extra));
    return arrow_row_end(w, err) && write_tests(ig->out[1].w, t->r, &b, err);
}

bool perf_bugs_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    out_csv_i64(out, row, PB_ID);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, PB_SUMMARY);
    str_add_byte(&out->buf, ',');
    out_csv_bool(out, row, PB_IS_PERF_REGRESSOR);
    str_add_byte(&out->buf, ',');
    out_csv_bool(out, row, PB_IS_PERF_REGRESSION);
    str_add_byte(&out->buf, ',');
    out_csv_list(out, row, PB_TESTS);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, PB_REGRESSOR_REVISION);
    str_add_byte(&out->buf, ',');
    str_add_i64(&out->buf,
                out_is_null(row, PB_ALERT_SUMMARY_ID) ? 0 : out_i64(row, PB_ALERT_SUMMARY_ID));
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, PB_PRODUCT);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, PB_COMPONENT);
    str_add_byte(&out->buf, ',');
    out_csv_time(out, row, PB_CREATION_TIME, "+00:00");
    str_add_cstr(&out->buf, "\r\n");
    return true;
}

bool perf_bugs_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    str_add_cstr(&out->buf,
                 "bug_id,bug_summary,bug_is_perf_regressor,bug_is_perf_regression,"
                 "regressed_perf_tests,regressor_revision,perf_reg_alert_summary_id,product,"
                 "component,creation_time\r\n");
    return out_each_row(&(struct out_rows){snap, &schema_perf_bugs, write_row, NULL, -1}, out, err);
}
