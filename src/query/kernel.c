#include "query/kernel_int.h"

#include <string.h>

#include "query/query_int.h"

enum { BLOCK = 64 };

// 64 bytes, each 0 or 1, as one word. The product moves the eight low bits of a group together.
static uint64_t pack(const uint8_t flags[BLOCK]) {
    uint64_t word = 0;
    for (size_t i = 0; i < 8; i++) {
        uint64_t group;
        memcpy(&group, flags + i * 8, 8);
        word |= (group * UINT64_C(0x0102040810204080) >> 56) << (i * 8);
    }
    return word;
}

// A loop over values of one type; EXPR says whether `v` matches. The tail goes through a copy
// padded with zeros, whose bits are cut off.
#define KERNEL(name, type, params, EXPR)                                                           \
    static uint64_t name##_block(const type *values, params) {                                     \
        uint8_t flags[BLOCK];                                                                      \
        for (size_t i = 0; i < BLOCK; i++) {                                                       \
            type v = values[i];                                                                    \
            flags[i] = (uint8_t)(EXPR);                                                            \
        }                                                                                          \
        return pack(flags);                                                                        \
    }                                                                                              \
    static void name(const type *values, size_t n, params, uint64_t *bits) {                       \
        size_t n_blocks = n / BLOCK;                                                               \
        for (size_t b = 0; b < n_blocks; b++) {                                                    \
            bits[b] |= name##_block(values + b * BLOCK, arg);                                      \
        }                                                                                          \
        size_t rest = n % BLOCK;                                                                   \
        if (rest) {                                                                                \
            type tail[BLOCK] = {0};                                                                \
            memcpy(tail, values + n_blocks * BLOCK, rest * sizeof *tail);                          \
            bits[n_blocks] |= name##_block(tail, arg) & (((uint64_t)1 << rest) - 1);               \
        }                                                                                          \
    }

struct code_table {
    const uint8_t *hits;
    uint32_t n;
};

struct range_u64 {
    uint64_t lo, span;
};

// lo <= v <= hi as one comparison: what is below lo wraps round to a large number.
#define RANGE_KERNEL(name, type, utype)                                                            \
    KERNEL(name, type, struct range_u64 arg, (utype)((utype)v - (utype)arg.lo) <= (utype)arg.span)
#define CODE_KERNEL(name, type, utype)                                                             \
    KERNEL(name, type, struct code_table arg, arg.hits[(utype)v < arg.n ? (utype)v : arg.n])

RANGE_KERNEL(range_i8, int8_t, uint8_t)
RANGE_KERNEL(range_i16, int16_t, uint16_t)
RANGE_KERNEL(range_i32, int32_t, uint32_t)
RANGE_KERNEL(range_i64, int64_t, uint64_t)
RANGE_KERNEL(range_u8, uint8_t, uint8_t)
RANGE_KERNEL(range_u16, uint16_t, uint16_t)
RANGE_KERNEL(range_u32, uint32_t, uint32_t)
KERNEL(range_f32, float, struct float_range arg, ((double)v >= arg.lo) & ((double)v <= arg.hi))
KERNEL(range_f64, double, struct float_range arg, (v >= arg.lo) & (v <= arg.hi))
KERNEL(nan_f32, float, int arg, (v != v) | (arg & 0))
KERNEL(nan_f64, double, int arg, (v != v) | (arg & 0))
CODE_KERNEL(codes_i8, int8_t, uint8_t)
CODE_KERNEL(codes_i16, int16_t, uint16_t)
CODE_KERNEL(codes_i32, int32_t, uint32_t)
CODE_KERNEL(codes_i64, int64_t, uint64_t)
CODE_KERNEL(codes_u8, uint8_t, uint8_t)
CODE_KERNEL(codes_u16, uint16_t, uint16_t)
CODE_KERNEL(codes_u32, uint32_t, uint32_t)

// The part of a range that values of a type can have; false when nothing is left.
static bool clip(struct int_range *r, int64_t min, int64_t max) {
    r->lo = MAX(r->lo, min);
    r->hi = MIN(r->hi, max);
    return r->lo <= r->hi;
}

