// Adding the rows of a finished writer to a dataset.
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "store/merge_int.h"

enum { PARTITION_MAX = 512 };

// The new file itself becomes a segment.
bool merge_push_fresh(struct merge *m, struct err *err) {
    if (!segment_sync(m->pub, &m->fresh, err)) {
        return false;
    }
    array_push(&m->list, m->fresh);
    m->fresh = (struct manifest_segment){0};
    return true;
}

// --- whole segments ---------------------------------------------------------------------------

bool merge_same_content(const struct merge *m, const struct manifest_segment *seg) {
    if (!seg->arrow || seg->n_rows != m->fresh.n_rows) {
        return false;
    }
    const struct arrow_schema *a = arrow_schema(seg->arrow);
    const struct arrow_schema *b = arrow_schema(m->fresh.arrow);
    struct column_map map;
    column_map_init(&map, b, a);
    bool same = map.plain && schema_number(a) == schema_number(b);
    column_map_done(&map);
    struct sv crc = arrow_footer(seg->arrow, "culprit:crc");
    return same && crc.ptr && sv_eq(crc, arrow_footer(m->fresh.arrow, "culprit:crc"));
}

static void count_replaced(struct merge *m, const struct manifest_segment *olds, size_t n_olds) {
    if (n_olds == 1 && merge_same_content(m, olds)) {
        m->result->n_same = m->fresh.n_rows;
        return;
    }
    m->result->n_new = m->fresh.n_rows;
    for (size_t i = 0; i < n_olds; i++) {
        m->result->n_gone += olds[i].n_rows;
    }
    m->result->changed = true;
}

static bool merge_snapshot(struct merge *m, struct err *err) {
    count_replaced(m, m->ds ? m->ds->segments.ptr : NULL, m->ds ? m->ds->segments.n : 0);
    return !m->result->changed || merge_push_fresh(m, err);
}

static bool merge_partition(struct merge *m, struct err *err) {
    const char *partition = m->change->partition;
    struct manifest_segment *old = NULL;
    for (size_t i = 0; m->ds && i < m->ds->segments.n && !old; i++) {
        struct manifest_segment *seg = &m->ds->segments.ptr[i];
        old = !strcmp(seg->partition, partition) ? seg : NULL;
    }
    count_replaced(m, old, old ? 1 : 0);
    if (!m->result->changed) {
        return true;
    }
    if (!segment_sync(m->pub, &m->fresh, err)) {
        return false;
    }
    if (!m->ds) {
        m->ds = manifest_add(&m->pub->now, m->change->name);
    }
    if (old) {
        segment_drop(m->pub, m->ds->name, old);
    } else {
        old = array_add(&m->ds->segments);
    }
    *old = m->fresh;
    old->partition = xstrdup(partition);
    m->fresh = (struct manifest_segment){0};
    return true;
}

// --- the door ---------------------------------------------------------------------------------

static bool check_change(const struct dataset_change *c, struct err *err) {
    if (!c->name || !dataset_name_valid(c->name)) {
        return err_set(err, ERR_USAGE,
                       "\"%.80s\" is no dataset name: expected 1 to 64 of a-z, 0-9, '_' and '-'",
                       c->name ? c->name : "");
    }
    bool partitioned = c->kind == DATASET_PARTITIONED;
    if (partitioned != (c->partition != NULL)) {
        return err_set(err, ERR_USAGE, "dataset %s: %s", c->name,
                       partitioned ? "a partition is missing" : "it has no partitions");
    }
    struct sv partition = sv_cstr(c->partition);
    if (partition.len > PARTITION_MAX || !utf8_valid(partition)) {
        return err_set(err, ERR_USAGE, "dataset %s: a partition is at most %d bytes of UTF-8",
                       c->name, PARTITION_MAX);
    }
    if (c->kind == DATASET_KEYED && !c->drop && !c->key[0]) {
        return err_set(err, ERR_USAGE, "dataset %s: keyed, but without a merge key", c->name);
    }
    return true;
}

// Every key column must be in the new rows; in older ones it may be missing.
static bool check_key(const struct merge *m, struct err *err) {
    struct sv rest = sv_cstr(m->change->key), name;
    while (rest.len && sv_split(&rest, ',', &name)) {
        if (arrow_field_index(arrow_schema(m->fresh.arrow), name) < 0) {
            return err_set(err, ERR_USAGE, "dataset %s: no column %.*s, named by its merge key",
                           m->change->name, SV_ARG(name));
        }
    }
    return true;
}

