// A small store with one column of every kind, beside the same rows as plain structs, so that tests
// can compare what `query` says with loops over a struct.
//
// "rows" is partitioned, so that it has several segments with dictionaries of their own; the first
// segment has an older schema: `late` is missing, `n` is int32, `tag` is plain text.
#ifndef CULPRIT_TEST_QUERY_FIXTURE_H
#define CULPRIT_TEST_QUERY_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/array.h"
#include "base/str.h"
#include "query/query.h"
#include "schema/schema.h"

enum { MAX_ITEMS = 3 };

struct model {
    int64_t n;
    double f;
    float g;
    bool b;
    int64_t t;
    int32_t status;
    uint32_t u;
    char name[24];
    const char *tag;
    const char *items[MAX_ITEMS];
    int64_t ids[MAX_ITEMS];
    size_t n_items, n_ids;
    int64_t late;
    // Nulls.
    bool no_n, no_f, no_b, no_t, no_status, no_name, no_tag, no_items, no_late;
};

struct fixture {
    char *dir; // of the test
    struct model *rows;
    size_t n;
    struct snapshot *snap;
    struct table *table;
    struct arena arena;
};

static const char *const fixture_tags[] = {"linux64",    "windows11-64", "macosx",  "",
                                           "android-hw", "LINUX32",      "linux10", "linux9"};

// --- random rows
// ----------------------------------------------------------------------------------

static inline uint64_t rnd(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline double rnd_float(uint64_t *s) {
    switch (rnd(s) % 12) {
    case 0:
        return (double)NAN;
    case 1:
        return -0.0;
    case 2:
        return 0.0;
    case 3:
        return (double)INFINITY;
    case 4:
        return -(double)INFINITY;
    default:
        return (double)((int64_t)(rnd(s) % 2001) - 1000) / 8;
    }
}

static inline void rnd_name(uint64_t *s, char out[24]) {
    static const char *const words[] = {"crash", "Perf", "alert", "na\xc3\xafve", "talos", "a"};
    size_t n = rnd(s) % 3;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        snprintf(out + strlen(out), 24 - strlen(out), "%s%s", i ? " " : "",
                 words[rnd(s) % COUNTOF(words)]);
    }
    if (rnd(s) % 2) {
        snprintf(out + strlen(out), 24 - strlen(out), "%d", (int)(rnd(s) % 120));
    }
}

static inline struct model rnd_row(uint64_t *s) {
    struct model m = {0};
    m.no_n = rnd(s) % 8 == 0;
    m.n = rnd(s) % 3 ? (int64_t)(rnd(s) % 41) - 20 : (int64_t)(int32_t)rnd(s);
    m.no_f = rnd(s) % 8 == 0;
    m.f = rnd_float(s);
    m.g = (float)((double)(rnd(s) % 100) / 10);
    m.no_b = rnd(s) % 5 == 0;
    m.b = rnd(s) % 2;
    m.no_t = rnd(s) % 6 == 0;
    m.t = INT64_C(1735689600000000) + (int64_t)(rnd(s) % 90) * INT64_C(43200000000) +
          (int64_t)(rnd(s) % 3);
    m.no_status = rnd(s) % 9 == 0;
    m.status = (int32_t)(rnd(s) % 12);
    m.u = (uint32_t)rnd(s);
    m.no_name = rnd(s) % 7 == 0;
    rnd_name(s, m.name);
    m.no_tag = rnd(s) % 6 == 0;
    m.tag = fixture_tags[rnd(s) % COUNTOF(fixture_tags)];
    m.no_items = rnd(s) % 5 == 0;
    m.n_items = rnd(s) % (MAX_ITEMS + 1);
    m.n_ids = rnd(s) % (MAX_ITEMS + 1);
    for (size_t i = 0; i < MAX_ITEMS; i++) {
        m.items[i] = fixture_tags[rnd(s) % COUNTOF(fixture_tags)];
        m.ids[i] = (int64_t)(rnd(s) % 30);
    }
    m.no_late = rnd(s) % 4 == 0;
    m.late = (int64_t)(rnd(s) % 1000);
    return m;
}

