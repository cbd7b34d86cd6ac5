// Adding the rows of a finished writer to a dataset.
//
// A keyed merge takes two passes. The first meets every old row with the groups of the new file and
// notes which belong to one (8 bytes each); then each group is known to be new, equal or different.
// The second rewrites only the segments that hold rows to be replaced or dropped.
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "store/store_int.h"

enum { PARTITION_MAX = 512 };
#define HIT_DROPPED UINT32_MAX

// An old row that belongs to a group of the new file, or is to be dropped.
struct hit {
    uint32_t row;
    uint32_t group;
};

struct old_segment {
    struct manifest_segment *entry; // borrowed from the dataset
    struct column_map map;
    struct key_columns key;
    ARRAY(struct hit) hits; // by row
    bool rewrite;
};

struct merge {
    struct publish *pub;
    const struct dataset_change *change;
    struct merge_result *result;
    struct manifest_dataset *ds;   // NULL = not in the store yet
    struct manifest_segment fresh; // the new rows; no file name when it was taken or dropped
    struct row_cursor fresh_rows;
    struct column_map fresh_map; // onto itself
    struct group_index groups;
    bool grouped;
    ARRAY(struct old_segment) olds;
    struct int_map gone;      // hashes of the keys of dropped rows
    int64_t n_dropped;        // rows
    bool dropped_same;        // ungrouped: the dropped rows are the new ones so far
    struct segment_list list; // what the dataset will hold
};

// --- first pass -------------------------------------------------------------------------------

static bool note_dropped(struct merge *m, const struct old_segment *old,
                         const struct arrow_batch *batch, int64_t slot, struct err *err) {
    int64_t place = m->n_dropped++;
    if (m->grouped) {
        int_map_put(&m->gone, (int64_t)key_hash(&old->key, batch, slot), NULL);
        return true;
    }
    if (!m->dropped_same || place >= m->fresh.n_rows) {
        m->dropped_same = false;
        return true;
    }
    int64_t fresh_slot;
    const struct arrow_batch *fresh = row_seek(&m->fresh_rows, place, &fresh_slot, err);
    if (!fresh) {
        return false;
    }
    m->dropped_same = rows_equal(&old->map, fresh, fresh_slot, batch, slot);
    return true;
}

static bool scan_row(struct merge *m, struct old_segment *old, const struct arrow_batch *batch,
                     int64_t slot, struct err *err) {
    uint32_t row = (uint32_t)(batch->first_row + slot);
    int64_t group = GROUP_NONE;
    if (m->grouped) {
        group = groups_find(&m->groups, &old->key, batch, slot, err);
    }
    if (group >= 0) {
        array_push(&old->hits, (struct hit){row, (uint32_t)group});
        return groups_compare(&m->groups, (uint32_t)group, &old->map, batch, slot, err);
    }
    if (group == GROUP_NONE && m->change->drop &&
        m->change->drop(m->change->drop_arg, batch, slot)) {
        array_push(&old->hits, (struct hit){row, HIT_DROPPED});
        return note_dropped(m, old, batch, slot, err);
    }
    return group == GROUP_NONE;
}

static bool scan_segment(struct merge *m, struct old_segment *old, struct err *err) {
    struct arrow_file *file = old->entry->arrow;
    for (size_t b = 0; b < arrow_n_batches(file); b++) {
        const struct arrow_batch *batch = arrow_batch(file, b, err);
        if (!batch) {
            return false;
        }
        for (int64_t slot = 0; slot < batch->n_rows; slot++) {
            if (!scan_row(m, old, batch, slot, err)) {
                return false;
            }
        }
    }
    return true;
}

// What a damaged segment held is unknown, so keys in it cannot be merged with.
static bool refuse_damaged(const struct merge *m, const struct manifest_segment *seg,
                           struct err *err) {
    char *path = segment_path(m->pub->dir, m->ds->name, seg->file);
    struct arrow_file *file = segment_open(path, m->ds->name, seg, err);
    if (file) {
        arrow_unref(file);
        err_set_sub(err, ERR_FORMAT, ARROW_ERR_BAD_METADATA, "%s: could not be opened before",
                    path);
    }
    free(path);
    return err_prefix(err,
                      "dataset %s is damaged: put its file back from a copy, or remove the dataset "
                      "and import it again",
                      m->ds->name);
}

static bool open_olds(struct merge *m, struct err *err) {
    for (size_t i = 0; m->ds && i < m->ds->segments.n; i++) {
        struct manifest_segment *entry = &m->ds->segments.ptr[i];
        if (!entry->arrow) {
            return refuse_damaged(m, entry, err);
        }
        struct old_segment *old = array_add(&m->olds);
        const struct arrow_schema *schema = arrow_schema(entry->arrow);
        old->entry = entry;
        column_map_init(&old->map, arrow_schema(m->fresh.arrow), schema);
        if (!key_columns_init(&old->key, schema, m->change->key, err)) {
            return false;
        }
    }
    return true;
}

