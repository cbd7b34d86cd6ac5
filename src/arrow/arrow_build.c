#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrow/arrow_write_int.h"
#include "base/utf8.h"

// --- memory ------------------------------------------------------------------------------------

static void grow(struct buf *b, size_t more) {
    size_t cap = MAX(b->len + more, b->cap + b->cap / 2);
    cap = MAX(cap, (size_t)256);
    b->ptr = xrealloc(b->ptr, cap);
    b->cap = cap;
}

static inline void push(struct buf *b, const void *v, size_t width) {
    if (b->cap - b->len < width) {
        grow(b, width);
    }
    memcpy(b->ptr + b->len, v, width);
    b->len += width;
}

// Bit `i`, the next one; bits after it are zero.
static inline void push_bit(struct buf *b, int64_t i, bool v) {
    if ((i & 7) == 0) {
        push(b, "", 1);
    }
    b->ptr[i >> 3] = (unsigned char)(b->ptr[i >> 3] | v << (i & 7));
}

// Room for `more` bytes, which are counted in; their content is the caller's to set.
static unsigned char *extend(struct buf *b, size_t more) {
    if (b->cap - b->len < more) {
        grow(b, more);
    }
    unsigned char *to = b->ptr + b->len;
    b->len += more;
    return to;
}

// Bits [from, from + n), the next ones.
static void push_bits(struct buf *b, int64_t from, int64_t n, bool v) {
    const size_t len = (size_t)(from + n + 7) / 8, more = len - b->len;
    memset(extend(b, more), 0, more);
    for (int64_t i = from; v && i < from + n;) {
        if ((i & 7) == 0 && from + n - i >= 8) {
            b->ptr[i >> 3] = 0xff;
            i += 8;
        } else {
            b->ptr[i >> 3] = (unsigned char)(b->ptr[i >> 3] | 1U << (i & 7));
            i++;
        }
    }
}

static void cut_bits(struct buf *b, int64_t n) {
    b->len = (size_t)(n + 7) / 8;
    if (n & 7) {
        b->ptr[b->len - 1] = (unsigned char)(b->ptr[b->len - 1] & ((1U << (n & 7)) - 1));
    }
}

static size_t value_width(const struct arrow_field *f) {
    switch ((int)f->kind) {
    case ARROW_UTF8:
    case ARROW_LIST:
        return 4;
    case ARROW_LARGE_UTF8:
        return 8;
    case ARROW_DICT:
        return arrow_width(f->index_kind);
    case ARROW_FIXED_BINARY:
        return (size_t)f->byte_width;
    default:
        return arrow_width(f->kind);
    }
}

static bool has_offsets(const struct arrow_builder *b) {
    return b->kind == ARROW_UTF8 || b->kind == ARROW_LARGE_UTF8 || b->kind == ARROW_LIST;
}

static int64_t offset_at(const struct arrow_builder *b, int64_t idx) {
    int32_t v32;
    int64_t v64;
    if (b->width == 4) {
        memcpy(&v32, b->values.ptr + idx * 4, sizeof v32);
        return v32;
    }
    memcpy(&v64, b->values.ptr + idx * 8, sizeof v64);
    return v64;
}

static inline void push_offset(struct arrow_builder *b, int64_t at) {
    if (b->width == 4) {
        int32_t narrow = (int32_t)at;
        push(&b->values, &narrow, sizeof narrow);
    } else {
        push(&b->values, &at, sizeof at);
    }
}

void builder_init(struct arrow_builder *b, struct arrow_writer *w, const struct arrow_field *f) {
    *b = (struct arrow_builder){.w = w, .field = f, .kind = f->kind, .last_code = INTERN_NONE};
    b->width = (uint32_t)value_width(f);
    b->row_bytes = b->width;
    if (f->kind == ARROW_DICT) {
        b->dict = w->dicts.ptr[f->dict_id];
    }
    b->n_children = f->n_children;
    b->children = arena_zalloc(&w->arena, f->n_children, sizeof *b->children);
    for (size_t i = 0; i < f->n_children; i++) {
        builder_init(&b->children[i], w, &f->children[i]);
        b->row_bytes += f->kind == ARROW_STRUCT ? b->children[i].row_bytes : 0;
    }
    builder_reset(b);
}

void builder_done(struct arrow_builder *b) {
    free(b->validity.ptr);
    free(b->values.ptr);
    free(b->other_validity.ptr);
    free(b->other_values.ptr);
    free(b->remap);
    str_done(&b->bytes);
    str_done(&b->other_bytes);
    for (size_t i = 0; i < b->n_children; i++) {
        builder_done(&b->children[i]);
    }
}

