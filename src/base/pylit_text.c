// String literals: quotes ' " ''' """, prefixes r b u in any case, escapes, adjacent literals.
#include "base/pylit_impl.h"

#include "base/simd_text.h"

struct literal {
    char quote;
    bool triple;
    bool raw;
    bool bytes;
};

static bool is_quote(char c) {
    return c == '\'' || c == '"';
}

// The opening quote behind a prefix at p, or NULL. Prefixes: r u b rb br.
static const char *prefixed(const char *p, const char *end, struct literal *lit) {
    bool unicode = false;
    for (int i = 0; i < 3 && p < end; i++, p++) {
        if (is_quote(*p)) {
            return p;
        }
        char c = (char)(*p | 0x20);
        bool *flag = c == 'r' ? &lit->raw : c == 'b' ? &lit->bytes : c == 'u' ? &unicode : NULL;
        if (!flag || *flag || unicode || (c == 'u' && i)) {
            return NULL;
        }
        *flag = true;
    }
    return NULL;
}

bool pylit_is_text(const char *p, const char *end) {
    struct literal lit = {0};
    return prefixed(p, end, &lit) != NULL;
}

// Python's tokenizer turns CR LF and CR into LF before anything else.
static const char *line_break(const char *p, const char *end) {
    return p + (*p == '\r' && end - p > 1 && p[1] == '\n' ? 2 : 1);
}

static const char *octal(struct str *out, const char *p, const char *end) {
    uint32_t v = 0;
    const char *last = end - p > 3 ? p + 3 : end;
    for (; p < last && *p >= '0' && *p <= '7'; p++) {
        v = v * 8 + (uint32_t)(*p - '0');
    }
    doc_add_cp(out, v);
    return p;
}

static const char *hex(struct str *out, const char *p, const char *end, int n) {
    int64_t cp = doc_hex(p, end, n);
    if (cp < 0 || cp > 0x10ffff) {
        return NULL;
    }
    doc_add_cp(out, (uint32_t)cp);
    return p + n;
}

// `p` is at a backslash; returns what follows the escape, NULL for a wrong one.
static const char *escape(struct str *out, const char *p, const char *end,
                          const struct literal *lit) {
    static const char plain[128] = {
        ['\\'] = '\\', ['\''] = '\'', ['"'] = '"',  ['a'] = '\a', ['b'] = '\b',
        ['f'] = '\f',  ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t', ['v'] = '\v'};
    if (end - p < 2) {
        return NULL;
    }
    unsigned char c = (unsigned char)p[1];
    if (c < 128 && plain[c]) {
        doc_add_char(out, plain[c]);
        return p + 2;
    }
    if (c == '\n' || c == '\r') {
        return line_break(p + 1, end);
    }
    if (c >= '0' && c <= '7') {
        return octal(out, p + 1, end);
    }
    if (c == 'x') {
        return hex(out, p + 2, end, 2);
    }
    if (!lit->bytes && (c == 'u' || c == 'U')) {
        return hex(out, p + 2, end, c == 'u' ? 4 : 8);
    }
    if (!lit->bytes && c == 'N') {
        return NULL;
    }
    doc_add_char(out, '\\');
    return p + 1;
}

// In a raw literal a backslash stays, and so does the character behind it, a quote too.
static const char *raw_escape(struct str *out, const char *p, const char *end) {
    doc_add_char(out, '\\');
    p++;
    if (p < end && (*p == '\n' || *p == '\r')) {
        doc_add_char(out, '\n');
        return line_break(p, end);
    }
    if (p < end) {
        doc_add_char(out, *p++);
    }
    return p;
}

static bool closes(const struct literal *lit, const char *p, const char *end) {
    return !lit->triple || (end - p >= 3 && p[1] == lit->quote && p[2] == lit->quote);
}

// What stands at a character that is not plain. NULL after a failure.
static const char *special(struct doc *doc, struct doc_token *tok, const char *p,
                           const struct literal *lit) {
    struct str *out = &doc->scratch;
    if (*p == '\\') {
        const char *next = lit->raw ? raw_escape(out, p, doc->end) : escape(out, p, doc->end, lit);
        if (!next) {
            doc_fail(doc, tok, p, "an escape is incomplete or not supported");
        }
        return next;
    }
    bool breaks = *p == '\n' || *p == '\r';
    if (!*p || (breaks && !lit->triple)) {
        doc_fail(doc, tok, p, "expected the closing quote of a text");
        return NULL;
    }
    doc_add_char(out, breaks ? '\n' : *p);
    return breaks ? line_break(p, doc->end) : p + 1;
}

static bool is_ascii(struct sv text) {
    unsigned char all = 0;
    for (size_t i = 0; i < text.len; i++) {
        all |= (unsigned char)text.ptr[i];
    }
    return all < 0x80;
}

// Appends one literal's text, from behind its opening quotes; returns what follows the closing
// ones.
static const char *decode(struct doc *doc, struct doc_token *tok, const char *p,
                          const struct literal *lit) {
    const char *start = p;
    for (;;) {
        const char *stop = text_special(p, doc->end, lit->quote);
        doc_add_run(&doc->scratch, p, stop, doc->end);
        if (stop == doc->end) {
            doc_fail(doc, tok, stop, "expected the closing quote of a text");
            return NULL;
        }
        if (*stop == lit->quote && closes(lit, stop, doc->end)) {
            if (lit->bytes && !is_ascii(sv_make(start, (size_t)(stop - start)))) {
                doc_fail(doc, tok, start, "expected ASCII characters only in bytes");
                return NULL;
            }
            return stop + (lit->triple ? 3 : 1);
        }
        p = special(doc, tok, stop, lit);
        if (!p) {
            return NULL;
        }
    }
}

static const char *text_slow(struct doc *doc, struct doc_token *tok, const char *start) {
    const char *p = start;
    bool bytes = false;
    str_clear(&doc->scratch);
    for (bool first = true;; first = false) {
        struct literal lit = {0};
        const char *open = prefixed(p, doc->end, &lit);
        if (!first && lit.bytes != bytes) {
            doc_fail(doc, tok, p, "text and bytes cannot be joined");
            return NULL;
        }
        bytes = lit.bytes;
        lit.quote = *open;
        lit.triple = doc->end - open >= 3 && open[1] == *open && open[2] == *open;
        const char *after = decode(doc, tok, open + (lit.triple ? 3 : 1), &lit);
        if (!after) {
            return NULL;
        }
        p = pylit_blank(doc, after);
        if (!pylit_is_text(p, doc->end)) {
            tok->kind = bytes ? DOC_OTHER : DOC_TEXT;
            tok->text = bytes ? sv_make(start, (size_t)(after - start)) : str_sv(&doc->scratch);
            return after;
        }
    }
}

const char *pylit_text(struct doc *doc, struct doc_token *tok, const char *p) {
    char quote = *p;
    if (is_quote(quote)) {
        const char *stop = text_special(p + 1, doc->end, quote);
        // Nearly every text: no escape, and a separator or bracket right behind it.
        if (doc->end - stop > 1 && *stop == quote &&
            (stop[1] == ',' || stop[1] == ':' || stop[1] == ']' || stop[1] == '}')) {
            tok->kind = DOC_TEXT;
            tok->text = sv_make(p + 1, (size_t)(stop - p) - 1);
            return stop + 1;
        }
    }
    return text_slow(doc, tok, p);
}
