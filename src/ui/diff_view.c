#include "ui/diff_view.h"

#include <stdlib.h>

// Values of diff_row.right that are no lines.
enum row_mark { MARK_TITLE = 1, MARK_FILE, MARK_FOLD, MARK_EMPTY, MARK_CUT };
#define MARK(kind) (DIFF_NO_LINE - (uint32_t)(kind))

enum hunk_fold { HUNK_OPEN, HUNK_FOLDED, HUNK_WHOLE /* all of its context, whatever is set */ };

// --- making and folding -------------------------------------------------------------------------

static uint32_t max_context_of(const struct diff *d) {
    uint32_t max = 0;
    array_foreach (hunk, &d->hunks) {
        uint32_t end = hunk->first_line + hunk->n_lines;
        bool leading = true;
        for (uint32_t at = hunk->first_line + 1; at < end;) {
            uint32_t from = at;
            while (at < end && d->kinds.ptr[at] == DIFF_CONTEXT) {
                at++;
            }
            uint32_t n = at - from;
            // Context between two changes is shared by both.
            max = MAX(max, leading || at == end ? n : (n + 1) / 2);
            leading = false;
            at += at < end;
        }
    }
    return max;
}

void diff_view_init(struct diff_view *v, const struct diff *d, struct sv title) {
    *v = (struct diff_view){.d = d, .title = title, .context = DIFF_CONTEXT_ALL};
    v->title.len = MIN(v->title.len, (size_t)DIFF_NO_LINE - DIFF_LINE_MARKS);
    while (v->title.len && v->title.ptr[v->title.len - 1] == '\n') {
        v->title.len--;
    }
    for (size_t at = 0; at < v->title.len;) {
        array_push(&v->title_starts, (uint32_t)at);
        ptrdiff_t len = sv_find_byte(sv_from(v->title, at), '\n');
        at = len < 0 ? v->title.len : at + (size_t)len + 1;
    }
    v->file_folded = xcalloc(d->files.n + 1, sizeof *v->file_folded);
    v->hunk_fold = xcalloc(d->hunks.n + 1, sizeof *v->hunk_fold);
    v->max_context = max_context_of(d);
}

void diff_view_done(struct diff_view *v) {
    array_done(&v->title_starts);
    array_done(&v->rows);
    free(v->file_folded);
    free(v->hunk_fold);
    matcher_free(v->filter);
    *v = (struct diff_view){0};
}

void diff_view_filter(struct diff_view *v, struct regex *re) {
    matcher_free(v->filter);
    v->filter = re ? matcher_new(re) : NULL;
}

bool diff_view_hunk_folded(const struct diff_view *v, size_t hunk) {
    return v->hunk_fold[hunk] == HUNK_FOLDED;
}

bool diff_view_fold(struct diff_view *v, size_t row) {
    int64_t file = diff_view_file(v, row);
    int64_t hunk = diff_view_hunk(v, row);
    if (row >= v->rows.n || file < 0) {
        return false;
    }
    struct diff_row r = v->rows.ptr[row];
    enum diff_row_kind kind = diff_row_kind(r);
    if (kind == ROW_FOLD) {
        v->hunk_fold[hunk] = HUNK_WHOLE;
    } else if (kind == ROW_LINES && hunk >= 0 && v->d->hunks.ptr[hunk].first_line == r.left) {
        v->hunk_fold[hunk] = v->hunk_fold[hunk] == HUNK_FOLDED ? HUNK_OPEN : HUNK_FOLDED;
    } else {
        v->file_folded[file] = !v->file_folded[file];
    }
    return true;
}

void diff_view_fold_all(struct diff_view *v, bool folded) {
    memset(v->file_folded, folded, v->d->files.n);
    if (!folded) {
        memset(v->hunk_fold, HUNK_OPEN, v->d->hunks.n);
    }
}

void diff_view_context(struct diff_view *v, int64_t steps) {
    static const uint32_t scale[] = {0,  1,  2,  3,  4,   5,   6,   8,    10,
                                     15, 20, 30, 50, 100, 200, 500, 1000, 5000};
    uint32_t now = MIN(v->context, v->max_context);
    bool fewer = steps < 0;
    uint64_t left = fewer ? 0 - (uint64_t)steps : (uint64_t)steps;
    for (left = MIN(left, COUNTOF(scale)); left > 0; left--) {
        size_t at = 0;
        while (at < COUNTOF(scale) && (fewer ? scale[at] < now : scale[at] <= now)) {
            at++;
        }
        if (fewer) {
            now = at ? scale[at - 1] : 0;
        } else {
            now = at < COUNTOF(scale) ? scale[at] : DIFF_CONTEXT_ALL;
        }
    }
    v->context = now >= v->max_context ? DIFF_CONTEXT_ALL : now;
    for (size_t i = 0; i < v->d->hunks.n; i++) {
        v->hunk_fold[i] = v->hunk_fold[i] == HUNK_WHOLE ? HUNK_OPEN : v->hunk_fold[i];
    }
}

