// A local clone, Mercurial or Git: its history and the differences between commits. The only door
// to libgit2 and to `hg`.
//
// Mercurial runs as one child process (the command server) for the life of the repository, without
// anything of the user's configuration or the clone's own; Git is read by libgit2, likewise without
// configuration and attributes. Nothing is ever written to the clone (but Mercurial refreshes its
// caches in .hg/cache, as ever) and its working copy is not looked at. One thread at a time per
// repository.
#ifndef CULPRIT_VCS_REPO_H
#define CULPRIT_VCS_REPO_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum repo_kind { REPO_NONE, REPO_HG, REPO_GIT };
// By what is in the folder; REPO_NONE when it is no clone.
enum repo_kind repo_detect(const char *path);

struct repo;
// ERR_NOT_FOUND when `path` is no clone; ERR_IO when hg is not installed or does not answer: the
// message says which and what to do.
struct repo *repo_open(const char *path, struct err *err) MUST_USE;
// The same; whatever the repository does from then on ends with ERR_CANCELLED within 100 ms when
// `cancel` is set. It may be NULL, else it must stay as long as the repository.
struct repo *repo_open_cancel(const char *path, const atomic_bool *cancel,
                              struct err *err) MUST_USE;
void repo_close(struct repo *repo);
enum repo_kind repo_kind(const struct repo *repo);

struct repo_commit {
    struct sv node;           // full hash, lower-case hex
    struct sv desc;           // UTF-8; invalid bytes replaced, no blanks at the end
    int64_t date_s;           // seconds since 1970; Git: of the committer
    int32_t tz_offset_s;      // west of UTC, as Mercurial counts
    const struct sv *parents; // full hashes; a root has one of 40 zeros
    size_t n_parents;
};
typedef bool repo_commit_fn(void *arg, const struct repo_commit *commit, struct err *err);
// Every commit, parents before their children; Mercurial: ascending local revision numbers, Git:
// everything reachable from HEAD. Texts are valid during the call. A false answer of `fn` ends it.
// `cancel` may be NULL: then that of the repository holds.
bool repo_log(struct repo *repo, repo_commit_fn *fn, void *arg, const atomic_bool *cancel,
              struct err *err) MUST_USE;

// Appends the difference from commit `from` to commit `to` (full hashes; 40 zeros = the empty tree)
// to `out`, bytes as they are: the format of a plain `hg diff`, or that of `git diff` without
// colours. Revisions that the clone does not have give ERR_NOT_FOUND, and so does what is no full
// hash; ERR_FORMAT when the clone is damaged there, ERR_LIMIT above 1 GiB. Then `out` is as before.
bool repo_diff(struct repo *repo, struct sv from, struct sv to, struct str *out,
               struct err *err) MUST_USE;
// Appends the full hash of the first parent of a commit; 40 zeros for a root.
bool repo_parent(struct repo *repo, struct sv node, struct str *out, struct err *err) MUST_USE;

#endif
