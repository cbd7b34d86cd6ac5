// Going on when what a view or a link needs has been made: indexes over large tables take longer
// than a frame, so that a job makes them. Meanwhile the present page stays; any key forgets it.
#include <stdlib.h>

#include "ui/ui_int.h"

// Links lead to views, which may lack something else; what cannot be made is not waited for again.
enum { MAX_ROUNDS = 4 };

static void going_done(struct going *g) {
    view_wait_free(g->wait);
    free(g->row_key);
    arena_done(&g->arena);
    *g = (struct going){0};
}

bool going_forget(struct ui *ui) {
    const bool any = ui->going.kind != GOING_NOWHERE;
    going_done(&ui->going);
    return any;
}

// From here on it is `kind`; the rounds so far count.
static struct going *going_start(struct ui *ui, enum going_kind kind, struct view_wait *wait) {
    const int round = ui->going.round + 1;
    going_done(&ui->going);
    ui->going.kind = kind;
    ui->going.wait = wait;
    ui->going.round = round;
    return &ui->going;
}

static void going_row(struct going *g, struct view *v, size_t row_idx, struct sv link) {
    auto_str key = STR_INIT;
    view_row_key(v, row_idx, &key);
    g->view = v;
    g->has_row = row_idx < v->rows.n;
    g->row_key = str_take(&key);
    g->name = arena_sv(&g->arena, link);
    for (size_t i = 0; i < v->def->n_links; i++) {
        const struct view_link *l = &v->def->links[i];
        g->what = sv_eq(l->name, link.len ? link : SV("open")) ? l->label : g->what;
    }
}

bool going_link(struct ui *ui, const struct view *v, size_t row_idx, struct sv link) {
    struct view_wait *wait =
        ui->going.round < MAX_ROUNDS ? view_wait_follow(v, link, ui->opts.pool) : NULL;
    if (!wait || v != ui_view(ui)) {
        view_wait_free(wait);
        return false;
    }
    going_row(going_start(ui, GOING_LINK, wait), ui_view(ui), row_idx, link);
    return true;
}

bool going_row_open(struct ui *ui, struct sv of_column) {
    struct view *v = ui_view(ui);
    struct view_wait *wait = NULL;
    if (ui->going.round < MAX_ROUNDS) {
        wait = of_column.len ? view_wait_follow(v, of_column, ui->opts.pool) : NULL;
        wait = wait ? wait : view_wait_follow(v, SV("open"), ui->opts.pool);
    }
    if (!wait) {
        return false;
    }
    going_row(going_start(ui, GOING_ROW, wait), v, v->cursor, of_column);
    return true;
}

bool going_view(struct ui *ui, const struct view_def *def, const struct view_value *params,
                size_t n_params) {
    const bool has_page = ui->page.view || ui->page.text;
    struct view_wait *wait = has_page && ui->going.round < MAX_ROUNDS
                                 ? view_wait_open(def, ui->snap, ui->opts.pool)
                                 : NULL;
    if (!wait) {
        return false;
    }
    struct going *g = going_start(ui, GOING_VIEW, wait);
    g->def = def;
    g->what = def->title;
    g->params = arena_zalloc(&g->arena, n_params + 1, sizeof *g->params);
    for (size_t i = 0; i < n_params; i++) {
        g->params[g->n_params++] = (struct view_value){arena_sv(&g->arena, params[i].name),
                                                       arena_sv(&g->arena, params[i].value)};
    }
    return true;
}

bool going_back(struct ui *ui, enum going_kind kind, const struct place *to) {
    struct view_wait *wait =
        ui->going.round < MAX_ROUNDS ? view_wait_open(to->def, ui->snap, ui->opts.pool) : NULL;
    if (wait) {
        going_start(ui, kind, wait)->what = to->def->title;
    }
    return wait != NULL;
}

void going_describe(const struct ui *ui, struct str *out) {
    const struct going *g = &ui->going;
    uint64_t done = 0;
    uint64_t all = 0;
    view_wait_progress(g->wait, &done, &all);
    str_addf(out, "looking for %.*s ... step %llu of %llu (Esc stops)", SV_ARG(g->what),
             (unsigned long long)MIN(done + 1, all), (unsigned long long)all);
}

// The cursor goes back to the row that one set out from, which may have moved with newer rows.
static bool find_row(struct ui *ui, const struct going *g, struct err *err) {
    struct view *v = ui_view(ui);
    bool exact = !g->has_row;
    if (g->view != v) {
        return err_set(err, ERR_NOT_FOUND, "the view has changed meanwhile");
    }
    const size_t at = g->has_row ? view_find_key(v, sv_cstr(g->row_key), &exact) : v->cursor;
    if (!exact) {
        return err_set(err, ERR_NOT_FOUND, "the row is gone");
    }
    v->cursor = at;
    return true;
}

static bool go(struct ui *ui, const struct going *g, struct err *err) {
    switch (g->kind) {
    case GOING_NOWHERE:
        break;
    case GOING_ROW:
        return find_row(ui, g, err) && open_row(ui, err);
    case GOING_LINK:
        return find_row(ui, g, err) && go_link(ui, g->view, g->view->cursor, g->name, err);
    case GOING_VIEW:
        return page_open(ui, g->def, g->params, g->n_params, err);
    case GOING_BACK:
        return page_back(ui, err);
    case GOING_FORWARD:
        return page_forward(ui, err);
    }
    return true;
}

void going_on(struct ui *ui) {
    struct going *g = &ui->going;
    if (g->kind == GOING_NOWHERE || !view_wait_over(g->wait)) {
        return;
    }
    struct going from = *g;
    struct err err = ERR_INIT;
    *g = (struct going){.round = from.round};
    if (!go(ui, &from, &err)) {
        ui_message(ui, true, "%s", err.msg);
    }
    going_done(&from);
    if (g->kind == GOING_NOWHERE) {
        g->round = 0;
    }
}
