// Selection of rows, and search.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/array.h"

bool view_is_selected(const struct view *v, size_t row_idx) {
    return row_idx < v->rows.n && int_set_has(v->selected, v->rows.idx[row_idx]);
}

void view_select(struct view *v, size_t row_idx, bool on) {
    if (row_idx < v->rows.n) {
        int_set_put(v->selected, v->rows.idx[row_idx], on);
        v->version++;
    }
}

void view_select_all(struct view *v) {
    for (size_t i = 0; i < v->rows.n; i++) {
        int_set_put(v->selected, v->rows.idx[i], true);
    }
    v->version++;
}

void view_select_none(struct view *v) {
    int_set_clear(v->selected);
    v->version++;
}

size_t view_n_selected(const struct view *v) {
    return v->selected->n;
}

// Counted once for each state of the view; it is drawn with every frame.
size_t view_n_selected_shown(const struct view *v) {
    struct view_priv *p = v->priv;
    if (!v->selected->n) {
        return 0;
    }
    if (p->shown_version != v->version + 1) {
        p->n_selected_shown = 0;
        for (size_t i = 0; i < v->rows.n; i++) {
            p->n_selected_shown += int_set_has(v->selected, v->rows.idx[i]);
        }
        p->shown_version = v->version + 1;
    }
    return p->n_selected_shown;
}

// --- matching -----------------------------------------------------------------------------------

enum { CODES = 64 }; // of an enumeration that are remembered

enum verdict { NOT_TESTED, NO_MATCH, MATCH };

struct dict_verdicts { // of one segment's dictionary
    const struct arrow_dict *dict;
    uint8_t *of_value;
};

// One column while rows are matched. Of a dictionary or an enumeration each value is tested once.
struct search_col {
    const struct view_col *col;
    ARRAY(struct dict_verdicts) dicts;
    uint8_t of_code[CODES];
};

struct view_scan {
    const struct view *v;
    struct regex *re;
    struct matcher *m; // NULL: cells are compared with `same`
    bool has_same;     // false: with null
    struct str same;
    struct search_col *cols;
    size_t n_cols;
    struct str scratch;
};

static struct view_scan *scan_alloc(const struct view *v) {
    struct view_scan *s = xcalloc(1, sizeof *s);
    s->v = v;
    s->cols = xcalloc(v->n_cols + 1, sizeof *s->cols);
    return s;
}

struct view_scan *view_scan_new(const struct view *v, struct regex *re, bool all_columns) {
    struct view_scan *s = scan_alloc(v);
    s->re = regex_ref(re);
    s->m = matcher_new(re);
    for (size_t i = 0; i < v->n_cols; i++) {
        if (all_columns || !v->cols[i].hidden) {
            s->cols[s->n_cols++].col = &v->cols[i];
        }
    }
    return s;
}

struct view_scan *view_scan_same(const struct view *v, size_t row_idx, size_t col) {
    struct view_scan *s = scan_alloc(v);
    if (col < v->n_cols && row_idx < v->rows.n) {
        s->cols[s->n_cols++].col = &v->cols[col];
        struct sv value;
        s->has_same = view_raw(v, row_idx, col, &s->scratch, &value);
        str_add_sv(&s->same, s->has_same ? value : SV_NULL);
    }
    return s;
}

void view_scan_free(struct view_scan *s) {
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->n_cols; i++) {
        array_foreach (d, &s->cols[i].dicts) {
            free(d->of_value);
        }
        array_done(&s->cols[i].dicts);
    }
    free(s->cols);
    matcher_free(s->m);
    regex_unref(s->re);
    str_done(&s->scratch);
    str_done(&s->same);
    free(s);
}

static uint8_t *dict_verdicts_of(struct search_col *c, const struct arrow_dict *dict) {
    array_foreach (d, &c->dicts) {
        if (d->dict == dict) {
            return d->of_value;
        }
    }
    uint8_t *of_value = xcalloc(dict->n_values + (size_t)1, 1);
    array_push(&c->dicts, (struct dict_verdicts){dict, of_value});
    return of_value;
}

// Where the verdict on the cell's value is kept; NULL = nowhere.
static uint8_t *verdict_of(struct search_col *c, uint32_t row) {
    const struct column *column = &c->col->column;
    struct cell cell = column_cell(column, row);
    if (column->subkey.ptr || cell_is_null(cell)) {
        return NULL;
    }
    if (cell.col->field->kind == ARROW_DICT && cell.col->dict) {
        int64_t code = arrow_get_i64(cell.col, cell.slot);
        return code >= 0 && code < cell.col->dict->n_values
                   ? &dict_verdicts_of(c, cell.col->dict)[code]
                   : NULL;
    }
    if (column->class != CLASS_INT || !column->values) {
        return NULL;
    }
    int64_t code = arrow_get_i64(cell.col, cell.slot);
    return code >= 0 && code < CODES ? &c->of_code[code] : NULL;
}

static bool test_cell(struct view_scan *s, const struct view_col *c, uint32_t row) {
    if (s->m) {
        struct view_cell cell;
        bound_cell(c, row, &s->scratch, &cell);
        return matcher_test(s->m, cell.text);
    }
    struct sv text;
    bool has = column_text(&c->column, row, &s->scratch, &text);
    return has == s->has_same && (!has || sv_eq(text, str_sv(&s->same)));
}

static bool cell_matches(struct view_scan *s, struct search_col *c, uint32_t row) {
    uint8_t *verdict = verdict_of(c, row);
    if (verdict && *verdict != NOT_TESTED) {
        return *verdict == MATCH;
    }
    bool ok = test_cell(s, c->col, row);
    if (verdict) {
        *verdict = ok ? MATCH : NO_MATCH;
    }
    return ok;
}

static bool row_matches(struct view_scan *s, size_t row_idx) {
    for (size_t i = 0; i < s->n_cols; i++) {
        if (cell_matches(s, &s->cols[i], s->v->rows.idx[row_idx])) {
            return true;
        }
    }
    return false;
}

size_t view_scan_find(struct view_scan *s, size_t from, size_t n, bool backward) {
    if (from >= s->v->rows.n) {
        return SIZE_MAX;
    }
    n = MIN(n, backward ? from + 1 : s->v->rows.n - from);
    for (size_t i = 0; i < n; i++) {
        size_t at = backward ? from - i : from + i;
        if (row_matches(s, at)) {
            return at;
        }
    }
    return SIZE_MAX;
}
