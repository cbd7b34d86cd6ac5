// Rows taken from one schema into another: columns by name, missing ones null.
#include <stdlib.h>

#include "base/num.h"
#include "store/store_int.h"

int schema_number(const struct arrow_schema *schema) {
    struct sv text = arrow_metadata(schema->metadata, schema->n_metadata, "culprit:schema");
    int64_t number;
    if (!text.len || !num_parse_i64(text, &number) || number < 0 || number > INT32_MAX) {
        return 0;
    }
    return (int)number;
}

void column_map_init(struct column_map *map, const struct arrow_schema *to,
                     const struct arrow_schema *from) {
    *map = (struct column_map){.to = to};
    map->source = xcalloc(to->n_fields + 1, sizeof *map->source);
    map->plain = to->n_fields == from->n_fields;
    map->direct = true;
    for (size_t i = 0; i < to->n_fields; i++) {
        int col = arrow_field_index(from, to->fields[i].name);
        bool equal = col >= 0 && arrow_field_equal(&to->fields[i], &from->fields[col]);
        map->source[i] = col;
        map->direct = map->direct && equal;
        map->plain = map->plain && equal && col == (int)i;
    }
}

void column_map_done(struct column_map *map) {
    free(map->source);
    *map = (struct column_map){0};
}

bool rows_equal(const struct column_map *map, const struct arrow_batch *to, int64_t to_slot,
                const struct arrow_batch *from, int64_t from_slot) {
    for (size_t i = 0; i < map->to->n_fields; i++) {
        const struct arrow_col *a = &to->cols[i];
        bool same = map->source[i] < 0
                        ? arrow_is_null(a, to_slot)
                        : arrow_cell_equal(a, to_slot, &from->cols[map->source[i]], from_slot);
        if (!same) {
            return false;
        }
    }
    return true;
}

const struct arrow_batch *row_seek(struct row_cursor *cur, int64_t row, int64_t *slot,
                                   struct err *err) {
    if (cur->batch && row >= cur->batch->first_row &&
        row - cur->batch->first_row < cur->batch->n_rows) {
        *slot = row - cur->batch->first_row;
        return cur->batch;
    }
    size_t batch_idx = arrow_find_batch(cur->file, row, slot);
    cur->batch = arrow_batch(cur->file, batch_idx, err);
    if (cur->batch && (*slot < 0 || *slot >= cur->batch->n_rows)) {
        err_set_sub(err, ERR_FORMAT, ARROW_ERR_BAD_METADATA, "%s: row %lld is in no batch",
                    arrow_path(cur->file), (long long)row);
        cur->batch = NULL;
    }
    return cur->batch;
}

// Columns of equal types go straight over: arrow_copy_row() looks for them by name each time the
// file changes, and a merge by sort order may change it at every row.
bool row_copy(struct arrow_writer *w, const struct column_map *map, struct row_cursor *cur,
              int64_t row, struct err *err) {
    int64_t slot;
    const struct arrow_batch *batch = row_seek(cur, row, &slot, err);
    if (!batch) {
        return false;
    }
    if (!map->direct) {
        return arrow_copy_row(w, cur->file, row, err);
    }
    for (size_t i = 0; i < map->to->n_fields; i++) {
        arrow_copy_cell(arrow_column(w, i), &batch->cols[map->source[i]], slot);
    }
    return arrow_row_end(w, err);
}
