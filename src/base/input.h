// Bytes from a file or memory, in bounded pieces, for the scanners.
//
// A scanner keeps a window [ptr, ptr + len) of the input. input_more() keeps the unread tail,
// moves it to the front and reads on, so that the window grows only when one record is longer
// than a block. Files are read, never mapped: another program may truncate them under us.
#ifndef CULPRIT_BASE_INPUT_H
#define CULPRIT_BASE_INPUT_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sv.h"

enum {
    INPUT_BLOCK = 8 * 1024 * 1024,
    INPUT_PAD = 64, // readable zero bytes behind the window, for scanners that load 64 at once
};
// One record (a CSV row, a JSONL line) may not be longer than this.
#define INPUT_RECORD_LIMIT ((size_t)1 << 30)

struct input {
    char *name; // base name, for messages
    int fd;     // -1: memory
    char *buf;  // owned window memory; NULL for memory input
    const char *ptr;
    size_t len;
    size_t cap;
    uint64_t offset;     // of ptr[0] in the file
    uint64_t size_bytes; // of the file, for progress; 0 = unknown
    bool at_eof;         // nothing follows the window
    const atomic_bool *cancel;
};

// The file must be a regular file or a pipe; a directory is refused with a clear message.
bool input_open(struct input *in, const char *path, struct err *err) MUST_USE;
// `bytes` must stay and must have INPUT_PAD readable bytes behind it only if `padded`; otherwise
// they are copied.
void input_memory(struct input *in, const char *name, struct sv bytes, bool padded);
// Drops the first `used` bytes of the window and reads more. False on a read error, on
// cancellation or when the record limit is reached. At end of file sets at_eof and returns true.
bool input_more(struct input *in, size_t used, struct err *err) MUST_USE;
void input_close(struct input *in);

// Window size for inputs that are opened later; 0 = INPUT_BLOCK. Lets tests put a record across
// the end of a window without megabytes of text. Set before threads start.
void input_set_block_for_tests(size_t bytes);

#endif
