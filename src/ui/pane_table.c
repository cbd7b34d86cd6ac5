// A table: gutter, header line, rows. Asks the model for the visible rows only.
#include "ui/ui_int.h"

enum {
    GUTTER = 2,     // state mark and a blank
    GAP = 1,        // between columns
    MAX_WIDTH = 60, // of a column by content
    MIN_TEXT = 12,  // a text column gives way down to this
    MIN_SHOWN = 3,  // a column at the right border is shown with at least this much
    MIDDLE_W = 16,  // narrower, the beginning of a name tells more than both its ends
};

// --- widths ---

// Texts can be cut and still be understood; half a number or date is another number or date.
static bool can_be_cut(const struct view_col *col) {
    return col->column.values || col->column.class == CLASS_TEXT || col->column.class == CLASS_LIST;
}

static bool gives_way(const struct view_col *col) {
    return !col->hidden && !col->width_set && col->width > MIN_TEXT && can_be_cut(col);
}

static int shown_width(const struct view_col *col, int cap) {
    return gives_way(col) ? MIN(col->width, cap) : col->width;
}

static int total_width(const struct view *v, int cap) {
    int total = GUTTER - GAP;
    for (size_t i = 0; i < v->n_cols; i++) {
        if (!v->cols[i].hidden) {
            total += GAP + shown_width(&v->cols[i], cap);
        }
    }
    return total;
}

// When not all columns fit side by side, the widest texts give way first, all to the same width.
static int text_cap(const struct view *v, int room) {
    int cap = MAX_WIDTH;
    while (cap > MIN_TEXT && total_width(v, cap) > room) {
        cap--;
    }
    return cap;
}

// --- which columns are shown ---

static void add_span(struct ui *ui, int x, int w, size_t col) {
    if (ui->n_col_spans < COUNTOF(ui->col_spans)) {
        ui->col_spans[ui->n_col_spans].x = x;
        ui->col_spans[ui->n_col_spans].w = w;
        ui->col_spans[ui->n_col_spans++].col = col;
    }
}

// Lays columns out from the left: the frozen ones, then those from left_col on.
static void lay_out(struct ui *ui, const struct view *v, struct rect at, int cap) {
    ui->n_col_spans = 0;
    int x = at.x + GUTTER;
    int end = at.x + at.w;
    for (size_t i = 0; i < v->n_cols; i++) {
        i = i >= v->n_frozen ? MAX(i, v->left_col) : i;
        const struct view_col *col = &v->cols[i];
        if (col->hidden) {
            continue;
        }
        int room = end - x;
        int width = shown_width(col, cap);
        // The first column is shown in any case: an empty screen helps nobody.
        int needed = can_be_cut(col) ? MIN(width, MIN_SHOWN) : width;
        if (room < needed && ui->n_col_spans) {
            break;
        }
        if (room < 1) {
            break;
        }
        add_span(ui, x, MIN(width, room), i);
        x += width + GAP;
    }
}

static bool span_of(const struct ui *ui, size_t col, int *w) {
    for (size_t i = 0; i < ui->n_col_spans; i++) {
        if (ui->col_spans[i].col == col) {
            *w = ui->col_spans[i].w;
            return true;
        }
    }
    return false;
}

// The cursor never stands on a hidden column while another one is shown.
static void leave_hidden_col(struct view *v) {
    size_t at = v->cur_col;
    while (at < v->n_cols && v->cols[at].hidden) {
        at++;
    }
    if (at >= v->n_cols) {
        at = v->cur_col;
        while (at > 0 && v->cols[at].hidden) {
            at--;
        }
    }
    v->cur_col = at;
}

static bool is_last_shown(const struct view *v, size_t col) {
    for (size_t i = col + 1; i < v->n_cols; i++) {
        if (!v->cols[i].hidden) {
            return false;
        }
    }
    return true;
}

