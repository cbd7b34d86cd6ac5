#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"

static size_t block_bytes = INPUT_BLOCK;

void input_set_block_for_tests(size_t bytes) {
    block_bytes = bytes ? bytes : INPUT_BLOCK;
}

static char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return xstrdup(slash && slash[1] ? slash + 1 : path);
}

bool input_open(struct input *in, const char *path, struct err *err) {
    *in = (struct input){.fd = -1};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return err_sys(err, "cannot open %s", path);
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        err_sys(err, "cannot examine %s", path);
    } else if (S_ISDIR(st.st_mode)) {
        err_set(err, ERR_FORMAT, "%s is a directory, a file was expected", path);
    } else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
        err_set(err, ERR_FORMAT, "%s is neither a regular file nor a pipe", path);
    } else {
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        in->fd = fd;
        in->name = base_name(path);
        in->size_bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
        return true;
    }
    close(fd);
    return false;
}

void input_memory(struct input *in, const char *name, struct sv bytes, bool padded) {
    *in = (struct input){.name = xstrdup(name), .fd = -1, .at_eof = true};
    in->size_bytes = bytes.len;
    in->len = bytes.len;
    in->ptr = bytes.ptr;
    if (!padded) {
        in->cap = bytes.len;
        in->buf = xmalloc(bytes.len + INPUT_PAD);
        if (bytes.len) {
            memcpy(in->buf, bytes.ptr, bytes.len);
        }
        memset(in->buf + bytes.len, 0, INPUT_PAD);
        in->ptr = in->buf;
    }
}

// Room behind the window: a full one means that one record is longer than it.
static bool make_room(struct input *in, struct err *err) {
    if (in->len < in->cap) {
        return true;
    }
    if (in->len >= INPUT_RECORD_LIMIT) {
        return err_set(err, ERR_LIMIT,
                       "%s: the record at byte %llu is longer than %zu bytes, the limit", in->name,
                       (unsigned long long)in->offset, INPUT_RECORD_LIMIT);
    }
    in->cap = in->cap ? MIN(in->cap * 2, INPUT_RECORD_LIMIT) : block_bytes;
    in->buf = xrealloc(in->buf, in->cap + INPUT_PAD);
    return true;
}

static bool cancelled(const struct input *in, struct err *err) {
    return in->cancel && atomic_load_explicit(in->cancel, memory_order_relaxed) &&
           !err_set(err, ERR_CANCELLED, "%s: cancelled", in->name);
}

// Fills the window; a pipe that delivers in small pieces would else make every record a refill.
// A signal ends the waiting for a slow pipe.
static bool fill(struct input *in, struct err *err) {
    while (in->len < in->cap && !in->at_eof) {
        if (cancelled(in, err)) {
            return false;
        }
        ssize_t n = read(in->fd, in->buf + in->len, in->cap - in->len);
        if (n < 0 && errno != EINTR) {
            return err_sys(err, "%s: cannot read at byte %llu", in->name,
                           (unsigned long long)(in->offset + in->len));
        }
        in->len += n > 0 ? (size_t)n : 0;
        in->at_eof = n == 0;
    }
    return true;
}

bool input_more(struct input *in, size_t used, struct err *err) {
    if (cancelled(in, err)) {
        return false;
    }
    BUG_ON(used > in->len);
    in->offset += used;
    in->len -= used;
    if (in->fd < 0) {
        in->ptr += used;
        in->at_eof = true;
        return true;
    }
    if (used && in->len) {
        memmove(in->buf, in->buf + used, in->len);
    }
    bool ok = make_room(in, err) && fill(in, err);
    if (in->buf) {
        memset(in->buf + in->len, 0, INPUT_PAD);
    }
    in->ptr = in->buf;
    return ok;
}

void input_close(struct input *in) {
    if (in->fd >= 0) {
        close(in->fd);
    }
    free(in->buf);
    free(in->name);
    *in = (struct input){.fd = -1};
}
