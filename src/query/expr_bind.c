// Binds an expression to columns: every test becomes a leaf that knows its column, the class of its
// values and what exactly passes. `!=`, `!~`, `not in` and `is null` become `not` over the positive
// test, so that every leaf is false for nulls and `not` is a plain complement.
#include "query/filter_int.h"

static struct node *new_node(struct bind *b, enum node_kind kind) {
    struct node *n = arena_zalloc(b->a, 1, sizeof *n);
    n->kind = kind;
    return n;
}

static struct node *negate(struct bind *b, struct node *kid) {
    if (!kid) {
        return NULL;
    }
    struct node *n = new_node(b, NODE_NOT);
    n->kids = arena_zalloc(b->a, 1, sizeof(struct node *));
    n->kids[0] = kid;
    n->n_kids = 1;
    n->cost = kid->cost;
    return n;
}

static struct leaf *new_leaf(struct bind *b, enum test_kind kind, const struct column *c) {
    struct leaf *leaf = arena_zalloc(b->a, 1, sizeof *leaf);
    leaf->kind = kind;
    leaf->column = *c;
    leaf->idx = b->f->leaves.n;
    array_push(&b->f->leaves, leaf);
    return leaf;
}

// The field whose values are tested: the items of a list. NULL for an absent column.
static const struct arrow_field *tested_field(const struct column *c) {
    const struct arrow_field *f = c->table ? table_field(c->table, (size_t)c->col) : NULL;
    return f && f->kind == ARROW_LIST && !c->subkey.ptr ? &f->children[0] : f;
}

static enum value_class tested_class(const struct column *c) {
    const struct arrow_field *f = tested_field(c);
    if (c->class != CLASS_LIST || !f) {
        return c->class;
    }
    enum value_class class = field_class(f);
    return class == CLASS_LIST ? CLASS_TEXT : class; // records: any of their fields
}

static unsigned leaf_cost(const struct leaf *leaf) {
    const struct arrow_field *f = tested_field(&leaf->column);
    unsigned cost = leaf->column.join ? 3 : 1;
    if (leaf->column.subkey.ptr) {
        return cost + 60;
    }
    if (leaf->column.class == CLASS_LIST) {
        cost += 10;
    }
    if (!f || f->kind == ARROW_DICT || leaf->kind == TEST_NOT_NULL) {
        return cost;
    }
    bool text = f->kind == ARROW_UTF8 || f->kind == ARROW_LARGE_UTF8;
    if (leaf->kind == TEST_SET || leaf->kind == TEST_ORDER) {
        return cost + (text ? 3 : 30);
    }
    if (leaf->kind == TEST_MATCH) {
        unsigned big = f->kind == ARROW_LARGE_UTF8 ? 30 : 0;
        return cost + big + (text ? leaf->literals.n ? 8 : 20 : 30);
    }
    return cost;
}

static struct node *leaf_node(struct bind *b, struct leaf *leaf) {
    struct node *n = new_node(b, NODE_LEAF);
    n->leaf = leaf;
    n->cost = leaf_cost(leaf);
    return n;
}

// --- text tests ---------------------------------------------------------------------------------

static bool has_byte(struct sv text, unsigned char from, unsigned char to) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= from && c <= to) {
            return true;
        }
    }
    return false;
}

static struct node *bind_has(struct bind *b, const struct column *c, const struct expr_value *v) {
    struct leaf *leaf = new_leaf(b, TEST_MATCH, c);
    leaf->regex = regex_literal(v->text, true);
    // Smart case over ASCII can be decided here; other texts are left to the regex library.
    bool ascii = !has_byte(v->text, 128, 255);
    bool upper = has_byte(v->text, 'A', 'Z');
    text_literals(v->text, !upper, b->a, &leaf->literals);
    leaf->literal_suffices =
        leaf->literals.n && leaf->literals.of[0].text.len == v->text.len && (upper || ascii);
    return leaf_node(b, leaf);
}

