// The preview pane: the view that a definition names for its rows, or all fields of the row.
#include "ui/search.h"

void preview_drop(struct ui *ui) {
    if (search_running(ui) && ui->scan.view == ui->preview) {
        search_stop(ui);
    }
    view_wait_free(ui->preview_wait);
    ui->preview_wait = NULL;
    view_free(ui->preview);
    ui->preview = NULL;
    text_pane_free(ui->preview_text);
    ui->preview_text = NULL;
    str_done(&ui->preview_diff);
    str_clear(&ui->preview_key);
    ui->preview_focus = false;
}

// NULL when there is none, or when it has to wait for what it needs.
static struct view *open_preview(struct ui *ui, const struct view *v) {
    struct link_target target;
    if (!view_preview(v, v->cursor, &ui->frame, &target)) {
        return NULL;
    }
    const bool waited = ui->preview_wait != NULL;
    view_wait_free(ui->preview_wait);
    ui->preview_wait = waited ? NULL : view_wait_open(target.def, ui->snap, ui->opts.pool);
    if (ui->preview_wait) {
        return NULL;
    }
    struct err err = ERR_INIT;
    return view_open(ui->opts.views, target.def, ui->snap, target.params, target.n_params, &err);
}

// A view of one record is read as text, once its row has come.
static void show_text(struct ui *ui) {
    if (ui->preview && !ui->preview_text && !ui->preview->running) {
        ui->preview_text = page_new_text(ui, ui->preview, &ui->preview_diff);
        if (ui->preview_text) {
            ui->preview_text->ascii = ui->opts.ascii;
        }
    }
}

void preview_update(struct ui *ui) {
    const struct view *v = ui->page.view;
    auto_str key = STR_INIT;
    view_row_key(v, v->cursor, &key);
    str_addf(&key, " %llu", (unsigned long long)v->version);
    const bool waited = ui->preview_wait && view_wait_over(ui->preview_wait);
    bool have = ui->preview || ui->preview_text || (ui->preview_wait && !waited);
    if (have && sv_eq(str_sv(&key), str_sv(&ui->preview_key))) {
        show_text(ui);
        return;
    }
    bool focus = ui->preview_focus;
    struct view_wait *wait = waited ? ui->preview_wait : NULL;
    ui->preview_wait = waited ? NULL : ui->preview_wait;
    preview_drop(ui);
    ui->preview_wait = wait;
    ui->preview_focus = focus;
    str_add_sv(&ui->preview_key, str_sv(&key));
    ui->preview = open_preview(ui, v);
    if (ui->preview) {
        view_start(ui->preview, ui->opts.pool);
        show_text(ui);
    } else if (!ui->preview_wait) {
        ui->preview_text = detail_pane_new(v, v->cursor);
    }
}
