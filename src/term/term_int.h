// The open terminal, shared by the files that make up term/term.h. Not for other folders.
#ifndef CULPRIT_TERM_TERM_INT_H
#define CULPRIT_TERM_TERM_INT_H

#include <curses.h>
#include <sys/types.h>
#include <termios.h>

#include "term/key_decode.h"
#include "term/term.h"

// What the terminal's description says, and what is concluded from it.
struct term_caps {
    bool paper;      // cannot move its cursor: the screen is printed as lines of text
    bool xterm_like; // knows mouse reports, bracketed paste, titles and OSC sequences
    int n_colours;
    struct str restore; // bytes that put the terminal in order
};

struct click {
    int64_t at_ms;
    int x, y;
};

// Curses attributes of a role with its overlays; the theme is asked once for each.
struct look {
    bool known;
    attr_t attrs;
    int pair;
};

enum { N_OVERLAYS = 32 };

struct term {
    struct term_opts opts;
    struct term_caps caps;
    int in_fd, out_fd;
    bool own_in_fd;
    FILE *in_file;
    struct termios saved; // as we found it
    SCREEN *curses;       // NULL on paper
    int w, h;
    bool ascii;
    bool mouse_on;
    bool paused;
    enum theme_depth depth;
    bool own_colours; // "default" colours exist

    struct key_decoder keys;
    int epoll_fd, timer_fd;
    bool timer_set;
    bool resized, resumed; // events not reported yet
    struct click last_click;

    struct screen_cell *front; // what is on the terminal
    int front_w, front_h;
    bool repaint;
    cchar_t *row; // one line for curses
    size_t row_cap;
    struct look looks[N_ROLES][N_OVERLAYS];
    struct str paper_text; // the lines last printed

    struct str queued; // written after the next drawing
};

// term_caps.c: reads the description of `type`; false when there is none.
bool caps_read(struct term *term, const char *type, struct err *err) MUST_USE;
// Prepares caps.restore for the present size.
void caps_make_restore(struct term *term);
void caps_learn_keys(struct term *term);

// term_draw.c
void draw_open_colours(struct term *term);
void draw_paper(struct term *term, const struct screen *screen);

// term.c
void term_write(struct term *term, struct sv bytes);
// After SIGCONT or term_resume(): puts the terminal into our modes and paints anew.
void term_take_over(struct term *term);
void term_read_size(struct term *term);
// After SIGWINCH: takes the new size, if it is one.
void term_fit(struct term *term);

#endif
