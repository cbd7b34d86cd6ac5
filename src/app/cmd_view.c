// `culprit view`: a view without a terminal, with the engine and columns of the explorer.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/print.h"
#include "app/reading.h"
#include "base/file.h"
#include "view/export.h"
#include "view/view.h"

struct view_args {
    const char *filter, *sort, *columns, *limit, *format, *out;
    struct arg_list params; // "k=v"
    struct arg_list words;  // NAME KEY...
    bool display, force;
};

// KEY words fill the view's parameters in order; --param fills them by name.
static bool collect_params(const struct view_def *def, const struct view_args *args,
                           struct view_value *out, size_t cap, size_t *n, struct err *err) {
    *n = 0;
    for (size_t i = 1; i < args->words.n; i++) {
        if (i - 1 >= def->n_params) {
            return app_too_many_keys(def, args->words.n - 1, err);
        }
        if (*n == cap) {
            return err_set(err, ERR_LIMIT, "more than %zu keys", cap);
        }
        out[(*n)++] = (struct view_value){def->params[i - 1].name, sv_cstr(args->words.ptr[i])};
    }
    for (size_t i = 0; i < args->params.n; i++) {
        struct sv rest = sv_cstr(args->params.ptr[i]);
        struct sv name;
        if (sv_find_byte(rest, '=') < 0 || !sv_split(&rest, '=', &name)) {
            return err_set(err, ERR_USAGE, "--param %s: expected name=value", args->params.ptr[i]);
        }
        if (*n == cap) {
            return err_set(err, ERR_LIMIT, "more than %zu parameters", cap);
        }
        out[(*n)++] = (struct view_value){name, rest};
    }
    return true;
}

static bool shape_view(struct view *v, const struct view_args *args, struct err *err) {
    size_t at = 0;
    if (args->columns && !view_columns_parse(v, sv_cstr(args->columns), err)) {
        return err_prefix(err, "--columns");
    }
    if (args->sort && !view_sort_parse(v, sv_cstr(args->sort), err)) {
        return err_prefix(err, "--sort");
    }
    if (args->filter && !view_filter_add(v, sv_cstr(args->filter), &at, err)) {
        return err_prefix(err, "--filter");
    }
    return true;
}

static bool export_opts_from(const struct app *app, const struct view_args *args,
                             struct export_opts *opts, struct err *err) {
    *opts = (struct export_opts){.format = EXPORT_TABLE,
                                 .display = args->display,
                                 .ascii = app->ascii,
                                 .cancel = &app_cancelled};
    const char *ending = args->out ? strrchr(path_base(args->out), '.') : NULL;
    const char *name = args->format ? args->format : ending ? ending + 1 : "table";
    if (!export_format_parse(sv_cstr(name), &opts->format)) {
        return err_set(err, ERR_USAGE,
                       "unknown format %s: expected table, csv, tsv, json, jsonl, md or arrow",
                       name);
    }
    if (args->limit) {
        char *end = NULL;
        errno = 0;
        unsigned long long n = strtoull(args->limit, &end, 10);
        if (errno || *end || end == args->limit || args->limit[0] == '-' || n == 0) {
            return err_set(err, ERR_USAGE, "--limit %s: expected a positive number", args->limit);
        }
        opts->limit = (size_t)n;
    }
    return true;
}

// A record on top that was found is something found, where it is shown.
static bool has_record(const struct view *v, const struct export_opts *opts) {
    struct sv label;
    struct view_cell cell;
    auto_str scratch = STR_INIT;
    return opts->format == EXPORT_TABLE && v->def->head.on.len &&
           view_head_field(v, 0, &label, &scratch, &cell) && cell.state != CELL_NO_JOIN;
}

