// Drawing the plot of a page: title, axes, the picture, and a line that says what stands at the
// cursor. Nothing is told by colour alone: the cursor is a character, so are marks.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/ui_int.h"

enum {
    MAX_H = 16,
    MAX_LABEL_W = 12,
    MAX_TICKS = 12,
    TICK_W = 14, // columns for a label of the x axis
};

// Which lines there are, from above; the more room, the more of them.
struct parts {
    struct rect title, canvas, rule, labels, info;
};

static struct rect take_line(struct rect *room, bool from_below) {
    struct rect line = {room->x, from_below ? room->y + room->h - 1 : room->y, room->w, 1};
    room->y += from_below ? 0 : 1;
    room->h--;
    return line;
}

static struct parts lay_out(struct rect at, int label_w) {
    struct parts p = {0};
    struct rect room = at;
    p.info = take_line(&room, true);
    if (at.h >= 5) {
        p.labels = take_line(&room, true);
    }
    if (at.h >= 4) {
        p.rule = take_line(&room, true);
    }
    if (at.h >= 6) {
        p.title = take_line(&room, false);
    }
    p.canvas = room;
    p.canvas.x += label_w + 1;
    p.canvas.w = MAX(0, at.w - label_w - 1);
    return p;
}

static void put(struct screen *screen, int x, int y, int w, struct sv text, enum role role) {
    screen_put(screen, (struct rect){x, y, w, 1}, text, (struct text_style){.role = role});
}

static void put_cell(struct screen *screen, int x, int y, uint32_t cp, enum role role) {
    screen_hline(screen, x, y, 1, cp, role);
}

// --- the y axis ---------------------------------------------------------------------------------

struct y_label {
    int row;
    char text[32];
};

static void set_label(struct y_label *label, int row, const struct str *text) {
    label->row = row;
    snprintf(label->text, sizeof label->text, "%s", str_cstr(text));
}

static bool is_row_free(const struct y_label *labels, size_t n, int row) {
    for (size_t i = 0; i < n; i++) {
        if (abs(labels[i].row - row) < 2) {
            return false;
        }
    }
    return true;
}

// The ends, then round values where there is room between.
static size_t y_labels(const struct plot_axis *axis, int h, struct y_label *out) {
    double ticks[MAX_TICKS];
    double step;
    size_t n = 0;
    auto_str text = STR_INIT;
    plot_axis_end_label(axis, axis->hi, &text);
    set_label(&out[n++], 0, &text);
    str_clear(&text);
    plot_axis_end_label(axis, axis->lo, &text);
    if (h > 1) {
        set_label(&out[n++], h - 1, &text);
    }
    size_t n_ticks = plot_axis_ticks(axis, (size_t)MIN(MAX(h / 2, 1), MAX_TICKS), ticks, &step);
    for (size_t i = 0; i < n_ticks; i++) {
        int row = (int)lround((1 - plot_axis_place(axis, ticks[i])) * (h - 1));
        if (is_row_free(out, n, row)) {
            str_clear(&text);
            plot_axis_label(axis, ticks[i], step, &text);
            set_label(&out[n++], row, &text);
        }
    }
    return n;
}

static int y_label_width(const struct plot_axis *axis, int h) {
    struct y_label labels[MAX_TICKS + 2];
    size_t n = y_labels(axis, h, labels);
    int w = 0;
    for (size_t i = 0; i < n; i++) {
        w = MAX(w, (int)sv_cstr(labels[i].text).len);
    }
    return MIN(w, MAX_LABEL_W) + 1;
}

static void draw_y_axis(const struct plot_axis *axis, struct screen *screen, struct rect canvas,
                        int left) {
    struct y_label labels[MAX_TICKS + 2];
    size_t n = y_labels(axis, canvas.h, labels);
    screen_vline(screen, canvas.x - 1, canvas.y, canvas.h, screen_glyph(screen, GLYPH_VLINE),
                 ROLE_AXIS);
    for (size_t i = 0; i < n; i++) {
        int y = canvas.y + labels[i].row;
        screen_put(screen, (struct rect){left, y, canvas.x - 1 - left, 1}, sv_cstr(labels[i].text),
                   (struct text_style){.role = ROLE_AXIS, .align = TEXT_RIGHT});
        put_cell(screen, canvas.x - 1, y, screen_glyph(screen, GLYPH_TEE_RIGHT), ROLE_AXIS);
    }
}

