// From a key to the painted frame, on a real store and a real terminal description.
//
//     bench_frame STORE [WxH [KEYS [SCRIPT]]]
//
// The program's own explorer runs on a pseudo-terminal whose output is read and thrown away. For
// each of KEYS key presses (5,000 unless told; a fixed sequence of movements, sorts, filters typed
// letter by letter, searches, links, returns and plots over several views) the times are taken
//   painted   until the frame after the key has been written to the terminal; a query that the key
//             has started may still be running, the frame then says so
//   complete  until the frame with the query's result has been written
// and "cpu", the processor time of the interface thread until painted: what is left of it when
// other programs keep the machine busy.
//
// "stall" is the longest time from the key to the complete frame in which the interface did not
// look at the keyboard. With SCRIPT, a key script whose directives name kinds of keys, that one is
// played instead, once; keys of the kind "fast"
// wait for nothing. BENCH_FRAME_TRACE=1 prints the times of each key.
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/explore.h"
#include "base/array.h"
#include "base/date.h"
#include "base/file.h"
#include "term/term.h"
#include "ui/ui_int.h"

enum { MAX_KINDS = 8, DEFAULT_KEYS = 5000, SCRIPT_MAX = 1 << 20 };

struct kind {
    char name[16];
    ARRAY(double) painted_ms;
    ARRAY(double) complete_ms;
    ARRAY(double) cpu_ms;
    ARRAY(double) stall_ms;
};

struct bench {
    struct explorer ex;
    struct ui *ui;
    struct term *term;
    struct screen screen;
    struct kind kinds[MAX_KINDS];
    size_t n_kinds;
    struct kind all;
    struct str script; // played once; empty = the built-in one
    int out;           // results
};

// --- the keys -----------------------------------------------------------------------------------

// A fixed sequence: the same numbers in every run and on every machine.
static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 16;
}

static void add_moves(struct str *script, size_t n, uint32_t *state) {
    static const char *const moves[] = {
        "j", "j",    "j",    "j",  "Down",   "Down",   "k", "k", "Up", "Ctrl-D", "Ctrl-U", "PgDn",
        "l", "Left", "PgUp", "gg", "Ctrl-E", "Ctrl-Y", "l", "h", "G",  "PgDn",   "PgDn",   "j"};
    str_add_cstr(script, "!move\n");
    for (size_t i = 0; i < n; i++) {
        str_addf(script, "%s ", moves[next_random(state) % COUNTOF(moves)]);
    }
    str_add_cstr(script, "\n");
}

// One view after the other; `round` varies what is sorted, typed and opened.
static void add_round(struct str *script, size_t round, uint32_t *state) {
    static const struct {
        const char *open, *filter, *search;
    } views[] = {{"ga", "status=untriaged", "\"tp5\""}, {"gc", "regression", "\"cache\""},
                 {"gA", "amount_pct>10", "\"linux\""},  {"gb", "component~Java", "\"crash\""},
                 {"gS", "suite=tp5o", "\"android\""},   {"gd", "regressor=true", "\"talos\""}};
    for (size_t i = 0; i < COUNTOF(views); i++) {
        str_addf(script, "!open\n%s\n", views[i].open);
        add_moves(script, 50, state);
        for (size_t c = 0; c <= round % 4; c++) {
            str_add_cstr(script, "!move\nl\n");
        }
        str_addf(script, "!sort\n%s\n", round % 2 ? "[" : "]");
        add_moves(script, 30, state);
        str_addf(script, "!filter\n& \"%s\" Enter\n", views[i].filter);
        add_moves(script, 30, state);
        str_addf(script, "!search\n/ %s Enter n n N\n", views[i].search);
        str_add_cstr(script, "!open\ngg Enter\n");
        add_moves(script, 15, state);
        str_add_cstr(script, "!open\n<\n");
    }
}

// The alerts as a line and as a histogram: cursor, zoom, axes, and the plot with the rows.
static void add_plots(struct str *script, uint32_t *state) {
    static const char *const keys[] = {"l", "h", "l", "l", "l", "h", "+", "-", "_", "$", "0", "L"};
    static const char *const kinds[] = {"plot", "histogram"};
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        str_addf(script, "!open\ngA\n!plot\n: \"%s t_value\" Enter Tab\n", kinds[k]);
        for (size_t i = 0; i < 60; i++) {
            str_addf(script, "%s ", keys[next_random(state) % COUNTOF(keys)]);
        }
        str_add_cstr(script, "\nTab j j PgDn ] & \"is_regression=true\" Enter . .\n");
    }
}

