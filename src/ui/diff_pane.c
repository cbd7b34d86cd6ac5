// A diff as a text pane: where it goes, folds and says; drawing is in diff_draw.c.
#include <stdlib.h>

#include "ui/diff_pane_int.h"

static size_t diff_lines(const struct text_pane *pane) {
    const struct diff_pane *p = pane->impl;
    return p->view.rows.n;
}

static struct sv diff_text(const struct text_pane *pane, size_t row, struct str *scratch) {
    const struct diff_pane *p = pane->impl;
    struct diff_row r = p->view.rows.ptr[row];
    enum diff_row_kind kind = diff_row_kind(r);
    if (kind == ROW_LINES && (r.left == r.right || r.right == DIFF_NO_LINE)) {
        return diff_line(&p->diff, r.left);
    }
    str_clear(scratch);
    if (kind == ROW_FILE) {
        diff_file_text(p, r.left, scratch, NULL);
    } else if (kind != ROW_LINES) {
        diff_other_text(p, row, scratch);
    } else {
        if (r.left != DIFF_NO_LINE) {
            str_add_sv(scratch, diff_line(&p->diff, r.left));
            str_add_byte(scratch, '\n');
        }
        str_add_sv(scratch, diff_line(&p->diff, r.right));
    }
    return str_sv(scratch);
}

// --- places that survive a change of rows -------------------------------------------------------

// Builds the rows anew; the cursor stays on its line and the line at its height.
static void rebuild(struct text_pane *pane) {
    struct diff_pane *p = pane->impl;
    int64_t line = pane->cursor < p->view.rows.n ? diff_view_line(&p->view, pane->cursor) : -1;
    bool file = line >= 0 && diff_row_kind(p->view.rows.ptr[pane->cursor]) == ROW_FILE;
    size_t height = pane->cursor - MIN(pane->top, pane->cursor);
    diff_view_build(&p->view);
    if (line >= 0) {
        pane->cursor = diff_view_row(&p->view, (size_t)line);
        // A diff without header lines: the file's row stands for the line of its first hunk.
        if (file && pane->cursor && diff_view_line(&p->view, pane->cursor - 1) == line) {
            pane->cursor--;
        }
    }
    pane->cursor = MIN(pane->cursor, p->view.rows.n - 1);
    pane->top = pane->cursor - MIN(height, pane->cursor);
}

static void diff_layout(struct text_pane *pane, int width) {
    struct diff_pane *p = pane->impl;
    bool sides = p->want_sides && width >= SIDES_MIN_W;
    p->width = width;
    if (!p->numbers_set) {
        pane->line_numbers = width >= NUMBERS_MIN_W;
    }
    if (sides != p->view.side_by_side) {
        p->view.side_by_side = sides;
        rebuild(pane);
    }
}

// --- stops --------------------------------------------------------------------------------------

static size_t file_stop(const struct diff_pane *p, size_t row, bool backward) {
    while (backward ? row > 0 : row + 1 < p->view.rows.n) {
        row = backward ? row - 1 : row + 1;
        if (diff_row_kind(p->view.rows.ptr[row]) == ROW_FILE) {
            return row;
        }
    }
    return SIZE_MAX;
}

// First shown row of the hunk; SIZE_MAX = folded or filtered away.
static size_t hunk_row(const struct diff_pane *p, size_t hunk) {
    size_t row = diff_view_row(&p->view, p->diff.hunks.ptr[hunk].first_line);
    for (size_t i = row; i < p->view.rows.n && i < row + 2; i++) {
        if (diff_view_hunk(&p->view, i) == (int64_t)hunk) {
            return i;
        }
    }
    return SIZE_MAX;
}

static size_t hunk_stop(const struct diff_pane *p, size_t row, bool backward) {
    int64_t line = diff_view_line(&p->view, row);
    // Hunks [0, at) begin at or before the row.
    size_t at = 0;
    size_t hi = p->diff.hunks.n;
    while (at < hi) {
        size_t mid = at + (hi - at) / 2;
        if ((int64_t)p->diff.hunks.ptr[mid].first_line <= line) {
            at = mid + 1;
        } else {
            hi = mid;
        }
    }
    while (backward ? at > 0 : at < p->diff.hunks.n) {
        size_t found = hunk_row(p, backward ? at - 1 : at);
        if (found != SIZE_MAX && (backward ? found < row : found > row)) {
            return found;
        }
        at = backward ? at - 1 : at + 1;
    }
    return SIZE_MAX;
}

