// Subcommands about the store as a whole: datasets, status, check, compact.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/print.h"
#include "app/reading.h"
#include "base/date.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "view/format.h"

// The datasets are a view like any other.
int cmd_datasets_run(struct app *app, int argc, char **argv) {
    char **words = xcalloc((size_t)argc + 2, sizeof *words);
    words[0] = (char[]){"home"};
    memcpy(words + 1, argv, (size_t)argc * sizeof *argv);
    int status = cmd_view_run(app, argc + 1, words);
    free(words);
    return status;
}

// --- status -------------------------------------------------------------------------------------

// A clock that is fixed before the import gives a time ahead of it.
static void add_ago(struct str *out, int64_t since_us) {
    if (since_us < 0) {
        str_add_cstr(out, "just now");
        return;
    }
    str_add_span(out, since_us);
    str_add_cstr(out, " ago");
}

static void print_dataset(const struct dataset *ds) {
    uint64_t size_bytes = 0;
    for (size_t i = 0; i < ds->n_segments; i++) {
        size_bytes += ds->segments[i].size_bytes;
    }
    auto_str age = STR_INIT;
    int64_t fetched_us;
    if (ds->source.fetched && date_parse_iso(sv_cstr(ds->source.fetched), &fetched_us, NULL)) {
        add_ago(&age, clock_now_us() - fetched_us);
    }
    auto_str size = STR_INIT;
    format_add_bytes(&size, (double)size_bytes);
    printf("  %-24s %12" PRId64 " rows %10s  %-10s %s\n", ds->name, ds->n_rows, str_cstr(&size),
           str_cstr(&age), ds->source.origin ? ds->source.origin : "");
}

// One line for all stages that would run.
static void print_stages(struct app *app, const struct snapshot *snap) {
    size_t n;
    auto_str names = STR_INIT;
    struct setting_memory memory;
    catalog_recall(snap, &memory);
    const struct derive_opts opts = {
        .setting = app_get_setting, .setting_arg = app, .memory = &memory};
    const struct stage_def *const *stages = catalog_stages(&n);
    for (size_t i = 0; i < n; i++) {
        if (catalog_stage_state(snap, stages[i], &opts, NULL) == STAGE_READY) {
            str_addf(&names, "%s%s", names.len ? " " : "", stages[i]->name);
        }
    }
    setting_memory_done(&memory);
    if (names.len) {
        printf("to derive   %s (culprit derive)\n", str_cstr(&names));
    }
}

int cmd_status_run(struct app *app, int argc, char **argv) {
    if (!app_no_words(app, argc, argv, NULL)) {
        return EXIT_FAILED;
    }
    struct err err = ERR_INIT;
    auto_str damage = STR_INIT;
    struct snapshot *snap = snapshot_open(app->store_dir, &damage, &err);
    if (!snap) {
        return app_fail(&err);
    }
    printf("store       %s\n", app->store_dir);
    printf("generation  %" PRIu64 "\n", (uint64_t)strtoull(snap->generation, NULL, 16));
    for (size_t i = 0; i < snap->n_datasets; i++) {
        print_dataset(&snap->datasets[i]);
    }
    if (!snap->n_datasets) {
        printf("  (empty: culprit import PATH... brings data in)\n");
    }
    const struct dataset *problems = snapshot_dataset(snap, "problems");
    if (problems && problems->n_rows) {
        printf("problems    %" PRId64 " (culprit view problems)\n", problems->n_rows);
    }
    print_stages(app, snap);
    int status = snap->n_datasets ? EXIT_OK : EXIT_NO_DATA;
    if (damage.len) {
        printf("damage\n%s", str_cstr(&damage));
        status = EXIT_PARTIAL;
    }
    snapshot_unref(snap);
    return status;
}

// --- check, compact -----------------------------------------------------------------------------

