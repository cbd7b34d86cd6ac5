// The lines of a diff as they are shown: one row for the headers of a file, folds, lines left out
// by a filter, old and new lines paired for side by side.
//
// The index of rows is made in one pass over the diff whenever something of this changes; 8 bytes a
// row, nothing allocated per row.
#ifndef CULPRIT_UI_DIFF_VIEW_H
#define CULPRIT_UI_DIFF_VIEW_H

#include "base/regex.h"
#include "ui/diff.h"

enum diff_row_kind {
    ROW_TITLE, // a line of the commit message; `left` is its number
    ROW_FILE,  // `left` is the file
    ROW_LINES, // one line of the diff (left == right), or an old and a new one
    ROW_FOLD,  // unchanged lines not shown; `left` is the first
    ROW_EMPTY, // nothing to show
    ROW_CUT,   // the text was too long
};

struct diff_row {
    uint32_t left;  // DIFF_NO_LINE = nothing on this side
    uint32_t right; // or a mark that tells the kind
};

#define DIFF_CONTEXT_ALL UINT32_MAX

struct diff_view {
    const struct diff *d;
    struct sv title;
    struct ARRAY_BODY(uint32_t) title_starts;
    struct ARRAY_BODY(struct diff_row) rows;
    size_t n_title_rows;
    uint8_t *file_folded; // 1 = only the header is shown
    uint8_t *hunk_fold;   // enum hunk_fold of diff_view.c
    uint32_t context;     // unchanged lines shown around changes
    uint32_t max_context; // that the diff holds
    bool side_by_side;
    struct matcher *filter; // NULL = all lines
};

// `d` and `title` must stay; nothing is shown before diff_view_build().
void diff_view_init(struct diff_view *v, const struct diff *d, struct sv title);
void diff_view_done(struct diff_view *v);
void diff_view_build(struct diff_view *v);
// NULL = all lines; the view keeps its own reference.
void diff_view_filter(struct diff_view *v, struct regex *re);

enum diff_row_kind diff_row_kind(struct diff_row row);
struct sv diff_view_title(const struct diff_view *v, size_t line);
// The line of the diff a row stands for: the first header of a file, the first line of a fold;
// -1 for the title.
int64_t diff_view_line(const struct diff_view *v, size_t row);
// The row that shows the line or holds it folded; else the one before it.
size_t diff_view_row(const struct diff_view *v, size_t line);
// -1 = none
int64_t diff_view_file(const struct diff_view *v, size_t row);
int64_t diff_view_hunk(const struct diff_view *v, size_t row);
// Lines behind a ROW_FOLD.
uint32_t diff_view_fold_lines(const struct diff_view *v, size_t row);

bool diff_view_hunk_folded(const struct diff_view *v, size_t hunk);
// The hunk on its header, the lines of a ROW_FOLD, else the file; false = nothing to fold here.
bool diff_view_fold(struct diff_view *v, size_t row);
void diff_view_fold_all(struct diff_view *v, bool folded);
// Steps of a scale that gets coarser: 0 1 2 3 4 5 6 8 10 15 ... all.
void diff_view_context(struct diff_view *v, int64_t steps);

#endif
