// What a view file says, held against the datasets, the formats and the other views. Everything
// wrong is reported, each with its place in the file.
#include "view/view_int.h"

struct check {
    const struct view_set *set;
    const struct view_def *def;
    const struct dataset_def *ds;   // of `from`; NULL = unknown (reported once)
    const struct dataset_def *head; // of the head; NULL = none or unknown
    struct def_faults *faults;
    struct def_path root;
};

// Roles that a column may take; "change" and "status" leave the choice to the format.
static const char *const roles[] = {"text",          "dim",     "link",        "label",
                                    "age",           "problem", "change",      "change_worse",
                                    "change_better", "status",  "status_open", "status_active",
                                    "status_done",   "match",   "hint"};

static void want_dataset_column(struct check *c, const struct dataset_def *ds, struct sv name,
                                const struct def_path *at) {
    if (ds && !schema_has(ds, name)) {
        def_fault(c->faults, at, "dataset %s has no column \"%.*s\"", ds->name, SV_ARG(name));
    }
}

// A column of the view by name, or of its dataset.
static bool row_has(const struct check *c, struct sv name) {
    return !c->ds || schema_has(c->ds, name) ||
           def_column(c->def->columns, c->def->n_columns, name);
}

// What links and URLs may name: a row's column, head.NAME, param.NAME.
static void want_value(struct check *c, struct sv name, const struct def_path *at) {
    if (sv_starts(name, SV("param."))) {
        struct sv param = sv_from(name, 6);
        if (!def_param(c->def, param)) {
            def_fault(c->faults, at, "the view has no parameter \"%.*s\"", SV_ARG(param));
        }
    } else if (sv_starts(name, SV("head."))) {
        struct sv field = sv_from(name, 5);
        if (!def_column(c->def->head.columns, c->def->head.n_columns, field) &&
            !(c->head && schema_has(c->head, field))) {
            def_fault(c->faults, at, "the head has no column \"%.*s\"", SV_ARG(field));
        }
    } else if (!row_has(c, name)) {
        def_fault(c->faults, at, "neither the view nor dataset %s has a column \"%.*s\"",
                  c->ds->name, SV_ARG(name));
    }
}

static const struct dataset_def *want_dataset(struct check *c, struct sv name,
                                              const struct def_path *at) {
    const struct dataset_def *ds = view_dataset(name);
    if (!ds) {
        def_fault(c->faults, at, "unknown dataset \"%.*s\"", SV_ARG(name));
    }
    return ds;
}

// --- columns ------------------------------------------------------------------------------------

static bool known_role(struct sv role) {
    for (size_t i = 0; i < COUNTOF(roles); i++) {
        if (sv_is(role, roles[i])) {
            return true;
        }
    }
    return false;
}

static void check_join(struct check *c, const struct view_column *col,
                       const struct dataset_def *base, const struct def_path *at) {
    struct def_path join = {at, "join", 0};
    struct def_path on = {at, "on", 0};
    struct def_path field = {at, "field", 0};
    const struct dataset_def *other = want_dataset(c, col->join, &join);
    if (!col->on_base.len) {
        def_fault(c->faults, at, "\"join\" needs \"on\": {\"own column\": \"its column\"}");
        return;
    }
    want_dataset_column(c, base, col->on_base, &on);
    want_dataset_column(c, other, col->on_other, &on);
    if (col->also_base.len) {
        want_dataset_column(c, base, col->also_base, &on);
        want_dataset_column(c, other, col->also_other, &on);
    }
    want_dataset_column(c, other, col->field, &field);
}

static void check_column_source(struct check *c, const struct view_column *col,
                                const struct dataset_def *base, const struct def_path *at) {
    struct def_path field = {at, "field", 0};
    struct def_path on = {at, "on", 0};
    if (!col->field.len) {
        def_fault(c->faults, at, "a column needs \"field\"");
    } else if (col->join.len) {
        check_join(c, col, base, at);
    } else if (col->on_base.len) {
        def_fault(c->faults, &on, "\"on\" is only for a column with \"join\"");
    } else {
        want_dataset_column(c, base, col->field, &field);
    }
}

