#include "term/terminfo.h"

#include <curses.h>
#include <stddef.h>
#include <term.h>

static TERMINAL *loaded;

bool terminfo_load(const char *type, int fd, bool *known) {
    int status = 0;
    terminfo_release();
    bool ok = setupterm(type, fd, &status) == OK;
    *known = status != 0;
    loaded = ok ? cur_term : NULL;
    return ok;
}

void terminfo_release(void) {
    if (loaded) {
        (void)del_curterm(loaded);
        loaded = NULL;
    }
}
