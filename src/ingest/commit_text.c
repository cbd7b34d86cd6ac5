// The bug that a commit message names.
#include "base/utf8.h"
#include "ingest/jsonl.h"

// What Python's \s matches.
static bool is_blank(uint32_t cp) {
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1f) || cp == 0x85 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

// What Python's \d matches beside 0 to 9: the zero of each run of ten.
static const uint32_t zeros[] = {
    0x0660,  0x06f0,  0x07c0,  0x0966,  0x09e6,  0x0a66,  0x0ae6,  0x0b66,  0x0be6,  0x0c66,
    0x0ce6,  0x0d66,  0x0de6,  0x0e50,  0x0ed0,  0x0f20,  0x1040,  0x1090,  0x17e0,  0x1810,
    0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,
    0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
};

static bool is_digit(uint32_t cp) {
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

static size_t skip_blanks(struct sv text, size_t at) {
    while (at < text.len) {
        size_t next = at;
        if (!is_blank(utf8_next(text, &next))) {
            break;
        }
        at = next;
    }
    return at;
}

static bool word_at(struct sv text, size_t at, struct sv word) {
    return sv_eq_nocase(sv_sub(text, at, word.len), word);
}

// True behind a word: what follows is no letter, digit or underscore.
static bool word_ends(struct sv text, size_t at) {
    if (at >= text.len) {
        return true;
    }
    const char c = text.ptr[at];
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || (unsigned char)c >= 0x80);
}

static bool is_backout(struct sv text, size_t at) {
    if (word_at(text, at, SV("revert"))) {
        return word_ends(text, at + 6);
    }
    if (!word_at(text, at, SV("backed"))) {
        return false;
    }
    const size_t out = skip_blanks(text, at + 6);
    return out > at + 6 && word_at(text, out, SV("out")) && word_ends(text, out + 3);
}

struct sv commit_bug_id(struct sv message) {
    const size_t start = skip_blanks(message, 0);
    if (is_backout(message, start) || !word_at(message, start, SV("bug"))) {
        return SV_NULL;
    }
    const size_t digits = skip_blanks(message, start + 3);
    size_t end = digits;
    for (size_t next = end; next < message.len && is_digit(utf8_next(message, &next));) {
        end = next;
    }
    return end > digits && digits > start + 3 ? sv_sub(message, digits, end - digits) : SV_NULL;
}
