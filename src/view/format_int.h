// Private to view/: the cell formats of times and lists, for the table in format.c.
#ifndef CULPRIT_VIEW_FORMAT_INT_H
#define CULPRIT_VIEW_FORMAT_INT_H

#include "view/format.h"

// True when cells are shown as the text they are, so that they need no copy.
bool format_is_plain(const struct cell_format *format, const struct column *c);
// Any text kind; fixed-size binary as hex.
void format_add_text(struct str *out, const struct arrow_col *col, int64_t slot);
void format_add_list(struct str *out, struct cell cell);

// The number of a cell; of another class its raw text is written and false comes back.
bool format_number(const struct column *c, struct cell cell, struct str *out, double *v);

// Entries of cell_formats[]; see struct cell_format.
void format_datetime(const struct format_env *env, const struct column *c, struct cell cell,
                     struct str *out, struct sv *role);
void format_date(const struct format_env *env, const struct column *c, struct cell cell,
                 struct str *out, struct sv *role);
void format_age(const struct format_env *env, const struct column *c, struct cell cell,
                struct str *out, struct sv *role);
void format_due(const struct format_env *env, const struct column *c, struct cell cell,
                struct str *out, struct sv *role);
void format_span_ms(const struct format_env *env, const struct column *c, struct cell cell,
                    struct str *out, struct sv *role);
void format_span_s(const struct format_env *env, const struct column *c, struct cell cell,
                   struct str *out, struct sv *role);
void format_span_minutes(const struct format_env *env, const struct column *c, struct cell cell,
                         struct str *out, struct sv *role);
void format_list(const struct format_env *env, const struct column *c, struct cell cell,
                 struct str *out, struct sv *role);
void format_tests(const struct format_env *env, const struct column *c, struct cell cell,
                  struct str *out, struct sv *role);

// Time from one instant to a later one without Saturdays and Sundays (UTC); negative when `to` is
// before `from`.
int64_t working_span_us(int64_t from_us, int64_t to_us);

#endif
