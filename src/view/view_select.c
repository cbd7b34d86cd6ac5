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

struct search {
    const struct view *v;
    struct matcher *m;
    struct search_col *cols;
    size_t n_cols;
    struct str scratch;
};

static void search_init(struct search *s, const struct view *v, struct matcher *m,
                        bool all_columns) {
    *s = (struct search){.v = v, .m = m};
    s->cols = xcalloc(v->n_cols + 1, sizeof *s->cols);
    for (size_t i = 0; i < v->n_cols; i++) {
        const struct view_col *c = &v->cols[i];
        if (c->hidden && !all_columns) {
            continue;
        }
        s->cols[s->n_cols++].col = c;
    }
}

static void search_done(struct search *s) {
    for (size_t i = 0; i < s->n_cols; i++) {
        array_foreach (d, &s->cols[i].dicts) {
            free(d->of_value);
        }
        array_done(&s->cols[i].dicts);
    }
    free(s->cols);
    str_done(&s->scratch);
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

static bool cell_matches(struct search *s, struct search_col *c, uint32_t row) {
    uint8_t *verdict = verdict_of(c, row);
    struct view_cell cell;
    if (verdict && *verdict != NOT_TESTED) {
        return *verdict == MATCH;
    }
    bound_cell(c->col, row, &s->scratch, &cell);
    bool ok = matcher_test(s->m, cell.text);
    if (verdict) {
        *verdict = ok ? MATCH : NO_MATCH;
    }
    return ok;
}

static bool row_matches(struct search *s, size_t row_idx) {
    for (size_t i = 0; i < s->n_cols; i++) {
        if (cell_matches(s, &s->cols[i], s->v->rows.idx[row_idx])) {
            return true;
        }
    }
    return false;
}

static size_t set_row(struct view *v, size_t row_idx, bool on) {
    if (view_is_selected(v, row_idx) == on) {
        return 0;
    }
    int_set_put(v->selected, v->rows.idx[row_idx], on);
    return 1;
}

size_t view_select_regex(struct view *v, struct sv pattern, bool on, struct err *err) {
    struct search s;
    struct regex *re = regex_compile(pattern, true, NULL, err);
    if (!re) {
        return 0;
    }
    struct matcher *m = matcher_new(re);
    size_t changed = 0;
    search_init(&s, v, m, false);
    for (size_t i = 0; i < v->rows.n; i++) {
        if (row_matches(&s, i)) {
            changed += set_row(v, i, on);
        }
    }
    search_done(&s);
    matcher_free(m);
    regex_unref(re);
    v->version++;
    return changed;
}

size_t view_select_same(struct view *v) {
    auto_str first = STR_INIT;
    auto_str scratch = STR_INIT;
    struct sv want = SV_NULL;
    bool has = view_raw(v, v->cursor, v->cur_col, &first, &want);
    size_t changed = 0;
    for (size_t i = 0; i < v->rows.n; i++) {
        struct sv text;
        bool here = view_raw(v, i, v->cur_col, &scratch, &text);
        if (here == has && (!has || sv_eq(text, want))) {
            changed += set_row(v, i, true);
        }
    }
    v->version++;
    return changed;
}

size_t view_search(const struct view *v, struct matcher *m, size_t from, bool backward,
                   bool all_columns, bool *wrapped) {
    size_t n = v->rows.n;
    size_t at = from < n ? from : (backward || !n ? 0 : n - 1);
    size_t found = SIZE_MAX;
    bool around = false;
    struct search s;
    search_init(&s, v, m, all_columns);
    for (size_t step = 0; found == SIZE_MAX && step < n; step++) {
        bool at_end = backward ? at == 0 : at + 1 == n;
        around |= at_end;
        if (backward) {
            at = at_end ? n - 1 : at - 1;
        } else {
            at = at_end ? 0 : at + 1;
        }
        found = row_matches(&s, at) ? at : SIZE_MAX;
    }
    search_done(&s);
    if (wrapped) {
        *wrapped = around;
    }
    return found;
}
