// The plot: showing it, its cursor, its axes.
#include <math.h>
#include <stdlib.h>

#include "ui/commands.h"
#include "ui/ui_int.h"

enum { LEAST_BINS = 2, FEWEST_SHOWN = 3 };

// The plot under the cursor; NULL with a message when there is none.
static struct plot *present(struct ui *ui, struct err *err) {
    struct plot *p = ui->page.plot.shown >= PLOT_ABOVE ? plot_update(ui) : NULL;
    if (!p) {
        err_set(err, ERR_NOT_FOUND, "no plot here; . shows one");
    }
    return p;
}

static size_t n_items(const struct ui *ui, const struct plot *p) {
    switch (p->spec.kind) {
    case PLOT_NONE:
        break;
    case PLOT_LINE:
        return p->points.n;
    case PLOT_HISTOGRAM:
        return p->bins.n_bins;
    case PLOT_STRIP:
        return ui->page.view->rows.n;
    }
    return 0;
}

// --- cursor -------------------------------------------------------------------------------------

static bool step(struct ui *ui, int64_t by, struct err *err) {
    const struct plot *p = present(ui, err);
    size_t at = p ? plot_cursor(ui) : SIZE_MAX;
    if (at != SIZE_MAX) {
        int64_t last = (int64_t)n_items(ui, p) - 1;
        plot_set_cursor(ui, (size_t)MAX(0, MIN((int64_t)at + by, last)));
    }
    return p != NULL;
}

COMMAND(plot_left) {
    return step(ui, call->has_count ? -call->count : -1, err);
}

COMMAND(plot_right) {
    return step(ui, call->has_count ? call->count : 1, err);
}

COMMAND(plot_first) {
    (void)call;
    return step(ui, -(INT64_MAX / 2), err);
}

COMMAND(plot_last) {
    (void)call;
    return step(ui, INT64_MAX / 2, err);
}

// --- axes ---------------------------------------------------------------------------------------

static void whole_axis(const struct plot *p, double *from, double *to) {
    const struct plot_points *pts = &p->points;
    if (p->spec.kind == PLOT_STRIP) {
        *from = 0;
        *to = (double)pts->n_rows - 1;
    } else {
        *from = pts->ptr[0].x;
        *to = pts->ptr[pts->n - 1].x;
    }
}

// The cursor stays on its values.
static void set_bins(struct ui *ui, struct plot *p, int n_bins) {
    struct plot_pane *pane = &ui->page.plot;
    const size_t bin = plot_cursor(ui);
    if (bin < p->bins.n_bins) {
        pane->has_value = true;
        pane->value = p->bins.edges[bin] / 2 + p->bins.edges[bin + 1] / 2;
    }
    plot_set_bins(p, n_bins);
}

// Of a histogram zooming means finer or coarser bins.
static bool zoom_bins(struct ui *ui, struct plot *p, bool in) {
    set_bins(ui, p, in ? p->spec.bins * 2 : MAX(LEAST_BINS, p->spec.bins / 2));
    ui->page.plot.choice.bins = p->spec.bins;
    ui_message(ui, false, "%d bins", p->spec.bins);
    return true;
}

// The cursor keeps its place on the screen.
static bool zoom(struct ui *ui, struct plot *p, bool in, struct err *err) {
    struct plot_choice *c = &ui->page.plot.choice;
    size_t item = plot_cursor(ui);
    double from, to;
    if (item == SIZE_MAX) {
        return err_set(err, ERR_NOT_FOUND, "no point here");
    }
    whole_axis(p, &from, &to);
    const double all = to - from;
    const double x = p->spec.kind == PLOT_STRIP ? (double)item : p->points.ptr[item].x;
    const double lo = c->zoomed ? c->from : from;
    const double hi = c->zoomed ? c->to : to;
    const double span = (hi - lo) * (in ? 0.5 : 2);
    const double place = hi > lo ? (x - lo) / (hi - lo) : 0.5;
    if (in && ui->page.plot.picture.end - ui->page.plot.picture.first <= FEWEST_SHOWN) {
        return err_set(err, ERR_NOT_FOUND, "no nearer: these are the last few points");
    }
    c->zoomed = span < all;
    c->from = MAX(from, MIN(x - place * span, to - span));
    c->to = c->from + span;
    return true;
}

static bool zoom_any(struct ui *ui, bool in, struct err *err) {
    struct plot *p = present(ui, err);
    if (!p) {
        return false;
    }
    return p->spec.kind == PLOT_HISTOGRAM ? zoom_bins(ui, p, in) : zoom(ui, p, in, err);
}

