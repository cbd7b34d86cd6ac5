// label: threads
#include "store/store_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

static const struct thing rows[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", "b"}};

static void test_no_store(void **state) {
    struct err err = ERR_INIT;
    struct str damage = STR_INIT;
    struct snapshot *snap = snapshot_open(unit_path(state, "never"), &damage, &err);
    assert_non_null(snap);
    assert_string_equal(snap->generation, "0000000000000000");
    assert_int_equal(snap->n_datasets, 0);
    assert_int_equal(damage.len, 0);
    assert_null(snapshot_dataset(snap, "things"));
    assert_false(snapshot_is_stale(snap));
    snapshot_unref(snap);
    assert_false(file_exists(unit_path(state, "never")));
}

static void test_bad_manifest(void **state) {
    struct err err = ERR_INIT;
    struct new_file f;
    assert_true(new_file_open(&f, unit_path(state, "manifest.json"), false, &err));
    assert_true(new_file_write(&f, "{\"format\":1", 11, &err));
    assert_true(new_file_commit(&f, &err));
    assert_null(snapshot_open(*state, NULL, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.msg, "manifest.json:1"));
    // A writer must not build on it, and must not take it for an empty store either.
    assert_null(publish_begin(*state, &err));
    assert_true(file_exists(unit_path(state, "manifest.json")));
}

static void test_segments_and_rows(void **state) {
    char *dir = *state;
    struct thing more[] = {{3, 0, true, "c", ""}, {4, 0, true, "d", ""}, {5, 0, true, "e", ""}};
    import_things(dir, (struct import){0}, rows, 2);
    import_things(dir, (struct import){0}, more, 3);
    struct snapshot *snap = open_store(dir);
    const struct dataset *ds = snapshot_dataset(snap, "things");
    assert_int_equal(ds->n_segments, 2);
    assert_int_equal(ds->segments[1].first_row, 2);
    int64_t local;
    assert_ptr_equal(dataset_segment(ds, 1, &local), &ds->segments[0]);
    assert_int_equal(local, 1);
    assert_ptr_equal(dataset_segment(ds, 2, &local), &ds->segments[1]);
    assert_int_equal(local, 0);
    assert_ptr_equal(dataset_segment(ds, 4, &local), &ds->segments[1]);
    assert_int_equal(local, 2);
    snapshot_unref(snap);
}

// A snapshot outlives the files it shows.
static void test_snapshot_does_not_change(void **state) {
    char *dir = *state;
    struct import in = {.any_kind = true, .kind = DATASET_SNAPSHOT};
    import_things(dir, in, rows, 2);
    struct snapshot *snap = open_store(dir);
    assert_false(snapshot_is_stale(snap));
    for (int i = 0; i < 3; i++) {
        struct thing next = {i, 0, true, "next", ""};
        import_things(dir, in, &next, 1);
        assert_true(snapshot_is_stale(snap));
    }
    struct thing_list found = read_things(snap, "things");
    assert_things(&found, rows, 2);
    array_done(&found);
    snapshot_unref(snap);
}

static int n_cache_free;
static const char *cache_text;

static void cache_free(void *cache) {
    // The mapping must still be there.
    struct thing t = read_thing(((struct snapshot *)cache)->datasets[0].segments[0].arrow, 0);
    cache_text = t.id == 1 ? "one" : "wrong";
    n_cache_free++;
}

static void test_cache_goes_before_the_files(void **state) {
    import_things(*state, (struct import){0}, rows, 2);
    struct snapshot *snap = open_store(*state);
    snap->cache = snap;
    snap->cache_free = cache_free;
    struct snapshot *second = snapshot_ref(snap);
    snapshot_unref(snap);
    assert_int_equal(n_cache_free, 0);
    snapshot_unref(second);
    assert_int_equal(n_cache_free, 1);
    assert_string_equal(cache_text, "one");
}

// --- damage -----------------------------------------------------------------------------------

static char *segment_file(const char *dir, const char *dataset) {
    struct snapshot *snap = open_store(dir);
    char *path = xasprintf("%s/data/%s/%s.arrow", dir, dataset,
                           snapshot_dataset(snap, dataset)->segments[0].file);
    snapshot_unref(snap);
    return path;
}

static void assert_damage(const char *dir, const char *part) {
    struct err err = ERR_INIT;
    struct str damage = STR_INIT;
    struct snapshot *snap = snapshot_open(dir, &damage, &err);
    assert_non_null(snap);
    if (!strstr(str_cstr(&damage), part) || strncmp(damage.ptr, "things: ", 8) != 0) {
        fail_msg("damage: %s, expected: %s", str_cstr(&damage), part);
    }
    assert_int_equal(snapshot_dataset(snap, "things")->n_segments, 0);
    assert_int_equal(snapshot_dataset(snap, "things")->n_rows, 0);
    struct thing_list found = read_things(snap, "others");
    assert_things(&found, rows, 2);
    array_done(&found);
    snapshot_unref(snap);
    str_done(&damage);
}

static void two_datasets(const char *dir) {
    import_things(dir, (struct import){0}, rows, 2);
    import_things(dir, (struct import){.name = "others"}, rows, 2);
}

static void test_missing_segment(void **state) {
    two_datasets(*state);
    char *path = segment_file(*state, "things");
    assert_int_equal(unlink(path), 0);
    assert_damage(*state, path);
    free(path);
}

static void test_truncated_segment(void **state) {
    two_datasets(*state);
    char *path = segment_file(*state, "things");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 64), 0);
    assert_damage(*state, "expected");
    free(path);
}

