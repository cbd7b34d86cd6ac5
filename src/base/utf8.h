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

// Columns of one code point: 0 (combining), 1 or 2. Control characters count as their ^X form, 2.
int cp_width(uint32_t cp);
size_t utf8_width(struct sv text);

struct fit {
    size_t width; // the columns to fill
    bool right;   // align right
    bool ascii;   // '~' as the cut mark and '?' for what is not ASCII, else U+2026
    bool pad;     // fill up with blanks
};
// Appends `text` made safe for one terminal line: control characters as ^X, line breaks as a
// return glyph, bytes that are no UTF-8 as U+FFFD, cut on a cell border with a mark when wider
// than `fit.width`. Returns true when it was cut.
bool str_add_fit(struct str *out, struct sv text, struct fit fit);

#endif
