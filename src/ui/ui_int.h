// Inside of the explorer; private to this folder.
#ifndef CULPRIT_UI_INT_H
#define CULPRIT_UI_INT_H

#include "base/arena.h"
#include "base/array.h"
#include "ui/plot_pane.h"
#include "ui/text_pane.h"
#include "ui/ui.h"

// --- places and pages ---

struct place_col {
    char *name;
    int width;
    bool hidden, width_set;
};

// Where the user was and what he had made of the view: names and keys, never rows. History, undo
// and marks are lists of places.
struct place;
struct place_list ARRAY_BODY(struct place);

struct place {
    const struct view_def *def;
    char *title;               // for the crumb line
    struct view_value *params; // texts owned
    size_t n_params;
    char **filters;
    size_t n_filters;
    bool filters_off;
    size_t tab;
    struct place_col *cols; // in display order
    size_t n_cols, n_frozen;
    struct {
        size_t col; // index into cols
        bool descending;
    } sort[4];
    size_t n_sort;
    char *cursor_key;    // NULL = no row
    size_t cursor, line; // row, and its line on the screen
    size_t cur_col, left_col;
    size_t text_cursor, text_top; // text panes
    // Of a page that was left, see place_leave().
    struct kept *selected; // NULL = nothing
    bool preview_focus;
    struct plot_choice plot;
    struct place_list undo, redo;
};

void place_take(struct place *p, const struct ui *ui); // of the current page
// The same for a page that one is about to leave: with its selection, and its undo lists move
// here. place_stay() brings them back when the way was barred, and lets go of the place.
void place_leave(struct place *p, struct ui *ui);
void place_stay(struct place *p, struct ui *ui);
void place_done(struct place *p);

// What fills the body. A page without a view is a text of the program itself (help).
struct page {
    struct view *view;      // NULL: help and messages
    struct text_pane *text; // NULL: a table
    struct plot_pane plot;
    char *title;           // of a page without a view
    struct place *restore; // applied when the rows have come
    struct place_list undo, redo;
    struct str diff_text; // of a diff whose cell was not stored in one piece
    uint64_t version;     // of the view when the text pane was made
};

// --- modes ---

struct prompt;
struct menu;

enum ui_mode {
    MODE_NORMAL,
    MODE_PROMPT,
    MODE_MENU,
    MODE_CHAR, // one more character for a command: mark names
};

enum preview_mode { PREVIEW_AUTO, PREVIEW_OFF, PREVIEW_BELOW, PREVIEW_BESIDE, N_PREVIEWS };

enum { MAX_SPANS = 64 };
struct col_span { // columns of the screen that show a column of the view
    int x, w;
    size_t col;
};

enum { PREVIOUS_PLACE = '\'' }; // the mark of ''
struct ui_mark {
    uint32_t name;
    struct place place;
};

// A search or selection that is going on over the rows of a table, see search.h.
enum scan_kind { SCAN_NONE, SCAN_FIND, SCAN_COUNT, SCAN_SELECT, SCAN_UNSELECT };
struct ui_scan {
    enum scan_kind kind;
    struct view *view;
    struct view_scan *rows; // owned
    uint64_t version;       // of the view that `rows` belongs to
    size_t origin;          // SCAN_FIND: where it began; SCAN_COUNT: the row that was found
    size_t at, left;        // next row to look at; how many are left
    size_t n_hits, place;   // matches so far; which of them the found row is
    bool backward, wrapped;
};

// A way that waits until what it needs is there, see going.c.
enum going_kind {
    GOING_NOWHERE,
    GOING_ROW,  // Enter
    GOING_LINK, // a link of the row
    GOING_VIEW,
    GOING_BACK,
    GOING_FORWARD,
};
struct going {
    enum going_kind kind;
    struct view_wait *wait;
    int round;               // how often it has waited
    const struct view *view; // the row's
    char *row_key;
    bool has_row;
    struct sv what;             // in the words of the definition
    struct sv name;             // of the link; texts in `arena`
    const struct view_def *def; // of the view
    struct view_value *params;
    size_t n_params;
    struct arena arena;
};

struct ui {
    struct ui_opts opts;
    struct snapshot *snap;
    struct arena frame; // reset before each drawing
    struct str scratch;

    struct page page;
    struct going going;
    struct snapshot *newer; // that a refresh will show, when what the page needs is there
    struct view_wait *newer_wait;
    struct place_list back, forward;
    ARRAY(struct ui_mark) marks;

