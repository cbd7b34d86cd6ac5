// Handing on: clipboard, browser, editor, files.
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "ui/commands.h"
#include "ui/ui_int.h"
#include "view/export.h"

// --- clipboard ---

static bool copy(struct ui *ui, struct sv text, const char *what) {
    ui_request(ui, UI_REQUEST_COPY, text, false);
    ui_message(ui, false, "copied %s: %.*s", what, SV_ARG(sv_sub(text, 0, 200)));
    return true;
}

// Commands act on the selected rows that are shown: nobody hands on what he does not see.
static bool selected_shown(const struct view *v, size_t *n, struct err *err) {
    size_t n_all = view_n_selected(v);
    *n = view_n_selected_shown(v);
    return *n || !n_all ||
           err_set(err, ERR_NOT_FOUND,
                   n_all == 1 ? "the selected row is hidden by a filter; gu clears the selection"
                              : "all %zu selected rows are hidden; gu clears the selection",
                   n_all);
}

static void add_n_hidden(struct str *out, const struct view *v) {
    size_t n_hidden = view_n_selected(v) - view_n_selected_shown(v);
    if (n_hidden) {
        str_addf(out, " (%zu selected but hidden: left out)", n_hidden);
    }
}

// The selected rows when there are any, else the cursor's row.
static bool copy_rows(struct ui *ui, enum export_format format, const char *what, struct err *err) {
    struct view *v = ui_view(ui);
    auto_str text = STR_INIT;
    if (!v->rows.n) {
        return err_set(err, ERR_NOT_FOUND, "no row to copy");
    }
    size_t n;
    if (!selected_shown(v, &n, err)) {
        return false;
    }
    if (!n && !export_row_text(v, v->cursor, format, &text, err)) {
        return false;
    }
    for (size_t i = 0; n && i < v->rows.n; i++) {
        if (view_is_selected(v, i)) {
            if (!export_row_text(v, i, format, &text, err)) {
                return false;
            }
            str_add_byte(&text, '\n');
        }
    }
    auto_str label = STR_INIT;
    str_addf(&label, "%zu %s%s", MAX(n, (size_t)1), what, n > 1 ? "s" : "");
    add_n_hidden(&label, v);
    return copy(ui, str_sv(&text), str_cstr(&label));
}

COMMAND(copy_row) {
    (void)call;
    return copy_rows(ui, EXPORT_TSV, "row", err);
}

COMMAND(copy_markdown) {
    (void)call;
    return copy_rows(ui, EXPORT_MD, "Markdown row", err);
}

COMMAND(copy_json) {
    (void)call;
    return copy_rows(ui, EXPORT_JSON, "JSON row", err);
}

static bool copy_column(struct ui *ui, size_t col, struct err *err) {
    struct view *v = ui_view(ui);
    struct sv text;
    if (!v->rows.n || !view_raw(v, v->cursor, col, &ui->scratch, &text)) {
        return err_set(err, ERR_NOT_FOUND, "the cell is empty");
    }
    auto_str name = STR_INIT;
    str_add_sv(&name, v->cols[col].def->label);
    return copy(ui, text, str_cstr(&name));
}

COMMAND(copy_cell) {
    (void)call;
    return copy_column(ui, ui_view(ui)->cur_col, err);
}

COMMAND(copy_id) {
    (void)call;
    const struct view *v = ui_view(ui);
    int col = v->def->id.len  ? view_col_find(v, v->def->id)
              : v->def->n_key ? view_col_find(v, v->def->key[0])
                              : -1;
    if (col < 0) {
        return err_set(err, ERR_NOT_FOUND, "rows of this view have no id");
    }
    return copy_column(ui, (size_t)col, err);
}

COMMAND(copy_link) {
    (void)call;
    const struct view *v = ui->page.view;
    auto_str url = STR_INIT;
    if (!v || !v->rows.n || !view_url(v, v->cursor, &url)) {
        return err_set(err, ERR_NOT_FOUND, "this row has no web page");
    }
    return copy(ui, str_sv(&url), "link");
}

// The text as it came when the pane has it (a diff that tools can apply), else the lines as shown.
static void add_text(const struct text_pane *pane, struct str *out) {
    auto_str scratch = STR_INIT;
    if (pane->ops->whole) {
        str_add_sv(out, pane->ops->whole(pane));
        return;
    }
    for (size_t i = 0; i < text_pane_n_lines(pane); i++) {
        str_add_sv(out, pane->ops->line_text(pane, i, &scratch));
        str_add_byte(out, '\n');
    }
}

COMMAND(copy_line) {
    (void)call;
    struct text_pane *pane = ui_text(ui);
    if (pane->cursor >= text_pane_n_lines(pane)) { // a filter may leave none
        return err_set(err, ERR_NOT_FOUND, "no line here");
    }
    return copy(ui, pane->ops->line_text(pane, pane->cursor, &ui->scratch), "line");
}

COMMAND(copy_hunk) {
    (void)call;
    struct text_pane *pane = ui_text(ui);
    auto_str text = STR_INIT;
    if (!pane->ops->copy_block || !pane->ops->copy_block(pane, &text)) {
        return err_set(err, ERR_NOT_FOUND, "no hunk here");
    }
    return copy(ui, str_sv(&text), "hunk");
}

