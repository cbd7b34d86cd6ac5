// label: threads
#include "store/store_test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/date.h"

static const struct thing old_rows[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", "b"}};
static const struct thing new_rows[] = {{2, 0, false, "TWO", "b"}, {3, 0, true, "three", "c"}};
static const struct thing merged_rows[] = {
    {1, 0, true, "one", "a"}, {2, 0, false, "TWO", "b"}, {3, 0, true, "three", "c"}};

// Every step of the protocol; how often each comes up depends on the number of files.
static const char *const steps[] = {
    "mkdir",           "lock",           "sweep",          "create",          "write",
    "fsync",           "rename",         "sync_dir",       "sync_data",       "sync_folders",
    "manifest_create", "manifest_write", "manifest_fsync", "manifest_rename", "sync_store",
};

static struct fault {
    const char *step;
    int nth; // which time the step comes up, from 0
    int sys;
    bool kill;
    int n_seen;
} fault;

static bool on_step(const char *step) {
    if (!fault.step || strcmp(step, fault.step) != 0 || fault.n_seen++ != fault.nth) {
        return true;
    }
    if (fault.kill) {
        kill(getpid(), SIGKILL);
    }
    errno = fault.sys ? fault.sys : EIO;
    return false;
}

static void set_fault(const char *step, int nth) {
    fault = (struct fault){.step = step, .nth = nth};
    publish_set_fault_hook(step ? on_step : NULL);
}

// Generation 1 with two datasets, and a file in tmp/ for the sweep to find.
static void make_store(const char *dir) {
    import_things(dir, (struct import){0}, old_rows, 2);
    char *left = xasprintf("%s/tmp/spool-7", dir);
    int fd = open(left, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    free(left);
}

// The publish that the faults meet. False with `err` at the step that failed.
static bool publish_new_rows(const char *dir, struct err *err) {
    struct publish *pub = publish_begin(dir, err);
    struct merge_result r;
    bool ok = pub && try_merge(pub, (struct import){0}, new_rows, 2, &r, err) &&
              publish_commit(pub, NULL, err);
    publish_end(pub);
    return ok;
}

static bool is_whole(const char *dir, const struct thing *rows, size_t n) {
    struct snapshot *snap = open_store(dir);
    struct thing_list found = read_things(snap, "things");
    bool same = found.n == n;
    for (size_t i = 0; same && i < n; i++) {
        same = thing_equal(&found.ptr[i], &rows[i]);
    }
    array_done(&found);
    snapshot_unref(snap);
    return same;
}

static void assert_clean(const char *dir) {
    struct str report = STR_INIT;
    assert_int_equal(store_check(dir, &report, NULL), 0);
    assert_string_equal(str_cstr(&report), "");
    str_done(&report);
    assert_int_equal(count_files(dir, "tmp"), 0);
}

// --- faults -----------------------------------------------------------------------------------

static bool committed(const char *step) {
    return !strcmp(step, "sync_store");
}

// A sweep that cannot remove something is no reason to stop.
static bool is_harmless(const char *step) {
    return !strcmp(step, "sweep");
}

static void fail_at(const char *dir, const char *step, int nth) {
    struct err err = ERR_INIT;
    make_store(dir);
    set_fault(step, nth);
    bool ok = publish_new_rows(dir, &err);
    bool met = fault.n_seen > nth;
    set_fault(NULL, 0);
    if (!met) {
        assert_true(ok);
        return;
    }
    if (is_harmless(step)) {
        assert_true(ok);
        return;
    }
    assert_false(ok);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sys, EIO);
    assert_generation(dir, committed(step) ? "0000000000000002" : "0000000000000001");
    assert_true(committed(step) ? is_whole(dir, merged_rows, 3) : is_whole(dir, old_rows, 2));
    // Nothing is left behind, even before the next writer sweeps.
    assert_int_equal(count_files(dir, "data/things"), committed(step) ? 3 : 1);
    assert_true(publish_new_rows(dir, &err));
    assert_true(is_whole(dir, merged_rows, 3));
    publish_end(begin(dir));
    assert_clean(dir);
}

static void test_fault_at_each_step(void **state) {
    for (size_t i = 0; i < COUNTOF(steps); i++) {
        for (int nth = 0; nth < 3; nth++) {
            char *dir = xasprintf("%s/%s-%d", (char *)*state, steps[i], nth);
            fail_at(dir, steps[i], nth);
            free(dir);
        }
    }
}

// Every step is one that the protocol takes: the test above would not notice a misspelt one.
static void test_steps_all_come_up(void **state) {
    for (size_t i = 0; i < COUNTOF(steps); i++) {
        char *dir = xasprintf("%s/%s", (char *)*state, steps[i]);
        make_store(dir);
        set_fault(steps[i], 1000);
        assert_true(publish_new_rows(dir, NULL));
        assert_true(fault.n_seen > 0);
        set_fault(NULL, 0);
        free(dir);
    }
}

// --- order ------------------------------------------------------------------------------------

// What happened so far: "rename" for a step, "-> data" for a folder or file that was synced, as
// its path behind `below`. Taken down while `below` is set.
static struct {
    const char *below;
    struct str text;
} events;

// In place of the C library's, so that it is seen which folder a step really syncs.
int fsync(int fd) {
    char link[64], path[4096] = "";
    if (events.below) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, sizeof path - 1);
        size_t skip = strlen(events.below);
        assert_true(n > 0 && (size_t)n >= skip && !strncmp(path, events.below, skip));
        str_addf(&events.text, "-> %s\n", path + skip);
    }
    return (int)syscall(SYS_fsync, fd);
}