// A store that is to be written but not made.
static struct publish *begin_publish(const struct app *app, struct err *err) {
    if (!file_exists(app->store_dir)) {
        err_set(err, ERR_NOT_FOUND, "there is no store %s", app->store_dir);
        return NULL;
    }
    return publish_begin(app->store_dir, err);
}

static int check_store(struct app *app) {
    struct err err = ERR_INIT;
    auto_str report = STR_INIT;
    const int n_faults = store_check(app->store_dir, &report, &err);
    if (n_faults < 0) {
        return app_fail(&err);
    }
    fputs(str_cstr(&report), stdout);
    if (n_faults == 0) {
        printf("%s: all is well\n", app->store_dir);
        return EXIT_OK;
    }
    auto_str faults = STR_INIT;
    print_count(&faults, n_faults, "fault", "faults");
    printf("%s; put the files back from a copy, or take what is damaged out with culprit check "
           "--repair and import it again\n",
           str_cstr(&faults));
    return EXIT_FAILED;
}

static int repair_store(struct app *app) {
    struct err err = ERR_INIT;
    auto_str report = STR_INIT;
    struct publish *pub = begin_publish(app, &err);
    if (!pub) {
        return app_fail(&err);
    }
    const int n_dropped = publish_drop_damaged(pub, &report);
    const bool ok = publish_commit(pub, NULL, &err);
    publish_end(pub);
    if (!ok) {
        return app_fail(&err);
    }
    fputs(str_cstr(&report), stdout);
    puts(n_dropped ? "import the files of these datasets again" : "nothing is damaged");
    return n_dropped ? EXIT_PARTIAL : EXIT_OK;
}

int cmd_check_run(struct app *app, int argc, char **argv) {
    bool repair = false;
    const struct arg_opt own[] = {
        {"--repair", NULL, "take what is damaged out of the store, to be imported again", NULL,
         NULL, &repair},
        {0},
    };
    if (!app_no_words(app, argc, argv, own)) {
        return EXIT_FAILED;
    }
    return repair ? repair_store(app) : check_store(app);
}

// What a dataset became, against what it was.
static void note_compacted(const struct app *app, const struct dataset *before,
                           const struct snapshot *after) {
    const struct dataset *now = after ? snapshot_dataset(after, before->name) : NULL;
    if (now && now->n_segments != before->n_segments) {
        app_note(app, "%s: %zu segments became %zu", before->name, before->n_segments,
                 now->n_segments);
    } else {
        app_note(app, "%s: nothing to merge", before->name);
    }
}

static void note_all_compacted(const struct app *app, const struct arg_list *names,
                               const struct snapshot *before) {
    struct snapshot *after = snapshot_open(app->store_dir, NULL, NULL);
    for (size_t i = 0; i < before->n_datasets; i++) {
        bool named = names->n == 0;
        for (size_t n = 0; n < names->n; n++) {
            named = named || strcmp(names->ptr[n], before->datasets[i].name) == 0;
        }
        if (named) {
            note_compacted(app, &before->datasets[i], after);
        }
    }
    snapshot_unref(after);
}

static bool compact_all(struct app *app, const struct arg_list *names, struct err *err) {
    struct publish *pub = begin_publish(app, err);
    if (!pub) {
        return false;
    }
    bool ok = true;
    const struct snapshot *base = publish_base(pub);
    for (size_t i = 0; ok && i < (names->n ? names->n : base->n_datasets); i++) {
        const char *name = names->n ? names->ptr[i] : base->datasets[i].name;
        ok = publish_compact(pub, name, err);
    }
    ok = ok && publish_commit(pub, NULL, err);
    if (ok) {
        note_all_compacted(app, names, base);
    }
    publish_end(pub);
    return ok;
}

int cmd_compact_run(struct app *app, int argc, char **argv) {
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    struct err err = ERR_INIT;
    if (app_args(app, argc, argv, NULL, &words) && app_setup(app)) {
        status = compact_all(app, &words, &err) ? EXIT_OK : app_fail(&err);
    }
    array_done(&words);
    return status;
}
