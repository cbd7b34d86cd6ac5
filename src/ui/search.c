#include "ui/search.h"

#include "base/date.h"
#include "ui/prompt.h"

enum {
    SLICE_US = 8000,          // half a frame; the other half is for drawing
    CHUNK_CELLS = 4096,       // looked at between two looks at the clock
    MIN_CHUNKS = 4,           // however slow the machine, so that small tables are done at once
    COUNT_LIMIT_ROWS = 20000, // matches of larger tables are not counted
};

bool search_set(struct ui *ui, struct sv pattern, struct err *err) {
    struct regex *re = NULL;
    search_stop(ui);
    if (pattern.len) {
        re = regex_compile(pattern, true, NULL, err);
        if (!re) {
            return false;
        }
    }
    matcher_free(ui->matcher);
    regex_unref(ui->search);
    ui->search = re;
    ui->matcher = re ? matcher_new(re) : NULL;
    return true;
}

bool search_running(const struct ui *ui) {
    return ui->scan.kind != SCAN_NONE;
}

void search_stop(struct ui *ui) {
    view_scan_free(ui->scan.rows);
    ui->scan = (struct ui_scan){.kind = SCAN_NONE};
}

// While the pattern is being typed the message line is the prompt.
static void say(struct ui *ui, bool is_error, const char *text) {
    ui_message(ui, is_error, "%s", text);
    if (ui->mode == MODE_PROMPT && ui->prompt->kind == PROMPT_SEARCH) {
        prompt_note(ui, is_error, "%s", text);
    }
}

static void say_line(struct ui *ui, size_t at, bool wrapped) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "found in line ");
    add_thousands(&text, at + 1);
    str_add_cstr(&text, wrapped ? ", search wrapped" : "");
    say(ui, false, str_cstr(&text));
}

// --- the end of a search ------------------------------------------------------------------------

// From here on the matches are counted, to say which of them this is.
static void found(struct ui *ui, size_t at) {
    struct ui_scan *s = &ui->scan;
    size_t n = s->view->rows.n;
    // Told by where it was found: an inclusive search may find its origin.
    s->wrapped = s->backward ? at > s->origin : at < s->origin;
    s->view->cursor = at;
    say_line(ui, at, s->wrapped);
    if (n > COUNT_LIMIT_ROWS) {
        search_stop(ui);
        return;
    }
    s->kind = SCAN_COUNT;
    s->backward = false;
    s->origin = at;
    s->at = 0;
    s->left = n;
}

static void counted(struct ui *ui) {
    auto_str text = STR_INIT;
    add_thousands(&text, ui->scan.place);
    str_add_cstr(&text, " of ");
    add_thousands(&text, ui->scan.n_hits);
    str_add_cstr(&text, ui->scan.wrapped ? ", search wrapped" : "");
    say(ui, false, str_cstr(&text));
}

static void selected(struct ui *ui, const char *prefix) {
    ui_message(ui, false, "%s%zu rows %s, %zu selected", prefix, ui->scan.n_hits,
               ui->scan.kind == SCAN_SELECT ? "selected" : "unselected",
               view_n_selected(ui->scan.view));
}

static void ended(struct ui *ui) {
    switch (ui->scan.kind) {
    case SCAN_NONE:
        break;
    case SCAN_FIND:
        say(ui, true, "no match");
        break;
    case SCAN_COUNT:
        counted(ui);
        break;
    case SCAN_SELECT:
    case SCAN_UNSELECT:
        selected(ui, "");
        break;
    }
    search_stop(ui);
}

// --- slices -------------------------------------------------------------------------------------

static void hit(struct ui *ui, size_t at) {
    struct ui_scan *s = &ui->scan;
    if (s->kind == SCAN_FIND) {
        found(ui, at);
        return;
    }
    if (s->kind == SCAN_COUNT) {
        s->n_hits++;
        s->place = at == s->origin ? s->n_hits : s->place;
    } else if (view_is_selected(s->view, at) != (s->kind == SCAN_SELECT)) {
        view_select(s->view, at, s->kind == SCAN_SELECT);
        s->version = s->view->version;
        s->n_hits++;
    }
}

// Past `n` rows in the direction of the search, around the end.
static void advance(struct ui_scan *s, size_t n) {
    size_t rows = s->view->rows.n;
    s->left -= n;
    s->at = s->backward ? (s->at + rows - n) % rows : (s->at + n) % rows;
}

