// all_bugs.csv: bugs of the tracker, CR LF, regressed_by as a Python list.
#include "ingest/bugs_csv.h"
#include "ingest/csv_table.h"
#include "ingest/text_out.h"
#include "schema/mozilla_perf.h"

const struct dataset_def *const all_bugs_datasets[] = {&schema_all_bugs, NULL};

enum { C_ID, C_SUMMARY, C_REGRESSED_BY, C_PRODUCT, C_COMPONENT, C_CREATION_TIME };

static const struct csv_column columns[] = {
    [C_ID] = {"id", true},
    [C_SUMMARY] = {"summary", true},
    [C_REGRESSED_BY] = {"regressed_by", false},
    [C_PRODUCT] = {"product", false},
    [C_COMPONENT] = {"component", false},
    [C_CREATION_TIME] = {"creation_time", false},
};

static const struct csv_table_def table_def = {
    .columns = columns, .n_columns = COUNTOF(columns), .any_of = "regressed_by,product,component"};

static bool read_row(struct ingest *ig, struct csv_table *t, struct err *err) {
    struct rec_i64 id, created;
    struct rec_list regressed_by;
    if (!csv_cell_i64(t, C_ID, &id, err) || !csv_cell_time(t, C_CREATION_TIME, &created, err) ||
        !csv_cell_ints(t, C_REGRESSED_BY, &regressed_by, err)) {
        return false;
    }
    if (t->row_bad) {
        ig->counts.bad++;
        return true;
    }
    if (!ingest_key_i64(ig, id.v, csv_table_at(t), err)) {
        return false;
    }
    csv_table_extra(t);
    struct arrow_writer *w = ig->out[0].w;
    arrow_add_i64(arrow_column(w, AB_ID), id.v);
    add_rec_text(arrow_column(w, AB_SUMMARY), csv_cell(t, C_SUMMARY));
    add_rec_ints(arrow_column(w, AB_REGRESSED_BY), t->r, regressed_by);
    add_rec_text(arrow_column(w, AB_PRODUCT), csv_cell_text(t, C_PRODUCT));
    add_rec_text(arrow_column(w, AB_COMPONENT), csv_cell_text(t, C_COMPONENT));
    add_rec_i64(arrow_column(w, AB_CREATION_TIME), created);
    add_rec_extra(arrow_column(w, AB_EXTRA), str_sv(&t->r->extra));
    return arrow_row_end(w, err);
}

bool all_bugs_csv_read(struct ingest *ig, struct err *err) {
    return csv_table_read(ig, &table_def, read_row, err);
}

static bool write_row(void *arg, const struct out_row *row, struct text_out *out) {
    (void)arg;
    out_csv_i64(out, row, AB_ID);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, AB_SUMMARY);
    str_add_byte(&out->buf, ',');
    out_csv_list(out, row, AB_REGRESSED_BY);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, AB_PRODUCT);
    str_add_byte(&out->buf, ',');
    out_csv_text(out, row, AB_COMPONENT);
    str_add_byte(&out->buf, ',');
    out_csv_time(out, row, AB_CREATION_TIME, "Z");
    str_add_cstr(&out->buf, "\r\n");
    return true;
}

bool all_bugs_csv_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    str_add_cstr(&out->buf, "id,summary,regressed_by,product,component,creation_time\r\n");
    return out_each_row(&(struct out_rows){snap, &schema_all_bugs, write_row, NULL, -1}, out, err);
}
