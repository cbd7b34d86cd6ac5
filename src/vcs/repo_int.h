// Private to vcs: what the two kinds of clone have in common.
#ifndef CULPRIT_VCS_REPO_INT_H
#define CULPRIT_VCS_REPO_INT_H

#include "vcs/repo.h"

enum { REPO_NODE_LEN = 40 };
#define REPO_NULL_NODE    "0000000000000000000000000000000000000000"
#define REPO_DIFF_LIMIT   ((size_t)1 << 30)
#define REPO_CHECK_CANCEL "reading the clone was cancelled"

struct repo_ops {
    bool (*open)(struct repo *repo, struct err *err); // sets repo->impl
    void (*close)(struct repo *repo);                 // also when open() failed half-way
    bool (*log)(struct repo *repo, repo_commit_fn *fn, void *arg, struct err *err);
    // Nodes are full hashes; `out` may be left longer after a failure.
    bool (*diff)(struct repo *repo, struct sv from, struct sv to, struct str *out, struct err *err);
    bool (*parent)(struct repo *repo, struct sv node, struct str *out, struct err *err);
};

struct repo {
    enum repo_kind kind;
    const struct repo_ops *ops;
    char *path; // absolute
    const atomic_bool *cancel;
    void *impl;
};

extern const struct repo_ops hg_ops;
extern const struct repo_ops git_ops;

// 40 digits in lower case?
bool repo_is_node(struct sv text);
bool repo_is_null_node(struct sv node);
// ERR_CANCELLED when somebody asked for it.
bool repo_tick(const struct repo *repo, struct err *err) MUST_USE;
// Appends with U+FFFD for each maximal invalid subpart.
void repo_add_utf8(struct str *out, struct sv bytes);

#endif
