#include <stdlib.h>
#include <string.h>

#include "arrow/arrow_meta.h"
#include "arrow/fb_build.h"
#include "base/alloc.h"
#include "base/err.h"

enum { VERSION_V5 = 4, PREFIX = 8 };

static const struct {
    uint8_t tag;
    int8_t bits; // integers; negative = unsigned
    int8_t precision;
} types[ARROW_N_KINDS] = {
    [ARROW_NULL] = {T_NULL, 0, 0},
    [ARROW_BOOL] = {T_BOOL, 0, 0},
    [ARROW_I8] = {T_INT, 8, 0},
    [ARROW_I16] = {T_INT, 16, 0},
    [ARROW_I32] = {T_INT, 32, 0},
    [ARROW_I64] = {T_INT, 64, 0},
    [ARROW_U8] = {T_INT, -8, 0},
    [ARROW_U16] = {T_INT, -16, 0},
    [ARROW_U32] = {T_INT, -32, 0},
    [ARROW_U64] = {T_INT, -64, 0},
    [ARROW_F32] = {T_FLOAT, 0, 1},
    [ARROW_F64] = {T_FLOAT, 0, 2},
    [ARROW_TIMESTAMP] = {T_TIMESTAMP, 0, 0},
    [ARROW_DATE] = {T_DATE, 0, 0},
    [ARROW_UTF8] = {T_UTF8, 0, 0},
    [ARROW_LARGE_UTF8] = {T_LARGE_UTF8, 0, 0},
    [ARROW_DICT] = {T_UTF8, 0, 0}, // the value type; the code type stands in its encoding
    [ARROW_FIXED_BINARY] = {T_FIXED_BINARY, 0, 0},
    [ARROW_LIST] = {T_LIST, 0, 0},
    [ARROW_STRUCT] = {T_STRUCT, 0, 0},
};

static fb_ref put_pairs(struct fb_build *b, const struct arrow_pair *pairs, size_t n) {
    if (!n) {
        return 0;
    }
    fb_ref *refs = xmalloc(n * sizeof *refs);
    for (size_t i = n; i-- > 0;) {
        fb_ref key = fb_add_string(b, pairs[i].key);
        fb_ref value = fb_add_string(b, pairs[i].value);
        fb_table_begin(b);
        fb_put_ref(b, 0, key);
        fb_put_ref(b, 1, value);
        refs[i] = fb_table_end(b);
    }
    fb_ref vec = fb_add_refs(b, refs, n);
    free(refs);
    return vec;
}

static fb_ref put_int(struct fb_build *b, int bits) {
    fb_table_begin(b);
    fb_put_i32(b, 0, bits < 0 ? -bits : bits);
    if (bits > 0) {
        fb_put_bool(b, 1, true);
    }
    return fb_table_end(b);
}

static fb_ref put_type(struct fb_build *b, const struct arrow_field *f) {
    if (types[f->kind].bits) {
        return put_int(b, types[f->kind].bits);
    }
    fb_ref zone = f->kind == ARROW_TIMESTAMP && f->timezone.len ? fb_add_string(b, f->timezone) : 0;
    fb_table_begin(b);
    if (types[f->kind].precision) {
        fb_put_i16(b, 0, types[f->kind].precision);
    } else if (f->kind == ARROW_TIMESTAMP) {
        fb_put_i16(b, 0, (int16_t)f->unit);
        fb_put_ref(b, 1, zone);
    } else if (f->kind == ARROW_DATE) {
        fb_put_i16(b, 0, 0); // days; an absent slot means milliseconds
    } else if (f->kind == ARROW_FIXED_BINARY) {
        fb_put_i32(b, 0, f->byte_width);
    }
    return fb_table_end(b);
}

static fb_ref put_encoding(struct fb_build *b, const struct arrow_field *f) {
    fb_ref index = put_int(b, types[f->index_kind].bits);
    fb_table_begin(b);
    fb_put_i64(b, 0, f->dict_id);
    fb_put_ref(b, 1, index);
    return fb_table_end(b);
}

static fb_ref put_fields(struct fb_build *b, const struct arrow_field *fields, size_t n);

static fb_ref put_field(struct fb_build *b, const struct arrow_field *f) {
    fb_ref pairs = put_pairs(b, f->metadata, f->n_metadata);
    fb_ref children = put_fields(b, f->children, f->n_children);
    fb_ref encoding = f->kind == ARROW_DICT ? put_encoding(b, f) : 0;
    fb_ref type = put_type(b, f);
    fb_ref name = fb_add_string(b, f->name);
    fb_table_begin(b);
    fb_put_ref(b, 0, name);
    fb_put_ref(b, 3, type);
    fb_put_ref(b, 4, encoding);
    fb_put_ref(b, 5, children);
    fb_put_ref(b, 6, pairs);
    if (f->nullable) {
        fb_put_bool(b, 1, true);
    }
    fb_put_u8(b, 2, types[f->kind].tag);
    return fb_table_end(b);
}

