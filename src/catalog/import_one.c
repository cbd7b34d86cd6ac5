// One file into the store: read, check, publish once.
#include <stdlib.h>

#include "base/date.h"
#include "base/file.h"
#include "catalog/catalog_int.h"
#include "schema/problems.h"

enum { REPORT_EVERY_US = 50000 };

static void report(void *arg, uint64_t done_bytes, uint64_t all_bytes, int64_t n_rows) {
    struct import_one *one = arg;
    const int64_t now_us = clock_monotonic_us();
    if (!one->opts->progress || now_us - one->reported_us < REPORT_EVERY_US) {
        return;
    }
    one->reported_us = now_us;
    one->progress.done_bytes = done_bytes;
    one->progress.all_bytes = all_bytes;
    one->progress.n_rows = n_rows;
    one->opts->progress(one->opts->arg, &one->progress);
}

static bool refuse(struct import_file *file, const struct err *why) {
    file->outcome = IMPORT_REFUSED;
    file->err = *why;
    return true;
}

// --- source order ---

// Rows that the store knows keep their place; new ones come behind.
static bool load_seq(struct ingest *ig, const struct snapshot *base, struct err *err) {
    const struct dataset_def *def = ig->out[0].def;
    const struct dataset *ds = snapshot_dataset(base, def->name);
    if (!ds || schema_column(def, SV("seq")) < 0) {
        return true;
    }
    for (size_t s = 0; s < ds->n_segments; s++) {
        struct arrow_file *file = ds->segments[s].arrow;
        const int seq = arrow_field_index(arrow_schema(file), SV("seq"));
        const int id = arrow_field_index(arrow_schema(file), sv_cstr(def->key));
        for (size_t b = 0; seq >= 0 && id >= 0 && b < arrow_n_batches(file); b++) {
            const struct arrow_batch *batch = arrow_batch(file, b, err);
            if (!batch) {
                return false;
            }
            for (int64_t i = 0; i < batch->n_rows; i++) {
                ingest_know_seq(ig, arrow_get_i64(&batch->cols[id], i),
                                arrow_get_i64(&batch->cols[seq], i));
            }
        }
    }
    return true;
}

// --- publishing ---

struct dataset_change change_of(const struct dataset_def *def) {
    return (struct dataset_change){
        .name = def->name,
        .schema_version = def->version,
        .kind = def->kind,
        .key = def->merge,
        .sort = def->sort,
    };
}

struct child {
    const struct ingest *ig;
    const char *key;
    int key_col;
};

// Rows of a child dataset whose parent the file holds: when the file has no child of that parent
// any more, they are gone.
static bool parent_in_file(void *arg, const struct arrow_batch *batch, int64_t slot) {
    const struct child *c = arg;
    const struct arrow_col *key = &batch->cols[c->key_col];
    return sv_is(key->field->name, c->key) && ingest_has_key(c->ig, arrow_get_i64(key, slot));
}

static bool publish_out(struct ingest *ig, size_t i, struct publish *pub, struct import_file *file,
                        struct err *err) {
    const struct dataset_def *def = ig->out[i].def;
    struct import_dataset *d = &file->datasets[file->n_datasets++];
    d->def = def;
    d->n_rows = arrow_rows_written(ig->out[i].w);
    struct child child = {ig, def->merge, schema_column(def, sv_cstr(def->merge))};
    struct dataset_change change = change_of(def);
    change.n_groups = ingest_n_keys(ig, i);
    change.origin = ig->file;
    change.drop = i > 0 && child.key_col >= 0 ? parent_in_file : NULL;
    change.drop_arg = &child;
    return publish_merge(pub, &change, ingest_take(ig, i), &d->merge, err);
}

// The file's problems of an earlier import.
static bool is_of_file(void *arg, const struct arrow_batch *batch, int64_t slot) {
    const struct ingest *ig = arg;
    return sv_is(arrow_get_text(&batch->cols[PROBLEMS_FILE], slot), ig->file) &&
           sv_is(arrow_get_text(&batch->cols[PROBLEMS_FORMAT], slot), ig->format);
}

static bool publish_problems(struct ingest *ig, struct publish *pub, struct err *err) {
    struct arrow_writer *w = ingest_take_problems(ig);
    if (!w && !snapshot_dataset(publish_base(pub), schema_problems.name)) {
        return true;
    }
    if (!w && !ingest_empty_problems(ig, &w, err)) {
        return false;
    }
    struct dataset_change change = change_of(&schema_problems);
    change.drop = is_of_file;
    change.drop_arg = ig;
    struct merge_result merge;
    return publish_merge(pub, &change, w, &merge, err);
}

