// The dataset of derivations: which stage was computed from which state of the store.
#ifndef CULPRIT_SCHEMA_DERIVATIONS_H
#define CULPRIT_SCHEMA_DERIVATIONS_H

#include "schema/schema.h"

enum derivations_column {
    DV_STAGE,
    DV_VERSION,
    DV_SETTINGS,
    DV_DATASETS,
    DV_GENERATION,
    DV_ROWS,
    DV_DERIVED,
    DV_N_COLUMNS
};

extern const struct dataset_def schema_derivations;

#endif
