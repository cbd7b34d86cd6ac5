#include <math.h>
#include <stdlib.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_write_int.h"
#include "base/alloc.h"

static bool is_text(enum arrow_kind kind) {
    return kind == ARROW_UTF8 || kind == ARROW_LARGE_UTF8 || kind == ARROW_DICT;
}

static bool is_int(enum arrow_kind kind) {
    return kind >= ARROW_I8 && kind <= ARROW_U64;
}

static bool is_float(enum arrow_kind kind) {
    return kind == ARROW_F32 || kind == ARROW_F64;
}

static const struct arrow_field *child_named(const struct arrow_field *f, struct sv name) {
    for (size_t i = 0; i < f->n_children; i++) {
        if (sv_eq(f->children[i].name, name)) {
            return &f->children[i];
        }
    }
    return NULL;
}

// Equal types, and those that a newer schema may widen: integers and floats to as wide a type or a
// wider one, any text to any text, records by the names of their members.
static bool can_copy(const struct arrow_field *to, const struct arrow_field *from) {
    if (is_text(to->kind)) {
        return is_text(from->kind);
    }
    if (is_int(to->kind)) {
        return is_int(from->kind) && arrow_width(from->kind) <= arrow_width(to->kind);
    }
    if (is_float(to->kind)) {
        return is_float(from->kind) && arrow_width(from->kind) <= arrow_width(to->kind);
    }
    if (to->kind != from->kind) {
        return false;
    }
    if (to->kind == ARROW_FIXED_BINARY) {
        return to->byte_width == from->byte_width;
    }
    if (to->kind == ARROW_TIMESTAMP) {
        return to->unit == from->unit;
    }
    if (to->kind == ARROW_LIST) {
        return can_copy(&to->children[0], &from->children[0]);
    }
    for (size_t i = 0; i < to->n_children; i++) {
        const struct arrow_field *child = child_named(from, to->children[i].name);
        if (child && !can_copy(&to->children[i], child)) {
            return false;
        }
    }
    return true;
}

static void copy_code(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    int64_t code = arrow_get_i64(col, slot);
    struct sv value = code < 0 ? SV_NULL : arrow_dict_value(col->dict, (uint32_t)code);
    if (!value.ptr) {
        builder_add_empty(b);
        return;
    }
    if (b->remap_dict != col->dict || b->n_remap != col->dict->n_values) {
        b->remap_dict = col->dict;
        b->n_remap = col->dict->n_values;
        b->remap = xreallocarray(b->remap, b->n_remap, sizeof *b->remap);
        memset(b->remap, 0xff, b->n_remap * sizeof *b->remap);
    }
    uint32_t hint = b->remap[code];
    if (hint < b->dict->n && sv_eq(intern_value(b->dict, hint), value)) {
        builder_add_code(b, hint);
    } else {
        arrow_add_text(b, value);
        b->remap[code] = b->last_code;
    }
}

static void copy_text(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    struct sv text = arrow_get_text(col, slot);
    if (text.ptr) {
        arrow_add_text(b, text);
    } else {
        builder_add_empty(b);
    }
}

static void copy_list(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    int64_t from;
    int64_t to;
    if (!arrow_get_list(col, slot, &from, &to)) {
        builder_add_empty(b);
        return;
    }
    arrow_list_begin(b);
    for (int64_t i = from; i < to; i++) {
        arrow_copy_cell(&b->children[0], &col->children[0], i);
    }
    arrow_list_end(b);
}

static const struct arrow_col *member(const struct arrow_col *col, size_t idx, struct sv name) {
    if (idx < col->field->n_children && sv_eq(col->children[idx].field->name, name)) {
        return &col->children[idx];
    }
    const struct arrow_field *f = child_named(col->field, name);
    return f ? &col->children[f - col->field->children] : NULL;
}

static void copy_struct(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    for (size_t i = 0; i < b->n_children; i++) {
        const struct arrow_col *from = member(col, i, b->children[i].field->name);
        if (from) {
            arrow_copy_cell(&b->children[i], from, slot);
        } else {
            builder_add_empty(&b->children[i]);
        }
    }
    arrow_struct_end(b);
}

static void copy_value(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    switch ((int)b->kind) {
    case ARROW_BOOL:
        arrow_add_bool(b, arrow_get_bool(col, slot));
        return;
    case ARROW_F32:
    case ARROW_F64:
        arrow_add_f64(b, arrow_get_f64(col, slot));
        return;
    case ARROW_DICT:
        if (col->field->kind == ARROW_DICT) {
            copy_code(b, col, slot);
            return;
        }
        copy_text(b, col, slot);
        return;
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
    case ARROW_FIXED_BINARY:
        copy_text(b, col, slot);
        return;
    case ARROW_LIST:
        copy_list(b, col, slot);
        return;
    case ARROW_STRUCT:
        copy_struct(b, col, slot);
        return;
    default:
        arrow_add_i64(b, arrow_get_i64(col, slot));
    }
}

