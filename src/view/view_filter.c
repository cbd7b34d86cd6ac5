// Filters and tabs of an open view. Nothing is computed here.
#include "view/view_int.h"

#include <stdlib.h>

#include "base/array.h"

static void filter_done(struct view_filter *f) {
    free(f->text);
    if (f->filter) {
        filter_unref(f->filter);
    }
    *f = (struct view_filter){0};
}

// Without a table there is nothing to bind to, and nothing to hide either.
static bool make_filter(const struct view *v, struct sv text, struct view_filter *out, size_t *at,
                        struct err *err) {
    *out = (struct view_filter){0};
    if (v->table) {
        out->filter = bind_filter(v->table, v->def, text, at, err);
        if (!out->filter) {
            return false;
        }
    }
    out->text = xstrndup(text.ptr ? text.ptr : "", text.len);
    return true;
}

static void push_filter(struct view *v, struct view_filter f) {
    v->filters = xreallocarray(v->filters, v->n_filters + 1, sizeof *v->filters);
    v->filters[v->n_filters++] = f;
    v->version++;
}

bool view_filter_add(struct view *v, struct sv text, size_t *at, struct err *err) {
    struct view_filter f;
    text = sv_trim(text);
    if (!text.len) {
        return true;
    }
    if (!make_filter(v, text, &f, at, err)) {
        return false;
    }
    push_filter(v, f);
    return true;
}

void view_filter_drop(struct view *v, size_t idx) {
    if (idx >= v->n_filters) {
        return;
    }
    filter_done(&v->filters[idx]);
    memmove(&v->filters[idx], &v->filters[idx + 1], (v->n_filters - idx - 1) * sizeof *v->filters);
    v->n_filters--;
    v->version++;
}

void view_filter_clear(struct view *v) {
    for (size_t i = 0; i < v->n_filters; i++) {
        filter_done(&v->filters[i]);
    }
    v->n_filters = 0;
    filter_done(&v->priv->typed);
    v->version++;
}

bool view_filter_type(struct view *v, struct sv text, size_t *at, struct err *err) {
    struct view_filter f = {0};
    text = sv_trim(text);
    if (text.len && !make_filter(v, text, &f, at, err)) {
        return false;
    }
    filter_done(&v->priv->typed);
    v->priv->typed = f;
    v->version++;
    return true;
}

void view_tab_set(struct view *v, size_t tab) {
    struct view_priv *p = v->priv;
    if (tab > v->def->n_tabs) {
        return;
    }
    if (p->tab) {
        filter_unref(p->tab);
        p->tab = NULL;
    }
    v->tab = tab;
    v->version++;
    struct sv text = tab ? v->def->tabs[tab - 1].filter : SV_NULL;
    struct err err = ERR_INIT;
    if (v->table && text.len) {
        p->tab = bind_filter(v->table, v->def, text, NULL, &err);
        if (!p->tab) {
            v->error = err;
        }
    }
}

// --- the filter of a cell -----------------------------------------------------------------------

// Words that stand as they are; everything else goes into quotes.
static bool is_plain(struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-' || c >= 0x80;
        if (!ok) {
            return false;
        }
    }
    return text.len > 0 && text.ptr[0] != '-';
}

static void add_quoted(struct str *out, struct sv text) {
    if (is_plain(text)) {
        str_add_sv(out, text);
        return;
    }
    str_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            str_add_byte(out, '"');
        }
        str_add_byte(out, text.ptr[i]);
    }
    str_add_byte(out, '"');
}

// The text to compare with: codes by their names, of a list its first item.
static bool filter_value(const struct column *c, int64_t row, struct str *scratch, struct sv *out) {
    struct cell cell = column_cell(c, row);
    if (!cell_is_null(cell) && c->values) {
        const char *name = enum_name(c->values, arrow_get_i64(cell.col, cell.slot));
        if (name) {
            *out = sv_cstr(name);
            return true;
        }
    }
    if (c->class != CLASS_LIST) {
        return column_text(c, row, scratch, out);
    }
    struct sv rest;
    return bound_value(c, row, scratch, &rest) && sv_split(&rest, ',', out);
}

void view_filter_for_cell(const struct view *v, size_t row_idx, size_t col, bool negate,
                          struct str *out) {
    auto_str scratch = STR_INIT;
    struct sv value;
    if (row_idx >= v->rows.n || col >= v->n_cols) {
        return;
    }
    const struct view_col *c = &v->cols[col];
    uint32_t row = v->rows.idx[row_idx];
    if (!filter_value(&c->column, row, &scratch, &value)) {
        bool list = c->column.class == CLASS_LIST && !cell_is_null(column_cell(&c->column, row));
        // An empty list is not null, but none of its items can match.
        str_addf(out, "%s%.*s%s", negate != list ? "not " : "", SV_ARG(c->def->name),
                 list ? "~." : " is null");
        return;
    }
    str_addf(out, "%.*s%s", SV_ARG(c->def->name), negate ? "!=" : "=");
    add_quoted(out, value);
}
