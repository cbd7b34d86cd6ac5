// Loads the description of a terminal type. Apart from the rest because <term.h> of curses has a
// `struct term` of its own.
#ifndef CULPRIT_TERM_TERMINFO_H
#define CULPRIT_TERM_TERMINFO_H

#include <stdbool.h>

// Makes tigetstr() and its kind work. On failure `*known` tells whether the type has a description
// at all.
bool terminfo_load(const char *type, int fd, bool *known);
// Releases what terminfo_load() made; curses may have put another in its place meanwhile.
void terminfo_release(void);

#endif
