// The explorer on a terminal: the main loop. It sleeps in poll() until a key, a finished job or a
// time-out of the ui; nothing wakes it otherwise.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/explore.h"
#include "base/child.h"
#include "base/date.h"
#include "base/file.h"
#include "base/scope.h"
#include "term/term.h"

struct loop {
    struct explorer *ex;
    struct term *term;
    struct ui *ui;
    struct screen screen;
    bool quit;
};

// $VISUAL, $EDITOR or less, on `path`, in the foreground.
static void run_editor(struct loop *l, const char *path) {
    struct err err = ERR_INIT;
    const char *editor = getenv("VISUAL");
    editor = editor && *editor ? editor : getenv("EDITOR");
    editor = editor && *editor ? editor : "less";
    const char *argv[] = {editor, path, NULL};
    int status = 0;
    term_pause(l->term);
    bool ok = child_run(argv, &status, &err);
    term_resume(l->term);
    if (!ok) {
        ui_message(l->ui, true, "%s", err.msg);
    } else if (status) {
        ui_message(l->ui, true, "%s ended with status %d", editor, status);
    }
}

// What is shown, as a temporary file that goes with the editor.
static void edit_text(struct loop *l, struct sv text) {
    struct err err = ERR_INIT;
    const char *dir = getenv("TMPDIR");
    auto_free char *path = xasprintf("%s/culprit-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0) {
        err_sys(&err, "%s: cannot make a temporary file", path);
        ui_message(l->ui, true, "%s", err.msg);
        return;
    }
    bool ok = fd_write(fd, text.ptr, text.len, &err);
    close(fd);
    if (ok) {
        run_editor(l, path);
    } else {
        ui_message(l->ui, true, "%s: %s", path, err.msg);
    }
    unlink(path);
}

static void change_theme(struct loop *l, struct sv name) {
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    struct theme *theme = theme_load(l->ex->theme_dir, name, &faults, &err);
    if (!theme) {
        ui_message(l->ui, true, "%s", err.msg);
        return;
    }
    term_set_theme(l->term, theme);
    theme_free(l->ex->theme);
    l->ex->theme = theme;
    term_redraw(l->term);
}

static void copy_text(struct loop *l, struct sv text) {
    struct err err = ERR_INIT;
    const char *how = "";
    if (!term_copy(l->term, text, &how, &err)) {
        ui_message(l->ui, true, "%s", err.msg);
    }
}

static void answer(struct loop *l, const struct ui_request *request) {
    struct err err = ERR_INIT;
    switch (request->kind) {
    case UI_REQUEST_NONE:
        break;
    case UI_REQUEST_QUIT:
        l->quit = true;
        break;
    case UI_REQUEST_SUSPEND:
        term_suspend(l->term);
        break;
    case UI_REQUEST_REDRAW:
        term_redraw(l->term);
        break;
    case UI_REQUEST_COPY:
        copy_text(l, request->text);
        break;
    case UI_REQUEST_SPAWN:
        if (!child_spawn(request->argv, &err)) {
            // The address stays readable.
            ui_message(l->ui, true, "%s (%s)", request->argv[0] ? request->argv[1] : "", err.msg);
        }
        break;
    case UI_REQUEST_EDIT:
        edit_text(l, request->text);
        break;
    case UI_REQUEST_MOUSE:
        term_set_mouse(l->term, request->on);
        break;
    case UI_REQUEST_THEME:
        change_theme(l, request->text);
        break;
    case UI_REQUEST_DERIVE:
        explorer_derive(l->ex, request->text);
        break;
    case UI_REQUEST_CANCEL:
        explorer_cancel(l->ex);
        break;
    }
}

static void take_size(struct loop *l) {
    int w, h;
    term_size(l->term, &w, &h);
    screen_resize(&l->screen, w, h);
    ui_resize(l->ui, w, h);
}

// Everything typed so far goes in before the next frame is painted, so that a held key never
// queues up frames.
static bool take_keys(struct loop *l) {
    struct key key;
    int got;
    while (!l->quit && (got = term_read_key(l->term, &key)) != 0) {
        if (got < 0) {
            return false; // the terminal hung up
        }
        if (key.kind == K_RESIZE) {
            take_size(l);
        } else if (key.kind == K_RESUME) {
            take_size(l);
            term_redraw(l->term);
        } else {
            ui_key(l->ui, &key);
        }
        struct ui_request request;
        while (ui_take_request(l->ui, &request)) {
            answer(l, &request);
        }
    }
    return true;
}

static int run_loop(struct loop *l) {
    struct pollfd fds[2] = {{.fd = term_fd(l->term), .events = POLLIN},
                            {.fd = pool_fd(l->ex->pool), .events = POLLIN}};
    while (!l->quit) {
        int wait_ms = ui_tick(l->ui, clock_monotonic_us());
        screen_clear(&l->screen);
        ui_draw(l->ui, &l->screen);
        term_draw(l->term, &l->screen);
        if (poll(fds, COUNTOF(fds), wait_ms) < 0 && errno != EINTR) {
            return EXIT_FAILED;
        }
        if (!take_keys(l)) {
            return EXIT_OK;
        }
        if (fds[1].revents) {
            ui_collect(l->ui);
        }
    }
    return EXIT_OK;
}

// "copy.command": "wl-copy --trim-newline" split at blanks; no shell.
static const char *const *copy_command(const struct app *app, struct arena *arena) {
    const char *text = app_setting(app, "copy.command");
    if (!text) {
        return NULL;
    }
    const char **argv = arena_zalloc(arena, 17, sizeof *argv);
    struct sv rest = sv_cstr(text);
    struct sv word;
    for (size_t n = 0; n < 16 && sv_split(&rest, ' ', &word);) {
        if (word.len) {
            argv[n++] = arena_strdup(arena, word);
        }
    }
    return argv[0] ? argv : NULL;
}

static bool mouse_wanted(const struct app *app) {
    const char *setting = app_setting(app, "mouse");
    return !setting || !sv_is(sv_cstr(setting), "off");
}

int explore_on_terminal(struct explorer *ex, const char *view, const struct arg_list *keys) {
    struct err err = ERR_INIT;
    struct arena arena = {0};
    struct loop l = {.ex = ex};
    int status = EXIT_FAILED;
    char *crash_dir = xasprintf("%s/crashes", ex->state_dir);
    struct term_opts opts = {.mouse = mouse_wanted(ex->app),
                             .ascii = ex->app->ascii,
                             .inline_cursor = ex->app->plain,
                             .theme = ex->theme,
                             .copy_argv = copy_command(ex->app, &arena),
                             .crash_dir = crash_dir};
    const char *colours = ex->app->colors_opt ? ex->app->colors_opt : "auto";
    // The first view opens before the terminal is taken over, so that errors stay readable.
    struct ui_opts size = {.w = 80, .h = 24, .ascii = ex->app->ascii};
    l.ui = explorer_ui(ex, &size, view, keys);
    if (!l.ui) {
        goto out;
    }
    if (!term_colours_parse(sv_cstr(colours), &opts.colours, &err) ||
        !(l.term = term_open(&opts, &err))) {
        app_fail(&err);
        goto out;
    }
    int w, h;
    term_size(l.term, &w, &h);
    screen_init(&l.screen, w, h, term_ascii(l.term));
    ui_resize(l.ui, w, h);
    status = run_loop(&l);
    term_close(l.term);
    screen_done(&l.screen);
out:
    explorer_ui_done(ex);
    free(crash_dir);
    arena_done(&arena);
    return status;
}
