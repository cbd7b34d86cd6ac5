#include "arrow/arrow_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/scope.h"

enum { MEMORY_LIMIT = 8 << 20, WRITE_PIECE = 256 << 10, COPY_PIECE = 1 << 20 };

void spool_init(struct spool *s, const char *dir) {
    *s = (struct spool){.dir = dir ? xstrdup(dir) : NULL, .fd = -1};
}

void spool_done(struct spool *s) {
    if (s->fd >= 0) {
        close(s->fd);
    }
    free(s->dir);
    str_done(&s->buf);
    *s = (struct spool){.fd = -1};
}

static int open_unlinked(const char *dir) {
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) {
        return fd;
    }
    auto_free char *path = path_join(dir, "spool.XXXXXX");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
    }
    return fd;
}

static bool flush(struct spool *s, struct err *err) {
    bool ok = fd_write(s->fd, s->buf.ptr, s->buf.len, err);
    str_clear(&s->buf);
    return ok || err_prefix(err, "spool file in %s", s->dir);
}

static bool to_file(struct spool *s, struct err *err) {
    s->fd = open_unlinked(s->dir);
    if (s->fd < 0) {
        return err_sys(err, "cannot make a spool file in %s", s->dir);
    }
    bool ok = flush(s, err);
    str_done(&s->buf);
    return ok;
}

bool spool_add(struct spool *s, const void *bytes, size_t len, struct err *err) {
    s->size += len;
    if (s->fd < 0 && (!s->dir || s->size <= MEMORY_LIMIT)) {
        str_add(&s->buf, bytes, len);
        return true;
    }
    if (s->fd < 0 && !to_file(s, err)) {
        return false;
    }
    if (s->buf.len + len > WRITE_PIECE && !flush(s, err)) {
        return false;
    }
    if (len < WRITE_PIECE) {
        str_add(&s->buf, bytes, len);
        return true;
    }
    return fd_write(s->fd, bytes, len, err) || err_prefix(err, "spool file in %s", s->dir);
}

// Where the system cannot copy between these two files.
static bool copy_by_hand(struct spool *s, off_t from, int fd, uint64_t offset, struct err *err) {
    auto_free char *piece = xmalloc(COPY_PIECE);
    while ((uint64_t)from < s->size) {
        ssize_t n = pread(s->fd, piece, COPY_PIECE, from);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_sys(err, "cannot read the spool file in %s", s->dir);
        }
        if (!fd_pwrite(fd, piece, (size_t)n, offset, err)) {
            return false;
        }
        from += n;
        offset += (uint64_t)n;
    }
    return true;
}

bool spool_copy(struct spool *s, int fd, uint64_t offset, struct err *err) {
    if (s->fd < 0) {
        return fd_pwrite(fd, s->buf.ptr, s->buf.len, offset, err);
    }
    if (!flush(s, err)) {
        return false;
    }
    off_t from = 0;
    off_t to = (off_t)offset;
    while ((uint64_t)from < s->size) {
        ssize_t n = copy_file_range(s->fd, &from, fd, &to, (size_t)(s->size - (uint64_t)from), 0);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return copy_by_hand(s, from, fd, (uint64_t)to, err);
        }
    }
    return true;
}
