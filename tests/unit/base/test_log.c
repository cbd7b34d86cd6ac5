// label: threads
#include "base/log.h"

#include <errno.h>
#include <pthread.h>

#include "base/date.h"
#include "base/file.h"
#include "unit.h"

static void one_line_per_event(void **state) {
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    char *path = unit_path(state, "log");
    clock_fix(INT64_C(1761229037853020));
    log_line(LOG_ERROR, "not open yet");
    assert_true(log_open(path, LOG_INFO, &err));
    errno = ENOSPC;
    log_line(LOG_ERROR, "two\nlines %d\x1B", 7);
    assert_int_equal(errno, ENOSPC);
    log_line(LOG_INFO, "import %s", "a.csv");
    log_line(LOG_DEBUG, "too much");
    log_close();
    log_line(LOG_ERROR, "closed");
    assert_true(file_read(path, 10000, &text, &err));
    assert_sv(str_sv(&text), "2025-10-23T14:17:17.853 error two lines 7 \n"
                             "2025-10-23T14:17:17.853 info  import a.csv\n");
}

static void long_lines_are_cut(void **state) {
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    auto_str big = STR_INIT;
    char *path = unit_path(state, "log");
    str_fill(&big, 'x', 5000);
    assert_true(log_open(path, LOG_DEBUG, &err));
    log_line(LOG_DEBUG, "%s", big.ptr);
    log_line(LOG_DEBUG, "next");
    log_close();
    assert_true(file_read(path, 10000, &text, &err));
    assert_int_equal(sv_find_byte(str_sv(&text), '\n'), 1023);
    assert_true(sv_ends(str_sv(&text), SV("debug next\n")));
}

static void *write_many(void *arg) {
    for (int i = 0; i < 500; i++) {
        log_line(LOG_INFO, "thread %s says the same thing every time", (const char *)arg);
    }
    return NULL;
}

static void threads_do_not_mix_lines(void **state) {
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    char *path = unit_path(state, "log");
    assert_true(log_open(path, LOG_INFO, &err));
    pthread_t threads[3];
    char *names[] = {"aaaa", "bbbb", "cccc"};
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        pthread_create(&threads[i], NULL, write_many, names[i]);
    }
    for (size_t i = 0; i < COUNTOF(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    log_close();
    assert_true(file_read(path, 1 << 20, &text, &err));
    struct sv rest = str_sv(&text);
    struct sv line;
    size_t n_lines = 0;
    while (sv_split(&rest, '\n', &line) && line.len) {
        assert_true(sv_ends(line, SV(" says the same thing every time")));
        n_lines++;
    }
    assert_int_equal(n_lines, 1500);
}

static void refusals(void **state) {
    struct err err = ERR_INIT;
    assert_false(log_open(unit_path(state, "none/log"), LOG_INFO, &err));
    assert_non_null(strstr(err.msg, "none/log"));
    log_close();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(one_line_per_event),
        unit_test_in_dir(long_lines_are_cut),
        unit_test_in_dir(threads_do_not_mix_lines),
        unit_test_in_dir(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
