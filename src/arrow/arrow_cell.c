#include <math.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arrow/arrow_int.h"

void arrow_raise(const struct arrow_col *col) {
    atomic_fetch_add_explicit(col->damaged, 1, memory_order_relaxed);
}

static inline bool present(const struct arrow_col *col, int64_t slot) {
    return (uint64_t)slot < (uint64_t)col->n_rows &&
           (!col->validity || (col->validity[slot >> 3] >> (slot & 7) & 1));
}

bool arrow_is_null(const struct arrow_col *col, int64_t slot) {
    return !present(col, slot) || col->field->kind == ARROW_NULL;
}

bool arrow_get_bool(const struct arrow_col *col, int64_t slot) {
    if (!present(col, slot) || col->field->kind != ARROW_BOOL) {
        return false;
    }
    return ((const uint8_t *)col->values)[slot >> 3] >> (slot & 7) & 1;
}

int64_t arrow_raw_int(const void *values, enum arrow_kind kind, int64_t slot) {
    switch ((int)kind) {
    case ARROW_I8:
        return ((const int8_t *)values)[slot];
    case ARROW_I16:
        return ((const int16_t *)values)[slot];
    case ARROW_I32:
    case ARROW_DATE:
        return ((const int32_t *)values)[slot];
    case ARROW_I64:
    case ARROW_TIMESTAMP:
        return ((const int64_t *)values)[slot];
    case ARROW_U8:
        return ((const uint8_t *)values)[slot];
    case ARROW_U16:
        return ((const uint16_t *)values)[slot];
    case ARROW_U32:
        return ((const uint32_t *)values)[slot];
    case ARROW_U64:
        return (int64_t)((const uint64_t *)values)[slot];
    default:
        return 0;
    }
}

// -1 when the code is no index of the dictionary.
static int64_t get_code(const struct arrow_col *col, int64_t slot) {
    enum arrow_kind kind = col->field->index_kind;
    int64_t code = kind == ARROW_I32 ? ((const int32_t *)col->values)[slot]
                                     : arrow_raw_int(col->values, kind, slot);
    if ((uint64_t)code >= col->dict->n_values) {
        arrow_raise(col);
        return -1;
    }
    return code;
}

int64_t arrow_get_i64(const struct arrow_col *col, int64_t slot) {
    if (!present(col, slot)) {
        return col->field->kind == ARROW_DICT ? -1 : 0;
    }
    if (col->field->kind == ARROW_DICT) {
        return get_code(col, slot);
    }
    return arrow_raw_int(col->values, col->field->kind, slot);
}

double arrow_get_f64(const struct arrow_col *col, int64_t slot) {
    if (!present(col, slot)) {
        return (double)NAN;
    }
    switch ((int)col->field->kind) {
    case ARROW_F64:
        return ((const double *)col->values)[slot];
    case ARROW_F32:
        return (double)((const float *)col->values)[slot];
    case ARROW_U64:
        return (double)((const uint64_t *)col->values)[slot];
    default:
        return (double)arrow_raw_int(col->values, col->field->kind, slot);
    }
}

static struct sv checked(const struct arrow_col *col, struct sv text) {
    if (!text.ptr) {
        arrow_raise(col);
    }
    return text;
}

static struct sv fixed_binary(const struct arrow_col *col, int64_t slot) {
    size_t width = (size_t)col->field->byte_width;
    return sv_make((const char *)col->values + (size_t)slot * width, width);
}

static struct sv dict_text(const struct arrow_col *col, int64_t slot) {
    int64_t code = get_code(col, slot);
    return code < 0 ? SV_NULL : checked(col, arrow_dict_value(col->dict, (uint32_t)code));
}

struct sv arrow_get_text(const struct arrow_col *col, int64_t slot) {
    if (!present(col, slot)) {
        return SV_NULL;
    }
    const int32_t *o32 = col->values;
    const int64_t *o64 = col->values;
    switch ((int)col->field->kind) {
    case ARROW_UTF8:
        return checked(col, arrow_slice(col->bytes, col->n_bytes, o32[slot], o32[slot + 1]));
    case ARROW_LARGE_UTF8:
        return checked(col, arrow_slice(col->bytes, col->n_bytes, o64[slot], o64[slot + 1]));
    case ARROW_DICT:
        return dict_text(col, slot);
    case ARROW_FIXED_BINARY:
        return fixed_binary(col, slot);
    default:
        return SV_NULL;
    }
}

bool arrow_get_list(const struct arrow_col *col, int64_t slot, int64_t *from, int64_t *to) {
    *from = *to = 0;
    if (!present(col, slot) || col->field->kind != ARROW_LIST) {
        return false;
    }
    const int32_t *offsets = col->values;
    int32_t s = offsets[slot];
    int32_t e = offsets[slot + 1];
    if (s < 0 || e < s || e > col->children[0].n_rows) {
        arrow_raise(col);
        return false;
    }
    *from = s;
    *to = e;
    return true;
}

struct sv arrow_dict_value(const struct arrow_dict *dict, uint32_t code) {
    if (code >= dict->n_values) {
        return SV_NULL;
    }
    if (dict->offset_width == 4) {
        const int32_t *o = dict->offsets;
        return arrow_slice(dict->bytes, dict->n_bytes, o[code], o[code + 1]);
    }
    const int64_t *o = dict->offsets;
    return arrow_slice(dict->bytes, dict->n_bytes, o[code], o[code + 1]);
}

static void advise(const void *ptr, uint64_t len) {
    if (!ptr || !len) {
        return;
    }
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t skip = (uintptr_t)ptr & (page - 1);
    // Advice only: that it fails for memory that is no map does not matter.
    (void)madvise((void *)((uintptr_t)ptr - skip), len + skip, MADV_WILLNEED);
}

static uint64_t values_len(const struct arrow_col *col) {
    uint64_t n = (uint64_t)col->n_rows;
    switch ((int)col->field->kind) {
    case ARROW_BOOL:
        return (n + 7) / 8;
    case ARROW_UTF8:
    case ARROW_LIST:
        return (n + 1) * 4;
    case ARROW_LARGE_UTF8:
        return (n + 1) * 8;
    case ARROW_DICT:
        return n * arrow_width(col->field->index_kind);
    case ARROW_FIXED_BINARY:
        return n * (uint64_t)col->field->byte_width;
    default:
        return n * arrow_width(col->field->kind);
    }
}

void arrow_will_need(const struct arrow_col *col) {
    advise(col->validity, ((uint64_t)col->n_rows + 7) / 8);
    advise(col->values, col->n_rows ? values_len(col) : 0);
    advise(col->bytes, col->n_bytes);
    for (size_t i = 0; col->children && i < col->field->n_children; i++) {
        arrow_will_need(&col->children[i]);
    }
}