static bool note_step(const char *step) {
    if (strcmp(step, "open") != 0) {
        str_addf(&events.text, "%s\n", step);
    }
    return true;
}

static void assert_events(const char *below, const char *dir, const char *name,
                          const char *expected) {
    char *real = realpath(below, NULL);
    str_clear(&events.text);
    events.below = real;
    publish_set_fault_hook(note_step);
    struct merge_result r = import_things(dir, (struct import){.name = name}, new_rows, 2);
    publish_set_fault_hook(NULL);
    events.below = NULL;
    assert_true(r.changed);
    assert_sv(str_sv(&events.text), expected);
    free(real);
}

// Whatever gained an entry is synced before the manifest that counts on it: after a power failure
// the new manifest may be there, and then its files must be. Of a new store that is also the
// store's own folder in the one above, and those that were made for it.
static void test_everything_is_synced_before_the_manifest(void **state) {
    char *dir = unit_path(state, "above/store");
    assert_events(*state, dir, "things",
                  "mkdir\nlock\ncreate\nwrite\n"
                  "fsync\n-> /above/store/tmp/0000000000000001-0.arrow\n"
                  "rename\n"
                  "sync_dir\n-> /above/store/data/things\n"
                  "sync_data\n-> /above/store/data\n"
                  "sync_folders\n-> /above/store\n"
                  "sync_above\n-> /above\n"
                  "sync_above\n-> \n"
                  "manifest_create\nmanifest_write\n"
                  "manifest_fsync\n-> /above/store/tmp/manifest\n"
                  "manifest_rename\n"
                  "sync_store\n-> /above/store\n");
    assert_events(*state, dir, "others",
                  "mkdir\nlock\ncreate\nwrite\n"
                  "fsync\n-> /above/store/tmp/0000000000000002-0.arrow\n"
                  "rename\n"
                  "sync_dir\n-> /above/store/data/others\n"
                  "sync_data\n-> /above/store/data\n"
                  "sync_folders\n-> /above/store\n"
                  "manifest_create\nmanifest_write\n"
                  "manifest_fsync\n-> /above/store/tmp/manifest\n"
                  "manifest_rename\n"
                  "sync_store\n-> /above/store\n");
    str_done(&events.text);
}

// The first publish of a store: nothing is there before, so nothing is there after a failure.
static void test_fault_in_a_new_store(void **state) {
    for (int nth = 0; nth < 2; nth++) {
        struct err err = ERR_INIT;
        char *dir = xasprintf("%s/%d/store", (char *)*state, nth);
        set_fault("sync_above", nth);
        assert_false(publish_new_rows(dir, &err));
        assert_int_equal(fault.n_seen, nth + 1);
        set_fault(NULL, 0);
        assert_int_equal(err.sys, EIO);
        assert_generation(dir, "0000000000000000");
        assert_true(publish_new_rows(dir, &err));
        assert_true(is_whole(dir, new_rows, 2));
        assert_clean(dir);
        free(dir);
    }
}

