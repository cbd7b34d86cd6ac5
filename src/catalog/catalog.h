// The tables of formats and datasets, and the two ways through them: import (files to datasets)
// and dump (datasets to the documented files).
//
// A format is one outside file format; reading one file fills one or more datasets, which are
// published together with the problems of that file in one generation. The tables are constant.
#ifndef CULPRIT_CATALOG_H
#define CULPRIT_CATALOG_H

#include <stdatomic.h>
#include <stdio.h>

#include "ingest/ingest.h"
#include "schema/schema.h"
#include "store/store.h"

struct format_def {
    const char *name;      // "alert_summaries.csv"; what --as and messages call it
    const char *file_name; // the documented name, what `dump` writes; NULL = read only
    const char *help;
    const struct dataset_def *const *datasets; // NULL at the end; the first is the main one
    // How sure (0 = no, 100 = certain) that a file beginning with `head` (up to 64 KiB, `whole`
    // when that is all of it) and called `name` is of this format. Content decides; the name only
    // adds a little.
    int (*detect)(struct sv head, bool whole, struct sv name);
    ingest_read_fn *read;
    ingest_write_fn *write; // NULL = no writer
};

struct dataset_entry {
    const struct dataset_def *def;
    const char *stage;         // the stage that makes it; NULL = only imported
    const char *const *inputs; // datasets it is made from, NULL at the end; NULL = none
    const char *view;          // opened for it by default
};

const struct format_def *catalog_formats(size_t *n);
const struct dataset_entry *catalog_datasets(size_t *n);
// NULL when unknown. A format is found by its name or its file name.
const struct format_def *catalog_format(struct sv name);
const struct dataset_entry *catalog_dataset(struct sv name);
// The format that a dataset is written in; NULL when it has no file of its own.
const struct format_def *catalog_dump_format(struct sv dataset);
// Looks at the first bytes. NULL with `err`: ERR_IO (missing, a directory, not readable),
// ERR_FORMAT (empty, no known format).
const struct format_def *catalog_detect(const char *path, struct err *err);

// --- import -----------------------------------------------------------------------------------

enum { IMPORT_MAX_DATASETS = 4 };

enum import_outcome {
    IMPORT_DONE,    // published (or nothing had changed)
    IMPORT_REFUSED, // see `err`; nothing of this file was published
    IMPORT_SKIPPED, // inside a folder: of no known format; `err` says so
};

struct import_dataset {
    const struct dataset_def *def;
    int64_t n_rows; // rows this file holds
    struct merge_result merge;
};

struct import_file {
    char *path; // as given, or found in a folder
    enum import_outcome outcome;
    struct err err;
    const struct format_def *format; // NULL when refused before it was known
    struct import_dataset datasets[IMPORT_MAX_DATASETS];
    size_t n_datasets;
    struct ingest_counts counts;
    uint64_t size_bytes;
    int64_t took_ms;
};

struct import_progress {
    const char *path;
    size_t file_idx, n_files;
    uint64_t done_bytes, all_bytes; // of this file; all_bytes 0 = unknown
    int64_t n_rows;
};

struct import_opts {
    const char *store_dir;
    const char *const *paths; // files and folders
    size_t n_paths;
    const char *as; // format or dataset; NULL = find out
    // Rows beside the table of formats, looked at like any other: for benchmarks of files that the
    // program itself does not read.
    const struct format_def *extra;
    size_t n_extra;
    bool strict; // any problem: nothing of the file is published, it counts as refused
    void (*progress)(void *arg,
                     const struct import_progress *p); // may be NULL; at most 20 a second
    void *arg;
    const atomic_bool *cancel; // may be NULL
};

struct import_result {
    struct import_file *files;
    size_t n_files;
    size_t n_done, n_refused, n_skipped;
    bool changed; // the store has a new generation
};

// Imports every path, one publish a file; a refused file does not stop the others. False only when
// nothing can go on: a store that cannot be written, cancellation, an unknown `as`. `result` is
// filled as far as it went in every case, and released with import_result_done().
// Exit status of the program: all done 0; some files refused or some rows rejected 3; none done 2.
// Files of no known format inside a folder do not count.
bool catalog_import(const struct import_opts *opts, struct import_result *result,
                    struct err *err) MUST_USE;
void import_result_done(struct import_result *result);

// --- dump -------------------------------------------------------------------------------------

// Writes `format` from the snapshot's datasets to the open file `fd`, or, when `path` is given,
// to that file by way of a temporary name (`replace`: over an existing one). ERR_NOT_FOUND when
// the store has no such dataset.
struct dump_opts {
    const char *path; // NULL: to `fd`
    int fd;
    bool replace;
    const atomic_bool *cancel; // may be NULL
};
bool catalog_dump(const struct snapshot *snap, const struct format_def *format,
                  const struct dump_opts *opts, struct err *err) MUST_USE;

#endif
