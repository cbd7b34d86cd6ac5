// A subcommand reads the store: the snapshot and what is damaged in it, said once and never lost.
#ifndef CULPRIT_APP_READING_H
#define CULPRIT_APP_READING_H

#include "app/app.h"
#include "store/store.h"

struct reading {
    struct snapshot *snap;
    struct str damage; // one line each, "dataset: what"
};

// False after printing why.
bool reading_open(struct app *app, struct reading *r);
// What was found wrong with a dataset when the store was opened; empty = nothing. Borrowed.
struct sv reading_damage(const struct reading *r, struct sv dataset);
// Releases everything. `datasets` are the ones that the output was made of: damage in them is an
// error and turns success into EXIT_PARTIAL; damage elsewhere is a note. Both are printed here,
// because some of it is met only when the rows are read.
int reading_close(struct app *app, struct reading *r, const struct sv *datasets, size_t n,
                  int status);

#endif
