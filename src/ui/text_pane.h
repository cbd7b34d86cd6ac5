// Panes that show text instead of rows: a diff, the help, all fields of a row, long values.
//
// One struct text_pane scrolls, searches, filters and copies; what differs between kinds of text is
// behind text_ops. Lines are numbered 0..n-1 as shown (folded and filtered lines are not counted).
// Owner: the ui. The pane never blocks: lines are drawn one by one from an index made when opened.
#ifndef CULPRIT_UI_TEXT_PANE_H
#define CULPRIT_UI_TEXT_PANE_H

#include "base/regex.h"
#include "base/str.h"
#include "term/screen.h"

struct text_pane;

// Where { } ( ) jump to.
enum text_stop { STOP_HUNK, STOP_FILE };

struct text_ops {
    const char *name; // "diff", "help", "detail": shown in the status line
    // Before each drawing: what depends on the width of the pane. May change lines and move the
    // cursor. NULL = nothing.
    void (*layout)(struct text_pane *pane, int width);
    size_t (*n_lines)(const struct text_pane *pane);
    // One line into the first row(s) of `at`; returns how many rows it took (more than one only
    // with wrapping), at most at.h. `match` (may be NULL) marks what the search found.
    int (*draw_line)(const struct text_pane *pane, size_t line, struct screen *screen,
                     struct rect at, struct matcher *match);
    // The line's text, for search and copying; borrowed from the source or `scratch`.
    struct sv (*line_text)(const struct text_pane *pane, size_t line, struct str *scratch);
    // Line of the next stop from `line`; SIZE_MAX = none. NULL = no stops.
    size_t (*stop)(const struct text_pane *pane, size_t line, enum text_stop stop, bool backward);
    // A command by name ("fold", "wrap", "context-less", "word-diff", ...); false with a message
    // when this text has no such thing. NULL = none.
    bool (*command)(struct text_pane *pane, const char *name, int64_t count, struct err *err);
    // Keeps only lines that match; NULL pattern = all. NULL = not offered.
    void (*filter)(struct text_pane *pane, struct regex *re);
    // The panel at the left (file list); 0 = none. Drawn by draw_panel.
    int (*panel_width)(const struct text_pane *pane, int width);
    void (*draw_panel)(const struct text_pane *pane, struct screen *screen, struct rect at);
    // What the status line says of the place: "dom/x.cpp hunk 2 of 5  context 3".
    void (*status)(const struct text_pane *pane, struct str *out);
    // What `yh` (copy hunk) copies; false = nothing here.
    bool (*copy_block)(const struct text_pane *pane, struct str *out);
    // The text as it came, for saving it (a patch that can be applied); NULL = the lines shown.
    struct sv (*whole)(const struct text_pane *pane);
    void (*free)(struct text_pane *pane);
};

struct text_pane {
    const struct text_ops *ops;
    void *impl; // of the kind
    size_t cursor, top;
    int left;  // columns scrolled
    bool wrap; // honoured by draw_line
    bool line_numbers;
    bool ascii;
    int rows;     // of the last drawing, for paging
    size_t shown; // lines of the last drawing; fewer than rows with wrapping
};

// A parsed diff; the text must stay as long as the pane (rows of a mapped snapshot do).
// `title` is the commit message or empty.
struct text_pane *diff_pane_new(struct sv diff, struct sv title) MUST_USE;
// Plain lines with roles; text_lines_add() appends while it is being built.
struct text_pane *lines_pane_new(const char *name) MUST_USE;
struct text_piece {
    struct sv text; // copied
    enum role role;
};
void lines_pane_add(struct text_pane *pane, const struct text_piece *pieces, size_t n_pieces);
// Begins a heading that { } stop at.
void lines_pane_heading(struct text_pane *pane, struct sv text);
// The line added last is where { } (and ( ) for STOP_FILE) stop.
void lines_pane_stop(struct text_pane *pane, enum text_stop stop);

// A text of many lines; the blocks of the markup of LLM samples get roles and stops. Copies it.
struct text_pane *markup_pane_new(struct sv text) MUST_USE;

void text_pane_free(struct text_pane *pane);
size_t text_pane_n_lines(const struct text_pane *pane);
// Into `at`; the cursor line is overlaid when `focused`.
void text_pane_draw(struct text_pane *pane, struct screen *screen, struct rect at,
                    struct matcher *match, bool focused);
void text_pane_move(struct text_pane *pane, int64_t by);
void text_pane_go(struct text_pane *pane, size_t line);
void text_pane_scroll(struct text_pane *pane, int64_t by);
// Next line that matches, wrapping; SIZE_MAX = none.
size_t text_pane_search(const struct text_pane *pane, struct matcher *m, size_t from, bool backward,
                        bool *wrapped);

#endif
