// Distinct values with counts. A value is known by a code: of the dictionary, or of a hash map of
// integers or texts.
#include <math.h>

#include "base/array.h"
#include "base/map.h"
#include "query/query_int.h"

enum { GROUP_NULL = 0 }; // group 0 is the nulls; dropped when there are none

struct group_job {
    const struct column *column;
    struct col_reader reader;
    const struct dict_full *dict;
    enum value_class class;
    struct int_map ints;
    struct text_map texts;
    struct str scratch;
    ARRAY(struct group) groups;
    uint32_t *of_code; // dictionary: unified code -> group, 0 = none yet
};

static uint32_t by_int(struct group_job *j, int64_t v) {
    return int_map_put(&j->ints, v, NULL) + 1;
}

static uint32_t by_float(struct group_job *j, double v) {
    int64_t bits;
    v = v == 0 ? 0 : isnan(v) ? (double)NAN : v;
    memcpy(&bits, &v, sizeof bits);
    return by_int(j, bits);
}

static uint32_t by_code(struct group_job *j, struct cell c) {
    int64_t code = arrow_get_i64(c.col, c.slot);
    uint32_t segment = j->column->table->parts[j->reader.part].segment;
    const uint32_t *codes = j->dict->to_unified[segment];
    if (!codes || code < 0 || code >= j->dict->n_local[segment] || codes[code] == NO_ROW) {
        return GROUP_NULL;
    }
    uint32_t *slot = &j->of_code[codes[code]];
    *slot = *slot ? *slot : (uint32_t)j->groups.n;
    return *slot;
}

static uint32_t by_text(struct group_job *j, struct cell c) {
    struct sv text;
    bool some = j->column->subkey.ptr ? cell_subkey(c, j->column->subkey, &j->scratch, &text)
                                      : cell_text(c, &j->scratch, &text);
    return some ? text_map_put(&j->texts, text, NULL) + 1 : GROUP_NULL;
}

static uint32_t group_of(struct group_job *j, uint32_t row) {
    struct cell c = reader_cell(&j->reader, row);
    if (cell_is_null(c)) {
        return GROUP_NULL;
    }
    if (j->dict) {
        return by_code(j, c);
    }
    switch (j->class) {
    case CLASS_INT:
    case CLASS_TIME:
        return by_int(j, cell_i64(c));
    case CLASS_BOOL:
        return by_int(j, arrow_get_bool(c.col, c.slot));
    case CLASS_FLOAT:
        return by_float(j, arrow_get_f64(c.col, c.slot));
    case CLASS_TEXT:
    case CLASS_LIST:
        break;
    }
    return by_text(j, c);
}

static void count(struct group_job *j, uint32_t row, uint32_t group) {
    if (group >= j->groups.n) {
        array_push(&j->groups, (struct group){.first_row = row});
    }
    struct group *g = &j->groups.ptr[group];
    g->first_row = g->count ? g->first_row : row;
    g->count++;
}

static int cmp_groups(const void *a, const void *b) {
    const struct group *x = a;
    const struct group *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->first_row > y->first_row) - (x->first_row < y->first_row);
}

static void job_init(struct group_job *j, const struct column *c) {
    *j = (struct group_job){.column = c, .class = c->class};
    reader_init(&j->reader, c);
    if (c->table && c->col >= 0 && !c->subkey.ptr) {
        j->class = table_class(c->table, (size_t)c->col);
        j->dict = dict_get(c->table, (size_t)c->col);
        j->dict = j->dict && !j->dict->mixed ? j->dict : NULL;
    }
    if (j->dict) {
        j->of_code = xcalloc(j->dict->pub.n_values + 1, sizeof *j->of_code);
    }
    array_push(&j->groups, (struct group){.is_null = true});
}

static void job_done(struct group_job *j) {
    int_map_done(&j->ints);
    text_map_done(&j->texts);
    str_done(&j->scratch);
    free(j->of_code);
    array_done(&j->groups);
}

bool rows_group(const struct rows *rows, const struct column *c, const struct query_ctl *ctl,
                struct groups *out, struct err *err) {
    struct group_job j;
    *out = (struct groups){0};
    job_init(&j, c);
    bool ok = true;
    for (size_t i = 0; ok && i < rows->n; i++) {
        ok = i % CTL_STEP != 0 || !ctl_cancelled(ctl);
        count(&j, rows->idx[i], group_of(&j, rows->idx[i]));
    }
    if (ok) {
        size_t skip = j.groups.ptr[GROUP_NULL].count ? 0 : 1;
        out->n = j.groups.n - skip;
        out->ptr = xcalloc(out->n + 1, sizeof *out->ptr);
        memcpy(out->ptr, j.groups.ptr + skip, out->n * sizeof *out->ptr);
        qsort(out->ptr, out->n, sizeof *out->ptr, cmp_groups);
        ctl_done(ctl, rows->n);
    }
    job_done(&j);
    return ok || err_cancelled(err);
}

void groups_done(struct groups *g) {
    free(g->ptr);
    *g = (struct groups){0};
}
