#include <stdlib.h>
#include <string.h>

#include "arrow/arrow_int.h"
#include "base/alloc.h"
#include "base/num.h"

enum { MAX_BATCH_ROWS_LOG2 = 40 };

// The parts of one message that are still to be handed out, in pre-order.
struct cursor {
    struct arrow_file *file;
    struct fb fb; // `msg` points here: a cursor is not copied
    struct meta_message msg;
    const unsigned char *body;
    uint64_t body_len;
    size_t node_idx;
    size_t buffer_idx;
    struct sv column; // for messages
    struct err *err;
};

struct buffer {
    const unsigned char *ptr;
    uint64_t len;
};

static bool bad(struct cursor *c, const char *what) {
    return arrow_fail(c->err, ARROW_ERR_BAD_METADATA, "column \"%.*s\": %s", SV_ARG(c->column),
                      what);
}

bool arrow_block_message(const struct arrow_file *file, const struct arrow_block *block,
                         struct fb *fb, struct meta_message *out, struct err *err) {
    const unsigned char *at = file->ptr + block->offset;
    uint32_t words[2];
    memcpy(words, at, sizeof words);
    // Arrow before 0.15 had no marker word.
    size_t prefix = words[0] == 0xffffffffU ? 8 : 4;
    uint32_t len = prefix == 8 ? words[1] : words[0];
    if (len > block->meta_len - prefix) {
        return arrow_fail(err, ARROW_ERR_BAD_METADATA,
                          "message at byte %llu: %u bytes of metadata, expected at most %llu",
                          (unsigned long long)block->offset, len,
                          (unsigned long long)(block->meta_len - prefix));
    }
    *fb = (struct fb){.ptr = at + prefix, .len = len};
    if (!meta_read_message(fb, out, err)) {
        return err_prefix(err, "message at byte %llu", (unsigned long long)block->offset);
    }
    if (out->body_len > block->body_len) {
        return arrow_fail(err, ARROW_ERR_BAD_METADATA,
                          "message at byte %llu: body of %llu bytes, the footer says %llu",
                          (unsigned long long)block->offset, (unsigned long long)out->body_len,
                          (unsigned long long)block->body_len);
    }
    return true;
}

static bool take_buffer(struct cursor *c, uint64_t want, struct buffer *out) {
    if (c->buffer_idx >= c->msg.buffers.n) {
        return bad(c, "a buffer is missing");
    }
    int64_t offset = fb_vec_i64(&c->msg.buffers, c->buffer_idx, 0);
    int64_t len = fb_vec_i64(&c->msg.buffers, c->buffer_idx, 8);
    c->buffer_idx++;
    if (offset < 0 || len < 0 || (uint64_t)offset > c->body_len ||
        (uint64_t)len > c->body_len - (uint64_t)offset) {
        return bad(c, "a buffer lies outside the body");
    }
    if (offset % 8 && len) {
        return bad(c, "a buffer is not 8-aligned");
    }
    if ((uint64_t)len < want) {
        return bad(c, "a buffer is too short for its rows");
    }
    *out = (struct buffer){c->body + offset, (uint64_t)len};
    return true;
}

// Row and null counts, and the bitmap unless the type has none.
static bool take_node(struct cursor *c, struct arrow_col *col, int64_t min_rows, bool exact) {
    col->n_rows = fb_vec_i64(&c->msg.nodes, c->node_idx, 0);
    col->null_count = fb_vec_i64(&c->msg.nodes, c->node_idx, 8);
    if (c->node_idx++ >= c->msg.nodes.n) {
        return bad(c, "its row count is missing");
    }
    if (col->n_rows < min_rows || (exact && col->n_rows != min_rows) ||
        col->n_rows > (int64_t)1 << MAX_BATCH_ROWS_LOG2 || col->null_count < 0 ||
        col->null_count > col->n_rows) {
        return bad(c, "row or null count");
    }
    if (col->field->kind == ARROW_NULL) {
        return true;
    }
    struct buffer bits;
    uint64_t want = col->null_count ? ((uint64_t)col->n_rows + 7) / 8 : 0;
    if (!take_buffer(c, want, &bits)) {
        return false;
    }
    col->validity = col->null_count ? bits.ptr : NULL;
    return true;
}

