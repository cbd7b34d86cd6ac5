// Text as the cells it is drawn in, one at a time. The safety rules of screen.h live here;
// str_add_fit() and utf8_width() of base/utf8.h follow the same ones (a test compares them).
#ifndef CULPRIT_TERM_TEXT_WALK_H
#define CULPRIT_TERM_TEXT_WALK_H

#include "term/screen.h"

struct text_walk {
    struct sv text;
    size_t at; // behind the cell last returned, unless `pending` is set
    bool ascii;
    char pending; // second cell of a ^X, 0 = none
};

// The next cell (role and overlays 0); false at the end of the text.
bool text_walk_next(struct text_walk *walk, struct screen_cell *cell);

// A cell of one code point, made safe likewise; control characters become the replacement mark.
struct screen_cell cell_of(uint32_t cp, bool ascii);

#endif