static void kill_at(const char *dir, const char *step, int nth) {
    make_store(dir);
    pid_t pid = fork();
    if (pid == 0) {
        fault = (struct fault){.step = step, .nth = nth, .kill = true};
        publish_set_fault_hook(on_step);
        _exit(publish_new_rows(dir, NULL) ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    assert_true(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    // The lock died with its holder; readers see one of the two generations, whole.
    bool is_new = !killed || committed(step);
    assert_generation(dir, is_new ? "0000000000000002" : "0000000000000001");
    assert_true(is_new ? is_whole(dir, merged_rows, 3) : is_whole(dir, old_rows, 2));
    publish_end(begin(dir));
    assert_clean(dir);
    assert_true(publish_new_rows(dir, NULL));
    assert_true(is_whole(dir, merged_rows, 3));
}

static void test_killed_at_each_step(void **state) {
    for (size_t i = 0; i < COUNTOF(steps); i++) {
        for (int nth = 0; nth < 2; nth++) {
            char *dir = xasprintf("%s/%s-%d", (char *)*state, steps[i], nth);
            kill_at(dir, steps[i], nth);
            free(dir);
        }
    }
}

// --- lock -------------------------------------------------------------------------------------

static void test_two_writers(void **state) {
    char *dir = *state;
    struct err err = ERR_INIT;
    struct publish *first = begin(dir);
    assert_null(publish_begin(dir, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(err.sub, ARROW_ERR_LOCKED);
    char *pid = xasprintf("process %ld on ", (long)getpid());
    assert_non_null(strstr(err.msg, pid));
    assert_non_null(strstr(err.msg, dir));
    free(pid);
    merge_in(first, (struct import){0}, old_rows, 2);
    commit(first);
    publish_end(first);
    publish_end(begin(dir));
    assert_true(is_whole(dir, old_rows, 2));
}

static void test_writer_in_another_process(void **state) {
    char *dir = *state;
    int ready[2], done[2];
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char c = 'x';
        struct publish *pub = publish_begin(dir, NULL);
        bool ok = pub && write(ready[1], &c, 1) == 1 && read(done[0], &c, 1) == 1;
        publish_end(pub);
        _exit(ok ? 0 : 1);
    }
    char c;
    struct err err = ERR_INIT;
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_null(publish_begin(dir, &err));
    char *name = xasprintf("process %ld on ", (long)pid);
    assert_non_null(strstr(err.msg, name));
    free(name);
    assert_int_equal(write(done[1], &c, 1), 1);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    publish_end(begin(dir));
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(done[i]);
    }
}

// --- generations ------------------------------------------------------------------------------

// A reader that has loaded the manifest of g may still open its files while g + 1 is published.
static void test_previous_generation_is_kept(void **state) {
    char *dir = *state;
    import_things(dir, (struct import){0}, old_rows, 2);
    import_things(dir, (struct import){0}, new_rows, 2);
    assert_int_equal(count_files(dir, "data/things"), 3); // old, rewritten, appended
    struct thing other = {9, 9, true, "nine", ""};
    struct publish *pub = begin(dir);
    assert_int_equal(count_files(dir, "data/things"), 3);
    merge_in(pub, (struct import){0}, &other, 1);
    commit(pub);
    publish_end(pub);
    pub = begin(dir);
    assert_int_equal(count_files(dir, "data/things"), 3); // the first file is gone
    publish_end(pub);
}

static void test_sweep_leaves_strangers(void **state) {
    char *dir = *state;
    import_things(dir, (struct import){0}, old_rows, 2);
    const char *names[] = {"data/things/notes.txt", "data/things/0000000000000001-99.arrow",
                           "tmp/0000000000000001-99.arrow", "data/Other/x.arrow", "tmp/mine"};
    bool stays[] = {true, false, false, true, true};
    struct err err = ERR_INIT;
    assert_true(dir_make(unit_path(state, "data/Other"), &err));
    for (size_t i = 0; i < COUNTOF(names); i++) {
        struct new_file f;
        assert_true(new_file_open(&f, unit_path(state, names[i]), false, &err));
        assert_true(new_file_commit(&f, &err));
    }
    publish_end(begin(dir));
    for (size_t i = 0; i < COUNTOF(names); i++) {
        assert_int_equal(file_exists(unit_path(state, names[i])), stays[i]);
    }
}

// A wrong name for the store's folder: nothing is made in it and nothing is swept.
static void test_foreign_folder_is_refused(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    assert_true(dir_make(unit_path(state, "tmp"), &err));
    const char *names[] = {"thesis.txt", "tmp/spool-1"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        assert_true(new_file_open(&f, unit_path(state, names[i]), false, &err));
        assert_true(new_file_commit(&f, &err));
    }
    assert_null(publish_begin(*state, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.msg, "thesis.txt"));
    assert_null(publish_begin("", &err));
    assert_false(file_exists(unit_path(state, "lock")));
    assert_true(file_exists(unit_path(state, "tmp/spool-1")));
    // Files that are hidden, or of the file system, do not speak against it.
    assert_int_equal(unlink(unit_path(state, "thesis.txt")), 0);
    assert_true(dir_make(unit_path(state, "lost+found"), &err));
    publish_end(begin(*state));
}

static void test_uncommitted_is_dropped(void **state) {
    char *dir = *state;
    struct publish *pub = begin(dir);
    merge_in(pub, (struct import){0}, old_rows, 2);
    assert_int_equal(count_files(dir, "tmp"), 1);
    publish_end(pub);
    assert_int_equal(count_files(dir, "tmp"), 0);
    assert_generation(dir, "0000000000000000");
}

// A publish may go on without the file that could not be merged; what came before it stays.
static void test_failed_merge_leaves_the_one_before(void **state) {
    char *dir = *state;
    struct err err = ERR_INIT;
    struct merge_result r;
    struct publish *pub = begin(dir);
    merge_in(pub, (struct import){0}, old_rows, 2);
    set_fault("fsync", 0);
    bool ok = try_merge(pub, (struct import){0}, &new_rows[1], 1, &r, &err);
    set_fault(NULL, 0);
    assert_false(ok);
    commit(pub);
    publish_end(pub);
    assert_stored(dir, "things", old_rows, 2);
}

static int n_folder_syncs;

static bool fail_first_folder_sync(const char *step) {
    errno = EIO;
    return strcmp(step, "sync_dir") != 0 || n_folder_syncs++ > 0;
}

// A commit that is tried again may not skip the sync that failed.
static void test_second_try_syncs_again(void **state) {
    char *dir = *state;
    struct publish *pub = begin(dir);
    merge_in(pub, (struct import){0}, old_rows, 2);
    n_folder_syncs = 0;
    publish_set_fault_hook(fail_first_folder_sync);
    assert_false(publish_commit(pub, NULL, NULL));
    bool ok = publish_commit(pub, NULL, NULL);
    publish_set_fault_hook(NULL);
    assert_true(ok);
    assert_int_equal(n_folder_syncs, 2);
    publish_end(pub);
    assert_stored(dir, "things", old_rows, 2);
}

static int n_store_syncs;

static bool fail_first_store_sync(const char *step) {
    errno = EIO;
    return strcmp(step, "sync_store") != 0 || n_store_syncs++ > 0;
}

// Likewise where the new manifest is in place already and only its folder is not synced.
static void test_second_try_syncs_the_store_again(void **state) {
    char *dir = *state;
    char generation[17];
    struct err err = ERR_INIT;
    struct publish *pub = begin(dir);
    merge_in(pub, (struct import){0}, old_rows, 2);
    n_store_syncs = 0;
    publish_set_fault_hook(fail_first_store_sync);
    assert_false(publish_commit(pub, NULL, &err));
    assert_non_null(strstr(err.msg, "power failure"));
    bool ok = publish_commit(pub, generation, NULL);
    assert_int_equal(n_store_syncs, 2);
    ok = ok && publish_commit(pub, NULL, NULL);
    publish_set_fault_hook(NULL);
    assert_true(ok);
    assert_int_equal(n_store_syncs, 2); // and not for ever
    assert_string_equal(generation, "0000000000000001");
    publish_end(pub);
    assert_stored(dir, "things", old_rows, 2);
}

static void test_commit_without_change(void **state) {
    char *dir = *state;
    char generation[17];
    struct publish *pub = begin(dir);
    assert_string_equal(publish_base(pub)->generation, "0000000000000000");
    assert_true(publish_commit(pub, generation, NULL));
    assert_string_equal(generation, "0000000000000000");
    publish_end(pub);
    assert_false(file_exists(unit_path(state, "manifest.json")));
}

// Equal input under a fixed clock gives equal bytes.
static void test_repeatable(void **state) {
    struct str first = STR_INIT, second = STR_INIT;
    clock_fix(INT64_C(1761386400) * US_PER_SEC);
    char *a = xasprintf("%s/a", (char *)*state);
    char *b = xasprintf("%s/b", (char *)*state);
    import_things(a, (struct import){0}, old_rows, 2);
    import_things(b, (struct import){0}, old_rows, 2);
    assert_true(file_read(unit_path(state, "a/manifest.json"), 1 << 20, &first, NULL));
    assert_true(file_read(unit_path(state, "b/manifest.json"), 1 << 20, &second, NULL));
    assert_string_equal(str_cstr(&first), str_cstr(&second));
    assert_non_null(strstr(str_cstr(&first), "2025-10-25T10:00:00Z"));
    const char *file = "data/things/0000000000000001-0.arrow";
    char *in_a = path_join(a, file);
    char *in_b = path_join(b, file);
    assert_true(file_read(in_a, 1 << 20, &first, NULL));
    assert_true(file_read(in_b, 1 << 20, &second, NULL));
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.ptr, second.ptr, first.len);
    free(in_a);
    free(in_b);
    free(a);
    free(b);
    str_done(&first);
    str_done(&second);
}

// --- what the system refuses ------------------------------------------------------------------

static void check_refusal(const char *dir, const char *step, int sys, const char *part) {
    struct err err = ERR_INIT;
    make_store(dir);
    set_fault(step, 0);
    fault.sys = sys;
    assert_false(publish_new_rows(dir, &err));
    set_fault(NULL, 0);
    assert_int_equal(err.sys, sys);
    if (!strstr(err.msg, part) || !strstr(err.msg, dir)) {
        fail_msg("%s: %s", step, err.msg);
    }
    assert_true(is_whole(dir, old_rows, 2));
    assert_int_equal(count_files(dir, "data/things"), 1);
}

static void test_messages(void **state) {
    check_refusal(unit_path(state, "a"), "lock", EROFS, "opened for reading");
    check_refusal(unit_path(state, "b"), "mkdir", EACCES, "--store DIR");
    check_refusal(unit_path(state, "c"), "write", ENOSPC, "no space left");
    check_refusal(unit_path(state, "d"), "fsync", ENOSPC, "nothing was published");
    check_refusal(unit_path(state, "e"), "manifest_write", EDQUOT, "no space left");
}

#define CHILD_CHECK(cond)                                                                          \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fprintf(stderr, "line %d: %s\n", __LINE__, #cond);                                     \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

enum { CHILD_SKIP = 77 };

// A mount namespace of the child's own, so that nothing is left mounted.
static void own_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        _exit(CHILD_SKIP);
    }
}

