// Themes: role -> colours and attributes, from JSON files (themes/*.json, built in; a file of the
// same name in the user's folder replaces it; docs in docs/themes.md).
//
//     { "name": "dark", "help": "for dark backgrounds",
//       "roles": { "header": {"fg": "#9ccfd8", "bold": true, "basic": {"fg": "cyan"},
//                             "mono": {"underline": true}} } }
//
// A style has "fg", "bg" ("default", a name such as "red" or "bright-blue", a number 0..255 or
// "#rrggbb") and the attributes "bold", "dim", "italic", "underline", "reverse". "basic" replaces
// the style where there are 8 colours, "mono" where there are none; without them the colours are
// replaced by the nearest of the 8, or dropped. Roles that a theme leaves out are plain text.
#ifndef CULPRIT_TERM_THEME_H
#define CULPRIT_TERM_THEME_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "term/role.h"

enum theme_depth { DEPTH_MONO, DEPTH_8, DEPTH_256, DEPTH_DIRECT, N_DEPTHS };

enum {
    STYLE_BOLD = 1,
    STYLE_DIM = 2,
    STYLE_ITALIC = 4,
    STYLE_UNDERLINE = 8,
    STYLE_REVERSE = 16,
};

// Colours of a style: -1 = the terminal's own; 0..255 = a palette entry; else 0x1000000 | 0xrrggbb.
struct style {
    int32_t fg, bg;
    uint8_t attrs; // STYLE_ bits
};

struct theme {
    char *name;
    char *help;
    struct style styles[N_DEPTHS][N_ROLES]; // already reduced to what each depth can show
};

// The theme called `name` from `user_dir` (may be NULL or missing), else the built-in one. Every
// fault of a user file is appended to `faults` as "file:line: $.path: reason" lines and gives
// NULL, also ERR_NOT_FOUND with the known names for an unknown theme. The caller frees it.
struct theme *theme_load(const char *user_dir, struct sv name, struct str *faults,
                         struct err *err) MUST_USE;
// Parses one file's text; `source` names it in faults.
struct theme *theme_parse(const char *source, struct sv text, struct str *faults,
                          struct err *err) MUST_USE;
void theme_free(struct theme *theme);
// Names of all themes, built in and user's, one per line.
void theme_names(const char *user_dir, struct str *out);

// What a cell looks like: its role's style with the styles of its overlays on top (screen.h).
struct style theme_cell_style(const struct theme *theme, enum theme_depth depth, enum role role,
                              unsigned over);

#endif
