// Selection of rows, and search.
#include "view/view_int.h"

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

// What is on the screen for a cell. Plain texts are matched where they lie, without formatting.
static struct sv shown_text(const struct view *v, size_t row_idx, const struct view_col *c,
                            struct str *scratch) {
    static const struct sv plain = {"text", 4};
    struct view_cell cell;
    uint32_t row = v->rows.idx[row_idx];
    if (c->column.class == CLASS_TEXT && !c->column.subkey.ptr && sv_is(plain, c->format->name)) {
        struct cell raw = column_cell(&c->column, row);
        if (!cell_is_null(raw)) {
            return arrow_get_text(raw.col, raw.slot);
        }
    }
    bound_cell(c, row, scratch, &cell);
    return cell.text;
}

static bool row_matches(const struct view *v, size_t row_idx, struct matcher *m, bool all_columns,
                        struct str *scratch) {
    for (size_t i = 0; i < v->n_cols; i++) {
        if ((all_columns || !v->cols[i].hidden) &&
            matcher_test(m, shown_text(v, row_idx, &v->cols[i], scratch))) {
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
    auto_str scratch = STR_INIT;
    struct regex *re = regex_compile(pattern, true, NULL, err);
    if (!re) {
        return 0;
    }
    struct matcher *m = matcher_new(re);
    size_t changed = 0;
    for (size_t i = 0; i < v->rows.n; i++) {
        if (row_matches(v, i, m, false, &scratch)) {
            changed += set_row(v, i, on);
        }
    }
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
    auto_str scratch = STR_INIT;
    size_t n = v->rows.n;
    size_t at = from < n ? from : (backward ? 0 : n ? n - 1 : 0);
    if (wrapped) {
        *wrapped = false;
    }
    for (size_t step = 0; step < n; step++) {
        bool at_end = backward ? at == 0 : at + 1 == n;
        if (at_end && wrapped) {
            *wrapped = true;
        }
        at = at_end ? (backward ? n - 1 : 0) : backward ? at - 1 : at + 1;
        if (row_matches(v, at, m, all_columns, &scratch)) {
            return at;
        }
    }
    return SIZE_MAX;
}
