#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"
#include "store/store_int.h"

struct check {
    const char *dir;
    struct str *report;
    int n_faults;
};

static void fault(struct check *c, const char *dataset, const struct err *why) {
    c->n_faults++;
    str_addf(c->report, "%s: %s\n", dataset, why->msg);
}

static void check_segment(struct check *c, const struct manifest_dataset *ds,
                          const struct manifest_segment *seg) {
    struct err why = ERR_INIT;
    if (!seg->arrow) {
        segment_damaged(c->dir, ds->name, seg, &why);
        fault(c, ds->name, &why);
        return;
    }
    // Wrong bytes are named by their checksum first; the full check then says what they break.
    if (!arrow_check_crc(seg->arrow, &why) || !arrow_check_full(seg->arrow, &why)) {
        fault(c, ds->name, &why);
    }
    int number = schema_number(arrow_schema(seg->arrow));
    if (number > ds->schema_version) {
        err_set(&why, ERR_FORMAT, "%s: schema %d, the manifest has %d", arrow_path(seg->arrow),
                number, ds->schema_version);
        fault(c, ds->name, &why);
    }
}

static bool is_named(const struct manifest *m, const struct manifest_dataset *ds,
                     const char *dataset, const char *name) {
    struct sv file = sv_cstr(name);
    size_t len = file.len - (sv_ends(file, SV(".arrow")) ? strlen(".arrow") : 0);
    for (size_t i = 0; ds && i < ds->segments.n; i++) {
        if (sv_eq(sv_make(name, len), sv_cstr(ds->segments.ptr[i].file))) {
            return true;
        }
    }
    auto_free char *full = xasprintf("%s/%.*s", dataset, (int)len, name);
    array_foreach (retired, &m->retired) {
        if (!strcmp(*retired, full)) {
            return true;
        }
    }
    return false;
}

// Files that no manifest names do no harm; they are only told.
static void note_strangers(struct check *c, const struct manifest *m, const char *dataset) {
    const struct manifest_dataset *ds = manifest_find(m, dataset);
    auto_free char *folder = dataset_dir(c->dir, dataset);
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] != '.' && !is_named(m, ds, dataset, e->d_name)) {
            str_addf(c->report, "note: %s/%s belongs to no dataset\n", folder, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

static void note_all_strangers(struct check *c, const struct manifest *m) {
    auto_free char *data = path_join(c->dir, "data");
    DIR *dir = opendir(data);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            note_strangers(c, m, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

int store_check(const char *store_dir, struct str *report, struct err *err) {
    struct check c = {.dir = store_dir, .report = report};
    struct manifest m;
    struct manifest_stamp stamp;
    if (!file_exists(store_dir)) {
        err_set(err, ERR_NOT_FOUND, "there is no store %s", store_dir);
        return -1;
    }
    if (!manifest_open(&m, store_dir, &stamp, NULL, err)) {
        return -1;
    }
    array_foreach (ds, &m.datasets) {
        array_foreach (seg, &ds->segments) {
            check_segment(&c, ds, seg);
        }
    }
    note_all_strangers(&c, &m);
    manifest_done(&m);
    return c.n_faults;
}