// Nothing is left off at the left that would fit: goes back as long as what was whole on the screen
// stays so up to the last shown column.
static void scroll_back(struct ui *ui, struct view *v, struct rect at, int cap) {
    while (v->left_col > v->n_frozen) {
        size_t was = v->left_col;
        size_t last = ui->n_col_spans ? ui->col_spans[ui->n_col_spans - 1].col : 0;
        int w = 0;
        v->left_col--;
        lay_out(ui, v, at, cap);
        if (!span_of(ui, last, &w) || w < shown_width(&v->cols[last], cap) ||
            !is_last_shown(v, last)) {
            v->left_col = was;
            lay_out(ui, v, at, cap);
            return;
        }
    }
}

// Scrolls sideways until the cursor column is whole, or the first one behind the frozen.
static void show_cursor_col(struct ui *ui, struct view *v, struct rect at) {
    int cap = text_cap(v, at.w);
    leave_hidden_col(v);
    v->left_col = MIN(v->left_col, v->cur_col);
    lay_out(ui, v, at, cap);
    int w;
    while (v->cur_col >= v->n_frozen && v->left_col < v->cur_col &&
           (!span_of(ui, v->cur_col, &w) || w < shown_width(&v->cols[v->cur_col], cap))) {
        v->left_col++;
        lay_out(ui, v, at, cap);
    }
    scroll_back(ui, v, at, cap);
}

// Columns are off the screen to the left, behind the frozen ones.
static bool is_more_left(const struct view *v) {
    for (size_t i = v->n_frozen; i < v->left_col && i < v->n_cols; i++) {
        if (!v->cols[i].hidden) {
            return true;
        }
    }
    return false;
}

// Columns are off the screen to the right, or the last one is cut there.
static bool is_more_right(const struct ui *ui, const struct view *v, int cap) {
    if (!ui->n_col_spans) {
        return false;
    }
    const struct col_span *last = &ui->col_spans[ui->n_col_spans - 1];
    if (last->w < shown_width(&v->cols[last->col], cap)) {
        return true;
    }
    for (size_t i = last->col + 1; i < v->n_cols; i++) {
        if (!v->cols[i].hidden) {
            return true;
        }
    }
    return false;
}

// --- rows and scrolling ---

void table_scroll_to_cursor(struct view *v, size_t rows) {
    if (!rows) {
        return; // no room just now; the place is kept for when there is
    }
    if (!v->rows.n) {
        v->top = 0;
        return;
    }
    v->cursor = MIN(v->cursor, v->rows.n - 1);
    if (v->cursor < v->top) {
        v->top = v->cursor;
    } else if (v->cursor >= v->top + rows) {
        v->top = v->cursor - rows + 1;
    }
    // No empty lines at the end while there are rows above.
    if (v->top + rows > v->rows.n) {
        v->top = v->rows.n > rows ? v->rows.n - rows : 0;
    }
}

size_t table_page_rows(const struct ui *ui) {
    return ui->table_rect.h > 0 ? (size_t)ui->table_rect.h : 1;
}

// --- header ---

// "v"; with several keys also which of them it is: "v2".
static char *sort_mark(struct ui *ui, const struct view *v, size_t col) {
    for (size_t i = 0; i < v->n_sort; i++) {
        if (v->sort[i].col == col) {
            const char *mark = v->sort[i].descending ? "v" : "^";
            return v->n_sort > 1 ? arena_printf(&ui->frame, "%s%zu", mark, i + 1)
                                 : arena_printf(&ui->frame, "%s", mark);
        }
    }
    return NULL;
}

// A label that is too long is cut, the mark behind it is not.
static void draw_label(struct ui *ui, const struct view *v, size_t span, struct screen *screen,
                       int y) {
    size_t c = ui->col_spans[span].col;
    const struct view_col *col = &v->cols[c];
    struct rect cell = {ui->col_spans[span].x, y, ui->col_spans[span].w, 1};
    const char *mark = sort_mark(ui, v, c);
    int mark_w = mark ? MIN(text_columns(sv_cstr(mark), screen->ascii, 8), cell.w) : 0;
    int label_w = text_columns(col->def->label, screen->ascii, cell.w);
    int gap = mark && label_w + 1 + mark_w <= cell.w ? 1 : 0;
    label_w = MIN(label_w, cell.w - gap - mark_w);
    int x = cell.x + (col->right ? cell.w - label_w - gap - mark_w : 0);
    screen_put(screen, (struct rect){x, y, label_w, 1}, col->def->label,
               (struct text_style){.role = ROLE_HEADER});
    if (mark) {
        screen_put(screen, (struct rect){x + label_w + gap, y, mark_w, 1}, sv_cstr(mark),
                   (struct text_style){.role = ROLE_HEADER});
    }
}

