// Help from the live keymap and the command table, and the detail pane of a row.
#include "base/utf8.h"
#include "ui/ui_int.h"

// --- help ---

static void add_keys(const struct ui *ui, const struct command *command, unsigned where,
                     struct str *out) {
    for (size_t i = 0; i < keymap_n(ui->opts.keymap); i++) {
        const struct binding *b = keymap_at(ui->opts.keymap, i);
        const struct binding *found;
        // A key of "any" may be another one's here.
        if (b->command == command && (b->where & where) &&
            keymap_find(ui->opts.keymap, where, b->keys, b->n_keys, &found) == KEYMAP_FOUND &&
            found == b) {
            str_add_cstr(out, out->len ? " " : "");
            binding_format(b, out);
        }
    }
}

// Bindings with an argument ("view bugs") are explained one by one.
static bool has_argument_keys(const struct ui *ui, const struct command *command) {
    for (size_t i = 0; i < keymap_n(ui->opts.keymap); i++) {
        const struct binding *b = keymap_at(ui->opts.keymap, i);
        if (b->command == command && b->arg.len) {
            return true;
        }
    }
    return false;
}

static void add_line(struct text_pane *pane, struct sv keys, struct sv name, struct sv text) {
    auto_str first = STR_INIT;
    auto_str second = STR_INIT;
    str_addf(&first, "  %-22.*s ", SV_ARG(keys));
    str_addf(&second, "%-20.*s ", SV_ARG(name));
    struct text_piece pieces[] = {
        {str_sv(&first), ROLE_KEY}, {str_sv(&second), ROLE_LABEL}, {text, ROLE_TEXT}};
    lines_pane_add(pane, pieces, COUNTOF(pieces));
}

static void add_argument_keys(const struct ui *ui, const struct command *command,
                              struct text_pane *pane) {
    for (size_t i = 0; i < keymap_n(ui->opts.keymap); i++) {
        const struct binding *b = keymap_at(ui->opts.keymap, i);
        if (b->command == command && b->arg.len) {
            auto_str keys = STR_INIT;
            auto_str name = STR_INIT;
            binding_format(b, &keys);
            str_addf(&name, "%s %.*s", command->name, SV_ARG(b->arg));
            const struct view_def *def = view_set_find(ui->opts.views, b->arg);
            add_line(pane, str_sv(&keys), str_sv(&name), def ? def->title : SV(""));
        }
    }
}

static void add_command(const struct ui *ui, const struct command *command, unsigned where,
                        struct text_pane *pane) {
    auto_str keys = STR_INIT;
    auto_str name = STR_INIT;
    str_add_cstr(&name, command->name);
    if (command->args && *command->args) {
        str_addf(&name, " %s", command->args);
    }
    if (has_argument_keys(ui, command)) {
        add_line(pane, SV(""), str_sv(&name), sv_cstr(command->help));
        add_argument_keys(ui, command, pane);
        return;
    }
    add_keys(ui, command, where, &keys);
    add_line(pane, str_sv(&keys), str_sv(&name), sv_cstr(command->help));
}

static void add_links(const struct view_def *def, struct text_pane *pane) {
    if (!def->n_links) {
        return;
    }
    lines_pane_heading(pane, SV("Related rows of this view"));
    for (size_t i = 0; i < def->n_links; i++) {
        const struct view_link *link = &def->links[i];
        char keys[] = {'x', link->key ? link->key : ' ', '\0'};
        const bool by_row = sv_starts(link->view, SV("{")); // a column names it
        add_line(pane, sv_cstr(keys), by_row ? SV("view of the row") : link->view, link->label);
    }
}

static void add_about(const struct ui *ui, const struct view_def *def, struct text_pane *pane) {
    const struct binding *key = keymap_key_of(ui->opts.keymap, command_find(SV("tab")), IN_TABLE);
    auto_str tab = STR_INIT;
    if (key) {
        binding_format(key, &tab);
    }
    lines_pane_heading(pane, def->title);
    struct text_piece help = {def->help, ROLE_TEXT};
    if (def->help.len) {
        lines_pane_add(pane, &help, 1);
    }
    for (size_t i = 0; i < def->n_tabs; i++) {
        add_line(pane, str_sv(&tab), def->tabs[i].title, def->tabs[i].filter);
    }
}

