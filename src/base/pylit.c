// Python literals, read as ast.literal_eval reads them:
//   None True False; integers (decimal, 0x 0o 0b, underscores, any size), floats, one sign;
//   complex numbers and bytes (DOC_OTHER); `...` (DOC_OTHER); text, adjacent texts joined;
//   lists, tuples, dicts, sets, set(); brackets around one value; trailing commas; comments;
//   line breaks inside brackets; blanks around the value.
// Refused: other names, calls, operators, comprehensions, f-strings, unpacking, a list, dict or set
// as a dict key or set element, anything behind the value.
// Stricter than Python: \N{NAME} is refused (it needs a table of names), and so is an operator or
// a sign at a number in brackets of its own, as in -(1), and a tuple without brackets.
#include "base/pylit_impl.h"

#include "base/num.h"
#include "base/simd_text.h"

enum level {
    LEVEL_LIST,
    LEVEL_TUPLE,
    LEVEL_SET,
    LEVEL_EMPTY_SET, // set(): nothing but the closing bracket follows
    LEVEL_MAP,
    LEVEL_GROUP,   // brackets around one value; no token
    LEVEL_KEY,     // a key that is not text is being read; no token
    HASHED = 0x80, // flag: must hold hashable values only
};

static bool next_token(struct doc *doc, struct doc_token *tok);

static const char *skip_blank(const char *p, const char *end, bool inside) {
    while (p < end) {
        if (*p == ' ' || *p == '\t' || *p == '\f' || (inside && (*p == '\n' || *p == '\r'))) {
            p++;
        } else if (*p == '#' && inside) {
            const char *line_end = memchr(p, '\n', (size_t)(end - p));
            p = line_end ? line_end : end;
        } else if (*p == '\\' && end - p > 1 && (p[1] == '\n' || p[1] == '\r')) {
            p += end - p > 2 && p[1] == '\r' && p[2] == '\n' ? 3 : 2;
        } else {
            break;
        }
    }
    return p;
}

const char *pylit_blank_slow(const struct doc *doc, const char *p) {
    return skip_blank(p, doc->end, doc->depth > 0);
}

static bool is_hashed(const struct doc *doc) {
    uint8_t top = doc->depth ? doc->stack[doc->depth - 1] : (uint8_t)LEVEL_LIST;
    return (top & HASHED) || top == LEVEL_SET;
}

static int top_level(const struct doc *doc) {
    return doc->depth ? doc->stack[doc->depth - 1] & ~HASHED : -1;
}

// Opens a level whose bracket is at p. Tuples and brackets hand the demand for hashable values on.
static bool push(struct doc *doc, struct doc_token *tok, const char *p, int level) {
    bool hashed = is_hashed(doc);
    bool may = level == LEVEL_TUPLE || level == LEVEL_GROUP || level == LEVEL_KEY;
    if (hashed && !may) {
        return doc_fail(doc, tok, p, "expected a hashable value in a set or as a dict key");
    }
    uint8_t flag = (hashed && may) || level == LEVEL_KEY ? HASHED : 0;
    return doc_push(doc, tok, p, (uint8_t)((uint8_t)level | flag));
}

// ---- looking ahead -------------------------------------------------------------------------

// The end of the string literal whose quote is at p, roughly: a wrong one is found when it is read.
static const char *skip_text(const char *p, const char *end) {
    char quote = *p;
    bool triple = end - p >= 3 && p[1] == quote && p[2] == quote;
    for (p += triple ? 3 : 1; p < end; p++) {
        p = text_special(p, end, quote);
        if (p == end) {
            break;
        }
        if (*p == '\\') {
            p += end - p > 1;
        } else if (*p == quote && !triple) {
            return p + 1;
        } else if (*p == quote && end - p >= 3 && p[1] == quote && p[2] == quote) {
            return p + 3;
        }
    }
    return end;
}

// The first of , : or a closing bracket that belongs to the level just opened before p; 0 = none.
static char first_mark(const char *p, const char *end) {
    for (int depth = 0; p < end;) {
        char c = *p;
        if (c == '\'' || c == '"') {
            p = skip_text(p, end);
            continue;
        }
        if (c == '#') {
            const char *line_end = memchr(p, '\n', (size_t)(end - p));
            p = line_end ? line_end : end;
            continue;
        }
        bool closes = c == ')' || c == ']' || c == '}';
        if (!depth && (closes || c == ',' || c == ':')) {
            return c;
        }
        depth += c == '(' || c == '[' || c == '{';
        depth -= closes;
        p++;
    }
    return 0;
}

// ---- values --------------------------------------------------------------------------------

static bool set_state(struct doc *doc, const char *p, enum doc_state state) {
    doc->cur = p;
    doc->state = (int)state;
    return true;
}