static struct node *bind_match(struct bind *b, const struct column *c, const struct expr_value *v) {
    size_t at = 0;
    struct err why = ERR_INIT;
    struct regex *re = regex_compile(v->text, true, &at, &why);
    if (!re) {
        // Inside quotes a doubled quote shifts the place; it is near enough to look there.
        bind_fail(b, v->at + (v->quoted ? 1 : 0) + at, "%s", why.msg);
        return NULL;
    }
    struct leaf *leaf = new_leaf(b, TEST_MATCH, c);
    leaf->regex = re;
    // Upper case anywhere but in escapes, groups and classes makes a pattern case-sensitive.
    bool plain = sv_find_byte(v->text, '\\') < 0 && sv_find_byte(v->text, '(') < 0 &&
                 sv_find_byte(v->text, '[') < 0;
    bool exact = plain && has_byte(v->text, 'A', 'Z');
    pattern_literals(v->text, !exact, b->a, &leaf->literals);
    return leaf_node(b, leaf);
}

static struct node *bind_set(struct bind *b, const struct column *c, const struct expr *e) {
    struct leaf *leaf = new_leaf(b, TEST_SET, c);
    for (size_t i = 0; i < e->n_values; i++) {
        text_map_put(&leaf->set, e->values[i].text, NULL);
    }
    return leaf_node(b, leaf);
}

static struct node *bind_order(struct bind *b, const struct column *c, const struct expr *e) {
    struct leaf *leaf = new_leaf(b, TEST_ORDER, c);
    leaf->text = e->values[0].text;
    leaf->below = e->op == OP_LT || e->op == OP_LE;
    leaf->above = e->op == OP_GT || e->op == OP_GE;
    leaf->equal = e->op == OP_LE || e->op == OP_GE;
    return leaf_node(b, leaf);
}

// --- tests of numbers and dates -----------------------------------------------------------------

static enum expr_op range_op(const struct expr *e) {
    return e->op >= OP_LT && e->op <= OP_GE ? e->op : OP_EQ;
}

static struct node *bind_ints(struct bind *b, const struct column *c, const struct expr *e,
                              bool times) {
    struct leaf *leaf = new_leaf(b, TEST_INT, c);
    leaf->ints = arena_zalloc(b->a, e->n_values, sizeof *leaf->ints);
    for (size_t i = 0; i < e->n_values; i++) {
        struct int_range *r = &leaf->ints[leaf->n_ranges];
        bool empty = false;
        bool ok = times ? value_time_range(b, c, &e->values[i], range_op(e), r, &empty)
                        : value_int_range(b, c, &e->values[i], range_op(e), r, &empty);
        if (!ok) {
            return NULL;
        }
        leaf->n_ranges += !empty;
    }
    return leaf_node(b, leaf);
}

static struct node *bind_floats(struct bind *b, const struct column *c, const struct expr *e) {
    struct leaf *leaf = new_leaf(b, TEST_FLOAT, c);
    leaf->floats = arena_zalloc(b->a, e->n_values, sizeof *leaf->floats);
    for (size_t i = 0; i < e->n_values; i++) {
        struct float_range *r = &leaf->floats[leaf->n_ranges];
        bool nan = false;
        if (!value_float_range(b, c, &e->values[i], range_op(e), r, &nan)) {
            return NULL;
        }
        leaf->nan |= nan;
        leaf->n_ranges += r->lo <= r->hi;
    }
    return leaf_node(b, leaf);
}

static struct node *bind_bools(struct bind *b, const struct column *c, const struct expr *e) {
    if (e->op >= OP_LT && e->op <= OP_GE) {
        bind_fail(b, e->values[0].at,
                  "%.*s is true or false and has no order; use = or !=", SV_ARG(c->name));
        return NULL;
    }
    struct leaf *leaf = new_leaf(b, TEST_INT, c);
    leaf->ints = arena_zalloc(b->a, e->n_values, sizeof *leaf->ints);
    for (size_t i = 0; i < e->n_values; i++) {
        bool v;
        if (!value_bool(b, c, &e->values[i], &v)) {
            return NULL;
        }
        leaf->ints[leaf->n_ranges++] = (struct int_range){v, v};
    }
    return leaf_node(b, leaf);
}

static struct node *bind_by_class(struct bind *b, const struct column *c, const struct expr *e) {
    bool ordered = e->op >= OP_LT && e->op <= OP_GE;
    double number;
    switch (tested_class(c)) {
    case CLASS_INT:
        return bind_ints(b, c, e, false);
    case CLASS_TIME:
        return bind_ints(b, c, e, true);
    case CLASS_FLOAT:
        return bind_floats(b, c, e);
    case CLASS_BOOL:
        return bind_bools(b, c, e);
    case CLASS_TEXT:
    case CLASS_LIST:
        break;
    }
    // Open-ended data has no declared class: it is a number where it is compared with one.
    if (ordered && c->subkey.ptr && num_parse_f64(e->values[0].text, &number)) {
        return bind_floats(b, c, e);
    }
    return ordered ? bind_order(b, c, e) : bind_set(b, c, e);
}