// Columns that have a say in the cell: of the same row, or of the record that it is from.
static void check_beside(struct check *c, const struct view_column *col,
                         const struct dataset_def *base, const struct def_path *at) {
    const struct dataset_def *from = col->join.len ? view_dataset(col->join) : base;
    const struct {
        const char *field;
        struct sv column;
        const struct dataset_def *dataset;
    } beside[] = {{"sign", col->sign, base},       {"worse", col->worse, base},
                  {"instead", col->instead, base}, {"when_open", col->when_open, base},
                  {"least", col->least, from},     {"suffix", col->suffix, from}};
    for (size_t i = 0; i < COUNTOF(beside); i++) {
        const struct def_path path = {at, beside[i].field, 0};
        if (beside[i].column.len) {
            want_dataset_column(c, beside[i].dataset, beside[i].column, &path);
        }
    }
}

static void check_column(struct check *c, const struct view_column *col,
                         const struct dataset_def *base, const struct def_path *at) {
    struct def_path format = {at, "format", 0};
    struct def_path role = {at, "role", 0};
    struct def_path link = {at, "link", 0};
    check_column_source(c, col, base, at);
    if (col->format.len && !cell_format_find(col->format)) {
        def_fault(c->faults, &format, "unknown format \"%.*s\"", SV_ARG(col->format));
    }
    if (col->role.len && !known_role(col->role)) {
        def_fault(c->faults, &role, "unknown role \"%.*s\"", SV_ARG(col->role));
    }
    if (col->link.len && !def_link(c->def, col->link)) {
        def_fault(c->faults, &link, "the view has no link \"%.*s\"", SV_ARG(col->link));
    }
    check_beside(c, col, base, at);
}

static void check_columns(struct check *c, const struct view_column *cols, size_t n,
                          const struct dataset_def *base, const struct def_path *list) {
    for (size_t i = 0; i < n; i++) {
        struct def_path at = {list, NULL, i};
        check_column(c, &cols[i], base, &at);
        if (cols[i].name.len && def_column(cols, i, cols[i].name)) {
            struct def_path name = {&at, "name", 0};
            def_fault(c->faults, &name, "a second column is called \"%.*s\"; give it a \"name\"",
                      SV_ARG(cols[i].name));
        }
    }
}

static void check_sort_and_key(struct check *c) {
    const struct view_def *def = c->def;
    struct def_path key = {&c->root, "key", 0};
    struct def_path sort = {&c->root, "sort", 0};
    struct def_path id = {&c->root, "id", 0};
    for (size_t i = 0; i < def->n_key; i++) {
        struct def_path at = {&key, NULL, i};
        want_dataset_column(c, c->ds, def->key[i], &at);
    }
    for (size_t i = 0; i < def->n_sort; i++) {
        struct def_path at = {&sort, NULL, i};
        struct sv name = def->sort[i];
        name = sv_starts(name, SV("-")) ? sv_from(name, 1) : name;
        if (!def_column(def->columns, def->n_columns, name)) {
            def_fault(c->faults, &at, "the view has no column \"%.*s\"", SV_ARG(name));
        }
    }
    if (def->id.len && !row_has(c, def->id)) {
        def_fault(c->faults, &id, "neither the view nor its dataset has a column \"%.*s\"",
                  SV_ARG(def->id));
    }
}

// --- links --------------------------------------------------------------------------------------

static bool link_fills(const struct view_link *link, struct sv param) {
    for (size_t i = 0; i < link->n_with; i++) {
        if (sv_eq(link->with[i].name, param)) {
            return true;
        }
    }
    return false;
}

static void check_with(struct check *c, const struct view_link *link, const struct view_def *target,
                       const struct def_path *at) {
    struct def_path with = {at, "with", 0};
    char name[128];
    for (size_t i = 0; i < link->n_with; i++) {
        const struct view_pair *pair = &link->with[i];
        snprintf(name, sizeof name, "%.*s", SV_ARG(pair->name));
        struct def_path here = {&with, name, 0};
        want_value(c, pair->field, &here);
        if (target && !def_param(target, pair->name)) {
            def_fault(c->faults, &here, "view %.*s has no parameter \"%.*s\"", SV_ARG(target->name),
                      SV_ARG(pair->name));
        }
    }
    for (size_t i = 0; target && i < target->n_params; i++) {
        if (target->params[i].required && !link_fills(link, target->params[i].name)) {
            def_fault(c->faults, at, "view %.*s needs the parameter \"%.*s\"", SV_ARG(target->name),
                      SV_ARG(target->params[i].name));
        }
    }
}

