// label: threads
// Ways that wait: what a view over a large table needs is made by a job, and the page stays until
// it is there.
#include "ui_test.h"

#include <poll.h>

enum { MANY_BUGS = 120000 };

static void write_bugs(void **state, int n) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "id,summary,regressed_by,product,component,creation_time\n");
    for (int i = 1; i <= n; i++) {
        str_addf(&text, "%d,Summary number %d,[],Core,Layout,2025-01-01T00:00:00Z\n", i, i);
    }
    view_test_write(state, "all_bugs.csv", str_cstr(&text));
    view_test_import(state, "all_bugs.csv");
}

static void open_bugs(struct fixture *f, void **state) {
    snapshot_unref(view_test_store(state));
    write_bugs(state, MANY_BUGS);
    open_ui(f, state, "bugs");
    type(f, "j");
}

static const char *where(const struct fixture *f) {
    return f->ui->page.view->def->name.ptr;
}

// As the main loop does until nothing is going on any more.
static void collect(struct fixture *f) {
    while (pool_n_active(f->pool)) {
        struct pollfd fd = {.fd = pool_fd(f->pool), .events = POLLIN};
        poll(&fd, 1, 1000);
        ui_collect(f->ui);
        draw(f);
    }
}

static void opens_when_it_is_there(void **state) {
    struct fixture f = {0};
    open_bugs(&f, state);
    type(&f, "Enter");
    assert_string_equal(where(&f), "bugs");
    assert_shows(&f, "looking for bug ... step ");
    assert_shows(&f, "(Esc stops)");
    collect(&f);
    assert_string_equal(where(&f), "bug");
    assert_shows(&f, "Bug 119999");
    assert_shows(&f, "Summary number 119999");
    assert_null(strstr(draw(&f), "looking for"));
    type(&f, "q"); // its indexes are there now: nothing to wait for but the rows
    assert_string_equal(where(&f), "bugs");
    collect(&f);
    type(&f, "j Enter");
    assert_string_equal(where(&f), "bug");
    close_ui(&f);
}

// Esc and Ctrl-C only stop it; any other key does what it does besides.
static void forgets_the_way(void **state) {
    static const char *const keys[] = {"Enter Esc", "Enter Ctrl-C"};
    struct fixture f = {0};
    open_bugs(&f, state);
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        type(&f, keys[i]);
        assert_shows(&f, "stopped");
        collect(&f);
        assert_string_equal(where(&f), "bugs");
        assert_int_equal(f.ui->page.view->cursor, 1);
        close_ui(&f); // a job that was quick has left its indexes
        f = (struct fixture){0};
        open_ui(&f, state, "bugs");
        type(&f, "j");
    }
    type(&f, "Enter j");
    assert_int_equal(f.ui->page.view->cursor, 2);
    assert_null(strstr(draw(&f), "looking for"));
    collect(&f);
    assert_string_equal(where(&f), "bugs");
    assert_int_equal(f.ui->page.view->cursor, 2);
    close_ui(&f);
}

static void follows_letters_and_clicks(void **state) {
    struct fixture f = {0};
    open_bugs(&f, state);
    type(&f, "x b"); // the menu looks for the indexes, too: they may be there already
    collect(&f);
    assert_string_equal(where(&f), "bug");
    close_ui(&f);

    struct fixture g = {0};
    open_ui(&g, state, "bugs");
    draw(&g);
    const struct rect rows = g.ui->table_rect;
    ui_key(g.ui, &(struct key){.kind = K_DOUBLE_CLICK, .x = rows.x + 1, .y = rows.y + 3});
    ui_key(g.ui, &(struct key){.kind = K_RELEASE, .x = rows.x + 1, .y = rows.y + 3});
    assert_string_equal(where(&g), "bugs");
    collect(&g);
    assert_string_equal(where(&g), "bug");
    assert_shows(&g, "Bug 119997");
    close_ui(&g);
}

// Rows that move meanwhile do not change what the way leads to.
static void keeps_to_its_row(void **state) {
    struct fixture f = {0};
    struct err err = ERR_INIT;
    open_bugs(&f, state);
    type(&f, "Enter");
    write_bugs(state, MANY_BUGS + 5);
    assert_true(ui_refresh(f.ui, &err));
    collect(&f);
    assert_string_equal(where(&f), "bug");
    assert_shows(&f, "Summary number 119999");
    close_ui(&f);
}

// A link that has no index to wait for is followed at once, and one that leads nowhere says so.
static void says_where_it_cannot_go(void **state) {
    struct fixture f = {0};
    open_bugs(&f, state);
    type(&f, "x R");
    collect(&f);
    assert_string_equal(where(&f), "bugs");
    assert_shows(&f, "! no regressions it caused");
    close_ui(&f);
}

static void goes_away_while_it_waits(void **state) {
    struct fixture f = {0};
    open_bugs(&f, state);
    type(&f, "Enter");
    close_ui(&f);
    struct fixture g = {0};
    open_ui(&g, state, "bugs");
    type(&g, "p p"); // a preview waits, too
    draw(&g);
    type(&g, "j");
    draw(&g);
    collect(&g);
    draw(&g);
    assert_non_null(g.ui->preview);
    close_ui(&g);
}

// The old rows stay until what the newer ones need is there; keys do not end that.
static void refreshes_when_it_is_there(void **state) {
    struct fixture f = {0};
    struct err err = ERR_INIT;
    open_bugs(&f, state);
    type(&f, "g a");
    collect(&f);
    struct snapshot *before = f.ui->page.view->snap;
    write_bugs(state, MANY_BUGS + 1);
    assert_true(ui_refresh(f.ui, &err));
    assert_shows(&f, "reading it ...");
    type(&f, "j");
    assert_ptr_equal(f.ui->page.view->snap, before);
    collect(&f);
    assert_ptr_not_equal(f.ui->page.view->snap, before);
    assert_int_equal(f.ui->page.view->cursor, 1);
    assert_shows(&f, "the store has changed; showing generation");
    write_bugs(state, MANY_BUGS + 2);
    assert_true(ui_refresh(f.ui, &err));
    close_ui(&f); // in the middle of it
}

// Into a view whose cells are joined with a large table, and back after a refresh.
static void waits_for_the_joins_of_a_view(void **state) {
    struct fixture f = {0};
    struct err err = ERR_INIT;
    open_bugs(&f, state);
    type(&f, "g a");
    assert_string_equal(where(&f), "bugs");
    collect(&f);
    assert_string_equal(where(&f), "alert_summaries");
    write_bugs(state, MANY_BUGS + 1);
    assert_true(ui_refresh(f.ui, &err));
    collect(&f);
    type(&f, "? q");
    collect(&f);
    assert_string_equal(where(&f), "alert_summaries");
    type(&f, "<");
    collect(&f);
    assert_string_equal(where(&f), "bugs");
    close_ui(&f);
}

int main(void) {
    if (!commands[0].name) { // also makes the linker take the program's own table
        return 1;
    }
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(opens_when_it_is_there),
        unit_test_in_dir(forgets_the_way),
        unit_test_in_dir(follows_letters_and_clicks),
        unit_test_in_dir(keeps_to_its_row),
        unit_test_in_dir(says_where_it_cannot_go),
        unit_test_in_dir(goes_away_while_it_waits),
        unit_test_in_dir(waits_for_the_joins_of_a_view),
        unit_test_in_dir(refreshes_when_it_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