static fb_ref put_fields(struct fb_build *b, const struct arrow_field *fields, size_t n) {
    fb_ref *refs = xmalloc(n * sizeof *refs);
    for (size_t i = n; i-- > 0;) {
        refs[i] = put_field(b, &fields[i]);
    }
    fb_ref vec = fb_add_refs(b, refs, n);
    free(refs);
    return vec;
}

static fb_ref put_schema(struct fb_build *b, const struct arrow_schema *schema) {
    fb_ref pairs = put_pairs(b, schema->metadata, schema->n_metadata);
    fb_ref fields = put_fields(b, schema->fields, schema->n_fields);
    fb_table_begin(b);
    fb_put_ref(b, 1, fields);
    fb_put_ref(b, 2, pairs);
    return fb_table_end(b);
}

static struct sv put_message(struct fb_build *b, uint8_t kind, fb_ref header, int64_t body_len) {
    fb_table_begin(b);
    fb_put_i64(b, 3, body_len);
    fb_put_ref(b, 2, header);
    fb_put_i16(b, 0, VERSION_V5);
    fb_put_u8(b, 1, kind);
    return fb_finish(b, fb_table_end(b));
}

// Prefix, metadata, and zeros up to the next multiple of META_ALIGN in the file, or to `end`.
static void frame(struct str *out, struct sv meta, uint64_t at, uint64_t end) {
    uint64_t bare_end = at + PREFIX + meta.len;
    size_t n_pad = (size_t)(end > bare_end ? end - bare_end : -bare_end & (META_ALIGN - 1));
    uint32_t prefix[2] = {0xffffffffU, (uint32_t)(meta.len + n_pad)};
    str_add(out, prefix, sizeof prefix);
    str_add_sv(out, meta);
    str_fill(out, '\0', n_pad);
}

void meta_write_schema(struct str *out, const struct arrow_schema *schema, uint64_t at,
                       uint64_t end) {
    struct fb_build b = {0};
    frame(out, put_message(&b, META_SCHEMA, put_schema(&b, schema), 0), at, end);
    fb_build_done(&b);
}

void meta_write_batch(struct str *out, const struct meta_batch *batch) {
    struct fb_build b = {0};
    fb_ref buffers = fb_add_structs(&b, batch->buffers, batch->n_buffers, sizeof *batch->buffers);
    fb_ref nodes = fb_add_structs(&b, batch->nodes, batch->n_nodes, sizeof *batch->nodes);
    fb_table_begin(&b);
    fb_put_i64(&b, 0, batch->n_rows);
    fb_put_ref(&b, 1, nodes);
    fb_put_ref(&b, 2, buffers);
    fb_ref header = fb_table_end(&b);
    uint8_t kind = META_BATCH;
    if (batch->dict_id >= 0) {
        kind = META_DICTIONARY;
        fb_table_begin(&b);
        fb_put_i64(&b, 0, batch->dict_id);
        fb_put_ref(&b, 1, header);
        header = fb_table_end(&b);
    }
    frame(out, put_message(&b, kind, header, batch->body_len), 0, 0);
    fb_build_done(&b);
}

static fb_ref put_blocks(struct fb_build *b, const struct arrow_block *blocks, size_t n) {
    // As in the file: the metadata length has 4 zero bytes behind it.
    int64_t *rows = xcalloc(n, 24);
    for (size_t i = 0; i < n; i++) {
        rows[3 * i] = (int64_t)blocks[i].offset;
        rows[3 * i + 1] = (int64_t)blocks[i].meta_len;
        rows[3 * i + 2] = (int64_t)blocks[i].body_len;
    }
    fb_ref ref = fb_add_structs(b, rows, n, 24);
    free(rows);
    return ref;
}

void meta_write_footer(struct str *out, const struct meta_footer *footer) {
    struct fb_build b = {0};
    fb_ref pairs = put_pairs(&b, footer->pairs, footer->n_pairs);
    fb_ref batches = put_blocks(&b, footer->batches, footer->n_batches);
    fb_ref dicts = put_blocks(&b, footer->dicts, footer->n_dicts);
    fb_ref schema = put_schema(&b, &footer->schema);
    fb_table_begin(&b);
    fb_put_ref(&b, 1, schema);
    fb_put_ref(&b, 2, dicts);
    fb_put_ref(&b, 3, batches);
    fb_put_ref(&b, 4, pairs);
    fb_put_i16(&b, 0, VERSION_V5);
    str_add_sv(out, fb_finish(&b, fb_table_end(&b)));
    fb_build_done(&b);
}
