#include <string.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_meta.h"
#include "base/utf8.h"

enum {
    MAX_DEPTH = 16,
    MAX_FIELDS = 8192,
    MAX_CHILDREN = 4096,
    MAX_PAIRS = 100000,
    VERSION_V4 = 3,
    VERSION_V5 = 4,
};

static const char *const type_names[] = {
    "none",
    "null",
    "int",
    "float",
    "binary",
    "utf8",
    "bool",
    "decimal",
    "date",
    "time",
    "timestamp",
    "interval",
    "list",
    "struct",
    "union",
    "fixed_size_binary",
    "fixed_size_list",
    "map",
    "duration",
    "large_binary",
    "large_utf8",
    "large_list",
    "run_end_encoded",
    "binary_view",
    "utf8_view",
    "list_view",
    "large_list_view",
};

struct reader {
    struct arena *a;
    struct fb *fb;
    struct err *err;
    size_t n_fields;
    size_t n_pairs;
    struct meta_dict_type *dict_types;
    size_t n_dict_types;
};

static bool bad(struct reader *r, const char *what) {
    return arrow_fail(r->err, ARROW_ERR_BAD_METADATA, "the metadata is damaged: %s", what);
}

static bool check(struct reader *r, const char *what) {
    return !r->fb->bad || bad(r, what);
}

static bool read_text(struct reader *r, struct sv text, struct sv *out) {
    *out = text.ptr ? text : SV("");
    return utf8_valid(*out) || bad(r, "a name is not valid UTF-8");
}

static bool read_pairs(struct reader *r, const struct fb_table *t, unsigned slot,
                       struct arrow_pair **out, size_t *n_out) {
    struct fb_vector v = fb_vec(t, slot, 4, 4);
    if (v.n > MAX_PAIRS - r->n_pairs) {
        return bad(r, "too many metadata entries");
    }
    r->n_pairs += v.n;
    struct arrow_pair *pairs = arena_zalloc(r->a, v.n, sizeof *pairs);
    for (size_t i = 0; i < v.n; i++) {
        struct fb_table pair = fb_vec_table(&v, i);
        pairs[i] = (struct arrow_pair){fb_string(&pair, 0), fb_string(&pair, 1)};
    }
    *out = pairs;
    *n_out = v.n;
    return check(r, "key-value metadata");
}

static bool unsupported(struct reader *r, const struct arrow_field *f, const char *type) {
    return arrow_fail(r->err, ARROW_ERR_UNSUPPORTED_TYPE, "column \"%.*s\" has the type %s, %s",
                      SV_ARG(f->name), type, "which is not supported");
}

static bool int_kind(const struct fb_table *type, enum arrow_kind *out) {
    bool is_signed = fb_bool(type, 1);
    switch (fb_i32(type, 0)) {
    case 8:
        *out = is_signed ? ARROW_I8 : ARROW_U8;
        return true;
    case 16:
        *out = is_signed ? ARROW_I16 : ARROW_U16;
        return true;
    case 32:
        *out = is_signed ? ARROW_I32 : ARROW_U32;
        return true;
    case 64:
        *out = is_signed ? ARROW_I64 : ARROW_U64;
        return true;
    default:
        return false;
    }
}

static bool read_timestamp(struct reader *r, const struct fb_table *type, struct arrow_field *f) {
    int16_t unit = fb_i16(type, 0, 0);
    if (unit < ARROW_SECOND || unit > ARROW_NANO) {
        return bad(r, "unknown time unit");
    }
    f->kind = ARROW_TIMESTAMP;
    f->unit = (enum arrow_unit)unit;
    return read_text(r, fb_string(type, 1), &f->timezone);
}

static bool read_fixed_binary(struct reader *r, const struct fb_table *type,
                              struct arrow_field *f) {
    f->kind = ARROW_FIXED_BINARY;
    f->byte_width = fb_i32(type, 0);
    return f->byte_width > 0 || bad(r, "fixed_size_binary without a width");
}

static bool read_type(struct reader *r, uint8_t tag, const struct fb_table *type,
                      struct arrow_field *f) {
    int16_t part;
    switch (tag) {
    case T_NULL:
        f->kind = ARROW_NULL;
        return true;
    case T_INT:
        return int_kind(type, &f->kind) || bad(r, "integer width");
    case T_FLOAT:
        part = fb_i16(type, 0, 0);
        f->kind = part == 1 ? ARROW_F32 : ARROW_F64;
        return part == 1 || part == 2 || unsupported(r, f, "float16");
    case T_UTF8:
        f->kind = ARROW_UTF8;
        return true;
    case T_LARGE_UTF8:
        f->kind = ARROW_LARGE_UTF8;
        return true;
    case T_BOOL:
        f->kind = ARROW_BOOL;
        return true;
    case T_DATE:
        f->kind = ARROW_DATE;
        return fb_i16(type, 0, 1) == 0 || unsupported(r, f, "date64");
    case T_TIMESTAMP:
        return read_timestamp(r, type, f);
    case T_LIST:
        f->kind = ARROW_LIST;
        return f->n_children == 1 || bad(r, "a list has exactly one child");
    case T_STRUCT:
        f->kind = ARROW_STRUCT;
        return true;
    case T_FIXED_BINARY:
        return read_fixed_binary(r, type, f);
    default:
        return unsupported(r, f, tag < COUNTOF(type_names) ? type_names[tag] : "unknown");
    }
}

