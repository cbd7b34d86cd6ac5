// Joins: for each row of one table the first row of another with an equal key.
//
// A join costs nothing when it is declared. Single cells look the key up; the whole row map is made
// when a filter or a sort reads the column in bulk, and is kept with the base table.
#include "query/query_int.h"

#define NO_PAIR SIZE_MAX

struct join {
    struct join *next;
    struct table *base, *other;
    size_t base_col, other_col;
    size_t also_base, also_other; // a second pair that must be equal; NO_PAIR = none
    _Atomic(struct key_index *) index;
    _Atomic(uint32_t *) map;
};

void joins_free(struct join *joins) {
    while (joins) {
        struct join *next = joins->next;
        free(atomic_load(&joins->map));
        free(joins);
        joins = next;
    }
}

static bool is_same(const struct join *a, const struct join *b) {
    return a->other == b->other && a->base_col == b->base_col && a->other_col == b->other_col &&
           a->also_base == b->also_base && a->also_other == b->also_other;
}

// The join that looks like `want`, made once for each base table.
static struct join *join_get(const struct join *want) {
    struct table *base = want->base;
    pthread_mutex_lock(&base->mutex);
    struct join *j = base->joins;
    while (j && !is_same(j, want)) {
        j = j->next;
    }
    if (!j) {
        j = xcalloc(1, sizeof *j);
        j->base = base;
        j->other = want->other;
        j->base_col = want->base_col;
        j->other_col = want->other_col;
        j->also_base = want->also_base;
        j->also_other = want->also_other;
        j->next = base->joins;
        base->joins = j;
    }
    pthread_mutex_unlock(&base->mutex);
    return j;
}

// NULL when the other column cannot be indexed: then nothing matches.
static struct key_index *join_index(struct join *j) {
    struct key_index *ix = atomic_load_explicit(&j->index, memory_order_acquire);
    if (!ix) {
        ix = table_index(j->other, j->other_col, NULL);
        atomic_store_explicit(&j->index, ix, memory_order_release);
    }
    return ix;
}

static bool is_equal(struct cell a, enum value_class class_a, struct cell b,
                     enum value_class class_b) {
    if (class_a != class_b || cell_is_null(a) || cell_is_null(b)) {
        return false;
    }
    if (class_a == CLASS_TEXT) {
        return sv_eq(arrow_get_text(a.col, a.slot), arrow_get_text(b.col, b.slot));
    }
    return class_a == CLASS_INT && arrow_get_i64(a.col, a.slot) == arrow_get_i64(b.col, b.slot);
}

static bool also_equal(const struct join *j, int64_t base_row, uint32_t other_row) {
    return j->also_base == NO_PAIR ||
           is_equal(table_cell(j->base, j->also_base, base_row), j->base->classes[j->also_base],
                    table_cell(j->other, j->also_other, other_row),
                    j->other->classes[j->also_other]);
}

static uint32_t first_match(const struct join *j, const struct key_index *ix, struct cell key,
                            int64_t base_row) {
    const uint32_t *rows;
    size_t n = ix ? key_rows_cell(ix, key, &rows) : 0;
    for (size_t i = 0; i < n; i++) {
        if (also_equal(j, base_row, rows[i])) {
            return rows[i];
        }
    }
    return NO_ROW;
}

// Rows of a dictionary column share few keys: each is looked up once.
static void map_codes(const struct join *j, const struct key_index *ix,
                      const struct dict_full *dict, uint32_t *map) {
    uint32_t *of_code = xreallocarray(NULL, dict->pub.n_values + 1, sizeof *of_code);
    for (size_t i = 0; i < dict->pub.n_values; i++) {
        const uint32_t *rows;
        of_code[i] = key_rows_text(ix, dict->values[i], &rows) ? rows[0] : NO_ROW;
    }
    for (size_t p = 0; p < j->base->n_parts; p++) {
        const struct part *part = &j->base->parts[p];
        const struct arrow_col *col = part_col(j->base, p, j->base_col);
        const uint32_t *codes = dict->to_unified[part->segment];
        size_t n = col && codes ? part_rows(part, col) : 0;
        for (size_t i = 0; i < n; i++) {
            int64_t code = arrow_get_i64(col, (int64_t)i);
            bool known = code >= 0 && code < dict->n_local[part->segment];
            uint32_t unified = known ? codes[code] : NO_ROW;
            map[part->first_row + (int64_t)i] = unified == NO_ROW ? NO_ROW : of_code[unified];
        }
    }
    free(of_code);
}

