#include "base/doc.h"

#include <stdio.h>

#include "base/doc_impl.h"
#include "base/num.h"
#include "base/text_write.h"
#include "base/utf8.h"

void doc_init(struct doc *doc, struct sv text, bool (*next)(struct doc *, struct doc_token *)) {
    doc->next = next;
    doc->ptr = doc->cur = text.ptr ? text.ptr : "";
    doc->end = doc->ptr + text.len;
    doc->scratch = STR_INIT;
    err_clear(&doc->error);
    doc->depth = 0;
    doc->state = DOC_ST_VALUE;
    doc->impl = NULL;
}

void doc_restart(struct doc *doc, struct sv text) {
    doc->ptr = doc->cur = text.ptr ? text.ptr : "";
    doc->end = doc->ptr + text.len;
    doc->error.code = ERR_NONE;
    doc->error.msg[0] = '\0';
    doc->depth = 0;
    doc->state = DOC_ST_VALUE;
}

const struct err *doc_error(const struct doc *doc) {
    return &doc->error;
}

void doc_done(struct doc *doc) {
    str_done(&doc->scratch);
    doc->state = DOC_ST_ERROR;
}

bool doc_fail(struct doc *doc, struct doc_token *tok, const char *at, const char *what) {
    char found[32] = "the end of the text";
    if (at < doc->end) {
        unsigned char c = (unsigned char)*at;
        if (c > ' ' && c < 0x7f) {
            snprintf(found, sizeof found, "'%c'", c);
        } else {
            snprintf(found, sizeof found, "byte 0x%02x", (unsigned)c);
        }
    }
    doc->state = DOC_ST_ERROR;
    doc->cur = at;
    doc_token_set(doc, tok, DOC_ERROR, at);
    return err_set(&doc->error, ERR_FORMAT, "byte %zu: %s, found %s", tok->at, what, found);
}

bool doc_push(struct doc *doc, struct doc_token *tok, const char *at, uint8_t kind) {
    if (doc->depth == DOC_MAX_DEPTH) {
        doc_fail(doc, tok, at, "nested more deeply than 256 levels");
        return false;
    }
    doc->stack[doc->depth++] = kind;
    return true;
}

// ---- numbers -------------------------------------------------------------------------------

static const char *digits(const char *p, const char *end, struct doc_number *n) {
    const char *start = p;
    uint64_t v = n->digits;
    for (; p < end && char_is_digit(*p); p++) {
        v = v * 10 + (uint64_t)(*p - '0');
    }
    const char *first = start;
    while (!n->digits && first < p && *first == '0') {
        first++;
    }
    n->digits = v;
    n->n_digits += (size_t)(p - first);
    return p;
}

void doc_scan_number(const char *p, const char *end, struct doc_number *n) {
    *n = (struct doc_number){0};
    const char *start = p;
    p = digits(p, end, n);
    n->n_whole = (size_t)(p - start);
    if (p < end && *p == '.') {
        n->dot = true;
        start = ++p;
        p = digits(p, end, n);
        n->n_fraction = (size_t)(p - start);
        n->exp10 = n->n_fraction < 100000 ? -(int)n->n_fraction : -100000;
    }
    n->end = p;
    if (p == end || (*p | 0x20) != 'e' || n->n_whole + n->n_fraction == 0) {
        return;
    }
    p++;
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    int exp = 0;
    for (start = p; p < end && char_is_digit(*p); p++) {
        exp = exp < 100000 ? exp * 10 + (*p - '0') : exp;
    }
    if (p > start) {
        n->exponent = true;
        n->exp10 += negative ? -exp : exp;
        n->end = p;
    }
}

void doc_set_number(struct doc_token *tok, const struct doc_number *n, struct sv plain,
                    bool negative) {
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    if (!n->dot && !n->exponent && n->n_digits <= 19 && n->digits <= limit) {
        tok->kind = DOC_INT;
        tok->i = negative ? (int64_t)(0 - n->digits) : (int64_t)n->digits;
        tok->f = (double)tok->i;
        return;
    }
    tok->kind = DOC_FLOAT;
    tok->big = !n->dot && !n->exponent;
    if (n->n_digits > 19 || !num_exact_f64(n->digits, n->exp10, &tok->f)) {
        bool ok = num_parse_f64(plain, &tok->f);
        BUG_ON(!ok);
    }
    tok->f = negative ? -tok->f : tok->f;
}

// ---- text ----------------------------------------------------------------------------------

int64_t doc_hex(const char *p, const char *end, int n) {
    if (end - p < n) {
        return -1;
    }
    int64_t v = 0;
    for (int i = 0; i < n; i++) {
        int digit = char_hex(p[i]);
        if (digit < 0) {
            return -1;
        }
        v = v * 16 + digit;
    }
    return v;
}

void doc_add_cp(struct str *s, uint32_t cp) {
    char *to = str_reserve(s, 4);
    s->len += utf8_encode(to, cp);
}

// ---- skipping and copying ------------------------------------------------------------------

bool doc_skip(struct doc *doc, const struct doc_token *tok) {
    struct doc_token t = *tok;
    if (t.kind == DOC_KEY && !doc_next(doc, &t)) {
        return false;
    }
    int depth = 0;
    for (;;) {
        if (t.kind == DOC_LIST || t.kind == DOC_MAP) {
            depth++;
        } else if (t.kind == DOC_LIST_END || t.kind == DOC_MAP_END) {
            depth--;
        }
        if (depth <= 0) {
            return t.kind != DOC_ERROR;
        }
        if (!doc_next(doc, &t)) {
            return false;
        }
    }
}

