// label: threads
// The explorer without a terminal, with the program's own commands, keys and views: what keys do
// while something large is going on.
#include "ui_test.h"

enum { MANY_BUGS = 120000 };

// Bugs 1 to n, shown from the last to the first.
static void write_bugs(void **state, int n) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "id,summary,regressed_by,product,component,creation_time\n");
    for (int i = 1; i <= n; i++) {
        str_addf(&text, "%d,Summary number %d,[],Core,Layout,2025-01-01T00:00:00Z\n", i, i);
    }
    view_test_write(state, "all_bugs.csv", str_cstr(&text));
    view_test_import(state, "all_bugs.csv");
}

static void searches_in_slices(void **state) {
    struct fixture f = {0};
    write_bugs(state, MANY_BUGS);
    open_ui(&f, state, "bugs");
    type(&f, "/ \"number 5$\"");
    assert_shows(&f, "searching ...");
    assert_shows(&f, "1 of 120,000"); // the cursor waits
    while (ui_tick(f.ui, 0) == 0) {
    }
    assert_shows(&f, "found in line 119,996");
    assert_shows(&f, "119,996 of 120,000");
    type(&f, "Enter gg / \"no such text\" Enter");
    assert_shows(&f, "searching ...");
    ui_settle(f.ui);
    assert_shows(&f, "! no match");
    type(&f, "n Ctrl-C");
    assert_shows(&f, "search stopped");
    assert_int_equal(ui_tick(f.ui, 0), -1);
    type(&f, "n j"); // any other key stops it, too, and does what it does
    assert_int_equal(ui_tick(f.ui, 0), -1);
    assert_shows(&f, "2 of 120,000");
    close_ui(&f);
}

// A refresh of a large view goes on in the background. What the user does meanwhile stays, and does
// not end it.
static void refreshes_while_keys_come(void **state) {
    struct fixture f = {0};
    write_bugs(state, MANY_BUGS);
    open_ui(&f, state, "bugs");
    write_bugs(state, MANY_BUGS + 1);
    type(&f, "R l l -");
    assert_true(f.ui->page.view->running);
    size_t col = f.ui->page.view->cur_col;
    ui_settle(f.ui);
    assert_shows(&f, " of 120,001");
    assert_int_equal(f.ui->page.view->cur_col, col);
    assert_true(f.ui->page.view->cols[2].hidden);

    write_bugs(state, MANY_BUGS + 2);
    type(&f, "R ]"); // a new query makes the refresh begin again, not end
    ui_settle(f.ui);
    assert_shows(&f, " of 120,002");

    write_bugs(state, MANY_BUGS + 3);
    type(&f, "R Ctrl-C");
    ui_settle(f.ui);
    assert_shows(&f, " of 120,002");
    type(&f, "R"); // what was stopped can be had again
    ui_settle(f.ui);
    assert_shows(&f, " of 120,003");
    close_ui(&f);
}

// Keys go to what is on the screen: a preview that no longer fits has no say.
static void leaves_a_preview_that_vanishes(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alert_summaries");
    type(&f, "p");
    draw(&f);
    type(&f, "Tab");
    draw(&f);
    assert_true(f.ui->preview_focus);
    screen_resize(&f.screen, 40, 6);
    draw(&f);
    assert_false(f.ui->preview_focus);
    type(&f, "j");
    assert_int_equal(f.ui->page.view->cursor, 1);
    close_ui(&f);
}

static void undoes_and_makes_again(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "bugs");
    const struct view *v = f.ui->page.view;
    type(&f, "l - u h");
    type(&f, "Ctrl-R"); // hides the cursor's column again
    draw(&f);
    assert_false(v->cols[v->cur_col].hidden);
    type(&f, "u"); // there it is again
    assert_int_equal(f.ui->page.undo.n, 0);
    type(&f, ": \"filter ((\" Enter"); // a fault is no step, and loses none
    assert_int_equal(f.ui->page.undo.n, 0);
    assert_int_equal(f.ui->page.redo.n, 1);
    type(&f, ": \"columns\" Enter"); // none named: none hidden
    draw(&f);
    assert_false(v->cols[v->cur_col].hidden);
    close_ui(&f);
}