void arrow_copy_cell(struct arrow_builder *b, const struct arrow_col *col, int64_t slot) {
    if (arrow_is_null(col, slot)) {
        builder_add_empty(b);
    } else if (b->kind == col->field->kind || can_copy(b->field, col->field)) {
        copy_value(b, col, slot);
    } else {
        writer_fail(b->w, ERR_USAGE, "bug: column \"%.*s\" cannot take cells of another type",
                    SV_ARG(b->field->name));
        builder_add_empty(b);
    }
}

// Which column of `from` goes where; kept while rows of the same file are copied.
static bool match_columns(struct arrow_writer *w, struct arrow_file *from, struct err *err) {
    const struct arrow_schema *schema = arrow_schema(from);
    int *cols = xcalloc(w->schema.n_fields, sizeof *cols);
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        const struct arrow_field *f = &w->schema.fields[i];
        cols[i] = arrow_field_index(schema, f->name);
        if (cols[i] >= 0 && !can_copy(f, &schema->fields[cols[i]])) {
            char has[64];
            char wants[64];
            arrow_type_name(&schema->fields[cols[i]], has);
            arrow_type_name(f, wants);
            free(cols);
            return arrow_fail(err, ARROW_ERR_SCHEMA_MISMATCH,
                              "%s: column \"%.*s\" has the type %s, expected %s", arrow_path(from),
                              SV_ARG(f->name), has, wants);
        }
    }
    free(w->copy_cols);
    arrow_unref(w->copy_from);
    w->copy_cols = cols;
    w->copy_from = arrow_ref(from);
    return true;
}

bool arrow_copy_row(struct arrow_writer *w, struct arrow_file *from, int64_t row, struct err *err) {
    int64_t slot;
    size_t batch_idx = arrow_find_batch(from, row, &slot);
    if (slot < 0) {
        return err_set(err, ERR_RANGE, "%s: no row %lld, the file has %lld", arrow_path(from),
                       (long long)row, (long long)arrow_n_rows(from));
    }
    const struct arrow_batch *batch = arrow_batch(from, batch_idx, err);
    if (!batch || (w->copy_from != from && !match_columns(w, from, err))) {
        return false;
    }
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        if (w->copy_cols[i] < 0) {
            builder_add_empty(&w->cols[i]);
        } else {
            arrow_copy_cell(&w->cols[i], &batch->cols[w->copy_cols[i]], slot);
        }
    }
    return arrow_row_end(w, err);
}

// --- equality ----------------------------------------------------------------------------------

static bool list_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                       int64_t slot_b) {
    int64_t from_a;
    int64_t to_a;
    int64_t from_b;
    int64_t to_b;
    bool has_a = arrow_get_list(a, slot_a, &from_a, &to_a);
    bool has_b = arrow_get_list(b, slot_b, &from_b, &to_b);
    if (has_a != has_b || to_a - from_a != to_b - from_b) {
        return false;
    }
    for (int64_t i = 0; i < to_a - from_a; i++) {
        if (!arrow_cell_equal(&a->children[0], from_a + i, &b->children[0], from_b + i)) {
            return false;
        }
    }
    return true;
}

static bool struct_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                         int64_t slot_b) {
    if (a->field->n_children != b->field->n_children) {
        return false;
    }
    for (size_t i = 0; i < a->field->n_children; i++) {
        if (!arrow_cell_equal(&a->children[i], slot_a, &b->children[i], slot_b)) {
            return false;
        }
    }
    return true;
}

static bool text_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                       int64_t slot_b) {
    struct sv text_a = arrow_get_text(a, slot_a);
    struct sv text_b = arrow_get_text(b, slot_b);
    return (text_a.ptr == NULL) == (text_b.ptr == NULL) && sv_eq(text_a, text_b);
}

static bool value_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                        int64_t slot_b) {
    if (is_float(a->field->kind)) {
        double va = arrow_get_f64(a, slot_a);
        double vb = arrow_get_f64(b, slot_b);
        return va == vb || (isnan(va) && isnan(vb));
    }
    if (a->field->kind == ARROW_BOOL) {
        return arrow_get_bool(a, slot_a) == arrow_get_bool(b, slot_b);
    }
    return arrow_get_i64(a, slot_a) == arrow_get_i64(b, slot_b);
}

// Kinds that hold the same values in another form compare by value.
static bool comparable(enum arrow_kind a, enum arrow_kind b) {
    return a == b || (is_text(a) && is_text(b)) || (is_int(a) && is_int(b)) ||
           (is_float(a) && is_float(b));
}

bool arrow_cell_equal(const struct arrow_col *a, int64_t slot_a, const struct arrow_col *b,
                      int64_t slot_b) {
    bool null_a = arrow_is_null(a, slot_a);
    bool null_b = arrow_is_null(b, slot_b);
    if (null_a || null_b) {
        return null_a && null_b;
    }
    enum arrow_kind kind = a->field->kind;
    if (!comparable(kind, b->field->kind)) {
        return false;
    }
    if (kind == ARROW_LIST) {
        return list_equal(a, slot_a, b, slot_b);
    }
    if (kind == ARROW_STRUCT) {
        return struct_equal(a, slot_a, b, slot_b);
    }
    if (is_text(kind) || kind == ARROW_FIXED_BINARY) {
        return text_equal(a, slot_a, b, slot_b);
    }
    return value_equal(a, slot_a, b, slot_b);
}
