// Key indexes: rows by the value of a column, for joins, link counts and revisions.
//
// Distinct keys are numbered in order of appearance; a hash table finds a key's number, and the
// rows of all keys stand one behind the other (offsets[k] .. offsets[k + 1]). Texts are not copied:
// a key remembers one cell that holds it. A dictionary column needs no hash table at all, its
// unified codes are the key numbers.
#include "base/array.h"
#include "base/map.h"
#include "query/query_int.h"

enum index_kind { INDEX_INT, INDEX_TEXT, INDEX_DICT };

struct key_index {
    enum index_kind kind;
    const struct table *table;
    size_t col;
    bool in_list;
    const struct dict_full *dict; // INDEX_DICT
    uint32_t *slots;              // key number + 1, 0 = free
    uint8_t *tags;                // top bits of the hash of the key in a slot: most other keys
                                  // need no look at their text
    size_t n_slots;               // a power of two
    uint64_t *keys;               // INDEX_INT: the value; INDEX_TEXT: part << 32 | slot of a holder
    size_t n_keys, keys_cap;
    uint32_t *offsets;
    uint32_t *rows;
};

void index_free(struct key_index *ix) {
    if (!ix) {
        return;
    }
    free(ix->slots);
    free(ix->tags);
    free(ix->keys);
    free(ix->offsets);
    free(ix->rows);
    free(ix);
}

// --- the hash table -----------------------------------------------------------------------------

static struct sv holder_text(const struct key_index *ix, uint64_t holder) {
    const struct arrow_col *col = part_col(ix->table, (size_t)(holder >> 32), ix->col);
    if (col && ix->in_list) {
        col = &col->children[0];
    }
    return col ? arrow_get_text(col, (int64_t)(holder & UINT32_MAX)) : SV_NULL;
}

static uint64_t key_hash(const struct key_index *ix, uint64_t key) {
    if (ix->kind == INDEX_INT) {
        return hash_u64(key);
    }
    struct sv text = holder_text(ix, key);
    return hash_bytes(text.ptr, text.len);
}

static void set_slots(struct key_index *ix, size_t n_slots) {
    ix->n_slots = n_slots;
    free(ix->slots);
    free(ix->tags);
    ix->slots = xcalloc(n_slots, sizeof *ix->slots);
    ix->tags = xcalloc(n_slots, 1);
    for (size_t k = 0; k < ix->n_keys; k++) {
        uint64_t hash = key_hash(ix, ix->keys[k]);
        size_t at = hash & (n_slots - 1);
        while (ix->slots[at]) {
            at = (at + 1) & (n_slots - 1);
        }
        ix->slots[at] = (uint32_t)k + 1;
        ix->tags[at] = (uint8_t)(hash >> 56);
    }
}

struct place {
    size_t slot;
    uint8_t tag;
};

// Place of a key, or the free one for it.
static struct place find_i64(const struct key_index *ix, int64_t key) {
    uint64_t hash = hash_u64((uint64_t)key);
    size_t at = hash & (ix->n_slots - 1);
    while (ix->slots[at] && ix->keys[ix->slots[at] - 1] != (uint64_t)key) {
        at = (at + 1) & (ix->n_slots - 1);
    }
    return (struct place){at, (uint8_t)(hash >> 56)};
}

static struct place find_text(const struct key_index *ix, struct sv key) {
    uint64_t hash = hash_bytes(key.ptr, key.len);
    uint8_t tag = (uint8_t)(hash >> 56);
    size_t at = hash & (ix->n_slots - 1);
    while (ix->slots[at] &&
           (ix->tags[at] != tag || !sv_eq(holder_text(ix, ix->keys[ix->slots[at] - 1]), key))) {
        at = (at + 1) & (ix->n_slots - 1);
    }
    return (struct place){at, tag};
}

