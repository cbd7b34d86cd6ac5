// The expression language as a tree, before it knows any column. Private to `query`.
#ifndef CULPRIT_QUERY_EXPR_INT_H
#define CULPRIT_QUERY_EXPR_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

enum expr_kind { EXPR_AND, EXPR_OR, EXPR_NOT, EXPR_WORD, EXPR_TEST };

enum expr_op {
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_MATCH,     // ~
    OP_NOT_MATCH, // !~
    OP_HAS,       // :
    OP_IN,
    OP_NOT_IN,
    OP_NULL,
    OP_NOT_NULL,
};

struct expr_value {
    struct sv text;
    bool quoted;
    size_t at; // in the source
};

struct expr {
    enum expr_kind kind;
    size_t at, end;    // source slice
    struct expr *kids; // EXPR_AND, EXPR_OR, EXPR_NOT: the first; chained by `next`
    struct expr *next;
    struct sv name;  // EXPR_TEST: the column
    enum expr_op op; // EXPR_TEST; EXPR_WORD: OP_HAS or OP_MATCH
    struct expr_value *values;
    size_t n_values;
};

// Parses the text; everything is allocated in `a` and does not borrow from `text`. `*out` is NULL
// for a blank text. The error names the position, which also goes to `at` (bytes).
bool expr_parse(struct sv text, struct arena *a, struct expr **out, size_t *at,
                struct err *err) MUST_USE;
// "position N: " with N counted in characters from 1; for messages about `at` bytes into the text.
size_t expr_position(struct sv text, size_t at);

#endif
