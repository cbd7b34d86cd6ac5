#include "ingest/clone.h"

#include "base/date.h"
#include "base/num.h"
#include "schema/commit_text.h"
#include "schema/mozilla_perf.h"
#include "vcs/repo.h"

const struct dataset_def *const clone_datasets[] = {&schema_commits, NULL};

struct reading {
    struct ingest *ig;
    uint64_t n_bytes; // of what was read, for progress
};

static void add_date(struct ingest *ig, const struct repo_commit *c) {
    int64_t us;
    if (!__builtin_mul_overflow(c->date_s, US_PER_SEC, &us)) {
        arrow_add_i64(ingest_col(ig, 0, CM_DATE), us);
        arrow_add_i64(ingest_col(ig, 0, CM_TZ_OFFSET), c->tz_offset_s);
    }
}

static void add_parents(struct ingest *ig, const struct repo_commit *c) {
    struct arrow_builder *parents = ingest_col(ig, 0, CM_PARENTS);
    arrow_list_begin(parents);
    for (size_t i = 0; i < c->n_parents; i++) {
        arrow_add_text(arrow_child(parents, 0), c->parents[i]);
    }
    arrow_list_end(parents);
}

static bool add_commit(void *arg, const struct repo_commit *c, struct err *err) {
    struct reading *r = arg;
    struct ingest *ig = r->ig;
    const struct ingest_at at = {-1, -1, NULL};
    if (!ingest_key_text(ig, c->node, at, err)) {
        return false;
    }
    const struct sv bug = commit_bug_id(c->desc);
    int64_t bug_id;
    arrow_add_text(ingest_col(ig, 0, CM_NODE), c->node);
    arrow_add_text(ingest_col(ig, 0, CM_DESC), c->desc);
    add_date(ig, c);
    add_parents(ig, c);
    if (bug.ptr && num_parse_i64(bug, &bug_id)) {
        arrow_add_i64(ingest_col(ig, 0, CM_BUG_ID), bug_id);
    }
    r->n_bytes += c->node.len + c->desc.len;
    return arrow_row_end(ig->out[0].w, err) && ingest_tick(ig, r->n_bytes, err);
}

bool clone_read(struct ingest *ig, struct err *err) {
    struct reading r = {.ig = ig};
    struct repo *repo = repo_open_cancel(ig->path, ig->cancel, err);
    if (!repo) {
        return false;
    }
    const bool ok = repo_log(repo, add_commit, &r, ig->cancel, err);
    repo_close(repo);
    return ok;
}
