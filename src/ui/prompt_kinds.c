// What each kind of prompt does with its text.
#include "ui/prompt.h"
#include "ui/search.h"

// --- search ---

static void put_back(struct ui *ui) {
    struct text_pane *pane = ui_text(ui);
    struct view *v = ui_view(ui);
    if (pane) {
        text_pane_go(pane, ui->prompt->old_cursor);
        pane->top = ui->prompt->old_top;
    } else if (v && v->rows.n) {
        // There may be fewer rows than when the prompt was opened.
        v->cursor = MIN(ui->prompt->old_cursor, v->rows.n - 1);
        v->top = MIN(ui->prompt->old_top, v->cursor);
    }
}

static void search_typed(struct ui *ui, struct sv text) {
    struct err err = ERR_INIT;
    // What was said of a shorter pattern is not true of this one.
    str_clear(&ui->message);
    ui->message_is_error = false;
    if (!search_set(ui, text, &err)) {
        prompt_note(ui, true, "%s", err.msg);
        return;
    }
    put_back(ui);
    if (text.len) {
        search_go(ui, ui->prompt->old_cursor, true, false);
    }
}

// What was typed is the search already, and may still be going on.
static void search_accept(struct ui *ui, struct sv text) {
    struct err err = ERR_INIT;
    struct regex *re = text.len ? regex_compile(text, true, NULL, &err) : NULL;
    regex_unref(re);
    if (!text.len) {
        ui_message(ui, false, "search cleared");
    } else if (!re) {
        ui_message(ui, true, "%s", err.msg);
    } else if (ui->message_is_error) {
        ui_message(ui, true, "no match for %.*s", SV_ARG(text));
    }
}

static void search_cancel(struct ui *ui) {
    put_back(ui);
    struct err err = ERR_INIT;
    if (!search_set(ui, SV_NULL, &err)) {
        return;
    }
    str_clear(&ui->message);
}

// --- filter ---

static void filter_counter(struct ui *ui) {
    const struct view *v = ui_view(ui);
    if (v && !ui->prompt->note_is_error) {
        auto_str text = STR_INIT;
        add_thousands(&text, v->rows.n);
        str_add_cstr(&text, " of ");
        add_thousands(&text, (uint64_t)v->n_total);
        prompt_note(ui, false, "%s%s", str_cstr(&text), v->running ? " ..." : "");
    }
}

void prompt_rows_arrived(struct ui *ui) {
    if (ui->mode == MODE_PROMPT && ui->prompt->kind == PROMPT_FILTER) {
        filter_counter(ui);
    }
}

// While a column's name is being typed its letters are no search word yet: the rows would vanish
// and come back with the operator. Takes such a word off the end.
static bool cut_column_prefix(const struct view *v, struct sv *text) {
    size_t from = text->len;
    while (from > 0 && text->ptr[from - 1] != ' ' && text->ptr[from - 1] != '(') {
        from--;
    }
    struct sv word = sv_from(*text, from);
    for (size_t i = 0; word.len && i < v->n_cols; i++) {
        if (sv_starts(v->cols[i].def->name, word)) {
            *text = sv_sub(*text, 0, from);
            return true;
        }
    }
    return false;
}

static void filter_typed(struct ui *ui, struct sv text) {
    struct view *v = ui_view(ui);
    struct err err = ERR_INIT;
    if (!v) {
        return;
    }
    // A faulty filter keeps the last valid result on the screen.
    struct sv done = text;
    bool in_column = cut_column_prefix(v, &done);
    if (!view_filter_type(v, done, NULL, &err)) {
        prompt_note(ui, true, "%s", err.msg);
        return;
    }
    ui->prompt->note_is_error = false;
    page_requery(ui);
    filter_counter(ui);
    if (in_column) {
        prompt_note(ui, false, "a column: go on with = != < > ~ :");
    }
}

// The typed filter makes way for a chip, so that undo knows the state before.
static void filter_accept(struct ui *ui, struct sv text) {
    struct view *v = ui_view(ui);
    struct err err = ERR_INIT;
    if (!v || !view_filter_type(v, SV_NULL, NULL, &err)) {
        return;
    }
    struct place before;
    place_take(&before, ui);
    if (!view_filter_add(v, text, NULL, &err)) {
        ui_message(ui, true, "filter not applied: %s", err.msg);
        place_done(&before);
    } else {
        page_remember_place(ui, &before);
    }
    if (!text.len) {
        view_filter_clear(v);
        ui_message(ui, false, "filters cleared");
    }
    page_requery(ui);
}

