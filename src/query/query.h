// Questions to a table: filter, sort, group, count. Pure functions of a snapshot; any thread.
//
// Long ones look at `ctl` every few thousand rows for cancellation and progress.
#ifndef CULPRIT_QUERY_H
#define CULPRIT_QUERY_H

#include <stdatomic.h>

#include "query/column.h"

// A list of base rows. Owned: rows_done().
struct rows {
    uint32_t *idx;
    size_t n;
};
void rows_done(struct rows *rows);
void rows_all(struct rows *rows, int64_t n_rows);

struct query_ctl {
    const atomic_bool *cancel;    // NULL = never
    _Atomic uint64_t *done_units; // rows looked at; NULL = nobody watches
    unsigned n_threads;           // 0 = 1
};

// --- expressions (docs/views.md "Expressions") --------------------------------------------------
// A parsed and bound filter. Immutable; shared by threads.
struct filter;

struct filter_env {
    // Finds a column by the name the user typed; false with a message when there is none.
    bool (*resolve)(void *arg, struct sv name, struct column *out, struct err *err);
    void *arg;
    // Columns that bare words search.
    const struct column *text_columns;
    size_t n_text_columns;
    int64_t now_us; // for relative dates
};

// Errors name the position (`at`, bytes into `text`, may be NULL). The empty text gives a filter
// that keeps everything.
struct filter *filter_parse(struct sv text, const struct filter_env *env, size_t *at,
                            struct err *err) MUST_USE;
struct filter *filter_ref(struct filter *f);
void filter_unref(struct filter *f);
// Keeps the rows of `in` (NULL = all rows of the table) that match; order is kept.
bool filter_run(const struct filter *f, struct table *t, const struct rows *in,
                const struct query_ctl *ctl, struct rows *out, struct err *err) MUST_USE;
bool filter_row(const struct filter *f, int64_t row); // one row, for cursor-side checks
// Hits of each top-level term alone, to explain an empty result: "status=fixed 12, repo=x 0".
// Counted among the rows of `in` (NULL = all rows of the table).
bool filter_explain(const struct filter *f, struct table *t, const struct rows *in,
                    const struct query_ctl *ctl, struct str *out, struct err *err) MUST_USE;

// --- sorting ------------------------------------------------------------------------------------
// Stable. Nulls last in both directions; NaN after all numbers; -0 equals 0; text by UTF-8 bytes;
// `natural` compares digit runs as numbers (ids and versions in text).
struct sort_key {
    struct column column;
    bool descending;
    bool natural;
};
bool rows_sort(struct rows *rows, const struct sort_key *keys, size_t n_keys,
               const struct query_ctl *ctl, struct err *err) MUST_USE;
// Moves the first `k` rows of the sorted order to the front, in order; the rest is unspecified.
bool rows_top(struct rows *rows, const struct sort_key *keys, size_t n_keys, size_t k,
              const struct query_ctl *ctl, struct err *err) MUST_USE;

// --- groups -------------------------------------------------------------------------------------
struct group {
    uint32_t first_row; // a row that has the value
    bool is_null;
    uint64_t count;
};
struct groups {
    struct group *ptr;
    size_t n;
};
// Distinct values of a column over `rows` with counts, most frequent first, ties by first row.
bool rows_group(const struct rows *rows, const struct column *c, const struct query_ctl *ctl,
                struct groups *out, struct err *err) MUST_USE;
void groups_done(struct groups *g);

// --- commits ------------------------------------------------------------------------------------
// Commits reachable from `to` and not from `from` (a push range): newest first in file order of the
// table. `from` empty = only `to`. Unknown nodes give an error that names them. At most `limit`
// rows; `*cut` tells that there were more.
bool rows_commit_range(struct table *t, struct sv node_column, struct sv parents_column,
                       struct sv from, struct sv to, size_t limit, struct rows *out, bool *cut,
                       struct err *err) MUST_USE;

#endif
