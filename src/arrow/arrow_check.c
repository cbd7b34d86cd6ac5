#include <stdlib.h>
#include <string.h>

#include "arrow/arrow_int.h"
#include "base/crc32c.h"
#include "base/utf8.h"

static bool bad(struct err *err, const struct arrow_col *col, int64_t slot, const char *what) {
    return arrow_fail(err, ARROW_ERR_BAD_DATA, "column \"%.*s\", row %lld of the batch: %s",
                      SV_ARG(col->field->name), (long long)slot, what);
}

static int64_t count_nulls(const uint8_t *bits, int64_t n) {
    int64_t n_set = 0;
    for (int64_t i = 0; i < n / 8; i++) {
        n_set += __builtin_popcount(bits[i]);
    }
    if (n % 8) {
        n_set += __builtin_popcount(bits[n / 8] & ((1U << (n % 8)) - 1));
    }
    return n - n_set;
}

static bool is_null(const struct arrow_col *col, int64_t slot) {
    return col->validity && !(col->validity[slot >> 3] >> (slot & 7) & 1);
}

static int64_t offset_at(const void *offsets, int width, int64_t idx) {
    return width == 4 ? ((const int32_t *)offsets)[idx] : ((const int64_t *)offsets)[idx];
}

// Rising and inside [0, limit].
static bool check_offsets(const struct arrow_col *col, int width, uint64_t limit, struct err *err) {
    int64_t last = 0;
    for (int64_t i = 0; col->n_rows && i <= col->n_rows; i++) {
        int64_t at = offset_at(col->values, width, i);
        if (at < last || (uint64_t)at > limit) {
            return bad(err, col, i, "offset not rising or outside the data");
        }
        last = at;
    }
    return true;
}

// Values [from, to).
static struct sv text_at(const struct arrow_col *col, int width, int64_t from, int64_t to) {
    return arrow_slice(col->bytes, col->n_bytes, offset_at(col->values, width, from),
                       offset_at(col->values, width, to));
}

// The bytes of all values at once, then that none begins inside a character.
static bool whole_text_valid(const struct arrow_col *col, int width) {
    struct sv all = text_at(col, width, 0, col->n_rows);
    if (!utf8_valid(all)) {
        return false;
    }
    for (int64_t i = 1; i < col->n_rows; i++) {
        uint64_t at = (uint64_t)offset_at(col->values, width, i);
        if (at < col->n_bytes && ((unsigned char)col->bytes[at] & 0xc0) == 0x80) {
            return false;
        }
    }
    return true;
}

static bool check_text(const struct arrow_col *col, int width, struct err *err) {
    if (!check_offsets(col, width, col->n_bytes, err)) {
        return false;
    }
    if (col->n_rows == 0 || whole_text_valid(col, width)) {
        return true;
    }
    // Null slots may hold anything.
    for (int64_t i = 0; i < col->n_rows; i++) {
        if (!is_null(col, i) && !utf8_valid(text_at(col, width, i, i + 1))) {
            return bad(err, col, i, "text that is not valid UTF-8");
        }
    }
    return true;
}

static bool check_codes(const struct arrow_col *col, struct err *err) {
    for (int64_t i = 0; i < col->n_rows; i++) {
        int64_t code = arrow_raw_int(col->values, col->field->index_kind, i);
        if ((uint64_t)code >= col->dict->n_values && !is_null(col, i)) {
            return bad(err, col, i, "code outside its dictionary");
        }
    }
    return true;
}

static bool check_col(const struct arrow_col *col, struct err *err) {
    if (col->validity && count_nulls(col->validity, col->n_rows) != col->null_count) {
        return bad(err, col, 0, "null count does not fit the bitmap");
    }
    bool ok = true;
    switch ((int)col->field->kind) {
    case ARROW_UTF8:
        ok = check_text(col, 4, err);
        break;
    case ARROW_LARGE_UTF8:
        ok = check_text(col, 8, err);
        break;
    case ARROW_DICT:
        ok = check_codes(col, err);
        break;
    case ARROW_LIST:
        ok = check_offsets(col, 4, (uint64_t)col->children[0].n_rows, err);
        break;
    default:
        break;
    }
    for (size_t i = 0; ok && i < col->field->n_children; i++) {
        ok = check_col(&col->children[i], err);
    }
    return ok;
}

