#include "arrow/arrow_int.h"
#include "arrow/arrow_write_int.h"
#include "base/crc32c.h"
#include "base/file.h"
#include "base/num.h"

enum { WRITE_PIECE = 1 << 20 };

// Where the finished file goes. A failure is sticky, so that the steps below read as a list.
struct out {
    int fd;
    uint64_t at; // of the first byte in `buf`
    struct str buf;
    bool failed;
    struct err *err;
};

static void out_flush(struct out *o) {
    if (!o->failed && !fd_pwrite(o->fd, o->buf.ptr, o->buf.len, o->at, o->err)) {
        o->failed = true;
    }
    o->at += o->buf.len;
    str_clear(&o->buf);
}

static uint64_t out_pos(const struct out *o) {
    return o->at + o->buf.len;
}

static void out_add(struct out *o, const void *bytes, size_t len) {
    if (len >= WRITE_PIECE) {
        out_flush(o);
        if (!o->failed && !fd_pwrite(o->fd, bytes, len, o->at, o->err)) {
            o->failed = true;
        }
        o->at += len;
        return;
    }
    str_add(&o->buf, bytes, len);
    if (o->buf.len >= WRITE_PIECE) {
        out_flush(o);
    }
}

static void out_pad(struct out *o) {
    static const unsigned char zeros[META_ALIGN];
    out_add(o, zeros, -out_pos(o) & (META_ALIGN - 1));
}

// What the footer says about the file.
struct plan {
    struct meta_footer footer;
    ARRAY(struct arrow_block) blocks; // dictionaries, then batches
    struct str crcs;
};

static void add_block(struct plan *p, struct arrow_block block, uint32_t crc) {
    array_push(&p->blocks, block);
    str_addf(&p->crcs, "%s%08x", p->crcs.len ? "," : "", crc);
}

static void write_dict(struct out *o, struct plan *p, const struct intern *d) {
    static const int32_t no_values;
    const void *offsets = d->n ? d->offsets : &no_values;
    size_t offsets_len = ((size_t)d->n + 1) * sizeof(int32_t);
    size_t bytes_at = (offsets_len + META_ALIGN - 1) & ~(size_t)(META_ALIGN - 1);
    size_t body_len = (bytes_at + d->bytes.len + META_ALIGN - 1) & ~(size_t)(META_ALIGN - 1);
    struct meta_node node = {.n_rows = d->n};
    struct meta_buffer buffers[3] = {
        {0, 0}, {0, (int64_t)offsets_len}, {(int64_t)bytes_at, (int64_t)d->bytes.len}};
    struct meta_batch meta = {
        .n_rows = d->n,
        .nodes = &node,
        .n_nodes = 1,
        .buffers = buffers,
        .n_buffers = 3,
        .body_len = (int64_t)body_len,
        .dict_id = d->id,
    };
    struct str head = STR_INIT;
    meta_write_batch(&head, &meta);
    uint32_t crc = crc32c(0, head.ptr, head.len);
    crc = crc_zeros(crc32c(crc, offsets, offsets_len), bytes_at - offsets_len);
    crc = crc_zeros(crc32c(crc, d->bytes.ptr, d->bytes.len), body_len - bytes_at - d->bytes.len);
    add_block(p, (struct arrow_block){out_pos(o), head.len, body_len}, crc);
    out_add(o, head.ptr, head.len);
    out_add(o, offsets, offsets_len);
    out_pad(o);
    out_add(o, d->bytes.ptr, d->bytes.len);
    out_pad(o);
    str_done(&head);
}

static void write_batches(struct out *o, struct plan *p, struct arrow_writer *w) {
    uint64_t at = out_pos(o);
    out_flush(o);
    if (!o->failed && !spool_copy(&w->spool, o->fd, at, o->err)) {
        o->failed = true;
    }
    o->at = at + w->spool.size;
    array_foreach (b, &w->batches) {
        add_block(p, (struct arrow_block){at, b->meta_len, b->body_len}, b->crc);
        at += b->meta_len + b->body_len;
    }
}

// --- footer metadata ---------------------------------------------------------------------------

static bool is_even(const struct arrow_writer *w) {
    for (size_t i = 0; i + 1 < w->batches.n; i++) {
        if (w->batches.ptr[i].n_rows != ARROW_BATCH_ROWS) {
            return false;
        }
    }
    return true;
}

