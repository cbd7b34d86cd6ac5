// fail_sigs: the signatures that an alert summary with a bug shows as regressed.
#include "base/array.h"
#include "base/map.h"
#include "derive/derive_int.h"

struct summary {
    int64_t id;
    uint32_t number; // of `ids`; stays through sorting
    struct sv revision;
};

struct failing {
    uint32_t summary; // number of `ids`
    int64_t signature_id;
};

struct fails {
    struct int_map ids; // of the summaries
    ARRAY(struct summary) summaries;
    ARRAY(struct failing) failing;
};

static void need_summary(void *arg, const struct scan *s, int64_t slot) {
    struct fails *f = arg;
    if (scan_is_null(s, ABT_SUMMARY_ID, slot)) {
        return;
    }
    bool is_new;
    const int64_t id = scan_i64(s, ABT_SUMMARY_ID, slot);
    const uint32_t number = int_map_put(&f->ids, id, &is_new);
    if (is_new) {
        array_push(&f->summaries, (struct summary){id, number, SV_NULL});
    }
}

static void look_up_revision(void *arg, const struct scan *s, int64_t slot) {
    struct fails *f = arg;
    const uint32_t number = int_map_get(&f->ids, scan_i64(s, AS_ID, slot));
    if (number != MAP_NONE) {
        f->summaries.ptr[number].revision = scan_text(s, AS_REVISION, slot);
    }
}

// Own alerts only: a related one belongs to the summary where it was first filed.
static void keep_failing(void *arg, const struct scan *s, int64_t slot) {
    struct fails *f = arg;
    if (scan_bool(s, AL_RELATED, slot) || !scan_bool(s, AL_IS_REGRESSION, slot) ||
        scan_is_null(s, AL_SIGNATURE_ID, slot)) {
        return;
    }
    const uint32_t number = int_map_get(&f->ids, scan_i64(s, AL_SUMMARY_ID, slot));
    if (number != MAP_NONE) {
        array_push(&f->failing, (struct failing){number, scan_i64(s, AL_SIGNATURE_ID, slot)});
    }
}

static int by_summary(const void *a, const void *b) {
    const struct failing *x = a, *y = b;
    if (x->summary != y->summary) {
        return x->summary < y->summary ? -1 : 1;
    }
    return (x->signature_id > y->signature_id) - (x->signature_id < y->signature_id);
}

static int by_id(const void *a, const void *b) {
    const struct summary *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

// The signatures of the summary are failing[bounds[0], bounds[1]).
static bool write_row(struct derive *d, const struct fails *f, const struct summary *s,
                      const size_t bounds[2], struct err *err) {
    int64_t n_ids = 0;
    arrow_add_i64(derive_col(d, 0, FS_ALERT_SUMMARY_ID), s->id);
    add_text(derive_col(d, 0, FS_REVISION), s->revision);
    struct arrow_builder *list = derive_col(d, 0, FS_IDS);
    arrow_list_begin(list);
    for (size_t i = bounds[0]; i < bounds[1] && i < f->failing.n; i++) {
        const int64_t id = f->failing.ptr[i].signature_id;
        if (i == bounds[0] || id != f->failing.ptr[i - 1].signature_id) {
            arrow_add_i64(arrow_child(list, 0), id);
            n_ids++;
        }
    }
    arrow_list_end(list);
    arrow_add_i64(derive_col(d, 0, FS_NUM), n_ids);
    return arrow_row_end(d->out[0], err);
}

static bool write_rows(struct derive *d, const struct fails *f, struct err *err) {
    // Where the signatures of each summary begin, by its number.
    size_t *first = xcalloc(f->summaries.n + 1, sizeof *first);
    for (size_t i = 0; i < f->failing.n; i++) {
        first[f->failing.ptr[i].summary + 1]++;
    }
    for (size_t i = 0; i < f->summaries.n; i++) {
        first[i + 1] += first[i];
    }
    bool ok = true;
    for (size_t i = 0; ok && i < f->summaries.n; i++) {
        const struct summary *s = &f->summaries.ptr[i];
        ok = write_row(d, f, s, &first[s->number], err);
    }
    free(first);
    return ok;
}

bool derive_fail_sigs(struct derive *d, struct err *err) {
    struct fails f = {0};
    bool ok = scan_each(d, &schema_alert_bug_tests, need_summary, &f, err) &&
              scan_each(d, &schema_alert_summaries, look_up_revision, &f, err) &&
              scan_each(d, &schema_alerts, keep_failing, &f, err);
    if (ok && f.failing.n) {
        qsort(f.failing.ptr, f.failing.n, sizeof *f.failing.ptr, by_summary);
    }
    if (ok && f.summaries.n) {
        qsort(f.summaries.ptr, f.summaries.n, sizeof *f.summaries.ptr, by_id);
        ok = write_rows(d, &f, err);
    }
    int_map_done(&f.ids);
    array_done(&f.summaries);
    array_done(&f.failing);
    return ok;
}
