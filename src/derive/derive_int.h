// What the stages have in common: walks over rows, short forms for cells. Private to derive.
#ifndef CULPRIT_DERIVE_DERIVE_INT_H
#define CULPRIT_DERIVE_DERIVE_INT_H

#include "base/num.h"
#include "derive/derive.h"
#include "schema/mozilla_perf.h"

// Calls `each` for every row of a dataset; progress counts its rows alone.
typedef void row_fn(void *arg, const struct scan *s, int64_t slot);
bool scan_each(const struct derive *d, const struct dataset_def *def, row_fn *each, void *arg,
               struct err *err) MUST_USE;

// --- cells --------------------------------------------------------------------------------------

// The NULL view is null.
static inline void add_text(struct arrow_builder *b, struct sv text) {
    if (text.ptr) {
        arrow_add_text(b, text);
    } else {
        arrow_add_null(b);
    }
}

struct opt_i64 {
    int64_t v;
    bool has;
};

static inline struct opt_i64 scan_opt(const struct scan *s, int col, int64_t slot) {
    return (struct opt_i64){scan_i64(s, col, slot), !scan_is_null(s, col, slot)};
}

static inline void add_opt(struct arrow_builder *b, struct opt_i64 v) {
    if (v.has) {
        arrow_add_i64(b, v.v);
    } else {
        arrow_add_null(b);
    }
}

// One item of a list of tests and platforms, between arrow_list_begin() and arrow_list_end().
static inline void add_test(struct arrow_builder *list, struct sv test, struct sv platform) {
    struct arrow_builder *item = arrow_child(list, 0);
    add_text(arrow_child(item, 0), test);
    add_text(arrow_child(item, 1), platform);
    arrow_struct_end(item);
}

#endif
