// A small dataset, and its writing and reading back, for the tests of the store.
#ifndef CULPRIT_TEST_STORE_H
#define CULPRIT_TEST_STORE_H

#include "unit.h"

#include <dirent.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/file.h"
#include "store/store.h"

struct thing {
    int64_t id; // THING_NO_ID = null
    int32_t part;
    bool flag;
    char name[16]; // "" = null
    char tag[8];
};
#define THING_NO_ID INT64_MIN

struct thing_list ARRAY_BODY(struct thing);

// --- folders ----------------------------------------------------------------------------------

static inline int count_files(const char *dir, const char *sub) {
    char *path = xasprintf("%s/%s", dir, sub);
    DIR *d = opendir(path);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        n += e->d_name[0] != '.';
    }
    if (d) {
        closedir(d);
    }
    free(path);
    return n;
}

// --- writing ----------------------------------------------------------------------------------

// Version 1: id, part, flag, name, tag. Version 2 adds `extra` (text, null) and widens `part`.
static inline struct arrow_writer *things_writer(const char *dataset, int version,
                                                 const char *spool_dir) {
    struct arrow_field fields[] = {
        {.name = SV("id"), .kind = ARROW_I64, .nullable = true},
        {.name = SV("part"), .kind = version == 1 ? ARROW_I32 : ARROW_I64},
        {.name = SV("flag"), .kind = ARROW_BOOL},
        {.name = SV("name"), .kind = ARROW_UTF8, .nullable = true},
        {.name = SV("tag"), .kind = ARROW_DICT, .nullable = true, .index_kind = ARROW_I32},
        {.name = SV("extra"), .kind = ARROW_UTF8, .nullable = true},
    };
    char number[16];
    snprintf(number, sizeof number, "%d", version);
    struct arrow_pair pairs[] = {
        {SV("culprit:format"), SV("1")},
        {SV("culprit:dataset"), sv_cstr(dataset)},
        {SV("culprit:schema"), sv_cstr(number)},
    };
    struct arrow_schema schema = {fields, version == 1 ? 5 : 6, pairs, COUNTOF(pairs)};
    struct err err = ERR_INIT;
    struct arrow_writer *w = arrow_writer_new(&schema, spool_dir, &err);
    if (!w) {
        fail_msg("%s", err.msg);
    }
    return w;
}

static inline void add_thing(struct arrow_writer *w, const struct thing *t) {
    struct err err = ERR_INIT;
    if (t->id == THING_NO_ID) {
        arrow_add_null(arrow_column(w, 0));
    } else {
        arrow_add_i64(arrow_column(w, 0), t->id);
    }
    arrow_add_i64(arrow_column(w, 1), t->part);
    arrow_add_bool(arrow_column(w, 2), t->flag);
    if (t->name[0]) {
        arrow_add_text(arrow_column(w, 3), sv_cstr(t->name));
    }
    if (t->tag[0]) {
        arrow_add_text(arrow_column(w, 4), sv_cstr(t->tag));
    }
    if (!arrow_row_end(w, &err)) {
        fail_msg("%s", err.msg);
    }
}

struct import {
    const char *name; // default "things"
    const char *key;  // default "id"
    const char *sort;
    const char *partition;
    const char *origin;
    enum dataset_kind kind; // default: keyed
    bool any_kind;          // take `kind` as it is, 0 = snapshot
    int version;            // default 1
    int64_t n_groups;       // 0 = unknown
    bool (*drop)(void *arg, const struct arrow_batch *batch, int64_t slot);
    void *drop_arg;
};

static inline bool try_merge(struct publish *pub, struct import in, const struct thing *things,
                             size_t n, struct merge_result *result, struct err *err) {
    int version = in.version ? in.version : 1;
    const char *name = in.name ? in.name : "things";
    struct arrow_writer *w = things_writer(name, version, publish_tmp(pub));
    for (size_t i = 0; i < n; i++) {
        add_thing(w, &things[i]);
    }
    struct dataset_change change = {
        .name = name,
        .schema_version = version,
        .kind = in.any_kind || in.kind ? in.kind : DATASET_KEYED,
        .key = in.key ? in.key : "id",
        .sort = in.sort ? in.sort : "",
        .n_groups = in.n_groups,
        .origin = in.origin,
        .partition = in.partition,
        .drop = in.drop,
        .drop_arg = in.drop_arg,
    };
    return publish_merge(pub, &change, w, result, err);
}

static inline struct publish *begin(const char *dir) {
    struct err err = ERR_INIT;
    struct publish *pub = publish_begin(dir, &err);
    if (!pub) {
        fail_msg("%s", err.msg);
    }
    return pub;
}