static int64_t offset_at(const unsigned char *ptr, int width, uint64_t idx) {
    int32_t v32;
    int64_t v64;
    if (width == 4) {
        memcpy(&v32, ptr + idx * 4, sizeof v32);
        return v32;
    }
    memcpy(&v64, ptr + idx * 8, sizeof v64);
    return v64;
}

// Offsets of `n` values; `*last` is where the last one ends.
static bool take_offsets(struct cursor *c, int64_t n, int width, const void **out, int64_t *last) {
    struct buffer b;
    uint64_t want = n ? ((uint64_t)n + 1) * (uint64_t)width : 0;
    if (!take_buffer(c, want, &b)) {
        return false;
    }
    *out = b.ptr;
    *last = n ? offset_at(b.ptr, width, (uint64_t)n) : 0;
    return *last >= 0 || bad(c, "negative offset");
}

static bool take_bytes(struct cursor *c, int64_t last, const char **bytes, uint64_t *n_bytes) {
    struct buffer b;
    if (!take_buffer(c, (uint64_t)last, &b)) {
        return false;
    }
    *bytes = (const char *)b.ptr;
    *n_bytes = b.len;
    return true;
}

static bool take_fixed(struct cursor *c, struct arrow_col *col, size_t width) {
    struct buffer b;
    size_t want;
    if (!size_mul((size_t)col->n_rows, width, &want)) {
        return bad(c, "more rows of its width than any file can hold");
    }
    if (!take_buffer(c, want, &b)) {
        return false;
    }
    col->values = b.ptr;
    return true;
}

static const struct arrow_dict *find_dict(const struct arrow_file *file, int64_t id) {
    for (size_t i = 0; i < file->footer.n_dicts; i++) {
        if (file->dicts[i].id == id) {
            return &file->dicts[i];
        }
    }
    return NULL;
}

static bool take_codes(struct cursor *c, struct arrow_col *col) {
    col->dict = find_dict(c->file, col->field->dict_id);
    if (!col->dict) {
        return bad(c, "its dictionary is not in the file");
    }
    return take_fixed(c, col, arrow_width(col->field->index_kind));
}

static bool take_text(struct cursor *c, struct arrow_col *col) {
    int64_t last;
    int width = col->field->kind == ARROW_UTF8 ? 4 : 8;
    return take_offsets(c, col->n_rows, width, &col->values, &last) &&
           take_bytes(c, last, &col->bytes, &col->n_bytes);
}

static bool take_col(struct cursor *c, struct arrow_col *col, int64_t min_rows, bool exact);

static bool take_children(struct cursor *c, struct arrow_col *col, int64_t min_rows) {
    const struct arrow_field *f = col->field;
    struct arrow_col *children = arena_zalloc(&c->file->arena, f->n_children, sizeof *children);
    for (size_t i = 0; i < f->n_children; i++) {
        children[i].field = &f->children[i];
        if (!take_col(c, &children[i], min_rows, false)) {
            return false;
        }
    }
    col->children = children;
    return true;
}

static bool take_list(struct cursor *c, struct arrow_col *col) {
    int64_t last;
    return take_offsets(c, col->n_rows, 4, &col->values, &last) && take_children(c, col, last);
}

static bool take_values(struct cursor *c, struct arrow_col *col) {
    enum arrow_kind kind = col->field->kind;
    struct buffer b;
    switch ((int)kind) {
    case ARROW_NULL:
        return true;
    case ARROW_BOOL:
        if (!take_buffer(c, ((uint64_t)col->n_rows + 7) / 8, &b)) {
            return false;
        }
        col->values = b.ptr;
        return true;
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
        return take_text(c, col);
    case ARROW_DICT:
        return take_codes(c, col);
    case ARROW_FIXED_BINARY:
        return take_fixed(c, col, (size_t)col->field->byte_width);
    case ARROW_LIST:
        return take_list(c, col);
    case ARROW_STRUCT:
        return take_children(c, col, col->n_rows);
    default:
        return take_fixed(c, col, arrow_width(kind));
    }
}

