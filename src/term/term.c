#include "term/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "term/signals.h"
#include "term/term_int.h"
#include "term/terminfo.h"

bool term_colours_parse(struct sv text, enum term_colours *out, struct err *err) {
    static const struct {
        const char *name;
        enum term_colours colours;
    } rows[] = {{"auto", COLOURS_AUTO},       {"0", COLOURS_0},
                {"none", COLOURS_0},          {"8", COLOURS_8},
                {"256", COLOURS_256},         {"direct", COLOURS_DIRECT},
                {"truecolor", COLOURS_DIRECT}};
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        if (sv_eq_nocase(text, sv_cstr(rows[i].name))) {
            *out = rows[i].colours;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "'%.*s' is no number of colours: auto, 0, 8, 256 or direct",
                   SV_ARG(text));
}

void term_write(struct term *term, struct sv bytes) {
    // A terminal that is gone is noticed by the next read.
    (void)!fd_write(term->out_fd, bytes.ptr, bytes.len, NULL);
}

void term_read_size(struct term *term) {
    struct winsize size = {0};
    if (ioctl(term->out_fd, TIOCGWINSZ, &size) != 0 || !size.ws_col || !size.ws_row) {
        int w = tigetnum("cols"), h = tigetnum("lines");
        size.ws_col = (unsigned short)(w > 0 ? w : 80);
        size.ws_row = (unsigned short)(h > 0 ? h : 24);
    }
    term->w = MIN((int)size.ws_col, SCREEN_MAX_SIDE);
    term->h = MIN((int)size.ws_row, SCREEN_MAX_SIDE);
}

// --- opening ----------------------------------------------------------------------------------

static bool find_tty(struct term *term, struct err *err) {
    term->out_fd = STDOUT_FILENO;
    if (!isatty(STDOUT_FILENO)) {
        return err_set(err, ERR_USAGE, "standard output is not a terminal");
    }
    term->in_fd = STDIN_FILENO;
    term->in_file = stdin;
    if (!isatty(STDIN_FILENO)) { // data is piped in, the keys come from elsewhere
        term->in_fd = open("/dev/tty", O_RDONLY | O_CLOEXEC);
        if (term->in_fd < 0) {
            return err_sys(err, "there is no terminal to read keys from");
        }
        term->own_in_fd = true;
        term->in_file = fdopen(term->in_fd, "r");
    }
    if (!term->in_file || tcgetattr(term->in_fd, &term->saved) != 0) {
        return err_sys(err, "cannot read the settings of the terminal");
    }
    return true;
}

