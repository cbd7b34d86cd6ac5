// Filters as objects, and the slow way to test one row; filter_run.c has the fast one for many.
#include <math.h>

#include "query/filter_int.h"

static void filter_free(struct filter *f) {
    array_foreach (slot, &f->leaves) {
        regex_unref((*slot)->regex);
        text_map_done(&(*slot)->set);
    }
    array_done(&f->leaves);
    array_done(&f->terms);
    arena_done(&f->arena);
    free(f);
}

struct filter *filter_parse(struct sv text, const struct filter_env *env, size_t *at,
                            struct err *err) {
    struct filter *f = xcalloc(1, sizeof *f);
    atomic_init(&f->refs, 1);
    struct expr *e = NULL;
    if (!expr_parse(text, &f->arena, &e, at, err)) {
        filter_free(f);
        return NULL;
    }
    struct bind b = {.f = f, .env = env, .a = &f->arena, .text = text, .top = e, .err = err};
    static struct node all = {.kind = NODE_ALL};
    f->root = e ? bind_expr(&b, e) : &all;
    if (!f->root) {
        if (at) {
            *at = b.at;
        }
        filter_free(f);
        return NULL;
    }
    if (e && !f->terms.n) {
        struct sv whole = arena_sv(&f->arena, sv_trim(text));
        array_push(&f->terms, (struct filter_term){whole, f->root});
    }
    return f;
}

struct filter *filter_ref(struct filter *f) {
    atomic_fetch_add(&f->refs, 1);
    return f;
}

void filter_unref(struct filter *f) {
    if (f && atomic_fetch_sub(&f->refs, 1) == 1) {
        filter_free(f);
    }
}

// --- testing cells ------------------------------------------------------------------------------

void tester_init(struct tester *t, const struct filter *f) {
    *t = (struct tester){.n_leaves = f->leaves.n};
    t->matchers = xcalloc(f->leaves.n + 1, sizeof(struct matcher *));
}

void tester_done(struct tester *t) {
    for (size_t i = 0; i < t->n_leaves; i++) {
        matcher_free(t->matchers[i]);
    }
    free(t->matchers);
    str_done(&t->scratch);
}

static bool test_match(struct tester *t, const struct leaf *leaf, struct sv text) {
    if (leaf->literal_suffices) {
        return literal_find(&leaf->literals.of[0], text.ptr, text.len, 0) != SIZE_MAX;
    }
    if (!t->matchers[leaf->idx]) {
        t->matchers[leaf->idx] = matcher_new(leaf->regex);
    }
    return matcher_test(t->matchers[leaf->idx], text);
}

static bool in_floats(const struct leaf *leaf, double v) {
    bool hit = leaf->nan && isnan(v);
    for (size_t i = 0; i < leaf->n_ranges && !hit; i++) {
        hit = v >= leaf->floats[i].lo && v <= leaf->floats[i].hi;
    }
    return hit;
}

static bool in_ints(const struct leaf *leaf, int64_t v) {
    bool hit = false;
    for (size_t i = 0; i < leaf->n_ranges && !hit; i++) {
        hit = v >= leaf->ints[i].lo && v <= leaf->ints[i].hi;
    }
    return hit;
}

bool test_text(struct tester *t, const struct leaf *leaf, struct sv text) {
    int c;
    double number;
    switch (leaf->kind) {
    case TEST_NOT_NULL:
        return true;
    case TEST_SET:
        return text_map_get(&leaf->set, text) != MAP_NONE;
    case TEST_ORDER:
        c = sv_cmp(text, leaf->text);
        return c < 0 ? leaf->below : c > 0 ? leaf->above : leaf->equal;
    case TEST_MATCH:
        return test_match(t, leaf, text);
    case TEST_FLOAT:
        return num_parse_f64(text, &number) && in_floats(leaf, number);
    case TEST_INT:
        break;
    }
    return false;
}

