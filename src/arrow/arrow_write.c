#include "arrow/arrow_write.h"

#include <stdlib.h>

#include "arrow/arrow_write_int.h"
#include "base/utf8.h"

enum { MAX_DEPTH = 16 };

// --- the schema --------------------------------------------------------------------------------

static bool bad_schema(struct err *err, const struct arrow_field *f, const char *what) {
    return err_set_sub(err, ERR_USAGE, ARROW_ERR_SCHEMA_MISMATCH, "column \"%.*s\" %s",
                       SV_ARG(f->name), what);
}

static bool check_field(const struct arrow_field *f, int depth, struct err *err) {
    if ((size_t)f->kind >= ARROW_N_KINDS || depth > MAX_DEPTH || !utf8_valid(f->name)) {
        return bad_schema(err, f, "has an unknown type, a bad name or lies too deep");
    }
    if (f->kind == ARROW_LIST ? f->n_children != 1 : f->kind != ARROW_STRUCT && f->n_children) {
        return bad_schema(err, f, "has the wrong number of children for its type");
    }
    if (f->kind == ARROW_FIXED_BINARY && f->byte_width <= 0) {
        return bad_schema(err, f, "has no width");
    }
    for (size_t i = 0; i < f->n_children; i++) {
        if (!check_field(&f->children[i], depth + 1, err)) {
            return false;
        }
    }
    return true;
}

static struct arrow_pair *copy_pairs(struct arena *a, const struct arrow_pair *pairs, size_t n) {
    struct arrow_pair *copy = arena_zalloc(a, n, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = (struct arrow_pair){arena_sv(a, pairs[i].key), arena_sv(a, pairs[i].value)};
    }
    return copy;
}

// Ids 0, 1, 2, ... in the order of columns; equal ids of the schema stay shared.
static int64_t take_dict(struct arrow_writer *w, int64_t given, bool share) {
    for (size_t i = 0; share && i < w->dict_given.n; i++) {
        if (w->dict_given.ptr[i] == given) {
            return (int64_t)i;
        }
    }
    struct intern *d = arena_zalloc(&w->arena, 1, sizeof *d);
    d->id = (int64_t)w->dicts.n;
    array_push(&w->dicts, d);
    array_push(&w->dict_given, given);
    return d->id;
}

static struct arrow_field *copy_fields(struct arrow_writer *w, const struct arrow_field *fields,
                                       size_t n, bool share) {
    struct arrow_field *copy = arena_zalloc(&w->arena, n, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        const struct arrow_field *f = &fields[i];
        copy[i] = *f;
        copy[i].name = arena_sv(&w->arena, f->name);
        copy[i].timezone = arena_sv(&w->arena, f->timezone);
        copy[i].metadata = copy_pairs(&w->arena, f->metadata, f->n_metadata);
        if (f->kind == ARROW_DICT) {
            copy[i].index_kind = ARROW_I32;
            copy[i].dict_id = take_dict(w, f->dict_id, share);
        }
        copy[i].children = copy_fields(w, f->children, f->n_children, share);
        if (f->kind == ARROW_LIST && !f->children[0].name.len) {
            copy[i].children[0].name = SV("item");
        }
    }
    return copy;
}

static bool any_dict_id(const struct arrow_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if ((fields[i].kind == ARROW_DICT && fields[i].dict_id) ||
            any_dict_id(fields[i].children, fields[i].n_children)) {
            return true;
        }
    }
    return false;
}

// --- the writer --------------------------------------------------------------------------------