static void check_link_names(struct check *c, size_t idx, const struct def_path *at) {
    const struct view_link *link = &c->def->links[idx];
    struct def_path name = {at, "name", 0};
    struct def_path key = {at, "key", 0};
    if (!link->name.len) {
        def_fault(c->faults, at, "a link needs \"name\"");
    }
    for (size_t i = 0; i < idx; i++) {
        const struct view_link *other = &c->def->links[i];
        if (link->name.len && sv_eq(other->name, link->name)) {
            def_fault(c->faults, &name, "a second link is called \"%.*s\"", SV_ARG(link->name));
        }
        if (link->key && other->key == link->key) {
            def_fault(c->faults, &key, "key \"%c\" is taken by link \"%.*s\"", link->key,
                      SV_ARG(other->name));
        }
    }
}

static void check_links(struct check *c) {
    struct def_path links = {&c->root, "links", 0};
    for (size_t i = 0; i < c->def->n_links; i++) {
        const struct view_link *link = &c->def->links[i];
        struct def_path at = {&links, NULL, i};
        struct def_path view = {&at, "view", 0};
        check_link_names(c, i, &at);
        const struct view_def *target = NULL;
        const struct view_link *other = def_link(c->def, link->otherwise);
        if (link->otherwise.len && (!other || other->otherwise.len)) {
            struct def_path at_else = {&at, "else", 0};
            def_fault(c->faults, &at_else, "expected another link of the view, without \"else\"");
        }
        if (!link->view.len) {
            def_fault(c->faults, &at, "a link needs \"view\"");
        } else if (sv_starts(link->view, SV("{")) && sv_ends(link->view, SV("}"))) {
            want_value(c, sv_sub(link->view, 1, link->view.len - 2), &view);
        } else {
            target = view_set_get(c->set, link->view);
            if (!target) {
                def_fault(c->faults, &view, "unknown view \"%.*s\"", SV_ARG(link->view));
            }
        }
        check_with(c, link, target, &at);
    }
}

// --- the rest -----------------------------------------------------------------------------------

static void want_row_column(struct check *c, struct sv name, const struct def_path *at) {
    if (name.len && !row_has(c, name)) {
        def_fault(c->faults, at, "neither the view nor its dataset has a column \"%.*s\"",
                  SV_ARG(name));
    }
}

static void check_params(struct check *c) {
    struct def_path params = {&c->root, "params", 0};
    const struct view_def *def = c->def;
    for (size_t i = 0; i < def->n_params; i++) {
        const struct view_param *p = &def->params[i];
        struct def_path at = {&params, NULL, i};
        struct def_path field = {&at, "field", 0};
        struct def_path others = {&at, "or", 0};
        if (!p->name.len) {
            def_fault(c->faults, &at, "a parameter needs \"name\"");
        }
        want_row_column(c, p->field, &field);
        for (size_t j = 0; j < p->n_others; j++) {
            struct def_path other = {&others, NULL, j};
            want_row_column(c, p->others[j], &other);
        }
        for (size_t j = 0; j < i; j++) {
            if (sv_eq(def->params[j].name, p->name)) {
                def_fault(c->faults, &at, "a second parameter is called \"%.*s\"", SV_ARG(p->name));
            }
        }
    }
}

static void check_head(struct check *c) {
    const struct view_head *head = &c->def->head;
    struct def_path at = {&c->root, "head", 0};
    struct def_path from = {&at, "from", 0};
    struct def_path on = {&at, "on", 0};
    struct def_path param = {&at, "param", 0};
    struct def_path columns = {&at, "columns", 0};
    if (!head->from.len) {
        if (head->on.len || head->param.len || head->n_columns) {
            def_fault(c->faults, &at, "a head needs \"from\"");
        }
        return;
    }
    c->head = want_dataset(c, head->from, &from);
    if (!head->on.len && head->param.len) {
        def_fault(c->faults, &param, "\"param\" is only for a head with \"on\"");
    }
    if (head->on.len) {
        want_dataset_column(c, c->head, head->on, &on);
    }
    if (head->on.len && !def_param(c->def, head->param)) {
        def_fault(c->faults, &param, "the view has no parameter \"%.*s\"", SV_ARG(head->param));
    }
    check_columns(c, head->columns, head->n_columns, c->head, &columns);
}