static void test_replaced_segment(void **state) {
    two_datasets(*state);
    char *path = segment_file(*state, "things");
    int fd = open(path, O_RDWR);
    struct stat st;
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    void *junk = xcalloc(1, (size_t)st.st_size);
    assert_int_equal(pwrite(fd, junk, (size_t)st.st_size, 0), st.st_size);
    free(junk);
    close(fd);
    assert_damage(*state, "not an Arrow file");
    free(path);
}

// The file of another dataset in its place.
static void test_swapped_segment(void **state) {
    two_datasets(*state);
    char *things = segment_file(*state, "things");
    char *others = segment_file(*state, "others");
    struct str bytes = STR_INIT;
    struct err err = ERR_INIT;
    struct new_file f;
    assert_true(file_read(others, 1 << 20, &bytes, &err));
    assert_true(new_file_open(&f, things, true, &err));
    assert_true(new_file_write(&f, bytes.ptr, bytes.len, &err));
    assert_true(new_file_commit(&f, &err));
    assert_damage(*state, "others");
    str_done(&bytes);
    free(things);
    free(others);
}

// Merging by key with unknown rows would lose them; what does not look at them goes on.
static void test_writing_beside_damage(void **state) {
    char *dir = *state;
    two_datasets(dir);
    char *path = segment_file(dir, "things");
    char *aside = xasprintf("%s.aside", path);
    assert_int_equal(rename(path, aside), 0);
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    struct merge_result r;
    assert_false(try_merge(pub, (struct import){0}, rows, 1, &r, &err));
    assert_non_null(strstr(err.msg, "things is damaged"));
    struct thing third = {3, 0, true, "c", ""};
    merge_in(pub, (struct import){.name = "others"}, &third, 1);
    commit(pub);
    publish_end(pub);
    assert_int_equal(rename(aside, path), 0);
    assert_int_equal(segments_of(dir, "others"), 2);
    assert_stored(dir, "things", rows, 2);
    free(path);
    free(aside);
}

static void test_damaged_dataset_can_be_replaced(void **state) {
    char *dir = *state;
    two_datasets(dir);
    char *path = segment_file(dir, "things");
    assert_int_equal(truncate(path, 100), 0);
    struct publish *pub = begin(dir);
    assert_true(publish_remove(pub, "things", NULL, NULL));
    merge_in(pub, (struct import){0}, rows, 1);
    commit(pub);
    publish_end(pub);
    assert_stored(dir, "things", rows, 1);
    free(path);
}

// --- readers and a writer ----------------------------------------------------------------------

enum { GENERATIONS = 200, READERS = 3 };

struct race {
    const char *dir;
    atomic_bool stop;
    atomic_int n_opened;
    atomic_int n_bad;
};

// Both datasets of a generation carry its number in every row.
static bool is_consistent(const struct snapshot *snap) {
    struct thing_list a = read_things(snap, "things");
    struct thing_list b = read_things(snap, "others");
    bool ok = a.n == b.n;
    for (size_t i = 0; ok && i < a.n; i++) {
        ok = a.ptr[i].part == a.ptr[0].part && b.ptr[i].part == a.ptr[0].part;
    }
    array_done(&a);
    array_done(&b);
    return ok;
}

static void *read_on(void *arg) {
    struct race *race = arg;
    struct snapshot *last = NULL;
    while (!atomic_load(&race->stop)) {
        struct str damage = STR_INIT;
        struct snapshot *snap = snapshot_open(race->dir, &damage, NULL);
        bool forward = !last || !snap || strcmp(last->generation, snap->generation) <= 0;
        if (!snap || damage.len || !forward || !is_consistent(snap) ||
            (last && !is_consistent(last))) {
            atomic_fetch_add(&race->n_bad, 1);
        }
        atomic_fetch_add(&race->n_opened, 1);
        snapshot_unref(last);
        last = snap;
        str_done(&damage);
    }
    snapshot_unref(last);
    return NULL;
}

