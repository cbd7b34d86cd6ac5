#include "view/export.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/csv_write.h"
#include "base/file.h"
#include "base/scope.h"
#include "view/export_int.h"

enum { FLUSH_BYTES = 1 << 18, LOOK_EVERY_ROWS = 4096 };

static const struct {
    const char *name;
    enum export_format format;
} formats[] = {
    {"table", EXPORT_TABLE}, {"txt", EXPORT_TABLE},    {"csv", EXPORT_CSV},
    {"tsv", EXPORT_TSV},     {"tab", EXPORT_TSV},      {"json", EXPORT_JSON},
    {"jsonl", EXPORT_JSONL}, {"ndjson", EXPORT_JSONL}, {"md", EXPORT_MD},
    {"markdown", EXPORT_MD}, {"arrow", EXPORT_ARROW},  {"feather", EXPORT_ARROW},
};

bool export_format_parse(struct sv name, enum export_format *out) {
    for (size_t i = 0; i < COUNTOF(formats); i++) {
        if (sv_eq_nocase(name, sv_cstr(formats[i].name))) {
            *out = formats[i].format;
            return true;
        }
    }
    return false;
}

// --- rows and cells -----------------------------------------------------------------------------

static void export_init(struct export *e, const struct view *v, const struct export_opts *opts) {
    *e = (struct export){.v = v, .opts = opts};
    e->cols = xcalloc(v->n_cols + 1, sizeof *e->cols);
    for (size_t i = 0; i < v->n_cols; i++) {
        if (!v->cols[i].hidden) {
            e->cols[e->n_cols++] = i;
        }
    }
}

static void export_done(struct export *e) {
    free(e->cols);
    str_done(&e->buf);
    str_done(&e->scratch);
}

const struct view_col *export_col(const struct export *e, size_t i) {
    return &e->v->cols[e->cols[i]];
}

bool export_next(const struct export *e, size_t *row_idx) {
    while (*row_idx < e->v->rows.n && e->opts->selected_only && !view_is_selected(e->v, *row_idx)) {
        (*row_idx)++;
    }
    return *row_idx < e->v->rows.n;
}

bool export_text(struct export *e, size_t row_idx, size_t i, struct sv *out) {
    if (!e->opts->display) {
        return view_raw(e->v, row_idx, e->cols[i], &e->scratch, out);
    }
    struct view_cell cell;
    view_cell(e->v, row_idx, e->cols[i], &e->scratch, &cell);
    *out = cell.text;
    return cell.state != CELL_EMPTY;
}

bool export_flush(struct export *e, struct err *err) {
    bool ok = !e->buf.len || e->write(e->arg, str_sv(&e->buf), err);
    str_clear(&e->buf);
    return ok;
}

static bool look(struct export *e, size_t nth, struct err *err) {
    if (e->opts->done_rows) {
        atomic_store_explicit(e->opts->done_rows, nth, memory_order_relaxed);
    }
    if (e->opts->cancel && atomic_load_explicit(e->opts->cancel, memory_order_relaxed)) {
        return err_set(err, ERR_CANCELLED, "cancelled after %zu rows", nth);
    }
    return true;
}

bool export_each(struct export *e, bool (*fn)(struct export *e, size_t row_idx, size_t nth),
                 struct err *err) {
    size_t nth = 0;
    for (size_t i = 0; export_next(e, &i) && (!e->opts->limit || nth < e->opts->limit); i++) {
        if (!fn(e, i, nth)) {
            return false;
        }
        nth++;
        if ((e->buf.len >= FLUSH_BYTES && !export_flush(e, err)) ||
            (nth % LOOK_EVERY_ROWS == 0 && !look(e, nth, err))) {
            return false;
        }
    }
    return look(e, nth, err);
}

// --- CSV, TSV, Markdown -------------------------------------------------------------------------

static bool csv_row(struct export *e, size_t row_idx, size_t nth) {
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        struct sv text;
        str_add_cstr(&e->buf, i ? "," : "");
        if (export_text(e, row_idx, i, &text)) {
            str_add_csv(&e->buf, text, ',');
        }
    }
    str_add_cstr(&e->buf, "\r\n");
    return true;
}

static bool tsv_row(struct export *e, size_t row_idx, size_t nth) {
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        struct sv text;
        str_add_cstr(&e->buf, i ? "\t" : "");
        if (export_text(e, row_idx, i, &text)) {
            str_add_tsv(&e->buf, text);
        }
    }
    str_add_byte(&e->buf, '\n');
    return true;
}

// Line breaks would end the row, bars the cell.
static void add_md(struct str *out, struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r') {
            continue;
        }
        if (c == '|' || c == '\\') {
            str_add_byte(out, '\\');
        }
        if (c == '\n') {
            str_add_cstr(out, "<br>");
        } else {
            str_add_byte(out, c);
        }
    }
}

