// Private to catalog.
#ifndef CULPRIT_CATALOG_INT_H
#define CULPRIT_CATALOG_INT_H

#include "catalog/catalog.h"

// Opens a file and finds its format among the table's and the extra ones, by content or by
// `opts->as`; the input keeps the bytes it has read. NULL as catalog_detect().
const struct format_def *open_detect(const char *path, const struct import_opts *opts,
                                     struct input *in, struct err *err) MUST_USE;
// Does the file of this format become rows of that dataset?
bool format_yields(const struct format_def *format, struct sv dataset);

// Rows of this dataset as they are merged into those of the store.
struct dataset_change change_of(const struct dataset_def *def);

// One file of an import.
struct import_one {
    const struct import_opts *opts;
    struct import_file *file;
    bool in_folder; // found there, not named by the user
    bool is_clone;  // `path` is the folder of one; `file->format` is set
    struct import_progress progress;
    int64_t reported_us;
    bool changed; // out: the store has a new generation
};
// False when nothing can go on, see catalog_import(); what concerns the file alone goes to `file`.
bool import_one(struct import_one *one, struct err *err) MUST_USE;

// --- derive ---

extern const struct stage_def stage_alert_bug_tests, stage_fail_sigs, stage_time_to_culprit,
    stage_perf_bugs, stage_bug_diffs, stage_llm_struc, stage_coverage, stage_job_sigs,
    stage_sig_groups, stage_durations, stage_group_durations, stage_wait_stats, stage_rectified,
    stage_bisection_costs;

// How a stage stands by its own inputs alone; see catalog_stage_state().
enum stage_state stage_own_state(const struct snapshot *snap, const struct stage_def *stage,
                                 const struct derive_opts *opts, struct str *why);
// Are its inputs and settings there? Else `why` gets what is not.
bool stage_has_inputs(const struct snapshot *snap, const struct stage_def *stage,
                      const struct derive_opts *opts, struct str *why);
// Was this dataset of the stage brought by an import?
bool stage_is_imported(const struct snapshot *snap, const struct stage_def *stage,
                       const struct dataset_def *def);
// Did a run of this very computation make the rows of the dataset that the store holds?
bool stage_made_as_now(const struct snapshot *snap, const struct stage_def *stage,
                       const struct dataset_def *def);
// The settings of a stage as they are recorded: "name=value; name=value".
void stage_settings_text(const struct stage_def *stage, const struct derive_opts *opts,
                         struct str *out);

// The run of stage_bug_diffs, bug_diffs.c.
bool derive_bug_diffs(struct derive *d, const struct derive_opts *opts, struct err *err) MUST_USE;

// One stage that is to run.
struct derive_one {
    const struct derive_opts *opts;
    const struct derive_settings *settings;
    struct stage_result *result; // `stage` is set
    size_t idx, n;               // for progress
    // Datasets of the stage that are not to be replaced, by their place.
    bool keep[DERIVE_MAX_OUT];
};
// False when nothing can go on; what concerns the stage alone goes to `result`.
bool derive_one(struct derive_one *one, struct err *err) MUST_USE;

#endif
