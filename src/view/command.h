// Commands: everything a key or a `:` line can do. One const table (app/commands.c) feeds keymap
// checks, palette, completion, help and the manual page.
#ifndef CULPRIT_VIEW_COMMAND_H
#define CULPRIT_VIEW_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sv.h"

struct ui; // the explorer on the screen (ui/ui.h); commands act on it

// Where a command makes sense; also the sections of the keymap file.
enum command_where {
    IN_TABLE = 1,
    IN_TEXT = 2, // diff, message, help
    IN_DETAIL = 4,
    IN_PLOT = 8,
    IN_ANY = IN_TABLE | IN_TEXT | IN_DETAIL | IN_PLOT,
};

struct command_call {
    const struct command *command;
    int64_t count; // typed before the key; meaningful when has_count
    bool has_count;
    struct sv arg; // after the name on the `:` line, or the keymap's argument; NULL view = none
};

struct command {
    const char *name; // "row-down", "filter", "write", "sort-up"
    const char
        *group; // heading in help: "Move", "Find", "Columns", "Select", "Go", "Out", "Program"
    const char *help; // one line
    const char *args; // "", "FILE", "[EXPRESSION]": shown in help; "" = takes none
    unsigned where;
    // False with a message when it could not be done; shown on the message line.
    bool (*run)(struct ui *ui, const struct command_call *call, struct err *err);
};

// The table; ends with a NULL name.
extern const struct command commands[];
const struct command *command_find(struct sv name);
// Nearest name by edit distance, for "unknown command, did you mean". NULL when nothing is near.
const struct command *command_nearest(struct sv name);

#endif
