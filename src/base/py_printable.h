// Which characters Python's repr writes as they are. For base/text_write.c.
#ifndef CULPRIT_BASE_PY_PRINTABLE_H
#define CULPRIT_BASE_PY_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

bool py_printable(uint32_t cp);

#endif
