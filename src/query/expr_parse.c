// Recursive descent over the expression text.
//
//     or      and { "or" and }
//     and     not { [ "and" ] not }
//     not     { "not" | "!" } primary
//     primary "(" or ")" | name operator value | name "in" "(" value { "," value } ")"
//             | name "is" [ "not" ] "null" | "~" regex | word
//
// A `!` that begins the whole text takes all the words behind it, as a pager's `&!` does.
#include <stdarg.h>
#include <stdio.h>

#include "base/array.h"
#include "query/expr_int.h"

enum { MAX_DEPTH = 100, MAX_TERMS = 2000 };

struct parser {
    struct sv text;
    size_t at;
    struct arena *a;
    size_t err_at;
    struct err *err;
    unsigned depth;
    unsigned n_terms;
    bool failed;
};

size_t expr_position(struct sv text, size_t at) {
    size_t n = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return n;
}

static bool PRINTF_LIKE(3, 4) fail(struct parser *p, size_t at, const char *fmt, ...) {
    if (p->failed) {
        return false;
    }
    char why[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    p->failed = true;
    p->err_at = at;
    return err_set(p->err, ERR_USAGE, "position %zu: %s", expr_position(p->text, at), why);
}

// --- characters ---------------------------------------------------------------------------------

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int peek(const struct parser *p, size_t ahead) {
    return p->at + ahead < p->text.len ? (unsigned char)p->text.ptr[p->at + ahead] : -1;
}

static void skip_blanks(struct parser *p) {
    while (p->at < p->text.len && is_blank(p->text.ptr[p->at])) {
        p->at++;
    }
}

static bool ends_word(int c) {
    return c < 0 || is_blank((char)c) || strchr("()=!<>~:", c) != NULL;
}

// Whether this keyword stands at `at`, whole.
static bool is_keyword(const struct parser *p, size_t at, const char *word) {
    struct sv want = sv_cstr(word);
    struct sv have = sv_sub(p->text, at, want.len);
    int after = at + want.len < p->text.len ? (unsigned char)p->text.ptr[at + want.len] : -1;
    return sv_eq_nocase(have, want) && ends_word(after);
}

static bool take_keyword(struct parser *p, const char *word) {
    if (!is_keyword(p, p->at, word)) {
        return false;
    }
    p->at += strlen(word);
    return true;
}

// --- pieces -------------------------------------------------------------------------------------

// Text in quotes; the quote itself is written twice.
static bool read_quoted(struct parser *p, struct sv *out) {
    size_t start = p->at;
    char quote = p->text.ptr[p->at++];
    char *text = arena_alloc(p->a, p->text.len - p->at + 1);
    size_t n = 0;
    while (p->at < p->text.len) {
        char c = p->text.ptr[p->at++];
        if (c == quote && peek(p, 0) != quote) {
            *out = sv_make(text, n);
            return true;
        }
        p->at += c == quote;
        text[n++] = c;
    }
    return fail(p, start, "the quote that begins here has no end");
}

static bool at_quote(const struct parser *p) {
    return peek(p, 0) == '"' || peek(p, 0) == '\'';
}

// A bare word or column name; behind a dot a quoted part may follow: params."sub result".
static bool read_word(struct parser *p, struct sv *out) {
    size_t start = p->at;
    while (!ends_word(peek(p, 0))) {
        if (peek(p, 0) == '.' && (peek(p, 1) == '"' || peek(p, 1) == '\'')) {
            p->at++;
            struct sv head = sv_sub(p->text, start, p->at - start);
            struct sv tail;
            if (!read_quoted(p, &tail)) {
                return false;
            }
            *out = sv_cstr(arena_printf(p->a, "%.*s%.*s", SV_ARG(head), SV_ARG(tail)));
            return true;
        }
        p->at++;
    }
    *out = arena_sv(p->a, sv_sub(p->text, start, p->at - start));
    return true;
}

// Length of an unquoted value: to a blank (in a list: to a comma), or a bracket that it did not
// open itself. Brackets behind a backslash and inside [] are not counted, for regular expressions.
static size_t value_len(const struct parser *p, bool in_list) {
    int depth = 0;
    bool in_class = false;
    size_t i = p->at;
    for (; i < p->text.len; i++) {
        char c = p->text.ptr[i];
        if (c == '\\' && i + 1 < p->text.len && !is_blank(p->text.ptr[i + 1])) {
            i++;
        } else if (in_list ? c == ',' && depth == 0 : is_blank(c)) {
            break;
        } else if (in_class || c == '[') {
            in_class = c != ']';
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && depth-- == 0) {
            break;
        }
    }
    return i - p->at;
}

static bool read_value(struct parser *p, struct sv after, bool in_list, struct expr_value *out) {
    skip_blanks(p);
    *out = (struct expr_value){.at = p->at};
    if (at_quote(p)) {
        out->quoted = true;
        if (!read_quoted(p, &out->text)) {
            return false;
        }
        int c = peek(p, 0);
        if (c >= 0 && !is_blank((char)c) && c != ')' && !(in_list && c == ',')) {
            return fail(p, p->at, "expected a blank behind the quoted text");
        }
        return true;
    }
    size_t len = value_len(p, in_list);
    struct sv text = sv_trim(sv_sub(p->text, p->at, len));
    if (!text.len) {
        return fail(p, p->at, "expected a value behind \"%.*s\"", SV_ARG(after));
    }
    out->text = arena_sv(p->a, text);
    p->at += len;
    return true;
}

// --- tests --------------------------------------------------------------------------------------

struct op_text {
    const char *text;
    enum expr_op op;
};

// Longer ones first.
static const struct op_text ops[] = {
    {"!=", OP_NE}, {"!~", OP_NOT_MATCH}, {"<=", OP_LE}, {">=", OP_GE},   {"==", OP_EQ},
    {"=", OP_EQ},  {"<", OP_LT},         {">", OP_GT},  {"~", OP_MATCH}, {":", OP_HAS},
};

static const struct op_text *find_op(const struct parser *p, size_t at) {
    for (size_t i = 0; i < COUNTOF(ops); i++) {
        if (sv_starts(sv_from(p->text, at), sv_cstr(ops[i].text))) {
            return &ops[i];
        }
    }
    return NULL;
}

static struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t at) {
    struct expr *e = arena_zalloc(p->a, 1, sizeof *e);
    e->kind = kind;
    e->at = at;
    e->end = p->at;
    if (++p->n_terms > MAX_TERMS) {
        fail(p, at, "more than %d terms", MAX_TERMS);
    }
    return e;
}