static inline void commit(struct publish *pub) {
    struct err err = ERR_INIT;
    if (!publish_commit(pub, NULL, &err)) {
        fail_msg("%s", err.msg);
    }
}

static inline struct merge_result merge_in(struct publish *pub, struct import in,
                                           const struct thing *things, size_t n) {
    struct err err = ERR_INIT;
    struct merge_result result;
    if (!try_merge(pub, in, things, n, &result, &err)) {
        fail_msg("%s", err.msg);
    }
    return result;
}

// Begins, merges, commits, ends.
static inline struct merge_result import_things(const char *dir, struct import in,
                                                const struct thing *things, size_t n) {
    struct publish *pub = begin(dir);
    struct merge_result result = merge_in(pub, in, things, n);
    commit(pub);
    publish_end(pub);
    return result;
}

// --- reading ----------------------------------------------------------------------------------

static inline struct snapshot *open_store(const char *dir) {
    struct err err = ERR_INIT;
    struct str damage = STR_INIT;
    struct snapshot *snap = snapshot_open(dir, &damage, &err);
    if (!snap || damage.len) {
        fail_msg("%s%s", err.msg, str_cstr(&damage));
    }
    str_done(&damage);
    return snap;
}

static inline void copy_name(char *to, size_t size, struct sv text) {
    assert_true(text.len < size);
    snprintf(to, size, "%.*s", SV_ARG(text));
}

static inline struct thing read_thing(struct arrow_file *file, int64_t row) {
    struct err err = ERR_INIT;
    struct thing t = {0};
    int64_t slot;
    size_t batch_idx = arrow_find_batch(file, row, &slot);
    const struct arrow_batch *batch = arrow_batch(file, batch_idx, &err);
    if (!batch) {
        fail_msg("%s", err.msg);
        return t;
    }
    const struct arrow_col *c = batch->cols;
    t.id = arrow_is_null(&c[0], slot) ? THING_NO_ID : arrow_get_i64(&c[0], slot);
    t.part = (int32_t)arrow_get_i64(&c[1], slot);
    t.flag = arrow_get_bool(&c[2], slot);
    copy_name(t.name, sizeof t.name, arrow_get_text(&c[3], slot));
    copy_name(t.tag, sizeof t.tag, arrow_get_text(&c[4], slot));
    return t;
}

static inline struct thing_list read_things(const struct snapshot *snap, const char *name) {
    struct thing_list list = {0};
    const struct dataset *ds = snapshot_dataset(snap, name);
    for (int64_t row = 0; ds && row < ds->n_rows; row++) {
        int64_t local;
        const struct segment *seg = dataset_segment(ds, row, &local);
        array_push(&list, read_thing(seg->arrow, local));
    }
    return list;
}

static inline bool thing_equal(const struct thing *a, const struct thing *b) {
    return a->id == b->id && a->part == b->part && a->flag == b->flag &&
           !strcmp(a->name, b->name) && !strcmp(a->tag, b->tag);
}

static inline void assert_things(const struct thing_list *found, const struct thing *expected,
                                 size_t n) {
    assert_int_equal(found->n, n);
    for (size_t i = 0; i < n; i++) {
        if (!thing_equal(&found->ptr[i], &expected[i])) {
            fail_msg("row %zu: found id %lld part %d name \"%s\", expected id %lld part %d name "
                     "\"%s\"",
                     i, (long long)found->ptr[i].id, found->ptr[i].part, found->ptr[i].name,
                     (long long)expected[i].id, expected[i].part, expected[i].name);
        }
    }
}

static inline void assert_stored(const char *dir, const char *name, const struct thing *expected,
                                 size_t n) {
    struct snapshot *snap = open_store(dir);
    struct thing_list found = read_things(snap, name);
    assert_things(&found, expected, n);
    array_done(&found);
    snapshot_unref(snap);
}

static inline size_t segments_of(const char *dir, const char *name) {
    struct snapshot *snap = open_store(dir);
    const struct dataset *ds = snapshot_dataset(snap, name);
    size_t n = ds ? ds->n_segments : 0;
    snapshot_unref(snap);
    return n;
}

static inline char *generation_of(const char *dir) {
    struct snapshot *snap = open_store(dir);
    char *generation = xstrdup(snap->generation);
    snapshot_unref(snap);
    return generation;
}

static inline void assert_generation(const char *dir, const char *expected) {
    char *found = generation_of(dir);
    assert_string_equal(found, expected);
    free(found);
}

#endif
