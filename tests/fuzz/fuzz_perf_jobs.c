// link: ingest
// Lines of jobs through both their readers: the scanner of usual lines must give the same rows, the
// same problems and the same errors as the reader of any JSON.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "ingest/perf_jobs.h"
#include "reader_check.h"

struct outcome {
    bool ok;
    struct err err;
    struct ingest_counts counts;
    struct str files; // all datasets, as they would be stored
};

static void add_file(struct outcome *o, struct arrow_writer *w) {
    char path[128];
    snprintf(path, sizeof path, "%s/out.arrow", tmp_dir());
    struct err err = ERR_INIT;
    struct arrow_finished done;
    bool ok = arrow_finish_as(w, path, NULL, &done, &err);
    BUG_ON(!ok);
    struct input in;
    ok = input_open(&in, path, &err);
    while (ok && !in.at_eof) {
        ok = input_more(&in, 0, &err);
    }
    BUG_ON(!ok || in.len != done.size);
    str_add(&o->files, in.ptr, in.len);
    input_close(&in);
    unlink(path);
}

static void read_by(ingest_read_fn *read, struct sv bytes, struct outcome *o) {
    struct ingest ig;
    const struct ingest_opts opts = {.format = "perf_jobs_by_signature.jsonl",
                                     .file = "fuzz",
                                     .tmp_dir = tmp_dir(),
                                     .datasets = perf_jobs_datasets};
    *o = (struct outcome){0};
    const bool ready = ingest_init(&ig, &opts, &o->err);
    BUG_ON(!ready);
    input_memory(&ig.in, "fuzz", bytes, false);
    o->ok = ingest_run(&ig, read, &o->err);
    o->counts = ig.counts;
    BUG_ON(!o->ok && !o->err.msg[0]);
    for (size_t i = 0; o->ok && i < ig.n_out; i++) {
        add_file(o, ig.out[i].w);
    }
    if (o->ok && ig.problems) {
        add_file(o, ig.problems);
    }
    ingest_done(&ig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct outcome fast, slow;
    const struct sv bytes = sv_make((const char *)data, size);
    read_by(perf_jobs_jsonl_read, bytes, &fast);
    read_by(perf_jobs_jsonl_read_slowly, bytes, &slow);
    BUG_ON(fast.ok != slow.ok || strcmp(fast.err.msg, slow.err.msg) != 0);
    BUG_ON(memcmp(&fast.counts, &slow.counts, sizeof fast.counts) != 0);
    BUG_ON(!sv_eq(str_sv(&fast.files), str_sv(&slow.files)));
    str_done(&fast.files);
    str_done(&slow.files);
    return 0;
}
