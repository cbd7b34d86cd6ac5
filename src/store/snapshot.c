#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/scope.h"
#include "store/store_int.h"

enum { OPEN_TRIES = 10, OPEN_PAUSE_NS = 5 * 1000 * 1000 };

struct snapshot_own {
    struct snapshot shared; // first: the two pointers are equal
    struct arena arena;     // everything but the open files
    struct manifest_stamp stamp;
};

// --- opening ----------------------------------------------------------------------------------

char *dataset_dir(const char *store_dir, const char *dataset) {
    return xasprintf("%s/data/%s", store_dir, dataset);
}

char *segment_path(const char *store_dir, const char *dataset, const char *file) {
    return xasprintf("%s/data/%s/%s.arrow", store_dir, dataset, file);
}

struct arrow_file *segment_open(const char *path, const char *dataset,
                                const struct manifest_segment *seg, struct err *err) {
    struct arrow_open opt = {.expect_size = seg->size_bytes, .expect_dataset = dataset};
    struct arrow_file *file = arrow_open(path, &opt, err);
    if (!file) {
        return NULL;
    }
    if (arrow_footer_crc(file) != seg->footer_crc || arrow_n_rows(file) != seg->n_rows) {
        err_set_sub(err, ERR_FORMAT, ARROW_ERR_CRC,
                    "%s: %lld rows with footer checksum %08x, the manifest names %lld rows with "
                    "%08x: the file was replaced or is damaged",
                    path, (long long)arrow_n_rows(file), arrow_footer_crc(file),
                    (long long)seg->n_rows, seg->footer_crc);
        arrow_unref(file);
        return NULL;
    }
    return file;
}

struct arrow_file *segment_open_stored(const char *store_dir, const char *dataset,
                                       const struct manifest_segment *seg, struct err *err) {
    auto_free char *path = segment_path(store_dir, dataset, seg->file);
    return segment_open(path, dataset, seg, err);
}

bool segment_damaged(const char *store_dir, const char *dataset, const struct manifest_segment *seg,
                     struct err *err) {
    struct arrow_file *file = segment_open_stored(store_dir, dataset, seg, err);
    if (file) {
        err_set(err, ERR_BUSY, "%s: could be opened only at the second try", arrow_path(file));
        arrow_unref(file);
    }
    return false;
}

// Number of segments that could not be opened; one line of `damage` each.
static size_t open_segments(struct manifest *m, const char *store_dir, struct str *damage) {
    size_t n_bad = 0;
    array_foreach (ds, &m->datasets) {
        array_foreach (seg, &ds->segments) {
            struct err why = ERR_INIT;
            seg->arrow = segment_open_stored(store_dir, ds->name, seg, &why);
            if (!seg->arrow) {
                n_bad++;
                str_addf(damage, "%s: %s\n", ds->name, why.msg);
            }
        }
    }
    return n_bad;
}

// A file that is missing is damage only when the manifest that names it still stands; otherwise a
// writer has gone on and the new manifest is read.
bool manifest_open(struct manifest *m, const char *store_dir, struct manifest_stamp *stamp,
                   struct str *damage, struct err *err) {
    for (int i = 0; i < OPEN_TRIES; i++) {
        auto_str found = STR_INIT;
        struct manifest_stamp now;
        if (!manifest_load(m, store_dir, stamp, err)) {
            return false;
        }
        if (!store_step("open")) {
            manifest_done(m);
            return store_refused(err, errno, store_dir, "open its segments");
        }
        size_t n_bad = open_segments(m, store_dir, &found);
        manifest_stamp_now(store_dir, &now);
        if (n_bad == 0 || manifest_stamp_equal(stamp, &now)) {
            if (damage && found.len) {
                str_add_sv(damage, str_sv(&found));
            }
            return true;
        }
        manifest_done(m);
        nanosleep(&(struct timespec){.tv_nsec = OPEN_PAUSE_NS}, NULL);
    }
    return err_set(err, ERR_BUSY, "the store %s changes faster than it can be opened: try again",
                   store_dir);
}

static char *copy_text(struct arena *a, const char *text) {
    return text ? arena_strdup(a, sv_cstr(text)) : NULL;
}

static void take_segments(struct arena *a, struct dataset *to,
                          const struct manifest_dataset *from) {
    to->segments = arena_zalloc(a, from->segments.n + 1, sizeof *to->segments);
    array_foreach (entry, &from->segments) {
        if (!entry->arrow) {
            continue;
        }
        to->segments[to->n_segments++] = (struct segment){
            .file = copy_text(a, entry->file),
            .partition = copy_text(a, entry->partition),
            .first_row = to->n_rows,
            .n_rows = entry->n_rows,
            .size_bytes = entry->size_bytes,
            .footer_crc = entry->footer_crc,
            .arrow = arrow_ref(entry->arrow),
        };
        to->n_rows += entry->n_rows;
    }
}

