#include "base/utf8.h"

#include <string.h>

#include "base/utf8_int.h"

static const char CUT_MARK[] = "\xE2\x80\xA6"; // U+2026

enum { RETURN_GLYPH = 0x21B5, TAB_GLYPH = 0x2192, MAX_MARKS = 4 };

// The bounds of the second byte make overlong forms, surrogates and values above U+10FFFF end the
// sequence after its first byte.
struct lead {
    unsigned len, low, high;
    uint32_t bits;
};

static struct lead lead_of(unsigned byte) {
    if (byte >= 0xC2 && byte <= 0xDF) {
        return (struct lead){2, 0x80, 0xBF, byte & 0x1F};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        unsigned low = byte == 0xE0 ? 0xA0 : 0x80;
        unsigned high = byte == 0xED ? 0x9F : 0xBF;
        return (struct lead){3, low, high, byte & 0x0F};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        unsigned low = byte == 0xF0 ? 0x90 : 0x80;
        unsigned high = byte == 0xF4 ? 0x8F : 0xBF;
        return (struct lead){4, low, high, byte & 0x07};
    }
    return (struct lead){0, 0, 0, 0};
}

// False for a broken sequence; `*at` is moved either way.
static bool decode(struct sv text, size_t *at, uint32_t *cp) {
    unsigned char byte = (unsigned char)text.ptr[(*at)++];
    *cp = byte;
    if (byte < 0x80) {
        return true;
    }
    struct lead lead = lead_of(byte);
    if (!lead.len) {
        return false;
    }
    uint32_t value = lead.bits;
    for (unsigned i = 1; i < lead.len; i++) {
        unsigned char next = *at < text.len ? (unsigned char)text.ptr[*at] : 0;
        if (next < (i == 1 ? lead.low : 0x80) || next > (i == 1 ? lead.high : 0xBF)) {
            return false;
        }
        value = value << 6 | (next & 0x3F);
        (*at)++;
    }
    *cp = value;
    return true;
}

uint32_t utf8_next(struct sv text, size_t *at) {
    uint32_t cp;
    return decode(text, at, &cp) ? cp : UTF8_BAD;
}

// Offset of the first byte at or after `at` that is not ASCII.
static size_t skip_ascii(struct sv text, size_t at) {
    while (text.len - at >= 32) {
        uint64_t words[4];
        memcpy(words, text.ptr + at, sizeof words);
        if ((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080)) {
            break;
        }
        at += 32;
    }
    while (text.len - at >= 8) {
        uint64_t word;
        memcpy(&word, text.ptr + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080)) {
            break;
        }
        at += 8;
    }
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80) {
        at++;
    }
    return at;
}

bool utf8_valid_portable(struct sv text) {
    uint32_t cp;
    for (size_t at = skip_ascii(text, 0); at < text.len; at = skip_ascii(text, at)) {
        if (!decode(text, &at, &cp)) {
            return false;
        }
    }
    return true;
}

bool utf8_valid(struct sv text) {
    struct sv rest = sv_from(text, skip_ascii(text, 0));
    if (rest.len < 16 || !utf8_has_vector()) {
        return utf8_valid_portable(rest);
    }
    return utf8_valid_vector(rest);
}

static char tail_byte(uint32_t cp, unsigned shift) {
    return (char)(0x80 | (cp >> shift & 0x3F));
}

size_t utf8_encode(char out[4], uint32_t cp) {
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
        cp = UTF8_BAD;
    }
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = tail_byte(cp, 0);
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = tail_byte(cp, 6);
        out[2] = tail_byte(cp, 0);
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = tail_byte(cp, 12);
    out[2] = tail_byte(cp, 6);
    out[3] = tail_byte(cp, 0);
    return 4;
}

void str_add_cp(struct str *out, uint32_t cp) {
    char bytes[4];
    str_add(out, bytes, utf8_encode(bytes, cp));
}

// --- as it is drawn ---------------------------------------------------------------------------

bool cp_is_left_out(uint32_t cp) {
    return cp == 0x00AD || (cp >= 0x200B && cp <= 0x200F) || cp == 0x061C ||
           (cp >= 0x2060 && cp <= 0x2065) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF ||
           (cp >= 0xE0000 && cp <= 0xE0FFF);
}

