#include "ui/prompt.h"

#include <stdlib.h>

#include "base/utf8.h"

enum { HISTORY_MAX = 100 };

// History of each kind, newest last; lives as long as the program.
struct history {
    char *lines[HISTORY_MAX];
    size_t n;
};

static void history_add(struct history *h, struct sv text) {
    if (!text.len || (h->n && sv_is(text, h->lines[h->n - 1]))) {
        return;
    }
    if (h->n == HISTORY_MAX) {
        free(h->lines[0]);
        memmove(h->lines, h->lines + 1, (HISTORY_MAX - 1) * sizeof *h->lines);
        h->n--;
    }
    h->lines[h->n++] = xstrndup(text.ptr, text.len);
}

struct prompt_histories {
    struct history of[N_PROMPTS];
};

static struct history *history_of(struct ui *ui, enum prompt_kind kind) {
    if (!ui->histories) {
        ui->histories = xcalloc(1, sizeof *ui->histories);
    }
    return &ui->histories->of[kind];
}

void prompt_histories_free(struct ui *ui) {
    for (size_t k = 0; ui->histories && k < N_PROMPTS; k++) {
        for (size_t i = 0; i < ui->histories->of[k].n; i++) {
            free(ui->histories->of[k].lines[i]);
        }
    }
    free(ui->histories);
    ui->histories = NULL;
}

// --- opening and closing ---

void prompt_open(struct ui *ui, enum prompt_kind kind, struct sv text) {
    struct prompt *p = xcalloc(1, sizeof *p);
    prompt_free(ui->prompt);
    p->kind = kind;
    p->history_at = p->complete_at = -1;
    str_add_sv(&p->text, text);
    p->cursor = text.len;
    const struct view *v = ui_view(ui);
    const struct text_pane *pane = ui_text(ui);
    p->old_cursor = pane ? pane->cursor : v ? v->cursor : 0;
    p->old_top = pane ? pane->top : v ? v->top : 0;
    if (v && !pane) {
        view_row_key(v, v->cursor, &p->old_key);
    }
    ui->prompt = p;
    ui->mode = MODE_PROMPT;
    if (text.len && prompt_ops[kind].typed) {
        prompt_ops[kind].typed(ui, text);
    }
}

void prompt_free(struct prompt *p) {
    if (p) {
        str_done(&p->text);
        str_done(&p->note);
        str_done(&p->completions);
        str_done(&p->typed);
        str_done(&p->old_key);
        free(p);
    }
}

static void close_prompt(struct ui *ui) {
    prompt_free(ui->prompt);
    ui->prompt = NULL;
    ui->mode = MODE_NORMAL;
}

void prompt_cancel(struct ui *ui) {
    const struct prompt_ops *ops = &prompt_ops[ui->prompt->kind];
    if (ops->cancel) {
        ops->cancel(ui);
    }
    close_prompt(ui);
}

static void accept(struct ui *ui) {
    struct prompt *p = ui->prompt;
    enum prompt_kind kind = p->kind;
    auto_str text = STR_INIT;
    str_add_sv(&text, str_sv(&p->text));
    history_add(history_of(ui, kind), str_sv(&text));
    close_prompt(ui);
    prompt_ops[kind].accept(ui, str_sv(&text));
}

void prompt_note(struct ui *ui, bool is_error, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    str_clear(&ui->prompt->note);
    str_vaddf(&ui->prompt->note, fmt, ap);
    va_end(ap);
    ui->prompt->note_is_error = is_error;
}

// --- editing ---

static void changed(struct ui *ui) {
    struct prompt *p = ui->prompt;
    p->complete_at = -1;
    str_clear(&p->note);
    if (prompt_ops[p->kind].typed) {
        prompt_ops[p->kind].typed(ui, str_sv(&p->text));
    }
}

static void set_text(struct ui *ui, struct sv text) {
    struct prompt *p = ui->prompt;
    str_clear(&p->text);
    str_add_sv(&p->text, text);
    p->cursor = p->text.len;
    changed(ui);
}

static size_t back_one(const struct prompt *p) {
    size_t at = p->cursor;
    while (at > 0 && ((unsigned char)p->text.ptr[--at] & 0xC0) == 0x80) {
    }
    return at;
}

static size_t forward_one(const struct prompt *p) {
    size_t at = p->cursor;
    if (at < p->text.len) {
        utf8_next(str_sv(&p->text), &at);
    }
    return at;
}

static size_t back_word(const struct prompt *p) {
    size_t at = p->cursor;
    while (at > 0 && p->text.ptr[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && p->text.ptr[at - 1] != ' ') {
        at--;
    }
    return at;
}

static void cut(struct ui *ui, size_t from, size_t to) {
    struct prompt *p = ui->prompt;
    if (from < to) {
        str_splice(&p->text, from, to - from, SV_NULL);
        p->cursor = from;
        changed(ui);
    }
}

static void insert(struct ui *ui, uint32_t cp) {
    struct prompt *p = ui->prompt;
    char bytes[4];
    size_t n = utf8_encode(bytes, cp);
    str_splice(&p->text, p->cursor, 0, sv_make(bytes, n));
    p->cursor += n;
    changed(ui);
}

static void walk_history(struct ui *ui, int by) {
    struct prompt *p = ui->prompt;
    struct history *h = history_of(ui, p->kind);
    int at = p->history_at + by;
    if (at < -1 || at >= (int)h->n) {
        return;
    }
    if (p->history_at == -1) {
        str_clear(&p->typed);
        str_add_sv(&p->typed, str_sv(&p->text));
    }
    p->history_at = at;
    set_text(ui, at == -1 ? str_sv(&p->typed) : sv_cstr(h->lines[h->n - 1 - (size_t)at]));
}

// --- completion ---

static size_t n_completions(const struct prompt *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->completions.len; i++) {
        n += p->completions.ptr[i] == '\n';
    }
    return n;
}

