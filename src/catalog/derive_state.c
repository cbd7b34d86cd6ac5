// What is out of date: generations of inputs against the one that a stage was computed from.
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog_int.h"
#include "schema/derivations.h"
#include "schema/scan.h"

// What the store knows of the last run of a stage. Texts stay as long as the snapshot.
struct last_run {
    bool found;
    int64_t version;
    struct sv settings, datasets;
    uint64_t generation; // it was computed from
};

static uint64_t generation_number(struct sv text) {
    char digits[17] = "";
    memcpy(digits, text.ptr, MIN(text.len, sizeof digits - 1));
    return strtoull(digits, NULL, 16);
}

static void take_run(const struct scan *s, int64_t slot, struct last_run *out) {
    const struct sv generation = scan_text(s, DV_GENERATION, slot);
    out->found = generation.len > 0;
    out->version = scan_i64(s, DV_VERSION, slot);
    out->settings = scan_text(s, DV_SETTINGS, slot);
    out->datasets = scan_text(s, DV_DATASETS, slot);
    out->generation = out->found ? generation_number(generation) : 0;
}

// A damaged list of runs counts as none: everything is computed anew.
static struct last_run last_run(const struct snapshot *snap, const struct stage_def *stage) {
    struct last_run run = {0};
    struct scan s;
    if (!snapshot_dataset(snap, schema_derivations.name) ||
        !scan_open(&s, snap, &schema_derivations, NULL)) {
        return run;
    }
    while (scan_next(&s, NULL)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            if (sv_is(scan_text(&s, DV_STAGE, i), stage->name)) {
                take_run(&s, i, &run);
            }
        }
    }
    return scan_close(&s) ? run : (struct last_run){0};
}

static bool lists(struct sv names, const char *name) {
    struct sv item;
    while (sv_split(&names, ',', &item)) {
        if (sv_is(item, name)) {
            return true;
        }
    }
    return false;
}

// A run publishes the generation after the one that it read; what changed later came otherwise.
static bool came_otherwise(const struct dataset *ds, const struct last_run *run) {
    return ds && (!run->found || !lists(run->datasets, ds->name) ||
                  generation_number(sv_cstr(ds->generation)) > run->generation + 1);
}

static bool of_one_file(const struct dataset_def *a, const struct dataset_def *b) {
    size_t n;
    const struct format_def *formats = catalog_formats(&n);
    bool found = a == b;
    for (size_t i = 0; i < n && !found; i++) {
        found = format_yields(&formats[i], sv_cstr(a->name)) &&
                format_yields(&formats[i], sv_cstr(b->name));
    }
    return found;
}

// What stands in one file stays together, even where the import changed one dataset alone.
static bool is_imported(const struct snapshot *snap, const struct stage_def *stage,
                        const struct dataset_def *def, const struct last_run *run) {
    for (size_t i = 0; stage->datasets[i]; i++) {
        if (of_one_file(stage->datasets[i], def) &&
            came_otherwise(snapshot_dataset(snap, stage->datasets[i]->name), run)) {
            return true;
        }
    }
    return false;
}

bool stage_is_imported(const struct snapshot *snap, const struct stage_def *stage,
                       const struct dataset_def *def) {
    const struct last_run run = last_run(snap, stage);
    return is_imported(snap, stage, def, &run);
}

bool stage_made_as_now(const struct snapshot *snap, const struct stage_def *stage,
                       const struct dataset_def *def) {
    const struct last_run run = last_run(snap, stage);
    return snapshot_dataset(snap, def->name) && run.found && run.version == stage->version &&
           !is_imported(snap, stage, def, &run);
}

enum dataset_origin catalog_origin(const struct snapshot *snap, const struct dataset_entry *entry) {
    if (!entry->stage) {
        return ORIGIN_IMPORTED;
    }
    const struct last_run run = last_run(snap, entry->stage);
    if (!is_imported(snap, entry->stage, entry->def, &run)) {
        return ORIGIN_DERIVED;
    }
    const bool merged =
        entry->def->kind == DATASET_KEYED && run.found && lists(run.datasets, entry->def->name);
    return merged ? ORIGIN_BOTH : ORIGIN_IMPORTED;
}

// --- settings ---

void stage_settings_text(const struct stage_def *stage, const struct derive_opts *opts,
                         struct str *out) {
    for (size_t i = 0; stage->settings && stage->settings[i]; i++) {
        const char *value = catalog_setting(opts, stage->settings[i]);
        str_addf(out, "%s%s=%s", i ? "; " : "", stage->settings[i], value ? value : "");
    }
}

