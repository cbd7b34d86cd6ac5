// One line of typing at the bottom: command line, search, filter, column, selection.
#ifndef CULPRIT_UI_PROMPT_H
#define CULPRIT_UI_PROMPT_H

#include "ui/ui_int.h"

// What differs between the kinds of prompt: a row of a table in prompt.c.
struct prompt_ops {
    const char *label; // before the text: "/", "&"
    // After each change of the text; may be NULL.
    void (*typed)(struct ui *ui, struct sv text);
    // Enter. The prompt is closed before.
    void (*accept)(struct ui *ui, struct sv text);
    // Esc, Ctrl-C; puts back what `typed` did. May be NULL.
    void (*cancel)(struct ui *ui);
    // Fills `out` with newline-separated completions of the word that ends at the cursor; `*from`
    // is where the word begins. May be NULL.
    void (*complete)(struct ui *ui, struct sv text, size_t cursor, size_t *from, struct str *out);
};

struct prompt {
    enum prompt_kind kind;
    struct str text;
    size_t cursor;   // byte
    struct str note; // shown behind the text: counter, error
    bool note_is_error;
    // Completions and history while walking through them.
    struct str completions;
    size_t complete_from;
    int complete_at; // -1 = not completing
    int history_at;  // -1 = the text being typed
    struct str typed;
    // Where the rows were, for incremental search and for Esc.
    size_t old_cursor, old_top;
    struct str old_key; // of the table's row
};

extern const struct prompt_ops prompt_ops[N_PROMPTS];

void prompt_note(struct ui *ui, bool is_error, const char *fmt, ...) PRINTF_LIKE(3, 4);
// Runs one line of the `:` prompt.
void command_line_run(struct ui *ui, struct sv line);

#endif
