// The rows that the parameters of a view select.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/date.h"
#include "base/num.h"

struct row_list ARRAY_BODY(uint32_t);

struct sv source_param(const struct source *s, struct sv name) {
    for (size_t i = 0; i < s->n_params; i++) {
        if (sv_eq(s->params[i].name, name) && s->params[i].value.len) {
            return s->params[i].value;
        }
    }
    return SV_NULL;
}

bool source_is_range(const struct source *s) {
    return s->def->range.node.len && source_param(s, s->def->range.to_param).len;
}

// --- keys of one value --------------------------------------------------------------------------

static bool integer_key(const struct column *c, struct sv value, int64_t *key) {
    if (num_parse_i64_lax(value, key)) {
        return true;
    }
    if (c->class == CLASS_TIME) {
        return date_parse_user(value, clock_now_us(), key);
    }
    return c->values && enum_code(c->values, value, key);
}

static bool is_text_item(const struct column *c) {
    const struct arrow_field *f = table_field(c->table, (size_t)c->col);
    enum arrow_kind kind = c->class == CLASS_LIST && f->n_children ? f->children[0].kind : f->kind;
    return kind == ARROW_UTF8 || kind == ARROW_LARGE_UTF8 || kind == ARROW_DICT;
}

// Rows of `c->table` that have the value; borrowed.
static size_t rows_with(const struct column *c, struct sv value, const uint32_t **rows,
                        struct err *err) {
    struct key_index *ix = table_index(c->table, (size_t)c->col, err);
    int64_t key;
    if (!ix) {
        return 0;
    }
    if (is_text_item(c)) {
        return key_rows_text(ix, value, rows);
    }
    return integer_key(c, value, &key) ? key_rows_i64(ix, key, rows) : 0;
}

// --- from a joined table back to the base -------------------------------------------------------

// Base rows of one other row's key; of each item when the key is a list.
static void add_rows_of_key(const struct key_index *ix, struct cell key, const struct column *c,
                            int64_t other, struct row_list *out) {
    int64_t from = key.slot;
    int64_t to = key.slot + 1;
    const uint32_t *rows;
    const struct arrow_col *items = key.col;
    if (items && items->field->kind == ARROW_LIST) {
        arrow_get_list(items, key.slot, &from, &to);
        items = &items->children[0];
    }
    for (int64_t slot = from; items && slot < to; slot++) {
        size_t n = key_rows_cell(ix, (struct cell){items, slot}, &rows);
        for (size_t i = 0; i < n; i++) {
            // Only the first match of a join counts, as in the cells.
            if (column_row(c, rows[i]) == other) {
                array_push(out, rows[i]);
            }
        }
    }
}

static bool add_joined(const struct source *s, const struct view_column *def,
                       const struct column *c, struct sv value, struct row_list *out,
                       struct err *err) {
    const uint32_t *others;
    int own = table_column(s->table, def->on_base);
    int key = table_column(c->table, def->on_other);
    size_t n_others = rows_with(c, value, &others, err);
    struct key_index *ix =
        own >= 0 && key >= 0 && n_others ? table_index(s->table, (size_t)own, err) : NULL;
    for (size_t i = 0; ix && i < n_others; i++) {
        add_rows_of_key(ix, table_cell(c->table, (size_t)key, others[i]), c, others[i], out);
    }
    return !err || err->code == ERR_NONE;
}

static bool add_value(const struct source *s, struct sv field, struct sv value,
                      struct row_list *out, struct err *err) {
    struct column c;
    const struct view_column *def = def_column(s->def->columns, s->def->n_columns, field);
    if (!bind_field(s->table, s->def, field, &c, err)) {
        return false;
    }
    if (!c.table || c.col < 0) {
        return true;
    }
    if (def && def->join.len) {
        return add_joined(s, def, &c, value, out, err);
    }
    const uint32_t *rows = NULL;
    size_t n = rows_with(&c, value, &rows, err);
    for (size_t i = 0; i < n; i++) {
        array_push(out, rows[i]);
    }
    return !err || err->code == ERR_NONE;
}