static bool read_list(struct parser *p, struct expr *e) {
    ARRAY(struct expr_value) values = {0};
    bool more = true;
    p->at++;
    while (more) {
        struct expr_value v;
        if (!read_value(p, SV("in ("), true, &v)) {
            break;
        }
        array_push(&values, v);
        skip_blanks(p);
        int c = peek(p, 0);
        if (c != ',' && c != ')') {
            fail(p, p->at, "expected \",\" or \")\" in the list");
            break;
        }
        p->at++;
        more = c == ',';
    }
    e->n_values = values.n;
    e->values = arena_zalloc(p->a, values.n, sizeof *e->values);
    if (values.n) {
        memcpy(e->values, values.ptr, values.n * sizeof *values.ptr);
    }
    array_done(&values);
    return !p->failed;
}

// "in (", "not in (", "is null" and "is not null" behind a name. Other words that begin like these
// are words to search for.
static bool take_word_op(struct parser *p, enum expr_op *op) {
    size_t start = p->at;
    if (take_keyword(p, "is")) {
        skip_blanks(p);
        *op = OP_NULL;
        if (take_keyword(p, "not")) {
            skip_blanks(p);
            *op = OP_NOT_NULL;
        }
        if (take_keyword(p, "null")) {
            return true;
        }
    } else {
        *op = OP_IN;
        if (take_keyword(p, "not")) {
            skip_blanks(p);
            *op = OP_NOT_IN;
        }
        if (take_keyword(p, "in")) {
            skip_blanks(p);
            if (peek(p, 0) == '(') {
                return true;
            }
        }
    }
    p->at = start;
    return false;
}

static struct expr *one_value_test(struct parser *p, struct expr *e, struct sv op_name) {
    e->n_values = 1;
    e->values = arena_zalloc(p->a, 1, sizeof *e->values);
    if (!read_value(p, op_name, false, e->values)) {
        return NULL;
    }
    e->end = p->at;
    return e;
}

// What stands behind a word or quoted text: an operator makes it a column, nothing a word.
static struct expr *parse_behind_name(struct parser *p, size_t at, struct sv name, bool quoted) {
    size_t end = p->at;
    struct expr *e = new_expr(p, EXPR_TEST, at);
    e->name = name;
    skip_blanks(p);
    const struct op_text *op = find_op(p, p->at);
    if (op) {
        e->op = op->op;
        p->at += strlen(op->text);
        return one_value_test(p, e, sv_cstr(op->text));
    }
    if (p->at > end && take_word_op(p, &e->op)) {
        if ((e->op == OP_IN || e->op == OP_NOT_IN) && !read_list(p, e)) {
            return NULL;
        }
        e->end = p->at;
        return e;
    }
    p->at = end;
    e->kind = EXPR_WORD;
    e->op = OP_HAS;
    e->end = end;
    e->n_values = 1;
    e->values = arena_zalloc(p->a, 1, sizeof *e->values);
    e->values[0] = (struct expr_value){.text = name, .quoted = quoted, .at = at};
    return e;
}

static struct expr *parse_or(struct parser *p);

static struct expr *parse_brackets(struct parser *p) {
    size_t at = p->at++;
    if (++p->depth > MAX_DEPTH) {
        fail(p, at, "brackets are nested more than %d deep", MAX_DEPTH);
        return NULL;
    }
    struct expr *e = parse_or(p);
    p->depth--;
    if (!e) {
        return NULL;
    }
    if (peek(p, 0) != ')') {
        fail(p, at, "the bracket that opens here is not closed");
        return NULL;
    }
    p->at++;
    if (e->kind != EXPR_TEST && e->kind != EXPR_WORD) {
        e->at = at;
        e->end = p->at;
    }
    return e;
}