struct frame {
    bool map;
    enum doc_list_kind sub;
    size_t n; // keys or items so far
};

struct copy {
    struct str *out;
    bool python;
    int depth;
    struct frame frames[DOC_MAX_DEPTH];
};

// Digits that are valid JSON: Python writes more kinds of number than JSON reads.
static bool is_json_number(struct sv text) {
    struct sv body = sv_starts(text, SV("-")) ? sv_from(text, 1) : text;
    struct doc_number n;
    doc_scan_number(body.ptr, body.ptr + body.len, &n);
    bool zero_led = n.n_whole > 1 && body.ptr[0] == '0';
    return n.end == body.ptr + body.len && n.n_whole && !zero_led && n.dot == (n.n_fraction > 0);
}

static void add_number(const struct copy *c, const struct doc_token *tok) {
    struct str *out = c->out;
    double f = tok->f;
    if (tok->kind == DOC_FLOAT && !tok->big && (f != f || f - f != 0)) {
        const char *json = f != f ? "NaN" : f > 0 ? "Infinity" : "-Infinity";
        const char *python = f != f ? "nan" : f > 0 ? "inf" : "-inf";
        str_add_cstr(out, c->python ? python : json);
    } else if (is_json_number(tok->text) || (c->python && tok->big)) {
        str_add_sv(out, tok->text);
    } else if (tok->kind == DOC_INT) {
        str_add_i64(out, tok->i);
    } else {
        str_add_f64(out, f);
    }
}

static void add_text(const struct copy *c, struct sv text) {
    if (c->python) {
        str_add_pyrepr(c->out, text);
    } else {
        str_add_json(c->out, text, JSON_UTF8);
    }
}

static void add_scalar(const struct copy *c, const struct doc_token *tok) {
    switch (tok->kind) {
    case DOC_NULL:
        str_add_cstr(c->out, c->python ? "None" : "null");
        break;
    case DOC_BOOL:
        str_add_cstr(c->out, c->python ? (tok->b ? "True" : "False") : tok->b ? "true" : "false");
        break;
    case DOC_INT:
    case DOC_FLOAT:
        add_number(c, tok);
        break;
    case DOC_OTHER:
        if (c->python) {
            str_add_sv(c->out, tok->text);
            break;
        }
        add_text(c, tok->text);
        break;
    case DOC_TEXT:
    case DOC_END:
    case DOC_ERROR:
    case DOC_KEY:
    case DOC_LIST:
    case DOC_LIST_END:
    case DOC_MAP:
    case DOC_MAP_END:
        add_text(c, tok->text);
        break;
    }
}

static void add_open(struct copy *c, const struct doc_token *tok) {
    struct frame *f = &c->frames[c->depth++];
    *f = (struct frame){.map = tok->kind == DOC_MAP, .sub = tok->sub};
    bool tuple = c->python && !f->map && f->sub == DOC_TUPLE;
    bool set = c->python && !f->map && f->sub == DOC_SET;
    str_add_byte(c->out, f->map || set ? '{' : tuple ? '(' : '[');
}

static void add_close(struct copy *c) {
    const struct frame *f = &c->frames[--c->depth];
    if (f->map || !c->python || f->sub == DOC_PLAIN_LIST) {
        str_add_byte(c->out, f->map ? '}' : ']');
    } else if (f->sub == DOC_TUPLE) {
        str_add_cstr(c->out, f->n == 1 ? ",)" : ")");
    } else if (f->n) {
        str_add_byte(c->out, '}');
    } else {
        str_cut(c->out, c->out->len - 1);
        str_add_cstr(c->out, "set()");
    }
}

static void add_key(const struct copy *c, const struct doc_token *tok) {
    if (c->python && tok->b) {
        str_add_sv(c->out, tok->text);
    } else {
        add_text(c, tok->text);
    }
    str_add_cstr(c->out, ": ");
}

static bool copy_value(struct copy *c, struct doc *doc, struct doc_token tok) {
    if (tok.kind == DOC_KEY && !doc_next(doc, &tok)) {
        return false;
    }
    for (;;) {
        struct frame *top = c->depth ? &c->frames[c->depth - 1] : NULL;
        bool closes = tok.kind == DOC_LIST_END || tok.kind == DOC_MAP_END;
        if (top && !closes && top->map == (tok.kind == DOC_KEY)) {
            str_add_cstr(c->out, top->n++ ? ", " : "");
        }
        if (closes && top) {
            add_close(c);
        } else if (tok.kind == DOC_LIST || tok.kind == DOC_MAP) {
            add_open(c, &tok);
        } else if (tok.kind == DOC_KEY) {
            add_key(c, &tok);
        } else if (closes || tok.kind == DOC_ERROR || tok.kind == DOC_END) {
            return false;
        } else {
            add_scalar(c, &tok);
        }
        if (!c->depth) {
            return true;
        }
        if (!doc_next(doc, &tok)) {
            return false;
        }
    }
}

bool doc_copy_json(struct doc *doc, const struct doc_token *tok, struct str *out) {
    struct copy c = {.out = out};
    return copy_value(&c, doc, *tok);
}

bool doc_copy_py(struct doc *doc, const struct doc_token *tok, struct str *out) {
    struct copy c = {.out = out, .python = true};
    return copy_value(&c, doc, *tok);
}