static uint32_t put(struct key_index *ix, struct place p, uint64_t key) {
    if (!ix->slots[p.slot]) {
        if (ix->n_keys == ix->keys_cap) {
            ix->keys = array_grow_raw(ix->keys, &ix->keys_cap, ix->n_keys + 1, sizeof *ix->keys);
        }
        ix->keys[ix->n_keys++] = key;
        ix->slots[p.slot] = (uint32_t)ix->n_keys;
        ix->tags[p.slot] = p.tag;
    }
    return ix->slots[p.slot] - 1;
}

// --- building -----------------------------------------------------------------------------------

struct entry {
    uint32_t row, key;
};

struct index_maker {
    struct key_index *ix;
    struct entry *entries; // in row order
    size_t n, cap;
    size_t part;
    uint32_t segment;
};

static uint32_t key_of(struct index_maker *m, const struct arrow_col *col, int64_t slot) {
    struct key_index *ix = m->ix;
    if (ix->kind == INDEX_DICT) {
        int64_t code = arrow_get_i64(col, slot);
        const uint32_t *codes = ix->dict->to_unified[m->segment];
        bool known = codes && code >= 0 && code < ix->dict->n_local[m->segment];
        return known ? codes[code] : NO_ROW;
    }
    if (ix->n_keys * 3 >= ix->n_slots * 2) {
        set_slots(ix, ix->n_slots * 2);
    }
    if (ix->kind == INDEX_INT) {
        int64_t v = col->field->kind == ARROW_BOOL ? arrow_get_bool(col, slot)
                                                   : cell_i64((struct cell){col, slot});
        return put(ix, find_i64(ix, v), (uint64_t)v);
    }
    struct sv text = arrow_get_text(col, slot);
    if (!text.ptr || slot > (int64_t)UINT32_MAX) {
        return NO_ROW;
    }
    return put(ix, find_text(ix, text), (uint64_t)m->part << 32 | (uint64_t)slot);
}

static void add_entry(struct index_maker *m, uint32_t row, const struct arrow_col *col,
                      int64_t slot) {
    if (arrow_is_null(col, slot)) {
        return;
    }
    uint32_t key = key_of(m, col, slot);
    if (key == NO_ROW) {
        return;
    }
    if (m->n == m->cap) {
        m->entries = array_grow_raw(m->entries, &m->cap, m->n + 1, sizeof *m->entries);
    }
    m->entries[m->n++] = (struct entry){row, key};
}

static void add_part(struct index_maker *m, const struct table *t, size_t part) {
    const struct part *p = &t->parts[part];
    const struct arrow_col *col = part_col(t, part, m->ix->col);
    if (!col) {
        return;
    }
    m->part = part;
    m->segment = p->segment;
    size_t n = part_rows(p, col);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = (uint32_t)(p->first_row + (int64_t)i);
        if (!m->ix->in_list) {
            add_entry(m, row, col, (int64_t)i);
            continue;
        }
        int64_t from;
        int64_t to;
        if (arrow_get_list(col, (int64_t)i, &from, &to)) {
            for (int64_t item = from; item < to; item++) {
                add_entry(m, row, &col->children[0], item);
            }
        }
    }
}

// Counts, then places. A row that holds a key twice (a list) is listed once: entries come in row
// order, so the last row seen of each key tells.
static void place_rows(struct key_index *ix, const struct entry *entries, size_t n) {
    size_t n_keys = ix->kind == INDEX_DICT ? ix->dict->pub.n_values : ix->n_keys;
    ix->n_keys = n_keys;
    uint32_t *last = xreallocarray(NULL, n_keys + 1, sizeof *last);
    memset(last, 0xff, (n_keys + 1) * sizeof *last);
    ix->offsets = xcalloc(n_keys + 2, sizeof *ix->offsets);
    for (size_t i = 0; i < n; i++) {
        if (last[entries[i].key] != entries[i].row) {
            last[entries[i].key] = entries[i].row;
            ix->offsets[entries[i].key + 2]++;
        }
    }
    for (size_t k = 2; k < n_keys + 2; k++) {
        ix->offsets[k] += ix->offsets[k - 1];
    }
    ix->rows = xreallocarray(NULL, (size_t)ix->offsets[n_keys + 1] + 1, sizeof *ix->rows);
    memset(last, 0xff, (n_keys + 1) * sizeof *last);
    for (size_t i = 0; i < n; i++) {
        if (last[entries[i].key] != entries[i].row) {
            last[entries[i].key] = entries[i].row;
            ix->rows[ix->offsets[entries[i].key + 1]++] = entries[i].row;
        }
    }
    free(last);
}

