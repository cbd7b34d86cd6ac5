// Private to catalog.
#ifndef CULPRIT_CATALOG_INT_H
#define CULPRIT_CATALOG_INT_H

#include "catalog/catalog.h"

// Opens a file and finds its format; the input keeps the bytes it has read. `as` is the name of a
// format or dataset, NULL = by content. NULL as catalog_detect().
const struct format_def *open_detect(const char *path, const char *as, struct input *in,
                                     struct err *err) MUST_USE;

// One file of an import.
struct import_one {
    const struct import_opts *opts;
    struct import_file *file;
    bool in_folder; // found there, not named by the user
    struct import_progress progress;
    int64_t reported_us;
    bool changed; // out: the store has a new generation
};
// False when nothing can go on, see catalog_import(); what concerns the file alone goes to `file`.
bool import_one(struct import_one *one, struct err *err) MUST_USE;

#endif