bool cp_is_unsafe(uint32_t cp) {
    return (cp >= 0x80 && cp < 0xA0) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0xFFF9 && cp <= 0xFFFB);
}

// What one code point becomes on the screen.
struct shown {
    char bytes[8];
    size_t len;
    size_t width; // 0: belongs to the cell before, or nothing
};

struct show {
    struct sv text;
    size_t at;
    bool ascii;
    bool has_base; // a mark has a cell to go to
};

static struct shown show_as(uint32_t cp, size_t width) {
    struct shown s = {.width = width};
    s.len = utf8_encode(s.bytes, cp);
    return s;
}

static bool is_line_break(struct show *show, uint32_t cp) {
    if (cp == '\r' && show->at < show->text.len && show->text.ptr[show->at] == '\n') {
        show->at++;
        return true;
    }
    return cp == '\n' || cp == 0x2028 || cp == 0x2029;
}

static struct shown show_control(struct show *show, uint32_t cp) {
    const bool line_break = is_line_break(show, cp);
    show->has_base = false;
    if (!show->ascii && (line_break || cp == '\t')) {
        return show_as(line_break ? RETURN_GLYPH : TAB_GLYPH, 1);
    }
    return (struct shown){
        .bytes = {'^', line_break ? 'J' : (char)(cp ^ 0x40)}, .len = 2, .width = 2};
}

// A mark without a base gets a blank to stand on.
static struct shown show_mark(const struct show *show, uint32_t cp) {
    struct shown s = {.len = 0};
    if (show->ascii) {
        return show->has_base ? s : show_as('?', 1);
    }
    if (!show->has_base) {
        s = show_as(' ', 1);
    }
    s.len += utf8_encode(s.bytes + s.len, cp);
    return s;
}

static struct shown show_next(struct show *show) {
    const uint32_t cp = utf8_next(show->text, &show->at);
    if (cp < 0x20 || cp == 0x7F || cp == 0x2028 || cp == 0x2029) {
        return show_control(show, cp);
    }
    struct shown s = {.len = 0};
    if (cp_is_left_out(cp)) {
        return s;
    }
    const size_t width = cp < 0x80 || cp_is_unsafe(cp) ? 1 : (size_t)cp_width(cp);
    if (width == 0) {
        s = show_mark(show, cp);
    } else if (show->ascii && cp >= 0x80) {
        s = show_as('?', 1);
    } else {
        s = show_as(cp_is_unsafe(cp) ? UTF8_BAD : cp, width);
    }
    show->has_base = true;
    return s;
}

size_t utf8_width(struct sv text) {
    struct show show = {.text = text};
    size_t width = 0;
    while (show.at < text.len) {
        unsigned char byte = (unsigned char)text.ptr[show.at];
        if (byte >= 0x20 && byte < 0x7F) {
            width++;
            show.at++;
            show.has_base = true;
        } else {
            width += show_next(&show).width;
        }
    }
    return width;
}

bool str_add_fit(struct str *out, struct sv text, struct fit fit) {
    size_t start = out->len;
    size_t width = 0;
    size_t n_marks = 0;
    size_t cut_at = start; // where the mark goes when the text turns out to be too wide
    size_t cut_width = 0;
    bool cut = false;
    struct show show = {.text = text, .ascii = fit.ascii};
    while (show.at < text.len && !cut) {
        struct shown s = show_next(&show);
        if (s.width == 0 && (s.len == 0 || n_marks >= MAX_MARKS)) {
            continue;
        }
        cut = width + s.width > fit.width;
        if (cut) {
            break;
        }
        str_add(out, s.bytes, s.len);
        width += s.width;
        n_marks = s.width ? 0 : n_marks + 1;
        if (width < fit.width) {
            cut_at = out->len;
            cut_width = width;
        }
    }
    if (cut) {
        str_cut(out, cut_at);
        width = cut_width;
        if (fit.width) {
            str_add_cstr(out, fit.ascii ? "~" : CUT_MARK);
            width++;
        }
    }
    if (fit.pad && width < fit.width) {
        size_t blanks = fit.width - width;
        str_fill(out, ' ', blanks);
        if (fit.right) {
            memmove(out->ptr + start + blanks, out->ptr + start, out->len - start - blanks);
            memset(out->ptr + start, ' ', blanks);
        }
    }
    return cut;
}