    enum ui_mode mode;
    struct prompt *prompt; // MODE_PROMPT
    struct prompt_histories *histories;
    struct menu *menu; // MODE_MENU
    void (*on_char)(struct ui *ui, uint32_t cp);

    // Keys typed so far: count and prefix.
    struct key pending[KEY_SEQ_MAX];
    size_t n_pending;
    int64_t pending_since_us;
    bool hint_shown;
    int64_t count;
    bool has_count;

    // Search: shared by tables and texts.
    struct regex *search;
    struct matcher *matcher;
    bool search_all_columns;
    struct ui_scan scan;

    // Preview pane.
    enum preview_mode preview_mode;
    bool maximised;
    bool preview_focus;
    bool preview_shown; // in the last frame
    struct view *preview;
    struct view_wait *preview_wait; // for what it needs
    struct str preview_key;
    struct text_pane *preview_text;
    struct str preview_diff; // as page.diff_text

    // Message line.
    struct str message;
    bool message_is_error;
    struct str last_command;

    bool plot_blocks; // :set plot=blocks

    // Selection range (V): the row it began on.
    bool ranging;
    size_t range_from, range_to;

    ARRAY(struct ui_request) requests;
    struct arena request_arena;

    // Where things were drawn, for the mouse.
    struct rect table_rect; // rows only
    struct rect header_rect;
    struct col_span col_spans[MAX_SPANS];   // of the table being drawn
    struct col_span focus_spans[MAX_SPANS]; // of the focused one
    size_t n_col_spans, n_focus_spans;
    int drag_col; // column whose border is being dragged, -1 = none
    bool mouse_on;
};

// --- pages (page.c) ---
// Replaces the page; the present one goes to the back list. Over large tables a little later, see
// going.c; so do page_back() and page_forward().
bool page_open(struct ui *ui, const struct view_def *def, const struct view_value *params,
               size_t n_params, struct err *err) MUST_USE;
// The text of a view that shows its one record so; NULL for a table and without rows. `hold` keeps
// a diff that was not stored in one piece.
struct text_pane *page_new_text(struct ui *ui, const struct view *v, struct str *hold);
void page_open_text(struct ui *ui, struct text_pane *text, const char *title);
bool page_back(struct ui *ui, struct err *err) MUST_USE;
bool page_forward(struct ui *ui, struct err *err) MUST_USE;
// Applies filters, tab, sort, columns and cursor column of a place to the page's own view (undo).
bool page_apply(struct ui *ui, const struct place *place, struct err *err) MUST_USE;
bool page_go(struct ui *ui, const struct place *place, struct err *err) MUST_USE;
// Remembers the state before a change of filters, sort or columns, for undo.
void page_remember(struct ui *ui);
// The same after the change, for what may fail: `before` was taken ahead and is taken over.
void page_remember_place(struct ui *ui, struct place *before);
// Starts the query again after such a change.
void page_requery(struct ui *ui);
// After rows have arrived: places the cursor, makes the text pane of a diff view.
void page_arrived(struct ui *ui);
bool page_undo(struct ui *ui, struct err *err) MUST_USE;
bool page_redo(struct ui *ui, struct err *err) MUST_USE;
void page_done(struct page *page);
void page_history_done(struct ui *ui);    // everything, when the ui ends
unsigned page_where(const struct ui *ui); // IN_TABLE, IN_TEXT, ...
// Where else keys and commands may be looked for: over a plot the table's, too.
unsigned page_where_else(const struct ui *ui); // 0 = nowhere
struct view *ui_view(struct ui *ui);           // of the focused pane; NULL on help
struct text_pane *ui_text(struct ui *ui);      // of the focused pane; NULL on tables

// --- requests and messages (ui.c) ---
void ui_request(struct ui *ui, enum ui_request_kind kind, struct sv text, bool on);
void ui_request_argv(struct ui *ui, enum ui_request_kind kind, const char *const *argv);
void ui_run_command(struct ui *ui, const struct command *command, struct sv arg);

