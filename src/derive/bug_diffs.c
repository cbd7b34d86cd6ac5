#include "derive/bug_diffs.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/map.h"
#include "base/py_text.h"
#include "base/utf8.h"
#include "derive/derive_int.h"
#include "schema/commit_text.h"

#define NONE UINT32_MAX

// A row of perf_bugs. Its number is that of its bug id in `ids`.
struct bug {
    int64_t row;
    struct sv revision; // that caused the regression; the NULL view = not a regressor
    bool regressor;
    uint32_t newest, oldest; // rows of commits
    uint32_t diff;           // number in the plan
};

struct planner {
    struct derive *d;
    struct text_map *ids;        // of bugs, as text
    struct text_map revisions;   // that caused regressions
    ARRAY(struct bug) bugs;      // by number of `ids`, which is the order of perf_bugs
    ARRAY(uint32_t) revision_at; // by number of `revisions`: row of commits
    ARRAY(uint32_t) last_of;     // by number of `ids`: the highest row of commits
    ARRAY(uint32_t) bug_of;      // by row of commits: number of its bug; NONE = of no such bug
    struct bug_diffs_plan *plan;
};

// --- which commits -------------------------------------------------------------------------------

static void keep_bug(void *arg, const struct scan *s, int64_t slot) {
    struct planner *p = arg;
    char text[24];
    bool is_new;
    const size_t len = num_format_i64(text, scan_i64(s, PB_ID, slot));
    text_map_put(p->ids, sv_make(text, len), &is_new);
    if (!is_new) {
        return;
    }
    const bool regressor = scan_bool(s, PB_IS_PERF_REGRESSOR, slot);
    const struct sv revision =
        regressor ? py_strip(scan_text(s, PB_REGRESSOR_REVISION, slot)) : SV_NULL;
    array_push(&p->bugs, (struct bug){s->first_row + slot, revision, regressor, NONE, NONE, NONE});
    array_push(&p->last_of, NONE);
    if (revision.len) {
        text_map_put(&p->revisions, revision, &is_new);
        if (is_new) {
            array_push(&p->revision_at, NONE);
        }
    }
}

static void look_at_commit(void *arg, const struct scan *s, int64_t slot) {
    struct planner *p = arg;
    const uint32_t row = (uint32_t)(s->first_row + slot);
    const struct sv id = commit_bug_id(scan_text(s, CM_DESC, slot));
    const uint32_t bug = id.ptr ? text_map_get(p->ids, id) : MAP_NONE;
    const uint32_t revision = text_map_get(&p->revisions, scan_text(s, CM_NODE, slot));
    array_push(&p->bug_of, bug == MAP_NONE ? NONE : bug);
    if (bug != MAP_NONE) {
        p->last_of.ptr[bug] = row;
    }
    if (revision != MAP_NONE) {
        p->revision_at.ptr[revision] = row;
    }
}

// The row that the bug's block ends at or behind; NONE with the reason.
static uint32_t start_of_walk(const struct planner *p, uint32_t number, const char **why) {
    const struct bug *b = &p->bugs.ptr[number];
    if (!b->regressor) {
        *why = "no commit of the list names it";
        return p->last_of.ptr[number];
    }
    const uint32_t revision = text_map_get(&p->revisions, b->revision);
    *why = b->revision.len ? "its regressor revision is not in the list of commits"
                           : "it is a regressor without a regressor revision";
    return b->revision.len ? p->revision_at.ptr[revision] : NONE;
}

// The unbroken block of the bug's commits that ends at `end` or, when that commit is of another
// bug (the head of a push), just before it.
static bool find_block(const struct planner *p, uint32_t number, uint32_t end, struct bug *b) {
    if (p->bug_of.ptr[end] != number && end > 0) {
        end--;
    }
    if (p->bug_of.ptr[end] != number) {
        return false;
    }
    b->newest = b->oldest = end;
    while (b->oldest > 0 && p->bug_of.ptr[b->oldest - 1] == number) {
        b->oldest--;
    }
    return true;
}

static bool skip(struct planner *p, uint32_t number, const char *why, struct err *err) {
    char subject[32];
    const struct sv id = text_map_key(p->ids, number);
    snprintf(subject, sizeof subject, "bug %.*s", SV_ARG(id));
    return derive_problem(p->d, subject, err, "%s", why);
}

static bool plan_bug(struct planner *p, uint32_t number, struct err *err) {
    struct bug *b = &p->bugs.ptr[number];
    const char *why;
    const uint32_t end = start_of_walk(p, number, &why);
    if (end == NONE) {
        return skip(p, number, why, err);
    }
    if (!find_block(p, number, end, b)) {
        return skip(p, number,
                    "neither its regressor revision nor the commit before is one of its own", err);
    }
    b->diff = (uint32_t)p->plan->diffs.n;
    array_push(&p->plan->diffs, (struct bug_diff){.bug_row = b->row,
                                                  .bug_id = text_map_key(p->ids, number),
                                                  .first_idx = b->oldest,
                                                  .last_idx = b->newest,
                                                  .regressor = b->regressor});
    return true;
}

// --- what they say -------------------------------------------------------------------------------

// Years that a written date can have.
#define FIRST_DATE_US (INT64_C(-62135596800) * US_PER_SEC) // 0001-01-01
#define LAST_DATE_US  (INT64_C(253402300799) * US_PER_SEC) // 9999-12-31T23:59:59

