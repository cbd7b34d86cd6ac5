#include "ui/text_line.h"

#include "base/utf8.h"

enum {
    TAB_COLUMNS = 8,
    CP_TAB_MARK = 0x2192,
    CP_BLANK_MARK = 0xB7,
    MAX_HITS = 512,
    // A search of a very long line ends this far behind what is shown of it.
    SEARCH_AHEAD = 65536,
};

void text_buf_done(struct text_buf *buf) {
    str_done(&buf->text);
    array_done(&buf->anchors);
    array_done(&buf->marks);
    array_done(&buf->hits);
}

// --- expansion ----------------------------------------------------------------------------------

static void add_anchor(struct text_buf *buf, size_t from) {
    array_push(&buf->anchors, (struct text_anchor){from, buf->text.len});
}

static void add_dim(struct text_buf *buf, size_t from) {
    struct text_mark mark = {(uint32_t)from, (uint32_t)buf->text.len, ROLE_DIM};
    if (buf->marks.n && array_last(&buf->marks)->to == mark.from) {
        array_last(&buf->marks)->to = mark.to;
    } else {
        array_push(&buf->marks, mark);
    }
}

// Returns the columns added.
static int add_tab(struct text_buf *buf, int column, bool visible, bool ascii) {
    int n = TAB_COLUMNS - column % TAB_COLUMNS;
    size_t from = buf->text.len;
    if (visible) {
        str_add_cp(&buf->text, ascii ? '>' : CP_TAB_MARK);
    }
    str_fill(&buf->text, ' ', (size_t)(visible ? n - 1 : n));
    if (visible) {
        add_dim(buf, from);
    }
    return n;
}

static void add_blank_mark(struct text_buf *buf, bool ascii) {
    size_t from = buf->text.len;
    str_add_cp(&buf->text, ascii ? '.' : CP_BLANK_MARK);
    add_dim(buf, from);
}

static size_t trailing_blanks(struct sv text, size_t first) {
    size_t at = text.len;
    if (at > first && text.ptr[at - 1] == '\r') {
        at--;
    }
    while (at > first && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t')) {
        at--;
    }
    return at;
}

// The text as it is drawn, up to `limit` columns; returns the offset in `line->text` reached.
static size_t expand(const struct text_line *line, bool ascii, int limit, struct text_buf *buf) {
    struct sv text = line->text;
    size_t at = MIN(line->skip, text.len);
    size_t tail = line->whitespace ? trailing_blanks(text, at) : text.len;
    int column = 0;
    str_clear(&buf->text);
    array_clear(&buf->anchors);
    array_clear(&buf->marks);
    add_anchor(buf, at);
    while (at < text.len && column < limit) {
        if (text.ptr[at] == '\t') {
            column += add_tab(buf, column, line->whitespace, ascii);
            add_anchor(buf, ++at);
        } else if (at >= tail && text.ptr[at] == ' ') {
            add_blank_mark(buf, ascii);
            column++;
            add_anchor(buf, ++at);
        } else {
            struct sv run = sv_sub(text, at, (at < tail ? tail : text.len) - at);
            ptrdiff_t tab = sv_find_byte(run, '\t');
            run.len = tab < 0 ? run.len : (size_t)tab;
            int used = 0;
            size_t n = text_fit(run, ascii, limit - column, &used);
            str_add(&buf->text, run.ptr, n);
            column += used;
            at += n;
            if (n < run.len) {
                break;
            }
        }
    }
    add_anchor(buf, at);
    return at;
}

