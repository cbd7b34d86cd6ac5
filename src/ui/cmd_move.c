// Movement in tables and texts.
#include "ui/commands.h"
#include "ui/ui_int.h"

static int64_t times(const struct command_call *call) {
    return call->has_count ? call->count : 1;
}

// Rows by `by`, clamped; the same key in both kinds of pane.
static bool move(struct ui *ui, int64_t by) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        text_pane_move(text, by);
    } else if (v && v->rows.n) {
        int64_t last = (int64_t)v->rows.n - 1;
        v->cursor = (size_t)MAX(0, MIN((int64_t)v->cursor + by, last));
        if (ui->ranging) {
            select_range_to(ui, v);
        }
    }
    return true;
}

static int64_t page_rows(struct ui *ui) {
    struct text_pane *text = ui_text(ui);
    return text ? MAX(text->rows, 1) : (int64_t)table_page_rows(ui);
}

COMMAND(row_down) {
    (void)err;
    return move(ui, times(call));
}

COMMAND(row_up) {
    (void)err;
    return move(ui, -times(call));
}

COMMAND(half_page_down) {
    (void)err;
    return move(ui, call->has_count ? call->count : MAX(page_rows(ui) / 2, 1));
}

COMMAND(half_page_up) {
    (void)err;
    return move(ui, -(call->has_count ? call->count : MAX(page_rows(ui) / 2, 1)));
}

COMMAND(page_down) {
    (void)err;
    return move(ui, times(call) * MAX(page_rows(ui) - 1, 1));
}

COMMAND(page_up) {
    (void)err;
    return move(ui, -times(call) * MAX(page_rows(ui) - 1, 1));
}

// --- to a row ---

static size_t n_lines(struct ui *ui) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    return text ? text_pane_n_lines(text) : v ? v->rows.n : 0;
}

static bool go_to(struct ui *ui, int64_t line) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    int64_t last = (int64_t)n_lines(ui) - 1;
    line = MAX(0, MIN(line, last));
    if (text) {
        text_pane_go(text, (size_t)line);
    } else if (v) {
        v->cursor = (size_t)line;
        if (ui->ranging) {
            select_range_to(ui, v);
        }
    }
    return true;
}

COMMAND(first) {
    (void)err;
    mark_previous(ui);
    return go_to(ui, call->has_count ? call->count - 1 : 0);
}

COMMAND(last) {
    (void)err;
    mark_previous(ui);
    return go_to(ui, call->has_count ? call->count - 1 : INT64_MAX);
}

COMMAND(percent) {
    if (!call->has_count) {
        return err_set(err, ERR_USAGE, "type a number first: 50%% goes half way");
    }
    mark_previous(ui);
    int64_t n = (int64_t)n_lines(ui);
    return go_to(ui, MIN(call->count, 100) * MAX(n - 1, 0) / 100);
}

// --- sideways ---

enum { SIDE_STEP = 8, ALL_STEPS = 1000000 };

static bool sideways(struct ui *ui, int64_t by) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        text->left = (int)MAX(0, MIN(text->left + by * SIDE_STEP, 100000));
        return true;
    }
    int step = by < 0 ? -1 : 1;
    for (int64_t left = by < 0 ? -by : by; v && left > 0; left--) {
        int64_t at = (int64_t)v->cur_col + step;
        while (at >= 0 && at < (int64_t)v->n_cols && v->cols[at].hidden) {
            at += step;
        }
        if (at < 0 || at >= (int64_t)v->n_cols) {
            break;
        }
        v->cur_col = (size_t)at;
    }
    return true;
}

COMMAND(left) {
    (void)err;
    return sideways(ui, -times(call));
}

COMMAND(right) {
    (void)err;
    return sideways(ui, times(call));
}

COMMAND(column_first) {
    (void)err;
    (void)call;
    return sideways(ui, -ALL_STEPS);
}

COMMAND(column_last) {
    (void)err;
    (void)call;
    return sideways(ui, ALL_STEPS);
}

// --- scrolling ---

// The rows move, the cursor stays as far as it is still visible.
static bool scroll(struct ui *ui, int64_t by) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        text_pane_scroll(text, by);
    } else if (v && v->rows.n) {
        int64_t rows = page_rows(ui);
        int64_t last_top = MAX(0, (int64_t)v->rows.n - rows);
        v->top = (size_t)MAX(0, MIN((int64_t)v->top + by, last_top));
        v->cursor = MIN(MAX(v->cursor, v->top), v->top + (size_t)rows - 1);
        v->cursor = MIN(v->cursor, v->rows.n - 1);
    }
    return true;
}

COMMAND(scroll_down) {
    (void)err;
    return scroll(ui, times(call));
}

COMMAND(scroll_up) {
    (void)err;
    return scroll(ui, -times(call));
}

