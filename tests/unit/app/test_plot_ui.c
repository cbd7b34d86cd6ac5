// label: threads
// The plot in the explorer: where it is, its cursor, and what its keys do.
#include "ui_test.h"

enum { N_VALUES = 40, MANY = 60000 };

// Values of signature 900, one an hour: value i at hour i, the twentieth is missing.
static void write_values(void **state, int n) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "{\"signature_id\": 900, \"jobs\": [");
    for (int i = 0; i < n; i++) {
        str_addf(&text, "%s{\"job_id\": %d, \"id\": %d, \"value\": ", i ? ", " : "", 1000 + i,
                 7000 + i);
        if (i == 20) {
            str_add_cstr(&text, "null");
        } else {
            str_addf(&text, "%d.25", i);
        }
        str_addf(&text,
                 ", \"push_timestamp\": \"2025-02-%02dT%02d:00:00\", \"push_id\": 1, "
                 "\"revision\": \"%s\", \"submit_time\": null, \"machine_name\": \"m\"}",
                 1 + i / 24, i % 24, i % 2 ? C3 : C4);
    }
    str_add_cstr(&text, "]}\n");
    view_test_write(state, "perf_jobs_by_signature.jsonl", str_cstr(&text));
    view_test_import(state, "perf_jobs_by_signature.jsonl");
}

static void write_durations(void **state, int n) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "signature_id,duration_minutes\n");
    for (int i = 1; i <= n; i++) {
        str_addf(&text, "%d,%d.50\n", i, i % 100);
    }
    view_test_write(state, "job_durations.csv", str_cstr(&text));
    view_test_import(state, "job_durations.csv");
}

// Rows in the order of their time.
static void open_values(struct fixture *f, void **state) {
    snapshot_unref(view_test_store(state));
    write_values(state, N_VALUES);
    open_ui(f, state, "perf_jobs");
    type(f, ": \"sort push_timestamp\" Enter gg : \"plot value\" Enter");
    draw(f);
}

static size_t cursor(const struct fixture *f) {
    return f->ui->page.view->cursor;
}

static void lacks(struct fixture *f, const char *text) {
    if (strstr(draw(f), text)) {
        print_error("on the screen: %s\n%s", text, str_cstr(&f->shown));
        fail();
    }
}

// Draws after each key, as the program does.
static void press(struct fixture *f, const char *keys) {
    struct err err = ERR_INIT;
    struct key_script ks;
    struct key key;
    struct sv directive;
    key_script_init(&ks, "keys", sv_cstr(keys));
    while (key_script_next(&ks, &key, &directive, &err) == KEY_SCRIPT_KEY) {
        ui_key(f->ui, &key);
        draw(f);
    }
    assert_string_equal(err.msg, "");
}

// --- cursors ------------------------------------------------------------------------------------

static void both_cursors_are_one(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    assert_shows(&f, "  2025-02-01 00:00  0.25  ");
    assert_shows(&f, "1 without a value");
    press(&f, "4 j");
    assert_shows(&f, "  2025-02-01 04:00  4.25  444444444444  +30.8 % to the point before");
    press(&f, "Tab");
    assert_shows(&f, "> 2025-02-01 04:00");
    press(&f, "l l");
    assert_int_equal(cursor(&f), 6);
    assert_shows(&f, "> 2025-02-01 06:00  6.25");
    press(&f, "$");
    assert_int_equal(cursor(&f), N_VALUES - 1);
    press(&f, "3 h");
    assert_int_equal(cursor(&f), N_VALUES - 4);
    press(&f, "0");
    assert_int_equal(cursor(&f), 0);
    press(&f, "h"); // nothing before it
    assert_int_equal(cursor(&f), 0);
    press(&f, "Tab j");
    assert_shows(&f, "  2025-02-01 01:00");
    close_ui(&f);
}

static void a_row_without_a_value_says_so(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, "2 1 G");
    assert_shows(&f, "  2025-02-01 20:00  no value");
    press(&f, "Tab l"); // on from the nearest point
    assert_shows(&f, "> 2025-02-01 22:00  22.25");
    press(&f, "h");
    assert_shows(&f, "> 2025-02-01 21:00  21.25  333333333333  +10.4 % to the point before");
    press(&f, "h"); // over the gap
    assert_shows(&f, "> 2025-02-01 19:00  19.25");
    close_ui(&f);
}