static bool md_row(struct export *e, size_t row_idx, size_t nth) {
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        struct sv text = SV_NULL;
        str_add_cstr(&e->buf, i ? " | " : "| ");
        if (export_text(e, row_idx, i, &text)) {
            add_md(&e->buf, text);
        }
    }
    str_add_cstr(&e->buf, " |\n");
    return true;
}

static void add_csv_head(struct export *e) {
    for (size_t i = 0; i < e->n_cols; i++) {
        str_add_cstr(&e->buf, i ? "," : "");
        str_add_csv(&e->buf, export_col(e, i)->def->name, ',');
    }
    str_add_cstr(&e->buf, "\r\n");
}

static void add_tsv_head(struct export *e) {
    for (size_t i = 0; i < e->n_cols; i++) {
        str_add_cstr(&e->buf, i ? "\t" : "");
        str_add_tsv(&e->buf, export_col(e, i)->def->name);
    }
    str_add_byte(&e->buf, '\n');
}

static void add_md_head(struct export *e) {
    for (size_t i = 0; i < e->n_cols; i++) {
        str_add_cstr(&e->buf, i ? " | " : "| ");
        add_md(&e->buf, export_col(e, i)->def->label);
    }
    str_add_cstr(&e->buf, " |\n");
    for (size_t i = 0; i < e->n_cols; i++) {
        str_add_cstr(&e->buf, export_col(e, i)->right ? "| ---: " : "| --- ");
    }
    str_add_cstr(&e->buf, "|\n");
}

// --- files and streams --------------------------------------------------------------------------

// Arrow files need to be written at once; through a file without a name.
static bool arrow_stream(struct export *e, struct err *err) {
    enum { PIECE = 1 << 20 };
    auto_close int fd = memfd_create("export", MFD_CLOEXEC);
    if (fd < 0) {
        return err_sys(err, "cannot make a file in memory");
    }
    if (!export_arrow(e, fd, err)) {
        return false;
    }
    char *piece = str_reserve(&e->buf, PIECE);
    for (off_t at = 0;;) {
        ssize_t n = pread(fd, piece, PIECE, at);
        if (n < 0) {
            return err_sys(err, "cannot read a file in memory");
        }
        if (n == 0) {
            return true;
        }
        if (!e->write(e->arg, sv_make(piece, (size_t)n), err)) {
            return false;
        }
        at += n;
    }
}

static bool run(struct export *e, struct err *err) {
    bool ok = false;
    switch (e->opts->format) {
    case EXPORT_TABLE:
        ok = export_table(e, err);
        break;
    case EXPORT_CSV:
        add_csv_head(e);
        ok = export_each(e, csv_row, err);
        break;
    case EXPORT_TSV:
        add_tsv_head(e);
        ok = export_each(e, tsv_row, err);
        break;
    case EXPORT_MD:
        add_md_head(e);
        ok = export_each(e, md_row, err);
        break;
    case EXPORT_JSON:
    case EXPORT_JSONL:
        ok = export_json(e, err);
        break;
    case EXPORT_ARROW:
        return arrow_stream(e, err);
    }
    return ok && export_flush(e, err);
}

bool export_rows(const struct view *v, const struct export_opts *opts,
                 bool (*write)(void *arg, struct sv bytes, struct err *err), void *arg,
                 struct err *err) {
    struct export e;
    export_init(&e, v, opts);
    e.write = write;
    e.arg = arg;
    bool ok = run(&e, err);
    export_done(&e);
    return ok;
}

static bool write_file(void *arg, struct sv bytes, struct err *err) {
    return new_file_write(arg, bytes.ptr, bytes.len, err);
}

static size_t count_rows(const struct view *v, const struct export_opts *opts) {
    size_t n = opts->selected_only ? view_n_selected_shown(v) : v->rows.n;
    return opts->limit && n > opts->limit ? opts->limit : n;
}

bool export_file(const struct view *v, const struct export_opts *opts, const char *path,
                 bool replace, size_t *n_rows, struct err *err) {
    struct new_file file;
    if (!new_file_open(&file, path, replace, err)) {
        return false;
    }
    bool ok = export_rows(v, opts, write_file, &file, err) && new_file_commit(&file, err);
    new_file_abort(&file);
    if (ok && n_rows) {
        *n_rows = count_rows(v, opts);
    }
    return ok;
}

bool export_row_text(const struct view *v, size_t row_idx, enum export_format format,
                     struct str *out, struct err *err) {
    const struct export_opts opts = {.format = format,
                                     .display = format != EXPORT_JSON && format != EXPORT_JSONL};
    struct export e;
    if (row_idx >= v->rows.n) {
        return err_set(err, ERR_NOT_FOUND, "no row to copy");
    }
    export_init(&e, v, &opts);
    if (format == EXPORT_JSON || format == EXPORT_JSONL) {
        export_add_json_row(&e, row_idx);
    } else if (format == EXPORT_MD) {
        md_row(&e, row_idx, 0);
    } else {
        tsv_row(&e, row_idx, 0);
    }
    str_add_sv(out, sv_trim(str_sv(&e.buf)));
    export_done(&e);
    return true;
}
