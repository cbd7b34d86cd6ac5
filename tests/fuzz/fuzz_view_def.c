// link: view
// View files of any content: either faults with a place in the file, or a view that opens on an
// empty store and shows why it is empty.
#include <stdint.h>
#include <stdlib.h>

#include "view/view_int.h"

static struct view_set *built_in;

static void open_on_nothing(const struct view_def *def) {
    struct err err = ERR_INIT;
    struct snapshot *snap = snapshot_open("/nonexistent/store", NULL, &err);
    struct view *v = snap ? view_open(built_in, def, snap, NULL, 0, &err) : NULL;
    auto_str text = STR_INIT;
    if (v && view_run(v, NULL, &err)) {
        struct arena arena = {0};
        struct link_target targets[8];
        view_empty_text(v, &text);
        view_links(v, 0, &arena, targets, COUNTOF(targets));
        arena_done(&arena);
    }
    view_free(v);
    snapshot_unref(snap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = ERR_INIT;
    if (!built_in) {
        built_in = view_set_load(NULL, NULL, &err);
        BUG_ON(!built_in);
    }
    auto_str out = STR_INIT;
    struct arena arena = {0};
    struct def_file file = {.source = "fuzz.json", .text = {(const char *)data, size}};
    struct def_faults faults = {.source = file.source, .text = file.text, .out = &out};
    def_read(&file, &arena, &faults);
    if (!faults.n) {
        def_complete(&file.def, &arena);
        def_check(built_in, &file.def, &faults);
    }
    BUG_ON((faults.n == 0) != (out.len == 0));
    if (!faults.n) {
        open_on_nothing(&file.def);
    }
    arena_done(&arena);
    return 0;
}