void kernel_int_range(const struct arrow_col *col, size_t n, struct int_range range,
                      uint64_t *bits) {
    static const struct int_range limits[ARROW_N_KINDS] = {
        [ARROW_I8] = {INT8_MIN, INT8_MAX},
        [ARROW_I16] = {INT16_MIN, INT16_MAX},
        [ARROW_I32] = {INT32_MIN, INT32_MAX},
        [ARROW_DATE] = {INT32_MIN, INT32_MAX},
        [ARROW_I64] = {INT64_MIN, INT64_MAX},
        [ARROW_U64] = {INT64_MIN, INT64_MAX},
        [ARROW_TIMESTAMP] = {INT64_MIN, INT64_MAX},
        [ARROW_U8] = {0, UINT8_MAX},
        [ARROW_U16] = {0, UINT16_MAX},
        [ARROW_U32] = {0, UINT32_MAX},
    };
    enum arrow_kind kind = col->field->kind;
    if (!n || !clip(&range, limits[kind].lo, limits[kind].hi)) {
        return;
    }
    struct range_u64 r = {(uint64_t)range.lo, (uint64_t)range.hi - (uint64_t)range.lo};
    switch ((int)kind) {
    case ARROW_I8:
        range_i8(col->values, n, r, bits);
        break;
    case ARROW_I16:
        range_i16(col->values, n, r, bits);
        break;
    case ARROW_I32:
    case ARROW_DATE:
        range_i32(col->values, n, r, bits);
        break;
    case ARROW_I64:
    case ARROW_U64:
    case ARROW_TIMESTAMP:
        range_i64(col->values, n, r, bits);
        break;
    case ARROW_U8:
        range_u8(col->values, n, r, bits);
        break;
    case ARROW_U16:
        range_u16(col->values, n, r, bits);
        break;
    case ARROW_U32:
        range_u32(col->values, n, r, bits);
        break;
    default:
        break;
    }
}

void kernel_float_range(const struct arrow_col *col, size_t n, struct float_range range,
                        uint64_t *bits) {
    if (n && col->field->kind == ARROW_F32) {
        range_f32(col->values, n, range, bits);
    } else if (n && col->field->kind == ARROW_F64) {
        range_f64(col->values, n, range, bits);
    }
}

void kernel_nan(const struct arrow_col *col, size_t n, uint64_t *bits) {
    if (n && col->field->kind == ARROW_F32) {
        nan_f32(col->values, n, 0, bits);
    } else if (n && col->field->kind == ARROW_F64) {
        nan_f64(col->values, n, 0, bits);
    }
}

// One word of a packed bit array of `n` bits that may end in mid-word.
static uint64_t load_word(const uint8_t *packed, size_t n, size_t word) {
    uint64_t v = 0;
    size_t from = word * 8;
    size_t n_bytes = (n + 7) / 8;
    memcpy(&v, packed + from, MIN((size_t)8, n_bytes - from));
    return v;
}

void kernel_bool(const struct arrow_col *col, size_t n, bool want, uint64_t *bits) {
    for (size_t w = 0; w < bit_words(n); w++) {
        uint64_t v = load_word(col->values, n, w);
        uint64_t used = n - w * 64 < 64 ? ((uint64_t)1 << (n - w * 64)) - 1 : UINT64_MAX;
        bits[w] |= (want ? v : ~v) & used;
    }
}

void kernel_codes(const struct arrow_col *col, size_t n, const uint8_t *table, uint32_t n_codes,
                  uint64_t *bits) {
    struct code_table t = {table, n_codes};
    if (!n) {
        return;
    }
    switch ((int)col->field->index_kind) {
    case ARROW_I8:
        codes_i8(col->values, n, t, bits);
        break;
    case ARROW_I16:
        codes_i16(col->values, n, t, bits);
        break;
    case ARROW_I32:
        codes_i32(col->values, n, t, bits);
        break;
    case ARROW_I64:
    case ARROW_U64:
        codes_i64(col->values, n, t, bits);
        break;
    case ARROW_U8:
        codes_u8(col->values, n, t, bits);
        break;
    case ARROW_U16:
        codes_u16(col->values, n, t, bits);
        break;
    case ARROW_U32:
        codes_u32(col->values, n, t, bits);
        break;
    default:
        break;
    }
}

void kernel_valid(const struct arrow_col *col, size_t n, uint64_t *bits) {
    for (size_t w = 0; col->validity && w < bit_words(n); w++) {
        bits[w] &= load_word(col->validity, n, w);
    }
}

size_t bits_count(const uint64_t *bits, size_t n_words) {
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++) {
        n += (size_t)__builtin_popcountll(bits[w]);
    }
    return n;
}

void bits_fill(uint64_t *bits, size_t n) {
    memset(bits, 0xff, bit_words(n) * sizeof *bits);
    if (n % 64) {
        bits[n / 64] = ((uint64_t)1 << (n % 64)) - 1;
    }
}

size_t bits_expand(const uint64_t *bits, size_t n_words, uint32_t first_row, uint32_t *out) {
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++) {
        uint64_t left = bits[w];
        uint32_t row = first_row + (uint32_t)(w * 64);
        while (left) {
            out[n++] = row + (uint32_t)__builtin_ctzll(left);
            left &= left - 1;
        }
    }
    return n;
}
