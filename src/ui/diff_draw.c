// Drawing of a diff: lines, both sides, the row of a file, the list of files.
#include <stdio.h>

#include "ui/diff_pane_int.h"

enum { MAX_SPANS = 64, PANEL_LEAST = 24 };

// --- texts that are not in the diff -------------------------------------------------------------

void diff_add_counts(struct str *out, uint32_t n_added, uint32_t n_removed) {
    str_addf(out, "+%u -%u", n_added, n_removed);
}

static void add_marked(struct str *out, struct mark_list *marks, enum role role, struct sv text) {
    size_t from = out->len;
    str_add_sv(out, text);
    if (marks) {
        array_push(marks, (struct text_mark){(uint32_t)from, (uint32_t)out->len, role});
    }
}

static struct sv short_mode(struct sv mode) {
    return mode.len > 3 ? sv_from(mode, mode.len - 3) : mode;
}

// What happened to the file, in words.
static void add_change(const struct diff_file *file, struct str *out) {
    switch (file->change) {
    case CHANGE_ADDED:
        str_add_cstr(out, "  new file");
        break;
    case CHANGE_DELETED:
        str_add_cstr(out, "  deleted");
        break;
    case CHANGE_RENAMED:
        str_add_cstr(out, "  renamed from ");
        str_add_sv(out, file->old_path);
        break;
    case CHANGE_COPIED:
        str_add_cstr(out, "  copied from ");
        str_add_sv(out, file->old_path);
        break;
    case CHANGE_MODE:
    case CHANGE_MODIFIED:
        break;
    }
    if (file->old_mode.len && file->new_mode.len) {
        str_addf(out, "  mode %.*s to %.*s", SV_ARG(short_mode(file->old_mode)),
                 SV_ARG(short_mode(file->new_mode)));
    }
    str_add_cstr(out, file->binary ? "  binary" : "");
}

void diff_file_text(const struct diff_pane *p, size_t file_idx, struct str *out,
                    struct mark_list *marks) {
    const struct diff_file *file = &p->diff.files.ptr[file_idx];
    char number[24];
    struct sv path = diff_file_path(file);
    add_marked(out, marks, ROLE_DIFF_FILE, path.len ? path : SV("(no name)"));
    add_change(file, out);
    if (file->n_hunks) {
        int n = snprintf(number, sizeof number, "+%u", file->n_added);
        str_add_cstr(out, "  ");
        add_marked(out, marks, ROLE_DIFF_ADD, sv_make(number, (size_t)n));
        n = snprintf(number, sizeof number, "-%u", file->n_removed);
        str_add_byte(out, ' ');
        add_marked(out, marks, ROLE_DIFF_DEL, sv_make(number, (size_t)n));
    }
    if (p->view.file_folded[file_idx] && file->n_hunks) {
        size_t from = out->len;
        str_addf(out, "  ~ %u hunk%s folded ~", file->n_hunks, file->n_hunks == 1 ? "" : "s");
        if (marks) {
            array_push(marks,
                       (struct text_mark){(uint32_t)from + 2, (uint32_t)out->len, ROLE_FOLD});
        }
    }
}

void diff_other_text(const struct diff_pane *p, size_t row, struct str *out) {
    struct diff_row r = p->view.rows.ptr[row];
    switch (diff_row_kind(r)) {
    case ROW_TITLE:
        str_add_sv(out, diff_view_title(&p->view, r.left));
        break;
    case ROW_FOLD: {
        uint32_t n = diff_view_fold_lines(&p->view, row);
        str_addf(out, "~ %u unchanged line%s folded ~", n, n == 1 ? "" : "s");
        break;
    }
    case ROW_EMPTY:
        str_add_cstr(out, p->view.filter ? "no line matches" : "this diff is empty");
        break;
    case ROW_CUT:
        str_add_cstr(out, "! the text beyond 4 GiB is not shown");
        break;
    case ROW_FILE:
    case ROW_LINES:
        break;
    }
}

// --- one line -----------------------------------------------------------------------------------

struct line_at {
    const struct text_pane *pane;
    struct diff_pane *p;
    struct screen *screen;
    struct rect at;
    struct matcher *match;
    bool current;
};

static int draw_text(const struct line_at *l, struct rect at, struct text_line line) {
    line.left = l->pane->left;
    line.wrap = l->pane->wrap;
    line.whitespace = l->p->whitespace;
    line.current = l->current;
    line.match = l->match;
    return text_line_draw(l->screen, at, &line, &l->p->buf);
}

