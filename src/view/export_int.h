// Private to view/: the writers of each export format.
#ifndef CULPRIT_VIEW_EXPORT_INT_H
#define CULPRIT_VIEW_EXPORT_INT_H

#include "view/export.h"

// What every writer goes through: the shown columns and the rows to write.
struct export {
    const struct view *v;
    const struct export_opts *opts;
    size_t *cols; // indexes of the shown columns
    size_t n_cols;
    struct str buf;     // not yet written
    struct str scratch; // of one cell
    bool (*write)(void *arg, struct sv bytes, struct err *err);
    void *arg;
};

const struct view_col *export_col(const struct export *e, size_t i);
// The next row to write from `*row_idx` on; false when there is none.
bool export_next(const struct export *e, size_t *row_idx);
// A cell's text, raw or as displayed ("-" for a key that leads nowhere); false = null.
bool export_text(struct export *e, size_t row_idx, size_t i, struct sv *out);
bool export_flush(struct export *e, struct err *err) MUST_USE;

// Each writes head, rows and end.
bool export_table(struct export *e, struct err *err) MUST_USE;
bool export_json(struct export *e, struct err *err) MUST_USE;
bool export_arrow(struct export *e, int fd, struct err *err) MUST_USE;
// One object, without a line end.
void export_add_json_row(struct export *e, size_t row_idx);

// Calls `fn` for each row; flushes, counts and looks for cancellation as it goes.
bool export_each(struct export *e, bool (*fn)(struct export *e, size_t row_idx, size_t nth),
                 struct err *err) MUST_USE;

#endif
