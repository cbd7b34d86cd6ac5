// UTF-8 and display width. Broken bytes never get further than here.
#ifndef CULPRIT_BASE_UTF8_H
#define CULPRIT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "base/sv.h"

#define UTF8_BAD 0xFFFDu

// Decodes one code point at `*at` and moves past it; an invalid byte gives UTF8_BAD and moves past
// its maximal invalid subpart. `*at` < text.len required.
uint32_t utf8_next(struct sv text, size_t *at);
bool utf8_valid(struct sv text);
size_t utf8_encode(char out[4], uint32_t cp); // 1..4; surrogates and > 10FFFF give U+FFFD
void str_add_cp(struct str *out, uint32_t cp);

// Columns of one code point by itself: 0 (combining), 1 or 2; 2 for all control characters. What is
// drawn of it in a text is another matter, see utf8_width().
int cp_width(uint32_t cp);
// Characters without a shape whose effect on width or neighbours depends on the terminal (joiners,
// variation selectors, soft hyphens): they are not drawn.
bool cp_is_left_out(uint32_t cp);
// What must be seen to be there and is drawn as U+FFFD: bytes that some terminals obey (C1
// controls), and what would show text in another order than it is stored.
bool cp_is_unsafe(uint32_t cp);
// Columns that the screen and str_add_fit() need for a text, without `ascii`.
size_t utf8_width(struct sv text);

struct fit {
    size_t width; // the columns to fill
    bool right;   // align right
    bool ascii;   // '~' as the cut mark and '?' for what is not ASCII, else U+2026
    bool pad;     // fill up with blanks
};
// Appends `text` made safe for one terminal line, as the screen draws it: control characters as ^X,
// line breaks and tabs as a glyph (^J and ^I with `ascii`), bytes that are no UTF-8 and what is
// unsafe as U+FFFD, a mark without a base on a blank; cut on a cell border with a mark when wider
// than `fit.width`. Returns true when it was cut.
bool str_add_fit(struct str *out, struct sv text, struct fit fit);

#endif
