#include "term/crash.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/sv.h"

enum { PATH_BYTES = 1024, NAME_BYTES = 96, MAX_FRAMES = 64 };

static char folder[PATH_BYTES];

// Text of bounded length, built without the C library's formatting, which a handler may not use.
struct line {
    char text[PATH_BYTES + NAME_BYTES + 64];
    size_t len;
};

static void add(struct line *line, const char *text) {
    for (; *text && line->len + 1 < sizeof line->text; text++) {
        line->text[line->len++] = *text;
    }
    line->text[line->len] = 0;
}

static void add_number(struct line *line, uint64_t value, unsigned base) {
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value && at);
    add(line, digits + at);
}

static void put(int fd, const struct line *line) {
    (void)!write(fd, line->text, line->len);
}

void crash_set_folder(const char *path) {
    if (!path || strlen(path) >= sizeof folder) {
        path = getenv("TMPDIR");
    }
    if (!path || !*path || strlen(path) >= sizeof folder) {
        path = "/tmp";
    }
    memcpy(folder, path, strlen(path) + 1);
}

void crash_prepare(void) {
    // The first backtrace() loads a library and allocates.
    void *frames[2];
    (void)backtrace(frames, COUNTOF(frames));
}

static const char *signal_words(int sig) {
    switch (sig) {
    case SIGSEGV:
        return "SIGSEGV (invalid memory reference)";
    case SIGABRT:
        return "SIGABRT (failed check or out of memory)";
    case SIGBUS:
        return "SIGBUS (memory without a file behind it)";
    case SIGFPE:
        return "SIGFPE (arithmetic)";
    case SIGILL:
        return "SIGILL (illegal instruction)";
    default:
        return "a signal";
    }
}

static int open_report(struct line *path) {
    (void)mkdir(folder, 0700);
    add(path, folder);
    add(path, "/culprit-crash-");
    add_number(path, (uint64_t)time(NULL), 10);
    add(path, "-");
    add_number(path, (uint64_t)getpid(), 10);
    add(path, ".txt");
    return open(path->text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static void put_backtrace(int fd) {
    void *frames[MAX_FRAMES];
    int n = backtrace(frames, MAX_FRAMES);
    backtrace_symbols_fd(frames, n, fd);
}

// Addresses of a relocated program mean nothing without it.
static void put_memory_map(int fd) {
    char block[4096];
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (maps < 0) {
        return;
    }
    for (ssize_t n; (n = read(maps, block, sizeof block)) > 0;) {
        (void)!write(fd, block, (size_t)n);
    }
    close(maps);
}

void crash_report(int sig, const void *address) {
    struct line path = {.len = 0}, text = {.len = 0};
    int fd = open_report(&path);
    add(&text, "culprit " CULPRIT_VERSION ": ended by ");
    add(&text, signal_words(sig));
    if (address && sig != SIGABRT) {
        add(&text, " at 0x");
        add_number(&text, (uint64_t)(uintptr_t)address, 16);
    }
    add(&text, "\n");
    put(STDERR_FILENO, &text);
    if (fd < 0) {
        put_backtrace(STDERR_FILENO);
        return;
    }
    add(&text, "\nbacktrace\n");
    put(fd, &text);
    put_backtrace(fd);
    (void)!write(fd, "\nmemory map\n", 12);
    put_memory_map(fd);
    close(fd);
    text.len = 0;
    add(&text, "culprit: crash report: ");
    add(&text, path.text);
    add(&text, "\n");
    put(STDERR_FILENO, &text);
}
