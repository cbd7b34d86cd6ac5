// The pane of a diff: what its two files share; private to this folder.
#ifndef CULPRIT_UI_DIFF_PANE_INT_H
#define CULPRIT_UI_DIFF_PANE_INT_H

#include "ui/diff_view.h"
#include "ui/text_line.h"
#include "ui/text_pane.h"

enum {
    PANEL_MIN_W = 90,    // pane width from which the file list is shown
    NUMBERS_MIN_W = 100, // line numbers by themselves
    SIDES_MIN_W = 120,   // side by side
    SIDES_PANEL_W = 160, // side by side and the file list
};

// Line numbers are counted from the last line asked for: a frame asks for lines in order.
struct diff_count {
    size_t hunk, line;       // SIZE_MAX = nothing counted yet
    uint32_t old_no, new_no; // of the next old / new line at `line`
};

struct mark_list ARRAY_BODY(struct text_mark);

struct diff_pane {
    struct diff diff;
    struct str title;
    struct diff_view view;
    int width;        // of the last drawing, 0 = none yet
    bool numbers_set; // by the user
    bool word_diff, whitespace;
    bool want_sides;      // shown so when there is room
    int number_w;         // columns of the largest line number
    int path_w, counts_w; // widest path and "+12 -3"
    // Used again from line to line.
    struct str scratch;
    struct text_buf buf;
    struct mark_list marks;
    struct diff_count counts[2]; // of the left (or only) side and of the right one
    struct diff_block block;     // the last one asked for
};

// Of text_ops.
int diff_draw_line(const struct text_pane *pane, size_t row, struct screen *screen, struct rect at,
                   struct matcher *match);
int diff_panel_width(const struct text_pane *pane, int width);
void diff_draw_panel(const struct text_pane *pane, struct screen *screen, struct rect at);

// "path  renamed from x  +12 -3"; marks (may be NULL) get the roles of its parts.
void diff_file_text(const struct diff_pane *p, size_t file, struct str *out,
                    struct mark_list *marks);
// What is shown of a row of another kind than ROW_LINES and ROW_FILE.
void diff_other_text(const struct diff_pane *p, size_t row, struct str *out);
void diff_add_counts(struct str *out, uint32_t n_added, uint32_t n_removed);

#endif
