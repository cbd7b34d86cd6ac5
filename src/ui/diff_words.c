// Word difference of two lines: the longest common subsequence of their words. Long lines fall back
// to the common beginning and end, so that the cost of one line is bounded.
#include "ui/diff.h"

enum { MAX_WORDS = 160 };

struct word {
    uint32_t from, len;
};

static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

// Words, runs of blanks, and single other characters. Returns MAX_WORDS + 1 when there are more.
static size_t split_words(struct sv line, struct word *out) {
    size_t n = 0;
    for (size_t at = 0; at < line.len;) {
        if (n == MAX_WORDS) {
            return MAX_WORDS + 1;
        }
        size_t from = at++;
        char c = line.ptr[from];
        if (is_word_byte(c)) {
            while (at < line.len && is_word_byte(line.ptr[at])) {
                at++;
            }
        } else if (c == ' ' || c == '\t') {
            while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t')) {
                at++;
            }
        }
        out[n++] = (struct word){(uint32_t)from, (uint32_t)(at - from)};
    }
    return n;
}

static void add_span(struct diff_span *spans, size_t *n, size_t cap, struct word word) {
    if (*n && spans[*n - 1].to == word.from) {
        spans[*n - 1].to = word.from + word.len;
    } else if (*n < cap) {
        spans[(*n)++] = (struct diff_span){word.from, word.from + word.len};
    } else if (cap) {
        spans[cap - 1].to = word.from + word.len;
    }
}

static void by_ends(struct sv a, struct sv b, struct diff_span *sa, size_t *na,
                    struct diff_span *sb, size_t *nb) {
    size_t head = 0;
    while (head < a.len && head < b.len && a.ptr[head] == b.ptr[head]) {
        head++;
    }
    size_t tail = 0;
    while (tail < a.len - head && tail < b.len - head &&
           a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail]) {
        tail++;
    }
    if (a.len > head + tail) {
        sa[(*na)++] = (struct diff_span){(uint32_t)head, (uint32_t)(a.len - tail)};
    }
    if (b.len > head + tail) {
        sb[(*nb)++] = (struct diff_span){(uint32_t)head, (uint32_t)(b.len - tail)};
    }
}

void diff_words(struct sv old_line, struct sv new_line, struct diff_span *old_spans, size_t *n_old,
                struct diff_span *new_spans, size_t *n_new, size_t cap) {
    struct word a[MAX_WORDS], b[MAX_WORDS];
    uint8_t lcs[MAX_WORDS + 1][MAX_WORDS + 1]; // lengths are at most MAX_WORDS < 256
    *n_old = *n_new = 0;
    size_t na = split_words(old_line, a);
    size_t nb = split_words(new_line, b);
    if (!cap) {
        return;
    }
    if (na > MAX_WORDS || nb > MAX_WORDS) {
        by_ends(old_line, new_line, old_spans, n_old, new_spans, n_new);
        return;
    }
    for (size_t i = na + 1; i-- > 0;) {
        for (size_t j = nb + 1; j-- > 0;) {
            if (i == na || j == nb) {
                lcs[i][j] = 0;
            } else if (sv_eq(sv_sub(old_line, a[i].from, a[i].len),
                             sv_sub(new_line, b[j].from, b[j].len))) {
                lcs[i][j] = (uint8_t)(lcs[i + 1][j + 1] + 1);
            } else {
                lcs[i][j] = MAX(lcs[i + 1][j], lcs[i][j + 1]);
            }
        }
    }
    size_t i = 0;
    size_t j = 0;
    while (i < na || j < nb) {
        bool equal =
            i < na && j < nb &&
            sv_eq(sv_sub(old_line, a[i].from, a[i].len), sv_sub(new_line, b[j].from, b[j].len));
        if (equal) {
            i++;
            j++;
        } else if (j == nb || (i < na && lcs[i + 1][j] >= lcs[i][j + 1])) {
            add_span(old_spans, n_old, cap, a[i++]);
        } else {
            add_span(new_spans, n_new, cap, b[j++]);
        }
    }
}
