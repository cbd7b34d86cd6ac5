// Aligned text: two passes over the rows, one for the widths.
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "view/export_int.h"

// Texts longer than this are cut: a table is for reading. CSV has everything.
enum { MAX_CELL = 60 };

struct widths {
    size_t *of; // by shown column
    struct str line;
};

static void add_cell(struct export *e, const struct widths *w, struct str *line, size_t i,
                     struct sv text) {
    bool last = i + 1 == e->n_cols;
    const struct fit fit = {.width = w->of[i],
                            .right = export_col(e, i)->right,
                            .ascii = e->opts->ascii,
                            .pad = !last || export_col(e, i)->right};
    str_add_cstr(line, i ? "  " : "");
    str_add_fit(line, text, fit);
}

// Cuts the whole line where a width was asked for, drops blanks at its end.
static void end_line(struct export *e, struct widths *w) {
    size_t len = w->line.len;
    while (len > 0 && w->line.ptr[len - 1] == ' ') {
        len--;
    }
    str_cut(&w->line, len);
    if (e->opts->width && utf8_width(str_sv(&w->line)) > e->opts->width) {
        const struct fit fit = {.width = e->opts->width, .ascii = e->opts->ascii};
        str_add_fit(&e->buf, str_sv(&w->line), fit);
    } else {
        str_add_sv(&e->buf, str_sv(&w->line));
    }
    str_add_byte(&e->buf, '\n');
    str_clear(&w->line);
}

static bool measure(struct export *e, size_t row_idx, size_t nth) {
    struct widths *w = e->arg;
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        struct view_cell cell;
        if (w->of[i] < MAX_CELL) {
            view_cell(e->v, row_idx, e->cols[i], &e->scratch, &cell);
            w->of[i] = MIN(MAX(w->of[i], utf8_width(sv_sub(cell.text, 0, (size_t)MAX_CELL * 8))),
                           (size_t)MAX_CELL);
        }
    }
    return true;
}

static bool print(struct export *e, size_t row_idx, size_t nth) {
    struct widths *w = e->arg;
    (void)nth;
    for (size_t i = 0; i < e->n_cols; i++) {
        struct view_cell cell;
        view_cell(e->v, row_idx, e->cols[i], &e->scratch, &cell);
        add_cell(e, w, &w->line, i, cell.text);
    }
    end_line(e, w);
    return true;
}

static void print_head(struct export *e, struct widths *w) {
    for (size_t i = 0; i < e->n_cols; i++) {
        add_cell(e, w, &w->line, i, export_col(e, i)->def->label);
    }
    end_line(e, w);
    for (size_t i = 0; i < e->n_cols; i++) {
        str_add_cstr(&w->line, i ? "  " : "");
        str_fill(&w->line, '-', w->of[i]);
    }
    end_line(e, w);
}

// The record on top of the rows, as on the screen: "label value" lines.
static void print_record(struct export *e, struct widths *w) {
    struct sv label;
    struct view_cell cell;
    size_t width = 0;
    for (size_t i = 0; view_head_field(e->v, i, &label, &e->scratch, &cell); i++) {
        width = MAX(width, utf8_width(label));
    }
    for (size_t i = 0; view_head_field(e->v, i, &label, &e->scratch, &cell); i++) {
        str_add_fit(&w->line, label, (struct fit){.width = width, .pad = true});
        str_add_cstr(&w->line, "  ");
        str_add_fit(&w->line, cell.text, (struct fit){.width = 200, .ascii = e->opts->ascii});
        end_line(e, w);
    }
    if (width) {
        str_add_byte(&e->buf, '\n');
    }
}

// `arg` of the writer is needed again for each piece, so the widths travel in a copy.
struct forward {
    struct widths widths; // first: the same address
    bool (*write)(void *arg, struct sv bytes, struct err *err);
    void *arg;
};

static bool forward(void *arg, struct sv bytes, struct err *err) {
    const struct forward *f = arg;
    return f->write(f->arg, bytes, err);
}

bool export_table(struct export *e, struct err *err) {
    struct forward f = {.write = e->write, .arg = e->arg};
    f.widths.of = xcalloc(e->n_cols + 1, sizeof *f.widths.of);
    e->write = forward;
    e->arg = &f;
    for (size_t i = 0; i < e->n_cols; i++) {
        f.widths.of[i] = MIN(utf8_width(export_col(e, i)->def->label), (size_t)MAX_CELL);
    }
    bool ok = export_each(e, measure, err);
    if (ok) {
        print_record(e, &f.widths);
    }
    if (ok && e->v->rows.n) {
        print_head(e, &f.widths);
        ok = export_each(e, print, err);
    }
    ok = ok && export_flush(e, err);
    free(f.widths.of);
    str_done(&f.widths.line);
    return ok;
}
