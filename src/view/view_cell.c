// Cells, the head, and why there is nothing to see.
#include "catalog/catalog.h"
#include "view/view_int.h"

void view_cell(const struct view *v, size_t row_idx, size_t col, struct str *scratch,
               struct view_cell *out) {
    if (row_idx >= v->rows.n || col >= v->n_cols) {
        *out = (struct view_cell){.state = CELL_EMPTY};
        return;
    }
    bound_cell(&v->cols[col], v->rows.idx[row_idx], scratch, out);
}

bool view_raw(const struct view *v, size_t row_idx, size_t col, struct str *scratch,
              struct sv *out) {
    return row_idx < v->rows.n && col < v->n_cols &&
           column_text(&v->cols[col].column, v->rows.idx[row_idx], scratch, out);
}

static void head_cell(const struct view *v, size_t at, struct str *scratch, struct view_cell *out) {
    const struct view_priv *p = v->priv;
    if (p->head_row >= 0) {
        bound_cell(&p->head_cols[at], p->head_row, scratch, out);
    } else {
        *out = (struct view_cell){.text = SV("-"), .state = CELL_NO_JOIN};
    }
}

// A count of nothing says as little as a value that is not there.
static bool is_nothing(const struct view *v, size_t at, struct str *scratch) {
    const struct view_priv *p = v->priv;
    struct sv raw;
    return p->head_row < 0 || !column_text(&p->head_cols[at].column, p->head_row, scratch, &raw) ||
           !raw.len || sv_is(raw, "0");
}

bool view_head_field(const struct view *v, size_t i, struct sv *label, struct str *scratch,
                     struct view_cell *out) {
    for (size_t at = 0; at < v->def->head.n_columns; at++) {
        const struct view_column *def = &v->def->head.columns[at];
        if (def->hidden || (def->optional && is_nothing(v, at, scratch)) || i-- > 0) {
            continue;
        }
        *label = def->label;
        head_cell(v, at, scratch, out);
        return true;
    }
    return false;
}

// --- links and URLs -----------------------------------------------------------------------------

static bool head_value(const struct view *v, struct sv name, struct str *scratch, struct sv *out) {
    const struct view_priv *p = v->priv;
    const struct view_head *head = &v->def->head;
    struct column c;
    if (p->head_row < 0) {
        return false;
    }
    for (size_t i = 0; i < head->n_columns; i++) {
        if (sv_eq(head->columns[i].name, name)) {
            return bound_value(&p->head_cols[i].column, p->head_row, scratch, out);
        }
    }
    return column_find(p->head, name, &c, NULL) && bound_value(&c, p->head_row, scratch, out);
}

bool view_value_of(const struct view *v, size_t row_idx, struct sv name, struct str *scratch,
                   struct sv *out) {
    struct column c;
    if (sv_starts(name, SV("param."))) {
        struct source s = view_source(v);
        *out = source_param(&s, sv_from(name, 6));
        return out->len > 0;
    }
    if (sv_starts(name, SV("head."))) {
        return head_value(v, sv_from(name, 5), scratch, out);
    }
    return row_idx < v->rows.n && bind_field(v->table, v->def, name, &c, NULL) &&
           bound_value(&c, v->rows.idx[row_idx], scratch, out);
}

// --- nothing to see -----------------------------------------------------------------------------

static const struct format_def *format_of(struct sv dataset) {
    size_t n = 0;
    const struct format_def *formats = catalog_formats(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; formats[i].datasets[d]; d++) {
            if (sv_is(dataset, formats[i].datasets[d]->name)) {
                return &formats[i];
            }
        }
    }
    return NULL;
}

