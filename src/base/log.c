#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"

enum { LINE_BYTES = 1024 };

static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1; // under log_mutex
static _Atomic enum log_level log_limit = LOG_OFF;

bool log_open(const char *path, enum log_level level, struct err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_sys(err, "cannot open log file %s", path);
    }
    log_close();
    pthread_mutex_lock(&log_mutex);
    log_fd = fd;
    atomic_store(&log_limit, level);
    pthread_mutex_unlock(&log_mutex);
    return true;
}

void log_close(void) {
    pthread_mutex_lock(&log_mutex);
    atomic_store(&log_limit, LOG_OFF);
    if (log_fd >= 0) {
        close(log_fd);
    }
    log_fd = -1;
    pthread_mutex_unlock(&log_mutex);
}

static const char *level_name(enum log_level level) {
    static const char *const names[] = {"off  ", "error", "info ", "debug"};
    return (size_t)level < COUNTOF(names) ? names[level] : "?    ";
}

static size_t put_head(char *line, enum log_level level) {
    struct civil c;
    date_to_civil(clock_now_us(), &c);
    int n =
        snprintf(line, LINE_BYTES, "%04lld-%02d-%02dT%02d:%02d:%02d.%03d %s ", (long long)c.year,
                 c.month, c.day, c.hour, c.minute, c.second, c.us / 1000, level_name(level));
    return (size_t)n;
}

void log_line(enum log_level level, const char *fmt, ...) {
    static _Thread_local char line[LINE_BYTES];
    if (level == LOG_OFF || level > atomic_load(&log_limit)) {
        return;
    }
    int sys = errno; // logging must not disturb the error that is being logged
    size_t len = put_head(line, level);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line + len, LINE_BYTES - len, fmt, ap);
    va_end(ap);
    size_t end = MIN(len + (size_t)MAX(n, 0), (size_t)LINE_BYTES - 1);
    for (size_t i = len; i < end; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F) {
            line[i] = ' '; // one event, one line
        }
    }
    line[end] = '\n';
    pthread_mutex_lock(&log_mutex);
    if (log_fd >= 0) {
        bool written = fd_write(log_fd, line, end + 1, NULL);
        (void)written; // a log that cannot be written is no reason to stop
    }
    pthread_mutex_unlock(&log_mutex);
    errno = sys;
}
