// Exactly what is shown, as a file: the shown columns and rows in their order.
#ifndef CULPRIT_VIEW_EXPORT_H
#define CULPRIT_VIEW_EXPORT_H

#include "view/view.h"

enum export_format {
    EXPORT_TABLE, // aligned text
    EXPORT_CSV,   // RFC 4180, CR LF
    EXPORT_TSV,
    EXPORT_JSON,
    EXPORT_JSONL,
    EXPORT_MD,
    EXPORT_ARROW,
};

struct export_opts {
    enum export_format format;
    bool display;       // formatted texts instead of raw values
    bool selected_only; // else all rows of the view
    size_t limit;       // 0 = all
    size_t width;       // EXPORT_TABLE: cut to this many columns, 0 = no limit
    bool ascii;
    const atomic_bool *cancel;
    _Atomic uint64_t *done_rows;
};

bool export_format_parse(struct sv name, enum export_format *out); // "csv", also by file ending
// To a callback, in pieces; or to a file that appears whole (ERR_BUSY when it exists and
// `replace` is false).
bool export_rows(const struct view *v, const struct export_opts *opts,
                 bool (*write)(void *arg, struct sv bytes, struct err *err), void *arg,
                 struct err *err) MUST_USE;
bool export_file(const struct view *v, const struct export_opts *opts, const char *path,
                 bool replace, size_t *n_rows, struct err *err) MUST_USE;
// One row, for `y`: "md", "json" or the plain cells separated by tabs.
bool export_row_text(const struct view *v, size_t row_idx, enum export_format format,
                     struct str *out, struct err *err) MUST_USE;

#endif