static void check_range(struct check *c) {
    const struct view_range *range = &c->def->range;
    struct def_path at = {&c->root, "range", 0};
    if (!range->node.len && !range->parents.len && !range->to_param.len) {
        return;
    }
    const struct {
        const char *key;
        struct sv value;
        bool column;
    } parts[] = {
        {"from", range->from_param, false},
        {"to", range->to_param, false},
        {"node", range->node, true},
        {"parents", range->parents, true},
    };
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        struct def_path here = {&at, parts[i].key, 0};
        if (parts[i].column) {
            want_dataset_column(c, c->ds, parts[i].value, &here);
        } else if (!def_param(c->def, parts[i].value)) {
            def_fault(c->faults, &here, "the view has no parameter \"%.*s\"",
                      SV_ARG(parts[i].value));
        }
    }
}

// {NAME} inside a text.
static void check_braces(struct check *c, struct sv text, const struct def_path *at) {
    struct sv rest = text;
    for (ptrdiff_t from; (from = sv_find_byte(rest, '{')) >= 0;) {
        rest = sv_from(rest, (size_t)from + 1);
        ptrdiff_t to = sv_find_byte(rest, '}');
        if (to < 0) {
            def_fault(c->faults, at, "a \"{\" without \"}\"");
            return;
        }
        want_value(c, sv_sub(rest, 0, (size_t)to), at);
        rest = sv_from(rest, (size_t)to + 1);
    }
}

static void check_open(struct check *c) {
    struct def_path at = {&c->root, "open", 0};
    check_braces(c, c->def->open, &at);
}

// --- filters ------------------------------------------------------------------------------------

static const struct dataset_def *filter_column(const struct check *c, struct sv name,
                                               struct sv *field) {
    const struct view_column *col = def_column(c->def->columns, c->def->n_columns, name);
    *field = col ? col->field : name;
    return col && col->join.len ? view_dataset(col->join) : c->ds;
}

// A column as the schema describes it, over no table: enough to see whether a filter makes sense.
static bool resolve_schema(void *arg, struct sv name, struct column *out, struct err *err) {
    const struct check *c = arg;
    struct sv field;
    const struct dataset_def *ds = filter_column(c, name, &field);
    if (!ds || !schema_has(ds, field)) {
        return err_set(err, ERR_USAGE, "no column \"%.*s\"", SV_ARG(name));
    }
    *out = (struct column){.name = field, .col = -1, .class = CLASS_TEXT};
    int col = schema_column(ds, field);
    if (col >= 0) {
        out->class = schema_class(&ds->columns[col]);
        out->unit = ds->columns[col].unit;
        out->values = ds->columns[col].values ? enum_find(sv_cstr(ds->columns[col].values)) : NULL;
    }
    return true;
}

static void check_filter(struct check *c, struct sv text, const struct def_path *at) {
    static const struct column any_text = {.col = -1, .class = CLASS_TEXT};
    struct err err = ERR_INIT;
    if (!text.len || !c->ds) {
        return;
    }
    const struct filter_env env = {.resolve = resolve_schema,
                                   .arg = c,
                                   .text_columns = &any_text,
                                   .n_text_columns = 1,
                                   .now_us = clock_now_us()};
    struct filter *f = filter_parse(text, &env, NULL, &err);
    if (!f) {
        def_fault(c->faults, at, "%s", err.msg);
        return;
    }
    filter_unref(f);
}

// --- plot ---------------------------------------------------------------------------------------

static bool can_be_plotted(const struct column *c, bool time) {
    bool number = (c->class == CLASS_INT && !c->values) || c->class == CLASS_FLOAT;
    return number || (time && c->class == CLASS_TIME);
}

// A column of the view; for x and y one that has a place on an axis.
static void check_plot_column(struct check *c, struct sv name, const char *key, bool time) {
    struct def_path plot = {&c->root, "plot", 0};
    struct def_path at = {&plot, key, 0};
    struct column column = {0};
    bool axis = key[1] == '\0';
    if (!name.len) {
        return;
    }
    if (!def_column(c->def->columns, c->def->n_columns, name)) {
        def_fault(c->faults, &at, "the view has no column \"%.*s\"", SV_ARG(name));
    } else if (axis && resolve_schema(c, name, &column, NULL) && !can_be_plotted(&column, time)) {
        def_fault(c->faults, &at, "column \"%.*s\" holds no numbers%s to plot", SV_ARG(name),
                  time ? " or times" : "");
    }
}

