// The writer lock, and the sentences for what a system refuses to a writer.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/scope.h"
#include "store/store_int.h"

char *now_text(void) {
    struct str text = STR_INIT;
    str_add_iso(&text, clock_now_us());
    str_add_byte(&text, 'Z');
    return str_take(&text);
}

bool store_refused(struct err *err, int errnum, const char *store_dir, const char *what) {
    errno = errnum;
    switch (errnum) {
    case EROFS:
    case EACCES:
    case EPERM:
        return err_sys(err,
                       "the store %s is read-only for us: it can still be opened for reading; "
                       "choose another one to write to with --store DIR (%s)",
                       store_dir, what);
    case ENOSPC:
    case EDQUOT:
        return err_sys(err,
                       "no space left for the store %s: nothing was published, what it held is "
                       "untouched (%s)",
                       store_dir, what);
    default:
        return err_sys(err, "the store %s: cannot %s", store_dir, what);
    }
}

bool store_explain(struct err *err, const char *store_dir, const char *what) {
    if (!err || err->code != ERR_IO || err->sys == 0) {
        return false;
    }
    switch (err->sys) {
    case EROFS:
    case EACCES:
    case EPERM:
    case ENOSPC:
    case EDQUOT:
        return store_refused(err, err->sys, store_dir, what);
    default:
        return false;
    }
}

// Says who holds the lock, as far as the file tells.
static bool lock_busy(int fd, const char *store_dir, struct err *err) {
    char owner[256];
    ssize_t n = pread(fd, owner, sizeof owner - 1, 0);
    owner[n > 0 ? n : 0] = '\0';
    for (char *c = owner; *c; c++) {
        if ((unsigned char)*c < ' ' || (unsigned char)*c > '~') {
            *c = ' ';
        }
    }
    size_t len = strlen(owner);
    while (len && owner[len - 1] == ' ') {
        owner[--len] = '\0';
    }
    return err_set_sub(err, ERR_BUSY, ARROW_ERR_LOCKED,
                       "the store %s is being written by another culprit (%s): wait for it to end",
                       store_dir, len ? owner : "its process is not known");
}

// The text is for the message of others only, so failing to write it does no harm.
static void lock_sign(int fd) {
    char host[128] = "unknown";
    char line[256];
    auto_free char *now = now_text();
    if (gethostname(host, sizeof host - 1) != 0) {
        strcpy(host, "unknown");
    }
    int n = snprintf(line, sizeof line, "process %ld on %s since %s\n", (long)getpid(), host, now);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, line, (size_t)n, 0) != n) {
        log_line(LOG_INFO, "cannot write the owner into the lock file");
    }
}

int lock_take(const char *store_dir, struct err *err) {
    auto_free char *path = path_join(store_dir, "lock");
    int fd = -1;
    if (store_step("lock")) {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    }
    if (fd < 0) {
        store_refused(err, errno, store_dir, "open its lock file");
        return -1;
    }
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
        lock_sign(fd);
        return fd;
    }
    if (errno == EAGAIN || errno == EACCES) {
        lock_busy(fd, store_dir, err);
    } else {
        store_refused(err, errno, store_dir, "lock it");
    }
    close(fd);
    return -1;
}

void lock_warn_file_system(const char *store_dir) {
    static const struct {
        uint64_t magic;
        const char *name;
    } remote[] = {{0x6969, "NFS"},
                  {0xFF534D42, "CIFS"},
                  {0xFE534D42, "SMB"},
                  {0x517B, "SMB"},
                  {0x65735546, "FUSE"}};
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    struct statfs fs;
    if (statfs(store_dir, &fs) != 0) {
        return;
    }
    for (size_t i = 0; i < COUNTOF(remote); i++) {
        if (((uint64_t)fs.f_type & 0xffffffffU) == remote[i].magic &&
            !atomic_flag_test_and_set(&warned)) {
            log_line(LOG_ERROR,
                     "warning: the store %s is on a %s file system, which does not promise what a "
                     "store needs (locks, atomic renames, mapped files); use a local disk",
                     store_dir, remote[i].name);
        }
    }
}
