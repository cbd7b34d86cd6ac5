#include "ingest/record.h"

#include <math.h>

#include "base/num.h"
#include "base/text_write.h"

enum { NO_KEY = UINT8_MAX };

void record_clear(struct record_reader *r) {
    arena_reset(&r->arena);
    array_clear(&r->texts);
    array_clear(&r->ints);
    array_clear(&r->pairs);
    array_clear(&r->jobs);
    str_clear(&r->extra);
    r->bad_value = false;
}

void record_done(struct record_reader *r) {
    arena_done(&r->arena);
    array_done(&r->texts);
    array_done(&r->ints);
    array_done(&r->pairs);
    array_done(&r->jobs);
    str_done(&r->extra);
    str_done(&r->scratch);
}

struct sv record_keep(struct record_reader *r, struct sv text) {
    if (!text.len) {
        return SV("");
    }
    const bool borrowed = r->source.ptr && text.ptr >= r->source.ptr &&
                          text.ptr + text.len <= r->source.ptr + r->source.len;
    return borrowed ? text : arena_sv(&r->arena, text);
}

bool record_wrong(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, const char *what, struct err *err) {
    const char *start = doc->ptr + tok->at;
    if (!doc_skip(doc, tok)) {
        return false;
    }
    r->bad_value = true;
    struct ingest_at at = r->at;
    at.column = column;
    return ingest_problem(r->ig, at, sv_make(start, (size_t)(doc->cur - start)), err,
                          "expected %s; the value is left out", what);
}

// --- single values ---

static bool token_i64(const struct doc_token *tok, int64_t *out) {
    if (tok->kind == DOC_INT) {
        *out = tok->i;
        return true;
    }
    // 2^63 is the first double beyond int64.
    if (tok->kind == DOC_FLOAT && tok->f == floor(tok->f) && fabs(tok->f) < 0x1p63) {
        *out = (int64_t)tok->f;
        return true;
    }
    return false;
}

bool record_texts(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, struct rec_list *out, struct err *err) {
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, column, "a list of texts", err);
    }
    *out = (struct rec_list){.first = (uint32_t)r->texts.n, .has = true};
    struct doc_token item;
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        if (item.kind == DOC_TEXT) {
            array_push(&r->texts, record_keep(r, item.text));
        } else if (!record_wrong(r, doc, &item, column, "a text", err)) {
            return false;
        }
    }
    out->n = (uint32_t)r->texts.n - out->first;
    if (out->n == 1 && !r->texts.ptr[out->first].len) {
        out->n = 0;
        r->texts.n--;
    }
    return item.kind == DOC_LIST_END;
}

// The "id" of a record; `*found` false when it has none.
static bool read_id(struct doc *doc, int64_t *id, bool *found) {
    struct doc_token tok;
    *found = false;
    while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
        const bool is_id = sv_eq(tok.text, SV("id"));
        if (!doc_next(doc, &tok)) {
            return false;
        }
        if (is_id && token_i64(&tok, id)) {
            *found = true;
        } else if (!doc_skip(doc, &tok)) {
            return false;
        }
    }
    return tok.kind == DOC_MAP_END;
}

bool record_ints(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                 const char *column, struct rec_list *out, struct err *err) {
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, column, "a list of integers", err);
    }
    *out = (struct rec_list){.first = (uint32_t)r->ints.n, .has = true};
    struct doc_token item;
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        int64_t v;
        bool found = token_i64(&item, &v);
        if (item.kind == DOC_MAP && !read_id(doc, &v, &found)) {
            return false;
        }
        if (found) {
            array_push(&r->ints, v);
        } else if (item.kind != DOC_MAP &&
                   !record_wrong(r, doc, &item, column, "an integer", err)) {
            return false;
        }
    }
    out->n = (uint32_t)r->ints.n - out->first;
    return item.kind == DOC_LIST_END;
}

static bool read_pair(struct record_reader *r, struct doc *doc, const char *column,
                      struct test_platform *out, struct err *err) {
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
        struct sv *slot = sv_eq(tok.text, SV("test"))       ? &out->test
                          : sv_eq(tok.text, SV("platform")) ? &out->platform
                                                            : NULL;
        if (!doc_next(doc, &tok)) {
            return false;
        }
        if (slot && tok.kind == DOC_TEXT) {
            *slot = record_keep(r, tok.text);
        } else if (slot && tok.kind != DOC_NULL) {
            if (!record_wrong(r, doc, &tok, column, "a text", err)) {
                return false;
            }
        } else if (!doc_skip(doc, &tok)) {
            return false;
        }
    }
    return tok.kind == DOC_MAP_END;
}

