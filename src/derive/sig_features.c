#include "derive/sig_features.h"

#include <math.h>

#include "base/num.h"
#include "schema/mozilla_perf.h"

// --- values -------------------------------------------------------------------------------------
// Each value gets one spelling, equal for equal values: "n12" numbers, "f0x1.8p+0" other floats,
// "t3:abc" texts, "z" null, "[...]" lists, "{...}" objects with their members sorted.

static void spell_text(struct str *out, struct sv text) {
    str_add_byte(out, 't');
    str_add_i64(out, (int64_t)text.len);
    str_add_byte(out, ':');
    str_add_sv(out, text);
}

static void spell_i64(struct str *out, int64_t v) {
    str_add_byte(out, 'n');
    str_add_i64(out, v);
}

static void spell_float(struct sig_features *f, struct str *out, const struct doc_token *tok) {
    const double v = tok->f;
    const bool fits = v > -0x1p63 && v < 0x1p63;
    if (tok->big && sv_find_byte(tok->text, '.') < 0 && sv_find_byte(tok->text, 'e') < 0 &&
        sv_find_byte(tok->text, 'E') < 0) {
        str_add_byte(out, 'n'); // a whole number that is too long for 64 bits
        str_add_sv(out, tok->text);
    } else if (isnan(v)) {
        str_addf(out, "x%llu", (unsigned long long)f->n_nan++); // equal to nothing
    } else if (fits && trunc(v) == v) {
        spell_i64(out, (int64_t)v);
    } else if (isfinite(v) && !fits) {
        str_addf(out, "n%.0f", v);
    } else {
        str_addf(out, "f%a", v);
    }
}

static bool spell_value(struct sig_features *f, struct str *out, const struct doc_token *tok);

static bool spell_list(struct sig_features *f, struct str *out) {
    struct doc_token tok;
    str_add_byte(out, '[');
    while (doc_next(&f->doc, &tok) && tok.kind != DOC_LIST_END) {
        if (!spell_value(f, out, &tok)) {
            return false;
        }
    }
    str_add_byte(out, ']');
    return tok.kind == DOC_LIST_END;
}

struct member {
    struct str key, value;
    size_t place;
};
struct members ARRAY_BODY(struct member);

