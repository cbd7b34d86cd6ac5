// A store in the test's folder, rows as JSON into it, one stage over it, rows as text out of it.
#ifndef CULPRIT_STAGE_TEST_H
#define CULPRIT_STAGE_TEST_H

#include "base/json.h"
#include "base/num.h"
#include "derive/derive.h"
#include "store/store.h"
#include "unit.h"

static inline void stage_check(bool ok, const struct err *err, const char *file, int line) {
    if (!ok) {
        print_error("%s\n", err->msg);
        _assert_true(0, "it works", file, line);
    }
}
#define assert_ok(ok) stage_check((ok), &err, __FILE__, __LINE__)

static inline struct arrow_writer *stage_writer(const struct dataset_def *def) {
    struct arena arena = {0};
    struct arrow_schema schema;
    struct err err = ERR_INIT;
    assert_ok(schema_arrow(def, "test", &arena, &schema, &err));
    struct arrow_writer *w = arrow_writer_new(&schema, NULL, &err);
    assert_ok(w != NULL);
    arena_done(&arena);
    return w;
}

static inline void stage_publish(void **state, const struct dataset_def *def,
                                 struct arrow_writer *w) {
    struct err err = ERR_INIT;
    struct publish *pub = publish_begin(unit_path(state, "store"), &err);
    assert_ok(pub != NULL);
    struct merge_result result;
    const struct dataset_change change = {.name = def->name,
                                          .schema_version = def->version,
                                          .kind = DATASET_SNAPSHOT,
                                          .key = "",
                                          .sort = ""};
    assert_ok(publish_merge(pub, &change, w, &result, &err));
    assert_ok(publish_commit(pub, NULL, &err));
    publish_end(pub);
}

static inline void stage_add_json(struct arrow_builder *b, const json_t *v) {
    size_t i;
    const json_t *item;
    switch (json_typeof(v)) {
    case JSON_INTEGER:
        arrow_add_i64(b, json_integer_value(v));
        break;
    case JSON_REAL:
        arrow_add_f64(b, json_real_value(v));
        break;
    case JSON_STRING:
        arrow_add_text(b, sv_cstr(json_string_value(v)));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        arrow_add_bool(b, json_is_true(v));
        break;
    case JSON_ARRAY:
        arrow_list_begin(b);
        json_array_foreach(v, i, item) {
            stage_add_json(arrow_child(b, 0), item);
        }
        arrow_list_end(b);
        break;
    case JSON_OBJECT:
    case JSON_NULL:
        arrow_add_null(b);
        break;
    }
}

// Zero, false, the empty text or list.
static inline void stage_add_zero(struct arrow_builder *b, const char *type) {
    if (strcmp(type, "bool") == 0) {
        arrow_add_bool(b, false);
    } else if (strcmp(type, "f64") == 0) {
        arrow_add_f64(b, 0);
    } else if (strncmp(type, "list", 4) == 0) {
        arrow_list_begin(b);
        arrow_list_end(b);
    } else if (strcmp(type, "text") == 0 || strcmp(type, "dict") == 0) {
        arrow_add_text(b, SV(""));
    } else {
        arrow_add_i64(b, 0);
    }
}

// Replaces a dataset by a JSON array of rows, {"column": value, ...}; a column that is not named is
// null, or zero where it cannot be null. Columns of float type take numbers with a point.
static inline void put_rows(void **state, const struct dataset_def *def, const char *json) {
    struct err err = ERR_INIT;
    auto_json *rows = json_parse(sv_cstr(json), def->name, &err);
    assert_ok(rows != NULL);
    struct arrow_writer *w = stage_writer(def);
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row) {
        size_t n_found = 0;
        for (size_t c = 0; c < def->n_columns; c++) {
            const json_t *value = json_object_get(row, def->columns[c].name);
            n_found += value != NULL;
            if (value) {
                stage_add_json(arrow_column(w, c), value);
            } else if (!(def->columns[c].flags & COL_NULLABLE)) {
                stage_add_zero(arrow_column(w, c), def->columns[c].type);
            }
        }
        assert_int_equal(n_found, json_object_size(row)); // no column of another name
        assert_ok(arrow_row_end(w, &err));
    }
    stage_publish(state, def, w);
}

