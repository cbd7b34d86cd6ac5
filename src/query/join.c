// Joins: for each row of one table the first row of another with an equal key.
//
// A join costs nothing when it is declared. Single cells look the key up; the whole row map is made
// when a filter or a sort reads the column in bulk, and is kept with the base table.
#include "query/query_int.h"

struct join {
    struct join *next;
    struct table *base, *other;
    size_t base_col, other_col;
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

static struct join *join_get(struct table *base, size_t base_col, struct table *other,
                             size_t other_col) {
    pthread_mutex_lock(&base->mutex);
    struct join *j = base->joins;
    while (j && (j->base_col != base_col || j->other != other || j->other_col != other_col)) {
        j = j->next;
    }
    if (!j) {
        j = xcalloc(1, sizeof *j);
        j->base = base;
        j->other = other;
        j->base_col = base_col;
        j->other_col = other_col;
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

static uint32_t first_match(const struct key_index *ix, struct cell key) {
    const uint32_t *rows;
    return ix && key_rows_cell(ix, key, &rows) ? rows[0] : NO_ROW;
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
            map[part->first_row + (int64_t)i] = first_match(ix, (struct cell){col, (int64_t)i});
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
    if (dict && !dict->mixed) {
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
    out->join = join_get(base, (size_t)base_col, other, (size_t)other_col);
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
        row = first_match(join_index(j), table_cell(j->base, j->base_col, base_row));
    } else if (base_row < j->base->n_rows) {
        row = map[base_row];
    }
    return row == NO_ROW ? -1 : (int64_t)row;
}