void builder_reset(struct arrow_builder *b) {
    b->n = 0;
    b->n_nulls = 0;
    b->has_validity = false;
    b->validity.len = 0;
    b->values.len = 0;
    str_clear(&b->bytes);
    if (has_offsets(b)) {
        push_offset(b, 0);
    }
    for (size_t i = 0; i < b->n_children; i++) {
        builder_reset(&b->children[i]);
    }
}

static void swap_buf(struct buf *a, struct buf *b) {
    struct buf t = *a;
    *a = *b;
    *b = t;
}

void builder_swap(struct arrow_builder *b) {
    struct str bytes = b->bytes;
    b->bytes = b->other_bytes;
    b->other_bytes = bytes;
    swap_buf(&b->validity, &b->other_validity);
    swap_buf(&b->values, &b->other_values);
    for (size_t i = 0; i < b->n_children; i++) {
        builder_swap(&b->children[i]);
    }
}

static void cut_children(struct arrow_builder *b, int64_t n) {
    if (b->kind == ARROW_LIST) {
        n = offset_at(b, n);
    }
    for (size_t i = 0; i < b->n_children; i++) {
        builder_cut(&b->children[i], n);
    }
}

static void cut_nulls(struct arrow_builder *b, int64_t n) {
    if (b->kind == ARROW_NULL) {
        b->n_nulls = n;
    }
    if (!b->has_validity) {
        return;
    }
    for (int64_t i = n; i < b->n; i++) {
        b->n_nulls -= !(b->validity.ptr[i >> 3] >> (i & 7) & 1);
    }
    cut_bits(&b->validity, n);
}

// Also without a complete value beyond `n` there may be parts of one: text bytes, list items.
void builder_cut(struct arrow_builder *b, int64_t n) {
    if (n < b->n) {
        cut_nulls(b, n);
        if (b->kind == ARROW_BOOL) {
            cut_bits(&b->values, n);
        } else {
            b->values.len = (size_t)(n + has_offsets(b)) * b->width;
        }
        b->n = n;
    }
    if (b->kind == ARROW_UTF8 || b->kind == ARROW_LARGE_UTF8) {
        str_cut(&b->bytes, (size_t)offset_at(b, n));
    }
    if (b->dict && b->last_code != INTERN_NONE && b->last_code >= b->dict->n) {
        b->last_code = INTERN_NONE;
    }
    cut_children(b, n);
}

// --- validity ----------------------------------------------------------------------------------

static void start_validity(struct arrow_builder *b) {
    size_t len = (size_t)(b->n + 7) / 8;
    b->validity.len = 0;
    if (b->validity.cap < len + 1) {
        grow(&b->validity, len + 1);
    }
    memset(b->validity.ptr, 0xff, len);
    cut_bits(&b->validity, b->n);
    b->has_validity = true;
}

// Ends a value whose parts are in place.
static inline void end_value(struct arrow_builder *b) {
    if (b->has_validity) {
        push_bit(&b->validity, b->n, true);
    }
    b->n++;
}

static void end_null(struct arrow_builder *b) {
    if (b->kind != ARROW_NULL) {
        if (!b->has_validity) {
            start_validity(b);
        }
        push_bit(&b->validity, b->n, false);
    }
    b->n_nulls++;
    b->n++;
}

// --- failures ----------------------------------------------------------------------------------

void writer_fail(struct arrow_writer *w, enum err_code code, const char *fmt, ...) {
    if (w->failed) {
        return;
    }
    char msg[sizeof w->why.msg];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    err_set(&w->why, code, "%s", msg);
    w->failed = true;
}

// A mistake of the program, not of the data: the file is not written, the program goes on.
static void misuse(struct arrow_builder *b, const char *what) {
    writer_fail(b->w, ERR_USAGE, "bug: column \"%.*s\" %s", SV_ARG(b->field->name), what);
}

static void too_large(struct arrow_builder *b) {
    writer_fail(b->w, ERR_LIMIT, "column \"%.*s\": more than 2 GiB in %lld rows",
                SV_ARG(b->field->name), (long long)b->w->batch_rows + 1);
}

// --- values ------------------------------------------------------------------------------------

// Zero bytes for one value; nothing is marked.
static void push_zero(struct arrow_builder *b) {
    static const unsigned char zeros[64];
    if (b->kind == ARROW_BOOL) {
        push_bit(&b->values, b->n, false);
    } else if (b->kind == ARROW_LIST) {
        push_offset(b, b->children[0].n);
    } else if (has_offsets(b)) {
        push_offset(b, (int64_t)b->bytes.len);
    } else {
        for (size_t left = b->width; left;) {
            size_t n = MIN(left, sizeof zeros);
            push(&b->values, zeros, n);
            left -= n;
        }
    }
}

