// The cell buffer: what every pane draws into. No terminal in here: the same buffer is shown by
// term_draw(), printed by --screen and compared by tests.
//
// A cell holds one character with its combining marks, a role and overlays. Everything that gets
// in is made safe: control characters come as ^X, line breaks and tabs as a glyph (^J and ^I with
// `ascii`), bytes that are no UTF-8, C1 controls and direction overrides as the replacement mark;
// joiners and variation selectors are left out, because terminals disagree about their width. With
// `ascii` each character beyond ASCII is one '?'.
// Drawing outside the buffer or the given rectangle is cut off, never an error.
#ifndef CULPRIT_TERM_SCREEN_H
#define CULPRIT_TERM_SCREEN_H

#include <stdint.h>

#include "base/str.h"
#include "term/role.h"

enum { SCREEN_CELL_BYTES = 12, SCREEN_MAX_SIDE = 2000 };

// Overlays: drawn over the cell's own role, in this order, later ones winning.
enum {
    OVER_SELECTED = 1,
    OVER_CURSOR_ROW = 2,
    OVER_CURSOR_CELL = 4, // the cursor column in the cursor row
    OVER_MATCH = 8,
    OVER_MATCH_CURRENT = 16,
};

struct screen_cell {
    char utf8[SCREEN_CELL_BYTES]; // zero behind `len`
    uint8_t len;                  // 0 in the right half of a wide character
    uint8_t width;                // 1 or 2; 0 in the right half of a wide character
    uint8_t role;                 // enum role
    uint8_t over;                 // OVER_ bits
};

struct screen {
    int w, h;
    bool ascii;
    struct screen_cell *cells; // w * h, row by row
    int cursor_x, cursor_y;    // where the terminal's cursor is shown; cursor_x < 0 = hidden
};

struct rect {
    int x, y, w, h;
};

enum text_align { TEXT_LEFT, TEXT_RIGHT, TEXT_CENTRE };

struct text_style {
    enum role role;
    enum text_align align;
    int skip;     // columns of the text scrolled off at the left
    bool pad;     // the rest of the line in the rectangle is blanked in `role`
    bool no_mark; // cut without the mark
    bool middle;  // cut in the middle: for names that differ at their end ("windows11…-qr")
};

// `s` is uninitialised memory or all zero. Sides are clamped to 1..SCREEN_MAX_SIDE.
void screen_init(struct screen *s, int w, int h, bool ascii);
void screen_done(struct screen *s);
// New size, all blank.
void screen_resize(struct screen *s, int w, int h);
// Blanks everything and hides the cursor.
void screen_clear(struct screen *s);

static inline struct rect screen_rect(const struct screen *s) {
    return (struct rect){0, 0, s->w, s->h};
}
// The common part of both; w or h is 0 when there is none.
struct rect rect_clip(struct rect r, struct rect in);

// Columns `text` takes when drawn, line breaks and all; counting stops above `limit` (the result
// is then limit + 1), so that a huge value costs no more than a cut one.
int text_columns(struct sv text, bool ascii, int limit);
// Bytes of `text` that fit in `columns`, ending on a cell border; `*used` (may be NULL) = their
// columns. For wrapping.
size_t text_fit(struct sv text, bool ascii, int columns, int *used);

// One line of text in the first line of `at`. Wider text is cut with a mark ('~' or an ellipsis).
// Returns the columns of the whole text behind `skip`, counted to at.w + 1 at most: more than at.w
// means that it was cut.
int screen_put(struct screen *s, struct rect at, struct sv text, struct text_style style);
// Short form: left-aligned from (x, y) to the right border. Returns the column behind the text.
int screen_puts(struct screen *s, int x, int y, enum role role, const char *text);
// One character, `n` columns to the right.
void screen_hline(struct screen *s, int x, int y, int n, uint32_t cp, enum role role);
// One character, `n` lines down.
void screen_vline(struct screen *s, int x, int y, int n, uint32_t cp, enum role role);
// Blanks in `role`; overlays are removed.
void screen_fill(struct screen *s, struct rect r, enum role role);
// Changes the role of what is there, and keeps the text.
void screen_set_role(struct screen *s, struct rect r, enum role role);
// Adds / removes OVER_ bits. A wide character takes overlays whole.
void screen_overlay(struct screen *s, struct rect r, unsigned over);
void screen_overlay_off(struct screen *s, struct rect r, unsigned over);
void screen_cursor(struct screen *s, int x, int y);

// Drawing characters with their ASCII stand-ins.
enum glyph {
    GLYPH_HLINE,
    GLYPH_VLINE,
    GLYPH_CROSS,
    GLYPH_CORNER_TL,
    GLYPH_CORNER_TR,
    GLYPH_CORNER_BL,
    GLYPH_CORNER_BR,
    GLYPH_TEE_LEFT,  // a line going right from a vertical one
    GLYPH_TEE_RIGHT, // a line going left from a vertical one
    GLYPH_TEE_TOP,
    GLYPH_TEE_BOTTOM,
    GLYPH_CUT,      // ellipsis, '~'
    GLYPH_BAR,      // full block, '#'
    GLYPH_BAR_REST, // light shade, '-'
    N_GLYPHS
};
uint32_t screen_glyph(const struct screen *s, enum glyph glyph);
// Frame around the rectangle, inside it.
void screen_box(struct screen *s, struct rect r, enum role role);

// Plain text, one line per row with trailing blanks removed, each ended by a newline.
void screen_dump(const struct screen *s, struct str *out);
// The same grid with the letter of each cell's role (role.h); then, when any overlay is set, a
// line "overlays" and the grid of overlay bits, one digit 1-9a-v a cell ('.' = none).
void screen_dump_roles(const struct screen *s, struct str *out);

#endif