static bool check_dict(struct arrow_file *file, size_t idx, struct err *err) {
    const struct arrow_dict *dict = &file->dicts[idx];
    atomic_uint ignored = 0;
    struct arrow_field field = {.name = SV("(dictionary values)")};
    struct arrow_col col = {
        .field = &field,
        .n_rows = dict->n_values,
        .values = dict->offsets,
        .bytes = dict->bytes,
        .n_bytes = dict->n_bytes,
        .damaged = &ignored,
    };
    return check_text(&col, dict->offset_width, err) ||
           err_prefix(err, "%s: dictionary %lld", file->path, (long long)dict->id);
}

// The format demands the schema at both ends. Arrow JS leaves it out at the beginning, so this is
// asked of our own files only.
static bool check_stream_schema(struct arrow_file *file, struct err *err) {
    const uint64_t first = 8;
    uint32_t words[2];
    memcpy(words, file->ptr + first, sizeof words);
    uint64_t prefix = words[0] == 0xffffffffU ? 8 : 4;
    uint64_t len = prefix == 8 ? words[1] : words[0];
    uint64_t end = file->len - 10 - file->footer_len;
    struct arena arena = {0};
    struct meta_footer copy = {0};
    struct meta_message msg;
    struct fb fb;
    struct arrow_block block = {.offset = first, .meta_len = prefix + len};
    bool ok = end >= first + prefix && len <= end - first - prefix &&
              arrow_block_message(file, &block, &fb, &msg, err) && msg.kind == META_SCHEMA &&
              meta_read_schema(&arena, &msg, &copy, err);
    const struct arrow_schema *schema = &file->footer.schema;
    ok = ok && copy.schema.n_fields == schema->n_fields;
    for (size_t i = 0; ok && i < schema->n_fields; i++) {
        ok = arrow_field_equal(&schema->fields[i], &copy.schema.fields[i]);
    }
    arena_done(&arena);
    return ok || arrow_fail(err, ARROW_ERR_BAD_METADATA,
                            "%s: the schema at byte 8 and that of the footer differ", file->path);
}

static bool check_batches(struct arrow_file *file, struct err *err) {
    for (size_t b = 0; b < file->footer.n_batches; b++) {
        const struct arrow_batch *batch = arrow_batch(file, b, err);
        if (!batch) {
            return false;
        }
        for (size_t i = 0; i < file->footer.schema.n_fields; i++) {
            if (!check_col(&batch->cols[i], err)) {
                return err_prefix(err, "%s: batch %zu", file->path, b);
            }
        }
    }
    return true;
}

bool arrow_check_full(struct arrow_file *file, struct err *err) {
    if (arrow_footer(file, "culprit:rows").ptr && !check_stream_schema(file, err)) {
        return false;
    }
    // Loads the dictionaries; which one is asked for does not matter.
    if (file->footer.n_dict_types && file->footer.n_dicts &&
        !arrow_dict_by_id(file, file->footer.dict_types[0].id, err)) {
        return false;
    }
    for (size_t i = 0; file->dicts && i < file->footer.n_dicts; i++) {
        if (!check_dict(file, i, err)) {
            return false;
        }
    }
    return check_batches(file, err);
}

static bool check_block_crc(const struct arrow_file *file, const struct arrow_block *block,
                            struct sv want, struct err *err) {
    uint32_t crc = crc32c(0, file->ptr + block->offset, block->meta_len + block->body_len);
    char found[9];
    for (size_t i = 0; i < 8; i++) {
        found[i] = "0123456789abcdef"[crc >> (28 - 4 * i) & 15];
    }
    found[8] = '\0';
    if (sv_is(want, found)) {
        return true;
    }
    return arrow_fail(err, ARROW_ERR_CRC, "checksum %s at byte %llu, the footer says \"%.*s\"",
                      found, (unsigned long long)block->offset, SV_ARG(want));
}

bool arrow_check_crc(struct arrow_file *file, struct err *err) {
    struct sv list = arrow_footer(file, "culprit:crc");
    const struct meta_footer *f = &file->footer;
    if (!list.ptr) {
        return arrow_fail(err, ARROW_ERR_CRC, "%s: the file has no block checksums", file->path);
    }
    for (size_t i = 0; i < f->n_dicts + f->n_batches; i++) {
        bool is_dict = i < f->n_dicts;
        size_t idx = is_dict ? i : i - f->n_dicts;
        struct sv want = SV_NULL;
        sv_split(&list, ',', &want);
        if (!check_block_crc(file, is_dict ? &f->dicts[idx] : &f->batches[idx], want, err)) {
            return err_prefix(err, "%s: %s block %zu", file->path, is_dict ? "dictionary" : "batch",
                              idx);
        }
    }
    return true;
}
