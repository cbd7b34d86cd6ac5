// What must hold for any bytes given to the readers of nested values, whatever their spelling.
#ifndef CULPRIT_FUZZ_DOC_CHECK_H
#define CULPRIT_FUZZ_DOC_CHECK_H

#include "base/doc.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

// Touches every byte of every token. True when the whole text was read.
static bool walk(struct sv text, bool python) {
    struct doc doc;
    struct doc_token tok;
    int depth = 0;
    (python ? pylit_doc_init : json_doc_init)(&doc, text);
    while (doc_next(&doc, &tok)) {
        BUG_ON(tok.at > text.len);
        depth += tok.kind == DOC_LIST || tok.kind == DOC_MAP;
        depth -= tok.kind == DOC_LIST_END || tok.kind == DOC_MAP_END;
        BUG_ON(depth < 0 || depth > DOC_MAX_DEPTH);
        for (size_t i = 0; i < tok.text.len; i++) {
            sink += (unsigned char)tok.text.ptr[i];
        }
    }
    bool ok = tok.kind == DOC_END;
    BUG_ON(ok && depth);
    BUG_ON(!ok && (tok.kind != DOC_ERROR || doc_error(&doc)->code != ERR_FORMAT));
    doc_done(&doc);
    return ok;
}

// One value copied; false when it cannot be read.
static bool copy(struct sv text, bool from_python, bool to_python, struct str *out) {
    struct doc doc;
    struct doc_token tok;
    (from_python ? pylit_doc_init : json_doc_init)(&doc, text);
    bool ok = doc_next(&doc, &tok) && (to_python ? doc_copy_py : doc_copy_json)(&doc, &tok, out) &&
              !doc_next(&doc, &tok) && tok.kind == DOC_END;
    doc_done(&doc);
    return ok;
}

// The copy of a value reads back to the same copy, and can be written in the other spelling too.
static void check_doc(struct sv text, bool from_python) {
    auto_str json = STR_INIT, again = STR_INIT, python = STR_INIT;
    bool ok = walk(text, from_python);
    BUG_ON(copy(text, from_python, false, &json) != ok);
    if (ok) {
        BUG_ON(!copy(str_sv(&json), false, false, &again));
        BUG_ON(!sv_eq(str_sv(&json), str_sv(&again)));
        BUG_ON(!copy(text, from_python, true, &python));
    }
}

#endif