// As diff_numbers(), but from where the line before left off.
static void numbers_of(struct diff_pane *p, int side, size_t line, uint32_t *old_no,
                       uint32_t *new_no) {
    struct diff_count *c = &p->counts[side];
    int64_t hunk = diff_hunk_at(&p->diff, line);
    const uint8_t *kinds = p->diff.kinds.ptr;
    *old_no = *new_no = 0;
    if (hunk < 0 || kinds[line] == DIFF_HUNK || kinds[line] == DIFF_NOTE) {
        return;
    }
    if (c->hunk != (size_t)hunk || c->line > line) {
        const struct diff_hunk *h = &p->diff.hunks.ptr[hunk];
        *c = (struct diff_count){(size_t)hunk, h->first_line + 1, h->old_start, h->new_start};
    }
    for (; c->line < line; c->line++) {
        uint8_t kind = kinds[c->line];
        c->old_no += kind == DIFF_CONTEXT || kind == DIFF_REMOVED;
        c->new_no += kind == DIFF_CONTEXT || kind == DIFF_ADDED;
    }
    *old_no = kinds[line] == DIFF_ADDED ? 0 : c->old_no;
    *new_no = kinds[line] == DIFF_REMOVED ? 0 : c->new_no;
}

static int draw_number(const struct line_at *l, int x, uint32_t number) {
    char digits[16];
    int w = l->p->number_w;
    int n = number ? snprintf(digits, sizeof digits, "%u", number) : 0;
    struct rect at = rect_clip((struct rect){x, l->at.y, w, 1}, l->at);
    screen_put(l->screen, at, sv_make(digits, (size_t)n),
               (struct text_style){.role = ROLE_LINE_NUMBER, .align = TEXT_RIGHT});
    return x + w + 1;
}

static enum role role_of_line(enum diff_line_kind kind) {
    switch (kind) {
    case DIFF_ADDED:
        return ROLE_DIFF_ADD;
    case DIFF_REMOVED:
        return ROLE_DIFF_DEL;
    case DIFF_HUNK:
        return ROLE_DIFF_HUNK;
    case DIFF_HEADER:
    case DIFF_NOTE:
    case DIFF_BINARY:
        return ROLE_DIM;
    case DIFF_OTHER:
    case DIFF_CONTEXT:
        break;
    }
    return ROLE_TEXT;
}

// The line opposite, from the block found last when the line is in it.
static int64_t opposite(struct diff_pane *p, uint32_t line) {
    struct diff_block *b = &p->block;
    if (line < b->old_first || line >= b->end) {
        if (!diff_block_at(&p->diff, line, b)) {
            *b = (struct diff_block){0};
            return -1;
        }
    }
    bool is_new = line >= b->new_first;
    uint32_t place = line - (is_new ? b->new_first : b->old_first);
    if (place >= b->n_old || place >= b->n_new) {
        return -1;
    }
    return is_new ? b->old_first + place : b->new_first + place;
}

// Marks of the words that differ from the line opposite; offsets count the sign.
static size_t word_marks(struct diff_pane *p, uint32_t line, struct text_mark *marks) {
    enum diff_line_kind kind = (enum diff_line_kind)p->diff.kinds.ptr[line];
    bool changed = kind == DIFF_ADDED || kind == DIFF_REMOVED;
    int64_t other = p->word_diff && changed ? opposite(p, line) : -1;
    if (other < 0) {
        return 0;
    }
    bool is_new = kind == DIFF_ADDED;
    struct sv old_text = diff_line(&p->diff, is_new ? (size_t)other : line);
    struct sv new_text = diff_line(&p->diff, is_new ? line : (size_t)other);
    struct diff_span old_spans[MAX_SPANS], new_spans[MAX_SPANS];
    size_t n_old, n_new;
    diff_words(sv_from(old_text, 1), sv_from(new_text, 1), old_spans, &n_old, new_spans, &n_new,
               MAX_SPANS);
    const struct diff_span *spans = is_new ? new_spans : old_spans;
    size_t n = is_new ? n_new : n_old;
    for (size_t i = 0; i < n; i++) {
        marks[i] = (struct text_mark){spans[i].from + 1, spans[i].to + 1,
                                      is_new ? ROLE_DIFF_ADD_WORD : ROLE_DIFF_DEL_WORD};
    }
    return n;
}

// With its line end's CR when blanks are shown.
static struct sv shown_line(const struct diff_pane *p, uint32_t line) {
    struct sv text = diff_line(&p->diff, line);
    const char *end = p->diff.text.ptr + p->diff.text.len;
    if (p->whitespace && text.ptr && text.ptr + text.len < end && text.ptr[text.len] == '\r') {
        text.len++;
    }
    return text;
}