static struct sv completion_at(const struct prompt *p, size_t idx) {
    struct sv rest = str_sv(&p->completions);
    struct sv line = SV_NULL;
    for (size_t i = 0; i <= idx; i++) {
        sv_split(&rest, '\n', &line);
    }
    return line;
}

static void complete(struct ui *ui, int by) {
    struct prompt *p = ui->prompt;
    const struct prompt_ops *ops = &prompt_ops[p->kind];
    if (!ops->complete) {
        return;
    }
    if (p->complete_at < 0) {
        str_clear(&p->completions);
        ops->complete(ui, str_sv(&p->text), p->cursor, &p->complete_from, &p->completions);
    }
    int n = (int)n_completions(p);
    if (!n) {
        prompt_note(ui, true, "nothing begins like that");
        return;
    }
    int at = p->complete_at < 0 ? (by > 0 ? 0 : n - 1) : (p->complete_at + by + n) % n;
    struct sv word = completion_at(p, (size_t)at);
    str_splice(&p->text, p->complete_from, p->cursor - p->complete_from, word);
    p->cursor = p->complete_from + word.len;
    changed(ui);
    p->complete_at = at;
    if (n > 1) {
        prompt_note(ui, false, "%d of %d", at + 1, n);
    }
}

// --- keys ---

static void control_key(struct ui *ui, uint32_t cp) {
    struct prompt *p = ui->prompt;
    switch (cp) {
    case 'c':
    case 'g':
        prompt_cancel(ui);
        break;
    case 'a':
        p->cursor = 0;
        break;
    case 'e':
        p->cursor = p->text.len;
        break;
    case 'b':
        p->cursor = back_one(p);
        break;
    case 'f':
        p->cursor = forward_one(p);
        break;
    case 'd':
        cut(ui, p->cursor, forward_one(p));
        break;
    case 'h':
        cut(ui, back_one(p), p->cursor);
        break;
    case 'w':
        cut(ui, back_word(p), p->cursor);
        break;
    case 'u':
        cut(ui, 0, p->cursor);
        break;
    case 'k':
        cut(ui, p->cursor, p->text.len);
        break;
    case 'p':
        walk_history(ui, 1);
        break;
    case 'n':
        walk_history(ui, -1);
        break;
    default:
        break;
    }
}

static void named_key(struct ui *ui, const struct key *key) {
    struct prompt *p = ui->prompt;
    switch ((int)key->kind) {
    case K_ENTER:
        accept(ui);
        break;
    case K_ESC:
        prompt_cancel(ui);
        break;
    case K_TAB:
        complete(ui, key->shift ? -1 : 1);
        break;
    case K_BACKSPACE:
        if (!p->text.len) {
            prompt_cancel(ui);
        } else {
            cut(ui, back_one(p), p->cursor);
        }
        break;
    case K_DEL:
        cut(ui, p->cursor, forward_one(p));
        break;
    case K_LEFT:
        p->cursor = back_one(p);
        break;
    case K_RIGHT:
        p->cursor = forward_one(p);
        break;
    case K_HOME:
        p->cursor = 0;
        break;
    case K_END:
        p->cursor = p->text.len;
        break;
    case K_UP:
        walk_history(ui, 1);
        break;
    case K_DOWN:
        walk_history(ui, -1);
        break;
    default:
        break;
    }
}

void prompt_key(struct ui *ui, const struct key *key) {
    if (key->pasted) {
        // A paste is data: line ends become blanks, other control characters are dropped.
        if (key->kind == K_CHAR && !key->ctrl && !key->alt) {
            insert(ui, key->cp);
        } else if (key->kind == K_ENTER || key->kind == K_TAB) {
            insert(ui, ' ');
        }
    } else if (key->kind == K_CHAR && key->ctrl) {
        control_key(ui, key->cp);
    } else if (key->kind == K_CHAR && !key->alt) {
        insert(ui, key->cp);
    } else {
        named_key(ui, key);
    }
}

// --- drawing ---

void prompt_draw(struct ui *ui, struct screen *screen, struct rect at) {
    const struct prompt *p = ui->prompt;
    const char *label = prompt_ops[p->kind].label;
    int label_w = text_columns(sv_cstr(label), screen->ascii, at.w);
    int note_w = text_columns(str_sv(&p->note), screen->ascii, at.w * 2 / 3);
    int room = at.w - label_w - 1 - (note_w ? note_w + 2 : 0);
    room = MAX(room, 4);
    struct sv before = sv_sub(str_sv(&p->text), 0, p->cursor);
    int cursor_w = text_columns(before, screen->ascii, 4000);
    int skip = MAX(0, cursor_w - room + 1);
    screen_fill(screen, at, ROLE_PROMPT);
    screen_puts(screen, at.x, at.y, ROLE_KEY, label);
    screen_put(screen, (struct rect){at.x + label_w, at.y, room, 1}, str_sv(&p->text),
               (struct text_style){.role = ROLE_PROMPT, .skip = skip});
    if (note_w) {
        struct rect note = {at.x + at.w - note_w - 1, at.y, note_w, 1};
        screen_put(screen, note, str_sv(&p->note),
                   (struct text_style){.role = p->note_is_error ? ROLE_ERROR : ROLE_HINT});
    }
    screen_cursor(screen, at.x + label_w + cursor_w - skip, at.y);
}
