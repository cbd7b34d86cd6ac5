// job_durations.csv and sig_group_job_durations.csv: minutes with two decimals, CR LF. The programs
// that read them go by the place of the columns, so the second one may have any name.
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/num.h"
#include "ingest/csv_table.h"
#include "ingest/job_files.h"
#include "ingest/text_out.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const durations_datasets[] = {&schema_durations, NULL};
const struct dataset_def *const group_durations_datasets[] = {&schema_group_durations, NULL};

enum { C_ID, C_MINUTES };

static_assert((int)DU_MINUTES == (int)GD_MINUTES && (int)DU_RAW == (int)GD_RAW,
              "both datasets have the same columns");

static const struct csv_column signature_columns[] = {
    [C_ID] = {"signature_id", true},
    [C_MINUTES] = {"duration_minutes", false},
};
static const struct csv_column group_columns[] = {
    [C_ID] = {"signature_group_id", true},
    [C_MINUTES] = {"duration_minutes", false},
};
static const struct csv_table_def signature_table = {.columns = signature_columns, .n_columns = 2};
static const struct csv_table_def group_table = {.columns = group_columns, .n_columns = 2};

static void add_row(struct str *out, int64_t id, double minutes) {
    str_add_i64(out, id);
    str_addf(out, ",%.2f", minutes);
}

static bool read_minutes(struct csv_table *t, struct rec_f64 *out, struct err *err) {
    struct sv cell = csv_cell(t, C_MINUTES);
    if (t->layout->field[C_MINUTES] < 0 && t->row.n_fields > 1) {
        cell = t->row.fields[1].raw;
    }
    out->has = num_parse_f64(sv_trim(cell), &out->v) && isfinite(out->v);
    t->row_bad |= !out->has;
    return out->has ||
           csv_problem(t, C_MINUTES, cell, err, "expected minutes; the row is left out");
}

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct rec_i64 id;
    struct rec_f64 minutes;
    if (!csv_cell_i64(t, C_ID, &id, err) || !read_minutes(t, &minutes, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_i64(ig, id.v, csv_table_at(t), err)) {
        return false;
    }
    str_clear(&t->r->scratch);
    add_row(&t->r->scratch, id.v, minutes.v);
    const bool usual = sv_eq(str_sv(&t->r->scratch), t->row.bytes);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, DU_SIGNATURE_ID), id.v);
    arrow_add_f64(arrow_column(w, DU_MINUTES), minutes.v);
    add_rec_text(arrow_column(w, DU_RAW), usual ? SV_NULL : t->row.bytes);
    return arrow_row_end(w, err);
}

bool durations_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &signature_table, read_row, err);
}

bool group_durations_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &group_table, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    if (out_raw(out, row, DU_RAW, "\r\n")) {
        return true;
    }
    add_row(&out->buf, out_i64(row, DU_SIGNATURE_ID), out_f64(row, DU_MINUTES));
    str_add_cstr(&out->buf, "\r\n");
    return true;
}

bool durations_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    str_add_cstr(&out->buf, "signature_id,duration_minutes\r\n");
    return out_each_row(&(struct out_rows){snap, &schema_durations, write_row, NULL, -1}, out, err);
}

bool group_durations_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    str_add_cstr(&out->buf, "signature_group_id,duration_minutes\r\n");
    return out_each_row(&(struct out_rows){snap, &schema_group_durations, write_row, NULL, -1}, out,
                        err);
}
