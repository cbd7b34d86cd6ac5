#include "base/utf8.h"

#include <string.h>

#include "base/utf8_int.h"

static const char CUT_MARK[] = "\xE2\x80\xA6";     // U+2026
static const char RETURN_GLYPH[] = "\xE2\x86\xB5"; // U+21B5
static const char BAD_MARK[] = "\xEF\xBF\xBD";     // U+FFFD

enum { ZWJ = 0x200D, TEXT_STYLE = 0xFE0E, EMOJI_STYLE = 0xFE0F, MAX_MARKS = 4 };

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

size_t utf8_width(struct sv text) {
    size_t width = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte >= 0x20 && byte < 0x7F) {
            width++;
            at++;
        } else {
            width += (size_t)cp_width(utf8_next(text, &at));
        }
    }
    return width;
}

// --- one terminal line ------------------------------------------------------------------------

// What one code point becomes on the screen.
struct shown {
    char bytes[4];
    size_t len;
    size_t width; // 0: belongs to the cell before
};

static struct shown show_text(const char *text, size_t width) {
    struct shown s = {.len = strlen(text), .width = width};
    memcpy(s.bytes, text, s.len);
    return s;
}

// Marks that reorder the text after them could make a line read as something else.
static bool is_bidi_control(uint32_t cp) {
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

// Terminals disagree on the width of what emoji style and the joiner make of their neighbours, so
// both are left out: each emoji stands alone in the cells it has everywhere.
static bool is_dropped(uint32_t cp) {
    return cp == ZWJ || cp == TEXT_STYLE || cp == EMOJI_STYLE;
}

static struct shown show_control(uint32_t cp, bool ascii) {
    if (cp == '\n' && !ascii) {
        return show_text(RETURN_GLYPH, 1);
    }
    struct shown s = {.len = 2, .width = 2};
    s.bytes[0] = '^';
    s.bytes[1] = cp == 0x7F ? '?' : (char)('@' + (cp & 0x1F));
    return s;
}

static struct shown show_cp(uint32_t cp, bool ascii) {
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
        return show_control(cp, ascii);
    }
    if (cp < 0x7F) {
        return (struct shown){.bytes = {(char)cp}, .len = 1, .width = 1};
    }
    if (is_bidi_control(cp) || is_dropped(cp)) {
        return (struct shown){.len = 0};
    }
    if (cp == 0x2028 || cp == 0x2029) {
        return show_text(ascii ? "?" : RETURN_GLYPH, 1);
    }
    struct shown s = {.width = (size_t)cp_width(cp)};
    if (ascii) {
        return s.width ? show_text("?", 1) : s;
    }
    s.len = utf8_encode(s.bytes, cp);
    return s;
}

static struct shown show_next(struct sv text, size_t *at, bool ascii) {
    unsigned char byte = (unsigned char)text.ptr[*at];
    if (byte == '\r' && *at + 1 < text.len && text.ptr[*at + 1] == '\n') {
        (*at)++;
        byte = '\n';
    }
    if (byte < 0x80) {
        (*at)++;
        return show_cp(byte, ascii);
    }
    uint32_t cp;
    if (!decode(text, at, &cp)) {
        return show_text(ascii ? "?" : BAD_MARK, 1);
    }
    return show_cp(cp, ascii);
}

bool str_add_fit(struct str *out, struct sv text, struct fit fit) {
    size_t start = out->len;
    size_t width = 0;
    size_t n_marks = MAX_MARKS; // a mark without a cell before it is dropped
    size_t cut_at = start;      // where the mark goes when the text turns out to be too wide
    size_t cut_width = 0;
    bool cut = false;
    for (size_t at = 0; at < text.len && !cut;) {
        struct shown s = show_next(text, &at, fit.ascii);
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