// --- one stage ----------------------------------------------------------------------------------

static struct str stage_problems; // "subject: reason" lines of the last stage

static inline bool stage_problem(void *arg, const char *subject, const char *reason,
                                 struct err *err) {
    (void)arg;
    (void)err;
    str_addf(&stage_problems, "%s: %s\n", subject, reason);
    return true;
}

struct stage {
    derive_fn *fn;
    const struct dataset_def *out[DERIVE_MAX_OUT];
    struct derive_settings settings;
};

// Runs the stage; what it makes replaces its datasets when it succeeds.
static inline bool try_stage(void **state, const struct stage *stage, struct err *err) {
    struct snapshot *snap = snapshot_open(unit_path(state, "store"), NULL, err);
    assert_non_null(snap);
    struct derive d = {.snap = snap, .settings = &stage->settings, .problem = stage_problem};
    size_t n = 0;
    for (; n < DERIVE_MAX_OUT && stage->out[n]; n++) {
        d.out[n] = stage_writer(stage->out[n]);
    }
    str_clear(&stage_problems);
    const bool ok = stage->fn(&d, err);
    snapshot_unref(snap);
    for (size_t i = 0; i < n; i++) {
        if (ok) {
            stage_publish(state, stage->out[i], d.out[i]);
        } else {
            arrow_writer_free(d.out[i]);
        }
    }
    return ok;
}

static inline void run_stage(void **state, const struct stage *stage) {
    struct err err = ERR_INIT;
    assert_ok(try_stage(state, stage, &err));
}

// --- rows out -----------------------------------------------------------------------------------

static inline void stage_add_cell(struct str *out, const struct arrow_col *col, int64_t slot) {
    int64_t from, to;
    if (arrow_is_null(col, slot)) {
        str_add_cstr(out, "-");
    } else if (col->field->kind == ARROW_LIST) {
        arrow_get_list(col, slot, &from, &to);
        str_add_byte(out, '[');
        for (int64_t i = from; i < to; i++) {
            str_add_cstr(out, i > from ? "," : "");
            stage_add_cell(out, col->children, i);
        }
        str_add_byte(out, ']');
    } else if (col->field->kind == ARROW_F64) {
        str_add_f64(out, arrow_get_f64(col, slot));
    } else if (col->field->kind == ARROW_BOOL) {
        str_add_cstr(out, arrow_get_bool(col, slot) ? "true" : "false");
    } else if (arrow_get_text(col, slot).ptr) {
        str_add_sv(out, arrow_get_text(col, slot));
    } else {
        str_add_i64(out, arrow_get_i64(col, slot));
    }
}

// All rows of a dataset: one a line, blanks between the columns of this comma list; "-" is null.
static inline void rows_text(void **state, const struct dataset_def *def, const char *columns,
                             struct str *out) {
    struct err err = ERR_INIT;
    struct snapshot *snap = snapshot_open(unit_path(state, "store"), NULL, &err);
    assert_non_null(snap);
    struct scan s;
    assert_ok(scan_open(&s, snap, def, &err));
    while (scan_next(&s, &err)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            struct sv rest = sv_cstr(columns), name;
            for (bool first = true; sv_split(&rest, ',', &name); first = false) {
                const int col = schema_column(def, name);
                assert_true(col >= 0 && s.cols[col]);
                str_add_cstr(out, first ? "" : " ");
                stage_add_cell(out, s.cols[col], i);
            }
            str_add_byte(out, '\n');
        }
    }
    assert_ok(scan_close(&s));
    snapshot_unref(snap);
}

#define assert_rows(state, def, columns, want)                                                     \
    do {                                                                                           \
        struct str rows_got = {0};                                                                 \
        rows_text(state, def, columns, &rows_got);                                                 \
        assert_sv(str_sv(&rows_got), want);                                                        \
        str_done(&rows_got);                                                                       \
    } while (0)

#endif
