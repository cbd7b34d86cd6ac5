// Short forms for the tables of columns; private to schema.
#ifndef CULPRIT_SCHEMA_COLUMNS_H
#define CULPRIT_SCHEMA_COLUMNS_H

#include "schema/schema.h"

#define NUL     COL_NULLABLE
#define DERIVED COL_DERIVED
#define HIDDEN  COL_HIDDEN
#define EXTRA                                                                                      \
    {                                                                                              \
        "_extra", "large", NUL | HIDDEN, NULL, "Keys of the source that have no column, as JSON.", \
            NULL                                                                                   \
    }
#define RAW(what)                                                                                  \
    {                                                                                              \
        "_raw", "large", NUL | HIDDEN, NULL,                                                       \
            "The source " what " where the columns would not give the same bytes again.", NULL     \
    }
#define TABLE(cols) .columns = (cols), .n_columns = COUNTOF(cols)

#endif
