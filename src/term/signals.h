// Signals: whatever ends or stops the process, the terminal is put back in order first.
//
// Handlers only write bytes prepared beforehand (signals_set_restore) and call tcsetattr(), both
// safe in a handler; then the default action is raised again, so that the parent sees the true
// cause. SEGV, ABRT, BUS, FPE and ILL also leave a crash report. Process-wide; installed once.
#ifndef CULPRIT_TERM_SIGNALS_H
#define CULPRIT_TERM_SIGNALS_H

#include <stddef.h>
#include <termios.h>

#include "base/err.h"

enum { SIGNALS_RESTORE_BYTES = 512 };

// What a stop or a resize leaves for the event loop.
enum { SIGNAL_RESIZED = 1, SIGNAL_CONTINUED = 2 };

// Installs the handlers (an alternate stack, crash reports under `crash_dir`, which is made now if
// it is missing; NULL = the temporary folder) and the hook of base/err.h. Once; later calls only
// change the folder. Works without a terminal too: then only reports are written.
bool signals_install(const char *crash_dir, struct err *err) MUST_USE;
// From now on a dying process writes `bytes` to `tty_fd` and sets `saved` there. The bytes that
// take the terminal over again after a stop are not the handler's: the event loop draws anew.
void signals_set_restore(int tty_fd, const struct termios *saved, const void *bytes, size_t len);
// The terminal is in order already; handlers leave it alone.
void signals_clear_restore(void);
// Readable after SIGWINCH or SIGCONT; signals_take() reads it empty and returns SIGNAL_ bits.
int signals_fd(void);
unsigned signals_take(void);

// For a handler of somebody else (arrow_sigbus_fallback): restores the terminal, writes the crash
// report of `sig` and ends the process by it. Async-signal-safe as far as backtraces can be.
void term_fatal_signal(int sig);

#endif