static bool open_level(struct doc *doc, struct doc_token *tok, const char *p, enum level level) {
    static const enum doc_list_kind subs[] = {[LEVEL_TUPLE] = DOC_TUPLE,
                                              [LEVEL_SET] = DOC_SET,
                                              [LEVEL_EMPTY_SET] = DOC_SET,
                                              [LEVEL_MAP] = DOC_PLAIN_LIST};
    bool map = level == LEVEL_MAP;
    doc_token_set(doc, tok, map ? DOC_MAP : DOC_LIST, p);
    tok->sub = subs[level];
    if (!push(doc, tok, p, (int)level)) {
        return false;
    }
    return set_state(doc, p + 1, map ? DOC_ST_FIRST_KEY : DOC_ST_FIRST_ITEM);
}

static bool open_brace(struct doc *doc, struct doc_token *tok, const char *p) {
    // Usually the first key is plain text right behind the brace.
    const char *q = p + 1, *end = doc->end;
    if (q < end && (*q == '\'' || *q == '"')) {
        const char *stop = text_special(q + 1, end, *q);
        if (end - stop > 1 && *stop == *q && stop[1] == ':') {
            return open_level(doc, tok, p, LEVEL_MAP);
        }
    }
    char mark = first_mark(q, end);
    bool set = mark == ',' || (mark == '}' && *skip_blank(q, end, true) != '}');
    return open_level(doc, tok, p, set ? LEVEL_SET : LEVEL_MAP);
}

static bool value(struct doc *doc, struct doc_token *tok, const char *p);

static bool open_paren(struct doc *doc, struct doc_token *tok, const char *p) {
    char mark = first_mark(p + 1, doc->end);
    struct doc_token probe;
    bool empty = mark == ')' && *skip_blank(p + 1, doc->end, true) == ')';
    if (mark == ',' || empty) {
        return open_level(doc, tok, p, LEVEL_TUPLE);
    }
    if (!push(doc, &probe, p, LEVEL_GROUP)) {
        *tok = probe;
        return false;
    }
    return value(doc, tok, pylit_blank(doc, p + 1));
}

// `p` is at "set".
static bool empty_set(struct doc *doc, struct doc_token *tok, const char *p) {
    const char *q = pylit_blank(doc, p + 3);
    if (q == doc->end || *q != '(') {
        return doc_fail(doc, tok, p, "expected a value");
    }
    if (!open_level(doc, tok, p, LEVEL_EMPTY_SET)) {
        return false;
    }
    q = pylit_blank(doc, q + 1);
    if (q == doc->end || *q != ')') {
        return doc_fail(doc, tok, q, "expected ')' of an empty set");
    }
    doc->cur = q;
    return true;
}

static bool starts(const struct doc *doc, const char *p, struct sv word) {
    return (size_t)(doc->end - p) >= word.len && memcmp(p, word.ptr, word.len) == 0;
}

static bool word(struct doc *doc, struct doc_token *tok, const char *p) {
    size_t n;
    if (starts(doc, p, SV("None"))) {
        doc_token_set(doc, tok, DOC_NULL, p);
        n = 4;
    } else if (starts(doc, p, SV("True"))) {
        doc_token_set(doc, tok, DOC_BOOL, p);
        tok->b = true;
        n = 4;
    } else if (starts(doc, p, SV("False"))) {
        doc_token_set(doc, tok, DOC_BOOL, p);
        n = 5;
    } else if (starts(doc, p, SV("..."))) {
        doc_token_set(doc, tok, DOC_OTHER, p);
        n = 3;
    } else if (starts(doc, p, SV("set"))) {
        return empty_set(doc, tok, p);
    } else {
        return doc_fail(doc, tok, p, "expected a value");
    }
    tok->text = sv_make(p, n);
    return set_state(doc, p + n, DOC_ST_AFTER);
}

static bool value(struct doc *doc, struct doc_token *tok, const char *p) {
    if (p == doc->end) {
        return doc_fail(doc, tok, p, "expected a value");
    }
    char c = *p;
    if (c == '\'' || c == '"' || pylit_is_text(p, doc->end)) {
        doc_token_set(doc, tok, DOC_TEXT, p);
        p = pylit_text(doc, tok, p);
        return p && set_state(doc, p, DOC_ST_AFTER);
    }
    bool dot = c == '.' && !starts(doc, p, SV("..."));
    if ((c >= '0' && c <= '9') || c == '-' || c == '+' || dot) {
        doc_token_set(doc, tok, DOC_INT, p);
        p = pylit_number(doc, tok, p);
        return p && set_state(doc, p, DOC_ST_AFTER);
    }
    if (c == '{') {
        return open_brace(doc, tok, p);
    }
    if (c == '[') {
        return open_level(doc, tok, p, LEVEL_LIST);
    }
    return c == '(' ? open_paren(doc, tok, p) : word(doc, tok, p);
}

// ---- brackets and separators ---------------------------------------------------------------

// Closes the brackets around single values that end at p. NULL after a failure.
static const char *close_groups(struct doc *doc, struct doc_token *tok, const char *p) {
    while (top_level(doc) == LEVEL_GROUP) {
        if (p == doc->end || *p != ')') {
            doc_fail(doc, tok, p, "expected ')'");
            return NULL;
        }
        p++;
        doc->depth--;
        p = pylit_blank(doc, p);
    }
    return p;
}

