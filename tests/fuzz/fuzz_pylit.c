// link: base
// Python literals: tokens nest rightly and stay readable; the copy of a value reads back to the
// same.
#include "doc_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_doc(sv_make((const char *)data, size), true);
    return 0;
}
