// Drawing finer than cells: a grid of dots that becomes characters. Braille has 2 x 4 dots a cell,
// quadrant blocks 2 x 2, ASCII 1 x 2; bars are eighths of a cell high.
#ifndef CULPRIT_UI_PLOT_CANVAS_H
#define CULPRIT_UI_PLOT_CANVAS_H

#include <stdint.h>

#include "term/screen.h"

enum plot_style { STYLE_BRAILLE, STYLE_BLOCKS, STYLE_ASCII };

struct canvas {
    enum plot_style style;
    int w, h;           // cells
    int dots_w, dots_h; // of the whole
    uint8_t *dots;      // bits of each cell, row by row
};

// `c` is zeroed or was initialised before; all dots are off.
void canvas_init(struct canvas *c, enum plot_style style, int w, int h);
void canvas_done(struct canvas *c);
// From the top left corner. Outside: nothing happens.
void canvas_dot(struct canvas *c, int x, int y);
void canvas_vline(struct canvas *c, int x, int y0, int y1);
void canvas_line(struct canvas *c, int x0, int y0, int x1, int y1);
// The character of a cell; 0 when no dot is on.
uint32_t canvas_char(const struct canvas *c, int cell_x, int cell_y);
void canvas_cell_of(const struct canvas *c, int x, int y, int *cell_x, int *cell_y);

// A cell that is filled from below by that many eighths; 0 = none.
uint32_t bar_char(enum plot_style style, int eighths);
// A cell that is filled for some only of what it stands for.
uint32_t bar_light(enum plot_style style);

#endif
