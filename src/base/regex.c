#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

enum {
    MAX_PATTERN_BYTES = 64 * 1024,
    MATCH_LIMIT = 2 * 1000 * 1000,
    HEAP_LIMIT_KIB = 32 * 1024,
    JIT_STACK_FIRST = 32 * 1024,
    JIT_STACK_MAX = 1024 * 1024,
};

struct regex {
    atomic_uint refs;
    bool has_jit;
    pcre2_code *code; // NULL: `bytes` is looked for as it is
    char *bytes;
    size_t n_bytes;
};

struct matcher {
    struct regex *re;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static PCRE2_SPTR units(struct sv text) {
    return (PCRE2_SPTR)(text.ptr ? text.ptr : "");
}

// --- smart case -------------------------------------------------------------------------------

// Finds an upper-case letter that stands for itself: escapes, group names, option letters and verbs
// are skipped.
static const char UPPER_CASE[] =
    "(?s)(?:\\\\[pPxoN]\\{[^}]*\\}|\\\\[gk][{<'][^}>']*[}>']|\\\\[pP].|\\\\x[0-9A-Fa-f]{0,2}|\\\\c."
    "|\\\\."
    "|\\(\\?P?[<'](?![=!])\\w*[>']|\\(\\?P?[=>&]\\w+|\\(\\?[A-Za-z^-]+[:)]|\\(\\*[A-Z_0-9=:]*"
    "|\\[:\\^?\\w+:\\])(*SKIP)(*FAIL)|[\\p{Lu}\\p{Lt}]";

static bool has_upper(struct sv text, struct sv finder) {
    int code;
    PCRE2_SIZE at;
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)finder.ptr, finder.len,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &code, &at, NULL);
    BUG_ON(!re);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(re, NULL);
    BUG_ON(!data);
    bool found = pcre2_match(re, units(text), text.len, 0, 0, data, NULL) > 0;
    pcre2_match_data_free(data);
    pcre2_code_free(re);
    return found;
}

// --- compiling --------------------------------------------------------------------------------

static struct regex *compile(struct sv pattern, uint32_t options, size_t *at, struct err *err) {
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    BUG_ON(!context);
    pcre2_set_max_pattern_length(context, MAX_PATTERN_BYTES);
    pcre2_code *compiled =
        pcre2_compile(units(pattern), pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | options,
                      &code, &offset, context);
    pcre2_compile_context_free(context);
    if (!compiled) {
        char text[256] = "";
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        if (at) {
            *at = offset;
        }
        err_set(err, ERR_USAGE, "regular expression, at byte %zu: %s", offset, text);
        return NULL;
    }
    struct regex *re = xcalloc(1, sizeof *re);
    atomic_init(&re->refs, 1);
    re->code = compiled;
    re->has_jit = pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE) == 0;
    return re;
}

struct regex *regex_compile(struct sv pattern, bool smart_case, size_t *at, struct err *err) {
    bool fold = smart_case && !has_upper(pattern, SV(UPPER_CASE));
    return compile(pattern, PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | (fold ? PCRE2_CASELESS : 0), at,
                   err);
}

static struct regex *plain_bytes(struct sv text) {
    struct regex *re = xcalloc(1, sizeof *re);
    atomic_init(&re->refs, 1);
    re->bytes = xstrndup(text.ptr, text.len);
    re->n_bytes = text.len;
    return re;
}

// Whether folding could make any difference to `text`.
static bool has_letter(struct sv text) {
    return has_upper(text, SV("\\p{L}"));
}

struct regex *regex_literal(struct sv text, bool smart_case) {
    bool fold = smart_case && has_letter(text) && !has_upper(text, SV("[\\p{Lu}\\p{Lt}]"));
    // Text that is no UTF-8 cannot be folded and is looked for byte by byte.
    struct regex *re = fold ? compile(text, PCRE2_LITERAL | PCRE2_CASELESS, NULL, NULL) : NULL;
    return re ? re : plain_bytes(text);
}

struct regex *regex_ref(struct regex *re) {
    atomic_fetch_add(&re->refs, 1);
    return re;
}

void regex_unref(struct regex *re) {
    if (re && atomic_fetch_sub(&re->refs, 1) == 1) {
        pcre2_code_free(re->code);
        free(re->bytes);
        free(re);
    }
}

// --- matching ---------------------------------------------------------------------------------

struct matcher *matcher_new(struct regex *re) {
    struct matcher *m = xcalloc(1, sizeof *m);
    m->re = regex_ref(re);
    if (!re->code) {
        return m;
    }
    m->data = pcre2_match_data_create(1, NULL);
    m->context = pcre2_match_context_create(NULL);
    BUG_ON(!m->data || !m->context);
    pcre2_set_match_limit(m->context, MATCH_LIMIT);
    pcre2_set_heap_limit(m->context, HEAP_LIMIT_KIB);
    if (re->has_jit) {
        m->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
        pcre2_jit_stack_assign(m->context, NULL, m->stack);
    }
    return m;
}

void matcher_free(struct matcher *m) {
    if (!m) {
        return;
    }
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
    pcre2_jit_stack_free(m->stack);
    regex_unref(m->re);
    free(m);
}

// The interpreter takes over where the compiled code runs out of stack.
static int run(struct matcher *m, struct sv text, size_t from) {
    int rc = PCRE2_ERROR_JIT_STACKLIMIT;
    if (m->re->has_jit) {
        rc = pcre2_jit_match(m->re->code, units(text), text.len, from, 0, m->data, m->context);
    }
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
        rc = pcre2_match(m->re->code, units(text), text.len, from, PCRE2_NO_JIT, m->data,
                         m->context);
    }
    return rc;
}

bool matcher_test(struct matcher *m, struct sv text) {
    if (!m->re->code) {
        return sv_find(text, sv_make(m->re->bytes, m->re->n_bytes)) >= 0;
    }
    return run(m, text, 0) >= 0;
}

// Matching may not begin inside a character; callers step over empty matches by single bytes.
static size_t character_start(struct sv text, size_t from) {
    while (from < text.len && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) {
        from++;
    }
    return from;
}

bool matcher_find(struct matcher *m, struct sv text, size_t from, size_t *start, size_t *end) {
    if (from > text.len) {
        return false;
    }
    if (!m->re->code) {
        ptrdiff_t at = sv_find(sv_from(text, from), sv_make(m->re->bytes, m->re->n_bytes));
        if (at < 0) {
            return false;
        }
        *start = from + (size_t)at;
        *end = *start + m->re->n_bytes;
        return true;
    }
    if (from) {
        from = character_start(text, from);
    }
    if (run(m, text, from) < 0) {
        return false;
    }
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(m->data);
    *start = MIN(ends[0], ends[1]); // \K in a lookahead can put the start past the end
    *end = MAX(ends[0], ends[1]);
    return true;
}
