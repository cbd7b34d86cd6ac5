// A small program on src/term: shows its size and the last key, and does on request what a program
// should survive with its terminal in order. Arguments: crash folder, file that gets
// the name of each key and what copying said, file that the copy command writes.
//
//     q quit   e exit() without closing   s invalid memory   a abort   b failed check
//     z suspend   p run a child in the foreground   y copy   Y copy too much   m mouse off   w wide
//     text
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "term/signals.h"
#include "term/term.h"

struct probe {
    struct term *term;
    struct screen screen;
    struct str last;
    int n_keys;
    bool wide;
    FILE *log;
};

static void draw(struct probe *p) {
    int w, h;
    term_size(p->term, &w, &h);
    if (w != p->screen.w || h != p->screen.h) {
        screen_resize(&p->screen, w, h);
    }
    screen_clear(&p->screen);
    struct str line = STR_INIT;
    str_addf(&line, "size %dx%d key %d <%s>", w, h, p->n_keys, str_cstr(&p->last));
    struct rect top = {0, 0, w, 1};
    screen_put(&p->screen, top, str_sv(&line), (struct text_style){.role = ROLE_CRUMB});
    screen_puts(&p->screen, 0, 1, ROLE_CHANGE_WORSE, "worse");
    if (p->wide) {
        screen_puts(&p->screen, 0, 2, ROLE_TEXT,
                    "\xe6\x97\xa5\xe6\x9c\xac e\xcc\x81 \033[31m \x9b \xff|");
    }
    screen_overlay(&p->screen, top, OVER_CURSOR_ROW);
    str_done(&line);
    term_draw(p->term, &p->screen);
}

static void run_child(struct probe *p) {
    static const char *const argv[] = {"sh", "-c", "stty -a | grep -c -w -- -icanon; echo CHILD",
                                       NULL};
    int status;
    struct err err = ERR_INIT;
    term_pause(p->term);
    if (!child_run(argv, &status, &err)) {
        printf("%s\n", err.msg);
    }
    term_resume(p->term);
}

static void crash(void) {
    // Through a volatile pointer, so that no compiler sees it coming.
    volatile int *volatile nowhere = (volatile int *)8;
    *nowhere = 1;
}

static char too_much[TERM_COPY_LIMIT + 1];

static void copy(struct probe *p, struct sv text) {
    struct err err = ERR_INIT;
    const char *how = NULL;
    bool ok = term_copy(p->term, text, &how, &err);
    if (p->log) {
        fprintf(p->log, "copy: %s\n", ok ? how : err.msg);
        fflush(p->log);
    }
}

static bool act(struct probe *p, uint32_t cp) {
    switch (cp) {
    case 'q':
        return false;
    case 'e':
        exit(3);
    case 's':
        crash();
        break;
    case 'a':
        abort();
    case 'b':
        BUG_ON(p->n_keys > 0);
        break;
    case 'z':
        term_suspend(p->term);
        break;
    case 'p':
        run_child(p);
        break;
    case 'y':
        copy(p, SV("copied"));
        term_title(p->term, SV("a\033b"));
        break;
    case 'Y':
        copy(p, sv_make(too_much, sizeof too_much));
        break;
    case 'm':
        term_set_mouse(p->term, false);
        break;
    case 'w':
        p->wide = true;
        break;
    default:
        break;
    }
    return true;
}

static bool see_key(struct probe *p, const struct key *key) {
    p->n_keys++;
    str_clear(&p->last);
    key_format(key, &p->last);
    if (key->kind == K_RESIZE) {
        str_add_cstr(&p->last, "resized");
    } else if (key->kind == K_RESUME) {
        str_add_cstr(&p->last, "resumed");
    } else if (key_is_mouse(key)) {
        str_addf(&p->last, " %d,%d", key->x, key->y);
    } else if (key->pasted) {
        str_add_cstr(&p->last, " pasted");
    }
    if (p->log) {
        fprintf(p->log, "%s\n", str_cstr(&p->last));
        fflush(p->log);
    }
    return key->kind != K_CHAR || key->ctrl || key->alt || key->pasted || act(p, key->cp);
}

static int loop(struct probe *p) {
    draw(p);
    for (;;) {
        struct pollfd in = {.fd = term_fd(p->term), .events = POLLIN};
        struct key key;
        int got;
        poll(&in, 1, -1);
        while ((got = term_read_key(p->term, &key)) == 1) {
            if (!see_key(p, &key)) {
                return 0;
            }
            draw(p);
        }
        if (got < 0) {
            return 1;
        }
    }
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "");
    struct err err = ERR_INIT;
    struct str faults = STR_INIT;
    struct theme *theme = theme_load(NULL, SV("dark"), &faults, &err);
    const char *const copy_argv[] = {"tee", argc > 3 ? argv[3] : NULL, NULL};
    struct term_opts opts = {.mouse = true,
                             .theme = theme,
                             .copy_argv = argc > 3 ? copy_argv : NULL,
                             .crash_dir = argc > 1 ? argv[1] : NULL};
    struct probe probe = {.term = theme ? term_open(&opts, &err) : NULL};
    if (!probe.term) {
        fprintf(stderr, "%s%s\n", str_cstr(&faults), err.msg);
        return 2;
    }
    screen_init(&probe.screen, 1, 1, term_ascii(probe.term));
    probe.log = argc > 2 ? fopen(argv[2], "w") : NULL;
    int status = loop(&probe);
    if (probe.log) {
        fclose(probe.log);
    }
    term_close(probe.term);
    screen_done(&probe.screen);
    str_done(&probe.last);
    str_done(&faults);
    theme_free(theme);
    return status;
}
