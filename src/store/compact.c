// Several segments into one: by the dataset's sort columns where it has some, else one after the
// other.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/store_int.h"

#define SMALL_BYTES ((uint64_t)64 << 20)
enum { SMALL_SEGMENTS = 8 };

// --- order ------------------------------------------------------------------------------------

static bool is_float(enum arrow_kind kind) {
    return kind == ARROW_F32 || kind == ARROW_F64;
}

static bool is_text(enum arrow_kind kind) {
    return kind == ARROW_UTF8 || kind == ARROW_LARGE_UTF8 || kind == ARROW_DICT ||
           kind == ARROW_FIXED_BINARY;
}

// Nulls and NaN are no part of the order: they come last both ways.
static bool is_last(const struct arrow_col *col, int64_t slot) {
    return !col || arrow_is_null(col, slot) ||
           (is_float(col->field->kind) && isnan(arrow_get_f64(col, slot)));
}

static int order_values(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                        int64_t slot_b) {
    enum arrow_kind kind_a = a->field->kind;
    enum arrow_kind kind_b = b->field->kind;
    if (is_text(kind_a) && is_text(kind_b)) {
        return sv_cmp(arrow_get_text(a, slot_a), arrow_get_text(b, slot_b));
    }
    if (is_float(kind_a) || is_float(kind_b)) {
        double va = arrow_get_f64(a, slot_a);
        double vb = arrow_get_f64(b, slot_b);
        return (va > vb) - (va < vb);
    }
    if (kind_a == ARROW_BOOL && kind_b == ARROW_BOOL) {
        return (int)arrow_get_bool(a, slot_a) - (int)arrow_get_bool(b, slot_b);
    }
    int64_t va = arrow_get_i64(a, slot_a);
    int64_t vb = arrow_get_i64(b, slot_b);
    return (va > vb) - (va < vb);
}

// One segment being merged.
struct source {
    struct row_cursor cur;
    struct column_map map;
    struct key_columns sort; // sort columns in this file, -1 = missing
    int64_t row, n_rows;
    int64_t slot; // of `row` in cur.batch
    unsigned damaged;
};

struct merge_order {
    ARRAY(bool) descending;
};

static int order_rows(const struct merge_order *order, const struct source *a,
                      const struct source *b) {
    for (size_t i = 0; i < order->descending.n; i++) {
        const struct arrow_col *col_a =
            a->sort.cols[i] < 0 ? NULL : &a->cur.batch->cols[a->sort.cols[i]];
        const struct arrow_col *col_b =
            b->sort.cols[i] < 0 ? NULL : &b->cur.batch->cols[b->sort.cols[i]];
        bool last_a = is_last(col_a, a->slot);
        bool last_b = is_last(col_b, b->slot);
        if (last_a || last_b) {
            if (last_a != last_b) {
                return last_a ? 1 : -1;
            }
            continue;
        }
        int c = order_values(col_a, a->slot, col_b, b->slot);
        if (c) {
            return order->descending.ptr[i] ? -c : c;
        }
    }
    return 0;
}

// --- merging ----------------------------------------------------------------------------------

struct compaction {
    struct source *sources; // in the order of segments
    size_t n_sources;
    struct source **heap; // those with rows left, the one whose row comes first on top
    size_t n_heap;
    struct merge_order order;
};

static void sort_columns(struct merge_order *order, struct source *src, const char *names) {
    ARRAY(int) cols = {0};
    struct sv rest = sv_cstr(names), name;
    const struct arrow_schema *schema = arrow_schema(src->cur.file);
    array_clear(&order->descending);
    while (rest.len && sv_split(&rest, ',', &name)) {
        bool descending = name.len && name.ptr[0] == '-';
        array_push(&order->descending, descending);
        array_push(&cols, arrow_field_index(schema, sv_from(name, descending ? 1 : 0)));
    }
    src->sort = (struct key_columns){cols.ptr, cols.n};
}

static bool source_seek(struct source *src, struct err *err) {
    return src->row == src->n_rows || row_seek(&src->cur, src->row, &src->slot, err);
}

static bool copy_next(struct arrow_writer *w, struct source *src, struct err *err) {
    if (!row_copy(w, &src->map, &src->cur, src->row, err)) {
        return false;
    }
    src->row++;
    return source_seek(src, err);
}

// The older segment goes first when rows are equal, and without an order.
static bool goes_first(const struct compaction *c, const struct source *a, const struct source *b) {
    int order = order_rows(&c->order, a, b);
    return order < 0 || (order == 0 && a < b);
}

// Puts the source at `at` where it belongs below; its row is another than before.
static void heap_sink(struct compaction *c, size_t at) {
    struct source *src = c->heap[at];
    for (size_t child; (child = 2 * at + 1) < c->n_heap; at = child) {
        if (child + 1 < c->n_heap && goes_first(c, c->heap[child + 1], c->heap[child])) {
            child++;
        }
        if (!goes_first(c, c->heap[child], src)) {
            break;
        }
        c->heap[at] = c->heap[child];
    }
    c->heap[at] = src;
}

static void heap_fill(struct compaction *c) {
    c->heap = xcalloc(c->n_sources, sizeof *c->heap);
    for (size_t i = 0; i < c->n_sources; i++) {
        if (c->sources[i].n_rows > 0) {
            c->heap[c->n_heap++] = &c->sources[i];
        }
    }
    for (size_t i = c->n_heap / 2; i-- > 0;) {
        heap_sink(c, i);
    }
}

