// Order, visibility and width of columns.
#include "ui/commands.h"
#include "ui/ui_int.h"

static bool sort_cursor(struct ui *ui, bool descending, bool add) {
    struct view *v = ui_view(ui);
    page_remember(ui);
    view_sort_by(v, v->cur_col, descending, add);
    page_requery(ui);
    return true;
}

COMMAND(sort_up) {
    (void)call;
    (void)err;
    return sort_cursor(ui, false, false);
}

COMMAND(sort_down) {
    (void)call;
    (void)err;
    return sort_cursor(ui, true, false);
}

COMMAND(sort_add_up) {
    (void)call;
    (void)err;
    return sort_cursor(ui, false, true);
}

COMMAND(sort_add_down) {
    (void)call;
    (void)err;
    return sort_cursor(ui, true, true);
}

// By text, which may be faulty: then nothing has changed.
static bool parse(struct ui *ui, bool (*how)(struct view *v, struct sv text, struct err *err),
                  struct sv text, struct err *err) {
    struct place before;
    place_take(&before, ui);
    if (!how(ui_view(ui), text, err)) {
        place_done(&before);
        return false;
    }
    page_remember_place(ui, &before);
    return true;
}

COMMAND(sort) {
    if (!parse(ui, view_sort_parse, call->arg, err)) {
        return false;
    }
    page_requery(ui);
    return true;
}

COMMAND(columns) {
    return parse(ui, view_columns_parse, call->arg, err);
}

static size_t n_shown(const struct view *v) {
    size_t n = 0;
    for (size_t i = 0; i < v->n_cols; i++) {
        n += !v->cols[i].hidden;
    }
    return n;
}

COMMAND(hide_column) {
    struct view *v = ui_view(ui);
    if (n_shown(v) < 2) {
        return err_set(err, ERR_RANGE, "the last column stays");
    }
    page_remember(ui);
    v->cols[v->cur_col].hidden = true;
    ui_message(ui, false, "%.*s hidden; gv shows all columns",
               SV_ARG(v->cols[v->cur_col].def->name));
    size_t was = v->cur_col;
    cmd_right(ui, call, err);
    if (v->cur_col == was) {
        cmd_left(ui, call, err);
    }
    return true;
}

COMMAND(show_columns) {
    (void)call;
    (void)err;
    struct view *v = ui_view(ui);
    page_remember(ui);
    for (size_t i = 0; i < v->n_cols; i++) {
        v->cols[i].hidden = false;
    }
    return true;
}

// To the place of its next shown neighbour.
static bool move_column(struct ui *ui, int step) {
    struct view *v = ui_view(ui);
    int64_t to = (int64_t)v->cur_col + step;
    while (to >= 0 && to < (int64_t)v->n_cols && v->cols[to].hidden) {
        to += step;
    }
    if (to >= 0 && to < (int64_t)v->n_cols) {
        page_remember(ui);
        view_col_move(v, v->cur_col, (size_t)to);
    }
    return true;
}

COMMAND(column_left) {
    (void)call;
    (void)err;
    return move_column(ui, -1);
}

COMMAND(column_right) {
    (void)call;
    (void)err;
    return move_column(ui, 1);
}

// Full width of the widest visible value, and back to the default.
COMMAND(column_width) {
    (void)err;
    struct view *v = ui_view(ui);
    struct view_col *col = &v->cols[v->cur_col];
    if (call->has_count) {
        col->width = (int)MAX(1, MIN(call->count, 400));
        col->width_set = true;
        return true;
    }
    if (col->width_set) {
        col->width_set = false;
        return true;
    }
    auto_str scratch = STR_INIT;
    int width = text_columns(col->def->label, ui->opts.ascii, 400);
    size_t rows = table_page_rows(ui);
    for (size_t i = v->top; i < v->rows.n && i < v->top + rows; i++) {
        struct view_cell cell;
        view_cell(v, i, v->cur_col, &scratch, &cell);
        width = MAX(width, text_columns(cell.text, ui->opts.ascii, 400));
    }
    col->width = width;
    col->width_set = true;
    return true;
}

// `f` freezes the columns up to the cursor's, `3f` the first three, again thaws.
COMMAND(freeze) {
    (void)err;
    struct view *v = ui_view(ui);
    page_remember(ui);
    size_t n = call->has_count ? MIN((size_t)call->count, v->n_cols) : v->cur_col + 1;
    bool thaw = v->n_frozen == n || (!call->has_count && v->cur_col < v->n_frozen);
    v->n_frozen = thaw ? 0 : n;
    v->left_col = MAX(v->left_col, v->n_frozen);
    if (v->n_frozen) {
        ui_message(ui, false, "%zu column%s frozen", v->n_frozen, v->n_frozen == 1 ? "" : "s");
    } else {
        ui_message(ui, false, "no column frozen");
    }
    return true;
}
