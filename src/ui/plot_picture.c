#include "ui/plot_picture.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/date.h"

enum {
    MAX_ITEM_W = 8,
    DENSE = 2, // points for each column of dots, from which on lines between them hide more than
               // they show
};

// --- axes ---------------------------------------------------------------------------------------

// An axis needs a length, also when there is only one value.
static void widen(struct plot_axis *axis) {
    if (axis->hi > axis->lo) {
        return;
    }
    if (axis->log) {
        axis->lo /= 2;
        axis->hi *= 2;
        return;
    }
    double by = axis->time    ? (double)US_PER_HOUR
                : axis->whole ? 1
                              : MAX(fabs(axis->lo) * 0.05, 1e-9);
    axis->lo -= by;
    axis->hi += by;
}

static size_t first_from(const struct plot_points *pts, double x) {
    size_t lo = 0;
    size_t hi = pts->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (pts->ptr[mid].x < x) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static void x_axis_of_points(struct picture *pic, const struct plot *p) {
    const struct plot_points *pts = &p->points;
    pic->x = (struct plot_axis){.time = p->x_is_time, .whole = p->x_is_int && !p->x_is_time};
    pic->x.lo = pic->opts.zoomed ? pic->opts.from : pts->n ? pts->ptr[0].x : 0;
    pic->x.hi = pic->opts.zoomed ? pic->opts.to : pts->n ? pts->ptr[pts->n - 1].x : 1;
    widen(&pic->x);
    pic->first = first_from(pts, pic->x.lo);
    pic->end = first_from(pts, nextafter(pic->x.hi, (double)INFINITY));
}

// Of the values on view only, so that a detail fills the height.
static void y_axis_of_values(struct picture *pic, const struct plot *p, double lo, double hi) {
    const bool bars = p->spec.kind != PLOT_LINE;
    pic->y = (struct plot_axis){.log = pic->opts.log, .whole = p->y_is_int};
    if (pic->opts.log && bars) {
        lo = lo / 2; // the least bar has a height
    } else if (!pic->opts.log && (pic->opts.zero || bars)) {
        lo = MIN(lo, 0);
        hi = MAX(hi, 0);
    }
    pic->y.lo = lo;
    pic->y.hi = hi;
    if (bars && !(hi > lo)) {
        pic->y.hi = lo + 1;
    }
    widen(&pic->y);
}

// --- lines --------------------------------------------------------------------------------------

// Dots of one column: where the line enters and leaves it, and how far it goes up and down.
struct dot_column {
    int x, first, last, least, most;
};

enum { FAR_OUT = 50 }; // times the height; lines from there are as good as upright

static int dot_y(const struct picture *pic, double value) {
    double place = plot_axis_place(&pic->y, value);
    place = MAX(-FAR_OUT, MIN(place, FAR_OUT));
    return pic->canvas.dots_h - 1 - (int)lround(place * (pic->canvas.dots_h - 1));
}

static int dot_x(const struct picture *pic, double value) {
    double place = plot_axis_place(&pic->x, value);
    return (int)lround(MAX(-1, MIN(place, 2)) * (pic->canvas.dots_w - 1));
}

static void flush_column(struct canvas *c, const struct dot_column *before,
                         const struct dot_column *now) {
    canvas_vline(c, now->x, now->least, now->most);
    if (before->x >= 0) {
        canvas_line(c, before->x, before->last, now->x, now->first);
    }
}

// y where the line between two points crosses x, so that it goes on to the border of a detail.
static double crossing(const struct plot_point *a, const struct plot_point *b, double x) {
    return b->x > a->x ? a->y + (b->y - a->y) * (x - a->x) / (b->x - a->x) : a->y;
}

static bool is_drawn(const struct picture *pic, double y) {
    return !pic->opts.log || y > 0;
}

static void extend(const struct picture *pic, double y, double *lo, double *hi) {
    if (is_drawn(pic, y)) {
        *lo = MIN(*lo, y);
        *hi = MAX(*hi, y);
    }
}

// The points from first to end that are drawn: all of them, or of very many the ones that matter.
struct shown {
    const struct plot_points *pts;
    const uint32_t *thin; // NULL = all
    size_t at, end;       // into `thin`, or points
};

static size_t thin_from(const struct plot_points *pts, size_t point) {
    size_t lo = 0;
    size_t hi = pts->n_thin;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (pts->thin[mid] < point) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static struct shown shown_points(const struct picture *pic, const struct plot_points *pts) {
    if (!pts->thin || pic->end - pic->first < PLOT_THIN_FROM) {
        return (struct shown){pts, NULL, pic->first, pic->end};
    }
    return (struct shown){pts, pts->thin, thin_from(pts, pic->first), thin_from(pts, pic->end)};
}

// NULL at the end.
static const struct plot_point *next_shown(struct shown *s) {
    if (s->at >= s->end || !s->pts->ptr) {
        return NULL;
    }
    const size_t i = s->at++;
    return &s->pts->ptr[s->thin ? s->thin[i] : i];
}

// The least and the greatest value on view, with those where the line crosses the borders.
static void range_of_line(struct picture *pic, const struct plot_points *pts, double *lo,
                          double *hi) {
    const size_t first = pic->first;
    const size_t end = pic->end;
    if (!pts->ptr) {
        return;
    }
    struct shown shown = shown_points(pic, pts);
    for (const struct plot_point *at; (at = next_shown(&shown));) {
        extend(pic, at->y, lo, hi);
    }
    for (size_t i = first; pic->opts.log && i < end; i++) {
        pic->n_not_above += !is_drawn(pic, pts->ptr[i].y);
    }
    if (first > 0 && first < pts->n) {
        extend(pic, crossing(&pts->ptr[first - 1], &pts->ptr[first], pic->x.lo), lo, hi);
    }
    if (end > 0 && end < pts->n) {
        extend(pic, crossing(&pts->ptr[end - 1], &pts->ptr[end], pic->x.hi), lo, hi);
    }
}

static void draw_ends(struct picture *pic, const struct plot_points *pts) {
    const size_t first = pic->first;
    const size_t end = pic->end;
    struct canvas *c = &pic->canvas;
    if (first > 0 && first < pts->n) {
        double y = crossing(&pts->ptr[first - 1], &pts->ptr[first], pic->x.lo);
        double x = MIN(pts->ptr[first].x, pic->x.hi);
        double at = x < pts->ptr[first].x ? crossing(&pts->ptr[first - 1], &pts->ptr[first], x)
                                          : pts->ptr[first].y;
        if (is_drawn(pic, y) && is_drawn(pic, at)) {
            canvas_line(c, 0, dot_y(pic, y), dot_x(pic, x), dot_y(pic, at));
        }
    }
    if (end > first && end < pts->n) {
        double y = crossing(&pts->ptr[end - 1], &pts->ptr[end], pic->x.hi);
        if (is_drawn(pic, y) && is_drawn(pic, pts->ptr[end - 1].y)) {
            canvas_line(c, dot_x(pic, pts->ptr[end - 1].x), dot_y(pic, pts->ptr[end - 1].y),
                        c->dots_w - 1, dot_y(pic, y));
        }
    }
}

static void draw_dots(struct picture *pic, const struct plot_points *pts) {
    struct shown shown = shown_points(pic, pts);
    for (const struct plot_point *at; (at = next_shown(&shown));) {
        if (is_drawn(pic, at->y)) {
            canvas_dot(&pic->canvas, dot_x(pic, at->x), dot_y(pic, at->y));
        }
    }
}

static void draw_line(struct picture *pic, const struct plot_points *pts) {
    struct dot_column before = {.x = -1};
    struct dot_column now = {.x = -1};
    for (size_t i = pic->first; i < pic->end; i++) {
        if (!is_drawn(pic, pts->ptr[i].y)) {
            continue;
        }
        int x = dot_x(pic, pts->ptr[i].x);
        int y = dot_y(pic, pts->ptr[i].y);
        if (x != now.x) {
            if (now.x >= 0) {
                flush_column(&pic->canvas, &before, &now);
            }
            before = now;
            now = (struct dot_column){x, y, y, y, y};
        }
        now.last = y;
        now.least = MIN(now.least, y);
        now.most = MAX(now.most, y);
    }
    if (now.x >= 0) {
        flush_column(&pic->canvas, &before, &now);
    }
    draw_ends(pic, pts);
}

// Lines between very many points would fill everything from the least to the greatest; their dots
// show where most of them are.
static void make_line(struct picture *pic, const struct plot *p) {
    const struct plot_points *pts = &p->points;
    double lo = (double)INFINITY;
    double hi = -(double)INFINITY;
    x_axis_of_points(pic, p);
    range_of_line(pic, pts, &lo, &hi);
    bool any = lo <= hi;
    y_axis_of_values(pic, p, any ? lo : 1, any ? hi : 10);
    pic->used_w = pic->opts.w;
    if (!pts->ptr) {
        return;
    }
    if (pic->end - pic->first > DENSE * (size_t)pic->canvas.dots_w) {
        draw_dots(pic, pts);
    } else {
        draw_line(pic, pts);
    }
}

// --- bars ---------------------------------------------------------------------------------------

static void place_items(struct picture *pic, size_t first, size_t end) {
    const size_t n = end - first;
    const size_t w = (size_t)pic->opts.w;
    pic->first = first;
    pic->end = end;
    pic->per_item = n && n <= w ? (int)MIN(w / n, (size_t)MAX_ITEM_W) : 0;
    pic->used_w = pic->per_item ? (int)n * pic->per_item : pic->opts.w;
    free(pic->bars);
    pic->bars = xcalloc(w + 1, sizeof *pic->bars);
}

static void span_of_item(const struct picture *pic, size_t item, int *x, int *w) {
    const size_t n = pic->end - pic->first;
    const size_t at = item - pic->first;
    if (pic->per_item) {
        *x = (int)at * pic->per_item;
        *w = pic->per_item;
    } else {
        *x = (int)(at * (size_t)pic->opts.w / n);
        *w = 1;
    }
}

static void add_bar(struct picture *pic, size_t item, double value) {
    int x, w;
    span_of_item(pic, item, &x, &w);
    // Wide bars are parted by a blank.
    for (int i = 0; i < (w > 2 ? w - 1 : w); i++) {
        struct picture_bar *bar = &pic->bars[x + i];
        bar->least = bar->any ? MIN(bar->least, value) : value;
        bar->most = bar->any ? MAX(bar->most, value) : value;
        bar->any = true;
    }
}

static void make_histogram(struct picture *pic, const struct plot *p) {
    const struct histogram *h = &p->bins;
    place_items(pic, 0, h->n_bins);
    for (size_t i = 0; i < h->n_bins; i++) {
        add_bar(pic, i, (double)h->counts[i]);
    }
    y_axis_of_values(pic, p, pic->opts.log ? 1 : 0, h->n_bins ? (double)histogram_most(h) : 1);
    pic->x = (struct plot_axis){.time = p->x_is_time};
    pic->x.lo = h->n_bins ? h->edges[0] : 0;
    pic->x.hi = h->n_bins ? h->edges[h->n_bins] : 1;
    widen(&pic->x);
}

// Rows without a value are gaps: of several rows in one cell they make the least value zero.
static void make_strip(struct picture *pic, const struct plot *p) {
    const struct plot_points *pts = &p->points;
    const double last = pts->n_rows ? (double)pts->n_rows - 1 : 0;
    double from = pic->opts.zoomed ? MAX(0, ceil(pic->opts.from)) : 0;
    double to = pic->opts.zoomed ? MIN(last, floor(pic->opts.to)) : last;
    double lo = pic->opts.log ? (double)INFINITY : 0;
    double hi = 0;
    to = MAX(to, from);
    place_items(pic, (size_t)from, pts->n_rows ? (size_t)to + 1 : 0);
    for (size_t i = pic->first; i < pic->end; i++) {
        uint32_t at = pts->of_line ? pts->of_line[i] : PLOT_NO_POINT;
        double y = at == PLOT_NO_POINT ? 0 : pts->ptr[at].y;
        bool left_out = pic->opts.log && y <= 0;
        pic->n_not_above += left_out && at != PLOT_NO_POINT;
        add_bar(pic, i, y);
        lo = left_out ? lo : MIN(lo, y);
        hi = MAX(hi, y);
    }
    bool any = lo < hi || (lo == hi && hi > 0);
    y_axis_of_values(pic, p, any ? lo : pic->opts.log ? 1 : 0, any ? hi : 1);
    pic->x = (struct plot_axis){.whole = true, .lo = from, .hi = to};
    widen(&pic->x);
}

int picture_height(const struct picture *pic, double value) {
    double place = plot_axis_place(&pic->y, value);
    double base = pic->y.log ? 0 : MAX(0, plot_axis_place(&pic->y, 0));
    if (!(place > 0) || value == 0) {
        return value < 0 && !pic->y.log ? MAX(0, (int)lround(place * pic->opts.h * 8)) : 0;
    }
    int eighths = (int)lround(MIN(place, 1) * pic->opts.h * 8);
    return place > base ? MAX(1, eighths) : MAX(0, eighths);
}

// --- the picture --------------------------------------------------------------------------------

static bool same_opts(const struct picture_opts *a, const struct picture_opts *b) {
    bool zoom = a->zoomed == b->zoomed && (!a->zoomed || (a->from == b->from && a->to == b->to));
    return a->w == b->w && a->h == b->h && a->style == b->style && a->zero == b->zero &&
           a->log == b->log && zoom;
}

bool picture_update(struct picture *pic, const struct plot *p, const struct picture_opts *opts) {
    if (pic->version == p->version + 1 && same_opts(&pic->opts, opts)) {
        return false;
    }
    pic->opts = *opts;
    pic->version = p->version + 1;
    pic->n_not_above = 0;
    canvas_init(&pic->canvas, opts->style, p->spec.kind == PLOT_LINE ? opts->w : 0, opts->h);
    switch (p->spec.kind) {
    case PLOT_NONE:
        break;
    case PLOT_LINE:
        make_line(pic, p);
        break;
    case PLOT_HISTOGRAM:
        make_histogram(pic, p);
        break;
    case PLOT_STRIP:
        make_strip(pic, p);
        break;
    }
    return true;
}

void picture_done(struct picture *pic) {
    canvas_done(&pic->canvas);
    free(pic->bars);
    *pic = (struct picture){0};
}

bool picture_place(const struct picture *pic, const struct plot *p, size_t item, int *x, int *w,
                   int *y) {
    *y = -1;
    if (item < pic->first || item >= pic->end) {
        return false;
    }
    if (p->spec.kind != PLOT_LINE) {
        span_of_item(pic, item, x, w);
        return true;
    }
    const struct plot_point *at = &p->points.ptr[item];
    *w = 1;
    int cell_y = 0;
    canvas_cell_of(&pic->canvas, dot_x(pic, at->x), 0, x, &cell_y);
    if (is_drawn(pic, at->y)) {
        int cell_x;
        canvas_cell_of(&pic->canvas, 0, dot_y(pic, at->y), &cell_x, y);
    }
    return true;
}

size_t picture_item_at(const struct picture *pic, const struct plot *p, int x) {
    if (x < 0 || x >= pic->used_w || pic->first >= pic->end) {
        return SIZE_MAX;
    }
    if (p->spec.kind != PLOT_LINE) {
        size_t n = pic->end - pic->first;
        size_t at =
            pic->per_item ? (size_t)x / (size_t)pic->per_item : (size_t)x * n / (size_t)pic->opts.w;
        return pic->first + MIN(at, n - 1);
    }
    double value = plot_axis_value(&pic->x, (x + 0.5) / pic->opts.w);
    size_t at = MAX(pic->first, MIN(first_from(&p->points, value), pic->end - 1));
    bool former = at > pic->first && value - p->points.ptr[at - 1].x < p->points.ptr[at].x - value;
    return former ? at - 1 : at;
}
