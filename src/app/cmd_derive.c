// `culprit derive`: computes the datasets that are out of date.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/print.h"
#include "catalog/catalog.h"

// One rewritten line on a terminal; nothing elsewhere (each stage gets its result line).
static void show_progress(void *arg, const struct derive_progress *p) {
    (void)arg;
    fprintf(stderr, "\r\033[K[%zu/%zu] %s", p->stage_idx + 1, p->n_stages, p->stage->name);
    if (p->all) {
        fprintf(stderr, " %3" PRIu64 " %%", MIN(p->done * 100 / p->all, 100));
    }
}

// --- what happened ------------------------------------------------------------------------------

static void report_ran(const struct app *app, const struct stage_result *r) {
    auto_str line = STR_INIT;
    str_addf(&line, "%s: ", r->stage->name);
    print_count(&line, r->n_rows, "row", "rows");
    str_add_cstr(&line, r->changed ? "" : " (unchanged)");
    if (r->n_problems) {
        str_add_cstr(&line, "; ");
        print_count(&line, r->n_problems, "problem", "problems");
        str_addf(&line, "%s: %s (culprit view problems --param file=%s)",
                 r->n_problems > 1 ? ", the first" : "", r->problem, r->stage->name);
    }
    str_addf(&line, "%s%s  in %" PRId64 " ms", *r->why ? "; " : "", r->why, r->took_ms);
    app_note(app, "%s", str_cstr(&line));
}

static void report_failed(const struct stage_result *r, const char *why) {
    struct err err = ERR_INIT;
    err_set(&err, ERR_FORMAT, "%s: %s", r->stage->name, why);
    app_fail(&err);
}

static void report_stage(const struct app *app, const struct stage_result *r, bool named) {
    if (r->ran) {
        report_ran(app, r);
    } else if (r->failed) {
        report_failed(r, r->err.msg);
    } else if (r->state == STAGE_FRESH) {
        app_note(app, "%s: up to date%s%s", r->stage->name, *r->why ? "; " : "", r->why);
    } else if (r->state == STAGE_IMPORTED) {
        app_note(app, "%s: imported, left as it is", r->stage->name);
    } else if (named) {
        report_failed(r, r->why);
    } else {
        app_note(app, "%s: skipped: %s", r->stage->name, r->why);
    }
}

static bool is_named(const struct derive_opts *opts, const struct stage_def *stage) {
    for (size_t i = 0; i < opts->n_stages; i++) {
        if (catalog_stage(sv_cstr(opts->stages[i])) == stage) {
            return true;
        }
    }
    return false;
}

// What a stage left out is told in its line and kept as problems; it is no failure.
static int derive_status(const struct derive_opts *opts, const struct derive_result *r) {
    size_t n_failed = r->n_failed;
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct stage_result *s = &r->stages[i];
        n_failed += !s->ran && !s->failed && is_named(opts, s->stage);
    }
    if (n_failed) {
        return r->n_ran ? EXIT_PARTIAL : EXIT_FAILED;
    }
    return EXIT_OK;
}

static int derive_stages(struct app *app, const struct derive_opts *opts) {
    struct err err = ERR_INIT;
    struct derive_result result = {0};
    const bool ok = catalog_derive(opts, &result, &err);
    if (opts->progress) {
        fputs("\r\033[K", stderr);
    }
    // What stopped everything stands at the last stage too; it is said once.
    for (size_t i = 0; i + (ok ? 0 : 1) < result.n_stages; i++) {
        report_stage(app, &result.stages[i], is_named(opts, result.stages[i].stage));
    }
    const int status = ok ? derive_status(opts, &result) : app_fail(&err);
    derive_result_done(&result);
    return status;
}

// --- the list -----------------------------------------------------------------------------------

static const char *state_name(enum stage_state state) {
    switch (state) {
    case STAGE_READY:
        return "out of date";
    case STAGE_FRESH:
        return "up to date";
    case STAGE_IMPORTED:
        return "imported";
    case STAGE_LACKS_INPUT:
    default:
        return "lacks input";
    }
}

static void print_stage(const struct snapshot *snap, const struct stage_def *stage,
                        const struct derive_opts *opts) {
    auto_str why = STR_INIT;
    auto_str datasets = STR_INIT;
    const enum stage_state state = catalog_stage_state(snap, stage, opts, &why);
    for (size_t i = 0; stage->datasets[i]; i++) {
        str_addf(&datasets, "%s%s", i ? " " : "", stage->datasets[i]->name);
    }
    printf("%-16s  %-11s  ", stage->name, state_name(state));
    printf(why.len ? "%-51s  %s\n" : "%s%s\n", str_cstr(&datasets), str_cstr(&why));
}

static int list_stages(struct app *app, struct derive_opts *opts) {
    struct err err = ERR_INIT;
    struct derive_settings settings;
    struct snapshot *snap = snapshot_open(app->store_dir, NULL, &err);
    if (!snap) {
        return app_fail(&err);
    }
    struct setting_memory memory;
    catalog_recall(snap, &memory);
    opts->memory = &memory;
    const bool ok = catalog_settings_read(opts, 0, &settings, &err);
    size_t n;
    const struct stage_def *const *stages = catalog_stages(&n);
    for (size_t i = 0; ok && i < n; i++) {
        print_stage(snap, stages[i], opts);
    }
    setting_memory_done(&memory);
    snapshot_unref(snap);
    return ok ? EXIT_OK : app_fail(&err);
}

// --- the command --------------------------------------------------------------------------------

// A name that is misspelt would leave its default in force without a word: all settings of a group
// that stages have are checked.
static bool check_setting(const char *given, struct err *err) {
    size_t n;
    const struct setting_def *defs = catalog_settings(&n);
    const struct sv name = sv_sub(sv_cstr(given), 0, strcspn(given, "="));
    bool same_group = false;
    for (size_t i = 0; i < n; i++) {
        const struct sv group = sv_sub(sv_cstr(defs[i].name), 0, strcspn(defs[i].name, ".") + 1);
        if (sv_is(name, defs[i].name)) {
            return true;
        }
        same_group = same_group || sv_starts(name, group);
    }
    return !same_group ||
           err_set(err, ERR_USAGE, "--set %.*s: no such setting (culprit help derive lists them)",
                   SV_ARG(name));
}

static int run(struct app *app, const struct arg_list *words, bool force, bool list) {
    struct err err = ERR_INIT;
    for (size_t i = 0; i < app->set_opts.n; i++) {
        if (!check_setting(app->set_opts.ptr[i], &err)) {
            return app_fail(&err);
        }
    }
    app_catch_interrupt();
    struct derive_opts opts = {
        .store_dir = app->store_dir,
        .stages = words->ptr,
        .n_stages = words->n,
        .force = force,
        .setting = app_get_setting,
        .setting_arg = app,
        .cancel = &app_cancelled,
    };
    if (!app->quiet && !app->plain && isatty(STDERR_FILENO)) {
        opts.progress = show_progress;
    }
    return list ? list_stages(app, &opts) : derive_stages(app, &opts);
}

int cmd_derive_run(struct app *app, int argc, char **argv) {
    bool force = false;
    bool list = false;
    const struct arg_opt own[] = {
        {"--force", NULL, "also what is up to date", NULL, NULL, &force},
        {"--list", NULL, "say how each stage stands; nothing is computed", NULL, NULL, &list},
        {0},
    };
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    if (app_args(app, argc, argv, own, &words) && app_setup(app)) {
        status = run(app, &words, force, list);
    }
    array_done(&words);
    return status;
}
