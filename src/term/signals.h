// Signals: whatever ends or stops the process, the terminal is put back in order first.
//
// Handlers only write bytes prepared beforehand (signals_arm) and call tcsetattr(), both safe in a
// handler; then the default action is raised again, so that the parent sees the true cause. SEGV,
// ABRT, BUS, FPE and ILL also leave a crash report. Process-wide; installed once, before threads.
// A SIGBUS handler that is there already (arrow/arrow_map.h) is left in place: give it
// term_fatal_signal() as its fallback.
#ifndef CULPRIT_TERM_SIGNALS_H
#define CULPRIT_TERM_SIGNALS_H

#include <stddef.h>
#include <termios.h>

#include "base/err.h"
#include "base/sv.h"

enum { SIGNALS_RESTORE_BYTES = 512 };

// What a stop or a resize leaves for the event loop.
enum { SIGNAL_RESIZED = 1, SIGNAL_CONTINUED = 2 };

// Installs the handlers, the hook of base/err.h and one for exit(). Crash reports go to
// `crash_dir`, made when the first one is written; NULL or too long = $TMPDIR, /tmp. Later calls
// only change the folder. Works without a terminal too: then only reports are written.
bool signals_install(const char *crash_dir, struct err *err) MUST_USE;
// From now on a dying or stopping process writes `bytes` (cut at SIGNALS_RESTORE_BYTES) to `tty_fd`
// and sets `saved` there.
void signals_arm(int tty_fd, const struct termios *saved, struct sv bytes);
// The terminal is in order; handlers leave it alone. While a foreground child has it (`waiting`),
// INT and QUIT, which the terminal sends to both, do not end us.
void signals_disarm(bool waiting);
// Readable after SIGWINCH or SIGCONT; signals_take() reads it empty and returns SIGNAL_ bits. -1
// before signals_install().
int signals_fd(void);
unsigned signals_take(void);
// Stops the process group as Ctrl-Z does, and returns when it is continued. Disarm before.
void signals_stop_group(void);

// For a handler of somebody else: restores the terminal, writes the crash report of `sig` and
// ends the process by it.
void term_fatal_signal(int sig);

#endif
