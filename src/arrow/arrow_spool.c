#include "arrow/arrow_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/crc32c.h"
#include "base/file.h"
#include "base/scope.h"

enum { MEMORY_LIMIT = 8 << 20, WRITE_PIECE = 1 << 20, COPY_PIECE = 1 << 20 };

void spool_init(struct spool *s, const char *dir) {
    *s = (struct spool){.dir = dir ? xstrdup(dir) : NULL, .fd = -1};
}

void spool_done(struct spool *s) {
    if (s->fd >= 0) {
        close(s->fd);
    }
    if (s->path) {
        unlink(s->path);
    }
    free(s->path);
    free(s->dir);
    str_done(&s->buf);
    *s = (struct spool){.fd = -1};
}

bool spool_to_file(const struct spool *s, uint64_t len) {
    return s->fd >= 0 || (s->dir && s->size + len > MEMORY_LIMIT);
}

// A name of its own, so that it can be renamed to any other of the same file system.
static bool make_file(struct spool *s, struct err *err) {
    for (unsigned i = 0; s->fd < 0; i++) {
        free(s->path);
        s->path = xasprintf("%s/spool-%u", s->dir, i);
        s->fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (s->fd < 0 && errno != EEXIST) {
            err_sys(err, "cannot make a spool file in %s", s->dir);
            free(s->path);
            s->path = NULL;
            return false;
        }
    }
    bool ok = fd_pwrite(s->fd, s->buf.ptr, s->buf.len, s->room, err);
    str_done(&s->buf);
    return ok || err_prefix(err, "spool file in %s", s->dir);
}

static void add_to_memory(struct spool *s, const struct sv *pieces, size_t n_pieces,
                          uint32_t *crc) {
    for (size_t i = 0; i < n_pieces; i++) {
        *crc = crc32c(*crc, pieces[i].ptr, pieces[i].len);
        str_add_sv(&s->buf, pieces[i]);
        s->size += pieces[i].len;
    }
}

// --- to the file -------------------------------------------------------------------------------

// Parts that one call writes.
struct gather {
    struct iovec parts[64];
    size_t n;
    size_t len;
};

static void drop_written(struct gather *g, size_t n_written) {
    size_t i = 0;
    g->len -= n_written;
    for (; i < g->n && g->parts[i].iov_len <= n_written; i++) {
        n_written -= g->parts[i].iov_len;
    }
    g->n -= i;
    memmove(g->parts, g->parts + i, g->n * sizeof *g->parts);
    if (g->n) {
        g->parts[0].iov_base = (char *)g->parts[0].iov_base + n_written;
        g->parts[0].iov_len -= n_written;
    }
}

static bool write_out(struct spool *s, struct gather *g, struct err *err) {
    while (g->len) {
        ssize_t n = pwritev(s->fd, g->parts, (int)g->n, (off_t)(s->room + s->size));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_sys(err, "cannot write the spool file in %s", s->dir);
        }
        s->size += (uint64_t)n;
        drop_written(g, (size_t)n);
    }
    g->n = 0;
    return true;
}

// The checksum is taken piecemeal just before the bytes are written: they are in the cache then.
static bool add_to_file(struct spool *s, struct sv piece, struct gather *g, uint32_t *crc,
                        struct err *err) {
    while (piece.len) {
        struct sv part = sv_sub(piece, 0, WRITE_PIECE - g->len);
        piece = sv_from(piece, part.len);
        *crc = crc32c(*crc, part.ptr, part.len);
        g->parts[g->n++] = (struct iovec){.iov_base = (void *)(uintptr_t)part.ptr, part.len};
        g->len += part.len;
        if ((g->len == WRITE_PIECE || g->n == COUNTOF(g->parts)) && !write_out(s, g, err)) {
            return false;
        }
    }
    return true;
}

bool spool_add(struct spool *s, const struct sv *pieces, size_t n_pieces, uint32_t *crc,
               struct err *err) {
    uint64_t len = 0;
    for (size_t i = 0; i < n_pieces; i++) {
        len += pieces[i].len;
    }
    if (!spool_to_file(s, len)) {
        add_to_memory(s, pieces, n_pieces, crc);
        return true;
    }
    if (s->fd < 0 && !make_file(s, err)) {
        return false;
    }
    struct gather g = {.n = 0};
    uint64_t from = s->room + s->size;
    for (size_t i = 0; i < n_pieces; i++) {
        if (!add_to_file(s, pieces[i], &g, crc, err)) {
            return false;
        }
    }
    if (!write_out(s, &g, err)) {
        return false;
    }
    if (!s->lazy) {
        // The disk starts at once, so that little is left to do when the finished file is synced.
        sync_file_range(s->fd, (off_t)from, (off_t)len, SYNC_FILE_RANGE_WRITE);
    }
    return true;
}

// --- at the end --------------------------------------------------------------------------------

// Where the system cannot copy between these two files.
static bool copy_by_hand(const struct spool *s, off_t from, int fd, off_t to, struct err *err) {
    auto_free char *piece = xmalloc(COPY_PIECE);
    const off_t end = (off_t)(s->room + s->size);
    while (from < end) {
        ssize_t n = pread(s->fd, piece, MIN((size_t)COPY_PIECE, (size_t)(end - from)), from);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_sys(err, "cannot read the spool file in %s", s->dir);
        }
        if (!fd_pwrite(fd, piece, (size_t)n, (uint64_t)to, err)) {
            return false;
        }
        from += n;
        to += n;
    }
    return true;
}

bool spool_copy(const struct spool *s, int fd, uint64_t offset, struct err *err) {
    if (s->fd < 0) {
        return fd_pwrite(fd, s->buf.ptr, s->buf.len, offset, err);
    }
    off_t from = (off_t)s->room;
    off_t to = (off_t)offset;
    const off_t end = (off_t)(s->room + s->size);
    while (from < end) {
        ssize_t n = copy_file_range(s->fd, &from, fd, &to, (size_t)(end - from), 0);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return copy_by_hand(s, from, fd, to, err);
        }
    }
    return true;
}

bool spool_keep(struct spool *s, const char *path, struct err *err) {
    int rc = renameat2(AT_FDCWD, s->path, AT_FDCWD, path, RENAME_NOREPLACE);
    if (rc != 0 && (errno == EINVAL || errno == ENOSYS)) { // the file system cannot promise that
        rc = rename(s->path, path);
    }
    if (rc != 0) {
        return err_sys(err, "cannot rename %s to %s", s->path, path);
    }
    free(s->path);
    s->path = NULL;
    return true;
}
