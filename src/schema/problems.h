// The problems dataset: what imports could not read, one row each.
#ifndef CULPRIT_SCHEMA_PROBLEMS_H
#define CULPRIT_SCHEMA_PROBLEMS_H

#include "schema/schema.h"

enum problems_column {
    PROBLEMS_FORMAT,
    PROBLEMS_FILE,
    PROBLEMS_LINE,
    PROBLEMS_OFFSET,
    PROBLEMS_COLUMN,
    PROBLEMS_REASON,
    PROBLEMS_SAMPLE,
};

extern const struct dataset_def schema_problems;

#endif
