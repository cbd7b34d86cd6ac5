// Taking what cannot be read out of a store, so that it can be imported again.
#include <errno.h>

#include "store/store_int.h"

static bool passes(struct arrow_file *file, struct err *why) {
    return arrow_check_crc(file, why) && arrow_check_full(file, why);
}

// What the system refuses to us now says nothing about the file.
static bool is_refusal(const struct err *why) {
    return why->sys == EMFILE || why->sys == ENFILE || why->sys == ENOMEM || why->sys == EACCES ||
           why->sys == EPERM;
}

static bool is_sound(struct publish *pub, const struct manifest_dataset *ds,
                     const struct manifest_segment *seg, struct err *why) {
    if (seg->arrow) {
        return passes(seg->arrow, why);
    }
    struct arrow_file *file = segment_open_stored(pub->dir, ds->name, seg, why);
    bool sound = file ? passes(file, why) : is_refusal(why);
    arrow_unref(file);
    return sound;
}

// Number of segments taken out of `ds`.
static int drop_of(struct publish *pub, struct manifest_dataset *ds, struct str *report) {
    struct segment_list sound = {0};
    int n_dropped = 0;
    array_foreach (seg, &ds->segments) {
        struct err why = ERR_INIT;
        if (is_sound(pub, ds, seg, &why)) {
            array_push(&sound, segment_copy(seg));
            continue;
        }
        n_dropped++;
        str_addf(report, "%s: %lld rows are taken out, last imported from %s (%s)\n", ds->name,
                 (long long)seg->n_rows, ds->origin ? ds->origin : "a file not known", why.msg);
    }
    publish_set_segments(pub, ds, &sound);
    return n_dropped;
}

int publish_drop_damaged(struct publish *pub, struct str *report) {
    int n_dropped = 0;
    for (size_t i = pub->now.datasets.n; i-- > 0;) {
        struct manifest_dataset *ds = &pub->now.datasets.ptr[i];
        const int n = drop_of(pub, ds, report);
        if (!n) {
            continue;
        }
        n_dropped += n;
        dataset_touch(pub, ds);
        if (ds->segments.n == 0) {
            manifest_remove(&pub->now, ds);
        }
    }
    return n_dropped;
}
