// Child processes, always by argv, never through a shell.
#ifndef CULPRIT_BASE_CHILD_H
#define CULPRIT_BASE_CHILD_H

#include "base/err.h"

// Runs argv in the foreground with the caller's terminal and waits. `*status` is the exit status,
// or 128 + signal.
bool child_run(const char *const *argv, int *status, struct err *err) MUST_USE;
// Starts argv detached (own session, no terminal, null input and output); does not wait.
bool child_spawn(const char *const *argv, struct err *err) MUST_USE;
// The same with `in_fd` (borrowed) as its input.
bool child_spawn_input(const char *const *argv, int in_fd, struct err *err) MUST_USE;

#endif