// --- the x axis ---------------------------------------------------------------------------------

struct x_axis {
    const struct plot *plot;
    const struct view *view;
    const struct picture *pic;
    struct screen *screen;
    struct rect rule, labels; // h 0 = not there
    int x, w;                 // columns that the picture uses
    int free_from, free_to;   // of the line of labels
};

// The axis whose values stand under the drawing: of a strip the values of its rows.
static struct plot_axis shown_axis(const struct x_axis *a) {
    struct plot_axis axis = a->pic->x;
    if (a->plot->spec.kind == PLOT_STRIP && !a->plot->x_is_row && a->pic->end > a->pic->first) {
        double from = plot_x_of_row(a->plot, a->view, a->pic->first);
        double to = plot_x_of_row(a->plot, a->view, a->pic->end - 1);
        axis.time = a->plot->x_is_time;
        axis.whole = a->plot->x_is_int && !axis.time;
        axis.lo = MIN(from, to);
        axis.hi = MAX(from, to);
    } else if (a->plot->spec.kind == PLOT_STRIP) {
        axis.lo++; // rows are counted from 1
        axis.hi++;
    }
    return axis;
}

static void draw_tick(struct x_axis *a, int column, struct sv label) {
    int w = (int)label.len;
    int x = a->x + column - w / 2;
    if (a->labels.h && (x < a->free_from + 2 || x + w > a->free_to - 2)) {
        return;
    }
    if (a->labels.h) {
        put(a->screen, x, a->labels.y, w, label, ROLE_AXIS);
        a->free_from = x + w;
    }
    if (a->rule.h) {
        put_cell(a->screen, a->x + column, a->rule.y, screen_glyph(a->screen, GLYPH_TEE_TOP),
                 ROLE_AXIS);
    }
}

// The first and the last value; the last one only when both have room.
static void draw_ends(struct x_axis *a, struct sv first, struct sv last) {
    a->free_from = a->x + (int)first.len;
    a->free_to = a->labels.x + a->labels.w;
    put(a->screen, a->x, a->labels.y, a->labels.x + a->labels.w - a->x, first, ROLE_AXIS);
    int x = MIN(a->x + a->w, a->free_to) - (int)last.len;
    if (x >= a->free_from + 2) {
        put(a->screen, x, a->labels.y, (int)last.len, last, ROLE_AXIS);
        a->free_to = x;
    }
}

// Rows stand side by side whatever their times are: each label is that of the row above it.
static void draw_strip_ticks(struct x_axis *a, const struct plot_axis *axis) {
    const int n = a->w / (TICK_W + 4);
    for (int i = 1; i < n; i++) {
        int column = a->w * i / n;
        size_t row = picture_item_at(a->pic, a->plot, column);
        double value = row == SIZE_MAX     ? NAN
                       : a->plot->x_is_row ? (double)row + 1
                                           : plot_x_of_row(a->plot, a->view, row);
        auto_str text = STR_INIT;
        if (isfinite(value) && axis->time) {
            plot_axis_end_label(axis, value, &text);
        } else if (isfinite(value)) {
            plot_axis_label(axis, value, (axis->hi - axis->lo) / 100, &text);
        }
        if (text.len) {
            draw_tick(a, column, str_sv(&text));
        }
    }
}

static void draw_value_ticks(struct x_axis *a, const struct plot_axis *axis) {
    double ticks[MAX_TICKS];
    double step;
    size_t n = plot_axis_ticks(axis, (size_t)MAX(0, MIN(a->w / TICK_W, MAX_TICKS)), ticks, &step);
    for (size_t i = 0; i < n; i++) {
        auto_str text = STR_INIT;
        int column = (int)lround(plot_axis_place(axis, ticks[i]) * (a->w - 1));
        plot_axis_label(axis, ticks[i], step, &text);
        draw_tick(a, column, str_sv(&text));
    }
}