// Nobody's rights: permissions do not bind root.
static void drop_rights(void) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        _exit(CHILD_SKIP);
    }
}

static void run_child(void (*prepare)(void), void (*run)(const char *dir), const char *dir,
                      const char *what) {
    pid_t pid = fork();
    if (pid == 0) {
        prepare();
        run(dir);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIP) {
        print_message("skipped: %s cannot be had here\n", what);
        skip();
    }
    assert_int_equal(status, 0);
}

static void on_full_disk(const char *dir) {
    if (mount("tmpfs", dir, "tmpfs", 0, "size=64k") != 0) {
        _exit(CHILD_SKIP);
    }
    import_things(dir, (struct import){0}, old_rows, 2);
    struct thing_list many = {0};
    for (int i = 0; i < 4000; i++) {
        struct thing t = {.id = i, .part = i};
        snprintf(t.name, sizeof t.name, "name %d", i);
        array_push(&many, t);
    }
    struct err err = ERR_INIT;
    struct merge_result r;
    struct publish *pub = publish_begin(dir, &err);
    CHILD_CHECK(pub);
    CHILD_CHECK(!try_merge(pub, (struct import){0}, many.ptr, many.n, &r, &err));
    CHILD_CHECK(err.sys == ENOSPC && strstr(err.msg, "no space left"));
    publish_end(pub);
    array_done(&many);
    CHILD_CHECK(count_files(dir, "tmp") == 0);
    CHILD_CHECK(is_whole(dir, old_rows, 2));
    CHILD_CHECK(publish_new_rows(dir, &err));
    CHILD_CHECK(is_whole(dir, merged_rows, 3));
}

