// perf_bugs: the bugs of the components where performance regressed lately, each labelled as
// regressor or regression; perf_bug_tests: their tests, one row each.
#include "base/array.h"
#include "base/map.h"
#include "derive/derive_int.h"

enum { OUT_BUGS, OUT_TESTS };

#define NONE UINT32_MAX

// A row of alert_bug_tests.
struct regression {
    uint32_t bug; // number of `bugs`
    int64_t alert_summary_id;
    struct opt_i64 alerted_us;
    struct sv revision;
    const struct arrow_col *tests; // the structs [from, to); NULL = no list
    int64_t from, to;
};

// A bug that alert_bug_tests names.
struct regression_bug {
    bool known; // in all_bugs
    struct sv product, component;
    const struct arrow_col *regressed_by;
    int64_t from, to;
    uint32_t last; // row of alert_bug_tests, the last one of the bug
};

// A bug that may be written.
struct candidate {
    int64_t created_us, row, id;
    struct sv summary, product, component;
};

struct perf_bugs {
    int64_t cutoff_us;
    ARRAY(struct regression) rows;
    struct int_map bug_ids;
    ARRAY(struct regression_bug) bugs; // by number of `bug_ids`
    struct int_map regressor_ids;
    ARRAY(uint32_t) causes; // by number of `regressor_ids`: the last row caused
    struct text_map products, components;
    ARRAY(struct candidate) candidates;
};

// --- what regressed ------------------------------------------------------------------------------

static void keep_row(void *arg, const struct scan *s, int64_t slot) {
    struct perf_bugs *p = arg;
    if (scan_is_null(s, ABT_REGRESSION_BUG_ID, slot)) {
        return;
    }
    bool is_new;
    struct regression *r = array_add(&p->rows);
    r->bug = int_map_put(&p->bug_ids, scan_i64(s, ABT_REGRESSION_BUG_ID, slot), &is_new);
    if (is_new) {
        (void)array_add(&p->bugs);
    }
    p->bugs.ptr[r->bug].last = (uint32_t)(p->rows.n - 1);
    r->alert_summary_id = scan_i64(s, ABT_SUMMARY_ID, slot);
    r->alerted_us = scan_opt(s, ABT_CREATED, slot);
    r->revision = scan_text(s, ABT_REVISION, slot);
    r->tests = scan_list(s, ABT_TESTS, slot, &r->from, &r->to);
}

static void look_up_bug(void *arg, const struct scan *s, int64_t slot) {
    struct perf_bugs *p = arg;
    const uint32_t number = int_map_get(&p->bug_ids, scan_i64(s, AB_ID, slot));
    if (number == MAP_NONE) {
        return;
    }
    struct regression_bug *b = &p->bugs.ptr[number];
    b->known = true;
    b->product = scan_text(s, AB_PRODUCT, slot);
    b->component = scan_text(s, AB_COMPONENT, slot);
    b->regressed_by = scan_list(s, AB_REGRESSED_BY, slot, &b->from, &b->to);
}

static bool is_recent(const struct perf_bugs *p, struct opt_i64 at_us) {
    return at_us.has && at_us.v >= p->cutoff_us;
}

static void record_cause(struct perf_bugs *p, int64_t regressor, uint32_t row) {
    bool is_new;
    const uint32_t cause = int_map_put(&p->regressor_ids, regressor, &is_new);
    if (is_new) {
        array_push(&p->causes, row);
    }
    p->causes.ptr[cause] = MAX(p->causes.ptr[cause], row);
}

// Every regressor counts, however old; products and components matter only when the alert is
// recent. What is recorded for a regressor is the last row of all bugs that name it, so that each
// list is walked once, however many rows a bug has.
static void record_causes(struct perf_bugs *p) {
    array_foreach (bug, &p->bugs) {
        for (int64_t slot = bug->from; bug->known && slot < bug->to; slot++) {
            record_cause(p, arrow_get_i64(bug->regressed_by, slot), bug->last);
        }
    }
    array_foreach (r, &p->rows) {
        const struct regression_bug *b = &p->bugs.ptr[r->bug];
        if (b->known && b->from < b->to && is_recent(p, r->alerted_us)) {
            text_map_put(&p->products, b->product, NULL);
            text_map_put(&p->components, b->component, NULL);
        }
    }
}

// --- the bugs ------------------------------------------------------------------------------------

