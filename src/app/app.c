#include "app/app.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/print.h"
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"

atomic_bool app_cancelled;

const struct subcommand subcommands[] = {
    {"import", "import [--as DATASET] [--strict] PATH...",
     "read files and folders into the store; 3 when rows were rejected", cmd_import_run},
    {"derive", "derive [STAGE...] [--force] [--list]",
     "compute the datasets that are out of date; 3 when a stage failed and others ran",
     cmd_derive_run},
    {"dump", "dump FILE|--all [-o FILE|DIR]",
     "write a documented file back byte for byte, except that integers never carry .0",
     cmd_dump_run},
    {"view",
     "view NAME [KEY...] [--param k=v] [--filter E] [--sort a,-b] [--columns a,b] [--limit N]\n"
     "          [--format table|csv|tsv|json|jsonl|md|arrow] [--display] [-o FILE]",
     "print a view: the same rows and columns as in the explorer", cmd_view_run},
    {"datasets", "datasets", "list the datasets, their rows and where they come from",
     cmd_datasets_run},
    {"status", "status", "say what is in the store and how old it is", cmd_status_run},
    {"check", "check [--repair]", "verify every byte of the store", cmd_check_run},
    {"compact", "compact [DATASET...]", "merge the segments of datasets", cmd_compact_run},
    {"views", "views [--check]", "list the views, or check the view files", cmd_views_run},
    {"doctor", "doctor", "check terminal, store, configuration, own views, themes and keys",
     cmd_doctor_run},
    {"help", "help [COMMAND]", "this text", cmd_help_run},
    {"fetch", "fetch SOURCE [--since DATE] ...", "bring data from a service (not there yet)",
     cmd_not_yet_run},
    {"bunsen", "bunsen init|add|update|remove|gc|copy ...",
     "maintain Bunsen repositories (not there yet)", cmd_not_yet_run},
    {0},
};

static void say(const char *prefix, struct sv text) {
    auto_str safe = STR_INIT;
    print_safe(&safe, text);
    fprintf(stderr, "%s%s\n", prefix, str_cstr(&safe));
}

int app_fail(const struct err *err) {
    say("culprit: ", sv_cstr(err->msg));
    return EXIT_FAILED;
}

int app_fail_file(const struct err *err) {
    struct err advice = ERR_INIT;
    if (err->code != ERR_BUSY) {
        return app_fail(err);
    }
    err_set(&advice, ERR_BUSY, "%.400s; --force replaces it", err->msg);
    return app_fail(&advice);
}

void app_note(const struct app *app, const char *fmt, ...) {
    if (app->quiet) {
        return;
    }
    auto_str text = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    say("", str_sv(&text));
}

static void on_interrupt(int sig) {
    (void)sig;
    atomic_store(&app_cancelled, true);
}

void app_catch_interrupt(void) {
    // Without SA_RESTART: waiting for a slow pipe ends. A second one ends the program.
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &act, NULL);
}

// --- options ------------------------------------------------------------------------------------

enum { MAX_COMMON = 16 };

static void common_opts(struct app *app, struct arg_opt out[MAX_COMMON]) {
    const struct arg_opt common[] = {
        {"--store", "DIR", "the store's folder", &app->store_opt, NULL, NULL},
        {"--config", "FILE", "configuration file", &app->config_opt, NULL, NULL},
        {"--set", "key=value", "a setting for this run", NULL, &app->set_opts, NULL},
        {"--now", "TIME", "fixes every clock", &app->now_opt, NULL, NULL},
        {"--quiet", NULL, "no messages besides errors", NULL, NULL, &app->quiet},
        {"--plain", NULL, "for screen readers", NULL, NULL, &app->plain},
        {"--ascii", NULL, "only ASCII on the screen", NULL, NULL, &app->ascii},
        {"--theme", "NAME", "colours", &app->theme_opt, NULL, NULL},
        {"--no-state", NULL, "write no session state", NULL, NULL, &app->no_state},
        {"--log", "FILE", "log file", &app->log_opt, NULL, NULL},
        {"--help", NULL, "this help", NULL, NULL, &app->help},
        {"-h", NULL, "this help", NULL, NULL, &app->help},
        {"--version", NULL, "versions", NULL, NULL, &app->version},
        {0},
    };
    _Static_assert(COUNTOF(common) <= MAX_COMMON, "room for all common options");
    memcpy(out, common, sizeof common);
}

enum { MAX_EXPLORER = 8 };

