// The explorer without a terminal, with the program's own commands, keys and views: what keys do
// while something large is going on.
#include "ui/ui.h"

#include "../view/view_test.h"
#include "term/screen.h"
#include "view/command.h"

enum { MANY_BUGS = 120000 };

struct fixture {
    struct snapshot *snap;
    struct view_set *set;
    struct keymap *keymap;
    struct pool *pool;
    struct ui *ui;
    struct screen screen;
    struct str shown;
    char store_dir[4096];
};

static void open_ui(struct fixture *f, void **state, const char *view) {
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    f->snap = view_test_snapshot(state);
    f->set = view_test_set();
    f->keymap = keymap_load(NULL, &faults, &err);
    assert_non_null(f->keymap);
    f->pool = pool_new(2);
    snprintf(f->store_dir, sizeof f->store_dir, "%s", unit_path(state, "store"));
    const struct ui_opts opts = {.views = f->set,
                                 .keymap = f->keymap,
                                 .snap = f->snap,
                                 .store_dir = f->store_dir,
                                 .pool = f->pool,
                                 .w = 100,
                                 .h = 30};
    f->ui = ui_new(&opts);
    screen_init(&f->screen, 100, 30, true);
    assert_true(ui_open(f->ui, sv_cstr(view), NULL, 0, &err));
    ui_settle(f->ui);
}

static void close_ui(struct fixture *f) {
    ui_free(f->ui);
    pool_free(f->pool);
    keymap_free(f->keymap);
    view_set_free(f->set);
    snapshot_unref(f->snap);
    screen_done(&f->screen);
    str_done(&f->shown);
}

// Keys as in a key script, without waiting for anything.
static void type(struct fixture *f, const char *keys) {
    struct err err = ERR_INIT;
    struct key_script ks;
    struct key key;
    struct sv directive;
    key_script_init(&ks, "keys", sv_cstr(keys));
    while (key_script_next(&ks, &key, &directive, &err) == KEY_SCRIPT_KEY) {
        ui_key(f->ui, &key);
    }
    assert_int_equal(err.code, ERR_NONE);
}

static const char *draw(struct fixture *f) {
    screen_clear(&f->screen);
    ui_draw(f->ui, &f->screen);
    str_clear(&f->shown);
    screen_dump(&f->screen, &f->shown);
    return str_cstr(&f->shown);
}

static void assert_shows(struct fixture *f, const char *text) {
    if (!strstr(draw(f), text)) {
        print_error("not on the screen: %s\n%s", text, str_cstr(&f->shown));
        fail();
    }
}

// Bugs 1 to MANY_BUGS, shown from the last to the first.
static void write_many_bugs(void **state) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, "id,summary,regressed_by,product,component,creation_time\n");
    for (int i = 1; i <= MANY_BUGS; i++) {
        str_addf(&text, "%d,Summary number %d,[],Core,Layout,2025-01-01T00:00:00Z\n", i, i);
    }
    view_test_write(state, "all_bugs.csv", str_cstr(&text));
    view_test_import(state, "all_bugs.csv");
}

static void searches_in_slices(void **state) {
    struct fixture f = {0};
    write_many_bugs(state);
    open_ui(&f, state, "bugs");
    type(&f, "/ \"number 5$\"");
    assert_shows(&f, "searching ...");
    assert_shows(&f, "1 of 120,000"); // the cursor waits
    while (ui_tick(f.ui, 0) == 0) {
    }
    assert_shows(&f, "found in line 119996");
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

int main(void) {
    if (!commands[0].name) { // also makes the linker take the program's own table
        return 1;
    }
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(searches_in_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
