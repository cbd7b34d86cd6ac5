// Rows by the value of their key: what stays the same when the store changes.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/map.h"

enum {
    MAX_KEY = 8,
    MAX_FOLLOWING = 4096, // rows after the cursor's that are tried when that one is gone
};

// The key columns of a view, bound once for many rows.
struct key_columns {
    struct column of[MAX_KEY];
    size_t n; // 0: no key, the row's number has to do
};

static void bind_keys(const struct view *v, struct key_columns *out) {
    out->n = 0;
    for (size_t i = 0; v->table && i < v->def->n_key && i < MAX_KEY; i++) {
        if (!column_find(v->table, v->def->key[i], &out->of[out->n], NULL)) {
            out->of[out->n] = (struct column){.name = v->def->key[i], .col = -1};
        }
        out->n++;
    }
}

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

static void add_key(const struct view *v, const struct key_columns *keys, uint32_t row,
                    struct str *scratch, struct str *out) {
    if (!keys->n) {
        str_addf(out, "row=%lu", (unsigned long)row);
    }
    for (size_t i = 0; i < keys->n; i++) {
        struct sv text;
        str_add_cstr(out, i ? "," : "");
        str_add_sv(out, v->def->key[i]);
        str_add_byte(out, '=');
        if (column_text(&keys->of[i], row, scratch, &text)) {
            add_escaped(out, text);
        }
    }
}

void view_row_key(const struct view *v, size_t row_idx, struct str *out) {
    auto_str scratch = STR_INIT;
    struct key_columns keys;
    if (row_idx < v->rows.n) {
        bind_keys(v, &keys);
        add_key(v, &keys, v->rows.idx[row_idx], &scratch, out);
    }
}

void view_row_name(const struct view *v, size_t row_idx, struct str *out) {
    auto_str scratch = STR_INIT;
    size_t n = 0;
    if (v->def->n_key) {
        view_row_key(v, row_idx, out);
        return;
    }
    for (size_t i = 0; row_idx < v->rows.n && i < v->n_cols && n < 2; i++) {
        struct view_cell cell;
        if (v->cols[i].hidden) {
            continue;
        }
        view_cell(v, row_idx, i, &scratch, &cell);
        if (cell.state == CELL_VALUE && cell.text.len) {
            str_addf(out, "%s%.*s %.*s", n++ ? ", " : "", SV_ARG(v->cols[i].def->label),
                     SV_ARG(cell.text));
        }
    }
    if (!n) {
        view_row_key(v, row_idx, out);
    }
}

// --- hashes -------------------------------------------------------------------------------------

static bool is_number(enum value_class class) {
    return class == CLASS_INT || class == CLASS_TIME || class == CLASS_BOOL;
}

static uint64_t cell_hash(const struct column *c, uint32_t row, struct str *scratch) {
    struct cell cell = column_cell(c, row);
    struct sv text = SV_NULL;
    if (cell_is_null(cell)) {
        return 0;
    }
    if (c->class == CLASS_BOOL) {
        return hash_u64(arrow_get_bool(cell.col, cell.slot));
    }
    if (is_number(c->class)) {
        return hash_u64((uint64_t)arrow_get_i64(cell.col, cell.slot));
    }
    if (c->class == CLASS_TEXT && !c->subkey.ptr) {
        text = arrow_get_text(cell.col, cell.slot);
    } else if (!column_text(c, row, scratch, &text)) {
        return 0;
    }
    return hash_bytes(text.ptr, text.len);
}

// Equal keys have equal hashes, whatever snapshot and segment they stand in.
static int64_t row_hash(const struct key_columns *keys, uint32_t row, struct str *scratch) {
    uint64_t h = keys->n ? 0 : row;
    for (size_t i = 0; i < keys->n; i++) {
        h = hash_u64(h ^ cell_hash(&keys->of[i], row, scratch));
    }
    return (int64_t)h;
}

// --- finding one --------------------------------------------------------------------------------

// -1, 0, 1: the direction in which the view's rows are sorted by their key.
static int key_order(const struct view *v) {
    if (!v->n_sort || v->def->n_key != 1 ||
        !sv_eq(v->cols[v->sort[0].col].def->field, v->def->key[0]) ||
        v->cols[v->sort[0].col].def->join.len) {
        return 0;
    }
    return v->sort[0].descending ? -1 : 1;
}

