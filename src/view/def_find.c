// Looking things up by name in definitions and schemas.
#include "view/view_int.h"

#include "query/nearest.h"

const struct view_column *def_column(const struct view_column *columns, size_t n, struct sv name) {
    for (size_t i = 0; i < n; i++) {
        if (sv_eq(columns[i].name, name)) {
            return &columns[i];
        }
    }
    return NULL;
}

// A label without its unit: "duration (ms)" is typed as duration.
static struct sv bare_label(struct sv label) {
    ptrdiff_t at = sv_find(label, SV(" ("));
    return at > 0 ? sv_sub(label, 0, (size_t)at) : label;
}

static bool is_typed_label(struct sv label, struct sv text) {
    label = bare_label(label);
    if (label.len != text.len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const bool blank = label.ptr[i] == ' ' && text.ptr[i] == '_';
        if (!blank && !sv_eq_nocase(sv_sub(label, i, 1), sv_sub(text, i, 1))) {
            return false;
        }
    }
    return text.len > 0;
}

const struct view_column *def_column_typed(const struct view_column *columns, size_t n,
                                           struct sv text) {
    const struct view_column *found = def_column(columns, n, text);
    size_t n_found = 0;
    for (size_t i = 0; !found && i < n; i++) {
        n_found += is_typed_label(columns[i].label, text);
    }
    for (size_t i = 0; n_found == 1 && i < n; i++) {
        found = is_typed_label(columns[i].label, text) ? &columns[i] : found;
    }
    return found;
}

bool def_no_column(const struct view_def *def, struct sv text, struct err *err) {
    struct nearest near = {.word = text};
    const struct dataset_def *ds = view_dataset(def->from);
    for (size_t i = 0; i < def->n_columns; i++) {
        nearest_look(&near, def->columns[i].name);
    }
    for (size_t i = 0; i < def->n_columns; i++) {
        nearest_look(&near, bare_label(def->columns[i].label));
    }
    for (size_t i = 0; ds && i < ds->n_columns; i++) {
        nearest_look(&near, sv_cstr(ds->columns[i].name));
    }
    if (!near.best.len) {
        return err_set(err, ERR_USAGE, "no column \"%.*s\" in view %.*s", SV_ARG(text),
                       SV_ARG(def->name));
    }
    auto_str best = STR_INIT;
    for (size_t i = 0; i < near.best.len; i++) {
        str_add_byte(&best, near.best.ptr[i] == ' ' ? '_' : near.best.ptr[i]);
    }
    return err_set(err, ERR_USAGE, "no column \"%.*s\"; did you mean %s?", SV_ARG(text),
                   str_cstr(&best));
}

const struct view_param *def_param(const struct view_def *def, struct sv name) {
    for (size_t i = 0; i < def->n_params; i++) {
        if (sv_eq(def->params[i].name, name)) {
            return &def->params[i];
        }
    }
    return NULL;
}

const struct view_link *def_link(const struct view_def *def, struct sv name) {
    for (size_t i = 0; i < def->n_links; i++) {
        if (sv_eq(def->links[i].name, name)) {
            return &def->links[i];
        }
    }
    return NULL;
}

enum value_class schema_class(const struct column_def *column) {
    static const struct {
        const char *prefix;
        enum value_class class;
    } classes[] = {
        {"i32", CLASS_INT},   {"i64", CLASS_INT},   {"u32", CLASS_INT}, {"f32", CLASS_FLOAT},
        {"f64", CLASS_FLOAT}, {"bool", CLASS_BOOL}, {"ts", CLASS_TIME}, {"list<", CLASS_LIST},
    };
    for (size_t i = 0; i < COUNTOF(classes); i++) {
        if (sv_starts(sv_cstr(column->type), sv_cstr(classes[i].prefix))) {
            return classes[i].class;
        }
    }
    return CLASS_TEXT;
}

bool schema_has(const struct dataset_def *ds, struct sv name) {
    if (schema_column(ds, name) >= 0) {
        return true;
    }
    ptrdiff_t dot = sv_find_byte(name, '.');
    return dot > 0 && schema_column(ds, sv_sub(name, 0, (size_t)dot)) >= 0;
}