// --- writing
// --------------------------------------------------------------------------------------

static const struct column_def fixture_columns[] = {
    {.name = "n", .type = "i64", .flags = COL_NULLABLE},
    {.name = "f", .type = "f64", .flags = COL_NULLABLE},
    {.name = "g", .type = "f32"},
    {.name = "b", .type = "bool", .flags = COL_NULLABLE},
    {.name = "t", .type = "ts", .flags = COL_NULLABLE},
    {.name = "status", .type = "i32", .flags = COL_NULLABLE},
    {.name = "u", .type = "u32"},
    {.name = "name", .type = "text", .flags = COL_NULLABLE},
    {.name = "big", .type = "large", .flags = COL_NULLABLE},
    {.name = "tag", .type = "dict", .flags = COL_NULLABLE},
    {.name = "items", .type = "list<dict>", .flags = COL_NULLABLE},
    {.name = "ids", .type = "list<i64>"},
    {.name = "params", .type = "list<{name:dict,value:dict?}>"},
    {.name = "hash", .type = "bin20"},
    {.name = "_extra", .type = "large", .flags = COL_NULLABLE},
    {.name = "late", .type = "i64", .flags = COL_NULLABLE},
};

static const struct column_def fixture_old_columns[] = {
    {.name = "n", .type = "i32", .flags = COL_NULLABLE},
    {.name = "f", .type = "f64", .flags = COL_NULLABLE},
    {.name = "g", .type = "f32"},
    {.name = "b", .type = "bool", .flags = COL_NULLABLE},
    {.name = "t", .type = "ts", .flags = COL_NULLABLE},
    {.name = "status", .type = "i32", .flags = COL_NULLABLE},
    {.name = "u", .type = "u32"},
    {.name = "name", .type = "text", .flags = COL_NULLABLE},
    {.name = "big", .type = "large", .flags = COL_NULLABLE},
    {.name = "tag", .type = "text", .flags = COL_NULLABLE},
    {.name = "items", .type = "list<dict>", .flags = COL_NULLABLE},
    {.name = "ids", .type = "list<i64>"},
    {.name = "params", .type = "list<{name:dict,value:dict?}>"},
    {.name = "hash", .type = "bin20"},
    {.name = "_extra", .type = "large", .flags = COL_NULLABLE},
};

static inline void must(bool ok, const struct err *err) {
    if (!ok) {
        fail_msg("%s", err->msg);
    }
}

static inline struct arrow_writer *fixture_writer(struct fixture *fx, struct publish *pub,
                                                  const struct dataset_def *def) {
    struct err err = ERR_INIT;
    struct arrow_schema schema;
    must(schema_arrow(def, NULL, &fx->arena, &schema, &err), &err);
    struct arrow_writer *w = arrow_writer_new(&schema, publish_tmp(pub), &err);
    must(w != NULL, &err);
    return w;
}

static inline void fixture_merge(struct publish *pub, const char *name, const char *partition,
                                 int version, struct arrow_writer *w) {
    struct err err = ERR_INIT;
    struct merge_result result;
    struct dataset_change change = {.name = name,
                                    .schema_version = version,
                                    .kind = partition ? DATASET_PARTITIONED : DATASET_SNAPSHOT,
                                    .key = "",
                                    .sort = "",
                                    .partition = partition};
    must(publish_merge(pub, &change, w, &result, &err), &err);
}

static inline void put_i64(struct arrow_builder *b, bool is_null, int64_t v) {
    if (is_null) {
        arrow_add_null(b);
    } else {
        arrow_add_i64(b, v);
    }
}

static inline void put_text(struct arrow_builder *b, bool is_null, const char *text) {
    if (is_null) {
        arrow_add_null(b);
    } else {
        arrow_add_text(b, sv_cstr(text));
    }
}

