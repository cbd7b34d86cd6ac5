// From the cell buffer to curses, or to lines of text where the cursor cannot be moved.
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "term/colour.h"
#include "term/term_int.h"

// --- colours ----------------------------------------------------------------------------------

static enum theme_depth wanted_depth(const struct term *term) {
    const char *no_color = getenv("NO_COLOR");
    switch (term->opts.colours) {
    case COLOURS_AUTO:
        return no_color && *no_color ? DEPTH_MONO : DEPTH_DIRECT;
    case COLOURS_0:
        return DEPTH_MONO;
    case COLOURS_8:
        return DEPTH_8;
    case COLOURS_256:
        return DEPTH_256;
    case COLOURS_DIRECT:
        break;
    }
    return DEPTH_DIRECT;
}

void draw_open_colours(struct term *term) {
    int n = term->caps.n_colours;
    enum theme_depth have = n > 256    ? DEPTH_DIRECT
                            : n == 256 ? DEPTH_256
                            : n >= 8   ? DEPTH_8
                                       : DEPTH_MONO;
    term->depth = MIN(have, wanted_depth(term));
    if (term->depth == DEPTH_MONO || !has_colors() || start_color() == ERR) {
        term->depth = DEPTH_MONO;
        return;
    }
    term->own_colours = use_default_colors() == OK;
}

// The number that the terminal's description takes for a colour.
static int terminal_colour(const struct term *term, int32_t colour, int without_default) {
    if (colour == COLOUR_DEFAULT) {
        return term->own_colours ? -1 : without_default;
    }
    if (term->caps.n_colours > 256 && colour >= 8) {
        // Direct colour: below 8 the palette, else red, green, blue in one number.
        return (int)MAX(colour_rgb(colour), 8U);
    }
    return colour;
}

static attr_t curses_attrs(unsigned style) {
    return (style & STYLE_BOLD ? A_BOLD : 0) | (style & STYLE_DIM ? A_DIM : 0) |
           (style & STYLE_ITALIC ? A_ITALIC : 0) | (style & STYLE_UNDERLINE ? A_UNDERLINE : 0) |
           (style & STYLE_REVERSE ? A_REVERSE : 0);
}

static const struct look *look_of(struct term *term, const struct screen_cell *cell) {
    struct look *look =
        &term->looks[cell->role < N_ROLES ? cell->role : ROLE_TEXT][cell->over % N_OVERLAYS];
    if (look->known || !term->opts.theme) {
        return look;
    }
    struct style style =
        theme_cell_style(term->opts.theme, term->depth, (enum role)cell->role, cell->over);
    look->known = true;
    look->attrs = curses_attrs(style.attrs);
    if (term->depth != DEPTH_MONO) {
        int pair = alloc_pair(terminal_colour(term, style.fg, COLOR_WHITE),
                              terminal_colour(term, style.bg, COLOR_BLACK));
        look->pair = pair > 0 ? pair : 0;
    }
    return look;
}

// --- curses -----------------------------------------------------------------------------------

// The cell's characters for curses, which has its own mind about widths: where it disagrees with
// ours, a stand-in of the right width goes out. Returns the columns curses will advance.
static int to_wide(const struct term *term, const struct screen_cell *cell,
                   wchar_t out[CCHARW_MAX + 1]) {
    struct sv text = sv_make(cell->utf8, cell->len);
    size_t n = 0;
    for (size_t at = 0; at < text.len && n < CCHARW_MAX; n++) {
        uint32_t cp = utf8_next(text, &at);
        if (n > 0 && wcwidth((wchar_t)cp) != 0) {
            break;
        }
        out[n] = (wchar_t)cp;
    }
    out[n] = 0;
    int width = n ? wcwidth(out[0]) : 0;
    bool refused = term->ascii && n && (uint32_t)out[0] >= 0x80;
    if (refused || width < 1 || width > cell->width) {
        wchar_t stand_in = !term->ascii && wcwidth(UTF8_BAD) == 1 ? (wchar_t)UTF8_BAD : L'?';
        out[0] = stand_in;
        out[1] = 0;
        width = 1;
    }
    return width;
}

