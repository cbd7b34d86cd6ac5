// Typed cells of a CSV row.
#include <stdarg.h>

#include "base/date.h"
#include "base/doc.h"
#include "base/num.h"
#include "ingest/csv_table.h"
#include "ingest/json_list.h"

struct sv csv_cell(struct csv_table *t, size_t col) {
    const int16_t field = t->layout->field[col];
    if (field < 0 || (size_t)field >= t->row.n_fields) {
        return SV_NULL;
    }
    const struct csv_field *f = &t->row.fields[field];
    const struct sv text = f->has_quote ? csv_text(f, &t->scratch[col]) : f->raw;
    return text.ptr ? text : SV("");
}

struct sv csv_cell_text(struct csv_table *t, size_t col) {
    const struct sv text = csv_cell(t, col);
    return text.len ? text : SV_NULL;
}

bool csv_problem(struct csv_table *t, size_t col, struct sv sample, struct err *err,
                 const char *fmt, ...) {
    auto_str reason = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&reason, fmt, ap);
    va_end(ap);
    struct ingest_at at = csv_table_at(t);
    at.column = t->def->columns[col].name;
    return ingest_problem(t->ig, at, sample, err, "%s", str_cstr(&reason));
}

static bool bad_cell(struct csv_table *t, size_t col, struct sv cell, const char *what,
                     struct err *err) {
    if (t->def->columns[col].needed) {
        t->row_bad = true;
        return csv_problem(t, col, cell, err, "expected %s; the row is left out", what);
    }
    return csv_problem(t, col, cell, err, "expected %s; the value is left empty", what);
}

// The words that data frames write for "nothing" in columns of numbers and times.
static bool is_nothing(struct sv text) {
    return !text.len || sv_eq(text, SV("nan")) || sv_eq(text, SV("NaN")) ||
           sv_eq(text, SV("NaT")) || sv_eq(text, SV("None"));
}

// False when there is no value; then `*ok` says whether to go on.
static bool value_text(struct csv_table *t, size_t col, const char *what, struct sv *text, bool *ok,
                       struct err *err) {
    *text = sv_trim(csv_cell(t, col));
    *ok = true;
    if (!is_nothing(*text)) {
        return true;
    }
    if (t->def->columns[col].needed) {
        *ok = bad_cell(t, col, *text, what, err);
    }
    return false;
}

bool csv_cell_i64(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) {
    static const char what[] = "an integer";
    struct sv text;
    bool ok;
    *out = (struct rec_i64){0};
    if (!value_text(t, col, what, &text, &ok, err)) {
        return ok;
    }
    out->has = num_parse_i64_lax(text, &out->v) || int_of_text(text, &out->v);
    return out->has || bad_cell(t, col, text, what, err);
}

bool csv_cell_i32(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) {
    if (!csv_cell_i64(t, col, out, err)) {
        return false;
    }
    if (!out->has || (out->v >= INT32_MIN && out->v <= INT32_MAX)) {
        return true;
    }
    out->has = false;
    return bad_cell(t, col, csv_cell(t, col), "an integer of at most 32 bits", err);
}

bool csv_cell_bool(struct csv_table *t, size_t col, struct rec_bool *out, struct err *err) {
    static const char what[] = "True or False";
    struct sv text;
    bool ok;
    *out = (struct rec_bool){0};
    if (!value_text(t, col, what, &text, &ok, err)) {
        return ok;
    }
    const bool yes = sv_eq_nocase(text, SV("true")) || sv_eq(text, SV("1"));
    const bool no = sv_eq_nocase(text, SV("false")) || sv_eq(text, SV("0"));
    *out = (struct rec_bool){yes, yes || no};
    return out->has || bad_cell(t, col, text, what, err);
}

bool csv_cell_time(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) {
    static const char what[] = "a time such as 2025-06-14T05:36:04";
    struct sv text;
    bool ok;
    *out = (struct rec_i64){0};
    if (!value_text(t, col, what, &text, &ok, err)) {
        return ok;
    }
    out->has = date_parse_iso(text, &out->v, NULL);
    return out->has || bad_cell(t, col, text, what, err);
}

bool csv_cell_epoch(struct csv_table *t, size_t col, struct rec_i64 *out, struct err *err) {
    if (!csv_cell_i64(t, col, out, err)) {
        return false;
    }
    if (!out->has) {
        return true;
    }
    int64_t at_us;
    out->has = !__builtin_mul_overflow(out->v, US_PER_SEC, &at_us);
    out->v = at_us;
    return out->has || bad_cell(t, col, csv_cell(t, col), "seconds since 1970 within range", err);
}

typedef bool list_fn(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                     const char *column, struct rec_list *out, struct err *err);

static bool read_list(struct csv_table *t, size_t col, list_fn *read, struct rec_list *out,
                      struct err *err) {
    *out = (struct rec_list){0};
    const struct sv text = csv_cell(t, col);
    if (is_nothing(sv_trim(text))) {
        return true;
    }
    if (sv_eq(text, SV("[]"))) {
        out->has = true;
        return true;
    }
    struct doc doc;
    struct doc_token tok;
    pylit_doc_init(&doc, text);
    struct err local = ERR_INIT;
    const struct sv source = t->r->source;
    // Cells with doubled quotes lie in scratch memory, which lives as long as the row; when the
    // values must outlive it, everything is copied.
    if (source.ptr) {
        t->r->source = text;
    }
    bool ok =
        doc_next(&doc, &tok) && read(t->r, &doc, &tok, t->def->columns[col].name, out, &local);
    // Behind the value nothing may follow.
    ok = ok && !doc_next(&doc, &tok) && tok.kind == DOC_END;
    t->r->source = source;
    if (!ok && local.code == ERR_NONE) {
        *out = (struct rec_list){0};
        ok = csv_problem(t, col, text, err, "%s; the list is left empty", doc_error(&doc)->msg);
    } else if (!ok && err) {
        *err = local;
    }
    doc_done(&doc);
    return ok;
}

bool csv_cell_texts(struct csv_table *t, size_t col, struct rec_list *out, struct err *err) {
    return read_list(t, col, record_texts, out, err);
}

bool csv_cell_ints(struct csv_table *t, size_t col, struct rec_list *out, struct err *err) {
    return read_list(t, col, record_ints, out, err);
}

bool csv_cell_pairs(struct csv_table *t, size_t col, struct rec_list *out, struct err *err) {
    return read_list(t, col, record_pairs, out, err);
}
