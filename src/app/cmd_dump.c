// `culprit dump`: datasets back into the documented files.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/plot_png.h"
#include "app/print.h"
#include "app/reading.h"
#include "base/file.h"
#include "catalog/catalog.h"

struct dump {
    const struct reading *reading;
    const struct format_def *format;
    bool replace;
};

static const struct format_def *dump_format(const char *name, struct err *err) {
    const struct format_def *format = catalog_format(sv_cstr(name));
    if (!format) {
        format = catalog_dump_format(sv_cstr(name));
    }
    if (!format || (!format->write && !format->plot)) {
        err_set(err, ERR_USAGE, "no file %s to dump (culprit help dump lists them)", name);
        return NULL;
    }
    return format;
}

static bool draw_to(void *arg, int fd, struct err *err) {
    const struct dump *d = arg;
    return plot_png_write(d->reading->snap, d->format->plot, fd, err);
}

static bool draw_file(struct dump *d, const char *path, struct err *err) {
    struct new_file file;
    if (!new_file_open(&file, path, d->replace, err)) {
        return false;
    }
    const bool ok = draw_to(d, file.fd, err) && new_file_commit(&file, err);
    new_file_abort(&file);
    return ok;
}

// The drawing library stands here and not in `catalog`.
static bool draw_dump(struct dump *d, const char *out, struct err *err) {
    if (!catalog_can_dump(d->reading->snap, d->format)) {
        return err_set(err, ERR_NOT_FOUND, "the store has no %s, of which %s is made",
                       d->format->plot->dataset->name, d->format->name);
    }
    return out ? draw_file(d, out, err) : print_through(draw_to, d, err);
}

static bool dump_to(void *arg, int fd, struct err *err) {
    const struct dump *d = arg;
    const struct dump_opts opts = {.fd = fd, .cancel = &app_cancelled};
    return catalog_dump(d->reading->snap, d->format, &opts, err);
}

// A documented file is whole or not written: the bytes that it is made of are checked first.
static bool check_sources(const struct dump *d, struct err *err) {
    for (size_t i = 0; d->format->datasets[i]; i++) {
        const char *name = d->format->datasets[i]->name;
        const struct sv why = reading_damage(d->reading, sv_cstr(name));
        if (why.len) {
            return err_set(err, ERR_FORMAT, "%s is not written: %.*s", d->format->name,
                           SV_ARG(why));
        }
        const struct dataset *ds = snapshot_dataset(d->reading->snap, name);
        for (size_t s = 0; ds && s < ds->n_segments; s++) {
            if (!arrow_check_crc(ds->segments[s].arrow, err)) {
                return err_prefix(err, "%s is not written: %s", d->format->name, name);
            }
        }
    }
    return true;
}

static bool write_dump(struct dump *d, const char *out, struct err *err) {
    const struct dump_opts opts = {.path = out, .replace = d->replace, .cancel = &app_cancelled};
    if (d->format->plot) {
        return check_sources(d, err) && draw_dump(d, out, err);
    }
    return check_sources(d, err) && (out ? catalog_dump(d->reading->snap, d->format, &opts, err)
                                         : print_through(dump_to, d, err));
}

static int dump_one(struct app *app, struct dump *d, const char *out) {
    struct err err = ERR_INIT;
    if (write_dump(d, out, &err)) {
        if (out) {
            app_note(app, "%s written", out);
        }
        return EXIT_OK;
    }
    if (!out && err.sys == EPIPE) {
        return EXIT_OK;
    }
    app_fail_file(&err);
    return catalog_can_dump(d->reading->snap, d->format) ? EXIT_FAILED : EXIT_NO_DATA;
}

// Every format whose datasets are there; the others are named.
static int dump_all(struct app *app, const struct reading *reading, const char *dir, bool replace) {
    struct err err = ERR_INIT;
    if (!dir_make(dir, &err)) {
        return app_fail(&err);
    }
    size_t n_formats;
    const struct format_def *formats = catalog_formats(&n_formats);
    size_t n_written = 0, n_failed = 0;
    for (size_t i = 0; i < n_formats && !atomic_load(&app_cancelled); i++) {
        struct dump one = {reading, &formats[i], replace};
        if (!formats[i].file_name) {
            continue;
        }
        if (!catalog_can_dump(reading->snap, &formats[i])) {
            app_note(app, "%s: no data", formats[i].file_name);
            continue;
        }
        char *path = path_join(dir, formats[i].file_name);
        const bool ok = dump_one(app, &one, path) == EXIT_OK;
        free(path);
        n_written += ok;
        n_failed += !ok;
    }
    if (n_failed) {
        return n_written ? EXIT_PARTIAL : EXIT_FAILED;
    }
    return n_written ? EXIT_OK : EXIT_NO_DATA;
}

static int dump_some(struct app *app, const char *name, const char *out, bool replace) {
    struct err err = ERR_INIT;
    struct reading reading;
    struct dump one = {&reading, name ? dump_format(name, &err) : NULL, replace};
    if (name && !one.format) {
        return app_fail(&err);
    }
    if (!reading_open(app, &reading)) {
        return EXIT_FAILED;
    }
    const int status = name ? dump_one(app, &one, out) : dump_all(app, &reading, out, replace);
    return reading_close(app, &reading, NULL, 0, status);
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
    if (app_args(app, argc, argv, own, &words) && app_setup(app)) {
        if (all ? words.n != 0 || !out : words.n != 1) {
            struct err err = ERR_INIT;
            err_set(&err, ERR_USAGE, "dump one FILE, or --all -o DIR (culprit help dump)");
            status = app_fail(&err);
        } else {
            app_catch_interrupt();
            status = dump_some(app, all ? NULL : words.ptr[0], out, force);
        }
    }
    array_done(&words);
    return status;
}
