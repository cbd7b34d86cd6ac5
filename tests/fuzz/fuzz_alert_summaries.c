// link: ingest
// alert_summaries.csv through its reader.
#include "reader_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_reader("alert_summaries.csv", alert_summaries_csv_read,
                 sv_make((const char *)data, size));
    return 0;
}
