// link: base
// CSV rows: both kernels must give the same rows, and every row must lie inside the text.
#include <stdlib.h>

#include "base/csv_scan.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void scan(const uint8_t *data, size_t size, bool portable, struct str *out) {
    struct input in;
    struct csv_row row;
    auto_str scratch = STR_INIT;
    int got;
    input_memory(&in, "fuzz", sv_make((const char *)data, size), false);
    csv_force_portable(portable);
    struct csv_scan *csv = csv_open(&in);
    uint64_t end = 0;
    while ((got = csv_next(csv, &row, NULL)) > 0) {
        BUG_ON(row.offset < end || row.offset + row.bytes.len > size || !row.n_fields);
        end = row.offset + row.bytes.len;
        str_addf(out, "%llu %llu %d\n", (unsigned long long)row.line,
                 (unsigned long long)row.offset, row.unterminated);
        for (size_t i = 0; i < row.n_fields; i++) {
            struct sv text = csv_text(&row.fields[i], &scratch);
            str_addf(out, "%zu:", text.len);
            str_add_sv(out, text);
        }
    }
    BUG_ON(got != 0);
    csv_close(csv);
    input_close(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    auto_str fast = STR_INIT, portable = STR_INIT;
    scan(data, size, false, &fast);
    scan(data, size, true, &portable);
    BUG_ON(!sv_eq(str_sv(&fast), str_sv(&portable)));
    return 0;
}
