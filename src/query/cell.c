// Single cells: as integers, as raw text, by a key inside, in order.
#include <math.h>
#include <stdio.h>

#include "base/date.h"
#include "base/doc.h"
#include "base/text_write.h"
#include "query/query_int.h"

int64_t time_unit_us(const struct arrow_field *field) {
    if (field->kind == ARROW_DATE) {
        return US_PER_DAY;
    }
    switch (field->unit) {
    case ARROW_SECOND:
        return US_PER_SEC;
    case ARROW_MILLI:
        return 1000;
    case ARROW_MICRO:
        return 1;
    case ARROW_NANO:
        break;
    }
    return 0;
}

int64_t cell_i64(struct cell c) {
    int64_t v = arrow_get_i64(c.col, c.slot);
    enum arrow_kind kind = c.col->field->kind;
    if (kind != ARROW_TIMESTAMP && kind != ARROW_DATE) {
        return v;
    }
    int64_t unit = time_unit_us(c.col->field);
    int64_t at_us;
    if (unit == 0) {
        return v / 1000 - (v % 1000 < 0);
    }
    if (__builtin_mul_overflow(v, unit, &at_us)) {
        return v < 0 ? INT64_MIN : INT64_MAX;
    }
    return at_us;
}

// --- text ---------------------------------------------------------------------------------------

// The shortest decimal that reads back as the same single-precision number.
static void add_f32(struct str *out, double v) {
    for (int digits = 6; digits < 9 && isfinite(v); digits++) {
        char text[32];
        int n = snprintf(text, sizeof text, "%.*e", digits - 1, v);
        for (int i = 0; i < n; i++) {
            text[i] = text[i] == ',' ? '.' : text[i];
        }
        double back;
        if (num_parse_f64(sv_make(text, (size_t)n), &back) && (float)back == (float)v) {
            str_add_f64(out, back);
            return;
        }
    }
    str_add_f64(out, v);
}

static void add_hex(struct str *out, struct sv bytes) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char b = (unsigned char)bytes.ptr[i];
        str_add_byte(out, digits[b >> 4]);
        str_add_byte(out, digits[b & 15]);
    }
}

static void add_scalar(struct str *out, struct cell c) {
    double v;
    switch (field_class(c.col->field)) {
    case CLASS_INT:
        if (c.col->field->kind == ARROW_U64) {
            str_addf(out, "%llu", (unsigned long long)arrow_get_i64(c.col, c.slot));
        } else {
            str_add_i64(out, arrow_get_i64(c.col, c.slot));
        }
        break;
    case CLASS_FLOAT:
        v = arrow_get_f64(c.col, c.slot);
        if (c.col->field->kind == ARROW_F32) {
            add_f32(out, v);
        } else {
            str_add_f64(out, v);
        }
        break;
    case CLASS_BOOL:
        str_add_cstr(out, arrow_get_bool(c.col, c.slot) ? "true" : "false");
        break;
    case CLASS_TIME:
        str_add_iso(out, cell_i64(c));
        break;
    case CLASS_TEXT:
    case CLASS_LIST:
        break;
    }
}

static void add_json(struct str *out, struct cell c);

static void add_json_list(struct str *out, struct cell c) {
    int64_t from;
    int64_t to;
    arrow_get_list(c.col, c.slot, &from, &to);
    str_add_byte(out, '[');
    for (int64_t i = from; i < to; i++) {
        str_add_cstr(out, i > from ? ", " : "");
        add_json(out, (struct cell){&c.col->children[0], i});
    }
    str_add_byte(out, ']');
}

static void add_json_struct(struct str *out, struct cell c) {
    str_add_byte(out, '{');
    for (size_t i = 0; i < c.col->field->n_children; i++) {
        str_add_cstr(out, i ? ", " : "");
        str_add_json(out, c.col->field->children[i].name, JSON_UTF8);
        str_add_cstr(out, ": ");
        add_json(out, (struct cell){&c.col->children[i], c.slot});
    }
    str_add_byte(out, '}');
}

