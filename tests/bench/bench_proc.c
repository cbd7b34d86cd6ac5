// Wall time and memory of a command, as a whole process.
//
//     bench_proc [--runs N] [--memory] [--not-under DIR] [--pty WxH [--send KEYS]] -- COMMAND...
//
// Prints "wall_ms MEDIAN MIN MAX". With --memory every run is looked at each millisecond, which
// costs time, and "memory_kb WITHOUT ALL" follows: the largest sum of private pages (Private_Clean
// and Private_Dirty of /proc/PID/smaps), without the mappings of files below DIR and with all.
// With --pty the command runs on a terminal of that size; its memory is looked at once, two seconds
// after the start, or after KEYS; then it is told to quit.
//
// Mapped store files count as "private" for the kernel as soon as only one process has touched
// them, although they are the page cache; that is why they can be left out.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../pty/pty.h"

enum { MAX_RUNS = 1001, LOOK_EVERY_NS = 1000 * 1000, SETTLE_MS = 2000 };

struct memory {
    long without_kb, all_kb;
};

struct opts {
    size_t n_runs;
    bool memory;
    const char *not_under;
    int w, h; // 0 = no terminal
    const char *send;
    char **argv;
};

static void die(const char *what) {
    fprintf(stderr, "bench_proc: %s\n", what);
    exit(2);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// The line that begins a mapping: "55d0-55e0 r-xp 0000 fe:00 123   /path".
static bool is_left_out(const char *line, const char *dir) {
    const char *path = strchr(line, '/');
    return dir && path && strncmp(path, dir, strlen(dir)) == 0;
}

static bool look(pid_t pid, const char *not_under, struct memory *out) {
    char path[64], line[4500];
    snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
    FILE *f = fopen(path, "re");
    bool left_out = false;
    long kb;
    *out = (struct memory){0};
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "Private_Clean: %ld", &kb) == 1 ||
            sscanf(line, "Private_Dirty: %ld", &kb) == 1) {
            out->all_kb += kb;
            out->without_kb += left_out ? 0 : kb;
        } else if (line[0] < 'A' || line[0] > 'Z') {
            left_out = is_left_out(line, not_under);
        }
    }
    if (f) {
        fclose(f);
    }
    return out->all_kb > 0;
}

static void keep_largest(struct memory *peak, struct memory now) {
    peak->without_kb = now.without_kb > peak->without_kb ? now.without_kb : peak->without_kb;
    peak->all_kb = now.all_kb > peak->all_kb ? now.all_kb : peak->all_kb;
}

static pid_t start(char **argv) {
    pid_t pid = fork();
    if (pid < 0) {
        die("cannot start a process");
    }
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execvp(argv[0], argv);
        fprintf(stderr, "bench_proc: cannot run %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    return pid;
}

static double run_once(const struct opts *o, struct memory *peak) {
    const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
    double begin = now_ms();
    pid_t pid = start(o->argv);
    int status = 0;
    while (o->memory && waitpid(pid, &status, WNOHANG) == 0) {
        struct memory now;
        if (look(pid, o->not_under, &now)) {
            keep_largest(peak, now);
        }
        nanosleep(&pause, NULL);
    }
    if (!o->memory && waitpid(pid, &status, 0) != pid) {
        die("lost the process");
    }
    double took = now_ms() - begin;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        die("the command failed");
    }
    return took;
}

static void run_on_terminal(const struct opts *o, struct memory *peak) {
    static const char *const names[] = {"HOME", "PATH", "LC_ALL", "LANG", "XDG_CONFIG_HOME"};
    const char *env[8] = {"TERM=xterm-256color"};
    size_t n = 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str text = STR_INIT;
        const char *value = getenv(names[i]);
        if (value) {
            str_addf(&text, "%s=%s", names[i], value);
            env[n++] = strdup(str_cstr(&text));
        }
        str_done(&text);
    }
    struct pty p;
    pty_start(&p, (const char *const *)o->argv, env, o->w, o->h);
    pty_read_for(&p, SETTLE_MS);
    if (o->send) {
        pty_send(&p, o->send);
        pty_read_for(&p, SETTLE_MS);
    }
    bool ok = look(p.pid, o->not_under, peak);
    pty_send(&p, "Q");
    pty_wait_end(&p, SETTLE_MS);
    pty_stop(&p);
    if (!ok) {
        die("the command ended before it was looked at");
    }
}

static int cmp(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void parse(struct opts *o, int argc, char **argv) {
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--memory") == 0) {
            o->memory = true;
            continue;
        }
        if (strcmp(argv[i], "--runs") == 0) {
            o->n_runs = (size_t)strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "--not-under") == 0) {
            o->not_under = value;
        } else if (strcmp(argv[i], "--send") == 0) {
            o->send = value;
        } else if (strcmp(argv[i], "--pty") != 0 || sscanf(value, "%4dx%4d", &o->w, &o->h) != 2) {
            die("unknown option");
        }
        i++;
    }
    o->argv = argv + i + 1;
    if (i + 1 >= argc || o->n_runs < 1 || o->n_runs > MAX_RUNS) {
        die("usage: bench_proc [--runs N] [--memory] [--not-under DIR] [--pty WxH [--send KEYS]] "
            "-- COMMAND...");
    }
}

int main(int argc, char **argv) {
    struct opts o = {.n_runs = 1};
    struct memory peak = {0};
    parse(&o, argc, argv);
    if (o.w) {
        run_on_terminal(&o, &peak);
        printf("memory_kb %ld %ld\n", peak.without_kb, peak.all_kb);
        return 0;
    }
    static double times[MAX_RUNS];
    for (size_t i = 0; i < o.n_runs; i++) {
        times[i] = run_once(&o, &peak);
    }
    qsort(times, o.n_runs, sizeof *times, cmp);
    printf("wall_ms %.2f %.2f %.2f\n", times[o.n_runs / 2], times[0], times[o.n_runs - 1]);
    if (o.memory) {
        printf("memory_kb %ld %ld\n", peak.without_kb, peak.all_kb);
    }
    return 0;
}
