// Private to view/: what its files share beyond the public headers.
#ifndef CULPRIT_VIEW_VIEW_INT_H
#define CULPRIT_VIEW_VIEW_INT_H

#include <stdatomic.h>

#include "base/alloc.h"
#include "base/date.h"
#include "base/json.h"
#include "base/num.h"
#include "query/query.h"
#include "schema/schema.h"
#include "view/def_path.h"
#include "view/format.h"
#include "view/view.h"

// --- definitions --------------------------------------------------------------------------------

// A view file while it is being loaded: its text is kept for the lines of faults.
struct def_file {
    struct view_def def;
    const char *source; // memory of the set's arena
    struct sv text;     // borrowed
    bool ok;
};

// Reads a file's JSON into `file->def` (memory from `a`); faults go to `faults`.
void def_read(struct def_file *file, struct arena *a, struct def_faults *faults);
// Fills what the file left out: names, labels, columns of the dataset, link keys.
void def_complete(struct view_def *def, struct arena *a);
// The view with all columns of a dataset.
void def_for_dataset(struct view_def *def, const struct dataset_def *ds, struct arena *a);
// Names, columns, formats, links: everything that needs the catalog and the other views.
void def_check(const struct view_set *set, const struct view_def *def, struct def_faults *faults);

// A column of the dataset, or a key inside one of its open-ended columns ("_extra.NAME").
bool schema_has(const struct dataset_def *ds, struct sv name);
// The class of a schema's column, as a table of that dataset would have it.
enum value_class schema_class(const struct column_def *column);
// A dataset of the catalog, or one that views make themselves (overview.h). NULL = unknown.
const struct dataset_def *view_dataset(struct sv name);
// By name among the loaded ones; NULL = unknown.
const struct view_def *view_set_get(const struct view_set *set, struct sv name);
const struct view_column *def_column(const struct view_column *columns, size_t n, struct sv name);
// As typed by the user: a name, else the label that the screen shows, blanks as underscores, with
// or without its unit, any case, when only one column has it. NULL = none.
const struct view_column *def_column_typed(const struct view_column *columns, size_t n,
                                           struct sv text);
// "no column "wurst" in view alerts; did you mean worst?": false with the message.
bool def_no_column(const struct view_def *def, struct sv text, struct err *err);
const struct view_param *def_param(const struct view_def *def, struct sv name);
const struct view_link *def_link(const struct view_def *def, struct sv name);

// --- columns over tables ------------------------------------------------------------------------

// A column of a view file over a table (NULL = not in the store). Never fails: what the table does
// not have is a column of nulls.
void bind_column(struct table *t, const struct view_column *def, struct column *out);
// The column and its format, alignment, sign and worse companions.
void bind_view_col(struct table *t, const struct view_column *def, struct view_col *out);
// A row's field by name: a column of the view, else of its dataset, else one with that label.
bool bind_field(struct table *t, const struct view_def *def, struct sv name, struct column *out,
                struct err *err) MUST_USE;
// A filter over the definition's columns.
struct filter *bind_filter(struct table *t, const struct view_def *def, struct sv text, size_t *at,
                           struct err *err) MUST_USE;

// One cell of a bound column for a row of its base table; see view_cell().
void bound_cell(const struct view_col *c, int64_t row, struct str *scratch, struct view_cell *out);
// Raw text for links and parameters: as column_text(), but lists as items with commas between.
// False for null and the empty text.
bool bound_value(const struct column *c, int64_t row, struct str *scratch, struct sv *out);

// --- rows of a definition -----------------------------------------------------------------------

enum { COMMIT_RANGE_LIMIT = 20000 };

struct source {
    struct table *table;
    const struct view_def *def;
    const struct view_value *params;
    size_t n_params;
};

struct sv source_param(const struct source *s, struct sv name); // the NULL view when not given
bool source_is_range(const struct source *s);
// The rows that the parameters leave, in table order (a commit range in its own).
bool source_rows(const struct source *s, struct rows *out, bool *cut, struct err *err) MUST_USE;
// The head's table and row; -1 = there is none.
int64_t source_head(struct snapshot *snap, const struct source *s, struct table **table);

// --- an open view -------------------------------------------------------------------------------

struct int_set { // table rows, one bit each
    uint64_t *bits;
    size_t n_bits;
    size_t n; // how many are in
};
bool int_set_has(const struct int_set *set, size_t at);
void int_set_put(struct int_set *set, size_t at, bool in);
void int_set_clear(struct int_set *set);
void int_set_done(struct int_set *set);

// Tables up to this size are filtered, sorted and indexed at once; it takes less than a frame.
enum { VIEW_AT_ONCE_ROWS = 50000 };

struct view_job;

struct view_priv {
    struct arena arena;    // parameters, columns added by the user
    struct snapshot *made; // of the dataset "datasets"
    struct view_filter typed;
    struct filter *fixed; // def->filter
    struct filter *tab;   // of the open tab
    struct table *head;
    int64_t head_row; // -1 = not found
    struct view_col *head_cols;
    struct view_job *job;
    struct view_wait *counting; // for view_links_prepare(); NULL = none
    bool has_run;
    // When the user's filters leave no row: how many each term keeps, a line for each filter. Made
    // with the rows, since it takes as long.
    struct str hits;
    size_t n_selected_shown;
    uint64_t shown_version; // of the view when they were counted, plus 1
};
// Whether the counts of links have to wait.
bool prepare_running(const struct view *v);
// The view goes away: its running preparation is nobody's.
void prepare_forget(struct view *v);

struct source view_source(const struct view *v);
// What a link, URL or parameter names: a row's column, head.NAME, param.NAME. `row_idx` past the
// end = no row.
bool view_value_of(const struct view *v, size_t row_idx, struct sv name, struct str *scratch,
                   struct sv *out);
// Takes over the rows of a finished plan: cursor, top and selection stay on their table rows.
struct plan;
void view_apply(struct view *v, struct plan *plan);

// --- plans: a copy of all that computing the rows needs, for any thread -------------------------

struct plan {
    struct snapshot *snap; // owned reference
    struct arena arena;
    struct source source;
    struct filter *fixed[2]; // of the definition and the tab; owned references, NULL = none
    struct filter **user;    // owned references
    size_t n_user;
    struct sort_key sort[4];
    size_t n_sort;
    size_t n_wanted; // see struct view
    // Result.
    struct rows rows;
    int64_t n_total;
    bool cut;
    struct err error; // why there are no rows, though nothing broke
    struct str hits;  // when the user's filters leave no row: a line for each, see view_priv
};

void plan_make(struct plan *plan, const struct view *v);
bool plan_run(struct plan *plan, const struct query_ctl *ctl, struct err *err) MUST_USE;
void plan_done(struct plan *plan);

// --- keys ---------------------------------------------------------------------------------------

// Keys of the cursor's row, the rows after it and the selected ones, by value, to find them again
// over another snapshot.
struct kept;
struct kept *keys_keep(const struct view *v);
void keys_restore(struct kept *kept, struct view *v);
void keys_free(struct kept *kept);

// The column of that name; NULL for none and for the empty name. Until columns are added or moved.
const struct view_col *view_col_named(const struct view *v, struct sv name);

#endif
