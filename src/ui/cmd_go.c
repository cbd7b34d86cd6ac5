// Going from view to view.
#include "ui/commands.h"
#include "ui/ui_int.h"

// --- links ---

bool go_link(struct ui *ui, const struct view *v, size_t row_idx, struct sv name, struct err *err) {
    struct link_target target;
    if (going_link(ui, v, row_idx, name)) {
        return true;
    }
    if (!view_follow(v, row_idx, name, &ui->frame, &target, err)) {
        return false;
    }
    if (target.count == 0) {
        return err_set(err, ERR_NOT_FOUND, "no %.*s for this row", SV_ARG(target.link->label));
    }
    view_single(v, &ui->frame, &target);
    return page_open(ui, target.def, target.params, target.n_params, err);
}

static bool has_link(const struct view_def *def, struct sv name) {
    for (size_t i = 0; i < def->n_links; i++) {
        if (sv_eq(def->links[i].name, name)) {
            return true;
        }
    }
    return false;
}

// In a text: files of a diff fold; other texts belong to a row, which may lead on.
static bool open_from_text(struct ui *ui, const struct text_pane *text, struct err *err) {
    if (text->ops->panel_width) {
        return cmd_text_option(ui, &(struct command_call){.command = command_find(SV("fold"))},
                               err);
    }
    const struct view *v = ui_view(ui);
    if (v && v->rows.n && has_link(v->def, SV("open"))) {
        return go_link(ui, v, v->cursor, SV("open"), err);
    }
    return err_set(err, ERR_NOT_FOUND, "nothing to open here");
}

bool open_row(struct ui *ui, struct err *err) {
    struct view *v = ui_view(ui);
    struct text_pane *text = ui_text(ui);
    if (text) {
        return open_from_text(ui, text, err);
    }
    if (!v || !v->rows.n) {
        return err_set(err, ERR_NOT_FOUND, "no row here");
    }
    struct sv link = v->cur_col > 0 ? v->cols[v->cur_col].def->link : SV_NULL;
    struct link_target target;
    struct err ignored = ERR_INIT;
    if (going_row_open(ui, link)) {
        return true;
    }
    bool by_column = link.len && view_follow(v, v->cursor, link, &ui->frame, &target, &ignored) &&
                     target.count > 0;
    if (by_column) {
        return go_link(ui, v, v->cursor, link, err);
    }
    if (has_link(v->def, SV("open"))) {
        return go_link(ui, v, v->cursor, SV("open"), err);
    }
    page_open_text(ui, detail_pane_new(v, v->cursor), "All fields");
    return true;
}

COMMAND(open) {
    (void)call;
    return open_row(ui, err);
}

COMMAND(detail) {
    (void)call;
    struct view *v = ui_view(ui);
    if (!v || !v->rows.n) {
        return err_set(err, ERR_NOT_FOUND, "no row here");
    }
    page_open_text(ui, detail_pane_new(v, v->cursor), "All fields");
    return true;
}

COMMAND(related) {
    (void)call;
    (void)err;
    menu_related(ui);
    return true;
}

COMMAND(link) {
    struct view *v = ui_view(ui);
    return v ? go_link(ui, v, v->cursor, call->arg, err)
             : err_set(err, ERR_NOT_FOUND, "no row here");
}

// `view NAME [name=value ...]`
COMMAND(view) {
    struct sv rest = call->arg;
    struct sv name = SV_NULL;
    struct sv word;
    struct view_value params[8];
    size_t n = 0;
    sv_split(&rest, ' ', &name);
    const struct view_def *def = view_set_find(ui->opts.views, name);
    if (!def) {
        return err_set(err, ERR_NOT_FOUND, "no view %.*s", SV_ARG(name));
    }
    while (n < COUNTOF(params) && sv_split(&rest, ' ', &word)) {
        ptrdiff_t eq = sv_find_byte(word, '=');
        if (!word.len) {
            continue;
        }
        if (eq < 0) {
            return err_set(err, ERR_USAGE, "expected name=value, not %.*s", SV_ARG(word));
        }
        params[n++] =
            (struct view_value){sv_sub(word, 0, (size_t)eq), sv_from(word, (size_t)eq + 1)};
    }
    return page_open(ui, def, params, n, err);
}

// --- history ---

COMMAND(back) {
    (void)call;
    return page_back(ui, err);
}

COMMAND(forward) {
    (void)call;
    return page_forward(ui, err);
}

COMMAND(close) {
    (void)call;
    if (plot_has_focus(ui) && ui->page.plot.shown == PLOT_ABOVE) {
        ui->page.plot.choice.focus = false;
        return true;
    }
    if (ui->preview_focus) {
        ui->preview_focus = false;
        return true;
    }
    return page_back(ui, err);
}

// --- panes ---