static bool fields_clash(const struct arrow_schema *a, const struct arrow_schema *b) {
    struct column_map map;
    column_map_init(&map, a, b);
    bool clash = !map.plain;
    column_map_done(&map);
    return clash;
}

static bool check_stored(const struct merge *m, struct err *err) {
    const struct dataset_change *c = m->change;
    const struct manifest_dataset *ds = m->ds;
    if (!ds) {
        return true;
    }
    if (ds->schema_version > c->schema_version) {
        return err_set_sub(err, ERR_FORMAT, ARROW_ERR_SCHEMA_MISMATCH,
                           "dataset %s: the store has its schema %d, this program writes %d: use "
                           "the newer version",
                           c->name, ds->schema_version, c->schema_version);
    }
    if ((ds->kind == DATASET_PARTITIONED) != (c->kind == DATASET_PARTITIONED)) {
        return err_set_sub(err, ERR_FORMAT, ARROW_ERR_SCHEMA_MISMATCH,
                           "dataset %s: stored %s partitions, the new rows come %s: remove the "
                           "dataset first",
                           c->name, ds->kind == DATASET_PARTITIONED ? "in" : "without",
                           c->kind == DATASET_PARTITIONED ? "in some" : "without");
    }
    array_foreach (seg, &ds->segments) {
        if (c->kind == DATASET_SNAPSHOT || !seg->arrow) {
            continue;
        }
        const struct arrow_schema *stored = arrow_schema(seg->arrow);
        const struct arrow_schema *fresh = arrow_schema(m->fresh.arrow);
        if (schema_number(stored) == schema_number(fresh) && fields_clash(stored, fresh)) {
            return err_set_sub(err, ERR_FORMAT, ARROW_ERR_SCHEMA_MISMATCH,
                               "dataset %s: segment %s has other columns under the same schema "
                               "number %d",
                               c->name, seg->file, schema_number(fresh));
        }
    }
    return true;
}

static char *clean_text(const char *text) {
    if (!text) {
        return NULL;
    }
    struct sv view = sv_cstr(text);
    struct str out = STR_INIT;
    for (size_t at = 0; at < view.len;) {
        str_add_cp(&out, utf8_next(view, &at));
    }
    return out.ptr ? str_take(&out) : xstrdup("");
}

static void set_text(char **slot, char *text) {
    free(*slot);
    *slot = text;
}

static void record_change(struct merge *m) {
    const struct dataset_change *c = m->change;
    if (!m->ds) {
        m->ds = manifest_add(&m->pub->now, c->name);
    }
    if (c->kind != DATASET_PARTITIONED) {
        publish_set_segments(m->pub, m->ds, &m->list);
    }
    m->ds->schema_version = c->schema_version;
    m->ds->kind = c->kind;
    set_text(&m->ds->key, clean_text(c->key));
    set_text(&m->ds->sort, clean_text(c->sort ? c->sort : ""));
    set_text(&m->ds->origin, clean_text(c->origin));
    set_text(&m->ds->fetched, now_text());
    dataset_touch(m->pub, m->ds);
}

static bool merge_fresh(struct merge *m, struct err *err) {
    if (!check_key(m, err) || !check_stored(m, err)) {
        return false;
    }
    switch (m->change->kind) {
    case DATASET_SNAPSHOT:
        return merge_snapshot(m, err);
    case DATASET_PARTITIONED:
        return merge_partition(m, err);
    case DATASET_APPEND:
    case DATASET_KEYED:
    default:
        return merge_rows(m, err);
    }
}

static void merge_done(struct merge *m) {
    const struct segment_list none = {0};
    segment_drop(m->pub, m->change->name, &m->fresh);
    segments_release(m->pub, m->change->name, &m->list, m->ds ? &m->ds->segments : &none);
    merge_rows_done(m);
}

bool publish_merge(struct publish *pub, const struct dataset_change *change,
                   struct arrow_writer *writer, struct merge_result *result, struct err *err) {
    struct merge_result own;
    struct dataset_change c = *change;
    c.key = c.key ? c.key : "";
    struct merge m = {.pub = pub, .change = &c, .result = result ? result : &own};
    *m.result = (struct merge_result){0};
    bool ok = check_change(&c, err) && segment_write(pub, c.name, writer, &m.fresh, err);
    arrow_writer_free(writer);
    if (!ok) {
        return false;
    }
    m.ds = manifest_find(&pub->now, c.name);
    ok = merge_fresh(&m, err);
    if (ok && m.result->changed) {
        record_change(&m);
    } else if (!ok) {
        *m.result = (struct merge_result){0};
        store_explain(err, pub->dir, "merge new rows");
    }
    merge_done(&m);
    return ok;
}
