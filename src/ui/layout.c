// The screen: crumb line, body (head, table or text, preview), status line, message line.
#include "ui/ui_int.h"

#include "base/date.h"

enum {
    MIN_W = 20,
    MIN_H = 4,
    LOW_H = 6,    // below: rows, and one line for everything else
    SMALL_W = 50, // below: one pane, no hints
    SMALL_H = 8,
    WIDE_W = 160, // from here the preview is beside by itself
    SIDE_MIN_W = 30,
    BELOW_MIN_H = 12,
};

static bool is_small(const struct ui *ui) {
    return ui->opts.w < SMALL_W || ui->opts.h < SMALL_H;
}

// --- crumb line ---

static void right_side(const struct ui *ui, struct str *out) {
    const struct view *v = ui->page.view;
    size_t n_jobs = pool_n_active(ui->opts.pool);
    if (v && v->table) {
        const struct dataset *ds = table_dataset(v->table);
        int64_t at_us;
        if (ds->source.fetched && date_parse_iso(sv_cstr(ds->source.fetched), &at_us, NULL)) {
            str_addf(out, "%s ", ds->name);
            str_add_span(out, clock_now_us() - at_us);
            str_add_cstr(out, " ago");
        }
    }
    if (n_jobs) {
        str_addf(out, "  * %zu job%s", n_jobs, n_jobs == 1 ? "" : "s");
    }
}

void draw_crumbs(struct ui *ui, struct screen *screen, struct rect at) {
    auto_str left = STR_INIT;
    auto_str right = STR_INIT;
    array_foreach (place, &ui->back) {
        str_addf(&left, "%s > ", place->title);
    }
    if (ui->page.view) {
        view_title(ui->page.view, &left);
    } else {
        str_add_cstr(&left, ui->page.title ? ui->page.title : "");
    }
    screen_fill(screen, at, ROLE_CRUMB);
    if (!is_small(ui)) {
        right_side(ui, &right);
    }
    int right_w = text_columns(str_sv(&right), screen->ascii, at.w / 3);
    struct rect place = {at.x + 1, at.y, at.w - 2 - (right_w ? right_w + 2 : 0), 1};
    // The end of a long way is what matters: its beginning is cut.
    int width = text_columns(str_sv(&left), screen->ascii, 4000);
    int skip = MAX(0, width - place.w);
    screen_put(screen, place, str_sv(&left), (struct text_style){.role = ROLE_CRUMB, .skip = skip});
    if (skip) {
        screen_hline(screen, place.x, at.y, 1, screen_glyph(screen, GLYPH_CUT), ROLE_CRUMB);
    }
    struct rect corner = {at.x + at.w - 1 - right_w, at.y, right_w, 1};
    screen_put(screen, corner, str_sv(&right), (struct text_style){.role = ROLE_AGE});
}

// --- status and message line ---

