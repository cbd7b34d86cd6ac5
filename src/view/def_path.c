#include "view/def_path.h"

#include <stdarg.h>

#include "base/doc.h"

enum { MAX_STEPS = 16 };

// Steps from the root; deeper ones are dropped (no view file is that deep).
static size_t steps_from_root(const struct def_path *at, const struct def_path *steps[MAX_STEPS]) {
    size_t n = 0;
    for (const struct def_path *p = at; p && p->up; p = p->up) {
        n++;
    }
    size_t i = n;
    for (const struct def_path *p = at; p && p->up; p = p->up) {
        i--;
        if (i < MAX_STEPS) {
            steps[i] = p;
        }
    }
    return MIN(n, (size_t)MAX_STEPS);
}

// Moves to the member `key` of the map that was just entered; `*at` becomes the key's offset.
static bool enter_member(struct doc *doc, const char *key, size_t *at, struct doc_token *tok) {
    while (doc_next(doc, tok) && tok->kind == DOC_KEY) {
        bool found = sv_is(tok->text, key);
        size_t key_at = tok->at;
        if (!doc_next(doc, tok)) {
            return false;
        }
        if (found) {
            *at = key_at;
            return true;
        }
        if (!doc_skip(doc, tok)) {
            return false;
        }
    }
    return false;
}

static bool enter_item(struct doc *doc, size_t idx, size_t *at, struct doc_token *tok) {
    for (size_t i = 0; doc_next(doc, tok) && tok->kind != DOC_LIST_END; i++) {
        if (i == idx) {
            *at = tok->at;
            return true;
        }
        if (!doc_skip(doc, tok)) {
            return false;
        }
    }
    return false;
}

static size_t find_offset(struct sv text, const struct def_path *at) {
    const struct def_path *steps[MAX_STEPS];
    size_t n = steps_from_root(at, steps);
    struct doc doc = {0};
    struct doc_token tok;
    size_t offset = 0;
    json_doc_init(&doc, text);
    bool ok = doc_next(&doc, &tok);
    if (ok) {
        offset = tok.at;
    }
    for (size_t i = 0; ok && i < n; i++) {
        if (steps[i]->key) {
            ok = tok.kind == DOC_MAP && enter_member(&doc, steps[i]->key, &offset, &tok);
        } else {
            ok = tok.kind == DOC_LIST && enter_item(&doc, steps[i]->idx, &offset, &tok);
        }
    }
    doc_done(&doc);
    return offset;
}

size_t def_line(struct sv text, const struct def_path *at) {
    size_t offset = MIN(find_offset(text, at), text.len);
    size_t line = 1;
    for (size_t i = 0; i < offset; i++) {
        line += text.ptr[i] == '\n';
    }
    return line;
}

static void add_path(struct str *out, const struct def_path *at) {
    const struct def_path *steps[MAX_STEPS];
    size_t n = steps_from_root(at, steps);
    str_add_byte(out, '$');
    for (size_t i = 0; i < n; i++) {
        if (steps[i]->key) {
            str_addf(out, ".%s", steps[i]->key);
        } else {
            str_addf(out, "[%zu]", steps[i]->idx);
        }
    }
}

void def_fault(struct def_faults *faults, const struct def_path *at, const char *fmt, ...) {
    faults->n++;
    str_addf(faults->out, "%s:%zu: ", faults->source, def_line(faults->text, at));
    add_path(faults->out, at);
    str_add_cstr(faults->out, ": ");
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(faults->out, fmt, ap);
    va_end(ap);
    str_add_byte(faults->out, '\n');
}
