#include "term/text_walk.h"

#include <string.h>

#include "base/utf8.h"

enum { CP_RETURN_GLYPH = 0x21B5, CP_TAB_GLYPH = 0x2192 };

static bool is_control(uint32_t cp) {
    return cp < 0x20 || cp == 0x7F;
}

static void cell_set(struct screen_cell *cell, uint32_t cp, int width) {
    *cell = (struct screen_cell){.width = (uint8_t)width};
    cell->len = (uint8_t)utf8_encode(cell->utf8, cp);
}

struct screen_cell cell_of(uint32_t cp, bool ascii) {
    struct screen_cell cell;
    if (is_control(cp) || cp_is_unsafe(cp)) {
        cp = UTF8_BAD;
    }
    if (ascii && cp >= 0x80) {
        cp = '?';
    }
    int width = cp < 0x80 ? 1 : cp_width(cp);
    if (width < 1 || width > 2) {
        cp = ascii ? '?' : UTF8_BAD;
        width = 1;
    }
    cell_set(&cell, cp, width);
    return cell;
}

// Adds the marks that follow a base character; those beyond the room of a cell are left out.
static void take_marks(struct text_walk *walk, struct screen_cell *cell) {
    while (walk->at < walk->text.len && (unsigned char)walk->text.ptr[walk->at] >= 0x80) {
        size_t next = walk->at;
        uint32_t cp = utf8_next(walk->text, &next);
        bool dropped = cp_is_left_out(cp);
        if (!dropped && (cp_is_unsafe(cp) || cp_width(cp) != 0)) {
            return;
        }
        walk->at = next;
        char bytes[4];
        size_t len = utf8_encode(bytes, cp);
        if (!dropped && !walk->ascii && cell->len + len <= SCREEN_CELL_BYTES) {
            memcpy(cell->utf8 + cell->len, bytes, len);
            cell->len = (uint8_t)(cell->len + len);
        }
    }
}

static bool is_line_break(struct text_walk *walk, uint32_t cp) {
    if (cp == '\r' && walk->at < walk->text.len && walk->text.ptr[walk->at] == '\n') {
        walk->at++;
        return true;
    }
    return cp == '\n' || cp == 0x2028 || cp == 0x2029;
}

static void take_control(struct text_walk *walk, struct screen_cell *cell, uint32_t cp) {
    bool line_break = is_line_break(walk, cp);
    if (!walk->ascii && line_break) {
        cell_set(cell, CP_RETURN_GLYPH, 1);
    } else if (!walk->ascii && cp == '\t') {
        cell_set(cell, CP_TAB_GLYPH, 1);
    } else {
        cell_set(cell, '^', 1);
        walk->pending = line_break ? 'J' : (char)(cp ^ 0x40U);
    }
}

bool text_walk_next(struct text_walk *walk, struct screen_cell *cell) {
    if (walk->pending) {
        cell_set(cell, (unsigned char)walk->pending, 1);
        walk->pending = 0;
        return true;
    }
    uint32_t cp;
    do {
        if (walk->at >= walk->text.len) {
            return false;
        }
        cp = utf8_next(walk->text, &walk->at);
    } while (cp_is_left_out(cp));
    if (is_control(cp) || cp == 0x2028 || cp == 0x2029) {
        take_control(walk, cell, cp);
        return true;
    }
    if (cp < 0x80) {
        cell_set(cell, cp, 1);
    } else if (!walk->ascii && !cp_is_unsafe(cp) && cp_width(cp) == 0) {
        // A mark without a base gets a blank to stand on.
        cell_set(cell, ' ', 1);
        cell->len = (uint8_t)(1 + utf8_encode(cell->utf8 + 1, cp));
    } else {
        *cell = cell_of(cp, walk->ascii);
    }
    take_marks(walk, cell);
    return true;
}
