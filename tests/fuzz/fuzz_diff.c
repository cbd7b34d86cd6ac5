// link: ui
// Diffs: every line is in its place, every row of the index shows what it says, whatever is folded,
// filtered or paired; and all of it can be drawn.
#include <stdlib.h>

#include "base/err.h"
#include "ui/diff_view.h"
#include "ui/text_pane.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SPANS = 4 };

static void check_spans(const struct diff_span *spans, size_t n, struct sv line) {
    BUG_ON(n > MAX_SPANS);
    for (size_t i = 0; i < n; i++) {
        BUG_ON(spans[i].from >= spans[i].to || spans[i].to > line.len);
        BUG_ON(i && spans[i].from < spans[i - 1].to);
    }
}

static void walk_lines(const struct diff *d) {
    size_t end = 0;
    for (size_t i = 0; i < diff_n_lines(d); i++) {
        struct sv line = diff_line(d, i);
        BUG_ON(line.ptr < d->text.ptr + end || line.ptr + line.len > d->text.ptr + d->text.len);
        end = (size_t)(line.ptr - d->text.ptr) + line.len;
        int64_t hunk = diff_hunk_at(d, i);
        int64_t other = diff_opposite(d, i);
        uint32_t old_no, new_no;
        diff_numbers(d, i, &old_no, &new_no);
        BUG_ON(hunk >= 0 && d->hunks.ptr[hunk].file != diff_file_at(d, i));
        if (other >= 0) {
            struct diff_span a[MAX_SPANS], b[MAX_SPANS];
            size_t n_a, n_b;
            BUG_ON(diff_opposite(d, (size_t)other) != (int64_t)i);
            BUG_ON(diff_hunk_at(d, (size_t)other) != hunk);
            diff_words(line, diff_line(d, (size_t)other), a, &n_a, b, &n_b, MAX_SPANS);
            check_spans(a, n_a, line);
            check_spans(b, n_b, diff_line(d, (size_t)other));
        }
    }
}

// Lines of the diff that the rows show.
static size_t walk_rows(const struct diff_view *v) {
    size_t n = 0;
    int64_t last = -1;
    for (size_t i = 0; i < v->rows.n; i++) {
        struct diff_row row = v->rows.ptr[i];
        enum diff_row_kind kind = diff_row_kind(row);
        int64_t line = diff_view_line(v, i);
        int64_t file = diff_view_file(v, i);
        BUG_ON(line < last || file >= (int64_t)v->d->files.n);
        BUG_ON(diff_view_hunk(v, i) >= (int64_t)v->d->hunks.n);
        last = line;
        if (kind == ROW_LINES) {
            n += row.left != DIFF_NO_LINE;
            n += row.right != DIFF_NO_LINE && row.right != row.left;
            BUG_ON(diff_view_row(v, (size_t)line) != i);
        } else if (kind == ROW_FOLD) {
            uint32_t folded = diff_view_fold_lines(v, i);
            BUG_ON(!folded || line + folded > (int64_t)diff_n_lines(v->d));
            n += folded;
        }
    }
    return n;
}

static void walk_views(const struct diff *d) {
    struct diff_view v;
    size_t n = 0; // lines that are not condensed into the row of a file
    for (size_t i = 0; i < diff_n_lines(d); i++) {
        n += d->kinds.ptr[i] != DIFF_HEADER && d->kinds.ptr[i] != DIFF_BINARY;
    }
    diff_view_init(&v, d, SV("a title\n\nof lines"));
    for (int step = 0; step < 6; step++) {
        v.side_by_side = step % 2;
        diff_view_build(&v);
        BUG_ON(walk_rows(&v) != n);
        diff_view_context(&v, -1);
    }
    for (size_t i = 0; i < v.rows.n; i += 7) {
        diff_view_fold(&v, i);
        diff_view_build(&v);
        BUG_ON(walk_rows(&v) > n);
    }
    diff_view_done(&v);
}

static void draw(struct sv text) {
    struct screen screen;
    struct text_pane *pane = diff_pane_new(text, SV_NULL);
    screen_init(&screen, 130, 12, false);
    static const char *const commands[] = {"side-by-side", "whitespace", "wrap", "fold-all"};
    auto_str status = STR_INIT;
    for (size_t i = 0; i < 4; i++) {
        for (int page = 0; page < 2; page++) {
            text_pane_draw(pane, &screen, screen_rect(&screen), NULL, true);
            text_pane_move(pane, 11);
            pane->ops->status(pane, &status);
            pane->ops->stop(pane, pane->cursor, STOP_HUNK, page % 2);
            pane->ops->stop(pane, pane->cursor, STOP_FILE, page % 2);
            pane->ops->copy_block(pane, &status);
        }
        BUG_ON(!pane->ops->command(pane, commands[i], 1, NULL));
        pane->left += 3;
    }
    screen_done(&screen);
    text_pane_free(pane);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sv text = sv_make((const char *)data, size);
    struct diff d;
    diff_parse(&d, text);
    walk_lines(&d);
    walk_views(&d);
    diff_done(&d);
    draw(text);
    return 0;
}
