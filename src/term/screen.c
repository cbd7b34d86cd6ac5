#include "term/screen.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "term/text_walk.h"

static struct screen_cell blank(enum role role) {
    return (struct screen_cell){.utf8 = " ", .len = 1, .width = 1, .role = (uint8_t)role};
}

static struct screen_cell *cell_at(const struct screen *s, int x, int y) {
    return &s->cells[(size_t)y * (size_t)s->w + (size_t)x];
}

void screen_init(struct screen *s, int w, int h, bool ascii) {
    *s = (struct screen){.ascii = ascii};
    screen_resize(s, w, h);
}

void screen_done(struct screen *s) {
    free(s->cells);
    *s = (struct screen){0};
}

void screen_resize(struct screen *s, int w, int h) {
    s->w = MAX(1, MIN(w, SCREEN_MAX_SIDE));
    s->h = MAX(1, MIN(h, SCREEN_MAX_SIDE));
    size_t n = (size_t)s->w * (size_t)s->h;
    s->cells = xreallocarray(s->cells, n, sizeof *s->cells);
    screen_clear(s);
}

void screen_clear(struct screen *s) {
    size_t n = (size_t)s->w * (size_t)s->h;
    struct screen_cell empty = blank(ROLE_TEXT);
    for (size_t i = 0; i < n; i++) {
        s->cells[i] = empty;
    }
    s->cursor_x = -1;
    s->cursor_y = 0;
}

struct rect rect_clip(struct rect r, struct rect in) {
    int x = MAX(r.x, in.x), y = MAX(r.y, in.y);
    int right = MIN(r.x + r.w, in.x + in.w), bottom = MIN(r.y + r.h, in.y + in.h);
    return (struct rect){x, y, MAX(0, right - x), MAX(0, bottom - y)};
}

int text_columns(struct sv text, bool ascii, int limit) {
    struct text_walk walk = {.text = text, .ascii = ascii};
    struct screen_cell cell;
    int used = 0;
    while (used <= limit && text_walk_next(&walk, &cell)) {
        used += cell.width;
    }
    return MIN(used, limit + 1);
}

size_t text_fit(struct sv text, bool ascii, int columns, int *used) {
    struct text_walk walk = {.text = text, .ascii = ascii};
    struct screen_cell cell;
    size_t end = 0;
    int end_used = 0;
    for (int now = 0; text_walk_next(&walk, &cell);) {
        now += cell.width;
        if (now > columns) {
            break;
        }
        if (!walk.pending) {
            end = walk.at;
            end_used = now;
        }
    }
    if (used) {
        *used = end_used;
    }
    return end;
}

// Half of a wide character would be left over beside (x, y): blank it.
static void split_wide(const struct screen *s, int x, int y) {
    struct screen_cell *c = cell_at(s, x, y);
    if (c->width == 0 && x > 0) {
        cell_at(s, x - 1, y)[0] = blank((enum role)c->role);
    } else if (c->width == 2 && x + 1 < s->w) {
        cell_at(s, x + 1, y)[0] = blank((enum role)c->role);
    }
}

static void put_cell(const struct screen *s, int x, int y, struct screen_cell cell,
                     enum role role) {
    if (x < 0 || y < 0 || y >= s->h || x + cell.width > s->w) {
        return;
    }
    cell.role = (uint8_t)role;
    split_wide(s, x, y);
    if (cell.width == 2) {
        split_wide(s, x + 1, y);
        *cell_at(s, x + 1, y) = (struct screen_cell){.role = cell.role};
    }
    *cell_at(s, x, y) = cell;
}

static void put_blanks(const struct screen *s, int x, int y, int n, enum role role) {
    for (int i = 0; i < n; i++) {
        put_cell(s, x + i, y, blank(role), role);
    }
}

// Passes over `skip` columns; returns how many columns of a cut wide character remain to be
// blanked.
static int walk_skip(struct text_walk *walk, int skip) {
    struct screen_cell cell;
    while (skip > 0 && text_walk_next(walk, &cell)) {
        skip -= cell.width;
    }
    return skip < 0 ? -skip : 0;
}