// "No bugs yet: culprit import all_bugs.csv"; what is derived may also be imported.
static void add_missing(const struct view *v, struct str *out) {
    const struct dataset_entry *entry = catalog_dataset(v->def->from);
    const struct format_def *format = format_of(v->def->from);
    if (!format && v->def->empty.len) {
        str_add_sv(out, v->def->empty);
        return;
    }
    size_t title = out->len + 3;
    str_addf(out, "No %s yet", entry ? entry->def->title : "rows");
    if (out->ptr[title] >= 'A' && out->ptr[title] <= 'Z') {
        out->ptr[title] = (char)(out->ptr[title] - 'A' + 'a');
    }
    const char *before = ": ";
    if (entry && entry->stage) {
        str_addf(out, ": culprit derive %s", catalog_name_to_derive(v->snap, entry));
        before = ", or ";
    }
    if (format) {
        str_addf(out, "%sculprit import %s", before,
                 format->file_name ? format->file_name : format->name);
    }
    auto_str why = STR_INIT;
    if (entry && entry->stage &&
        catalog_stage_state(v->snap, entry->stage, NULL, &why) == STAGE_LACKS_INPUT) {
        str_addf(out, "\n(derive cannot make it yet: %s)", str_cstr(&why));
    }
}

// "status=fixed hides all 312 rows" and what each term alone would keep.
static void add_hidden_by(const struct view *v, struct str *out) {
    struct sv hits = str_sv(&v->priv->hits);
    struct sv line;
    for (size_t i = 0; i < v->n_filters; i++) {
        const struct view_filter *f = &v->filters[i];
        str_addf(out, "%sfilter: %s", i ? "\n" : "", f->text);
        if (f->filter && sv_split(&hits, '\n', &line) && line.len) {
            str_addf(out, "  (of %lld row%s here: %.*s)", (long long)v->n_total,
                     v->n_total == 1 ? "" : "s", SV_ARG(line));
        }
    }
    str_addf(out,
             "\n%lld rows are hidden; & and an empty line clears the filters, g& switches "
             "them off",
             (long long)v->n_total);
}

// "No signature 999 in the store": the record that the view is about, rather than its rows. Nothing
// is said where the store has none of such records.
static void add_no_record(const struct view *v, const struct source *s, struct str *out) {
    const struct view_head *head = &v->def->head;
    const struct sv value = source_param(s, head->param);
    if (!head->on.len || !value.len || !v->priv->head || v->priv->head_row >= 0) {
        return;
    }
    const struct sv title = v->def->title;
    const size_t first = out->len + 3;
    str_addf(out, "No %.*s %.*s in the store\n", SV_ARG(title), SV_ARG(value));
    const bool word = title.len > 1 && title.ptr[1] >= 'a' && title.ptr[1] <= 'z'; // and not "LLM"
    if (word && out->ptr[first] >= 'A' && out->ptr[first] <= 'Z') {
        out->ptr[first] = (char)(out->ptr[first] - 'A' + 'a');
    }
}

static void add_no_rows(const struct view *v, struct str *out) {
    struct source s = view_source(v);
    add_no_record(v, &s, out);
    if (v->def->empty.len) {
        str_add_sv(out, v->def->empty);
    } else {
        str_addf(out, "No rows in %.*s", SV_ARG(v->def->title));
    }
    const char *before = " (";
    for (size_t i = 0; i < v->n_params; i++) {
        struct sv value = source_param(&s, v->params[i].name);
        if (value.len) {
            str_addf(out, "%s%.*s=%.*s", before, SV_ARG(v->params[i].name), SV_ARG(value));
            before = ", ";
        }
    }
    str_add_cstr(out, *before == ',' ? ")" : "");
    if (v->tab) {
        const struct view_tab *tab = &v->def->tabs[v->tab - 1];
        str_addf(out, "\n(tab \"%.*s\": %.*s)", SV_ARG(tab->title), SV_ARG(tab->filter));
    }
}

void view_empty_text(const struct view *v, struct str *out) {
    if (v->error.code != ERR_NONE) {
        str_add_cstr(out, v->error.msg);
    } else if (v->running) {
        str_add_cstr(out, "Looking ...");
    } else if (!v->table) {
        add_missing(v, out);
    } else if (v->n_total > 0 && v->n_filters && !v->filters_off) {
        add_hidden_by(v, out);
    } else if (v->n_total > 0 && v->priv->typed.text) {
        str_addf(out, "No row matches: %s", v->priv->typed.text);
    } else {
        add_no_rows(v, out);
    }
}
