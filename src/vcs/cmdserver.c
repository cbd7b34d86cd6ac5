#include "vcs/cmdserver.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/date.h"

enum {
    READ_BYTES = 64 * 1024,
    LOOK_EVERY_MS = 50, // at the cancel flag
    // A revset over a million commits takes its time, and so does the first start from a cold disk.
    SILENCE_MS = 5 * 60 * 1000,
    // An idle server ends when its input does; a busy one is told to.
    GRACE_IDLE_MS = 500,
    GRACE_BUSY_MS = 30,
    LAST_WORDS_MS = 200,
    KEEP_TEXT_BYTES = 4096,
};

static int silence_ms = SILENCE_MS;

void cmdserver_set_timeout_for_tests(int ms) {
    silence_ms = ms ? ms : SILENCE_MS;
}

// --- the process ------------------------------------------------------------------------------

struct env_list ARRAY_BODY(char *);

static bool is_ours(const char *variable) {
    static const char *const prefixes[] = {"HG", "LC_", "LANG=", "LANGUAGE="};
    for (size_t i = 0; i < COUNTOF(prefixes); i++) {
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

// The environment of hg; the texts are borrowed.
static struct env_list make_env(void) {
    static char *const fixed[] = {"HGPLAIN=1",        "HGRCPATH=", "HGRCSKIPREPO=1",
                                  "HGENCODING=UTF-8", "LC_ALL=C",  NULL};
    struct env_list list = {0};
    for (char **v = environ; *v; v++) {
        if (!is_ours(*v)) {
            array_push(&list, *v);
        }
    }
    for (size_t i = 0; i < COUNTOF(fixed); i++) {
        array_push(&list, fixed[i]);
    }
    return list;
}

static bool start(struct cmdserver *s, const char *path, struct err *err) {
    const char *const argv[] = {
        "hg", "-R", path, "serve", "--cmdserver", "pipe", "--config", "ui.interactive=no", NULL};
    struct env_list env = make_env();
    struct err why = ERR_INIT;
    const bool ok = child_open(&s->child, argv, env.ptr, &why);
    array_done(&env);
    if (!ok && why.code == ERR_NOT_FOUND) {
        err_set(err, ERR_IO,
                "%s is a Mercurial clone and the program hg is not there: install Mercurial", path);
        return false;
    }
    return ok || (err_set(err, ERR_IO, "%s", why.msg), false);
}

static void stop(struct cmdserver *s, int grace_ms) {
    child_close(&s->child, grace_ms);
    s->channel = (struct channel){0};
}

bool cmdserver_is_open(const struct cmdserver *s) {
    return s->child.pid >= 0;
}

void cmdserver_close(struct cmdserver *s) {
    if (cmdserver_is_open(s)) {
        stop(s, GRACE_IDLE_MS);
    }
    str_done(&s->errors);
    str_done(&s->said);
}

// --- reading ----------------------------------------------------------------------------------

static void keep_text(struct str *text, struct sv bytes) {
    str_add_sv(text, bytes);
    if (text->len > KEEP_TEXT_BYTES) {
        str_splice(text, 0, text->len - KEEP_TEXT_BYTES, SV_NULL);
    }
}

// The line "abort: ...", else the last one that says something: of a traceback that is the reason.
static struct sv reason(const struct str *text) {
    struct sv rest = str_sv(text), line, last = SV_NULL;
    while (sv_split(&rest, '\n', &line)) {
        line = sv_trim(line);
        if (sv_starts(line, SV("abort: "))) {
            return sv_from(line, 7);
        }
        last = line.len ? line : last;
    }
    return last;
}

// What was said last is waited for a little: one that keeps its end open may never say more.
static bool has_ended(struct cmdserver *s, struct err *err) {
    struct pollfd said_fd = {.fd = s->child.err_fd, .events = POLLIN};
    char rest[1024];
    ssize_t n;
    while (poll(&said_fd, 1, LAST_WORDS_MS) > 0 &&
           (n = read(s->child.err_fd, rest, sizeof rest)) > 0) {
        keep_text(&s->said, sv_make(rest, (size_t)n));
    }
    const struct sv said = reason(&s->said);
    return err_set(err, ERR_IO, "Mercurial (hg) ended without an answer%s%.*s",
                   said.len ? ": " : "", SV_ARG(sv_sub(said, 0, 300)));
}

static bool is_cancelled(const struct cmdserver *s, struct err *err) {
    return s->cancel && atomic_load(s->cancel) &&
           !err_set(err, ERR_CANCELLED, "reading the clone was cancelled");
}

// Reads what is there of one end; false when it is closed.
static bool read_some(int fd, char *buf, struct sv *bytes) {
    ssize_t n;
    do {
        n = read(fd, buf, READ_BYTES);
    } while (n < 0 && errno == EINTR);
    *bytes = sv_make(buf, n > 0 ? (size_t)n : 0);
    return n > 0;
}

// Waits for output. False when there will be none.
static bool next_bytes(struct cmdserver *s, char *buf, struct sv *bytes, struct err *err) {
    struct pollfd fds[2] = {{.fd = s->child.out_fd, .events = POLLIN},
                            {.fd = s->child.err_fd, .events = POLLIN}};
    const int64_t until_us = clock_monotonic_us() + silence_ms * (int64_t)1000;
    for (;;) {
        if (is_cancelled(s, err)) {
            return false;
        }
        const int n = poll(fds, 2, MIN(LOOK_EVERY_MS, silence_ms));
        if (n < 0 && errno != EINTR) {
            return err_sys(err, "cannot wait for hg");
        }
        if (n > 0 && fds[1].revents) {
            if (read_some(fds[1].fd, buf, bytes)) {
                keep_text(&s->said, *bytes);
            } else {
                fds[1].fd = -1; // closed: nothing more to look at
            }
        }
        if (n > 0 && fds[0].revents) {
            return read_some(fds[0].fd, buf, bytes) || has_ended(s, err);
        }
        if (clock_monotonic_us() > until_us) {
            return err_set(err, ERR_IO, "Mercurial (hg) has not answered for %d s",
                           silence_ms / 1000);
        }
    }
}

// --- writing ----------------------------------------------------------------------------------

static bool send_all(struct cmdserver *s, struct sv bytes, struct err *err) {
    while (bytes.len) {
        const ssize_t n = send(s->child.in_fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EPIPE || errno == ECONNRESET ? has_ended(s, err)
                                                         : err_sys(err, "cannot write to hg");
        }
        bytes = sv_from(bytes, (size_t)n);
    }
    return true;
}

static void add_u32(struct str *out, size_t v) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        str_add_byte(out, (char)(v >> shift & 0xff));
    }
}

