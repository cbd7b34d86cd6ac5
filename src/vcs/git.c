// A Git clone through libgit2. The repository is opened as a bare one, with an empty configuration
// and index and without the user's: neither .gitattributes of a work tree nor a driver of somebody
// changes what a difference looks like, and nothing of the clone is ever run.
#include <git2.h>
#include <git2/sys/hashsig.h>
#include <git2/sys/repository.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/file.h"
#include "vcs/git_text.h"
#include "vcs/repo_int.h"

static int init_result;

static void init_library(void) {
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                 GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
    init_result = git_libgit2_init();
    for (size_t i = 0; init_result >= 0 && i < COUNTOF(levels); i++) {
        init_result = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    }
    // Each commit is read once or twice: a cache of them would only be large.
    if (init_result >= 0) {
        init_result = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    }
    // Who owns the clone matters where its configuration may start programs; here nothing does.
    if (init_result >= 0) {
        init_result = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    }
}

static const char *last_message(void) {
    const git_error *e = git_error_last();
    return e && e->message ? e->message : "no reason given";
}

static bool failed(const struct repo *repo, const char *what, struct err *err) {
    return repo_tick(repo, err) &&
           err_set(err, ERR_FORMAT, "Git clone %s: %s: %s", repo->path, what, last_message());
}

// --- opening ----------------------------------------------------------------------------------

static int make_plain(git_repository *git) {
    git_config *config = NULL;
    git_index *index = NULL;
    int rc = git_config_new(&config);
    rc = rc ? rc : git_index_new(&index);
    rc = rc ? rc : git_repository_set_config(git, config);
    rc = rc ? rc : git_repository_set_index(git, index);
    git_index_free(index);
    git_config_free(config);
    return rc;
}

static bool git_open(struct repo *repo, struct err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_library);
    if (init_result < 0) {
        return err_set(err, ERR_IO, "cannot start libgit2: %s", last_message());
    }
    git_repository *git = NULL;
    char *folder = path_join(repo->path, ".git"); // or a file that says where it is
    int rc =
        git_repository_open_ext(&git, file_exists(folder) ? folder : repo->path,
                                GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);
    free(folder);
    repo->impl = git;
    rc = rc ? rc : make_plain(git);
    return rc == 0 ||
           err_set(err, ERR_IO, "cannot open the Git clone %s: %s", repo->path, last_message());
}

static void git_close(struct repo *repo) {
    git_repository_free(repo->impl);
}

static bool find_commit(struct repo *repo, struct sv node, git_commit **commit, struct err *err) {
    git_oid oid;
    int rc = git_oid_fromstrn(&oid, node.ptr, node.len);
    rc = rc ? rc : git_commit_lookup(commit, repo->impl, &oid);
    if (rc == GIT_ENOTFOUND) {
        return err_set(err, ERR_NOT_FOUND, "the Git clone has no commit %.*s", SV_ARG(node));
    }
    return rc == 0 || failed(repo, "a commit cannot be read", err);
}

// --- log --------------------------------------------------------------------------------------

struct parents {
    ARRAY(struct sv) nodes;
    struct str text;
};

static void list_parents(struct parents *p, git_commit *commit) {
    const unsigned n = git_commit_parentcount(commit);
    str_clear(&p->text);
    array_clear(&p->nodes);
    char *text = str_reserve(&p->text, (n + 1) * (size_t)(REPO_NODE_LEN + 1));
    for (unsigned i = 0; i < n; i++) {
        git_oid_tostr(text, REPO_NODE_LEN + 1, git_commit_parent_id(commit, i));
        array_push(&p->nodes, sv_make(text, REPO_NODE_LEN));
        text += REPO_NODE_LEN + 1;
    }
    if (!n) {
        array_push(&p->nodes, SV(REPO_NULL_NODE));
    }
}

struct walk {
    struct repo *repo;
    repo_commit_fn *fn;
    void *arg;
    struct parents parents;
    struct str desc;
};