// --- building -----------------------------------------------------------------------------------

static bool line_matches(const struct diff_view *v, uint32_t line) {
    return line != DIFF_NO_LINE && matcher_test(v->filter, diff_line(v->d, line));
}

static void add_lines(struct diff_view *v, uint32_t left, uint32_t right) {
    if (!v->filter || line_matches(v, left) || (right != left && line_matches(v, right))) {
        array_push(&v->rows, (struct diff_row){left, right});
    }
}

static void add_each(struct diff_view *v, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        add_lines(v, i, i);
    }
}

// A run of unchanged lines [from, to); the ends that touch a change keep their context.
static void add_context(struct diff_view *v, uint32_t from, uint32_t to, bool first, bool last) {
    uint32_t n = to - from;
    uint32_t keep = v->context == DIFF_CONTEXT_ALL ? n : v->context;
    uint32_t head = first ? 0 : MIN(keep, n);
    uint32_t tail = last ? 0 : MIN(keep, n - head);
    // A fold takes a row itself.
    if (n - head - tail < 2 || v->filter) {
        add_each(v, from, to);
        return;
    }
    add_each(v, from, from + head);
    array_push(&v->rows, (struct diff_row){from + head, MARK(MARK_FOLD)});
    add_each(v, to - tail, to);
}

static void add_block(struct diff_view *v, const struct diff_block *b) {
    if (!v->side_by_side) {
        add_each(v, b->old_first, b->end);
        return;
    }
    uint32_t n_left = b->new_first - b->old_first;
    uint32_t n_right = b->end - b->new_first;
    for (uint32_t i = 0; i < MAX(n_left, n_right); i++) {
        add_lines(v, i < n_left ? b->old_first + i : DIFF_NO_LINE,
                  i < n_right ? b->new_first + i : DIFF_NO_LINE);
    }
}

static void add_hunk(struct diff_view *v, size_t hunk_idx) {
    const struct diff_hunk *hunk = &v->d->hunks.ptr[hunk_idx];
    uint32_t end = hunk->first_line + hunk->n_lines;
    uint32_t at = hunk->first_line + 1;
    add_lines(v, hunk->first_line, hunk->first_line);
    if (v->hunk_fold[hunk_idx] == HUNK_FOLDED) {
        return;
    }
    bool whole = v->hunk_fold[hunk_idx] == HUNK_WHOLE;
    while (at < end) {
        uint32_t from = at;
        struct diff_block block;
        while (at < end && v->d->kinds.ptr[at] == DIFF_CONTEXT) {
            at++;
        }
        if (at > from && whole) {
            add_each(v, from, at);
        } else if (at > from) {
            add_context(v, from, at, from == hunk->first_line + 1, at == end);
        } else if (diff_block_at(v->d, at, &block)) {
            add_block(v, &block);
            at = block.end;
        } else {
            add_lines(v, at, at); // a note behind unchanged lines
            at++;
        }
    }
}

// Lines outside hunks: headers are condensed into the file's row, the rest is shown.
static void add_outside(struct diff_view *v, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (v->d->kinds.ptr[i] == DIFF_OTHER) {
            add_lines(v, i, i);
        }
    }
}

static void add_file(struct diff_view *v, size_t file_idx) {
    const struct diff_file *file = &v->d->files.ptr[file_idx];
    uint32_t at = file->first_line;
    size_t header = v->rows.n;
    array_push(&v->rows, (struct diff_row){(uint32_t)file_idx, MARK(MARK_FILE)});
    if (v->file_folded[file_idx] && !v->filter) {
        return;
    }
    for (size_t i = file->first_hunk; i < file->first_hunk + file->n_hunks; i++) {
        add_outside(v, at, v->d->hunks.ptr[i].first_line);
        add_hunk(v, i);
        at = v->d->hunks.ptr[i].first_line + v->d->hunks.ptr[i].n_lines;
    }
    add_outside(v, at, file->first_line + file->n_lines);
    if (!v->filter) {
        return;
    }
    bool any = v->rows.n > header + 1;
    if (v->file_folded[file_idx]) {
        v->rows.n = header + 1;
    }
    if (!any && !matcher_test(v->filter, diff_file_path(file))) {
        v->rows.n = header;
    }
}