// --- prompt (prompt.c) ---
enum prompt_kind {
    PROMPT_COMMAND,
    PROMPT_SEARCH,
    PROMPT_FILTER,
    PROMPT_COLUMN,
    PROMPT_SELECT,
    PROMPT_UNSELECT,
    PROMPT_LINES, // & in texts
    N_PROMPTS
};
void prompt_open(struct ui *ui, enum prompt_kind kind, struct sv text);
void prompt_key(struct ui *ui, const struct key *key);
void prompt_cancel(struct ui *ui);
void prompt_draw(struct ui *ui, struct screen *screen, struct rect at);
void prompt_free(struct prompt *p);
// The filter that is being typed changes with the rows; called after they arrived.
void prompt_rows_arrived(struct ui *ui);
void prompt_histories_free(struct ui *ui);

// --- menus (menu.c) ---
void menu_related(struct ui *ui); // x
void menu_counted(struct ui *ui); // the counts of the open menu may have come
void menu_key(struct ui *ui, const struct key *key);
void menu_draw(struct ui *ui, struct screen *screen, struct rect body);
void menu_close(struct ui *ui);

// --- shared by commands ---
void select_range_to(struct ui *ui, struct view *v); // extends the open range to the cursor
void mark_previous(struct ui *ui);                   // '' comes back to here

// --- mouse (mouse.c) ---
void mouse_key(struct ui *ui, const struct key *key);

// --- preview (preview.c): follows the cursor row of the page ---
void preview_update(struct ui *ui);
void preview_drop(struct ui *ui);

// --- plot (pane_plot.c, plot_cursor.c) ---
// Makes the page's plot when there is one, and lets it follow the rows. NULL = there is none.
struct plot *plot_update(struct ui *ui);
// Off, above or alone, in a room of that many lines.
enum plot_mode plot_mode_in(const struct ui *ui, int room_h);
bool plot_has_focus(const struct ui *ui);
// The item under the cursor: a point, a bin, of a strip the row; SIZE_MAX = none.
size_t plot_cursor(const struct ui *ui);
void plot_set_cursor(struct ui *ui, size_t item);
// The line under the plot.
void plot_describe(const struct ui *ui, struct str *out);
// Moves the detail on view so that the cursor is in it.
void plot_keep_in_sight(struct ui *ui);
// Forgets the made plot, so that the next frame makes that of the present choice.
void plot_drop(struct ui *ui);

// --- drawing ---
// The lines that the plot takes of `at`, from above; all of them when it is alone.
int draw_plot(struct ui *ui, struct screen *screen, struct rect at, bool focused);
void draw_table(struct ui *ui, struct view *v, struct screen *screen, struct rect at, bool focused);
// Lines of the head above a table; 0 without one.
int draw_head(struct ui *ui, const struct view *v, struct screen *screen, struct rect at);
void draw_status(struct ui *ui, struct screen *screen, struct rect at);
void draw_message(struct ui *ui, struct screen *screen, struct rect at);
void draw_crumbs(struct ui *ui, struct screen *screen, struct rect at);
// "12,345"
void add_thousands(struct str *out, uint64_t n);
// Rows of a table pane of that height (without head and header).
size_t table_page_rows(const struct ui *ui);
void table_scroll_to_cursor(struct view *v, size_t rows);

struct text_pane *help_pane_new(const struct ui *ui, unsigned where);
struct text_pane *detail_pane_new(const struct view *v, size_t row_idx);

// --- ways that wait (going.c) ---
// True when something is lacking: then a job makes it, and going_on() follows the way.
bool going_link(struct ui *ui, const struct view *v, size_t row_idx, struct sv link) MUST_USE;
// As Enter would go; `of_column` may be empty.
bool going_row_open(struct ui *ui, struct sv of_column) MUST_USE;
bool going_view(struct ui *ui, const struct view_def *def, const struct view_value *params,
                size_t n_params) MUST_USE;
bool going_back(struct ui *ui, enum going_kind kind, const struct place *to) MUST_USE;
void going_on(struct ui *ui); // after jobs were collected
// True when there was a way to forget.
bool going_forget(struct ui *ui);
void going_describe(const struct ui *ui, struct str *out);

// --- links and refresh (cmd_go.c) ---
void refresh_on(struct ui *ui); // after jobs were collected
void refresh_forget(struct ui *ui);
// Opens the cursor's row: the link of its column when that leads somewhere, else the row itself.
bool open_row(struct ui *ui, struct err *err) MUST_USE;
// Follows a link of the row; opens the one row's own view when the link says `single`.
bool go_link(struct ui *ui, const struct view *v, size_t row_idx, struct sv name,
             struct err *err) MUST_USE;

#endif