static bool note_dict(struct reader *r, int64_t id, int offset_width) {
    for (size_t i = 0; i < r->n_dict_types; i++) {
        if (r->dict_types[i].id == id) {
            return r->dict_types[i].offset_width == offset_width ||
                   bad(r, "two types for one dictionary");
        }
    }
    // Grown in powers of two; the old arrays stay in the arena, at most as much again.
    size_t n = r->n_dict_types;
    if ((n & (n - 1)) == 0) {
        struct meta_dict_type *more = arena_zalloc(r->a, MAX(n * 2, (size_t)1), sizeof *more);
        if (n) {
            memcpy(more, r->dict_types, n * sizeof *more);
        }
        r->dict_types = more;
    }
    r->dict_types[r->n_dict_types++] = (struct meta_dict_type){id, offset_width};
    return true;
}

static bool read_dictionary(struct reader *r, const struct fb_table *enc, struct arrow_field *f) {
    if (f->kind != ARROW_UTF8 && f->kind != ARROW_LARGE_UTF8) {
        return unsupported(r, f, "dictionary of other values than text");
    }
    int offset_width = f->kind == ARROW_UTF8 ? 4 : 8;
    f->kind = ARROW_DICT;
    f->dict_id = fb_i64(enc, 0);
    f->index_kind = ARROW_I32;
    struct fb_table index = fb_sub(enc, 1);
    if (index.fb && !int_kind(&index, &f->index_kind)) {
        return bad(r, "dictionary code width");
    }
    return note_dict(r, f->dict_id, offset_width);
}

static bool read_field(struct reader *r, const struct fb_table *t, struct arrow_field *f,
                       int depth);

static bool read_fields(struct reader *r, const struct fb_table *t, unsigned slot, int depth,
                        struct arrow_field **out, size_t *n_out) {
    struct fb_vector v = fb_vec(t, slot, 4, 4);
    size_t limit = depth ? MAX_CHILDREN : MAX_FIELDS;
    if (v.n > limit || v.n > MAX_FIELDS - r->n_fields) {
        return bad(r, "too many columns");
    }
    if (depth > MAX_DEPTH) {
        return bad(r, "columns nested too deeply");
    }
    r->n_fields += v.n;
    struct arrow_field *fields = arena_zalloc(r->a, v.n, sizeof *fields);
    for (size_t i = 0; i < v.n; i++) {
        struct fb_table field = fb_vec_table(&v, i);
        if (!read_field(r, &field, &fields[i], depth)) {
            return false;
        }
    }
    *out = fields;
    *n_out = v.n;
    return check(r, "column list");
}

static bool read_field(struct reader *r, const struct fb_table *t, struct arrow_field *f,
                       int depth) {
    if (!read_text(r, fb_string(t, 0), &f->name)) {
        return false;
    }
    f->nullable = fb_bool(t, 1);
    if (!read_fields(r, t, 5, depth + 1, &f->children, &f->n_children)) {
        return false;
    }
    uint8_t tag = fb_u8(t, 2);
    struct fb_table type = fb_sub(t, 3);
    if (!check(r, "column definition") || !read_type(r, tag, &type, f)) {
        return false;
    }
    if (f->n_children && f->kind != ARROW_LIST && f->kind != ARROW_STRUCT) {
        return bad(r, "children of a type that has none");
    }
    struct fb_table enc = fb_sub(t, 4);
    if (enc.fb && !read_dictionary(r, &enc, f)) {
        return false;
    }
    return read_pairs(r, t, 6, &f->metadata, &f->n_metadata) && check(r, "column definition");
}

static bool read_schema(struct reader *r, const struct fb_table *t, struct meta_footer *out) {
    if (!t->fb) {
        return bad(r, "no schema");
    }
    if (fb_i16(t, 0, 0) != 0) {
        return arrow_fail(r->err, ARROW_ERR_BIG_ENDIAN,
                          "the values are big-endian, expected little-endian");
    }
    if (!read_fields(r, t, 1, 0, &out->schema.fields, &out->schema.n_fields) ||
        !read_pairs(r, t, 2, &out->schema.metadata, &out->schema.n_metadata)) {
        return false;
    }
    out->dict_types = r->dict_types;
    out->n_dict_types = r->n_dict_types;
    return check(r, "schema");
}

