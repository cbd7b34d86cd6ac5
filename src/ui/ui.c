#include "ui/ui.h"

#include <stdlib.h>

#include "base/date.h"
#include "ui/search.h"

enum { HINT_DELAY_US = 400 * 1000, COUNT_MAX = 1000000000 };

struct ui *ui_new(const struct ui_opts *opts) {
    struct ui *ui = xcalloc(1, sizeof *ui);
    ui->opts = *opts;
    ui->snap = snapshot_ref(opts->snap);
    ui->drag_col = -1;
    ui->mouse_on = true;
    if (opts->message) {
        ui_message(ui, true, "%s", opts->message);
    }
    return ui;
}

void ui_free(struct ui *ui) {
    if (!ui) {
        return;
    }
    menu_close(ui);
    going_forget(ui);
    refresh_forget(ui);
    prompt_free(ui->prompt);
    prompt_histories_free(ui);
    page_history_done(ui);
    matcher_free(ui->matcher);
    regex_unref(ui->search);
    snapshot_unref(ui->snap);
    arena_done(&ui->frame);
    arena_done(&ui->request_arena);
    str_done(&ui->scratch);
    str_done(&ui->message);
    str_done(&ui->last_command);
    str_done(&ui->preview_key);
    array_done(&ui->requests);
    free(ui);
}

bool ui_open(struct ui *ui, struct sv view, const struct view_value *params, size_t n_params,
             struct err *err) {
    const struct view_def *def = view_set_find(ui->opts.views, view);
    if (!def) {
        return err_set(err, ERR_NOT_FOUND, "no view %.*s", SV_ARG(view));
    }
    return page_open(ui, def, params, n_params, err);
}

bool ui_filter(struct ui *ui, struct sv text, struct err *err) {
    if (!ui->page.view || !view_filter_add(ui->page.view, text, NULL, err)) {
        return err_prefix(err, "--filter");
    }
    page_requery(ui);
    return true;
}

// --- messages and requests ---

void ui_message(struct ui *ui, bool is_error, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    str_clear(&ui->message);
    str_vaddf(&ui->message, fmt, ap);
    va_end(ap);
    ui->message_is_error = is_error;
}

// What was taken is done with: texts live until the next request after all were taken.
static void forget_taken(struct ui *ui) {
    if (!ui->requests.n) {
        arena_reset(&ui->request_arena);
    }
}

void ui_request(struct ui *ui, enum ui_request_kind kind, struct sv text, bool on) {
    forget_taken(ui);
    struct ui_request request = {
        .kind = kind, .text = arena_sv(&ui->request_arena, text), .on = on};
    array_push(&ui->requests, request);
}

void ui_request_argv(struct ui *ui, enum ui_request_kind kind, const char *const *argv) {
    size_t n = 0;
    forget_taken(ui);
    while (argv[n]) {
        n++;
    }
    const char **copy = arena_zalloc(&ui->request_arena, n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = arena_strdup(&ui->request_arena, sv_cstr(argv[i]));
    }
    struct ui_request request = {.kind = kind, .argv = copy};
    array_push(&ui->requests, request);
}

bool ui_take_request(struct ui *ui, struct ui_request *out) {
    if (!ui->requests.n) {
        return false;
    }
    *out = ui->requests.ptr[0];
    memmove(ui->requests.ptr, ui->requests.ptr + 1, (ui->requests.n - 1) * sizeof *out);
    ui->requests.n--;
    return true;
}

// --- commands ---

void ui_run_command(struct ui *ui, const struct command *command, struct sv arg) {
    struct err err = ERR_INIT;
    struct command_call call = {
        .command = command, .count = ui->count, .has_count = ui->has_count, .arg = arg};
    ui->has_count = false;
    ui->count = 0;
    if (!(command->where & (page_where(ui) | page_where_else(ui)))) {
        ui_message(ui, true, "%s does not apply here", command->name);
        return;
    }
    str_clear(&ui->last_command);
    str_add_cstr(&ui->last_command, command->name);
    if (!command->run(ui, &call, &err) && err.code != ERR_NONE) {
        ui_message(ui, err.code != ERR_CANCELLED, "%s", err.msg);
    }
}

// --- keys ---

static void forget_pending(struct ui *ui) {
    ui->n_pending = 0;
    ui->hint_shown = false;
}

static void unknown_key(struct ui *ui) {
    auto_str keys = STR_INIT;
    for (size_t i = 0; i < ui->n_pending; i++) {
        str_add_cstr(&keys, i ? " " : "");
        key_format(&ui->pending[i], &keys);
    }
    ui_message(ui, true, "%s does nothing here; ? shows the keys", str_cstr(&keys));
    ui->has_count = false;
    ui->count = 0;
}

// Digits before a command are a count; a 0 without others is a key of its own.
static bool take_count(struct ui *ui, const struct key *key) {
    if (ui->n_pending || key->kind != K_CHAR || key->ctrl || key->alt || key->cp < '0' ||
        key->cp > '9' || (key->cp == '0' && !ui->has_count)) {
        return false;
    }
    ui->count = MIN(ui->count * 10 + (int64_t)(key->cp - '0'), COUNT_MAX);
    ui->has_count = true;
    return true;
}

