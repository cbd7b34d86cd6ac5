// A Mercurial clone through the command server.
#include <stdlib.h>

#include "base/alloc.h"
#include "vcs/cmdserver.h"
#include "vcs/hg_log.h"
#include "vcs/repo_int.h"

// HGPLAIN and HGRCSKIPREPO see to it already; a Mercurial that does not know the latter reads the
// clone's own configuration.
#define PLAIN_DIFF                                                                                 \
    "--config", "diff.git=no", "--config", "diff.nodates=no", "--config", "diff.showfunc=no",      \
        "--config", "diff.unified=3", "--config", "diff.noprefix=no", "--config",                  \
        "diff.nobinary=no", "--config", "diff.ignorews=no", "--config", "diff.ignorewsamount=no",  \
        "--config", "diff.ignoreblanklines=no", "--config", "diff.ignorewseol=no", "--config",     \
        "diff.word-diff=no", "--config", "experimental.xdiff=no"

struct hg {
    struct cmdserver server;
    bool opened;
};

static bool open_server(struct repo *repo, struct err *err) {
    struct hg *hg = repo->impl;
    if (hg->opened && cmdserver_is_open(&hg->server)) {
        hg->server.cancel = repo->cancel;
        return true;
    }
    if (hg->opened) {
        cmdserver_close(&hg->server);
    }
    hg->opened = cmdserver_open(&hg->server, repo->path, repo->cancel, err);
    return hg->opened;
}

static bool hg_open(struct repo *repo, struct err *err) {
    repo->impl = xcalloc(1, sizeof(struct hg));
    return open_server(repo, err);
}

static void hg_close(struct repo *repo) {
    struct hg *hg = repo->impl;
    if (hg && hg->opened) {
        cmdserver_close(&hg->server);
    }
    free(hg);
}

// What hg says about a command that it did not carry out.
static bool refused(struct hg *hg, int status, struct err *err) {
    static const struct sv unknown[] = {
        SV_INIT("unknown revision"),
        SV_INIT("hidden revision"),
        SV_INIT("filtered revision"),
    };
    const struct sv said = cmdserver_errors(&hg->server);
    enum err_code code = ERR_FORMAT;
    for (size_t i = 0; i < COUNTOF(unknown); i++) {
        code = sv_starts(said, unknown[i]) ? ERR_NOT_FOUND : code;
    }
    if (!said.len) {
        return err_set(err, code, "Mercurial (hg) ended the command with status %d", status);
    }
    return err_set(err, code, "Mercurial says: %.*s", SV_ARG(sv_sub(said, 0, 300)));
}

static bool run(struct repo *repo, const char *const *args, cmdserver_out_fn *out, void *arg,
                struct err *err) {
    struct hg *hg = repo->impl;
    int status = 0;
    return open_server(repo, err) && cmdserver_run(&hg->server, args, out, arg, &status, err) &&
           (status == 0 || refused(hg, status, err));
}

static bool feed_log(void *arg, struct sv bytes, struct err *err) {
    return hg_log_feed(arg, bytes, err);
}

static bool hg_log(struct repo *repo, repo_commit_fn *fn, void *arg, struct err *err) {
    // Not the keyword {desc}: it strips blanks at the beginning.
    static const char *const args[] = {
        "log", "-r", "all()", "-T", "json(node, desc, date, parents)", PLAIN_DIFF, NULL};
    struct hg_log log;
    hg_log_init(&log, fn, arg);
    const bool ok = run(repo, args, feed_log, &log, err) && hg_log_end(&log, err);
    hg_log_done(&log);
    return ok;
}

static bool add_output(void *arg, struct sv bytes, struct err *err) {
    struct str *out = arg;
    if (out->len + bytes.len > REPO_DIFF_LIMIT) {
        return err_set(err, ERR_LIMIT, "the difference is larger than %zu MiB",
                       REPO_DIFF_LIMIT >> 20);
    }
    str_add_sv(out, bytes);
    return true;
}

static void copy_node(char text[REPO_NODE_LEN + 1], struct sv node) {
    memcpy(text, node.ptr, REPO_NODE_LEN);
    text[REPO_NODE_LEN] = '\0';
}

static bool hg_diff(struct repo *repo, struct sv from, struct sv to, struct str *out,
                    struct err *err) {
    char a[REPO_NODE_LEN + 1], b[REPO_NODE_LEN + 1];
    copy_node(a, from);
    copy_node(b, to);
    const char *const args[] = {"diff", "-r", a, "-r", b, PLAIN_DIFF, NULL};
    return run(repo, args, add_output, out, err);
}

static bool hg_parent(struct repo *repo, struct sv node, struct str *out, struct err *err) {
    char text[REPO_NODE_LEN + 1];
    copy_node(text, node);
    const size_t n_before = out->len;
    const char *const args[] = {"log", "-r", text, "-T", "{p1node}", PLAIN_DIFF, NULL};
    return run(repo, args, add_output, out, err) &&
           (repo_is_node(sv_from(str_sv(out), n_before)) ||
            err_set(err, ERR_FORMAT, "Mercurial (hg) names no parent of %s", text));
}

const struct repo_ops hg_ops = {hg_open, hg_close, hg_log, hg_diff, hg_parent};