static void add_title(struct diff_view *v) {
    for (size_t i = 0; i < v->title_starts.n; i++) {
        if (!v->filter || matcher_test(v->filter, diff_view_title(v, i))) {
            array_push(&v->rows, (struct diff_row){(uint32_t)i, MARK(MARK_TITLE)});
        }
    }
    if (v->rows.n && v->d->starts.n && !v->filter) {
        // A blank line between the message and the diff.
        array_push(&v->rows, (struct diff_row){(uint32_t)v->title_starts.n, MARK(MARK_TITLE)});
    }
    v->n_title_rows = v->rows.n;
}

void diff_view_build(struct diff_view *v) {
    const struct diff *d = v->d;
    array_clear(&v->rows);
    add_title(v);
    add_outside(v, 0, d->files.n ? d->files.ptr[0].first_line : (uint32_t)d->starts.n);
    for (size_t i = 0; i < d->files.n; i++) {
        add_file(v, i);
    }
    if (!v->rows.n) {
        array_push(&v->rows, (struct diff_row){0, MARK(MARK_EMPTY)});
    }
    if (d->cut) {
        array_push(&v->rows, (struct diff_row){0, MARK(MARK_CUT)});
    }
}

// --- looking up ---------------------------------------------------------------------------------

enum diff_row_kind diff_row_kind(struct diff_row row) {
    switch (DIFF_NO_LINE - row.right) {
    case MARK_TITLE:
        return ROW_TITLE;
    case MARK_FILE:
        return ROW_FILE;
    case MARK_FOLD:
        return ROW_FOLD;
    case MARK_EMPTY:
        return ROW_EMPTY;
    case MARK_CUT:
        return ROW_CUT;
    default:
        return ROW_LINES;
    }
}

struct sv diff_view_title(const struct diff_view *v, size_t line) {
    if (line >= v->title_starts.n) {
        return SV_NULL;
    }
    size_t from = v->title_starts.ptr[line];
    size_t to = line + 1 < v->title_starts.n ? v->title_starts.ptr[line + 1] - 1 : v->title.len;
    return sv_sub(v->title, from, to - from);
}

int64_t diff_view_line(const struct diff_view *v, size_t row) {
    struct diff_row r = v->rows.ptr[row];
    switch (diff_row_kind(r)) {
    case ROW_FILE:
        return v->d->files.ptr[r.left].first_line;
    case ROW_LINES:
        return r.left != DIFF_NO_LINE ? r.left : r.right;
    case ROW_FOLD:
        return r.left;
    case ROW_CUT:
        return (int64_t)v->d->starts.n;
    case ROW_TITLE:
    case ROW_EMPTY:
        break;
    }
    return -1;
}

size_t diff_view_row(const struct diff_view *v, size_t line) {
    struct diff_block b;
    if (v->side_by_side && line < v->d->kinds.n && v->d->kinds.ptr[line] == DIFF_ADDED &&
        diff_block_at(v->d, line, &b) && line - b.new_first < b.new_first - b.old_first) {
        line = b.old_first + (line - b.new_first); // shown beside this one
    }
    size_t lo = 0;
    size_t hi = v->rows.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (diff_view_line(v, mid) <= (int64_t)line) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo ? lo - 1 : 0;
}

int64_t diff_view_file(const struct diff_view *v, size_t row) {
    int64_t line = row < v->rows.n ? diff_view_line(v, row) : -1;
    return line < 0 ? -1 : diff_file_at(v->d, (size_t)line);
}

int64_t diff_view_hunk(const struct diff_view *v, size_t row) {
    int64_t line = row < v->rows.n ? diff_view_line(v, row) : -1;
    if (line < 0 || diff_row_kind(v->rows.ptr[row]) == ROW_FILE) {
        return -1;
    }
    return diff_hunk_at(v->d, (size_t)line);
}

uint32_t diff_view_fold_lines(const struct diff_view *v, size_t row) {
    uint32_t from = v->rows.ptr[row].left;
    const struct diff_hunk *hunk = &v->d->hunks.ptr[diff_hunk_at(v->d, from)];
    int64_t end = hunk->first_line + hunk->n_lines;
    int64_t next = row + 1 < v->rows.n ? diff_view_line(v, row + 1) : end;
    return (uint32_t)(MIN(next, end) - from);
}