static bool watch(struct term *term, int fd, struct err *err) {
    struct epoll_event event = {.events = EPOLLIN};
    event.data.fd = fd;
    if (epoll_ctl(term->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        return err_sys(err, "cannot wait for the terminal");
    }
    return true;
}

static bool open_waiting(struct term *term, struct err *err) {
    term->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    term->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (term->epoll_fd < 0 || term->timer_fd < 0) {
        return err_sys(err, "cannot wait for the terminal");
    }
    return watch(term, term->in_fd, err) && watch(term, signals_fd(), err) &&
           watch(term, term->timer_fd, err);
}

// Keys one by one and unchanged, as curses' raw(); output processing stays.
static void set_raw(struct term *term) {
    struct termios raw_mode = term->saved;
    raw_mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw_mode.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    raw_mode.c_cc[VMIN] = 1;
    raw_mode.c_cc[VTIME] = 0;
    (void)tcsetattr(term->in_fd, TCSADRAIN, &raw_mode);
}

static void modes_on(struct term *term) {
    if (term->caps.xterm_like) {
        term_write(term, SV("\033[?2004h"));
        term_write(term, term->mouse_on ? SV("\033[?1000h\033[?1002h\033[?1006h")
                                        : SV("\033[?1006l\033[?1002l\033[?1000l"));
    }
}

static void modes_off(struct term *term) {
    if (term->caps.xterm_like) {
        term_write(term, SV("\033[?1006l\033[?1002l\033[?1000l\033[?2004l"));
    }
}

static void arm(struct term *term) {
    caps_make_restore(term);
    signals_arm(term->in_fd, &term->saved, str_sv(&term->caps.restore));
}

static bool open_curses(struct term *term, struct err *err) {
    if (term->caps.paper) {
        set_raw(term);
        return true;
    }
    term->curses = newterm(NULL, stdout, term->in_file);
    if (!term->curses) {
        return err_set(err, ERR_NOT_FOUND, "the terminal type TERM=%s cannot be used",
                       getenv("TERM"));
    }
    terminfo_release(); // newterm() has loaded its own
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    typeahead(-1); // drawing is never left half done because a key is waiting
    if (term->h != LINES || term->w != COLS) {
        resize_term(term->h, term->w);
    }
    draw_open_colours(term);
    modes_on(term);
    return true;
}

static bool is_utf8(void) {
    return sv_eq_nocase(sv_cstr(nl_langinfo(CODESET)), SV("UTF-8"));
}

static bool open_all(struct term *term, struct err *err) {
    const char *type = getenv("TERM");
    if (!type || !*type) {
        type = "dumb";
    }
    if (!find_tty(term, err) || !caps_read(term, type, err) ||
        !signals_install(term->opts.crash_dir, err) || !open_waiting(term, err)) {
        return false;
    }
    term_read_size(term);
    term->ascii = term->opts.ascii || term->caps.paper || !is_utf8();
    term->mouse_on = term->opts.mouse && term->caps.xterm_like;
    key_decoder_init(&term->keys, is_utf8());
    term->keys.ctrl_h_is_bs = term->saved.c_cc[VERASE] == '\b';
    caps_learn_keys(term);
    arm(term);
    (void)signals_take();
    // Curses asks for the handlers of a few signals when nobody has them: ours were first.
    return open_curses(term, err);
}

struct term *term_open(const struct term_opts *opts, struct err *err) {
    struct term *term = xcalloc(1, sizeof *term);
    term->opts = *opts;
    term->in_fd = term->out_fd = term->epoll_fd = term->timer_fd = -1;
    term->repaint = true;
    if (!open_all(term, err)) {
        term_close(term);
        return NULL;
    }
    return term;
}

static void close_fd(int fd) {
    if (fd >= 0) {
        close(fd);
    }
}

void term_close(struct term *term) {
    if (!term) {
        return;
    }
    if (!term->paused && term->caps.restore.len) {
        term_pause(term);
    }
    signals_disarm(false);
    if (term->curses) {
        delscreen(term->curses);
    }
    terminfo_release();
    if (term->own_in_fd) {
        if (term->in_file) {
            fclose(term->in_file);
        } else {
            close_fd(term->in_fd);
        }
    }
    close_fd(term->epoll_fd);
    close_fd(term->timer_fd);
    key_decoder_done(&term->keys);
    str_done(&term->caps.restore);
    str_done(&term->queued);
    str_done(&term->paper_text);
    free(term->front);
    free(term->row);
    free(term);
}

// --- leaving and coming back ------------------------------------------------------------------

void term_pause(struct term *term) {
    modes_off(term);
    if (term->curses) {
        curs_set(1);
        endwin();
    } else {
        term_write(term, SV("\r\n"));
    }
    (void)tcsetattr(term->in_fd, TCSADRAIN, &term->saved);
    signals_disarm(true);
    term->paused = true;
}

void term_fit(struct term *term) {
    int w = term->w, h = term->h;
    term_read_size(term);
    if (w == term->w && h == term->h) {
        return;
    }
    term->resized = true;
    term->repaint = true;
    if (term->curses) {
        resize_term(term->h, term->w);
    }
    if (!term->paused) {
        arm(term);
    }
}

void term_take_over(struct term *term) {
    term_fit(term);
    arm(term);
    term->paused = false;
    if (!term->curses) {
        set_raw(term);
        term->repaint = true;
        return;
    }
    if (!isendwin()) {
        endwin(); // stopped behind the back of curses
    }
    clearok(curscr, TRUE);
    doupdate();
    keypad(stdscr, TRUE); // doupdate() brings back all but this
    modes_on(term);
}

void term_resume(struct term *term) {
    term_take_over(term);
    (void)signals_take();
}

void term_suspend(struct term *term) {
    term_pause(term);
    signals_disarm(false);
    signals_stop_group();
    term_resume(term);
    term->resumed = true;
}

// --- questions and switches -------------------------------------------------------------------

bool term_ascii(const struct term *term) {
    return term->ascii;
}

void term_size(const struct term *term, int *w, int *h) {
    *w = term->w;
    *h = term->h;
}

enum theme_depth term_depth(const struct term *term) {
    return term->depth;
}

bool term_mouse(const struct term *term) {
    return term->mouse_on;
}

void term_set_mouse(struct term *term, bool on) {
    term->mouse_on = on && term->caps.xterm_like;
    modes_on(term);
}

void term_set_theme(struct term *term, const struct theme *theme) {
    term->opts.theme = theme;
    memset(term->looks, 0, sizeof term->looks);
    term->repaint = true;
}

void term_redraw(struct term *term) {
    term->repaint = true;
}

void term_bell(struct term *term) {
    term_write(term, SV("\a"));
}

void term_describe(const struct term *term, struct str *out) {
    static const char *const depths[N_DEPTHS] = {"no", "8", "256", "direct"};
    const char *type = getenv("TERM");
    str_addf(out, "TERM=%s, %dx%d, %s colours (of %d), %s, mouse %s%s", type ? type : "(unset)",
             term->w, term->h, depths[term->depth], term->caps.n_colours,
             term->ascii ? "ASCII" : "UTF-8",
             !term->caps.xterm_like ? "not there"
             : term->mouse_on       ? "on"
                                    : "off",
             term->caps.paper ? ", printed line by line" : "");
}