static void add_json_text(struct str *out, struct cell c) {
    struct sv text = arrow_get_text(c.col, c.slot);
    if (!text.ptr) {
        str_add_cstr(out, "null");
    } else if (c.col->field->kind == ARROW_FIXED_BINARY) {
        str_add_byte(out, '"');
        add_hex(out, text);
        str_add_byte(out, '"');
    } else {
        str_add_json(out, text, JSON_UTF8);
    }
}

// Values nest as deep as the schema, which the reader of the file limits.
static void add_json(struct str *out, struct cell c) {
    if (cell_is_null(c)) {
        str_add_cstr(out, "null");
        return;
    }
    enum arrow_kind kind = c.col->field->kind;
    if (kind == ARROW_LIST) {
        add_json_list(out, c);
    } else if (kind == ARROW_STRUCT) {
        add_json_struct(out, c);
    } else if (field_class(c.col->field) == CLASS_TEXT) {
        add_json_text(out, c);
    } else if (field_class(c.col->field) == CLASS_TIME) {
        str_add_byte(out, '"');
        add_scalar(out, c);
        str_add_byte(out, '"');
    } else {
        add_scalar(out, c);
    }
}

bool cell_text(struct cell c, struct str *scratch, struct sv *out) {
    if (cell_is_null(c)) {
        return false;
    }
    enum value_class class = field_class(c.col->field);
    if (class == CLASS_TEXT && c.col->field->kind != ARROW_FIXED_BINARY) {
        *out = arrow_get_text(c.col, c.slot);
        return out->ptr != NULL;
    }
    str_clear(scratch);
    if (class == CLASS_TEXT) {
        add_hex(scratch, arrow_get_text(c.col, c.slot));
    } else if (class == CLASS_LIST) {
        add_json(scratch, c);
    } else {
        add_scalar(scratch, c);
    }
    *out = sv_make(str_cstr(scratch), scratch->len);
    return true;
}

// --- keys inside --------------------------------------------------------------------------------

static bool list_value(struct cell c, struct sv key, struct str *scratch, struct sv *out) {
    const struct arrow_col *item = &c.col->children[0];
    int names = -1;
    int values = -1;
    for (size_t i = 0; i < item->field->n_children; i++) {
        names = sv_is(item->field->children[i].name, "name") ? (int)i : names;
        values = sv_is(item->field->children[i].name, "value") ? (int)i : values;
    }
    int64_t from;
    int64_t to;
    if (names < 0 || values < 0 || !arrow_get_list(c.col, c.slot, &from, &to)) {
        return false;
    }
    for (int64_t i = from; i < to; i++) {
        struct sv name = arrow_get_text(&item->children[names], i);
        if (name.ptr && sv_eq(name, key)) {
            return cell_text((struct cell){&item->children[values], i}, scratch, out);
        }
    }
    return false;
}

static bool add_doc_value(struct doc *doc, const struct doc_token *tok, struct str *out) {
    switch ((int)tok->kind) {
    case DOC_TEXT:
    case DOC_INT:
    case DOC_FLOAT:
        str_add_sv(out, tok->text);
        return true;
    case DOC_BOOL:
        str_add_cstr(out, tok->b ? "true" : "false");
        return true;
    case DOC_LIST:
    case DOC_MAP:
        return doc_copy_json(doc, tok, out);
    default:
        return false;
    }
}

static bool find_member(struct doc *doc, struct sv key, struct str *out) {
    struct doc_token tok;
    if (!doc_next(doc, &tok) || tok.kind != DOC_MAP) {
        return false;
    }
    while (doc_next(doc, &tok) && tok.kind == DOC_KEY) {
        bool found = sv_eq(tok.text, key);
        if (!doc_next(doc, &tok)) {
            return false;
        }
        if (found) {
            return add_doc_value(doc, &tok, out);
        }
        if (!doc_skip(doc, &tok)) {
            return false;
        }
    }
    return false;
}

