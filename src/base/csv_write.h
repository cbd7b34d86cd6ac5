// Writes one CSV field: quoted only when it holds the separator, a quote, CR or LF (what pandas and
// Python's csv module do by default). Quoting itself is libcsv's.
#ifndef CULPRIT_BASE_CSV_WRITE_H
#define CULPRIT_BASE_CSV_WRITE_H

#include "base/str.h"

// `sep` is ',' for CSV. For TSV use str_add_tsv: tab, newline, CR and backslash become \t \n \r \\.
void str_add_csv(struct str *out, struct sv field, char sep);
void str_add_tsv(struct str *out, struct sv field);

#endif