// Where a byte of the text stands in the expanded text.
static uint32_t to_expanded(const struct text_buf *buf, size_t from) {
    const struct text_anchor *anchors = buf->anchors.ptr;
    size_t lo = 0;
    size_t hi = buf->anchors.n;
    while (lo + 1 < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (anchors[mid].from <= from) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    if (from < anchors[lo].from) {
        return (uint32_t)anchors[lo].to;
    }
    size_t end = lo + 1 < buf->anchors.n ? anchors[lo + 1].to : buf->text.len;
    return (uint32_t)MIN(anchors[lo].to + (from - anchors[lo].from), end);
}

static void find_hits(const struct text_line *line, size_t shown, struct text_buf *buf) {
    array_clear(&buf->hits);
    if (!line->match) {
        return;
    }
    struct sv text = sv_sub(line->text, 0, MIN(line->text.len, shown + SEARCH_AHEAD));
    size_t at = 0;
    size_t start, end;
    while (at <= shown && buf->hits.n < MAX_HITS &&
           matcher_find(line->match, text, at, &start, &end)) {
        if (start > shown) {
            return;
        }
        if (end > start) {
            struct text_mark hit = {to_expanded(buf, start), to_expanded(buf, end), ROLE_MATCH};
            array_push(&buf->hits, hit);
        }
        at = end > start ? end : end + 1;
    }
}

// --- drawing ------------------------------------------------------------------------------------

struct piece {
    size_t from, to; // of the expanded text
    struct rect at;
    int skip;
};

// The columns of the screen that a mark takes in a piece; false = none.
static bool mark_rect(const struct screen *screen, const struct text_buf *buf,
                      const struct piece *piece, const struct text_mark *mark, struct rect *out) {
    size_t from = MAX((size_t)mark->from, piece->from);
    size_t to = MIN((size_t)mark->to, piece->to);
    if (from >= to) {
        return false;
    }
    struct sv text = sv_sub(str_sv(&buf->text), piece->from, piece->to - piece->from);
    int limit = piece->skip + piece->at.w;
    int first = text_columns(sv_sub(text, 0, from - piece->from), screen->ascii, limit);
    int last = text_columns(sv_sub(text, 0, to - piece->from), screen->ascii, limit);
    struct rect r = {piece->at.x + first - piece->skip, piece->at.y, last - first, 1};
    *out = rect_clip(r, piece->at);
    return out->w > 0;
}

static void draw_piece(struct screen *screen, const struct text_line *line,
                       const struct text_buf *buf, const struct piece *piece) {
    struct rect r;
    screen_put(screen, piece->at, sv_sub(str_sv(&buf->text), piece->from, piece->to - piece->from),
               (struct text_style){.role = line->role, .skip = piece->skip});
    for (size_t i = 0; i < line->n_marks; i++) {
        struct text_mark mark = line->marks[i];
        mark.from = to_expanded(buf, mark.from);
        mark.to = to_expanded(buf, mark.to);
        if (mark_rect(screen, buf, piece, &mark, &r)) {
            screen_set_role(screen, r, mark.role);
        }
    }
    for (size_t i = 0; i < buf->marks.n; i++) {
        if (mark_rect(screen, buf, piece, &buf->marks.ptr[i], &r)) {
            screen_set_role(screen, r, buf->marks.ptr[i].role);
        }
    }
    for (size_t i = 0; i < buf->hits.n; i++) {
        if (mark_rect(screen, buf, piece, &buf->hits.ptr[i], &r)) {
            screen_overlay(screen, r, line->current ? OVER_MATCH_CURRENT : OVER_MATCH);
        }
    }
}

int text_line_draw(struct screen *screen, struct rect at, const struct text_line *line,
                   struct text_buf *buf) {
    if (at.w <= 0 || at.h <= 0) {
        return 1;
    }
    int rows = MIN(at.h, SCREEN_MAX_SIDE);
    int width = MIN(at.w, SCREEN_MAX_SIDE);
    // One column more, so that a cut is seen to be one.
    int limit = line->wrap ? rows * (width + 1) : line->left + width + 2;
    size_t shown = expand(line, screen->ascii, limit, buf);
    find_hits(line, shown, buf);
    struct piece piece = {0, buf->text.len, {at.x, at.y, width, 1}, line->left};
    if (!line->wrap) {
        draw_piece(screen, line, buf, &piece);
        return 1;
    }
    piece.skip = 0;
    int used = 0;
    do {
        struct sv rest = sv_from(str_sv(&buf->text), piece.from);
        size_t n = text_fit(rest, screen->ascii, width, NULL);
        bool last = used + 1 == rows;
        piece.to = last || !n ? buf->text.len : piece.from + n; // the last row shows the cut
        draw_piece(screen, line, buf, &piece);
        piece.from = piece.to;
        piece.at.y++;
        used++;
    } while (piece.from < buf->text.len && used < rows);
    return used;
}
