#include "query/table.h"

#include "base/array.h"
#include "query/query_int.h"

// What a snapshot's `cache` points to. The one mutex of the process guards the list of every
// snapshot: it is held for a look-up, or for reading schemas, never for reading rows.
struct query_cache {
    ARRAY(struct table *) tables;
};

static pthread_mutex_t cache_mutex = PTHREAD_MUTEX_INITIALIZER;

// Stands for a batch whose header is bad: no columns are ever read from it.
static const struct arrow_batch damaged_batch;

enum value_class field_class(const struct arrow_field *field) {
    switch (field->kind) {
    case ARROW_BOOL:
        return CLASS_BOOL;
    case ARROW_I8:
    case ARROW_I16:
    case ARROW_I32:
    case ARROW_I64:
    case ARROW_U8:
    case ARROW_U16:
    case ARROW_U32:
    case ARROW_U64:
        return CLASS_INT;
    case ARROW_F32:
    case ARROW_F64:
        return CLASS_FLOAT;
    case ARROW_TIMESTAMP:
    case ARROW_DATE:
        return CLASS_TIME;
    case ARROW_LIST:
    case ARROW_STRUCT:
        return CLASS_LIST;
    case ARROW_NULL:
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
    case ARROW_DICT:
    case ARROW_FIXED_BINARY:
    case ARROW_N_KINDS:
        break;
    }
    return CLASS_TEXT;
}

static void table_free(struct table *t) {
    for (size_t i = 0; i < t->n_columns; i++) {
        dict_free(atomic_load(&t->dicts[i]));
        index_free(atomic_load(&t->indexes[i]));
    }
    joins_free(t->joins);
    arena_done(&t->names);
    pthread_mutex_destroy(&t->mutex);
    pthread_cond_destroy(&t->index_made);
    free(t->index_states);
    free(t->dicts);
    free(t->indexes);
    free(t->classes);
    free(t->seg_cols);
    free(t->parts);
    free(t);
}

static void cache_free(void *arg) {
    struct query_cache *cache = arg;
    array_foreach (t, &cache->tables) {
        table_free(*t);
    }
    array_done(&cache->tables);
    free(cache);
}

// --- making a table -----------------------------------------------------------------------------

// An integer column may stand in for one that became a float; anything else that changed its class
// reads as null (docs/format.md "schema change").
static bool class_fits(enum value_class want, enum value_class have) {
    return want == have || (want == CLASS_FLOAT && have == CLASS_INT);
}

static void match_columns(struct table *t, size_t segment) {
    const struct arrow_schema *s = arrow_schema(t->ds->segments[segment].arrow);
    int *cols = &t->seg_cols[segment * t->n_columns];
    for (size_t i = 0; i < t->n_columns; i++) {
        cols[i] = arrow_field_index(s, t->schema->fields[i].name);
        if (cols[i] >= 0 && !class_fits(t->classes[i], field_class(&s->fields[cols[i]]))) {
            cols[i] = -1;
        }
    }
}

// First row at or behind `from` whose batch is `batch` or a later one, without decoding any.
static int64_t batch_start(const struct arrow_file *file, size_t batch, int64_t from) {
    int64_t slot;
    int64_t guess = (int64_t)batch * ARROW_BATCH_ROWS;
    int64_t end = arrow_n_rows(file);
    if (guess < end && arrow_find_batch(file, guess, &slot) == batch && slot == 0) {
        return guess;
    }
    int64_t lo = from;
    while (lo < end) {
        int64_t mid = lo + (end - lo) / 2;
        if (arrow_find_batch(file, mid, &slot) >= batch) {
            end = mid;
        } else {
            lo = mid + 1;
        }
    }
    return lo;
}

static void add_part(struct table *t, size_t segment, size_t batch, int64_t n_rows) {
    if (n_rows <= 0) {
        return;
    }
    struct part *p = &t->parts[t->n_parts];
    p->first_row = t->n_rows;
    p->n_rows = n_rows;
    p->first_word = t->n_words;
    p->segment = (uint32_t)segment;
    p->batch = (uint32_t)batch;
    atomic_init(&p->ready, NULL);
    t->even = t->even && p->first_row == (int64_t)t->n_parts << 16;
    t->n_parts++;
    t->n_rows += n_rows;
    t->n_words += (size_t)(n_rows + 63) / 64;
    t->max_part_rows = MAX(t->max_part_rows, n_rows);
}

static void add_segment(struct table *t, size_t segment) {
    const struct arrow_file *file = t->ds->segments[segment].arrow;
    size_t n_batches = arrow_n_batches(file);
    int64_t from = 0;
    for (size_t b = 0; b < n_batches; b++) {
        int64_t to = b + 1 < n_batches ? batch_start(file, b + 1, from) : arrow_n_rows(file);
        add_part(t, segment, b, to - from);
        from = MAX(from, to);
    }
}

