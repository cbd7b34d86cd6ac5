// The program itself: command line, help, undo, leaving.
#include "ui/commands.h"
#include "ui/prompt.h"
#include "ui/search.h"

COMMAND(command_line) {
    (void)err;
    prompt_open(ui, PROMPT_COMMAND, call->arg);
    return true;
}

// "NAME ARGUMENT"; digits alone go to that row, "w" is short for write, "q" for close.
void command_line_run(struct ui *ui, struct sv line) {
    static const struct {
        const char *alias, *name;
    } aliases[] = {{"w", "write"}, {"w!", "write!"}, {"q", "close"},  {"qa", "quit"},
                   {"h", "help"},  {"v", "view"},    {"f", "filter"}, {"s", "sort"}};
    struct sv rest = sv_trim(line);
    struct sv name = SV_NULL;
    if (!rest.len) {
        return;
    }
    bool digits = true;
    int64_t number = 0;
    for (size_t i = 0; i < rest.len && digits; i++) {
        digits = rest.ptr[i] >= '0' && rest.ptr[i] <= '9' && i < 12;
        number = digits ? number * 10 + (rest.ptr[i] - '0') : number;
    }
    if (digits) {
        ui->count = number;
        ui->has_count = true;
        ui_run_command(ui, command_find(SV("last")), SV_NULL);
        return;
    }
    sv_split(&rest, ' ', &name);
    for (size_t i = 0; i < COUNTOF(aliases); i++) {
        name = sv_is(name, aliases[i].alias) ? sv_cstr(aliases[i].name) : name;
    }
    const struct command *command = command_find(name);
    if (!command) {
        const struct command *near = command_nearest(name);
        ui_message(ui, true, "no command %.*s%s%s", SV_ARG(name), near ? ", did you mean " : "",
                   near ? near->name : "");
        return;
    }
    ui_run_command(ui, command, rest.ptr ? sv_trim(rest) : SV_NULL);
}

COMMAND(help) {
    (void)call;
    (void)err;
    unsigned where = page_where(ui);
    if (ui->page.text && !ui->page.view) {
        return err_set(err, ERR_NOT_FOUND, "this is the help; q closes it, / searches");
    }
    page_open_text(ui, help_pane_new(ui, where), "Help");
    return true;
}

COMMAND(undo) {
    (void)call;
    return page_undo(ui, err);
}

COMMAND(redo) {
    (void)call;
    return page_redo(ui, err);
}

// Esc steps back from what is open, never out of a view.
COMMAND(escape) {
    (void)call;
    (void)err;
    if (ui->ranging) {
        ui->ranging = false;
    } else if (ui->preview_focus) {
        ui->preview_focus = false;
    } else if (plot_has_focus(ui) && ui->page.plot.shown == PLOT_ABOVE) {
        ui->page.plot.choice.focus = false;
    } else if (ui->matcher) {
        return search_set(ui, SV_NULL, err);
    }
    return true;
}

COMMAND(cancel) {
    (void)call;
    (void)err;
    struct view *v = ui->page.view;
    if (v && v->running) {
        view_cancel(v);
        ui_message(ui, false, "stopped; the rows are those from before");
    } else if (ui->page.plot.plot && ui->page.plot.plot->running) {
        plot_cancel(ui->page.plot.plot);
    } else {
        ui_message(ui, false, "q closes the view, Q quits");
        ui_request(ui, UI_REQUEST_CANCEL, SV_NULL, false);
    }
    return true;
}

COMMAND(derive) {
    (void)err;
    ui_request(ui, UI_REQUEST_DERIVE, call->arg, false);
    return true;
}

COMMAND(redraw) {
    (void)call;
    (void)err;
    ui_request(ui, UI_REQUEST_REDRAW, SV_NULL, false);
    return true;
}

COMMAND(suspend) {
    (void)call;
    (void)err;
    ui_request(ui, UI_REQUEST_SUSPEND, SV_NULL, false);
    return true;
}

COMMAND(mouse) {
    (void)call;
    (void)err;
    ui->mouse_on = !ui->mouse_on;
    ui_request(ui, UI_REQUEST_MOUSE, SV_NULL, ui->mouse_on);
    ui_message(ui, false, ui->mouse_on ? "mouse on" : "mouse off: the terminal selects text");
    return true;
}

COMMAND(theme) {
    if (!call->arg.len) {
        return err_set(err, ERR_USAGE,
                       "which theme? dark, light, mono, high-contrast, deuteranopia");
    }
    ui_request(ui, UI_REQUEST_THEME, call->arg, false);
    return true;
}

COMMAND(set) {
    if (sv_is(call->arg, "mouse") || sv_is(call->arg, "nomouse")) {
        ui->mouse_on = sv_is(call->arg, "mouse");
        ui_request(ui, UI_REQUEST_MOUSE, SV_NULL, ui->mouse_on);
        return true;
    }
    if (sv_is(call->arg, "plot=blocks") || sv_is(call->arg, "plot=braille")) {
        ui->plot_blocks = sv_is(call->arg, "plot=blocks");
        return true;
    }
    return err_set(err, ERR_USAGE, "set what? mouse, nomouse, plot=braille, plot=blocks");
}

COMMAND(quit) {
    (void)call;
    (void)err;
    ui_request(ui, UI_REQUEST_QUIT, SV_NULL, false);
    return true;
}

COMMAND(later) {
    (void)ui;
    return err_set(err, ERR_NOT_FOUND, "%.*s: not there yet", SV_ARG(call->arg));
}
