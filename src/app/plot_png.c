#include "app/plot_png.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/stats.h"
#include "query/table.h"
#include "ui/plot_axis.h"
#include "view/view_def.h"

enum {
    LEFT = 80, // of the frame, where the labels of the y axis have room
    RIGHT = 600,
    TOP = 58,
    BOTTOM = 420,
    TICK_PX = 4,
    GAP_PX = 8,      // between the labels of the ticks and that of the axis
    LABEL_FROM = 54, // from the frame to the axis' label, unless the ticks' need more
    LABEL_PX = 20,   // what the axis' label needs to the left of its line
    MAX_TICKS = 9,
    TITLE_SIZE = 16,
    TEXT_SIZE = 12,
};

// The letters that are part of cairo itself.
static const char FONT[] = "@cairo:";

struct drawing {
    cairo_t *cr;
    const struct plot_file *plot;
    const struct histogram *h;
    struct plot_axis x, y;
    double left;    // of the frame
    double label_x; // of the y axis' label, along its base line
};

static double px_x(const struct drawing *d, double value) {
    return d->left + plot_axis_place(&d->x, value) * (RIGHT - d->left);
}

static double px_y(const struct drawing *d, double value) {
    return BOTTOM - plot_axis_place(&d->y, value) * (BOTTOM - TOP);
}

// --- texts --------------------------------------------------------------------------------------

enum anchor { ANCHOR_CENTRE, ANCHOR_RIGHT };

static void put_text(const struct drawing *d, const char *text, double x, double y, double size,
                     enum anchor anchor) {
    cairo_text_extents_t box;
    cairo_set_font_size(d->cr, size);
    cairo_text_extents(d->cr, text, &box);
    const double left = anchor == ANCHOR_RIGHT ? x - box.x_advance : x - box.x_advance / 2;
    cairo_move_to(d->cr, round(left), round(y));
    cairo_show_text(d->cr, text);
}

static void put_texts(const struct drawing *d) {
    const double middle_x = (d->left + RIGHT) / 2.0;
    const double middle_y = (TOP + BOTTOM) / 2.0;
    put_text(d, d->plot->title, middle_x, TOP - 18, TITLE_SIZE, ANCHOR_CENTRE);
    put_text(d, d->plot->x_label, middle_x, BOTTOM + 42, TEXT_SIZE + 1, ANCHOR_CENTRE);
    cairo_save(d->cr);
    cairo_translate(d->cr, d->label_x, middle_y);
    cairo_rotate(d->cr, -M_PI / 2);
    put_text(d, d->plot->y_label, 0, 0, TEXT_SIZE + 1, ANCHOR_CENTRE);
    cairo_restore(d->cr);
}

// --- axes and bars ------------------------------------------------------------------------------

// Along the middle of a row or column of pixels, so that the line is sharp.
static void put_line(const struct drawing *d, double x0, double y0, double x1, double y1) {
    cairo_move_to(d->cr, floor(x0) + 0.5, floor(y0) + 0.5);
    cairo_line_to(d->cr, floor(x1) + 0.5, floor(y1) + 0.5);
    cairo_stroke(d->cr);
}

static void put_ticks(const struct drawing *d) {
    double ticks[MAX_TICKS];
    double step;
    size_t n = plot_axis_ticks(&d->x, MAX_TICKS, ticks, &step);
    for (size_t i = 0; i < n; i++) {
        auto_str text = STR_INIT;
        const double x = px_x(d, ticks[i]);
        plot_axis_label(&d->x, ticks[i], step, &text);
        put_line(d, x, BOTTOM, x, BOTTOM + TICK_PX);
        put_text(d, str_cstr(&text), x, BOTTOM + 18, TEXT_SIZE, ANCHOR_CENTRE);
    }
    n = plot_axis_ticks(&d->y, MAX_TICKS, ticks, &step);
    for (size_t i = 0; i < n; i++) {
        auto_str text = STR_INIT;
        const double y = px_y(d, ticks[i]);
        plot_axis_label(&d->y, ticks[i], step, &text);
        put_line(d, d->left - TICK_PX, y, d->left, y);
        put_text(d, str_cstr(&text), d->left - TICK_PX - 4, y + 4, TEXT_SIZE, ANCHOR_RIGHT);
    }
}

