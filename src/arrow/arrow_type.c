#include "arrow/arrow_type.h"

#include <stdarg.h>
#include <stdio.h>

#include "arrow/arrow_int.h"

static const struct {
    const char *name;
    size_t width;
} kinds[ARROW_N_KINDS] = {
    [ARROW_NULL] = {"null", 0},
    [ARROW_BOOL] = {"bool", 0},
    [ARROW_I8] = {"int8", 1},
    [ARROW_I16] = {"int16", 2},
    [ARROW_I32] = {"int32", 4},
    [ARROW_I64] = {"int64", 8},
    [ARROW_U8] = {"uint8", 1},
    [ARROW_U16] = {"uint16", 2},
    [ARROW_U32] = {"uint32", 4},
    [ARROW_U64] = {"uint64", 8},
    [ARROW_F32] = {"float32", 4},
    [ARROW_F64] = {"float64", 8},
    [ARROW_TIMESTAMP] = {"timestamp", 8},
    [ARROW_DATE] = {"date32", 4},
    [ARROW_UTF8] = {"utf8", 0},
    [ARROW_LARGE_UTF8] = {"large_utf8", 0},
    [ARROW_DICT] = {"dictionary", 0},
    [ARROW_FIXED_BINARY] = {"fixed_size_binary", 0},
    [ARROW_LIST] = {"list", 0},
    [ARROW_STRUCT] = {"struct", 0},
};

static const char *const unit_names[] = {"s", "ms", "us", "ns"};

static const char *const err_names[] = {
    [ARROW_OK] = "ok",
    [ARROW_ERR_IO] = "io",
    [ARROW_ERR_NOT_ARROW] = "not_arrow",
    [ARROW_ERR_TRUNCATED] = "truncated",
    [ARROW_ERR_BAD_METADATA] = "bad_metadata",
    [ARROW_ERR_UNSUPPORTED_TYPE] = "unsupported_type",
    [ARROW_ERR_COMPRESSED] = "compressed",
    [ARROW_ERR_BIG_ENDIAN] = "big_endian",
    [ARROW_ERR_VERSION] = "version",
    [ARROW_ERR_SCHEMA_MISMATCH] = "schema_mismatch",
    [ARROW_ERR_CRC] = "crc",
    [ARROW_ERR_LOCKED] = "locked",
    [ARROW_ERR_NEWER_FORMAT] = "newer_format",
    [ARROW_ERR_DELTA_DICTIONARY] = "delta_dictionary",
    [ARROW_ERR_BAD_DATA] = "bad_data",
};

size_t arrow_width(enum arrow_kind kind) {
    return (size_t)kind < ARROW_N_KINDS ? kinds[kind].width : 0;
}

static const char *kind_name(enum arrow_kind kind) {
    return (size_t)kind < ARROW_N_KINDS ? kinds[kind].name : "unknown";
}

void arrow_type_name(const struct arrow_field *field, char out[64]) {
    char item[64];
    if (field->kind == ARROW_TIMESTAMP) {
        const char *unit = unit_names[field->unit & 3];
        if (field->timezone.len) {
            snprintf(out, 64, "timestamp[%s, %.*s]", unit, SV_ARG(field->timezone));
        } else {
            snprintf(out, 64, "timestamp[%s]", unit);
        }
    } else if (field->kind == ARROW_DICT) {
        snprintf(out, 64, "dictionary<%s, utf8>", kind_name(field->index_kind));
    } else if (field->kind == ARROW_FIXED_BINARY) {
        snprintf(out, 64, "fixed_size_binary(%d)", (int)field->byte_width);
    } else if (field->kind == ARROW_LIST && field->n_children == 1) {
        arrow_type_name(&field->children[0], item);
        snprintf(out, 64, "list<%.57s>", item);
    } else {
        snprintf(out, 64, "%s", kind_name(field->kind));
    }
}

const char *arrow_err_name(enum arrow_err err) {
    return (size_t)err < COUNTOF(err_names) ? err_names[err] : "unknown";
}

struct sv arrow_metadata(const struct arrow_pair *pairs, size_t n, const char *key) {
    for (size_t i = 0; i < n; i++) {
        if (sv_is(pairs[i].key, key)) {
            return pairs[i].value;
        }
    }
    return SV_NULL;
}

int arrow_field_index(const struct arrow_schema *schema, struct sv name) {
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (sv_eq(schema->fields[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

// Names, types and nullability, not metadata; dictionary ids are local to a file.
bool arrow_field_equal(const struct arrow_field *a, const struct arrow_field *b) {
    if (!sv_eq(a->name, b->name) || a->kind != b->kind || a->nullable != b->nullable ||
        a->n_children != b->n_children) {
        return false;
    }
    if (a->kind == ARROW_TIMESTAMP && (a->unit != b->unit || !sv_eq(a->timezone, b->timezone))) {
        return false;
    }
    if ((a->kind == ARROW_FIXED_BINARY && a->byte_width != b->byte_width) ||
        (a->kind == ARROW_DICT && a->index_kind != b->index_kind)) {
        return false;
    }
    for (size_t i = 0; i < a->n_children; i++) {
        if (!arrow_field_equal(&a->children[i], &b->children[i])) {
            return false;
        }
    }
    return true;
}

bool arrow_fail(struct err *err, enum arrow_err kind, const char *fmt, ...) {
    char msg[sizeof err->msg];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    return err_set_sub(err, kind == ARROW_ERR_IO ? ERR_IO : ERR_FORMAT, (int)kind, "%s", msg);
}

bool arrow_io(struct err *err) {
    if (err) {
        err->sub = ARROW_ERR_IO;
    }
    return false;
}
