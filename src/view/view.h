// An open view: a definition, parameters and a snapshot, and what the user made of it: filters,
// sort, columns, cursor, selection. No terminal in here; `ui` draws it, `culprit view` prints it.
//
// Owner: the UI thread (or the command line). view_start() may put the query on the job pool; until
// it is finished the previous rows stay on view.
#ifndef CULPRIT_VIEW_H
#define CULPRIT_VIEW_H

#include "base/pool.h"
#include "base/regex.h"
#include "query/query.h"
#include "view/view_def.h"

struct view_value { // a parameter and its value as text
    struct sv name, value;
};

// A shown column: definition plus the user's layout.
struct view_col {
    const struct view_column *def;
    struct column column;
    // See struct view_column; .name empty = none.
    struct column sign, worse, instead, when_open, least, suffix;
    const struct cell_format *format; // view/format.h
    int width;                        // columns on the screen; computed from content, or set
    bool hidden;
    bool width_set;
    bool right;
};

struct view_sort {
    size_t col; // index into view.cols
    bool descending;
};

struct view_filter { // a chip
    char *text;
    struct filter *filter;
};

// Which way a cell is out of the ordinary; state is never shown by colour alone.
enum cell_state {
    CELL_VALUE,
    CELL_EMPTY,   // null in the data: drawn as blanks
    CELL_NO_JOIN, // a key that resolves nowhere: '-'
    CELL_BROKEN,  // damaged: '!'
};

struct view_cell {
    struct sv text; // formatted; borrowed from the scratch given
    struct sv role; // name of a role (term/screen.h has the same names); empty = plain
    enum cell_state state;
};

struct view {
    const struct view_def *def;
    struct view_set *set;
    struct view_value *params;
    size_t n_params;
    struct snapshot *snap; // owned reference
    struct table *table;   // NULL: the dataset is not in the store
    struct view_col *cols; // in display order
    size_t n_cols;
    size_t n_frozen; // leading columns that do not scroll
    struct view_sort sort[4];
    size_t n_sort;
    struct view_filter *filters;
    size_t n_filters;
    bool filters_off; // g& : shown but not applied
    size_t tab;       // 0 = all rows, else def->tabs[tab - 1]

    // Result. `rows.idx[i]` is the table row on line i.
    struct rows rows;
    int64_t n_total;  // rows before the user's filters
    size_t n_wanted;  // only so many rows have to be in order, 0 = all; set before view_run()
    bool running;     // a job is computing newer rows
    bool cut;         // a limit was reached: marked "partial"
    struct err error; // why there are no rows (bad parameter, missing dataset, ...)

    // Place. All are indexes into `rows`; `cursor` == 0 when there is none.
    size_t cursor, top, cur_col, left_col;

    // Selection by table row; kept by key when the snapshot changes.
    struct int_set *selected;
    uint64_t version;      // grows with every change of rows or layout
    uint64_t rows_version; // grows with every change of rows
    struct view_priv *priv;
};

// Opens a view. Unknown or missing parameters give an error; a dataset that the store lacks does
// not: the view is empty and says what to do (view_empty_text).
struct view *view_open(struct view_set *set, const struct view_def *def, struct snapshot *snap,
                       const struct view_value *params, size_t n_params, struct err *err) MUST_USE;
void view_free(struct view *v);

// Computes rows now (command line, tests) ...
bool view_run(struct view *v, const struct query_ctl *ctl, struct err *err) MUST_USE;
// ... or on the pool when the table is large: returns at once; `v->running` until pool_collect()
// has run its finish. A newer start replaces an older one; a view_switch_start() that is under way
// begins again. Cursor, top and selection stay on their rows.
void view_start(struct view *v, struct pool *pool);
void view_cancel(struct view *v);

// The same view over a newer snapshot; everything stays on its key. Computes the rows now.
bool view_switch(struct view *v, struct snapshot *snap, struct err *err) MUST_USE;
// ... or on the pool when the table is large: the old snapshot stays on view until it is done.
bool view_switch_start(struct view *v, struct snapshot *snap, struct pool *pool,
                       struct err *err) MUST_USE;
// "Alert summary 45032": the title and the values of the parameters.
void view_title(const struct view *v, struct str *out);

// Everything below that changes filters, sort or tab takes effect with the next view_run() or
// view_start().
// --- filters, sort, columns ---------------------------------------------------------------------
// Parses before it changes anything; the error names the position (`at`).
bool view_filter_add(struct view *v, struct sv text, size_t *at, struct err *err) MUST_USE;
void view_filter_drop(struct view *v, size_t idx);
void view_filter_clear(struct view *v);
// A filter that is being typed: replaces the previous typed one; the empty text removes it.
bool view_filter_type(struct view *v, struct sv text, size_t *at, struct err *err) MUST_USE;
// "column=value" for a cell, quoted as needed; for `=` and `!`.
void view_filter_for_cell(const struct view *v, size_t row_idx, size_t col, bool negate,
                          struct str *out);
// Same key again removes the sort; `add` makes it the next key instead of the only one.
void view_sort_by(struct view *v, size_t col, bool descending, bool add);
bool view_sort_parse(struct view *v, struct sv text, struct err *err) MUST_USE;    // "a,-b"
bool view_columns_parse(struct view *v, struct sv text, struct err *err) MUST_USE; // "a,b"
int view_col_find(const struct view *v, struct sv name);                           // -1 = none
// A column of the dataset that the definition does not list: hidden, behind the others.
bool view_col_add(struct view *v, struct sv name, struct err *err) MUST_USE;
// Moves a column; sort and cursor stay with their columns.
void view_col_move(struct view *v, size_t from, size_t to);
void view_tab_set(struct view *v, size_t tab); // as view.tab; more than there are: ignored

