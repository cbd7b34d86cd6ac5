// Cell formats: how a value becomes text and role. One table; view files name its entries.
#ifndef CULPRIT_VIEW_FORMAT_H
#define CULPRIT_VIEW_FORMAT_H

#include "query/column.h"
#include "view/view_def.h"

struct format_env {
    int64_t now_us;
    bool ascii;
};

struct cell_format {
    const char *name;
    const char *help; // for docs/views.md
    bool right;       // numbers
    // Appends the text of a non-null cell and sets the role (may stay empty). `c.subkey` cells come
    // as text through column_text() and use the "text" format.
    void (*write)(const struct format_env *env, const struct column *c, struct cell cell,
                  struct str *out, struct sv *role);
    bool uses_now; // reads env->now_us
};

extern const struct cell_format cell_formats[]; // ends with a NULL name
const struct cell_format *cell_format_find(struct sv name);
// The default of a column's class, unit and enumeration.
const struct cell_format *cell_format_for(const struct column *c);

// "^ +31.4%", "v -4.4%": direction by mark and sign. `unit` follows the number.
void format_add_change(struct str *out, double v, const char *unit);
// "264 kB": the one way sizes are shown. As in filters, a kB has 1024 bytes.
void format_add_bytes(struct str *out, double n_bytes);

#endif