static bool hand_over(struct walk *w, const git_oid *oid, struct err *err) {
    git_commit *commit = NULL;
    if (git_commit_lookup(&commit, w->repo->impl, oid) != 0) {
        return failed(w->repo, "a commit cannot be read", err);
    }
    char node[REPO_NODE_LEN + 1];
    git_oid_tostr(node, sizeof node, oid);
    list_parents(&w->parents, commit);
    str_clear(&w->desc);
    git_add_message(&w->desc, sv_cstr(git_commit_message(commit)),
                    git_commit_message_encoding(commit));
    const struct repo_commit c = {
        .node = sv_make(node, REPO_NODE_LEN),
        .desc = str_sv(&w->desc),
        .date_s = git_commit_time(commit),
        .tz_offset_s = -git_commit_time_offset(commit) * 60,
        .parents = w->parents.nodes.ptr,
        .n_parents = w->parents.nodes.n,
    };
    const bool ok = w->fn(w->arg, &c, err);
    git_commit_free(commit);
    return ok;
}

// The walk sorts everything before its first answer; when nothing is of interest any more it ends.
static int hide_when_cancelled(const git_oid *oid, void *arg) {
    (void)oid;
    return !repo_tick(arg, NULL);
}

static bool walk_all(struct walk *w, git_revwalk *rev, struct err *err) {
    git_oid oid;
    int rc;
    while ((rc = git_revwalk_next(&oid, rev)) == 0) {
        if (!repo_tick(w->repo, err) || !hand_over(w, &oid, err)) {
            return false;
        }
    }
    if (rc != GIT_ITEROVER) {
        return failed(w->repo, "the history cannot be read", err);
    }
    return repo_tick(w->repo, err);
}

static bool git_log(struct repo *repo, repo_commit_fn *fn, void *arg, struct err *err) {
    if (git_repository_is_shallow(repo->impl)) {
        return err_set(err, ERR_FORMAT,
                       "the Git clone %s is shallow, its history is cut: fetch the rest with "
                       "git fetch --unshallow",
                       repo->path);
    }
    if (git_repository_head_unborn(repo->impl) == 1) {
        return true; // no commits yet
    }
    git_revwalk *rev = NULL;
    struct walk w = {.repo = repo, .fn = fn, .arg = arg};
    int rc = git_revwalk_new(&rev, repo->impl);
    rc = rc ? rc : git_revwalk_add_hide_cb(rev, hide_when_cancelled, repo);
    rc =
        rc ? rc : git_revwalk_sorting(rev, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME | GIT_SORT_REVERSE);
    rc = rc ? rc : git_revwalk_push_head(rev);
    const bool ok = rc == 0 ? walk_all(&w, rev, err) : failed(repo, "its head cannot be read", err);
    git_revwalk_free(rev);
    str_done(&w.desc);
    str_done(&w.parents.text);
    array_done(&w.parents.nodes);
    return ok;
}

// --- diff -------------------------------------------------------------------------------------

struct patch {
    struct repo *repo;
    struct str *out;
    struct str names; // lines of the present file that wait for its first hunk
    bool too_large;
};

static int on_file(const git_diff *diff, const char *from, const char *to, void *arg) {
    (void)diff;
    (void)from;
    (void)to;
    const struct patch *p = arg;
    return repo_tick(p->repo, NULL) ? 0 : -1;
}

// As git does: a tab ends a name with blanks in the lines "---" and "+++", and they stand only
// where a hunk follows (not for an empty file).
static void add_header(struct patch *p, struct sv header) {
    struct sv line;
    str_clear(&p->names);
    while (header.len && sv_split(&header, '\n', &line)) {
        const bool names = sv_starts(line, SV("--- ")) || sv_starts(line, SV("+++ "));
        struct str *out = names ? &p->names : p->out;
        str_add_sv(out, line);
        str_add_cstr(out, names && sv_find_byte(sv_from(line, 4), ' ') >= 0 ? "\t\n" : "\n");
    }
}

static int on_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                   const git_diff_line *line, void *arg) {
    (void)delta;
    (void)hunk;
    struct patch *p = arg;
    if (!repo_tick(p->repo, NULL)) {
        return -1;
    }
    if (p->out->len + line->content_len >= REPO_DIFF_LIMIT) {
        p->too_large = true;
        return -1;
    }
    if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
        line->origin == GIT_DIFF_LINE_DELETION) {
        str_add_byte(p->out, line->origin);
    }
    const struct sv content = sv_make(line->content, line->content_len);
    if (line->origin == GIT_DIFF_LINE_FILE_HDR) {
        add_header(p, content);
        return 0;
    }
    if (line->origin == GIT_DIFF_LINE_HUNK_HDR) {
        str_add_sv(p->out, str_sv(&p->names));
        str_clear(&p->names);
    }
    str_add_sv(p->out, content);
    return 0;
}