static bool take_col(struct cursor *c, struct arrow_col *col, int64_t min_rows, bool exact) {
    c->column = col->field->name;
    col->damaged = &c->file->damaged;
    return take_node(c, col, min_rows, exact) && take_values(c, col);
}

// Faults of the flatbuffer itself show up late, as zeros; and nothing may be left over.
static bool check_rest(struct cursor *c) {
    if (c->fb.bad) {
        return bad(c, "the batch header is damaged");
    }
    if (c->node_idx != c->msg.nodes.n || c->buffer_idx != c->msg.buffers.n) {
        return bad(c, "more columns in the batch than in the schema");
    }
    return true;
}

static bool cursor_init(struct cursor *c, struct arrow_file *file, const struct arrow_block *block,
                        enum meta_kind kind, struct err *err) {
    *c = (struct cursor){.file = file, .err = err};
    if (!arrow_block_message(file, block, &c->fb, &c->msg, err)) {
        return false;
    }
    if (c->msg.kind != kind) {
        return arrow_fail(err, ARROW_ERR_BAD_METADATA, "message at byte %llu: wrong kind",
                          (unsigned long long)block->offset);
    }
    c->body = file->ptr + block->offset + block->meta_len;
    c->body_len = c->msg.body_len;
    return true;
}

// --- dictionaries ------------------------------------------------------------------------------

static int dict_width(const struct arrow_file *file, int64_t id) {
    for (size_t i = 0; i < file->footer.n_dict_types; i++) {
        if (file->footer.dict_types[i].id == id) {
            return file->footer.dict_types[i].offset_width;
        }
    }
    return 0;
}

static bool read_dict(struct arrow_file *file, size_t idx, struct err *err) {
    struct cursor c;
    if (!cursor_init(&c, file, &file->footer.dicts[idx], META_DICTIONARY, err)) {
        return false;
    }
    int64_t id = c.msg.dict_id;
    for (size_t i = 0; i < idx; i++) {
        if (file->dicts[i].id == id) {
            return arrow_fail(err, ARROW_ERR_DELTA_DICTIONARY,
                              "dictionary %lld stands twice in the file, expected each once",
                              (long long)id);
        }
    }
    struct arrow_dict *dict = &file->dicts[idx];
    *dict = (struct arrow_dict){.id = id, .offset_width = dict_width(file, id)};
    if (!dict->offset_width) {
        return arrow_fail(err, ARROW_ERR_BAD_METADATA, "dictionary %lld belongs to no column",
                          (long long)id);
    }
    struct arrow_field values = {.name = SV("(dictionary values)"), .kind = ARROW_LARGE_UTF8};
    if (dict->offset_width == 4) {
        values.kind = ARROW_UTF8;
    }
    struct arrow_col col = {.field = &values};
    if (!take_col(&c, &col, c.msg.n_rows, true) || !check_rest(&c)) {
        return false;
    }
    if (col.null_count || col.n_rows >= UINT32_MAX) {
        return arrow_fail(err, ARROW_ERR_UNSUPPORTED_TYPE,
                          "dictionary %lld has %s, which is not supported", (long long)id,
                          col.null_count ? "null values" : "more than 2^32 values");
    }
    dict->n_values = (uint32_t)col.n_rows;
    dict->offsets = col.values;
    dict->bytes = col.bytes;
    dict->n_bytes = col.n_bytes;
    return true;
}

static struct err *keep_err(const struct err *err) {
    struct err *copy = xmalloc(sizeof *copy);
    *copy = *err;
    return copy;
}

static bool give_err(struct err *err, const struct err *kept) {
    if (err) {
        *err = *kept;
    }
    return false;
}

