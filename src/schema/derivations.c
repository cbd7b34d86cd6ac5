#include "schema/derivations.h"

#include "schema/columns.h"

static const struct column_def derivations[] = {
    {"stage", "text", COL_KEY, NULL, "Name of the stage.", NULL},
    {"version", "i32", 0, NULL, "Version of its computation.", NULL},
    {"settings", "text", 0, NULL, "Settings it was made with, as name=value.", NULL},
    {"datasets", "text", 0, NULL, "Datasets it filled; others of the stage were imported.", NULL},
    {"generation", "text", 0, NULL,
     "State of the store it was computed from; inputs that changed later make it out of date.",
     NULL},
    {"rows", "i64", 0, NULL, "Rows of its main dataset.", NULL},
    {"derived", "ts", 0, NULL, "When.", NULL},
};

const struct dataset_def schema_derivations = {
    .name = "derivations",
    .title = "Derivations",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "stage",
    .merge = "stage",
    .sort = "",
    TABLE(derivations),
    .help = "What was computed from other datasets, and from which state of them.",
};
