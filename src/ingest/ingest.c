#include "ingest/ingest.h"

#include <stdarg.h>
#include <stdio.h>

#include "ingest/ingest_int.h"
#include "ingest/stage.h"
#include "schema/problems.h"

enum { REPORT_BYTES = 4 << 20 };

bool ingest_writer_new(struct ingest *ig, const struct dataset_def *def, struct arrow_writer **w,
                       struct err *err) {
    struct arena a = {0};
    struct arrow_schema schema;
    bool ok = schema_arrow(def, ig->file, &a, &schema, err);
    if (ok) {
        *w = arrow_writer_new(&schema, ig->tmp_dir, err);
        ok = *w != NULL;
    }
    arena_done(&a);
    return ok;
}

bool ingest_init(struct ingest *ig, const struct ingest_opts *opts, struct err *err) {
    *ig = (struct ingest){
        .format = opts->format,
        .file = opts->file,
        .tmp_dir = opts->tmp_dir,
        .cancel = opts->cancel,
        .keys = xcalloc(1, sizeof *ig->keys),
    };
    ig->in.fd = -1;
    for (size_t i = 0; opts->datasets[i]; i++) {
        BUG_ON(i == INGEST_MAX_OUT);
        ig->out[i].def = opts->datasets[i];
        if (!ingest_writer_new(ig, opts->datasets[i], &ig->out[i].w, err)) {
            return false;
        }
        // What is merged into a dataset is mostly there already, and then not published itself.
        if (opts->base && snapshot_dataset(opts->base, opts->datasets[i]->name)) {
            arrow_writer_expect_drop(ig->out[i].w);
        }
        ig->n_out = i + 1;
    }
    return true;
}

void ingest_done(struct ingest *ig) {
    input_close(&ig->in);
    for (size_t i = 0; i < ig->n_out; i++) {
        arrow_writer_free(ig->out[i].w);
    }
    arrow_writer_free(ig->problems);
    int_map_done(&ig->seq);
    array_done(&ig->seq_of);
    ingest_keys_free(ig->keys);
    *ig = (struct ingest){.in.fd = -1};
}

bool ingest_run(struct ingest *ig, ingest_read_fn *read, struct err *err) {
    ig->in.cancel = ig->cancel;
    if (!read(ig, err) || (ig->counts.duplicates && !ingest_dedupe(ig, err))) {
        return false;
    }
    ig->counts.rows = arrow_rows_written(ig->out[0].w);
    ig->counts.keys = (int64_t)(ig->keys->ints.n + ig->keys->texts.n);
    // Children are replaced by their parent's key; who has none needs no keys any more.
    if (ig->n_out == 1) {
        ingest_keys_free(ig->keys);
        ig->keys = NULL;
    }
    return true;
}

bool ingest_has_key(const struct ingest *ig, int64_t key) {
    return ig->keys && int_map_get(&ig->keys->ints, key) != MAP_NONE;
}

struct arrow_writer *ingest_take(struct ingest *ig, size_t out_idx) {
    struct arrow_writer *w = ig->out[out_idx].w;
    ig->out[out_idx].w = NULL;
    return w;
}

struct arrow_writer *ingest_take_problems(struct ingest *ig) {
    struct arrow_writer *w = ig->problems;
    ig->problems = NULL;
    return w;
}

bool ingest_empty_problems(struct ingest *ig, struct arrow_writer **w, struct err *err) {
    return ingest_writer_new(ig, &schema_problems, w, err);
}

static void add_i64_or_null(struct arrow_builder *b, int64_t v) {
    if (v < 0) {
        arrow_add_null(b);
    } else {
        arrow_add_i64(b, v);
    }
}