static void make_script(struct str *script) {
    uint32_t state = 20250619;
    for (size_t round = 0; round < 8; round++) {
        add_round(script, round, &state);
        add_plots(script, &state);
    }
}

// --- measuring ----------------------------------------------------------------------------------

static double ms_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void paint(struct bench *b) {
    ui_tick(b->ui, clock_monotonic_us());
    screen_clear(&b->screen);
    ui_draw(b->ui, &b->screen);
    term_draw(b->term, &b->screen);
}

struct times {
    double painted, complete, cpu, stall;
};

static void keep(struct kind *kind, const struct times *t) {
    array_push(&kind->painted_ms, t->painted);
    array_push(&kind->complete_ms, t->complete);
    array_push(&kind->cpu_ms, t->cpu);
    array_push(&kind->stall_ms, t->stall);
}

// As the main loop does while nobody presses a key; returns the longest round of it.
static double wait_for_jobs(struct bench *b) {
    double worst = 0;
    while (pool_n_active(b->ex.pool)) {
        struct pollfd fd = {.fd = pool_fd(b->ex.pool), .events = POLLIN};
        if (poll(&fd, 1, 20) == 1) {
            double start = ms_of(CLOCK_MONOTONIC);
            ui_collect(b->ui);
            paint(b);
            worst = MAX(worst, ms_of(CLOCK_MONOTONIC) - start);
        }
    }
    return worst;
}

static void press(struct bench *b, struct kind *kind, const struct key *key) {
    struct ui_request request;
    struct times t = {0};
    double start = ms_of(CLOCK_MONOTONIC), cpu = ms_of(CLOCK_THREAD_CPUTIME_ID);
    ui_key(b->ui, key);
    while (ui_take_request(b->ui, &request)) {
    }
    paint(b);
    t.painted = ms_of(CLOCK_MONOTONIC) - start;
    t.cpu = ms_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
    t.stall = t.painted;
    if (strcmp(kind->name, "fast") != 0) {
        t.stall = MAX(t.painted, wait_for_jobs(b));
        ui_settle(b->ui);
        paint(b);
    }
    t.complete = ms_of(CLOCK_MONOTONIC) - start;
    keep(kind, &t);
    keep(&b->all, &t);
    if (getenv("BENCH_FRAME_TRACE")) {
        struct str name = STR_INIT;
        key_format(key, &name);
        const struct ui *ui = b->ui;
        dprintf(b->out, "key %-8s %-10s cpu %7.2f painted %7.2f stall %7.2f complete %7.2f %.*s\n",
                kind->name, str_cstr(&name), t.cpu, t.painted, t.stall, t.complete,
                SV_ARG(ui->page.view ? ui->page.view->def->name : SV_NULL));
        str_done(&name);
    }
}

static struct kind *kind_of(struct bench *b, struct sv name) {
    for (size_t i = 0; i < b->n_kinds; i++) {
        if (sv_is(name, b->kinds[i].name)) {
            return &b->kinds[i];
        }
    }
    BUG_ON(b->n_kinds == MAX_KINDS);
    struct kind *kind = &b->kinds[b->n_kinds++];
    snprintf(kind->name, sizeof kind->name, "%.*s", SV_ARG(name));
    return kind;
}

static bool play(struct bench *b, size_t n_keys, struct err *err) {
    struct str script = STR_INIT;
    const bool once = b->script.len > 0;
    str_add_sv(&script, str_sv(&b->script));
    if (!once) {
        make_script(&script);
    }
    struct kind *kind = kind_of(b, SV("key"));
    bool ok = true;
    for (size_t round = 0; ok && (!once || round == 0) && b->all.painted_ms.n < n_keys; round++) {
        struct key_script ks;
        key_script_init(&ks, "bench", str_sv(&script));
        for (enum key_token token = KEY_SCRIPT_KEY; token != KEY_SCRIPT_END && ok;) {
            struct key key;
            struct sv directive;
            token = key_script_next(&ks, &key, &directive, err);
            ok = token != KEY_SCRIPT_ERROR;
            if (token == KEY_SCRIPT_DIRECTIVE) {
                kind = kind_of(b, directive);
            } else if (token == KEY_SCRIPT_KEY && b->all.painted_ms.n < n_keys) {
                press(b, kind, &key);
            }
        }
    }
    str_done(&script);
    return ok;
}

