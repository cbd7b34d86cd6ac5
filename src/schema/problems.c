#include "schema/problems.h"

static const struct column_def columns[] = {
    {"format", "dict", COL_KEY, NULL, "Format the file was read as.", NULL},
    {"file", "dict", COL_KEY, NULL, "Name of the file, without its folder.", NULL},
    {"line", "i64", COL_NULLABLE, NULL, "Line of the file where the row begins, from 1.", NULL},
    {"offset", "i64", COL_NULLABLE, "bytes", "Byte of the file where the row begins, from 0.",
     NULL},
    {"column", "text", COL_NULLABLE, NULL, "Column or key of the value that is wrong.", NULL},
    {"reason", "text", 0, NULL, "What is wrong and what was done about it.", NULL},
    {"sample", "text", COL_NULLABLE, NULL, "The first bytes of what could not be read.", NULL},
};

// No time stamps: importing the same file again must change nothing.
const struct dataset_def schema_problems = {
    .name = "problems",
    .title = "Problems",
    .version = 1,
    .kind = DATASET_KEYED,
    .key = "",
    .merge = "format,file",
    .sort = "",
    .columns = columns,
    .n_columns = COUNTOF(columns),
    .help = "Rows and values that imports could not read, with their place in the file. Importing "
            "a file again replaces its rows here.",
};
