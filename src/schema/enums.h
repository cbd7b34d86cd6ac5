// Codes of the services and their names, once for import, filters, cells and documents. An unknown
// code is shown as "name N" ("status 12") and never dropped.
#ifndef CULPRIT_SCHEMA_ENUMS_H
#define CULPRIT_SCHEMA_ENUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/sv.h"

struct enum_name {
    int64_t code;
    const char *name;
};

struct enum_def {
    const char
        *name; // "summary_status", "alert_status", "bug_status", "framework", "issue_tracker"
    const char *noun; // what an unknown code is called: "status", "framework"
    const struct enum_name *names;
    size_t n_names;
};

// NULL when there is no such enumeration.
const struct enum_def *enum_find(struct sv name);
// NULL for an unknown code.
const char *enum_name(const struct enum_def *def, int64_t code);
void str_add_enum(struct str *out, const struct enum_def *def, int64_t code);
// By name, any case; false when unknown.
bool enum_code(const struct enum_def *def, struct sv name, int64_t *code);
// An alert summary of this status has come to its end: nobody has to look at it again. A code that
// is not known counts as open.
bool summary_status_is_settled(int64_t code);

#endif