// --- sets of rows -------------------------------------------------------------------------------

static int order_rows(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The rows of one key come in order already, and there may be very many.
static bool in_order(const struct row_list *list) {
    for (size_t i = 1; i < list->n; i++) {
        if (list->ptr[i] <= list->ptr[i - 1]) {
            return false;
        }
    }
    return true;
}

static void sort_unique(struct row_list *list) {
    if (in_order(list)) {
        return;
    }
    qsort(list->ptr, list->n, sizeof *list->ptr, order_rows);
    size_t n = 1;
    for (size_t i = 1; i < list->n; i++) {
        if (list->ptr[i] != list->ptr[n - 1]) {
            list->ptr[n++] = list->ptr[i];
        }
    }
    list->n = n;
}

static void intersect(struct row_list *a, const struct row_list *b) {
    size_t n = 0;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        if (a->ptr[i] == b->ptr[j]) {
            a->ptr[n++] = a->ptr[i];
            i++;
            j++;
        } else if (a->ptr[i] < b->ptr[j]) {
            i++;
        } else {
            j++;
        }
    }
    a->n = n;
}

static bool add_param(const struct source *s, const struct view_param *p, struct sv value,
                      struct row_list *out, struct err *err) {
    bool ok = add_value(s, p->field, value, out, err);
    for (size_t i = 0; ok && i < p->n_others; i++) {
        ok = add_value(s, p->others[i], value, out, err);
    }
    return ok;
}

static bool param_rows(const struct source *s, const struct view_param *p, struct sv value,
                       struct row_list *out, struct err *err) {
    struct err own = ERR_INIT;
    struct sv rest = value;
    struct sv part = value;
    bool ok = true;
    if (!p->many) {
        ok = add_param(s, p, value, out, &own);
    }
    while (ok && p->many && sv_split(&rest, ',', &part)) {
        part = sv_trim(part);
        ok = !part.len || add_param(s, p, part, out, &own);
    }
    sort_unique(out);
    if (!ok && err) {
        *err = own;
    }
    return ok;
}

bool source_rows(const struct source *s, struct rows *out, bool *cut, struct err *err) {
    *out = (struct rows){0};
    if (source_is_range(s)) {
        const struct view_range *r = &s->def->range;
        return rows_commit_range(s->table, r->node, r->parents, source_param(s, r->from_param),
                                 source_param(s, r->to_param), COMMIT_RANGE_LIMIT, out, cut, err);
    }
    struct row_list all = {0};
    bool any = false;
    bool ok = true;
    for (size_t i = 0; ok && i < s->def->n_params; i++) {
        const struct view_param *p = &s->def->params[i];
        struct sv value = source_param(s, p->name);
        if (!p->field.len || !value.len) {
            continue;
        }
        struct row_list list = {0};
        ok = param_rows(s, p, value, &list, err);
        if (any) {
            intersect(&all, &list);
            array_done(&list);
        } else {
            all = list;
        }
        any = true;
    }
    if (!ok) {
        array_done(&all);
    } else if (any) {
        *out = (struct rows){.idx = all.ptr, .n = all.n};
    } else {
        rows_all(out, table_n_rows(s->table));
    }
    return ok;
}

int64_t source_head(struct snapshot *snap, const struct source *s, struct table **table) {
    const struct view_head *head = &s->def->head;
    *table = head->from.len ? table_get(snap, head->from, NULL) : NULL;
    struct sv value = source_param(s, head->param);
    struct column c;
    const uint32_t *rows = NULL;
    if (*table && !head->on.len) {
        return table_n_rows(*table) > 0 ? 0 : -1;
    }
    if (!*table || !value.len || !column_find(*table, head->on, &c, NULL) || c.col < 0) {
        return -1;
    }
    return rows_with(&c, value, &rows, NULL) ? (int64_t)rows[0] : -1;
}
