#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/scope.h"
#include "unit.h"

static void put(const char *path, const char *text) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void assert_content(const char *path, const char *want) {
    auto_str got = STR_INIT;
    assert_true(file_read(path, 1 << 20, &got, NULL));
    assert_sv(str_sv(&got), want);
}

static size_t n_files(const char *folder) {
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

static void reads_whole_files(void **state) {
    auto_str got = STR_INIT;
    struct err err = ERR_INIT;
    char *path = unit_path(state, "in");
    put(path, "");
    assert_true(file_read(path, 0, &got, &err));
    assert_sv(str_sv(&got), "");
    put(path, "0123456789");
    assert_true(file_read(path, 10, &got, &err));
    assert_sv(str_sv(&got), "0123456789");
    assert_string_equal(got.ptr, "0123456789");
    assert_false(file_read(path, 9, &got, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.msg, path));
    // Files of /proc say that they are empty.
    assert_true(file_read("/proc/self/stat", 1 << 20, &got, &err));
    assert_true(got.len > 10);
    assert_false(file_read("/dev/zero", 1 << 20, &got, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

static void reading_refusals(void **state) {
    auto_str got = STR_INIT;
    struct err err = ERR_INIT;
    assert_false(file_read(unit_path(state, "none"), 10, &got, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(err.sys, ENOENT);
    assert_non_null(strstr(err.msg, "none"));
    assert_false(file_read(*state, 10, &got, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sys, EISDIR);
}

static void paths(void **state) {
    (void)state;
    assert_string_equal(path_base("a/b.csv"), "b.csv");
    assert_string_equal(path_base("b.csv"), "b.csv");
    assert_string_equal(path_base("a/"), "");
    auto_free char *plain = path_join("a", "b");
    auto_free char *slash = path_join("a/", "b");
    auto_free char *none = path_join("", "b");
    assert_string_equal(plain, "a/b");
    assert_string_equal(slash, "a/b");
    assert_string_equal(none, "b");
}

static void folders(void **state) {
    struct err err = ERR_INIT;
    char *deep = unit_path(state, "a/b//c/");
    size_t n_made;
    assert_true(dir_make_count(deep, &n_made, &err));
    assert_int_equal(n_made, 3);
    assert_true(dir_make_count(deep, &n_made, &err));
    assert_int_equal(n_made, 0);
    assert_true(dir_make(deep, &err));
    assert_true(file_exists(unit_path(state, "a/b/c")));
    assert_true(dir_sync(deep, &err));
    assert_false(file_exists(unit_path(state, "a/x")));
    put(unit_path(state, "a/file"), "");
    assert_false(dir_make(unit_path(state, "a/file/x"), &err));
    assert_non_null(strstr(err.msg, "a/file"));
    assert_false(dir_make(unit_path(state, "a/file"), &err));
    // The reason is that of the failed mkdir(), not of the look at what stands there.
    assert_int_equal(symlink("nowhere", unit_path(state, "a/dangling")), 0);
    assert_false(dir_make(unit_path(state, "a/dangling"), &err));
    assert_int_equal(err.sys, EEXIST);
    assert_int_equal(err.code, ERR_IO);
    assert_false(dir_sync(unit_path(state, "a/none"), &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void appears_whole(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "out.csv");
    assert_true(new_file_open(&f, path, false, &err));
    assert_true(new_file_write(&f, "a,b\n", 4, &err));
    assert_false(file_exists(path));
    assert_true(new_file_write(&f, "1,2\n", 4, &err));
    assert_true(new_file_commit(&f, &err));
    assert_content(path, "a,b\n1,2\n");
    assert_int_equal(n_files(*state), 1);
    new_file_abort(&f);
    assert_content(path, "a,b\n1,2\n");
}

static void large_writes_keep_their_order(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "big");
    auto_str want = STR_INIT;
    assert_true(new_file_open(&f, path, false, &err));
    for (size_t i = 0; i < 60; i++) {
        size_t len = i % 7 == 0 ? 300000 : 5 + i * 100;
        size_t at = want.len;
        str_fill(&want, (char)('A' + i % 50), len);
        assert_true(new_file_write(&f, want.ptr + at, len, &err));
    }
    assert_true(new_file_commit(&f, &err));
    auto_str got = STR_INIT;
    assert_true(file_read(path, want.len, &got, &err));
    assert_true(sv_eq(str_sv(&got), str_sv(&want)));
}

static void abort_leaves_nothing(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "out");
    put(path, "old");
    assert_true(new_file_open(&f, path, true, &err));
    assert_true(new_file_write(&f, "new", 3, &err));
    new_file_abort(&f);
    new_file_abort(&f);
    assert_content(path, "old");
    assert_int_equal(n_files(*state), 1);
}

static void replaces_only_when_told(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "out");
    put(path, "old");
    assert_false(new_file_open(&f, path, false, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.msg, "exists"));
    assert_true(new_file_open(&f, path, true, &err));
    assert_true(new_file_write(&f, "new", 3, &err));
    assert_true(new_file_commit(&f, &err));
    assert_content(path, "new");
    // One that appears between open and commit is not lost either.
    char *late = unit_path(state, "late");
    assert_true(new_file_open(&f, late, false, &err));
    put(late, "theirs");
    assert_false(new_file_commit(&f, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_content(late, "theirs");
    assert_int_equal(n_files(*state), 2);
}

static void keeps_the_rights_of_what_it_replaces(void **state) {
    static const mode_t modes[] = {0600, 0640, 0664};
    char *path = unit_path(state, "private");
    put(path, "old");
    for (size_t i = 0; i < COUNTOF(modes); i++) {
        struct new_file f;
        struct stat st;
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_true(new_file_open(&f, path, true, NULL));
        assert_int_equal(stat(f.tmp_path, &st), 0);
        assert_int_equal(st.st_mode & 0777, modes[i]);
        assert_true(new_file_commit(&f, NULL));
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, modes[i]);
    }
}

static void odd_targets(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    assert_false(new_file_open(&f, *state, true, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(new_file_open(&f, "/dev/null", true, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(new_file_open(&f, unit_path(state, "no/where"), true, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    // A symbolic link stays one; the file behind it is replaced.
    put(unit_path(state, "real"), "old");
    char *path = unit_path(state, "link");
    assert_int_equal(symlink("real", path), 0);
    assert_true(new_file_open(&f, path, true, &err));
    assert_true(new_file_write(&f, "new", 3, &err));
    assert_true(new_file_commit(&f, &err));
    assert_content(unit_path(state, "real"), "new");
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

// A file size limit stands for a full disk: the write fails in the middle.
static void full_disk(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    char *path = unit_path(state, "out");
    put(path, "old");
    struct rlimit before;
    struct rlimit small = {.rlim_cur = 100000};
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    auto_str text = STR_INIT;
    str_fill(&text, 'x', 400000);
    bool opened = new_file_open(&f, path, true, &err);
    bool written = new_file_write(&f, text.ptr, text.len, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_true(opened);
    assert_false(written);
    assert_int_equal(err.sys, EFBIG);
    assert_non_null(strstr(err.msg, path));
    new_file_abort(&f);
    assert_content(path, "old");
    assert_int_equal(n_files(*state), 1);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    opened = new_file_open(&f, path, true, &err);
    written = new_file_write(&f, text.ptr, 200000, &err); // still in the buffer
    bool committed = new_file_commit(&f, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_true(opened && written);
    assert_false(committed);
    assert_content(path, "old");
    assert_int_equal(n_files(*state), 1);
}

static void writes_at_offsets(void **state) {
    struct err err = ERR_INIT;
    char *path = unit_path(state, "out");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_true(fd_write(fd, "abcdef", 6, &err));
    assert_true(fd_pwrite(fd, "XY", 2, 2, &err));
    assert_true(fd_pwrite(fd, NULL, 0, 99, &err));
    assert_content(path, "abXYef");
    close(fd);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_false(fd_write(fd, "x", 1, &err));
    assert_int_equal(err.sys, EBADF);
    assert_false(fd_pwrite(fd, "x", 1, 5, &err));
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(reads_whole_files),
        unit_test_in_dir(reading_refusals),
        cmocka_unit_test(paths),
        unit_test_in_dir(folders),
        unit_test_in_dir(appears_whole),
        unit_test_in_dir(large_writes_keep_their_order),
        unit_test_in_dir(abort_leaves_nothing),
        unit_test_in_dir(replaces_only_when_told),
        unit_test_in_dir(keeps_the_rights_of_what_it_replaces),
        unit_test_in_dir(odd_targets),
        unit_test_in_dir(full_disk),
        unit_test_in_dir(writes_at_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
