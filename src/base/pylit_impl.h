// Scalars of Python literals, for base/pylit.c: base/pylit_text.c and base/pylit_number.c.
#ifndef CULPRIT_BASE_PYLIT_IMPL_H
#define CULPRIT_BASE_PYLIT_IMPL_H

#include "base/doc_impl.h"

// Past blanks and, inside brackets, line breaks and comments. A backslash before a line break
// joins lines anywhere.
const char *pylit_blank_slow(const struct doc *doc, const char *p);

static inline const char *pylit_blank(const struct doc *doc, const char *p) {
    if (p < doc->end && *p == ' ') {
        p++;
    }
    if (p<doc->end && * p> ' ' && *p != '#' && *p != '\\') {
        return p;
    }
    return pylit_blank_slow(doc, p);
}

// Is a string literal (with its prefix) at p?
bool pylit_is_text(const char *p, const char *end);
// Reads the literals at p, adjacent ones joined. Sets kind (DOC_TEXT, DOC_OTHER for bytes) and
// text; returns what follows, NULL after a failure.
const char *pylit_text(struct doc *doc, struct doc_token *tok, const char *p);
// Reads a number with its sign, or a complex one. The same results.
const char *pylit_number(struct doc *doc, struct doc_token *tok, const char *p);

#endif
