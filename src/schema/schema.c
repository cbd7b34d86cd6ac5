#include "schema/schema.h"

#include "base/str.h"

struct type_text {
    struct sv left; // what is not parsed yet
    struct arena *a;
    int64_t next_dict;
};

struct scalar {
    const char *name;
    enum arrow_kind kind;
};

static const struct scalar scalars[] = {
    {"i32", ARROW_I32},
    {"i64", ARROW_I64},
    {"u32", ARROW_U32},
    {"f32", ARROW_F32},
    {"f64", ARROW_F64},
    {"bool", ARROW_BOOL},
    {"ts", ARROW_TIMESTAMP},
    {"text", ARROW_UTF8},
    {"large", ARROW_LARGE_UTF8},
    {"dict", ARROW_DICT},
    {"bin20", ARROW_FIXED_BINARY},
};

static bool take(struct type_text *t, const char *text) {
    struct sv want = sv_cstr(text);
    if (!sv_starts(t->left, want)) {
        return false;
    }
    t->left = sv_from(t->left, want.len);
    return true;
}

static struct sv take_word(struct type_text *t) {
    size_t n = 0;
    while (n < t->left.len && strchr("abcdefghijklmnopqrstuvwxyz0123456789_", t->left.ptr[n])) {
        n++;
    }
    struct sv word = sv_sub(t->left, 0, n);
    t->left = sv_from(t->left, n);
    return word;
}

static bool parse_scalar(struct type_text *t, struct arrow_field *out) {
    const struct sv word = take_word(t);
    for (size_t i = 0; i < COUNTOF(scalars); i++) {
        if (!sv_is(word, scalars[i].name)) {
            continue;
        }
        out->kind = scalars[i].kind;
        if (out->kind == ARROW_TIMESTAMP) {
            out->unit = ARROW_MICRO;
            out->timezone = SV("UTC");
        } else if (out->kind == ARROW_DICT) {
            out->index_kind = ARROW_I32;
            out->dict_id = t->next_dict++;
        } else if (out->kind == ARROW_FIXED_BINARY) {
            out->byte_width = 20;
        }
        return true;
    }
    return false;
}

enum { MAX_STRUCT_FIELDS = 32 };

// The fields of one record; a record holds scalars only (store.md 2.3).
static bool parse_struct(struct type_text *t, struct arrow_field *out) {
    struct arrow_field fields[MAX_STRUCT_FIELDS] = {0};
    size_t n = 0;
    do {
        if (n == MAX_STRUCT_FIELDS) {
            return false;
        }
        fields[n].name = arena_sv(t->a, take_word(t));
        if (!fields[n].name.len || !take(t, ":") || !parse_scalar(t, &fields[n])) {
            return false;
        }
        fields[n].nullable = take(t, "?");
        n++;
    } while (take(t, ","));
    if (!take(t, "}")) {
        return false;
    }
    out->kind = ARROW_STRUCT;
    out->children = arena_zalloc(t->a, n, sizeof *fields);
    memcpy(out->children, fields, n * sizeof *fields);
    out->n_children = n;
    return true;
}

static bool parse_list(struct type_text *t, struct arrow_field *out) {
    struct arrow_field *item = arena_zalloc(t->a, 1, sizeof *item);
    item->name = SV("item");
    if (!(take(t, "{") ? parse_struct(t, item) : parse_scalar(t, item))) {
        return false;
    }
    item->nullable = take(t, "?");
    out->kind = ARROW_LIST;
    out->children = item;
    out->n_children = 1;
    return take(t, ">");
}

static bool parse_type(struct type_text *t, struct arrow_field *out) {
    return take(t, "list<") ? parse_list(t, out) : parse_scalar(t, out);
}

static void add_pair(struct arrow_schema *s, const char *key, struct sv value) {
    s->metadata[s->n_metadata++] = (struct arrow_pair){sv_cstr(key), value};
}

bool schema_arrow(const struct dataset_def *def, const char *source, struct arena *a,
                  struct arrow_schema *out, struct err *err) {
    struct type_text t = {.a = a};
    *out = (struct arrow_schema){0};
    out->fields = arena_zalloc(a, def->n_columns, sizeof *out->fields);
    out->n_fields = def->n_columns;
    for (size_t i = 0; i < def->n_columns; i++) {
        const struct column_def *c = &def->columns[i];
        t.left = sv_cstr(c->type);
        out->fields[i].name = sv_cstr(c->name);
        out->fields[i].nullable = c->flags & COL_NULLABLE;
        if (!parse_type(&t, &out->fields[i]) || t.left.len) {
            return err_set(err, ERR_FORMAT, "schema of %s: column %s: bad type \"%s\" at \"%.*s\"",
                           def->name, c->name, c->type, SV_ARG(t.left));
        }
    }
    out->metadata = arena_zalloc(a, 8, sizeof *out->metadata);
    add_pair(out, "culprit:format", SV("1"));
    add_pair(out, "culprit:dataset", sv_cstr(def->name));
    add_pair(out, "culprit:schema", sv_cstr(arena_printf(a, "%d", def->version)));
    if (source) {
        add_pair(out, "culprit:source", sv_cstr(arena_strdup(a, sv_cstr(source))));
    }
    add_pair(out, "culprit:key", sv_cstr(def->key));
    add_pair(out, "culprit:sort", sv_cstr(def->sort));
    add_pair(out, "culprit:generator", SV("culprit " CULPRIT_VERSION));
    return true;
}

int schema_column(const struct dataset_def *def, struct sv name) {
    for (size_t i = 0; i < def->n_columns; i++) {
        if (sv_is(name, def->columns[i].name)) {
            return (int)i;
        }
    }
    return -1;
}
