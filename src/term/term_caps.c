// The terminal's description (terminfo).
#include <stdint.h>
#include <string.h>

#include "term/term_int.h"
#include "term/terminfo.h"

// A string capability; NULL when the terminal has none.
static const char *cap(const char *name) {
    const char *text = tigetstr(name);
    return text == (const char *)(intptr_t)-1 ? NULL : text;
}

// Without the delays ("$<5>") that only curses understands.
static void add_cap(struct str *out, const char *text) {
    while (text && *text) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end) {
            text = end + 1;
        } else {
            str_add_byte(out, *text++);
        }
    }
}

bool caps_read(struct term *term, const char *type, struct err *err) {
    bool known;
    if (!terminfo_load(type, term->out_fd, &known)) {
        return err_set(err, ERR_NOT_FOUND, "the terminal type TERM=%s %s", type,
                       known ? "cannot be used"
                             : "is not known on this machine; try TERM=xterm-256color or "
                               "TERM=vt100");
    }
    struct term_caps *caps = &term->caps;
    caps->paper = !cap("cup") || tigetflag("hc") == 1;
    const char *mouse = cap("kmous");
    caps->xterm_like = !caps->paper && mouse && mouse[0] == '\033' && cap("rmcup");
    caps->n_colours = MAX(0, tigetnum("colors"));
    return true;
}

void caps_make_restore(struct term *term) {
    struct str *out = &term->caps.restore;
    str_clear(out);
    if (term->caps.paper) {
        str_add_cstr(out, "\r\n");
        return;
    }
    if (term->caps.xterm_like) {
        // Also when the mouse is off: it may have been on a moment ago.
        str_add_cstr(out, "\033[?1006l\033[?1002l\033[?1000l\033[?2004l");
    }
    add_cap(out, cap("rmkx"));
    add_cap(out, cap("sgr0"));
    add_cap(out, cap("op"));
    add_cap(out, cap("cnorm"));
    const char *leave = cap("rmcup");
    if (leave) {
        add_cap(out, leave);
    } else {
        const char *to_last_line = tiparm(cap("cup"), term->h - 1, 0);
        add_cap(out, to_last_line);
        str_add_cstr(out, "\r\n");
    }
}

static void learn(struct term *term, const char *name, enum key_kind kind, uint32_t cp) {
    const char *bytes = cap(name);
    struct key want = {.kind = kind, .cp = cp, .shift = !strcmp(name, "kcbt")};
    if (!bytes) {
        return;
    }
    // What the decoder knows better (F13 of xterm is Shift-F1) stays as it is.
    struct key_decoder probe;
    struct key got;
    key_decoder_init(&probe, true);
    key_decoder_feed(&probe, bytes, strlen(bytes));
    bool known = key_decoder_next(&probe, true, &got) && got.kind == kind && got.cp == cp &&
                 !key_decoder_waits(&probe);
    key_decoder_done(&probe);
    if (!known) {
        key_decoder_learn(&term->keys, sv_cstr(bytes), want);
    }
}

void caps_learn_keys(struct term *term) {
    static const struct {
        const char *name;
        enum key_kind kind;
    } keys[] = {{"kcuu1", K_UP},   {"kcud1", K_DOWN}, {"kcub1", K_LEFT}, {"kcuf1", K_RIGHT},
                {"khome", K_HOME}, {"kend", K_END},   {"kich1", K_INS},  {"kdch1", K_DEL},
                {"kpp", K_PGUP},   {"knp", K_PGDN},   {"kcbt", K_TAB},   {"kent", K_ENTER}};
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        learn(term, keys[i].name, keys[i].kind, 0);
    }
    for (uint32_t n = 1; n <= 12; n++) {
        char name[8];
        snprintf(name, sizeof name, "kf%u", n);
        learn(term, name, K_F, n);
    }
}
