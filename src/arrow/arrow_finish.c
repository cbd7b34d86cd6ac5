#include <fcntl.h>
#include <unistd.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_write_int.h"
#include "base/crc32c.h"
#include "base/file.h"
#include "base/num.h"

enum { WRITE_PIECE = 1 << 20, MAGIC_LEN = 8 };
enum { MIN_ROOM = 64 << 10, MAX_ROOM = 4 << 20, ROOM_STEP = 4096 };

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

static size_t aligned(size_t len) {
    return (len + META_ALIGN - 1) & ~(size_t)(META_ALIGN - 1);
}

struct dict_message {
    struct str head;
    const void *offsets;
    size_t offsets_len, bytes_at, body_len;
};

static struct dict_message dict_message(const struct intern *d) {
    static const int32_t no_values;
    struct dict_message m = {.offsets = d->n ? d->offsets : &no_values};
    m.offsets_len = ((size_t)d->n + 1) * sizeof(int32_t);
    m.bytes_at = aligned(m.offsets_len);
    m.body_len = aligned(m.bytes_at + d->bytes.len);
    struct meta_node node = {.n_rows = d->n};
    struct meta_buffer buffers[3] = {
        {0, 0}, {0, (int64_t)m.offsets_len}, {(int64_t)m.bytes_at, (int64_t)d->bytes.len}};
    struct meta_batch meta = {
        .n_rows = d->n,
        .nodes = &node,
        .n_nodes = 1,
        .buffers = buffers,
        .n_buffers = 3,
        .body_len = (int64_t)m.body_len,
        .dict_id = d->id,
    };
    meta_write_batch(&m.head, &meta);
    return m;
}

static void write_dict(struct out *o, struct plan *p, const struct intern *d) {
    struct dict_message m = dict_message(d);
    uint32_t crc = crc32c(0, m.head.ptr, m.head.len);
    crc = crc_zeros(crc32c(crc, m.offsets, m.offsets_len), m.bytes_at - m.offsets_len);
    crc =
        crc_zeros(crc32c(crc, d->bytes.ptr, d->bytes.len), m.body_len - m.bytes_at - d->bytes.len);
    add_block(p, (struct arrow_block){out_pos(o), m.head.len, m.body_len}, crc);
    out_add(o, m.head.ptr, m.head.len);
    out_add(o, m.offsets, m.offsets_len);
    out_pad(o);
    out_add(o, d->bytes.ptr, d->bytes.len);
    out_pad(o);
    str_done(&m.head);
}

// --- what stands before the batches ------------------------------------------------------------

static uint64_t dicts_len(const struct arrow_writer *w) {
    uint64_t len = 0;
    for (size_t i = 0; i < w->dicts.n; i++) {
        struct dict_message m = dict_message(w->dicts.ptr[i]);
        len += m.head.len + m.body_len;
        str_done(&m.head);
    }
    return len;
}

// Magic and schema, not padded for anything.
static uint64_t schema_end(const struct arrow_writer *w) {
    struct str schema = STR_INIT;
    meta_write_schema(&schema, &w->schema, MAGIC_LEN, 0);
    uint64_t end = MAGIC_LEN + schema.len;
    str_done(&schema);
    return end;
}

uint64_t writer_room(const struct arrow_writer *w) {
    uint64_t room = 2 * (schema_end(w) + dicts_len(w)) + MIN_ROOM;
    return MIN(room & ~(uint64_t)(ROOM_STEP - 1), (uint64_t)MAX_ROOM);
}

// True when the batches can stay where they are in the spool's file.
static bool fits_room(const struct arrow_writer *w) {
    return w->spool.fd >= 0 && schema_end(w) + dicts_len(w) <= w->spool.room;
}

static void write_head(struct out *o, struct plan *p, const struct arrow_writer *w) {
    out_add(o, "ARROW1\0", MAGIC_LEN);
    uint64_t end = fits_room(w) ? w->spool.room - dicts_len(w) : 0;
    meta_write_schema(&o->buf, &w->schema, MAGIC_LEN, end);
    for (size_t i = 0; i < w->dicts.n; i++) {
        write_dict(o, p, w->dicts.ptr[i]);
    }
}

static void write_batches(struct out *o, struct plan *p, struct arrow_writer *w) {
    uint64_t at = out_pos(o);
    out_flush(o);
    bool in_place = o->fd == w->spool.fd;
    if (!in_place && !o->failed && !spool_copy(&w->spool, o->fd, at, o->err)) {
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

static bool write_all(struct arrow_writer *w, int fd, const struct arrow_footer_info *info,
                      struct arrow_finished *out, struct err *err) {
    static const unsigned char end_of_stream[8] = {0xff, 0xff, 0xff, 0xff};
    struct out o = {.fd = fd, .err = err};
    struct plan p = {0};
    write_head(&o, &p, w);
    write_batches(&o, &p, w);
    out_add(&o, end_of_stream, sizeof end_of_stream);
    write_footer(&o, &p, w, info, &out->footer_crc);
    out_add(&o, "ARROW1", 6);
    out_flush(&o);
    out->size = out_pos(&o);
    array_done(&p.blocks);
    str_done(&p.crcs);
    str_done(&o.buf);
    return !o.failed;
}

// Nothing can be added from here on.
static bool end_rows(struct arrow_writer *w, struct err *err) {
    BUG_ON(w->finished);
    w->finished = true;
    if (w->failed) {
        if (err) {
            *err = w->why;
        }
        return false;
    }
    arrow_row_undo(w);
    return writer_flush_all(w, err);
}

bool arrow_finish(struct arrow_writer *w, int fd, const struct arrow_footer_info *info,
                  uint64_t *size, uint32_t *footer_crc, struct err *err) {
    struct arrow_finished done = {0};
    bool ok = end_rows(w, err) && (write_all(w, fd, info, &done, err) || arrow_io(err));
    if (size) {
        *size = done.size;
    }
    if (footer_crc) {
        *footer_crc = done.footer_crc;
    }
    return ok;
}

static bool write_new(struct arrow_writer *w, const char *path,
                      const struct arrow_footer_info *info, struct arrow_finished *out,
                      struct err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return err_sys(err, "cannot create %s", path);
    }
    bool ok = write_all(w, fd, info, out, err);
    if (close(fd) != 0 && ok) {
        ok = err_sys(err, "cannot close %s", path);
    }
    if (!ok) {
        unlink(path);
    }
    return ok;
}

bool arrow_finish_as(struct arrow_writer *w, const char *path, const struct arrow_footer_info *info,
                     struct arrow_finished *out, struct err *err) {
    *out = (struct arrow_finished){0};
    if (!end_rows(w, err)) {
        return false;
    }
    bool ok = fits_room(w)
                  ? write_all(w, w->spool.fd, info, out, err) && spool_keep(&w->spool, path, err)
                  : write_new(w, path, info, out, err);
    return ok || arrow_io(err);
}