static size_t diff_stop(const struct text_pane *pane, size_t row, enum text_stop stop,
                        bool backward) {
    const struct diff_pane *p = pane->impl;
    return stop == STOP_FILE ? file_stop(p, row, backward) : hunk_stop(p, row, backward);
}

// --- commands -----------------------------------------------------------------------------------

static bool run_fold(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    if (!diff_view_fold(&p->view, pane->cursor)) {
        return err_set(err, ERR_NOT_FOUND, "no file or hunk here to fold");
    }
    rebuild(pane);
    return true;
}

static bool run_fold_all(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    (void)err;
    diff_view_fold_all(&p->view, true);
    rebuild(pane);
    return true;
}

static bool run_fold_none(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    (void)err;
    diff_view_fold_all(&p->view, false);
    rebuild(pane);
    return true;
}

static bool run_context_less(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)err;
    diff_view_context(&p->view, -count);
    rebuild(pane);
    return true;
}

static bool run_context_more(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)err;
    diff_view_context(&p->view, count);
    rebuild(pane);
    return true;
}

static bool run_wrap(struct text_pane *pane, int64_t count, struct err *err) {
    (void)count;
    (void)err;
    pane->wrap = !pane->wrap;
    return true;
}

static bool run_line_numbers(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    (void)err;
    p->numbers_set = true;
    pane->line_numbers = !pane->line_numbers;
    return true;
}

static bool run_whitespace(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    (void)err;
    p->whitespace = !p->whitespace;
    return true;
}

static bool run_word_diff(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    (void)err;
    p->word_diff = !p->word_diff;
    return true;
}

static bool run_side_by_side(struct text_pane *pane, int64_t count, struct err *err) {
    struct diff_pane *p = pane->impl;
    (void)count;
    if (!p->want_sides && p->width && p->width < SIDES_MIN_W) {
        return err_set(err, ERR_USAGE, "side by side needs %d columns, here are %d", SIDES_MIN_W,
                       p->width);
    }
    p->want_sides = !p->want_sides;
    if (p->width) {
        diff_layout(pane, p->width);
    }
    return true;
}

static bool diff_command(struct text_pane *pane, const char *name, int64_t count, struct err *err) {
    static const struct {
        const char *name;
        bool (*run)(struct text_pane *pane, int64_t count, struct err *err);
    } table[] = {
        {"fold", run_fold},
        {"fold-all", run_fold_all},
        {"fold-none", run_fold_none},
        {"context-less", run_context_less},
        {"context-more", run_context_more},
        {"wrap", run_wrap},
        {"line-numbers", run_line_numbers},
        {"whitespace", run_whitespace},
        {"word-diff", run_word_diff},
        {"side-by-side", run_side_by_side},
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        if (sv_is(sv_cstr(table[i].name), name)) {
            return table[i].run(pane, count, err);
        }
    }
    return err_set(err, ERR_NOT_FOUND, "a diff has no command %s", name);
}

static void diff_filter(struct text_pane *pane, struct regex *re) {
    struct diff_pane *p = pane->impl;
    diff_view_filter(&p->view, re);
    rebuild(pane);
}

// --- telling and copying ------------------------------------------------------------------------

static void add_place(const struct text_pane *pane, struct str *out) {
    const struct diff_pane *p = pane->impl;
    int64_t at = diff_view_file(&p->view, pane->cursor);
    if (at < 0) {
        str_addf(out, "%zu file%s ", p->diff.files.n, p->diff.files.n == 1 ? "" : "s");
        diff_add_counts(out, p->diff.n_added, p->diff.n_removed);
        return;
    }
    const struct diff_file *file = &p->diff.files.ptr[at];
    int64_t hunk = diff_view_hunk(&p->view, pane->cursor);
    str_add_sv(out, diff_file_path(file));
    if (hunk >= 0) {
        str_addf(out, " hunk %lld of %u", (long long)hunk - file->first_hunk + 1, file->n_hunks);
    } else {
        str_addf(out, " file %lld of %zu", (long long)at + 1, p->diff.files.n);
    }
}

