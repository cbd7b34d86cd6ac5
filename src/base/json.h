// jansson, for configuration, views, themes, manifests and small answers; never for bulk data.
// Errors name source, line and column; a key given twice is one. A json_t belongs to one thread.
#ifndef CULPRIT_BASE_JSON_H
#define CULPRIT_BASE_JSON_H

#include <jansson.h>

#include "base/err.h"
#include "base/sv.h"

json_t *json_parse(struct sv text, const char *source, struct err *err) MUST_USE;
// Refuses files above `limit_bytes`.
json_t *json_parse_file(const char *path, size_t limit_bytes, struct err *err) MUST_USE;

static inline void scope_json(json_t **slot) {
    json_decref(*slot);
}
#define auto_json __attribute__((cleanup(scope_json))) json_t

#endif
