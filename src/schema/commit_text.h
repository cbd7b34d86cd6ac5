// What commit messages and diffs say by convention.
#ifndef CULPRIT_SCHEMA_COMMIT_TEXT_H
#define CULPRIT_SCHEMA_COMMIT_TEXT_H

#include <stdint.h>

#include "base/str.h"
#include "base/sv.h"

// The bug that a commit message names: digits after "Bug" at its start, unless it begins with
// "revert" or "backed out". The NULL view when there is none.
struct sv commit_bug_id(struct sv message);
// Appends the message without the bug at its start and without the lines that name the review.
void commit_clean_message(struct sv message, struct str *out);
// Files that a diff touches: each begins with a line "diff ...".
int64_t diff_n_files(struct sv diff);

#endif
