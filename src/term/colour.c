#include "term/colour.h"

#include "base/num.h"

static const char *const names[] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

// xterm's defaults; terminals let users change them.
static const uint32_t first_16[16] = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

enum { CUBE = 16, GREYS = 232 };

static bool parse_rgb(struct sv digits, int32_t *out) {
    int32_t rgb = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = char_hex(digits.ptr[i]);
        if (digit < 0 || i == 6) {
            return false;
        }
        rgb = rgb * 16 + digit;
    }
    *out = COLOUR_RGB | rgb;
    return digits.len == 6;
}

bool colour_parse(struct sv text, int32_t *out) {
    int64_t number;
    if (text.len && text.ptr[0] == '#') {
        return parse_rgb(sv_from(text, 1), out);
    }
    if (num_parse_i64(text, &number)) {
        *out = (int32_t)number;
        return number >= 0 && number <= 255;
    }
    if (sv_is(text, "default")) {
        *out = COLOUR_DEFAULT;
        return true;
    }
    if (sv_is(text, "grey") || sv_is(text, "gray")) {
        *out = 8;
        return true;
    }
    for (size_t i = 0; i < COUNTOF(names); i++) {
        if (sv_is(text, names[i])) {
            *out = (int32_t)i;
            return true;
        }
    }
    return false;
}

static uint32_t cube_level(uint32_t step) {
    return step ? 55 + 40 * step : 0;
}

uint32_t colour_rgb(int32_t colour) {
    if (colour & COLOUR_RGB) {
        return (uint32_t)colour & 0xffffff;
    }
    uint32_t idx = (uint32_t)colour & 255;
    if (idx < CUBE) {
        return first_16[idx];
    }
    if (idx >= GREYS) {
        return (8 + 10 * (idx - GREYS)) * 0x010101U;
    }
    idx -= CUBE;
    return cube_level(idx / 36) << 16 | cube_level(idx / 6 % 6) << 8 | cube_level(idx % 6);
}

static int32_t distance(uint32_t a, uint32_t b) {
    int32_t sum = 0;
    for (unsigned shift = 0; shift <= 16; shift += 8) {
        int32_t d = (int32_t)(a >> shift & 255) - (int32_t)(b >> shift & 255);
        sum += d * d;
    }
    return sum;
}

int32_t colour_to_256(int32_t colour) {
    if (colour < COLOUR_RGB) {
        return colour;
    }
    // The first 16 are left out: users change them.
    int32_t best = CUBE;
    for (int32_t i = CUBE + 1; i < 256; i++) {
        if (distance(colour_rgb(i), colour_rgb(colour)) <
            distance(colour_rgb(best), colour_rgb(colour))) {
            best = i;
        }
    }
    return best;
}

// By hue, because the nearest by distance makes white of every light colour.
int32_t colour_to_8(int32_t colour) {
    enum { GREY_SPREAD = 48, DARK_GREY = 64 };
    if (colour < 8) {
        return colour;
    }
    if (colour < 16) {
        return colour == 8 ? 7 : colour - 8; // bright black would vanish on black
    }
    uint32_t rgb = colour_rgb(colour);
    uint32_t r = rgb >> 16, g = rgb >> 8 & 255, b = rgb & 255;
    uint32_t high = MAX(r, MAX(g, b)), low = MIN(r, MIN(g, b));
    if (high - low < GREY_SPREAD) {
        return high <= DARK_GREY ? 0 : 7;
    }
    uint32_t half = (high + low) / 2;
    return (r > half ? 1 : 0) | (g > half ? 2 : 0) | (b > half ? 4 : 0);
}