static void look(struct ui *ui) {
    struct ui_scan *s = &ui->scan;
    size_t to_end = s->backward ? s->at + 1 : s->view->rows.n - s->at;
    size_t n = MAX(CHUNK_CELLS / (s->view->n_cols + 1), (size_t)1);
    n = MIN(n, MIN(s->left, to_end));
    size_t at = view_scan_find(s->rows, s->at, n, s->backward);
    if (at == SIZE_MAX) {
        advance(s, n);
    } else {
        advance(s, (s->backward ? s->at - at : at - s->at) + 1);
        hit(ui, at);
    }
}

// Other rows have arrived meanwhile. Looking begins again; what is selected stays so.
static void begin_again(struct ui *ui) {
    struct ui_scan *s = &ui->scan;
    size_t n = s->view->rows.n;
    if (s->kind == SCAN_SELECT || s->kind == SCAN_UNSELECT) {
        selected(ui, "stopped, for the rows have changed: ");
        search_stop(ui);
    } else if (s->kind == SCAN_COUNT) {
        search_stop(ui);
    } else if (s->kind == SCAN_FIND) {
        view_scan_free(s->rows);
        s->rows = view_scan_new(s->view, ui->search, ui->search_all_columns);
        s->version = s->view->version;
        s->origin = s->at = n ? MIN(s->origin, n - 1) : 0;
        s->left = n;
    }
}

static bool go_on(struct ui *ui, int64_t until_us) {
    for (int i = 0; search_running(ui); i++) {
        if (i >= MIN_CHUNKS && clock_monotonic_us() >= until_us) {
            return true;
        }
        if (ui->scan.view->version != ui->scan.version) {
            begin_again(ui);
        } else if (ui->scan.left) {
            look(ui);
        } else {
            ended(ui);
        }
    }
    return false;
}

bool search_slice(struct ui *ui) {
    return search_running(ui) && go_on(ui, clock_monotonic_us() + SLICE_US);
}

void search_finish(struct ui *ui) {
    go_on(ui, INT64_MAX);
}

// --- the beginning ------------------------------------------------------------------------------

static void text_go(struct ui *ui, struct text_pane *pane, size_t origin, bool inclusive,
                    bool backward) {
    size_t n = text_pane_n_lines(pane);
    size_t from = !inclusive ? origin : origin ? origin - 1 : n ? n - 1 : 0;
    bool wrapped = false;
    size_t at = text_pane_search(pane, ui->matcher, from, backward, &wrapped);
    if (at == SIZE_MAX) {
        say(ui, true, "no match");
        return;
    }
    text_pane_go(pane, at);
    // Told by where it was found: an inclusive search begins one line before its origin.
    say_line(ui, at, backward ? at > origin : at < origin);
}

void search_go(struct ui *ui, size_t origin, bool inclusive, bool backward) {
    struct text_pane *pane = ui_text(ui);
    struct view *v = ui_view(ui);
    search_stop(ui);
    if (!ui->matcher) {
        ui_message(ui, true, "nothing to search for; / asks");
        return;
    }
    if (pane) {
        text_go(ui, pane, origin, inclusive, backward);
        return;
    }
    if (!v || !v->rows.n) {
        say(ui, true, "no match");
        return;
    }
    origin = MIN(origin, v->rows.n - 1);
    ui->scan = (struct ui_scan){.kind = SCAN_FIND,
                                .view = v,
                                .rows = view_scan_new(v, ui->search, ui->search_all_columns),
                                .version = v->version,
                                .origin = origin,
                                .at = origin,
                                .left = v->rows.n,
                                .backward = backward};
    if (!inclusive) {
        advance(&ui->scan, 1);
        ui->scan.left = v->rows.n;
    }
    if (search_slice(ui) && ui->scan.kind == SCAN_FIND) {
        say(ui, false, "searching ... (Ctrl-C stops)");
    }
}

void search_select(struct ui *ui, struct view *v, struct view_scan *rows, bool on) {
    search_stop(ui);
    ui->scan = (struct ui_scan){.kind = on ? SCAN_SELECT : SCAN_UNSELECT,
                                .view = v,
                                .rows = rows,
                                .version = v->version,
                                .left = v->rows.n};
    if (search_slice(ui)) {
        ui_message(ui, false, "searching ... (Ctrl-C stops)");
    }
}
