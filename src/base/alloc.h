// Memory that cannot fail: on exhaustion the terminal is restored and the program aborts with a
// message. Sizes that come from files must be checked against a limit before they get here.
#ifndef CULPRIT_BASE_ALLOC_H
#define CULPRIT_BASE_ALLOC_H

#include <stddef.h>

#include "base/attr.h"

void *xmalloc(size_t size) MUST_USE;
void *xcalloc(size_t n, size_t size) MUST_USE;
void *xrealloc(void *ptr, size_t size) MUST_USE;
// realloc to n * size, overflow-checked.
void *xreallocarray(void *ptr, size_t n, size_t size) MUST_USE;
char *xstrdup(const char *text) MUST_USE;
char *xstrndup(const char *text, size_t len) MUST_USE;
// printf into fresh memory.
char *xasprintf(const char *fmt, ...) MUST_USE PRINTF_LIKE(1, 2);

#endif