COMMAND(copy_text) {
    (void)call;
    (void)err;
    auto_str text = STR_INIT;
    add_text(ui_text(ui), &text);
    return copy(ui, str_sv(&text), "text");
}

// --- browser and editor ---

COMMAND(browser) {
    (void)call;
    const struct view *v = ui->page.view;
    auto_str url = STR_INIT;
    if (!v || !v->rows.n || !view_url(v, v->cursor, &url)) {
        return err_set(err, ERR_NOT_FOUND, "this row has no web page");
    }
    const char *browser = getenv("BROWSER");
    const char *argv[] = {browser && *browser ? browser : "xdg-open", str_cstr(&url), NULL};
    ui_request_argv(ui, UI_REQUEST_SPAWN, argv);
    // Always readable, for terminals without a browser.
    ui_message(ui, false, "%s", str_cstr(&url));
    return true;
}

// The shown text or row, in the editor that the main loop starts.
COMMAND(edit) {
    (void)call;
    auto_str text = STR_INIT;
    struct text_pane *own = NULL;
    struct text_pane *pane = ui_text(ui);
    const struct view *v = ui_view(ui);
    if (!pane) {
        if (!v || !v->rows.n) {
            return err_set(err, ERR_NOT_FOUND, "no row here");
        }
        pane = own = detail_pane_new(v, v->cursor);
    }
    add_text(pane, &text);
    text_pane_free(own);
    ui_request(ui, UI_REQUEST_EDIT, str_sv(&text), false);
    return true;
}

// --- files ---

static bool write_text(struct ui *ui, const char *path, bool replace, struct err *err) {
    auto_str text = STR_INIT;
    struct new_file file;
    add_text(ui_text(ui), &text);
    if (!new_file_open(&file, path, replace, err)) {
        return err && err->code == ERR_BUSY
                   ? err_set(err, ERR_BUSY, "%s exists; :write! replaces it", path)
                   : false;
    }
    if (!new_file_write(&file, text.ptr, text.len, err) || !new_file_commit(&file, err)) {
        new_file_abort(&file);
        return false;
    }
    ui_message(ui, false, "%zu bytes written to %s", text.len, path);
    return true;
}

// "[--display] [--all] FILE"; false for an option that there is none of.
static bool write_options(struct sv arg, struct export_opts *opts, struct sv *path,
                          struct err *err) {
    *path = sv_trim(arg);
    while (sv_starts(*path, SV("--"))) {
        struct sv rest = *path;
        struct sv word = SV_NULL;
        sv_split(&rest, ' ', &word);
        if (sv_is(word, "--display")) {
            opts->display = true;
        } else if (sv_is(word, "--all")) {
            opts->selected_only = false;
        } else {
            return err_set(err, ERR_USAGE, "no option %.*s; there are --display and --all",
                           SV_ARG(word));
        }
        *path = rest.ptr ? sv_trim(rest) : SV("");
    }
    return path->len || err_set(err, ERR_USAGE, "write where? :write FILE.csv");
}

static bool write_rows(struct ui *ui, const struct view *v, struct export_opts *opts,
                       const char *path, bool replace, struct err *err) {
    size_t n = 0;
    if (opts->selected_only && !selected_shown(v, &n, err)) {
        return false;
    }
    opts->selected_only = opts->selected_only && n > 0;
    if (!export_file(v, opts, path, replace, &n, err)) {
        return err && err->code == ERR_BUSY
                   ? err_set(err, ERR_BUSY, "%s exists; :write! replaces it", path)
                   : false;
    }
    auto_str hidden = STR_INIT;
    if (opts->selected_only) {
        add_n_hidden(&hidden, v);
    }
    ui_message(ui, false, "%zu %srow%s written to %s%s", n, opts->selected_only ? "selected " : "",
               n == 1 ? "" : "s", path, str_cstr(&hidden));
    return true;
}

static bool write_file(struct ui *ui, struct sv arg, bool replace, struct err *err) {
    const struct view *v = ui_view(ui);
    struct export_opts opts = {.ascii = ui->opts.ascii, .selected_only = true};
    struct sv name;
    auto_str path = STR_INIT;
    if (!write_options(arg, &opts, &name, err)) {
        return false;
    }
    str_add_sv(&path, name);
    if (ui_text(ui)) {
        return write_text(ui, str_cstr(&path), replace, err);
    }
    const char *dot = strrchr(path_base(str_cstr(&path)), '.');
    if (!v || !dot || !export_format_parse(sv_cstr(dot + 1), &opts.format)) {
        return err_set(err, ERR_USAGE,
                       "%s: the ending says the format: .csv .tsv .json .jsonl .md .arrow .txt",
                       str_cstr(&path));
    }
    return write_rows(ui, v, &opts, str_cstr(&path), replace, err);
}

COMMAND(write) {
    return write_file(ui, call->arg, false, err);
}

COMMAND(write_over) {
    return write_file(ui, call->arg, true, err);
}
