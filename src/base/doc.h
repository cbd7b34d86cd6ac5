// Pull reader over nested values, whatever their spelling: JSON or Python literals. Importers read
// tokens and do not care which of the two it was.
//
//     while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
//         // tok.kind == DOC_KEY, tok.text is the key; the value follows
//     }
//
// No tree is built and nothing is allocated per value. The nesting limit is DOC_MAX_DEPTH.
// A syntax error gives one DOC_ERROR token, repeated ever after; doc_error() says what and where.
#ifndef CULPRIT_BASE_DOC_H
#define CULPRIT_BASE_DOC_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/sv.h"

enum { DOC_MAX_DEPTH = 256 };

enum doc_kind {
    DOC_END,   // nothing after the value
    DOC_ERROR, // see doc_error()
    DOC_NULL,
    DOC_BOOL,
    DOC_INT,   // fits int64
    DOC_FLOAT, // also integers beyond int64 (`big` set), inf and nan where the spelling has them
    DOC_TEXT,
    DOC_KEY,  // inside a map, before each value (Python: a key that is not text comes as its repr)
    DOC_LIST, // list; a Python tuple or set too, with `sub` telling them apart
    DOC_LIST_END,
    DOC_MAP,
    DOC_MAP_END,
    DOC_OTHER, // Python only: complex, bytes, `...`; text = source slice
};

enum doc_list_kind { DOC_PLAIN_LIST, DOC_TUPLE, DOC_SET };

struct doc_token {
    enum doc_kind kind;
    enum doc_list_kind sub;
    bool b; // DOC_BOOL; DOC_KEY: the key was not text, `text` is its repr
    bool big;
    int64_t i; // DOC_INT
    double f;  // DOC_FLOAT; for DOC_INT the same value as a double
    // DOC_TEXT, DOC_KEY: decoded, borrowed from the source or the reader's scratch until the next
    // token. DOC_INT, DOC_FLOAT, DOC_OTHER: the source slice.
    struct sv text;
    size_t at; // byte offset of the token in the source
};

struct doc {
    // Set by json_doc_init() / pylit_doc_init(); fills `tok`, false for DOC_END and DOC_ERROR.
    bool (*next)(struct doc *doc, struct doc_token *tok);
    const char *ptr, *cur, *end;
    struct str scratch;
    struct err error;
    int depth;
    uint8_t stack[DOC_MAX_DEPTH]; // private to the spelling
    int state;                    // private to the spelling
    void *impl;                   // private to the spelling
};

static inline bool doc_next(struct doc *doc, struct doc_token *tok) {
    return doc->next(doc, tok);
}

// Reads past the value that `tok` began (nothing to do for scalars). For a DOC_KEY, past its value.
// False on a syntax error.
bool doc_skip(struct doc *doc, const struct doc_token *tok);
// Appends the value that `tok` began as compact JSON (separators ", " and ": ", UTF-8 kept raw) /
// as Python repr, and reads past it. Numbers keep their source digits. False on a syntax error.
bool doc_copy_json(struct doc *doc, const struct doc_token *tok, struct str *out);
bool doc_copy_py(struct doc *doc, const struct doc_token *tok, struct str *out);
// Why the last token was DOC_ERROR, with the byte offset in the text.
const struct err *doc_error(const struct doc *doc);
void doc_done(struct doc *doc);
// Reads another text with a reader that was initialised before; keeps its scratch memory. For
// loops over the lines or cells of a file.
void doc_restart(struct doc *doc, struct sv text);

// JSON (RFC 8259). Accepted besides: NaN, Infinity, -Infinity (Python writes them). Escapes are
// decoded to UTF-8; a lone surrogate becomes U+FFFD; invalid UTF-8 passes through unchanged.
// `text` must stay until doc_done().
void json_doc_init(struct doc *doc, struct sv text);
// Python literals by the rules of Python's ast.literal_eval (see base/pylit.c for the list).
void pylit_doc_init(struct doc *doc, struct sv text);

#endif
