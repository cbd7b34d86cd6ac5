// The vector twin of utf8_valid(), apart because it needs compiler extensions. For base/ only.
#ifndef CULPRIT_BASE_UTF8_INT_H
#define CULPRIT_BASE_UTF8_INT_H

#include "base/utf8.h"

bool utf8_valid_portable(struct sv text);
bool utf8_has_vector(void);
// Only where utf8_has_vector().
bool utf8_valid_vector(struct sv text);

#endif