static int count_rest(struct text_walk walk, int used, int limit) {
    struct screen_cell cell;
    while (used <= limit && text_walk_next(&walk, &cell)) {
        used += cell.width;
    }
    return MIN(used, limit + 1);
}

static int free_before(enum text_align align, int room) {
    switch (align) {
    case TEXT_RIGHT:
        return room;
    case TEXT_CENTRE:
        return room / 2;
    case TEXT_LEFT:
        break;
    }
    return 0;
}

enum { MIDDLE_MIN = 8, MIDDLE_MAX = 512 };

// The beginning with its mark, then the last third. False when the text is to be drawn as any
// other: it fits, is scrolled, has no room for two parts, or is too long to be walked for each
// cell.
static bool put_both_ends(struct screen *s, struct rect at, struct sv text,
                          struct text_style style) {
    if (!style.middle || style.skip || style.no_mark || at.w < MIDDLE_MIN) {
        return false;
    }
    const int full = count_rest((struct text_walk){.text = text, .ascii = s->ascii}, 0, MIDDLE_MAX);
    if (full <= at.w || full > MIDDLE_MAX) {
        return false;
    }
    const int tail = at.w / 3;
    style.middle = false;
    screen_put(s, (struct rect){at.x, at.y, at.w - tail, at.h}, text, style);
    style.skip = full - tail;
    style.no_mark = true;
    style.align = TEXT_RIGHT;
    screen_put(s, (struct rect){at.x + at.w - tail, at.y, tail, at.h}, text, style);
    return true;
}

int screen_put(struct screen *s, struct rect at, struct sv text, struct text_style style) {
    if (at.w <= 0 || at.h <= 0) {
        return 0;
    }
    if (put_both_ends(s, at, text, style)) {
        return at.w + 1;
    }
    struct text_walk walk = {.text = text, .ascii = s->ascii};
    int half = walk_skip(&walk, style.skip);
    int need = count_rest(walk, half, at.w);
    bool cut = need > at.w;
    bool mark = cut && !style.no_mark;
    int before = free_before(style.align, at.w - MIN(need, at.w));
    if (style.pad) {
        put_blanks(s, at.x, at.y, at.w, style.role);
    }
    int x = at.x + before;
    put_blanks(s, x, at.y, half, style.role);
    x += half;
    int end = at.x + at.w - (mark ? 1 : 0);
    struct screen_cell cell;
    while (x < end && text_walk_next(&walk, &cell) && x + cell.width <= end) {
        put_cell(s, x, at.y, cell, style.role);
        x += cell.width;
    }
    if (cut) {
        put_blanks(s, x, at.y, at.x + at.w - x, style.role);
    }
    if (mark) {
        put_cell(s, at.x + at.w - 1, at.y, cell_of(screen_glyph(s, GLYPH_CUT), s->ascii),
                 style.role);
    }
    return need;
}

int screen_puts(struct screen *s, int x, int y, enum role role, const char *text) {
    struct rect at = {x, y, s->w - x, 1};
    int used = screen_put(s, at, sv_cstr(text), (struct text_style){.role = role});
    return x + MIN(used, MAX(0, at.w));
}

void screen_hline(struct screen *s, int x, int y, int n, uint32_t cp, enum role role) {
    struct screen_cell cell = cell_of(cp, s->ascii);
    for (int i = 0; i + cell.width <= n && x + i < s->w; i += cell.width) {
        put_cell(s, x + i, y, cell, role);
    }
}

void screen_vline(struct screen *s, int x, int y, int n, uint32_t cp, enum role role) {
    struct screen_cell cell = cell_of(cp, s->ascii);
    for (int i = 0; i < n && y + i < s->h; i++) {
        put_cell(s, x, y + i, cell, role);
    }
}

