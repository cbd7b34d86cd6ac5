#include "store/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"

// --- the file ---------------------------------------------------------------------------------

static void stamp_of(const struct stat *st, struct manifest_stamp *stamp) {
    *stamp = (struct manifest_stamp){st->st_dev, st->st_ino, st->st_size, st->st_mtim};
}

void manifest_stamp_now(const char *store_dir, struct manifest_stamp *stamp) {
    auto_free char *path = path_join(store_dir, "manifest.json");
    struct stat st;
    *stamp = (struct manifest_stamp){0};
    if (stat(path, &st) == 0) {
        stamp_of(&st, stamp);
    }
}

bool manifest_stamp_equal(const struct manifest_stamp *a, const struct manifest_stamp *b) {
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
           a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec;
}

static bool read_all(int fd, size_t size, const char *path, struct str *out, struct err *err) {
    while (out->len < size) {
        char *to = str_reserve(out, size - out->len);
        ssize_t n = read(fd, to, size - out->len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_sys(err, "%s", path);
        }
        if (n == 0) {
            break;
        }
        out->len += (size_t)n;
        out->ptr[out->len] = '\0';
    }
    return true;
}

// --- a lost manifest --------------------------------------------------------------------------

// Is there a segment that a publish after the first wrote? The first one may have been killed
// before it had a manifest; that leaves segments of generation 1, which the next writer sweeps.
static bool has_later_segment(const char *folder) {
    DIR *dir = opendir(folder);
    bool found = false;
    for (struct dirent *e; dir && !found && (e = readdir(dir));) {
        auto_free char *name = xstrdup(e->d_name);
        char *ending = strstr(name, ".arrow");
        if (ending) {
            *ending = '\0';
            found = segment_name_valid(name) && strncmp(name, "0000000000000001", 16) > 0;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

static bool holds_later_segments(const char *data) {
    DIR *dir = opendir(data);
    bool found = false;
    for (struct dirent *e; dir && !found && (e = readdir(dir));) {
        auto_free char *folder = path_join(data, e->d_name);
        found = dataset_name_valid(e->d_name) && has_later_segment(folder);
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

static int open_manifest(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not hold us up
}

// A store without a manifest is an empty one, unless it plainly had one: then a writer must not
// sweep what it held, and a reader must not take it for empty.
// Returns the manifest's file, or -1: with `is_new` where there is none yet, else with `err`.
static int open_unless_new(const char *store_dir, const char *path, bool *is_new, struct err *err) {
    int fd = open_manifest(path);
    *is_new = false;
    if (fd >= 0) {
        return fd;
    }
    if (errno != ENOENT) {
        err_sys(err, "%s", path);
        return -1;
    }
    auto_free char *data = path_join(store_dir, "data");
    if (!holds_later_segments(data)) {
        *is_new = true;
        return -1;
    }
    // Its first generations may have been published between the two looks.
    fd = open_manifest(path);
    if (fd < 0) {
        err_set_sub(err, ERR_FORMAT, ARROW_ERR_BAD_METADATA,
                    "%s is missing, but %s holds what it named: put it back from a copy, or remove "
                    "the store and import again",
                    path, data);
    }
    return fd;
}

bool manifest_load(struct manifest *m, const char *store_dir, struct manifest_stamp *stamp,
                   struct err *err) {
    *m = (struct manifest){0};
    *stamp = (struct manifest_stamp){0};
    auto_free char *path = path_join(store_dir, "manifest.json");
    bool is_new;
    auto_close int fd = open_unless_new(store_dir, path, &is_new, err);
    if (fd < 0) {
        return is_new;
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return err_sys(err, "%s", path);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(err, ERR_FORMAT, "%s: expected a regular file", path);
    }
    if ((uint64_t)st.st_size > MANIFEST_LIMIT_BYTES) {
        return err_set(err, ERR_LIMIT, "%s: larger than the limit of 64 MiB", path);
    }
    stamp_of(&st, stamp);
    auto_str text = STR_INIT;
    return read_all(fd, (size_t)st.st_size, path, &text, err) &&
           manifest_parse(m, str_sv(&text), path, err);
}

// --- the parsed form --------------------------------------------------------------------------

void manifest_segment_done(struct manifest_segment *seg) {
    free(seg->partition);
    json_decref(seg->json);
    if (seg->arrow) {
        arrow_unref(seg->arrow);
    }
    *seg = (struct manifest_segment){0};
}

static void dataset_done(struct manifest_dataset *ds) {
    array_foreach (seg, &ds->segments) {
        manifest_segment_done(seg);
    }
    array_done(&ds->segments);
    free(ds->name);
    free(ds->key);
    free(ds->sort);
    free(ds->origin);
    free(ds->fetched);
    json_decref(ds->json);
}

void manifest_done(struct manifest *m) {
    array_foreach (ds, &m->datasets) {
        dataset_done(ds);
    }
    array_done(&m->datasets);
    array_foreach (name, &m->retired) {
        free(*name);
    }
    array_done(&m->retired);
    free(m->written);
    json_decref(m->json);
    *m = (struct manifest){0};
}

// First dataset whose name is not before `name`.
static size_t place_of(const struct manifest *m, const char *name) {
    size_t from = 0, to = m->datasets.n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (strcmp(m->datasets.ptr[mid].name, name) < 0) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return from;
}

struct manifest_dataset *manifest_find(const struct manifest *m, const char *name) {
    size_t at = place_of(m, name);
    if (at == m->datasets.n || strcmp(m->datasets.ptr[at].name, name) != 0) {
        return NULL;
    }
    return &m->datasets.ptr[at];
}

struct manifest_dataset *manifest_add(struct manifest *m, const char *name) {
    size_t at = place_of(m, name);
    (void)array_add(&m->datasets);
    struct manifest_dataset *ds = &m->datasets.ptr[at];
    memmove(ds + 1, ds, (m->datasets.n - 1 - at) * sizeof *ds);
    *ds = (struct manifest_dataset){.name = xstrdup(name)};
    return ds;
}

void manifest_remove(struct manifest *m, struct manifest_dataset *ds) {
    size_t at = (size_t)(ds - m->datasets.ptr);
    dataset_done(ds);
    memmove(ds, ds + 1, (m->datasets.n - 1 - at) * sizeof *ds);
    m->datasets.n--;
}
