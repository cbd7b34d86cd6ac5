// Roles: what a piece of the screen means. Panes draw roles; the theme turns a role into colours
// and attributes. View and theme files use the names of this table.
#ifndef CULPRIT_TERM_ROLE_H
#define CULPRIT_TERM_ROLE_H

#include "base/sv.h"

// X(member, name in view and theme files, letter in screen_dump_roles())
#define ROLE_TABLE(X)                                                                              \
    X(ROLE_TEXT, "text", '.')                                                                      \
    X(ROLE_CRUMB, "crumb", 'c')                                                                    \
    X(ROLE_HEADER, "header", 'h')                                                                  \
    X(ROLE_STATUS, "status_line", 's')                                                             \
    X(ROLE_MESSAGE, "message", 'm')                                                                \
    X(ROLE_PROMPT, "prompt", 'p')                                                                  \
    X(ROLE_ERROR, "error", 'E')                                                                    \
    X(ROLE_HINT, "hint", 'i')                                                                      \
    X(ROLE_KEY, "key", 'k')                                                                        \
    X(ROLE_CURSOR_ROW, "cursor_row", 'R')                                                          \
    X(ROLE_CURSOR_CELL, "cursor_cell", 'C')                                                        \
    X(ROLE_SELECTED, "selected", 'S')                                                              \
    X(ROLE_MARKED, "marked", '\'')                                                                 \
    X(ROLE_NEW, "new", '+')                                                                        \
    X(ROLE_PROBLEM, "problem", '!')                                                                \
    X(ROLE_MATCH, "match", '/')                                                                    \
    X(ROLE_MATCH_CURRENT, "match_current", '*')                                                    \
    X(ROLE_CHIP, "chip", '&')                                                                      \
    X(ROLE_LABEL, "label", 'l')                                                                    \
    X(ROLE_DIM, "dim", 'd')                                                                        \
    X(ROLE_LINK, "link", 'u')                                                                      \
    X(ROLE_CHANGE_WORSE, "change_worse", '^')                                                      \
    X(ROLE_CHANGE_BETTER, "change_better", 'v')                                                    \
    X(ROLE_STATUS_OPEN, "status_open", 'o')                                                        \
    X(ROLE_STATUS_ACTIVE, "status_active", 'a')                                                    \
    X(ROLE_STATUS_DONE, "status_done", 'n')                                                        \
    X(ROLE_DIFF_FILE, "diff_file", 'F')                                                            \
    X(ROLE_DIFF_HUNK, "diff_hunk", '@')                                                            \
    X(ROLE_DIFF_ADD, "diff_add", 'A')                                                              \
    X(ROLE_DIFF_DEL, "diff_del", 'D')                                                              \
    X(ROLE_DIFF_ADD_WORD, "diff_add_word", 'B')                                                    \
    X(ROLE_DIFF_DEL_WORD, "diff_del_word", 'G')                                                    \
    X(ROLE_LINE_NUMBER, "line_number", '#')                                                        \
    X(ROLE_FOLD, "fold", '~')                                                                      \
    X(ROLE_BORDER, "border", '|')                                                                  \
    X(ROLE_PLOT, "plot", 'P')                                                                      \
    X(ROLE_AXIS, "axis", 'x')                                                                      \
    X(ROLE_AGE, "age", 't')                                                                        \
    X(ROLE_BUSY, "busy", 'b')

enum role {
#define ROLE_MEMBER(member, name, letter) member,
    ROLE_TABLE(ROLE_MEMBER)
#undef ROLE_MEMBER
        N_ROLES
};

// "header"; never NULL.
const char *role_name(enum role role);
char role_letter(enum role role);
// Also accepts '-' for '_'. False and ROLE_TEXT for an unknown name (and the empty one).
bool role_find(struct sv name, enum role *out);
// The role of a name that was checked before; unknown and empty give ROLE_TEXT.
enum role role_of(struct sv name);

#endif
