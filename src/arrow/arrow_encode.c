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
    array_push(&w->pieces, sv_make((const char *)zeros, padding(len)));
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

static void add_zones(struct arrow_writer *w) {
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        if (zone_wanted(&w->schema.fields[i])) {
            array_push(&w->zones, zone_of(&w->cols[i]));
        }
    }
}

// Fills `pieces` with the message of the present batch.
static struct done_batch encode(struct arrow_writer *w) {
    int64_t body_len = 0;
    array_clear(&w->nodes);
    array_clear(&w->buffers);
    array_clear(&w->pieces);
    array_push(&w->pieces, SV_NULL); // the metadata, below
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
    w->pieces.ptr[0] = str_sv(&w->meta);
    return (struct done_batch){
        .n_rows = w->batch_rows, .meta_len = w->meta.len, .body_len = (uint64_t)body_len};
}

static bool land(struct arrow_writer *w, struct err *err) {
    if (!w->on_its_way) {
        return true;
    }
    w->on_its_way = false;
    return spooler_wait(&w->spooler, &w->batches.ptr[w->batches.n - 1].crc, err) || arrow_io(err);
}

// Batches that go to a file are written while the next one is built, in the other half of the
// builders' memory.
static bool send(struct arrow_writer *w, struct done_batch *done, struct err *err) {
    w->on_its_way = spool_to_file(&w->spool, done->meta_len + done->body_len);
    if (!w->on_its_way) {
        return spool_add(&w->spool, w->pieces.ptr, w->pieces.n, &done->crc, err) || arrow_io(err);
    }
    spooler_begin(&w->spooler, w->pieces.ptr, w->pieces.n);
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        builder_swap(&w->cols[i]);
    }
    return true;
}

bool writer_flush(struct arrow_writer *w, struct err *err) {
    if (!land(w, err)) {
        return false;
    }
    if (!w->batch_rows) {
        return true;
    }
    if (w->spool.fd < 0) {
        w->spool.room = writer_room(w);
    }
    struct done_batch done = encode(w);
    add_zones(w);
    if (!send(w, &done, err)) {
        return false;
    }
    array_push(&w->batches, done);
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        builder_reset(&w->cols[i]);
    }
    w->batch_rows = 0;
    w->body_bytes = w->body_bytes_at_row = 0;
    return true;
}

bool writer_flush_all(struct arrow_writer *w, struct err *err) {
    return writer_flush(w, err) && land(w, err);
}
