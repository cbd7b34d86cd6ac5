// The answer of `hg log -T 'json(node, desc, date, parents)'`, read as it comes: a line "[", one
// object a line, a line "]". Memory is that of the longest line.
#ifndef CULPRIT_VCS_HG_LOG_H
#define CULPRIT_VCS_HG_LOG_H

#include "base/array.h"
#include "base/doc.h"
#include "vcs/repo.h"

struct hg_log {
    repo_commit_fn *fn;
    void *arg;
    // Private from here.
    struct str line; // what came of a line that is not complete
    struct str texts;
    ARRAY(struct sv) parents;
    struct doc doc;
    bool has_doc, begun, ended;
    uint64_t n_lines;
};

void hg_log_init(struct hg_log *log, repo_commit_fn *fn, void *arg);
void hg_log_done(struct hg_log *log);
// Bytes in pieces of any size. False when `fn` said so, and ERR_FORMAT for what is no such log.
bool hg_log_feed(struct hg_log *log, struct sv bytes, struct err *err) MUST_USE;
// To be called at the end: ERR_FORMAT when the log is not whole.
bool hg_log_end(const struct hg_log *log, struct err *err) MUST_USE;

#endif
