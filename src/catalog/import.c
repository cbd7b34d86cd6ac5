// Importing files, folders and clones.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "catalog/catalog_int.h"
#include "vcs/repo.h"

enum { MAX_FOLDER_DEPTH = 32 };

struct found {
    char *path;
    bool in_folder;
    const struct format_def *clone; // the folder is one, to be read as that
    struct err err;                 // code ERR_NONE unless it cannot even be looked at
};

struct found_list ARRAY_BODY(struct found);

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *e) {
    return e->d_name[0] != '.';
}

// What a folder is read as, when it is not what lies in it; else NULL. A Mercurial clone is nothing
// but its history. Git holds all kinds of folders, also such as these files live in: its history is
// read when somebody asks for commits.
static const struct format_def *clone_format(const char *path, const char *as) {
    const struct format_def *git = catalog_format(SV("git clone"));
    const struct format_def *hg = catalog_format(SV("hg clone"));
    const bool asked =
        as && (sv_is(sv_cstr(as), git->name) || sv_is(sv_cstr(as), hg->name) ||
               sv_is(sv_cstr(as), "all_commits.jsonl") || format_yields(git, sv_cstr(as)));
    switch (repo_detect(path)) {
    case REPO_HG:
        return asked || !as ? hg : NULL;
    case REPO_GIT:
        return asked ? git : NULL;
    case REPO_NONE:
        break;
    }
    return NULL;
}

static void walk(struct found_list *out, const char *folder, const char *as, int depth);

static void walk_folder(struct found_list *out, char *path, const char *as, int depth) {
    const struct format_def *clone = clone_format(path, as);
    if (clone) {
        array_push(out, (struct found){.path = path, .in_folder = true, .clone = clone});
        return;
    }
    if (depth < MAX_FOLDER_DEPTH) {
        walk(out, path, as, depth + 1);
    }
    free(path);
}

static void walk_entry(struct found_list *out, const char *folder, const char *name, const char *as,
                       int depth) {
    char *path = path_join(folder, name);
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        walk_folder(out, path, as, depth);
    } else if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        array_push(out, (struct found){.path = path, .in_folder = true});
    } else {
        free(path);
    }
}

// In the order of names, so that every run does the same.
static void walk(struct found_list *out, const char *folder, const char *as, int depth) {
    struct dirent **entries;
    const int n = scandir(folder, &entries, not_hidden, by_name);
    if (n < 0) {
        struct found *f = array_add(out);
        f->path = xstrdup(folder);
        err_sys(&f->err, "cannot read the folder %s", folder);
        return;
    }
    for (int i = 0; i < n; i++) {
        walk_entry(out, folder, entries[i]->d_name, as, depth);
        free(entries[i]);
    }
    free(entries);
}

// Without slashes at its end, so that its last part is its name.
static char *folder_path(const char *path) {
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    return xstrndup(path, len);
}

static void find_in_folder(struct found_list *out, const char *path, const char *as) {
    const struct format_def *clone = clone_format(path, as);
    const size_t n_before = out->n;
    if (clone) {
        array_push(out, (struct found){.path = folder_path(path), .clone = clone});
        return;
    }
    if (!as && repo_detect(path) == REPO_GIT) {
        struct found *f = array_add(out);
        f->path = xstrdup(path);
        err_set(&f->err, ERR_USAGE,
                "%s is a Git clone: --as commits reads its history; to import files that lie in "
                "it, name them or their folders",
                path);
        return;
    }
    walk(out, path, as, 0);
    if (out->n == n_before) {
        struct found *f = array_add(out);
        f->path = xstrdup(path);
        err_set(&f->err, ERR_NOT_FOUND, "%s: the folder holds no files", path);
    }
}

static void find_files(struct found_list *out, const struct import_opts *opts) {
    for (size_t i = 0; i < opts->n_paths; i++) {
        struct stat st;
        if (stat(opts->paths[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            find_in_folder(out, opts->paths[i], opts->as);
        } else {
            array_push(out, (struct found){.path = xstrdup(opts->paths[i])});
        }
    }
}

static bool check_as(const struct import_opts *opts, struct err *err) {
    if (!opts->as || catalog_format(sv_cstr(opts->as))) {
        return true;
    }
    size_t n;
    const struct format_def *formats = catalog_formats(&n);
    for (size_t i = 0; i < n + opts->n_extra; i++) {
        const struct format_def *f = i < n ? &formats[i] : &opts->extra[i - n];
        if (sv_is(sv_cstr(opts->as), f->name) || format_yields(f, sv_cstr(opts->as))) {
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "no format or dataset is called %s", opts->as);
}

static bool import_found(const struct import_opts *opts, const struct found_list *list, size_t idx,
                         struct import_result *result, struct err *err) {
    const struct found *found = &list->ptr[idx];
    struct import_file *file = &result->files[idx];
    file->path = xstrdup(found->path);
    result->n_files = idx + 1;
    bool ok = true;
    if (found->err.code != ERR_NONE) {
        file->outcome = IMPORT_REFUSED;
        file->err = found->err;
    } else {
        struct import_one one = {.opts = opts,
                                 .file = file,
                                 .in_folder = found->in_folder,
                                 .is_clone = found->clone != NULL};
        file->format = found->clone;
        one.progress.path = file->path;
        one.progress.file_idx = idx;
        one.progress.n_files = list->n;
        ok = import_one(&one, err);
        result->changed |= one.changed;
        if (!ok) {
            file->outcome = IMPORT_REFUSED;
            file->err = err ? *err : ERR_INIT;
        }
    }
    result->n_done += file->outcome == IMPORT_DONE || file->outcome == IMPORT_PICTURE;
    result->n_refused += file->outcome == IMPORT_REFUSED;
    result->n_skipped += file->outcome == IMPORT_SKIPPED;
    return ok;
}

static bool is_cancelled(const struct import_opts *opts, struct err *err) {
    return opts->cancel && atomic_load(opts->cancel) &&
           !err_set(err, ERR_CANCELLED, "the import was cancelled");
}

bool catalog_import(const struct import_opts *opts, struct import_result *result, struct err *err) {
    *result = (struct import_result){0};
    if (!check_as(opts, err)) {
        return false;
    }
    struct found_list found = {0};
    find_files(&found, opts);
    result->files = xcalloc(found.n + 1, sizeof *result->files);
    bool ok = true;
    for (size_t i = 0; i < found.n; i++) {
        ok = ok && !is_cancelled(opts, err) && import_found(opts, &found, i, result, err);
        free(found.ptr[i].path);
    }
    array_done(&found);
    return ok;
}

void import_result_done(struct import_result *result) {
    for (size_t i = 0; i < result->n_files; i++) {
        free(result->files[i].path);
    }
    free(result->files);
    *result = (struct import_result){0};
}