static int by_key(const void *a, const void *b) {
    const struct member *x = a, *y = b;
    const int order = sv_cmp(str_sv(&x->key), str_sv(&y->key));
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static bool is_repeated(const struct members *m, size_t i) {
    return i + 1 < m->n && sv_eq(str_sv(&m->ptr[i].key), str_sv(&m->ptr[i + 1].key));
}

// By key; of a repeated one the last value.
static void spell_members(struct str *out, const struct members *m) {
    str_add_byte(out, '{');
    for (size_t i = 0; i < m->n; i++) {
        if (!is_repeated(m, i)) {
            spell_text(out, str_sv(&m->ptr[i].key));
            str_add_sv(out, str_sv(&m->ptr[i].value));
        }
    }
    str_add_byte(out, '}');
}

static bool spell_map(struct sig_features *f, struct str *out) {
    struct members members = {0};
    struct doc_token tok;
    bool ok = true;
    while (ok && doc_next(&f->doc, &tok) && tok.kind == DOC_KEY) {
        struct member *m = array_add(&members);
        m->place = members.n;
        str_add_sv(&m->key, tok.text);
        ok = doc_next(&f->doc, &tok) && spell_value(f, &m->value, &tok);
    }
    ok = ok && tok.kind == DOC_MAP_END;
    if (members.n) {
        qsort(members.ptr, members.n, sizeof *members.ptr, by_key);
    }
    spell_members(out, &members);
    array_foreach (m, &members) {
        str_done(&m->key);
        str_done(&m->value);
    }
    array_done(&members);
    return ok;
}

static bool spell_value(struct sig_features *f, struct str *out, const struct doc_token *tok) {
    switch (tok->kind) {
    case DOC_NULL:
        str_add_byte(out, 'z');
        return true;
    case DOC_BOOL:
        spell_i64(out, tok->b);
        return true;
    case DOC_INT:
        spell_i64(out, tok->i);
        return true;
    case DOC_FLOAT:
        spell_float(f, out, tok);
        return true;
    case DOC_TEXT:
        spell_text(out, tok->text);
        return true;
    case DOC_LIST:
        return spell_list(f, out);
    case DOC_MAP:
        return spell_map(f, out);
    case DOC_END:
    case DOC_ERROR:
    case DOC_KEY:
    case DOC_LIST_END:
    case DOC_MAP_END:
    case DOC_OTHER:
        break;
    }
    return false;
}

// --- records ------------------------------------------------------------------------------------

// Adds the spelled value to the record that begins at `first`; a repeated name takes the last one.
static void add_field(struct sig_features *f, size_t first, uint32_t name) {
    const uint32_t value = text_map_put(&f->values, str_sv(&f->value), NULL);
    while (f->place.n <= name) {
        array_push(&f->place, 0);
    }
    size_t *place = &f->place.ptr[name];
    if (*place > first && *place <= f->fields.n && f->fields.ptr[*place - 1].name == name) {
        f->fields.ptr[*place - 1].value = value;
        return;
    }
    array_push(&f->fields, (struct feature){name, value});
    *place = f->fields.n;
}

static int by_name(const void *a, const void *b) {
    const struct feature *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

static void sort_fields(struct sig_features *f, size_t first) {
    if (f->fields.n > first) {
        qsort(f->fields.ptr + first, f->fields.n - first, sizeof *f->fields.ptr, by_name);
    }
}

// The members of a JSON object; what cannot be read ends it.
static void add_json(struct sig_features *f, size_t first, struct sv text) {
    struct doc_token tok;
    doc_restart(&f->doc, text);
    if (!doc_next(&f->doc, &tok) || tok.kind != DOC_MAP) {
        return;
    }
    while (doc_next(&f->doc, &tok) && tok.kind == DOC_KEY) {
        const bool is_id = sv_is(tok.text, "id");
        const uint32_t name = is_id ? 0 : text_map_put(&f->names, tok.text, NULL);
        str_clear(&f->value);
        if (!doc_next(&f->doc, &tok) || !spell_value(f, &f->value, &tok)) {
            return;
        }
        if (!is_id) {
            add_field(f, first, name);
        }
    }
}

// The columns that hold keys of the source, by the names that they have there.
static const struct {
    int col;
    const char *name;
    enum { C_TEXT, C_I64, C_BOOL, C_BOOL_OR_NULL, C_TEXTS } kind;
} columns[] = {
    {SG_SIGNATURE_HASH, "signature_hash", C_TEXT},
    {SG_FRAMEWORK_ID, "framework_id", C_I64},
    {SG_OPTION_HASH, "option_collection_hash", C_TEXT},
    {SG_PLATFORM, "machine_platform", C_TEXT},
    {SG_SUITE, "suite", C_TEXT},
    {SG_SHOULD_ALERT, "should_alert", C_BOOL_OR_NULL},
    {SG_LOWER_IS_BETTER, "lower_is_better", C_BOOL},
    {SG_TEST, "test", C_TEXT},
    {SG_APPLICATION, "application", C_TEXT},
    {SG_HAS_SUBTESTS, "has_subtests", C_BOOL},
    {SG_TAGS, "tags", C_TEXTS},
    {SG_PARENT_SIGNATURE, "parent_signature", C_TEXT},
    {SG_EXTRA_OPTIONS, "extra_options", C_TEXTS},
    {SG_UNIT, "measurement_unit", C_TEXT},
};

static void spell_texts(struct str *out, const struct scan *s, int col, int64_t slot) {
    int64_t from, to;
    const struct arrow_col *items = scan_list(s, col, slot, &from, &to);
    str_add_byte(out, '[');
    for (; from < to; from++) {
        spell_text(out, arrow_get_text(items, from));
    }
    str_add_byte(out, ']');
}

// A record in the usual spelling: a key is there where its column is not null; whether changes make
// alerts is always said.
static void add_columns(struct sig_features *f, size_t first, const struct scan *s, int64_t slot) {
    for (size_t i = 0; i < COUNTOF(columns); i++) {
        const int col = columns[i].col;
        const bool is_null = scan_is_null(s, col, slot);
        if (is_null && columns[i].kind != C_BOOL_OR_NULL) {
            continue;
        }
        str_clear(&f->value);
        if (is_null) {
            str_add_byte(&f->value, 'z');
        } else if (columns[i].kind == C_TEXT) {
            spell_text(&f->value, scan_text(s, col, slot));
        } else if (columns[i].kind == C_I64) {
            spell_i64(&f->value, scan_i64(s, col, slot));
        } else if (columns[i].kind == C_TEXTS) {
            spell_texts(&f->value, s, col, slot);
        } else {
            spell_i64(&f->value, scan_bool(s, col, slot));
        }
        add_field(f, first, f->column_names[i]);
    }
    add_json(f, first, scan_text(s, SG_EXTRA, slot));
}

static void add_signature(struct sig_features *f, const struct int_map *wanted,
                          const struct scan *s, int64_t slot) {
    const uint32_t record = int_map_get(wanted, scan_i64(s, SG_ID, slot));
    if (record == MAP_NONE) {
        return;
    }
    const size_t first = f->fields.n;
    if (scan_is_null(s, SG_RAW, slot)) {
        add_columns(f, first, s, slot);
    } else {
        add_json(f, first, scan_text(s, SG_RAW, slot));
    }
    sort_fields(f, first);
    f->records[record] = (struct feature_record){first, f->fields.n - first};
}

bool sig_features_load(struct sig_features *f, const struct derive *d, const struct int_map *wanted,
                       struct err *err) {
    *f = (struct sig_features){.records = xcalloc(wanted->n + 1, sizeof *f->records)};
    _Static_assert(COUNTOF(columns) <= COUNTOF(f->column_names), "a number for each column");
    for (size_t i = 0; i < COUNTOF(columns); i++) {
        f->column_names[i] = text_map_put(&f->names, sv_cstr(columns[i].name), NULL);
    }
    if (!snapshot_dataset(d->snap, schema_signatures.name)) {
        return true;
    }
    json_doc_init(&f->doc, SV_NULL);
    struct scan s;
    bool ok = scan_open(&s, d->snap, &schema_signatures, err);
    while (ok && scan_next(&s, err)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            add_signature(f, wanted, &s, i);
        }
        ok = derive_tick(d, (uint64_t)(s.first_row + s.n_rows), (uint64_t)s.ds->n_rows, err);
    }
    doc_done(&f->doc);
    return ok && scan_close(&s);
}

void sig_features_done(struct sig_features *f) {
    text_map_done(&f->names);
    text_map_done(&f->values);
    free(f->records);
    array_done(&f->fields);
    array_done(&f->place);
    str_done(&f->value);
}

// --- in common ----------------------------------------------------------------------------------

static bool has_field(const struct sig_features *f, uint32_t record, struct feature want) {
    const struct feature_record r = f->records[record];
    const struct feature *found =
        r.n ? bsearch(&want, f->fields.ptr + r.first, r.n, sizeof want, by_name) : NULL;
    return found && found->value == want.value;
}

static int by_text(const void *a, const void *b, void *names) {
    return sv_cmp(text_map_key(names, *(const uint32_t *)a),
                  text_map_key(names, *(const uint32_t *)b));
}

void sig_features_common(struct sig_features *f, const uint32_t *records, size_t n,
                         struct feature_names *out) {
    const size_t from = out->n;
    const struct feature_record first = n ? f->records[records[0]] : (struct feature_record){0};
    for (size_t i = 0; i < first.n; i++) {
        const struct feature field = f->fields.ptr[first.first + i];
        bool common = true;
        for (size_t k = 1; common && k < n; k++) {
            common = has_field(f, records[k], field);
        }
        if (common) {
            array_push(out, field.name);
        }
    }
    if (out->n > from) {
        qsort_r(out->ptr + from, out->n - from, sizeof *out->ptr, by_text, &f->names);
    }
}
