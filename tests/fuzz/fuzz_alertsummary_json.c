// link: ingest
// An answer of the alert service through its reader.
#include "reader_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_reader("alertsummary.json", alertsummary_json_read, sv_make((const char *)data, size));
    return 0;
}