static void follows_sorts_filters_and_refreshes(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, "5 j : \"sort -push_timestamp\" Enter");
    assert_shows(&f, "  2025-02-01 05:00  5.25");
    press(&f, "Tab l"); // later is right, wherever that stands in the table
    assert_shows(&f, "> 2025-02-01 06:00  6.25");
    press(&f, "& \"value>6 value<9\" Enter");
    assert_int_equal(f.ui->page.plot.plot->points.n, 3);
    press(&f, "$");
    assert_shows(&f, "> 2025-02-01 08:00  8.25");
    press(&f, "u"); // the keys of the table work here, too
    assert_int_equal(f.ui->page.plot.plot->points.n, N_VALUES - 1);
    write_values(state, N_VALUES + 5);
    press(&f, "R");
    assert_int_equal(f.ui->page.plot.plot->points.n, N_VALUES + 4);
    assert_shows(&f, "> 2025-02-01 08:00  8.25");
    close_ui(&f);
}

static void clicks_go_to_points_and_rows(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    const struct rect at = f.ui->page.plot.at;
    assert_true(at.w > 50 && at.h > 2);
    struct key click = {.kind = K_CLICK, .x = at.x + at.w - 1, .y = at.y};
    ui_key(f.ui, &click);
    assert_shows(&f, "> 2025-02-02 15:00  39.25");
    click.x = at.x;
    ui_key(f.ui, &click);
    assert_int_equal(cursor(&f), 0);
    draw(&f);
    click.y = f.ui->table_rect.y + 2;
    ui_key(f.ui, &click);
    assert_shows(&f, "  2025-02-01 02:00  2.25"); // and the table has the keys
    close_ui(&f);
}

// --- axes ---------------------------------------------------------------------------------------

static void zooms_around_the_cursor(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, "Tab 1 0 l");
    press(&f, "+ +");
    assert_shows(&f, "zoomed");
    const struct picture *pic = &f.ui->page.plot.picture;
    assert_true(pic->end - pic->first < 15);
    assert_true(pic->first <= 10 && pic->end > 10);
    press(&f, "$"); // goes along
    assert_true(pic->end == N_VALUES - 1);
    press(&f, "-");
    assert_true(pic->end - pic->first > 15);
    press(&f, "_");
    lacks(&f, "zoomed");
    assert_int_equal(pic->end - pic->first, N_VALUES - 1);
    press(&f, "-"); // no farther than all
    lacks(&f, "zoomed");
    press(&f, "+ + + + + + + +");
    assert_shows(&f, "these are the last few points");
    close_ui(&f);
}

static void axes_from_zero_and_of_powers(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, "& \"value>20\" Enter Tab");
    const struct plot_axis *y = &f.ui->page.plot.picture.y;
    assert_true(y->lo == 21.25);
    press(&f, "Y");
    assert_shows(&f, "from 0");
    assert_true(y->lo == 0);
    press(&f, "L"); // one or the other
    assert_shows(&f, "  log");
    lacks(&f, "from 0");
    assert_true(y->log && y->lo == 21.25);
    press(&f, "L");
    assert_false(y->log);
    close_ui(&f);
}

// --- histograms ---------------------------------------------------------------------------------

static void bins_open_their_rows(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    write_durations(state, 300);
    open_ui(&f, state, "durations");
    draw(&f);
    assert_shows(&f, "bin 50 of 50: 97.52 <= minutes <= 99.5 min  6 of 300 (2.0 %)");
    press(&f, "G"); // the bin follows the cursor row
    assert_shows(&f, "bin 1 of 50: 0.5 <= minutes < 2.48 min  6 of 300 (2.0 %)");
    press(&f, "Tab l");
    assert_shows(&f, "> bin 2 of 50: 2.48 <= minutes < 4.46 min  6 of 300");
    press(&f, "Enter");
    assert_int_equal(f.ui->page.view->rows.n, 6);
    assert_shows(&f, "(filter: minutes>=\"2.48\" minutes<\"4.46\")");
    press(&f, "u");
    assert_int_equal(f.ui->page.view->rows.n, 300);
    press(&f, "$");
    assert_shows(&f, "> bin 50 of 50");
    press(&f, "-"); // coarser
    assert_shows(&f, "of 25: ");
    press(&f, "_");
    assert_shows(&f, "of 50: ");
    press(&f, "Y");
    assert_shows(&f, "bars begin at zero");
    close_ui(&f);
}

static void empty_bins_open_nothing(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    write_durations(state, 2);
    open_ui(&f, state, "durations");
    draw(&f);
    press(&f, "Tab 0 l Enter");
    assert_shows(&f, "! no rows in this bin");
    assert_int_equal(f.ui->page.view->n_filters, 0);
    close_ui(&f);
}

