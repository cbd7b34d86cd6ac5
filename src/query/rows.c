#include "query/query_int.h"

void rows_done(struct rows *rows) {
    free(rows->idx);
    *rows = (struct rows){0};
}

void rows_all(struct rows *rows, int64_t n_rows) {
    size_t n = n_rows > 0 ? (size_t)n_rows : 0;
    rows->idx = xreallocarray(NULL, n + 1, sizeof *rows->idx);
    rows->n = n;
    for (size_t i = 0; i < n; i++) {
        rows->idx[i] = (uint32_t)i;
    }
}