static void test_full_disk(void **state) {
    run_child(own_mounts, on_full_disk, *state, "a full disk");
}

static void on_read_only(const char *dir) {
    struct err err = ERR_INIT;
    if (mount(dir, dir, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0) {
        _exit(CHILD_SKIP);
    }
    CHILD_CHECK(!publish_begin(dir, &err));
    CHILD_CHECK(err.sys == EROFS && strstr(err.msg, "opened for reading"));
    CHILD_CHECK(is_whole(dir, old_rows, 2));
    CHILD_CHECK(store_check(dir, &(struct str){0}, NULL) == 0);
}

static void test_read_only_store(void **state) {
    make_store(*state);
    run_child(own_mounts, on_read_only, *state, "a read-only store");
}

static void without_permission(const char *dir) {
    struct err err = ERR_INIT;
    CHILD_CHECK(!publish_begin(dir, &err));
    CHILD_CHECK(err.sys == EACCES && strstr(err.msg, "opened for reading"));
    CHILD_CHECK(is_whole(dir, old_rows, 2));
}

// A folder above may let us make a store in it without letting us read, and so sync, it.
static void below_unreadable(const char *dir) {
    struct err err = ERR_INIT;
    char *store = path_join(dir, "store");
    CHILD_CHECK(publish_new_rows(store, &err));
    CHILD_CHECK(is_whole(store, new_rows, 2));
    free(store);
}

static void test_new_store_in_an_unreadable_folder(void **state) {
    assert_int_equal(chmod(*state, 0333), 0);
    run_child(drop_rights, below_unreadable, *state, "a folder that cannot be read");
    assert_int_equal(chmod(*state, 0755), 0);
}

static void test_folder_without_permission(void **state) {
    make_store(*state);
    assert_int_equal(chmod(*state, 0555), 0);
    assert_int_equal(chmod(unit_path(state, "lock"), 0444), 0);
    run_child(drop_rights, without_permission, *state, "a store of somebody else");
    assert_int_equal(chmod(*state, 0755), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(test_fault_at_each_step),
        unit_test_in_dir(test_steps_all_come_up),
        unit_test_in_dir(test_everything_is_synced_before_the_manifest),
        unit_test_in_dir(test_fault_in_a_new_store),
        unit_test_in_dir(test_killed_at_each_step),
        unit_test_in_dir(test_two_writers),
        unit_test_in_dir(test_writer_in_another_process),
        unit_test_in_dir(test_previous_generation_is_kept),
        unit_test_in_dir(test_sweep_leaves_strangers),
        unit_test_in_dir(test_foreign_folder_is_refused),
        unit_test_in_dir(test_uncommitted_is_dropped),
        unit_test_in_dir(test_failed_merge_leaves_the_one_before),
        unit_test_in_dir(test_second_try_syncs_again),
        unit_test_in_dir(test_second_try_syncs_the_store_again),
        unit_test_in_dir(test_commit_without_change),
        unit_test_in_dir(test_repeatable),
        unit_test_in_dir(test_messages),
        unit_test_in_dir(test_full_disk),
        unit_test_in_dir(test_read_only_store),
        unit_test_in_dir(test_folder_without_permission),
        unit_test_in_dir(test_new_store_in_an_unreadable_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
