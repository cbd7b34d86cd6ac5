// A view file's JSON into struct view_def: shapes and types only. One table of fields for each kind
// of object; names are checked against the catalog later (def_check.c).
#include "view/view_int.h"

#include <string.h>

enum field_type { FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_OWN };

struct reader;

struct field {
    const char *name;
    enum field_type type;
    size_t offset; // into the object, for the plain types
    void (*read)(struct reader *r, const json_t *value, void *object, const struct def_path *at);
};

struct reader {
    struct arena *arena;
    struct def_faults *faults;
};

static const char *json_kind(const json_t *value) {
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",  [JSON_STRING] = "text",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };
    return names[json_typeof(value)];
}

static bool want(struct reader *r, bool ok, const char *expected, const json_t *value,
                 const struct def_path *at) {
    if (!ok) {
        def_fault(r->faults, at, "expected %s, found %s", expected, json_kind(value));
    }
    return ok;
}

static struct sv take_text(struct reader *r, const json_t *value) {
    return arena_sv(r->arena, sv_make(json_string_value(value), json_string_length(value)));
}

static void read_text(struct reader *r, const json_t *value, struct sv *out,
                      const struct def_path *at) {
    if (want(r, json_is_string(value), "text", value, at)) {
        *out = take_text(r, value);
    }
}

// --- objects by table ---------------------------------------------------------------------------

static const struct field *find_field(const struct field *fields, const char *name) {
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0) {
            return fields;
        }
    }
    return NULL;
}

static void fault_unknown(struct reader *r, const struct field *fields, const char *name,
                          const struct def_path *at) {
    auto_str known = STR_INIT;
    for (; fields->name; fields++) {
        str_addf(&known, "%s%s", known.len ? ", " : "", fields->name);
    }
    def_fault(r->faults, at, "unknown field \"%s\"; known here: %s", name, str_cstr(&known));
}

static void read_field(struct reader *r, const struct field *f, const json_t *value, void *object,
                       const struct def_path *at) {
    void *slot = (char *)object + f->offset;
    switch (f->type) {
    case FIELD_TEXT:
        read_text(r, value, slot, at);
        break;
    case FIELD_INT:
        if (want(r, json_is_integer(value), "a whole number", value, at)) {
            json_int_t n = json_integer_value(value);
            if (n < 0 || n > 10000) {
                def_fault(r->faults, at, "expected a number from 0 to 10000");
            } else {
                *(int *)slot = (int)n;
            }
        }
        break;
    case FIELD_BOOL:
        if (want(r, json_is_boolean(value), "true or false", value, at)) {
            *(bool *)slot = json_is_true(value);
        }
        break;
    case FIELD_OWN:
        f->read(r, value, object, at);
        break;
    }
}

static void read_object(struct reader *r, const json_t *json, const struct field *fields,
                        void *object, const struct def_path *at) {
    if (!want(r, json_is_object(json), "an object", json, at)) {
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value) {
        struct def_path here = {at, name, 0};
        const struct field *f = find_field(fields, name);
        if (f) {
            read_field(r, f, value, object, &here);
        } else {
            fault_unknown(r, fields, name, &here);
        }
    }
}

// A list of objects into `n` fresh structs of `size` bytes; a plain text in the list stands for an
// object with only its first field.
static void *read_list(struct reader *r, const json_t *json, const struct field *fields,
                       size_t size, size_t *n, const struct def_path *at) {
    *n = 0;
    if (!want(r, json_is_array(json), "a list", json, at)) {
        return NULL;
    }
    size_t count = json_array_size(json);
    char *items = arena_zalloc(r->arena, count + 1, size);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        struct def_path here = {at, NULL, i};
        if (json_is_string(item)) {
            read_field(r, &fields[0], item, items + i * size, &here);
        } else {
            read_object(r, item, fields, items + i * size, &here);
        }
    }
    *n = count;
    return items;
}

static struct sv *read_texts(struct reader *r, const json_t *json, size_t *n,
                             const struct def_path *at) {
    static const struct field text[] = {{"text", FIELD_TEXT, 0, NULL}, {0}};
    return read_list(r, json, text, sizeof(struct sv), n, at);
}

