#include "query/nearest.h"

#include "base/attr.h"
#include "base/num.h"

enum { MAX_LEN = 40, MAX_SLIPS = 2 };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

// Letters to add, drop or replace; a blank and an underscore are the same.
static unsigned distance(struct sv a, struct sv b) {
    unsigned row[MAX_LEN + 1];
    for (unsigned i = 0; i <= b.len; i++) {
        row[i] = i;
    }
    for (size_t i = 0; i < a.len; i++) {
        unsigned corner = row[0]++;
        for (size_t j = 0; j < b.len; j++) {
            const char c = lower(b.ptr[j]);
            const bool same = lower(a.ptr[i]) == (c == ' ' ? '_' : c);
            const unsigned replaced = corner + !same;
            corner = row[j + 1];
            row[j + 1] = MIN(replaced, MIN(row[j], corner) + 1);
        }
    }
    return row[b.len];
}

void nearest_look(struct nearest *n, struct sv name) {
    if (n->word.len < 2 || n->word.len > MAX_LEN || name.len > MAX_LEN) {
        return;
    }
    const bool begins =
        name.len >= n->word.len && sv_eq_nocase(sv_sub(name, 0, n->word.len), n->word);
    const unsigned cost = begins ? 0 : distance(n->word, name);
    if (cost > MAX_SLIPS || (!begins && cost >= n->word.len - 1)) {
        return;
    }
    if (!n->best.ptr || cost < n->cost) {
        n->best = name;
        n->cost = cost;
    }
}
