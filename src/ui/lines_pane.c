// Plain lines with roles: help, all fields of a row, long values.
#include <stdlib.h>

#include "ui/text_line.h"
#include "ui/text_pane.h"

enum line_stop { LINE_PLAIN, LINE_STOP, LINE_FILE };

struct plain_line {
    size_t from; // its text in `bytes`; ends where the next one begins
    uint32_t first_mark;
    enum line_stop stop;
};

struct lines {
    struct text_ops ops; // of this pane: the name differs
    char *name;
    struct str bytes;
    ARRAY(struct text_mark) marks; // offsets from the line's beginning
    ARRAY(struct plain_line) lines;
    ARRAY(uint32_t) shown; // with a filter
    bool filtered;
    uint32_t n_files; // lines where a file begins
    struct text_buf buf;
};

static size_t lines_n(const struct text_pane *pane) {
    const struct lines *l = pane->impl;
    return l->filtered ? l->shown.n : l->lines.n;
}

static size_t real_line(const struct lines *l, size_t line) {
    return l->filtered ? l->shown.ptr[line] : line;
}

static struct sv text_of(const struct lines *l, size_t line) {
    size_t from = l->lines.ptr[line].from;
    size_t to = line + 1 < l->lines.n ? l->lines.ptr[line + 1].from : l->bytes.len;
    return sv_sub(str_sv(&l->bytes), from, to - from);
}

static struct sv lines_text(const struct text_pane *pane, size_t line, struct str *scratch) {
    const struct lines *l = pane->impl;
    (void)scratch;
    return text_of(l, real_line(l, line));
}

static int lines_draw(const struct text_pane *pane, size_t line, struct screen *screen,
                      struct rect at, struct matcher *match) {
    struct lines *l = pane->impl;
    size_t real = real_line(l, line);
    uint32_t first = l->lines.ptr[real].first_mark;
    size_t last = real + 1 < l->lines.n ? l->lines.ptr[real + 1].first_mark : l->marks.n;
    struct text_line text = {
        .text = text_of(l, real),
        .role = ROLE_TEXT,
        .marks = l->marks.ptr + first,
        .n_marks = last - first,
        .left = pane->left,
        .wrap = pane->wrap,
        .current = line == pane->cursor,
        .match = match,
    };
    return text_line_draw(screen, at, &text, &l->buf);
}

static size_t lines_stop(const struct text_pane *pane, size_t line, enum text_stop stop,
                         bool backward) {
    const struct lines *l = pane->impl;
    enum line_stop want = stop == STOP_FILE && l->n_files ? LINE_FILE : LINE_STOP;
    while (backward ? line > 0 : line + 1 < lines_n(pane)) {
        line = backward ? line - 1 : line + 1;
        if (l->lines.ptr[real_line(l, line)].stop >= want) {
            return line;
        }
    }
    return SIZE_MAX;
}

static bool lines_command(struct text_pane *pane, const char *name, int64_t count,
                          struct err *err) {
    (void)count;
    if (sv_is(SV("wrap"), name)) {
        pane->wrap = !pane->wrap;
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, "%s is for diffs", name);
}

// Headings stay above their lines that match.
static void lines_filter(struct text_pane *pane, struct regex *re) {
    struct lines *l = pane->impl;
    array_clear(&l->shown);
    l->filtered = re != NULL;
    struct matcher *m = re ? matcher_new(re) : NULL;
    size_t heading = SIZE_MAX;
    for (size_t i = 0; m && i < l->lines.n; i++) {
        bool matches = matcher_test(m, text_of(l, i));
        if (l->lines.ptr[i].stop) {
            heading = matches ? SIZE_MAX : i;
        } else if (matches && heading != SIZE_MAX) {
            array_push(&l->shown, (uint32_t)heading);
            heading = SIZE_MAX;
        }
        if (matches) {
            array_push(&l->shown, (uint32_t)i);
        }
    }
    matcher_free(m);
}

