// Looking for a fixed text in a large buffer, exactly or with ASCII case folded, and the fixed
// texts that every match of a regular expression must hold. Private to `query`.
//
// The search compares two bytes of the text, chosen for being rare, at 64 places a step in loops
// that compilers turn into vector code, and looks at the whole text only where both agree.
#ifndef CULPRIT_QUERY_LITERAL_INT_H
#define CULPRIT_QUERY_LITERAL_INT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/sv.h"

struct literal {
    struct sv text; // lower case when folded
    bool folded;
    size_t at_a, at_b;  // offsets of the two probed bytes
    uint8_t a, b;       // what is expected there ...
    uint8_t or_a, or_b; // ... after these bits have been set (case folding)
};

// `text` is copied into the arena; at least one byte.
void literal_init(struct literal *lit, struct sv text, bool folded, struct arena *a);
// First place at or after `from`; SIZE_MAX = none.
size_t literal_find(const struct literal *lit, const char *text, size_t len, size_t from);

enum { MAX_LITERALS = 8 };

// A text matches the pattern only if it holds one of these. n = 0: nothing is known.
struct literal_set {
    struct literal of[MAX_LITERALS];
    size_t n;
};

// True when Unicode case folding of this text is ASCII folding: no bytes above 127, and neither
// 'k' nor 's', which U+212A and U+017F fold to.
bool literal_folds_plainly(struct sv text);
// What a PCRE pattern demands. `folded`: the pattern may be matched without case.
void pattern_literals(struct sv pattern, bool folded, struct arena *a, struct literal_set *out);
// What a text that is looked for as it is demands.
void text_literals(struct sv text, bool folded, struct arena *a, struct literal_set *out);

#endif