static bool parse_integer_key(const struct view *v, struct sv key, int64_t *out) {
    size_t name = v->def->key[0].len;
    return sv_starts(key, v->def->key[0]) && key.len > name && key.ptr[name] == '=' &&
           num_parse_i64(sv_from(key, name + 1), out);
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

// "name=value" parts of the key text, to be compared with one row after the other.
struct wanted {
    struct str plain[MAX_KEY];
};

static void add_unescaped(struct str *out, struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        int high = text.ptr[i] == '%' && i + 2 < text.len ? char_hex(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? char_hex(text.ptr[i + 2]) : -1;
        if (low >= 0) {
            str_add_byte(out, (char)(high * 16 + low));
            i += 2;
        } else {
            str_add_byte(out, text.ptr[i]);
        }
    }
}

static bool parse_key(const struct view *v, const struct key_columns *keys, struct sv text,
                      struct wanted *out) {
    struct sv part;
    size_t n = 0;
    while (n < keys->n && sv_split(&text, ',', &part)) {
        struct sv name;
        if (!sv_split(&part, '=', &name) || !sv_eq(name, v->def->key[n])) {
            return false;
        }
        add_unescaped(&out->plain[n++], part);
    }
    return n == keys->n && !text.ptr;
}

static bool row_is(const struct key_columns *keys, uint32_t row, const struct wanted *want,
                   struct str *scratch) {
    for (size_t i = 0; i < keys->n; i++) {
        struct sv text;
        bool has = column_text(&keys->of[i], row, scratch, &text);
        if (!sv_eq(has ? text : SV_NULL, str_sv(&want->plain[i]))) {
            return false;
        }
    }
    return true;
}

static size_t find_text(const struct view *v, const struct key_columns *keys, struct sv key,
                        bool *exact) {
    auto_str scratch = STR_INIT;
    struct wanted want = {0};
    size_t found = SIZE_MAX;
    if (parse_key(v, keys, key, &want)) {
        for (size_t i = 0; found == SIZE_MAX && i < v->rows.n; i++) {
            found = row_is(keys, v->rows.idx[i], &want, &scratch) ? i : SIZE_MAX;
        }
    }
    for (size_t i = 0; i < MAX_KEY; i++) {
        str_done(&want.plain[i]);
    }
    *exact = found != SIZE_MAX;
    return found;
}

static size_t find_number(const struct view *v, struct sv key, bool *exact) {
    int64_t row;
    bool ok = sv_starts(key, SV("row=")) && num_parse_i64(sv_from(key, 4), &row);
    for (size_t i = 0; ok && i < v->rows.n; i++) {
        if (v->rows.idx[i] == row) {
            *exact = true;
            return i;
        }
    }
    return SIZE_MAX;
}

size_t view_find_key(const struct view *v, struct sv key, bool *exact) {
    struct key_columns keys;
    int64_t number;
    bool found = false;
    size_t at;
    bind_keys(v, &keys);
    if (!keys.n) {
        at = find_number(v, key, &found);
    } else if (keys.n == 1 && keys.of[0].class == CLASS_INT && parse_integer_key(v, key, &number)) {
        at = find_integer(v, &keys.of[0], number, &found);
    } else {
        at = find_text(v, &keys, key, &found);
    }
    if (exact) {
        *exact = found;
    }
    return at == SIZE_MAX && v->rows.n ? v->rows.n - 1 : at;
}

// --- over another snapshot ----------------------------------------------------------------------

// Keys in one map, by their hashes: first the cursor's and those of the rows after it, then the
// selected ones. A text for each tells keys of one hash apart.
struct kept {
    struct int_map hashes;
    ARRAY(char *) texts;
    size_t n_following;
    struct int_set selected; // indexes into the map
    struct int_set rows;     // the selected table rows, for the snapshot of that generation
    char generation[sizeof((struct snapshot *)NULL)->generation];
    bool any_hidden; // a filter hid some of them
};

static uint32_t put_row(struct kept *kept, const struct view *v, const struct key_columns *keys,
                        uint32_t row, struct str *scratch) {
    bool is_new = false;
    uint32_t idx = int_map_put(&kept->hashes, row_hash(keys, row, scratch), &is_new);
    if (is_new) {
        struct str text = STR_INIT;
        add_key(v, keys, row, scratch, &text);
        array_push(&kept->texts, str_take(&text));
    }
    return idx;
}

static void keep_selected(struct kept *kept, const struct view *v, const struct key_columns *keys,
                          struct str *scratch) {
    for (size_t row = 0; v->selected->n && row < v->selected->n_bits; row++) {
        if (int_set_has(v->selected, row)) {
            int_set_put(&kept->selected, put_row(kept, v, keys, (uint32_t)row, scratch), true);
            int_set_put(&kept->rows, row, true);
        }
    }
    memcpy(kept->generation, v->snap->generation, sizeof kept->generation);
    kept->any_hidden = view_n_selected_shown(v) < v->selected->n;
}

struct kept *view_selection_keep(const struct view *v) {
    if (!v->selected->n) {
        return NULL;
    }
    struct kept *kept = xcalloc(1, sizeof *kept);
    auto_str scratch = STR_INIT;
    struct key_columns keys;
    bind_keys(v, &keys);
    keep_selected(kept, v, &keys, &scratch);
    return kept;
}

struct kept *keys_keep(const struct view *v) {
    struct kept *kept = xcalloc(1, sizeof *kept);
    auto_str scratch = STR_INIT;
    struct key_columns keys;
    size_t last = MIN(v->rows.n, v->cursor + MAX_FOLLOWING);
    bind_keys(v, &keys);
    for (size_t i = v->cursor; i < last; i++) {
        put_row(kept, v, &keys, v->rows.idx[i], &scratch);
    }
    kept->n_following = kept->hashes.n;
    keep_selected(kept, v, &keys, &scratch);
    return kept;
}

// Index of the row's key among the kept ones; MAP_NONE when it is not.
static uint32_t kept_index(const struct kept *kept, const struct view *v,
                           const struct key_columns *keys, uint32_t row, struct str *scratch,
                           struct str *text) {
    uint32_t idx = int_map_get(&kept->hashes, row_hash(keys, row, scratch));
    if (idx == MAP_NONE) {
        return MAP_NONE;
    }
    str_clear(text);
    add_key(v, keys, row, scratch, text);
    return sv_is(str_sv(text), kept->texts.ptr[idx]) ? idx : MAP_NONE;
}

// Among all rows of the table: filters hide none of them here.
static void select_kept(const struct kept *kept, struct view *v) {
    auto_str scratch = STR_INIT;
    auto_str text = STR_INIT;
    struct key_columns keys;
    bind_keys(v, &keys);
    int64_t n = v->table ? table_n_rows(v->table) : 0;
    for (int64_t row = 0; row < n && v->selected->n < kept->selected.n; row++) {
        uint32_t idx = kept_index(kept, v, &keys, (uint32_t)row, &scratch, &text);
        if (idx != MAP_NONE && int_set_has(&kept->selected, idx)) {
            int_set_put(v->selected, (size_t)row, true);
        }
    }
}

void view_selection_restore(const struct kept *kept, struct view *v) {
    int_set_clear(v->selected);
    bool same = memcmp(kept->generation, v->snap->generation, sizeof kept->generation) == 0;
    if (!same) {
        select_kept(kept, v);
    }
    for (size_t row = 0; same && row < kept->rows.n_bits; row++) {
        int_set_put(v->selected, row, int_set_has(&kept->rows, row));
    }
    v->version++;
}

void view_selection_free(struct kept *kept) {
    if (kept) {
        keys_free(kept);
    }
}

void keys_restore(struct kept *kept, struct view *v) {
    auto_str scratch = STR_INIT;
    auto_str text = STR_INIT;
    struct key_columns keys;
    size_t line = v->cursor >= v->top ? v->cursor - v->top : 0;
    size_t best = SIZE_MAX;
    size_t at = v->rows.n ? MIN(v->cursor, v->rows.n - 1) : 0;
    bind_keys(v, &keys);
    int_set_clear(v->selected);
    for (size_t i = 0; i < v->rows.n && (best != 0 || kept->selected.n); i++) {
        uint32_t row = v->rows.idx[i];
        uint32_t idx = kept_index(kept, v, &keys, row, &scratch, &text);
        if (idx == MAP_NONE) {
            continue;
        }
        if (idx < kept->n_following && idx < best) {
            best = idx;
            at = i;
        }
        if (int_set_has(&kept->selected, idx)) {
            int_set_put(v->selected, row, true);
        }
    }
    if (kept->any_hidden) {
        select_kept(kept, v);
    }
    v->priv->shown_version = 0;
    v->cursor = at;
    v->top = at > line ? at - line : 0;
}

void keys_free(struct kept *kept) {
    array_foreach (text, &kept->texts) {
        free(*text);
    }
    array_done(&kept->texts);
    int_map_done(&kept->hashes);
    int_set_done(&kept->selected);
    int_set_done(&kept->rows);
    free(kept);
}