static bool send_command(struct cmdserver *s, const char *const *args, struct err *err) {
    auto_str list = STR_INIT;
    auto_str command = STR_INIT;
    for (size_t i = 0; args[i]; i++) {
        if (i) {
            str_add_byte(&list, '\0');
        }
        str_add_cstr(&list, args[i]);
    }
    str_add_cstr(&command, "runcommand\n");
    add_u32(&command, list.len);
    str_add_sv(&command, str_sv(&list));
    return send_all(s, str_sv(&command), err);
}

// --- commands ---------------------------------------------------------------------------------

struct answer {
    struct cmdserver *s;
    cmdserver_out_fn *out;
    void *arg;
    bool done;
    int status;
};

static bool on_piece(void *arg, const struct channel_piece *piece, struct err *err) {
    struct answer *a = arg;
    if (a->done) {
        return err_set(err, ERR_FORMAT, "output behind the result of a command");
    }
    switch (piece->channel) {
    case 'o':
        return a->out(a->arg, piece->bytes, err);
    case 'e':
        keep_text(&a->s->errors, piece->bytes);
        return true;
    case 'r':
        a->done = true;
        a->status = piece->result;
        return true;
    default: { // asks for input: there is none
        const char none[4] = {0};
        return send_all(a->s, sv_make(none, sizeof none), err);
    }
    }
}