// How alike two files are, as libgit2 finds it by itself, but with a look at the cancel flag.
static const git_hashsig_option_t signature_kind = GIT_HASHSIG_SMART_WHITESPACE;

static int sign_file(void **out, const git_diff_file *file, const char *path, void *arg) {
    (void)file;
    (void)arg;
    const int rc = git_hashsig_create_fromfile((git_hashsig **)out, path, signature_kind);
    return rc == GIT_EBUFS ? 0 : rc; // too small to say
}

static int sign_bytes(void **out, const git_diff_file *file, const char *buf, size_t len,
                      void *arg) {
    (void)file;
    const struct patch *p = arg;
    if (!repo_tick(p->repo, NULL)) {
        return -1;
    }
    const int rc = git_hashsig_create((git_hashsig **)out, buf, len, signature_kind);
    return rc == GIT_EBUFS ? 0 : rc; // too small to say
}

static void free_signature(void *signature, void *arg) {
    (void)arg;
    git_hashsig_free(signature);
}

static int compare_signatures(int *score, void *a, void *b, void *arg) {
    const struct patch *p = arg;
    if (!repo_tick(p->repo, NULL)) {
        return -1;
    }
    const int rc = git_hashsig_compare(a, b);
    *score = MAX(rc, 0);
    return rc < 0 ? rc : 0;
}

static int print_trees(struct patch *p, git_tree *from, git_tree *to) {
    git_diff *diff = NULL;
    git_diff_options opts;
    git_diff_find_options find;
    git_diff_similarity_metric metric = {sign_file, sign_bytes, free_signature, compare_signatures,
                                         p};
    int rc = git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
    rc = rc ? rc : git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    opts.old_prefix = "a";
    opts.new_prefix = "b";
    opts.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
    opts.progress_cb = on_file;
    opts.payload = p;
    find.flags = GIT_DIFF_FIND_RENAMES;
    find.metric = &metric;
    rc = rc ? rc : git_diff_tree_to_tree(&diff, p->repo->impl, from, to, &opts);
    rc = rc ? rc : git_diff_find_similar(diff, &find);
    rc = rc ? rc : git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, on_line, p);
    git_diff_free(diff);
    return rc;
}

// The tree of a commit; NULL (and true) for the empty one.
static bool find_tree(struct repo *repo, struct sv node, git_tree **tree, struct err *err) {
    if (repo_is_null_node(node)) {
        return true;
    }
    git_commit *commit = NULL;
    if (!find_commit(repo, node, &commit, err)) {
        return false;
    }
    const int rc = git_commit_tree(tree, commit);
    git_commit_free(commit);
    return rc == 0 || failed(repo, "a tree cannot be read", err);
}

static bool git_diff_nodes(struct repo *repo, struct sv from, struct sv to, struct str *out,
                           struct err *err) {
    git_tree *old = NULL, *new = NULL;
    struct patch p = {.repo = repo, .out = out};
    bool ok = find_tree(repo, from, &old, err) && find_tree(repo, to, &new, err);
    if (ok && print_trees(&p, old, new) != 0) {
        ok = p.too_large ? err_set(err, ERR_LIMIT, "the difference is larger than %zu MiB",
                                   REPO_DIFF_LIMIT >> 20)
                         : failed(repo, "the commits cannot be compared", err);
    }
    str_done(&p.names);
    git_tree_free(old);
    git_tree_free(new);
    return ok;
}

static bool git_parent(struct repo *repo, struct sv node, struct str *out, struct err *err) {
    git_commit *commit = NULL;
    if (!find_commit(repo, node, &commit, err)) {
        return false;
    }
    struct parents p = {0};
    list_parents(&p, commit);
    str_add_sv(out, p.nodes.ptr[0]);
    array_done(&p.nodes);
    str_done(&p.text);
    git_commit_free(commit);
    return true;
}

const struct repo_ops git_ops = {git_open, git_close, git_log, git_diff_nodes, git_parent};
