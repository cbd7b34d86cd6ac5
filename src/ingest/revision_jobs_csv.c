// perf_jobs_per_revision.csv: how many signatures ran with each revision, CR LF.
#include "ingest/csv_table.h"
#include "ingest/job_files.h"
#include "ingest/text_out.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const revision_job_counts_datasets[] = {&schema_revision_job_counts,
                                                                  NULL};

enum { C_REVISION, C_SUBMIT_TIME, C_TOTAL_JOBS };

static const struct csv_column columns[] = {
    [C_REVISION] = {"revision", true},
    [C_SUBMIT_TIME] = {"submit_time_iso", false},
    [C_TOTAL_JOBS] = {"total_jobs", true},
};
static const struct csv_table_def table_def = {.columns = columns, .n_columns = COUNTOF(columns)};

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct rec_i64 submit_us, total;
    const struct sv revision = csv_cell(t, C_REVISION);
    if (!revision.len) {
        t->row_bad = true;
        if (!csv_problem(t, C_REVISION, SV_NULL, err, "revision is empty; the row is left out")) {
            return false;
        }
    }
    if (!csv_cell_time(t, C_SUBMIT_TIME, &submit_us, err) ||
        !csv_cell_i32(t, C_TOTAL_JOBS, &total, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_text(ig, revision, csv_table_at(t), err)) {
        return false;
    }
    csv_table_extra(t);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_text(arrow_column(w, RC_REVISION), revision);
    add_rec_i64(arrow_column(w, RC_SUBMIT_TIME), submit_us);
    add_rec_i64(arrow_column(w, RC_TOTAL_JOBS), total);
    add_rec_extra(arrow_column(w, RC_EXTRA), str_sv(&t->r->extra));
    return arrow_row_end(w, err);
}

bool revision_job_counts_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    out_csv_text(out, row, RC_REVISION);
    str_add_byte(&out->buf, ',');
    out_csv_time(out, row, RC_SUBMIT_TIME, "+00:00");
    str_add_byte(&out->buf, ',');
    out_csv_i64(out, row, RC_TOTAL_JOBS);
    str_add_cstr(&out->buf, "\r\n");
    return true;
}

bool revision_job_counts_csv_write(const struct snapshot *snap, struct text_out *out,
                                   struct err *err) {
    str_add_cstr(&out->buf, "revision,submit_time_iso,total_jobs\r\n");
    return out_each_row(&(struct out_rows){snap, &schema_revision_job_counts, write_row, NULL, -1},
                        out, err);
}
