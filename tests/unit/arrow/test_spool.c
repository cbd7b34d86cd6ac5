// label: threads
// Files whose batches outgrow memory: written behind the writer's back, kept in place, and equal
// byte for byte to what a copy of them gives.
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

#include "arrow_test.h"

static char dir[] = "/tmp/culprit-spool-XXXXXX";

static int make_dir(void **state) {
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
    (void)state;
    return rmdir(dir); // fails when a test left something
}

static int count_files(void) {
    int n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        n += e->d_name[0] != '.';
    }
    closedir(d);
    return n;
}

enum { TEXT_LEN = 100, WORD_LEN = 40 };

struct table {
    int64_t n_rows;
    int64_t n_words; // distinct values of the dictionary column
};

static struct arrow_writer *fill(const struct table *t) {
    struct err err = ERR_INIT;
    struct arrow_field fields[] = {
        {.name = SV("id"), .kind = ARROW_I64},
        {.name = SV("text"), .kind = ARROW_UTF8, .nullable = true},
        {.name = SV("word"), .kind = ARROW_DICT, .nullable = true},
    };
    struct arrow_schema schema = {.fields = fields, .n_fields = COUNTOF(fields)};
    struct arrow_writer *w = arrow_writer_new(&schema, dir, &err);
    assert_non_null(w);
    char text[TEXT_LEN];
    char word[WORD_LEN];
    for (int64_t row = 0; row < t->n_rows; row++) {
        memset(text, 'a' + (int)(row % 26), sizeof text);
        snprintf(word, sizeof word, "%039lld", (long long)(row % t->n_words));
        arrow_add_i64(arrow_column(w, 0), row);
        if (row % 7) {
            arrow_add_text(arrow_column(w, 1), sv_make(text, sizeof text));
        }
        arrow_add_text(arrow_column(w, 2), sv_make(word, WORD_LEN - 1));
        OK(arrow_row_end(w, &err));
    }
    return w;
}

static void check_rows(struct arrow_file *file, const struct table *t) {
    struct err err = ERR_INIT;
    OK(arrow_check_full(file, &err));
    OK(arrow_check_crc(file, &err));
    assert_int_equal(arrow_n_rows(file), t->n_rows);
    for (int64_t row = 0; row < t->n_rows; row += 997) {
        int64_t slot;
        const struct arrow_batch *batch =
            arrow_batch(file, arrow_find_batch(file, row, &slot), &err);
        assert_non_null(batch);
        struct sv text = arrow_get_text(&batch->cols[1], slot);
        struct sv word = arrow_get_text(&batch->cols[2], slot);
        char expected[WORD_LEN];
        snprintf(expected, sizeof expected, "%039lld", (long long)(row % t->n_words));
        assert_int_equal(arrow_get_i64(&batch->cols[0], slot), row);
        assert_int_equal(text.len, row % 7 ? TEXT_LEN : 0);
        assert_true(!text.len || text.ptr[TEXT_LEN - 1] == 'a' + (int)(row % 26));
        assert_true(sv_is(word, expected));
    }
}

static ino_t inode_of(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 ? st.st_ino : 0;
}

static struct bytes read_whole(const char *path) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    struct bytes b = {xmalloc((size_t)st.st_size), (size_t)st.st_size};
    assert_int_equal(read(fd, b.ptr, b.len), (ssize_t)b.len);
    close(fd);
    return b;
}