static void explorer_opts(struct app *app, struct arg_opt out[MAX_EXPLORER]) {
    const struct arg_opt own[] = {
        {"--filter", "EXPR", "rows to begin with", &app->filter_opt, NULL, NULL},
        {"--screen", "WxH", "print the screen as text, each behind a line \"--- name\"",
         &app->screen_opt, NULL, NULL},
        {"--keys", "FILE", "keys to press first (docs/views.md, Key scripts)", &app->keys_opt, NULL,
         NULL},
        {"--colors", "auto|0|8|256", "colours to use", &app->colors_opt, NULL, NULL},
        {"--roles", NULL, "with --screen: the roles too", NULL, NULL, &app->roles},
        {0},
    };
    _Static_assert(COUNTOF(own) <= MAX_EXPLORER, "room for all explorer options");
    memcpy(out, own, sizeof own);
}

bool app_args(struct app *app, int argc, char **argv, const struct arg_opt *own,
              struct arg_list *positional) {
    static const struct arg_opt none[] = {{0}};
    struct arg_opt common[MAX_COMMON];
    common_opts(app, common);
    const struct arg_opt *tables[] = {own ? own : none, common, NULL};
    struct err err = ERR_INIT;
    if (!args_parse(argc, argv, tables, positional, &err)) {
        app_fail(&err);
        return false;
    }
    if (app->help && app->sub) {
        help_print(app, own ? own : none);
        app->helped = true;
        return false;
    }
    return true;
}

bool app_no_words(struct app *app, int argc, char **argv, const struct arg_opt *own) {
    struct arg_list words = {0};
    bool ok = app_args(app, argc, argv, own, &words);
    if (ok && words.n) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_USAGE, "%s takes no words; %s is one", app->sub->name, words.ptr[0]);
        app_fail(&err);
        ok = false;
    }
    array_done(&words);
    return ok && app_setup(app);
}

// --- folders and settings -----------------------------------------------------------------------

// $XDG_<NAME>_HOME/culprit, or below $HOME.
static char *xdg_dir(const char *var, const char *below_home) {
    const char *base = getenv(var);
    if (base && base[0] == '/') {
        return path_join(base, "culprit");
    }
    const char *home = getenv("HOME");
    return xasprintf("%s/%s/culprit", home ? home : ".", below_home);
}

static char *store_folder(const struct app *app) {
    if (app->store_opt && *app->store_opt) {
        return xstrdup(app->store_opt);
    }
    const char *env = getenv("CULPRIT_STORE");
    if (env && *env) {
        return xstrdup(env);
    }
    char *data = xdg_dir("XDG_DATA_HOME", ".local/share");
    char *dir = path_join(data, "default");
    free(data);
    return dir;
}

static bool load_config(struct app *app, struct err *err) {
    char *path =
        app->config_opt ? xstrdup(app->config_opt) : path_join(app->config_dir, "config.json");
    bool ok = true;
    if (app->config_opt || file_exists(path)) {
        app->config = json_parse_file(path, (size_t)1 << 20, err);
        ok = app->config != NULL;
        if (ok && !json_is_object(app->config)) {
            ok = err_set(err, ERR_FORMAT, "%s: expected an object of settings", path);
        }
    } else {
        app->config = json_object();
    }
    free(path);
    return ok;
}

static bool fix_clock(const struct app *app, struct err *err) {
    const char *text = app->now_opt ? app->now_opt : getenv("CULPRIT_NOW");
    if (!text || !*text) {
        return true;
    }
    int64_t now_us;
    if (!date_parse_iso(sv_cstr(text), &now_us, NULL)) {
        return err_set(err, ERR_USAGE, "--now %s: expected a time such as 2025-10-25T10:00:00",
                       text);
    }
    clock_fix(now_us);
    return true;
}

static bool check_options(const struct app *app, struct err *err) {
    if (app->store_opt && !*app->store_opt) {
        return err_set(err, ERR_USAGE, "--store: expected the name of a folder");
    }
    for (size_t i = 0; i < app->set_opts.n; i++) {
        const char *eq = strchr(app->set_opts.ptr[i], '=');
        if (!eq || eq == app->set_opts.ptr[i]) {
            return err_set(err, ERR_USAGE, "--set %s: expected key=value", app->set_opts.ptr[i]);
        }
    }
    return true;
}

bool app_setup(struct app *app) {
    struct err err = ERR_INIT;
    app->config_dir = xdg_dir("XDG_CONFIG_HOME", ".config");
    app->store_dir = store_folder(app);
    if (!check_options(app, &err) || !load_config(app, &err) || !fix_clock(app, &err) ||
        (app->log_opt && !log_open(app->log_opt, LOG_DEBUG, &err))) {
        app_fail(&err);
        return false;
    }
    return true;
}

