// Rows of one file by equal merge key. While all keys differ (the usual case) a group is its row
// and costs 5 bytes and a hash slot; chains appear with the first repeated key.
#include <stdlib.h>
#include <string.h>

#include "store/store_int.h"

// --- keys -------------------------------------------------------------------------------------

enum key_class { KEY_NUMBER, KEY_FLAG, KEY_TEXT, KEY_OTHER };

static enum key_class class_of(enum arrow_kind kind) {
    switch ((int)kind) {
    case ARROW_BOOL:
        return KEY_FLAG;
    case ARROW_I8:
    case ARROW_I16:
    case ARROW_I32:
    case ARROW_I64:
    case ARROW_U8:
    case ARROW_U16:
    case ARROW_U32:
    case ARROW_U64:
    case ARROW_TIMESTAMP:
    case ARROW_DATE:
        return KEY_NUMBER;
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
    case ARROW_DICT:
    case ARROW_FIXED_BINARY:
        return KEY_TEXT;
    default:
        return KEY_OTHER;
    }
}

bool key_columns_init(struct key_columns *key, const struct arrow_schema *schema, const char *names,
                      struct err *err) {
    ARRAY(int) cols = {0};
    struct sv rest = sv_cstr(names), name;
    while (rest.len && sv_split(&rest, ',', &name)) {
        int col = arrow_field_index(schema, name);
        if (col >= 0 && class_of(schema->fields[col].kind) == KEY_OTHER) {
            array_done(&cols);
            return err_set(err, ERR_USAGE,
                           "column %.*s cannot be a merge key: expected an integer, an instant, a "
                           "flag or a text",
                           SV_ARG(name));
        }
        array_push(&cols, col);
    }
    *key = (struct key_columns){cols.ptr, cols.n};
    return true;
}

void key_columns_done(struct key_columns *key) {
    free(key->cols);
    *key = (struct key_columns){0};
}

static uint64_t cell_hash(const struct arrow_col *col, int64_t slot) {
    if (arrow_is_null(col, slot)) {
        return 1;
    }
    switch (class_of(col->field->kind)) {
    case KEY_FLAG:
        return hash_u64(arrow_get_bool(col, slot) ? 3 : 2);
    case KEY_NUMBER:
        return hash_u64((uint64_t)arrow_get_i64(col, slot));
    case KEY_TEXT:
    case KEY_OTHER:
    default: {
        struct sv text = arrow_get_text(col, slot);
        return hash_bytes(text.ptr, text.len);
    }
    }
}

uint64_t key_hash(const struct key_columns *key, const struct arrow_batch *batch, int64_t slot) {
    uint64_t hash = 0;
    for (size_t i = 0; i < key->n; i++) {
        uint64_t cell = key->cols[i] < 0 ? 1 : cell_hash(&batch->cols[key->cols[i]], slot);
        hash = hash_u64(hash ^ cell);
    }
    return hash;
}

// Also across types that a schema change may join: the width of integers, dictionary and text.
static bool cell_key_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                           int64_t slot_b) {
    bool null_a = !a || arrow_is_null(a, slot_a);
    bool null_b = !b || arrow_is_null(b, slot_b);
    if (null_a || null_b) {
        return null_a && null_b;
    }
    enum key_class class = class_of(a->field->kind);
    if (class != class_of(b->field->kind)) {
        return false;
    }
    switch (class) {
    case KEY_FLAG:
        return arrow_get_bool(a, slot_a) == arrow_get_bool(b, slot_b);
    case KEY_NUMBER:
        return arrow_get_i64(a, slot_a) == arrow_get_i64(b, slot_b);
    case KEY_TEXT:
    case KEY_OTHER:
    default:
        return sv_eq(arrow_get_text(a, slot_a), arrow_get_text(b, slot_b));
    }
}

bool key_equal(const struct key_columns *a, const struct arrow_batch *batch_a, int64_t slot_a,
               const struct key_columns *b, const struct arrow_batch *batch_b, int64_t slot_b) {
    for (size_t i = 0; i < a->n; i++) {
        const struct arrow_col *col_a = a->cols[i] < 0 ? NULL : &batch_a->cols[a->cols[i]];
        const struct arrow_col *col_b = b->cols[i] < 0 ? NULL : &batch_b->cols[b->cols[i]];
        if (!cell_key_equal(col_a, slot_a, col_b, slot_b)) {
            return false;
        }
    }
    return true;
}

// --- the index --------------------------------------------------------------------------------

uint32_t groups_first(const struct group_index *g, uint32_t group) {
    return g->firsts ? g->firsts[group] : group;
}

uint32_t groups_next(const struct group_index *g, uint32_t row) {
    return g->nexts ? g->nexts[row] : ROW_NONE;
}