static void take_dataset(struct arena *a, struct dataset *to, const struct manifest_dataset *from) {
    to->name = copy_text(a, from->name);
    to->schema_version = from->schema_version;
    to->kind = from->kind;
    to->generation = copy_text(a, from->generation);
    to->source.origin = copy_text(a, from->origin);
    to->source.fetched = copy_text(a, from->fetched);
    take_segments(a, to, from);
}

struct snapshot *snapshot_of_manifest(const struct manifest *m, const char *store_dir,
                                      const struct manifest_stamp *stamp) {
    struct snapshot_own *own = xcalloc(1, sizeof *own);
    struct snapshot *snap = &own->shared;
    own->stamp = *stamp;
    snap->store_dir = copy_text(&own->arena, store_dir);
    snprintf(snap->generation, sizeof snap->generation, "%016llx",
             (unsigned long long)m->generation);
    snap->n_datasets = m->datasets.n;
    snap->datasets = arena_zalloc(&own->arena, m->datasets.n + 1, sizeof *snap->datasets);
    for (size_t i = 0; i < m->datasets.n; i++) {
        take_dataset(&own->arena, &snap->datasets[i], &m->datasets.ptr[i]);
    }
    atomic_init(&snap->n_refs, 1);
    return snap;
}

struct snapshot *snapshot_open(const char *store_dir, struct str *damage, struct err *err) {
    struct manifest m;
    struct manifest_stamp stamp;
    lock_warn_file_system(store_dir);
    if (!manifest_open(&m, store_dir, &stamp, damage, err)) {
        return NULL;
    }
    struct snapshot *snap = snapshot_of_manifest(&m, store_dir, &stamp);
    manifest_done(&m);
    return snap;
}

struct snapshot *snapshot_of_file(const char *dataset, struct arrow_file *file) {
    struct snapshot_own *own = xcalloc(1, sizeof *own);
    struct snapshot *snap = &own->shared;
    struct dataset *ds = arena_zalloc(&own->arena, 1, sizeof *ds);
    struct segment *seg = arena_zalloc(&own->arena, 1, sizeof *seg);
    *seg = (struct segment){
        .file = copy_text(&own->arena, dataset),
        .n_rows = arrow_n_rows(file),
        .size_bytes = arrow_size(file),
        .footer_crc = arrow_footer_crc(file),
        .arrow = file,
    };
    *ds = (struct dataset){
        .name = copy_text(&own->arena, dataset),
        .kind = DATASET_SNAPSHOT,
        .generation = copy_text(&own->arena, ""),
        .segments = seg,
        .n_segments = 1,
        .n_rows = seg->n_rows,
    };
    snap->store_dir = copy_text(&own->arena, "");
    snap->datasets = ds;
    snap->n_datasets = 1;
    atomic_init(&snap->n_refs, 1);
    return snap;
}

// --- using ------------------------------------------------------------------------------------

struct snapshot *snapshot_ref(struct snapshot *snap) {
    atomic_fetch_add_explicit(&snap->n_refs, 1, memory_order_relaxed);
    return snap;
}

void snapshot_unref(struct snapshot *snap) {
    if (!snap || atomic_fetch_sub_explicit(&snap->n_refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    if (snap->cache_free) {
        snap->cache_free(snap->cache);
    }
    for (size_t i = 0; i < snap->n_datasets; i++) {
        for (size_t k = 0; k < snap->datasets[i].n_segments; k++) {
            arrow_unref(snap->datasets[i].segments[k].arrow);
        }
    }
    struct snapshot_own *own = (struct snapshot_own *)snap;
    arena_done(&own->arena);
    free(own);
}

const struct dataset *snapshot_dataset(const struct snapshot *snap, const char *name) {
    size_t from = 0, to = snap->n_datasets;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int order = strcmp(snap->datasets[mid].name, name);
        if (order == 0) {
            return &snap->datasets[mid];
        }
        if (order < 0) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return NULL;
}

const struct segment *dataset_segment(const struct dataset *ds, int64_t row, int64_t *local_row) {
    BUG_ON(row < 0 || row >= ds->n_rows);
    // The last segment that begins at or before the row; empty ones begin where the next one does.
    size_t from = 0, to = ds->n_segments;
    while (to - from > 1) {
        size_t mid = from + (to - from) / 2;
        if (ds->segments[mid].first_row <= row) {
            from = mid;
        } else {
            to = mid;
        }
    }
    *local_row = row - ds->segments[from].first_row;
    return &ds->segments[from];
}

bool snapshot_is_stale(const struct snapshot *snap) {
    const struct snapshot_own *own = (const struct snapshot_own *)snap;
    struct manifest_stamp now;
    if (!snap->store_dir[0]) {
        return false; // snapshot_of_file()
    }
    manifest_stamp_now(snap->store_dir, &now);
    if (manifest_stamp_equal(&own->stamp, &now)) {
        return false;
    }
    struct manifest m;
    if (!manifest_load(&m, snap->store_dir, &now, NULL)) {
        return false; // nothing better can be had
    }
    char generation[17];
    snprintf(generation, sizeof generation, "%016llx", (unsigned long long)m.generation);
    manifest_done(&m);
    return strcmp(generation, snap->generation) != 0;
}
