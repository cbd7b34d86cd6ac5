// link: arrow
// A whole Arrow file: open, every batch, every cell, full check, checksums, copying. Whatever the
// bytes, nothing may be read outside of them.
#include <stddef.h>
#include <stdint.h>

#include "arrow/arrow_read.h"
#include "arrow/arrow_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SLOTS = 300, MAX_ITEMS = 50, MAX_COPIED = 20 };

static uint64_t sum; // keeps the reads from being optimised away

static void look_text(struct sv text) {
    if (text.len) {
        sum += (unsigned char)text.ptr[0] + (unsigned char)text.ptr[text.len - 1];
    }
}

static void look(const struct arrow_col *col, int64_t slot) {
    int64_t from;
    int64_t to;
    sum += arrow_is_null(col, slot) + arrow_get_bool(col, slot);
    sum += (uint64_t)arrow_get_i64(col, slot);
    sum += arrow_get_f64(col, slot) > 0;
    look_text(arrow_get_text(col, slot));
    sum += arrow_cell_equal(col, slot, col, slot + 1);
    if (arrow_get_list(col, slot, &from, &to)) {
        for (int64_t i = from; i < to && i < from + MAX_ITEMS; i++) {
            look(&col->children[0], i);
        }
    }
    for (size_t i = 0; col->field->kind == ARROW_STRUCT && i < col->field->n_children; i++) {
        look(&col->children[i], slot);
    }
}

static void look_batches(struct arrow_file *file) {
    for (size_t b = 0; b < arrow_n_batches(file) && b < MAX_ITEMS; b++) {
        const struct arrow_batch *batch = arrow_batch(file, b, NULL);
        for (size_t i = 0; batch && i < arrow_schema(file)->n_fields; i++) {
            const struct arrow_col *col = &batch->cols[i];
            for (int64_t slot = -1; slot <= batch->n_rows && slot < MAX_SLOTS; slot++) {
                look(col, slot);
            }
            look(col, batch->n_rows - 1);
        }
    }
}

static void look_schema(const struct arrow_schema *schema) {
    char name[64];
    for (size_t i = 0; i < schema->n_fields; i++) {
        arrow_type_name(&schema->fields[i], name);
        sum += (uint64_t)arrow_field_index(schema, schema->fields[i].name);
        sum += arrow_field_equal(&schema->fields[i], &schema->fields[0]);
        for (size_t p = 0; p < schema->fields[i].n_metadata; p++) {
            look_text(schema->fields[i].metadata[p].value);
        }
    }
}

static void copy_rows(struct arrow_file *file) {
    struct arrow_writer *w = arrow_writer_new(arrow_schema(file), NULL, NULL);
    for (int64_t row = 0; w && row < arrow_n_rows(file) && row < MAX_COPIED; row++) {
        if (!arrow_copy_row(w, file, row, NULL)) {
            arrow_row_undo(w);
        }
    }
    arrow_writer_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = ERR_INIT;
    struct arrow_file *file = arrow_open_memory("fuzz", data, size, &err);
    if (!file) {
        return 0;
    }
    look_schema(arrow_schema(file));
    look_text(arrow_footer(file, "culprit:zones"));
    look_batches(file);
    sum += arrow_check_full(file, &err) + arrow_check_crc(file, &err);
    copy_rows(file);
    arrow_unref(file);
    return 0;
}
