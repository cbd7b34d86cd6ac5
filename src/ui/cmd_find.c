// Searching and filtering.
#include "ui/commands.h"
#include "ui/prompt.h"
#include "ui/search.h"

COMMAND(search) {
    (void)err;
    ui->search_all_columns = false;
    prompt_open(ui, PROMPT_SEARCH, call->arg);
    return true;
}

COMMAND(search_all_columns) {
    (void)err;
    ui->search_all_columns = true;
    prompt_open(ui, PROMPT_SEARCH, call->arg);
    return true;
}

static bool again(struct ui *ui, bool backward) {
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    size_t from = text ? text->cursor : v ? v->cursor : 0;
    search_go(ui, from, false, backward);
    return true;
}

COMMAND(search_next) {
    (void)err;
    (void)call;
    return again(ui, false);
}

COMMAND(search_previous) {
    (void)err;
    (void)call;
    return again(ui, true);
}

static bool add_filter(struct ui *ui, struct sv text, struct err *err) {
    struct place before;
    place_take(&before, ui);
    if (!view_filter_add(ui_view(ui), text, NULL, err)) {
        place_done(&before);
        return false;
    }
    page_remember_place(ui, &before);
    page_requery(ui);
    return true;
}

// `:filter EXPR` applies at once; `&` asks.
COMMAND(filter) {
    if (!call->arg.ptr) {
        prompt_open(ui, PROMPT_FILTER, SV_NULL);
        return true;
    }
    return add_filter(ui, call->arg, err);
}

COMMAND(filters_toggle) {
    (void)call;
    struct view *v = ui_view(ui);
    if (!v->n_filters) {
        return err_set(err, ERR_NOT_FOUND, "there is no filter to switch; & adds one");
    }
    page_remember(ui);
    v->filters_off = !v->filters_off;
    page_requery(ui);
    ui_message(ui, false, v->filters_off ? "filters off" : "filters on");
    return true;
}

static bool by_cell(struct ui *ui, bool negate, struct err *err) {
    struct view *v = ui_view(ui);
    if (!v->rows.n) {
        return err_set(err, ERR_NOT_FOUND, "no row here");
    }
    auto_str text = STR_INIT;
    view_filter_for_cell(v, v->cursor, v->cur_col, negate, &text);
    if (!add_filter(ui, str_sv(&text), err)) {
        return false;
    }
    ui_message(ui, false, "filter %s", str_cstr(&text));
    return true;
}

COMMAND(keep_value) {
    (void)call;
    return by_cell(ui, false, err);
}

COMMAND(drop_value) {
    (void)call;
    return by_cell(ui, true, err);
}

// "key in (a, b)": a filter like any other, so that undo and history know it.
static bool selected_filter(const struct view *v, struct str *out, struct err *err) {
    int col = v->def->n_key == 1 ? view_col_find(v, v->def->key[0]) : -1;
    auto_str scratch = STR_INIT;
    struct sv value;
    if (col < 0) {
        return err_set(err, ERR_USAGE, "rows of this view have no single key to narrow by");
    }
    for (size_t i = 0; i < v->rows.n; i++) {
        if (view_is_selected(v, i) && view_raw(v, i, (size_t)col, &scratch, &value)) {
            str_addf(out, "%s%.*s", out->len ? ", " : "", SV_ARG(value));
        }
    }
    auto_str name = STR_INIT;
    str_addf(&name, "%.*s in (", SV_ARG(v->def->key[0]));
    str_splice(out, 0, 0, str_sv(&name));
    str_add_byte(out, ')');
    return true;
}

// The last filter is the one that `narrow` made: all that it leaves is selected.
static bool is_narrowed(const struct view *v) {
    auto_str prefix = STR_INIT;
    if (!v->n_filters || v->def->n_key != 1 || view_n_selected_shown(v) != v->rows.n) {
        return false;
    }
    str_addf(&prefix, "%.*s in (", SV_ARG(v->def->key[0]));
    return sv_starts(sv_cstr(v->filters[v->n_filters - 1].text), str_sv(&prefix));
}

// To the selected rows, and back.
COMMAND(narrow) {
    (void)call;
    struct view *v = ui_view(ui);
    auto_str text = STR_INIT;
    if (!view_n_selected(v)) {
        return err_set(err, ERR_NOT_FOUND, "no row is selected");
    }
    if (is_narrowed(v)) {
        page_remember(ui);
        view_filter_drop(v, v->n_filters - 1);
        page_requery(ui);
        ui_message(ui, false, "all rows again");
        return true;
    }
    if (!view_n_selected_shown(v)) {
        return err_set(err, ERR_NOT_FOUND, "all selected rows are hidden by filters");
    }
    if (!selected_filter(v, &text, err)) {
        return false;
    }
    return add_filter(ui, str_sv(&text), err);
}

COMMAND(tab) {
    struct view *v = ui_view(ui);
    size_t n = v->def->n_tabs;
    if (!n) {
        return err_set(err, ERR_NOT_FOUND, "this view has no tabs");
    }
    page_remember(ui);
    view_tab_set(v,
                 call->has_count ? (size_t)MIN(call->count, (int64_t)n) : (v->tab + 1) % (n + 1));
    page_requery(ui);
    return true;
}

COMMAND(column_find) {
    (void)err;
    prompt_open(ui, PROMPT_COLUMN, call->arg);
    return true;
}