// Puts the cursor row `above` rows below the top.
static bool cursor_to_line(struct ui *ui, int64_t above) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        text->top = text->cursor - MIN((size_t)above, text->cursor);
    } else if (v) {
        v->top = v->cursor - MIN((size_t)above, v->cursor);
    }
    return true;
}

COMMAND(cursor_top) {
    (void)err;
    (void)call;
    return cursor_to_line(ui, 0);
}

COMMAND(cursor_middle) {
    (void)err;
    (void)call;
    return cursor_to_line(ui, page_rows(ui) / 2);
}

COMMAND(cursor_bottom) {
    (void)err;
    (void)call;
    return cursor_to_line(ui, page_rows(ui) - 1);
}

// --- to another value, to a selected row ---

// Looks at most this far for a change of value, so that a key never takes longer than a frame.
enum { LOOK_ROWS = 200000 };

static bool same_value(const struct view *v, size_t a, size_t b, struct str *sa, struct str *sb) {
    struct sv va = SV_NULL;
    struct sv vb = SV_NULL;
    bool has_a = view_raw(v, a, v->cur_col, sa, &va);
    bool has_b = view_raw(v, b, v->cur_col, sb, &vb);
    return has_a == has_b && sv_eq(va, vb);
}

static bool go_value(struct ui *ui, int step, struct err *err) {
    struct view *v = ui_view(ui);
    if (!v || !v->rows.n) {
        return true;
    }
    auto_str a = STR_INIT;
    auto_str b = STR_INIT;
    size_t from = v->cursor;
    for (int64_t at = (int64_t)from + step, n = 0;
         at >= 0 && at < (int64_t)v->rows.n && n < LOOK_ROWS; at += step, n++) {
        if (!same_value(v, from, (size_t)at, &a, &b)) {
            v->cursor = (size_t)at;
            return true;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "the value does not change %s here",
                   step < 0 ? "above" : "below");
}

COMMAND(value_next) {
    (void)call;
    return go_value(ui, 1, err);
}

COMMAND(value_previous) {
    (void)call;
    return go_value(ui, -1, err);
}

static bool go_selected(struct ui *ui, int step, struct err *err) {
    struct view *v = ui_view(ui);
    if (!v || !view_n_selected(v)) {
        return err_set(err, ERR_NOT_FOUND, "no row is selected");
    }
    for (int64_t at = (int64_t)v->cursor + step; at >= 0 && at < (int64_t)v->rows.n; at += step) {
        if (view_is_selected(v, (size_t)at)) {
            v->cursor = (size_t)at;
            return true;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no selected row %s", step < 0 ? "above" : "below");
}

COMMAND(selected_next) {
    (void)call;
    return go_selected(ui, 1, err);
}

COMMAND(selected_previous) {
    (void)call;
    return go_selected(ui, -1, err);
}

// --- marks ---

static struct ui_mark *find_mark(struct ui *ui, uint32_t name) {
    array_foreach (mark, &ui->marks) {
        if (mark->name == name) {
            return mark;
        }
    }
    return NULL;
}

static void set_mark(struct ui *ui, uint32_t name) {
    struct ui_mark *mark = find_mark(ui, name);
    if (!ui->page.view) {
        return;
    }
    if (mark) {
        place_done(&mark->place);
    } else {
        mark = array_add(&ui->marks);
        mark->name = name;
    }
    place_take(&mark->place, ui);
}

void mark_previous(struct ui *ui) {
    set_mark(ui, PREVIOUS_PLACE);
}

static void mark_named(struct ui *ui, uint32_t cp) {
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')) {
        set_mark(ui, cp);
        ui_message(ui, false, "mark %c set", (int)cp);
    } else {
        ui_message(ui, true, "marks are called a to z");
    }
}

static void go_named(struct ui *ui, uint32_t cp) {
    struct ui_mark *mark = find_mark(ui, cp);
    struct err err = ERR_INIT;
    if (!mark) {
        ui_message(ui, true, "no mark %c", cp < 0x80 ? (int)cp : '?');
        return;
    }
    // Within one view only the cursor goes; '' goes there and back.
    struct place here;
    place_take(&here, ui);
    bool ok = page_go(ui, &mark->place, &err);
    mark = find_mark(ui, PREVIOUS_PLACE);
    if (!mark) {
        mark = array_add(&ui->marks);
        mark->name = PREVIOUS_PLACE;
    } else {
        place_done(&mark->place);
    }
    mark->place = here;
    if (!ok) {
        ui_message(ui, true, "%s", err.msg);
    }
}

COMMAND(mark) {
    (void)call;
    (void)err;
    ui->on_char = mark_named;
    ui->mode = MODE_CHAR;
    ui_message(ui, false, "mark: a letter");
    return true;
}

COMMAND(go_mark) {
    (void)call;
    (void)err;
    ui->on_char = go_named;
    ui->mode = MODE_CHAR;
    ui_message(ui, false, "go to mark: a letter, or ' for the place before");
    return true;
}