static void map_cells(const struct join *j, const struct key_index *ix, uint32_t *map) {
    for (size_t p = 0; p < j->base->n_parts; p++) {
        const struct part *part = &j->base->parts[p];
        const struct arrow_col *col = part_col(j->base, p, j->base_col);
        size_t n = col ? part_rows(part, col) : 0;
        for (size_t i = 0; i < n; i++) {
            const int64_t row = part->first_row + (int64_t)i;
            map[row] = first_match(j, ix, (struct cell){col, (int64_t)i}, row);
        }
    }
}

static uint32_t *make_map(struct join *j) {
    struct key_index *ix = join_index(j);
    size_t n = (size_t)j->base->n_rows;
    uint32_t *map = xreallocarray(NULL, n + 1, sizeof *map);
    memset(map, 0xff, (n + 1) * sizeof *map);
    const struct dict_full *dict = dict_get(j->base, j->base_col);
    if (!ix) {
        return map;
    }
    if (dict && !dict->mixed && j->also_base == NO_PAIR) {
        map_codes(j, ix, dict, map);
    } else {
        map_cells(j, ix, map);
    }
    return map;
}

const uint32_t *column_row_map(const struct column *c) {
    struct join *j = c->join;
    if (!j) {
        return NULL;
    }
    uint32_t *map = atomic_load_explicit(&j->map, memory_order_acquire);
    if (map) {
        return map;
    }
    // Made outside the mutex, which the dictionary and index below it need; of two threads that
    // meet here one throws its work away.
    uint32_t *made = make_map(j);
    if (atomic_compare_exchange_strong(&j->map, &map, made)) {
        return made;
    }
    free(made);
    return map;
}

bool column_join(struct table *base, struct sv on_base, struct sv dataset, struct sv on_other,
                 struct sv field, struct column *out, struct err *err) {
    int base_col = table_column(base, on_base);
    if (base_col < 0) {
        return err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"", base->ds->name,
                       SV_ARG(on_base));
    }
    struct err why = ERR_INIT;
    struct table *other = table_get(base->snap, dataset, &why);
    if (!other && why.code != ERR_NOT_FOUND) {
        return err_set(err, why.code, "%s", why.msg);
    }
    if (!other || !other->schema) {
        *out = (struct column){.base = base, .col = -1, .class = CLASS_TEXT};
        out->name = column_intern(base, field);
        return true;
    }
    int other_col = table_column(other, on_other);
    if (other_col < 0) {
        return err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"", other->ds->name,
                       SV_ARG(on_other));
    }
    if (!column_find(other, field, out, err)) {
        return false;
    }
    out->base = base;
    out->join = join_get(&(struct join){.base = base,
                                        .other = other,
                                        .base_col = (size_t)base_col,
                                        .other_col = (size_t)other_col,
                                        .also_base = NO_PAIR,
                                        .also_other = NO_PAIR});
    return true;
}

bool column_join_also(struct column *c, struct sv on_base, struct sv on_other, struct err *err) {
    struct join *j = c->join;
    if (!j) { // of a dataset that is not there
        return true;
    }
    int own = table_column(j->base, on_base);
    int other = table_column(j->other, on_other);
    if (own < 0 || other < 0) {
        return err_set(err, ERR_NOT_FOUND, "%s has no column \"%.*s\"",
                       own < 0 ? j->base->ds->name : j->other->ds->name,
                       SV_ARG(own < 0 ? on_base : on_other));
    }
    c->join = join_get(&(struct join){.base = j->base,
                                      .other = j->other,
                                      .base_col = j->base_col,
                                      .other_col = j->other_col,
                                      .also_base = (size_t)own,
                                      .also_other = (size_t)other});
    return true;
}

int64_t column_row(const struct column *c, int64_t base_row) {
    struct join *j = c->join;
    if (!j || base_row < 0) {
        return base_row;
    }
    const uint32_t *map = atomic_load_explicit(&j->map, memory_order_acquire);
    uint32_t row = NO_ROW;
    if (!map) {
        row = first_match(j, join_index(j), table_cell(j->base, j->base_col, base_row), base_row);
    } else if (base_row < j->base->n_rows) {
        row = map[base_row];
    }
    return row == NO_ROW ? -1 : (int64_t)row;
}
