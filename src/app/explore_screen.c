// The explorer without a terminal: keys from a script, the screen as text.
#include <stdio.h>
#include <stdlib.h>

#include "app/explore.h"
#include "base/date.h"
#include "base/file.h"

static bool parse_size(const char *text, int *w, int *h, struct err *err) {
    int end = 0;
    if (sscanf(text, "%4dx%4d%n", w, h, &end) != 2 || text[end] || *w < 1 || *h < 1) {
        return err_set(err, ERR_USAGE, "--screen %s: expected WIDTHxHEIGHT, e.g. 100x30", text);
    }
    return true;
}

static void print_screen(struct explorer *ex, struct ui *ui, struct screen *screen,
                         const char *title) {
    auto_str text = STR_INIT;
    ui_settle(ui);
    screen_clear(screen);
    ui_draw(ui, screen);
    if (ex->app->roles) {
        screen_dump_roles(screen, &text);
    } else {
        screen_dump(screen, &text);
    }
    printf("--- %s\n", title);
    fwrite(text.ptr, 1, text.len, stdout);
}

// What the main loop of a terminal would do, said instead of done. True = leave.
static bool answer_requests(struct explorer *ex, struct ui *ui) {
    struct ui_request request;
    while (ui_take_request(ui, &request)) {
        switch (request.kind) {
        case UI_REQUEST_QUIT:
            return true;
        case UI_REQUEST_COPY:
            printf("--- copied\n%.*s\n", SV_ARG(request.text));
            break;
        case UI_REQUEST_EDIT:
            printf("--- would edit\n%.*s\n", SV_ARG(request.text));
            break;
        case UI_REQUEST_SPAWN:
            printf("--- would run");
            for (const char *const *word = request.argv; *word; word++) {
                printf(" %s", *word);
            }
            printf("\n");
            break;
        case UI_REQUEST_DERIVE:
            explorer_derive(ex, request.text);
            break;
        case UI_REQUEST_CANCEL:
            explorer_cancel(ex);
            break;
        case UI_REQUEST_NONE:
        case UI_REQUEST_SUSPEND:
        case UI_REQUEST_REDRAW:
        case UI_REQUEST_MOUSE:
        case UI_REQUEST_THEME:
            break;
        }
    }
    return false;
}

// A directive line: "screen [TITLE]", "resize WxH".
static bool obey(struct explorer *ex, struct ui *ui, struct screen *screen, struct sv directive,
                 struct err *err) {
    if (sv_is(directive, "screen") || sv_starts(directive, SV("screen "))) {
        struct sv title = sv_trim(sv_from(directive, 6));
        auto_str text = STR_INIT;
        str_add_sv(&text, title.len ? title : SV("screen"));
        print_screen(ex, ui, screen, str_cstr(&text));
        return true;
    }
    if (sv_starts(directive, SV("resize "))) {
        auto_str size = STR_INIT;
        str_add_sv(&size, sv_trim(sv_from(directive, 7)));
        int w, h;
        if (!parse_size(str_cstr(&size), &w, &h, err)) {
            return false;
        }
        screen_resize(screen, w, h);
        ui_resize(ui, w, h);
        return true;
    }
    return err_set(err, ERR_USAGE, "unknown directive !%.*s (screen, resize)", SV_ARG(directive));
}

// Returns false with `err` when the script is faulty; `*left` when it quit the program.
static bool play(struct explorer *ex, struct ui *ui, struct screen *screen, struct sv script,
                 bool *left, struct err *err) {
    struct key_script ks;
    key_script_init(&ks, ex->app->keys_opt ? path_base(ex->app->keys_opt) : "keys", script);
    for (;;) {
        struct key key;
        struct sv directive;
        switch (key_script_next(&ks, &key, &directive, err)) {
        case KEY_SCRIPT_END:
            return true;
        case KEY_SCRIPT_ERROR:
            return false;
        case KEY_SCRIPT_KEY:
            ui_key(ui, &key);
            // A frame between two keys, as on a terminal: some panes learn their size by drawing.
            ui_settle(ui);
            screen_clear(screen);
            ui_draw(ui, screen);
            if (answer_requests(ex, ui)) {
                *left = true;
                return true;
            }
            break;
        case KEY_SCRIPT_DIRECTIVE:
            if (!obey(ex, ui, screen, directive, err)) {
                return err_prefix(err, "%s:%zu", ks.name, ks.line);
            }
            break;
        }
    }
}

int explore_as_text(struct explorer *ex, const char *view, const struct arg_list *keys) {
    struct err err = ERR_INIT;
    struct str script = STR_INIT;
    int w, h;
    if (!parse_size(ex->app->screen_opt, &w, &h, &err) ||
        (ex->app->keys_opt && !file_read(ex->app->keys_opt, (size_t)1 << 20, &script, &err))) {
        str_done(&script);
        return app_fail(&err);
    }
    struct screen screen = {0};
    screen_init(&screen, w, h, ex->app->ascii);
    struct ui_opts size = {.w = w, .h = h, .ascii = ex->app->ascii};
    struct ui *ui = explorer_ui(ex, &size, view, keys);
    int status = EXIT_FAILED;
    bool left = false;
    if (ui) {
        ui_settle(ui);
        ui_draw(ui, &screen);
        if (!play(ex, ui, &screen, str_sv(&script), &left, &err)) {
            status = app_fail(&err);
        } else {
            if (!left) {
                print_screen(ex, ui, &screen, "end");
            }
            status = EXIT_OK;
        }
    }
    explorer_ui_done(ex);
    screen_done(&screen);
    str_done(&script);
    return status;
}