static bool json_value(struct sv text, struct sv key, struct str *scratch, struct sv *out) {
    // Most cells lack the key, and a key without escapes stands there as it is.
    bool escaped = sv_find_byte(text, '\\') >= 0;
    if (!escaped && sv_find(text, key) < 0) {
        return false;
    }
    struct doc doc;
    json_doc_init(&doc, text);
    str_clear(scratch);
    bool ok = find_member(&doc, key, scratch);
    doc_done(&doc);
    *out = sv_make(str_cstr(scratch), scratch->len);
    return ok;
}

bool cell_subkey(struct cell c, struct sv key, struct str *scratch, struct sv *out) {
    if (cell_is_null(c)) {
        return false;
    }
    if (c.col->field->kind == ARROW_LIST) {
        return c.col->children[0].field->kind == ARROW_STRUCT && list_value(c, key, scratch, out);
    }
    struct sv text = arrow_get_text(c.col, c.slot);
    return text.ptr && json_value(text, key, scratch, out);
}

// --- order --------------------------------------------------------------------------------------

static int cmp_i64(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int cmp_f64(double a, double b) {
    if (isnan(a) || isnan(b)) {
        return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
    }
    return (a > b) - (a < b);
}

static int cmp_maybe_null(struct cell a, struct cell b) {
    bool null_a = cell_is_null(a);
    bool null_b = cell_is_null(b);
    return null_a || null_b ? null_a - null_b : cell_cmp(a, b);
}

static int cmp_lists(struct cell a, struct cell b) {
    int64_t from_a;
    int64_t to_a;
    int64_t from_b;
    int64_t to_b;
    arrow_get_list(a.col, a.slot, &from_a, &to_a);
    arrow_get_list(b.col, b.slot, &from_b, &to_b);
    int64_t n = MIN(to_a - from_a, to_b - from_b);
    for (int64_t i = 0; i < n; i++) {
        int c = cmp_maybe_null((struct cell){&a.col->children[0], from_a + i},
                               (struct cell){&b.col->children[0], from_b + i});
        if (c) {
            return c;
        }
    }
    return cmp_i64(to_a - from_a, to_b - from_b);
}

static int cmp_structs(struct cell a, struct cell b) {
    size_t n = MIN(a.col->field->n_children, b.col->field->n_children);
    for (size_t i = 0; i < n; i++) {
        int c = cmp_maybe_null((struct cell){&a.col->children[i], a.slot},
                               (struct cell){&b.col->children[i], b.slot});
        if (c) {
            return c;
        }
    }
    return 0;
}

int cell_cmp(struct cell a, struct cell b) {
    enum value_class class = field_class(a.col->field);
    enum value_class other = field_class(b.col->field);
    if (class != other && !(class <= CLASS_FLOAT && other <= CLASS_FLOAT)) {
        return class < other ? -1 : 1;
    }
    switch (class) {
    case CLASS_FLOAT:
        return cmp_f64(arrow_get_f64(a.col, a.slot), arrow_get_f64(b.col, b.slot));
    case CLASS_INT:
        if (other == CLASS_FLOAT) {
            return cmp_f64(arrow_get_f64(a.col, a.slot), arrow_get_f64(b.col, b.slot));
        }
        return cmp_i64(cell_i64(a), cell_i64(b));
    case CLASS_TIME:
        return cmp_i64(cell_i64(a), cell_i64(b));
    case CLASS_BOOL:
        return arrow_get_bool(a.col, a.slot) - arrow_get_bool(b.col, b.slot);
    case CLASS_TEXT:
        return sv_cmp(arrow_get_text(a.col, a.slot), arrow_get_text(b.col, b.slot));
    case CLASS_LIST:
        break;
    }
    if (a.col->field->kind == ARROW_LIST && b.col->field->kind == ARROW_LIST) {
        return cmp_lists(a, b);
    }
    return a.col->field->kind == ARROW_STRUCT && b.col->field->kind == ARROW_STRUCT
               ? cmp_structs(a, b)
               : 0;
}
