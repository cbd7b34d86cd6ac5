// The mouse: wheel scrolls, a click moves the cursor, a second click opens, a click on a header
// sorts, dragging a header's right border sets the width.
#include "ui/ui_int.h"

enum { WHEEL_ROWS = 3, MIN_COL_WIDTH = 1, MAX_COL_WIDTH = 400 };

static bool inside(struct rect r, int x, int y) {
    return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

static void wheel(struct ui *ui, int64_t by) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        text_pane_scroll(text, by);
    } else if (v && v->rows.n) {
        size_t rows = table_page_rows(ui);
        int64_t last_top = v->rows.n > rows ? (int64_t)(v->rows.n - rows) : 0;
        int64_t top = MAX(0, MIN((int64_t)v->top + by, last_top));
        v->top = (size_t)top;
        v->cursor = MAX(v->cursor, v->top);
        v->cursor = MIN(v->cursor, v->top + rows - 1);
        v->cursor = MIN(v->cursor, v->rows.n - 1);
    }
}

// Column under x; -1 = none. `*border` when x is the blank right of it.
static int64_t column_at(const struct ui *ui, int x, bool *border) {
    for (size_t i = 0; i < ui->n_focus_spans; i++) {
        int from = ui->focus_spans[i].x;
        int to = from + ui->focus_spans[i].w;
        if (x >= from && x <= to) {
            *border = x == to;
            return (int64_t)ui->focus_spans[i].col;
        }
    }
    return -1;
}

static void click_header(struct ui *ui, struct view *v, int x) {
    bool border = false;
    int64_t col = column_at(ui, x, &border);
    if (col < 0) {
        return;
    }
    if (border) {
        ui->drag_col = (int)col;
        return;
    }
    bool descending = true;
    for (size_t i = 0; i < v->n_sort; i++) {
        descending = v->sort[i].col == (size_t)col ? !v->sort[i].descending : descending;
    }
    page_remember(ui);
    view_sort_by(v, (size_t)col, descending, false);
    page_requery(ui);
}

// The point or bin under the pointer; a second click opens it.
static void click_plot(struct ui *ui, const struct key *key) {
    struct plot_pane *pane = &ui->page.plot;
    size_t item = picture_item_at(&pane->picture, pane->plot, key->x - pane->at.x);
    pane->choice.focus = true;
    ui->preview_focus = false;
    if (item != SIZE_MAX && plot_cursor(ui) != SIZE_MAX) {
        plot_set_cursor(ui, item);
        if (key->kind == K_DOUBLE_CLICK) {
            ui_run_command(ui, command_find(SV("plot-open")), SV_NULL);
        }
    }
}

static void click(struct ui *ui, const struct key *key) {
    struct view *v = ui_view(ui);
    if (ui->page.plot.plot && inside(ui->page.plot.at, key->x, key->y)) {
        click_plot(ui, key);
        return;
    }
    if (!v || ui_text(ui)) {
        return;
    }
    if (inside(ui->header_rect, key->x, key->y)) {
        click_header(ui, v, key->x);
    } else if (inside(ui->table_rect, key->x, key->y)) {
        size_t row = v->top + (size_t)(key->y - ui->table_rect.y);
        bool border;
        int64_t col = column_at(ui, key->x, &border);
        if (row < v->rows.n) {
            ui->page.plot.choice.focus = false;
            v->cursor = row;
            v->cur_col = col >= 0 ? (size_t)col : v->cur_col;
        }
        if (key->kind == K_DOUBLE_CLICK && row < v->rows.n) {
            ui_run_command(ui, command_find(SV("open")), SV_NULL);
        }
    }
}

static void drag(struct ui *ui, int x) {
    struct view *v = ui_view(ui);
    for (size_t i = 0; v && ui->drag_col >= 0 && i < ui->n_focus_spans; i++) {
        if (ui->focus_spans[i].col == (size_t)ui->drag_col) {
            struct view_col *col = &v->cols[ui->drag_col];
            col->width = MAX(MIN_COL_WIDTH, MIN(x - ui->focus_spans[i].x, MAX_COL_WIDTH));
            col->width_set = true;
        }
    }
}

void mouse_key(struct ui *ui, const struct key *key) {
    if (ui->mode == MODE_MENU) {
        menu_close(ui);
    }
    switch ((int)key->kind) {
    case K_WHEEL_UP:
        wheel(ui, -WHEEL_ROWS);
        break;
    case K_WHEEL_DOWN:
        wheel(ui, WHEEL_ROWS);
        break;
    case K_CLICK:
    case K_DOUBLE_CLICK:
        click(ui, key);
        break;
    case K_RIGHT_CLICK:
        click(ui, key);
        menu_related(ui);
        break;
    case K_DRAG:
        drag(ui, key->x);
        break;
    default:
        ui->drag_col = -1;
        break;
    }
}
