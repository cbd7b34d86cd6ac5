// Looking things up by name in definitions and schemas.
#include "view/view_int.h"

const struct view_column *def_column(const struct view_column *columns, size_t n, struct sv name) {
    for (size_t i = 0; i < n; i++) {
        if (sv_eq(columns[i].name, name)) {
            return &columns[i];
        }
    }
    return NULL;
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