// --- the tree -----------------------------------------------------------------------------------

static struct node *bind_test(struct bind *b, const struct expr *e) {
    struct column c = {0};
    struct err why = ERR_INIT;
    if (!b->env->resolve || !b->env->resolve(b->env->arg, e->name, &c, &why)) {
        bind_fail(b, e->at, "%s", why.msg[0] ? why.msg : "no such column");
        return NULL;
    }
    switch (e->op) {
    case OP_NE:
    case OP_NOT_IN:
        return negate(b, bind_by_class(b, &c, e));
    case OP_MATCH:
        return bind_match(b, &c, &e->values[0]);
    case OP_NOT_MATCH:
        return negate(b, bind_match(b, &c, &e->values[0]));
    case OP_HAS:
        return bind_has(b, &c, &e->values[0]);
    case OP_NULL:
        return negate(b, leaf_node(b, new_leaf(b, TEST_NOT_NULL, &c)));
    case OP_NOT_NULL:
        return leaf_node(b, new_leaf(b, TEST_NOT_NULL, &c));
    case OP_EQ:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_IN:
        break;
    }
    return bind_by_class(b, &c, e);
}

static void finish_group(struct node *n) {
    n->cost = 0;
    for (size_t i = 0; i < n->n_kids; i++) {
        n->cost += n->kids[i]->cost;
    }
    // Insertion keeps the order of equals: what is typed first runs first.
    for (size_t i = 1; i < n->n_kids; i++) {
        struct node *kid = n->kids[i];
        size_t at = i;
        while (at > 0 && n->kids[at - 1]->cost > kid->cost) {
            n->kids[at] = n->kids[at - 1];
            at--;
        }
        n->kids[at] = kid;
    }
}

static struct node *bind_word(struct bind *b, const struct expr *e) {
    size_t n_columns = b->env->n_text_columns;
    if (!n_columns) {
        bind_fail(b, e->at, "there are no text columns to search for a word; name a column");
        return NULL;
    }
    struct node *n = new_node(b, NODE_OR);
    n->kids = arena_zalloc(b->a, n_columns, sizeof(struct node *));
    for (size_t i = 0; i < n_columns; i++) {
        const struct column *c = &b->env->text_columns[i];
        struct node *kid =
            e->op == OP_MATCH ? bind_match(b, c, &e->values[0]) : bind_has(b, c, &e->values[0]);
        if (!kid) {
            return NULL;
        }
        n->kids[n->n_kids++] = kid;
    }
    finish_group(n);
    return n;
}

static struct node *bind_group(struct bind *b, const struct expr *e, enum node_kind kind) {
    struct node *n = new_node(b, kind);
    size_t n_kids = 0;
    for (const struct expr *kid = e->kids; kid; kid = kid->next) {
        n_kids++;
    }
    n->kids = arena_zalloc(b->a, n_kids, sizeof(struct node *));
    for (const struct expr *kid = e->kids; kid; kid = kid->next) {
        n->kids[n->n_kids] = bind_expr(b, kid);
        struct node *bound = n->kids[n->n_kids++];
        if (!bound) {
            return NULL;
        }
        if (e == b->top && kind == NODE_AND) {
            struct sv text = sv_sub(b->text, kid->at, kid->end - kid->at);
            array_push(&b->f->terms, (struct filter_term){arena_sv(b->a, text), bound});
        }
    }
    finish_group(n);
    return n;
}

struct node *bind_expr(struct bind *b, const struct expr *e) {
    switch (e->kind) {
    case EXPR_AND:
        return bind_group(b, e, NODE_AND);
    case EXPR_OR:
        return bind_group(b, e, NODE_OR);
    case EXPR_NOT:
        return negate(b, bind_expr(b, e->kids));
    case EXPR_WORD:
        return bind_word(b, e);
    case EXPR_TEST:
        break;
    }
    return bind_test(b, e);
}
