#include "store/store_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct thing rows[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", "b"}};

static char *segment_file(const char *dir, const char *dataset) {
    struct snapshot *snap = open_store(dir);
    char *path = xasprintf("%s/data/%s/%s.arrow", dir, dataset,
                           snapshot_dataset(snap, dataset)->segments[0].file);
    snapshot_unref(snap);
    return path;
}

static void flip(const char *path, off_t at) {
    unsigned char byte;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void test_sound_store(void **state) {
    struct str report = STR_INIT;
    import_things(*state, (struct import){0}, rows, 2);
    import_things(*state, (struct import){.name = "others"}, rows, 2);
    assert_int_equal(store_check(*state, &report, NULL), 0);
    assert_string_equal(str_cstr(&report), "");
    str_done(&report);
}

static void test_no_store(void **state) {
    struct str report = STR_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(store_check(unit_path(state, "never"), &report, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    // A folder without a manifest is a store that holds nothing yet.
    assert_int_equal(store_check(*state, &report, &err), 0);
}

static void test_damaged_manifest(void **state) {
    struct str report = STR_INIT;
    struct err err = ERR_INIT;
    import_things(*state, (struct import){0}, rows, 2);
    flip(unit_path(state, "manifest.json"), 40);
    assert_int_equal(store_check(*state, &report, &err), -1);
    assert_int_equal(err.code, ERR_FORMAT);
}

// Every single changed byte of a segment is found, wherever it is, except in padding that belongs
// to no block; and the other dataset stays readable.
static void test_each_flipped_byte(void **state) {
    char *dir = *state;
    import_things(dir, (struct import){0}, rows, 2);
    import_things(dir, (struct import){.name = "others"}, rows, 2);
    char *path = segment_file(dir, "things");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int n_missed = 0;
    for (off_t at = 0; at < st.st_size; at += 7) {
        struct str report = STR_INIT;
        flip(path, at);
        int n = store_check(dir, &report, NULL);
        assert_true(n >= 0);
        n_missed += n == 0;
        assert_null(strstr(str_cstr(&report), "others"));
        flip(path, at);
        str_done(&report);
    }
    // The leading schema message and the end-of-stream mark are not what our reader reads.
    assert_true(n_missed * 7 < 1200);
    struct str report = STR_INIT;
    assert_int_equal(store_check(dir, &report, NULL), 0);
    free(path);
}

static void test_truncated_and_missing(void **state) {
    char *dir = *state;
    struct str report = STR_INIT;
    import_things(dir, (struct import){0}, rows, 2);
    import_things(dir, (struct import){.name = "others"}, rows, 2);
    char *things = segment_file(dir, "things");
    char *others = segment_file(dir, "others");
    assert_int_equal(truncate(things, 200), 0);
    assert_int_equal(store_check(dir, &report, NULL), 1);
    assert_non_null(strstr(str_cstr(&report), things));
    assert_int_equal(unlink(others), 0);
    str_clear(&report);
    assert_int_equal(store_check(dir, &report, NULL), 2);
    assert_non_null(strstr(str_cstr(&report), others));
    str_done(&report);
    free(things);
    free(others);
}

// A body with a wrong byte: the first reading does not notice, the check does, and a merge that
// would copy it under a fresh checksum is refused.
static void test_wrong_body(void **state) {
    char *dir = *state;
    import_things(dir, (struct import){0}, rows, 2);
    char *path = segment_file(dir, "things");
    struct str bytes = STR_INIT;
    assert_true(file_read(path, 1 << 20, &bytes, NULL));
    const char *at = memmem(bytes.ptr, bytes.len, "onetwo", 6);
    assert_non_null(at);
    flip(path, at - bytes.ptr);
    struct str report = STR_INIT;
    struct snapshot *snap = open_store(dir);
    snapshot_unref(snap);
    assert_int_equal(store_check(dir, &report, NULL), 1);
    assert_non_null(strstr(str_cstr(&report), "things: "));
    struct publish *pub = begin(dir);
    struct thing change = {2, 5, true, "new", ""};
    struct merge_result r;
    struct err err = ERR_INIT;
    assert_false(try_merge(pub, (struct import){0}, &change, 1, &r, &err));
    assert_int_equal(err.sub, ARROW_ERR_CRC);
    publish_end(pub);
    str_done(&report);
    str_done(&bytes);
    free(path);
}

static void test_strangers_are_notes(void **state) {
    char *dir = *state;
    struct str report = STR_INIT;
    struct new_file f;
    import_things(dir, (struct import){0}, rows, 2);
    assert_true(new_file_open(&f, unit_path(state, "data/things/notes.txt"), false, NULL));
    assert_true(new_file_commit(&f, NULL));
    assert_int_equal(store_check(dir, &report, NULL), 0);
    assert_non_null(strstr(str_cstr(&report), "note: "));
    assert_non_null(strstr(str_cstr(&report), "notes.txt"));
    str_done(&report);
}

static void test_lost_manifest(void **state) {
    char *dir = *state;
    struct str report = STR_INIT;
    struct err err = ERR_INIT;
    import_things(dir, (struct import){0}, rows, 1);
    // As a first publish leaves it that was killed before its commit point: nothing is missing.
    char *path = unit_path(state, "manifest.json");
    assert_int_equal(unlink(path), 0);
    struct snapshot *snap = snapshot_open(dir, NULL, &err);
    assert_non_null(snap);
    snapshot_unref(snap);
    import_things(dir, (struct import){0}, rows, 1);
    import_things(dir, (struct import){0}, rows, 2);
    const int n_files = count_files(dir, "data/things");
    assert_int_equal(unlink(path), 0);
    assert_null(snapshot_open(dir, NULL, &err));
    assert_non_null(strstr(err.msg, "manifest.json is missing"));
    assert_null(publish_begin(dir, &err));
    assert_int_equal(store_check(dir, &report, &err), -1);
    assert_int_equal(count_files(dir, "data/things"), n_files);
    str_done(&report);
}

// --- repair -----------------------------------------------------------------------------------

// Takes out what is damaged; returns how many segments that were.
static int repair(const char *dir, struct str *report) {
    struct publish *pub = begin(dir);
    int n_dropped = publish_drop_damaged(pub, report);
    commit(pub);
    publish_end(pub);
    return n_dropped;
}

static void test_repair_takes_out_what_is_damaged(void **state) {
    struct str report = STR_INIT;
    import_things(*state, (struct import){.origin = "things.csv"}, rows, 2);
    import_things(*state, (struct import){.name = "others"}, rows, 2);
    assert_int_equal(repair(*state, &report), 0);
    assert_string_equal(str_cstr(&report), "");
    assert_generation(*state, "0000000000000002");
    char *path = segment_file(*state, "things");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(repair(*state, &report), 1);
    assert_non_null(strstr(str_cstr(&report), "things: 2 rows"));
    assert_non_null(strstr(str_cstr(&report), "things.csv"));
    assert_int_equal(store_check(*state, &report, NULL), 0);
    assert_int_equal(segments_of(*state, "things"), 0);
    assert_stored(*state, "others", rows, 2);
    free(path);
    str_done(&report);
}

static char *hidden_path, *hidden_as;

// Away while the publish opens its segments, back before it sweeps.
static bool hide_for_a_moment(const char *step) {
    if (!strcmp(step, "open")) {
        assert_int_equal(rename(hidden_path, hidden_as), 0);
    } else if (!strcmp(step, "sweep") && file_exists(hidden_as)) {
        assert_int_equal(rename(hidden_as, hidden_path), 0);
    }
    return true;
}

static void test_repair_keeps_what_opens_later(void **state) {
    struct str report = STR_INIT;
    import_things(*state, (struct import){0}, rows, 2);
    hidden_path = segment_file(*state, "things");
    hidden_as = xasprintf("%s/hidden", (char *)*state);
    int left = open(unit_path(state, "tmp/spool-7"), O_WRONLY | O_CREAT, 0600);
    assert_true(left >= 0);
    close(left);
    publish_set_fault_hook(hide_for_a_moment);
    struct publish *pub = begin(*state);
    publish_set_fault_hook(NULL);
    assert_true(file_exists(hidden_path));
    assert_int_equal(publish_drop_damaged(pub, &report), 0);
    commit(pub);
    publish_end(pub);
    assert_stored(*state, "things", rows, 2);
    free(hidden_path);
    free(hidden_as);
    str_done(&report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(test_sound_store),
        unit_test_in_dir(test_no_store),
        unit_test_in_dir(test_damaged_manifest),
        unit_test_in_dir(test_each_flipped_byte),
        unit_test_in_dir(test_truncated_and_missing),
        unit_test_in_dir(test_wrong_body),
        unit_test_in_dir(test_strangers_are_notes),
        unit_test_in_dir(test_lost_manifest),
        unit_test_in_dir(test_repair_takes_out_what_is_damaged),
        unit_test_in_dir(test_repair_keeps_what_opens_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
