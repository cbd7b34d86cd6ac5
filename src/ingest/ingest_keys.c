// Duplicate keys inside one file. They are rare, so rows are written as they come; only when a key
// did come twice are the finished columns copied once more in the right order.
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "ingest/ingest_int.h"

void ingest_keys_free(struct ingest_keys *keys) {
    if (!keys) {
        return;
    }
    int_map_done(&keys->ints);
    key_table_done(&keys->texts);
    array_done(&keys->key_of_row);
    for (size_t i = 0; i < INGEST_MAX_OUT; i++) {
        array_done(&keys->child_starts[i]);
    }
    free(keys);
}

static void note_row(struct ingest *ig, uint32_t key_idx, bool is_new) {
    struct ingest_keys *k = ig->keys;
    if (!is_new && !k->key_of_row.n) {
        for (int64_t i = 0; i < k->n_rows; i++) {
            array_push(&k->key_of_row, (uint32_t)i);
        }
    }
    if (!is_new || k->key_of_row.n) {
        array_push(&k->key_of_row, key_idx);
    }
    for (size_t i = 1; i < ig->n_out; i++) {
        array_push(&k->child_starts[i], arrow_rows_written(ig->out[i].w));
    }
    k->n_rows++;
}

bool ingest_key_i64(struct ingest *ig, int64_t key, struct ingest_at at, struct err *err) {
    bool is_new;
    const uint32_t idx = int_map_put(&ig->keys->ints, key, &is_new);
    note_row(ig, idx, is_new);
    if (is_new) {
        return true;
    }
    ig->counts.duplicates++;
    return ingest_problem(ig, at, SV_NULL, err,
                          "%lld occurs before; this later row takes the place of the earlier one",
                          (long long)key);
}

bool ingest_key_text(struct ingest *ig, struct sv key, struct ingest_at at, struct err *err) {
    bool is_new;
    const uint32_t idx = key_table_put(&ig->keys->texts, key, &is_new);
    note_row(ig, idx, is_new);
    if (is_new) {
        return true;
    }
    ig->counts.duplicates++;
    return ingest_problem(ig, at, SV_NULL, err,
                          "%.*s occurs before; this later row takes the place of the earlier one",
                          SV_ARG(sv_sub(key, 0, INGEST_SAMPLE_BYTES)));
}

void ingest_prefetch_key(const struct ingest *ig, uint64_t key_hash) {
    key_table_prefetch(&ig->keys->texts, key_hash);
}

int64_t ingest_n_keys(const struct ingest *ig, size_t out_idx) {
    if (out_idx == 0) {
        return ig->counts.keys == ig->counts.rows ? ig->counts.keys : 0;
    }
    // After duplicates the rows stand elsewhere than they were written.
    const struct ingest_keys *k = ig->keys;
    if (!k || ig->counts.duplicates || !ig->out[out_idx].w) {
        return 0;
    }
    const int64_t *starts = k->child_starts[out_idx].ptr;
    int64_t n = 0;
    for (int64_t i = 0; i < k->n_rows; i++) {
        const int64_t end =
            i + 1 < k->n_rows ? starts[i + 1] : arrow_rows_written(ig->out[out_idx].w);
        n += end > starts[i];
    }
    return n;
}

// Finishes the writer into a file that has lost its name when this returns, and maps it.
static struct arrow_file *map_rows(struct ingest *ig, struct arrow_writer *w, struct err *err) {
    auto_free char *path = path_join(ig->tmp_dir, "duplicates.arrow");
    struct arrow_finished done;
    if (!arrow_finish_as(w, path, NULL, &done, err)) {
        return NULL;
    }
    struct arrow_file *file = arrow_open(path, &(struct arrow_open){.expect_size = done.size}, err);
    unlink(path);
    return file;
}

static bool copy_rows(struct arrow_writer *to, struct arrow_file *from, int64_t first, int64_t end,
                      struct err *err) {
    for (int64_t row = first; row < end; row++) {
        if (!arrow_copy_row(to, from, row, err)) {
            return false;
        }
    }
    return true;
}

struct kept_rows {
    const int64_t *rows; // main row by key: the last one
    size_t n;
    const int64_t *starts; // NULL for the main dataset itself
    int64_t n_main;
};

static bool rewrite(struct ingest *ig, size_t out_idx, const struct kept_rows *kept,
                    struct err *err) {
    struct ingest_out *out = &ig->out[out_idx];
    struct arrow_file *from = map_rows(ig, out->w, err);
    struct arrow_writer *to = NULL;
    bool ok = from && ingest_writer_new(ig, out->def, &to, err);
    for (size_t i = 0; ok && i < kept->n; i++) {
        const int64_t row = kept->rows[i];
        if (!kept->starts) {
            ok = copy_rows(to, from, row, row + 1, err);
        } else {
            const int64_t end = row + 1 < kept->n_main ? kept->starts[row + 1] : arrow_n_rows(from);
            ok = copy_rows(to, from, kept->starts[row], end, err);
        }
    }
    if (from) {
        arrow_unref(from);
    }
    if (!ok) {
        arrow_writer_free(to);
        return false;
    }
    arrow_writer_free(out->w);
    out->w = to;
    return true;
}

bool ingest_dedupe(struct ingest *ig, struct err *err) {
    struct ingest_keys *k = ig->keys;
    struct kept_rows kept = {.n = k->ints.n + k->texts.n, .n_main = k->n_rows};
    auto_free int64_t *last = xcalloc(kept.n, sizeof *last);
    for (int64_t row = 0; row < k->n_rows; row++) {
        last[k->key_of_row.ptr[row]] = row;
    }
    kept.rows = last;
    for (size_t i = 0; i < ig->n_out; i++) {
        kept.starts = i ? k->child_starts[i].ptr : NULL;
        if (!rewrite(ig, i, &kept, err)) {
            return err_prefix(err, "%s: putting duplicate rows in order", ig->file);
        }
    }
    return true;
}
