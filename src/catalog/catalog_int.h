// Private to catalog.
#ifndef CULPRIT_CATALOG_INT_H
#define CULPRIT_CATALOG_INT_H

#include "catalog/catalog.h"

// Opens a file and finds its format among the table's and the extra ones, by content or by
// `opts->as`; the input keeps the bytes it has read. NULL as catalog_detect().
const struct format_def *open_detect(const char *path, const struct import_opts *opts,
                                     struct input *in, struct err *err) MUST_USE;
// Does the file of this format become rows of that dataset?
bool format_yields(const struct format_def *format, struct sv dataset);

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