static bool test_list(struct tester *t, const struct leaf *leaf, struct cell c) {
    int64_t from;
    int64_t to;
    bool hit = false;
    arrow_get_list(c.col, c.slot, &from, &to);
    for (int64_t i = from; i < to && !hit; i++) {
        hit = test_cell(t, leaf, (struct cell){&c.col->children[0], i});
    }
    return hit;
}

static bool test_struct(struct tester *t, const struct leaf *leaf, struct cell c) {
    bool hit = false;
    for (size_t i = 0; i < c.col->field->n_children && !hit; i++) {
        hit = test_cell(t, leaf, (struct cell){&c.col->children[i], c.slot});
    }
    return hit;
}

// Codes of an enumeration are matched by what the screen shows.
static bool named_text(struct tester *t, const struct leaf *leaf, struct cell c, struct sv *text) {
    if (!leaf->column.values || field_class(c.col->field) != CLASS_INT) {
        return cell_text(c, &t->scratch, text);
    }
    str_clear(&t->scratch);
    str_add_enum(&t->scratch, leaf->column.values, arrow_get_i64(c.col, c.slot));
    *text = str_sv(&t->scratch);
    return true;
}

static bool test_value(struct tester *t, const struct leaf *leaf, struct cell c) {
    enum value_class class = field_class(c.col->field);
    struct sv text;
    if (leaf->kind == TEST_INT && class != CLASS_TEXT) {
        int64_t v = class == CLASS_BOOL ? arrow_get_bool(c.col, c.slot) : cell_i64(c);
        return class != CLASS_FLOAT && in_ints(leaf, v);
    }
    if (leaf->kind == TEST_FLOAT && class != CLASS_TEXT) {
        return (class == CLASS_FLOAT || class == CLASS_INT) &&
               in_floats(leaf, arrow_get_f64(c.col, c.slot));
    }
    return named_text(t, leaf, c, &text) && test_text(t, leaf, text);
}

bool test_cell(struct tester *t, const struct leaf *leaf, struct cell c) {
    struct sv text;
    if (cell_is_null(c)) {
        return false;
    }
    if (leaf->column.subkey.ptr) {
        return cell_subkey(c, leaf->column.subkey, &t->scratch, &text) && test_text(t, leaf, text);
    }
    if (leaf->kind == TEST_NOT_NULL) {
        return true;
    }
    switch ((int)c.col->field->kind) {
    case ARROW_LIST:
        return test_list(t, leaf, c);
    case ARROW_STRUCT:
        return test_struct(t, leaf, c);
    default:
        return test_value(t, leaf, c);
    }
}

// --- one row ------------------------------------------------------------------------------------

static bool test_row(struct tester *t, const struct node *n, int64_t row) {
    switch (n->kind) {
    case NODE_ALL:
        return true;
    case NODE_LEAF:
        return test_cell(t, n->leaf, column_cell(&n->leaf->column, row));
    case NODE_NOT:
        return !test_row(t, n->kids[0], row);
    case NODE_AND:
    case NODE_OR:
        break;
    }
    bool stop_at = n->kind == NODE_OR;
    for (size_t i = 0; i < n->n_kids; i++) {
        if (test_row(t, n->kids[i], row) == stop_at) {
            return stop_at;
        }
    }
    return !stop_at;
}

bool filter_row(const struct filter *f, int64_t row) {
    struct tester t;
    tester_init(&t, f);
    bool hit = test_row(&t, f->root, row);
    tester_done(&t);
    return hit;
}

bool filter_explain(const struct filter *f, struct table *t, const struct rows *in,
                    const struct query_ctl *ctl, struct str *out, struct err *err) {
    for (size_t i = 0; i < f->terms.n; i++) {
        struct rows rows = {0};
        struct filter alone = {.leaves = {f->leaves.ptr, f->leaves.n, 0}};
        alone.root = f->terms.ptr[i].node;
        if (!filter_run(&alone, t, in, ctl, &rows, err)) {
            return false;
        }
        str_add_cstr(out, i ? ", " : "");
        str_add_sv(out, f->terms.ptr[i].text);
        str_addf(out, " %zu", rows.n);
        rows_done(&rows);
    }
    return true;
}