// Over a plot the keys of the table work, too, where the plot has none of its own.
static enum keymap_match find_binding(struct ui *ui, const struct binding **out) {
    enum keymap_match match =
        keymap_find(ui->opts.keymap, page_where(ui), ui->pending, ui->n_pending, out);
    unsigned other = page_where_else(ui);
    return match == KEYMAP_NONE && other
               ? keymap_find(ui->opts.keymap, other, ui->pending, ui->n_pending, out)
               : match;
}

static void normal_key(struct ui *ui, const struct key *key) {
    if (take_count(ui, key)) {
        return;
    }
    if (ui->n_pending && key->kind == K_ESC) {
        forget_pending(ui);
        ui->has_count = false;
        return;
    }
    ui->pending[ui->n_pending++] = *key;
    const struct binding *binding;
    switch (find_binding(ui, &binding)) {
    case KEYMAP_PREFIX:
        if (ui->n_pending < KEY_SEQ_MAX) {
            ui->pending_since_us = clock_monotonic_us();
            return;
        }
        unknown_key(ui);
        break;
    case KEYMAP_NONE:
        unknown_key(ui);
        break;
    case KEYMAP_FOUND:
        forget_pending(ui);
        ui_run_command(ui, binding->command, binding->arg);
        return;
    }
    forget_pending(ui);
}

static bool is_stop(const struct key *key) {
    return key->kind == K_ESC || (key->kind == K_CHAR && key->ctrl && key->cp == 'c');
}

// Any key ends a way that still waits, so that nobody is taken away from what he does meanwhile.
static bool stops_going(struct ui *ui, const struct key *key) {
    if (key->kind == K_RELEASE || !going_forget(ui) || !is_stop(key)) {
        return false;
    }
    ui_message(ui, false, "stopped");
    return true;
}

static bool plain_char(const struct key *key) {
    return key->kind == K_CHAR && !key->ctrl && !key->alt;
}

// Any key ends a search that is still going on, so that it never moves what the key acts on.
static bool stops_search(struct ui *ui, const struct key *key) {
    if (!search_running(ui)) {
        return false;
    }
    search_stop(ui);
    if (is_stop(key)) {
        ui_message(ui, false, "search stopped");
    }
    return is_stop(key);
}

void ui_key(struct ui *ui, const struct key *key) {
    if (key->kind == K_NONE || key->kind == K_UNKNOWN) {
        return;
    }
    if (ui->mode == MODE_PROMPT) {
        prompt_key(ui, key);
        return;
    }
    if (key->pasted) {
        return; // a paste is data, never commands
    }
    str_clear(&ui->message);
    ui->message_is_error = false;
    if (stops_going(ui, key) || stops_search(ui, key)) {
        return;
    }
    if (key_is_mouse(key)) {
        mouse_key(ui, key);
    } else if (ui->mode == MODE_MENU) {
        menu_key(ui, key);
    } else if (ui->mode == MODE_CHAR) {
        ui->mode = MODE_NORMAL;
        if (plain_char(key)) {
            ui->on_char(ui, key->cp);
        }
    } else {
        normal_key(ui, key);
    }
}

// --- time, jobs ---

static int hint_due(struct ui *ui, int64_t now_us) {
    if (!ui->n_pending || ui->hint_shown) {
        return -1;
    }
    int64_t left_us = ui->pending_since_us + HINT_DELAY_US - now_us;
    if (left_us > 0) {
        return (int)(left_us / 1000) + 1;
    }
    ui->hint_shown = true;
    return -1;
}

int ui_tick(struct ui *ui, int64_t now_us) {
    int wait_ms = hint_due(ui, now_us);
    return search_slice(ui) ? 0 : wait_ms;
}

static void arrived(struct ui *ui) {
    page_arrived(ui);
    prompt_rows_arrived(ui);
    menu_counted(ui);
    refresh_on(ui);
    going_on(ui);
}

// A range begun while rows were awaited is one of lines that now show other rows.
static void end_range(struct ui *ui, bool was_running) {
    const struct view *v = ui_view(ui);
    ui->ranging = ui->ranging && !(was_running && v && !v->running);
}

bool ui_collect(struct ui *ui) {
    const struct view *v = ui_view(ui);
    bool was_running = v && v->running;
    if (!pool_collect(ui->opts.pool)) {
        return false;
    }
    end_range(ui, was_running);
    arrived(ui);
    return true;
}

void ui_settle(struct ui *ui) {
    const struct view *v = ui_view(ui);
    bool was_running = v && v->running;
    pool_drain(ui->opts.pool);
    end_range(ui, was_running);
    arrived(ui);
    while (ui->going.kind != GOING_NOWHERE || ui->newer_wait) {
        pool_drain(ui->opts.pool);
        arrived(ui);
    }
    pool_drain(ui->opts.pool);
    arrived(ui);
    search_finish(ui);
    // A prefix is shown as a person would see it who waits for the hints.
    ui->hint_shown = ui->n_pending > 0;
}

void ui_resize(struct ui *ui, int w, int h) {
    ui->opts.w = w;
    ui->opts.h = h;
}