// Long labels push that of the axis to the left, and the frame to the right where they must.
static void make_room_for_ticks(struct drawing *d) {
    double ticks[MAX_TICKS];
    double step;
    double w = 0;
    size_t n = plot_axis_ticks(&d->y, MAX_TICKS, ticks, &step);
    cairo_set_font_size(d->cr, TEXT_SIZE);
    for (size_t i = 0; i < n; i++) {
        auto_str text = STR_INIT;
        cairo_text_extents_t box;
        plot_axis_label(&d->y, ticks[i], step, &text);
        cairo_text_extents(d->cr, str_cstr(&text), &box);
        w = MAX(w, box.x_advance);
    }
    const double needed = MAX(LABEL_FROM, ceil(w) + TICK_PX + 4 + GAP_PX);
    d->left = MAX(LEFT, needed + LABEL_PX);
    d->label_x = d->left - needed;
}

static void put_bars(const struct drawing *d) {
    const struct histogram *h = d->h;
    for (size_t i = 0; i < h->n_bins; i++) {
        const double x0 = px_x(d, h->edges[i]);
        const double x1 = px_x(d, h->edges[i + 1]);
        const double y = px_y(d, (double)h->counts[i]);
        cairo_rectangle(d->cr, x0, y, x1 - x0, BOTTOM - y);
        cairo_set_source_rgb(d->cr, 0.27, 0.51, 0.71);
        cairo_fill_preserve(d->cr);
        cairo_set_source_rgb(d->cr, 1, 1, 1);
        cairo_set_line_width(d->cr, 0.5);
        cairo_stroke(d->cr);
    }
}

static void draw(struct drawing *d) {
    cairo_set_source_rgb(d->cr, 1, 1, 1);
    cairo_paint(d->cr);
    cairo_select_font_face(d->cr, FONT, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    make_room_for_ticks(d);
    put_bars(d);
    cairo_set_source_rgb(d->cr, 0, 0, 0);
    cairo_set_line_width(d->cr, 1);
    cairo_rectangle(d->cr, d->left + 0.5, TOP + 0.5, RIGHT - d->left, BOTTOM - TOP);
    cairo_stroke(d->cr);
    put_ticks(d);
    put_texts(d);
}

// --- the file -----------------------------------------------------------------------------------

struct sink {
    int fd;
    struct err *err;
};

static cairo_status_t write_some(void *closure, const unsigned char *bytes, unsigned int len) {
    struct sink *sink = closure;
    return fd_write(sink->fd, bytes, len, sink->err) ? CAIRO_STATUS_SUCCESS
                                                     : CAIRO_STATUS_WRITE_ERROR;
}

static bool write_png(cairo_surface_t *surface, int fd, struct err *err) {
    struct err own = ERR_INIT;
    struct sink sink = {fd, &own};
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface, write_some, &sink);
    if (status == CAIRO_STATUS_SUCCESS) {
        return true;
    }
    if (own.code != ERR_NONE) {
        if (err) {
            *err = own;
        }
        return false;
    }
    return err_set(err, ERR_IO, "the picture could not be drawn: %s",
                   cairo_status_to_string(status));
}

bool plot_png_draw(const struct plot_file *plot, const double *values, size_t n, int fd,
                   struct err *err) {
    struct histogram h;
    histogram_make(&h, values, n, PLOT_BINS);
    if (!h.n) {
        histogram_done(&h);
        return err_set(err, ERR_NOT_FOUND, "%s has no values, of which the picture is drawn",
                       plot->dataset->name);
    }
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, PLOT_PNG_W, PLOT_PNG_H);
    struct drawing d = {.cr = cairo_create(surface), .plot = plot, .h = &h};
    // A little air at the sides and above, so that no bar lies on the frame.
    const double air = (h.edges[h.n_bins] - h.edges[0]) / 40;
    d.x = (struct plot_axis){.lo = h.edges[0] - air, .hi = h.edges[h.n_bins] + air};
    d.y = (struct plot_axis){.hi = (double)histogram_most(&h) * 1.05, .whole = true};
    draw(&d);
    const bool ok = write_png(surface, fd, err);
    cairo_destroy(d.cr);
    cairo_surface_destroy(surface);
    histogram_done(&h);
    return ok;
}

bool plot_png_write(struct snapshot *snap, const struct plot_file *plot, int fd, struct err *err) {
    struct table *table = table_get(snap, sv_cstr(plot->dataset->name), err);
    const int col = table ? table_column(table, sv_cstr(plot->column)) : -1;
    if (!table) {
        return false;
    }
    const int64_t n_rows = table_n_rows(table);
    double *values = xcalloc((size_t)n_rows + 1, sizeof *values);
    size_t n = 0;
    for (int64_t row = 0; col >= 0 && row < n_rows; row++) {
        const struct cell cell = table_cell(table, (size_t)col, row);
        if (!cell_is_null(cell)) {
            values[n++] = arrow_get_f64(cell.col, cell.slot);
        }
    }
    const bool ok = plot_png_draw(plot, values, n, fd, err);
    free(values);
    return ok;
}
