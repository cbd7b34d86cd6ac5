// What the explorer on a terminal and the one printed as text (--screen) have in common.
#ifndef CULPRIT_APP_EXPLORE_H
#define CULPRIT_APP_EXPLORE_H

#include "app/app.h"
#include "term/theme.h"
#include "ui/ui.h"

struct explorer {
    struct app *app;
    struct view_set *views;
    struct keymap *keymap;
    struct theme *theme;
    struct snapshot *snap;
    struct pool *pool;
    struct ui *ui;      // while there is one
    struct job *derive; // that runs; NULL = none
    char *theme_dir;
    char *state_dir;
    struct str faults; // of user files and of the store, for the first message
};

// False after printing why.
bool explorer_init(struct explorer *ex, struct app *app);
void explorer_done(struct explorer *ex);
// A ui showing `view` (NULL: the start view) with `keys` for its parameters. NULL after printing.
struct ui *explorer_ui(struct explorer *ex, const struct ui_opts *size, const char *view,
                       const struct arg_list *keys);
void explorer_ui_done(struct explorer *ex);
// Runs the stages that are out of date, or the named one, in the pool, and refreshes the view.
void explorer_derive(struct explorer *ex, struct sv stage);
// Ends that.
void explorer_cancel(struct explorer *ex);

// Plays app->keys_opt on a screen of app->screen_opt and prints it.
int explore_as_text(struct explorer *ex, const char *view, const struct arg_list *keys);
// On the terminal, until the user leaves.
int explore_on_terminal(struct explorer *ex, const char *view, const struct arg_list *keys);

#endif
