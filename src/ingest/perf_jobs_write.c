// Writing perf_jobs_by_signature.jsonl from the two datasets. Both are walked in stored order, but
// a merge may have ordered them differently, so the jobs of each signature are looked up.
#include "base/map.h"
#include "base/num.h"
#include "ingest/perf_jobs.h"
#include "schema/perf_jobs.h"
#include "schema/scan.h"

// Where the jobs of each signature begin.
struct job_places {
    struct int_map ids;
    ARRAY(int64_t) rows;
};

struct jobs_writer {
    const struct dataset *jobs;
    struct job_places places;
    // The batch of jobs that was used last, and its columns.
    const struct arrow_batch *batch;
    const struct arrow_col *cols[PJ_N_COLUMNS];
    struct text_out *out;
    struct err *err;
};

static bool find_places(struct job_places *places, const struct snapshot *snap, struct err *err) {
    struct scan s;
    bool ok = scan_open(&s, snap, &schema_perf_jobs, err);
    while (ok && scan_next(&s, err)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            if (scan_i64(&s, PJ_POS, i) != 0) {
                continue;
            }
            bool is_new;
            (void)int_map_put(&places->ids, scan_i64(&s, PJ_SIGNATURE_ID, i), &is_new);
            if (is_new) {
                array_push(&places->rows, s.first_row + i);
            }
        }
    }
    return ok && scan_close(&s);
}

// The slot of a row of jobs in x->cols; -1 with `x->err` when its batch is damaged.
static int64_t job_slot(struct jobs_writer *x, int64_t row) {
    int64_t local, slot;
    const struct segment *seg = dataset_segment(x->jobs, row, &local);
    const size_t b = arrow_find_batch(seg->arrow, local, &slot);
    const struct arrow_batch *batch = arrow_batch(seg->arrow, b, x->err);
    if (!batch) {
        return -1;
    }
    if (batch != x->batch) {
        x->batch = batch;
        for (size_t c = 0; c < PJ_N_COLUMNS; c++) {
            const char *name = schema_perf_jobs.columns[c].name;
            const int idx = arrow_field_index(arrow_schema(seg->arrow), sv_cstr(name));
            x->cols[c] = idx < 0 ? NULL : &batch->cols[idx];
        }
    }
    return slot;
}

static const uint8_t columns[JOB_N_KEYS] = {
    [JOB_JOB_ID] = PJ_JOB_ID,
    [JOB_ID] = PJ_ID,
    [JOB_VALUE] = PJ_VALUE,
    [JOB_PUSH_TIMESTAMP] = PJ_PUSH_TIMESTAMP,
    [JOB_PUSH_ID] = PJ_PUSH_ID,
    [JOB_REVISION] = PJ_REVISION,
    [JOB_SUBMIT_TIME] = PJ_SUBMIT_TIME,
    [JOB_MACHINE_NAME] = PJ_MACHINE_NAME,
};

static struct perf_job load_job(const struct jobs_writer *x, int64_t slot) {
    const struct out_row row = {(const struct arrow_col **)x->cols, slot};
    struct perf_job job = {
        .job_id = out_i64(&row, PJ_JOB_ID),
        .id = out_i64(&row, PJ_ID),
        .push_id = out_i64(&row, PJ_PUSH_ID),
        .push_us = out_i64(&row, PJ_PUSH_TIMESTAMP),
        .submit_us = out_i64(&row, PJ_SUBMIT_TIME),
        .value = x->cols[PJ_VALUE] ? arrow_get_f64(x->cols[PJ_VALUE], slot) : 0,
        .revision = out_text(&row, PJ_REVISION),
        .machine_name = out_text(&row, PJ_MACHINE_NAME),
    };
    for (int key = 0; key < JOB_N_KEYS; key++) {
        job.has = (uint8_t)(job.has | (unsigned)!out_is_null(&row, columns[key]) << key);
    }
    const struct sv extra = out_text(&row, PJ_EXTRA);
    job.extra = extra.len > 2 ? sv_sub(extra, 1, extra.len - 2) : SV_NULL;
    return job;
}

static bool write_jobs(struct jobs_writer *x, const struct job_order *order, int64_t first,
                       int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        const int64_t slot = first + i < x->jobs->n_rows ? job_slot(x, first + i) : -1;
        if (slot < 0) {
            return false;
        }
        const struct perf_job job = load_job(x, slot);
        str_add(&x->out->buf, ", ", i ? 2 : 0);
        job_write(&x->out->buf, order, &job);
    }
    return true;
}

static bool write_line(void *arg, const struct out_row *row, struct text_out *out) {
    struct jobs_writer *x = arg;
    x->out = out;
    if (!out_is_null(row, PJS_RAW)) {
        str_add_sv(&out->buf, out_text(row, PJS_RAW));
        str_add_byte(&out->buf, '\n');
        return true;
    }
    struct job_order order = job_order_usual();
    const struct sv order_text = out_text(row, PJS_KEYS);
    const int64_t id = out_i64(row, PJS_SIGNATURE_ID), n = out_i64(row, PJS_N_JOBS);
    const uint32_t place = int_map_get(&x->places.ids, id);
    if ((order_text.ptr && !job_order_parse(order_text, &order)) || (n > 0 && place == MAP_NONE)) {
        return err_set(x->err, ERR_FORMAT, "signature %lld: its jobs do not fit its line",
                       (long long)id);
    }
    str_add_cstr(&out->buf, "{\"signature_id\": ");
    str_add_i64(&out->buf, id);
    str_add_cstr(&out->buf, ", \"jobs\": [");
    if (n > 0 && !write_jobs(x, &order, x->places.rows.ptr[place], n)) {
        return err_set(x->err, ERR_FORMAT, "signature %lld: some of its jobs cannot be read",
                       (long long)id);
    }
    str_add_cstr(&out->buf, "]}\n");
    return true;
}

bool perf_jobs_jsonl_write(const struct snapshot *snap, struct text_out *out, struct err *err) {
    struct jobs_writer x = {.jobs = snapshot_dataset(snap, schema_perf_jobs.name), .err = err};
    const struct out_rows rows = {snap, &schema_perf_jobs_by_signature, write_line, &x, -1};
    // A store where no signature has any job has no dataset of jobs.
    bool ok = !x.jobs || find_places(&x.places, snap, err);
    ok = ok && out_each_row(&rows, out, err);
    int_map_done(&x.places.ids);
    array_done(&x.places.rows);
    return ok;
}
