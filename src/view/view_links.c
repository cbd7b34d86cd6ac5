// From a row to the views it leads to.
#include "view/overview.h"
#include "view/view_int.h"

enum { LINK_PARAMS = (int)COUNTOF(((struct link_target *)NULL)->params) };

// Rows after the parameters and the definition's own filter.
static int64_t count_rows(const struct source *s) {
    struct rows rows = {0};
    bool cut = false;
    int64_t n = 0;
    if (!s->n_params && !s->def->filter.len) {
        return table_n_rows(s->table);
    }
    if (!source_rows(s, &rows, &cut, NULL)) {
        return 0;
    }
    n = (int64_t)rows.n;
    if (s->def->filter.len) {
        struct filter *f = bind_filter(s->table, s->def, s->def->filter, NULL, NULL);
        struct rows kept = {0};
        if (f && filter_run(f, s->table, &rows, NULL, &kept, NULL)) {
            n = (int64_t)kept.n;
        }
        rows_done(&kept);
        if (f) {
            filter_unref(f);
        }
    }
    rows_done(&rows);
    return n;
}

// A record that is there is worth the way even when no row belongs to it: it counts as 1 then.
static int64_t count_target(const struct view *v, struct link_target *t) {
    struct source s = {.def = t->def, .params = t->params, .n_params = t->n_params};
    struct snapshot *made =
        sv_is(t->def->from, overview_dataset.name) ? overview_snapshot(v->snap, NULL) : NULL;
    s.table = table_get(made ? made : v->snap, t->def->from, NULL);
    const int64_t n = s.table ? count_rows(&s) : 0;
    struct table *head = NULL;
    snapshot_unref(made);
    t->no_rows = n == 0 && t->def->head.on.len && source_head(v->snap, &s, &head) >= 0;
    return t->no_rows ? 1 : n;
}

// The view that a link names, also through "{column}".
static const struct view_def *target_def(const struct view *v, size_t row_idx,
                                         const struct view_link *link) {
    auto_str scratch = STR_INIT;
    struct sv name = link->view;
    if (sv_starts(name, SV("{"))) {
        struct sv column = sv_sub(name, 1, name.len - 2);
        if (!view_value_of(v, row_idx, column, &scratch, &name)) {
            return NULL;
        }
    }
    return view_set_get(v->set, name);
}

// False when the row has no value for a parameter that is needed, or for none at all.
static bool fill_params(const struct view *v, size_t row_idx, struct arena *arena,
                        struct link_target *t) {
    auto_str scratch = STR_INIT;
    for (size_t i = 0; i < t->link->n_with && t->n_params < (size_t)LINK_PARAMS; i++) {
        const struct view_pair *pair = &t->link->with[i];
        const struct view_param *p = def_param(t->def, pair->name);
        struct sv value;
        if (p && view_value_of(v, row_idx, pair->field, &scratch, &value)) {
            t->params[t->n_params++] = (struct view_value){p->name, arena_sv(arena, value)};
        }
    }
    struct source s = {.def = t->def, .params = t->params, .n_params = t->n_params};
    for (size_t i = 0; i < t->def->n_params; i++) {
        if (t->def->params[i].required && !source_param(&s, t->def->params[i].name).len) {
            return false;
        }
    }
    return t->n_params > 0 || !t->link->n_with;
}

static void resolve_link(const struct view *v, size_t row_idx, const struct view_link *link,
                         struct arena *arena, struct link_target *out) {
    *out = (struct link_target){.link = link, .count = LINK_NOWHERE};
    out->def = target_def(v, row_idx, link);
    if (out->def && fill_params(v, row_idx, arena, out)) {
        out->count = LINK_UNKNOWN;
    }
}

static void count_link(const struct view *v, struct link_target *t) {
    if (t->count == LINK_UNKNOWN) {
        t->count = count_target(v, t);
    }
}

size_t view_links(const struct view *v, size_t row_idx, struct arena *arena,
                  struct link_target *out, size_t cap) {
    size_t n = MIN(cap, v->def->n_links);
    for (size_t i = 0; i < n; i++) {
        resolve_link(v, row_idx, &v->def->links[i], arena, &out[i]);
        if (!prepare_running(v)) {
            count_link(v, &out[i]);
        }
    }
    return n;
}

bool view_follow(const struct view *v, size_t row_idx, struct sv link, struct arena *arena,
                 struct link_target *out, struct err *err) {
    const struct view_link *l = def_link(v->def, link);
    if (!l) {
        return err_set(err, ERR_NOT_FOUND, "view %.*s has no link \"%.*s\"", SV_ARG(v->def->name),
                       SV_ARG(link));
    }
    resolve_link(v, row_idx, l, arena, out);
    count_link(v, out);
    struct link_target other;
    if ((out->count <= 0 || out->no_rows) && l->otherwise.len &&
        view_follow(v, row_idx, l->otherwise, arena, &other, NULL)) {
        *out = other;
        return true;
    }
    if (!out->def || out->count < 0) {
        return err_set(err, ERR_NOT_FOUND, "no %.*s here: the row has no such value",
                       SV_ARG(l->label));
    }
    if (out->count == 0) {
        const struct view_value *p = out->n_params ? &out->params[0] : NULL;
        return err_set(err, ERR_NOT_FOUND, "no %.*s%s%.*s in the store", SV_ARG(l->label),
                       p ? " " : "", SV_ARG(p ? p->value : SV_NULL));
    }
    return true;
}

void view_single(const struct view *v, struct arena *arena, struct link_target *target) {
    struct err err = ERR_INIT;
    if (!target->link->single || target->count != 1 || !def_link(target->def, SV("open"))) {
        return;
    }
    struct view *list =
        view_open(v->set, target->def, v->snap, target->params, target->n_params, &err);
    struct link_target row;
    if (list && view_run(list, NULL, &err) && list->rows.n == 1 &&
        view_follow(list, 0, SV("open"), arena, &row, &err)) {
        row.link = target->link;
        *target = row;
    }
    view_free(list);
}

bool view_preview(const struct view *v, size_t row_idx, struct arena *arena,
                  struct link_target *out) {
    for (size_t i = 0; v->def->preview.len && i < v->def->n_links; i++) {
        const struct view_link *link = &v->def->links[i];
        if (sv_eq(link->view, v->def->preview)) {
            resolve_link(v, row_idx, link, arena, out);
            return out->def && out->count != LINK_NOWHERE;
        }
    }
    return false;
}

// --- URLs ---------------------------------------------------------------------------------------

static void add_url_encoded(struct str *out, struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            str_add_byte(out, (char)c);
        } else {
            str_addf(out, "%%%02X", c);
        }
    }
}

bool view_url(const struct view *v, size_t row_idx, struct str *out) {
    auto_str scratch = STR_INIT;
    struct sv rest = v->def->open;
    if (!rest.len) {
        return false;
    }
    for (ptrdiff_t from; (from = sv_find_byte(rest, '{')) >= 0;) {
        struct sv value;
        str_add_sv(out, sv_sub(rest, 0, (size_t)from));
        rest = sv_from(rest, (size_t)from + 1);
        ptrdiff_t to = sv_find_byte(rest, '}');
        if (to < 0 || !view_value_of(v, row_idx, sv_sub(rest, 0, (size_t)to), &scratch, &value)) {
            return false;
        }
        add_url_encoded(out, value);
        rest = sv_from(rest, (size_t)to + 1);
    }
    str_add_sv(out, rest);
    return true;
}
