// Small-file reading, folders, and writing that is whole or not at all.
#ifndef CULPRIT_BASE_FILE_H
#define CULPRIT_BASE_FILE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

bool file_read(const char *path, size_t limit_bytes, struct str *out, struct err *err) MUST_USE;
bool file_exists(const char *path);
// As mkdir -p.
bool dir_make(const char *path, struct err *err) MUST_USE;
// The same; `*n_made` tells how many folders of the path were not there before, also on failure.
bool dir_make_count(const char *path, size_t *n_made, struct err *err) MUST_USE;
// Makes the entries of a folder survive a power failure.
bool dir_sync(const char *path, struct err *err) MUST_USE;
// Last component of a path (borrowed).
const char *path_base(const char *path);
char *path_join(const char *folder, const char *name) MUST_USE;

// Writes all of it, going on after interruptions and short writes.
bool fd_write(int fd, const void *bytes, size_t len, struct err *err) MUST_USE;
bool fd_pwrite(int fd, const void *bytes, size_t len, uint64_t offset, struct err *err) MUST_USE;

// A file that appears whole under its name or not at all: written beside it under a temporary
// name, synced, renamed, its folder synced.
struct new_file {
    char *path;
    char *tmp_path;
    int fd;
    bool replace;
    struct str buf;
};
// With `replace` false an existing file is refused with ERR_BUSY ("exists"). A replaced file's
// permissions stay.
bool new_file_open(struct new_file *f, const char *path, bool replace, struct err *err) MUST_USE;
bool new_file_write(struct new_file *f, const void *bytes, size_t len, struct err *err) MUST_USE;
// Flush, sync, rename. The file is gone after a failure.
bool new_file_commit(struct new_file *f, struct err *err) MUST_USE;
// Drops it; also harmless after a commit.
void new_file_abort(struct new_file *f);

#endif
