// `culprit import`: files and folders into the store.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/print.h"
#include "base/file.h"
#include "catalog/catalog.h"

// One rewritten line on a terminal; nothing elsewhere (each file gets its result line).
static void show_progress(void *arg, const struct import_progress *p) {
    (void)arg;
    uint64_t percent = p->all_bytes ? p->done_bytes * 100 / p->all_bytes : 0;
    fprintf(stderr, "\r\033[K[%zu/%zu] %.60s %3" PRIu64 " %%  %" PRId64 " rows", p->file_idx + 1,
            p->n_files, path_base(p->path), MIN(percent, 100), p->n_rows);
}

// Rows that are replaced together count as one: alerts by their alert summary.
static void add_counts(struct str *line, const struct import_dataset *d) {
    const struct merge_result *m = &d->merge;
    str_addf(line, " %s ", d->def->name);
    print_count(line, d->n_rows, "row", "rows");
    if (!m->changed) {
        str_add_cstr(line, " (unchanged)");
        return;
    }
    const bool groups = d->def->merge[0] && strcmp(d->def->key, d->def->merge) != 0;
    str_addf(line, " (+%" PRId64 " new", m->n_new);
    if (m->n_changed) {
        str_addf(line, ", ~%" PRId64 " changed", m->n_changed);
    }
    if (m->n_gone) {
        str_addf(line, ", -%" PRId64 " gone", m->n_gone);
    }
    str_addf(line, "%s%s)", groups ? ", by " : "", groups ? d->def->merge : "");
}

// The error of a file names it by its last part; in a folder of many that is not enough.
static void report_error(const struct app *app, const struct import_file *f, bool refused) {
    const struct sv base = sv_cstr(path_base(f->path));
    struct sv why = sv_cstr(f->err.msg);
    const bool named = sv_starts(why, base) && sv_starts(sv_from(why, base.len), SV(": "));
    if (named) {
        why = sv_from(why, base.len + 2);
    }
    auto_str text = STR_INIT;
    if (named || sv_find(why, sv_cstr(f->path)) < 0) {
        str_addf(&text, "%s: ", f->path);
    }
    str_add_sv(&text, why);
    if (refused) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_FORMAT, "%s", str_cstr(&text));
        app_fail(&err);
    } else {
        app_note(app, "skipped %s", str_cstr(&text));
    }
}

static void report_file(const struct app *app, const struct import_file *f) {
    if (f->outcome == IMPORT_PICTURE) {
        app_note(app, "%s: a picture, drawn anew from %s; nothing to import", path_base(f->path),
                 f->format->plot->dataset->name);
        return;
    }
    if (f->outcome != IMPORT_DONE) {
        report_error(app, f, f->outcome == IMPORT_REFUSED);
        return;
    }
    auto_str line = STR_INIT;
    str_addf(&line, "%s:", path_base(f->path));
    for (size_t i = 0; i < f->n_datasets; i++) {
        str_add_cstr(&line, i ? "," : "");
        add_counts(&line, &f->datasets[i]);
    }
    if (f->counts.bad) {
        str_add_cstr(&line, "; ");
        print_count(&line, f->counts.bad, "row rejected", "rows rejected");
    }
    if (f->counts.duplicates) {
        str_add_cstr(&line, "; ");
        print_count(&line, f->counts.duplicates, "duplicate", "duplicates");
        str_add_cstr(&line, " (the last one is kept)");
    }
    if (f->counts.problems) {
        str_add_cstr(&line, "; ");
        print_count(&line, f->counts.problems, "problem", "problems");
        str_addf(&line, " (culprit view problems --param file=%s)", path_base(f->path));
    }
    str_add_cstr(&line, "  ");
    if (f->size_bytes) { // of a clone nobody knows
        str_addf(&line, "%.1f MB ", (double)f->size_bytes / 1e6);
    }
    str_addf(&line, "in %" PRId64 " ms", f->took_ms);
    app_note(app, "%s", str_cstr(&line));
}

static int import_status(bool ok, const struct import_result *r) {
    if (!ok || (r->n_done == 0 && r->n_refused + r->n_skipped > 0)) {
        return EXIT_FAILED;
    }
    bool rejected = false;
    for (size_t i = 0; i < r->n_files; i++) {
        rejected = rejected || r->files[i].counts.bad > 0;
    }
    return r->n_refused || rejected ? EXIT_PARTIAL : EXIT_OK;
}

static int import_paths(struct app *app, const struct import_opts *opts) {
    struct err err = ERR_INIT;
    struct import_result result = {0};
    bool ok = catalog_import(opts, &result, &err);
    if (opts->progress) {
        fputs("\r\033[K", stderr);
    }
    // What stopped everything stands at the last file too; it is said once.
    for (size_t i = 0; i + (ok ? 0 : 1) < result.n_files; i++) {
        report_file(app, &result.files[i]);
    }
    if (!ok) {
        app_fail(&err);
    } else if (result.n_files == result.n_skipped) {
        err_set(&err, ERR_NOT_FOUND, "nothing was imported: no file of a known format was found");
        app_fail(&err);
        ok = false;
    }
    int status = import_status(ok, &result);
    import_result_done(&result);
    return status;
}

int cmd_import_run(struct app *app, int argc, char **argv) {
    const char *as = NULL;
    bool strict = false;
    const struct arg_opt own[] = {
        {"--as", "DATASET", "the format, when it cannot be told from the file", &as, NULL, NULL},
        {"--strict", NULL, "refuse files with any problem", NULL, NULL, &strict},
        {0},
    };
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    if (app_args(app, argc, argv, own, &words) && app_setup(app)) {
        if (!words.n) {
            struct err err = ERR_INIT;
            err_set(&err, ERR_USAGE, "import what? Give files or folders");
            status = app_fail(&err);
        } else {
            app_catch_interrupt();
            struct import_opts opts = {.store_dir = app->store_dir,
                                       .paths = words.ptr,
                                       .n_paths = words.n,
                                       .as = as,
                                       .strict = strict,
                                       .cancel = &app_cancelled};
            if (!app->quiet && !app->plain && isatty(STDERR_FILENO)) {
                opts.progress = show_progress;
            }
            status = import_paths(app, &opts);
        }
    }
    array_done(&words);
    return status;
}
