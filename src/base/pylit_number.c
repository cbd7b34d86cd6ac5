// Numbers: decimal, 0x 0o 0b, underscores between digits, one sign, floats, complex.
#include <math.h>

#include "base/pylit_impl.h"

static const char *fail(struct doc *doc, struct doc_token *tok, const char *at) {
    doc_fail(doc, tok, at, "expected a number");
    return NULL;
}

// Appends the digits to the scratch without the single underscores between them. Returns the end
// of what can belong to a decimal number, NULL for a misplaced underscore.
static const char *strip_underscores(struct str *out, const char *p, const char *end) {
    str_clear(out);
    for (const char *start = p; p < end; p++) {
        bool sign = (*p == '+' || *p == '-') && p > start && (p[-1] | 0x20) == 'e';
        if (*p == '_') {
            if (p == start || !char_is_digit(p[-1]) || end - p < 2 || !char_is_digit(p[1])) {
                return NULL;
            }
            continue;
        }
        if (!char_is_digit(*p) && *p != '.' && (*p | 0x20) != 'e' && !sign) {
            break;
        }
        doc_add_char(out, *p);
    }
    return p;
}

static bool is_imaginary(const char *p, const char *end) {
    return p < end && (*p | 0x20) == 'j';
}

// Whole numbers may start with 0 only when all digits are 0.
static bool leads_with_zero(const struct doc_number *n, const char *first) {
    return !n->dot && !n->exponent && n->n_whole > 1 && *first == '0' && n->n_digits;
}

static const char *decimal(struct doc *doc, struct doc_token *tok, const char *p, bool negative) {
    struct doc_number n;
    doc_scan_number(p, doc->end, &n);
    struct sv plain = sv_make(p, (size_t)(n.end - p));
    const char *after = n.end;
    if (after < doc->end && *after == '_') {
        after = strip_underscores(&doc->scratch, p, doc->end);
        if (!after) {
            return fail(doc, tok, n.end);
        }
        plain = str_sv(&doc->scratch);
        doc_scan_number(plain.ptr, plain.ptr + plain.len, &n);
        if (n.end != plain.ptr + plain.len) {
            return fail(doc, tok, p);
        }
    }
    bool imaginary = is_imaginary(after, doc->end);
    if (n.n_whole + n.n_fraction == 0 || (!imaginary && leads_with_zero(&n, plain.ptr))) {
        return fail(doc, tok, p);
    }
    doc_set_number(tok, &n, plain, negative);
    return after;
}

// In base 2^bits; -1 for what is no digit of it.
static int digit_value(char c, int bits) {
    int value = char_hex(c);
    return value < 1 << bits ? value : -1;
}

struct based {
    uint64_t top;  // the leading 64 bits
    int64_t shift; // how many bits were dropped behind them
    bool sticky;   // whether one of those was set
};

static void add_digit(struct based *n, int digit, int bits) {
    for (int i = bits - 1; i >= 0; i--) {
        uint64_t bit = (uint64_t)digit >> i & 1;
        if (n->top >> 63) {
            n->shift++;
            n->sticky = n->sticky || bit;
        } else {
            n->top = n->top << 1 | bit;
        }
    }
}

// `p` is behind 0x, 0o or 0b.
static const char *based(struct doc *doc, struct doc_token *tok, const char *p, bool negative) {
    char base = (char)(p[-1] | 0x20);
    int bits = base == 'x' ? 4 : base == 'o' ? 3 : 1;
    struct based n = {0};
    bool any = false;
    for (; p < doc->end; p++) {
        if (*p == '_' && doc->end - p > 1 && digit_value(p[1], bits) >= 0) {
            continue;
        }
        int digit = digit_value(*p, bits);
        if (digit < 0) {
            break;
        }
        any = true;
        add_digit(&n, digit, bits);
    }
    if (!any || is_imaginary(p, doc->end)) {
        return fail(doc, tok, p);
    }
    if (!n.shift && n.top <= (uint64_t)INT64_MAX + negative) {
        tok->kind = DOC_INT;
        tok->i = negative ? (int64_t)(0 - n.top) : (int64_t)n.top;
        tok->f = (double)tok->i;
        return p;
    }
    // 64 bits and the sticky one are enough to round to 53.
    double f = ldexp((double)(n.top | n.sticky), (int)MIN(n.shift, 100000));
    tok->kind = DOC_FLOAT;
    tok->big = true;
    tok->f = negative ? -f : f;
    return p;
}

static const char *unsigned_number(struct doc *doc, struct doc_token *tok, const char *p,
                                   bool negative) {
    if (doc->end - p > 1 && *p == '0') {
        char base = (char)(p[1] | 0x20);
        if (base == 'x' || base == 'o' || base == 'b') {
            return based(doc, tok, p + 2, negative);
        }
    }
    return decimal(doc, tok, p, negative);
}

// Behind a real number: "+ 2j" makes it complex. Returns `p` itself when nothing follows.
static const char *imaginary_part(struct doc *doc, struct doc_token *tok, const char *p) {
    const char *sign = pylit_blank(doc, p);
    if (sign == doc->end || (*sign != '+' && *sign != '-')) {
        return p;
    }
    struct doc_token part = *tok;
    const char *after = unsigned_number(doc, &part, pylit_blank(doc, sign + 1), false);
    if (!after || !is_imaginary(after, doc->end)) {
        doc_fail(doc, tok, sign, "expected no operator but that of a complex number");
        return NULL;
    }
    tok->kind = DOC_OTHER;
    return after + 1;
}

const char *pylit_number(struct doc *doc, struct doc_token *tok, const char *p) {
    const char *start = p;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+') {
        p = pylit_blank(doc, p + 1);
    }
    p = unsigned_number(doc, tok, p, negative);
    if (!p) {
        return NULL;
    }
    if (is_imaginary(p, doc->end)) {
        tok->kind = DOC_OTHER;
        p++;
    } else if (p < doc->end && *p != ',' && *p != '}' && *p != ']') {
        p = imaginary_part(doc, tok, p);
        if (!p) {
            return NULL;
        }
    }
    tok->text = sv_make(start, (size_t)(p - start));
    return p;
}