// {"name": "field", ...}
static struct view_pair *read_pairs(struct reader *r, const json_t *json, size_t *n,
                                    const struct def_path *at) {
    *n = 0;
    if (!want(r, json_is_object(json), "an object", json, at)) {
        return NULL;
    }
    struct view_pair *pairs = arena_zalloc(r->arena, json_object_size(json) + 1, sizeof *pairs);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value) {
        struct def_path here = {at, name, 0};
        pairs[*n].name = arena_sv(r->arena, sv_cstr(name));
        read_text(r, value, &pairs[*n].field, &here);
        (*n)++;
    }
    return pairs;
}

// --- columns ------------------------------------------------------------------------------------

static void read_on(struct reader *r, const json_t *value, void *object,
                    const struct def_path *at) {
    struct view_column *c = object;
    size_t n = 0;
    struct view_pair *pairs = read_pairs(r, value, &n, at);
    if (pairs && n != 1 && n != 2) {
        def_fault(r->faults, at, "expected one or two pairs, {\"own column\": \"column of join\"}");
        return;
    }
    if (pairs) {
        c->on_base = pairs[0].name;
        c->on_other = pairs[0].field;
    }
    if (pairs && n == 2) {
        c->also_base = pairs[1].name;
        c->also_other = pairs[1].field;
    }
}

static void read_align(struct reader *r, const json_t *value, void *object,
                       const struct def_path *at) {
    struct view_column *c = object;
    struct sv text = SV_NULL;
    read_text(r, value, &text, at);
    c->align_given = true;
    c->right = sv_is(text, "right");
    if (text.ptr && !c->right && !sv_is(text, "left")) {
        def_fault(r->faults, at, "expected \"left\" or \"right\"");
    }
}

static void read_cut(struct reader *r, const json_t *value, void *object,
                     const struct def_path *at) {
    struct view_column *c = object;
    struct sv text = SV_NULL;
    read_text(r, value, &text, at);
    c->cut_middle = sv_is(text, "middle");
    if (text.ptr && !c->cut_middle && !sv_is(text, "end")) {
        def_fault(r->faults, at, "expected \"end\" or \"middle\"");
    }
}

#define COLUMN(member) offsetof(struct view_column, member)

static const struct field column_fields[] = {
    {"field", FIELD_TEXT, COLUMN(field), NULL},
    {"name", FIELD_TEXT, COLUMN(name), NULL},
    {"label", FIELD_TEXT, COLUMN(label), NULL},
    {"format", FIELD_TEXT, COLUMN(format), NULL},
    {"role", FIELD_TEXT, COLUMN(role), NULL},
    {"link", FIELD_TEXT, COLUMN(link), NULL},
    {"sign", FIELD_TEXT, COLUMN(sign), NULL},
    {"worse", FIELD_TEXT, COLUMN(worse), NULL},
    {"instead", FIELD_TEXT, COLUMN(instead), NULL},
    {"when_open", FIELD_TEXT, COLUMN(when_open), NULL},
    {"least", FIELD_TEXT, COLUMN(least), NULL},
    {"suffix", FIELD_TEXT, COLUMN(suffix), NULL},
    {"join", FIELD_TEXT, COLUMN(join), NULL},
    {"on", FIELD_OWN, 0, read_on},
    {"width", FIELD_INT, COLUMN(width), NULL},
    {"hidden", FIELD_BOOL, COLUMN(hidden), NULL},
    {"optional", FIELD_BOOL, COLUMN(optional), NULL},
    {"align", FIELD_OWN, 0, read_align},
    {"cut", FIELD_OWN, 0, read_cut},
    {0},
};

// --- links, parameters, tabs --------------------------------------------------------------------

static void read_link_key(struct reader *r, const json_t *value, void *object,
                          const struct def_path *at) {
    struct view_link *link = object;
    struct sv text = SV_NULL;
    read_text(r, value, &text, at);
    if (text.len == 1 && text.ptr[0] > ' ' && text.ptr[0] < 0x7f) {
        link->key = text.ptr[0];
    } else if (text.ptr) {
        def_fault(r->faults, at, "expected one printable ASCII character");
    }
}

static void read_with(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    struct view_link *link = object;
    link->with = read_pairs(r, value, &link->n_with, at);
}

