// Importing files and folders.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "catalog/catalog_int.h"

enum { MAX_FOLDER_DEPTH = 32 };

struct found {
    char *path;
    bool in_folder;
    struct err err; // code ERR_NONE unless it cannot even be looked at
};

struct found_list ARRAY_BODY(struct found);

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *e) {
    return e->d_name[0] != '.';
}

static void walk(struct found_list *out, const char *folder, int depth);

static void walk_entry(struct found_list *out, const char *folder, const char *name, int depth) {
    char *path = path_join(folder, name);
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        if (depth < MAX_FOLDER_DEPTH) {
            walk(out, path, depth + 1);
        }
        free(path);
    } else if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        array_push(out, (struct found){.path = path, .in_folder = true});
    } else {
        free(path);
    }
}

// In the order of names, so that every run does the same.
static void walk(struct found_list *out, const char *folder, int depth) {
    struct dirent **entries;
    const int n = scandir(folder, &entries, not_hidden, by_name);
    if (n < 0) {
        struct found *f = array_add(out);
        f->path = xstrdup(folder);
        err_sys(&f->err, "cannot read the folder %s", folder);
        return;
    }
    for (int i = 0; i < n; i++) {
        walk_entry(out, folder, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
}

static void find_files(struct found_list *out, const struct import_opts *opts) {
    for (size_t i = 0; i < opts->n_paths; i++) {
        struct stat st;
        if (stat(opts->paths[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            const size_t n_before = out->n;
            walk(out, opts->paths[i], 0);
            if (out->n == n_before) {
                struct found *f = array_add(out);
                f->path = xstrdup(opts->paths[i]);
                err_set(&f->err, ERR_NOT_FOUND, "%s: the folder holds no files", opts->paths[i]);
            }
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
        struct import_one one = {.opts = opts, .file = file, .in_folder = found->in_folder};
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
