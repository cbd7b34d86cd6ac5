// Pages and the way between them: open, back, forward, undo.
#include <stdlib.h>

#include "ui/search.h"

enum { HISTORY_MAX = 200, UNDO_MAX = 100 };

// --- lists of places ---

#define PLACES_CLEAR(list)                                                                         \
    do {                                                                                           \
        array_foreach (place_, list) {                                                             \
            place_done(place_);                                                                    \
        }                                                                                          \
        array_clear(list);                                                                         \
    } while (0)

#define PLACES_PUSH(list, place, max)                                                              \
    do {                                                                                           \
        if ((list)->n == (max)) {                                                                  \
            place_done(&(list)->ptr[0]);                                                           \
            memmove((list)->ptr, (list)->ptr + 1, ((list)->n - 1) * sizeof *(list)->ptr);          \
            (list)->n--;                                                                           \
        }                                                                                          \
        array_push(list, place);                                                                   \
    } while (0)

void page_done(struct page *page) {
    plot_pane_done(&page->plot);
    view_free(page->view);
    text_pane_free(page->text);
    str_done(&page->diff_text);
    free(page->title);
    if (page->restore) {
        place_done(page->restore);
        free(page->restore);
    }
    PLACES_CLEAR(&page->undo);
    PLACES_CLEAR(&page->redo);
    array_done(&page->undo);
    array_done(&page->redo);
    *page = (struct page){0};
}

unsigned page_where(const struct ui *ui) {
    if (ui_text((struct ui *)(uintptr_t)ui)) {
        return IN_TEXT;
    }
    return plot_has_focus(ui) ? IN_PLOT : IN_TABLE;
}

unsigned page_where_else(const struct ui *ui) {
    return page_where(ui) == IN_PLOT ? IN_TABLE : 0;
}

struct view *ui_view(struct ui *ui) {
    return ui->preview_focus && ui->preview ? ui->preview : ui->page.view;
}

struct text_pane *ui_text(struct ui *ui) {
    if (ui->preview_focus) {
        return ui->preview_text;
    }
    return ui->page.text;
}

// --- rows arrive ---

static void put_cursor(struct view *v, const struct place *place) {
    bool exact = false;
    size_t at = place->cursor_key ? view_find_key(v, sv_cstr(place->cursor_key), &exact) : 0;
    if (!exact) {
        at = place->cursor; // the row is gone: the one that took its line
    }
    v->cursor = v->rows.n ? MIN(at, v->rows.n - 1) : 0;
    v->top = v->cursor - MIN(place->line, v->cursor);
}

// A column of the cursor's row; the NULL view when there is none.
static struct sv row_text(const struct view *v, struct sv name, struct str *scratch) {
    struct sv text = SV_NULL;
    int col = view_col_find(v, name);
    if (col >= 0 && !view_raw(v, v->cursor, (size_t)col, scratch, &text)) {
        text = SV_NULL;
    }
    return text;
}

struct text_pane *page_new_text(struct ui *ui, const struct view *v, struct str *hold) {
    switch (v->rows.n ? v->def->pane : PANE_TABLE) {
    case PANE_TABLE:
        break;
    case PANE_DETAIL:
        return detail_pane_new(v, v->cursor);
    case PANE_DIFF: {
        struct sv diff = row_text(v, SV("diff"), hold);
        return diff_pane_new(diff, row_text(v, SV("commit_message"), &ui->scratch));
    }
    case PANE_TEXT:
        return markup_pane_new(row_text(v, v->def->text, &ui->scratch));
    }
    return NULL;
}

static void make_text(struct ui *ui) {
    text_pane_free(ui->page.text);
    ui->page.text = page_new_text(ui, ui->page.view, &ui->page.diff_text);
    if (ui->page.text) {
        ui->page.text->ascii = ui->opts.ascii;
    }
}

void page_arrived(struct ui *ui) {
    struct page *page = &ui->page;
    if (!page->view || page->view->running) {
        return;
    }
    if (page->restore) {
        put_cursor(page->view, page->restore);
    }
    if (page->view->def->pane != PANE_TABLE && page->version != page->view->version) {
        // Made anew the text keeps the line one reads.
        size_t cursor = page->restore ? page->restore->text_cursor
                        : page->text  ? page->text->cursor
                                      : 0;
        size_t top = page->restore ? page->restore->text_top : page->text ? page->text->top : 0;
        make_text(ui);
        if (page->text) {
            text_pane_go(page->text, cursor);
            page->text->top = top;
        }
    }
    page->version = page->view->version;
    if (page->restore) {
        place_done(page->restore);
        free(page->restore);
        page->restore = NULL;
    }
}

// --- opening ---

static void leave_page(struct ui *ui) {
    search_stop(ui);
    ui->ranging = false;
    preview_drop(ui);
    page_done(&ui->page);
}

