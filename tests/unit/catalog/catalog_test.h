// What the tests of the catalog share: files written, imports run, cells looked at.
#ifndef CULPRIT_CATALOG_TEST_H
#define CULPRIT_CATALOG_TEST_H

#include "base/file.h"
#include "base/json.h"
#include "base/scope.h"
#include "catalog/catalog.h"
#include "unit.h"

struct run {
    struct import_result result;
    struct err err;
    bool ok;
};

static inline char *write_file(void **state, const char *name, struct sv text) {
    char *path = unit_path(state, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.ptr, 1, text.len, f), text.len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline void import_with(struct run *run, struct import_opts opts) {
    run->err = ERR_INIT;
    run->ok = catalog_import(&opts, &run->result, &run->err);
}

static inline void import_path(struct run *run, void **state, const char *path) {
    import_with(run, (struct import_opts){
                         .store_dir = unit_path(state, "store"), .paths = &path, .n_paths = 1});
}

static inline void run_done(struct run *run) {
    import_result_done(&run->result);
}

// Imports one file that must be taken; returns its counts.
static inline struct ingest_counts import_done(void **state, const char *path) {
    struct run run;
    import_path(&run, state, path);
    if (!run.ok || run.result.n_done != 1) {
        fail_msg("%s: %s", path, run.ok ? run.result.files[0].err.msg : run.err.msg);
    }
    const struct ingest_counts counts = run.result.files[0].counts;
    run_done(&run);
    return counts;
}

// Imports one file that must be refused with `text` in the message.
static inline void import_refused(void **state, const char *path, const char *text) {
    struct run run;
    import_path(&run, state, path);
    assert_true(run.ok);
    assert_int_equal(run.result.n_refused, 1);
    if (!strstr(run.result.files[0].err.msg, text)) {
        fail_msg("\"%s\" does not say \"%s\"", run.result.files[0].err.msg, text);
    }
    run_done(&run);
}

static inline struct snapshot *open_store(void **state) {
    struct err err = ERR_INIT;
    auto_str damage = STR_INIT;
    struct snapshot *snap = snapshot_open(unit_path(state, "store"), &damage, &err);
    assert_non_null(snap);
    assert_int_equal(damage.len, 0);
    return snap;
}

static inline int64_t n_rows(const struct snapshot *snap, const char *dataset) {
    const struct dataset *ds = snapshot_dataset(snap, dataset);
    return ds ? ds->n_rows : -1;
}

static inline const struct arrow_col *cell(const struct snapshot *snap, const char *dataset,
                                           int64_t row, const char *column, int64_t *slot) {
    const struct dataset *ds = snapshot_dataset(snap, dataset);
    assert_non_null(ds);
    assert_true(row >= 0 && row < ds->n_rows);
    int64_t local;
    const struct segment *seg = dataset_segment(ds, row, &local);
    const size_t b = arrow_find_batch(seg->arrow, local, slot);
    const struct arrow_batch *batch = arrow_batch(seg->arrow, b, NULL);
    assert_non_null(batch);
    const int idx = arrow_field_index(arrow_schema(seg->arrow), sv_cstr(column));
    assert_true(idx >= 0);
    return &batch->cols[idx];
}

static inline int64_t cell_i64(const struct snapshot *snap, const char *dataset, int64_t row,
                               const char *column) {
    int64_t slot;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_get_i64(col, slot);
}

static inline double cell_f64(const struct snapshot *snap, const char *dataset, int64_t row,
                              const char *column) {
    int64_t slot;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_get_f64(col, slot);
}

static inline bool cell_bool(const struct snapshot *snap, const char *dataset, int64_t row,
                             const char *column) {
    int64_t slot;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_get_bool(col, slot);
}

static inline bool cell_null(const struct snapshot *snap, const char *dataset, int64_t row,
                             const char *column) {
    int64_t slot;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_is_null(col, slot);
}

static inline struct sv cell_text(const struct snapshot *snap, const char *dataset, int64_t row,
                                  const char *column) {
    int64_t slot;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_get_text(col, slot);
}

static inline int64_t cell_list_len(const struct snapshot *snap, const char *dataset, int64_t row,
                                    const char *column) {
    int64_t slot, from, to;
    const struct arrow_col *col = cell(snap, dataset, row, column, &slot);
    return arrow_get_list(col, slot, &from, &to) ? to - from : -1;
}

// The documented file as the store writes it.
static inline void dump(void **state, const char *format, struct str *out) {
    struct snapshot *snap = open_store(state);
    char *path = unit_path(state, "dumped");
    struct err err = ERR_INIT;
    const struct dump_opts opts = {.path = path, .replace = true};
    if (!catalog_dump(snap, catalog_format(sv_cstr(format)), &opts, &err)) {
        fail_msg("%s", err.msg);
    }
    str_clear(out);
    assert_true(file_read(path, (size_t)1 << 30, out, NULL));
    snapshot_unref(snap);
}

#endif
