// What a view file leaves out: names, labels, columns, the key, link letters.
#include "view/view_int.h"

static struct sv with_blanks(struct arena *a, struct sv name, bool capital) {
    char *text = arena_strdup(a, name);
    for (size_t i = 0; i < name.len; i++) {
        if (text[i] == '_') {
            text[i] = ' ';
        }
    }
    if (capital && name.len && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = (char)(text[0] - 'a' + 'A');
    }
    return sv_make(text, name.len);
}

static size_t count_visible(const struct dataset_def *ds) {
    size_t n = 0;
    for (size_t i = 0; i < ds->n_columns; i++) {
        n += !(ds->columns[i].flags & COL_HIDDEN);
    }
    return n;
}

// All columns; those kept for `dump` only are there but hidden, behind the others.
static void add_all_columns(struct view_def *def, const struct dataset_def *ds, struct arena *a) {
    def->n_columns = ds->n_columns;
    def->columns = arena_zalloc(a, ds->n_columns + 1, sizeof *def->columns);
    size_t shown = 0;
    size_t hidden = count_visible(ds);
    for (size_t i = 0; i < ds->n_columns; i++) {
        bool hide = ds->columns[i].flags & COL_HIDDEN;
        struct view_column *c = &def->columns[hide ? hidden++ : shown++];
        c->field = sv_cstr(ds->columns[i].name);
        c->hidden = hide;
    }
}

// The unit stands in the header, unless the file gives a label of its own.
static struct sv default_label(const struct view_column *c, const struct dataset_def *ds,
                               struct arena *a) {
    struct sv label = with_blanks(a, c->name, false);
    int col = ds ? schema_column(ds, c->field) : -1;
    const char *unit = col >= 0 ? ds->columns[col].unit : NULL;
    // The first two show the unit in each cell, the others say it in their name.
    if (!unit || sv_is(sv_cstr(unit), "percent") || sv_is(sv_cstr(unit), "bytes") ||
        (sv_is(sv_cstr(unit), "min") && sv_ends(label, SV("minutes"))) ||
        (sv_is(sv_cstr(unit), "h") && sv_ends(label, SV("hours")))) {
        return label;
    }
    return sv_cstr(arena_printf(a, "%.*s (%s)", SV_ARG(label), unit));
}

static void complete_columns(struct view_column *columns, size_t n, struct sv from,
                             struct arena *a) {
    for (size_t i = 0; i < n; i++) {
        struct view_column *c = &columns[i];
        if (!c->name.len) {
            c->name = c->field;
        }
        if (!c->label.len) {
            c->label = default_label(c, view_dataset(c->join.len ? c->join : from), a);
        }
    }
}

static void default_key(struct view_def *def, const struct dataset_def *ds, struct arena *a) {
    struct sv rest = sv_cstr(ds->key);
    struct sv part;
    def->key = arena_zalloc(a, ds->n_columns + 1, sizeof *def->key);
    while (rest.len && sv_split(&rest, ',', &part)) {
        if (def->n_key < ds->n_columns) {
            def->key[def->n_key++] = part;
        }
    }
}

static void complete_params(struct view_def *def, const struct dataset_def *ds) {
    for (size_t i = 0; i < def->n_params; i++) {
        struct view_param *p = &def->params[i];
        bool range = def->range.node.len &&
                     (sv_eq(p->name, def->range.from_param) || sv_eq(p->name, def->range.to_param));
        if (!p->field.len && !range && ds &&
            (schema_column(ds, p->name) >= 0 ||
             def_column(def->columns, def->n_columns, p->name))) {
            p->field = p->name;
        }
    }
}

static bool key_taken(const struct view_def *def, char key) {
    for (size_t i = 0; i < def->n_links; i++) {
        if (def->links[i].key == key) {
            return true;
        }
    }
    return false;
}

// A link without a letter gets the first free one of its name, then of the alphabet.
static void choose_key(const struct view_def *def, struct view_link *link) {
    for (size_t i = 0; i < link->name.len + 26; i++) {
        char c = i < link->name.len ? link->name.ptr[i] : (char)('a' + (i - link->name.len));
        if (c >= 'a' && c <= 'z' && !key_taken(def, c)) {
            link->key = c;
            return;
        }
    }
}

static void complete_links(struct view_def *def) {
    for (size_t i = 0; i < def->n_links; i++) {
        struct view_link *link = &def->links[i];
        if (!link->label.len) {
            link->label = link->name;
        }
        if (!link->key) {
            choose_key(def, link);
        }
    }
}

void def_complete(struct view_def *def, struct arena *a) {
    const struct dataset_def *ds = view_dataset(def->from);
    if (!def->title.len) {
        def->title = with_blanks(a, def->name, true);
    }
    if (ds && !def->n_columns) {
        add_all_columns(def, ds, a);
    }
    if (ds && !def->n_key) {
        default_key(def, ds, a);
    }
    complete_columns(def->columns, def->n_columns, def->from, a);
    complete_columns(def->head.columns, def->head.n_columns, def->head.from, a);
    complete_params(def, ds);
    complete_links(def);
}

void def_for_dataset(struct view_def *def, const struct dataset_def *ds, struct arena *a) {
    *def = (struct view_def){
        .name = sv_cstr(ds->name),
        .title = sv_cstr(ds->title),
        .help = sv_cstr(ds->help),
        .from = sv_cstr(ds->name),
        .source = SV("(dataset)"),
        .built_in = true,
    };
    default_key(def, ds, a);
    def->params = arena_zalloc(a, def->n_key + 1, sizeof *def->params);
    def->n_params = def->n_key;
    for (size_t i = 0; i < def->n_key; i++) {
        def->params[i] = (struct view_param){.name = def->key[i], .field = def->key[i]};
    }
    def_complete(def, a);
}
