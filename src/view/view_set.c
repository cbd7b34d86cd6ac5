// All views: the built-in files, a view for each dataset without one, and the user's own files over
// them.
#include "view/view_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/embed.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "view/overview.h"

enum { VIEW_FILE_LIMIT = 1 << 20 };

struct view_set {
    struct arena arena;
    ARRAY(struct def_file *) files;      // in order of precedence, later ones win
    ARRAY(const struct view_def *) defs; // one for each name, sorted
};

const struct dataset_def *view_dataset(struct sv name) {
    if (sv_is(name, overview_dataset.name)) {
        return &overview_dataset;
    }
    const struct dataset_entry *entry = catalog_dataset(name);
    return entry ? entry->def : NULL;
}

// --- the names ----------------------------------------------------------------------------------

// Place of `name` in the sorted list, or where it belongs.
static size_t find_place(const struct view_set *set, struct sv name, bool *found) {
    size_t low = 0;
    size_t high = set->defs.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = sv_cmp(set->defs.ptr[mid]->name, name);
        if (order == 0) {
            *found = true;
            return mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *found = false;
    return low;
}

static void put_def(struct view_set *set, const struct view_def *def) {
    bool found = false;
    size_t at = find_place(set, def->name, &found);
    if (!found) {
        array_push(&set->defs, def);
        for (size_t i = set->defs.n - 1; i > at; i--) {
            set->defs.ptr[i] = set->defs.ptr[i - 1];
        }
    }
    set->defs.ptr[at] = def;
}

static void rebuild_names(struct view_set *set) {
    array_clear(&set->defs);
    for (size_t i = 0; i < set->files.n; i++) {
        if (set->files.ptr[i]->ok) {
            put_def(set, &set->files.ptr[i]->def);
        }
    }
}

const struct view_def *view_set_get(const struct view_set *set, struct sv name) {
    bool found = false;
    size_t at = find_place(set, name, &found);
    return found ? set->defs.ptr[at] : NULL;
}

const struct view_def *view_set_find(struct view_set *set, struct sv name) {
    return view_set_get(set, name);
}

size_t view_set_n(const struct view_set *set) {
    return set->defs.n;
}

const struct view_def *view_set_at(const struct view_set *set, size_t idx) {
    return idx < set->defs.n ? set->defs.ptr[idx] : NULL;
}

// --- files --------------------------------------------------------------------------------------

static struct def_file *add_file(struct view_set *set, const char *source, struct sv text) {
    struct def_file *file = arena_zalloc(&set->arena, 1, sizeof *file);
    file->source = arena_strdup(&set->arena, sv_cstr(source));
    file->text = text;
    file->ok = true;
    array_push(&set->files, file);
    return file;
}

static struct def_faults faults_of(const struct def_file *file, struct str *out) {
    return (struct def_faults){.source = file->source, .text = file->text, .out = out};
}

static void read_file(struct view_set *set, struct def_file *file, struct str *out) {
    struct def_faults faults = faults_of(file, out);
    def_read(file, &set->arena, &faults);
    file->ok = faults.n == 0;
    if (file->ok) {
        def_complete(&file->def, &set->arena);
    }
}

// The keymap stands in the same folder.
static bool is_view_file(const char *name) {
    return name[0] != '.' && sv_ends(sv_cstr(name), SV(".json")) &&
           !sv_is(sv_cstr(name), "keys.json");
}

static void load_built_in(struct view_set *set, struct str *out) {
    for (size_t i = 0; i < embedded_views_n; i++) {
        const struct embedded_file *f = &embedded_views[i];
        if (is_view_file(f->name)) {
            struct def_file *file = add_file(set, f->name, sv_make(f->text, f->len));
            file->def.built_in = true;
            read_file(set, file, out);
        }
    }
}

static void add_default(struct view_set *set, const struct dataset_def *ds) {
    if (!view_set_get(set, sv_cstr(ds->name))) {
        struct def_file *file = add_file(set, "(dataset)", SV_NULL);
        def_for_dataset(&file->def, ds, &set->arena);
    }
}

static void add_defaults(struct view_set *set) {
    size_t n = 0;
    const struct dataset_entry *entries = catalog_datasets(&n);
    for (size_t i = 0; i < n; i++) {
        add_default(set, entries[i].def);
    }
    add_default(set, &overview_dataset);
}

static int keep_view_file(const struct dirent *entry) {
    return is_view_file(entry->d_name);
}

static void load_user_file(struct view_set *set, const char *path, struct str *out) {
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    if (!file_read(path, VIEW_FILE_LIMIT, &text, &err)) {
        str_addf(out, "%s\n", err.msg);
        return;
    }
    struct sv kept = arena_sv(&set->arena, str_sv(&text));
    read_file(set, add_file(set, path, kept), out);
}

static void load_user_dir(struct view_set *set, const char *dir, struct str *out) {
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, keep_view_file, alphasort);
    if (n < 0) {
        if (errno != ENOENT) {
            str_addf(out, "%s: cannot list the folder: %s\n", dir, strerror(errno));
        }
        return;
    }
    for (int i = 0; i < n; i++) {
        char *path = path_join(dir, entries[i]->d_name);
        load_user_file(set, path, out);
        free(path);
        free(entries[i]);
    }
    free(entries);
}

