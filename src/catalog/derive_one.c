// One stage: scan what the store holds, compute, publish once.
#include <stdio.h>

#include "base/date.h"
#include "catalog/catalog_int.h"
#include "schema/derivations.h"
#include "schema/problems.h"

enum { REPORT_EVERY_US = 50000, MAX_PROBLEMS = 10000 };

static const char origin[] = "derived";
static const char problems_format[] = "derive";

struct run {
    struct derive_one *one;
    const struct stage_def *stage;
    struct publish *pub;
    struct derive d;
    size_t n_out;
    struct arrow_writer *problems; // NULL until the first
    int64_t n_listed, n_rows, reported_us;
};

static bool new_writer(struct run *run, const struct dataset_def *def, struct arrow_writer **w,
                       struct err *err) {
    struct arena a = {0};
    struct arrow_schema schema;
    const bool ok = schema_arrow(def, origin, &a, &schema, err) &&
                    (*w = arrow_writer_new(&schema, publish_tmp(run->pub), err));
    arena_done(&a);
    return ok;
}

// --- what a stage reports ---

static void report(void *arg, uint64_t done, uint64_t all) {
    struct run *run = arg;
    const struct derive_opts *opts = run->one->opts;
    const int64_t now_us = clock_monotonic_us();
    if (!opts->progress || now_us - run->reported_us < REPORT_EVERY_US) {
        return;
    }
    run->reported_us = now_us;
    const struct derive_progress p = {run->stage, run->one->idx, run->one->n, done, all};
    opts->progress(opts->arg, &p);
}

static bool add_problem(struct run *run, struct sv reason, struct err *err) {
    if (!run->problems && !new_writer(run, &schema_problems, &run->problems, err)) {
        return false;
    }
    struct arrow_writer *w = run->problems;
    arrow_add_text(arrow_column(w, PROBLEMS_FORMAT), sv_cstr(problems_format));
    arrow_add_text(arrow_column(w, PROBLEMS_FILE), sv_cstr(run->stage->name));
    arrow_add_text(arrow_column(w, PROBLEMS_REASON), reason);
    return arrow_row_end(w, err);
}

static bool keep_problem(void *arg, const char *subject, const char *reason, struct err *err) {
    struct run *run = arg;
    if (run->n_listed > MAX_PROBLEMS) {
        return true;
    }
    if (run->n_listed++ == MAX_PROBLEMS) {
        return add_problem(run, SV("more problems follow that are counted but not listed"), err);
    }
    auto_str text = STR_INIT;
    str_addf(&text, "%s: %s", subject, reason);
    if (!run->one->result->problem) {
        run->one->result->problem = xstrdup(str_cstr(&text));
    }
    return add_problem(run, str_sv(&text), err);
}

// --- publishing ---

static bool publish_out(struct run *run, size_t i, struct err *err) {
    const struct dataset_def *def = run->stage->datasets[i];
    struct arrow_writer *w = run->d.out[i];
    run->d.out[i] = NULL;
    const struct dataset *kept = snapshot_dataset(run->d.snap, def->name);
    if (i == 0) {
        run->n_rows = run->one->keep[i] && kept ? kept->n_rows : arrow_rows_written(w);
    }
    if (run->one->keep[i]) {
        arrow_writer_free(w);
        return true;
    }
    struct dataset_change change = change_of(def);
    change.kind = DATASET_SNAPSHOT; // what is computed is whole
    change.origin = origin;
    struct merge_result merge;
    if (!publish_merge(run->pub, &change, w, &merge, err)) {
        return false;
    }
    run->one->result->changed |= merge.changed;
    return true;
}

static bool is_of_stage(void *arg, const struct arrow_batch *batch, int64_t slot) {
    const struct run *run = arg;
    return sv_is(arrow_get_text(&batch->cols[PROBLEMS_FORMAT], slot), problems_format) &&
           sv_is(arrow_get_text(&batch->cols[PROBLEMS_FILE], slot), run->stage->name);
}

static bool publish_problems(struct run *run, struct err *err) {
    if (!run->problems && (!snapshot_dataset(publish_base(run->pub), schema_problems.name) ||
                           !new_writer(run, &schema_problems, &run->problems, err))) {
        return !snapshot_dataset(publish_base(run->pub), schema_problems.name);
    }
    struct dataset_change change = change_of(&schema_problems);
    change.drop = is_of_stage;
    change.drop_arg = run;
    struct arrow_writer *w = run->problems;
    run->problems = NULL;
    return publish_merge(run->pub, &change, w, NULL, err);
}