static void i_makes_the_histogram_of_a_column_and_takes_it_away(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, ". . : \"sort push_timestamp\" Enter c v a l u e Enter");
    lacks(&f, "over");
    press(&f, "i");
    assert_shows(&f, "rows by value");
    assert_shows(&f, "bin 1 of 50");
    press(&f, "c p u s h _ t Enter i"); // of times, too
    assert_shows(&f, "rows by pushed");
    assert_shows(&f, "2025-02-01 00:00 <= push_timestamp < 2025-02-01 00:46:48  1 of 40 (2.5 %)");
    press(&f, "i");
    lacks(&f, "rows by");
    press(&f, "c r e v i s i Enter i");
    assert_shows(&f, "! revision holds no numbers or times to plot");
    close_ui(&f);
}

// --- where it is --------------------------------------------------------------------------------

static void resize(struct fixture *f, int w, int h) {
    screen_resize(&f->screen, w, h);
    ui_resize(f->ui, w, h);
    draw(f);
}

static void is_there_where_there_is_room(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    write_durations(state, 300);
    open_ui(&f, state, "durations");
    assert_shows(&f, "bin 50 of 50");
    resize(&f, 60, 12); // too low: off at first
    lacks(&f, "of 50");
    press(&f, ".");
    assert_shows(&f, "plot above the table");
    assert_shows(&f, ">        99");
    press(&f, ".");
    assert_shows(&f, "plot alone");
    lacks(&f, ">        99");
    assert_shows(&f, "> bin 50 of 50");
    press(&f, "Esc"); // there is no table to go back to
    assert_shows(&f, "> bin 50 of 50");
    press(&f, "Tab"); // but this shows it, and changes no tab
    assert_shows(&f, ">        99");
    assert_int_equal(f.ui->page.view->tab, 0);
    press(&f, ". Tab"); // alone, and the table again
    assert_shows(&f, ">        99");
    press(&f, "O");
    assert_shows(&f, "! one pane only, on the whole screen; p shows a preview");
    press(&f, ". .");
    assert_shows(&f, "plot off");
    resize(&f, 20, 4); // no room for both
    press(&f, ".");
    assert_shows(&f, "> bin 50");
    resize(&f, 100, 30);
    press(&f, ". .");
    assert_shows(&f, "plot above the table");
    press(&f, "Tab");
    assert_shows(&f, "> bin 50");
    press(&f, "Esc");
    assert_shows(&f, "  bin 50");
    close_ui(&f);
}

// One room for both: Tab brings the table back without the plot, in a view with tabs, too.
static void a_plot_alone_makes_way(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alerts");
    resize(&f, 60, 9);
    press(&f, ": \"histogram id\" Enter");
    assert_shows(&f, "> bin ");
    assert_true(f.ui->page.view->def->n_tabs > 0);
    press(&f, "Tab");
    lacks(&f, "bin 1");
    assert_int_equal(f.ui->page.view->tab, 0);
    assert_false(plot_has_focus(f.ui));
    press(&f, ".");
    assert_shows(&f, "plot alone");
    close_ui(&f);
}

static void help_tells_of_the_plot(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    write_values(state, N_VALUES);
    open_ui(&f, state, "alerts");
    press(&f, "?");
    lacks(&f, "Marks of the plot");
    press(&f, "/ \"plot-zoom-in\" Enter");
    assert_shows(&f, "no match");
    press(&f, "q : \"view signature id=900\" Enter");
    ui_settle(f.ui);
    draw(&f);
    press(&f, "? / \"Marks of\" Enter z t");
    assert_shows(&f, "the point of the cursor row");
    assert_shows(&f, "a row with a value in the column alert");
    press(&f, "gg / \"plot-zoom-in\" Enter");
    assert_shows(&f, "+                      plot-zoom-in ");
    assert_shows(&f, "_                      plot-fit ");
    assert_shows(&f, "Y                      plot-zero ");
    press(&f, "q i ? / \"Marks of\" Enter z t");
    close_ui(&f);
    open_ui(&f, state, "home");
    press(&f, "?");
    lacks(&f, "{view}");
    assert_shows(&f, "xo                     view of the row");
    close_ui(&f);
}