static void draw_header(struct ui *ui, const struct view *v, struct screen *screen,
                        struct rect at) {
    screen_fill(screen, at, ROLE_HEADER);
    for (size_t i = 0; i < ui->n_col_spans; i++) {
        draw_label(ui, v, i, screen, at.y);
    }
    if (is_more_left(v)) {
        screen_puts(screen, at.x, at.y, ROLE_HEADER, "<");
    }
    if (is_more_right(ui, v, text_cap(v, at.w))) {
        screen_puts(screen, at.x + at.w - 1, at.y, ROLE_HEADER, ">");
    }
}

// --- cells ---

static bool is_marked(struct ui *ui, const struct view *v, size_t row) {
    auto_str key = STR_INIT;
    array_foreach (mark, &ui->marks) {
        bool here =
            mark->name != PREVIOUS_PLACE && mark->place.def == v->def && mark->place.cursor_key;
        if (here && !key.len) {
            view_row_key(v, row, &key);
        }
        if (here && sv_is(str_sv(&key), mark->place.cursor_key)) {
            return true;
        }
    }
    return false;
}

// Cursor, then the most important state of the row: state is never shown by colour alone.
static void draw_gutter(struct ui *ui, const struct view *v, size_t row, bool focused,
                        struct screen *screen, int x, int y) {
    bool cursor = row == v->cursor;
    if (cursor) {
        screen_puts(screen, x, y, focused ? ROLE_CURSOR_ROW : ROLE_DIM, ">");
    }
    if (view_is_selected(v, row)) {
        screen_puts(screen, x + cursor, y, ROLE_SELECTED, "*");
    } else if (is_marked(ui, v, row)) {
        screen_puts(screen, x + cursor, y, ROLE_MARKED, "'");
    }
}

static void draw_cell(struct ui *ui, const struct view *v, size_t row, size_t span,
                      struct screen *screen, int y) {
    size_t c = ui->col_spans[span].col;
    struct rect at = {ui->col_spans[span].x, y, ui->col_spans[span].w, 1};
    struct view_cell cell;
    view_cell(v, row, c, &ui->scratch, &cell);
    struct text_style style = {.role = role_of(cell.role),
                               .align = v->cols[c].right ? TEXT_RIGHT : TEXT_LEFT,
                               .middle = v->cols[c].def->cut_middle && at.w >= MIDDLE_W};
    switch (cell.state) {
    case CELL_VALUE:
        screen_put(screen, at, cell.text, style);
        break;
    case CELL_EMPTY:
        break;
    case CELL_NO_JOIN:
        style.role = ROLE_DIM;
        screen_put(screen, at, SV("-"), style);
        break;
    case CELL_BROKEN:
        style.role = ROLE_PROBLEM;
        screen_put(screen, at, SV("!"), style);
        break;
    }
    if (ui->matcher && cell.state == CELL_VALUE && ui_view(ui) == v &&
        matcher_test(ui->matcher, cell.text)) {
        screen_overlay(screen, at, OVER_MATCH);
    }
}

static void draw_row(struct ui *ui, const struct view *v, size_t row, bool focused,
                     struct screen *screen, struct rect line) {
    bool cursor = row == v->cursor;
    draw_gutter(ui, v, row, focused, screen, line.x, line.y);
    for (size_t i = 0; i < ui->n_col_spans; i++) {
        draw_cell(ui, v, row, i, screen, line.y);
        if (cursor && focused && ui->col_spans[i].col == v->cur_col) {
            struct rect at = {ui->col_spans[i].x, line.y, ui->col_spans[i].w, 1};
            screen_overlay(screen, at, OVER_CURSOR_CELL);
        }
    }
    if (view_is_selected(v, row)) {
        screen_overlay(screen, line, OVER_SELECTED);
    }
    if (cursor) {
        screen_overlay(screen, line, OVER_CURSOR_ROW);
        if (focused && ui->mode == MODE_NORMAL) {
            screen_cursor(screen, line.x, line.y);
        }
    }
}