// A column that the view's file does not list comes back with the place, and so does the sort.
static void returns_to_added_columns(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "bugs");
    type(&f, ": \"columns _extra,id\" Enter : \"sort id\" Enter g b");
    type(&f, "<");
    ui_settle(f.ui);
    const struct view *v = f.ui->page.view;
    assert_int_equal(v->n_sort, 1);
    assert_sv(v->cols[v->sort[0].col].def->name, "id");
    assert_sv(v->cols[0].def->name, "_extra");
    assert_false(v->cols[0].hidden);
    assert_false(v->cols[1].hidden);
    assert_true(v->cols[2].hidden);
    close_ui(&f);
}

// The range is a range of lines: other rows on those lines end it.
static void ends_the_range_with_its_rows(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "bugs");
    type(&f, "V j j");
    assert_int_equal(view_n_selected(f.ui->page.view), 3);
    type(&f, ": \"sort id\" Enter");
    type(&f, "g g");
    assert_int_equal(view_n_selected(f.ui->page.view), 3);
    close_ui(&f);
}

// A refresh makes the text of a diff anew; the reader stays on his line.
static void keeps_the_line_of_a_text(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "diffs");
    type(&f, "Enter");
    ui_settle(f.ui);
    draw(&f);
    assert_non_null(f.ui->page.text);
    type(&f, "j j");
    size_t line = f.ui->page.text->cursor;
    assert_true(line > 0);
    write_bugs(state, 7);
    type(&f, "R");
    ui_settle(f.ui);
    assert_shows(&f, "generation");
    assert_int_equal(f.ui->page.text->cursor, line);
    close_ui(&f);
}

// What was selected stays so, on the way there and back, under filters and over a refresh.
static void keeps_the_selection(void **state) {
    struct fixture f = {0};
    write_bugs(state, 9);
    open_ui(&f, state, "bugs");
    type(&f, "Space j Space Enter");
    ui_settle(f.ui);
    type(&f, "q");
    ui_settle(f.ui);
    assert_int_equal(view_n_selected_shown(f.ui->page.view), 2);
    assert_true(view_is_selected(f.ui->page.view, 0));
    type(&f, "? q & \"id=1\"");
    assert_shows(&f, "2 selected, 2 hidden");
    type(&f, "Esc");
    assert_int_equal(view_n_selected_shown(f.ui->page.view), 2);
    type(&f, ": \"filter id>7\" Enter y y");
    assert_shows(&f, "2 selected, 1 hidden");
    assert_shows(&f, "1 selected but hidden: left out");
    write_bugs(state, 10);
    type(&f, "R");
    ui_settle(f.ui);
    assert_shows(&f, "2 selected, 1 hidden");
    type(&f, ": \"filter id>1\" Enter : \"narrow\" Enter");
    assert_int_equal(f.ui->page.view->rows.n, 1);
    assert_int_equal(f.ui->page.view->n_filters, 3);
    type(&f, ": \"narrow\" Enter");
    assert_int_equal(f.ui->page.view->n_filters, 2);
    assert_shows(&f, "2 selected, 1 hidden");
    type(&f, "g u");
    assert_int_equal(view_n_selected(f.ui->page.view), 0);
    close_ui(&f);
}

static void keeps_the_undo_list_on_the_way(void **state) {
    struct fixture f = {0};
    write_bugs(state, 9);
    open_ui(&f, state, "bugs");
    type(&f, ": \"filter id>7\" Enter Enter");
    ui_settle(f.ui);
    type(&f, "q");
    ui_settle(f.ui);
    assert_int_equal(f.ui->page.view->n_filters, 1);
    type(&f, "u");
    assert_int_equal(f.ui->page.view->n_filters, 0);
    close_ui(&f);
}

static void counts_the_last_pattern(void **state) {
    struct fixture f = {0};
    write_bugs(state, 9);
    open_ui(&f, state, "bugs");
    draw(&f);
    type(&f, "/ \"S\"");
    assert_shows(&f, "1 of 9");
    draw(&f);
    type(&f, "\"zz\"");
    assert_shows(&f, "no match");
    type(&f, "Enter");
    assert_shows(&f, "no match for Szz");
    close_ui(&f);
}