static void take_date(struct bug_diff *b, const struct scan *s, int64_t slot) {
    const struct opt_i64 date_us = scan_opt(s, CM_DATE, slot);
    const int64_t offset_s = scan_i64(s, CM_TZ_OFFSET, slot);
    b->tz_offset_s = llabs(offset_s) < 86400 ? (int32_t)offset_s : 0;
    b->date_us = date_us.v - date_us.v % US_PER_SEC;
    const int64_t first_us = FIRST_DATE_US - b->tz_offset_s * US_PER_SEC;
    const int64_t last_us = LAST_DATE_US - b->tz_offset_s * US_PER_SEC;
    b->has_date =
        date_us.has && date_us.v <= LAST_DATE_US && b->date_us >= first_us && b->date_us <= last_us;
}

static void add_message(struct str *messages, size_t start, struct sv desc) {
    const size_t before = messages->len;
    if (before > start) {
        str_add_byte(messages, '\n');
    }
    const size_t text_at = messages->len;
    commit_clean_message(desc, messages);
    if (messages->len == text_at) {
        str_cut(messages, before);
    }
}

// Rows of a block come one after the other, so its message grows at the end of the buffer. Its
// place is kept as an offset until the buffer has stopped moving.
static void read_commit(void *arg, const struct scan *s, int64_t slot) {
    struct planner *p = arg;
    const uint32_t row = (uint32_t)(s->first_row + slot);
    const uint32_t number = p->bug_of.ptr[row];
    if (number == NONE || p->bugs.ptr[number].diff == NONE || row < p->bugs.ptr[number].oldest ||
        row > p->bugs.ptr[number].newest) {
        return;
    }
    struct bug_diff *b = &p->plan->diffs.ptr[p->bugs.ptr[number].diff];
    struct str *messages = &p->plan->messages;
    if (row == b->first_idx) {
        int64_t from, to;
        const struct arrow_col *parents = scan_list(s, CM_PARENTS, slot, &from, &to);
        b->from = parents && from < to ? arrow_get_text(parents, from) : SV_NULL;
        b->oldest = scan_text(s, CM_NODE, slot);
        b->message_at = messages->len;
    }
    add_message(messages, b->message_at, scan_text(s, CM_DESC, slot));
    if (row == b->last_idx) {
        b->to = scan_text(s, CM_NODE, slot);
        b->message.len = messages->len - b->message_at;
        take_date(b, s, slot);
    }
}

static bool fill_plan(struct planner *p, struct err *err) {
    struct bug_diffs_plan *plan = p->plan;
    for (uint32_t i = 0; i < p->bugs.n; i++) {
        if (!plan_bug(p, i, err)) {
            return false;
        }
    }
    if (!scan_each(p->d, &schema_commits, read_commit, p, err)) {
        return false;
    }
    array_foreach (b, &plan->diffs) {
        b->message = sv_sub(str_sv(&plan->messages), b->message_at, b->message.len);
    }
    return true;
}

bool bug_diffs_plan(struct derive *d, struct bug_diffs_plan *plan, struct err *err) {
    *plan = (struct bug_diffs_plan){.ids = xcalloc(1, sizeof *plan->ids)};
    struct planner p = {.d = d, .ids = plan->ids, .plan = plan};
    bool ok = scan_each(d, &schema_perf_bugs, keep_bug, &p, err) &&
              (scan_n_rows(d->snap, &schema_commits) < NONE ||
               err_set(err, ERR_LIMIT, "commits: more than %" PRIu32 " rows", NONE)) &&
              scan_each(d, &schema_commits, look_at_commit, &p, err) && fill_plan(&p, err);
    text_map_done(&p.revisions);
    array_done(&p.bugs);
    array_done(&p.revision_at);
    array_done(&p.last_of);
    array_done(&p.bug_of);
    if (!ok) {
        bug_diffs_plan_done(plan);
    }
    return ok;
}

void bug_diffs_plan_done(struct bug_diffs_plan *plan) {
    array_done(&plan->diffs);
    str_done(&plan->messages);
    if (plan->ids) {
        text_map_done(plan->ids);
        free(plan->ids);
    }
    *plan = (struct bug_diffs_plan){0};
}

// --- the rows ------------------------------------------------------------------------------------

// Bytes of the text once it is made valid, as the column does.
static int64_t stored_bytes(struct sv text) {
    if (utf8_valid(text)) {
        return (int64_t)text.len;
    }
    char buf[4];
    int64_t n = 0;
    for (size_t at = 0; at < text.len;) {
        n += (int64_t)utf8_encode(buf, utf8_next(text, &at));
    }
    return n;
}

bool bug_diffs_add(struct derive *d, const struct bug_diff *b, struct sv diff, struct err *err) {
    if (!py_strip(diff).len) {
        char subject[32];
        snprintf(subject, sizeof subject, "bug %.*s", SV_ARG(b->bug_id));
        return derive_problem(d, subject, err, "the diff of its commits up to %.*s is empty",
                              SV_ARG(sv_sub(b->to, 0, 12)));
    }
    arrow_add_text(derive_col(d, 0, PD_BUG_ID), b->bug_id);
    arrow_add_text(derive_col(d, 0, PD_REVISION), b->to);
    if (b->has_date) {
        arrow_add_i64(derive_col(d, 0, PD_LAST_COMMIT_DATE), b->date_us);
        arrow_add_i64(derive_col(d, 0, PD_TZ_OFFSET), b->tz_offset_s);
    }
    arrow_add_bool(derive_col(d, 0, PD_REGRESSOR), b->regressor);
    arrow_add_text(derive_col(d, 0, PD_COMMIT_MESSAGE), b->message);
    arrow_add_text(derive_col(d, 0, PD_DIFF), diff);
    arrow_add_i64(derive_col(d, 0, PD_DIFF_BYTES), stored_bytes(diff));
    arrow_add_i64(derive_col(d, 0, PD_FILES), diff_n_files(diff));
    return arrow_row_end(d->out[0], err);
}
