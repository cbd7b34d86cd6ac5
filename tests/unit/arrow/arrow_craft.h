// Arrow files made by hand, as another program might write them: one good file, and every way in
// which it may be bad.
#ifndef CULPRIT_TEST_ARROW_CRAFT_H
#define CULPRIT_TEST_ARROW_CRAFT_H

#include "arrow/fb_build.h"
#include "base/str.h"

// Deviations from a good file with one column `v` of 3 rows: int64, or a dictionary of texts.
struct craft {
    int16_t version; // 0 = V5
    int16_t endianness;
    uint8_t type_tag;  // 0 = int64
    int16_t type_unit; // slot 0 of the type when `type_tag` is set
    bool has_unit;
    int32_t byte_width; // fixed_size_binary; 0 = no such column
    bool dict, delta, twice, no_dict, dict_nulls, dict_of_ints;
    bool compressed, view_buffers;
    bool old_prefix;      // as before Arrow 0.15
    uint8_t message_kind; // of the batch; 0 = right
    int64_t n_rows;       // 0 = 3
    struct {
        int64_t rows, nulls;
    } node;
    bool no_node, no_buffer, more_buffers;
    int64_t values_at, values_len;
    int64_t body_len;        // what the message says, 0 = right
    const char *pairs[6][2]; // footer metadata
    int64_t block_at;        // 0 = right
    int32_t block_meta;
};

enum { N_VALUES = 3 };

static inline void message(struct str *out, struct fb_build *b, fb_ref header, uint8_t kind,
                           int64_t body_len, const struct craft *c) {
    fb_table_begin(b);
    fb_put_i64(b, 3, body_len);
    fb_put_ref(b, 2, header);
    fb_put_i16(b, 0, c->version ? c->version : 4);
    fb_put_u8(b, 1, kind);
    struct sv meta = fb_finish(b, fb_table_end(b));
    uint32_t marker = 0xffffffffU;
    uint32_t prefix = c->old_prefix ? 4 : 8;
    uint32_t n_pad = (uint32_t)(-(out->len + prefix + meta.len) & 7);
    uint32_t len = (uint32_t)meta.len + n_pad;
    if (!c->old_prefix) {
        str_add(out, &marker, 4);
    }
    str_add(out, &len, 4);
    str_add_sv(out, meta);
    str_fill(out, '\0', n_pad);
    fb_build_clear(b);
}

static inline fb_ref put_int(struct fb_build *b, int bits) {
    fb_table_begin(b);
    fb_put_i32(b, 0, bits);
    fb_put_bool(b, 1, true);
    return fb_table_end(b);
}

static inline fb_ref put_type(struct fb_build *b, const struct craft *c, uint8_t *tag) {
    *tag = c->type_tag ? c->type_tag : 2;
    if (c->byte_width) {
        *tag = 15;
        fb_table_begin(b);
        fb_put_i32(b, 0, c->byte_width);
        return fb_table_end(b);
    }
    if (c->dict && !c->dict_of_ints) {
        *tag = 5;
        fb_table_begin(b);
        return fb_table_end(b);
    }
    if (!c->type_tag) {
        return put_int(b, 64);
    }
    fb_table_begin(b);
    if (c->has_unit) {
        fb_put_i16(b, 0, c->type_unit);
    }
    return fb_table_end(b);
}

static inline fb_ref put_schema(struct fb_build *b, const struct craft *c) {
    fb_ref children = fb_add_refs(b, NULL, 0);
    fb_ref name = fb_add_string(b, SV("v"));
    fb_ref encoding = 0;
    if (c->dict) {
        fb_ref index = put_int(b, 32);
        fb_table_begin(b);
        fb_put_i64(b, 0, 9);
        fb_put_ref(b, 1, index);
        encoding = fb_table_end(b);
    }
    uint8_t tag;
    fb_ref type = put_type(b, c, &tag);
    fb_table_begin(b);
    fb_put_ref(b, 0, name);
    fb_put_bool(b, 1, true);
    fb_put_u8(b, 2, tag);
    fb_put_ref(b, 3, type);
    fb_put_ref(b, 4, encoding);
    fb_put_ref(b, 5, children);
    fb_ref field = fb_table_end(b);
    fb_ref fields = fb_add_refs(b, &field, 1);
    fb_table_begin(b);
    fb_put_i16(b, 0, c->endianness);
    fb_put_ref(b, 1, fields);
    return fb_table_end(b);
}