static bool close_level(struct doc *doc, struct doc_token *tok, const char *p) {
    doc_token_set(doc, tok, top_level(doc) == LEVEL_MAP ? DOC_MAP_END : DOC_LIST_END, p);
    doc->depth--;
    return set_state(doc, p + 1, DOC_ST_AFTER);
}

static char closing_bracket(int level) {
    static const char brackets[] = {
        [LEVEL_LIST] = ']',      [LEVEL_TUPLE] = ')', [LEVEL_SET] = '}',
        [LEVEL_EMPTY_SET] = ')', [LEVEL_MAP] = '}',   [LEVEL_GROUP] = ')'};
    return level >= 0 && level < LEVEL_KEY ? brackets[level] : '\0';
}

// A key that is not text: its repr goes to the scratch.
static const char *other_key(struct doc *doc, struct doc_token *tok, const char *p) {
    struct doc_token part;
    const char *start = p;
    if (!push(doc, tok, p, LEVEL_KEY)) {
        return NULL;
    }
    auto_str repr = STR_INIT;
    set_state(doc, p, DOC_ST_VALUE);
    bool ok = next_token(doc, &part);
    if (ok && part.kind == DOC_TEXT) {
        str_add_sv(&repr, part.text);
    } else if (!ok || !doc_copy_py(doc, &part, &repr)) {
        doc_token_set(doc, tok, DOC_ERROR, doc->cur);
        return NULL;
    }
    p = close_groups(doc, tok, pylit_blank(doc, doc->cur));
    if (!p) {
        return NULL;
    }
    doc->depth--;
    str_done(&doc->scratch);
    doc->scratch = repr;
    repr = STR_INIT;
    doc_token_set(doc, tok, DOC_KEY, start);
    tok->b = part.kind != DOC_TEXT;
    tok->text = str_sv(&doc->scratch);
    return p;
}

static bool key(struct doc *doc, struct doc_token *tok, const char *p) {
    bool text = p < doc->end && pylit_is_text(p, doc->end);
    if (text) {
        doc_token_set(doc, tok, DOC_KEY, p);
        p = pylit_text(doc, tok, p);
        if (!p) {
            return false;
        }
        tok->b = tok->kind == DOC_OTHER;
        tok->kind = DOC_KEY;
        p = pylit_blank(doc, p);
    } else {
        p = other_key(doc, tok, p);
        if (!p) {
            return false;
        }
    }
    if (p == doc->end || *p != ':') {
        return doc_fail(doc, tok, p, "expected ':' behind a key");
    }
    return set_state(doc, p + 1, DOC_ST_VALUE);
}

static bool at_end(struct doc *doc, struct doc_token *tok, const char *p) {
    p = skip_blank(p, doc->end, true);
    if (p < doc->end) {
        return doc_fail(doc, tok, p, "expected nothing more behind the value");
    }
    doc_token_set(doc, tok, DOC_END, p);
    return false;
}

static bool first(struct doc *doc, struct doc_token *tok, const char *p) {
    int level = top_level(doc);
    if (p < doc->end && *p == closing_bracket(level)) {
        return close_level(doc, tok, p);
    }
    return level == LEVEL_MAP ? key(doc, tok, p) : value(doc, tok, p);
}

static bool after(struct doc *doc, struct doc_token *tok, const char *p) {
    p = close_groups(doc, tok, p);
    if (!p) {
        return false;
    }
    if (!doc->depth) {
        return at_end(doc, tok, p);
    }
    int level = top_level(doc);
    if (p < doc->end && *p == ',' && level != LEVEL_EMPTY_SET) {
        return first(doc, tok, pylit_blank(doc, p + 1));
    }
    if (p < doc->end && *p == closing_bracket(level)) {
        return close_level(doc, tok, p);
    }
    char what[] = "expected ',' or ']'";
    what[sizeof what - 3] = closing_bracket(level);
    return doc_fail(doc, tok, p, what);
}

// Python strips blanks before the text; blank lines may follow, and then the value must stand at
// the start of its line.
static const char *first_value(const struct doc *doc) {
    const char *p = pylit_blank(doc, doc->ptr);
    if (p == doc->end || (*p != '\n' && *p != '\r' && *p != '#')) {
        return p;
    }
    p = skip_blank(p, doc->end, true);
    bool indented = p < doc->end && (p[-1] == ' ' || p[-1] == '\t');
    return indented ? p - 1 : p;
}

static bool next_token(struct doc *doc, struct doc_token *tok) {
    bool very_first = doc->cur == doc->ptr && doc->state == DOC_ST_VALUE;
    const char *p = very_first ? first_value(doc) : pylit_blank(doc, doc->cur);
    switch ((enum doc_state)doc->state) {
    case DOC_ST_AFTER:
        return after(doc, tok, p);
    case DOC_ST_FIRST_ITEM:
    case DOC_ST_FIRST_KEY:
        return first(doc, tok, p);
    case DOC_ST_VALUE:
        return value(doc, tok, p);
    case DOC_ST_ERROR:
        break;
    }
    doc_token_set(doc, tok, DOC_ERROR, doc->cur);
    return false;
}

void pylit_doc_init(struct doc *doc, struct sv text) {
    doc_init(doc, text, next_token);
}