void screen_fill(struct screen *s, struct rect r, enum role role) {
    r = rect_clip(r, screen_rect(s));
    for (int y = r.y; y < r.y + r.h; y++) {
        put_blanks(s, r.x, y, r.w, role);
    }
}

void screen_set_role(struct screen *s, struct rect r, enum role role) {
    r = rect_clip(r, screen_rect(s));
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            cell_at(s, x, y)->role = (uint8_t)role;
        }
    }
}

static void change_overlay(struct screen *s, struct rect r, unsigned set, unsigned clear) {
    r = rect_clip(r, screen_rect(s));
    for (int y = r.y; r.w > 0 && y < r.y + r.h; y++) {
        int first = r.x, last = r.x + r.w - 1;
        if (cell_at(s, first, y)->width == 0 && first > 0) {
            first--;
        }
        if (cell_at(s, last, y)->width == 2 && last + 1 < s->w) {
            last++;
        }
        for (int x = first; x <= last; x++) {
            struct screen_cell *c = cell_at(s, x, y);
            c->over = (uint8_t)((c->over | set) & ~clear);
        }
    }
}

void screen_overlay(struct screen *s, struct rect r, unsigned over) {
    change_overlay(s, r, over, 0);
}

void screen_overlay_off(struct screen *s, struct rect r, unsigned over) {
    change_overlay(s, r, 0, over);
}

void screen_cursor(struct screen *s, int x, int y) {
    bool inside = x >= 0 && y >= 0 && x < s->w && y < s->h;
    s->cursor_x = inside ? x : -1;
    s->cursor_y = inside ? y : 0;
}

uint32_t screen_glyph(const struct screen *s, enum glyph glyph) {
    static const struct {
        uint16_t unicode;
        char ascii;
    } glyphs[N_GLYPHS] = {
        [GLYPH_HLINE] = {0x2500, '-'},      [GLYPH_VLINE] = {0x2502, '|'},
        [GLYPH_CROSS] = {0x253C, '+'},      [GLYPH_CORNER_TL] = {0x250C, '+'},
        [GLYPH_CORNER_TR] = {0x2510, '+'},  [GLYPH_CORNER_BL] = {0x2514, '+'},
        [GLYPH_CORNER_BR] = {0x2518, '+'},  [GLYPH_TEE_LEFT] = {0x251C, '+'},
        [GLYPH_TEE_RIGHT] = {0x2524, '+'},  [GLYPH_TEE_TOP] = {0x252C, '+'},
        [GLYPH_TEE_BOTTOM] = {0x2534, '+'}, [GLYPH_CUT] = {0x2026, '~'},
        [GLYPH_BAR] = {0x2588, '#'},        [GLYPH_BAR_REST] = {0x2591, '-'},
    };
    if (glyph >= N_GLYPHS) {
        return '?';
    }
    return s->ascii ? (unsigned char)glyphs[glyph].ascii : glyphs[glyph].unicode;
}

void screen_box(struct screen *s, struct rect r, enum role role) {
    if (r.w < 2 || r.h < 2) {
        return;
    }
    int right = r.x + r.w - 1, bottom = r.y + r.h - 1;
    uint32_t h = screen_glyph(s, GLYPH_HLINE), v = screen_glyph(s, GLYPH_VLINE);
    screen_hline(s, r.x, r.y, r.w, h, role);
    screen_hline(s, r.x, bottom, r.w, h, role);
    screen_vline(s, r.x, r.y, r.h, v, role);
    screen_vline(s, right, r.y, r.h, v, role);
    screen_hline(s, r.x, r.y, 1, screen_glyph(s, GLYPH_CORNER_TL), role);
    screen_hline(s, right, r.y, 1, screen_glyph(s, GLYPH_CORNER_TR), role);
    screen_hline(s, r.x, bottom, 1, screen_glyph(s, GLYPH_CORNER_BL), role);
    screen_hline(s, right, bottom, 1, screen_glyph(s, GLYPH_CORNER_BR), role);
}