static const struct field link_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct view_link, name), NULL},
    {"label", FIELD_TEXT, offsetof(struct view_link, label), NULL},
    {"key", FIELD_OWN, 0, read_link_key},
    {"view", FIELD_TEXT, offsetof(struct view_link, view), NULL},
    {"with", FIELD_OWN, 0, read_with},
    {"else", FIELD_TEXT, offsetof(struct view_link, otherwise), NULL},
    {"single", FIELD_BOOL, offsetof(struct view_link, single), NULL},
    {0},
};

static void read_or(struct reader *r, const json_t *value, void *object,
                    const struct def_path *at) {
    struct view_param *p = object;
    p->others = read_texts(r, value, &p->n_others, at);
}

static const struct field param_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct view_param, name), NULL},
    {"field", FIELD_TEXT, offsetof(struct view_param, field), NULL},
    {"or", FIELD_OWN, 0, read_or},
    {"required", FIELD_BOOL, offsetof(struct view_param, required), NULL},
    {"many", FIELD_BOOL, offsetof(struct view_param, many), NULL},
    {0},
};

static const struct field tab_fields[] = {
    {"title", FIELD_TEXT, offsetof(struct view_tab, title), NULL},
    {"filter", FIELD_TEXT, offsetof(struct view_tab, filter), NULL},
    {0},
};

// --- head and range -----------------------------------------------------------------------------

static void read_head_columns(struct reader *r, const json_t *value, void *object,
                              const struct def_path *at) {
    struct view_head *head = object;
    head->columns = read_list(r, value, column_fields, sizeof *head->columns, &head->n_columns, at);
}

static const struct field head_fields[] = {
    {"from", FIELD_TEXT, offsetof(struct view_head, from), NULL},
    {"on", FIELD_TEXT, offsetof(struct view_head, on), NULL},
    {"param", FIELD_TEXT, offsetof(struct view_head, param), NULL},
    {"columns", FIELD_OWN, 0, read_head_columns},
    {0},
};

static const struct field range_fields[] = {
    {"from", FIELD_TEXT, offsetof(struct view_range, from_param), NULL},
    {"to", FIELD_TEXT, offsetof(struct view_range, to_param), NULL},
    {"node", FIELD_TEXT, offsetof(struct view_range, node), NULL},
    {"parents", FIELD_TEXT, offsetof(struct view_range, parents), NULL},
    {0},
};

// --- plot ---------------------------------------------------------------------------------------

static void read_plot_kind(struct reader *r, const json_t *value, void *object,
                           const struct def_path *at) {
    static const char *const names[] = {
        [PLOT_LINE] = "line", [PLOT_HISTOGRAM] = "histogram", [PLOT_STRIP] = "strip"};
    struct view_plot *plot = object;
    struct sv text = SV_NULL;
    read_text(r, value, &text, at);
    for (size_t i = PLOT_LINE; i < COUNTOF(names); i++) {
        if (sv_is(text, names[i])) {
            plot->kind = (enum plot_kind)i;
            return;
        }
    }
    if (text.ptr) {
        def_fault(r->faults, at, "expected \"line\", \"histogram\" or \"strip\"");
    }
}

static const struct field plot_fields[] = {
    {"kind", FIELD_OWN, 0, read_plot_kind},
    {"x", FIELD_TEXT, offsetof(struct view_plot, x), NULL},
    {"y", FIELD_TEXT, offsetof(struct view_plot, y), NULL},
    {"name", FIELD_TEXT, offsetof(struct view_plot, name), NULL},
    {"mark", FIELD_TEXT, offsetof(struct view_plot, mark), NULL},
    {"bins", FIELD_INT, offsetof(struct view_plot, bins), NULL},
    {"title", FIELD_TEXT, offsetof(struct view_plot, title), NULL},
    {"x_label", FIELD_TEXT, offsetof(struct view_plot, x_label), NULL},
    {"y_label", FIELD_TEXT, offsetof(struct view_plot, y_label), NULL},
    {"unit", FIELD_TEXT, offsetof(struct view_plot, unit), NULL},
    {0},
};

// --- the view -----------------------------------------------------------------------------------

static void read_pane(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    static const char *const names[] = {[PANE_TABLE] = "table",
                                        [PANE_DETAIL] = "detail",
                                        [PANE_DIFF] = "diff",
                                        [PANE_TEXT] = "text"};
    struct view_def *def = object;
    struct sv text = SV_NULL;
    read_text(r, value, &text, at);
    for (size_t i = 0; i < COUNTOF(names); i++) {
        if (sv_is(text, names[i])) {
            def->pane = (enum view_pane)i;
            return;
        }
    }
    if (text.ptr) {
        def_fault(r->faults, at, "expected \"table\", \"detail\", \"diff\" or \"text\"");
    }
}