// --- checks -------------------------------------------------------------------------------------

// Checks the files from `first` on; a faulty one is left out.
static size_t check_from(struct view_set *set, size_t first, struct str *out) {
    size_t n_faulty = 0;
    for (size_t i = first; i < set->files.n; i++) {
        struct def_file *file = set->files.ptr[i];
        struct def_faults faults = faults_of(file, out);
        if (file->ok) {
            def_check(set, &file->def, &faults);
            file->ok = faults.n == 0;
            n_faulty += !file->ok;
        }
    }
    return n_faulty;
}

// A user's file may take away what a built-in link needs. The built-in view stays, its link leads
// nowhere, and the user is told.
static void check_overridden(struct view_set *set, size_t n_built_in, struct str *out) {
    for (size_t i = 0; i < n_built_in; i++) {
        struct def_file *file = set->files.ptr[i];
        struct def_faults faults = faults_of(file, out);
        if (view_set_get(set, file->def.name) == &file->def) {
            def_check(set, &file->def, &faults);
        }
    }
}

static bool load_all(struct view_set *set, const char *user_dir, struct str *out, struct err *err) {
    size_t before = out->len;
    load_built_in(set, out);
    rebuild_names(set);
    add_defaults(set);
    rebuild_names(set);
    size_t n_built_in = set->files.n;
    if (check_from(set, 0, out) || out->len != before) {
        return err_set(err, ERR_FORMAT, "a built-in view is faulty: %.*s",
                       SV_ARG(sv_trim(sv_from(str_sv(out), before))));
    }
    if (!user_dir) {
        return true;
    }
    load_user_dir(set, user_dir, out);
    // A view left out may be what another one links to, so go on until nothing falls.
    do {
        rebuild_names(set);
    } while (check_from(set, n_built_in, out));
    if (set->files.n > n_built_in) {
        check_overridden(set, n_built_in, out);
    }
    return true;
}

struct view_set *view_set_load(const char *user_dir, struct str *faults, struct err *err) {
    auto_str own = STR_INIT;
    struct view_set *set = xcalloc(1, sizeof *set);
    bool ok = load_all(set, user_dir, &own, err);
    if (faults) {
        str_add_sv(faults, str_sv(&own));
    }
    if (!ok) {
        view_set_free(set);
        return NULL;
    }
    return set;
}

void view_set_free(struct view_set *set) {
    if (!set) {
        return;
    }
    array_done(&set->files);
    array_done(&set->defs);
    arena_done(&set->arena);
    free(set);
}
