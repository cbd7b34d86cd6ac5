// Crash reports: what happened and where, for a bug report. Written from a signal handler, after
// the terminal is in order again.
#ifndef CULPRIT_TERM_CRASH_H
#define CULPRIT_TERM_CRASH_H

enum { CRASH_TIMEOUT_S = 5 };

// Where reports go; NULL or too long = $TMPDIR or /tmp. The last folder of the path is made when
// it is missing.
void crash_set_folder(const char *path);
// Loads what a backtrace needs, so that none of it happens in the handler.
void crash_prepare(void);
// Writes the report (signal, address, backtrace, memory map) and says its name on standard error;
// when no file can be written, the backtrace goes there.
void crash_report(int sig, const void *address);

#endif
