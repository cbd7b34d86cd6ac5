#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_write.h"
#include "base/alloc.h"
#include "base/crc32c.h"
#include "base/num.h"
#include "base/scope.h"

enum { MAGIC_LEN = 6, HEAD_LEN = 8, TAIL_LEN = 10, MIN_SIZE = 22 };

static const char magic[] = "ARROW1";

static struct arrow_file *file_new(const char *path) {
    struct arrow_file *file = xcalloc(1, sizeof *file);
    atomic_init(&file->n_refs, 1);
    file->path = xstrdup(path);
    pthread_mutex_init(&file->lock, NULL);
    return file;
}

struct arrow_file *arrow_ref(struct arrow_file *file) {
    atomic_fetch_add_explicit(&file->n_refs, 1, memory_order_relaxed);
    return file;
}

void arrow_unref(struct arrow_file *file) {
    if (!file || atomic_fetch_sub_explicit(&file->n_refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (size_t i = 0; file->batch_errs && i < file->footer.n_batches; i++) {
        free(file->batch_errs[i]);
    }
    arrow_unmap(&file->map);
    free(file->batch_errs);
    free(file->dict_err);
    free(file->batches);
    free(file->first_rows);
    free(file->footer_bytes);
    free(file->copy);
    free(file->path);
    arena_done(&file->arena);
    pthread_mutex_destroy(&file->lock);
    free(file);
}

// --- the outer frame ---------------------------------------------------------------------------

static bool check_magic(const struct arrow_file *file, struct err *err) {
    size_t n = MIN(file->len, (size_t)MAGIC_LEN);
    if (n && memcmp(file->ptr, magic, n) != 0) {
        return arrow_fail(err, ARROW_ERR_NOT_ARROW,
                          "not an Arrow file (it does not begin with \"%s\")", magic);
    }
    if (file->len < MIN_SIZE) {
        return arrow_fail(err, ARROW_ERR_TRUNCATED, "only %zu bytes; an Arrow file has at least %d",
                          file->len, MIN_SIZE);
    }
    if (memcmp(file->ptr + file->len - MAGIC_LEN, magic, MAGIC_LEN) != 0) {
        return arrow_fail(err, ARROW_ERR_TRUNCATED,
                          "the end is missing: expected \"%s\" at byte %zu", magic,
                          file->len - MAGIC_LEN);
    }
    return true;
}

static bool read_footer(struct arrow_file *file, struct err *err) {
    uint32_t len;
    memcpy(&len, file->ptr + file->len - TAIL_LEN, sizeof len);
    if (len < 8 || len > file->len - HEAD_LEN - TAIL_LEN) {
        return arrow_fail(err, ARROW_ERR_BAD_METADATA,
                          "footer length %u at byte %zu, expected 8 to %zu", len,
                          file->len - TAIL_LEN, file->len - HEAD_LEN - TAIL_LEN);
    }
    file->footer_len = len;
    file->footer_bytes = xmalloc(len);
    memcpy(file->footer_bytes, file->ptr + file->len - TAIL_LEN - len, len);
    return meta_read_footer(&file->arena, sv_make(file->footer_bytes, len), &file->footer, err) ||
           err_prefix(err, "footer at byte %zu", file->len - TAIL_LEN - len);
}

// Blocks must lie between the magic and the footer and must not add up to more than that: a file
// cannot make us look at the same bytes again and again.
static bool check_blocks(const struct arrow_file *file, const struct arrow_block *blocks, size_t n,
                         uint64_t *budget, struct err *err) {
    uint64_t end = file->len - TAIL_LEN - file->footer_len;
    for (size_t i = 0; i < n; i++) {
        const struct arrow_block *b = &blocks[i];
        bool aligned = b->offset % 8 == 0 && b->meta_len % 8 == 0;
        bool inside = b->offset >= HEAD_LEN && b->offset <= end && b->meta_len >= 16 &&
                      b->meta_len <= end - b->offset &&
                      b->body_len <= end - b->offset - b->meta_len;
        if (!aligned || !inside || b->meta_len + b->body_len > *budget) {
            return arrow_fail(err, ARROW_ERR_BAD_METADATA,
                              "the footer places a block of %llu + %llu bytes at byte %llu, %s",
                              (unsigned long long)b->meta_len, (unsigned long long)b->body_len,
                              (unsigned long long)b->offset,
                              aligned ? "outside the file or over another" : "not 8-aligned");
        }
        *budget -= b->meta_len + b->body_len;
    }
    return true;
}

// --- rows and batches --------------------------------------------------------------------------

static struct sv footer_value(const struct arrow_file *file, const char *key) {
    return arrow_metadata(file->footer.pairs, file->footer.n_pairs, key);
}

static bool bad_rows(struct err *err) {
    return arrow_fail(
        err, ARROW_ERR_BAD_METADATA,
        "culprit:rows, culprit:batch_rows and culprit:first_rows of the footer do not "
        "fit its list of batches");
}

static bool parse_first_rows(struct arrow_file *file, struct sv list, struct err *err) {
    size_t n = file->footer.n_batches;
    file->first_rows = xcalloc(n + 1, sizeof *file->first_rows);
    struct sv part;
    size_t i = 0;
    int64_t last = 0;
    while (n && sv_split(&list, ',', &part)) {
        int64_t v;
        if (i == n || !num_parse_i64(part, &v) || v < last || v > file->n_rows ||
            (i == 0 && v != 0)) {
            return bad_rows(err);
        }
        file->first_rows[i++] = v;
        last = v;
    }
    file->first_rows[n] = file->n_rows;
    return (i == n && (n || !file->n_rows)) || bad_rows(err);
}

static bool rows_from_footer(struct arrow_file *file, struct sv rows, struct err *err) {
    int64_t batch_rows;
    if (!num_parse_i64(rows, &file->n_rows) || file->n_rows < 0 || file->n_rows > INT32_MAX ||
        !num_parse_i64(footer_value(file, "culprit:batch_rows"), &batch_rows)) {
        return bad_rows(err);
    }
    if (batch_rows == 0) {
        return parse_first_rows(file, footer_value(file, "culprit:first_rows"), err);
    }
    uint64_t n = ((uint64_t)file->n_rows + ARROW_BATCH_ROWS - 1) / ARROW_BATCH_ROWS;
    return (batch_rows == ARROW_BATCH_ROWS && n == file->footer.n_batches) || bad_rows(err);
}

// A file that somebody else wrote: every batch header has to be read for the row counts, so all of
// it is checked at once.
static bool rows_from_headers(struct arrow_file *file, struct err *err) {
    size_t n = file->footer.n_batches;
    file->first_rows = xcalloc(n + 1, sizeof *file->first_rows);
    for (size_t i = 0; i < n; i++) {
        struct fb fb;
        struct meta_message msg;
        if (!arrow_block_message(file, &file->footer.batches[i], &fb, &msg, err)) {
            return err_prefix(err, "batch %zu", i);
        }
        if (msg.n_rows > INT64_MAX / 2 - file->n_rows) {
            return arrow_fail(err, ARROW_ERR_BAD_METADATA, "batch %zu: too many rows", i);
        }
        file->n_rows += msg.n_rows;
        file->first_rows[i + 1] = file->n_rows;
    }
    return true;
}

static bool load_all(struct arrow_file *file, struct err *err) {
    for (size_t i = 0; i < file->footer.n_batches; i++) {
        if (!arrow_batch(file, i, err)) {
            return false;
        }
    }
    return true;
}

static bool check_format(const struct arrow_file *file, struct err *err) {
    const struct arrow_schema *schema = &file->footer.schema;
    struct sv format = arrow_metadata(schema->metadata, schema->n_metadata, "culprit:format");
    if (!format.ptr || sv_is(format, "1")) {
        return true;
    }
    return arrow_fail(err, ARROW_ERR_NEWER_FORMAT,
                      "the file has format %.*s, this program reads format 1", SV_ARG(format));
}

// Everything but the batches. `is_ours` tells whether their row counts are known without them.
static bool read_outline(struct arrow_file *file, bool *is_ours, struct err *err) {
    if (!check_magic(file, err) || !read_footer(file, err) || !check_format(file, err)) {
        return false;
    }
    uint64_t budget = file->len;
    const struct meta_footer *f = &file->footer;
    if (!check_blocks(file, f->dicts, f->n_dicts, &budget, err) ||
        !check_blocks(file, f->batches, f->n_batches, &budget, err)) {
        return false;
    }
    file->batches = xcalloc(f->n_batches, sizeof *file->batches);
    struct sv rows = footer_value(file, "culprit:rows");
    *is_ours = rows.ptr != NULL;
    return *is_ours ? rows_from_footer(file, rows, err) : rows_from_headers(file, err);
}

static bool read_file(struct arrow_file *file, struct err *err) {
    bool is_ours;
    if (!read_outline(file, &is_ours, err)) {
        return err_prefix(err, "%s", file->path);
    }
    return is_ours || load_all(file, err);
}

// --- opening -----------------------------------------------------------------------------------

static bool check_expected(const struct arrow_file *file, const struct arrow_open *opt,
                           struct err *err) {
    if (!opt || !opt->expect_dataset) {
        return true;
    }
    const struct arrow_schema *schema = &file->footer.schema;
    struct sv found = arrow_metadata(schema->metadata, schema->n_metadata, "culprit:dataset");
    if (sv_is(found, opt->expect_dataset)) {
        return true;
    }
    return arrow_fail(err, ARROW_ERR_SCHEMA_MISMATCH,
                      "%s: holds the dataset \"%.*s\", expected \"%s\"", file->path, SV_ARG(found),
                      opt->expect_dataset);
}

static bool map_file(struct arrow_file *file, const struct arrow_open *opt, struct err *err) {
    auto_close int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_sys(err, "%s: cannot open", file->path);
        return arrow_io(err);
    }
    if (!S_ISREG(st.st_mode)) {
        return arrow_fail(err, ARROW_ERR_IO, "%s: not a regular file", file->path);
    }
    file->len = (size_t)st.st_size;
    if (opt && opt->expect_size && opt->expect_size != file->len) {
        return arrow_fail(err, ARROW_ERR_TRUNCATED, "%s: %zu bytes, expected %llu", file->path,
                          file->len, (unsigned long long)opt->expect_size);
    }
    if (file->len == 0) {
        return arrow_fail(err, ARROW_ERR_TRUNCATED, "%s: the file is empty", file->path);
    }
    if (!arrow_map_fd(&file->map, fd, file->len, &file->damaged, err)) {
        return err_prefix(err, "%s", file->path);
    }
    file->ptr = file->map.ptr;
    return true;
}

struct arrow_file *arrow_open(const char *path, const struct arrow_open *opt, struct err *err) {
    struct arrow_file *file = file_new(path);
    if (map_file(file, opt, err) && read_file(file, err) && check_expected(file, opt, err)) {
        return file;
    }
    arrow_unref(file);
    return NULL;
}

struct arrow_file *arrow_open_memory(const char *name, const void *bytes, size_t len,
                                     struct err *err) {
    struct arrow_file *file = file_new(name);
    file->ptr = bytes;
    file->len = len;
    if ((uintptr_t)bytes % 8 && len) {
        file->copy = xmalloc(len);
        memcpy(file->copy, bytes, len);
        file->ptr = file->copy;
    }
    if (read_file(file, err)) {
        return file;
    }
    arrow_unref(file);
    return NULL;
}

// --- looking -----------------------------------------------------------------------------------

const char *arrow_path(const struct arrow_file *file) {
    return file->path;
}

uint64_t arrow_size(const struct arrow_file *file) {
    return file->len;
}

const struct arrow_schema *arrow_schema(const struct arrow_file *file) {
    return &file->footer.schema;
}

int64_t arrow_n_rows(const struct arrow_file *file) {
    return file->n_rows;
}

size_t arrow_n_batches(const struct arrow_file *file) {
    return file->footer.n_batches;
}

struct sv arrow_footer(const struct arrow_file *file, const char *key) {
    return footer_value(file, key);
}

uint32_t arrow_footer_crc(const struct arrow_file *file) {
    return crc32c(0, file->footer_bytes, file->footer_len);
}

unsigned arrow_damaged(const struct arrow_file *file) {
    return atomic_load_explicit(&file->damaged, memory_order_relaxed);
}

int64_t arrow_first_row(const struct arrow_file *file, size_t batch_idx) {
    if (batch_idx >= file->footer.n_batches) {
        return file->n_rows;
    }
    return file->first_rows ? file->first_rows[batch_idx] : (int64_t)batch_idx * ARROW_BATCH_ROWS;
}

size_t arrow_find_batch(const struct arrow_file *file, int64_t row, int64_t *slot) {
    *slot = -1;
    if (row < 0 || row >= file->n_rows) {
        return 0;
    }
    size_t from = (size_t)row / ARROW_BATCH_ROWS;
    if (file->first_rows) {
        // The last batch that begins at or before the row.
        size_t to = file->footer.n_batches;
        from = 0;
        while (to - from > 1) {
            size_t mid = from + (to - from) / 2;
            if (file->first_rows[mid] <= row) {
                from = mid;
            } else {
                to = mid;
            }
        }
    }
    *slot = row - arrow_first_row(file, from);
    return from;
}
