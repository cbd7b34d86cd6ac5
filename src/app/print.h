// What subcommands print. Data and file names are not ours: on a terminal no control character of
// theirs reaches it, in a file or pipe the bytes are exact. Messages are made safe everywhere.
#ifndef CULPRIT_APP_PRINT_H
#define CULPRIT_APP_PRINT_H

#include "base/err.h"
#include "base/str.h"

// Appends `text` with control characters (but line feed and tab) as ^X, a carriage return before
// a line feed dropped, marks of writing direction dropped, bytes that are no UTF-8 as U+FFFD.
void print_safe(struct str *out, struct sv text);

// Writes to standard output, made safe when that is a terminal. `arg` is not used; the signature is
// that of export_rows().
bool print_stdout(void *arg, struct sv bytes, struct err *err) MUST_USE;
// The same for what `write` puts into the file descriptor it is given.
bool print_through(bool (*write)(void *arg, int fd, struct err *err), void *arg,
                   struct err *err) MUST_USE;

// Flushes standard output. False with `err` when what was printed did not get there; a reader that
// went away (`culprit ... | head -1`) is no failure.
bool print_flush(struct err *err) MUST_USE;
// Is the reader of standard output gone?
bool print_reader_gone(void);

// "1 problem", "2 problems": the number and the word.
void print_count(struct str *out, long long n, const char *one, const char *many);

#endif