// --- between ----------------------------------------------------------------------------------

static void count_groups(struct merge *m) {
    for (uint32_t g = 0; g < m->groups.n_groups; g++) {
        switch (groups_settle(&m->groups, g)) {
        case GROUP_NEW:
            m->result->n_new++;
            break;
        case GROUP_SAME:
            m->result->n_same++;
            break;
        case GROUP_DIFFERENT:
        case GROUP_PLACED:
        default:
            m->result->n_changed++;
            break;
        }
    }
    m->result->n_gone = (int64_t)m->gone.n;
}

static void count_rows(struct merge *m) {
    int64_t n_fresh = m->fresh.n_rows;
    m->dropped_same = m->dropped_same && m->n_dropped == n_fresh && n_fresh > 0;
    if (m->dropped_same) {
        m->result->n_same = n_fresh;
    } else {
        m->result->n_new = n_fresh;
        m->result->n_gone = m->n_dropped;
    }
}

static bool must_go(const struct merge *m, const struct hit *hit) {
    return hit->group == HIT_DROPPED || (m->grouped && m->groups.states[hit->group] != GROUP_SAME);
}

static void choose_rewrites(struct merge *m) {
    array_foreach (old, &m->olds) {
        array_foreach (hit, &old->hits) {
            old->rewrite = old->rewrite || must_go(m, hit);
        }
    }
}

// --- second pass ------------------------------------------------------------------------------

static bool place_group(struct merge *m, struct arrow_writer *w, uint32_t group, struct err *err) {
    if (m->groups.states[group] == GROUP_PLACED) {
        return true;
    }
    m->groups.states[group] = GROUP_PLACED;
    for (uint32_t row = groups_first(&m->groups, group); row != ROW_NONE;
         row = groups_next(&m->groups, row)) {
        if (!row_copy(w, &m->fresh_map, &m->fresh_rows, row, err)) {
            return false;
        }
    }
    return true;
}

static bool copy_rows(struct arrow_writer *w, const struct column_map *map, struct row_cursor *cur,
                      int64_t from, int64_t to, struct err *err) {
    for (int64_t row = from; row < to; row++) {
        if (!row_copy(w, map, cur, row, err)) {
            return false;
        }
    }
    return true;
}

static bool copy_segment(struct merge *m, const struct old_segment *old, struct arrow_writer *w,
                         struct err *err) {
    struct row_cursor cur = {old->entry->arrow, NULL};
    int64_t next = 0;
    array_foreach (hit, &old->hits) {
        if (!must_go(m, hit)) {
            continue;
        }
        if (!copy_rows(w, &old->map, &cur, next, hit->row, err)) {
            return false;
        }
        if (hit->group != HIT_DROPPED && !place_group(m, w, hit->group, err)) {
            return false;
        }
        next = (int64_t)hit->row + 1;
    }
    return copy_rows(w, &old->map, &cur, next, old->entry->n_rows, err);
}

// Writes the file of `w` and adds it to the list; a writer without rows adds nothing.
static bool push_written(struct merge *m, struct arrow_writer *w, struct err *err) {
    if (arrow_rows_written(w) == 0) {
        return true;
    }
    struct manifest_segment seg;
    if (!segment_write(m->pub, m->change->name, w, &seg, err)) {
        return false;
    }
    array_push(&m->list, seg);
    return segment_sync(m->pub, &seg, err);
}

static bool rewrite_segment(struct merge *m, const struct old_segment *old, struct err *err) {
    struct arrow_file *file = old->entry->arrow;
    // A damaged file must not get a fresh, right checksum.
    if (old->entry->place == SEGMENT_STORED && !arrow_check_crc(file, err)) {
        return false;
    }
    unsigned damaged = arrow_damaged(file);
    struct arrow_writer *w = arrow_writer_new(arrow_schema(m->fresh.arrow), m->pub->tmp_dir, err);
    if (!w) {
        return false;
    }
    bool ok = copy_segment(m, old, w, err);
    if (ok && arrow_damaged(file) != damaged) {
        ok = err_set_sub(err, ERR_FORMAT, ARROW_ERR_TRUNCATED,
                         "%s: the file changed while it was read", arrow_path(file));
    }
    ok = ok && push_written(m, w, err);
    arrow_writer_free(w);
    return ok;
}

// The new file itself becomes a segment.
static bool push_fresh(struct merge *m, struct err *err) {
    if (!segment_sync(m->pub, &m->fresh, err)) {
        return false;
    }
    array_push(&m->list, m->fresh);
    m->fresh = (struct manifest_segment){0};
    return true;
}