void add_thousands(struct str *out, uint64_t n) {
    char digits[24];
    int len = 0;
    do {
        digits[len++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    while (len--) {
        str_add_byte(out, digits[len]);
        if (len && len % 3 == 0) {
            str_add_byte(out, ',');
        }
    }
}

static void add_filters(struct str *out, const struct view *v) {
    if (v->def->n_tabs && v->tab) {
        str_addf(out, "  tab %.*s", SV_ARG(v->def->tabs[v->tab - 1].title));
    }
    for (size_t i = 0; i < v->n_filters; i++) {
        str_addf(out, "%s%s",
                 i                ? " & "
                 : v->filters_off ? "  (off: "
                                  : "  (filter: ",
                 v->filters[i].text);
    }
    if (v->n_filters) {
        str_add_byte(out, ')');
    }
}

// The whole order when a column of it is hidden, where no mark in the header tells it.
static void add_hidden_sort(struct str *out, const struct view *v) {
    bool any = false;
    for (size_t i = 0; i < v->n_sort; i++) {
        any = any || v->cols[v->sort[i].col].hidden;
    }
    for (size_t i = 0; any && i < v->n_sort; i++) {
        str_addf(out, "%s%s%.*s", i ? ", " : "  sorted by ", v->sort[i].descending ? "-" : "",
                 SV_ARG(v->cols[v->sort[i].col].def->name));
    }
}

static void table_status(const struct ui *ui, const struct view *v, struct str *out) {
    str_addf(out, "[%.*s] ", SV_ARG(v->def->name));
    if (v->rows.n) {
        add_thousands(out, v->cursor + 1);
        str_add_cstr(out, " of ");
        add_thousands(out, v->rows.n);
        if (v->n_total > (int64_t)v->rows.n) {
            str_add_cstr(out, " of ");
            add_thousands(out, (uint64_t)v->n_total);
        }
    } else {
        str_add_cstr(out, "no rows");
    }
    add_filters(out, v);
    size_t n_selected = view_n_selected(v);
    if (n_selected) {
        str_add_cstr(out, "  ");
        add_thousands(out, n_selected);
        str_add_cstr(out, " selected");
        size_t n_hidden = n_selected - view_n_selected_shown(v);
        if (n_hidden) {
            str_add_cstr(out, ", ");
            add_thousands(out, n_hidden);
            str_add_cstr(out, " hidden");
        }
    }
    add_hidden_sort(out, v);
    str_add_cstr(out, ui->ranging ? "  range" : "");
    str_add_cstr(out, v->cut ? "  partial" : "");
    str_add_cstr(out, v->running ? "  working (Ctrl-C stops)" : "");
}

void draw_status(struct ui *ui, struct screen *screen, struct rect at) {
    auto_str left = STR_INIT;
    struct text_pane *text = ui_text(ui);
    struct view *v = ui_view(ui);
    if (text) {
        str_addf(&left, "[%s] ", text->ops->name);
        if (text->ops->status) {
            text->ops->status(text, &left);
        }
        size_t n = text_pane_n_lines(text);
        str_add_cstr(&left, "  line ");
        add_thousands(&left, n ? text->cursor + 1 : 0);
        str_add_cstr(&left, " of ");
        add_thousands(&left, n);
    } else if (v) {
        table_status(ui, v, &left);
    }
    auto_str right = STR_INIT;
    if (ui->has_count) {
        str_addf(&right, "%lld", (long long)ui->count);
    }
    for (size_t i = 0; i < ui->n_pending; i++) {
        key_format(&ui->pending[i], &right);
    }
    // The command's name is the first to give way: the place in the rows is worth more.
    int left_w = text_columns(str_sv(&left), screen->ascii, at.w);
    int name_w = text_columns(str_sv(&ui->last_command), screen->ascii, at.w / 3);
    if (!right.len && !is_small(ui) && left_w + 3 + name_w <= at.w) {
        str_add_sv(&right, str_sv(&ui->last_command));
    }
    int right_w = text_columns(str_sv(&right), screen->ascii, at.w / 3);
    screen_fill(screen, at, ROLE_STATUS);
    screen_put(screen, (struct rect){at.x + 1, at.y, at.w - 3 - right_w, 1}, str_sv(&left),
               (struct text_style){.role = ROLE_STATUS});
    screen_put(screen, (struct rect){at.x + at.w - 1 - right_w, at.y, right_w, 1}, str_sv(&right),
               (struct text_style){.role = ROLE_STATUS});
}

// The keys one would press here, from the live keymap.
static void add_hints(struct ui *ui, struct str *out) {
    static const char *const table[] = {"open",      "related", "filter",   "search",
                                        "sort-down", "select",  "copy-row", "help"};
    static const char *const plot[] = {"plot-right", "plot-zoom-in", "plot-fit",  "plot-log",
                                       "plot-open",  "plot",         "next-pane", "help"};
    static const char *const diff[] = {"hunk-next", "file-next", "search", "fold", "close", "help"};
    static const char *const stops[] = {"hunk-next", "file-next", "search", "related", "help"};
    static const char *const text[] = {"search", "filter-lines", "wrap", "close", "help"};
    const struct text_pane *pane = ui_text(ui);
    bool is_diff = pane && pane->ops->panel_width;
    bool has_stops = pane && ui->page.view && ui->page.view->def->pane == PANE_TEXT;
    bool is_plot = page_where(ui) == IN_PLOT;
    const char *const *names = is_plot     ? plot
                               : is_diff   ? diff
                               : has_stops ? stops
                               : pane      ? text
                                           : table;
    size_t n = is_plot     ? COUNTOF(plot)
               : is_diff   ? COUNTOF(diff)
               : has_stops ? COUNTOF(stops)
               : pane      ? COUNTOF(text)
                           : COUNTOF(table);
    for (size_t i = 0; i < n; i++) {
        const struct command *command = command_find(sv_cstr(names[i]));
        const struct binding *key =
            command ? keymap_key_of(ui->opts.keymap, command, page_where(ui)) : NULL;
        if (key) {
            str_add_cstr(out, out->len ? "  " : "");
            binding_format(key, out);
            str_addf(out, " %s", command->name);
        }
    }
}

// Width that the cursor's column has on the screen.
static int cursor_width(const struct ui *ui, const struct view *v) {
    for (size_t i = 0; i < ui->n_focus_spans; i++) {
        if (ui->focus_spans[i].col == v->cur_col) {
            return ui->focus_spans[i].w;
        }
    }
    return 0;
}

// The cell under the cursor, whole, when the table had to cut it.
static bool add_cut_cell(struct ui *ui, int width, struct str *out) {
    const struct view *v = ui_view(ui);
    bool in_table = page_where(ui) == IN_TABLE;
    if (!in_table || !v || !v->rows.n || v->cur_col >= v->n_cols) {
        return false;
    }
    struct view_cell cell;
    view_cell(v, v->cursor, v->cur_col, &ui->scratch, &cell);
    if (text_columns(cell.text, ui->opts.ascii, width) <= cursor_width(ui, v)) {
        return false;
    }
    str_addf(out, "%.*s: %.*s", SV_ARG(v->cols[v->cur_col].def->label), SV_ARG(cell.text));
    return true;
}

void draw_message(struct ui *ui, struct screen *screen, struct rect at) {
    auto_str text = STR_INIT;
    enum role role = ui->message_is_error ? ROLE_ERROR : ROLE_MESSAGE;
    if (ui->going.kind != GOING_NOWHERE) {
        going_describe(ui, &text);
    } else if (ui->message.len) {
        str_add_cstr(&text, ui->message_is_error ? "! " : "");
        str_add_sv(&text, str_sv(&ui->message));
    } else if (add_cut_cell(ui, at.w, &text)) {
        role = ROLE_MESSAGE;
    } else if (!is_small(ui)) {
        role = ROLE_HINT;
        add_hints(ui, &text);
    }
    screen_put(screen, (struct rect){at.x + 1, at.y, at.w - 1, 1}, str_sv(&text),
               (struct text_style){.role = role});
}

// --- body ---

static enum preview_mode effective_preview(const struct ui *ui, struct rect body) {
    enum preview_mode mode = ui->preview_mode;
    if (mode == PREVIEW_AUTO) {
        mode = ui->opts.w >= WIDE_W ? PREVIEW_BESIDE : PREVIEW_OFF;
    }
    if (is_small(ui) || !ui->page.view || ui->page.text || !ui->page.view->rows.n) {
        return PREVIEW_OFF;
    }
    if (mode == PREVIEW_BESIDE && body.w < 2 * SIDE_MIN_W) {
        return PREVIEW_OFF;
    }
    if (mode == PREVIEW_BELOW && body.h < BELOW_MIN_H) {
        return PREVIEW_OFF;
    }
    return mode;
}

static void draw_text(struct ui *ui, struct text_pane *text, struct screen *screen, struct rect at,
                      bool focused) {
    text_pane_draw(text, screen, at, ui->matcher, focused);
}

static void draw_preview(struct ui *ui, struct screen *screen, struct rect at) {
    preview_update(ui);
    if (ui->preview_text) {
        draw_text(ui, ui->preview_text, screen, at, ui->preview_focus);
    } else if (ui->preview) {
        int head = draw_head(ui, ui->preview, screen, at);
        draw_table(ui, ui->preview, screen, (struct rect){at.x, at.y + head, at.w, at.h - head},
                   ui->preview_focus);
    }
}

static void draw_page(struct ui *ui, struct screen *screen, struct rect at) {
    if (ui->page.text) {
        int head = ui->page.view ? draw_head(ui, ui->page.view, screen, at) : 0;
        struct rect lines = {at.x, at.y + head, at.w, at.h - head};
        draw_text(ui, ui->page.text, screen, lines, true);
    } else if (ui->page.view) {
        int head = draw_head(ui, ui->page.view, screen, at);
        struct rect rows = {at.x, at.y + head, at.w, at.h - head};
        bool focused = !ui->preview_focus;
        int plot = draw_plot(ui, screen, rows, focused);
        rows.y += plot;
        rows.h -= plot;
        draw_table(ui, ui->page.view, screen, rows, focused && !plot_has_focus(ui));
    }
}

static void draw_body(struct ui *ui, struct screen *screen, struct rect body) {
    enum preview_mode mode = effective_preview(ui, body);
    struct rect list = body;
    struct rect preview = {0};
    if (ui->maximised && mode != PREVIEW_OFF) {
        list.h = ui->preview_focus ? 0 : body.h;
        preview = ui->preview_focus ? body : preview;
    } else if (mode == PREVIEW_BESIDE) {
        list.w = body.w / 2;
        preview = (struct rect){body.x + list.w + 1, body.y, body.w - list.w - 1, body.h};
        screen_vline(screen, body.x + list.w, body.y, body.h, screen_glyph(screen, GLYPH_VLINE),
                     ROLE_BORDER);
    } else if (mode == PREVIEW_BELOW) {
        list.h = body.h / 2;
        preview = (struct rect){body.x, body.y + list.h + 1, body.w, body.h - list.h - 1};
        screen_hline(screen, body.x, body.y + list.h, body.w, screen_glyph(screen, GLYPH_HLINE),
                     ROLE_BORDER);
    }
    ui->preview_shown = mode != PREVIEW_OFF;
    ui->preview_focus = ui->preview_focus && ui->preview_shown;
    if (list.h > 0) {
        draw_page(ui, screen, list);
    }
    if (preview.h > 0) {
        draw_preview(ui, screen, preview);
    }
}

// Very few lines go to rows: no crumbs, and messages take the place of the status line.
static void draw_low(struct ui *ui, struct screen *screen) {
    struct rect last = {0, screen->h - 1, screen->w, 1};
    draw_body(ui, screen, (struct rect){0, 0, screen->w, screen->h - 1});
    if (ui->mode == MODE_PROMPT) {
        prompt_draw(ui, screen, last);
    } else if (ui->message.len || ui->going.kind != GOING_NOWHERE) {
        draw_message(ui, screen, last);
    } else {
        draw_status(ui, screen, last);
    }
}

static void draw_full(struct ui *ui, struct screen *screen) {
    int w = screen->w;
    struct rect last = {0, screen->h - 1, w, 1};
    draw_crumbs(ui, screen, (struct rect){0, 0, w, 1});
    draw_body(ui, screen, (struct rect){0, 1, w, screen->h - 3});
    draw_status(ui, screen, (struct rect){0, screen->h - 2, w, 1});
    if (ui->mode == MODE_PROMPT) {
        prompt_draw(ui, screen, last);
    } else {
        draw_message(ui, screen, last);
    }
}

void ui_draw(struct ui *ui, struct screen *screen) {
    arena_reset(&ui->frame);
    ui->opts.w = screen->w;
    ui->opts.h = screen->h;
    ui->opts.ascii = screen->ascii;
    if (screen->w < MIN_W || screen->h < MIN_H) {
        screen_puts(screen, 0, 0, ROLE_MESSAGE, "needs 20x4 or more");
        return;
    }
    if (screen->h < LOW_H) {
        draw_low(ui, screen);
    } else {
        draw_full(ui, screen);
    }
    if (ui->mode == MODE_MENU || ui->hint_shown) {
        int y = screen->h < LOW_H ? 0 : 1;
        menu_draw(ui, screen, (struct rect){0, y, screen->w, screen->h - (y ? 3 : 1)});
    }
}