static void draw_empty(const struct view *v, struct screen *screen, struct rect at) {
    auto_str text = STR_INIT;
    if (v->running) {
        str_add_cstr(&text, "working ...");
    } else {
        view_empty_text(v, &text);
    }
    struct sv rest = str_sv(&text);
    struct sv line;
    int y = at.y;
    while (y < at.y + at.h && sv_split(&rest, '\n', &line)) {
        while (line.len && y < at.y + at.h) {
            size_t n = text_fit(line, screen->ascii, at.w - GUTTER, NULL);
            // Breaks at a blank when there is one.
            size_t cut = n;
            while (n < line.len && cut > 0 && line.ptr[cut - 1] != ' ') {
                cut--;
            }
            n = n < line.len && cut ? cut : MAX(n, (size_t)1);
            screen_put(screen, (struct rect){at.x + GUTTER, y++, at.w - GUTTER, 1},
                       sv_sub(line, 0, n), (struct text_style){.role = ROLE_HINT});
            line = sv_from(line, n);
        }
    }
}

void draw_table(struct ui *ui, struct view *v, struct screen *screen, struct rect at,
                bool focused) {
    if (at.h < 1) {
        return;
    }
    struct rect header = {at.x, at.y, at.w, 1};
    struct rect body = {at.x, at.y + 1, at.w, at.h - 1};
    size_t rows = (size_t)MAX(body.h, 0);
    table_scroll_to_cursor(v, rows);
    view_fit_widths(v, v->top, MIN(rows, v->rows.n - v->top), MIN(MAX_WIDTH, at.w - GUTTER));
    show_cursor_col(ui, v, at);
    draw_header(ui, v, screen, header);
    if (!v->rows.n) {
        draw_empty(v, screen, body);
    }
    for (size_t i = 0; i < rows && v->top + i < v->rows.n; i++) {
        struct rect line = {at.x, body.y + (int)i, at.w, 1};
        draw_row(ui, v, v->top + i, focused, screen, line);
    }
    if (focused) {
        ui->table_rect = body;
        ui->header_rect = header;
        ui->n_focus_spans = ui->n_col_spans;
        memcpy(ui->focus_spans, ui->col_spans, sizeof ui->col_spans);
    }
}

// --- head ---

// Fields of the record above the rows, "label value" one behind the other, wrapped at the border.
int draw_head(struct ui *ui, const struct view *v, struct screen *screen, struct rect at) {
    int max_lines = MAX(0, (at.h - 3) / 2);
    int x = at.x + 1;
    int y = at.y;
    struct sv label;
    struct view_cell cell;
    bool any = false;
    for (size_t i = 0; max_lines && view_head_field(v, i, &label, &ui->scratch, &cell); i++) {
        struct sv value = cell.state == CELL_VALUE     ? cell.text
                          : cell.state == CELL_NO_JOIN ? SV("-")
                          : cell.state == CELL_BROKEN  ? SV("!")
                                                       : SV_NULL;
        int label_w = text_columns(label, screen->ascii, at.w);
        int value_w = text_columns(value, screen->ascii, at.w);
        if (x > at.x + 1 && x + label_w + 1 + value_w > at.x + at.w) {
            x = at.x + 1;
            y++;
        }
        if (y - at.y >= max_lines) {
            return max_lines;
        }
        any = true;
        screen_put(screen, (struct rect){x, y, at.x + at.w - x, 1}, label,
                   (struct text_style){.role = ROLE_LABEL});
        x += label_w + 1;
        screen_put(screen, (struct rect){x, y, at.x + at.w - x, 1}, value,
                   (struct text_style){.role = role_of(cell.role)});
        x += value_w + 3;
    }
    return any ? y - at.y + 1 : 0;
}
