// Rows by the value of their key: what stays the same when the store changes.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/map.h"

// How many rows after the cursor's are tried when that one is gone.
enum { MAX_FOLLOWING = 4096 };

// Commas and blanks in a value would end it; they and '%' are written as %XX.
static void add_escaped(struct str *out, struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == ',' || c == '%' || c == '=' || c == 0x7f) {
            str_addf(out, "%%%02X", c);
        } else {
            str_add_byte(out, (char)c);
        }
    }
}

// Without a key the row's number has to do.
static void add_key(const struct view *v, uint32_t row, struct str *scratch, struct str *out) {
    if (!v->def->n_key || !v->table) {
        str_addf(out, "row=%lu", (unsigned long)row);
        return;
    }
    for (size_t i = 0; i < v->def->n_key; i++) {
        struct column c;
        struct sv text;
        str_addf(out, "%s%.*s=", i ? "," : "", SV_ARG(v->def->key[i]));
        if (column_find(v->table, v->def->key[i], &c, NULL) &&
            column_text(&c, row, scratch, &text)) {
            add_escaped(out, text);
        }
    }
}

void view_row_key(const struct view *v, size_t row_idx, struct str *out) {
    auto_str scratch = STR_INIT;
    if (row_idx < v->rows.n) {
        add_key(v, v->rows.idx[row_idx], &scratch, out);
    }
}

// --- finding one --------------------------------------------------------------------------------

// The only key column when it is an integer: compared without making texts.
static bool integer_key_column(const struct view *v, struct column *out) {
    return v->table && v->def->n_key == 1 && column_find(v->table, v->def->key[0], out, NULL) &&
           out->col >= 0 && out->class == CLASS_INT;
}

static bool parse_integer_key(const struct view *v, struct sv key, int64_t *out) {
    size_t name = v->def->key[0].len;
    return sv_starts(key, v->def->key[0]) && key.len > name && key.ptr[name] == '=' &&
           num_parse_i64(sv_from(key, name + 1), out);
}

// -1, 0, 1: the direction in which the view's rows are sorted by their key.
static int key_order(const struct view *v) {
    if (!v->n_sort || v->def->n_key != 1 ||
        !sv_eq(v->cols[v->sort[0].col].def->field, v->def->key[0]) ||
        v->cols[v->sort[0].col].def->join.len) {
        return 0;
    }
    return v->sort[0].descending ? -1 : 1;
}

static size_t find_integer(const struct view *v, const struct column *c, int64_t key, bool *exact) {
    int order = key_order(v);
    size_t next = SIZE_MAX;
    for (size_t i = 0; i < v->rows.n; i++) {
        struct cell cell = column_cell(c, v->rows.idx[i]);
        if (cell_is_null(cell)) {
            continue;
        }
        int64_t value = arrow_get_i64(cell.col, cell.slot);
        if (value == key) {
            *exact = true;
            return i;
        }
        if (next == SIZE_MAX && ((order > 0 && value > key) || (order < 0 && value < key))) {
            next = i;
        }
    }
    return next;
}

static size_t find_text(const struct view *v, struct sv key, bool *exact) {
    auto_str scratch = STR_INIT;
    auto_str text = STR_INIT;
    for (size_t i = 0; i < v->rows.n; i++) {
        str_clear(&text);
        add_key(v, v->rows.idx[i], &scratch, &text);
        if (sv_eq(str_sv(&text), key)) {
            *exact = true;
            return i;
        }
    }
    return SIZE_MAX;
}

size_t view_find_key(const struct view *v, struct sv key, bool *exact) {
    struct column c;
    int64_t number;
    bool found = false;
    size_t at = SIZE_MAX;
    if (integer_key_column(v, &c) && parse_integer_key(v, key, &number)) {
        at = find_integer(v, &c, number, &found);
    } else {
        at = find_text(v, key, &found);
    }
    if (exact) {
        *exact = found;
    }
    if (at == SIZE_MAX && v->rows.n) {
        at = v->rows.n - 1;
    }
    return at;
}

// --- over another snapshot ----------------------------------------------------------------------

// Keys in one map: first the cursor's and those of the rows after it, then the selected ones.
struct kept {
    struct text_map keys;
    size_t n_following;
    struct int_set selected; // indexes into the map
};

static uint32_t put_row(struct kept *kept, const struct view *v, uint32_t row, struct str *scratch,
                        struct str *text) {
    str_clear(text);
    add_key(v, row, scratch, text);
    return text_map_put(&kept->keys, str_sv(text), NULL);
}

struct kept *keys_keep(const struct view *v) {
    struct kept *kept = xcalloc(1, sizeof *kept);
    auto_str scratch = STR_INIT;
    auto_str text = STR_INIT;
    size_t last = MIN(v->rows.n, v->cursor + MAX_FOLLOWING);
    for (size_t i = v->cursor; i < last; i++) {
        put_row(kept, v, v->rows.idx[i], &scratch, &text);
    }
    kept->n_following = kept->keys.n;
    for (size_t i = 0; v->selected->n && i < v->rows.n; i++) {
        if (int_set_has(v->selected, v->rows.idx[i])) {
            int_set_put(&kept->selected, put_row(kept, v, v->rows.idx[i], &scratch, &text), true);
        }
    }
    return kept;
}

void keys_restore(struct kept *kept, struct view *v) {
    auto_str scratch = STR_INIT;
    auto_str text = STR_INIT;
    size_t line = v->cursor >= v->top ? v->cursor - v->top : 0;
    size_t best = SIZE_MAX;
    size_t at = v->rows.n ? MIN(v->cursor, v->rows.n - 1) : 0;
    int_set_clear(v->selected);
    for (size_t i = 0; i < v->rows.n && (best != 0 || kept->selected.n); i++) {
        str_clear(&text);
        add_key(v, v->rows.idx[i], &scratch, &text);
        uint32_t idx = text_map_get(&kept->keys, str_sv(&text));
        if (idx == MAP_NONE) {
            continue;
        }
        if (idx < kept->n_following && idx < best) {
            best = idx;
            at = i;
        }
        if (int_set_has(&kept->selected, idx)) {
            int_set_put(v->selected, v->rows.idx[i], true);
        }
    }
    v->cursor = at;
    v->top = at > line ? at - line : 0;
}

void keys_free(struct kept *kept) {
    text_map_done(&kept->keys);
    int_set_done(&kept->selected);
    free(kept);
}
