// Messages of Git commits, which say themselves how they are encoded.
#ifndef CULPRIT_VCS_GIT_TEXT_H
#define CULPRIT_VCS_GIT_TEXT_H

#include "base/str.h"
#include "base/sv.h"

// Appends the message as UTF-8 without the blanks at its end. `encoding` is the name in the commit,
// NULL = UTF-8; bytes that are not of it become U+FFFD, and so do all that are no UTF-8 when nobody
// knows that encoding.
void git_add_message(struct str *out, struct sv message, const char *encoding);

#endif
