#include "arrow/arrow_int.h"
#include "arrow/arrow_write_int.h"
#include "base/crc32c.h"

static const unsigned char zeros[META_ALIGN];

static size_t padding(size_t len) {
    return -len & (META_ALIGN - 1);
}

uint32_t crc_zeros(uint32_t crc, size_t n) {
    return crc32c(crc, zeros, n);
}

static void add_piece(struct arrow_writer *w, const void *ptr, size_t len, int64_t *at) {
    array_push(&w->buffers, (struct meta_buffer){.offset = *at, .len = (int64_t)len});
    array_push(&w->pieces, sv_make(ptr, len));
    *at += (int64_t)(len + padding(len));
}

// Pre-order: the column, then its children.
static void collect(struct arrow_writer *w, const struct arrow_builder *b, int64_t *at) {
    array_push(&w->nodes, (struct meta_node){.n_rows = b->n, .n_nulls = b->n_nulls});
    if (b->kind == ARROW_NULL) {
        return;
    }
    add_piece(w, b->validity.ptr, b->n_nulls ? (size_t)(b->n + 7) / 8 : 0, at);
    if (b->kind != ARROW_STRUCT) {
        add_piece(w, b->values.ptr, b->values.len, at);
    }
    if (b->kind == ARROW_UTF8 || b->kind == ARROW_LARGE_UTF8) {
        add_piece(w, b->bytes.ptr, b->bytes.len, at);
    }
    for (size_t i = 0; i < b->n_children; i++) {
        collect(w, &b->children[i], at);
    }
}

static bool spool_piece(struct arrow_writer *w, struct sv piece, uint32_t *crc, struct err *err) {
    *crc = crc32c(*crc, piece.ptr, piece.len);
    return spool_add(&w->spool, piece.ptr, piece.len, err);
}

static bool spool_batch(struct arrow_writer *w, uint32_t *crc, struct err *err) {
    if (!spool_piece(w, str_sv(&w->meta), crc, err)) {
        return false;
    }
    for (size_t i = 0; i < w->pieces.n; i++) {
        struct sv piece = w->pieces.ptr[i];
        struct sv pad = sv_make((const char *)zeros, padding(piece.len));
        if (!spool_piece(w, piece, crc, err) || !spool_piece(w, pad, crc, err)) {
            return false;
        }
    }
    return true;
}

static void add_zones(struct arrow_writer *w) {
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        if (zone_wanted(&w->schema.fields[i])) {
            array_push(&w->zones, zone_of(&w->cols[i]));
        }
    }
}

bool writer_flush(struct arrow_writer *w, struct err *err) {
    if (!w->batch_rows) {
        return true;
    }
    array_clear(&w->nodes);
    array_clear(&w->buffers);
    array_clear(&w->pieces);
    struct done_batch done = {.n_rows = w->batch_rows};
    int64_t body_len = 0;
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        collect(w, &w->cols[i], &body_len);
    }
    struct meta_batch meta = {
        .n_rows = w->batch_rows,
        .nodes = w->nodes.ptr,
        .n_nodes = w->nodes.n,
        .buffers = w->buffers.ptr,
        .n_buffers = w->buffers.n,
        .body_len = body_len,
        .dict_id = -1,
    };
    str_clear(&w->meta);
    meta_write_batch(&w->meta, &meta);
    if (!spool_batch(w, &done.crc, err)) {
        return arrow_io(err);
    }
    done.meta_len = w->meta.len;
    done.body_len = (uint64_t)body_len;
    array_push(&w->batches, done);
    add_zones(w);
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        builder_reset(&w->cols[i]);
    }
    w->batch_rows = 0;
    w->body_bytes = w->body_bytes_at_row = 0;
    return true;
}