// What an index is made from.
struct index_plan {
    enum index_kind kind;
    bool in_list;
    const struct dict_full *dict; // INDEX_DICT
};

static struct key_index *build(struct table *t, size_t col, const struct index_plan *plan,
                               const struct query_ctl *ctl, struct err *err) {
    struct key_index *ix = xcalloc(1, sizeof *ix);
    ix->kind = plan->kind;
    ix->table = t;
    ix->col = col;
    ix->in_list = plan->in_list;
    ix->dict = plan->dict;
    // Most columns that are indexed are keys, so that there are about as many as rows.
    size_t n_slots = 1024;
    while (!ix->dict && n_slots < (size_t)t->n_rows * 3 / 2) {
        n_slots *= 2;
    }
    set_slots(ix, n_slots);
    struct index_maker m = {.ix = ix};
    for (size_t part = 0; part < t->n_parts && m.n < UINT32_MAX && !ctl_cancelled(ctl); part++) {
        add_part(&m, t, part);
    }
    if (m.n < UINT32_MAX && !ctl_cancelled(ctl)) {
        place_rows(ix, m.entries, m.n);
        free(m.entries);
        return ix;
    }
    if (m.n >= UINT32_MAX) {
        err_set(err, ERR_LIMIT, "%s.%.*s has more than %u keys", t->ds->name,
                SV_ARG(t->schema->fields[col].name), UINT32_MAX);
    } else {
        err_cancelled(err);
    }
    free(m.entries);
    index_free(ix);
    return NULL;
}

// How the items of a column are keyed; false when they cannot be.
static bool make_plan(const struct arrow_field *field, struct index_plan *plan) {
    plan->in_list = field->kind == ARROW_LIST;
    const struct arrow_field *item = plan->in_list ? &field->children[0] : field;
    switch (field_class(item)) {
    case CLASS_INT:
    case CLASS_BOOL:
    case CLASS_TIME:
        plan->kind = INDEX_INT;
        return true;
    case CLASS_TEXT:
        plan->kind = INDEX_TEXT;
        return true;
    case CLASS_FLOAT:
    case CLASS_LIST:
        break;
    }
    return false;
}

static enum index_state state_of(const struct table *t, size_t col) {
    return (enum index_state)atomic_load_explicit(&t->index_states[col], memory_order_acquire);
}

// The caller is to make it when true: nobody else does until it calls end_making().
static bool begin_making(struct table *t, size_t col) {
    pthread_mutex_lock(&t->mutex);
    while (state_of(t, col) == INDEX_IN_WORK) {
        pthread_cond_wait(&t->index_made, &t->mutex);
    }
    const bool mine = state_of(t, col) != INDEX_MADE;
    if (mine) {
        atomic_store(&t->index_states[col], INDEX_IN_WORK);
    }
    pthread_mutex_unlock(&t->mutex);
    return mine;
}

static void end_making(struct table *t, size_t col, struct key_index *ix, bool cancelled) {
    const enum index_state state = ix ? INDEX_MADE : cancelled ? INDEX_ABSENT : INDEX_FAILED;
    pthread_mutex_lock(&t->mutex);
    atomic_store_explicit(&t->indexes[col], ix, memory_order_release);
    atomic_store_explicit(&t->index_states[col], state, memory_order_release);
    pthread_cond_broadcast(&t->index_made);
    pthread_mutex_unlock(&t->mutex);
}

