#include "ui/keymap.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/json.h"
#include "view/def_path.h"

static const char KEYS_FILE[] = "keys.json";
enum { KEYS_LIMIT = 1 << 20 };

struct keymap {
    struct ARRAY_BODY(struct binding) bindings;
    struct arena arena;
};

static const struct section {
    const char *name;
    unsigned where;
} sections[] = {{"any", IN_ANY},
                {"table", IN_TABLE},
                {"text", IN_TEXT},
                {"detail", IN_DETAIL},
                {"plot", IN_PLOT}};

static bool same_keys(const struct binding *b, const struct key *keys, size_t n) {
    if (b->n_keys < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!key_eq(&b->keys[i], &keys[i])) {
            return false;
        }
    }
    return true;
}

// --- loading ------------------------------------------------------------------------------------

// The binding with exactly these keys and section; NULL when there is none.
static struct binding *find_exact(struct keymap *map, const struct binding *like) {
    array_foreach (b, &map->bindings) {
        if (b->where == like->where && b->n_keys == like->n_keys &&
            same_keys(b, like->keys, like->n_keys)) {
            return b;
        }
    }
    return NULL;
}

// A binding that is typed on the way to, or behind, another one where both are valid.
static const struct binding *find_conflict(const struct keymap *map, const struct binding *like) {
    array_foreach (b, &map->bindings) {
        bool both = (b->where & like->where) != 0 && b->n_keys != like->n_keys;
        // A section's own binding hides a longer or shorter one of "any" on purpose.
        if (both && b->where == like->where &&
            (b->n_keys > like->n_keys ? same_keys(b, like->keys, like->n_keys)
                                      : same_keys(like, b->keys, b->n_keys))) {
            return b;
        }
    }
    return NULL;
}

static void remove_binding(struct keymap *map, struct binding *b) {
    size_t idx = (size_t)(b - map->bindings.ptr);
    memmove(b, b + 1, (map->bindings.n - idx - 1) * sizeof *b);
    map->bindings.n--;
}

// "sort-add-up", "view bugs" -> command and argument.
static bool parse_command(struct keymap *map, struct sv text, struct binding *b,
                          struct def_faults *faults, const struct def_path *at) {
    struct sv rest = sv_trim(text);
    struct sv name = SV_NULL;
    sv_split(&rest, ' ', &name);
    b->command = command_find(name);
    if (!b->command) {
        const struct command *near = command_nearest(name);
        def_fault(faults, at, "unknown command %.*s%s%s", SV_ARG(name),
                  near ? ", did you mean " : "", near ? near->name : "");
        return false;
    }
    b->arg = rest.ptr ? arena_sv(&map->arena, sv_trim(rest)) : SV_NULL;
    return true;
}

static void add_binding(struct keymap *map, const struct binding *b, struct def_faults *faults,
                        const struct def_path *at) {
    struct binding *old = find_exact(map, b);
    const struct binding *conflict = old ? NULL : find_conflict(map, b);
    if (conflict) {
        auto_str keys = STR_INIT;
        binding_format(conflict, &keys);
        def_fault(faults, at, "conflicts with %s (%s): one begins with the other", str_cstr(&keys),
                  conflict->command->name);
    } else if (old) {
        *old = *b;
    } else {
        array_push(&map->bindings, *b);
    }
}

static void read_binding(struct keymap *map, unsigned where, const char *keys, const json_t *value,
                         struct def_faults *faults, const struct def_path *at) {
    struct err err = ERR_INIT;
    struct binding b = {.where = where};
    b.n_keys = key_parse_seq(sv_cstr(keys), b.keys, KEY_SEQ_MAX, &err);
    if (!b.n_keys) {
        def_fault(faults, at, "%s", err.msg);
    } else if (json_is_null(value) || (json_is_string(value) && !*json_string_value(value))) {
        struct binding *old = find_exact(map, &b);
        if (old) {
            remove_binding(map, old);
        }
    } else if (!json_is_string(value)) {
        def_fault(faults, at, "expected the name of a command, or null to unbind");
    } else if (parse_command(map, sv_cstr(json_string_value(value)), &b, faults, at)) {
        add_binding(map, &b, faults, at);
    }
}

