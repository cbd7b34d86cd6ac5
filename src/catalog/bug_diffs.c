// The stage that reads the diffs of performance bugs: derive plans which pair of commits belongs to
// each bug, the clone gives the difference, derive makes the row. One diff is in memory at a time.
//
// A diff that an earlier run of the same computation stored is not read again when it is provably
// the same: it is of the same bug and newest commit, and its first line names both commits. (That
// of Git names blobs, so Git is always read.)
#include "derive/bug_diffs.h"

#include <stdio.h>

#include "base/map.h"
#include "catalog/catalog_int.h"
#include "schema/mozilla_perf.h"
#include "vcs/repo.h"

#define NULL_NODE "0000000000000000000000000000000000000000"

enum { SHORT_NODE = 12 };

struct bug_diffs_run {
    struct derive *d;
    struct repo *repo;
    struct str diff, from;
    size_t n_missing; // diffs whose revisions the clone does not have
    // What an earlier run stored, by bug and newest commit.
    struct text_map keys;
    ARRAY(struct sv) known;
    struct str key;
};

// --- what is known ----------------------------------------------------------------------------

static struct sv key_of(struct bug_diffs_run *run, struct sv bug_id, struct sv revision) {
    str_clear(&run->key);
    str_add_sv(&run->key, bug_id);
    str_add_byte(&run->key, ' ');
    str_add_sv(&run->key, revision);
    return str_sv(&run->key);
}

static void know_row(struct bug_diffs_run *run, const struct scan *s, int64_t slot) {
    bool is_new;
    const struct sv key =
        key_of(run, scan_text(s, PD_BUG_ID, slot), scan_text(s, PD_REVISION, slot));
    text_map_put(&run->keys, key, &is_new);
    if (is_new) {
        array_push(&run->known, scan_text(s, PD_DIFF, slot));
    }
}

// A dataset that cannot be read is as good as none: everything is read from the clone.
static void know_rows(struct bug_diffs_run *run) {
    struct scan s;
    if (!scan_open(&s, run->d->snap, &schema_perf_bugs_with_diff, NULL)) {
        return;
    }
    while (scan_next(&s, NULL)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            know_row(run, &s, i);
        }
    }
    if (!scan_close(&s)) {
        text_map_done(&run->keys);
        array_clear(&run->known);
    }
}

static bool names_both(struct sv diff, struct sv from, struct sv to) {
    char start[64];
    const int n = snprintf(start, sizeof start, "diff -r %.*s -r %.*s ",
                           SV_ARG(sv_sub(from, 0, SHORT_NODE)), SV_ARG(sv_sub(to, 0, SHORT_NODE)));
    return from.len > SHORT_NODE && to.len > SHORT_NODE &&
           sv_starts(diff, sv_make(start, (size_t)n));
}

// The NULL view when it has to be read.
static struct sv known_diff(struct bug_diffs_run *run, const struct bug_diff *b) {
    const uint32_t idx =
        run->keys.n ? text_map_get(&run->keys, key_of(run, b->bug_id, b->to)) : MAP_NONE;
    const struct sv diff = idx == MAP_NONE ? SV_NULL : run->known.ptr[idx];
    return diff.ptr && names_both(diff, b->from, b->to) ? diff : SV_NULL;
}

// --- reading ----------------------------------------------------------------------------------

// The clone does not have it, or has it damaged: that concerns this bug alone.
static bool concerns_one(const struct err *why) {
    return why->code == ERR_NOT_FOUND || why->code == ERR_FORMAT || why->code == ERR_LIMIT;
}

static bool leave_out(struct bug_diffs_run *run, const struct bug_diff *b, const char *why,
                      struct err *err) {
    char subject[32];
    snprintf(subject, sizeof subject, "bug %.*s", SV_ARG(b->bug_id));
    return derive_problem(run->d, subject, err, "%s", why);
}

// Where the diff begins. A list of commits that does not name the parent of a first commit is taken
// at its word, as the original program does: there is nothing to compare with.
static bool find_from(struct bug_diffs_run *run, const struct bug_diff *b, struct sv *from,
                      struct err *err) {
    *from = b->from;
    if (b->from.ptr) {
        return true;
    }
    str_clear(&run->from);
    if (!repo_parent(run->repo, b->oldest, &run->from, err)) {
        return false;
    }
    *from = str_sv(&run->from);
    return !sv_is(*from, NULL_NODE) ||
           err_set(err, ERR_NOT_FOUND, "its oldest commit %.*s has no parent", SV_ARG(b->oldest));
}

static bool read_diff(struct bug_diffs_run *run, const struct bug_diff *b, struct err *err) {
    struct err why = ERR_INIT;
    struct sv from;
    str_clear(&run->diff);
    if (find_from(run, b, &from, &why) && repo_diff(run->repo, from, b->to, &run->diff, &why)) {
        return bug_diffs_add(run->d, b, str_sv(&run->diff), err);
    }
    if (concerns_one(&why)) {
        run->n_missing += why.code == ERR_NOT_FOUND;
        return leave_out(run, b, why.msg, err);
    }
    if (err) {
        *err = why;
    }
    return false;
}

static bool open_clone(struct bug_diffs_run *run, const char *path, struct err *err) {
    run->repo = repo_open_cancel(path, run->d->cancel, err);
    return run->repo || err_prefix(err, "setting vcs.clone");
}

static bool read_planned(struct bug_diffs_run *run, const struct bug_diffs_plan *plan,
                         const char *clone, struct err *err) {
    for (size_t i = 0; i < plan->diffs.n; i++) {
        const struct bug_diff *b = &plan->diffs.ptr[i];
        const struct sv known = known_diff(run, b);
        if (!derive_tick(run->d, i, plan->diffs.n, err)) {
            return false;
        }
        if (known.ptr) {
            if (!bug_diffs_add(run->d, b, known, err)) {
                return false;
            }
            continue;
        }
        // Only now, so that nobody needs a clone for what is known.
        if ((!run->repo && !open_clone(run, clone, err)) || !read_diff(run, b, err)) {
            return false;
        }
    }
    // A clone of something else: what was read before is not to be lost to it.
    if (plan->diffs.n && run->n_missing == plan->diffs.n) {
        return err_set(err, ERR_NOT_FOUND, "none of %zu revisions is in the clone %s",
                       plan->diffs.n, clone);
    }
    return true;
}

bool derive_bug_diffs(struct derive *d, const struct derive_opts *opts, struct err *err) {
    const char *clone = catalog_setting(opts, "vcs.clone");
    if (!clone || !*clone) {
        return err_set(err, ERR_USAGE, "vcs.clone is not set: it names the folder of a clone");
    }
    struct bug_diffs_plan plan;
    struct bug_diffs_run run = {.d = d};
    if (!bug_diffs_plan(d, &plan, err)) {
        return false;
    }
    if (!opts->force && stage_made_as_now(d->snap, &stage_bug_diffs, &schema_perf_bugs_with_diff)) {
        know_rows(&run);
    }
    const bool ok = read_planned(&run, &plan, clone, err);
    repo_close(run.repo);
    str_done(&run.diff);
    str_done(&run.from);
    str_done(&run.key);
    text_map_done(&run.keys);
    array_done(&run.known);
    bug_diffs_plan_done(&plan);
    return ok;
}
