// alert_summary_fail_perf_sigs.csv: signatures that fail in each alert summary, as a JSON list in a
// cell, CR LF.
#include "base/csv_write.h"
#include "base/num.h"
#include "ingest/bugs_csv.h"
#include "ingest/csv_table.h"
#include "ingest/json_list.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const fail_sigs_datasets[] = {&schema_fail_sigs, NULL};

enum { C_SUMMARY, C_REVISION, C_SIGNATURES, C_NUMBER };

static const struct csv_column columns[] = {
    [C_SUMMARY] = {"alert_summary_id", true},
    [C_REVISION] = {"revision", false},
    [C_SIGNATURES] = {"fail_perf_sig_ids", false},
    [C_NUMBER] = {"num_fail_perf_sig_ids", false},
};
static const struct csv_table_def table_def = {.columns = columns, .n_columns = COUNTOF(columns)};

struct fail_sigs {
    struct rec_i64 summary, number;
    struct sv revision;
    struct rec_list ids;
};

static void add_row(struct str *out, const struct fail_sigs *x, const int64_t *ints,
                    struct str *scratch) {
    str_add_i64(out, x->summary.v);
    str_add_byte(out, ',');
    str_add_csv(out, x->revision, ',');
    str_add_byte(out, ',');
    if (x->ids.has) {
        str_clear(scratch);
        str_add_int_list(scratch, ints, x->ids);
        str_add_csv(out, str_sv(scratch), ',');
    }
    str_add_byte(out, ',');
    if (x->number.has) {
        str_add_i64(out, x->number.v);
    }
}

static void add_columns(struct ingest *ig, const struct csv_table *t, const struct fail_sigs *x) {
    auto_str usual = STR_INIT;
    add_row(&usual, x, t->r->ints.ptr, &t->r->scratch);
    const bool is_usual = sv_eq(str_sv(&usual), t->row.bytes);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, FS_ALERT_SUMMARY_ID), x->summary.v);
    add_rec_text(arrow_column(w, FS_REVISION), x->revision);
    add_rec_ints(arrow_column(w, FS_IDS), t->r, x->ids);
    add_rec_i64(arrow_column(w, FS_NUM), x->number);
    add_rec_text(arrow_column(w, FS_RAW), is_usual ? SV_NULL : t->row.bytes);
}

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct fail_sigs x;
    if (!csv_cell_i64(t, C_SUMMARY, &x.summary, err) ||
        !csv_cell_ints(t, C_SIGNATURES, &x.ids, err) ||
        !csv_cell_i32(t, C_NUMBER, &x.number, err)) {
        return false;
    }
    x.revision = csv_cell_text(t, C_REVISION);
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_i64(ig, x.summary.v, csv_table_at(t), err)) {
        return false;
    }
    add_columns(ig, t, &x);
    return arrow_row_end(ig->out[0].w, err);
}

bool fail_sigs_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    struct int_array *ints = arg;
    if (out_raw(out, row, FS_RAW, "\r\n")) {
        return true;
    }
    array_clear(ints);
    const struct fail_sigs x = {
        .summary = {out_i64(row, FS_ALERT_SUMMARY_ID), true},
        .number = {out_i64(row, FS_NUM), !out_is_null(row, FS_NUM)},
        .revision = out_text(row, FS_REVISION),
        .ids = int_list_load(row, FS_IDS, ints),
    };
    add_row(&out->buf, &x, ints->ptr, &out->scratch);
    str_add_cstr(&out->buf, "\r\n");
    return true;
}

bool fail_sigs_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    struct int_array ints = {0};
    str_add_cstr(&out->buf,
                 "alert_summary_id,revision,fail_perf_sig_ids,num_fail_perf_sig_ids\r\n");
    const bool ok =
        out_each_row(&(struct out_rows){snap, &schema_fail_sigs, write_row, &ints, -1}, out, err);
    array_done(&ints);
    return ok;
}