static const char *unset_setting(const struct stage_def *stage, const struct derive_opts *opts) {
    for (size_t i = 0; stage->settings && stage->settings[i]; i++) {
        if (!catalog_setting(opts, stage->settings[i])) {
            return stage->settings[i];
        }
    }
    return NULL;
}

// A setting that somebody gave once and that has no default is not another one when it is left out.
static bool settings_differ(const struct stage_def *stage, const struct derive_opts *opts,
                            const struct last_run *run) {
    if (!opts || unset_setting(stage, opts)) {
        return false;
    }
    auto_str now = STR_INIT;
    stage_settings_text(stage, opts, &now);
    return !sv_eq(str_sv(&now), run->settings);
}

// --- inputs ---

static const struct format_def *format_of(const char *dataset) {
    size_t n;
    const struct format_def *formats = catalog_formats(&n);
    for (size_t i = 0; i < n; i++) {
        if (format_yields(&formats[i], sv_cstr(dataset))) {
            return &formats[i];
        }
    }
    return NULL;
}

const char *catalog_name_to_derive(const struct snapshot *snap, const struct dataset_entry *entry) {
    const struct stage_def *stage = entry->stage;
    return stage_is_imported(snap, stage, stage->datasets[0]) ? entry->def->name : stage->name;
}

static void say_missing(const struct snapshot *snap, const char *input, struct str *why) {
    const struct dataset_entry *entry = catalog_dataset(sv_cstr(input));
    const struct format_def *format = format_of(input);
    if (snapshot_dataset(snap, input)) {
        str_addf(why, "%s has no rows", input);
        return;
    }
    str_addf(why, "no %s in the store", input);
    if (entry && entry->stage) {
        str_addf(why, ": culprit derive %s makes it", catalog_name_to_derive(snap, entry));
    } else if (format) {
        str_addf(why, ": culprit import %s", format->name);
    }
}

// Nothing to begin with; but what was computed once follows when its input loses all rows.
static bool lacks(const struct snapshot *snap, const char *input, const struct last_run *run) {
    const struct dataset *ds = snapshot_dataset(snap, input);
    return !ds || (ds->n_rows == 0 && !run->found);
}

static bool lacks_input(const struct snapshot *snap, const struct stage_def *stage,
                        const struct last_run *run, struct str *why) {
    for (size_t i = 0; stage->inputs[i]; i++) {
        if (lacks(snap, stage->inputs[i], run)) {
            say_missing(snap, stage->inputs[i], why);
            return true;
        }
    }
    return false;
}

static bool changed_since(const struct snapshot *snap, const char *const *inputs,
                          const struct last_run *run, struct str *why) {
    for (size_t i = 0; inputs && inputs[i]; i++) {
        const struct dataset *ds = snapshot_dataset(snap, inputs[i]);
        if (ds && generation_number(sv_cstr(ds->generation)) > run->generation) {
            str_addf(why, "%s changed", inputs[i]);
            return true;
        }
    }
    return false;
}

// --- the state ---

static bool has_changed(const struct snapshot *snap, const struct stage_def *stage,
                        const struct derive_opts *opts, const struct last_run *run,
                        struct str *why) {
    if (!run->found) {
        str_add_cstr(why, "not made yet");
        return true;
    }
    for (size_t i = 0; stage->datasets[i]; i++) {
        if (!snapshot_dataset(snap, stage->datasets[i]->name)) {
            str_addf(why, "no %s in the store", stage->datasets[i]->name);
            return true;
        }
    }
    if (run->version != stage->version) {
        str_add_cstr(why, "it is computed in another way now");
        return true;
    }
    if (settings_differ(stage, opts, run)) {
        str_addf(why, "made with %.*s", SV_ARG(run->settings));
        return true;
    }
    return changed_since(snap, stage->inputs, run, why) ||
           changed_since(snap, stage->optional, run, why);
}

// Those datasets that a run would leave as they are.
static void add_imported(const struct snapshot *snap, const struct stage_def *stage,
                         const struct last_run *run, struct str *why) {
    for (size_t i = 0; stage->datasets[i]; i++) {
        if (is_imported(snap, stage, stage->datasets[i], run)) {
            str_addf(why, "%s%s", why->len ? ", " : "imported: ", stage->datasets[i]->name);
        }
    }
}

// Who does not know the settings does not say that one is missing.
static bool lacks_setting(const struct stage_def *stage, const struct derive_opts *opts,
                          struct str *why) {
    const char *unset = opts ? unset_setting(stage, opts) : NULL;
    if (unset) {
        str_addf(why, "%s is not set: --set %s=... gives it", unset, unset);
    }
    return unset;
}