// The cursor goes back to the row it was on, by key and when the rows have come: the typed filter
// may have hidden it.
static void filter_cancel(struct ui *ui) {
    struct err err = ERR_INIT;
    struct view *v = ui_view(ui);
    if (!v || !view_filter_type(v, SV_NULL, NULL, &err)) {
        return;
    }
    if (v == ui->page.view && !ui->page.restore && ui->prompt->old_key.len) {
        struct place *place = xcalloc(1, sizeof *place);
        place->cursor_key = str_take(&ui->prompt->old_key);
        place->cursor = ui->prompt->old_cursor;
        place->line = place->cursor - MIN(ui->prompt->old_top, place->cursor);
        ui->page.restore = place;
    }
    page_requery(ui);
}

// Column names of the view.
static void complete_columns(struct ui *ui, struct sv text, size_t cursor, size_t *from,
                             struct str *out) {
    const struct view *v = ui_view(ui);
    size_t at = cursor;
    while (at > 0 && (text.ptr[at - 1] == '_' || text.ptr[at - 1] == '.' ||
                      (text.ptr[at - 1] >= 'a' && text.ptr[at - 1] <= 'z'))) {
        at--;
    }
    *from = at;
    struct sv word = sv_sub(text, at, cursor - at);
    for (size_t i = 0; v && i < v->n_cols; i++) {
        if (sv_starts(v->cols[i].def->name, word)) {
            str_add_sv(out, v->cols[i].def->name);
            str_add_byte(out, '\n');
        }
    }
}

// --- column by name ---

// Every character of the pattern in order; earlier and denser is better. A blank of a heading may
// be typed as `_`. -1 = no match.
static int fuzzy_score(struct sv name, struct sv pattern) {
    int score = 0;
    size_t at = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        const struct sv wanted = sv_sub(pattern, i, 1);
        size_t from = at;
        while (at < name.len && !sv_eq_nocase(sv_sub(name, at, 1), wanted) &&
               !(name.ptr[at] == ' ' && wanted.ptr[0] == '_')) {
            at++;
        }
        if (at == name.len) {
            return -1;
        }
        score += (int)(at++ - from) * (i ? 1 : 4);
    }
    return score * 100 + (int)name.len;
}

// By the heading on the screen or by the name, whichever is nearer.
static int column_score(const struct view_column *def, struct sv pattern) {
    const int label = fuzzy_score(def->label, pattern);
    const int name = fuzzy_score(def->name, pattern);
    return label < 0 ? name : name < 0 ? label : MIN(label, name);
}

// Equally near: the one that is on the screen already.
static int64_t best_column(const struct view *v, struct sv pattern) {
    int64_t best = -1;
    int best_score = 0;
    for (size_t i = 0; i < v->n_cols; i++) {
        int score = column_score(v->cols[i].def, pattern);
        if (score < 0) {
            continue;
        }
        score = score * 2 + v->cols[i].hidden;
        if (best < 0 || score < best_score) {
            best = (int64_t)i;
            best_score = score;
        }
    }
    return best;
}

static void column_typed(struct ui *ui, struct sv text) {
    struct view *v = ui_view(ui);
    int64_t col = v && text.len ? best_column(v, text) : -1;
    if (col >= 0) {
        prompt_note(ui, false, "%.*s%s", SV_ARG(v->cols[col].def->label),
                    v->cols[col].hidden ? " (hidden, will be shown)" : "");
    } else if (text.len) {
        prompt_note(ui, true, "no such column");
    }
}