static void draw_x_axis(struct x_axis *a) {
    const struct plot_axis axis = shown_axis(a);
    bool backwards = false;
    auto_str first = STR_INIT;
    auto_str last = STR_INIT;
    if (a->rule.h) {
        screen_hline(a->screen, a->x, a->rule.y, a->w, screen_glyph(a->screen, GLYPH_HLINE),
                     ROLE_AXIS);
        put_cell(a->screen, a->x - 1, a->rule.y, screen_glyph(a->screen, GLYPH_CORNER_BL),
                 ROLE_AXIS);
    }
    if (!a->labels.h || !(axis.hi >= axis.lo)) {
        return;
    }
    if (a->plot->spec.kind == PLOT_STRIP && !a->plot->x_is_row) {
        backwards = plot_x_of_row(a->plot, a->view, a->pic->first) > axis.lo;
    }
    plot_axis_end_label(&axis, backwards ? axis.hi : axis.lo, &first);
    plot_axis_end_label(&axis, backwards ? axis.lo : axis.hi, &last);
    draw_ends(a, str_sv(&first), str_sv(&last));
    if (a->plot->spec.kind == PLOT_STRIP) {
        draw_strip_ticks(a, &axis);
    } else {
        draw_value_ticks(a, &axis);
    }
}

// --- the picture --------------------------------------------------------------------------------

static void draw_dots(const struct picture *pic, struct screen *screen, struct rect at) {
    for (int y = 0; y < at.h; y++) {
        for (int x = 0; x < at.w; x++) {
            uint32_t cp = canvas_char(&pic->canvas, x, y);
            if (cp) {
                put_cell(screen, at.x + x, at.y + y, cp, ROLE_PLOT);
            }
        }
    }
}

// From below it is full up to the least of what the column stands for, and light up to the most.
static void draw_bar(const struct picture *pic, int x, struct screen *screen, struct rect at) {
    const struct picture_bar *bar = &pic->bars[x];
    if (!bar->any) {
        return;
    }
    int most = picture_height(pic, bar->most);
    int least = picture_height(pic, bar->least);
    for (int row = 0; row * 8 < most; row++) {
        uint32_t cp = least > row * 8 ? bar_char(pic->opts.style, least - row * 8)
                                      : bar_light(pic->opts.style);
        put_cell(screen, at.x + x, at.y + at.h - 1 - row, cp, ROLE_PLOT);
    }
}

static void draw_marks(const struct picture *pic, const struct plot *p, struct screen *screen,
                       struct rect at) {
    const bool strip = p->spec.kind == PLOT_STRIP;
    const size_t end = strip ? p->points.n : MIN(pic->end, p->points.n);
    int x, w, y;
    for (size_t i = strip ? 0 : pic->first; p->points.n_marked && i < end; i++) {
        const struct plot_point *point = &p->points.ptr[i];
        if (!point->marked || !picture_place(pic, p, strip ? point->line : i, &x, &w, &y)) {
            continue;
        }
        if (strip) { // above its bar
            y = at.h - 1 - (picture_height(pic, pic->bars[x].most) + 7) / 8;
            y = MAX(y, 0);
        }
        if (y >= 0) {
            put_cell(screen, at.x + x + (w - 1) / 2, at.y + y, '*', ROLE_MARKED);
        }
    }
}

static bool is_blank(const struct screen *screen, int x, int y) {
    const struct screen_cell *c = &screen->cells[y * screen->w + x];
    return c->len == 1 && c->utf8[0] == ' ';
}

