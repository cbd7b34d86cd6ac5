// View definitions: JSON files (docs/views.md), built in and overridable by the user. Immutable
// after loading; all memory belongs to the set.
#ifndef CULPRIT_VIEW_DEF_H
#define CULPRIT_VIEW_DEF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum view_pane { PANE_TABLE, PANE_DETAIL, PANE_DIFF, PANE_TEXT };

// "with": {"id": "bug_number"} -> name = id, field = bug_number. The field is a column of the row
// (a column of the view by name, else of the dataset), "head.NAME" a column of the head's record,
// "param.NAME" the view's own parameter; the latter two also work without a row.
struct view_pair {
    struct sv name, field;
};

struct view_column {
    struct sv field;  // column name in the dataset (or in `join`), "params.NAME", "_extra.NAME"
    struct sv name;   // for filters and exports; default = field
    struct sv label;  // header; default = name with blanks
    struct sv format; // name of a cell format (view/format.h); empty = by class
    struct sv role;   // role of the cell's text; empty = by format
    struct sv link;   // name of a link that Enter follows on this column
    struct sv sign;   // column of the same row whose sign the value takes (signed_percent)
    struct sv worse;  // column of the same row: true or > 0 = this change is for the worse
    // Column of the same row that stands, as a change without unit, where there is no percentage.
    struct sv instead;
    struct sv when_open; // status of an alert summary: once that is settled the cell is empty
    // Columns of the record that the value itself is from, also of a joined one.
    struct sv least;  // above 0 = the value is a lower bound
    struct sv suffix; // its text stands behind the value
    struct sv join;   // dataset; empty = own
    struct sv on_base, on_other;
    struct sv also_base, also_other; // a second pair of "on"; empty = none
    int width;                       // 0 = by content
    bool hidden;
    bool optional;   // in a head: left out where it is empty or 0
    bool cut_middle; // set by "cut": a text that is too wide loses its middle, not its end
    bool right;      // set by "align"; default by class
    bool align_given;
};

struct view_link {
    struct sv name;  // "bug": shown in the x menu
    struct sv label; // default = name
    char key;        // second key after x; 0 = chosen from the name
    struct sv view;  // target; "{column}" = the view named by the row
    struct view_pair *with;
    size_t n_with;
    struct sv
        otherwise; // link that is followed in its place when no row is behind it; empty = none
    bool single;   // when exactly one row comes back, open that row instead of the list
};

struct view_param {
    struct sv name;
    struct sv field;   // rows where this column equals (list column: holds) the value
    struct sv *others; // "or": ... or one of these columns does
    size_t n_others;
    bool required;
    bool many; // the value may be several, separated by commas
};

// A filter with a name; without a tab the view shows everything.
struct view_tab {
    struct sv title, filter;
};

// Fields of one row of another dataset, above the table ("head") or in a detail pane.
struct view_head {
    struct sv from;
    struct sv on; // column of `from` that equals the parameter `param`; empty = its first row
    struct sv param;
    struct view_column *columns;
    size_t n_columns;
};

// "range": rows are the commits between two revisions.
struct view_range {
    struct sv from_param, to_param;
    struct sv node, parents;
};

// A drawing above the rows, made of the same rows. x, y, name and mark are columns of the view.
enum plot_kind {
    PLOT_NONE,
    PLOT_LINE,      // y over x; x is a time or a number
    PLOT_HISTOGRAM, // counts of x in equal bins
    PLOT_STRIP,     // y as bars in the order of the rows; zero is a gap
};

struct view_plot {
    enum plot_kind kind;
    struct sv x, y;
    struct sv name; // what a point is called beside its value: revision
    struct sv mark; // points of rows where this column is not null are marked
    int bins;       // of a histogram, default 50
    // Texts; {head.NAME} and {param.NAME} are filled in. `unit` is that of the plotted value (y, or
    // x of a histogram), where the column has none of its own.
    struct sv title, x_label, y_label, unit;
};

enum { PLOT_BINS = 50, PLOT_BINS_MAX = 1000 };

struct view_def {
    struct sv name, title, help;
    struct sv from; // dataset
    enum view_pane pane;
    struct sv text; // column that PANE_TEXT shows
    struct sv *key;
    size_t n_key;
    struct sv *sort; // "-id"
    size_t n_sort;
    struct view_column *columns;
    size_t n_columns;
    struct view_link *links;
    size_t n_links;
    struct view_param *params;
    size_t n_params;
    struct view_tab *tabs;
    size_t n_tabs;
    struct view_head head;   // head.from empty = none
    struct view_range range; // range.node empty = none
    struct view_plot plot;   // plot.kind PLOT_NONE = none
    struct sv filter;        // always applied
    struct sv preview;       // view shown in the preview pane, with the row's key
    struct sv open;          // URL with {column}
    struct sv id;            // column that `yi` copies
    struct sv empty;         // what to say when there is no row
    struct sv go;            // letter of the `g` menu: "a"
    struct sv source;        // file it came from, for messages
    bool built_in;
};

struct view_set;

// Built-in definitions, then the *.json of `user_dir` (may be NULL or missing), which replace
// built-in ones of the same name. Every fault (unknown field, wrong type, missing column or link
// target, unknown format) is appended to `faults` with file, line and JSON path; a faulty file is
// left out. Returns NULL only when a built-in definition is faulty.
struct view_set *view_set_load(const char *user_dir, struct str *faults, struct err *err) MUST_USE;
void view_set_free(struct view_set *set);
size_t view_set_n(const struct view_set *set);
const struct view_def *view_set_at(const struct view_set *set, size_t idx); // by name
// Also makes the default view of a dataset that has no file (all columns). NULL = unknown.
const struct view_def *view_set_find(struct view_set *set, struct sv name);

#endif
