// Times of filters, regular expressions and sorts over one dataset of a store, median of several.
//
//     bench_query STORE DATASET [--threads N] [--runs N]
//                 [--filter EXPRESSION]... [--sort KEYS]... [--top K] [--group COLUMN]...
//                 [--range FROM..TO]
//
// A bare word in an expression searches every text column. KEYS is a comma list, "-" before a
// column for descending. Without questions it asks a few of the first columns of each class.
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/num.h"
#include "query/query.h"

enum { MAX_RUNS = 101 };

struct bench {
    struct table *table;
    struct column *text_columns;
    size_t n_text_columns;
    struct query_ctl ctl;
    size_t n_runs;
    size_t top;
    double times_ms[MAX_RUNS];
};

static void die(const char *what, const struct err *err) {
    fprintf(stderr, "bench_query: %s: %s\n", what, err->msg);
    exit(2);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int cmp_times(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(struct bench *b, const char *kind, const char *what, size_t n) {
    double first = b->times_ms[0];
    qsort(b->times_ms, b->n_runs, sizeof *b->times_ms, cmp_times);
    printf("%-6s %-44s %9.2f ms  best %9.2f  first %9.2f  %zu\n", kind, what,
           b->times_ms[b->n_runs / 2], b->times_ms[0], first, n);
}

static bool resolve(void *arg, struct sv name, struct column *out, struct err *err) {
    struct bench *b = arg;
    return column_find(b->table, name, out, err);
}

static void bench_filter(struct bench *b, const char *text) {
    struct err err = ERR_INIT;
    struct filter_env env = {resolve, b, b->text_columns, b->n_text_columns, 0};
    size_t n = 0;
    for (size_t i = 0; i < b->n_runs; i++) {
        struct rows rows;
        double start = now_ms();
        struct filter *f = filter_parse(sv_cstr(text), &env, NULL, &err);
        if (!f || !filter_run(f, b->table, NULL, &b->ctl, &rows, &err)) {
            die(text, &err);
        }
        b->times_ms[i] = now_ms() - start;
        n = rows.n;
        filter_unref(f);
        rows_done(&rows);
    }
    report(b, "filter", text, n);
}

static size_t parse_keys(struct bench *b, const char *text, struct sort_key *keys, size_t cap) {
    struct err err = ERR_INIT;
    struct sv left = sv_cstr(text);
    struct sv part;
    size_t n = 0;
    while (n < cap && sv_split(&left, ',', &part)) {
        keys[n] = (struct sort_key){.descending = sv_starts(part, SV("-"))};
        part = sv_from(part, keys[n].descending);
        if (!column_find(b->table, part, &keys[n++].column, &err)) {
            die(text, &err);
        }
    }
    return n;
}

static void bench_sort(struct bench *b, const char *text, size_t top) {
    struct err err = ERR_INIT;
    struct sort_key keys[4];
    size_t n_keys = parse_keys(b, text, keys, COUNTOF(keys));
    struct rows rows = {0};
    for (size_t i = 0; i < b->n_runs; i++) {
        rows_done(&rows);
        rows_all(&rows, table_n_rows(b->table));
        double start = now_ms();
        bool ok = top ? rows_top(&rows, keys, n_keys, top, &b->ctl, &err)
                      : rows_sort(&rows, keys, n_keys, &b->ctl, &err);
        if (!ok) {
            die(text, &err);
        }
        b->times_ms[i] = now_ms() - start;
    }
    report(b, top ? "top" : "sort", text, top ? top : rows.n);
    rows_done(&rows);
}

static void bench_group(struct bench *b, const char *text) {
    struct err err = ERR_INIT;
    struct column column;
    struct rows rows;
    size_t n = 0;
    if (!column_find(b->table, sv_cstr(text), &column, &err)) {
        die(text, &err);
    }
    rows_all(&rows, table_n_rows(b->table));
    for (size_t i = 0; i < b->n_runs; i++) {
        struct groups groups;
        double start = now_ms();
        if (!rows_group(&rows, &column, &b->ctl, &groups, &err)) {
            die(text, &err);
        }
        b->times_ms[i] = now_ms() - start;
        n = groups.n;
        groups_done(&groups);
    }
    rows_done(&rows);
    report(b, "group", text, n);
}

static void bench_range(struct bench *b, const char *text) {
    struct err err = ERR_INIT;
    struct sv to = sv_cstr(text);
    struct rows rows = {0};
    bool cut;
    ptrdiff_t dots = sv_find(to, SV(".."));
    struct sv from = sv_sub(to, 0, dots < 0 ? 0 : (size_t)dots);
    to = sv_from(to, dots < 0 ? 0 : (size_t)dots + 2);
    for (size_t i = 0; i < b->n_runs; i++) {
        rows_done(&rows);
        double start = now_ms();
        if (!rows_commit_range(b->table, SV("node"), SV("parents"), from, to, 10000, &rows, &cut,
                               &err)) {
            die(text, &err);
        }
        b->times_ms[i] = now_ms() - start;
    }
    report(b, "range", text, rows.n);
    rows_done(&rows);
}

// Something of every class for a dataset that the caller says nothing about.
static void bench_defaults(struct bench *b) {
    static const char *const tests[] = {
        [CLASS_INT] = ">1000",  [CLASS_FLOAT] = ">100",    [CLASS_BOOL] = "=true",
        [CLASS_TIME] = ">2025", [CLASS_TEXT] = "~a+[0-9]", [CLASS_LIST] = " is not null"};
    for (size_t i = 0; i < table_n_columns(b->table); i++) {
        struct str text = STR_INIT;
        str_add_sv(&text, table_field(b->table, i)->name);
        bench_sort(b, str_cstr(&text), 0);
        str_add_cstr(&text, tests[table_class(b->table, i)]);
        bench_filter(b, str_cstr(&text));
        str_done(&text);
    }
}

static void find_text_columns(struct bench *b) {
    struct err err = ERR_INIT;
    b->text_columns = xcalloc(table_n_columns(b->table) + 1, sizeof *b->text_columns);
    for (size_t i = 0; i < table_n_columns(b->table); i++) {
        if (table_class(b->table, i) == CLASS_TEXT &&
            column_find(b->table, table_field(b->table, i)->name,
                        &b->text_columns[b->n_text_columns], &err)) {
            b->n_text_columns++;
        }
    }
}

static size_t number(const char *text, size_t max) {
    int64_t v = 0;
    if (!num_parse_i64(sv_cstr(text), &v) || v < 1 || (uint64_t)v > max) {
        fprintf(stderr, "bench_query: \"%s\" is no number from 1 to %zu\n", text, max);
        exit(2);
    }
    return (size_t)v;
}

static bool ask(struct bench *b, const char *option, const char *value) {
    struct sv name = sv_cstr(option);
    if (sv_is(name, "--threads")) {
        b->ctl.n_threads = (unsigned)number(value, 64);
        return false;
    }
    if (sv_is(name, "--runs")) {
        b->n_runs = number(value, MAX_RUNS);
        return false;
    }
    if (sv_is(name, "--top")) {
        b->top = number(value, SIZE_MAX / 2);
        return false;
    }
    if (sv_is(name, "--filter")) {
        bench_filter(b, value);
    } else if (sv_is(name, "--sort")) {
        bench_sort(b, value, b->top);
    } else if (sv_is(name, "--group")) {
        bench_group(b, value);
    } else if (sv_is(name, "--range")) {
        bench_range(b, value);
    } else {
        fprintf(stderr, "bench_query: unknown option %s\n", option);
        exit(2);
    }
    return true;
}

int main(int argc, char **argv) {
    struct err err = ERR_INIT;
    struct bench b = {.ctl = {.n_threads = 1}, .n_runs = 7};
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: bench_query STORE DATASET [--option value]...\n");
        return 2;
    }
    struct snapshot *snap = snapshot_open(argv[1], NULL, &err);
    if (!snap) {
        die(argv[1], &err);
    }
    b.table = table_get(snap, sv_cstr(argv[2]), &err);
    if (!b.table) {
        die(argv[2], &err);
    }
    find_text_columns(&b);
    printf("%s: %lld rows\n", argv[2], (long long)table_n_rows(b.table));
    bool asked = false;
    for (int i = 3; i + 1 < argc; i += 2) {
        asked |= ask(&b, argv[i], argv[i + 1]);
    }
    if (!asked) {
        bench_defaults(&b);
    }
    free(b.text_columns);
    snapshot_unref(snap);
    return 0;
}