void builder_add_empty(struct arrow_builder *b) {
    if (b->field->nullable) {
        arrow_add_null(b);
    } else {
        builder_add_zero(b);
    }
}

// Parts of a record that were added before it turned out empty give way.
static void push_empty_members(struct arrow_builder *b) {
    for (size_t i = 0; b->kind == ARROW_STRUCT && i < b->n_children; i++) {
        builder_cut(&b->children[i], b->n);
        builder_add_empty(&b->children[i]);
    }
}

void builder_add_zero(struct arrow_builder *b) {
    if (b->kind == ARROW_DICT) {
        arrow_add_text(b, SV(""));
        return;
    }
    if (b->kind == ARROW_NULL) {
        end_null(b);
        return;
    }
    push_zero(b);
    push_empty_members(b);
    end_value(b);
}

void arrow_add_null(struct arrow_builder *b) {
    if (!b->field->nullable && b->kind != ARROW_NULL) {
        misuse(b, "is not nullable and got a null");
        builder_add_zero(b);
        return;
    }
    push_zero(b);
    push_empty_members(b);
    end_null(b);
}

void builder_complete(struct arrow_builder *b, int64_t before, int64_t n) {
    if (b->n == before) {
        if (!b->field->nullable && b->kind != ARROW_NULL) {
            misuse(b, "is not nullable and got no value");
        }
        for (int64_t i = 0; i < n; i++) {
            builder_add_empty(b);
        }
    } else if (b->n != before + n) {
        misuse(b, "got another number of values than rows");
    }
}

void arrow_add_bool(struct arrow_builder *b, bool v) {
    BUG_ON(b->kind != ARROW_BOOL);
    push_bit(&b->values, b->n, v);
    end_value(b);
}

void arrow_add_i64(struct arrow_builder *b, int64_t v) {
    // Little-endian: the low bytes come first.
    BUG_ON(b->kind < ARROW_I8 || b->kind > ARROW_DATE);
    if (b->width == 8 && b->kind != ARROW_F64) {
        push(&b->values, &v, 8);
    } else if (b->kind == ARROW_F64 || b->kind == ARROW_F32) {
        arrow_add_f64(b, (double)v);
        return;
    } else if (b->width == 4) {
        push(&b->values, &v, 4);
    } else {
        push(&b->values, &v, b->width);
    }
    end_value(b);
}

void arrow_add_f64(struct arrow_builder *b, double v) {
    BUG_ON(b->kind != ARROW_F64 && b->kind != ARROW_F32);
    if (b->kind == ARROW_F64) {
        push(&b->values, &v, sizeof v);
    } else {
        float narrow = (float)v;
        push(&b->values, &narrow, sizeof narrow);
    }
    end_value(b);
}

// --- many values ---------------------------------------------------------------------------------

// `n` values of b->width bytes.
static void push_run(struct arrow_builder *b, const unsigned char *first, size_t step, size_t n) {
    unsigned char *to = extend(&b->values, n * b->width);
    for (size_t i = 0; b->width == 8 && i < n; i++) {
        memcpy(to + i * 8, first + i * step, 8);
    }
    for (size_t i = 0; b->width == 4 && i < n; i++) {
        memcpy(to + i * 4, first + i * step, 4);
    }
}

void arrow_add_run(struct arrow_builder *b, const void *first, size_t step, size_t n) {
    BUG_ON(b->kind < ARROW_I8 || b->kind > ARROW_DATE || (b->width != 4 && b->width != 8));
    if (!n) {
        return;
    }
    push_run(b, first, step, n);
    if (b->has_validity) {
        push_bits(&b->validity, b->n, (int64_t)n, true);
    }
    b->n += (int64_t)n;
}

void arrow_add_nulls(struct arrow_builder *b, size_t n) {
    if (!n || !b->field->nullable || (b->width != 4 && b->width != 8)) {
        for (size_t i = 0; i < n; i++) {
            arrow_add_null(b);
        }
        return;
    }
    int64_t end = 0;
    if (has_offsets(b)) {
        end = b->kind == ARROW_LIST ? b->children[0].n : (int64_t)b->bytes.len;
    }
    push_run(b, (const unsigned char *)&end, 0, n);
    if (!b->has_validity) {
        start_validity(b);
    }
    push_bits(&b->validity, b->n, (int64_t)n, false);
    b->n_nulls += (int64_t)n;
    b->n += (int64_t)n;
}

// --- text --------------------------------------------------------------------------------------

// With U+FFFD for what is no UTF-8; borrowed from the writer's scratch text.
static struct sv repaired(struct arrow_writer *w, struct sv text) {
    w->n_repaired++;
    str_clear(&w->scratch);
    str_reserve(&w->scratch, text.len);
    for (size_t at = 0; at < text.len;) {
        str_add_cp(&w->scratch, utf8_next(text, &at));
    }
    return str_sv(&w->scratch);
}