// Finishes a table as a file, compares it with a copy of the same; `kept` says whether the spool
// has to be the file.
static void check_table(const struct table *t, bool kept) {
    struct err err = ERR_INIT;
    char *spool = xasprintf("%s/spool-0", dir);
    char *path = xasprintf("%s/finished", dir);
    struct arrow_writer *w = fill(t);
    ino_t spool_inode = inode_of(spool);
    // The writing thread makes the file when it gets to it.
    for (int i = 0; kept && !spool_inode && i < 1000; i++) {
        usleep(10000);
        spool_inode = inode_of(spool);
    }
    struct arrow_finished done;
    OK(arrow_finish_as(w, path, NULL, &done, &err));
    assert_int_equal(kept, spool_inode != 0 && inode_of(path) == spool_inode);
    arrow_writer_free(w);
    assert_int_equal(count_files(), 1);
    struct arrow_file *file =
        arrow_open(path, &(struct arrow_open){.expect_size = done.size}, &err);
    assert_non_null(file);
    assert_int_equal(arrow_footer_crc(file), done.footer_crc);
    check_rows(file, t);
    arrow_unref(file);
    struct bytes in_place = read_whole(path);
    struct bytes copied = finish(fill(t), NULL);
    assert_int_equal(in_place.len, copied.len);
    assert_memory_equal(in_place.ptr, copied.ptr, copied.len);
    free(in_place.ptr);
    free(copied.ptr);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(count_files(), 0);
    free(path);
    free(spool);
}

static void test_small_stays_in_memory(void **state) {
    (void)state;
    check_table(&(struct table){10, 3}, false);
    check_table(&(struct table){70000, 3}, false);
}

static void test_large_is_kept(void **state) {
    (void)state;
    check_table(&(struct table){150000, 50}, true);
    check_table(&(struct table){500000, 1000}, true);
}

// Values that come after the batches began make the dictionary outgrow the room left for it.
static void test_dictionary_outgrows_its_room(void **state) {
    (void)state;
    check_table(&(struct table){300000, 300000}, false);
}

static void test_existing_file_is_not_replaced(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    char *path = xasprintf("%s/finished", dir);
    const struct table tables[] = {{10, 3}, {150000, 3}};
    for (size_t i = 0; i < COUNTOF(tables); i++) {
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0 && write(fd, "mine", 4) == 4);
        close(fd);
        struct arrow_writer *w = fill(&tables[i]);
        struct arrow_finished done;
        assert_false(arrow_finish_as(w, path, NULL, &done, &err));
        assert_int_equal(err.code, ERR_IO);
        assert_int_equal(err.sub, ARROW_ERR_IO);
        arrow_writer_free(w);
        struct bytes b = read_whole(path);
        assert_int_equal(b.len, 4);
        free(b.ptr);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(count_files(), 0);
    free(path);
}

// The writing threads make their files when they get to it.
static void wait_for_files(size_t n) {
    for (int i = 0; i < 1000 && (size_t)count_files() != n; i++) {
        usleep(10000);
    }
    assert_int_equal(count_files(), n);
}

// Two writers of one folder do not meet, and what is dropped half-way leaves nothing.
static void test_writers_side_by_side(void **state) {
    (void)state;
    struct arrow_writer *a = fill(&(struct table){150000, 3});
    struct arrow_writer *b = fill(&(struct table){150000, 5});
    wait_for_files(2);
    arrow_writer_free(a);
    assert_int_equal(count_files(), 1);
    arrow_writer_free(b);
    assert_int_equal(count_files(), 0);
}

// The writing thread meets the limit of the file size, the caller gets to know.
static void test_failure_behind_the_back(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {12 << 20, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct arrow_field field = {.name = SV("id"), .kind = ARROW_I64};
    struct arrow_schema schema = {.fields = &field, .n_fields = 1};
    struct arrow_writer *w = arrow_writer_new(&schema, dir, &err);
    bool ok = true;
    for (int64_t row = 0; ok && row < 3000000; row++) {
        arrow_add_i64(arrow_column(w, 0), row);
        ok = arrow_row_end(w, &err);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_false(ok);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sub, ARROW_ERR_IO);
    assert_non_null(strstr(err.msg, dir));
    struct arrow_finished done;
    char *path = xasprintf("%s/finished", dir);
    assert_false(arrow_finish_as(w, path, NULL, &done, &err));
    arrow_writer_free(w);
    assert_int_equal(count_files(), 0);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_stays_in_memory),
        cmocka_unit_test(test_large_is_kept),
        cmocka_unit_test(test_dictionary_outgrows_its_room),
        cmocka_unit_test(test_existing_file_is_not_replaced),
        cmocka_unit_test(test_writers_side_by_side),
        cmocka_unit_test(test_failure_behind_the_back),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