bool record_pairs(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  const char *column, struct rec_list *out, struct err *err) {
    if (tok->kind != DOC_LIST) {
        return record_wrong(r, doc, tok, column, "a list of tests", err);
    }
    *out = (struct rec_list){.first = (uint32_t)r->pairs.n, .has = true};
    struct doc_token item;
    while (doc_next(doc, &item) && item.kind != DOC_LIST_END) {
        if (item.kind != DOC_MAP) {
            if (!record_wrong(r, doc, &item, column, "a record of test and platform", err)) {
                return false;
            }
            continue;
        }
        struct test_platform pair = {0};
        if (!read_pair(r, doc, column, &pair, err)) {
            return false;
        }
        array_push(&r->pairs, pair);
    }
    out->n = (uint32_t)r->pairs.n - out->first;
    return item.kind == DOC_LIST_END;
}

bool record_extra(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                  struct sv name) {
    if (r->extra.len) {
        str_add(&r->extra, ", ", 2);
    }
    str_add_json(&r->extra, name, JSON_UTF8);
    str_add(&r->extra, ": ", 2);
    return doc_copy_json(doc, tok, &r->extra);
}

// --- records ---

static uint8_t find_key(struct record_reader *r, const struct record_table *t, uint8_t prev,
                        struct sv name) {
    uint8_t *memory = r->next[t->slot];
    // Slot 0 belongs to the start of the record, slot i + 1 to key i.
    uint8_t *guess = &memory[prev == NO_KEY ? 0 : prev + 1];
    const struct record_key *k = &t->keys[*guess];
    if (k->name_len == name.len && memcmp(k->name, name.ptr, name.len) == 0) {
        return *guess;
    }
    for (size_t i = 0; i < t->n_keys; i++) {
        k = &t->keys[i];
        if (k->name_len == name.len && memcmp(k->name, name.ptr, name.len) == 0) {
            *guess = (uint8_t)i;
            return *guess;
        }
    }
    return NO_KEY;
}

static bool read_rest(struct record_reader *r, const struct record_key *k, struct doc *doc,
                      const struct doc_token *tok) {
    const bool nothing = (tok->kind == DOC_BOOL && !tok->b) || (tok->kind == DOC_INT && !tok->i) ||
                         (tok->kind == DOC_TEXT && !tok->text.len);
    return nothing || record_extra(r, doc, tok, sv_make(k->name, k->name_len));
}

static bool read_scalar(struct record_reader *r, const struct record_key *k, struct doc *doc,
                        const struct doc_token *tok, void *slot, struct err *err) {
    if (k->kind == REC_I64 || k->kind == REC_I32) {
        struct rec_i64 *v = slot;
        v->has = token_i64(tok, &v->v) &&
                 (k->kind == REC_I64 || (v->v >= INT32_MIN && v->v <= INT32_MAX));
        return v->has || record_wrong(r, doc, tok, k->name, "an integer", err);
    }
    if (k->kind == REC_F64) {
        struct rec_f64 *v = slot;
        v->has = tok->kind == DOC_INT || tok->kind == DOC_FLOAT;
        v->v = v->has ? tok->f : 0;
        return v->has || record_wrong(r, doc, tok, k->name, "a number", err);
    }
    if (k->kind == REC_BOOL) {
        struct rec_bool *v = slot;
        v->has = tok->kind == DOC_BOOL;
        v->v = v->has && tok->b;
        return v->has || record_wrong(r, doc, tok, k->name, "true or false", err);
    }
    struct sv *v = slot;
    if (tok->kind != DOC_TEXT) {
        return record_wrong(r, doc, tok, k->name, "a text", err);
    }
    *v = record_keep(r, tok->text);
    return true;
}

