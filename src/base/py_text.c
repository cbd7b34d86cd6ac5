#include "base/py_text.h"

#include "base/utf8.h"

bool py_is_blank(uint32_t cp) {
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1f) || cp == 0x85 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

// The zero of each run of ten beside 0 to 9.
static const uint32_t zeros[] = {
    0x0660,  0x06f0,  0x07c0,  0x0966,  0x09e6,  0x0a66,  0x0ae6,  0x0b66,  0x0be6,  0x0c66,
    0x0ce6,  0x0d66,  0x0de6,  0x0e50,  0x0ed0,  0x0f20,  0x1040,  0x1090,  0x17e0,  0x1810,
    0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,
    0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
};

bool py_is_digit(uint32_t cp) {
    if (cp < 0x80) {
        return cp >= '0' && cp <= '9';
    }
    for (size_t i = 0; i < COUNTOF(zeros); i++) {
        if (cp >= zeros[i] && cp < zeros[i] + 10) {
            return true;
        }
    }
    return false;
}

size_t py_skip_blanks(struct sv text, size_t at) {
    while (at < text.len) {
        size_t next = at;
        if (!py_is_blank(utf8_next(text, &next))) {
            break;
        }
        at = next;
    }
    return at;
}

size_t py_skip_word(struct sv text, size_t at) {
    while (at < text.len) {
        size_t next = at;
        if (py_is_blank(utf8_next(text, &next))) {
            break;
        }
        at = next;
    }
    return at;
}

// Where the character that ends at `end` begins.
static size_t char_start(struct sv text, size_t end) {
    size_t at = end - 1;
    while (at > 0 && end - at < 4 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

struct sv py_rstrip(struct sv text) {
    while (text.len) {
        const size_t start = char_start(text, text.len);
        size_t end = start;
        if (!py_is_blank(utf8_next(text, &end)) || end != text.len) {
            break;
        }
        text.len = start;
    }
    return text;
}

struct sv py_strip(struct sv text) {
    return py_rstrip(sv_from(text, py_skip_blanks(text, 0)));
}

// 1 = breaks a line; 2, 3 = does so when the rest of the character says so.
static const unsigned char breaks[256] = {
    ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1, [0x1c] = 1,
    [0x1d] = 1, [0x1e] = 1, [0xc2] = 2, [0xe2] = 3,
};

// Bytes of the line break at `p`, 0 = none.
static size_t break_len(const char *p, const char *end) {
    switch (breaks[(unsigned char)*p]) {
    case 0:
        return 0;
    case 1:
        return p[0] == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    case 2:
        return p + 1 < end && (unsigned char)p[1] == 0x85 ? 2 : 0;
    default:
        return p + 2 < end && (unsigned char)p[1] == 0x80 &&
                       ((unsigned char)p[2] == 0xa8 || (unsigned char)p[2] == 0xa9)
                   ? 3
                   : 0;
    }
}

bool py_next_line(struct sv *rest, struct sv *line) {
    if (!rest->len) {
        return false;
    }
    const char *p = rest->ptr, *end = rest->ptr + rest->len;
    size_t n_break = 0;
    while (p < end) {
        while (p < end && !breaks[(unsigned char)*p]) {
            p++;
        }
        if (p < end && (n_break = break_len(p, end))) {
            break;
        }
        p += p < end;
    }
    *line = sv_make(rest->ptr, (size_t)(p - rest->ptr));
    *rest = sv_from(*rest, line->len + n_break);
    return true;
}
