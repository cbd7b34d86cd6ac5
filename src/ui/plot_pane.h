// The plot above a table, or in its place: what the user made of it and what was drawn last. The
// cursor of lines and strips is the cursor row of the view; a histogram has a bin of its own.
#ifndef CULPRIT_UI_PLOT_PANE_H
#define CULPRIT_UI_PLOT_PANE_H

#include "ui/plot_picture.h"

enum plot_mode {
    PLOT_AUTO, // above the table when the view has a plot and there is room
    PLOT_OFF,
    PLOT_ABOVE,
    PLOT_ALONE,
};

// What the user chose; goes with the place when he leaves the view.
struct plot_choice {
    enum plot_mode mode;
    enum plot_kind kind; // of a plot he asked for; PLOT_NONE = that of the view file
    char *x, *y, *name;  // its columns; NULL = none
    int bins;            // 0 = as the definition says
    bool zero, log;
    bool zoomed;
    double from, to;
    bool focus;
};

void plot_choice_copy(struct plot_choice *to, const struct plot_choice *from);
void plot_choice_done(struct plot_choice *choice);

struct plot_pane {
    struct plot_choice choice;
    struct plot *plot;         // NULL = not made yet, or there is none
    const struct table *table; // that it was made for
    struct picture picture;
    enum plot_mode shown; // in the last frame
    int label_w;          // columns of the labels at the left
    int room_h;           // lines for plot and table in the last frame; 0 = none yet
    struct rect at;       // of the drawing itself, for the mouse
    // Histogram: the bin follows the cursor row when that moves, and stays on its values when the
    // bins become others.
    size_t bin;
    bool has_value;
    double value;
    size_t seen_cursor;
    uint64_t seen_version;
};

void plot_pane_done(struct plot_pane *pane);

#endif