static bool read_answer(struct cmdserver *s, struct answer *a, struct err *err) {
    char *buf = xmalloc(READ_BYTES);
    bool ok = true;
    while (ok && !a->done) {
        struct sv bytes = SV_NULL;
        ok = next_bytes(s, buf, &bytes, err);
        if (ok && !channel_feed(&s->channel, bytes, on_piece, a, err)) {
            ok = false;
            if (err && err->code == ERR_FORMAT) {
                err_prefix(err, "Mercurial (hg)");
            }
        }
    }
    free(buf);
    if (ok && !channel_at_rest(&s->channel)) {
        ok = err_set(err, ERR_FORMAT, "Mercurial (hg): output behind the result of a command");
    }
    return ok;
}

bool cmdserver_run(struct cmdserver *s, const char *const *args, cmdserver_out_fn *out, void *arg,
                   int *status, struct err *err) {
    BUG_ON(!cmdserver_is_open(s));
    str_clear(&s->errors);
    struct answer answer = {.s = s, .out = out, .arg = arg};
    if (is_cancelled(s, err)) {
        return false;
    }
    if (!send_command(s, args, err) || !read_answer(s, &answer, err)) {
        stop(s, GRACE_BUSY_MS);
        return false;
    }
    *status = answer.status;
    return true;
}

struct sv cmdserver_errors(const struct cmdserver *s) {
    return reason(&s->errors);
}

// --- the greeting -----------------------------------------------------------------------------

struct greeting {
    struct str text;
    bool done;
};

static bool on_greeting(void *arg, const struct channel_piece *piece, struct err *err) {
    struct greeting *g = arg;
    if (g->done || piece->channel != 'o' || g->text.len + piece->bytes.len > KEEP_TEXT_BYTES) {
        return err_set(err, ERR_FORMAT, "expected the greeting of a command server");
    }
    str_add_sv(&g->text, piece->bytes);
    g->done = piece->last;
    return true;
}

static bool can(struct sv greeting, struct sv capability) {
    struct sv line, word;
    while (sv_split(&greeting, '\n', &line)) {
        if (!sv_starts(line, SV("capabilities: "))) {
            continue;
        }
        while (sv_split(&line, ' ', &word)) {
            if (sv_eq(word, capability)) {
                return true;
            }
        }
    }
    return false;
}

static bool greet(struct cmdserver *s, struct err *err) {
    struct greeting g = {0};
    char *buf = xmalloc(READ_BYTES);
    struct err why = ERR_INIT;
    bool ok = true;
    while (ok && !g.done) {
        struct sv bytes = SV_NULL;
        ok = next_bytes(s, buf, &bytes, &why) &&
             channel_feed(&s->channel, bytes, on_greeting, &g, &why);
    }
    if (ok && (!channel_at_rest(&s->channel) || !can(str_sv(&g.text), SV("runcommand")))) {
        ok = err_set(&why, ERR_FORMAT, "expected the greeting of a command server");
    }
    free(buf);
    str_done(&g.text);
    if (!ok) {
        err_set(err, why.code == ERR_FORMAT ? ERR_IO : why.code, "%s%s",
                why.code == ERR_FORMAT ? "the program hg does not answer as Mercurial does: " : "",
                why.msg);
    }
    return ok;
}

bool cmdserver_open(struct cmdserver *s, const char *path, const atomic_bool *cancel,
                    struct err *err) {
    *s = (struct cmdserver){.child = CHILD_NONE, .cancel = cancel};
    if (!start(s, path, err)) {
        return false;
    }
    if (!greet(s, err)) {
        stop(s, GRACE_BUSY_MS);
        cmdserver_close(s);
        return false;
    }
    return true;
}
