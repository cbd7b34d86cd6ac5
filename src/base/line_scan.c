#include "base/line_scan.h"

#include <string.h>

void line_scan_init(struct line_scan *scan, struct input *in) {
    *scan = (struct line_scan){.in = in};
}

// A byte order mark before the first line is no part of it.
static size_t skip_mark(const struct line_scan *scan) {
    const struct input *in = scan->in;
    bool marked = in->offset == 0 && scan->used == 0 && scan->line == 0 && in->len >= 3 &&
                  memcmp(in->ptr, "\xef\xbb\xbf", 3) == 0;
    return marked ? 3 : 0;
}

// `end` is the line end, or the end of the input.
static void take(struct line_scan *scan, const char *end, bool torn, struct line *line) {
    const struct input *in = scan->in;
    scan->used += skip_mark(scan);
    const char *start = in->ptr + scan->used;
    scan->line++;
    line->line = scan->line;
    line->offset = in->offset + scan->used;
    line->torn = torn;
    line->text = sv_make(start, (size_t)(end - start));
    scan->used = (size_t)(end - in->ptr) + !torn;
    if (line->text.len && end[-1] == '\r') {
        line->text.len--;
    }
}

int line_next(struct line_scan *scan, struct line *line, struct err *err) {
    struct input *in = scan->in;
    for (;;) {
        size_t left = in->len - scan->used;
        const char *start = left ? in->ptr + scan->used : NULL; // nothing is read yet at first
        const char *end = left ? memchr(start, '\n', left) : NULL;
        if (end) {
            take(scan, end, false, line);
            return 1;
        }
        if (in->at_eof) {
            if (left == skip_mark(scan)) {
                return 0;
            }
            take(scan, start + left, true, line);
            return 1;
        }
        size_t used = scan->used;
        scan->used = 0;
        if (!input_more(in, used, err)) {
            return -1;
        }
    }
}
