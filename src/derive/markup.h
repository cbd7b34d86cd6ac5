// A diff as marked-up text for language models: each file with its added and removed lines, without
// headers and context. A line classifier, not a diff parser: its quirks (lines that begin with
// "-- " are lost, paths are cut at blanks) belong to the published data and are kept. The explorer
// shows diffs by other means (ui/diff.h).
#ifndef CULPRIT_DERIVE_MARKUP_H
#define CULPRIT_DERIVE_MARKUP_H

#include "base/str.h"

// Appends the markup of `diff` (Mercurial's or Git's form), without a last line break. What `out`
// already holds is left alone. Thread-safe.
void diff_markup(struct sv diff, struct str *out);

#endif
