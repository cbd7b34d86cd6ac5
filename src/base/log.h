// Log file, off by default: one line per event, levels, no secrets. Any thread.
#ifndef CULPRIT_BASE_LOG_H
#define CULPRIT_BASE_LOG_H

#include "base/attr.h"
#include "base/err.h"

enum log_level { LOG_OFF, LOG_ERROR, LOG_INFO, LOG_DEBUG };

bool log_open(const char *path, enum log_level level, struct err *err) MUST_USE;
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_close(void);

#endif
