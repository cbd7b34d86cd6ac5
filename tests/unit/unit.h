// What every unit test needs: cmocka with its prerequisites, texts compared as texts, and a folder
// of its own that disappears afterwards.
#ifndef CULPRIT_UNIT_H
#define CULPRIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sv.h"

#define assert_sv(view, text) unit_assert_sv((view), (text), __FILE__, __LINE__)

static inline void unit_assert_sv(struct sv got, const char *want, const char *file, int line) {
    if (!sv_is(got, want)) {
        print_error("got \"%.*s\" (%zu bytes), want \"%s\"\n", SV_ARG(got), got.len, want);
        _assert_true(0, "texts are equal", file, line);
    }
}

// For cmocka_unit_test_setup_teardown(): *state is the path of an empty folder.
static inline int unit_dir_make(void **state) {
    const char *tmp = getenv("TMPDIR");
    char *path = malloc(4096);
    if (!path) {
        return -1;
    }
    snprintf(path, 4096, "%s/culprit-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    *state = path;
    return mkdtemp(path) ? 0 : -1;
}

// For the end of the test: the folder with all that is in it.
static inline int unit_dir_remove(void **state) {
    char command[4200];
    snprintf(command, sizeof command, "rm -rf -- '%s'", (char *)*state);
    int rc = system(command);
    free(*state);
    return rc;
}

static inline char *unit_path(void **state, const char *name) {
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
    return path;
}

#define unit_test_in_dir(f) cmocka_unit_test_setup_teardown(f, unit_dir_make, unit_dir_remove)

#endif
