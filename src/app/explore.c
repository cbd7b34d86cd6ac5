#include "app/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arrow/arrow_map.h"
#include "base/file.h"
#include "term/signals.h"

static const char START_VIEW[] = "alert_summaries";

static bool load_theme(struct explorer *ex, struct err *err) {
    const char *name = ex->app->theme_opt ? ex->app->theme_opt : app_setting(ex->app, "theme");
    ex->theme = theme_load(ex->theme_dir, sv_cstr(name ? name : "dark"), &ex->faults, err);
    if (!ex->theme && name && !ex->app->theme_opt) {
        // A broken theme of the user must not keep him out; the fault is shown.
        str_addf(&ex->faults, "theme %s: %s\n", name, err->msg);
        ex->theme = theme_load(NULL, SV("dark"), &ex->faults, err);
    }
    return ex->theme != NULL;
}

static char *state_folder(void) {
    const char *base = getenv("XDG_STATE_HOME");
    if (base && base[0] == '/') {
        return path_join(base, "culprit");
    }
    const char *home = getenv("HOME");
    return xasprintf("%s/.local/state/culprit", home ? home : ".");
}

bool explorer_init(struct explorer *ex, struct app *app) {
    struct err err = ERR_INIT;
    *ex = (struct explorer){.app = app};
    ex->theme_dir = path_join(app->config_dir, "themes");
    ex->state_dir = state_folder();
    char *views_dir = path_join(app->config_dir, "views");
    char *keys_path = path_join(app->config_dir, "keys.json");
    ex->views = view_set_load(views_dir, &ex->faults, &err);
    ex->keymap = ex->views ? keymap_load(keys_path, &ex->faults, &err) : NULL;
    free(views_dir);
    free(keys_path);
    bool ok = ex->keymap && load_theme(ex, &err);
    ex->snap = ok ? snapshot_open(app->store_dir, &ex->faults, &err) : NULL;
    if (!ex->snap) {
        app_fail(&err);
        explorer_done(ex);
        return false;
    }
    // Deriving takes one of them for long; the views need another.
    ex->pool = pool_new(MAX(2U, MIN(cpu_count(), 4U)));
    return true;
}

void explorer_done(struct explorer *ex) {
    if (ex->pool) {
        pool_free(ex->pool);
    }
    snapshot_unref(ex->snap);
    theme_free(ex->theme);
    keymap_free(ex->keymap);
    view_set_free(ex->views);
    str_done(&ex->faults);
    free(ex->theme_dir);
    free(ex->state_dir);
    *ex = (struct explorer){0};
}

static bool unknown_word(const char *word, struct err *err) {
    return err_set(err, ERR_USAGE,
                   "no command or view %s (culprit help and culprit views list them)", word);
}

static bool open_first(struct explorer *ex, struct ui *ui, const char *view,
                       const struct arg_list *keys, struct err *err) {
    struct view_value params[8];
    const struct view_def *def = view_set_find(ex->views, sv_cstr(view));
    if (!def) {
        return unknown_word(view, err);
    }
    if (keys->n > MIN(def->n_params, COUNTOF(params))) {
        return app_too_many_keys(def, keys->n, err);
    }
    for (size_t i = 0; i < keys->n; i++) {
        params[i] = (struct view_value){def->params[i].name, sv_cstr(keys->ptr[i])};
    }
    return ui_open(ui, def->name, params, keys->n, err) &&
           (!ex->app->filter_opt || ui_filter(ui, sv_cstr(ex->app->filter_opt), err));
}

struct ui *explorer_ui(struct explorer *ex, const struct ui_opts *size, const char *view,
                       const struct arg_list *keys) {
    struct ui_opts opts = *size;
    struct sv first = str_sv(&ex->faults);
    struct sv line = SV_NULL;
    auto_str message = STR_INIT;
    if (sv_split(&first, '\n', &line)) {
        str_add_sv(&message, line);
    }
    opts.views = ex->views;
    opts.keymap = ex->keymap;
    opts.snap = ex->snap;
    opts.store_dir = ex->app->store_dir;
    opts.pool = ex->pool;
    opts.message = message.len ? str_cstr(&message) : NULL;
    ex->ui = ui_new(&opts);
    struct err err = ERR_INIT;
    if (!open_first(ex, ex->ui, view ? view : START_VIEW, keys, &err)) {
        app_fail(&err);
        explorer_ui_done(ex);
    }
    return ex->ui;
}

void explorer_ui_done(struct explorer *ex) {
    ui_free(ex->ui);
    ex->ui = NULL;
}

// What was typed may be no view at all but a command with a slip in it.
static int refuse_without_terminal(const struct app *app, const char *view) {
    struct view_set *set = app_views(app);
    if (!set) {
        return EXIT_FAILED;
    }
    struct err err = ERR_INIT;
    if (view_set_find(set, sv_cstr(view))) {
        err_set(&err, ERR_USAGE,
                "the explorer needs a terminal; culprit view %s prints the same as text", view);
    } else {
        unknown_word(view, &err);
    }
    view_set_free(set);
    return app_fail(&err);
}

int explore_run(struct app *app, const char *view, const struct arg_list *keys) {
    struct explorer ex;
    if (!app->screen_opt && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
        return refuse_without_terminal(app, view ? view : START_VIEW);
    }
    if (!explorer_init(&ex, app)) {
        return EXIT_FAILED;
    }
    struct err err = ERR_INIT;
    int status = EXIT_FAILED;
    char *crash_dir = path_join(ex.state_dir, "crashes");
    if (!signals_install(crash_dir, &err)) {
        status = app_fail(&err);
    } else {
        arrow_sigbus_fallback(term_fatal_signal);
        status = app->screen_opt ? explore_as_text(&ex, view, keys)
                                 : explore_on_terminal(&ex, view, keys);
    }
    free(crash_dir);
    explorer_done(&ex);
    return status;
}