struct key_index *table_index_make(struct table *t, size_t col, const struct query_ctl *ctl,
                                   struct err *err) {
    struct index_plan plan = {.kind = INDEX_INT};
    if (col >= t->n_columns || !make_plan(&t->schema->fields[col], &plan)) {
        err_set(err, ERR_USAGE, "rows of %s cannot be found by that column", t->ds->name);
        return NULL;
    }
    struct key_index *ix = atomic_load_explicit(&t->indexes[col], memory_order_acquire);
    if (ix) {
        return ix;
    }
    if (!begin_making(t, col)) {
        return atomic_load_explicit(&t->indexes[col], memory_order_acquire);
    }
    const struct dict_full *dict = plan.in_list ? NULL : dict_get(t, col);
    if (dict && !dict->mixed) {
        plan.dict = dict;
        plan.kind = INDEX_DICT;
    }
    ix = build(t, col, &plan, ctl, err);
    end_making(t, col, ix, ctl_cancelled(ctl));
    return ix;
}

struct key_index *table_index(struct table *t, size_t col, struct err *err) {
    return table_index_make(t, col, NULL, err);
}

bool table_index_lacks(const struct table *t, size_t col) {
    struct index_plan plan;
    if (col >= t->n_columns || !make_plan(&t->schema->fields[col], &plan)) {
        return false;
    }
    const enum index_state state = state_of(t, col);
    return state == INDEX_ABSENT || state == INDEX_IN_WORK;
}

// --- looking up ---------------------------------------------------------------------------------

static size_t rows_of(const struct key_index *ix, uint32_t key, const uint32_t **rows) {
    *rows = NULL;
    if (key == NO_ROW) {
        return 0;
    }
    *rows = ix->rows + ix->offsets[key];
    return ix->offsets[key + 1] - ix->offsets[key];
}

size_t key_rows_i64(const struct key_index *ix, int64_t key, const uint32_t **rows) {
    if (ix->kind == INDEX_INT) {
        return rows_of(ix, ix->slots[find_i64(ix, key).slot] - 1, rows);
    }
    char text[24];
    return key_rows_text(ix, sv_make(text, num_format_i64(text, key)), rows);
}

size_t key_rows_text(const struct key_index *ix, struct sv key, const uint32_t **rows) {
    int64_t v;
    switch (ix->kind) {
    case INDEX_INT:
        if (num_parse_i64(key, &v)) {
            return key_rows_i64(ix, v, rows);
        }
        break;
    case INDEX_TEXT:
        return rows_of(ix, ix->slots[find_text(ix, key).slot] - 1, rows);
    case INDEX_DICT:
        return rows_of(ix, dict_find(ix->dict, key), rows);
    }
    return rows_of(ix, NO_ROW, rows);
}

size_t key_rows_cell(const struct key_index *ix, struct cell key, const uint32_t **rows) {
    int64_t from;
    int64_t to;
    if (key.col && key.col->field->kind == ARROW_LIST) {
        bool any = arrow_get_list(key.col, key.slot, &from, &to) && from < to;
        key = any ? (struct cell){&key.col->children[0], from} : (struct cell){NULL, 0};
    }
    if (cell_is_null(key)) {
        return rows_of(ix, NO_ROW, rows);
    }
    switch (field_class(key.col->field)) {
    case CLASS_INT:
    case CLASS_TIME:
        return key_rows_i64(ix, cell_i64(key), rows);
    case CLASS_BOOL:
        return key_rows_i64(ix, arrow_get_bool(key.col, key.slot), rows);
    case CLASS_FLOAT: {
        double v = arrow_get_f64(key.col, key.slot);
        bool whole = v >= -0x1p62 && v <= 0x1p62 && (double)(int64_t)v == v;
        return whole ? key_rows_i64(ix, (int64_t)v, rows) : rows_of(ix, NO_ROW, rows);
    }
    case CLASS_TEXT: {
        struct sv text = arrow_get_text(key.col, key.slot);
        return text.ptr ? key_rows_text(ix, text, rows) : rows_of(ix, NO_ROW, rows);
    }
    case CLASS_LIST:
        break;
    }
    return rows_of(ix, NO_ROW, rows);
}
