// The dataset "datasets": what the store holds, one row each. It is in no file: a view of it builds
// a small Arrow file in memory from the snapshot and reads that like any other dataset, so that
// filters, sorting, cells and exports need no second way.
#ifndef CULPRIT_VIEW_OVERVIEW_H
#define CULPRIT_VIEW_OVERVIEW_H

#include "schema/schema.h"

extern const struct dataset_def overview_dataset;

// A snapshot that holds only the dataset "datasets", made from `snap`. Owned by the caller.
struct snapshot *overview_snapshot(struct snapshot *snap, struct err *err) MUST_USE;

#endif
