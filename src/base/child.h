// Child processes, always by argv, never through a shell.
#ifndef CULPRIT_BASE_CHILD_H
#define CULPRIT_BASE_CHILD_H

#include <sys/types.h>

#include "base/err.h"

// Runs argv in the foreground with the caller's terminal and waits. `*status` is the exit status,
// or 128 + signal.
bool child_run(const char *const *argv, int *status, struct err *err) MUST_USE;
// Starts argv detached (own session, no terminal, null input and output); does not wait.
bool child_spawn(const char *const *argv, struct err *err) MUST_USE;
// The same with `in_fd` (borrowed) as its input.
bool child_spawn_input(const char *const *argv, int in_fd, struct err *err) MUST_USE;

// --- a child to talk to -------------------------------------------------------------------------

// Its ends are ours and close on exec. `in_fd` is a socket, so that send(MSG_NOSIGNAL) to a child
// that has ended is an error and no signal.
struct child {
    pid_t pid; // -1 = none
    int in_fd, out_fd, err_fd;
};
#define CHILD_NONE ((struct child){-1, -1, -1, -1})

// Starts argv in a process group of its own (the keys of the terminal do not reach it) with the
// environment `env`, NULL at the end. ERR_NOT_FOUND when there is no such program.
bool child_open(struct child *c, const char *const *argv, char *const *env,
                struct err *err) MUST_USE;
// Closes the ends and waits until it has ended: `grace_ms` for it to do so by itself, the same time
// again after SIGTERM, then everything in its group is killed. 0 asks at once. Returns the exit
// status or 128 + signal, -1 for CHILD_NONE.
int child_close(struct child *c, int grace_ms);

#endif
