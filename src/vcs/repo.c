#include "vcs/repo.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/utf8.h"
#include "vcs/repo_int.h"

// --- what it is -------------------------------------------------------------------------------

static bool is_dir(const char *folder, const char *name) {
    char *path = path_join(folder, name);
    struct stat st;
    const bool yes = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    free(path);
    return yes;
}

static bool is_file(const char *folder, const char *name) {
    char *path = path_join(folder, name);
    struct stat st;
    const bool yes = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    free(path);
    return yes;
}

// A folder .git, the file of a linked work tree or submodule, or a bare repository.
static bool is_git(const char *path) {
    return is_dir(path, ".git") || is_file(path, ".git") ||
           (is_file(path, "HEAD") && is_dir(path, "objects") && is_dir(path, "refs"));
}

enum repo_kind repo_detect(const char *path) {
    // Both stand in one folder when somebody works on a Mercurial clone through Git, or the other
    // way round: the hashes of this data are Mercurial's.
    return is_dir(path, ".hg") ? REPO_HG : is_git(path) ? REPO_GIT : REPO_NONE;
}

// --- shared -----------------------------------------------------------------------------------

bool repo_is_node(struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!char_is_digit(text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f')) {
            return false;
        }
    }
    return text.len == REPO_NODE_LEN;
}

bool repo_is_null_node(struct sv node) {
    return sv_is(node, REPO_NULL_NODE);
}

bool repo_tick(const struct repo *repo, struct err *err) {
    return !repo->cancel || !atomic_load(repo->cancel) ||
           err_set(err, ERR_CANCELLED, REPO_CHECK_CANCEL);
}

void repo_add_utf8(struct str *out, struct sv bytes) {
    if (utf8_valid(bytes)) {
        str_add_sv(out, bytes);
        return;
    }
    for (size_t at = 0; at < bytes.len;) {
        str_add_cp(out, utf8_next(bytes, &at));
    }
}

// --- the contract -----------------------------------------------------------------------------

struct repo *repo_open(const char *path, struct err *err) {
    return repo_open_cancel(path, NULL, err);
}

struct repo *repo_open_cancel(const char *path, const atomic_bool *cancel, struct err *err) {
    const enum repo_kind kind = repo_detect(path);
    if (kind == REPO_NONE && access(path, F_OK) != 0) {
        err_sys(err, "cannot open the clone %s", path);
        return NULL;
    }
    if (kind == REPO_NONE) {
        err_set(err, ERR_NOT_FOUND, "%s is neither a Mercurial nor a Git clone", path);
        return NULL;
    }
    char *absolute = realpath(path, NULL);
    if (!absolute) {
        err_sys(err, "cannot open the clone %s", path);
        return NULL;
    }
    struct repo *repo = xcalloc(1, sizeof *repo);
    *repo = (struct repo){
        .kind = kind,
        .ops = kind == REPO_HG ? &hg_ops : &git_ops,
        .path = absolute,
        .cancel = cancel,
    };
    if (!repo_tick(repo, err) || !repo->ops->open(repo, err)) {
        repo_close(repo);
        return NULL;
    }
    return repo;
}

void repo_close(struct repo *repo) {
    if (repo) {
        repo->ops->close(repo);
        free(repo->path);
        free(repo);
    }
}

enum repo_kind repo_kind(const struct repo *repo) {
    return repo->kind;
}

bool repo_log(struct repo *repo, repo_commit_fn *fn, void *arg, const atomic_bool *cancel,
              struct err *err) {
    const atomic_bool *outer = repo->cancel;
    repo->cancel = cancel ? cancel : outer;
    const bool ok = repo_tick(repo, err) && repo->ops->log(repo, fn, arg, err);
    repo->cancel = outer;
    return ok;
}

static bool check_node(struct sv node, struct err *err) {
    return repo_is_node(node) || err_set(err, ERR_NOT_FOUND, "\"%.*s\" is no full hash of a commit",
                                         SV_ARG(sv_sub(node, 0, 80)));
}

bool repo_diff(struct repo *repo, struct sv from, struct sv to, struct str *out, struct err *err) {
    const size_t n_before = out->len;
    const bool ok = check_node(from, err) && check_node(to, err) && repo_tick(repo, err) &&
                    repo->ops->diff(repo, from, to, out, err);
    if (!ok) {
        str_cut(out, n_before);
    }
    return ok;
}

bool repo_parent(struct repo *repo, struct sv node, struct str *out, struct err *err) {
    const size_t n_before = out->len;
    const bool ok =
        check_node(node, err) && repo_tick(repo, err) && repo->ops->parent(repo, node, out, err);
    if (!ok) {
        str_cut(out, n_before);
    }
    return ok;
}
