// A bound filter: a tree of and, or, not over tests of single columns. Private to `query`.
#ifndef CULPRIT_QUERY_FILTER_INT_H
#define CULPRIT_QUERY_FILTER_INT_H

#include "base/array.h"
#include "base/map.h"
#include "base/regex.h"
#include "query/expr_int.h"
#include "query/kernel_int.h"
#include "query/literal_int.h"
#include "query/query_int.h"

enum test_kind {
    TEST_NOT_NULL,
    TEST_INT,   // integers, booleans, instants (microseconds): in one of the ranges
    TEST_FLOAT, // in one of the ranges, or NaN
    TEST_SET,   // text that is one of a set
    TEST_ORDER, // text before or after another
    TEST_MATCH, // text in which a regular expression or a fixed text is found
};

// A test of one column. A null fails every test; lists pass when one of their items does.
struct leaf {
    enum test_kind kind;
    struct column column;
    size_t idx; // among the leaves of the filter
    // TEST_INT, TEST_FLOAT
    struct int_range *ints;
    struct float_range *floats;
    size_t n_ranges;
    bool nan;
    // TEST_SET
    struct text_map set;
    // TEST_ORDER: the signs of sv_cmp(cell, text) that pass
    struct sv text;
    bool below, equal, above;
    // TEST_MATCH
    struct regex *regex;
    struct literal_set literals;
    bool literal_suffices; // the first literal is the whole test
};

enum node_kind { NODE_ALL, NODE_AND, NODE_OR, NODE_NOT, NODE_LEAF };

struct node {
    enum node_kind kind;
    struct node **kids;
    size_t n_kids;
    struct leaf *leaf;
    unsigned cost; // of a row, roughly; cheap kids of an `and` go first
};

struct filter_term { // of the top-level `and`, as typed
    struct sv text;
    struct node *node;
};

struct filter {
    atomic_uint refs;
    struct arena arena;
    struct node *root;
    ARRAY(struct leaf *) leaves;
    ARRAY(struct filter_term) terms;
};

// What one thread needs to test cells.
struct tester {
    struct matcher **matchers; // by leaf; made on first use
    size_t n_leaves;
    struct str scratch;
};
void tester_init(struct tester *t, const struct filter *f);
void tester_done(struct tester *t);
bool test_text(struct tester *t, const struct leaf *leaf, struct sv text);
// Any cell of any class, the slow way.
bool test_cell(struct tester *t, const struct leaf *leaf, struct cell c);

// Finds the rows of `mask` whose text passes, for utf8 and large_utf8 columns; nulls are not
// looked at. False when cancelled.
bool text_scan(struct tester *t, const struct leaf *leaf, const struct arrow_col *col, size_t n,
               const uint64_t *mask, uint64_t *out, const struct query_ctl *ctl);

// --- binding ------------------------------------------------------------------------------------

struct bind {
    struct filter *f;
    const struct filter_env *env;
    struct arena *a;
    struct sv text;         // the source
    const struct expr *top; // its kids are the terms of filter_explain()
    size_t at;              // of the fault
    struct err *err;
};
// Sets the error with the position in front; returns false.
bool bind_fail(struct bind *b, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
// Makes a value of the user a range of the column's values.
bool value_int_range(struct bind *b, const struct column *c, const struct expr_value *v,
                     enum expr_op op, struct int_range *out, bool *empty);
bool value_float_range(struct bind *b, const struct column *c, const struct expr_value *v,
                       enum expr_op op, struct float_range *out, bool *nan);
bool value_time_range(struct bind *b, const struct column *c, const struct expr_value *v,
                      enum expr_op op, struct int_range *out, bool *empty);
bool value_bool(struct bind *b, const struct column *c, const struct expr_value *v, bool *out);
struct node *bind_expr(struct bind *b, const struct expr *e);

#endif
