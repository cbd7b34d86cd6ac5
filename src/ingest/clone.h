// The history of a local clone as rows of commits.
#ifndef CULPRIT_INGEST_CLONE_H
#define CULPRIT_INGEST_CLONE_H

#include "ingest/ingest.h"

extern const struct dataset_def *const clone_datasets[];

// The clone in the folder `ig->path`; `ig->in` holds nothing. Parents come before their children.
bool clone_read(struct ingest *ig, struct err *err) MUST_USE;

#endif