static void remember_page(struct ui *ui) {
    if (ui->page.view) {
        struct place here;
        place_leave(&here, ui);
        PLACES_PUSH(&ui->back, here, HISTORY_MAX);
    }
}

static void show_view(struct ui *ui, struct view *v) {
    leave_page(ui);
    ui->page.view = v;
    view_start(v, ui->opts.pool);
    page_arrived(ui);
}

bool page_open(struct ui *ui, const struct view_def *def, const struct view_value *params,
               size_t n_params, struct err *err) {
    if (going_view(ui, def, params, n_params)) {
        return true;
    }
    // Opened before the present page goes, since the parameters may point into it.
    struct view *v = view_open(ui->opts.views, def, ui->snap, params, n_params, err);
    if (!v) {
        return false;
    }
    remember_page(ui);
    PLACES_CLEAR(&ui->forward);
    show_view(ui, v);
    return true;
}

void page_open_text(struct ui *ui, struct text_pane *text, const char *title) {
    remember_page(ui);
    leave_page(ui);
    ui->page.text = text;
    ui->page.text->ascii = ui->opts.ascii;
    ui->page.title = xstrdup(title);
}

// --- going to places ---

// The column of that name, from `from` on; one that the user had added is added again.
static size_t find_col(struct view *v, size_t from, struct sv name) {
    struct err err = ERR_INIT;
    if (view_col_find(v, name) < 0 && !view_col_add(v, name, &err)) {
        return SIZE_MAX;
    }
    for (size_t i = from; i < v->n_cols; i++) {
        if (sv_eq(v->cols[i].def->name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void apply_cols(struct view *v, const struct place *place) {
    size_t to = 0;
    for (size_t i = 0; i < place->n_cols; i++) {
        const struct place_col *want = &place->cols[i];
        size_t from = find_col(v, to, sv_cstr(want->name));
        if (from != SIZE_MAX) {
            view_col_move(v, from, to);
            v->cols[to].hidden = want->hidden;
            v->cols[to].width = want->width;
            v->cols[to++].width_set = want->width_set;
        }
    }
    for (; to < v->n_cols; to++) {
        v->cols[to].hidden = true; // added since
    }
    v->n_frozen = MIN(place->n_frozen, v->n_cols);
    v->n_sort = 0;
    for (size_t i = 0; i < place->n_sort; i++) {
        int col = view_col_find(v, sv_cstr(place->cols[place->sort[i].col].name));
        if (col >= 0) {
            v->sort[v->n_sort].col = (size_t)col;
            v->sort[v->n_sort++].descending = place->sort[i].descending;
        }
    }
    v->cur_col = MIN(place->cur_col, v->n_cols ? v->n_cols - 1 : 0);
    v->left_col = place->left_col;
}

bool page_apply(struct ui *ui, const struct place *place, struct err *err) {
    struct view *v = ui->page.view;
    view_filter_clear(v);
    for (size_t i = 0; i < place->n_filters; i++) {
        if (!view_filter_add(v, sv_cstr(place->filters[i]), NULL, err)) {
            return false;
        }
    }
    v->filters_off = place->filters_off;
    if (v->tab != place->tab) {
        view_tab_set(v, place->tab);
    }
    apply_cols(v, place);
    return true;
}

static void restore_later(struct ui *ui, struct place *place) {
    ui->page.restore = xmalloc(sizeof *place);
    *ui->page.restore = *place;
    *place = (struct place){0};
}

// Takes the place over when its view could be opened; otherwise the page stays as it is.
static bool open_place(struct ui *ui, struct place *place, struct err *err) {
    struct view *v =
        view_open(ui->opts.views, place->def, ui->snap, place->params, place->n_params, err);
    if (!v) {
        return false;
    }
    leave_page(ui);
    ui->page.view = v;
    bool ok = page_apply(ui, place, err);
    if (place->selected) {
        view_selection_restore(place->selected, v);
    }
    ui->preview_focus = place->preview_focus;
    ui->page.plot.choice = place->plot;
    place->plot = (struct plot_choice){0};
    ui->page.undo = place->undo;
    ui->page.redo = place->redo;
    place->undo = place->redo = (struct place_list){0};
    restore_later(ui, place);
    view_start(v, ui->opts.pool);
    page_arrived(ui);
    return ok;
}

bool page_back(struct ui *ui, struct err *err) {
    if (!ui->back.n) {
        return err_set(err, ERR_NOT_FOUND, "this is the first view; Q quits");
    }
    if (going_back(ui, GOING_BACK, &ui->back.ptr[ui->back.n - 1])) {
        return true;
    }
    struct place to = array_pop(&ui->back);
    struct place here = {0};
    place_leave(&here, ui);
    bool ok = open_place(ui, &to, err);
    if (to.def) { // it could not be opened: nothing has moved
        PLACES_PUSH(&ui->back, to, HISTORY_MAX);
        place_stay(&here, ui);
    } else if (here.def) {
        PLACES_PUSH(&ui->forward, here, HISTORY_MAX);
    }
    return ok;
}

bool page_forward(struct ui *ui, struct err *err) {
    if (!ui->forward.n) {
        return err_set(err, ERR_NOT_FOUND, "nothing to go forward to");
    }
    if (going_back(ui, GOING_FORWARD, &ui->forward.ptr[ui->forward.n - 1])) {
        return true;
    }
    struct place to = array_pop(&ui->forward);
    struct place here = {0};
    place_leave(&here, ui);
    bool ok = open_place(ui, &to, err);
    if (to.def) {
        PLACES_PUSH(&ui->forward, to, HISTORY_MAX);
        place_stay(&here, ui);
    } else if (here.def) {
        PLACES_PUSH(&ui->back, here, HISTORY_MAX);
    }
    return ok;
}

// A copy, because open_place() takes the place over.
static void place_copy(struct place *to, const struct place *from) {
    *to = *from;
    to->params = xcalloc(from->n_params, sizeof *to->params);
    for (size_t i = 0; i < from->n_params; i++) {
        to->params[i].name = from->params[i].name;
        to->params[i].value = sv_cstr(xstrdup(from->params[i].value.ptr));
    }
    to->filters = xcalloc(from->n_filters, sizeof *to->filters);
    for (size_t i = 0; i < from->n_filters; i++) {
        to->filters[i] = xstrdup(from->filters[i]);
    }
    to->cols = xcalloc(from->n_cols, sizeof *to->cols);
    for (size_t i = 0; i < from->n_cols; i++) {
        to->cols[i] = from->cols[i];
        to->cols[i].name = xstrdup(from->cols[i].name);
    }
    to->title = xstrdup(from->title);
    to->cursor_key = from->cursor_key ? xstrdup(from->cursor_key) : NULL;
    to->selected = NULL;
    plot_choice_copy(&to->plot, &from->plot);
    to->undo = to->redo = (struct place_list){0};
}

static bool is_same_view(const struct place *a, const struct place *b) {
    if (a->def != b->def || a->n_params != b->n_params) {
        return false;
    }
    for (size_t i = 0; i < a->n_params; i++) {
        if (!sv_eq(a->params[i].name, b->params[i].name) ||
            !sv_eq(a->params[i].value, b->params[i].value)) {
            return false;
        }
    }
    return true;
}

bool page_go(struct ui *ui, const struct place *place, struct err *err) {
    struct place to;
    struct place here = {0};
    place_copy(&to, place);
    if (ui->page.view) {
        place_leave(&here, ui);
    }
    if (here.def && is_same_view(&here, &to)) {
        to.selected = view_selection_keep(ui->page.view);
    }
    bool ok = open_place(ui, &to, err);
    if (to.def) { // it could not be opened
        place_stay(&here, ui);
    } else {
        PLACES_CLEAR(&ui->forward);
        if (here.def) {
            PLACES_PUSH(&ui->back, here, HISTORY_MAX);
        }
    }
    place_done(&to);
    return ok;
}

// --- undo ---

void page_remember(struct ui *ui) {
    struct place here;
    place_take(&here, ui);
    page_remember_place(ui, &here);
}

void page_remember_place(struct ui *ui, struct place *before) {
    PLACES_PUSH(&ui->page.undo, *before, UNDO_MAX);
    PLACES_CLEAR(&ui->page.redo);
    *before = (struct place){0};
}

static bool step(struct ui *ui, bool undo, struct err *err) {
    struct page *page = &ui->page;
    if (!page->view || (undo ? !page->undo.n : !page->redo.n)) {
        return err_set(err, ERR_NOT_FOUND, undo ? "nothing to undo" : "nothing to redo");
    }
    struct place to = undo ? array_pop(&page->undo) : array_pop(&page->redo);
    struct place here;
    place_take(&here, ui);
    if (undo) {
        PLACES_PUSH(&page->redo, here, UNDO_MAX);
    } else {
        PLACES_PUSH(&page->undo, here, UNDO_MAX);
    }
    bool ok = page_apply(ui, &to, err);
    place_done(&to);
    ui->ranging = false;
    view_start(page->view, ui->opts.pool);
    page_arrived(ui);
    return ok;
}

bool page_undo(struct ui *ui, struct err *err) {
    return step(ui, true, err);
}

bool page_redo(struct ui *ui, struct err *err) {
    return step(ui, false, err);
}

void page_requery(struct ui *ui) {
    struct view *v = ui_view(ui);
    if (v) {
        ui->ranging = false; // a range of lines, and they will show other rows
        view_start(v, ui->opts.pool);
        page_arrived(ui);
    }
}

void page_history_done(struct ui *ui) {
    leave_page(ui);
    PLACES_CLEAR(&ui->back);
    PLACES_CLEAR(&ui->forward);
    array_done(&ui->back);
    array_done(&ui->forward);
    array_foreach (mark, &ui->marks) {
        place_done(&mark->place);
    }
    array_done(&ui->marks);
}