// A filter that is given up leaves no trace: the cursor is on its row again, at its height.
static void returns_from_a_typed_filter(void **state) {
    struct fixture f = {0};
    write_bugs(state, 200);
    open_ui(&f, state, "bugs");
    draw(&f);
    type(&f, "1 0 0 G j j");
    draw(&f);
    size_t cursor = f.ui->page.view->cursor;
    size_t top = f.ui->page.view->top;
    assert_int_equal(cursor, 101);
    type(&f, "& \"id=3\"");
    draw(&f);
    assert_int_equal(f.ui->page.view->rows.n, 1);
    type(&f, "Esc");
    draw(&f);
    assert_int_equal(f.ui->page.view->cursor, cursor);
    assert_int_equal(f.ui->page.view->top, top);
    close_ui(&f);
}

// Columns that are off the screen are told, and come back when there is room for them.
static void scrolls_back_when_columns_fit(void **state) {
    struct fixture f = {0};
    write_bugs(state, 9);
    open_ui(&f, state, "bugs");
    screen_resize(&f.screen, 40, 10);
    draw(&f);
    type(&f, "$");
    draw(&f);
    assert_true(f.ui->page.view->left_col > 1);
    type(&f, ": \"sort product,-id\" Enter");
    screen_resize(&f.screen, 300, 10);
    draw(&f);
    assert_true(f.ui->page.view->left_col <= 1);
    assert_int_equal(f.ui->n_focus_spans, 8); // all that are not hidden
    assert_shows(&f, " v2");
    struct view_col *product = &f.ui->page.view->cols[2];
    assert_sv(product->def->name, "product");
    product->width = 6;
    product->width_set = true;
    assert_shows(&f, " pro~^1 "); // the label is cut, not the mark
    type(&f, ": \"columns summary\" Enter");
    assert_shows(&f, "sorted by product, -id");
    close_ui(&f);
}

static void opens_and_previews_where_it_can(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alert_summaries");
    type(&f, "j p"); // one whose alert has a signature in the store
    draw(&f);
    type(&f, "Tab");
    draw(&f);
    type(&f, "Enter");
    ui_settle(f.ui);
    draw(&f);
    type(&f, "q");
    ui_settle(f.ui);
    draw(&f);
    assert_true(f.ui->preview_focus);
    type(&f, "? p");
    assert_shows(&f, "no preview here");
    type(&f, "Enter");
    assert_shows(&f, "nothing to open here");
    close_ui(&f);
}

// Letters of links come first; arrows, Ctrl-N and Ctrl-P always move.
static void moves_in_the_menu(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alert_summaries");
    type(&f, "x Down Ctrl-N Up Ctrl-P Ctrl-P Ctrl-N Ctrl-N Enter"); // to the second, the bug
    ui_settle(f.ui);
    assert_int_equal(f.ui->mode, MODE_NORMAL);
    assert_shows(&f, "Alert summaries > Bug 5009");
    type(&f, "x Ctrl-C");
    assert_int_equal(f.ui->mode, MODE_NORMAL);
    close_ui(&f);
}

// Below its own fields the detail of a row has those of the head, for which a low screen has no
// room.
static void shows_the_head_in_the_detail(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alert_summaries");
    type(&f, "G Enter");
    ui_settle(f.ui);
    screen_resize(&f.screen, 60, 12);
    draw(&f);
    type(&f, "D G");
    assert_shows(&f, "notes");
    type(&f, "k");
    assert_shows(&f, "assignee");
    close_ui(&f);
}

static void tells_of_menu_entries_that_do_not_fit(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alert_summaries");
    screen_resize(&f.screen, 60, 7);
    type(&f, "x");
    assert_shows(&f, "more");
    type(&f, "k");
    draw(&f);
    screen_resize(&f.screen, 20, 4);
    draw(&f);
    type(&f, "Esc : \"write --foo x.csv\" Enter");
    screen_resize(&f.screen, 100, 30);
    assert_shows(&f, "no option --foo");
    close_ui(&f);
}

