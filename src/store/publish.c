// The publish protocol. A crash at any step leaves the generation before or the new one, whole, and
// files that the next writer sweeps. docs/format.md "Publishing" has the steps and why they are in
// this order.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/scope.h"
#include "store/store_int.h"

static bool (*_Atomic fault_hook)(const char *step);

void publish_set_fault_hook(bool (*hook)(const char *step)) {
    atomic_store(&fault_hook, hook);
}

bool store_step(const char *step) {
    bool (*hook)(const char *) = atomic_load(&fault_hook);
    if (!hook) {
        return true;
    }
    errno = EIO;
    return hook(step);
}

uint64_t publish_generation(const struct publish *pub) {
    return pub->now.generation + 1;
}

void dataset_touch(struct publish *pub, struct manifest_dataset *ds) {
    snprintf(ds->generation, sizeof ds->generation, "%016llx",
             (unsigned long long)publish_generation(pub));
    pub->changed = true;
}

struct snapshot *publish_base(struct publish *pub) {
    return pub->base;
}

const char *publish_tmp(const struct publish *pub) {
    return pub->tmp_dir;
}

// --- beginning --------------------------------------------------------------------------------

static void name_files(const struct manifest *m, struct text_map *names) {
    auto_str name = STR_INIT;
    array_foreach (ds, &m->datasets) {
        array_foreach (seg, &ds->segments) {
            str_clear(&name);
            str_addf(&name, "%s/%s", ds->name, seg->file);
            text_map_put(names, str_sv(&name), NULL);
        }
    }
}

static void sweep_file(const char *folder, const char *name) {
    auto_free char *path = path_join(folder, name);
    if (!store_step("sweep") || unlink(path) != 0) {
        log_line(LOG_INFO, "cannot remove %s, which an earlier writer left: %s", path,
                 strerror(errno));
    }
}

