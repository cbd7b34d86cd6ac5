// Running stages, in the order of the table of datasets.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/date.h"
#include "catalog/catalog_int.h"

// What is asked of each stage, by its place in catalog_stages().
struct wish {
    bool wanted;
    bool named;                         // runs in any case
    bool named_dataset[DERIVE_MAX_OUT]; // these replace also what was imported
    bool blocked;                       // failed, or needs one that did
};

struct plan {
    const struct derive_opts *opts;
    struct derive_settings settings;
    const struct stage_def *const *stages;
    size_t n_stages;
    struct wish *wishes;
    struct snapshot *snap;
};

// --- what is asked for ---

static size_t place_of(const struct plan *plan, const struct stage_def *stage) {
    for (size_t i = 0; i < plan->n_stages; i++) {
        if (plan->stages[i] == stage) {
            return i;
        }
    }
    return SIZE_MAX;
}

static const struct stage_def *stage_of(const char *dataset) {
    const struct dataset_entry *entry = catalog_dataset(sv_cstr(dataset));
    return entry ? entry->stage : NULL;
}

// The stages that fill what the stage reads, and theirs.
static void want_inputs(struct plan *plan, const char *const *inputs) {
    for (size_t i = 0; inputs && inputs[i]; i++) {
        const struct stage_def *stage = stage_of(inputs[i]);
        if (stage) {
            plan->wishes[place_of(plan, stage)].wanted = true;
        }
    }
}

static bool want_named(struct plan *plan, const char *name, struct err *err) {
    const struct stage_def *stage = catalog_stage(sv_cstr(name));
    if (!stage) {
        return catalog_dataset(sv_cstr(name))
                   ? err_set(err, ERR_USAGE, "no stage makes %s: it is imported", name)
                   : err_set(err, ERR_USAGE,
                             "no stage or dataset is called %s (culprit derive --list has them)",
                             name);
    }
    struct wish *wish = &plan->wishes[place_of(plan, stage)];
    wish->wanted = wish->named = true;
    if (strcmp(name, stage->name) == 0) {
        memset(wish->named_dataset, true, sizeof wish->named_dataset);
    }
    for (size_t i = 0; stage->datasets[i]; i++) {
        wish->named_dataset[i] |= strcmp(name, stage->datasets[i]->name) == 0;
    }
    return true;
}

static bool make_wishes(struct plan *plan, struct err *err) {
    const struct derive_opts *opts = plan->opts;
    for (size_t i = 0; i < opts->n_stages; i++) {
        if (!want_named(plan, opts->stages[i], err)) {
            return false;
        }
    }
    for (size_t i = plan->n_stages; i-- > 0;) {
        plan->wishes[i].wanted |= opts->n_stages == 0;
        if (plan->wishes[i].wanted) {
            want_inputs(plan, plan->stages[i]->inputs);
            want_inputs(plan, plan->stages[i]->optional);
        }
    }
    return true;
}

// --- one stage ---

static bool reopen(struct plan *plan, struct err *err) {
    if (plan->snap && !snapshot_is_stale(plan->snap)) {
        return true;
    }
    snapshot_unref(plan->snap);
    plan->snap = snapshot_open(plan->opts->store_dir, NULL, err);
    return plan->snap != NULL;
}

// The first input whose stage failed in this run; NULL = none.
static const char *failed_input(const struct plan *plan, const struct stage_def *stage) {
    for (size_t i = 0; stage->inputs[i]; i++) {
        const struct stage_def *before = stage_of(stage->inputs[i]);
        if (before && plan->wishes[place_of(plan, before)].blocked) {
            return stage->inputs[i];
        }
    }
    return NULL;
}

static void keep_imported(const struct plan *plan, const struct wish *wish,
                          struct derive_one *one) {
    const struct stage_def *stage = one->result->stage;
    for (size_t i = 0; stage->datasets[i]; i++) {
        one->keep[i] =
            !wish->named_dataset[i] && stage_is_imported(plan->snap, stage, stage->datasets[i]);
    }
}

static bool shall_run(const struct plan *plan, const struct wish *wish, enum stage_state state) {
    switch (state) {
    case STAGE_READY:
        return true;
    case STAGE_FRESH:
        return wish->named || plan->opts->force;
    case STAGE_IMPORTED:
        return wish->named;
    case STAGE_LACKS_INPUT:
    default:
        return false;
    }
}