static void keep_candidate(void *arg, const struct scan *s, int64_t slot) {
    struct perf_bugs *p = arg;
    const struct opt_i64 created_us = scan_opt(s, AB_CREATION_TIME, slot);
    if (!is_recent(p, created_us)) {
        return;
    }
    const struct sv product = scan_text(s, AB_PRODUCT, slot);
    const struct sv component = scan_text(s, AB_COMPONENT, slot);
    if (text_map_get(&p->products, product) != MAP_NONE &&
        text_map_get(&p->components, component) != MAP_NONE) {
        array_push(&p->candidates,
                   (struct candidate){created_us.v, s->first_row + slot, scan_i64(s, AB_ID, slot),
                                      scan_text(s, AB_SUMMARY, slot), product, component});
    }
}

static int by_creation(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->created_us != y->created_us) {
        return x->created_us < y->created_us ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static const struct regression *find_row(const struct perf_bugs *p, uint32_t row) {
    return row == NONE ? NULL : &p->rows.ptr[row];
}

static bool write_tests(struct derive *d, int64_t bug, const struct regression *r,
                        struct err *err) {
    struct arrow_builder *list = derive_col(d, OUT_BUGS, PB_TESTS);
    arrow_list_begin(list);
    bool ok = true;
    for (int64_t i = 0; r && r->tests && ok && i < r->to - r->from; i++) {
        const struct sv test = arrow_get_text(&r->tests->children[0], r->from + i);
        const struct sv platform = arrow_get_text(&r->tests->children[1], r->from + i);
        add_test(list, test, platform);
        arrow_add_i64(derive_col(d, OUT_TESTS, PBT_BUG_ID), bug);
        arrow_add_i64(derive_col(d, OUT_TESTS, PBT_POS), i);
        add_text(derive_col(d, OUT_TESTS, PBT_TEST), test);
        add_text(derive_col(d, OUT_TESTS, PBT_PLATFORM), platform);
        ok = arrow_row_end(d->out[OUT_TESTS], err);
    }
    arrow_list_end(list);
    return ok;
}

static bool write_bug(struct derive *d, const struct perf_bugs *p, const struct candidate *c,
                      struct err *err) {
    const uint32_t cause = int_map_get(&p->regressor_ids, c->id);
    const uint32_t bug = int_map_get(&p->bug_ids, c->id);
    const struct regression *caused = find_row(p, cause == MAP_NONE ? NONE : p->causes.ptr[cause]);
    const struct regression *reported = find_row(p, bug == MAP_NONE ? NONE : p->bugs.ptr[bug].last);
    arrow_add_i64(derive_col(d, OUT_BUGS, PB_ID), c->id);
    add_text(derive_col(d, OUT_BUGS, PB_SUMMARY), c->summary);
    arrow_add_bool(derive_col(d, OUT_BUGS, PB_IS_PERF_REGRESSOR), caused);
    arrow_add_bool(derive_col(d, OUT_BUGS, PB_IS_PERF_REGRESSION), reported);
    if (!write_tests(d, c->id, caused, err)) {
        return false;
    }
    add_text(derive_col(d, OUT_BUGS, PB_REGRESSOR_REVISION), caused ? caused->revision : SV_NULL);
    if (reported && reported->alert_summary_id) {
        arrow_add_i64(derive_col(d, OUT_BUGS, PB_ALERT_SUMMARY_ID), reported->alert_summary_id);
    }
    add_text(derive_col(d, OUT_BUGS, PB_PRODUCT), c->product);
    add_text(derive_col(d, OUT_BUGS, PB_COMPONENT), c->component);
    arrow_add_i64(derive_col(d, OUT_BUGS, PB_CREATION_TIME), c->created_us);
    return arrow_row_end(d->out[OUT_BUGS], err);
}

static bool write_bugs(struct derive *d, struct perf_bugs *p, struct err *err) {
    if (p->candidates.n) {
        qsort(p->candidates.ptr, p->candidates.n, sizeof *p->candidates.ptr, by_creation);
    }
    bool ok = true;
    for (size_t i = 0; ok && i < p->candidates.n; i++) {
        ok = write_bug(d, p, &p->candidates.ptr[i], err) &&
             (i % ARROW_BATCH_ROWS || derive_tick(d, i, p->candidates.n, err));
    }
    return ok;
}

bool derive_perf_bugs(struct derive *d, struct err *err) {
    struct perf_bugs p = {.cutoff_us = d->settings->bugs_cutoff_us};
    bool ok = scan_each(d, &schema_alert_bug_tests, keep_row, &p, err) &&
              scan_each(d, &schema_all_bugs, look_up_bug, &p, err);
    if (ok) {
        record_causes(&p);
        ok = scan_each(d, &schema_all_bugs, keep_candidate, &p, err) && write_bugs(d, &p, err);
    }
    array_done(&p.rows);
    int_map_done(&p.bug_ids);
    array_done(&p.bugs);
    int_map_done(&p.regressor_ids);
    array_done(&p.causes);
    text_map_done(&p.products);
    text_map_done(&p.components);
    array_done(&p.candidates);
    return ok;
}
