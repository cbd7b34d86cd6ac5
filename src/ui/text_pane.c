#include "ui/text_pane.h"

#include <stdlib.h>

enum { GUTTER = 1 };

void text_pane_free(struct text_pane *pane) {
    if (pane) {
        pane->ops->free(pane);
    }
}

size_t text_pane_n_lines(const struct text_pane *pane) {
    return pane->ops->n_lines(pane);
}

// --- moving -------------------------------------------------------------------------------------

// `at + by` within 0..last.
static size_t shifted(size_t at, int64_t by, size_t last) {
    if (by < 0) {
        size_t back = by == INT64_MIN ? SIZE_MAX : (size_t)-by;
        return at - MIN(at, back);
    }
    return (size_t)by > last - MIN(at, last) ? last : at + (size_t)by;
}

static size_t last_line(const struct text_pane *pane) {
    size_t n = text_pane_n_lines(pane);
    return n ? n - 1 : 0;
}

void text_pane_move(struct text_pane *pane, int64_t by) {
    pane->cursor = shifted(pane->cursor, by, last_line(pane));
}

void text_pane_go(struct text_pane *pane, size_t line) {
    pane->cursor = MIN(line, last_line(pane));
}

void text_pane_scroll(struct text_pane *pane, int64_t by) {
    size_t last = last_line(pane);
    size_t rows = (size_t)MAX(pane->rows, 1);
    size_t shown = pane->shown ? pane->shown : rows;
    // Wrapped lines take an unknown number of rows: any of them may be the first.
    size_t last_top = pane->wrap ? last : last + 1 - MIN(last + 1, rows);
    size_t top = MIN(pane->top, last);
    pane->top = shifted(top, by, MAX(last_top, top));
    pane->cursor = MAX(pane->cursor, pane->top);
    pane->cursor = MIN(MIN(pane->cursor, pane->top + shown - 1), last);
}

size_t text_pane_search(const struct text_pane *pane, struct matcher *m, size_t from, bool backward,
                        bool *wrapped) {
    size_t n = text_pane_n_lines(pane);
    auto_str scratch = STR_INIT;
    if (wrapped) {
        *wrapped = false;
    }
    if (!n) {
        return SIZE_MAX;
    }
    size_t at = MIN(from, n - 1);
    for (size_t i = 0; i < n; i++) {
        bool at_end = backward ? at == 0 : at == n - 1;
        at = at_end ? (backward ? n - 1 : 0) : (backward ? at - 1 : at + 1);
        if (at_end && wrapped) {
            *wrapped = true;
        }
        if (matcher_test(m, pane->ops->line_text(pane, at, &scratch))) {
            return at;
        }
    }
    return SIZE_MAX;
}

// --- drawing ------------------------------------------------------------------------------------

static struct rect line_rect(struct rect body, int y) {
    return (struct rect){body.x + GUTTER, y, body.w - GUTTER, body.y + body.h - y};
}

// The first line to draw so that the cursor's line is the last one that fits. Lines are measured
// by drawing them, since only their kind knows how they wrap.
static size_t top_for_last(const struct text_pane *pane, struct screen *screen, struct rect body) {
    size_t top = pane->cursor;
    int used = 0;
    for (size_t line = pane->cursor;; line--) {
        used += MAX(1, pane->ops->draw_line(pane, line, screen, line_rect(body, body.y), NULL));
        screen_fill(screen, body, ROLE_TEXT);
        if (used > body.h) {
            break;
        }
        top = line;
        if (line == 0) {
            break;
        }
    }
    return top;
}

static void keep_cursor_visible(struct text_pane *pane, struct screen *screen, struct rect body) {
    size_t n = text_pane_n_lines(pane);
    size_t rows = (size_t)body.h;
    pane->cursor = n ? MIN(pane->cursor, n - 1) : 0;
    pane->top = n ? MIN(pane->top, n - 1) : 0;
    if (!n) {
        return;
    }
    bool above = pane->cursor < pane->top;
    size_t away = above ? pane->top - pane->cursor : pane->cursor - pane->top;
    if (away >= 2 * rows) { // a jump: some lines before it are seen as well
        pane->top = pane->cursor - MIN(pane->cursor, rows / 2);
        pane->top = MIN(pane->top, n > rows ? n - rows : 0);
    } else if (above) {
        pane->top = pane->cursor;
    } else if (!pane->wrap && away >= rows) {
        pane->top = pane->cursor - rows + 1;
    }
    if (pane->wrap) {
        pane->top = MAX(pane->top, top_for_last(pane, screen, body));
    }
}

// Brings back text that is scrolled off altogether ("to the end of the line" asks for too much).
static void limit_left(struct text_pane *pane, const struct screen *screen, struct rect body) {
    size_t n = text_pane_n_lines(pane);
    auto_str scratch = STR_INIT;
    int widest = 0;
    if (pane->left <= 0 || pane->wrap) {
        return;
    }
    for (size_t i = pane->top; i < n && i - pane->top < (size_t)body.h; i++) {
        struct sv text = pane->ops->line_text(pane, i, &scratch);
        int columns = text_columns(text, screen->ascii, pane->left);
        if (columns > pane->left) {
            return;
        }
        widest = MAX(widest, columns);
    }
    pane->left = MAX(0, widest - body.w / 2);
}

static void draw_lines(struct text_pane *pane, struct screen *screen, struct rect body,
                       struct matcher *match, bool focused) {
    size_t n = text_pane_n_lines(pane);
    int y = body.y;
    pane->shown = 0;
    if (!n) {
        screen_puts(screen, body.x + GUTTER, y, ROLE_DIM, "no lines to show");
    }
    for (size_t line = pane->top; line < n && y < body.y + body.h; line++) {
        struct rect at = line_rect(body, y);
        int rows = pane->ops->draw_line(pane, line, screen, at, match);
        rows = MAX(1, MIN(rows, at.h));
        if (focused && line == pane->cursor) {
            screen_puts(screen, body.x, y, ROLE_TEXT, ">");
            screen_overlay(screen, (struct rect){body.x, y, body.w, rows}, OVER_CURSOR_ROW);
        }
        y += rows;
        pane->shown++;
    }
}

void text_pane_draw(struct text_pane *pane, struct screen *screen, struct rect at,
                    struct matcher *match, bool focused) {
    at = rect_clip(at, screen_rect(screen));
    if (at.w <= 0 || at.h <= 0) {
        return;
    }
    if (pane->ops->layout) {
        pane->ops->layout(pane, at.w);
    }
    screen_fill(screen, at, ROLE_TEXT);
    struct rect body = at;
    int panel = pane->ops->panel_width ? pane->ops->panel_width(pane, at.w) : 0;
    body.x += panel;
    body.w -= panel;
    pane->rows = body.h;
    keep_cursor_visible(pane, screen, body);
    limit_left(pane, screen, body);
    if (panel > 0) {
        pane->ops->draw_panel(pane, screen, (struct rect){at.x, at.y, panel, at.h});
    }
    draw_lines(pane, screen, body, match, focused);
}