static void comes_back_as_it_was(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    press(&f, "Tab 1 0 l + +");
    const double from = f.ui->page.plot.choice.from;
    press(&f, "g b"); // another view
    lacks(&f, "zoomed");
    press(&f, "<");
    assert_shows(&f, "zoomed");
    assert_shows(&f, "> 2025-02-01 10:00  10.25");
    assert_true(f.ui->page.plot.choice.from == from);
    press(&f, ". . g b <"); // alone, off
    lacks(&f, "value over");
    close_ui(&f);
}

static void plots_the_column_under_the_cursor(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    open_ui(&f, state, "alerts");
    draw(&f);
    press(&f, ".");
    assert_shows(&f, "over created");
    press(&f, ": \"plot nothing\" Enter");
    assert_shows(&f, "! no column nothing in this view");
    press(&f, ": \"plot suite\" Enter");
    assert_shows(&f, "! suite holds no numbers to plot; c goes to a column");
    press(&f, ": \"plot t_value\" Enter");
    assert_shows(&f, " over created");
    press(&f, "& \"id=99999\" Enter");
    assert_shows(&f, "no values to plot");
    press(&f, "Tab l + L Enter");
    close_ui(&f);
}

static void draws_in_three_ways(void **state) {
    struct fixture f = {0};
    open_values(&f, state);
    for (const char *c = draw(&f); *c; c++) {
        assert_true((unsigned char)*c < 0x80);
    }
    assert_non_null(strchr(str_cstr(&f.shown), '@')); // the cursor's point
    f.screen.ascii = false;
    draw(&f);
    assert_non_null(strstr(str_cstr(&f.shown), "\xe2\xa0")); // braille
    assert_non_null(strstr(str_cstr(&f.shown), "◆"));
    press(&f, ": \"set plot=blocks\" Enter");
    assert_null(strstr(str_cstr(&f.shown), "\xe2\xa0"));
    assert_non_null(strstr(str_cstr(&f.shown), "\xe2\x96"));
    press(&f, ": \"set plot=braille\" Enter");
    assert_non_null(strstr(str_cstr(&f.shown), "\xe2\xa0"));
    close_ui(&f);
}

// --- large views --------------------------------------------------------------------------------

static void keys_work_while_a_large_view_is_read(void **state) {
    struct fixture f = {0};
    snapshot_unref(view_test_store(state));
    write_durations(state, MANY);
    open_ui(&f, state, "durations");
    type(&f, ". . ."); // nothing was drawn yet
    press(&f, ": \"plot minutes\" Enter");
    type(&f, "Tab l l + Enter $ h _ Y L j");
    draw(&f);
    ui_settle(f.ui);
    assert_shows(&f, "a job over row");
    assert_int_equal(f.ui->page.plot.plot->points.n, MANY);
    type(&f, ": \"sort signature_id\" Enter l"); // rows and points are behind
    draw(&f);
    type(&f, "l l $");
    draw(&f);
    ui_settle(f.ui);
    draw(&f);
    type(&f, ": \"sort -minutes\" Enter");
    pool_drain(f.pool); // the rows; the plot has not looked yet
    draw(&f);
    assert_true(f.ui->page.plot.plot->running);
    press(&f, "Ctrl-C");
    assert_shows(&f, "the plot was stopped; . shows it again");
    press(&f, ". . ."); // alone, off, above
    ui_settle(f.ui);
    assert_shows(&f, "a job over row");
    press(&f, "i");
    type(&f, "q q"); // left while it is being read
    close_ui(&f);
}

int main(void) {
    if (!commands[0].name) { // also makes the linker take the program's own table
        return 1;
    }
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(both_cursors_are_one),
        unit_test_in_dir(a_row_without_a_value_says_so),
        unit_test_in_dir(follows_sorts_filters_and_refreshes),
        unit_test_in_dir(clicks_go_to_points_and_rows),
        unit_test_in_dir(zooms_around_the_cursor),
        unit_test_in_dir(axes_from_zero_and_of_powers),
        unit_test_in_dir(bins_open_their_rows),
        unit_test_in_dir(empty_bins_open_nothing),
        unit_test_in_dir(i_makes_the_histogram_of_a_column_and_takes_it_away),
        unit_test_in_dir(is_there_where_there_is_room),
        unit_test_in_dir(a_plot_alone_makes_way),
        unit_test_in_dir(help_tells_of_the_plot),
        unit_test_in_dir(comes_back_as_it_was),
        unit_test_in_dir(plots_the_column_under_the_cursor),
        unit_test_in_dir(draws_in_three_ways),
        unit_test_in_dir(keys_work_while_a_large_view_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
