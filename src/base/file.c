#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scope.h"

enum { BUF_BYTES = 256 * 1024, FIRST_READ = 64 * 1024, MAX_NAME_TRIES = 100 };

// As err_sys(), with "not found" told apart from other refusals.
static bool sys_error(struct err *err, const char *what, const char *path) {
    err_sys(err, "cannot %s %s", what, path);
    if (err && (err->sys == ENOENT || err->sys == ENOTDIR)) {
        err->code = ERR_NOT_FOUND;
    }
    return false;
}

// --- reading ----------------------------------------------------------------------------------

// One read of at most `max` bytes at the end of `out`; -1 on failure, 0 at the end.
static ssize_t read_more(int fd, struct str *out, size_t max) {
    char *to = str_reserve(out, max);
    ssize_t n;
    do {
        n = read(fd, to, max);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        out->len += (size_t)n;
    }
    out->ptr[out->len] = '\0';
    return n;
}

bool file_read(const char *path, size_t limit_bytes, struct str *out, struct err *err) {
    str_clear(out);
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return sys_error(err, "open", path);
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return sys_error(err, "read", path);
    }
    // One byte more than the size finds the end of an ordinary file without growing the buffer.
    bool is_plain = S_ISREG(st.st_mode) && st.st_size > 0;
    size_t step = is_plain ? MIN((size_t)st.st_size, limit_bytes) + 1 : FIRST_READ;
    for (;;) {
        ssize_t n = read_more(fd, out, step);
        if (n < 0) {
            return sys_error(err, "read", path);
        }
        if (n == 0) {
            return true;
        }
        if (out->len > limit_bytes) {
            return err_set(err, ERR_LIMIT, "%s: larger than the limit of %zu bytes", path,
                           limit_bytes);
        }
        step = is_plain && out->len < step ? step - out->len : FIRST_READ;
    }
}

bool file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

// --- folders and names ------------------------------------------------------------------------

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool dir_make_count(const char *path, size_t *n_made, struct err *err) {
    auto_free char *copy = xstrdup(path);
    size_t len = strlen(copy);
    *n_made = 0;
    for (size_t i = 1; i <= len; i++) {
        if (copy[i] != '/' && copy[i] != '\0') {
            continue;
        }
        char kept = copy[i];
        copy[i] = '\0';
        if (mkdir(copy, 0777) == 0) {
            ++*n_made;
        } else {
            int sys = errno;
            if (!is_folder(copy)) {
                errno = sys;
                return sys_error(err, "make folder", copy);
            }
        }
        copy[i] = kept;
    }
    return true;
}

bool dir_make(const char *path, struct err *err) {
    size_t n_made;
    return dir_make_count(path, &n_made, err);
}

bool dir_sync(const char *path, struct err *err) {
    auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return sys_error(err, "open folder", path);
    }
    // Some file systems cannot sync a folder and say EINVAL; their renames need none.
    if (fsync(fd) != 0 && errno != EINVAL) {
        return sys_error(err, "sync folder", path);
    }
    return true;
}

const char *path_base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *path_join(const char *folder, const char *name) {
    size_t len = strlen(folder);
    const char *sep = len == 0 || folder[len - 1] == '/' ? "" : "/";
    return xasprintf("%s%s%s", folder, sep, name);
}

static char *path_folder(const char *path) {
    size_t len = (size_t)(path_base(path) - path);
    if (len == 0) {
        return xstrdup(".");
    }
    return xstrndup(path, len > 1 ? len - 1 : 1);
}

// --- writing ----------------------------------------------------------------------------------