static void add_datasets(const struct run *run, struct str *out) {
    for (size_t i = 0; i < run->n_out; i++) {
        if (!run->one->keep[i]) {
            str_addf(out, "%s%s", out->len ? "," : "", run->stage->datasets[i]->name);
        }
    }
}

static bool add_derivation(struct run *run, struct arrow_writer *w, struct err *err) {
    auto_str settings = STR_INIT;
    auto_str datasets = STR_INIT;
    stage_settings_text(run->stage, run->one->opts, &settings);
    add_datasets(run, &datasets);
    arrow_add_text(arrow_column(w, DV_STAGE), sv_cstr(run->stage->name));
    arrow_add_i64(arrow_column(w, DV_VERSION), run->stage->version);
    arrow_add_text(arrow_column(w, DV_SETTINGS), str_sv(&settings));
    arrow_add_text(arrow_column(w, DV_DATASETS), str_sv(&datasets));
    arrow_add_text(arrow_column(w, DV_GENERATION), sv_cstr(publish_base(run->pub)->generation));
    arrow_add_i64(arrow_column(w, DV_ROWS), run->n_rows);
    arrow_add_i64(arrow_column(w, DV_DERIVED), clock_now_us());
    return arrow_row_end(w, err);
}

static bool publish_derivation(struct run *run, struct err *err) {
    struct arrow_writer *w;
    if (!new_writer(run, &schema_derivations, &w, err)) {
        return false;
    }
    if (!add_derivation(run, w, err)) {
        arrow_writer_free(w);
        return false;
    }
    struct dataset_change change = change_of(&schema_derivations);
    change.n_groups = 1;
    change.origin = origin;
    return publish_merge(run->pub, &change, w, NULL, err);
}

static bool publish_all(struct run *run, struct err *err) {
    for (size_t i = 0; i < run->n_out; i++) {
        if (!publish_out(run, i, err)) {
            return false;
        }
    }
    return publish_problems(run, err) && publish_derivation(run, err) &&
           publish_commit(run->pub, NULL, err);
}

// --- running ---

static bool open_writers(struct run *run, struct err *err) {
    for (; run->stage->datasets[run->n_out]; run->n_out++) {
        BUG_ON(run->n_out == DERIVE_MAX_OUT);
        if (!new_writer(run, run->stage->datasets[run->n_out], &run->d.out[run->n_out], err)) {
            return false;
        }
    }
    return true;
}

static bool compute(struct run *run, struct err *err) {
    return run->stage->run ? run->stage->run(&run->d, err)
                           : run->stage->run_repo(&run->d, run->one->opts, err);
}

static bool compute_and_publish(struct run *run, struct err *err) {
    struct stage_result *result = run->one->result;
    struct err why = ERR_INIT;
    if (!open_writers(run, err)) {
        return false;
    }
    if (!compute(run, &why)) {
        if (why.code == ERR_CANCELLED) {
            return err_set(err, ERR_CANCELLED, "%s", why.msg);
        }
        result->failed = true;
        result->err = why;
        return true;
    }
    if (!publish_all(run, err)) {
        return err_prefix(err, "publishing %s", run->stage->name);
    }
    result->ran = true;
    result->n_rows = run->n_rows;
    result->n_problems = run->d.n_problems;
    return true;
}

static void run_done(struct run *run) {
    for (size_t i = 0; i < DERIVE_MAX_OUT; i++) {
        arrow_writer_free(run->d.out[i]);
    }
    arrow_writer_free(run->problems);
    publish_end(run->pub);
}

bool derive_one(struct derive_one *one, struct err *err) {
    const int64_t started_us = clock_monotonic_us();
    struct run run = {.one = one, .stage = one->result->stage};
    run.pub = publish_begin(one->opts->store_dir, err);
    if (!run.pub) {
        return false;
    }
    run.d = (struct derive){
        .snap = publish_base(run.pub),
        .settings = one->settings,
        .cancel = one->opts->cancel,
        .problem = keep_problem,
        .progress = report,
        .arg = &run,
    };
    report(&run, 0, 0);
    const bool ok = compute_and_publish(&run, err);
    run_done(&run);
    one->result->took_ms = (clock_monotonic_us() - started_us) / 1000;
    return ok;
}
