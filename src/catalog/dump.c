// Writing the documented files.
#include "base/file.h"
#include "catalog/catalog.h"
#include "ingest/text_out.h"

static bool write_to(const struct snapshot *snap, const struct format_def *format, int fd,
                     const atomic_bool *cancel, struct err *err) {
    struct text_out out;
    text_out_init(&out, fd, cancel);
    const bool ok = format->write(snap, &out, err) && text_out_flush(&out, err);
    text_out_done(&out);
    return ok;
}

bool catalog_can_dump(const struct snapshot *snap, const struct format_def *format) {
    const struct dataset *ds = snapshot_dataset(snap, format->datasets[0]->name);
    if (format->plot) {
        return ds && ds->n_rows;
    }
    return format->write && ds && (ds->n_rows || !format->one_row);
}

bool catalog_dump(const struct snapshot *snap, const struct format_def *format,
                  const struct dump_opts *opts, struct err *err) {
    if (!format->write) {
        return err_set(err, ERR_USAGE, "%s is read only: there is no such file to write",
                       format->name);
    }
    // Before a file is made for nothing.
    if (!catalog_can_dump(snap, format)) {
        return err_set(err, ERR_NOT_FOUND, "the store has no %s, of which %s is made",
                       format->datasets[0]->name, format->name);
    }
    if (!opts->path) {
        return write_to(snap, format, opts->fd, opts->cancel, err);
    }
    struct new_file file;
    if (!new_file_open(&file, opts->path, opts->replace, err)) {
        return false;
    }
    const bool ok =
        write_to(snap, format, file.fd, opts->cancel, err) && new_file_commit(&file, err);
    new_file_abort(&file);
    return ok;
}
