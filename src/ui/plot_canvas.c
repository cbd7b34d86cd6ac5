#include "ui/plot_canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const struct {
    int w, h;
} dots_of[] = {[STYLE_BRAILLE] = {2, 4}, [STYLE_BLOCKS] = {2, 2}, [STYLE_ASCII] = {1, 2}};

void canvas_init(struct canvas *c, enum plot_style style, int w, int h) {
    free(c->dots);
    *c = (struct canvas){.style = style, .w = MAX(w, 0), .h = MAX(h, 0)};
    c->dots_w = c->w * dots_of[style].w;
    c->dots_h = c->h * dots_of[style].h;
    c->dots = xcalloc((size_t)c->w * (size_t)c->h + 1, 1);
}

void canvas_done(struct canvas *c) {
    free(c->dots);
    *c = (struct canvas){0};
}

void canvas_cell_of(const struct canvas *c, int x, int y, int *cell_x, int *cell_y) {
    *cell_x = x / dots_of[c->style].w;
    *cell_y = y / dots_of[c->style].h;
}

void canvas_dot(struct canvas *c, int x, int y) {
    // Bit of the dot in column x and row y of a cell; the order of the braille characters.
    static const uint8_t bits[4][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};
    if (x < 0 || y < 0 || x >= c->dots_w || y >= c->dots_h) {
        return;
    }
    int cell_x, cell_y;
    canvas_cell_of(c, x, y, &cell_x, &cell_y);
    int in_x = x % dots_of[c->style].w;
    int in_y = y % dots_of[c->style].h;
    c->dots[cell_y * c->w + cell_x] |= (uint8_t)(1U << bits[in_y][in_x]);
}

void canvas_vline(struct canvas *c, int x, int y0, int y1) {
    for (int y = MAX(0, MIN(y0, y1)); y <= MIN(c->dots_h - 1, MAX(y0, y1)); y++) {
        canvas_dot(c, x, y);
    }
}

void canvas_line(struct canvas *c, int x0, int y0, int x1, int y1) {
    int64_t dx = llabs((int64_t)x1 - x0);
    int64_t dy = -llabs((int64_t)y1 - y0);
    int64_t rest = dx + dy;
    for (;;) {
        canvas_dot(c, x0, y0);
        if (x0 == x1 && y0 == y1) {
            return;
        }
        int64_t twice = 2 * rest;
        if (twice >= dy) {
            rest += dy;
            x0 += x0 < x1 ? 1 : -1;
        }
        if (twice <= dx) {
            rest += dx;
            y0 += y0 < y1 ? 1 : -1;
        }
    }
}

uint32_t canvas_char(const struct canvas *c, int cell_x, int cell_y) {
    // Quadrants by upper left 1, lower left 2, upper right 4, lower right 8.
    static const uint16_t quadrants[16] = {0,      0x2598, 0x2596, 0x258C, 0x259D, 0x2580,
                                           0x259E, 0x259B, 0x2597, 0x259A, 0x2584, 0x2599,
                                           0x2590, 0x259C, 0x259F, 0x2588};
    static const char ascii[4] = {0, '\'', '.', ':'};
    if (cell_x < 0 || cell_y < 0 || cell_x >= c->w || cell_y >= c->h) {
        return 0;
    }
    uint8_t bits = c->dots[cell_y * c->w + cell_x];
    if (!bits) {
        return 0;
    }
    switch (c->style) {
    case STYLE_BRAILLE:
        break;
    case STYLE_BLOCKS:
        return quadrants[(bits & 3U) | (bits >> 1 & 12U)];
    case STYLE_ASCII:
        return (uint32_t)ascii[bits & 3U];
    }
    return 0x2800U + bits;
}

uint32_t bar_char(enum plot_style style, int eighths) {
    static const char ascii[9] = {0, '.', '.', '.', ':', ':', ':', '#', '#'};
    eighths = MAX(0, MIN(eighths, 8));
    if (style == STYLE_ASCII) {
        return (uint32_t)ascii[eighths];
    }
    return eighths ? 0x2580U + (uint32_t)eighths : 0;
}

uint32_t bar_light(enum plot_style style) {
    return style == STYLE_ASCII ? '-' : 0x2591;
}