static void read_key(struct reader *r, const json_t *value, void *object,
                     const struct def_path *at) {
    struct view_def *def = object;
    def->key = read_texts(r, value, &def->n_key, at);
}

static void read_sort(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    struct view_def *def = object;
    def->sort = read_texts(r, value, &def->n_sort, at);
    if (def->n_sort > COUNTOF(((struct view *)NULL)->sort)) {
        def_fault(r->faults, at, "expected at most %zu sort columns",
                  COUNTOF(((struct view *)NULL)->sort));
        def->n_sort = COUNTOF(((struct view *)NULL)->sort);
    }
}

static void read_columns(struct reader *r, const json_t *value, void *object,
                         const struct def_path *at) {
    struct view_def *def = object;
    def->columns = read_list(r, value, column_fields, sizeof *def->columns, &def->n_columns, at);
}

static void read_links(struct reader *r, const json_t *value, void *object,
                       const struct def_path *at) {
    struct view_def *def = object;
    def->links = read_list(r, value, link_fields, sizeof *def->links, &def->n_links, at);
}

static void read_params(struct reader *r, const json_t *value, void *object,
                        const struct def_path *at) {
    struct view_def *def = object;
    def->params = read_list(r, value, param_fields, sizeof *def->params, &def->n_params, at);
}

static void read_tabs(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    struct view_def *def = object;
    def->tabs = read_list(r, value, tab_fields, sizeof *def->tabs, &def->n_tabs, at);
}

static void read_head(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    read_object(r, value, head_fields, &((struct view_def *)object)->head, at);
}

static void read_range(struct reader *r, const json_t *value, void *object,
                       const struct def_path *at) {
    read_object(r, value, range_fields, &((struct view_def *)object)->range, at);
}

static void read_plot(struct reader *r, const json_t *value, void *object,
                      const struct def_path *at) {
    struct view_plot *plot = &((struct view_def *)object)->plot;
    plot->bins = PLOT_BINS;
    read_object(r, value, plot_fields, plot, at);
    if (plot->kind == PLOT_NONE && json_is_object(value) && !json_object_get(value, "kind")) {
        def_fault(r->faults, at, "a plot needs \"kind\"");
    }
}

#define VIEW(member) offsetof(struct view_def, member)

static const struct field view_fields[] = {
    {"name", FIELD_TEXT, VIEW(name), NULL},
    {"title", FIELD_TEXT, VIEW(title), NULL},
    {"help", FIELD_TEXT, VIEW(help), NULL},
    {"from", FIELD_TEXT, VIEW(from), NULL},
    {"pane", FIELD_OWN, 0, read_pane},
    {"text", FIELD_TEXT, VIEW(text), NULL},
    {"key", FIELD_OWN, 0, read_key},
    {"sort", FIELD_OWN, 0, read_sort},
    {"columns", FIELD_OWN, 0, read_columns},
    {"links", FIELD_OWN, 0, read_links},
    {"params", FIELD_OWN, 0, read_params},
    {"tabs", FIELD_OWN, 0, read_tabs},
    {"head", FIELD_OWN, 0, read_head},
    {"range", FIELD_OWN, 0, read_range},
    {"plot", FIELD_OWN, 0, read_plot},
    {"filter", FIELD_TEXT, VIEW(filter), NULL},
    {"preview", FIELD_TEXT, VIEW(preview), NULL},
    {"open", FIELD_TEXT, VIEW(open), NULL},
    {"id", FIELD_TEXT, VIEW(id), NULL},
    {"empty", FIELD_TEXT, VIEW(empty), NULL},
    {"go", FIELD_TEXT, VIEW(go), NULL},
    {0},
};

void def_read(struct def_file *file, struct arena *a, struct def_faults *faults) {
    struct err err = ERR_INIT;
    auto_json *json = json_parse(file->text, file->source, &err);
    if (!json) {
        faults->n++;
        str_addf(faults->out, "%s\n", err.msg);
        return;
    }
    struct reader r = {a, faults};
    struct def_path root = {0};
    read_object(&r, json, view_fields, &file->def, &root);
    file->def.source = sv_cstr(file->source);
}
