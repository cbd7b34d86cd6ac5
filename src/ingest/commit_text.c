// The bug that a commit message names.
#include "base/utf8.h"
#include "ingest/jsonl.h"

// What Python's \s matches.
static bool is_blank(uint32_t cp) {
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1f) || cp == 0x85 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
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
    while (end < message.len && message.ptr[end] >= '0' && message.ptr[end] <= '9') {
        end++;
    }
    return end > digits && digits > start + 3 ? sv_sub(message, digits, end - digits) : SV_NULL;
}