// A thin line through the cursor's column, its point as a character, and ^ under it.
static void draw_cursor(struct ui *ui, const struct parts *parts, struct screen *screen,
                        bool focused) {
    const struct plot_pane *pane = &ui->page.plot;
    const struct rect at = parts->canvas;
    size_t item = plot_cursor(ui);
    int x, w, y;
    if (item == SIZE_MAX || !picture_place(&pane->picture, pane->plot, item, &x, &w, &y)) {
        return;
    }
    uint32_t line = screen_glyph(screen, GLYPH_VLINE);
    int middle = at.x + x + (w - 1) / 2;
    for (int row = 0; row < at.h; row++) {
        if (is_blank(screen, middle, at.y + row)) {
            put_cell(screen, middle, at.y + row, line, ROLE_DIM);
        }
    }
    struct rect cells = {at.x + x, at.y, w, at.h};
    if (y >= 0) {
        put_cell(screen, middle, at.y + y, screen->ascii ? '@' : 0x25C6, ROLE_PLOT);
        cells = (struct rect){middle, at.y + y, 1, 1};
    }
    screen_overlay(screen, cells, focused ? OVER_CURSOR_CELL : OVER_CURSOR_ROW);
    if (parts->rule.h) {
        put_cell(screen, middle, parts->rule.y, '^', ROLE_CURSOR_CELL);
    }
    if (focused && ui->mode == MODE_NORMAL) {
        screen_cursor(screen, middle, y >= 0 ? at.y + y : at.y + at.h - 1);
    }
}

// --- texts --------------------------------------------------------------------------------------

static void add_label(const struct view *v, struct sv label, struct sv name, struct str *out) {
    int col = name.len ? view_col_find(v, name) : -1;
    str_add_sv(out, label.len ? label : col >= 0 ? v->cols[col].def->label : SV("row"));
}

static void add_axes(const struct plot *p, const struct view *v, struct str *out) {
    const struct view_plot *spec = &p->spec;
    if (spec->kind == PLOT_HISTOGRAM) {
        str_add_sv(out, spec->y_label.len ? spec->y_label : SV("rows"));
        str_add_cstr(out, " by ");
        add_label(v, spec->x_label, spec->x, out);
        return;
    }
    add_label(v, spec->y_label, spec->y, out);
    if (spec->unit.len) {
        str_addf(out, " (%.*s)", SV_ARG(spec->unit));
    }
    str_add_cstr(out, " over ");
    add_label(v, spec->x_label, spec->x, out);
}

static void add_count(struct str *out, uint64_t n, const char *what) {
    if (n) {
        str_add_cstr(out, "  ");
        add_thousands(out, n);
        str_addf(out, " %s", what);
    }
}

static void draw_title(struct ui *ui, const struct plot *p, struct screen *screen, struct rect at) {
    const struct plot_pane *pane = &ui->page.plot;
    auto_str left = STR_INIT;
    auto_str axes = STR_INIT;
    auto_str right = STR_INIT;
    add_axes(p, ui->page.view, &axes);
    str_add_sv(&left, p->spec.title.len ? p->spec.title : str_sv(&axes));
    add_count(&right, p->points.n_without, "without a value");
    add_count(&right, pane->picture.n_not_above, "not above 0");
    str_add_cstr(&right, pane->choice.log ? "  log" : "");
    str_add_cstr(&right, pane->choice.zero ? "  from 0" : "");
    str_add_cstr(&right, pane->choice.zoomed ? "  zoomed" : "");
    str_add_cstr(&right, p->running ? "  working" : "");
    int right_w = MIN(text_columns(str_sv(&right), screen->ascii, at.w), at.w / 2);
    int room = at.w - right_w - 1;
    int left_w = text_columns(str_sv(&left), screen->ascii, room);
    put(screen, at.x + 1, at.y, room, str_sv(&left), ROLE_LABEL);
    if (p->spec.title.len && left_w + 4 < room) {
        put(screen, at.x + left_w + 4, at.y, room - left_w - 3, str_sv(&axes), ROLE_DIM);
    }
    put(screen, at.x + at.w - right_w, at.y, right_w, str_sv(&right), ROLE_DIM);
}

// Which of the two panes has the keys is told by the mark in front.
static void draw_info(struct ui *ui, struct screen *screen, struct rect at, bool focused) {
    auto_str text = STR_INIT;
    if (focused) {
        put(screen, at.x, at.y, 1, SV(">"), ROLE_CURSOR_ROW);
    }
    plot_describe(ui, &text);
    put(screen, at.x + 2, at.y, at.w - 2, str_sv(&text), ROLE_TEXT);
}

// --- the pane -----------------------------------------------------------------------------------

