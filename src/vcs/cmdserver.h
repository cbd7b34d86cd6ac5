// One `hg serve --cmdserver pipe`: a Mercurial that stays and answers one command after another.
//
// It sees nothing of the user's configuration nor of the clone's own: HGRCPATH is empty, HGPLAIN
// set, .hg/hgrc is skipped, every other HG* variable and the locale are gone. What it writes to the
// standard error output is kept for messages. When anything goes wrong in the middle of an answer
// (a cancellation, too) the process is ended, since nobody knows where its output stands.
// One thread at a time.
#ifndef CULPRIT_VCS_CMDSERVER_H
#define CULPRIT_VCS_CMDSERVER_H

#include <stdatomic.h>

#include "base/child.h"
#include "base/str.h"
#include "vcs/channel.h"

struct cmdserver {
    struct child child;
    struct channel channel;
    struct str errors; // of the running command; the last few KiB
    struct str said;   // on the standard error output; likewise
    const atomic_bool *cancel;
};

// Starts it for the clone in `path` (absolute) and waits for its greeting. ERR_IO when hg is not
// there or does not answer as it should; ERR_CANCELLED. After a failure nothing is running.
bool cmdserver_open(struct cmdserver *s, const char *path, const atomic_bool *cancel,
                    struct err *err) MUST_USE;
// Also of one that failed to open or has ended since.
void cmdserver_close(struct cmdserver *s);
bool cmdserver_is_open(const struct cmdserver *s);

// Gets the output of a command in pieces; false ends the command.
typedef bool cmdserver_out_fn(void *arg, struct sv bytes, struct err *err);
// Runs one command, args NULL at the end; `*status` is its exit status. False when it was cancelled
// before it began, and (then the process is gone) when it could not be brought to its end. No
// argument may be taken from outside unchecked.
bool cmdserver_run(struct cmdserver *s, const char *const *args, cmdserver_out_fn *out, void *arg,
                   int *status, struct err *err) MUST_USE;
// Why the last command was not carried out, from its error channel: one line without "abort: ";
// empty = it said nothing.
struct sv cmdserver_errors(const struct cmdserver *s);

// How long hg may say nothing, in ms; 0 = as usual. For tests.
void cmdserver_set_timeout_for_tests(int ms);

#endif