// Slot of the key, or of the free place for it; n_slots on damage.
static size_t find_slot(struct group_index *g, const struct key_columns *key,
                        const struct arrow_batch *batch, int64_t slot, struct err *err) {
    uint64_t hash = key_hash(key, batch, slot);
    size_t at = (size_t)(hash >> 32) & (g->n_slots - 1);
    for (; g->slots[at]; at = (at + 1) & (g->n_slots - 1)) {
        uint32_t group = g->slots[at] - 1;
        if (g->hashes[group] != (uint32_t)hash) {
            continue;
        }
        int64_t own_slot;
        struct row_cursor cur = {g->rows.file, g->rows.batch};
        const struct arrow_batch *own = row_seek(&cur, groups_first(g, group), &own_slot, err);
        if (!own) {
            return g->n_slots;
        }
        if (key_equal(&g->key, own, own_slot, key, batch, slot)) {
            break;
        }
    }
    return at;
}

int64_t groups_find(struct group_index *g, const struct key_columns *key,
                    const struct arrow_batch *batch, int64_t slot, struct err *err) {
    size_t at = find_slot(g, key, batch, slot, err);
    if (at == g->n_slots) {
        return -2;
    }
    return g->slots[at] ? (int64_t)g->slots[at] - 1 : GROUP_NONE;
}

static uint32_t *alloc_u32(size_t n) {
    return xreallocarray(NULL, n, sizeof(uint32_t));
}

// From "a group is its row" to chains; all rows before `n_seen` are groups of their own.
static void begin_chains(struct group_index *g, uint32_t n_seen) {
    g->firsts = alloc_u32(g->n_rows);
    g->lasts = alloc_u32(g->n_rows);
    g->nexts = alloc_u32(g->n_rows);
    g->cursors = alloc_u32(g->n_rows);
    for (uint32_t row = 0; row < n_seen; row++) {
        g->firsts[row] = g->lasts[row] = row;
        g->nexts[row] = ROW_NONE;
    }
}

static bool add_row(struct group_index *g, uint32_t row, int64_t slot, struct err *err) {
    size_t at = find_slot(g, &g->key, g->rows.batch, slot, err);
    if (at == g->n_slots) {
        return false;
    }
    if (!g->slots[at]) {
        uint32_t group = g->n_groups++;
        g->slots[at] = group + 1;
        g->hashes[group] = (uint32_t)key_hash(&g->key, g->rows.batch, slot);
        if (g->nexts) {
            g->firsts[group] = g->lasts[group] = row;
            g->nexts[row] = ROW_NONE;
        }
        return true;
    }
    if (!g->nexts) {
        begin_chains(g, row);
    }
    uint32_t group = g->slots[at] - 1;
    g->nexts[g->lasts[group]] = row;
    g->nexts[row] = ROW_NONE;
    g->lasts[group] = row;
    return true;
}

bool groups_build(struct group_index *g, struct arrow_file *file, const char *key,
                  struct err *err) {
    int64_t n_rows = arrow_n_rows(file);
    *g = (struct group_index){.rows = {file, NULL}, .n_rows = (uint32_t)n_rows, .n_slots = 16};
    if (n_rows > SEGMENT_MAX_ROWS) {
        return err_set(err, ERR_LIMIT, "%s: more than %lld rows", arrow_path(file),
                       (long long)SEGMENT_MAX_ROWS);
    }
    if (!key_columns_init(&g->key, arrow_schema(file), key, err)) {
        return false;
    }
    while (g->n_slots < (size_t)n_rows + (size_t)n_rows / 2) {
        g->n_slots *= 2;
    }
    g->slots = xcalloc(g->n_slots, sizeof *g->slots);
    g->hashes = alloc_u32((size_t)n_rows + 1);
    g->states = xcalloc((size_t)n_rows + 1, 1);
    for (uint32_t row = 0; row < g->n_rows; row++) {
        int64_t slot;
        if (!row_seek(&g->rows, row, &slot, err) || !add_row(g, row, slot, err)) {
            return false;
        }
    }
    return true;
}

void group_index_done(struct group_index *g) {
    key_columns_done(&g->key);
    free(g->slots);
    free(g->hashes);
    free(g->states);
    free(g->firsts);
    free(g->lasts);
    free(g->nexts);
    free(g->cursors);
    *g = (struct group_index){0};
}

// --- comparing --------------------------------------------------------------------------------

bool groups_compare(struct group_index *g, uint32_t group, const struct column_map *map,
                    const struct arrow_batch *batch, int64_t slot, struct err *err) {
    uint32_t row = ROW_NONE; // no new row is left to compare with
    if (g->states[group] == GROUP_NEW) {
        row = groups_first(g, group);
    } else if (g->states[group] == GROUP_SAME && g->cursors) {
        row = g->cursors[group];
    }
    if (row == ROW_NONE) {
        g->states[group] = GROUP_DIFFERENT;
        return true;
    }
    int64_t new_slot;
    const struct arrow_batch *fresh = row_seek(&g->rows, row, &new_slot, err);
    if (!fresh) {
        return false;
    }
    bool same = rows_equal(map, fresh, new_slot, batch, slot);
    g->states[group] = same ? GROUP_SAME : GROUP_DIFFERENT;
    if (g->cursors) {
        g->cursors[group] = groups_next(g, row);
    }
    return true;
}

enum group_state groups_settle(struct group_index *g, uint32_t group) {
    if (g->states[group] == GROUP_SAME && g->cursors && g->cursors[group] != ROW_NONE) {
        g->states[group] = GROUP_DIFFERENT;
    }
    return (enum group_state)g->states[group];
}