static bool read_blocks(struct reader *r, const struct fb_table *t, unsigned slot,
                        struct arrow_block **out, size_t *n_out) {
    struct fb_vector v = fb_vec(t, slot, 24, 8);
    struct arrow_block *blocks = arena_zalloc(r->a, v.n, sizeof *blocks);
    for (size_t i = 0; i < v.n; i++) {
        int64_t offset = fb_vec_i64(&v, i, 0);
        int64_t meta_len = fb_vec_i32(&v, i, 8);
        int64_t body_len = fb_vec_i64(&v, i, 16);
        if (offset < 0 || meta_len < 0 || body_len < 0) {
            return bad(r, "negative block position");
        }
        blocks[i] = (struct arrow_block){(uint64_t)offset, (uint64_t)meta_len, (uint64_t)body_len};
    }
    *out = blocks;
    *n_out = v.n;
    return check(r, "block list");
}

static bool check_version(struct reader *r, int16_t version) {
    if (version == VERSION_V4 || version == VERSION_V5) {
        return true;
    }
    return arrow_fail(r->err, ARROW_ERR_VERSION,
                      "metadata version V%d, expected V4 or V5 (Arrow 0.8 to date)", version + 1);
}

bool meta_read_footer(struct arena *a, struct sv bytes, struct meta_footer *out, struct err *err) {
    struct fb fb = {.ptr = (const unsigned char *)bytes.ptr, .len = bytes.len};
    struct reader r = {.a = a, .fb = &fb, .err = err};
    *out = (struct meta_footer){0};
    struct fb_table root = fb_root(&fb);
    int16_t version = fb_i16(&root, 0, 0);
    if (!check(&r, "footer") || !check_version(&r, version)) {
        return false;
    }
    struct fb_table schema = fb_sub(&root, 1);
    return read_schema(&r, &schema, out) && read_blocks(&r, &root, 2, &out->dicts, &out->n_dicts) &&
           read_blocks(&r, &root, 3, &out->batches, &out->n_batches) &&
           read_pairs(&r, &root, 4, &out->pairs, &out->n_pairs);
}

bool meta_read_schema(struct arena *a, const struct meta_message *msg, struct meta_footer *out,
                      struct err *err) {
    struct reader r = {.a = a, .fb = msg->header.fb, .err = err};
    *out = (struct meta_footer){0};
    return read_schema(&r, &msg->header, out);
}

static bool read_batch(struct reader *r, const struct fb_table *t, struct meta_message *out) {
    if (fb_has(t, 3)) {
        return arrow_fail(r->err, ARROW_ERR_COMPRESSED,
                          "the values are compressed; write the file without compression");
    }
    out->n_rows = fb_i64(t, 0);
    out->nodes = fb_vec(t, 1, 16, 8);
    out->buffers = fb_vec(t, 2, 16, 8);
    if (fb_has(t, 4)) {
        return bad(r, "view buffers, but no column has a view type");
    }
    return t->fb && out->n_rows >= 0 ? check(r, "batch header") : bad(r, "batch header");
}

static bool read_dict_batch(struct reader *r, struct meta_message *out) {
    const struct fb_table *t = &out->header;
    out->dict_id = fb_i64(t, 0);
    if (fb_bool(t, 2)) {
        return arrow_fail(r->err, ARROW_ERR_DELTA_DICTIONARY,
                          "dictionary %lld comes in parts (delta); write each one whole",
                          (long long)out->dict_id);
    }
    struct fb_table data = fb_sub(t, 1);
    return read_batch(r, &data, out);
}

bool meta_read_message(struct fb *fb, struct meta_message *out, struct err *err) {
    struct reader r = {.fb = fb, .err = err};
    *out = (struct meta_message){0};
    struct fb_table root = fb_root(fb);
    int16_t version = fb_i16(&root, 0, 0);
    uint8_t kind = fb_u8(&root, 1);
    int64_t body_len = fb_i64(&root, 3);
    out->header = fb_sub(&root, 2);
    if (!check(&r, "message header") || !check_version(&r, version)) {
        return false;
    }
    if (kind < META_SCHEMA || kind > META_BATCH || body_len < 0 || !out->header.fb) {
        return bad(&r, "message kind or body length");
    }
    out->kind = (enum meta_kind)kind;
    out->body_len = (uint64_t)body_len;
    if (out->kind == META_BATCH) {
        return read_batch(&r, &out->header, out);
    }
    return out->kind == META_SCHEMA || read_dict_batch(&r, out);
}