// Brings the ui into one situation after the other and runs every command in each, with and without
// an argument, on large and very small screens. Nothing may break; what cannot be done says so.
static void takes_every_command_everywhere(void **state) {
    static const char *const situations[] = {
        "",                                                    // rows
        ": \"filter id=99999\" Enter",                         // no row
        "g S : \"view bug_tests\" Enter",                      // a dataset that is not in the store
        "? & \"zzzz\" Enter",                                  // a text without a line
        ": \"view diffs\" Enter Enter & \"zzzz\" Enter",       // a diff without a line
        ": \"view diffs\" Enter Enter",                        // a diff
        "p Tab",                                               // the preview
        "g A : \"plot amount_pct\" Enter",                     // a plot above the rows
        "g A : \"histogram amount_pct\" Enter Tab",            // bins with the keys
        ": \"filter id=99999\" Enter : \"plot id\" Enter . .", // a plot of nothing
        ": \"columns id\" Enter : \"filter zz\" Enter",        // one column, no row
        "V x",                                                 // a range and a menu
    };
    static const char *const args[] = {"", " 1", " id", " ((", " \xe4\xb8\xad"};
    static const int sizes[][2] = {{100, 30}, {20, 4}, {1, 1}, {160, 5}, {21, 60}};
    snapshot_unref(view_test_store(state));
    for (size_t s = 0; s < COUNTOF(situations) * COUNTOF(args); s++) {
        struct fixture f = {0};
        open_ui(&f, state, "alert_summaries");
        for (const struct command *c = commands; c->name; c++) {
            if (sv_starts(sv_cstr(c->name), SV("write")) || sv_is(SV("edit"), c->name)) {
                continue; // they leave files behind
            }
            const int *size = sizes[(size_t)(c - commands) % COUNTOF(sizes)];
            type(&f, situations[s / COUNTOF(args)]);
            draw(&f);
            auto_str keys = STR_INIT;
            str_addf(&keys, ": \"%s%s\" Enter j Enter", c->name, args[s % COUNTOF(args)]);
            screen_resize(&f.screen, size[0], size[1]);
            draw(&f);
            type(&f, str_cstr(&keys));
            draw(&f);
            ui_settle(f.ui);
            draw(&f);
            struct ui_request request;
            while (ui_take_request(f.ui, &request)) {
            }
            const struct view *v = f.ui->page.view;
            assert_true(!v || !v->rows.n || v->cursor < v->rows.n);
            type(&f, "Esc Esc");
        }
        close_ui(&f);
    }
}

// The heading on the screen is what one types; filters take it, too.
static void columns_are_found_by_their_headings(void **state) {
    static const char *const views[] = {"alerts", "alert_summaries", "bugs", "commits"};
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alerts");
    for (size_t k = 0; k < COUNTOF(views); k++) {
        auto_str keys = STR_INIT;
        str_addf(&keys, ": \"view %s\" Enter", views[k]);
        type(&f, str_cstr(&keys));
        ui_settle(f.ui);
        const struct view *v = f.ui->page.view;
        for (size_t i = 0; i < v->n_cols; i++) {
            if (!v->cols[i].hidden) {
                str_clear(&keys);
                str_addf(&keys, "c \"%.*s\" Enter", SV_ARG(v->cols[i].def->label));
                type(&f, str_cstr(&keys));
                assert_int_equal(v->cur_col, i);
            }
        }
    }
    type(&f, ": \"view alerts\" Enter c \"MOVED_TO\" Enter");
    const struct view *v = f.ui->page.view;
    assert_sv(v->cols[v->cur_col].def->label, "moved to");
    type(&f, "c \"move\" Tab Enter");
    assert_sv(v->cols[v->cur_col].def->label, "moved to");
    const size_t col = v->cur_col;
    type(&f, "c \"wurst\" Enter");
    assert_shows(&f, "! no column like wurst");
    assert_int_equal(v->cur_col, col);
    close_ui(&f);
}

int main(void) {
    if (!commands[0].name) { // also makes the linker take the program's own table
        return 1;
    }
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(columns_are_found_by_their_headings),
        unit_test_in_dir(searches_in_slices),
        unit_test_in_dir(refreshes_while_keys_come),
        unit_test_in_dir(leaves_a_preview_that_vanishes),
        unit_test_in_dir(undoes_and_makes_again),
        unit_test_in_dir(returns_to_added_columns),
        unit_test_in_dir(ends_the_range_with_its_rows),
        unit_test_in_dir(keeps_the_line_of_a_text),
        unit_test_in_dir(keeps_the_selection),
        unit_test_in_dir(keeps_the_undo_list_on_the_way),
        unit_test_in_dir(counts_the_last_pattern),
        unit_test_in_dir(returns_from_a_typed_filter),
        unit_test_in_dir(scrolls_back_when_columns_fit),
        unit_test_in_dir(opens_and_previews_where_it_can),
        unit_test_in_dir(moves_in_the_menu),
        unit_test_in_dir(shows_the_head_in_the_detail),
        unit_test_in_dir(tells_of_menu_entries_that_do_not_fit),
        unit_test_in_dir(takes_every_command_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