static struct table *table_new(struct snapshot *snap, const struct dataset *ds, struct err *err) {
    struct table *t = xcalloc(1, sizeof *t);
    t->snap = snap;
    t->ds = ds;
    t->even = true;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_cond_init(&t->index_made, NULL);
    size_t n_parts = 0;
    for (size_t i = 0; i < ds->n_segments; i++) {
        n_parts += arrow_n_batches(ds->segments[i].arrow);
    }
    t->parts = xcalloc(n_parts + 1, sizeof *t->parts);
    if (ds->n_segments) {
        t->schema = arrow_schema(ds->segments[ds->n_segments - 1].arrow);
        t->n_columns = t->schema->n_fields;
    }
    t->classes = xcalloc(t->n_columns + 1, sizeof *t->classes);
    t->dicts = xcalloc(t->n_columns + 1, sizeof *t->dicts);
    t->indexes = xcalloc(t->n_columns + 1, sizeof *t->indexes);
    t->index_states = xcalloc(t->n_columns + 1, sizeof *t->index_states);
    t->seg_cols = xcalloc(t->n_columns * ds->n_segments + 1, sizeof *t->seg_cols);
    for (size_t i = 0; i < t->n_columns; i++) {
        t->classes[i] = field_class(&t->schema->fields[i]);
    }
    for (size_t i = 0; i < ds->n_segments; i++) {
        match_columns(t, i);
        add_segment(t, i);
    }
    if (t->n_rows >= (int64_t)NO_ROW) {
        err_set(err, ERR_LIMIT, "%s has %lld rows; at most %u can be shown", ds->name,
                (long long)t->n_rows, NO_ROW - 1);
        table_free(t);
        return NULL;
    }
    return t;
}

static struct table *find_or_make(struct snapshot *snap, const struct dataset *ds,
                                  struct err *err) {
    struct query_cache *cache = snap->cache;
    if (!cache) {
        cache = xcalloc(1, sizeof *cache);
        snap->cache = cache;
        snap->cache_free = cache_free;
    }
    array_foreach (t, &cache->tables) {
        if ((*t)->ds == ds) {
            return *t;
        }
    }
    struct table *t = table_new(snap, ds, err);
    if (t) {
        array_push(&cache->tables, t);
    }
    return t;
}

struct table *table_get(struct snapshot *snap, struct sv name, struct err *err) {
    const struct dataset *ds = NULL;
    for (size_t i = 0; i < snap->n_datasets && !ds; i++) {
        ds = sv_is(name, snap->datasets[i].name) ? &snap->datasets[i] : NULL;
    }
    if (!ds) {
        err_set(err, ERR_NOT_FOUND, "the store has no dataset \"%.*s\"", SV_ARG(name));
        return NULL;
    }
    pthread_mutex_lock(&cache_mutex);
    struct table *t = find_or_make(snap, ds, err);
    pthread_mutex_unlock(&cache_mutex);
    return t;
}

// --- looking at one -----------------------------------------------------------------------------

struct snapshot *table_snapshot(const struct table *t) {
    return t->snap;
}

const struct dataset *table_dataset(const struct table *t) {
    return t->ds;
}

int64_t table_n_rows(const struct table *t) {
    return t->n_rows;
}

size_t table_n_columns(const struct table *t) {
    return t->n_columns;
}

const struct arrow_field *table_field(const struct table *t, size_t col) {
    return col < t->n_columns ? &t->schema->fields[col] : NULL;
}

int table_column(const struct table *t, struct sv name) {
    return t->schema ? arrow_field_index(t->schema, name) : -1;
}

enum value_class table_class(const struct table *t, size_t col) {
    return col < t->n_columns ? t->classes[col] : CLASS_TEXT;
}

size_t table_part(const struct table *t, int64_t row) {
    if (t->even) {
        return (size_t)(row >> 16);
    }
    size_t lo = 0;
    size_t hi = t->n_parts;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->parts[mid].first_row <= row) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static const struct arrow_batch *decode(const struct table *t, struct part *p) {
    struct arrow_file *file = t->ds->segments[p->segment].arrow;
    const struct arrow_batch *batch = arrow_batch(file, p->batch, NULL);
    batch = batch ? batch : &damaged_batch;
    atomic_store_explicit(&p->ready, batch, memory_order_release);
    return batch;
}

const struct arrow_col *part_col(const struct table *t, size_t part, size_t col) {
    struct part *p = &t->parts[part];
    int seg_col = t->seg_cols[p->segment * t->n_columns + col];
    if (seg_col < 0) {
        return NULL;
    }
    const struct arrow_batch *batch = atomic_load_explicit(&p->ready, memory_order_acquire);
    batch = batch ? batch : decode(t, p);
    return batch == &damaged_batch ? NULL : &batch->cols[seg_col];
}

struct cell table_cell(const struct table *t, size_t col, int64_t row) {
    if (row < 0 || row >= t->n_rows || col >= t->n_columns) {
        return (struct cell){NULL, 0};
    }
    size_t part = table_part(t, row);
    return (struct cell){part_col(t, part, col), row - t->parts[part].first_row};
}
