#include "ingest/json_list.h"

#include <math.h>
#include <stdlib.h>

#include "base/num.h"

enum { MAX_DIGITS = 32 };

bool int_of_text(struct sv text, int64_t *out) {
    char digits[MAX_DIGITS];
    size_t n = 0;
    bool after_digit = false;
    text = sv_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const bool digit = c >= '0' && c <= '9';
        if (c == '_' && !(after_digit && i + 1 < text.len)) {
            return false;
        }
        if (c != '_') {
            if (n == MAX_DIGITS) {
                return false;
            }
            digits[n++] = c;
        }
        after_digit = digit;
    }
    return num_parse_i64(sv_make(digits, n), out);
}

bool int_of_token(const struct doc_token *tok, enum int_rule rule, int64_t *out) {
    if (tok->kind == DOC_INT) {
        *out = tok->i;
        return true;
    }
    if (rule == INT_STRICT) {
        return false;
    }
    // 2^63 is the first double beyond int64.
    if (tok->kind == DOC_FLOAT && fabs(tok->f) < 0x1p63) {
        *out = (int64_t)tok->f;
        return true;
    }
    if (tok->kind == DOC_BOOL && rule == INT_COERCE) {
        *out = tok->b;
        return true;
    }
    return tok->kind == DOC_TEXT && int_of_text(tok->text, out);
}

bool int_list_read(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                   const char *column, enum int_rule rule, struct rec_list *out, struct err *err) {
    if (tok->kind == DOC_NULL) {
        return true;
    }
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, column, "a list of integers", err);
    }
    *out = (struct rec_list){.first = (uint32_t)r->ints.n, .has = true};
    struct doc_token item;
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        int64_t v;
        if (int_of_token(&item, rule, &v)) {
            array_push(&r->ints, v);
        } else if (!record_wrong(r, doc, &item, column, "an integer", err)) {
            return false;
        }
    }
    out->n = (uint32_t)r->ints.n - out->first;
    return item.kind == DOC_LIST_END;
}

static bool is_ascending(const int64_t *ints, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        if (ints[i] <= ints[i - 1]) {
            return false;
        }
    }
    return true;
}

void int_list_sort(struct record_reader *r, struct rec_list *list) {
    if (list->n < 2 || is_ascending(r->ints.ptr + list->first, list->n)) {
        return;
    }
    int64_t *ints = r->ints.ptr + list->first;
    qsort(ints, list->n, sizeof *ints, compare_i64);
    uint32_t n = 1;
    for (uint32_t i = 1; i < list->n; i++) {
        if (ints[i] != ints[n - 1]) {
            ints[n++] = ints[i];
        }
    }
    list->n = n;
    r->ints.n = list->first + n;
}

// --- the usual spelling ---

void str_add_int_list(struct str *out, const int64_t *ints, struct rec_list list) {
    if (!list.has) {
        str_add_cstr(out, "null");
        return;
    }
    str_add_byte(out, '[');
    for (uint32_t i = 0; i < list.n; i++) {
        if (i) {
            str_add_cstr(out, ", ");
        }
        str_add_i64(out, ints[list.first + i]);
    }
    str_add_byte(out, ']');
}

void str_add_text_list(struct str *out, const struct sv *texts, struct rec_list list) {
    if (!list.has) {
        str_add_cstr(out, "null");
        return;
    }
    str_add_byte(out, '[');
    for (uint32_t i = 0; i < list.n; i++) {
        if (i) {
            str_add_cstr(out, ", ");
        }
        str_add_json(out, texts[list.first + i], JSON_ASCII);
    }
    str_add_byte(out, ']');
}

// --- stored rows ---

// Slots [*from, *to) of the list's items; nothing for null.
static struct rec_list load(const struct out_row *row, size_t col, size_t first, int64_t *from,
                            int64_t *to) {
    const bool has = !out_is_null(row, col);
    *from = *to = 0;
    if (has && !arrow_get_list(row->cols[col], row->slot, from, to)) {
        *from = *to = 0;
    }
    return (struct rec_list){(uint32_t)first, (uint32_t)(*to - *from), has};
}

struct rec_list int_list_load(const struct out_row *row, size_t col, struct int_array *ints) {
    int64_t from, to;
    const struct rec_list list = load(row, col, ints->n, &from, &to);
    for (; from < to; from++) {
        array_push(ints, arrow_get_i64(&row->cols[col]->children[0], from));
    }
    return list;
}

struct rec_list text_list_load(const struct out_row *row, size_t col, struct text_array *texts) {
    int64_t from, to;
    const struct rec_list list = load(row, col, texts->n, &from, &to);
    for (; from < to; from++) {
        array_push(texts, arrow_get_text(&row->cols[col]->children[0], from));
    }
    return list;
}