static struct expr *parse_primary(struct parser *p) {
    size_t at = p->at;
    struct sv name;
    int c = peek(p, 0);
    if (c == '(') {
        return parse_brackets(p);
    }
    if (c == '~') {
        p->at++;
        struct expr *e = new_expr(p, EXPR_WORD, at);
        e->op = OP_MATCH;
        return one_value_test(p, e, SV("~"));
    }
    if (c == '"' || c == '\'') {
        return read_quoted(p, &name) ? parse_behind_name(p, at, name, true) : NULL;
    }
    if (c < 0) {
        fail(p, at, "expected a word or a test of a column, found the end");
        return NULL;
    }
    if (ends_word(c) || is_keyword(p, at, "and") || is_keyword(p, at, "or")) {
        size_t n = ends_word(c) ? 1 : is_keyword(p, at, "or") ? 2 : 3;
        fail(p, at, "expected a word or a test of a column, found \"%.*s\"",
             SV_ARG(sv_sub(p->text, at, n)));
        return NULL;
    }
    return read_word(p, &name) ? parse_behind_name(p, at, name, false) : NULL;
}

static struct expr *parse_not(struct parser *p) {
    bool negate = false;
    size_t at = p->at;
    for (;;) {
        if (peek(p, 0) == '!') {
            p->at++;
        } else if (!take_keyword(p, "not")) {
            break;
        }
        negate = !negate;
        skip_blanks(p);
    }
    struct expr *e = parse_primary(p);
    if (!e || !negate) {
        return e;
    }
    struct expr *n = new_expr(p, EXPR_NOT, at);
    n->kids = e;
    n->end = MAX(e->end, p->at);
    return n;
}

static struct expr *group(struct parser *p, enum expr_kind kind, struct expr *first) {
    if (!first || !first->next) {
        return first;
    }
    struct expr *e = new_expr(p, kind, first->at);
    e->kids = first;
    for (struct expr *kid = first; kid; kid = kid->next) {
        e->end = kid->end;
    }
    return e;
}

// `!a b c` at the start: the words that follow without an operator belong to the `!`.
static void extend_not(struct parser *p, struct expr *e) {
    struct expr *last = e->kids;
    if (last->kind != EXPR_WORD) {
        return;
    }
    size_t before = p->at;
    for (;;) {
        skip_blanks(p);
        bool word = !p->failed && p->at > before && peek(p, 0) >= 0 && peek(p, 0) != '(' &&
                    peek(p, 0) != '!' && !is_keyword(p, p->at, "and") &&
                    !is_keyword(p, p->at, "or") && !is_keyword(p, p->at, "not") &&
                    peek(p, 0) != ')';
        struct expr *more = word ? parse_primary(p) : NULL;
        if (!more || more->kind != EXPR_WORD) {
            break;
        }
        last->next = more;
        last = more;
        before = p->at;
    }
    p->at = p->failed ? p->at : before;
    e->kids = group(p, EXPR_AND, e->kids);
    e->end = before;
}

static struct expr *parse_and(struct parser *p, bool whole) {
    struct expr *first = NULL;
    struct expr **tail = &first;
    skip_blanks(p);
    bool bang = whole && peek(p, 0) == '!';
    do {
        struct expr *e = parse_not(p);
        if (e && bang && e->kind == EXPR_NOT) {
            extend_not(p, e);
        }
        bang = false;
        if (!e || p->failed) {
            return NULL;
        }
        *tail = e;
        tail = &e->next;
        skip_blanks(p);
        if (take_keyword(p, "and")) {
            skip_blanks(p);
            continue;
        }
        if (peek(p, 0) < 0 || peek(p, 0) == ')' || is_keyword(p, p->at, "or")) {
            break;
        }
    } while (true);
    return group(p, EXPR_AND, first);
}

static struct expr *parse_or(struct parser *p) {
    struct expr *first = NULL;
    struct expr **tail = &first;
    bool whole = p->depth == 0;
    do {
        struct expr *e = parse_and(p, whole);
        if (!e) {
            return NULL;
        }
        *tail = e;
        tail = &e->next;
        whole = false;
        skip_blanks(p);
    } while (take_keyword(p, "or"));
    return group(p, EXPR_OR, first);
}

bool expr_parse(struct sv text, struct arena *a, struct expr **out, size_t *at, struct err *err) {
    struct parser p = {.text = text, .a = a, .err = err};
    *out = NULL;
    skip_blanks(&p);
    if (p.at == text.len) {
        return true;
    }
    struct expr *e = parse_or(&p);
    if (e && !p.failed && p.at < text.len) {
        fail(&p, p.at, "a closing bracket without an opening one");
    }
    if (!e || p.failed) {
        if (at) {
            *at = p.err_at;
        }
        return false;
    }
    *out = e;
    return true;
}