const char *app_setting(const struct app *app, const char *name) {
    size_t len = strlen(name);
    for (size_t i = app->set_opts.n; i-- > 0;) {
        const char *set = app->set_opts.ptr[i];
        if (strncmp(set, name, len) == 0 && set[len] == '=') {
            return set + len + 1;
        }
    }
    const json_t *node = app->config;
    struct sv rest = sv_cstr(name);
    struct sv part;
    while (node && sv_split(&rest, '.', &part)) {
        char key[128];
        snprintf(key, sizeof key, "%.*s", SV_ARG(part));
        node = json_object_get(node, key);
    }
    return json_is_string(node) ? json_string_value(node) : NULL;
}

const char *app_get_setting(void *arg, const char *name) {
    return app_setting(arg, name);
}

struct view_set *app_views(const struct app *app) {
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    char *dir = path_join(app->config_dir, "views");
    struct view_set *set = view_set_load(dir, &faults, &err);
    free(dir);
    if (faults.len) {
        app_note(app, "%.*s", SV_ARG(sv_trim(str_sv(&faults))));
    }
    if (!set) {
        app_fail(&err);
    }
    return set;
}

bool app_too_many_keys(const struct view_def *def, size_t n_given, struct err *err) {
    auto_str keys = STR_INIT;
    for (size_t i = 0; i < def->n_params; i++) {
        str_addf(&keys, "%s%.*s", i ? ", " : " (", SV_ARG(def->params[i].name));
    }
    if (!def->n_params) {
        return err_set(err, ERR_USAGE, "view %.*s takes no keys, %zu were given", SV_ARG(def->name),
                       n_given);
    }
    return err_set(err, ERR_USAGE, "view %.*s takes at most %zu key%s%s), %zu were given",
                   SV_ARG(def->name), def->n_params, def->n_params == 1 ? "" : "s", str_cstr(&keys),
                   n_given);
}

// --- main ---------------------------------------------------------------------------------------

static const struct subcommand *find_subcommand(const char *name) {
    for (const struct subcommand *sub = subcommands; sub->name; sub++) {
        if (strcmp(sub->name, name) == 0) {
            return sub;
        }
    }
    return NULL;
}

static int run_explorer(struct app *app, int argc, char **argv) {
    struct arg_opt own[MAX_EXPLORER];
    explorer_opts(app, own);
    struct arg_list words = {0};
    int status = EXIT_FAILED;
    if (app_args(app, argc, argv, own, &words)) {
        if (app->help) {
            status = cmd_help_run(app, 0, NULL);
        } else if (app->version) {
            printf("culprit %s\n", CULPRIT_VERSION);
            status = EXIT_OK;
        } else if (app_setup(app)) {
            const char *view = words.n ? words.ptr[0] : NULL;
            struct arg_list keys = {words.ptr + (words.n ? 1 : 0), words.n ? words.n - 1 : 0, 0};
            status = explore_run(app, view, &keys);
        }
    }
    array_done(&words);
    struct err err = ERR_INIT;
    return print_flush(&err) ? status : app_fail(&err);
}

static int run_subcommand(struct app *app, const struct subcommand *sub, int argc, char **argv) {
    struct err err = ERR_INIT;
    // A reader that goes away ends the writing, not the program.
    signal(SIGPIPE, SIG_IGN);
    app->sub = sub;
    int status = sub->run(app, argc, argv);
    if (app->helped) {
        status = EXIT_OK;
    }
    // What failed while writing was said there.
    return print_flush(&err) || status == EXIT_FAILED ? status : app_fail(&err);
}

// A file must never be opened as standard output or standard error: what is printed would go there.
static void guard_std_files(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd) {
            abort();
        }
    }
}

// The first word that is no option decides between a subcommand and the explorer on a view.
int app_main(int argc, char **argv) {
    guard_std_files();
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    json_object_seed(0);
    struct app app = {0};
    struct arg_opt common[MAX_COMMON];
    struct arg_opt own[MAX_EXPLORER];
    common_opts(&app, common);
    explorer_opts(&app, own);
    const struct arg_opt *tables[] = {own, common, NULL};
    int at = args_first_word(argc - 1, argv + 1, tables) + 1;
    const struct subcommand *sub = at < argc ? find_subcommand(argv[at]) : NULL;
    int status;
    if (sub) {
        memmove(argv + at, argv + at + 1, (size_t)(argc - at) * sizeof *argv);
        status = run_subcommand(&app, sub, argc - 2, argv + 1);
    } else {
        status = run_explorer(&app, argc - 1, argv + 1);
    }
    array_done(&app.set_opts);
    free(app.store_dir);
    free(app.config_dir);
    json_decref(app.config);
    log_close();
    return status;
}