static struct picture_opts picture_opts(const struct ui *ui, const struct screen *screen,
                                        struct rect canvas) {
    const struct plot_choice *c = &ui->page.plot.choice;
    return (struct picture_opts){
        .w = canvas.w,
        .h = canvas.h,
        .style = screen->ascii     ? STYLE_ASCII
                 : ui->plot_blocks ? STYLE_BLOCKS
                                   : STYLE_BRAILLE,
        .zero = c->zero,
        .log = c->log,
        .zoomed = c->zoomed,
        .from = c->from,
        .to = c->to,
    };
}

// The labels' width follows from the axis, and the axis from the points on view: not from the
// width.
static struct parts make_picture(struct ui *ui, const struct plot *p, struct screen *screen,
                                 struct rect at) {
    struct plot_pane *pane = &ui->page.plot;
    int label_w = pane->label_w;
    for (int round = 0; round < 2; round++) {
        struct parts parts = lay_out(at, label_w);
        struct picture_opts opts = picture_opts(ui, screen, parts.canvas);
        picture_update(&pane->picture, p, &opts);
        label_w = y_label_width(&pane->picture.y, parts.canvas.h);
        if (label_w == pane->label_w) {
            return parts;
        }
        pane->label_w = label_w;
    }
    struct parts parts = lay_out(at, label_w);
    struct picture_opts opts = picture_opts(ui, screen, parts.canvas);
    picture_update(&pane->picture, p, &opts);
    return parts;
}

// Why there is no picture; false when there is one.
static bool draw_nothing(const struct plot *p, struct screen *screen, struct rect at) {
    auto_str text = STR_INIT;
    if (p->error.code != ERR_NONE) {
        str_add_cstr(&text, p->error.msg);
    } else if (p->running && !p->points.n) {
        str_add_cstr(&text, "working ...");
    } else if (!p->points.n) {
        str_add_cstr(&text, "no values to plot");
        add_count(&text, p->points.n_without, "rows without a value");
    }
    put(screen, at.x + 2, at.y, at.w - 2, str_sv(&text), ROLE_HINT);
    return text.len > 0;
}

static void draw_all(struct ui *ui, const struct plot *p, struct screen *screen, struct rect at,
                     bool focused) {
    struct plot_pane *pane = &ui->page.plot;
    const struct parts parts = make_picture(ui, p, screen, at);
    const struct picture *pic = &pane->picture;
    if (parts.title.h) {
        draw_title(ui, p, screen, parts.title);
    }
    draw_y_axis(&pic->y, screen, parts.canvas, at.x);
    struct x_axis x = {.plot = p,
                       .view = ui->page.view,
                       .pic = pic,
                       .screen = screen,
                       .rule = parts.rule,
                       .labels = parts.labels,
                       .x = parts.canvas.x,
                       .w = pic->used_w};
    draw_x_axis(&x);
    if (p->spec.kind == PLOT_LINE) {
        draw_dots(pic, screen, parts.canvas);
    }
    for (int i = 0; p->spec.kind != PLOT_LINE && i < parts.canvas.w; i++) {
        draw_bar(pic, i, screen, parts.canvas);
    }
    draw_marks(pic, p, screen, parts.canvas);
    draw_cursor(ui, &parts, screen, focused);
    draw_info(ui, screen, parts.info, focused);
    pane->at = parts.canvas;
}

int draw_plot(struct ui *ui, struct screen *screen, struct rect at, bool focused) {
    struct plot_pane *pane = &ui->page.plot;
    pane->room_h = at.h;
    pane->shown = plot_mode_in(ui, at.h);
    pane->at = (struct rect){0};
    if (pane->shown == PLOT_OFF || at.h < 2) {
        pane->shown = PLOT_OFF;
        return 0;
    }
    if (pane->shown == PLOT_ABOVE) {
        at.h = MIN(MAX_H, MAX(at.h * 2 / 5, 5));
    } else {
        ui->table_rect = ui->header_rect = (struct rect){0};
        ui->n_focus_spans = 0;
    }
    const struct plot *p = plot_update(ui);
    if (!p || draw_nothing(p, screen, at)) {
        return at.h;
    }
    plot_keep_in_sight(ui);
    draw_all(ui, p, screen, at, focused && plot_has_focus(ui));
    return at.h;
}
