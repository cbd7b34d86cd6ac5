// Imports the flat table of the benchmark (see docs/benchmarks.md, "Data") into a store, through a
// row of the table of formats that only this program has.
//
//     bench_flat STORE FLAT.csv
//
// The dataset is called "flat", has all eleven columns and the key `id`. Everything but that row is
// the program's own: detection, CSV scanner, reader, writer, publish.
#include <stdio.h>

#include "base/num.h"
#include "catalog/catalog.h"
#include "ingest/csv_table.h"

enum flat_column {
    F_ID,
    F_JOB_ID,
    F_PUSH_ID,
    F_PUSH_TIMESTAMP,
    F_REVISION,
    F_SUBMIT_TIME,
    F_SIGNATURE_ID,
    F_PLATFORM,
    F_SUITE,
    F_VALUE,
    F_NOTE,
    F_N_COLUMNS
};

static const char HEADER[] = "id,job_id,push_id,push_timestamp,revision,submit_time,signature_id,"
                             "platform,suite,value,note";

static const struct column_def columns[] = {
    [F_ID] = {"id", "i64", COL_KEY, NULL, "Number of the measurement.", NULL},
    [F_JOB_ID] = {"job_id", "i64", COL_NULLABLE, NULL, "Job that made it.", NULL},
    [F_PUSH_ID] = {"push_id", "i64", 0, NULL, "Push that it measures.", NULL},
    [F_PUSH_TIMESTAMP] = {"push_timestamp", "ts", COL_NULLABLE, NULL, "When that landed.", NULL},
    [F_REVISION] = {"revision", "text", 0, NULL, "Head of the push.", NULL},
    [F_SUBMIT_TIME] = {"submit_time", "ts", COL_NULLABLE, NULL, "When the job was asked for.",
                       NULL},
    [F_SIGNATURE_ID] = {"signature_id", "i64", 0, NULL, "Performance signature.", NULL},
    [F_PLATFORM] = {"platform", "dict", 0, NULL, "Machine platform.", NULL},
    [F_SUITE] = {"suite", "dict", 0, NULL, "Test suite.", NULL},
    [F_VALUE] = {"value", "f64", COL_NULLABLE, NULL, "What was measured.", NULL},
    [F_NOTE] = {"note", "text", COL_NULLABLE, NULL, "Free text.", NULL},
};

static const struct dataset_def dataset = {
    .name = "flat",
    .title = "Flat measurements",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "id",
    .merge = "id",
    .sort = "",
    .columns = columns,
    .n_columns = F_N_COLUMNS,
    .help = "A flat table for benchmarks.",
};
static const struct dataset_def *const datasets[] = {&dataset, NULL};

static const struct csv_column csv_columns[] = {
    [F_ID] = {"id", true},
    [F_JOB_ID] = {"job_id", false},
    [F_PUSH_ID] = {"push_id", true},
    [F_PUSH_TIMESTAMP] = {"push_timestamp", false},
    [F_REVISION] = {"revision", true},
    [F_SUBMIT_TIME] = {"submit_time", false},
    [F_SIGNATURE_ID] = {"signature_id", true},
    [F_PLATFORM] = {"platform", true},
    [F_SUITE] = {"suite", true},
    [F_VALUE] = {"value", true},
    [F_NOTE] = {"note", false},
};
static const struct csv_table_def table_def = {.columns = csv_columns, .n_columns = F_N_COLUMNS};

struct flat_row {
    struct rec_i64 id, job_id, push_id, push_timestamp, submit_time, signature_id;
    struct rec_f64 value;
};

static bool read_numbers(struct csv_table *t, struct flat_row *row, struct err *err) {
    row->value.has = num_parse_f64(csv_cell(t, F_VALUE), &row->value.v);
    return csv_cell_i64(t, F_ID, &row->id, err) && csv_cell_i64(t, F_JOB_ID, &row->job_id, err) &&
           csv_cell_i64(t, F_PUSH_ID, &row->push_id, err) &&
           csv_cell_time(t, F_PUSH_TIMESTAMP, &row->push_timestamp, err) &&
           csv_cell_time(t, F_SUBMIT_TIME, &row->submit_time, err) &&
           csv_cell_i64(t, F_SIGNATURE_ID, &row->signature_id, err);
}

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct flat_row row;
    if (!read_numbers(t, &row, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_i64(ig, row.id.v, csv_table_at(t), err)) {
        return false;
    }
    struct arrow_writer *w = ig->out[0].w;
    add_rec_i64(arrow_column(w, F_ID), row.id);
    add_rec_i64(arrow_column(w, F_JOB_ID), row.job_id);
    add_rec_i64(arrow_column(w, F_PUSH_ID), row.push_id);
    add_rec_i64(arrow_column(w, F_PUSH_TIMESTAMP), row.push_timestamp);
    add_rec_text(arrow_column(w, F_REVISION), csv_cell(t, F_REVISION));
    add_rec_i64(arrow_column(w, F_SUBMIT_TIME), row.submit_time);
    add_rec_i64(arrow_column(w, F_SIGNATURE_ID), row.signature_id);
    add_rec_text(arrow_column(w, F_PLATFORM), csv_cell(t, F_PLATFORM));
    add_rec_text(arrow_column(w, F_SUITE), csv_cell(t, F_SUITE));
    add_rec_f64(arrow_column(w, F_VALUE), row.value);
    add_rec_text(arrow_column(w, F_NOTE), csv_cell_text(t, F_NOTE));
    return arrow_row_end(w, err);
}

static int detect(struct sv head, bool whole, struct sv name) {
    (void)whole;
    (void)name;
    return sv_starts(head, SV(HEADER)) ? 100 : 0;
}

static bool read_flat(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static const struct format_def format = {
    .name = "flat.csv",
    .help = "The flat table of the benchmark.",
    .datasets = datasets,
    .detect = detect,
    .read = read_flat,
};

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: bench_flat STORE FLAT.csv\n");
        return 2;
    }
    const char *path = argv[2];
    const struct import_opts opts = {
        .store_dir = argv[1], .paths = &path, .n_paths = 1, .extra = &format, .n_extra = 1};
    struct import_result result;
    struct err err = ERR_INIT;
    bool ok = catalog_import(&opts, &result, &err);
    const struct import_file *file = &result.files[0];
    if (ok && file->outcome == IMPORT_DONE) {
        printf("flat: %lld rows, %lld problems, %lld ms\n", (long long)file->counts.rows,
               (long long)file->counts.problems, (long long)file->took_ms);
    } else {
        fprintf(stderr, "bench_flat: %s\n", ok ? file->err.msg : err.msg);
        ok = false;
    }
    import_result_done(&result);
    return ok ? 0 : 2;
}