// --- cells --------------------------------------------------------------------------------------
void view_cell(const struct view *v, size_t row_idx, size_t col, struct str *scratch,
               struct view_cell *out);
// Raw form, for exports and joins; false = null.
bool view_raw(const struct view *v, size_t row_idx, size_t col, struct str *scratch,
              struct sv *out);
// Widths from the rows [from, from + n); called with the visible rows before drawing.
void view_fit_widths(struct view *v, size_t from, size_t n, int max_width);
// Why the view is empty and what to do, one or more lines.
void view_empty_text(const struct view *v, struct str *out);
// "name=value" of the row's key, for history, marks and the message line.
void view_row_key(const struct view *v, size_t row_idx, struct str *out);
// The same for people: where no key names a row, its first two shown columns with a value.
void view_row_name(const struct view *v, size_t row_idx, struct str *out);
// Line of the row with that key, or the nearest following row; SIZE_MAX when the view is empty.
size_t view_find_key(const struct view *v, struct sv key, bool *exact);

// --- head ---------------------------------------------------------------------------------------
// Label and cell of the i-th head field that is shown; false past the end. The head of a key
// that resolves nowhere has fields of state CELL_NO_JOIN.
bool view_head_field(const struct view *v, size_t i, struct sv *label, struct str *scratch,
                     struct view_cell *out);

// --- links --------------------------------------------------------------------------------------
struct link_target {
    const struct view_link *link;
    const struct view_def *def;  // view that would open
    struct view_value params[8]; // memory of `arena`
    size_t n_params;
    bool no_rows;  // it leads to a record that no row belongs to
    int64_t count; // rows it leads to (1: also a record without rows), or one of the two below
};
enum {
    LINK_NOWHERE = -1, // the row has no value for a parameter
    LINK_UNKNOWN = -2, // not counted yet, see view_links_prepare()
};
// Counting needs indexes, which are made on first use; over large tables that takes longer than a
// frame. Makes them on the pool: true while that goes on (view_links() then leaves counts
// LINK_UNKNOWN; ask again after pool_collect()), false when counts can be had at once.
bool view_links_prepare(struct view *v, struct pool *pool);
// The same for opening a view and for following one link (and what stands in for it): NULL when
// nothing is lacking, else a job makes it. view_wait_over() once pool_collect() has run its end.
// Freeing cancels. For the owner's thread; may outlive view and definition.
struct view_wait;
struct view_wait *view_wait_open(const struct view_def *def, struct snapshot *snap,
                                 struct pool *pool) MUST_USE;
struct view_wait *view_wait_follow(const struct view *v, struct sv link,
                                   struct pool *pool) MUST_USE;
bool view_wait_over(const struct view_wait *w);
void view_wait_progress(const struct view_wait *w, uint64_t *done, uint64_t *all);
void view_wait_free(struct view_wait *w); // NULL is fine
// All links of the row with their counts, in definition order. Memory from `arena`. Without a row
// (`row_idx` past the end) links can still be filled from the head and the parameters.
size_t view_links(const struct view *v, size_t row_idx, struct arena *arena,
                  struct link_target *out, size_t cap);
// The target of one link by name, or of the one in its place; false with a message when it leads
// nowhere.
bool view_follow(const struct view *v, size_t row_idx, struct sv link, struct arena *arena,
                 struct link_target *out, struct err *err) MUST_USE;
// A link with `single` that leads to one row: the target becomes that row's own view (its link
// "open"). Leaves other targets alone.
void view_single(const struct view *v, struct arena *arena, struct link_target *target);
// The view of the definition's `preview` for a row; false when there is none.
bool view_preview(const struct view *v, size_t row_idx, struct arena *arena,
                  struct link_target *out);
// Definition's `open` with the row's values filled in, URL-encoded. False when a value is null.
bool view_url(const struct view *v, size_t row_idx, struct str *out);

// --- selection ----------------------------------------------------------------------------------
bool view_is_selected(const struct view *v, size_t row_idx);
void view_select(struct view *v, size_t row_idx, bool on);
void view_select_all(struct view *v);
void view_select_none(struct view *v);
size_t view_n_selected(const struct view *v);
// Those of them that are shown. Rows that a filter or tab hides stay selected; exports and copies
// act on the shown ones.
size_t view_n_selected_shown(const struct view *v);
// The selection of a view that goes away, for when it is opened again, over this snapshot or
// another. NULL = nothing is selected. Owned by the caller.
struct kept;
struct kept *view_selection_keep(const struct view *v) MUST_USE;
void view_selection_restore(const struct kept *kept, struct view *v);
void view_selection_free(struct kept *kept);

// --- search -------------------------------------------------------------------------------------
// Looks for rows, a few at a time, so that nobody waits for a large table. What was learned about
// the values of a dictionary is kept between the calls. A scan belongs to the rows and columns as
// they are: when `v->version` has grown by anything but selecting, free it and make another.
struct view_scan;
// Rows in which a shown cell matches, or any cell.
struct view_scan *view_scan_new(const struct view *v, struct regex *re, bool all_columns) MUST_USE;
// Rows that have the same value as the row in that column. Without such a row: none.
struct view_scan *view_scan_same(const struct view *v, size_t row_idx, size_t col) MUST_USE;
void view_scan_free(struct view_scan *s);
// The first such row among the `n` from `from` on, in that direction and without wrapping;
// SIZE_MAX = none.
size_t view_scan_find(struct view_scan *s, size_t from, size_t n, bool backward);

#endif
