// JSON tokens (RFC 8259, and Python's NaN and Infinity). The stack holds one byte a level.
#include <math.h>

#include "base/doc_impl.h"
#include "base/simd_text.h"

enum { LEVEL_LIST, LEVEL_MAP };

static const char *skip_blank(const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) {
        p++;
    }
    return p;
}

// `p` is behind "\u". Two escapes of a surrogate pair are one character.
static const char *unicode_escape(struct str *out, const char *p, const char *end) {
    int64_t cp = doc_hex(p, end, 4);
    if (cp < 0) {
        return NULL;
    }
    p += 4;
    if (cp >= 0xd800 && cp < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        int64_t low = doc_hex(p + 2, end, 4);
        if (low >= 0xdc00 && low < 0xe000) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
        }
    }
    doc_add_cp(out, (uint32_t)cp);
    return p;
}

// `p` is at the backslash; returns what follows the escape, NULL when there is none such.
static const char *escape(struct str *out, const char *p, const char *end) {
    static const char plain[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    if (end - p < 2) {
        return NULL;
    }
    unsigned char c = (unsigned char)p[1];
    if (c == 'u') {
        return unicode_escape(out, p + 2, end);
    }
    if (c >= 128 || !plain[c]) {
        return NULL;
    }
    doc_add_char(out, plain[c]);
    return p + 2;
}

// A text with escapes, from its first character. Sets tok->text; returns what follows the closing
// quote, NULL after a failure.
static const char *decode(struct doc *doc, struct doc_token *tok, const char *p) {
    struct str *out = &doc->scratch;
    str_clear(out);
    for (;;) {
        const char *stop = text_special(p, doc->end, '"');
        doc_add_run(out, p, stop, doc->end);
        if (stop == doc->end) {
            doc_fail(doc, tok, stop, "expected the closing quote of a text");
            return NULL;
        }
        if (*stop == '"') {
            tok->text = str_sv(out);
            return stop + 1;
        }
        if (*stop != '\\') {
            doc_fail(doc, tok, stop, "a control character must be escaped");
            return NULL;
        }
        p = escape(out, stop, doc->end);
        if (!p) {
            doc_fail(doc, tok, stop, "expected an escape such as \\n or \\u00e9");
            return NULL;
        }
    }
}

// `p` is behind the opening quote.
static inline const char *text(struct doc *doc, struct doc_token *tok, const char *p) {
    const char *stop = text_special(p, doc->end, '"');
    if (stop < doc->end && *stop == '"') {
        tok->text = sv_make(p, (size_t)(stop - p));
        return stop + 1;
    }
    return decode(doc, tok, p);
}

static bool key(struct doc *doc, struct doc_token *tok, const char *p) {
    if (p == doc->end || *p != '"') {
        return doc_fail(doc, tok, p, "expected a key in double quotes");
    }
    doc_token_set(doc, tok, DOC_KEY, p);
    p = text(doc, tok, p + 1);
    if (!p) {
        return false;
    }
    p = skip_blank(p, doc->end);
    if (p == doc->end || *p != ':') {
        return doc_fail(doc, tok, p, "expected ':' behind a key");
    }
    doc->cur = p + 1;
    doc->state = DOC_ST_VALUE;
    return true;
}

static bool open_level(struct doc *doc, struct doc_token *tok, const char *p, bool map) {
    doc_token_set(doc, tok, map ? DOC_MAP : DOC_LIST, p);
    if (!doc_push(doc, tok, p, map ? LEVEL_MAP : LEVEL_LIST)) {
        return false;
    }
    doc->cur = p + 1;
    doc->state = map ? DOC_ST_FIRST_KEY : DOC_ST_FIRST_ITEM;
    return true;
}

static bool close_level(struct doc *doc, struct doc_token *tok, const char *p) {
    doc_token_set(doc, tok, *p == '}' ? DOC_MAP_END : DOC_LIST_END, p);
    doc->depth--;
    doc->cur = p + 1;
    doc->state = DOC_ST_AFTER;
    return true;
}

static bool number(struct doc *doc, struct doc_token *tok, const char *p) {
    const char *first = p + (*p == '-');
    struct doc_number n;
    doc_scan_number(first, doc->end, &n);
    if (!n.n_whole || (n.n_whole > 1 && *first == '0') || n.dot != (n.n_fraction > 0)) {
        return doc_fail(doc, tok, n.n_whole > 1 ? first : n.end, "expected a number");
    }
    doc_set_number(tok, &n, sv_make(first, (size_t)(n.end - first)), first > p);
    tok->text = sv_make(p, (size_t)(n.end - p));
    doc->cur = n.end;
    doc->state = DOC_ST_AFTER;
    return true;
}

struct word {
    struct sv name;
    struct doc_token tok;
};

static bool word(struct doc *doc, struct doc_token *tok, const char *p) {
    static const struct word words[] = {
        {{"null", 4}, {.kind = DOC_NULL}},
        {{"true", 4}, {.kind = DOC_BOOL, .b = true}},
        {{"false", 5}, {.kind = DOC_BOOL}},
        {{"NaN", 3}, {.kind = DOC_FLOAT, .f = (double)NAN}},
        {{"Infinity", 8}, {.kind = DOC_FLOAT, .f = (double)INFINITY}},
        {{"-Infinity", 9}, {.kind = DOC_FLOAT, .f = (double)-INFINITY}},
    };
    for (size_t i = 0; i < COUNTOF(words); i++) {
        size_t n = words[i].name.len;
        if ((size_t)(doc->end - p) >= n && memcmp(p, words[i].name.ptr, n) == 0) {
            *tok = words[i].tok;
            tok->text = sv_make(p, n);
            tok->at = (size_t)(p - doc->ptr);
            doc->cur = p + n;
            doc->state = DOC_ST_AFTER;
            return true;
        }
    }
    return doc_fail(doc, tok, p, "expected a value");
}

static bool value(struct doc *doc, struct doc_token *tok, const char *p) {
    if (p == doc->end) {
        return doc_fail(doc, tok, p, "expected a value");
    }
    if (*p == '"') {
        doc_token_set(doc, tok, DOC_TEXT, p);
        doc->cur = text(doc, tok, p + 1);
        if (!doc->cur) {
            doc->cur = p;
            return false;
        }
        doc->state = DOC_ST_AFTER;
        return true;
    }
    if (*p == '{' || *p == '[') {
        return open_level(doc, tok, p, *p == '{');
    }
    bool minus = *p == '-' && doc->end - p > 1 && p[1] != 'I';
    if (minus || (*p >= '0' && *p <= '9')) {
        doc_token_set(doc, tok, DOC_INT, p);
        return number(doc, tok, p);
    }
    return word(doc, tok, p);
}

static bool at_end(struct doc *doc, struct doc_token *tok, const char *p) {
    if (p < doc->end) {
        return doc_fail(doc, tok, p, "expected nothing more behind the value");
    }
    doc_token_set(doc, tok, DOC_END, p);
    return false;
}

static bool after(struct doc *doc, struct doc_token *tok, const char *p) {
    if (!doc->depth) {
        return at_end(doc, tok, p);
    }
    bool map = doc->stack[doc->depth - 1] == LEVEL_MAP;
    if (p < doc->end && *p == ',') {
        p = skip_blank(p + 1, doc->end);
        return map ? key(doc, tok, p) : value(doc, tok, p);
    }
    if (p < doc->end && *p == (map ? '}' : ']')) {
        return close_level(doc, tok, p);
    }
    return doc_fail(doc, tok, p, map ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bool json_next(struct doc *doc, struct doc_token *tok) {
    const char *p = skip_blank(doc->cur, doc->end);
    switch ((enum doc_state)doc->state) {
    case DOC_ST_AFTER:
        return after(doc, tok, p);
    case DOC_ST_FIRST_ITEM:
        return p < doc->end && *p == ']' ? close_level(doc, tok, p) : value(doc, tok, p);
    case DOC_ST_FIRST_KEY:
        return p < doc->end && *p == '}' ? close_level(doc, tok, p) : key(doc, tok, p);
    case DOC_ST_VALUE:
        return value(doc, tok, p);
    case DOC_ST_ERROR:
        break;
    }
    doc_token_set(doc, tok, DOC_ERROR, doc->cur);
    return false;
}

void json_doc_init(struct doc *doc, struct sv text_in) {
    doc_init(doc, text_in, json_next);
}
