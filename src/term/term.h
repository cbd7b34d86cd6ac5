// The terminal: the only door to curses. One at a time; all functions belong to the UI thread.
//
//     struct term *term = term_open(&opts, err);
//     while (running) {
//         poll(term_fd(term), ...);
//         while (term_read_key(term, &key) == 1) { ... }
//         draw into a struct screen of term_size(); term_draw(term, &screen);
//     }
//     term_close(term);
//
// After term_open() every way out restores the terminal (term/signals.h). The program has called
// setlocale(LC_CTYPE, "") before, and starts no threads before the first term_open().
#ifndef CULPRIT_TERM_TERM_H
#define CULPRIT_TERM_TERM_H

#include "base/err.h"
#include "term/key.h"
#include "term/screen.h"
#include "term/theme.h"

struct term;

enum term_colours { COLOURS_AUTO, COLOURS_0, COLOURS_8, COLOURS_256, COLOURS_DIRECT };

struct term_opts {
    bool mouse;
    // AUTO: what the terminal has, none when NO_COLOR is set. A depth that the terminal does not
    // have falls back to the next lower one.
    enum term_colours colours;
    bool ascii;                   // no characters beyond ASCII; forced when the locale is not UTF-8
    bool inline_cursor;           // --plain: the cursor stays visible
    const struct theme *theme;    // borrowed until term_close() or term_set_theme()
    const char *const *copy_argv; // command that reads the copied text on its standard input; NULL
    const char *crash_dir;        // where crash reports go; NULL = the temporary folder
};

// "auto", "0", "8", "256", "direct" (also "none" and "truecolor").
bool term_colours_parse(struct sv text, enum term_colours *out, struct err *err) MUST_USE;

// Takes over the terminal on standard input and output. Fails without changing anything when there
// is none, or its type is unknown (the message says what TERM was).
struct term *term_open(const struct term_opts *opts, struct err *err) MUST_USE;
// Restores everything; NULL is allowed.
void term_close(struct term *term);

// True when drawing must keep to ASCII; give it to screen_init().
bool term_ascii(const struct term *term);
void term_size(const struct term *term, int *w, int *h);
enum theme_depth term_depth(const struct term *term);
// One line for `culprit doctor`: type, colours, size, encoding, mouse.
void term_describe(const struct term *term, struct str *out);

// Shows the buffer (only changed cells are sent), then writes what term_copy() and term_title()
// have queued.
void term_draw(struct term *term, const struct screen *screen);
// The next term_draw() paints every cell (Ctrl-L).
void term_redraw(struct term *term);

// Readable whenever term_read_key() may have something: keys, the end of a lone Esc, a resize, the
// return from a stop.
int term_fd(const struct term *term);
// 1 = a key or event, 0 = nothing now, -1 = the terminal is gone (hang-up).
int term_read_key(struct term *term, struct key *key);
// Keys that were read ahead are forgotten; after long work.
void term_flush_keys(struct term *term);

// Ctrl-Z: restores the terminal, stops the process group, and takes over again after `fg`; a
// K_RESUME event follows.
void term_suspend(struct term *term);
// Around a foreground child ($EDITOR, a pager).
void term_pause(struct term *term);
void term_resume(struct term *term);

bool term_mouse(const struct term *term);
void term_set_mouse(struct term *term, bool on);
void term_set_theme(struct term *term, const struct theme *theme);
void term_bell(struct term *term);
// Window title; control characters are dropped. Nothing on terminals without one.
void term_title(struct term *term, struct sv text);

// Clipboard: through the terminal (OSC 52; inside tmux in its pass-through form as well) on the
// next term_draw(), or through `copy_argv` when one is configured or the terminal cannot. `*how`
// (may be NULL) says which way, in words for the message line. Fails above 100 kB.
enum { TERM_COPY_LIMIT = 100 * 1000 };
bool term_copy(struct term *term, struct sv text, const char **how, struct err *err) MUST_USE;

#endif