static inline void put_lists(struct arrow_writer *w, const struct model *m) {
    struct arrow_builder *items = arrow_column(w, 10);
    struct arrow_builder *ids = arrow_column(w, 11);
    if (m->no_items) {
        arrow_add_null(items);
    } else {
        arrow_list_begin(items);
        for (size_t i = 0; i < m->n_items; i++) {
            arrow_add_text(arrow_child(items, 0), sv_cstr(m->items[i]));
        }
        arrow_list_end(items);
    }
    arrow_list_begin(ids);
    for (size_t i = 0; i < m->n_ids; i++) {
        arrow_add_i64(arrow_child(ids, 0), m->ids[i]);
    }
    arrow_list_end(ids);
}

// params holds os = tag (unless null) and "sub result" = name.
static inline void put_params(struct arrow_writer *w, const struct model *m) {
    struct arrow_builder *list = arrow_column(w, 12);
    struct arrow_builder *item = arrow_child(list, 0);
    arrow_list_begin(list);
    if (!m->no_tag) {
        arrow_add_text(arrow_child(item, 0), SV("os"));
        arrow_add_text(arrow_child(item, 1), sv_cstr(m->tag));
        arrow_struct_end(item);
    }
    arrow_add_text(arrow_child(item, 0), SV("sub result"));
    put_text(arrow_child(item, 1), m->no_name, m->name);
    arrow_struct_end(item);
    arrow_list_end(list);
}

static inline void put_row(struct arrow_writer *w, const struct model *m, bool old) {
    struct err err = ERR_INIT;
    char text[64];
    put_i64(arrow_column(w, 0), m->no_n, m->n);
    if (m->no_f) {
        arrow_add_null(arrow_column(w, 1));
    } else {
        arrow_add_f64(arrow_column(w, 1), m->f);
    }
    arrow_add_f64(arrow_column(w, 2), (double)m->g);
    if (m->no_b) {
        arrow_add_null(arrow_column(w, 3));
    } else {
        arrow_add_bool(arrow_column(w, 3), m->b);
    }
    put_i64(arrow_column(w, 4), m->no_t, m->t);
    put_i64(arrow_column(w, 5), m->no_status, m->status);
    arrow_add_i64(arrow_column(w, 6), m->u);
    put_text(arrow_column(w, 7), m->no_name, m->name);
    put_text(arrow_column(w, 8), m->no_name, m->name);
    put_text(arrow_column(w, 9), m->no_tag, m->tag);
    put_lists(w, m);
    put_params(w, m);
    snprintf(text, sizeof text, "%020d", (int)m->status);
    arrow_add_text(arrow_column(w, 13), sv_make(text, 20));
    snprintf(text, sizeof text, "{\"weight\": %d, \"note\": \"x\\u00e9%d\"}", (int)m->status,
             (int)(m->u % 7));
    put_text(arrow_column(w, 14), m->no_b, text);
    if (!old) {
        put_i64(arrow_column(w, 15), m->no_late, m->late);
    }
    must(arrow_row_end(w, &err), &err);
}

static inline void fixture_rows(struct fixture *fx, struct publish *pub, size_t n, size_t n_parts,
                                uint64_t seed) {
    struct dataset_def def = {.name = "rows",
                              .version = 2,
                              .key = "",
                              .sort = "",
                              .columns = fixture_columns,
                              .n_columns = COUNTOF(fixture_columns)};
    fx->rows = xcalloc(n + 1, sizeof *fx->rows);
    fx->n = n;
    for (size_t p = 0, row = 0; p < n_parts; p++) {
        char part[32];
        bool old = p == 0 && n_parts > 1;
        def.columns = old ? fixture_old_columns : fixture_columns;
        def.n_columns = old ? COUNTOF(fixture_old_columns) : COUNTOF(fixture_columns);
        def.version = old ? 1 : 2;
        struct arrow_writer *w = fixture_writer(fx, pub, &def);
        for (size_t end = n * (p + 1) / n_parts; row < end; row++) {
            fx->rows[row] = rnd_row(&seed);
            fx->rows[row].no_late |= old;
            put_row(w, &fx->rows[row], old);
        }
        snprintf(part, sizeof part, "p%02zu", p);
        fixture_merge(pub, "rows", part, def.version, w);
    }
}

