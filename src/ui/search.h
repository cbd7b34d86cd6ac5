// Searching, and selecting what matches: texts at once, tables in slices of a few milliseconds, so
// that no key waits for a large table. One search at a time; any key ends it.
#ifndef CULPRIT_UI_SEARCH_H
#define CULPRIT_UI_SEARCH_H

#include "ui/ui_int.h"

// Compiles the pattern and makes it the search of the ui; the empty one takes the search away.
// False with a message when it is faulty.
bool search_set(struct ui *ui, struct sv pattern, struct err *err) MUST_USE;
// Moves to the next match from `origin` (or on it), wrapping; says "2 of 7", that it wrapped, or
// that there is none, on the message line and in the search prompt.
void search_go(struct ui *ui, size_t origin, bool inclusive, bool backward);
// Selects the rows that the scan finds, or takes them out of the selection. Takes the scan over.
void search_select(struct ui *ui, struct view *v, struct view_scan *rows, bool on);

bool search_running(const struct ui *ui);
// Goes on for a few milliseconds; true while there is more to do.
bool search_slice(struct ui *ui);
// Goes on to the end.
void search_finish(struct ui *ui);
// Nothing is undone: rows selected so far stay selected.
void search_stop(struct ui *ui);

#endif
