// Subcommands that explain: help, views, doctor, and the ones that are not there yet.
#include <ctype.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/print.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "term/theme.h"
#include "ui/keymap.h"

// --- help ---------------------------------------------------------------------------------------

static void print_formats(bool writers_only) {
    size_t n;
    const struct format_def *formats = catalog_formats(&n);
    for (size_t i = 0; i < n; i++) {
        if (!writers_only || formats[i].write || formats[i].plot) {
            printf("  %-36s %s\n", formats[i].name, formats[i].help);
        }
    }
}

static void print_option(const struct arg_opt *opt) {
    auto_str words = STR_INIT;
    str_addf(&words, "%s%s%s", opt->name, opt->value_name ? " " : "",
             opt->value_name ? opt->value_name : "");
    printf("  %-20s %s\n", str_cstr(&words), opt->help);
}

static void print_stages(void) {
    size_t n;
    const struct stage_def *const *stages = catalog_stages(&n);
    for (size_t i = 0; i < n; i++) {
        auto_str inputs = STR_INIT;
        for (size_t k = 0; stages[i]->inputs[k]; k++) {
            str_addf(&inputs, "%s%s", k ? ", " : "", stages[i]->inputs[k]);
        }
        printf("  %-16s %s\n  %-16s from %s\n", stages[i]->name, stages[i]->title, "",
               str_cstr(&inputs));
    }
}

static void print_settings(void) {
    size_t n;
    const struct setting_def *defs = catalog_settings(&n);
    for (size_t i = 0; i < n; i++) {
        printf("  %-28s %s;\n  %-28s %s", defs[i].name, defs[i].help, "", defs[i].expected);
        printf(defs[i].value ? " (default %s)\n" : "\n", defs[i].value);
    }
}

void help_print(const struct app *app, const struct arg_opt *own) {
    const struct subcommand *sub = app->sub;
    printf("usage: culprit %s\n\n%c%s.\n", sub->usage, toupper(sub->help[0]), sub->help + 1);
    for (const struct arg_opt *opt = own; opt->name; opt++) {
        fputs(opt == own ? "\nOptions:\n" : "", stdout);
        print_option(opt);
    }
    const bool dump = sub->run == cmd_dump_run;
    if (dump || sub->run == cmd_import_run) {
        printf("\nFiles:\n");
        print_formats(dump);
    } else if (sub->run == cmd_derive_run) {
        printf("\nStages:\n");
        print_stages();
        printf("\nSettings, for --set name=value or the configuration file; one that is not given "
               "stays\n"
               "as the stage was last made with it, and the value \"default\" asks for its "
               "default:\n");
        print_settings();
    }
    printf("\nculprit help lists the options of all commands.\n");
}

static int help_one(struct app *app, const char *name) {
    static const struct arg_opt none[] = {{0}};
    for (const struct subcommand *sub = subcommands; sub->name; sub++) {
        if (strcmp(sub->name, name) != 0) {
            continue;
        }
        app->sub = sub;
        app->helped = true;
        if (sub->run == cmd_not_yet_run || sub->run == cmd_help_run) {
            help_print(app, none);
            return EXIT_OK;
        }
        // Each command knows its options itself.
        return sub->run(app, 1, (char *[]){(char[]){"--help"}, NULL});
    }
    struct err err = ERR_INIT;
    err_set(&err, ERR_USAGE, "no command %s (culprit help lists them)", name);
    return app_fail(&err);
}

static void print_overview(void) {
    printf("usage: culprit [VIEW [KEY...]] [--filter EXPR]    open the explorer\n"
           "       culprit COMMAND ...\n\nCommands:\n");
    for (const struct subcommand *sub = subcommands; sub->name; sub++) {
        printf("  %-10s %s\n", sub->name, sub->help);
    }
    printf("\nEverywhere:\n"
           "  --store DIR      the store (else $CULPRIT_STORE, else the user's data folder)\n"
           "  --config FILE    settings; --set key=value for one run\n"
           "  --now TIME       fixes every clock (else $CULPRIT_NOW)\n"
           "  --quiet          no messages besides errors\n"
           "  --log FILE       what the program does, for reports\n"
           "  --plain          for screen readers: no frames, no spinners\n"
           "  --ascii          only ASCII on the screen\n"
           "  --theme NAME     dark, light, mono, high-contrast, deuteranopia, or a file\n"
           "  --colors N       auto, 0, 8, 256\n"
           "  --screen WxH --keys FILE   the screen as text after these keys; each screen\n"
           "                   begins with a line \"--- name\" (docs/views.md, Key scripts)\n"
           "\nExit status: 0 done or rows found, 1 nothing matched, 2 usage or failure,\n"
           "3 done in part, 4 the source has no such data.\n");
}

int cmd_help_run(struct app *app, int argc, char **argv) {
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    if (app_args(app, argc, argv, NULL, &words)) {
        status = EXIT_OK;
        if (words.n) {
            status = help_one(app, words.ptr[0]);
        } else {
            print_overview();
        }
    }
    array_done(&words);
    return status;
}

int cmd_not_yet_run(struct app *app, int argc, char **argv) {
    static const struct arg_opt none[] = {{0}};
    struct err err = ERR_INIT;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help_print(app, none);
            return EXIT_OK;
        }
    }
    err_set(&err, ERR_USAGE,
            "the command %s is not there yet; culprit import PATH... brings data in from files",
            app->sub->name);
    return app_fail(&err);
}

// --- views --------------------------------------------------------------------------------------