// From the table to the plot above it, to the preview, and around. A plot that is alone makes way.
static bool next_of_plot(struct ui *ui) {
    struct plot_pane *pane = &ui->page.plot;
    if (pane->shown < PLOT_ABOVE || !pane->plot || ui->preview_focus) {
        return false;
    }
    if (pane->shown == PLOT_ALONE && !ui->preview_shown) {
        pane->choice.mode = PLOT_ABOVE; // where that has room
        pane->choice.focus = false;
        return true;
    }
    pane->choice.focus = pane->shown == PLOT_ALONE || !pane->choice.focus;
    return pane->shown == PLOT_ABOVE && (pane->choice.focus || !ui->preview_shown);
}

COMMAND(next_pane) {
    if (next_of_plot(ui)) {
        return true;
    }
    // What was shown in the last frame may have belonged to another page.
    if (ui->preview_shown && (ui->preview || ui->preview_text)) {
        ui->preview_focus = !ui->preview_focus;
        return true;
    }
    if (ui->page.view && ui->page.view->def->n_tabs && !ui_text(ui)) {
        return cmd_tab(ui, call, err);
    }
    return err_set(err, ERR_NOT_FOUND, "one pane only; p shows a preview");
}

static bool parent(struct ui *ui, int step, struct err *err) {
    struct view *v = ui->page.view;
    if (!v || ui->page.text) {
        return err_set(err, ERR_NOT_FOUND, "there is no list beside this");
    }
    if (v->rows.n) {
        int64_t at = (int64_t)v->cursor + step;
        v->cursor = (size_t)MAX(0, MIN(at, (int64_t)v->rows.n - 1));
    }
    return true;
}

COMMAND(parent_down) {
    (void)call;
    return parent(ui, 1, err);
}

COMMAND(parent_up) {
    (void)call;
    return parent(ui, -1, err);
}

COMMAND(preview) {
    (void)call;
    if (ui->page.text || !ui->page.view) {
        return err_set(err, ERR_NOT_FOUND, "no preview here; it belongs to lists");
    }
    static const char *const names[] = {"automatic", "off", "below", "beside"};
    ui->preview_mode = ui->preview_mode == PREVIEW_BESIDE ? PREVIEW_OFF : ui->preview_mode + 1;
    if (ui->preview_mode == PREVIEW_OFF && !ui->preview_shown) {
        ui->preview_mode = PREVIEW_BELOW; // the first press shows something
    }
    ui->preview_focus = false;
    ui_message(ui, false, "preview %s", names[ui->preview_mode]);
    return true;
}

COMMAND(maximise) {
    (void)call;
    if (!ui->preview_shown) {
        ui->maximised = false;
        return err_set(err, ERR_NOT_FOUND, "one pane only, on the whole screen; p shows a preview");
    }
    ui->maximised = !ui->maximised;
    return true;
}

// --- refresh ---

// A newer snapshot for the page: one from the store, or the one that a stopped refresh left behind.
static struct snapshot *newer_snapshot(const struct ui *ui, struct err *err) {
    const struct view *v = ui->page.view;
    if (snapshot_is_stale(ui->snap)) {
        return snapshot_open(ui->opts.store_dir, NULL, err);
    }
    return v && v->snap != ui->snap && !v->running ? snapshot_ref(ui->snap) : NULL;
}

static bool refresh_to(struct ui *ui, struct snapshot *snap, struct err *err) {
    bool ok = !ui->page.view || view_switch_start(ui->page.view, snap, ui->opts.pool, err);
    snapshot_unref(ui->snap);
    ui->snap = snap;
    ui->ranging = false;
    preview_drop(ui);
    page_arrived(ui);
    if (ok) {
        ui_message(ui, false, "the store has changed; showing generation %s",
                   snap->generation + sizeof snap->generation - 7);
    }
    return ok;
}

void refresh_forget(struct ui *ui) {
    view_wait_free(ui->newer_wait);
    snapshot_unref(ui->newer);
    ui->newer_wait = NULL;
    ui->newer = NULL;
}

// What the page needs is made first where it takes long; keys do not end that.
static bool refresh_waits(struct ui *ui, struct snapshot *snap) {
    const struct view *v = ui->page.view;
    ui->newer_wait = v ? view_wait_open(v->def, snap, ui->opts.pool) : NULL;
    ui->newer = ui->newer_wait ? snap : NULL;
    return ui->newer_wait != NULL;
}

bool ui_refresh(struct ui *ui, struct err *err) {
    refresh_forget(ui);
    struct snapshot *snap = newer_snapshot(ui, err);
    if (!snap) {
        ui_message(ui, false, "nothing new in the store");
        return err->code == ERR_NONE;
    }
    if (refresh_waits(ui, snap)) {
        ui_message(ui, false, "the store has changed; reading it ...");
        return true;
    }
    return refresh_to(ui, snap, err);
}

void refresh_on(struct ui *ui) {
    struct err err = ERR_INIT;
    if (!ui->newer_wait || !view_wait_over(ui->newer_wait)) {
        return;
    }
    struct snapshot *snap = ui->newer;
    ui->newer = NULL;
    refresh_forget(ui);
    // Another page may have been opened meanwhile.
    if (!refresh_waits(ui, snap) && !refresh_to(ui, snap, &err)) {
        ui_message(ui, true, "%s", err.msg);
    }
}

COMMAND(refresh) {
    (void)call;
    return ui_refresh(ui, err);
}
