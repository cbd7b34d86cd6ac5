// Selecting rows. Commands act on the selection when there is one, and say so.
#include "ui/commands.h"
#include "ui/prompt.h"
#include "ui/search.h"

static bool need_rows(const struct view *v, struct err *err) {
    return v->rows.n || err_set(err, ERR_NOT_FOUND, "no rows to select");
}

COMMAND(select) {
    struct view *v = ui_view(ui);
    if (!need_rows(v, err)) {
        return false;
    }
    for (int64_t n = call->has_count ? call->count : 1; n > 0; n--) {
        view_select(v, v->cursor, !view_is_selected(v, v->cursor));
        if (v->cursor + 1 >= v->rows.n) {
            break;
        }
        v->cursor++;
    }
    return true;
}

// While a range is open every movement extends it.
void select_range_to(struct ui *ui, struct view *v) {
    size_t from = MIN(ui->range_from, v->cursor);
    size_t to = MAX(ui->range_from, v->cursor);
    // Only what lies between the old end and the new one can change; a range may be very long.
    size_t step_to = MAX(ui->range_to, v->cursor);
    for (size_t i = MIN(ui->range_to, v->cursor); i <= step_to && i < v->rows.n; i++) {
        view_select(v, i, i >= from && i <= to);
    }
    ui->range_to = v->cursor;
}

COMMAND(select_range) {
    (void)call;
    struct view *v = ui_view(ui);
    if (!need_rows(v, err)) {
        return false;
    }
    ui->ranging = !ui->ranging;
    if (ui->ranging) {
        ui->range_from = ui->range_to = v->cursor;
        view_select(v, v->cursor, true);
        ui_message(ui, false, "range: move, then V or Esc");
    }
    return true;
}

COMMAND(select_all) {
    (void)call;
    (void)err;
    struct view *v = ui_view(ui);
    auto_str n = STR_INIT;
    view_select_all(v);
    add_thousands(&n, view_n_selected(v));
    ui_message(ui, false, "%s rows selected", str_cstr(&n));
    return true;
}

COMMAND(select_none) {
    (void)call;
    (void)err;
    ui->ranging = false;
    view_select_none(ui_view(ui));
    ui_message(ui, false, "no row selected");
    return true;
}

COMMAND(select_regex) {
    (void)err;
    prompt_open(ui, PROMPT_SELECT, call->arg);
    return true;
}

COMMAND(unselect_regex) {
    (void)err;
    prompt_open(ui, PROMPT_UNSELECT, call->arg);
    return true;
}

COMMAND(select_same) {
    (void)call;
    struct view *v = ui_view(ui);
    if (!need_rows(v, err)) {
        return false;
    }
    search_select(ui, v, view_scan_same(v, v->cursor, v->cur_col), true);
    return true;
}
