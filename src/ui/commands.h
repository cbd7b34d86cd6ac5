// The functions behind the command table (app/commands.c). Each does one thing to the explorer and
// returns false with a message when it cannot; see view/command.h.
#ifndef CULPRIT_UI_COMMANDS_H
#define CULPRIT_UI_COMMANDS_H

#include "view/command.h"

#define COMMAND(name)                                                                              \
    bool cmd_##name(struct ui *ui, const struct command_call *call, struct err *err)

// cmd_move.c
COMMAND(row_down);
COMMAND(row_up);
COMMAND(left);
COMMAND(right);
COMMAND(column_first);
COMMAND(column_last);
COMMAND(first);
COMMAND(last);
COMMAND(percent);
COMMAND(half_page_down);
COMMAND(half_page_up);
COMMAND(page_down);
COMMAND(page_up);
COMMAND(scroll_down);
COMMAND(scroll_up);
COMMAND(cursor_middle);
COMMAND(cursor_top);
COMMAND(cursor_bottom);
COMMAND(value_next);
COMMAND(value_previous);
COMMAND(selected_next);
COMMAND(selected_previous);
COMMAND(mark);
COMMAND(go_mark);

// cmd_find.c
COMMAND(search);
COMMAND(search_all_columns);
COMMAND(search_next);
COMMAND(search_previous);
COMMAND(filter);
COMMAND(filters_toggle);
COMMAND(keep_value);
COMMAND(drop_value);
COMMAND(narrow);
COMMAND(tab);
COMMAND(column_find);

// cmd_columns.c
COMMAND(sort_up);
COMMAND(sort_down);
COMMAND(sort_add_up);
COMMAND(sort_add_down);
COMMAND(sort);
COMMAND(columns);
COMMAND(hide_column);
COMMAND(show_columns);
COMMAND(column_left);
COMMAND(column_right);
COMMAND(column_width);
COMMAND(freeze);

// cmd_plot.c
COMMAND(plot);
COMMAND(histogram);
COMMAND(plot_left);
COMMAND(plot_right);
COMMAND(plot_first);
COMMAND(plot_last);
COMMAND(plot_zoom_in);
COMMAND(plot_zoom_out);
COMMAND(plot_fit);
COMMAND(plot_zero);
COMMAND(plot_log);
COMMAND(plot_open);

// cmd_select.c
COMMAND(select);
COMMAND(select_range);
COMMAND(select_all);
COMMAND(select_none);
COMMAND(select_regex);
COMMAND(unselect_regex);
COMMAND(select_same);

// cmd_go.c
COMMAND(open);
COMMAND(related);
COMMAND(link);
COMMAND(view);
COMMAND(back);
COMMAND(forward);
COMMAND(close);
COMMAND(next_pane);
COMMAND(parent_down);
COMMAND(parent_up);
COMMAND(preview);
COMMAND(maximise);
COMMAND(detail);
COMMAND(refresh);
COMMAND(derive);

// cmd_text.c
COMMAND(hunk_next);
COMMAND(hunk_previous);
COMMAND(file_next);
COMMAND(file_previous);
COMMAND(filter_lines);
COMMAND(text_option); // fold, wrap, context ...: by the command's own name

// cmd_out.c
COMMAND(copy_row);
COMMAND(copy_cell);
COMMAND(copy_id);
COMMAND(copy_link);
COMMAND(copy_markdown);
COMMAND(copy_json);
COMMAND(copy_line);
COMMAND(copy_hunk);
COMMAND(copy_text);
COMMAND(browser);
COMMAND(edit);
COMMAND(write);
COMMAND(write_over);

// cmd_program.c
COMMAND(command_line);
COMMAND(help);
COMMAND(undo);
COMMAND(redo);
COMMAND(escape);
COMMAND(cancel);
COMMAND(redraw);
COMMAND(suspend);
COMMAND(mouse);
COMMAND(theme);
COMMAND(set);
COMMAND(quit);
COMMAND(later);

#endif