static bool add_problem_row(struct ingest *ig, struct ingest_at at, struct sv reason,
                            struct sv sample, struct err *err) {
    if (!ig->problems && !ingest_writer_new(ig, &schema_problems, &ig->problems, err)) {
        return false;
    }
    struct arrow_writer *w = ig->problems;
    arrow_add_text(arrow_column(w, PROBLEMS_FORMAT), sv_cstr(ig->format));
    arrow_add_text(arrow_column(w, PROBLEMS_FILE), sv_cstr(ig->file));
    add_i64_or_null(arrow_column(w, PROBLEMS_LINE), at.line);
    add_i64_or_null(arrow_column(w, PROBLEMS_OFFSET), at.offset);
    if (at.column) {
        arrow_add_text(arrow_column(w, PROBLEMS_COLUMN), sv_cstr(at.column));
    } else {
        arrow_add_null(arrow_column(w, PROBLEMS_COLUMN));
    }
    arrow_add_text(arrow_column(w, PROBLEMS_REASON), reason);
    if (sample.ptr) {
        arrow_add_text(arrow_column(w, PROBLEMS_SAMPLE), sv_sub(sample, 0, INGEST_SAMPLE_BYTES));
    } else {
        arrow_add_null(arrow_column(w, PROBLEMS_SAMPLE));
    }
    return arrow_row_end(w, err);
}

bool ingest_problem(struct ingest *ig, struct ingest_at at, struct sv sample, struct err *err,
                    const char *fmt, ...) {
    auto_str reason = STR_INIT;
    if (ig->stager || ig->counts.problems < INGEST_MAX_PROBLEMS) {
        va_list ap;
        va_start(ap, fmt);
        str_vaddf(&reason, fmt, ap);
        va_end(ap);
    }
    if (ig->stager) {
        stager_defer(ig->stager, at, str_sv(&reason), sample);
        return true;
    }
    ig->counts.problems++;
    if (ig->counts.problems > INGEST_MAX_PROBLEMS + 1) {
        return true;
    }
    if (ig->counts.problems == INGEST_MAX_PROBLEMS + 1) {
        return add_problem_row(ig, (struct ingest_at){-1, -1, NULL},
                               SV("more problems follow that are counted but not listed"), SV_NULL,
                               err);
    }
    if (ig->counts.problems == 1) {
        snprintf(ig->first_problem, sizeof ig->first_problem, "line %lld, %s%s%s",
                 (long long)at.line, at.column ? at.column : "", at.column ? ": " : "",
                 str_cstr(&reason));
    }
    return add_problem_row(ig, at, str_sv(&reason), sample, err);
}

bool ingest_check_text(struct ingest *ig, struct ingest_at at, struct err *err) {
    int64_t n = 0;
    for (size_t i = 0; i < ig->n_out; i++) {
        n += arrow_texts_repaired(ig->out[i].w);
    }
    if (n == ig->n_repaired) {
        return true;
    }
    const long long more = (long long)(n - ig->n_repaired);
    ig->n_repaired = n;
    return ingest_problem(ig, at, SV_NULL, err,
                          "%lld text%s of the row %s not UTF-8; U+FFFD stands for the bytes that "
                          "are none",
                          more, more == 1 ? "" : "s", more == 1 ? "is" : "are");
}

int64_t ingest_seq(struct ingest *ig, int64_t key) {
    bool is_new;
    const uint32_t idx = int_map_put(&ig->seq, key, &is_new);
    if (is_new) {
        array_push(&ig->seq_of, ig->next_seq++);
    }
    return ig->seq_of.ptr[idx];
}

void ingest_know_seq(struct ingest *ig, int64_t key, int64_t seq) {
    bool is_new;
    (void)int_map_put(&ig->seq, key, &is_new);
    if (is_new) {
        array_push(&ig->seq_of, seq);
        ig->next_seq = MAX(ig->next_seq, seq + 1);
    }
}

bool ingest_tick(struct ingest *ig, uint64_t done_bytes, struct err *err) {
    ig->n_ticks++;
    if (done_bytes < ig->next_report) {
        return true;
    }
    ig->next_report = done_bytes + REPORT_BYTES;
    if (ig->cancel && atomic_load_explicit(ig->cancel, memory_order_relaxed)) {
        return err_set(err, ERR_CANCELLED, "%s: import cancelled", ig->file);
    }
    if (ig->progress) {
        ig->progress(ig->progress_arg, done_bytes, ig->in.size_bytes, ig->n_ticks);
    }
    return true;
}

bool ingest_load(struct ingest *ig, size_t limit_bytes, struct err *err) {
    while (!ig->in.at_eof && ig->in.len <= limit_bytes) {
        if (!input_more(&ig->in, 0, err)) {
            return false;
        }
    }
    return ig->in.len <= limit_bytes ||
           err_set(err, ERR_LIMIT, "%s: longer than %zu MiB, the limit for one document", ig->file,
                   limit_bytes >> 20);
}
