// The known name nearest to a word that is none: "did you mean". Pure; any thread.
#ifndef CULPRIT_QUERY_NEAREST_H
#define CULPRIT_QUERY_NEAREST_H

#include "base/sv.h"

// Start with `word` set and the rest zero; `best` stays the NULL view while nothing is near.
struct nearest {
    struct sv word;
    struct sv best; // borrowed from the names looked at
    unsigned cost;
};

// A name that begins with the word (any case) is nearest, then one within two slips.
void nearest_look(struct nearest *n, struct sv name);

#endif