static int check_views(const struct app *app) {
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    char *dir = path_join(app->config_dir, "views");
    struct view_set *set = view_set_load(dir, &faults, &err);
    size_t n = set ? view_set_n(set) : 0;
    view_set_free(set);
    if (!set) {
        free(dir);
        return app_fail(&err);
    }
    if (faults.len) {
        auto_str safe = STR_INIT;
        print_safe(&safe, str_sv(&faults));
        fputs(str_cstr(&safe), stderr);
    } else {
        printf("%zu views, no faults (own views: %s)\n", n, dir);
    }
    free(dir);
    return faults.len ? EXIT_FAILED : EXIT_OK;
}

static int list_views(const struct app *app) {
    struct view_set *set = app_views(app);
    if (!set) {
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < view_set_n(set); i++) {
        const struct view_def *def = view_set_at(set, i);
        printf("%-24.*s %.*s", SV_ARG(def->name), SV_ARG(def->title));
        for (size_t p = 0; p < def->n_params; p++) {
            printf(" %s%.*s%s", def->params[p].required ? "" : "[", SV_ARG(def->params[p].name),
                   def->params[p].required ? "" : "]");
        }
        printf("%s\n", def->built_in ? "" : "  (yours)");
    }
    view_set_free(set);
    return EXIT_OK;
}

int cmd_views_run(struct app *app, int argc, char **argv) {
    bool check = false;
    const struct arg_opt own[] = {
        {"--check", NULL, "check all view files", NULL, NULL, &check},
        {0},
    };
    if (!app_no_words(app, argc, argv, own)) {
        return EXIT_FAILED;
    }
    return check ? check_views(app) : list_views(app);
}

// --- doctor -------------------------------------------------------------------------------------

static void say(const char *what, const char *value, const char *advice) {
    printf("%-10s %s%s%s\n", what, value, *advice ? "  <- " : "", advice);
}

// Views, keys and themes of the user: what is faulty is left out when the explorer starts, so here
// every fault is said. False only when nothing can go on.
static bool collect_view_faults(const struct app *app, struct str *faults, struct err *err) {
    char *dir = path_join(app->config_dir, "views");
    char *keys = path_join(app->config_dir, "keys.json");
    struct view_set *views = view_set_load(dir, faults, err);
    struct keymap *keymap = views ? keymap_load(keys, faults, err) : NULL;
    const bool ok = keymap != NULL;
    keymap_free(keymap);
    view_set_free(views);
    free(keys);
    free(dir);
    return ok;
}

static void check_theme(const char *dir, struct sv name, struct str *faults) {
    struct err err = ERR_INIT;
    const size_t before = faults->len;
    struct theme *theme = theme_load(dir, name, faults, &err);
    if (!theme && faults->len == before) {
        str_addf(faults, "theme %.*s: %s\n", SV_ARG(name), err.msg);
    }
    theme_free(theme);
}

static void collect_theme_faults(const struct app *app, struct str *faults) {
    auto_str names = STR_INIT;
    char *dir = path_join(app->config_dir, "themes");
    bool known = false;
    const char *chosen = app->theme_opt ? app->theme_opt : app_setting(app, "theme");
    theme_names(dir, &names);
    struct sv rest = str_sv(&names);
    struct sv name;
    while (sv_split(&rest, '\n', &name)) {
        if (name.len) {
            known = known || (chosen && sv_is(name, chosen));
            check_theme(dir, name, faults);
        }
    }
    if (chosen && !known) {
        check_theme(dir, sv_cstr(chosen), faults);
    }
    free(dir);
}

static void print_section(const char *title, struct sv lines) {
    if (lines.len) {
        auto_str safe = STR_INIT;
        print_safe(&safe, lines);
        printf("%s\n%s", title, str_cstr(&safe));
    }
}

int cmd_doctor_run(struct app *app, int argc, char **argv) {
    if (!app_no_words(app, argc, argv, NULL)) {
        return EXIT_FAILED;
    }
    const char *term = getenv("TERM");
    const char *codeset = nl_langinfo(CODESET);
    const char *no_color = getenv("NO_COLOR");
    auto_str damage = STR_INIT;
    auto_str faults = STR_INIT;
    struct err err = ERR_INIT;
    say("version", CULPRIT_VERSION, "");
    say("jansson", JANSSON_VERSION, "");
    say("terminal", term ? term : "(TERM is not set)", term ? "" : "set TERM");
    say("encoding", codeset,
        strcmp(codeset, "UTF-8") == 0 ? "" : "not UTF-8: the explorer draws in ASCII");
    say("colours", no_color && *no_color ? "off (NO_COLOR)" : "on", "");
    say("config", app->config_dir, file_exists(app->config_dir) ? "" : "none yet, defaults apply");
    say("store", app->store_dir,
        file_exists(app->store_dir) ? "" : "none yet: culprit import PATH... makes it");
    if (!collect_view_faults(app, &faults, &err)) {
        return app_fail(&err);
    }
    collect_theme_faults(app, &faults);
    say("own files", faults.len ? "with faults, see below" : "views, keys and themes: no faults",
        "");
    struct snapshot *snap = snapshot_open(app->store_dir, &damage, &err);
    if (!snap) {
        print_section("faults", str_sv(&faults));
        return app_fail(&err);
    }
    printf("%-10s %zu\n", "datasets", snap->n_datasets);
    snapshot_unref(snap);
    print_section("faults", str_sv(&faults));
    print_section("damage", str_sv(&damage));
    return faults.len || damage.len ? EXIT_PARTIAL : EXIT_OK;
}
