// Places: taking down where the user is, and letting go of it.
#include <stdlib.h>

#include "ui/ui_int.h"

static char *dup_sv(struct sv text) {
    return xstrndup(text.ptr, text.len);
}

static void take_cols(struct place *p, const struct view *v) {
    p->n_cols = v->n_cols;
    p->n_frozen = v->n_frozen;
    p->cols = xcalloc(v->n_cols, sizeof *p->cols);
    for (size_t i = 0; i < v->n_cols; i++) {
        p->cols[i] = (struct place_col){.name = dup_sv(v->cols[i].def->name),
                                        .width = v->cols[i].width,
                                        .hidden = v->cols[i].hidden,
                                        .width_set = v->cols[i].width_set};
    }
    p->n_sort = v->n_sort;
    for (size_t i = 0; i < v->n_sort; i++) {
        p->sort[i].col = v->sort[i].col;
        p->sort[i].descending = v->sort[i].descending;
    }
}

static void take_filters(struct place *p, const struct view *v) {
    p->filters = xcalloc(v->n_filters, sizeof *p->filters);
    for (size_t i = 0; i < v->n_filters; i++) {
        p->filters[p->n_filters++] = xstrdup(v->filters[i].text);
    }
    p->filters_off = v->filters_off;
    p->tab = v->tab;
}

void place_take(struct place *p, const struct ui *ui) {
    *p = (struct place){0};
    const struct view *v = ui->page.view;
    if (!v) {
        return;
    }
    auto_str title = STR_INIT;
    view_title(v, &title);
    p->title = str_take(&title);
    p->def = v->def;
    p->params = xcalloc(v->n_params, sizeof *p->params);
    for (size_t i = 0; i < v->n_params; i++) {
        p->params[i].name = v->params[i].name; // texts of the definition outlive every place
        p->params[i].value = sv_cstr(dup_sv(v->params[i].value));
    }
    p->n_params = v->n_params;
    take_filters(p, v);
    take_cols(p, v);
    if (v->rows.n) {
        auto_str key = STR_INIT;
        view_row_key(v, v->cursor, &key);
        p->cursor_key = str_take(&key);
        p->cursor = v->cursor;
        p->line = v->cursor - MIN(v->top, v->cursor);
    }
    p->cur_col = v->cur_col;
    p->left_col = v->left_col;
    plot_choice_copy(&p->plot, &ui->page.plot.choice);
    if (ui->page.text) {
        p->text_cursor = ui->page.text->cursor;
        p->text_top = ui->page.text->top;
    }
}

void place_leave(struct place *p, struct ui *ui) {
    place_take(p, ui);
    if (!ui->page.view) {
        return;
    }
    p->selected = view_selection_keep(ui->page.view);
    p->preview_focus = ui->preview_focus;
    p->undo = ui->page.undo;
    p->redo = ui->page.redo;
    ui->page.undo = ui->page.redo = (struct place_list){0};
}

void place_stay(struct place *p, struct ui *ui) {
    if (p->def) {
        ui->page.undo = p->undo;
        ui->page.redo = p->redo;
        p->undo = p->redo = (struct place_list){0};
    }
    place_done(p);
}

static void list_done(struct place_list *list) {
    array_foreach (place, list) {
        place_done(place); // steps of an undo list have no such lists themselves
    }
    array_done(list);
}

void place_done(struct place *p) {
    for (size_t i = 0; i < p->n_params; i++) {
        free((char *)(uintptr_t)p->params[i].value.ptr);
    }
    free(p->params);
    for (size_t i = 0; i < p->n_filters; i++) {
        free(p->filters[i]);
    }
    free(p->filters);
    for (size_t i = 0; i < p->n_cols; i++) {
        free(p->cols[i].name);
    }
    free(p->cols);
    free(p->title);
    free(p->cursor_key);
    view_selection_free(p->selected);
    plot_choice_done(&p->plot);
    list_done(&p->undo);
    list_done(&p->redo);
    *p = (struct place){0};
}
