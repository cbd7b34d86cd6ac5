// label: threads
// Mapped files that shrink while they are read, and SIGBUS that is not ours.
#include "arrow_test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "arrow/arrow_map.h"
#include "unit.h"

enum { N_ROWS = 200000, N_THREADS = 2 };

static void write_file(const char *path, int64_t n_rows) {
    struct bytes b = all_types_file(SOME_NULLS, n_rows);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.ptr, b.len), (ssize_t)b.len);
    close(fd);
    free(b.ptr);
}

struct scan {
    struct arrow_file *file;
    atomic_bool stop;
    atomic_uint n_rounds;
    atomic_ulong sum;
};

static uint64_t scan_cell(const struct arrow_col *col, int64_t slot) {
    int64_t from;
    int64_t to;
    uint64_t sum = arrow_is_null(col, slot);
    struct sv text = arrow_get_text(col, slot);
    for (size_t i = 0; i < text.len; i++) {
        sum += (unsigned char)text.ptr[i];
    }
    if (col->field->kind == ARROW_LIST && arrow_get_list(col, slot, &from, &to)) {
        for (; from < to; from++) {
            sum += scan_cell(&col->children[0], from);
        }
    }
    for (size_t i = 0; col->field->kind == ARROW_STRUCT && i < col->field->n_children; i++) {
        sum += scan_cell(&col->children[i], slot);
    }
    return sum + (uint64_t)arrow_get_i64(col, slot) + arrow_get_bool(col, slot) +
           (arrow_get_f64(col, slot) > 0);
}

static void *scan_all(void *arg) {
    struct scan *s = arg;
    uint64_t sum = 0;
    while (!atomic_load(&s->stop)) {
        for (size_t b = 0; b < arrow_n_batches(s->file); b++) {
            const struct arrow_batch *batch = arrow_batch(s->file, b, NULL);
            for (int64_t slot = 0; batch && slot < batch->n_rows; slot += 37) {
                for (size_t col = 0; col < N_COLS; col++) {
                    sum += scan_cell(&batch->cols[col], slot);
                }
            }
        }
        atomic_fetch_add(&s->sum, sum);
        atomic_fetch_add(&s->n_rounds, 1);
    }
    return NULL;
}

static void wait_rounds(struct scan *s, unsigned n) {
    unsigned from = atomic_load(&s->n_rounds);
    while (atomic_load(&s->n_rounds) - from < n) {
        usleep(1000);
    }
}

static void test_truncated_while_read(void **state) {
    struct err err = ERR_INIT;
    char *path = unit_path(state, "segment.arrow");
    write_file(path, N_ROWS);
    struct scan s = {.file = arrow_open(path, NULL, &err)};
    if (!s.file) {
        fail_msg("%s", err.msg);
    }
    off_t size = (off_t)arrow_size(s.file);
    pthread_t threads[N_THREADS];
    for (int i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, scan_all, &s), 0);
    }
    wait_rounds(&s, N_THREADS);
    assert_int_equal(arrow_damaged(s.file), 0);
    const off_t steps[] = {size - 4096, size * 3 / 4, size / 2, size / 3, 3 * 4096 + 100, 4096, 0};
    for (size_t i = 0; i < COUNTOF(steps); i++) {
        assert_int_equal(truncate(path, steps[i]), 0);
        wait_rounds(&s, 2 * N_THREADS);
        assert_true(i == 0 || arrow_damaged(s.file) > 0);
    }
    atomic_store(&s.stop, true);
    for (int i = 0; i < N_THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_false(arrow_check_full(s.file, &err));
    assert_false(arrow_check_crc(s.file, &err));
    arrow_unref(s.file);
}

// Cut at each page before and after the header was decoded: the full check neither crashes nor
// says yes.
static void test_cut_at_each_page(void **state) {
    struct err err = ERR_INIT;
    char *path = unit_path(state, "segment.arrow");
    write_file(path, 300);
    struct arrow_file *probe = arrow_open(path, NULL, &err);
    assert_non_null(probe);
    off_t size = (off_t)arrow_size(probe);
    arrow_unref(probe);
    for (off_t cut = 0; cut < size; cut += 4096) {
        for (int decoded = 0; decoded < 2; decoded++) {
            write_file(path, 300);
            struct arrow_file *file = arrow_open(path, NULL, &err);
            assert_non_null(file);
            assert_true(!decoded || arrow_batch(file, 0, &err));
            assert_int_equal(truncate(path, cut), 0);
            bool crc_ok = arrow_check_crc(file, &err);
            bool full_ok = arrow_check_full(file, &err);
            assert_true(arrow_damaged(file) > 0 || cut + 4096 > size);
            assert_false(cut + 4096 <= size && crc_ok && full_ok);
            arrow_unref(file);
        }
    }
}