static bool commit(struct import_one *one, struct publish *pub, struct err *err) {
    char before[17], after[17];
    memcpy(before, publish_base(pub)->generation, sizeof before);
    if (!publish_commit(pub, after, err)) {
        return false;
    }
    one->changed = memcmp(before, after, sizeof after) != 0;
    return true;
}

// --- what is wrong with a file as a whole ---

static bool check_read(const struct import_one *one, const struct ingest *ig, bool *only_problems,
                       struct err *err) {
    const struct ingest_counts *c = &ig->counts;
    *only_problems = false;
    if (one->opts->strict && c->problems) {
        return err_set(
            err, ERR_FORMAT, "%s: %lld problem%s, nothing is imported with --strict; the first: %s",
            ig->file, (long long)c->problems, c->problems == 1 ? "" : "s", ig->first_problem);
    }
    if (c->rows) {
        return true;
    }
    if (!c->bad) {
        return err_set(err, ERR_NOT_FOUND, "%s: no rows, nothing to import", ig->file);
    }
    *only_problems = true;
    return err_set(err, ERR_FORMAT, "%s: none of %lld rows could be read; the first: %s", ig->file,
                   (long long)c->bad, ig->first_problem);
}

static bool publish_all(struct import_one *one, struct ingest *ig, struct publish *pub,
                        bool only_problems, struct err *err) {
    for (size_t i = 0; !only_problems && i < ig->n_out; i++) {
        if (!publish_out(ig, i, pub, one->file, err)) {
            return false;
        }
    }
    return publish_problems(ig, pub, err) && commit(one, pub, err);
}

static bool read_and_publish(struct import_one *one, struct ingest *ig, struct publish *pub,
                             struct err *err) {
    struct err why = ERR_INIT;
    bool only_problems = false;
    bool ok =
        load_seq(ig, publish_base(pub), &why) && ingest_run(ig, one->file->format->read, &why);
    if (!ok && why.code == ERR_CANCELLED) {
        *err = why;
        return false;
    }
    one->file->counts = ig->counts;
    ok = ok && check_read(one, ig, &only_problems, &why);
    if (!ok) {
        refuse(one->file, &why);
        // A dump of everything holds files without rows, too.
        if (one->in_folder && why.code == ERR_NOT_FOUND) {
            one->file->outcome = IMPORT_SKIPPED;
        }
        if (!only_problems) {
            return true;
        }
    }
    return publish_all(one, ig, pub, only_problems, err);
}

static bool import_open(struct import_one *one, struct input *in, struct err *err) {
    struct import_file *file = one->file;
    struct publish *pub = publish_begin(one->opts->store_dir, err);
    if (!pub) {
        input_close(in);
        return false;
    }
    struct ingest ig;
    const struct ingest_opts opts = {
        .format = file->format->name,
        .file = in->name,
        .tmp_dir = publish_tmp(pub),
        .datasets = file->format->datasets,
        .base = publish_base(pub),
        .cancel = one->opts->cancel,
    };
    bool ok = ingest_init(&ig, &opts, err);
    ig.in = *in;
    if (ok) {
        ig.path = file->path;
        ig.progress = report;
        ig.progress_arg = one;
        file->size_bytes = in->size_bytes;
        ok = read_and_publish(one, &ig, pub, err);
    }
    ingest_done(&ig);
    publish_end(pub);
    return ok;
}

// A folder is called by its last part, also "." and one with a slash at the end.
static void open_clone(const char *path, struct input *in) {
    char *whole = realpath(path, NULL);
    input_memory(in, path_base(whole ? whole : path), SV(""), true);
    free(whole);
}

bool import_one(struct import_one *one, struct err *err) {
    struct import_file *file = one->file;
    const int64_t started_us = clock_monotonic_us();
    struct err local = ERR_INIT;
    struct input in;
    if (one->is_clone) {
        open_clone(file->path, &in);
    } else {
        file->format = open_detect(file->path, one->opts, &in, &local);
    }
    if (!file->format) {
        if (local.code == ERR_CANCELLED) {
            return err_set(err, ERR_CANCELLED, "%s", local.msg);
        }
        refuse(file, &local);
        if (one->in_folder && local.code == ERR_FORMAT) {
            file->outcome = IMPORT_SKIPPED;
        }
        return true;
    }
    if (file->format->plot) {
        input_close(&in);
        file->outcome = IMPORT_PICTURE;
        return true;
    }
    const bool ok = import_open(one, &in, err);
    file->took_ms = (clock_monotonic_us() - started_us) / 1000;
    return ok;
}
