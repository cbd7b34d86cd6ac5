// Reads a PCRE pattern just far enough to know texts that every match must hold. Whatever it does
// not understand for certain ends a text, or gives up: a wrong answer would hide rows, none only
// costs time.
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "query/literal_int.h"

enum { MIN_LITERAL = 2 };

bool literal_folds_plainly(struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c > 127 || (c | 0x20) == 'k' || (c | 0x20) == 's') {
            return false;
        }
    }
    return true;
}

struct scan {
    struct sv left;
    bool folded;
    bool failed;
    struct str run, best; // of this branch
};

static bool next_is(const struct scan *s, size_t at, const char *any_of) {
    return at < s->left.len && s->left.ptr[at] && strchr(any_of, s->left.ptr[at]);
}

static void end_run(struct scan *s) {
    if (s->run.len > s->best.len) {
        struct str swap = s->best;
        s->best = s->run;
        s->run = swap;
    }
    str_clear(&s->run);
}

static void skip(struct scan *s, size_t n) {
    s->left = sv_from(s->left, n);
}

// Moves past a quantifier. 0 = the item may be missing, 1 = it is there once or more, 2 = no
// quantifier.
static int quantifier(struct scan *s) {
    int kind = 2;
    if (next_is(s, 0, "?*")) {
        kind = 0;
    } else if (next_is(s, 0, "+")) {
        kind = 1;
    } else if (next_is(s, 0, "{")) {
        size_t n = 1;
        while (next_is(s, n, "0123456789,")) {
            n++;
        }
        s->failed |= n == 1 || !next_is(s, n, "}"); // a brace that stands for itself
        kind = 0;
        skip(s, n);
    } else {
        return kind;
    }
    skip(s, 1);
    if (next_is(s, 0, "?+")) {
        skip(s, 1);
    }
    return kind;
}

// A plain character of `n` bytes, with what follows it.
static void add_char(struct scan *s, const char *bytes, size_t n) {
    struct sv text = sv_make(bytes, n);
    bool usable = s->folded ? literal_folds_plainly(text) : true;
    int kind = quantifier(s);
    if (!usable || kind == 0) {
        end_run(s);
        return;
    }
    str_add_sv(&s->run, text);
    if (kind == 1) {
        end_run(s);
    }
}

static void skip_class(struct scan *s) {
    skip(s, next_is(s, 1, "^") ? 2 : 1);
    skip(s, next_is(s, 0, "]") ? 1 : 0);
    while (s->left.len && s->left.ptr[0] != ']') {
        if (s->left.ptr[0] == '[' && next_is(s, 1, ":.=")) {
            char close = s->left.ptr[1];
            skip(s, 2);
            while (s->left.len && !(s->left.ptr[0] == close && next_is(s, 1, "]"))) {
                skip(s, 1);
            }
            skip(s, 1);
        } else if (s->left.ptr[0] == '\\') {
            s->failed |= next_is(s, 1, "QE");
            skip(s, 1);
        }
        skip(s, 1);
    }
    skip(s, 1);
}

// Past a group with all that is in it. Option settings and verbs change the meaning of what
// follows: then nothing is known.
static void skip_group(struct scan *s) {
    int depth = 0;
    do {
        char c = s->left.ptr[0];
        if (c == '(') {
            depth++;
            bool special = next_is(s, 1, "*?");
            s->failed |= special && !(next_is(s, 1, "?") && next_is(s, 2, ":=!<>|"));
        } else if (c == ')') {
            depth--;
        } else if (c == '[') {
            skip_class(s);
            continue;
        } else if (c == '\\') {
            s->failed |= next_is(s, 1, "QE");
            skip(s, 1);
        }
        skip(s, 1);
    } while (s->left.len && depth > 0 && !s->failed);
    s->failed |= depth > 0;
}

static void read_escape(struct scan *s) {
    if (s->left.len < 2) {
        s->failed = true;
        return;
    }
    const char *c = s->left.ptr + 1;
    bool alnum = (*c >= '0' && *c <= '9') || ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z');
    if (!alnum && (unsigned char)*c < 128) {
        skip(s, 2);
        add_char(s, c, 1);
        return;
    }
    s->failed |= !next_is(s, 1, "dDwWsSbBAzZhHvVnrtR");
    skip(s, 2);
    (void)quantifier(s);
    end_run(s);
}

static size_t char_bytes(struct sv text) {
    size_t n = 1;
    while (n < text.len && ((unsigned char)text.ptr[n] & 0xC0) == 0x80) {
        n++;
    }
    return n;
}

static void read_item(struct scan *s) {
    const char *at = s->left.ptr;
    switch (*at) {
    case '\\':
        read_escape(s);
        return;
    case '[':
        skip_class(s);
        break;
    case '(':
        skip_group(s);
        break;
    case '.':
    case '^':
    case '$':
        skip(s, 1);
        break;
    default: {
        size_t n = char_bytes(s->left);
        skip(s, n);
        add_char(s, at, n);
        return;
    }
    }
    (void)quantifier(s);
    end_run(s);
}

static void add_best(struct scan *s, struct arena *a, struct literal_set *out) {
    end_run(s);
    if (s->best.len < MIN_LITERAL || out->n == MAX_LITERALS) {
        s->failed = true;
    } else {
        literal_init(&out->of[out->n++], str_sv(&s->best), s->folded, a);
    }
    str_clear(&s->best);
}

void pattern_literals(struct sv pattern, bool folded, struct arena *a, struct literal_set *out) {
    *out = (struct literal_set){.n = 0};
    struct scan s = {.left = pattern, .folded = folded};
    while (s.left.len && !s.failed) {
        if (s.left.ptr[0] == '|') {
            skip(&s, 1);
            add_best(&s, a, out);
        } else {
            read_item(&s);
        }
    }
    if (!s.failed) {
        add_best(&s, a, out);
    }
    if (s.failed) {
        out->n = 0;
    }
    str_done(&s.run);
    str_done(&s.best);
}

void text_literals(struct sv text, bool folded, struct arena *a, struct literal_set *out) {
    *out = (struct literal_set){.n = 0};
    struct sv best = SV_NULL;
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool usable = i < text.len && (!folded || literal_folds_plainly(sv_sub(text, i, 1)));
        if (!usable) {
            best = i - from > best.len ? sv_sub(text, from, i - from) : best;
            from = i + 1;
        }
    }
    if (best.len) {
        literal_init(&out->of[0], best, folded, a);
        out->n = 1;
    }
}