static void test_size_must_fit(void **state) {
    struct err err = ERR_INIT;
    char *path = unit_path(state, "segment.arrow");
    write_file(path, 10);
    struct arrow_open opt = {.expect_size = 12345};
    assert_null(arrow_open(path, &opt, &err));
    assert_int_equal(err.sub, ARROW_ERR_TRUNCATED);
    struct arrow_file *file = arrow_open(path, NULL, &err);
    assert_non_null(file);
    opt.expect_size = arrow_size(file);
    opt.expect_dataset = "all_types";
    struct arrow_file *again = arrow_open(path, &opt, &err);
    assert_non_null(again);
    assert_string_equal(arrow_path(again), path);
    arrow_unref(again);
    opt.expect_dataset = "other";
    assert_null(arrow_open(path, &opt, &err));
    assert_int_equal(err.sub, ARROW_ERR_SCHEMA_MISMATCH);
    arrow_unref(file);
}

static void test_not_files(void **state) {
    struct err err = ERR_INIT;
    assert_null(arrow_open(unit_path(state, "absent.arrow"), NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_IO);
    assert_non_null(strstr(err.msg, "absent.arrow"));
    assert_null(arrow_open(*state, NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_IO);
    char *path = unit_path(state, "empty.arrow");
    close(open(path, O_WRONLY | O_CREAT, 0644));
    assert_null(arrow_open(path, NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_TRUNCATED);
    assert_null(arrow_open("/dev/zero", NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_IO);
}

// Many at once, released out of order: entries are used again.
static void test_many_maps(void **state) {
    struct err err = ERR_INIT;
    enum { N = 300 };
    static struct arrow_file *files[N];
    char *path = unit_path(state, "segment.arrow");
    write_file(path, 5);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            if (!files[i]) {
                files[i] = arrow_open(path, NULL, &err);
                assert_non_null(files[i]);
            }
        }
        for (int i = round % 3; i < N; i += 3) {
            arrow_unref(files[i]);
            files[i] = NULL;
        }
    }
    assert_int_equal(truncate(path, 0), 0);
    for (int i = 0; i < N; i++) {
        if (files[i]) {
            assert_int_equal(arrow_damaged(files[i]), 0);
            assert_false(arrow_check_full(files[i], &err));
            assert_true(arrow_damaged(files[i]) > 0);
            arrow_unref(files[i]);
        }
    }
}

// --- SIGBUS that is not ours -------------------------------------------------------------------

static void touch_foreign_map(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || ftruncate(fd, 4096) != 0) {
        _exit(3);
    }
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED || ftruncate(fd, 0) != 0) {
        _exit(3);
    }
    (void)page[0];
}

static void leave_quietly(int sig) {
    (void)sig;
    _exit(42);
}

static int status_of_child(void (*body)(const char *path), const char *path) {
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        body(path);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void with_default(const char *path) {
    signal(SIGBUS, SIG_DFL);
    arrow_sigbus_install();
    touch_foreign_map(path);
}

static void with_previous(const char *path) {
    signal(SIGBUS, leave_quietly);
    arrow_sigbus_install();
    touch_foreign_map(path);
}

static void with_fallback(const char *path) {
    arrow_sigbus_install();
    arrow_sigbus_fallback(leave_quietly);
    touch_foreign_map(path);
}

static void sent_by_hand(const char *path) {
    (void)path;
    signal(SIGBUS, SIG_DFL);
    arrow_sigbus_install();
    raise(SIGBUS);
}

// Runs first: the handler is installed in the children only.
static void test_foreign_faults(void **state) {
    char *path = unit_path(state, "foreign");
    int status = status_of_child(with_default, path);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    status = status_of_child(sent_by_hand, path);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    status = status_of_child(with_previous, path);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    status = status_of_child(with_fallback, path);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(test_foreign_faults),   unit_test_in_dir(test_truncated_while_read),
        unit_test_in_dir(test_cut_at_each_page), unit_test_in_dir(test_size_must_fit),
        unit_test_in_dir(test_not_files),        unit_test_in_dir(test_many_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