static void publish_generations(const char *dir) {
    for (int i = 0; i < GENERATIONS; i++) {
        struct thing both[] = {{1, i, true, "x", "t"}, {2, i, false, "y", ""}};
        struct publish *pub = begin(dir);
        merge_in(pub, (struct import){0}, both, 2);
        merge_in(pub, (struct import){.name = "others"}, both, 2);
        commit(pub);
        publish_end(pub);
    }
}

static void test_readers_while_a_writer_publishes(void **state) {
    struct race race = {.dir = *state};
    pthread_t readers[READERS];
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &race), 0);
    }
    publish_generations(*state);
    atomic_store(&race.stop, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(readers[i], NULL);
    }
    assert_int_equal(atomic_load(&race.n_bad), 0);
    assert_true(atomic_load(&race.n_opened) >= READERS);
    assert_generation(*state, "00000000000000c8");
}

// One snapshot, many threads that take and drop references and touch its cells.
static void *touch_shared(void *arg) {
    struct snapshot *snap = arg;
    for (int i = 0; i < 200; i++) {
        struct snapshot *own = snapshot_ref(snap);
        struct thing_list found = read_things(own, "things");
        if (found.n != 2 || !thing_equal(&found.ptr[1], &rows[1])) {
            abort();
        }
        array_done(&found);
        snapshot_unref(own);
    }
    snapshot_unref(snap);
    return NULL;
}

static void test_shared_by_threads(void **state) {
    import_things(*state, (struct import){0}, rows, 2);
    struct snapshot *snap = open_store(*state);
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, touch_shared, snapshot_ref(snap)), 0);
    }
    snapshot_unref(snap);
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
    }
}

// --- a file that goes between manifest and open ------------------------------------------------

static const char *race_dir;
static int n_race_steps;

static const struct thing later[] = {{5, 0, true, "five", ""}, {6, 0, true, "six", ""}};

// Runs when the reader has the manifest and no file yet: two writers pass by, so that the files it
// is about to open are swept.
static bool writers_pass_by(const char *step) {
    if (strcmp(step, "open") != 0 || n_race_steps++ != 0) {
        return true;
    }
    struct import in = {.any_kind = true, .kind = DATASET_SNAPSHOT};
    import_things(race_dir, in, &later[0], 1);
    import_things(race_dir, in, &later[1], 1);
    publish_end(begin(race_dir));
    return true;
}

static void test_file_deleted_between_manifest_and_open(void **state) {
    race_dir = *state;
    import_things(race_dir, (struct import){.any_kind = true, .kind = DATASET_SNAPSHOT}, rows, 2);
    char *path = segment_file(race_dir, "things");
    n_race_steps = 0;
    publish_set_fault_hook(writers_pass_by);
    struct snapshot *snap = open_store(race_dir);
    publish_set_fault_hook(NULL);
    assert_false(file_exists(path));
    assert_string_equal(snap->generation, "0000000000000003");
    struct thing_list found = read_things(snap, "things");
    assert_things(&found, &later[1], 1);
    array_done(&found);
    snapshot_unref(snap);
    free(path);
}

// A snapshot that stands in no store does not look at the store that happens to lie around it.
static void test_of_file_is_never_stale(void **state) {
    char back[4096];
    struct err err = ERR_INIT;
    import_things(*state, (struct import){0}, rows, 2);
    char *path = segment_file(*state, "things");
    struct arrow_file *file = arrow_open(path, NULL, &err);
    assert_non_null(file);
    struct snapshot *snap = snapshot_of_file("things", file);
    assert_non_null(getcwd(back, sizeof back));
    assert_int_equal(chdir(*state), 0);
    bool stale = snapshot_is_stale(snap);
    assert_int_equal(chdir(back), 0);
    assert_false(stale);
    snapshot_unref(snap);
    free(path);
}

static void test_pipe_for_a_manifest(void **state) {
    struct err err = ERR_INIT;
    assert_int_equal(mkfifo(unit_path(state, "manifest.json"), 0600), 0);
    assert_null(snapshot_open(*state, NULL, &err));
    assert_non_null(strstr(err.msg, "expected a regular file"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(test_no_store),
        unit_test_in_dir(test_bad_manifest),
        unit_test_in_dir(test_segments_and_rows),
        unit_test_in_dir(test_snapshot_does_not_change),
        unit_test_in_dir(test_cache_goes_before_the_files),
        unit_test_in_dir(test_missing_segment),
        unit_test_in_dir(test_truncated_segment),
        unit_test_in_dir(test_replaced_segment),
        unit_test_in_dir(test_swapped_segment),
        unit_test_in_dir(test_writing_beside_damage),
        unit_test_in_dir(test_damaged_dataset_can_be_replaced),
        unit_test_in_dir(test_file_deleted_between_manifest_and_open),
        unit_test_in_dir(test_of_file_is_never_stale),
        unit_test_in_dir(test_pipe_for_a_manifest),
        unit_test_in_dir(test_readers_while_a_writer_publishes),
        unit_test_in_dir(test_shared_by_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
