// One line of text in one or more rows of the screen: tabs expanded, parts in roles of their own,
// matches of the search marked, scrolled sideways or wrapped. Shared by the kinds of text pane.
#ifndef CULPRIT_UI_TEXT_LINE_H
#define CULPRIT_UI_TEXT_LINE_H

#include "base/array.h"
#include "base/regex.h"
#include "base/str.h"
#include "term/screen.h"

// Bytes [from, to) of a text in a role of their own.
struct text_mark {
    uint32_t from, to;
    enum role role;
};

struct text_line {
    struct sv text;
    size_t skip; // bytes at the beginning that are searched but not drawn (the sign of a diff line)
    enum role role;
    const struct text_mark *marks; // in order, not overlapping
    size_t n_marks;
    int left;              // columns scrolled off; ignored with wrap
    bool wrap;             // over as many rows as there are in the rectangle
    bool whitespace;       // tabs and trailing blanks as glyphs
    bool current;          // what the search found here is the current match
    struct matcher *match; // NULL = no search
};

struct text_anchor {
    size_t from, to; // offset in the text, offset in the expanded text
};

// Memory that is used again from line to line. All zero is empty.
struct text_buf {
    struct str text; // expanded
    ARRAY(struct text_anchor) anchors;
    ARRAY(struct text_mark) marks; // of the expanded text
    ARRAY(struct text_mark) hits;
};

void text_buf_done(struct text_buf *buf);
// Returns the rows used: at least 1, at most at.h, which is at least 1. The rows must be blank.
int text_line_draw(struct screen *screen, struct rect at, const struct text_line *line,
                   struct text_buf *buf);

#endif