static bool merge_sources(struct compaction *c, struct arrow_writer *w, struct err *err) {
    heap_fill(c);
    while (c->n_heap) {
        struct source *src = c->heap[0];
        if (!copy_next(w, src, err)) {
            return false;
        }
        if (src->row == src->n_rows) {
            c->heap[0] = c->heap[--c->n_heap];
        }
        heap_sink(c, 0);
    }
    for (size_t i = 0; i < c->n_sources; i++) {
        struct arrow_file *file = c->sources[i].cur.file;
        if (arrow_damaged(file) != c->sources[i].damaged) {
            return err_set_sub(err, ERR_FORMAT, ARROW_ERR_TRUNCATED,
                               "%s: the file changed while it was read", arrow_path(file));
        }
    }
    return true;
}

static bool open_source(struct compaction *c, const struct arrow_schema *to, const char *sort,
                        const struct manifest_segment *seg, struct err *err) {
    struct source *src = &c->sources[c->n_sources++];
    src->cur.file = seg->arrow;
    src->n_rows = seg->n_rows;
    column_map_init(&src->map, to, arrow_schema(seg->arrow));
    sort_columns(&c->order, src, sort);
    // A damaged file must not get a fresh, right checksum.
    if (seg->place == SEGMENT_STORED && !arrow_check_crc(seg->arrow, err)) {
        return false;
    }
    src->damaged = arrow_damaged(seg->arrow);
    return source_seek(src, err);
}

static void close_sources(struct compaction *c) {
    for (size_t i = 0; i < c->n_sources; i++) {
        column_map_done(&c->sources[i].map);
        key_columns_done(&c->sources[i].sort);
    }
    free(c->sources);
    free(c->heap);
    array_done(&c->order.descending);
}

// The schema that can hold the rows of all: the newest.
static const struct arrow_schema *newest_schema(const struct manifest_segment *segs, size_t n) {
    const struct arrow_schema *newest = arrow_schema(segs[0].arrow);
    for (size_t i = 1; i < n; i++) {
        const struct arrow_schema *schema = arrow_schema(segs[i].arrow);
        if (schema_number(schema) >= schema_number(newest)) {
            newest = schema;
        }
    }
    return newest;
}

static bool merge_into(struct publish *pub, const struct manifest_dataset *ds,
                       const struct manifest_segment *segs, size_t n, struct manifest_segment *out,
                       struct err *err) {
    const struct arrow_schema *schema = newest_schema(segs, n);
    struct compaction c = {.sources = xcalloc(n, sizeof *c.sources)};
    struct arrow_writer *w = arrow_writer_new(schema, pub->tmp_dir, err);
    bool ok = w != NULL;
    for (size_t i = 0; i < n && ok; i++) {
        ok = open_source(&c, schema, ds->sort, &segs[i], err);
    }
    ok = ok && merge_sources(&c, w, err) && segment_write(pub, ds->name, w, out, err);
    if (ok && !segment_sync(pub, out, err)) {
        segment_drop(pub, ds->name, out);
        ok = false;
    }
    if (w) {
        arrow_writer_free(w);
    }
    close_sources(&c);
    return ok || store_explain(err, pub->dir, "merge segments");
}

// Replaces the segments [from, to) by one.
static bool compact_range(struct publish *pub, struct manifest_dataset *ds, size_t from, size_t to,
                          struct err *err) {
    int64_t n_rows = 0;
    for (size_t i = from; i < to; i++) {
        const struct manifest_segment *seg = &ds->segments.ptr[i];
        if (!seg->arrow) {
            segment_damaged(pub->dir, ds->name, seg, err);
            return err_prefix(err, "dataset %s is damaged, see culprit check", ds->name);
        }
        n_rows += seg->n_rows;
    }
    if (n_rows > SEGMENT_MAX_ROWS) {
        return err_set(err, ERR_LIMIT, "dataset %s: %lld rows do not fit one segment", ds->name,
                       (long long)n_rows);
    }
    struct manifest_segment merged;
    if (!merge_into(pub, ds, &ds->segments.ptr[from], to - from, &merged, err)) {
        return err_prefix(err, "merging the segments of %s", ds->name);
    }
    struct segment_list list = {0};
    for (size_t i = 0; i < ds->segments.n; i++) {
        if (i == from) {
            array_push(&list, merged);
        }
        if (i < from || i >= to) {
            array_push(&list, segment_copy(&ds->segments.ptr[i]));
        }
    }
    publish_set_segments(pub, ds, &list);
    return true;
}

// The longest run of the youngest segments that is small in all.
static size_t small_run_from(const struct manifest_dataset *ds) {
    uint64_t bytes = 0;
    size_t from = ds->segments.n;
    while (from > 0) {
        const struct manifest_segment *seg = &ds->segments.ptr[from - 1];
        bytes += seg->size_bytes;
        if (!seg->arrow || bytes >= SMALL_BYTES) {
            break;
        }
        from--;
    }
    return from;
}

void publish_tidy(struct publish *pub, struct manifest_dataset *ds) {
    if (ds->kind != DATASET_KEYED && ds->kind != DATASET_APPEND) {
        return;
    }
    struct err why = ERR_INIT;
    size_t from = small_run_from(ds);
    if (ds->segments.n - from > SMALL_SEGMENTS &&
        !compact_range(pub, ds, from, ds->segments.n, &why)) {
        log_line(LOG_INFO, "left as they are: %s", why.msg);
    }
}

bool publish_compact(struct publish *pub, const char *dataset, struct err *err) {
    struct manifest_dataset *ds = manifest_find(&pub->now, dataset);
    if (!ds) {
        return err_set(err, ERR_NOT_FOUND, "the store %s has no dataset \"%s\"", pub->dir, dataset);
    }
    if (ds->kind == DATASET_PARTITIONED || ds->segments.n < 2) {
        return true; // one segment a partition is what it is for
    }
    if (!compact_range(pub, ds, 0, ds->segments.n, err)) {
        return false;
    }
    // The rows are the same: what was computed from them stays up to date.
    pub->changed = true;
    return true;
}