bool fd_write(int fd, const void *bytes, size_t len, struct err *err) {
    const char *p = bytes;
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_sys(err, "cannot write");
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool fd_pwrite(int fd, const void *bytes, size_t len, uint64_t offset, struct err *err) {
    const char *p = bytes;
    while (len) {
        ssize_t n = pwrite(fd, p, len, (off_t)offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_sys(err, "cannot write at byte %llu", (unsigned long long)offset);
        }
        p += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return true;
}

// The file a path stands for: through symbolic links, so that the link itself survives. `st` is
// what stands there; mode 0 = nothing.
static bool resolve_target(const char *path, bool replace, char **target, struct stat *st,
                           struct err *err) {
    *target = NULL;
    if (stat(path, st) != 0) {
        *st = (struct stat){0};
        *target = xstrdup(path);
        return true;
    }
    if (S_ISDIR(st->st_mode)) {
        return err_set(err, ERR_USAGE, "cannot write %s: it is a folder, a file name was expected",
                       path);
    }
    if (!S_ISREG(st->st_mode)) {
        return err_set(err, ERR_USAGE, "cannot write %s: it is not an ordinary file", path);
    }
    if (!replace) {
        return err_set(err, ERR_BUSY, "%s exists", path);
    }
    char *real = realpath(path, NULL);
    if (!real) {
        return sys_error(err, "write", path);
    }
    *target = real;
    return true;
}

static bool open_tmp(struct new_file *f, mode_t mode) {
    static atomic_uint serial;
    for (int i = 0; i < MAX_NAME_TRIES; i++) {
        f->tmp_path =
            xasprintf("%s.%ld-%u.tmp", f->path, (long)getpid(), atomic_fetch_add(&serial, 1));
        f->fd = open(f->tmp_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (f->fd >= 0) {
            return true;
        }
        free(f->tmp_path);
        f->tmp_path = NULL;
        if (errno != EEXIST) {
            break;
        }
    }
    return false;
}

bool new_file_open(struct new_file *f, const char *path, bool replace, struct err *err) {
    *f = (struct new_file){.fd = -1};
    struct stat old;
    if (!resolve_target(path, replace, &f->path, &old, err)) {
        return false;
    }
    mode_t rights = old.st_mode & 0777;
    if (!open_tmp(f, old.st_mode ? rights : 0666)) {
        sys_error(err, "create", path);
        new_file_abort(f);
        return false;
    }
    if (old.st_mode) {
        (void)fchmod(f->fd, rights); // what the umask took away; a system without it has no rights
    }
    f->replace = replace;
    return true;
}

static bool flush_buf(struct new_file *f, struct err *err) {
    bool ok = fd_write(f->fd, f->buf.ptr, f->buf.len, err);
    str_clear(&f->buf);
    return ok || err_prefix(err, "%s", f->path);
}

bool new_file_write(struct new_file *f, const void *bytes, size_t len, struct err *err) {
    if (f->buf.len + len < BUF_BYTES) {
        str_add(&f->buf, bytes, len);
        return true;
    }
    if (!flush_buf(f, err)) {
        return false;
    }
    if (len < BUF_BYTES) {
        str_add(&f->buf, bytes, len);
        return true;
    }
    return fd_write(f->fd, bytes, len, err) || err_prefix(err, "%s", f->path);
}

// Gives the file its name; one that appeared there meanwhile is left alone when it may not be
// replaced.
static bool give_name(const struct new_file *f, struct err *err) {
    if (f->replace) {
        return rename(f->tmp_path, f->path) == 0 || sys_error(err, "replace", f->path);
    }
    if (renameat2(AT_FDCWD, f->tmp_path, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno == EINVAL || errno == ENOSYS) { // a file system without this kind of rename
        if (link(f->tmp_path, f->path) == 0) {
            unlink(f->tmp_path);
            return true;
        }
    }
    if (errno == EEXIST) {
        return err_set(err, ERR_BUSY, "%s exists", f->path);
    }
    return sys_error(err, "create", f->path);
}

bool new_file_commit(struct new_file *f, struct err *err) {
    bool ok = flush_buf(f, err);
    if (ok && fsync(f->fd) != 0) {
        ok = sys_error(err, "sync", f->path);
    }
    if (f->fd >= 0 && close(f->fd) != 0 && ok) {
        ok = sys_error(err, "write", f->path);
    }
    f->fd = -1;
    ok = ok && give_name(f, err);
    if (ok) {
        free(f->tmp_path);
        f->tmp_path = NULL;
        auto_free char *folder = path_folder(f->path);
        ok = dir_sync(folder, err);
    }
    new_file_abort(f);
    return ok;
}

void new_file_abort(struct new_file *f) {
    if (f->fd >= 0) {
        close(f->fd);
    }
    if (f->tmp_path) {
        unlink(f->tmp_path);
    }
    free(f->tmp_path);
    free(f->path);
    str_done(&f->buf);
    *f = (struct new_file){.fd = -1};
}
