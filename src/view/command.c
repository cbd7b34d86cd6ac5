#include "view/command.h"

#include <string.h>

const struct command *command_find(struct sv name) {
    for (const struct command *c = commands; c->name; c++) {
        if (sv_is(name, c->name)) {
            return c;
        }
    }
    return NULL;
}

enum { MAX_NAME = 32 };

// Edits (insert, delete, replace) from one text to the other; names are short.
static size_t edit_distance(struct sv a, struct sv b) {
    size_t row[MAX_NAME + 1];
    if (a.len > MAX_NAME || b.len > MAX_NAME) {
        return MAX_NAME;
    }
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replace = corner + (a.ptr[i - 1] != b.ptr[j - 1]);
            corner = row[j];
            row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

const struct command *command_nearest(struct sv name) {
    const struct command *best = NULL;
    size_t best_distance = 0;
    for (const struct command *c = commands; c->name; c++) {
        struct sv other = sv_cstr(c->name);
        size_t distance = sv_starts(other, name) ? 1 : edit_distance(name, other);
        if (!best || distance < best_distance) {
            best = c;
            best_distance = distance;
        }
    }
    // More than a third wrong is another word.
    return best && name.len && best_distance <= MAX((size_t)1, name.len / 3) ? best : NULL;
}