static enum stage_state own_state(const struct snapshot *snap, const struct stage_def *stage,
                                  const struct derive_opts *opts, struct str *why) {
    const struct last_run run = last_run(snap, stage);
    auto_str changed = STR_INIT;
    // Its other datasets would not go with a main one that somebody else computed.
    if (is_imported(snap, stage, stage->datasets[0], &run)) {
        return STAGE_IMPORTED;
    }
    if (lacks_input(snap, stage, &run, why)) {
        return STAGE_LACKS_INPUT;
    }
    if (!has_changed(snap, stage, opts, &run, &changed)) {
        add_imported(snap, stage, &run, why);
        return STAGE_FRESH;
    }
    if (lacks_setting(stage, opts, why)) {
        return STAGE_LACKS_INPUT;
    }
    str_add_sv(why, str_sv(&changed));
    return STAGE_READY;
}

bool stage_has_inputs(const struct snapshot *snap, const struct stage_def *stage,
                      const struct derive_opts *opts, struct str *why) {
    const struct last_run run = last_run(snap, stage);
    return !lacks_input(snap, stage, &run, why) && !lacks_setting(stage, opts, why);
}

enum stage_state stage_own_state(const struct snapshot *snap, const struct stage_def *stage,
                                 const struct derive_opts *opts, struct str *why) {
    auto_str unused = STR_INIT;
    return own_state(snap, stage, opts, why ? why : &unused);
}

static const struct stage_def *stage_of_input(const char *input) {
    const struct dataset_entry *entry = catalog_dataset(sv_cstr(input));
    return entry ? entry->stage : NULL;
}

// Has it all its inputs and is only not told a setting?
static bool lacks_only_setting(const struct snapshot *snap, const struct stage_def *stage,
                               const struct derive_opts *opts) {
    auto_str unused = STR_INIT;
    const struct last_run run = last_run(snap, stage);
    return lacks_setting(stage, opts, &unused) && !lacks_input(snap, stage, &run, &unused);
}

// What the stages before say about one input: the state becomes that of the whole chain.
static enum stage_state follow_input(const struct snapshot *snap, const char *input,
                                     const struct derive_opts *opts, enum stage_state state,
                                     struct str *why) {
    const struct stage_def *before = stage_of_input(input);
    auto_str reason = STR_INIT;
    if (!before) {
        return state;
    }
    const enum stage_state theirs = catalog_stage_state(snap, before, opts, &reason);
    const bool there = snapshot_dataset(snap, input) != NULL;
    if (theirs == STAGE_READY) {
        str_clear(why);
        str_addf(why, "%s is %s", input, there ? "out of date" : "not made yet");
        return STAGE_READY;
    }
    if (!there && theirs == STAGE_LACKS_INPUT) {
        str_clear(why);
        if (lacks_only_setting(snap, before, opts)) {
            str_addf(why, "no %s in the store, and ", input);
        }
        str_add_sv(why, str_sv(&reason));
    }
    return state;
}

// An input that is missing for good ends the search, and so does a reason of its own.
static enum stage_state chain_state(const struct snapshot *snap, const struct stage_def *stage,
                                    const struct derive_opts *opts, struct str *why) {
    enum stage_state state = own_state(snap, stage, opts, why);
    if (state == STAGE_READY || state == STAGE_IMPORTED) {
        return state;
    }
    for (size_t i = 0; stage->inputs[i]; i++) {
        const bool there = snapshot_dataset(snap, stage->inputs[i]) != NULL;
        const enum stage_state next = follow_input(snap, stage->inputs[i], opts, state, why);
        if (!there && next != STAGE_READY) {
            return STAGE_LACKS_INPUT;
        }
        state = next == STAGE_READY ? next : state;
    }
    return state;
}

enum stage_state catalog_stage_state(const struct snapshot *snap, const struct stage_def *stage,
                                     const struct derive_opts *opts, struct str *why) {
    auto_str unused = STR_INIT;
    return chain_state(snap, stage, opts, why ? why : &unused);
}

void catalog_add_advice(const struct snapshot *snap, const struct dataset_entry *entry,
                        struct str *out) {
    const struct format_def *format = format_of(entry->def->name);
    auto_str why = STR_INIT;
    if (!entry->stage) {
        str_addf(out, "%s%s", format ? "culprit import " : "", format ? format->name : "");
    } else if (catalog_stage_state(snap, entry->stage, NULL, &why) == STAGE_LACKS_INPUT) {
        str_add_sv(out, str_sv(&why));
    } else {
        str_addf(out, "culprit derive %s", catalog_name_to_derive(snap, entry));
    }
}