// --- the store
// ------------------------------------------------------------------------------------

static inline struct publish *fixture_begin(struct fixture *fx, void **state) {
    struct err err = ERR_INIT;
    *fx = (struct fixture){.dir = *state};
    struct publish *pub = publish_begin(fx->dir, &err);
    must(pub != NULL, &err);
    return pub;
}

static inline void fixture_publish(struct fixture *fx, struct publish *pub, const char *dataset) {
    struct err err = ERR_INIT;
    must(publish_commit(pub, NULL, &err), &err);
    publish_end(pub);
    fx->snap = snapshot_open(fx->dir, NULL, &err);
    must(fx->snap != NULL, &err);
    fx->table = table_get(fx->snap, sv_cstr(dataset), &err);
    must(fx->table != NULL, &err);
}

static inline void fixture_open(struct fixture *fx, void **state, size_t n, size_t n_parts,
                                uint64_t seed) {
    struct publish *pub = fixture_begin(fx, state);
    fixture_rows(fx, pub, n, n_parts, seed);
    fixture_publish(fx, pub, "rows");
}

static inline void fixture_done(struct fixture *fx) {
    snapshot_unref(fx->snap);
    free(fx->rows);
    arena_done(&fx->arena);
}

// --- asking
// ---------------------------------------------------------------------------------------

static inline bool fixture_resolve(void *arg, struct sv name, struct column *out, struct err *err) {
    struct fixture *fx = arg;
    if (!column_find(fx->table, name, out, err)) {
        return false;
    }
    if (sv_is(name, "status")) {
        out->values = enum_find(SV("summary_status"));
    }
    if (sv_is(name, "late")) {
        out->unit = "ms";
    }
    return true;
}

#define FIXTURE_NOW INT64_C(1738800000000000) // 2025-02-06T00:00:00

static inline struct filter *fixture_filter(struct fixture *fx, const char *text, size_t *at,
                                            struct err *err) {
    struct column columns[2];
    must(column_find(fx->table, SV("name"), &columns[0], err), err);
    must(column_find(fx->table, SV("tag"), &columns[1], err), err);
    struct filter_env env = {.resolve = fixture_resolve,
                             .arg = fx,
                             .text_columns = columns,
                             .n_text_columns = 2,
                             .now_us = FIXTURE_NOW};
    return filter_parse(sv_cstr(text), &env, at, err);
}

static inline struct rows fixture_run(struct fixture *fx, const char *text, const struct rows *in,
                                      unsigned n_threads) {
    struct err err = ERR_INIT;
    struct query_ctl ctl = {.n_threads = n_threads};
    struct rows rows;
    struct filter *f = fixture_filter(fx, text, NULL, &err);
    if (!f) {
        fail_msg("%s: %s", text, err.msg);
    }
    must(filter_run(f, fx->table, in, &ctl, &rows, &err), &err);
    filter_unref(f);
    return rows;
}

static inline size_t fixture_count(struct fixture *fx, const char *text) {
    struct rows rows = fixture_run(fx, text, NULL, 1);
    size_t n = rows.n;
    rows_done(&rows);
    return n;
}

static inline void assert_same_rows(const struct rows *a, const struct rows *b, const char *what) {
    if (a->n != b->n || (a->n && memcmp(a->idx, b->idx, a->n * sizeof *a->idx) != 0)) {
        fail_msg("%s: %zu rows against %zu, or in another order", what, a->n, b->n);
    }
}

#endif