// Headings, which may hold blanks, then names.
static void complete_headings(struct ui *ui, struct sv text, size_t cursor, size_t *from,
                              struct str *out) {
    const struct view *v = ui_view(ui);
    const struct sv typed = sv_sub(text, 0, cursor);
    *from = 0;
    for (size_t i = 0; v && i < v->n_cols; i++) {
        const struct view_column *def = v->cols[i].def;
        if (!v->cols[i].hidden && sv_starts(def->label, typed)) {
            str_addf(out, "%.*s\n", SV_ARG(def->label));
        }
    }
    for (size_t i = 0; v && i < v->n_cols; i++) {
        const struct view_column *def = v->cols[i].def;
        if (sv_starts(def->name, typed) && !sv_eq(def->name, def->label)) {
            str_addf(out, "%.*s\n", SV_ARG(def->name));
        }
    }
}

static void column_accept(struct ui *ui, struct sv text) {
    struct view *v = ui_view(ui);
    int64_t col = v && text.len ? best_column(v, text) : -1;
    if (col < 0) {
        ui_message(ui, true, "no column like %.*s", SV_ARG(text));
        return;
    }
    v->cols[col].hidden = false;
    v->cur_col = (size_t)col;
}

// --- selection, lines, commands ---

static void select_by(struct ui *ui, struct sv text, bool on) {
    struct view *v = ui_view(ui);
    struct err err = ERR_INIT;
    if (!v || !text.len) {
        return;
    }
    struct regex *re = regex_compile(text, true, NULL, &err);
    if (!re) {
        ui_message(ui, true, "%s", err.msg);
        return;
    }
    search_select(ui, v, view_scan_new(v, re, false), on);
    regex_unref(re);
}

static void select_accept(struct ui *ui, struct sv text) {
    select_by(ui, text, true);
}

static void unselect_accept(struct ui *ui, struct sv text) {
    select_by(ui, text, false);
}

static void lines_accept(struct ui *ui, struct sv text) {
    struct text_pane *pane = ui_text(ui);
    struct err err = ERR_INIT;
    if (!pane || !pane->ops->filter) {
        ui_message(ui, true, "this text has no filter");
        return;
    }
    struct regex *re = text.len ? regex_compile(text, true, NULL, &err) : NULL;
    if (text.len && !re) {
        ui_message(ui, true, "%s", err.msg);
        return;
    }
    pane->ops->filter(pane, re);
    regex_unref(re);
    text_pane_go(pane, 0);
}

static void complete_commands(struct ui *ui, struct sv text, size_t cursor, size_t *from,
                              struct str *out) {
    struct sv word = sv_sub(text, 0, cursor);
    ptrdiff_t blank = sv_find_byte(word, ' ');
    *from = blank < 0 ? 0 : (size_t)blank + 1;
    struct sv part = sv_from(word, *from);
    if (blank < 0) {
        for (const struct command *c = commands; c->name; c++) {
            if (sv_starts(sv_cstr(c->name), part)) {
                str_addf(out, "%s\n", c->name);
            }
        }
    } else if (sv_starts(word, SV("view "))) {
        for (size_t i = 0; i < view_set_n(ui->opts.views); i++) {
            struct sv name = view_set_at(ui->opts.views, i)->name;
            if (sv_starts(name, part)) {
                str_addf(out, "%.*s\n", SV_ARG(name));
            }
        }
    } else if (sv_starts(word, SV("theme "))) {
        static const char *const themes[] = {"dark", "light", "mono", "high-contrast",
                                             "deuteranopia"};
        for (size_t i = 0; i < COUNTOF(themes); i++) {
            if (sv_starts(sv_cstr(themes[i]), part)) {
                str_addf(out, "%s\n", themes[i]);
            }
        }
    } else {
        complete_columns(ui, text, cursor, from, out);
    }
}

const struct prompt_ops prompt_ops[N_PROMPTS] = {
    [PROMPT_COMMAND] = {":", NULL, command_line_run, NULL, complete_commands},
    [PROMPT_SEARCH] = {"/", search_typed, search_accept, search_cancel, NULL},
    [PROMPT_FILTER] = {"&", filter_typed, filter_accept, filter_cancel, complete_columns},
    [PROMPT_COLUMN] = {"column: ", column_typed, column_accept, NULL, complete_headings},
    [PROMPT_SELECT] = {"select: ", NULL, select_accept, NULL, NULL},
    [PROMPT_UNSELECT] = {"unselect: ", NULL, unselect_accept, NULL, NULL},
    [PROMPT_LINES] = {"lines: ", NULL, lines_accept, NULL, NULL},
};