COMMAND(plot_zoom_in) {
    (void)call;
    return zoom_any(ui, true, err);
}

COMMAND(plot_zoom_out) {
    (void)call;
    return zoom_any(ui, false, err);
}

COMMAND(plot_fit) {
    (void)call;
    struct plot_choice *c = &ui->page.plot.choice;
    struct plot *p = present(ui, err);
    if (!p) {
        return false;
    }
    c->zoomed = false;
    if (p->spec.kind == PLOT_HISTOGRAM && c->bins) {
        c->bins = 0;
        set_bins(ui, p, c->kind == PLOT_NONE ? ui->page.view->def->plot.bins : PLOT_BINS);
    }
    return true;
}

COMMAND(plot_zero) {
    (void)call;
    struct plot_choice *c = &ui->page.plot.choice;
    const struct plot *p = present(ui, err);
    if (!p) {
        return false;
    }
    if (p->spec.kind != PLOT_LINE) {
        return err_set(err, ERR_NOT_FOUND, "bars begin at zero in any case");
    }
    c->zero = !c->zero;
    c->log = c->log && !c->zero;
    return true;
}

COMMAND(plot_log) {
    (void)call;
    struct plot_choice *c = &ui->page.plot.choice;
    const struct plot *p = present(ui, err);
    if (!p) {
        return false;
    }
    if (!c->log && p->spec.kind != PLOT_HISTOGRAM && p->points.least_above_0 <= 0) {
        return err_set(err, ERR_NOT_FOUND, "no value is above 0: a logarithmic axis shows nothing");
    }
    c->log = !c->log;
    c->zero = c->zero && !c->log;
    return true;
}

// --- opening ------------------------------------------------------------------------------------

static bool open_bin(struct ui *ui, const struct plot *p, struct err *err) {
    struct view *v = ui->page.view;
    size_t bin = plot_cursor(ui);
    if (bin == SIZE_MAX || !p->bins.counts[bin]) {
        return err_set(err, ERR_NOT_FOUND, "no rows in this bin");
    }
    auto_str text = STR_INIT;
    plot_filter_for_bin(p, bin, &text);
    struct place before;
    place_take(&before, ui);
    if (!view_filter_add(v, str_sv(&text), NULL, err)) {
        place_done(&before);
        return false;
    }
    page_remember_place(ui, &before);
    page_requery(ui);
    ui_message(ui, false, "the rows of the bin; u takes the filter back");
    return true;
}

COMMAND(plot_open) {
    const struct plot *p = present(ui, err);
    if (!p) {
        return false;
    }
    return p->spec.kind == PLOT_HISTOGRAM ? open_bin(ui, p, err) : cmd_open(ui, call, err);
}

// --- which plot, and where ----------------------------------------------------------------------

// What points are called: as the view file says, else by the revision, the id, the key.
static struct sv name_of_points(const struct view *v) {
    const struct view_def *def = v->def;
    struct sv name = def->plot.name;
    for (size_t i = 0; i < v->n_cols && !name.len; i++) {
        if (!v->cols[i].hidden && sv_is(v->cols[i].def->format, "revision")) {
            name = v->cols[i].def->name;
        }
    }
    return name.len ? name : def->id.len ? def->id : def->n_key ? def->key[0] : SV_NULL;
}

static void choose(struct ui *ui, size_t col, enum plot_kind kind) {
    struct plot_choice *c = &ui->page.plot.choice;
    const struct view *v = ui->page.view;
    struct view_plot spec;
    plot_spec_for(v, col, kind, &spec);
    const struct sv name = name_of_points(v);
    const enum plot_mode mode = c->mode;
    plot_choice_done(c);
    *c = (struct plot_choice){.mode = mode,
                              .kind = kind,
                              .x = spec.x.len ? xstrndup(spec.x.ptr, spec.x.len) : NULL,
                              .y = spec.y.len ? xstrndup(spec.y.ptr, spec.y.len) : NULL,
                              .name = name.len ? xstrndup(name.ptr, name.len) : NULL};
    plot_drop(ui);
}

