// What the tests of clones share: programs run in a folder, Mercurial clones from the recorded
// bundles, and whether a test left files or processes behind.
#ifndef CULPRIT_VCS_UNIT_H
#define CULPRIT_VCS_UNIT_H

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#include "unit.h"
#include "vcs/repo.h"

#define NULL_NODE "0000000000000000000000000000000000000000"

// Without anything of the user who runs the tests.
static inline void vcs_plain_env(void) {
    setenv("HGRCPATH", "", 1);
    setenv("HGPLAIN", "1", 1);
    setenv("HGUSER", "tester", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("LC_ALL", "C", 1);
    setenv("TZ", "UTC", 1);
    setenv("GIT_AUTHOR_NAME", "tester", 1);
    setenv("GIT_AUTHOR_EMAIL", "tester@example.org", 1);
    setenv("GIT_COMMITTER_NAME", "tester", 1);
    setenv("GIT_COMMITTER_EMAIL", "tester@example.org", 1);
}

#define SHELL(...) vcs_shell(__FILE__, __LINE__, __VA_ARGS__)
PRINTF_LIKE(3, 4)
static inline void vcs_shell(const char *file, int line, const char *fmt, ...) {
    static char command[16384];
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    assert_in_range(n, 1, sizeof command - 1);
    if (system(command) != 0) {
        print_error("failed: %s\n", command);
        _assert_true(0, "the command succeeds", file, line);
    }
}

// Path of a fresh clone of a recorded repository ("mini", "small").
static inline char *vcs_hg_clone(void **state, const char *name) {
    char *path = unit_path(state, "clone");
    SHELL("hg init '%s' && hg -R '%s' -q unbundle '" CORPUS
          "/mozilla-perf/inputs/_repos/autoland-%s.hg'",
          path, path, name);
    return path;
}

static inline size_t vcs_n_files(void) {
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir)) {
        n++;
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

static inline bool vcs_no_children(void) {
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

#endif
