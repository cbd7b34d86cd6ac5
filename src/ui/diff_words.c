// Word difference of two lines: what both begin and end with is cut off, then the longest common
// subsequence of the words between. A middle of very many words is one change, so that the cost of
// a line is bounded.
#include "ui/diff.h"

#include <assert.h>

enum {
    MAX_WORDS = 160,
    // Lines of which less than one part in this is common are not two versions of one line: marking
    // nearly all of both would tell nothing.
    COMMON_PART = 5,
};

struct word {
    uint32_t from, len, hash;
};

struct words {
    struct sv line;
    size_t n;
    struct word list[MAX_WORDS];
};

static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_blank_byte(char c) {
    return c == ' ' || c == '\t';
}

// Words, runs of blanks, and single other characters of [from, to); false when there are too many.
static bool split_words(struct words *w, size_t from, size_t to) {
    w->n = 0;
    for (size_t at = from; at < to;) {
        if (w->n == MAX_WORDS) {
            return false;
        }
        size_t start = at++;
        char c = w->line.ptr[start];
        uint32_t hash = (2166136261U ^ (unsigned char)c) * 16777619U;
        bool (*same)(char) = is_word_byte(c)    ? is_word_byte
                             : is_blank_byte(c) ? is_blank_byte
                                                : NULL;
        for (; same && at < to && same(w->line.ptr[at]); at++) {
            hash = (hash ^ (unsigned char)w->line.ptr[at]) * 16777619U;
        }
        w->list[w->n++] = (struct word){(uint32_t)start, (uint32_t)(at - start), hash};
    }
    return true;
}

static bool same_word(const struct words *a, size_t i, const struct words *b, size_t j) {
    return a->list[i].hash == b->list[j].hash &&
           sv_eq(sv_sub(a->line, a->list[i].from, a->list[i].len),
                 sv_sub(b->line, b->list[j].from, b->list[j].len));
}

static bool inside_word(struct sv line, size_t at) {
    return at > 0 && at < line.len && is_word_byte(line.ptr[at - 1]) && is_word_byte(line.ptr[at]);
}

// Bytes that both begin with, back to a border of words (and so of characters) in both.
static size_t common_head(struct sv a, struct sv b) {
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n]) {
        n++;
    }
    while (n > 0 && (inside_word(a, n) || inside_word(b, n))) {
        n--;
    }
    return n;
}

static size_t common_tail(struct sv a, struct sv b, size_t head) {
    size_t n = 0;
    size_t most = MIN(a.len, b.len) - head;
    while (n < most && a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n]) {
        n++;
    }
    while (n > 0 && (inside_word(a, a.len - n) || inside_word(b, b.len - n))) {
        n--;
    }
    return n;
}

static uint32_t solid_bytes(struct sv text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += !is_blank_byte(text.ptr[i]);
    }
    return n;
}

static void add_span(struct diff_span *spans, size_t *n, size_t cap, struct word word) {
    if (!word.len) {
        return;
    }
    if (*n && (spans[*n - 1].to == word.from || *n == cap)) {
        spans[*n - 1].to = word.from + word.len;
    } else {
        spans[(*n)++] = (struct diff_span){word.from, word.from + word.len};
    }
}

struct spans {
    struct diff_span *old_spans, *new_spans;
    size_t *n_old, *n_new;
    size_t cap;
};

// Adds what is not common; returns the bytes that are, blanks not counted.
static uint32_t compare(const struct words *a, const struct words *b, const struct spans *out) {
    static_assert(MAX_WORDS < 256, "lengths fit a byte");
    uint8_t lcs[MAX_WORDS + 1][MAX_WORDS + 1] = {0};
    for (size_t i = a->n; i-- > 0;) {
        for (size_t j = b->n; j-- > 0;) {
            if (same_word(a, i, b, j)) {
                lcs[i][j] = (uint8_t)(lcs[i + 1][j + 1] + 1);
            } else {
                lcs[i][j] = MAX(lcs[i + 1][j], lcs[i][j + 1]);
            }
        }
    }
    uint32_t common = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < a->n || j < b->n) {
        if (i < a->n && j < b->n && same_word(a, i, b, j)) {
            common += solid_bytes(sv_sub(a->line, a->list[i].from, a->list[i].len));
            i++;
            j++;
        } else if (j == b->n || (i < a->n && lcs[i + 1][j] >= lcs[i][j + 1])) {
            add_span(out->old_spans, out->n_old, out->cap, a->list[i++]);
        } else {
            add_span(out->new_spans, out->n_new, out->cap, b->list[j++]);
        }
    }
    return common;
}

void diff_words(struct sv old_line, struct sv new_line, struct diff_span *old_spans, size_t *n_old,
                struct diff_span *new_spans, size_t *n_new, size_t cap) {
    struct words a = {.line = old_line};
    struct words b = {.line = new_line};
    struct spans out = {old_spans, new_spans, n_old, n_new, cap};
    *n_old = *n_new = 0;
    if (!cap) {
        return;
    }
    size_t head = common_head(old_line, new_line);
    size_t tail = common_tail(old_line, new_line, head);
    size_t old_end = old_line.len - tail;
    size_t new_end = new_line.len - tail;
    uint32_t common =
        solid_bytes(sv_sub(old_line, 0, head)) + solid_bytes(sv_from(old_line, old_end));
    if (split_words(&a, head, old_end) && split_words(&b, head, new_end)) {
        common += compare(&a, &b, &out);
    } else {
        struct word whole = {(uint32_t)head, (uint32_t)(old_end - head), 0};
        add_span(old_spans, n_old, cap, whole);
        whole.len = (uint32_t)(new_end - head);
        add_span(new_spans, n_new, cap, whole);
    }
    uint32_t most = MAX(solid_bytes(old_line), solid_bytes(new_line));
    if ((uint64_t)common * COMMON_PART < most) {
        *n_old = *n_new = 0;
    }
}
