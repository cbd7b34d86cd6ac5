// The explorer without a terminal: keys in, a cell buffer and requests out.
//
// One struct ui belongs to one thread (the UI thread). It owns the open views and their history,
// prompts, menus and messages. What needs the outside world (leaving, suspending, the clipboard, a
// child process, mouse and theme) is asked of the main loop through requests, so that the same code
// runs under a terminal, for `--screen`, and in tests.
//
//     ui_open(...); loop: ui_key(...) / ui_collect() / ui_tick(); ui_draw(); ui_take_request()
#ifndef CULPRIT_UI_H
#define CULPRIT_UI_H

#include "base/pool.h"
#include "term/key.h"
#include "term/screen.h"
#include "ui/keymap.h"
#include "view/view.h"

struct ui;

struct ui_opts {
    struct view_set *views;      // borrowed
    const struct keymap *keymap; // borrowed
    struct snapshot *snap;       // a reference is taken
    const char *store_dir;       // for refresh; borrowed
    struct pool *pool;           // borrowed
    int w, h;
    bool ascii;
    const char *message; // shown first (faults of user files, damage); may be NULL
};

struct ui *ui_new(const struct ui_opts *opts) MUST_USE;
void ui_free(struct ui *ui);

// Opens a view as the next step of the history.
bool ui_open(struct ui *ui, struct sv view, const struct view_value *params, size_t n_params,
             struct err *err) MUST_USE;
// Shows what is new in the store, as the command `refresh` does.
bool ui_refresh(struct ui *ui, struct err *err) MUST_USE;
// Adds a filter to the open view (command line --filter).
bool ui_filter(struct ui *ui, struct sv text, struct err *err) MUST_USE;

void ui_key(struct ui *ui, const struct key *key);
void ui_resize(struct ui *ui, int w, int h);
// After pool_fd() became readable: collects finished jobs. True when something changed.
bool ui_collect(struct ui *ui);
// Does what is due (the hint panel of a prefix key after 400 ms, a slice of a search). Returns the
// milliseconds until it wants to be called again, 0 = at once, -1 = not before the next key.
int ui_tick(struct ui *ui, int64_t now_us);
// For scripts and tests: waits for running queries and searches, so that screens are deterministic.
void ui_settle(struct ui *ui);
void ui_draw(struct ui *ui, struct screen *screen);

enum ui_request_kind {
    UI_REQUEST_NONE,
    UI_REQUEST_QUIT,
    UI_REQUEST_SUSPEND,
    UI_REQUEST_REDRAW,
    UI_REQUEST_COPY,   // `text` to the clipboard
    UI_REQUEST_SPAWN,  // `argv` detached (browser)
    UI_REQUEST_EDIT,   // `text` in the user's editor or pager
    UI_REQUEST_MOUSE,  // `on`
    UI_REQUEST_THEME,  // `text` = name
    UI_REQUEST_DERIVE, // `text` = stage, empty = all
    UI_REQUEST_CANCEL, // what the main loop runs
};

struct ui_request {
    enum ui_request_kind kind;
    struct sv text;          // borrowed until the next call into the ui
    const char *const *argv; // likewise; NULL-terminated
    bool on;
};

// The oldest request not yet taken; false when there is none.
bool ui_take_request(struct ui *ui, struct ui_request *out);
// What became of a request (or anything else worth saying): shown on the message line.
void ui_message(struct ui *ui, bool is_error, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