static int fill_row(struct term *term, const struct screen_cell *cells, int w) {
    wchar_t wide[CCHARW_MAX + 1];
    int n = 0;
    for (int x = 0; x < w; x++) {
        const struct screen_cell *cell = &cells[x];
        if (cell->width == 0 || (cell->width == 2 && x + 1 == w)) {
            continue;
        }
        const struct look *look = look_of(term, cell);
        int width = to_wide(term, cell, wide);
        int pair = look->pair;
        (void)setcchar(&term->row[n++], wide, look->attrs, 0, &pair);
        if (width < cell->width) {
            (void)setcchar(&term->row[n++], L" ", look->attrs, 0, &pair);
        }
    }
    return n;
}

static void make_room(struct term *term, const struct screen *screen) {
    size_t n = (size_t)screen->w * (size_t)screen->h;
    if (term->front_w != screen->w || term->front_h != screen->h) {
        term->front = xreallocarray(term->front, n, sizeof *term->front);
        term->front_w = screen->w;
        term->front_h = screen->h;
        term->repaint = true;
    }
    if (term->row_cap < (size_t)screen->w) {
        term->row_cap = (size_t)screen->w;
        term->row = xreallocarray(term->row, term->row_cap, sizeof *term->row);
    }
}

static void draw_rows(struct term *term, const struct screen *screen) {
    int w = MIN(screen->w, COLS), h = MIN(screen->h, LINES);
    size_t row_bytes = (size_t)screen->w * sizeof *screen->cells;
    for (int y = 0; y < h; y++) {
        size_t at = (size_t)y * (size_t)screen->w;
        if (!term->repaint && memcmp(term->front + at, screen->cells + at, row_bytes) == 0) {
            continue;
        }
        memcpy(term->front + at, screen->cells + at, row_bytes);
        int n = fill_row(term, screen->cells + at, w);
        (void)mvadd_wchnstr(y, 0, term->row, n);
    }
}

static void place_cursor(struct term *term, const struct screen *screen) {
    bool shown = screen->cursor_x >= 0;
    if (shown && screen->cursor_x < COLS && screen->cursor_y < LINES) {
        (void)move(screen->cursor_y, screen->cursor_x);
    }
    (void)curs_set(shown || term->opts.inline_cursor ? 1 : 0);
}

void term_draw(struct term *term, const struct screen *screen) {
    if (term->paused) {
        return;
    }
    if (term->curses) {
        make_room(term, screen);
        if (term->repaint) {
            (void)erase();
            clearok(curscr, TRUE);
        }
        draw_rows(term, screen);
        place_cursor(term, screen);
        (void)wnoutrefresh(stdscr);
        (void)doupdate();
    } else {
        draw_paper(term, screen);
    }
    term->repaint = false;
    if (term->queued.len) {
        term_write(term, str_sv(&term->queued));
        str_clear(&term->queued);
    }
}

// --- paper ------------------------------------------------------------------------------------

static size_t count_changed(struct sv old, struct sv now) {
    struct sv a, b;
    size_t n = 0;
    while (sv_split(&now, '\n', &b)) {
        if (!sv_split(&old, '\n', &a)) {
            a = SV_NULL;
        }
        n += !sv_eq(a, b);
    }
    return n;
}

// Lines that changed, or everything when much did; blank lines carry nothing.
static void add_lines(struct str *out, struct sv old, struct sv now, bool all) {
    struct sv a, b;
    while (sv_split(&now, '\n', &b)) {
        if (!sv_split(&old, '\n', &a)) {
            a = SV_NULL;
        }
        if (b.len && (all || !sv_eq(a, b))) {
            str_add_sv(out, b);
            str_add_byte(out, '\n');
        }
    }
}

void draw_paper(struct term *term, const struct screen *screen) {
    enum { FEW_LINES = 4 };
    struct str now = STR_INIT, out = STR_INIT;
    screen_dump(screen, &now);
    struct sv old = str_sv(&term->paper_text);
    bool all = term->repaint || count_changed(old, str_sv(&now)) > FEW_LINES;
    add_lines(&out, old, str_sv(&now), all);
    term_write(term, str_sv(&out));
    str_done(&out);
    str_done(&term->paper_text);
    term->paper_text = now;
}
