// Merging by key takes two passes. The first meets every old row with the groups of the new file
// and notes which belong to one (8 bytes each); then each group is known to be new, equal or
// different. The second rewrites only the segments that hold rows to be replaced or dropped.
#include <stdlib.h>
#include <string.h>

#include "store/merge_int.h"

#define HIT_DROPPED UINT32_MAX

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
    segment_damaged(m->pub->dir, m->ds->name, seg, err);
    return err_prefix(err,
                      "dataset %s is damaged: put its file back from a copy, or take the damaged "
                      "part out with culprit check --repair and import it again",
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
        return merge_push_fresh(m, err);
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
        return merge_push_fresh(m, err);
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
    if (m->grouped ? !push_new_groups(m, err) : m->result->n_new > 0 && !merge_push_fresh(m, err)) {
        return false;
    }
    return m->list.n > 0 || push_empty(m, err);
}

// --- what needs no passes ---------------------------------------------------------------------

// The usual case of importing a file again.
static bool is_same(const struct merge *m) {
    return m->ds && m->ds->segments.n == 1 && merge_same_content(m, &m->ds->segments.ptr[0]);
}

static bool count_same(struct merge *m, struct err *err) {
    m->result->n_same = m->change->n_groups;
    if (m->change->n_groups > 0) {
        return true;
    }
    bool ok = groups_build(&m->groups, m->fresh.arrow, m->change->key, err);
    m->result->n_same = m->groups.n_groups;
    return ok;
}

bool merge_rows(struct merge *m, struct err *err) {
    m->grouped = m->change->key[0] != '\0' && m->change->kind == DATASET_KEYED;
    m->dropped_same = true;
    m->fresh_rows = (struct row_cursor){m->fresh.arrow, NULL};
    if (m->grouped && !m->ds && m->change->n_groups > 0) {
        m->result->n_new = m->change->n_groups;
        m->result->changed = true;
        return merge_push_fresh(m, err);
    }
    if (m->grouped && is_same(m)) {
        return count_same(m, err);
    }
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

void merge_rows_done(struct merge *m) {
    array_foreach (old, &m->olds) {
        column_map_done(&old->map);
        key_columns_done(&old->key);
        array_done(&old->hits);
    }
    array_done(&m->olds);
    column_map_done(&m->fresh_map);
    group_index_done(&m->groups);
    int_map_done(&m->gone);
}