static bool copy_new_groups(struct merge *m, struct arrow_writer *w, struct err *err) {
    for (int64_t row = 0; row < m->fresh.n_rows; row++) {
        int64_t slot;
        const struct arrow_batch *batch = row_seek(&m->fresh_rows, row, &slot, err);
        if (!batch) {
            return false;
        }
        int64_t group = groups_find(&m->groups, &m->groups.key, batch, slot, err);
        if (group < 0) {
            return false;
        }
        if (m->groups.states[group] == GROUP_NEW &&
            !row_copy(w, &m->fresh_map, &m->fresh_rows, row, err)) {
            return false;
        }
    }
    return true;
}

static bool push_new_groups(struct merge *m, struct err *err) {
    if (m->result->n_new == 0) {
        return true;
    }
    if (m->result->n_changed + m->result->n_same == 0) {
        return push_fresh(m, err);
    }
    struct arrow_writer *w = arrow_writer_new(arrow_schema(m->fresh.arrow), m->pub->tmp_dir, err);
    if (!w) {
        return false;
    }
    bool ok = copy_new_groups(m, w, err) && push_written(m, w, err);
    arrow_writer_free(w);
    return ok;
}

// Rows of a dataset that lost them all, or never had one: a segment without rows keeps the schema.
static bool push_empty(struct merge *m, struct err *err) {
    if (m->fresh.n_rows == 0) {
        return push_fresh(m, err);
    }
    struct arrow_writer *w = arrow_writer_new(arrow_schema(m->fresh.arrow), m->pub->tmp_dir, err);
    struct manifest_segment seg;
    bool ok = w && segment_write(m->pub, m->change->name, w, &seg, err);
    if (ok) {
        array_push(&m->list, seg);
        ok = segment_sync(m->pub, &seg, err);
    }
    if (w) {
        arrow_writer_free(w);
    }
    return ok;
}

static bool build_list(struct merge *m, struct err *err) {
    array_foreach (old, &m->olds) {
        if (!old->rewrite) {
            // A segment without rows was only there for the schema.
            if (old->entry->n_rows > 0) {
                array_push(&m->list, segment_copy(old->entry));
            }
        } else if (!rewrite_segment(m, old, err)) {
            return false;
        }
    }
    if (m->grouped ? !push_new_groups(m, err) : m->result->n_new > 0 && !push_fresh(m, err)) {
        return false;
    }
    return m->list.n > 0 || push_empty(m, err);
}

static bool merge_rows(struct merge *m, struct err *err) {
    m->grouped = m->change->key[0] != '\0' && m->change->kind == DATASET_KEYED;
    m->dropped_same = true;
    m->fresh_rows = (struct row_cursor){m->fresh.arrow, NULL};
    const struct arrow_schema *schema = arrow_schema(m->fresh.arrow);
    column_map_init(&m->fresh_map, schema, schema);
    if (m->grouped && !groups_build(&m->groups, m->fresh.arrow, m->change->key, err)) {
        return false;
    }
    if (!open_olds(m, err)) {
        return false;
    }
    array_foreach (old, &m->olds) {
        if ((m->grouped || m->change->drop) && !scan_segment(m, old, err)) {
            return false;
        }
    }
    if (m->grouped) {
        count_groups(m);
    } else {
        count_rows(m);
    }
    const struct merge_result *r = m->result;
    if (m->ds && m->ds->segments.n && r->n_new + r->n_changed + r->n_gone == 0) {
        return true;
    }
    m->result->changed = true;
    choose_rewrites(m);
    return build_list(m, err);
}

// --- whole segments ---------------------------------------------------------------------------

static bool same_content(const struct merge *m, const struct manifest_segment *seg) {
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

static void count_replaced(struct merge *m, const struct manifest_segment *old) {
    if (old && same_content(m, old)) {
        m->result->n_same = m->fresh.n_rows;
        return;
    }
    m->result->n_new = m->fresh.n_rows;
    m->result->n_gone = old ? old->n_rows : 0;
    m->result->changed = true;
}

static bool merge_snapshot(struct merge *m, struct err *err) {
    size_t n_old = m->ds ? m->ds->segments.n : 0;
    count_replaced(m, n_old == 1 ? &m->ds->segments.ptr[0] : NULL);
    return !m->result->changed || push_fresh(m, err);
}

static bool merge_partition(struct merge *m, struct err *err) {
    const char *partition = m->change->partition;
    struct manifest_segment *old = NULL;
    for (size_t i = 0; m->ds && i < m->ds->segments.n && !old; i++) {
        struct manifest_segment *seg = &m->ds->segments.ptr[i];
        old = !strcmp(seg->partition, partition) ? seg : NULL;
    }
    count_replaced(m, old);
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
    segment_drop(m->pub, m->change->name, &m->fresh);
    array_foreach (seg, &m->list) {
        segment_drop(m->pub, m->change->name, seg);
    }
    array_done(&m->list);
    array_foreach (old, &m->olds) {
        column_map_done(&old->map);
        key_columns_done(&old->key);
        array_done(&old->hits);
    }
    array_done(&m->olds);
    column_map_done(&m->fresh_map);
    groups_done(&m->groups);
    int_map_done(&m->gone);
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
