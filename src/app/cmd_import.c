// `culprit import` and `culprit dump`: files into the store and back.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "base/file.h"
#include "catalog/catalog.h"

// --- import -------------------------------------------------------------------------------------

// One rewritten line on a terminal; nothing elsewhere (each file gets its result line).
static void show_progress(void *arg, const struct import_progress *p) {
    (void)arg;
    uint64_t percent = p->all_bytes ? p->done_bytes * 100 / p->all_bytes : 0;
    fprintf(stderr, "\r\033[K[%zu/%zu] %.60s %3" PRIu64 " %%  %" PRId64 " rows", p->file_idx + 1,
            p->n_files, path_base(p->path), MIN(percent, 100), p->n_rows);
}

static void add_counts(struct str *line, const struct import_dataset *d) {
    const struct merge_result *m = &d->merge;
    str_addf(line, " %s %" PRId64 " rows", d->def->name, d->n_rows);
    if (!m->changed) {
        str_add_cstr(line, " (unchanged)");
        return;
    }
    str_addf(line, " (+%" PRId64 " new", m->n_new);
    if (m->n_changed) {
        str_addf(line, ", ~%" PRId64 " changed", m->n_changed);
    }
    if (m->n_gone) {
        str_addf(line, ", -%" PRId64 " gone", m->n_gone);
    }
    str_add_byte(line, ')');
}

static void report_file(const struct app *app, const struct import_file *f) {
    if (f->outcome == IMPORT_SKIPPED) {
        app_note(app, "skipped %s: %s", f->path, f->err.msg);
        return;
    }
    if (f->outcome == IMPORT_REFUSED) {
        app_fail(&f->err);
        return;
    }
    auto_str line = STR_INIT;
    str_addf(&line, "%s:", path_base(f->path));
    for (size_t i = 0; i < f->n_datasets; i++) {
        str_add_cstr(&line, i ? "," : "");
        add_counts(&line, &f->datasets[i]);
    }
    if (f->counts.bad) {
        str_addf(&line, "; %" PRId64 " rows rejected", f->counts.bad);
    }
    if (f->counts.duplicates) {
        str_addf(&line, "; %" PRId64 " duplicates (last one kept)", f->counts.duplicates);
    }
    if (f->counts.problems) {
        str_addf(&line, "; %" PRId64 " problems (culprit view problems)", f->counts.problems);
    }
    str_addf(&line, "  %.1f MB in %" PRId64 " ms", (double)f->size_bytes / 1e6, f->took_ms);
    app_note(app, "%s", str_cstr(&line));
}

static int import_status(bool ok, const struct import_result *r) {
    if (!ok || (r->n_done == 0 && r->n_refused + r->n_skipped > 0)) {
        return EXIT_FAILED;
    }
    return r->n_refused ? EXIT_PARTIAL : EXIT_OK;
}

static int import_paths(struct app *app, const struct import_opts *opts) {
    struct err err = ERR_INIT;
    struct import_result result = {0};
    bool ok = catalog_import(opts, &result, &err);
    if (opts->progress) {
        fputs("\r\033[K", stderr);
    }
    for (size_t i = 0; i < result.n_files; i++) {
        report_file(app, &result.files[i]);
    }
    if (!ok) {
        app_fail(&err);
    } else if (result.n_files == 0) {
        err_set(&err, ERR_NOT_FOUND,
                "nothing to import: the folder holds no file of a known format");
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

// --- dump ---------------------------------------------------------------------------------------

static const struct format_def *dump_format(const char *name, struct err *err) {
    const struct format_def *format = catalog_format(sv_cstr(name));
    if (!format) {
        format = catalog_dump_format(sv_cstr(name));
    }
    if (!format || !format->write) {
        err_set(err, ERR_USAGE, "no file %s to dump (culprit help dump lists them)", name);
        return NULL;
    }
    return format;
}

static int dump_one(struct app *app, const struct snapshot *snap, const char *name, const char *out,
                    bool replace) {
    struct err err = ERR_INIT;
    const struct format_def *format = dump_format(name, &err);
    if (!format) {
        return app_fail(&err);
    }
    struct dump_opts opts = {
        .path = out, .fd = STDOUT_FILENO, .replace = replace, .cancel = &app_cancelled};
    if (!catalog_dump(snap, format, &opts, &err)) {
        if (err.sys == EPIPE) {
            return EXIT_OK;
        }
        app_fail(&err);
        return err.code == ERR_NOT_FOUND ? EXIT_NO_DATA : EXIT_FAILED;
    }
    if (out) {
        app_note(app, "%s written", out);
    }
    return EXIT_OK;
}

// Every format whose datasets are there; the others are named.
static int dump_all(struct app *app, const struct snapshot *snap, const char *dir, bool replace) {
    struct err err = ERR_INIT;
    if (!dir_make(dir, &err)) {
        return app_fail(&err);
    }
    size_t n_formats;
    const struct format_def *formats = catalog_formats(&n_formats);
    int status = EXIT_NO_DATA;
    for (size_t i = 0; i < n_formats; i++) {
        const struct format_def *f = &formats[i];
        if (!f->write || !f->file_name) {
            continue;
        }
        if (!snapshot_dataset(snap, f->datasets[0]->name)) {
            app_note(app, "%s: no data", f->file_name);
            continue;
        }
        char *path = path_join(dir, f->file_name);
        int one = dump_one(app, snap, f->name, path, replace);
        free(path);
        if (one == EXIT_FAILED) {
            return one;
        }
        status = EXIT_OK;
    }
    return status;
}

int cmd_dump_run(struct app *app, int argc, char **argv) {
    const char *out = NULL;
    bool all = false;
    bool force = false;
    const struct arg_opt own[] = {
        {"-o", "FILE|DIR", "where to; without it one file goes to standard output", &out, NULL,
         NULL},
        {"--all", NULL, "every documented file that there is data for", NULL, NULL, &all},
        {"--force", NULL, "replace existing files", NULL, NULL, &force},
        {0},
    };
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    struct snapshot *snap = NULL;
    struct err err = ERR_INIT;
    if (!app_args(app, argc, argv, own, &words) || !app_setup(app)) {
        goto out;
    }
    if (all ? words.n != 0 || !out : words.n != 1) {
        err_set(&err, ERR_USAGE, "dump one FILE, or --all -o DIR");
        status = app_fail(&err);
        goto out;
    }
    app_catch_interrupt();
    snap = snapshot_open(app->store_dir, NULL, &err);
    if (!snap) {
        status = app_fail(&err);
    } else {
        status =
            all ? dump_all(app, snap, out, force) : dump_one(app, snap, words.ptr[0], out, force);
    }
out:
    snapshot_unref(snap);
    array_done(&words);
    return status;
}
