// Commands of text panes.
#include "ui/commands.h"
#include "ui/prompt.h"

static bool go_stop(struct ui *ui, const struct command_call *call, enum text_stop stop,
                    bool backward, struct err *err) {
    struct text_pane *pane = ui_text(ui);
    size_t at = pane->cursor;
    if (at >= text_pane_n_lines(pane)) { // a filter may leave no line
        return err_set(err, ERR_NOT_FOUND, "no line here");
    }
    for (int64_t n = call->has_count ? call->count : 1; n > 0; n--) {
        size_t next = pane->ops->stop ? pane->ops->stop(pane, at, stop, backward) : SIZE_MAX;
        if (next == SIZE_MAX) {
            if (at != pane->cursor) {
                break;
            }
            return err_set(err, ERR_NOT_FOUND, "no %s %s", backward ? "previous" : "next",
                           stop == STOP_FILE ? "file" : "hunk");
        }
        at = next;
    }
    text_pane_go(pane, at);
    pane->top = at; // what one jumped to stands at the top, so that it is seen whole
    return true;
}

COMMAND(hunk_next) {
    return go_stop(ui, call, STOP_HUNK, false, err);
}

COMMAND(hunk_previous) {
    return go_stop(ui, call, STOP_HUNK, true, err);
}

COMMAND(file_next) {
    return go_stop(ui, call, STOP_FILE, false, err);
}

COMMAND(file_previous) {
    return go_stop(ui, call, STOP_FILE, true, err);
}

COMMAND(filter_lines) {
    (void)err;
    prompt_open(ui, PROMPT_LINES, call->arg);
    return true;
}

COMMAND(text_option) {
    struct text_pane *pane = ui_text(ui);
    if (!pane->ops->command) {
        return err_set(err, ERR_NOT_FOUND, "%s does not apply to this text", call->command->name);
    }
    return pane->ops->command(pane, call->command->name, call->has_count ? call->count : 1, err);
}
