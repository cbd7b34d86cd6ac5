// Lines of a text input (JSONL), in bounded memory.
#ifndef CULPRIT_BASE_LINE_SCAN_H
#define CULPRIT_BASE_LINE_SCAN_H

#include "base/input.h"

struct line_scan {
    struct input *in;
    uint64_t line; // number of the line last returned, 1-based
    size_t used;   // bytes of the window already handed out
};

struct line {
    struct sv text;  // without LF or CR LF; borrowed until the next call. INPUT_PAD bytes readable
    uint64_t line;   // 1-based
    uint64_t offset; // of its first byte
    bool torn;       // the last line, without a line end
};

void line_scan_init(struct line_scan *scan, struct input *in);
// 1 = a line, 0 = end, -1 = error.
int line_next(struct line_scan *scan, struct line *line, struct err *err) MUST_USE;

#endif
