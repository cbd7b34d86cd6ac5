// What all subcommands share: where the store is, the settings, how to speak to the user.
#ifndef CULPRIT_APP_H
#define CULPRIT_APP_H

#include <stdatomic.h>

#include "app/args.h"
#include "base/json.h"
#include "view/view_def.h"

// Exit statuses of design: what scripts rely on.
enum app_exit {
    EXIT_OK = 0,
    EXIT_NO_MATCH = 1,
    EXIT_FAILED = 2, // also wrong usage
    EXIT_PARTIAL = 3,
    EXIT_NO_DATA = 4, // the source has no such data
};

struct subcommand;

struct app {
    const struct subcommand *sub; // that runs; NULL: the explorer
    // Common options, as given.
    const char *store_opt, *config_opt, *now_opt, *theme_opt, *log_opt;
    struct arg_list set_opts;
    bool quiet, plain, ascii, no_state, help, version;
    bool helped; // the help of a subcommand was printed instead of running it
    // Explorer options.
    const char *filter_opt, *screen_opt, *keys_opt, *colors_opt;
    bool roles;

    char *store_dir;
    char *config_dir; // views, themes, keymap of the user
    json_t *config;   // object; never NULL after app_setup()
};

struct subcommand {
    const char *name;
    const char *usage; // after "culprit "
    const char *help;  // one line
    int (*run)(struct app *app, int argc, char **argv);
};
extern const struct subcommand subcommands[]; // ends with a NULL name

// The whole program: parses the common options, finds the subcommand, runs it.
int app_main(int argc, char **argv);

// Parses a subcommand's own options together with the common ones; false after printing why, or
// after printing the help that was asked for.
bool app_args(struct app *app, int argc, char **argv, const struct arg_opt *own,
              struct arg_list *positional);
// Folders, configuration, clock, log; false after printing why. Called once options are known.
bool app_setup(struct app *app);

// The same for subcommands that take no words of their own: app_args() and app_setup().
bool app_no_words(struct app *app, int argc, char **argv, const struct arg_opt *own);

// Messages go to stderr as "culprit: text"; EXIT_FAILED comes back so that callers can return it.
int app_fail(const struct err *err);
// The same for a file that was to be written; says what to do when it exists.
int app_fail_file(const struct err *err);
void app_note(const struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3);
// Setting by dotted name from --set, then the configuration file; NULL = not set.
const char *app_setting(const struct app *app, const char *name);
// The same as struct derive_opts wants it; `arg` is the app.
const char *app_get_setting(void *arg, const char *name);
// Built-in and user views; prints the faults of user files as notes. NULL after printing an error.
struct view_set *app_views(const struct app *app);
// For KEY words: "view bug takes one key, 2 were given". Returns false.
bool app_too_many_keys(const struct view_def *def, size_t n_given, struct err *err);

// Set by SIGINT while a subcommand works; importers and exports look at it.
extern atomic_bool app_cancelled;
void app_catch_interrupt(void);

int cmd_import_run(struct app *app, int argc, char **argv);
int cmd_derive_run(struct app *app, int argc, char **argv);
int cmd_dump_run(struct app *app, int argc, char **argv);
int cmd_view_run(struct app *app, int argc, char **argv);
int cmd_datasets_run(struct app *app, int argc, char **argv);
int cmd_status_run(struct app *app, int argc, char **argv);
int cmd_check_run(struct app *app, int argc, char **argv);
int cmd_compact_run(struct app *app, int argc, char **argv);
int cmd_views_run(struct app *app, int argc, char **argv);
int cmd_doctor_run(struct app *app, int argc, char **argv);
int cmd_help_run(struct app *app, int argc, char **argv);
void help_print(const struct app *app, const struct arg_opt *own);
int cmd_not_yet_run(struct app *app, int argc, char **argv);
// The explorer, on the terminal or as text with --screen.
int explore_run(struct app *app, const char *view, const struct arg_list *keys);

#endif