static void add_mark(struct text_pane *pane, uint32_t cp, const char *name, const char *text) {
    auto_str mark = STR_INIT;
    str_add_cp(&mark, cp);
    add_line(pane, str_sv(&mark), sv_cstr(name), sv_cstr(text));
}

// What the characters of the plot stand for.
static void add_legend(const struct ui *ui, const struct view *v, const struct plot *p,
                       struct text_pane *pane) {
    const bool ascii = ui->opts.ascii;
    const enum plot_style style = ascii ? STYLE_ASCII : STYLE_BLOCKS;
    const int mark = p->spec.mark.len ? view_col_find(v, p->spec.mark) : -1;
    lines_pane_heading(pane, SV("Marks of the plot"));
    if (p->spec.kind == PLOT_LINE) {
        add_mark(pane, ascii ? '@' : 0x25C6, "cursor", "the point of the cursor row");
    } else {
        add_mark(pane, bar_char(style, 8), "bar", "all that stand in this column reach so far");
        add_mark(pane, bar_light(style), "light bar", "only some of them do");
        add_mark(pane, '^', "cursor", "the bar of the cursor row");
    }
    if (mark >= 0) {
        auto_str text = STR_INIT;
        str_addf(&text, "a row with a value in the column %.*s", SV_ARG(v->cols[mark].def->label));
        add_mark(pane, '*', "mark", str_cstr(&text));
    }
}

// The plot's own keys belong to the table's help, too: one key leads there.
struct text_pane *help_pane_new(const struct ui *ui, unsigned where) {
    struct text_pane *pane = lines_pane_new("help");
    const struct plot *plot = ui->page.text ? NULL : ui->page.plot.plot;
    const unsigned also = plot && where == IN_TABLE ? IN_PLOT : 0;
    if (ui->page.view) {
        add_about(ui, ui->page.view->def, pane);
        add_links(ui->page.view->def, pane);
    }
    if (plot && ui->page.view) { // a plot belongs to a view
        add_legend(ui, ui->page.view, plot, pane);
    }
    const char *group = "";
    for (const struct command *c = commands; c->name; c++) {
        if (!(c->where & (where | also))) {
            continue;
        }
        if (!sv_is(sv_cstr(group), c->group)) {
            group = c->group;
            const bool is_plot = plot && sv_is(sv_cstr(group), "Plot");
            lines_pane_heading(pane,
                               is_plot ? SV("Plot (Tab goes there and back)") : sv_cstr(group));
        }
        add_command(ui, c, c->where & where ? where : also, pane);
    }
    return pane;
}

// --- detail ---

static void add_field(struct text_pane *pane, struct sv name, const struct view_cell *cell) {
    struct sv value = cell->state == CELL_VALUE     ? cell->text
                      : cell->state == CELL_NO_JOIN ? SV("-")
                      : cell->state == CELL_BROKEN  ? SV("!")
                                                    : SV_NULL;
    auto_str label = STR_INIT;
    str_addf(&label, "%-24.*s ", SV_ARG(name));
    struct text_piece pieces[] = {{str_sv(&label), ROLE_LABEL}, {value, role_of(cell->role)}};
    lines_pane_add(pane, pieces, COUNTOF(pieces));
}

struct text_pane *detail_pane_new(const struct view *v, size_t row_idx) {
    struct text_pane *pane = lines_pane_new("detail");
    auto_str scratch = STR_INIT;
    auto_str title = STR_INIT;
    struct view_cell cell;
    struct sv label;
    for (size_t i = 0; i < v->n_cols; i++) {
        view_cell(v, row_idx, i, &scratch, &cell);
        add_field(pane, v->cols[i].def->label, &cell);
    }
    // On a low screen the head above the rows has no room for all of its fields.
    const bool has_room = v->def->pane == PANE_DETAIL;
    for (size_t i = 0; !has_room && view_head_field(v, i, &label, &scratch, &cell); i++) {
        if (i == 0) {
            view_title(v, &title);
            lines_pane_heading(pane, str_sv(&title));
        }
        add_field(pane, label, &cell);
    }
    return pane;
}
