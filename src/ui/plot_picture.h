// The picture of a plot at one size: axes, dots and bars. Made anew only when the points, the size
// or what the user chose has changed, and then drawn as often as needed.
#ifndef CULPRIT_UI_PLOT_PICTURE_H
#define CULPRIT_UI_PLOT_PICTURE_H

#include "ui/plot_axis.h"
#include "ui/plot_canvas.h"
#include "view/plot.h"

// What the picture is made of, besides the points.
struct picture_opts {
    int w, h; // cells of the drawing itself
    enum plot_style style;
    bool zero;   // the y axis begins at zero
    bool log;    // and is logarithmic; then it does not
    bool zoomed; // the x axis goes from `from` to `to`
    double from, to;
};

// What a column of cells stands for in a plot of bars.
struct picture_bar {
    double least, most;
    bool any;
};

struct picture {
    struct picture_opts opts;
    uint64_t version; // of the plot, plus 1; 0 = not made yet
    struct plot_axis x, y;
    struct canvas canvas; // line
    // Histogram and strip: items first..end (bins, rows) stand from the left, each `per_item` cells
    // wide; 0 = several share a cell.
    struct picture_bar *bars; // one for each column of cells
    size_t first, end;
    int per_item;
    int used_w;         // cells from the left that items stand in
    size_t n_not_above; // points left out of a logarithmic axis
};

// True when it was made anew.
bool picture_update(struct picture *pic, const struct plot *p, const struct picture_opts *opts);
void picture_done(struct picture *pic);

// The cells of an item (point, bin; of a strip the row): columns [*x, *x + *w) and, of a line, the
// row *y (else -1). False when it is outside of the picture.
bool picture_place(const struct picture *pic, const struct plot *p, size_t item, int *x, int *w,
                   int *y);
// The item under a column of cells; SIZE_MAX = none.
size_t picture_item_at(const struct picture *pic, const struct plot *p, int x);
// Height of a bar in eighths of a cell.
int picture_height(const struct picture *pic, double value);

#endif