static inline fb_ref put_batch(struct fb_build *b, const struct craft *c) {
    int64_t rows = c->n_rows ? c->n_rows : N_VALUES;
    int64_t node[] = {c->node.rows ? c->node.rows : rows, c->node.nulls};
    int64_t len = c->values_len ? c->values_len : (c->dict ? 4 : 8) * N_VALUES;
    int64_t buffers[] = {0, 0, c->values_at, len, 0, 0};
    size_t n_buffers = c->no_buffer ? 1 : c->more_buffers ? 3 : 2;
    fb_ref buffer_vec = fb_add_structs(b, buffers, n_buffers, 16);
    fb_ref node_vec = fb_add_structs(b, node, c->no_node ? 0 : 1, 16);
    fb_table_begin(b);
    fb_ref codec = c->compressed ? fb_table_end(b) : 0;
    fb_ref variadic = c->view_buffers ? fb_add_structs(b, node, 1, 8) : 0;
    fb_table_begin(b);
    fb_put_i64(b, 0, rows);
    fb_put_ref(b, 1, node_vec);
    fb_put_ref(b, 2, buffer_vec);
    fb_put_ref(b, 3, codec);
    fb_put_ref(b, 4, variadic);
    return fb_table_end(b);
}

// Values "a" and "bc".
static inline void dict_message(struct str *out, struct fb_build *b, const struct craft *c,
                                int64_t block[3]) {
    int64_t node[] = {2, c->dict_nulls};
    int64_t buffers[] = {0, c->dict_nulls, 8, 12, 24, 3};
    fb_ref buffer_vec = fb_add_structs(b, buffers, 3, 16);
    fb_ref node_vec = fb_add_structs(b, node, 1, 16);
    fb_table_begin(b);
    fb_put_i64(b, 0, 2);
    fb_put_ref(b, 1, node_vec);
    fb_put_ref(b, 2, buffer_vec);
    fb_ref data = fb_table_end(b);
    fb_table_begin(b);
    fb_put_i64(b, 0, 9);
    fb_put_ref(b, 1, data);
    if (c->delta) {
        fb_put_bool(b, 2, true);
    }
    block[0] = (int64_t)out->len;
    message(out, b, fb_table_end(b), 2, 32, c);
    block[1] = (int64_t)out->len - block[0];
    block[2] = 32;
    static const int32_t body[8] = {1, 0, 0, 1, 3, 0, 'a' | 'b' << 8 | 'c' << 16, 0};
    str_add(out, body, sizeof body);
}

static inline fb_ref put_pairs(struct fb_build *b, const struct craft *c) {
    fb_ref refs[6];
    size_t n = 0;
    for (; n < 6 && c->pairs[n][0]; n++) {
        fb_ref key = fb_add_string(b, sv_cstr(c->pairs[n][0]));
        fb_ref value = fb_add_string(b, sv_cstr(c->pairs[n][1]));
        fb_table_begin(b);
        fb_put_ref(b, 0, key);
        fb_put_ref(b, 1, value);
        refs[n] = fb_table_end(b);
    }
    return n ? fb_add_refs(b, refs, n) : 0;
}

static inline void footer(struct str *out, struct fb_build *b, const struct craft *c,
                          int64_t blocks[9]) {
    fb_ref pairs = put_pairs(b, c);
    fb_ref batches = fb_add_structs(b, blocks, 1, 24);
    size_t n_dicts = c->dict && !c->no_dict ? (c->twice ? 2 : 1) : 0;
    fb_ref dicts = fb_add_structs(b, blocks + 3, n_dicts, 24);
    fb_ref schema = put_schema(b, c);
    fb_table_begin(b);
    fb_put_ref(b, 1, schema);
    fb_put_ref(b, 2, dicts);
    fb_put_ref(b, 3, batches);
    fb_put_ref(b, 4, pairs);
    fb_put_i16(b, 0, c->version ? c->version : 4);
    struct sv bytes = fb_finish(b, fb_table_end(b));
    uint32_t len = (uint32_t)bytes.len;
    str_add_sv(out, bytes);
    str_add(out, &len, sizeof len);
    str_add(out, "ARROW1", 6);
}

static inline struct str craft(const struct craft *c) {
    struct str out = STR_INIT;
    struct fb_build b = {0};
    int64_t blocks[9] = {0};
    str_add(&out, "ARROW1\0", 8);
    message(&out, &b, put_schema(&b, c), 1, 0, c);
    dict_message(&out, &b, c, blocks + 3);
    dict_message(&out, &b, c, blocks + 6);
    static const int64_t values[N_VALUES] = {7, -8, 9};
    static const int32_t codes[6] = {1, 0, 1};
    blocks[0] = c->block_at ? c->block_at : (int64_t)out.len;
    size_t from = out.len;
    uint8_t kind = c->message_kind ? c->message_kind : 3;
    message(&out, &b, put_batch(&b, c), kind, c->body_len ? c->body_len : 24, c);
    blocks[1] = c->block_meta ? c->block_meta : (int64_t)(out.len - from);
    blocks[2] = 24;
    str_add(&out, c->dict ? (const void *)codes : (const void *)values, 24);
    footer(&out, &b, c, blocks);
    fb_build_done(&b);
    return out;
}

#endif