static void first_rows(const struct arrow_writer *w, struct str *out) {
    int64_t row = 0;
    for (size_t i = 0; i < w->batches.n; i++) {
        str_addf(out, "%s%lld", i ? "," : "", (long long)row);
        row += w->batches.ptr[i].n_rows;
    }
}

static void write_footer(struct out *o, struct plan *p, const struct arrow_writer *w,
                         const struct arrow_footer_info *info, uint32_t *crc) {
    char rows[24];
    size_t rows_len = num_format_i64(rows, w->n_rows);
    struct str firsts = STR_INIT;
    struct str zones = STR_INIT;
    struct str bytes = STR_INIT;
    ARRAY(struct arrow_pair) pairs = {0};
    array_push(&pairs, (struct arrow_pair){SV("culprit:rows"), sv_make(rows, rows_len)});
    if (is_even(w)) {
        array_push(&pairs, (struct arrow_pair){SV("culprit:batch_rows"), SV("65536")});
    } else {
        first_rows(w, &firsts);
        array_push(&pairs, (struct arrow_pair){SV("culprit:batch_rows"), SV("0")});
        array_push(&pairs, (struct arrow_pair){SV("culprit:first_rows"), str_sv(&firsts)});
    }
    if (info && info->generated) {
        array_push(&pairs, (struct arrow_pair){SV("culprit:generated"), sv_cstr(info->generated)});
    }
    zones_write(w, &zones);
    array_push(&pairs, (struct arrow_pair){SV("culprit:crc"), str_sv(&p->crcs)});
    array_push(&pairs, (struct arrow_pair){SV("culprit:zones"), str_sv(&zones)});
    for (size_t i = 0; info && i < info->n_extra; i++) {
        array_push(&pairs, info->extra[i]);
    }
    p->footer = (struct meta_footer){
        .schema = w->schema,
        .pairs = pairs.ptr,
        .n_pairs = pairs.n,
        .dicts = p->blocks.ptr,
        .n_dicts = w->dicts.n,
        .batches = p->blocks.ptr ? p->blocks.ptr + w->dicts.n : NULL,
        .n_batches = w->batches.n,
    };
    meta_write_footer(&bytes, &p->footer);
    *crc = crc32c(0, bytes.ptr, bytes.len);
    uint32_t len = (uint32_t)bytes.len;
    out_add(o, bytes.ptr, bytes.len);
    out_add(o, &len, sizeof len);
    str_done(&firsts);
    str_done(&zones);
    str_done(&bytes);
    array_done(&pairs);
}

static bool write_all(struct arrow_writer *w, struct out *o, const struct arrow_footer_info *info,
                      uint32_t *crc) {
    static const unsigned char end_of_stream[8] = {0xff, 0xff, 0xff, 0xff};
    struct plan p = {0};
    out_add(o, "ARROW1\0", 8);
    meta_write_schema(&o->buf, &w->schema, out_pos(o));
    for (size_t i = 0; i < w->dicts.n; i++) {
        write_dict(o, &p, w->dicts.ptr[i]);
    }
    write_batches(o, &p, w);
    out_add(o, end_of_stream, sizeof end_of_stream);
    write_footer(o, &p, w, info, crc);
    out_add(o, "ARROW1", 6);
    out_flush(o);
    array_done(&p.blocks);
    str_done(&p.crcs);
    return !o->failed;
}

bool arrow_finish(struct arrow_writer *w, int fd, const struct arrow_footer_info *info,
                  uint64_t *size, uint32_t *footer_crc, struct err *err) {
    BUG_ON(w->finished);
    w->finished = true;
    if (w->failed) {
        if (err) {
            *err = w->why;
        }
        return false;
    }
    arrow_row_undo(w);
    if (!writer_flush(w, err)) {
        return false;
    }
    struct out o = {.fd = fd, .err = err};
    uint32_t crc = 0;
    bool ok = write_all(w, &o, info, &crc);
    if (size) {
        *size = out_pos(&o);
    }
    if (footer_crc) {
        *footer_crc = crc;
    }
    str_done(&o.buf);
    return ok || arrow_io(err);
}