// The text from the last offset on is the value.
static void end_text(struct arrow_builder *b) {
    int64_t from = offset_at(b, b->n);
    if (b->kind == ARROW_UTF8 && b->bytes.len > INT32_MAX) {
        str_cut(&b->bytes, (size_t)from);
        too_large(b);
    }
    b->w->body_bytes += b->bytes.len - (size_t)from;
    push_offset(b, (int64_t)b->bytes.len);
    end_value(b);
}

static void add_plain(struct arrow_builder *b, struct sv text) {
    if (!utf8_valid(text)) {
        text = repaired(b->w, text);
    }
    str_add(&b->bytes, text.ptr, text.len);
    end_text(b);
}

static uint32_t intern_text(struct arrow_builder *b, struct sv text) {
    struct intern *d = b->dict;
    if (b->last_code != INTERN_NONE && sv_eq(intern_value(d, b->last_code), text)) {
        return b->last_code;
    }
    uint32_t hash = intern_hash(text);
    uint32_t code = intern_get(d, text, hash);
    if (code != INTERN_NONE) {
        return code;
    }
    // Only a new value needs the check: what was found is bytewise equal to a checked one.
    if (!utf8_valid(text)) {
        text = repaired(b->w, text);
        hash = intern_hash(text);
        code = intern_get(d, text, hash);
    }
    return code != INTERN_NONE ? code : intern_add(d, text, hash);
}

void builder_add_code(struct arrow_builder *b, uint32_t code) {
    push(&b->values, &code, sizeof code);
    end_value(b);
}

uint32_t arrow_code_of(struct arrow_builder *b, struct sv text) {
    BUG_ON(b->kind != ARROW_DICT);
    b->last_code = intern_text(b, text);
    if (b->last_code == INTERN_NONE) {
        too_large(b);
        return 0;
    }
    return b->last_code;
}

void arrow_add_code(struct arrow_builder *b, uint32_t code) {
    BUG_ON(b->kind != ARROW_DICT);
    if (code >= b->dict->n && !b->w->failed) {
        misuse(b, "got a code that its dictionary does not have");
    }
    builder_add_code(b, code);
}

static void add_binary(struct arrow_builder *b, struct sv text) {
    if (text.len != b->width) {
        misuse(b, "got bytes of another width than its own");
        push_zero(b);
    } else {
        push(&b->values, text.ptr, text.len);
    }
    end_value(b);
}

void arrow_add_text(struct arrow_builder *b, struct sv text) {
    switch ((int)b->kind) {
    case ARROW_DICT:
        builder_add_code(b, arrow_code_of(b, text));
        return;
    case ARROW_FIXED_BINARY:
        add_binary(b, text);
        return;
    default:
        BUG_ON(b->kind != ARROW_UTF8 && b->kind != ARROW_LARGE_UTF8);
        add_plain(b, text);
    }
}

struct str *arrow_text_begin(struct arrow_builder *b) {
    BUG_ON(b->kind != ARROW_UTF8 && b->kind != ARROW_LARGE_UTF8);
    str_cut(&b->bytes, (size_t)offset_at(b, b->n));
    return &b->bytes;
}

void arrow_text_end(struct arrow_builder *b) {
    size_t from = (size_t)offset_at(b, b->n);
    struct sv text = sv_from(str_sv(&b->bytes), from);
    if (!utf8_valid(text)) {
        text = repaired(b->w, text);
        str_cut(&b->bytes, from);
        str_add_sv(&b->bytes, text);
    }
    end_text(b);
}

// --- nested ------------------------------------------------------------------------------------

struct arrow_builder *arrow_child(struct arrow_builder *b, size_t idx) {
    BUG_ON(idx >= b->n_children);
    return &b->children[idx];
}

void arrow_list_begin(struct arrow_builder *b) {
    BUG_ON(b->kind != ARROW_LIST);
    builder_cut(&b->children[0], offset_at(b, b->n));
}

void arrow_list_end(struct arrow_builder *b) {
    struct arrow_builder *item = &b->children[0];
    int64_t from = offset_at(b, b->n);
    if (item->n > INT32_MAX) {
        builder_cut(item, from);
        too_large(b);
    }
    b->w->body_bytes += (size_t)(item->n - from) * item->row_bytes;
    push_offset(b, item->n);
    end_value(b);
}

void arrow_struct_end(struct arrow_builder *b) {
    BUG_ON(b->kind != ARROW_STRUCT);
    for (size_t i = 0; i < b->n_children; i++) {
        builder_complete(&b->children[i], b->n, 1);
    }
    end_value(b);
}
