#include "schema/commit_text.h"

#include "base/py_text.h"
#include "base/utf8.h"

static bool word_at(struct sv text, size_t at, struct sv word) {
    return sv_eq_nocase(sv_sub(text, at, word.len), word);
}

// Blanks and punctuation beyond ASCII; all else there counts as letters.
static bool is_separator(uint32_t cp) {
    return py_is_blank(cp) || (cp >= 0x2010 && cp <= 0x205e) || (cp >= 0x3001 && cp <= 0x3003) ||
           cp == 0xab || cp == 0xbb || cp == 0xb7;
}

// True behind a word: what follows is no letter, digit or underscore.
static bool word_ends(struct sv text, size_t at) {
    if (at >= text.len) {
        return true;
    }
    const char c = text.ptr[at];
    if ((unsigned char)c >= 0x80) {
        return is_separator(utf8_next(text, &at));
    }
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || char_is_digit(c) || c == '_');
}

static bool is_backout(struct sv text, size_t at) {
    if (word_at(text, at, SV("revert"))) {
        return word_ends(text, at + 6);
    }
    if (!word_at(text, at, SV("backed"))) {
        return false;
    }
    const size_t out = py_skip_blanks(text, at + 6);
    return out > at + 6 && word_at(text, out, SV("out")) && word_ends(text, out + 3);
}

// The digits of "Bug <digits>" behind blanks; the NULL view when the message begins otherwise.
static struct sv bug_at_start(struct sv message, size_t start) {
    if (!word_at(message, start, SV("bug"))) {
        return SV_NULL;
    }
    const size_t digits = py_skip_blanks(message, start + 3);
    size_t end = digits;
    for (size_t next = end; next < message.len && py_is_digit(utf8_next(message, &next));) {
        end = next;
    }
    return end > digits && digits > start + 3 ? sv_sub(message, digits, end - digits) : SV_NULL;
}

struct sv commit_bug_id(struct sv message) {
    const size_t start = py_skip_blanks(message, 0);
    return is_backout(message, start) ? SV_NULL : bug_at_start(message, start);
}

// What is behind the bug at the start, with at most one "-" or ":" between.
static struct sv without_bug(struct sv message) {
    const struct sv bug = bug_at_start(message, py_skip_blanks(message, 0));
    if (!bug.ptr) {
        return message;
    }
    size_t at = py_skip_blanks(message, (size_t)(bug.ptr - message.ptr) + bug.len);
    if (at < message.len && (message.ptr[at] == '-' || message.ptr[at] == ':')) {
        at++;
    }
    return sv_from(message, at);
}

// "Differential Revision: <one token>", whatever the case and the blanks.
static bool names_review(struct sv line) {
    line = py_strip(line);
    if (!word_at(line, 0, SV("differential"))) {
        return false;
    }
    const size_t second = py_skip_blanks(line, 12);
    if (second == 12 || !word_at(line, second, SV("revision:"))) {
        return false;
    }
    const size_t token = py_skip_blanks(line, second + 9);
    return token < line.len && py_skip_word(line, token) == line.len;
}

void commit_clean_message(struct sv message, struct str *out) {
    const size_t start = out->len;
    struct sv rest = py_strip(without_bug(message)), line;
    while (py_next_line(&rest, &line)) {
        if (names_review(line)) {
            continue;
        }
        // What was in front of the first kept line is stripped with it.
        const struct sv kept = out->len == start ? sv_from(line, py_skip_blanks(line, 0)) : line;
        if (out->len > start) {
            str_add_byte(out, '\n');
        }
        str_add_sv(out, kept);
    }
    str_cut(out, start + py_rstrip(sv_from(str_sv(out), start)).len);
}

int64_t diff_n_files(struct sv diff) {
    int64_t n = sv_starts(diff, SV("diff "));
    ptrdiff_t at;
    while ((at = sv_find(diff, SV("\ndiff "))) >= 0) {
        n++;
        diff = sv_from(diff, (size_t)at + 6);
    }
    return n;
}
