// Where in a view file a fault is. jansson forgets positions, so the line is found again by walking
// the text along the path; that happens only when there is something to report.
#ifndef CULPRIT_VIEW_DEF_PATH_H
#define CULPRIT_VIEW_DEF_PATH_H

#include "base/str.h"

// A step into an object (key) or an array (key NULL, idx); the root has no `up`.
struct def_path {
    const struct def_path *up;
    const char *key;
    size_t idx;
};

// Collects the faults of one file.
struct def_faults {
    const char *source; // file name, for the messages
    struct sv text;     // of the file
    struct str *out;    // lines are appended here
    size_t n;
};

// Appends "FILE:LINE: $.path: message" and a newline.
void def_fault(struct def_faults *faults, const struct def_path *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
// 1-based line of the value at `at`; of its nearest known parent when the text has no such value.
size_t def_line(struct sv text, const struct def_path *at);

#endif
