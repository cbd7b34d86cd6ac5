// Lists in one cell.
#include "view/format_int.h"

#include "base/num.h"

void format_add_text(struct str *out, const struct arrow_col *col, int64_t slot) {
    static const char digits[] = "0123456789abcdef";
    struct sv text = arrow_get_text(col, slot);
    if (col->field->kind != ARROW_FIXED_BINARY) {
        str_add_sv(out, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char b = (unsigned char)text.ptr[i];
        str_add_byte(out, digits[b >> 4]);
        str_add_byte(out, digits[b & 15]);
    }
}

static void add_item(struct str *out, const struct arrow_col *item, int64_t slot, const char *sep);

// The parts of a record; a missing one leaves no gap.
static void add_record(struct str *out, const struct arrow_col *record, int64_t slot,
                       const char *sep) {
    bool any = false;
    for (size_t i = 0; i < record->field->n_children; i++) {
        if (arrow_is_null(&record->children[i], slot)) {
            continue;
        }
        str_add_cstr(out, any ? sep : "");
        add_item(out, &record->children[i], slot, sep);
        any = true;
    }
}

static void add_item(struct str *out, const struct arrow_col *item, int64_t slot, const char *sep) {
    if (arrow_is_null(item, slot)) {
        str_add_byte(out, '-');
        return;
    }
    switch ((int)item->field->kind) {
    case ARROW_STRUCT:
        add_record(out, item, slot, sep);
        break;
    case ARROW_F32:
    case ARROW_F64:
        str_add_f64(out, arrow_get_f64(item, slot));
        break;
    case ARROW_BOOL:
        str_add_cstr(out, arrow_get_bool(item, slot) ? "true" : "false");
        break;
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
    case ARROW_DICT:
    case ARROW_FIXED_BINARY:
        format_add_text(out, item, slot);
        break;
    case ARROW_LIST:
        str_add_cstr(out, "[...]");
        break;
    default:
        str_add_i64(out, arrow_get_i64(item, slot));
        break;
    }
}

static void add_items(struct str *out, struct cell cell, const char *sep) {
    int64_t from;
    int64_t to;
    if (!arrow_get_list(cell.col, cell.slot, &from, &to)) {
        return;
    }
    for (int64_t i = from; i < to; i++) {
        str_add_cstr(out, i > from ? ", " : "");
        add_item(out, &cell.col->children[0], i, sep);
    }
}

void format_add_list(struct str *out, struct cell cell) {
    add_items(out, cell, "=");
}

void format_list(const struct format_env *env, const struct column *c, struct cell cell,
                 struct str *out, struct sv *role) {
    if (c->class == CLASS_LIST) {
        add_items(out, cell, "=");
    } else {
        cell_format_find(SV("text"))->write(env, c, cell, out, role);
    }
}

void format_tests(const struct format_env *env, const struct column *c, struct cell cell,
                  struct str *out, struct sv *role) {
    if (c->class == CLASS_LIST) {
        add_items(out, cell, "/");
    } else {
        cell_format_find(SV("text"))->write(env, c, cell, out, role);
    }
}
