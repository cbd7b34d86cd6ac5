// Runs a program under a pseudo-terminal and talks to it: for tests of what only a real terminal
// shows (signals, job control, resize, restoring). No screen is emulated: the modes that a
// program switches are followed, and text is looked for in the raw output.
#ifndef CULPRIT_TESTS_PTY_H
#define CULPRIT_TESTS_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "base/str.h"

struct pty {
    int master;
    int slave; // kept open, so that the terminal's settings outlive the program
    pid_t pid;
    struct termios before; // settings when the program was started
    struct str out;        // all output so far
    size_t mark;           // behind the text found last
    bool ended;
    int status; // of waitpid(), when ended
};

// What the program's output has left switched on.
struct pty_modes {
    bool alternate_screen, cursor_hidden, mouse, paste, cursor_keys, keypad;
};

// Starts argv[0] as the leader of a session on a terminal of w x h, with exactly the environment
// `env` ("NAME=value", NULL at the end). Fails the test when that is impossible.
void pty_start(struct pty *p, const char *const *argv, const char *const *env, int w, int h);
// Kills what is left and releases everything.
void pty_stop(struct pty *p);

void pty_send(struct pty *p, const char *bytes);
// Reads until `text` comes after the text found last; false after `timeout_ms`.
bool pty_see(struct pty *p, const char *text, int timeout_ms);
// Reads for a while; for checks that something does not come.
void pty_read_for(struct pty *p, int ms);
// Reads until the program has ended; false after `timeout_ms`.
bool pty_wait_end(struct pty *p, int timeout_ms);
void pty_resize(struct pty *p, int w, int h);

struct pty_modes pty_modes(const struct pty *p);
// All modes off and the settings as before the start.
bool pty_in_order(const struct pty *p);
// The settings are those of before the start.
bool pty_settings_same(const struct pty *p);

#endif
