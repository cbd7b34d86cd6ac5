// The plot of a page: which one it is, where its cursor stands and what is said of it.
#include <stdlib.h>

#include "ui/ui_int.h"

enum {
    AUTO_MIN_H = 16, // lines from which a plot is there by itself
    ABOVE_MIN_H = 9, // lines in which a plot and a few rows have room
};

// --- what the user chose ------------------------------------------------------------------------

static char *dup(const char *text) {
    return text ? xstrdup(text) : NULL;
}

void plot_choice_copy(struct plot_choice *to, const struct plot_choice *from) {
    *to = *from;
    to->x = dup(from->x);
    to->y = dup(from->y);
    to->name = dup(from->name);
}

void plot_choice_done(struct plot_choice *choice) {
    free(choice->x);
    free(choice->y);
    free(choice->name);
    *choice = (struct plot_choice){0};
}

void plot_pane_done(struct plot_pane *pane) {
    plot_choice_done(&pane->choice);
    plot_free(pane->plot);
    picture_done(&pane->picture);
    *pane = (struct plot_pane){0};
}

void plot_drop(struct ui *ui) {
    struct plot_pane *pane = &ui->page.plot;
    plot_free(pane->plot);
    pane->plot = NULL;
    picture_done(&pane->picture);
    pane->bin = 0;
    pane->has_value = false;
    pane->seen_version = 0;
}

// --- the plot -----------------------------------------------------------------------------------

static bool has_plot(const struct ui *ui) {
    const struct page *page = &ui->page;
    return page->view && !page->text &&
           (page->plot.choice.kind != PLOT_NONE || page->view->def->plot.kind != PLOT_NONE);
}

static struct view_plot present_spec(const struct ui *ui) {
    const struct plot_choice *c = &ui->page.plot.choice;
    struct view_plot spec = ui->page.view->def->plot;
    if (c->kind != PLOT_NONE) {
        spec = (struct view_plot){.kind = c->kind,
                                  .x = sv_cstr(c->x),
                                  .y = sv_cstr(c->y),
                                  .name = sv_cstr(c->name),
                                  .bins = PLOT_BINS};
    }
    spec.bins = c->bins ? c->bins : spec.bins;
    return spec;
}

struct plot *plot_update(struct ui *ui) {
    struct plot_pane *pane = &ui->page.plot;
    if (!has_plot(ui)) {
        return NULL;
    }
    const struct view *v = ui->page.view;
    if (pane->plot && pane->table != v->table) {
        plot_drop(ui); // the store has it now, or other columns
    }
    if (!pane->plot) {
        const struct view_plot spec = present_spec(ui);
        pane->plot = plot_new(v, &spec);
        pane->table = v->table;
    }
    plot_follow(pane->plot, v, ui->opts.pool);
    return pane->plot;
}

enum plot_mode plot_mode_in(const struct ui *ui, int room_h) {
    enum plot_mode mode = ui->page.plot.choice.mode;
    if (!has_plot(ui)) {
        return PLOT_OFF;
    }
    if (mode == PLOT_AUTO) {
        mode = room_h >= AUTO_MIN_H ? PLOT_ABOVE : PLOT_OFF;
    }
    return mode == PLOT_ABOVE && room_h < ABOVE_MIN_H ? PLOT_OFF : mode;
}

bool plot_has_focus(const struct ui *ui) {
    const struct plot_pane *pane = &ui->page.plot;
    return pane->choice.focus && pane->plot && pane->shown >= PLOT_ABOVE && !ui->preview_focus;
}

// --- its cursor ---------------------------------------------------------------------------------

void plot_keep_in_sight(struct ui *ui) {
    struct plot_choice *c = &ui->page.plot.choice;
    const struct plot *p = ui->page.plot.plot;
    size_t item = plot_cursor(ui);
    if (!c->zoomed || item == SIZE_MAX || p->spec.kind == PLOT_HISTOGRAM) {
        return;
    }
    double x = p->spec.kind == PLOT_STRIP ? (double)item : p->points.ptr[item].x;
    double margin = (c->to - c->from) / 10;
    double by = x < c->from ? x - c->from - margin : x > c->to ? x - c->to + margin : 0;
    c->from += by;
    c->to += by;
}

// The bin of the cursor row, whenever that has moved.
static size_t present_bin(const struct ui *ui) {
    // What is seen here is no state of the explorer, only how far it was looked at.
    struct plot_pane *pane = (struct plot_pane *)(uintptr_t)&ui->page.plot;
    const struct plot *p = pane->plot;
    const struct view *v = ui->page.view;
    if (pane->seen_version != p->version + 1 || pane->seen_cursor != v->cursor) {
        int bin = pane->has_value ? plot_bin_of(p, pane->value) : plot_bin_of_row(p, v, v->cursor);
        pane->has_value = false;
        pane->bin = bin >= 0 ? (size_t)bin : pane->bin;
        pane->seen_version = p->version + 1;
        pane->seen_cursor = v->cursor;
    }
    return p->bins.n_bins ? MIN(pane->bin, p->bins.n_bins - 1) : SIZE_MAX;
}

size_t plot_cursor(const struct ui *ui) {
    const struct plot *p = ui->page.plot.plot;
    const struct view *v = ui->page.view;
    if (!p || p->running || !v->rows.n) {
        return SIZE_MAX;
    }
    switch (p->spec.kind) {
    case PLOT_NONE:
        break;
    case PLOT_HISTOGRAM:
        return present_bin(ui);
    case PLOT_STRIP:
        return MIN(v->cursor, v->rows.n - 1);
    case PLOT_LINE:
        return plot_point_near(p, MIN(v->cursor, v->rows.n - 1));
    }
    return SIZE_MAX;
}

void plot_set_cursor(struct ui *ui, size_t item) {
    struct plot_pane *pane = &ui->page.plot;
    const struct plot *p = pane->plot;
    struct view *v = ui->page.view;
    if (p->spec.kind == PLOT_HISTOGRAM) {
        (void)present_bin(ui);
        pane->bin = MIN(item, p->bins.n_bins ? p->bins.n_bins - 1 : 0);
        return;
    }
    size_t line = p->spec.kind == PLOT_STRIP ? item
                  : item < p->points.n       ? p->points.ptr[item].line
                                             : SIZE_MAX;
    if (line < v->rows.n) {
        v->cursor = line;
        if (ui->ranging) {
            select_range_to(ui, v);
        }
    }
}

void plot_describe(const struct ui *ui, struct str *out) {
    const struct plot *p = ui->page.plot.plot;
    const struct view *v = ui->page.view;
    size_t item = plot_cursor(ui);
    if (item == SIZE_MAX) {
        return;
    }
    if (p->spec.kind == PLOT_HISTOGRAM) {
        plot_describe_bin(p, item, out);
        return;
    }
    size_t line = MIN(v->cursor, p->points.n_rows - 1);
    uint32_t point = p->points.of_line[line];
    if (point == PLOT_NO_POINT) {
        plot_add_x(p, v, line, out);
        str_add_cstr(out, "  no value");
    } else {
        plot_describe_point(p, v, point, out);
    }
}
