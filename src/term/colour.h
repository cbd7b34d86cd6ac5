// Colour values of themes: names, numbers and RGB, and the nearest colour a terminal has.
// A colour is -1 (the terminal's own), 0..255 (palette of xterm) or COLOUR_RGB | 0xrrggbb.
#ifndef CULPRIT_TERM_COLOUR_H
#define CULPRIT_TERM_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sv.h"

enum { COLOUR_DEFAULT = -1, COLOUR_RGB = 0x1000000 };

// "default", "red", "bright-red", "grey", "#rrggbb" or a decimal number up to 255.
bool colour_parse(struct sv text, int32_t *out) MUST_USE;
// 0xrrggbb of a colour that is not COLOUR_DEFAULT.
uint32_t colour_rgb(int32_t colour);
// The nearest of the 256, of the first 8. COLOUR_DEFAULT stays.
int32_t colour_to_256(int32_t colour);
int32_t colour_to_8(int32_t colour);

#endif