enum side { SIDE_BOTH, SIDE_OLD, SIDE_NEW };

// Numbers, sign and text of a line of a hunk.
static int draw_body_line(const struct line_at *l, uint32_t line, enum side side) {
    struct diff_pane *p = l->p;
    enum diff_line_kind kind = (enum diff_line_kind)p->diff.kinds.ptr[line];
    struct sv text = shown_line(p, line);
    struct text_mark marks[MAX_SPANS];
    int x = l->at.x;
    if (l->pane->line_numbers) {
        uint32_t old_no, new_no;
        numbers_of(p, side == SIDE_NEW, line, &old_no, &new_no);
        x = side != SIDE_NEW ? draw_number(l, x, old_no) : x;
        x = side != SIDE_OLD ? draw_number(l, x, new_no) : x;
    }
    size_t n_marks = word_marks(p, line, marks);
    enum role role = role_of_line(kind);
    struct rect sign = rect_clip((struct rect){x, l->at.y, 1, 1}, l->at);
    screen_put(l->screen, sign, text.len ? sv_sub(text, 0, 1) : SV(" "),
               (struct text_style){.role = role, .no_mark = true});
    struct rect rest = {x + 1, l->at.y, l->at.x + l->at.w - x - 1, l->at.h};
    return draw_text(l, rest,
                     (struct text_line){.text = text,
                                        .skip = MIN(text.len, (size_t)1),
                                        .role = role,
                                        .marks = marks,
                                        .n_marks = n_marks});
}

static int draw_sides(const struct line_at *l, struct diff_row row) {
    int half = (l->at.w - 1) / 2;
    struct line_at left = *l;
    struct line_at right = *l;
    left.at.w = half;
    right.at.x = l->at.x + half + 1;
    right.at.w = l->at.w - half - 1;
    int rows = 1;
    if (row.left != DIFF_NO_LINE) {
        rows = MAX(rows, draw_body_line(&left, row.left, SIDE_OLD));
    }
    if (row.right != DIFF_NO_LINE) {
        rows = MAX(rows, draw_body_line(&right, row.right, SIDE_NEW));
    }
    screen_vline(l->screen, l->at.x + half, l->at.y, rows, screen_glyph(l->screen, GLYPH_VLINE),
                 ROLE_BORDER);
    return rows;
}

static int draw_hunk_line(const struct line_at *l, uint32_t line) {
    struct diff_pane *p = l->p;
    const struct diff_hunk *hunk = &p->diff.hunks.ptr[diff_hunk_at(&p->diff, line)];
    size_t hunk_idx = (size_t)(hunk - p->diff.hunks.ptr);
    str_clear(&p->scratch);
    str_add_sv(&p->scratch, diff_line(&p->diff, line));
    struct text_mark marks[2];
    size_t n_marks = 0;
    uint32_t from = (uint32_t)p->scratch.len;
    if (diff_view_hunk_folded(&p->view, hunk_idx)) {
        str_addf(&p->scratch, "  ~ %u line%s folded ~", hunk->n_lines - 1,
                 hunk->n_lines == 2 ? "" : "s");
        marks[n_marks++] = (struct text_mark){from, (uint32_t)p->scratch.len, ROLE_FOLD};
        from = (uint32_t)p->scratch.len;
    }
    if (hunk->torn) {
        str_add_cstr(&p->scratch, "  ! shorter than it says");
        marks[n_marks++] = (struct text_mark){from, (uint32_t)p->scratch.len, ROLE_PROBLEM};
    }
    return draw_text(l, l->at,
                     (struct text_line){.text = str_sv(&p->scratch),
                                        .role = ROLE_DIFF_HUNK,
                                        .marks = marks,
                                        .n_marks = n_marks});
}

static int draw_lines_row(const struct line_at *l, struct diff_row row) {
    struct diff_pane *p = l->p;
    uint32_t line = row.left != DIFF_NO_LINE ? row.left : row.right;
    enum diff_line_kind kind = (enum diff_line_kind)p->diff.kinds.ptr[line];
    if (kind == DIFF_HUNK) {
        return draw_hunk_line(l, line);
    }
    if (kind == DIFF_OTHER) {
        return draw_text(
            l, l->at, (struct text_line){.text = shown_line(p, line), .role = role_of_line(kind)});
    }
    return p->view.side_by_side ? draw_sides(l, row) : draw_body_line(l, line, SIDE_BOTH);
}

