// Which change belongs to each performance bug: the plan of the diffs, made from perf_bugs and
// commits alone. Whoever has the clone reads the diffs in the order of the plan and hands each to
// bug_diffs_add(); nothing else of the stage needs a repository.
//
// A bug's change is its newest unbroken block of commits (or the one that ends at the push blamed
// for the regression), as one net diff. Blocks of two bugs never overlap, so no pair occurs twice.
#ifndef CULPRIT_DERIVE_BUG_DIFFS_H
#define CULPRIT_DERIVE_BUG_DIFFS_H

#include "base/array.h"
#include "derive/derive.h"

// One diff to be made. Texts stay as long as the plan and its snapshot.
struct bug_diff {
    int64_t bug_row;  // in perf_bugs
    struct sv bug_id; // decimal, as it stands in the messages
    // First parent of the oldest commit of the block, 40 zeros = the empty tree. The NULL view when
    // the list of commits does not name it: then the first parent in the clone of `oldest` is
    // meant.
    struct sv from;
    struct sv oldest;
    struct sv to;      // the newest commit of the block
    struct sv message; // of the whole block, oldest first, cleaned; may be empty
    bool has_date;     // of `to`; false = the source gave none that is valid
    int64_t date_us;
    int32_t tz_offset_s;         // west of UTC
    int64_t first_idx, last_idx; // the block: rows of `commits`
    bool regressor;
    size_t message_at; // private to the planner
};

struct bug_diffs_plan {
    ARRAY(struct bug_diff) diffs; // in the order of perf_bugs
    // Private.
    struct text_map *ids;
    struct str messages;
};

// Plans from d->snap; bugs without a usable commit go to derive_problem() with the reason. All of
// `plan` is set. False when an input is missing or damaged, and when cancelled; then there is
// nothing to release.
bool bug_diffs_plan(struct derive *d, struct bug_diffs_plan *plan, struct err *err) MUST_USE;
void bug_diffs_plan_done(struct bug_diffs_plan *plan);

// Adds the row of `b` with its diff (bytes as the repository gives them) to d->out[0], which is of
// perf_bugs_with_diff. A diff of blanks only gives no row but a problem. False when the row cannot
// be written.
bool bug_diffs_add(struct derive *d, const struct bug_diff *b, struct sv diff,
                   struct err *err) MUST_USE;

#endif