static int cmp(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void say(int out, const char *what, double *ms, size_t n) {
    qsort(ms, n, sizeof *ms, cmp);
    dprintf(out, ", %s p50 %.2f p99 %.2f max %.2f", what, ms[n / 2], ms[n - 1 - n / 100],
            ms[n - 1]);
}

static void report(struct bench *b, struct kind *kind) {
    if (!kind->painted_ms.n) {
        return;
    }
    dprintf(b->out, "%-8s %5zu keys", kind->name, kind->painted_ms.n);
    say(b->out, "painted", kind->painted_ms.ptr, kind->painted_ms.n);
    say(b->out, "complete", kind->complete_ms.ptr, kind->complete_ms.n);
    say(b->out, "cpu", kind->cpu_ms.ptr, kind->cpu_ms.n);
    say(b->out, "stall", kind->stall_ms.ptr, kind->stall_ms.n);
    dprintf(b->out, "\n");
    array_done(&kind->stall_ms);
    array_done(&kind->painted_ms);
    array_done(&kind->complete_ms);
    array_done(&kind->cpu_ms);
}

static bool run(struct bench *b, int w, int h, size_t n_keys, struct err *err) {
    const struct term_opts opts = {.mouse = true, .theme = b->ex.theme};
    const struct ui_opts size = {.w = w, .h = h};
    b->ui = explorer_ui(&b->ex, &size, NULL, &(struct arg_list){0});
    b->term = b->ui ? term_open(&opts, err) : NULL;
    if (!b->term) {
        return false;
    }
    screen_init(&b->screen, w, h, term_ascii(b->term));
    ui_settle(b->ui);
    paint(b);
    bool ok = play(b, n_keys, err);
    term_close(b->term);
    screen_done(&b->screen);
    return ok;
}

// On the terminal.
static int measure(char **argv, int w, int h, size_t n_keys, int out) {
    const char *store = argv[1];
    struct err err = ERR_INIT;
    struct app app = {.store_opt = store, .no_state = true};
    struct bench b = {.out = out};
    setlocale(LC_CTYPE, "");
    bool ok = app_setup(&app) && explorer_init(&b.ex, &app);
    if (ok && n_keys == SIZE_MAX) {
        ok = file_read(argv[4], SCRIPT_MAX, &b.script, &err);
    }
    if (ok) {
        ok = run(&b, w, h, n_keys, &err);
        ui_free(b.ui);
        explorer_done(&b.ex);
    }
    for (size_t i = 0; ok && i < b.n_kinds; i++) {
        report(&b, &b.kinds[i]);
    }
    if (ok) {
        memcpy(b.all.name, "all", sizeof "all");
        report(&b, &b.all);
    } else {
        dprintf(out, "bench_frame: %s\n", err.msg);
    }
    return ok ? 0 : 2;
}

int main(int argc, char **argv) {
    struct winsize size = {.ws_col = 200, .ws_row = 60};
    size_t n_keys = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : DEFAULT_KEYS;
    n_keys = argc > 4 ? SIZE_MAX : n_keys;
    if (argc < 2 || n_keys < 1 ||
        (argc > 2 && sscanf(argv[2], "%4hux%4hu", &size.ws_col, &size.ws_row) != 2)) {
        fprintf(stderr, "usage: bench_frame STORE [WxH [KEYS [SCRIPT]]]\n");
        return 2;
    }
    int out = dup(STDOUT_FILENO);
    int master;
    setenv("TERM", "xterm-256color", 1);
    pid_t pid = forkpty(&master, NULL, NULL, &size);
    if (pid == 0) {
        _exit(measure(argv, size.ws_col, size.ws_row, n_keys, out));
    }
    char bytes[65536];
    ssize_t n;
    uint64_t n_bytes = 0;
    while (pid > 0 && (n = read(master, bytes, sizeof bytes)) > 0) {
        n_bytes += (uint64_t)n;
    }
    int status = 2;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("bench_frame");
        return 2;
    }
    printf("%llu bytes to the terminal\n", (unsigned long long)n_bytes);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