static int draw_file_row(const struct line_at *l, size_t file) {
    struct diff_pane *p = l->p;
    str_clear(&p->scratch);
    array_clear(&p->marks);
    diff_file_text(p, file, &p->scratch, &p->marks);
    return draw_text(l, l->at,
                     (struct text_line){.text = str_sv(&p->scratch),
                                        .role = ROLE_TEXT,
                                        .marks = p->marks.ptr,
                                        .n_marks = p->marks.n});
}

int diff_draw_line(const struct text_pane *pane, size_t row, struct screen *screen, struct rect at,
                   struct matcher *match) {
    struct diff_pane *p = pane->impl;
    struct line_at l = {pane, p, screen, at, match, row == pane->cursor};
    struct diff_row r = p->view.rows.ptr[row];
    enum diff_row_kind kind = diff_row_kind(r);
    if (kind == ROW_LINES) {
        return draw_lines_row(&l, r);
    }
    if (kind == ROW_FILE) {
        return draw_file_row(&l, r.left);
    }
    enum role role = kind == ROW_FOLD    ? ROLE_FOLD
                     : kind == ROW_TITLE ? (r.left ? ROLE_TEXT : ROLE_LABEL)
                     : kind == ROW_CUT   ? ROLE_PROBLEM
                                         : ROLE_DIM;
    str_clear(&p->scratch);
    diff_other_text(p, row, &p->scratch);
    return draw_text(&l, at, (struct text_line){.text = str_sv(&p->scratch), .role = role});
}

// --- list of files ------------------------------------------------------------------------------

int diff_panel_width(const struct text_pane *pane, int width) {
    const struct diff_pane *p = pane->impl;
    int least = p->view.side_by_side ? SIDES_PANEL_W : PANEL_MIN_W;
    if (width < least || !p->diff.files.n) {
        return 0;
    }
    // "> path +12 -3|"
    int need = 2 + p->path_w + 1 + p->counts_w + 1;
    return MAX(PANEL_LEAST, MIN(need, width * 3 / 10));
}

// The end of a path: its file name is what one looks for.
static void draw_path(struct screen *screen, struct rect at, struct sv path, enum role role) {
    int columns = text_columns(path, screen->ascii, SCREEN_MAX_SIDE);
    if (columns <= at.w) {
        screen_put(screen, at, path, (struct text_style){.role = role});
        return;
    }
    screen_hline(screen, at.x, at.y, 1, screen_glyph(screen, GLYPH_CUT), role);
    at.x++;
    at.w--;
    screen_put(screen, at, path,
               (struct text_style){.role = role, .skip = columns - at.w, .no_mark = true});
}

static void draw_panel_file(struct diff_pane *p, size_t file_idx, bool current,
                            struct screen *screen, struct rect at) {
    const struct diff_file *file = &p->diff.files.ptr[file_idx];
    char added[16], removed[16];
    int n_added = snprintf(added, sizeof added, "+%u", file->n_added);
    int n_removed = snprintf(removed, sizeof removed, "-%u", file->n_removed);
    int x = at.x + at.w - n_added - 1 - n_removed;
    screen_puts(screen, at.x, at.y, ROLE_TEXT, current ? ">" : " ");
    if (file->binary) {
        n_added = snprintf(added, sizeof added, "binary");
        removed[0] = '\0';
        x = at.x + at.w - n_added;
    }
    screen_puts(screen, x, at.y, ROLE_DIFF_ADD, added);
    screen_puts(screen, x + n_added + 1, at.y, ROLE_DIFF_DEL, removed);
    draw_path(screen, (struct rect){at.x + 2, at.y, x - at.x - 3, 1}, diff_file_path(file),
              current ? ROLE_LABEL : ROLE_TEXT);
}

void diff_draw_panel(const struct text_pane *pane, struct screen *screen, struct rect at) {
    struct diff_pane *p = pane->impl;
    int64_t current = diff_view_file(&p->view, pane->cursor);
    screen_vline(screen, at.x + at.w - 1, at.y, at.h, screen_glyph(screen, GLYPH_VLINE),
                 ROLE_BORDER);
    at.w--;
    screen_puts(screen, at.x, at.y, ROLE_HEADER, "Files");
    size_t rows = (size_t)MAX(at.h - 1, 0);
    size_t n = p->diff.files.n;
    size_t middle = current > 0 ? (size_t)current : 0;
    size_t top = middle - MIN(middle, rows / 2);
    top = MIN(top, n > rows ? n - rows : 0);
    for (size_t i = 0; i < rows && top + i < n; i++) {
        at.y++;
        draw_panel_file(p, top + i, (int64_t)(top + i) == current, screen, at);
    }
}