static void read_section(struct keymap *map, const char *name, json_t *object,
                         struct def_faults *faults, const struct def_path *root) {
    struct def_path at = {.up = root, .key = name};
    const struct section *section = NULL;
    for (size_t i = 0; i < COUNTOF(sections); i++) {
        if (sv_is(sv_cstr(name), sections[i].name)) {
            section = &sections[i];
        }
    }
    if (!section) {
        def_fault(faults, &at, "unknown section; expected any, table, text, detail or plot");
        return;
    }
    if (!json_is_object(object)) {
        def_fault(faults, &at, "expected an object of keys and commands");
        return;
    }
    const char *keys;
    json_t *value;
    json_object_foreach(object, keys, value) {
        struct def_path key_at = {.up = &at, .key = keys};
        read_binding(map, section->where, keys, value, faults, &key_at);
    }
}

static bool read_keys(struct keymap *map, struct sv text, const char *source, struct str *out,
                      size_t *n_faults, struct err *err) {
    auto_json *root = json_parse(text, source, err);
    if (!root) {
        return false;
    }
    struct def_faults faults = {.source = source, .text = text, .out = out};
    struct def_path at = {0};
    if (!json_is_object(root)) {
        return err_set(err, ERR_FORMAT, "%s: expected an object of sections", source);
    }
    const char *name;
    json_t *object;
    json_object_foreach(root, name, object) {
        read_section(map, name, object, &faults, &at);
    }
    *n_faults = faults.n;
    return true;
}

static bool read_built_in(struct keymap *map, struct err *err) {
    auto_str faults = STR_INIT;
    size_t n_faults = 0;
    for (const struct embedded_file *f = embedded_views; f->name; f++) {
        if (sv_is(sv_cstr(f->name), KEYS_FILE)) {
            return read_keys(map, sv_make(f->text, f->len), KEYS_FILE, &faults, &n_faults, err) &&
                   (!n_faults || err_set(err, ERR_FORMAT, "%s", str_cstr(&faults)));
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no built-in %s", KEYS_FILE);
}

struct keymap *keymap_load(const char *user_path, struct str *faults, struct err *err) {
    struct keymap *map = xcalloc(1, sizeof *map);
    if (!read_built_in(map, err)) {
        keymap_free(map);
        return NULL;
    }
    if (user_path && file_exists(user_path)) {
        struct err user_err = ERR_INIT;
        auto_str text = STR_INIT;
        size_t n_faults = 0;
        if (!file_read(user_path, KEYS_LIMIT, &text, &user_err) ||
            !read_keys(map, str_sv(&text), user_path, faults, &n_faults, &user_err)) {
            str_addf(faults, "%s\n", user_err.msg);
        }
    }
    return map;
}

void keymap_free(struct keymap *map) {
    if (map) {
        array_done(&map->bindings);
        arena_done(&map->arena);
        free(map);
    }
}

// --- looking up ---------------------------------------------------------------------------------

// One section's own bindings win over those of "any", so both are looked at before answering.
enum keymap_match keymap_find(const struct keymap *map, unsigned where, const struct key *keys,
                              size_t n_keys, const struct binding **out) {
    enum keymap_match match = KEYMAP_NONE;
    *out = NULL;
    array_foreach (b, &map->bindings) {
        bool own = b->where != IN_ANY;
        if (!(b->where & where) || !same_keys(b, keys, n_keys)) {
            continue;
        }
        if (b->n_keys > n_keys) {
            if (match == KEYMAP_NONE) {
                match = KEYMAP_PREFIX;
            }
        } else if (!*out || own) {
            *out = b;
            match = KEYMAP_FOUND;
        }
    }
    return match;
}

size_t keymap_n(const struct keymap *map) {
    return map->bindings.n;
}

const struct binding *keymap_at(const struct keymap *map, size_t idx) {
    return &map->bindings.ptr[idx];
}

// Plain characters stand together ("gg"); named keys are parted by blanks ("z Ctrl-H").
void binding_format(const struct binding *b, struct str *out) {
    bool plain = true;
    for (size_t i = 0; i < b->n_keys; i++) {
        plain = plain && b->keys[i].kind == K_CHAR && b->keys[i].cp != ' ' && !b->keys[i].ctrl &&
                !b->keys[i].alt;
    }
    for (size_t i = 0; i < b->n_keys; i++) {
        if (i && !plain) {
            str_add_byte(out, ' ');
        }
        key_format(&b->keys[i], out);
    }
}

const struct binding *keymap_key_of(const struct keymap *map, const struct command *command,
                                    unsigned where) {
    array_foreach (b, &map->bindings) {
        if (b->command == command && (b->where & where)) {
            return b;
        }
    }
    return NULL;
}
