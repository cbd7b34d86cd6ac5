// What must hold for any bytes given to a reader: rows and problems or an error, never a crash, and
// what is counted is what was written.
#ifndef CULPRIT_FUZZ_READER_CHECK_H
#define CULPRIT_FUZZ_READER_CHECK_H

#include <stdlib.h>

#include "ingest/alert_summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *tmp_dir(void) {
    static char path[] = "/tmp/culprit-fuzz-XXXXXX";
    static bool made;
    BUG_ON(!made && !mkdtemp(path));
    made = true;
    return path;
}

static void check_reader_of(const char *format, const struct dataset_def *const *datasets,
                            ingest_read_fn *read, struct sv bytes) {
    struct ingest ig;
    const struct ingest_opts opts = {
        .format = format, .file = "fuzz", .tmp_dir = tmp_dir(), .datasets = datasets};
    struct err err = ERR_INIT;
    bool ok = ingest_init(&ig, &opts, &err);
    BUG_ON(!ok);
    input_memory(&ig.in, "fuzz", bytes, false);
    ok = ingest_run(&ig, read, &err);
    BUG_ON(!ok && !err.msg[0]);
    BUG_ON(ok && ig.counts.rows != arrow_rows_written(ig.out[0].w));
    BUG_ON(ig.counts.problems > 0 && !ig.problems);
    ingest_done(&ig);
}

static inline void check_reader(const char *format, ingest_read_fn *read, struct sv bytes) {
    check_reader_of(format, alert_summary_datasets, read, bytes);
}

#endif