static void sweep_tmp(const struct publish *pub) {
    DIR *dir = opendir(pub->tmp_dir);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (is_tmp_name(e->d_name)) {
            sweep_file(pub->tmp_dir, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

// Removes segments of one dataset folder that are not in `keep`; names that are none of ours stay.
static void sweep_dataset(const struct publish *pub, const char *dataset,
                          const struct text_map *keep) {
    auto_free char *folder = dataset_dir(pub->dir, dataset);
    auto_str name = STR_INIT;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct sv file = sv_cstr(e->d_name);
        if (!sv_ends(file, SV(".arrow"))) {
            continue;
        }
        str_clear(&name);
        str_add(&name, file.ptr, file.len - strlen(".arrow"));
        if (!segment_name_valid(str_cstr(&name))) {
            continue;
        }
        str_splice(&name, 0, 0, SV("/"));
        str_splice(&name, 0, 0, sv_cstr(dataset));
        if (text_map_get(keep, str_sv(&name)) == MAP_NONE) {
            sweep_file(folder, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    if (!manifest_find(&pub->now, dataset)) {
        rmdir(folder); // fails while something is in it, and then it shall stay
    }
}

static void sweep_data(const struct publish *pub) {
    struct text_map keep = {0};
    auto_free char *data = path_join(pub->dir, "data");
    name_files(&pub->now, &keep);
    array_foreach (name, &pub->now.retired) {
        text_map_put(&keep, sv_cstr(*name), NULL);
    }
    DIR *dir = opendir(data);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (dataset_name_valid(e->d_name)) {
            sweep_dataset(pub, e->d_name, &keep);
        }
    }
    if (dir) {
        closedir(dir);
    }
    text_map_done(&keep);
}

static bool make_folders(struct publish *pub, struct err *err) {
    auto_free char *data = path_join(pub->dir, "data");
    if (!store_step("mkdir")) {
        return store_refused(err, errno, pub->dir, "make its folders");
    }
    if (!dir_make_count(pub->dir, &pub->n_made, err) || !dir_make(pub->tmp_dir, err) ||
        !dir_make(data, err)) {
        store_explain(err, pub->dir, "make its folders");
        return false;
    }
    return true;
}

struct publish *publish_begin(const char *store_dir, struct err *err) {
    struct publish *pub = xcalloc(1, sizeof *pub);
    struct manifest_stamp stamp;
    pub->dir = xstrdup(store_dir);
    pub->tmp_dir = path_join(store_dir, "tmp");
    pub->lock_fd = -1;
    if (!folder_is_ours(store_dir, err) || !make_folders(pub, err)) {
        goto fail;
    }
    lock_warn_file_system(store_dir);
    pub->lock_fd = lock_take(store_dir, err);
    if (pub->lock_fd < 0 || !manifest_open(&pub->now, store_dir, &stamp, NULL, err)) {
        goto fail;
    }
    pub->base = snapshot_of_manifest(&pub->now, store_dir, &stamp);
    name_files(&pub->now, &pub->committed);
    sweep_tmp(pub);
    sweep_data(pub);
    return pub;
fail:
    publish_end(pub);
    return NULL;
}

// --- removing ---------------------------------------------------------------------------------

static void remove_segment(struct publish *pub, struct manifest_dataset *ds, size_t at) {
    struct manifest_segment *seg = &ds->segments.ptr[at];
    segment_drop(pub, ds->name, seg);
    memmove(seg, seg + 1, (ds->segments.n - 1 - at) * sizeof *seg);
    ds->segments.n--;
}

static bool remove_partition(struct publish *pub, struct manifest_dataset *ds,
                             const char *partition, struct err *err) {
    for (size_t i = 0; i < ds->segments.n; i++) {
        const char *own = ds->segments.ptr[i].partition;
        if (own && !strcmp(own, partition)) {
            remove_segment(pub, ds, i);
            return true;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "dataset %s of the store %s has no partition \"%s\"",
                   ds->name, pub->dir, partition);
}

bool publish_remove(struct publish *pub, const char *dataset, const char *partition,
                    struct err *err) {
    struct manifest_dataset *ds = manifest_find(&pub->now, dataset);
    if (!ds) {
        return err_set(err, ERR_NOT_FOUND, "the store %s has no dataset \"%s\"", pub->dir, dataset);
    }
    if (partition && !remove_partition(pub, ds, partition, err)) {
        return false;
    }
    if (!partition || ds->segments.n == 0) {
        struct segment_list none = {0};
        publish_set_segments(pub, ds, &none);
        manifest_remove(&pub->now, ds);
    } else {
        dataset_touch(pub, ds);
    }
    pub->changed = true;
    return true;
}

// --- committing -------------------------------------------------------------------------------

static void tidy_changed(struct publish *pub) {
    char generation[17];
    snprintf(generation, sizeof generation, "%016llx", (unsigned long long)publish_generation(pub));
    array_foreach (ds, &pub->now.datasets) {
        if (!strcmp(ds->generation, generation)) {
            publish_tidy(pub, ds);
        }
    }
}

static bool sync_folder(const struct publish *pub, const char *step, const char *folder,
                        struct err *err) {
    if (!store_step(step)) {
        return store_refused(err, errno, pub->dir, "sync a folder");
    }
    return dir_sync(folder, err);
}

static bool move_file(const struct publish *pub, const char *dataset, struct manifest_segment *seg,
                      struct err *err) {
    auto_free char *from = xasprintf("%s/%s.arrow", pub->tmp_dir, seg->file);
    auto_free char *to = segment_path(pub->dir, dataset, seg->file);
    if (!store_step("rename") || rename(from, to) != 0) {
        return store_refused(err, errno, pub->dir, "move a segment into place");
    }
    seg->place = SEGMENT_MOVED;
    return true;
}

// Steps 5 and 6 for one dataset. What an earlier try has moved is synced again: that try may have
// ended there.
static bool move_files(struct publish *pub, struct manifest_dataset *ds, bool *any,
                       struct err *err) {
    auto_free char *folder = dataset_dir(pub->dir, ds->name);
    bool fresh = false;
    array_foreach (seg, &ds->segments) {
        if (seg->place == SEGMENT_STORED) {
            continue;
        }
        if (!fresh && !dir_make(folder, err)) {
            store_explain(err, pub->dir, "make the folder of a dataset");
            return false;
        }
        fresh = true;
        if (seg->place == SEGMENT_TMP && !move_file(pub, ds->name, seg, err)) {
            return false;
        }
    }
    *any = *any || fresh;
    return !fresh || sync_folder(pub, "sync_dir", folder, err);
}

// A folder that may be written but not read cannot be opened and so not be synced alone.
static bool sync_file_system(const struct publish *pub, struct err *err) {
    if (!store_step("sync_above")) {
        return store_refused(err, errno, pub->dir, "sync its file system");
    }
    auto_close int fd = open(pub->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (fd >= 0 && syncfs(fd) == 0) ||
           store_refused(err, errno, pub->dir, "sync its file system");
}

// The folders above a new store: its own entry, and those of the folders made on the way to it. Its
// maker may have been stopped, so one is synced in any case.
static bool sync_above(const struct publish *pub, struct err *err) {
    auto_str path = STR_INIT;
    str_add_cstr(&path, pub->dir);
    for (size_t i = 0; i < MAX(pub->n_made, 1); i++) {
        str_add_cstr(&path, "/..");
        bool readable = eaccess(str_cstr(&path), R_OK) == 0;
        if (readable ? !sync_folder(pub, "sync_above", str_cstr(&path), err)
                     : !sync_file_system(pub, err)) {
            return false;
        }
    }
    return true;
}

static bool move_all(struct publish *pub, struct err *err) {
    bool any = false;
    auto_free char *data = path_join(pub->dir, "data");
    array_foreach (ds, &pub->now.datasets) {
        if (!move_files(pub, ds, &any, err)) {
            return false;
        }
    }
    return !any || (sync_folder(pub, "sync_data", data, err) &&
                    sync_folder(pub, "sync_folders", pub->dir, err) &&
                    (pub->now.generation > 0 || sync_above(pub, err)));
}

static void list_retired(struct publish *pub, const struct text_map *names) {
    array_foreach (name, &pub->now.retired) {
        free(*name);
    }
    array_clear(&pub->now.retired);
    for (size_t i = 0; i < pub->committed.n; i++) {
        struct sv name = text_map_key(&pub->committed, (uint32_t)i);
        if (text_map_get(names, name) == MAP_NONE) {
            array_push(&pub->now.retired, xstrndup(name.ptr, name.len));
        }
    }
}

static bool write_synced(const struct publish *pub, const char *path, const struct str *text,
                         struct err *err) {
    auto_close int fd = -1;
    if (store_step("manifest_create")) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    }
    if (fd < 0) {
        return store_refused(err, errno, pub->dir, "create its manifest");
    }
    if (!store_step("manifest_write")) {
        return store_refused(err, errno, pub->dir, "write its manifest");
    }
    if (!fd_write(fd, text->ptr, text->len, err)) {
        store_explain(err, pub->dir, "write its manifest");
        return false;
    }
    if (!store_step("manifest_fsync") || fsync(fd) != 0) {
        return store_refused(err, errno, pub->dir, "sync its manifest");
    }
    int closing = fd;
    fd = -1;
    return close(closing) == 0 || store_refused(err, errno, pub->dir, "close its manifest");
}

// Step 7 up to the commit point.
static bool replace_manifest(const struct publish *pub, struct err *err) {
    auto_free char *from = path_join(pub->tmp_dir, "manifest");
    auto_free char *to = path_join(pub->dir, "manifest.json");
    auto_str text = STR_INIT;
    if (!manifest_print(&pub->now, &text, err)) {
        return false;
    }
    bool ok = write_synced(pub, from, &text, err);
    if (ok && (!store_step("manifest_rename") || rename(from, to) != 0)) {
        ok = store_refused(err, errno, pub->dir, "put its manifest into place");
    }
    if (!ok) {
        unlink(from);
    }
    return ok;
}

static void mark_committed(struct publish *pub, struct text_map *names) {
    array_foreach (ds, &pub->now.datasets) {
        array_foreach (seg, &ds->segments) {
            seg->place = SEGMENT_STORED;
        }
    }
    text_map_done(&pub->committed);
    pub->committed = *names;
    *names = (struct text_map){0};
    pub->next_file = 0;
    pub->changed = false;
}

static bool sync_store(struct publish *pub, struct err *err) {
    pub->unsynced = !sync_folder(pub, "sync_store", pub->dir, err);
    if (pub->unsynced) {
        err_prefix(err, "the new generation is published, but may not survive a power failure");
    }
    return !pub->unsynced;
}

static bool commit_changes(struct publish *pub, struct err *err) {
    struct text_map names = {0};
    tidy_changed(pub);
    if (!move_all(pub, err)) {
        return false;
    }
    name_files(&pub->now, &names);
    list_retired(pub, &names);
    free(pub->now.written);
    pub->now.written = now_text();
    pub->now.generation++;
    bool ok = replace_manifest(pub, err);
    if (ok) {
        mark_committed(pub, &names);
        ok = sync_store(pub, err);
    } else {
        pub->now.generation--;
    }
    text_map_done(&names);
    return ok;
}

bool publish_commit(struct publish *pub, char generation[17], struct err *err) {
    bool ok = pub->changed ? commit_changes(pub, err) : !pub->unsynced || sync_store(pub, err);
    if (generation) {
        snprintf(generation, 17, "%016llx", (unsigned long long)pub->now.generation);
    }
    return ok;
}

void publish_end(struct publish *pub) {
    if (!pub) {
        return;
    }
    array_foreach (ds, &pub->now.datasets) {
        array_foreach (seg, &ds->segments) {
            segment_drop(pub, ds->name, seg);
        }
    }
    manifest_done(&pub->now);
    snapshot_unref(pub->base);
    text_map_done(&pub->committed);
    if (pub->lock_fd >= 0) {
        close(pub->lock_fd);
    }
    free(pub->dir);
    free(pub->tmp_dir);
    free(pub);
}
