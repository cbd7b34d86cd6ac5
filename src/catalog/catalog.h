// The tables of formats and datasets, and the two ways through them: import (files to datasets)
// and dump (datasets to the documented files).
//
// A format is one outside file format; reading one file fills one or more datasets, which are
// published together with the problems of that file in one generation. The tables are constant.
#ifndef CULPRIT_CATALOG_H
#define CULPRIT_CATALOG_H

#include <stdatomic.h>
#include <stdio.h>

#include "derive/derive.h"
#include "ingest/ingest.h"
#include "schema/schema.h"
#include "store/store.h"

// A documented file that is a picture: the histogram of a column in 50 bins. `app` draws it; there
// is nothing to import.
struct plot_file {
    const struct dataset_def *dataset;
    const char *column;
    const char *title, *x_label, *y_label;
};

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
    ingest_write_fn *write;       // NULL = no writer
    bool one_row;                 // a file about one row: there is none without it
    const struct plot_file *plot; // a picture, in place of `read` and `write`; NULL = data
};

struct stage_def;

struct dataset_entry {
    const struct dataset_def *def;
    const struct stage_def *stage; // that makes it (catalog/stages.c); NULL = only imported
    const char *view;              // opened for it by default
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
    IMPORT_PICTURE, // nothing to import: `format->plot` draws it anew; counts as done
    IMPORT_REFUSED, // see `err`; nothing of this file was published
    IMPORT_SKIPPED, // inside a folder: of no known format, or without rows; `err` says so
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
    const char *const *paths; // files, folders and clones
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

// Is there anything to write that format from?
bool catalog_can_dump(const struct snapshot *snap, const struct format_def *format);
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

// --- derive -----------------------------------------------------------------------------------
//
// A stage makes one or more datasets from others. It runs when its inputs are there and one of them
// (or a setting it looks at, or its computation) has changed since it last ran. What somebody
// imported is never replaced unless the stage or the dataset is named. An imported main dataset
// stands for its whole stage, which then runs only when it is named; where another one was
// imported, the rest of the stage is made all the same. The dataset `derivations` keeps what each
// stage was computed from.

enum stage_state {
    STAGE_READY,       // not made yet, or out of date: would run
    STAGE_FRESH,       // nothing has changed since it ran
    STAGE_IMPORTED,    // its main dataset was imported; runs only when it or a dataset is named
    STAGE_LACKS_INPUT, // see `why`
};

struct derive_opts;

struct stage_def {
    const char *name;  // "coverage"
    const char *title; // one line
    int version;       // grows when the computation changes
    const struct dataset_def *const
        *datasets;               // that it makes, NULL at the end; the first is the main one
    const char *const *inputs;   // datasets it needs, NULL at the end
    const char *const *optional; // used when they are there; NULL = none
    const char *const *settings; // names of those it looks at; NULL = none
    derive_fn *run;
    // In place of `run` for stages that read a repository: catalog_setting(opts, "vcs.clone").
    bool (*run_repo)(struct derive *d, const struct derive_opts *opts, struct err *err);
};

struct derive_progress {
    const struct stage_def *stage;
    size_t stage_idx, n_stages; // of those that may run
    uint64_t done, all;         // all 0 = unknown
};

// What the stages of a store were last made with: settings that nobody gives stay as they were.
struct setting_memory {
    char *values[8]; // by place in catalog_settings(); NULL = no stage was made with it
};
void catalog_recall(const struct snapshot *snap, struct setting_memory *memory);
void setting_memory_done(struct setting_memory *memory);

struct derive_opts {
    const char *store_dir;
    const char *const *stages; // names of stages or of their datasets, which run in any case, after
                               // what they need and is out of date; n_stages 0 = all out of date
    size_t n_stages;
    bool force;                                          // also those that are fresh
    const char *(*setting)(void *arg, const char *name); // NULL = not given
    void *setting_arg;
    // For settings that are not given; NULL = their defaults hold. catalog_derive() recalls it.
    const struct setting_memory *memory;
    void (*progress)(void *arg, const struct derive_progress *p); // may be NULL; 20 a second
    void *arg;
    const atomic_bool *cancel; // may be NULL
};

struct stage_result {
    const struct stage_def *stage;
    enum stage_state state; // before
    char *why;              // one line: "alerts changed", "no perf_jobs in the store: ..."
    bool ran, failed;       // failed: `err`; what was there before stays
    struct err err;
    int64_t n_rows; // of the main dataset
    int64_t n_problems;
    char *problem; // the first, "subject: reason"; NULL = none
    bool changed;  // some dataset has other rows than before
    int64_t took_ms;
};

struct derive_result {
    struct stage_result *stages;
    size_t n_stages;
    size_t n_ran, n_failed;
};

// In the order of the table of datasets, which is one in which they can run.
const struct stage_def *const *catalog_stages(size_t *n);
// By its name, else by that of one of its datasets; NULL when unknown.
const struct stage_def *catalog_stage(struct sv name);
// Runs what has to run, one publish a stage. False only when nothing can go on (store,
// cancellation, a name or setting that is wrong); a stage that fails does not stop those that do
// not need it. `result` is filled as far as it went in every case.
bool catalog_derive(const struct derive_opts *opts, struct derive_result *result,
                    struct err *err) MUST_USE;
void derive_result_done(struct derive_result *result);
// How a stage stands with all before it; nothing is computed. `why` (may be NULL) gets one line,
// empty when there is nothing to say. `opts` gives the settings; NULL: they are what they were.
enum stage_state catalog_stage_state(const struct snapshot *snap, const struct stage_def *stage,
                                     const struct derive_opts *opts, struct str *why);
// Where the rows of a dataset that the store has come from.
enum dataset_origin {
    ORIGIN_IMPORTED,
    ORIGIN_DERIVED,
    ORIGIN_BOTH, // an import was merged into what was derived
};
enum dataset_origin catalog_origin(const struct snapshot *snap, const struct dataset_entry *entry);
// What `culprit derive` is to be given for a dataset that a stage makes: the name of the stage, or,
// where that would replace an imported main dataset, too, that of the dataset.
const char *catalog_name_to_derive(const struct snapshot *snap, const struct dataset_entry *entry);
// How to come by a dataset that the store has not: "culprit import all_bugs.csv", "culprit derive
// coverage", or, when that stage cannot run yet, what it lacks. Empty when there is no way.
void catalog_add_advice(const struct snapshot *snap, const struct dataset_entry *entry,
                        struct str *out);

// The settings of stages; documentation, help and checks read this table.
struct setting_def {
    const char *name;
    const char *value; // the default; NULL = none, what needs it does not run without
    const char *expected;
    const char *help;
};
const struct setting_def *catalog_settings(size_t *n);
// As given, else as recalled, else its default, which may be NULL; "default" given asks for that.
// `opts` may be NULL.
const char *catalog_setting(const struct derive_opts *opts, const char *name);
// All settings, checked, with dates counted from `now_us`. ERR_USAGE names the one that is wrong.
bool catalog_settings_read(const struct derive_opts *opts, int64_t now_us,
                           struct derive_settings *out, struct err *err) MUST_USE;

#endif
