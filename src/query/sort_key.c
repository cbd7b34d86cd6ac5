// Numbers that order like the values of a sort key, and the comparisons behind them.
#include <math.h>

#include "query/sort_int.h"

// Place of each unified code when digit runs count as numbers.
static uint32_t *natural_ranks(const struct dict_full *d);

static enum key_kind kind_of(const struct column *c) {
    const struct arrow_field *f = c->table ? table_field(c->table, (size_t)c->col) : NULL;
    if (c->subkey.ptr) {
        return KEY_SUBKEY;
    }
    if (!f) {
        return KEY_CELL; // absent: all null
    }
    switch (field_class(f)) {
    case CLASS_INT:
    case CLASS_BOOL:
    case CLASS_TIME:
        return KEY_I64;
    case CLASS_FLOAT:
        return KEY_F64;
    case CLASS_TEXT:
        return KEY_TEXT;
    case CLASS_LIST:
        break;
    }
    return KEY_CELL;
}

void key_reader_init(struct key_reader *k, const struct sort_key *key) {
    *k = (struct key_reader){.key = key, .kind = kind_of(&key->column)};
    reader_init(&k->reader, &key->column);
    k->exact = k->kind == KEY_I64 || k->kind == KEY_F64;
    if (k->kind != KEY_TEXT) {
        return;
    }
    const struct dict_full *d = dict_get(key->column.table, (size_t)key->column.col);
    if (d && !d->mixed) {
        k->kind = KEY_RANK;
        k->exact = true;
        k->dict = d;
        k->natural_rank = key->natural ? natural_ranks(d) : NULL;
    }
}

void key_reader_done(struct key_reader *k) {
    free(k->natural_rank);
    str_done(&k->a);
    str_done(&k->b);
}

static struct sv value_at(const void *arg, uint32_t id) {
    const struct sv *values = arg;
    return values[id];
}

static uint32_t *natural_ranks(const struct dict_full *d) {
    size_t n = d->pub.n_values;
    uint32_t *order = xreallocarray(NULL, n + 1, sizeof *order);
    uint32_t *rank = xreallocarray(NULL, n + 1, sizeof *rank);
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    text_order(order, n, &(struct text_src){value_at, d->values}, true);
    for (size_t i = 0; i < n; i++) {
        rank[order[i]] = (uint32_t)i;
    }
    free(order);
    return rank;
}

static uint64_t key_of_f64(double v) {
    uint64_t bits;
    v = v == 0 ? 0 : v; // -0 equals 0
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static bool rank_of(const struct key_reader *k, struct cell c, uint64_t *out) {
    int64_t code = arrow_get_i64(c.col, c.slot);
    uint32_t segment = k->key->column.table->parts[k->reader.part].segment;
    const uint32_t *codes = k->dict->to_unified[segment];
    if (!codes || code < 0 || code >= k->dict->n_local[segment] || codes[code] == NO_ROW) {
        return false;
    }
    *out = k->natural_rank ? k->natural_rank[codes[code]] : k->dict->rank[codes[code]];
    return true;
}

enum key_place key_read(struct key_reader *k, uint32_t row, uint64_t *out) {
    struct cell c = reader_cell(&k->reader, row);
    struct sv text;
    double v;
    *out = 0;
    if (cell_is_null(c)) {
        return PLACE_NULL;
    }
    switch (k->kind) {
    case KEY_I64:
        *out = (uint64_t)(c.col->field->kind == ARROW_BOOL ? (int64_t)arrow_get_bool(c.col, c.slot)
                                                           : cell_i64(c)) ^
               (uint64_t)1 << 63;
        break;
    case KEY_F64:
        v = arrow_get_f64(c.col, c.slot);
        if (isnan(v)) {
            return PLACE_NAN;
        }
        *out = key_of_f64(v);
        break;
    case KEY_RANK:
        if (!rank_of(k, c, out)) {
            return PLACE_NULL;
        }
        break;
    case KEY_TEXT:
        text = arrow_get_text(c.col, c.slot);
        if (!text.ptr) {
            return PLACE_NULL;
        }
        *out = k->key->natural ? 0 : text_prefix(text, 0);
        break;
    case KEY_SUBKEY:
        if (!cell_subkey(c, k->key->column.subkey, &k->a, &text)) {
            return PLACE_NULL;
        }
        *out = k->key->natural ? 0 : text_prefix(text, 0);
        break;
    case KEY_CELL:
        break;
    }
    *out = k->key->descending ? ~*out : *out;
    return PLACE_VALUE;
}

int key_cmp(struct key_reader *k, uint32_t row_a, uint32_t row_b) {
    struct cell a = reader_cell(&k->reader, row_a);
    struct cell b = reader_cell(&k->reader, row_b);
    struct sv text_a = SV_NULL;
    struct sv text_b = SV_NULL;
    int c;
    if (k->kind == KEY_SUBKEY) {
        (void)cell_subkey(a, k->key->column.subkey, &k->a, &text_a);
        (void)cell_subkey(b, k->key->column.subkey, &k->b, &text_b);
    } else if (k->kind == KEY_TEXT) {
        text_a = arrow_get_text(a.col, a.slot);
        text_b = arrow_get_text(b.col, b.slot);
    }
    if (k->kind != KEY_SUBKEY && k->kind != KEY_TEXT) {
        c = cell_cmp(a, b);
    } else {
        c = k->key->natural ? text_cmp_natural(text_a, text_b) : sv_cmp(text_a, text_b);
    }
    return k->key->descending ? -c : c;
}

int key_cmp_any(struct key_reader *k, uint32_t row_a, uint32_t row_b) {
    uint64_t a;
    uint64_t b;
    enum key_place place_a = key_read(k, row_a, &a);
    enum key_place place_b = key_read(k, row_b, &b);
    if (place_a != place_b) {
        return place_a < place_b ? -1 : 1;
    }
    if (place_a != PLACE_VALUE) {
        return 0;
    }
    if (a != b) {
        return a < b ? -1 : 1;
    }
    return k->exact ? 0 : key_cmp(k, row_a, row_b);
}