// How the stage stands, in `result`; true when it is to run.
static bool look_at(struct plan *plan, struct wish *wish, struct stage_result *result,
                    struct str *why) {
    const struct stage_def *stage = result->stage;
    result->state = stage_own_state(plan->snap, stage, plan->opts, why);
    if (wish->named && result->state == STAGE_IMPORTED &&
        !stage_has_inputs(plan->snap, stage, plan->opts, why)) {
        result->state = STAGE_LACKS_INPUT;
    }
    const bool run = shall_run(plan, wish, result->state);
    const char *failed = failed_input(plan, stage);
    if (failed && (run || result->state == STAGE_LACKS_INPUT)) {
        str_clear(why);
        str_addf(why, "%s could not be made", failed);
        wish->blocked = true;
        return false;
    }
    if (result->state == STAGE_LACKS_INPUT && !wish->named) {
        // With the reason of the first stage that could not run.
        str_clear(why);
        result->state = catalog_stage_state(plan->snap, stage, plan->opts, why);
    }
    return run;
}

static bool derive_stage(struct plan *plan, struct wish *wish, struct derive_one *one,
                         struct err *err) {
    struct stage_result *result = one->result;
    auto_str why = STR_INIT;
    if (!reopen(plan, err)) {
        return false;
    }
    const struct dataset *ds = snapshot_dataset(plan->snap, result->stage->datasets[0]->name);
    result->n_rows = ds ? ds->n_rows : 0;
    const bool run = look_at(plan, wish, result, &why);
    result->why = xstrdup(str_cstr(&why));
    if (!run) {
        return true;
    }
    keep_imported(plan, wish, one);
    const bool ok = derive_one(one, err);
    wish->blocked = !ok || result->failed;
    return ok;
}

static bool is_cancelled(const struct derive_opts *opts, struct err *err) {
    return opts->cancel && atomic_load(opts->cancel) &&
           !err_set(err, ERR_CANCELLED, "deriving was cancelled");
}

static bool derive_all(struct plan *plan, struct derive_result *result, struct err *err) {
    size_t n = 0;
    for (size_t i = 0; i < plan->n_stages; i++) {
        n += plan->wishes[i].wanted;
    }
    for (size_t i = 0; i < plan->n_stages; i++) {
        if (!plan->wishes[i].wanted) {
            continue;
        }
        if (is_cancelled(plan->opts, err)) {
            return false;
        }
        struct stage_result *r = &result->stages[result->n_stages];
        r->stage = plan->stages[i];
        struct derive_one one = {plan->opts, &plan->settings, r, result->n_stages, n, {0}};
        result->n_stages++;
        if (!derive_stage(plan, &plan->wishes[i], &one, err)) {
            return false;
        }
        result->n_ran += r->ran;
        result->n_failed += r->failed;
    }
    return true;
}

// Settings that are not given are those of the last run.
static bool read_settings(struct plan *plan, struct derive_opts *opts,
                          struct setting_memory *memory, struct err *err) {
    plan->opts = opts;
    if (!reopen(plan, err)) {
        return false;
    }
    catalog_recall(plan->snap, memory);
    opts->memory = memory;
    return catalog_settings_read(opts, clock_now_us(), &plan->settings, err);
}

bool catalog_derive(const struct derive_opts *given, struct derive_result *result,
                    struct err *err) {
    *result = (struct derive_result){0};
    struct derive_opts opts = *given;
    struct setting_memory memory = {0};
    struct plan plan = {0};
    if (!read_settings(&plan, &opts, &memory, err)) {
        snapshot_unref(plan.snap);
        setting_memory_done(&memory);
        return false;
    }
    plan.stages = catalog_stages(&plan.n_stages);
    plan.wishes = xcalloc(plan.n_stages + 1, sizeof *plan.wishes);
    result->stages = xcalloc(plan.n_stages + 1, sizeof *result->stages);
    const bool ok = make_wishes(&plan, err) && derive_all(&plan, result, err);
    snapshot_unref(plan.snap);
    free(plan.wishes);
    setting_memory_done(&memory);
    return ok;
}

void derive_result_done(struct derive_result *result) {
    for (size_t i = 0; i < result->n_stages; i++) {
        free(result->stages[i].why);
        free(result->stages[i].problem);
    }
    free(result->stages);
    *result = (struct derive_result){0};
}
