// Writes a text column of a dataset as lines, for peers that read text files.
//
//     bench_lines STORE DATASET COLUMN >FILE
//
// One line a row: line breaks within a text become blanks, so that a count of lines is a count of
// rows; a null is an empty line.
#include <stdio.h>

#include "query/table.h"

static void put_line(struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        putchar_unlocked(text.ptr[i] == '\n' || text.ptr[i] == '\r' ? ' ' : text.ptr[i]);
    }
    putchar_unlocked('\n');
}

static int fail(const struct err *err) {
    fprintf(stderr, "bench_lines: %s\n", err->msg);
    return 2;
}

int main(int argc, char **argv) {
    struct err err = ERR_INIT;
    if (argc != 4) {
        fprintf(stderr, "usage: bench_lines STORE DATASET COLUMN\n");
        return 2;
    }
    struct snapshot *snap = snapshot_open(argv[1], NULL, &err);
    struct table *table = snap ? table_get(snap, sv_cstr(argv[2]), &err) : NULL;
    int col = table ? table_column(table, sv_cstr(argv[3])) : -1;
    if (table && (col < 0 || table_class(table, (size_t)col) != CLASS_TEXT)) {
        err_set(&err, ERR_USAGE, "%s has no text column %s", argv[2], argv[3]);
    }
    if (err.code != ERR_NONE) {
        snapshot_unref(snap);
        return fail(&err);
    }
    for (int64_t row = 0; row < table_n_rows(table); row++) {
        struct cell c = table_cell(table, (size_t)col, row);
        put_line(cell_is_null(c) ? SV_NULL : arrow_get_text(c.col, c.slot));
    }
    snapshot_unref(snap);
    return fflush(stdout) == 0 ? 0 : 2;
}