static bool read_value(struct record_reader *r, const struct record_key *k, struct doc *doc,
                       const struct doc_token *tok, void *out, struct err *err) {
    void *slot = (char *)out + k->offset;
    if (k->kind == REC_CALL) {
        return k->call(r, doc, tok, out, err);
    }
    if (tok->kind == DOC_NULL) {
        return true;
    }
    switch ((enum record_kind)k->kind) {
    case REC_TEXTS:
        return record_texts(r, doc, tok, k->name, slot, err);
    case REC_INTS:
        return record_ints(r, doc, tok, k->name, slot, err);
    case REC_PAIRS:
        return record_pairs(r, doc, tok, k->name, slot, err);
    case REC_MAP:
        return tok->kind == DOC_MAP ? record_read(r, k->sub, doc, out, err)
                                    : record_wrong(r, doc, tok, k->name, "a record", err);
    case REC_DROP:
        return doc_skip(doc, tok);
    case REC_REST:
        return read_rest(r, k, doc, tok);
    case REC_I64:
    case REC_I32:
    case REC_F64:
    case REC_BOOL:
    case REC_TEXT:
    case REC_CALL:
        break;
    }
    return read_scalar(r, k, doc, tok, slot, err);
}

bool record_read(struct record_reader *r, const struct record_table *table, struct doc *doc,
                 void *out, struct err *err) {
    uint8_t prev = NO_KEY;
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
        const uint8_t idx = find_key(r, table, prev, tok.text);
        if (idx == NO_KEY) {
            const struct sv name = record_keep(r, tok.text);
            if (!doc_next(doc, &tok) || !record_extra(r, doc, &tok, name)) {
                return false;
            }
            continue;
        }
        prev = idx;
        if (!doc_next(doc, &tok) || !read_value(r, &table->keys[idx], doc, &tok, out, err)) {
            return false;
        }
    }
    return tok.kind == DOC_MAP_END;
}

// --- columns ---

void add_rec_i64(struct arrow_builder *b, struct rec_i64 v) {
    if (v.has) {
        arrow_add_i64(b, v.v);
    } else {
        arrow_add_null(b);
    }
}

void add_rec_f64(struct arrow_builder *b, struct rec_f64 v) {
    if (v.has) {
        arrow_add_f64(b, v.v);
    } else {
        arrow_add_null(b);
    }
}

void add_rec_bool(struct arrow_builder *b, struct rec_bool v) {
    if (v.has) {
        arrow_add_bool(b, v.v);
    } else {
        arrow_add_null(b);
    }
}

void add_rec_text(struct arrow_builder *b, struct sv v) {
    if (v.ptr) {
        arrow_add_text(b, v);
    } else {
        arrow_add_null(b);
    }
}

void add_rec_texts(struct arrow_builder *b, const struct record_reader *r, struct rec_list v) {
    if (!v.has) {
        arrow_add_null(b);
        return;
    }
    arrow_list_begin(b);
    for (uint32_t i = 0; i < v.n; i++) {
        arrow_add_text(arrow_child(b, 0), r->texts.ptr[v.first + i]);
    }
    arrow_list_end(b);
}

void add_rec_ints(struct arrow_builder *b, const struct record_reader *r, struct rec_list v) {
    if (!v.has) {
        arrow_add_null(b);
        return;
    }
    arrow_list_begin(b);
    for (uint32_t i = 0; i < v.n; i++) {
        arrow_add_i64(arrow_child(b, 0), r->ints.ptr[v.first + i]);
    }
    arrow_list_end(b);
}

void add_rec_pairs(struct arrow_builder *b, const struct record_reader *r, struct rec_list v) {
    if (!v.has) {
        arrow_add_null(b);
        return;
    }
    arrow_list_begin(b);
    struct arrow_builder *item = arrow_child(b, 0);
    for (uint32_t i = 0; i < v.n; i++) {
        add_rec_text(arrow_child(item, 0), r->pairs.ptr[v.first + i].test);
        add_rec_text(arrow_child(item, 1), r->pairs.ptr[v.first + i].platform);
        arrow_struct_end(item);
    }
    arrow_list_end(b);
}

void add_rec_extra(struct arrow_builder *b, struct sv members) {
    if (!members.len) {
        arrow_add_null(b);
        return;
    }
    struct str *out = arrow_text_begin(b);
    str_add_byte(out, '{');
    str_add_sv(out, members);
    str_add_byte(out, '}');
    arrow_text_end(b);
}