struct arrow_writer *arrow_writer_new(const struct arrow_schema *schema, const char *spool_dir,
                                      struct err *err) {
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (!check_field(&schema->fields[i], 1, err)) {
            return NULL;
        }
    }
    struct arrow_writer *w = xcalloc(1, sizeof *w);
    spool_init(&w->spool, spool_dir);
    spooler_init(&w->spooler, &w->spool);
    w->schema.n_fields = schema->n_fields;
    w->schema.fields = copy_fields(w, schema->fields, schema->n_fields,
                                   any_dict_id(schema->fields, schema->n_fields));
    w->schema.n_metadata = schema->n_metadata;
    w->schema.metadata = copy_pairs(&w->arena, schema->metadata, schema->n_metadata);
    w->cols = arena_zalloc(&w->arena, schema->n_fields, sizeof *w->cols);
    for (size_t i = 0; i < schema->n_fields; i++) {
        builder_init(&w->cols[i], w, &w->schema.fields[i]);
        w->row_bytes += w->cols[i].row_bytes;
    }
    return w;
}

void arrow_writer_free(struct arrow_writer *w) {
    if (!w) {
        return;
    }
    spooler_done(&w->spooler);
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        builder_done(&w->cols[i]);
    }
    for (size_t i = 0; i < w->dicts.n; i++) {
        intern_done(w->dicts.ptr[i]);
    }
    arrow_unref(w->copy_from);
    free(w->copy_cols);
    spool_done(&w->spool);
    array_done(&w->dicts);
    array_done(&w->dict_given);
    array_done(&w->batches);
    array_done(&w->zones);
    array_done(&w->nodes);
    array_done(&w->buffers);
    array_done(&w->pieces);
    str_done(&w->scratch);
    str_done(&w->meta);
    arena_done(&w->arena);
    free(w);
}

void arrow_writer_expect_drop(struct arrow_writer *w) {
    w->spool.lazy = true;
}

struct arrow_builder *arrow_column(struct arrow_writer *w, size_t col) {
    BUG_ON(col >= w->schema.n_fields);
    return &w->cols[col];
}

int64_t arrow_rows_written(const struct arrow_writer *w) {
    return w->n_rows;
}

int64_t arrow_texts_repaired(const struct arrow_writer *w) {
    return w->n_repaired;
}

void arrow_row_undo(struct arrow_writer *w) {
    // Dictionaries first: the builders then see that what they interned last may be gone.
    for (size_t i = 0; i < w->dicts.n; i++) {
        intern_cut(w->dicts.ptr[i], w->dicts.ptr[i]->n_at_row);
    }
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        builder_cut(&w->cols[i], w->batch_rows);
    }
    w->body_bytes = w->body_bytes_at_row;
    w->failed = w->broken;
}

static bool give_why(const struct arrow_writer *w, struct err *err) {
    if (err) {
        *err = w->why;
    }
    return false;
}

bool arrow_row_end(struct arrow_writer *w, struct err *err) {
    return arrow_rows_end(w, 1, err);
}

size_t arrow_rows_room(const struct arrow_writer *w) {
    return (size_t)(ARROW_BATCH_ROWS - w->batch_rows);
}

bool arrow_rows_end(struct arrow_writer *w, size_t n, struct err *err) {
    for (size_t i = 0; i < w->schema.n_fields; i++) {
        if (w->cols[i].n != w->batch_rows + (int64_t)n) {
            builder_complete(&w->cols[i], w->batch_rows, (int64_t)n);
        }
    }
    if (n > arrow_rows_room(w)) {
        writer_fail(w, ERR_USAGE, "bug: more rows than the batch has room for");
    }
    if (w->n_rows > INT32_MAX - (int64_t)n) {
        writer_fail(w, ERR_LIMIT, "more than %d rows in one file", INT32_MAX);
    }
    if (w->failed) {
        return give_why(w, err);
    }
    for (size_t i = 0; i < w->dicts.n; i++) {
        w->dicts.ptr[i]->n_at_row = w->dicts.ptr[i]->n;
    }
    w->n_rows += (int64_t)n;
    w->batch_rows += (int64_t)n;
    w->body_bytes_at_row = w->body_bytes;
    size_t body = w->body_bytes + (size_t)w->batch_rows * w->row_bytes;
    if (w->batch_rows < ARROW_BATCH_ROWS && body < ARROW_BATCH_BYTES) {
        return true;
    }
    if (!writer_flush(w, &w->why)) {
        w->failed = w->broken = true;
        return give_why(w, err);
    }
    return true;
}