static int print_view(struct app *app, struct view *v, const struct view_args *args) {
    struct err err = ERR_INIT;
    struct export_opts opts;
    struct query_ctl ctl = {.cancel = &app_cancelled, .n_threads = cpu_count()};
    if (!shape_view(v, args, &err) || !export_opts_from(app, args, &opts, &err)) {
        return app_fail(&err);
    }
    v->n_wanted = opts.limit;
    if (!view_run(v, &ctl, &err)) {
        return app_fail(&err);
    }
    if (v->error.code != ERR_NONE) {
        return app_fail(&v->error);
    }
    if (args->out) {
        size_t n_rows = 0;
        if (!export_file(v, &opts, args->out, args->force, &n_rows, &err)) {
            return app_fail_file(&err);
        }
        app_note(app, "%zu rows written to %s", n_rows, args->out);
    } else if (!export_rows(v, &opts, print_stdout, NULL, &err)) {
        return err.sys == EPIPE ? EXIT_OK : app_fail(&err);
    }
    if (v->rows.n) {
        return EXIT_OK;
    }
    auto_str why = STR_INIT;
    view_empty_text(v, &why);
    const char *last = strrchr(str_cstr(&why), '\n');
    if (v->n_total > 0 && last) {
        str_cut(&why, (size_t)(last - why.ptr)); // which keys of the explorer clear the filter
    }
    app_note(app, "%.*s", SV_ARG(sv_trim(str_sv(&why))));
    if (has_record(v, &opts)) {
        return EXIT_OK;
    }
    return v->table && v->snap->n_datasets ? EXIT_NO_MATCH : EXIT_NO_DATA;
}

// The datasets that the view's rows and columns come from; returns how many.
static size_t datasets_of(const struct view_def *def, struct sv *out, size_t cap) {
    size_t n = 0;
    out[n++] = def->from;
    if (def->head.from.len) {
        out[n++] = def->head.from;
    }
    for (size_t i = 0; i < def->n_columns && n < cap; i++) {
        if (def->columns[i].join.len && !sv_eq(out[n - 1], def->columns[i].join)) {
            out[n++] = def->columns[i].join;
        }
    }
    return n;
}

static int open_and_print(struct app *app, struct view_set *set, const struct view_args *args) {
    struct err err = ERR_INIT;
    const struct view_def *def = view_set_find(set, sv_cstr(args->words.ptr[0]));
    if (!def) {
        err_set(&err, ERR_USAGE, "no view %s (culprit views lists them)", args->words.ptr[0]);
        return app_fail(&err);
    }
    struct view_value params[32];
    size_t n_params = 0;
    if (!collect_params(def, args, params, COUNTOF(params), &n_params, &err)) {
        return app_fail(&err);
    }
    struct reading reading;
    if (!reading_open(app, &reading)) {
        return EXIT_FAILED;
    }
    struct view *v = view_open(set, def, reading.snap, params, n_params, &err);
    int status = v ? print_view(app, v, args) : app_fail(&err);
    view_free(v);
    struct sv datasets[32];
    const size_t n = datasets_of(def, datasets, COUNTOF(datasets));
    return reading_close(app, &reading, datasets, n, status);
}

int cmd_view_run(struct app *app, int argc, char **argv) {
    struct view_args args = {0};
    const struct arg_opt own[] = {
        {"--param", "k=v", "a parameter of the view", NULL, &args.params, NULL},
        {"--filter", "EXPR", "rows to keep", &args.filter, NULL, NULL},
        {"--sort", "a,-b", "order", &args.sort, NULL, NULL},
        {"--columns", "a,b", "columns to show", &args.columns, NULL, NULL},
        {"--limit", "N", "at most N rows", &args.limit, NULL, NULL},
        {"--format", "NAME", "table, csv, tsv, json, jsonl, md, arrow", &args.format, NULL, NULL},
        {"--display", NULL, "the texts of the screen instead of raw values", NULL, NULL,
         &args.display},
        {"--force", NULL, "replace the file of -o", NULL, NULL, &args.force},
        {"-o", "FILE", "write to a file", &args.out, NULL, NULL},
        {0},
    };
    int status = EXIT_FAILED;
    struct view_set *set = NULL;
    if (!app_args(app, argc, argv, own, &args.words) || !app_setup(app)) {
        goto out;
    }
    if (!args.words.n) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_USAGE, "view needs a name (culprit views lists them)");
        status = app_fail(&err);
        goto out;
    }
    app_catch_interrupt();
    set = app_views(app);
    if (set) {
        status = open_and_print(app, set, &args);
    }
out:
    view_set_free(set);
    array_done(&args.words);
    array_done(&args.params);
    return status;
}
