// New segments on their way from a writer through tmp/ into a dataset's list.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "store/store_int.h"

static char *place_path(const struct publish *pub, const char *dataset,
                        const struct manifest_segment *seg) {
    return seg->place == SEGMENT_TMP ? xasprintf("%s/%s.arrow", pub->tmp_dir, seg->file)
                                     : segment_path(pub->dir, dataset, seg->file);
}

static bool finish_as(struct publish *pub, const char *path, struct arrow_writer *w,
                      struct manifest_segment *seg, struct err *err) {
    auto_free char *generated = now_text();
    struct arrow_footer_info info = {.generated = generated};
    struct arrow_finished done;
    if (!store_step("create")) {
        return store_refused(err, errno, pub->dir, "create a segment");
    }
    if (!store_step("write")) {
        return store_refused(err, errno, pub->dir, "write a segment");
    }
    if (!arrow_finish_as(w, path, &info, &done, err)) {
        store_explain(err, pub->dir, "write a segment");
        return false;
    }
    seg->size_bytes = done.size;
    seg->footer_crc = done.footer_crc;
    seg->n_rows = arrow_rows_written(w);
    return true;
}

bool segment_write(struct publish *pub, const char *dataset, struct arrow_writer *w,
                   struct manifest_segment *out, struct err *err) {
    struct manifest_segment seg = {.place = SEGMENT_TMP};
    snprintf(seg.file, sizeof seg.file, "%016llx-%u", (unsigned long long)publish_generation(pub),
             pub->next_file++);
    auto_free char *path = place_path(pub, dataset, &seg);
    if (!finish_as(pub, path, w, &seg, err)) {
        return false;
    }
    seg.arrow = segment_open(path, dataset, &seg, err);
    if (!seg.arrow) {
        unlink(path);
        return false;
    }
    *out = seg;
    return true;
}

// The mapping has kept the inode in memory since it was written, so an error that the system met
// while writing back is still reported here.
bool segment_sync(const struct publish *pub, const struct manifest_segment *seg, struct err *err) {
    auto_free char *path = place_path(pub, NULL, seg);
    auto_close int fd = -1;
    BUG_ON(seg->place != SEGMENT_TMP);
    if (store_step("fsync")) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 || fsync(fd) != 0) {
        return store_refused(err, errno, pub->dir, "sync a segment");
    }
    return true;
}

void segment_drop(struct publish *pub, const char *dataset, struct manifest_segment *seg) {
    if (seg->file[0] && seg->place != SEGMENT_STORED) {
        auto_free char *path = place_path(pub, dataset, seg);
        unlink(path);
    }
    manifest_segment_done(seg);
}

struct manifest_segment segment_copy(const struct manifest_segment *seg) {
    struct manifest_segment copy = *seg;
    copy.partition = seg->partition ? xstrdup(seg->partition) : NULL;
    copy.json = json_incref(seg->json);
    copy.arrow = seg->arrow ? arrow_ref(seg->arrow) : NULL;
    return copy;
}

static bool list_has(const struct segment_list *list, const char *file) {
    array_foreach (seg, list) {
        if (!strcmp(seg->file, file)) {
            return true;
        }
    }
    return false;
}

void segments_release(struct publish *pub, const char *dataset, struct segment_list *list,
                      const struct segment_list *keep) {
    array_foreach (seg, list) {
        if (list_has(keep, seg->file)) {
            manifest_segment_done(seg);
        } else {
            segment_drop(pub, dataset, seg);
        }
    }
    array_done(list);
}

void publish_set_segments(struct publish *pub, struct manifest_dataset *ds,
                          struct segment_list *list) {
    segments_release(pub, ds->name, &ds->segments, list);
    ds->segments = *list;
    *list = (struct segment_list){0};
}
