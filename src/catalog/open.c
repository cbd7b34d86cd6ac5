// Finding out what a file is.
#include "base/file.h"
#include "base/utf8.h"
#include "catalog/catalog_int.h"

enum { HEAD_BYTES = 64 * 1024 };

bool format_yields(const struct format_def *f, struct sv dataset) {
    for (size_t i = 0; f->datasets[i]; i++) {
        if (sv_is(dataset, f->datasets[i]->name)) {
            return true;
        }
    }
    return false;
}

static bool allowed(const struct format_def *f, const char *as) {
    return !as || sv_is(sv_cstr(as), f->name) || format_yields(f, sv_cstr(as));
}

static const struct format_def *best_format(struct sv head, bool whole, struct sv name,
                                            const struct import_opts *opts) {
    size_t n;
    const struct format_def *formats = catalog_formats(&n), *best = NULL, *named = NULL;
    int best_score = 0;
    for (size_t i = 0; i < n + opts->n_extra; i++) {
        const struct format_def *f = i < n ? &formats[i] : &opts->extra[i - n];
        if (!allowed(f, opts->as)) {
            continue;
        }
        const int score = f->detect(head, whole, name);
        if (score > best_score) {
            best = f;
            best_score = score;
        }
        named = named ? named : f;
    }
    // What the user names is read as that, and its reader says what is wrong with the file.
    return best ? best : opts->as ? named : NULL;
}

static bool is_binary(struct sv head) {
    return memchr(head.ptr, 0, head.len) != NULL;
}

static bool unknown(const struct input *in, struct sv head, struct err *err) {
    if (is_binary(head)) {
        return err_set(err, ERR_FORMAT, "%s: binary data, no format that is read here", in->name);
    }
    auto_str line = STR_INIT;
    const ptrdiff_t end = sv_find_byte(head, '\n');
    const struct sv first = sv_trim(end < 0 ? head : sv_sub(head, 0, (size_t)end));
    str_add_fit(&line, first, (struct fit){.width = 80});
    return err_set(err, ERR_FORMAT, "%s: no known format; the first line is \"%s\"", in->name,
                   str_cstr(&line));
}

const struct format_def *open_detect(const char *path, const struct import_opts *opts,
                                     struct input *in, struct err *err) {
    if (!input_open(in, path, err)) {
        return NULL;
    }
    in->cancel = opts->cancel;
    bool ok = true;
    while (ok && in->len < HEAD_BYTES && !in->at_eof) {
        ok = input_more(in, 0, err);
    }
    const struct format_def *format = NULL;
    const struct sv head = sv_sub(sv_make(in->ptr, in->len), 0, HEAD_BYTES);
    if (ok && !sv_trim(head).len) {
        err_set(err, ERR_FORMAT, "%s: the file is empty", in->name);
    } else if (ok) {
        format = best_format(head, head.len == in->len && in->at_eof, sv_cstr(in->name), opts);
        if (!format) {
            unknown(in, head, err);
        }
    }
    if (!format) {
        input_close(in);
    }
    return format;
}

const struct format_def *catalog_detect(const char *path, struct err *err) {
    struct input in;
    const struct format_def *format = open_detect(path, &(struct import_opts){0}, &in, err);
    if (format) {
        input_close(&in);
    }
    return format;
}