// Above the table when that has room, else alone.
static void set_mode(struct ui *ui, enum plot_mode mode) {
    static const char *const names[] = {"by itself", "off", "above the table", "alone"};
    struct plot_pane *pane = &ui->page.plot;
    const int room_h = pane->room_h ? pane->room_h : ui->opts.h;
    if (pane->plot && pane->plot->error.code == ERR_CANCELLED) {
        plot_drop(ui); // stopped; read again
    }
    pane->choice.mode = mode;
    if (mode == PLOT_ABOVE && plot_mode_in(ui, room_h) != PLOT_ABOVE) {
        pane->choice.mode = PLOT_ALONE;
    }
    pane->choice.focus = pane->choice.mode == PLOT_ALONE;
    ui_message(ui, false, "plot %s", names[pane->choice.mode]);
}

static enum plot_mode next_mode(enum plot_mode mode) {
    return mode == PLOT_ABOVE ? PLOT_ALONE : mode == PLOT_ALONE ? PLOT_OFF : PLOT_ABOVE;
}

static bool can_plot(const struct view *v, size_t col, bool times, struct err *err) {
    if (col >= v->n_cols) {
        return err_set(err, ERR_NOT_FOUND, "no column here");
    }
    if (!plot_can_show(&v->cols[col], times)) {
        return err_set(err, ERR_USAGE, "%.*s holds no numbers%s to plot; c goes to a column",
                       SV_ARG(v->cols[col].def->label), times ? " or times" : "");
    }
    return true;
}

static bool is_chosen(const struct plot_choice *c, const struct view *v, size_t col,
                      enum plot_kind kind) {
    const char *name = kind == PLOT_HISTOGRAM ? c->x : c->y;
    return c->kind == kind && name && sv_is(v->cols[col].def->name, name);
}

static struct view *list_of(struct ui *ui, struct err *err) {
    if (ui->page.text || !ui->page.view || ui->preview_focus) {
        err_set(err, ERR_NOT_FOUND, "no plot here; plots belong to lists");
        return NULL;
    }
    return ui->page.view;
}

static bool plot_named(struct ui *ui, struct view *v, struct sv name, enum plot_kind kind,
                       struct err *err) {
    int col = view_col_find(v, name);
    if (col < 0) {
        return err_set(err, ERR_NOT_FOUND, "no column %.*s in this view", SV_ARG(name));
    }
    if (!can_plot(v, (size_t)col, kind == PLOT_HISTOGRAM, err)) {
        return false;
    }
    choose(ui, (size_t)col, kind);
    set_mode(ui, PLOT_ABOVE);
    return true;
}

// Off, above, alone. Without a plot in the view file that of the cursor's column; another column
// than the plotted one is plotted before anything is switched.
COMMAND(plot) {
    struct view *v = list_of(ui, err);
    struct plot_pane *pane = &ui->page.plot;
    if (!v) {
        return false;
    }
    if (call->arg.len) {
        return plot_named(ui, v, call->arg, PLOT_LINE, err);
    }
    const size_t col = v->cur_col;
    const bool has_own = v->def->plot.kind != PLOT_NONE;
    const bool other = !has_own && !plot_has_focus(ui) && col < v->n_cols &&
                       plot_can_show(&v->cols[col], false) &&
                       !is_chosen(&pane->choice, v, col, PLOT_LINE);
    const bool none = !has_own && (pane->choice.kind == PLOT_NONE || pane->shown < PLOT_ABOVE);
    if (!other && !none) {
        set_mode(ui, next_mode(pane->shown));
        return true;
    }
    if (!can_plot(v, col, false, err)) {
        return false;
    }
    choose(ui, col, PLOT_LINE);
    set_mode(ui, pane->shown == PLOT_ALONE ? PLOT_ALONE : PLOT_ABOVE);
    return true;
}

// The histogram of the cursor's column; the same key again: what was there before.
COMMAND(histogram) {
    struct view *v = list_of(ui, err);
    struct plot_pane *pane = &ui->page.plot;
    if (!v) {
        return false;
    }
    if (call->arg.len) {
        return plot_named(ui, v, call->arg, PLOT_HISTOGRAM, err);
    }
    const size_t col = v->cur_col;
    if (!can_plot(v, col, true, err)) {
        return false;
    }
    if (is_chosen(&pane->choice, v, col, PLOT_HISTOGRAM) && pane->shown >= PLOT_ABOVE) {
        plot_choice_done(&pane->choice);
        plot_drop(ui);
        pane->choice.mode = v->def->plot.kind == PLOT_NONE ? PLOT_OFF : PLOT_AUTO;
        ui_message(ui, false, "histogram off");
        return true;
    }
    choose(ui, col, PLOT_HISTOGRAM);
    set_mode(ui, pane->shown == PLOT_ALONE ? PLOT_ALONE : PLOT_ABOVE);
    return true;
}
