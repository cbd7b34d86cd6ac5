// The explorer without a terminal, for tests: the program's own commands, keys and views over the
// store of the test's folder, a cell buffer, and keys as in a key script.
#ifndef CULPRIT_UI_TEST_H
#define CULPRIT_UI_TEST_H

#include "ui/ui_int.h"

#include "../view/view_test.h"
#include "term/screen.h"
#include "view/command.h"

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

static inline void open_ui(struct fixture *f, void **state, const char *view) {
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

static inline void close_ui(struct fixture *f) {
    ui_free(f->ui);
    pool_free(f->pool);
    keymap_free(f->keymap);
    view_set_free(f->set);
    snapshot_unref(f->snap);
    screen_done(&f->screen);
    str_done(&f->shown);
}

// Keys as in a key script, without waiting for anything.
static inline void type(struct fixture *f, const char *keys) {
    struct err err = ERR_INIT;
    struct key_script ks;
    struct key key;
    struct sv directive;
    key_script_init(&ks, "keys", sv_cstr(keys));
    while (key_script_next(&ks, &key, &directive, &err) == KEY_SCRIPT_KEY) {
        ui_key(f->ui, &key);
    }
    assert_string_equal(err.msg, "");
}

static inline const char *draw(struct fixture *f) {
    screen_clear(&f->screen);
    ui_draw(f->ui, &f->screen);
    str_clear(&f->shown);
    screen_dump(&f->screen, &f->shown);
    return str_cstr(&f->shown);
}

static inline void assert_shows(struct fixture *f, const char *text) {
    if (!strstr(draw(f), text)) {
        print_error("not on the screen: %s\n%s", text, str_cstr(&f->shown));
        fail();
    }
}

#endif