static void diff_status(const struct text_pane *pane, struct str *out) {
    const struct diff_pane *p = pane->impl;
    add_place(pane, out);
    if (p->view.context == DIFF_CONTEXT_ALL) {
        str_add_cstr(out, "  context all");
    } else {
        str_addf(out, "  context %u", p->view.context);
    }
    str_addf(out, "  word-diff %s", p->word_diff ? "on" : "off");
    str_add_cstr(out, p->view.side_by_side ? "  side by side" : "");
    str_add_cstr(out, pane->wrap ? "  wrap" : "");
    str_add_cstr(out, p->whitespace ? "  whitespace" : "");
    str_add_cstr(out, p->view.filter ? "  matching lines only" : "");
}

static void add_raw(const struct diff *d, size_t first, size_t n, struct str *out) {
    size_t from = d->starts.ptr[first];
    size_t end = first + n;
    size_t to = end < d->starts.n ? d->starts.ptr[end] : d->text.len;
    str_add_sv(out, sv_sub(d->text, from, to - from));
}

// The hunk as it came; on a file's row the whole file.
static bool diff_copy_block(const struct text_pane *pane, struct str *out) {
    const struct diff_pane *p = pane->impl;
    int64_t file = diff_view_file(&p->view, pane->cursor);
    int64_t hunk = diff_view_hunk(&p->view, pane->cursor);
    if (hunk >= 0) {
        add_raw(&p->diff, p->diff.hunks.ptr[hunk].first_line, p->diff.hunks.ptr[hunk].n_lines, out);
    } else if (file >= 0) {
        add_raw(&p->diff, p->diff.files.ptr[file].first_line, p->diff.files.ptr[file].n_lines, out);
    }
    return file >= 0;
}

static struct sv diff_whole(const struct text_pane *pane) {
    const struct diff_pane *p = pane->impl;
    return p->diff.text;
}

// --- life ---------------------------------------------------------------------------------------

static void diff_free(struct text_pane *pane) {
    struct diff_pane *p = pane->impl;
    diff_view_done(&p->view);
    diff_done(&p->diff);
    str_done(&p->title);
    str_done(&p->scratch);
    text_buf_done(&p->buf);
    array_done(&p->marks);
    free(p);
    free(pane);
}

static int digits(uint64_t n) {
    int count = 1;
    for (; n >= 10; n /= 10) {
        count++;
    }
    return count;
}

// Widths that depend on the text alone.
static void measure(struct diff_pane *p) {
    uint64_t last = 99;
    array_foreach (hunk, &p->diff.hunks) {
        last = MAX(last, (uint64_t)MAX(hunk->old_start, hunk->new_start) + hunk->n_lines);
    }
    p->number_w = digits(last);
    array_foreach (file, &p->diff.files) {
        str_clear(&p->scratch);
        diff_add_counts(&p->scratch, file->n_added, file->n_removed);
        p->counts_w = MAX(p->counts_w, (int)p->scratch.len);
        p->path_w = MAX(p->path_w, text_columns(diff_file_path(file), false, SCREEN_MAX_SIDE));
    }
}

struct text_pane *diff_pane_new(struct sv diff, struct sv title) {
    static const struct text_ops ops = {
        .name = "diff",
        .layout = diff_layout,
        .n_lines = diff_lines,
        .draw_line = diff_draw_line,
        .line_text = diff_text,
        .stop = diff_stop,
        .command = diff_command,
        .filter = diff_filter,
        .panel_width = diff_panel_width,
        .draw_panel = diff_draw_panel,
        .status = diff_status,
        .copy_block = diff_copy_block,
        .whole = diff_whole,
        .free = diff_free,
    };
    struct text_pane *pane = xcalloc(1, sizeof *pane);
    struct diff_pane *p = xcalloc(1, sizeof *p);
    *pane = (struct text_pane){.ops = &ops, .impl = p};
    p->word_diff = true;
    p->counts[0].hunk = p->counts[1].hunk = SIZE_MAX;
    str_add_sv(&p->title, title);
    diff_parse(&p->diff, diff);
    diff_view_init(&p->view, &p->diff, str_sv(&p->title));
    diff_view_build(&p->view);
    measure(p);
    return pane;
}