// "dom/x.cpp  file 2 of 5": the name of a file stands in the line behind its first.
static void add_file(const struct lines *l, size_t at, struct str *out) {
    uint32_t file = 0;
    size_t first = 0;
    for (size_t i = 0; i <= at && i < l->lines.n; i++) {
        if (l->lines.ptr[i].stop == LINE_FILE) {
            file++;
            first = i;
        }
    }
    if (file && first + 1 < l->lines.n) {
        str_add_sv(out, sv_trim(text_of(l, first + 1)));
        str_addf(out, "  file %u of %u", file, l->n_files);
    } else {
        str_addf(out, "%u file%s", l->n_files, l->n_files == 1 ? "" : "s");
    }
}

static void lines_status(const struct text_pane *pane, struct str *out) {
    const struct lines *l = pane->impl;
    if (l->n_files && pane->cursor < lines_n(pane)) {
        add_file(l, real_line(l, pane->cursor), out);
    }
    if (l->filtered) {
        str_add_cstr(out, out->len ? "  " : "");
        str_addf(out, "%zu of %zu lines match", l->shown.n, l->lines.n);
    }
}

// The lines from one heading to the next.
static bool lines_block(const struct text_pane *pane, struct str *out) {
    const struct lines *l = pane->impl;
    size_t n = lines_n(pane);
    if (pane->cursor >= n) {
        return false;
    }
    size_t from = pane->cursor;
    while (from > 0 && !l->lines.ptr[real_line(l, from)].stop) {
        from--;
    }
    for (size_t i = from; i < n; i++) {
        if (i > from && l->lines.ptr[real_line(l, i)].stop) {
            break;
        }
        str_add_sv(out, text_of(l, real_line(l, i)));
        str_add_byte(out, '\n');
    }
    return true;
}

static void lines_free(struct text_pane *pane) {
    struct lines *l = pane->impl;
    free(l->name);
    str_done(&l->bytes);
    array_done(&l->marks);
    array_done(&l->lines);
    array_done(&l->shown);
    text_buf_done(&l->buf);
    free(l);
    free(pane);
}

struct text_pane *lines_pane_new(const char *name) {
    struct text_pane *pane = xcalloc(1, sizeof *pane);
    struct lines *l = xcalloc(1, sizeof *l);
    l->name = xstrdup(name);
    l->ops = (struct text_ops){
        .name = l->name,
        .n_lines = lines_n,
        .draw_line = lines_draw,
        .line_text = lines_text,
        .stop = lines_stop,
        .command = lines_command,
        .filter = lines_filter,
        .status = lines_status,
        .copy_block = lines_block,
        .free = lines_free,
    };
    pane->ops = &l->ops;
    pane->impl = l;
    return pane;
}

void lines_pane_add(struct text_pane *pane, const struct text_piece *pieces, size_t n_pieces) {
    struct lines *l = pane->impl;
    struct plain_line *line = array_add(&l->lines);
    line->from = l->bytes.len;
    line->first_mark = (uint32_t)l->marks.n;
    for (size_t i = 0; i < n_pieces; i++) {
        size_t from = l->bytes.len - line->from;
        str_add_sv(&l->bytes, pieces[i].text);
        size_t to = l->bytes.len - line->from;
        if (pieces[i].role != ROLE_TEXT && to > from) {
            struct text_mark mark = {(uint32_t)from, (uint32_t)to, pieces[i].role};
            array_push(&l->marks, mark);
        }
    }
}

void lines_pane_heading(struct text_pane *pane, struct sv text) {
    struct lines *l = pane->impl;
    struct text_piece piece = {text, ROLE_HEADER};
    if (l->lines.n) {
        lines_pane_add(pane, NULL, 0); // a blank line between the parts
    }
    lines_pane_add(pane, &piece, 1);
    array_last(&l->lines)->stop = LINE_STOP;
}

void lines_pane_stop(struct text_pane *pane, enum text_stop stop) {
    struct lines *l = pane->impl;
    array_last(&l->lines)->stop = stop == STOP_FILE ? LINE_FILE : LINE_STOP;
    l->n_files += stop == STOP_FILE;
}