// Under the lock.
static bool load_dicts(struct arrow_file *file, struct err *err) {
    if (atomic_load_explicit(&file->dicts_ready, memory_order_relaxed)) {
        return true;
    }
    if (file->dict_err) {
        return give_err(err, file->dict_err);
    }
    size_t n = file->footer.n_dicts;
    struct err why = ERR_INIT;
    file->dicts = arena_zalloc(&file->arena, n, sizeof *file->dicts);
    for (size_t i = 0; i < n; i++) {
        if (!read_dict(file, i, &why)) {
            err_prefix(&why, "%s: dictionary block %zu", file->path, i);
            file->dict_err = keep_err(&why);
            return give_err(err, &why);
        }
    }
    atomic_store_explicit(&file->dicts_ready, true, memory_order_release);
    return true;
}

const struct arrow_dict *arrow_dict_by_id(struct arrow_file *file, int64_t id, struct err *err) {
    if (!atomic_load_explicit(&file->dicts_ready, memory_order_acquire)) {
        pthread_mutex_lock(&file->lock);
        bool ok = load_dicts(file, err);
        pthread_mutex_unlock(&file->lock);
        if (!ok) {
            return NULL;
        }
    }
    const struct arrow_dict *dict = find_dict(file, id);
    if (!dict) {
        arrow_fail(err, ARROW_ERR_BAD_METADATA, "%s: dictionary %lld is not in the file",
                   file->path, (long long)id);
    }
    return dict;
}

// --- batches -----------------------------------------------------------------------------------

static const struct arrow_batch *read_batch(struct arrow_file *file, size_t idx, struct err *err) {
    struct cursor c;
    if (!cursor_init(&c, file, &file->footer.batches[idx], META_BATCH, err)) {
        return NULL;
    }
    int64_t first = arrow_first_row(file, idx);
    int64_t want = arrow_first_row(file, idx + 1) - first;
    if (c.msg.n_rows != want) {
        arrow_fail(err, ARROW_ERR_BAD_METADATA, "%lld rows, the footer says %lld",
                   (long long)c.msg.n_rows, (long long)want);
        return NULL;
    }
    const struct arrow_schema *schema = &file->footer.schema;
    struct arrow_col *cols = arena_zalloc(&file->arena, schema->n_fields, sizeof *cols);
    for (size_t i = 0; i < schema->n_fields; i++) {
        cols[i].field = &schema->fields[i];
        if (!take_col(&c, &cols[i], want, true)) {
            return NULL;
        }
    }
    if (!check_rest(&c)) {
        return NULL;
    }
    struct arrow_batch *batch = arena_zalloc(&file->arena, 1, sizeof *batch);
    *batch = (struct arrow_batch){.first_row = first, .n_rows = want, .cols = cols};
    return batch;
}

// Under the lock.
static const struct arrow_batch *load_batch(struct arrow_file *file, size_t idx, struct err *err) {
    const struct arrow_batch *batch =
        atomic_load_explicit(&file->batches[idx], memory_order_relaxed);
    if (batch) {
        return batch;
    }
    if (file->batch_errs && file->batch_errs[idx]) {
        give_err(err, file->batch_errs[idx]);
        return NULL;
    }
    if (!load_dicts(file, err)) {
        return NULL;
    }
    struct err why = ERR_INIT;
    batch = read_batch(file, idx, &why);
    if (batch) {
        atomic_store_explicit(&file->batches[idx], batch, memory_order_release);
        return batch;
    }
    err_prefix(&why, "%s: batch %zu", file->path, idx);
    if (!file->batch_errs) {
        file->batch_errs = xcalloc(file->footer.n_batches, sizeof(struct err *));
    }
    file->batch_errs[idx] = keep_err(&why);
    give_err(err, &why);
    return NULL;
}

const struct arrow_batch *arrow_batch(struct arrow_file *file, size_t batch_idx, struct err *err) {
    if (batch_idx >= file->footer.n_batches) {
        err_set(err, ERR_RANGE, "%s: no batch %zu, the file has %zu", file->path, batch_idx,
                file->footer.n_batches);
        return NULL;
    }
    const struct arrow_batch *batch =
        atomic_load_explicit(&file->batches[batch_idx], memory_order_acquire);
    if (!batch) {
        pthread_mutex_lock(&file->lock);
        batch = load_batch(file, batch_idx, err);
        pthread_mutex_unlock(&file->lock);
    }
    return batch;
}