static void check_plot(struct check *c) {
    const struct view_plot *plot = &c->def->plot;
    struct def_path at = {&c->root, "plot", 0};
    struct def_path bins = {&at, "bins", 0};
    const struct {
        const char *key;
        struct sv text;
    } texts[] = {{"title", plot->title},
                 {"x_label", plot->x_label},
                 {"y_label", plot->y_label},
                 {"unit", plot->unit}};
    if (plot->kind == PLOT_NONE) {
        return;
    }
    check_plot_column(c, plot->x, "x", true);
    check_plot_column(c, plot->y, "y", false);
    check_plot_column(c, plot->name, "name", false);
    check_plot_column(c, plot->mark, "mark", false);
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct def_path here = {&at, texts[i].key, 0};
        check_braces(c, texts[i].text, &here);
    }
    bool histogram = plot->kind == PLOT_HISTOGRAM;
    if (histogram ? !plot->x.len : !plot->y.len) {
        def_fault(c->faults, &at, "this kind of plot needs \"%s\"", histogram ? "x" : "y");
    }
    if (histogram && (plot->bins < 1 || plot->bins > PLOT_BINS_MAX)) {
        def_fault(c->faults, &bins, "expected 1 to %d bins", PLOT_BINS_MAX);
    }
}

// --- tabs and keys ------------------------------------------------------------------------------

static void check_tabs(struct check *c) {
    struct def_path tabs = {&c->root, "tabs", 0};
    for (size_t i = 0; i < c->def->n_tabs; i++) {
        struct def_path at = {&tabs, NULL, i};
        struct def_path filter = {&at, "filter", 0};
        check_filter(c, c->def->tabs[i].filter, &filter);
        if (!c->def->tabs[i].title.len) {
            def_fault(c->faults, &at, "a tab needs \"title\"");
        }
    }
}

static void check_pane(struct check *c) {
    const struct view_def *def = c->def;
    struct def_path pane = {&c->root, "pane", 0};
    struct def_path text = {&c->root, "text", 0};
    if (def->pane == PANE_TEXT && !def->text.len) {
        def_fault(c->faults, &pane, "a pane for text needs \"text\", the column to show");
    } else if (def->pane != PANE_TEXT && def->text.len) {
        def_fault(c->faults, &text, "\"text\" is only for \"pane\": \"text\"");
    } else if (def->text.len && !def_column(def->columns, def->n_columns, def->text)) {
        def_fault(c->faults, &text, "the view has no column \"%.*s\"", SV_ARG(def->text));
    }
}

static void check_go(struct check *c) {
    struct def_path at = {&c->root, "go", 0};
    const struct view_def *def = c->def;
    if (!def->go.len) {
        return;
    }
    if (def->go.len != 1 || def->go.ptr[0] <= ' ' || def->go.ptr[0] >= 0x7f) {
        def_fault(c->faults, &at, "expected one printable ASCII character");
        return;
    }
    for (size_t i = 0; i < view_set_n(c->set); i++) {
        const struct view_def *other = view_set_at(c->set, i);
        if (!sv_eq(other->name, def->name) && sv_eq(other->go, def->go)) {
            def_fault(c->faults, &at, "\"%.*s\" is taken by view %.*s", SV_ARG(def->go),
                      SV_ARG(other->name));
        }
    }
}

void def_check(const struct view_set *set, const struct view_def *def, struct def_faults *faults) {
    struct check c = {.set = set, .def = def, .faults = faults};
    struct def_path name = {&c.root, "name", 0};
    struct def_path from = {&c.root, "from", 0};
    struct def_path columns = {&c.root, "columns", 0};
    struct def_path preview = {&c.root, "preview", 0};
    struct def_path filter = {&c.root, "filter", 0};
    if (!def->name.len) {
        def_fault(faults, &name, "a view needs \"name\"");
    }
    c.ds = want_dataset(&c, def->from, &from);
    if (view_dataset(def->name) && !sv_eq(def->name, def->from)) {
        def_fault(faults, &from, "a view with the name of dataset %.*s must show that dataset",
                  SV_ARG(def->name));
    }
    check_pane(&c);
    check_head(&c);
    check_columns(&c, def->columns, def->n_columns, c.ds, &columns);
    check_sort_and_key(&c);
    check_params(&c);
    check_links(&c);
    check_range(&c);
    check_filter(&c, def->filter, &filter);
    check_tabs(&c);
    check_open(&c);
    check_go(&c);
    check_plot(&c);
    if (def->preview.len && !view_set_get(set, def->preview)) {
        def_fault(faults, &preview, "unknown view \"%.*s\"", SV_ARG(def->preview));
    }
}
