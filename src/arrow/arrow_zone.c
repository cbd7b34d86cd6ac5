#include <math.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_write_int.h"
#include "base/num.h"

bool zone_wanted(const struct arrow_field *f) {
    return f->kind >= ARROW_I8 && f->kind <= ARROW_DATE && f->kind != ARROW_U64;
}

static bool is_float(enum arrow_kind kind) {
    return kind == ARROW_F32 || kind == ARROW_F64;
}

static void widen_i(struct zone *z, int64_t v) {
    z->min_i = z->known ? MIN(z->min_i, v) : v;
    z->max_i = z->known ? MAX(z->max_i, v) : v;
    z->known = true;
}

static void widen_f(struct zone *z, double v) {
    if (isnan(v)) {
        return;
    }
    z->min_f = z->known ? MIN(z->min_f, v) : v;
    z->max_f = z->known ? MAX(z->max_f, v) : v;
    z->known = true;
}

// The usual case, in a loop that the compiler makes vectors of.
static void widen_all_i64(struct zone *z, const int64_t *values, int64_t n) {
    int64_t min = values[0], max = values[0];
    for (int64_t i = 1; i < n; i++) {
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
    }
    z->min_i = min;
    z->max_i = max;
    z->known = true;
}

struct zone zone_of(const struct arrow_builder *b) {
    struct zone z = {.n_nulls = b->n_nulls};
    const void *values = b->values.ptr;
    if (b->n && !b->n_nulls && (b->kind == ARROW_I64 || b->kind == ARROW_TIMESTAMP)) {
        widen_all_i64(&z, values, b->n);
        return z;
    }
    for (int64_t i = 0; i < b->n; i++) {
        if (b->n_nulls && !(b->validity.ptr[i >> 3] >> (i & 7) & 1)) {
            continue;
        }
        if (b->kind == ARROW_F64) {
            widen_f(&z, ((const double *)values)[i]);
        } else if (b->kind == ARROW_F32) {
            widen_f(&z, (double)((const float *)values)[i]);
        } else {
            widen_i(&z, arrow_raw_int(values, b->kind, i));
        }
    }
    return z;
}

static void add_name(struct str *out, struct sv name) {
    str_add_byte(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20) {
            str_addf(out, "\\u%04x", c);
        } else {
            if (c == '"' || c == '\\') {
                str_add_byte(out, '\\');
            }
            str_add_byte(out, (char)c);
        }
    }
    str_add_byte(out, '"');
}

// JSON knows no infinity; null means that the bound is not known.
static void add_bound(struct str *out, const struct zone *z, enum arrow_kind kind, bool is_max) {
    double f = is_max ? z->max_f : z->min_f;
    if (!z->known || (is_float(kind) && isinf(f))) {
        str_add_cstr(out, "null");
    } else if (is_float(kind)) {
        str_add_f64(out, f);
    } else {
        str_add_i64(out, is_max ? z->max_i : z->min_i);
    }
}

static void add_column(const struct arrow_writer *w, size_t col, size_t at, size_t step,
                       struct str *out) {
    static const char *const lists[] = {"{\"min\":[", "],\"max\":[", "],\"nulls\":["};
    for (int list = 0; list < 3; list++) {
        str_add_cstr(out, lists[list]);
        for (size_t i = at; i < w->zones.n; i += step) {
            if (i != at) {
                str_add_byte(out, ',');
            }
            if (list == 2) {
                str_add_i64(out, w->zones.ptr[i].n_nulls);
            } else {
                add_bound(out, &w->zones.ptr[i], w->schema.fields[col].kind, list == 1);
            }
        }
    }
    str_add_cstr(out, "]}");
}

void zones_write(const struct arrow_writer *w, struct str *out) {
    size_t n_zones = 0;
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        n_zones += zone_wanted(&w->schema.fields[i]);
    }
    size_t at = 0;
    str_add_byte(out, '{');
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        if (!zone_wanted(&w->schema.fields[i])) {
            continue;
        }
        if (at) {
            str_add_byte(out, ',');
        }
        add_name(out, w->schema.fields[i].name);
        str_add_byte(out, ':');
        add_column(w, i, at++, n_zones, out);
    }
    str_add_byte(out, '}');
}
