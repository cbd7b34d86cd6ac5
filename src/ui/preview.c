// The preview pane: the view that a definition names for its rows, or all fields of the row.
#include "ui/ui_int.h"

void preview_drop(struct ui *ui) {
    view_free(ui->preview);
    ui->preview = NULL;
    text_pane_free(ui->preview_text);
    ui->preview_text = NULL;
    str_clear(&ui->preview_key);
    ui->preview_focus = false;
}

// The parameters of the preview's view are filled with the row's values of the same names, or with
// its key.
static bool preview_params(const struct view *v, const struct view_def *def, struct arena *arena,
                           struct view_value *params, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < def->n_params && i < 8; i++) {
        int col = view_col_find(v, def->params[i].name);
        struct str scratch = STR_INIT;
        struct sv value;
        if (col < 0 && v->def->n_key == 1) {
            col = view_col_find(v, v->def->key[0]);
        }
        if (col >= 0 && view_raw(v, v->cursor, (size_t)col, &scratch, &value)) {
            params[(*n)++] = (struct view_value){def->params[i].name, arena_sv(arena, value)};
        } else if (def->params[i].required) {
            str_done(&scratch);
            return false;
        }
        str_done(&scratch);
    }
    return true;
}

static struct view *open_preview(struct ui *ui, const struct view *v) {
    const struct view_def *def =
        v->def->preview.len ? view_set_find(ui->opts.views, v->def->preview) : NULL;
    struct view_value params[8];
    size_t n = 0;
    if (!def || !preview_params(v, def, &ui->frame, params, &n)) {
        return NULL;
    }
    struct err err = ERR_INIT;
    return view_open(ui->opts.views, def, ui->snap, params, n, &err);
}

void preview_update(struct ui *ui) {
    const struct view *v = ui->page.view;
    auto_str key = STR_INIT;
    view_row_key(v, v->cursor, &key);
    str_addf(&key, " %llu", (unsigned long long)v->version);
    bool have = ui->preview || ui->preview_text;
    if (have && sv_eq(str_sv(&key), str_sv(&ui->preview_key))) {
        return;
    }
    bool focus = ui->preview_focus;
    preview_drop(ui);
    ui->preview_focus = focus;
    str_add_sv(&ui->preview_key, str_sv(&key));
    ui->preview = open_preview(ui, v);
    if (ui->preview) {
        view_start(ui->preview, ui->opts.pool);
    } else {
        ui->preview_text = detail_pane_new(ui, v, v->cursor);
    }
}
