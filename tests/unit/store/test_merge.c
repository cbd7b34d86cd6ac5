// label: threads
#include "store/store_test.h"

#include "base/map.h"

static void test_first_import(void **state) {
    char *dir = *state;
    struct thing rows[] = {{1, 0, true, "one", "a"}, {2, 0, false, "", ""}, {2, 1, true, "b", "a"}};
    struct merge_result r = import_things(dir, (struct import){.origin = "f.csv"}, rows, 3);
    assert_true(r.changed);
    assert_int_equal(r.n_new, 2);
    assert_int_equal(r.n_changed + r.n_same + r.n_gone, 0);
    assert_stored(dir, "things", rows, 3);
    struct snapshot *snap = open_store(dir);
    const struct dataset *ds = snapshot_dataset(snap, "things");
    assert_string_equal(ds->source.origin, "f.csv");
    assert_non_null(ds->source.fetched);
    assert_int_equal(ds->kind, DATASET_KEYED);
    assert_string_equal(ds->generation, "0000000000000001");
    snapshot_unref(snap);
}

static void test_same_again_changes_nothing(void **state) {
    char *dir = *state;
    struct thing rows[] = {{1, 0, true, "one", "a"}, {2, 0, false, "", ""}, {2, 1, true, "b", "a"}};
    import_things(dir, (struct import){0}, rows, 3);
    struct merge_result r = import_things(dir, (struct import){0}, rows, 3);
    assert_false(r.changed);
    assert_int_equal(r.n_same, 2);
    assert_generation(dir, "0000000000000001");
    assert_int_equal(count_files(dir, "tmp"), 0);
    assert_int_equal(count_files(dir, "data/things"), 1);
}

// A number of groups that is known spares the look at the keys, and gives the same results.
static void test_known_groups(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", ""}};
    struct thing b[] = {{2, 0, false, "TWO", ""}, {3, 0, true, "three", "b"}};
    struct thing all[] = {
        {1, 0, true, "one", "a"}, {2, 0, false, "TWO", ""}, {3, 0, true, "three", "b"}};
    struct import two = {.n_groups = 2};
    struct merge_result r = import_things(dir, two, a, 2);
    assert_true(r.changed);
    assert_int_equal(r.n_new, 2);
    assert_stored(dir, "things", a, 2);
    r = import_things(dir, two, a, 2);
    assert_false(r.changed);
    assert_int_equal(r.n_same, 2);
    r = import_things(dir, two, b, 2);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_changed, 1);
    assert_stored(dir, "things", all, 3);
}

static void test_same_in_another_order(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", ""}};
    struct thing b[] = {{2, 0, false, "two", ""}, {1, 0, true, "one", "a"}};
    import_things(dir, (struct import){0}, a, 2);
    struct merge_result r = import_things(dir, (struct import){0}, b, 2);
    assert_false(r.changed);
    assert_int_equal(r.n_same, 2);
    assert_stored(dir, "things", a, 2);
}

static void test_new_keys_append_a_segment(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", ""}};
    struct thing b[] = {{3, 0, true, "three", "b"}};
    struct thing all[] = {
        {1, 0, true, "one", "a"}, {2, 0, false, "two", ""}, {3, 0, true, "three", "b"}};
    import_things(dir, (struct import){0}, a, 2);
    struct merge_result r = import_things(dir, (struct import){0}, b, 1);
    assert_int_equal(r.n_new, 1);
    assert_stored(dir, "things", all, 3);
    assert_int_equal(segments_of(dir, "things"), 2);
}

// Only the segment that holds a changed key is written anew.
static void test_changed_keys_rewrite_their_segment(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "one", "a"}, {2, 0, false, "two", ""}, {4, 0, true, "x", ""}};
    struct thing b[] = {{3, 0, true, "three", "b"}};
    struct thing c[] = {
        {5, 0, true, "five", "c"}, {2, 0, true, "TWO", "c"}, {3, 0, true, "three", "b"}};
    struct thing all[] = {{1, 0, true, "one", "a"},
                          {2, 0, true, "TWO", "c"},
                          {4, 0, true, "x", ""},
                          {3, 0, true, "three", "b"},
                          {5, 0, true, "five", "c"}};
    import_things(dir, (struct import){0}, a, 3);
    import_things(dir, (struct import){0}, b, 1);
    struct merge_result r = import_things(dir, (struct import){0}, c, 3);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_changed, 1);
    assert_int_equal(r.n_same, 1);
    assert_stored(dir, "things", all, 5);
    struct snapshot *snap = open_store(dir);
    const struct dataset *ds = snapshot_dataset(snap, "things");
    assert_int_equal(ds->n_segments, 3);
    assert_int_equal(strncmp(ds->segments[0].file, "0000000000000003", 16), 0);
    assert_int_equal(strncmp(ds->segments[1].file, "0000000000000002", 16), 0);
    snapshot_unref(snap);
}

// The children of one parent are replaced together; a parent may lose or gain some.
static void test_groups_of_children(void **state) {
    char *dir = *state;
    struct thing old[] = {{7, 0, true, "a", ""},
                          {8, 0, true, "b", ""},
                          {7, 1, true, "c", ""},
                          {9, 0, true, "d", ""},
                          {7, 2, true, "e", ""}};
    import_things(dir, (struct import){0}, old, 5);
    struct thing shorter[] = {{7, 0, true, "a", ""}, {7, 1, true, "c", ""}};
    struct merge_result r = import_things(dir, (struct import){0}, shorter, 2);
    assert_int_equal(r.n_changed, 1);
    struct thing after[] = {
        {7, 0, true, "a", ""}, {7, 1, true, "c", ""}, {8, 0, true, "b", ""}, {9, 0, true, "d", ""}};
    assert_stored(dir, "things", after, 4);
    // Interleaved in the new file, and longer than before.
    struct thing longer[] = {{9, 0, true, "d", ""}, {8, 0, true, "b", ""}, {9, 1, true, "f", ""}};
    r = import_things(dir, (struct import){0}, longer, 3);
    assert_int_equal(r.n_changed, 1);
    assert_int_equal(r.n_same, 1);
    struct thing last[] = {{7, 0, true, "a", ""},
                           {7, 1, true, "c", ""},
                           {8, 0, true, "b", ""},
                           {9, 0, true, "d", ""},
                           {9, 1, true, "f", ""}};
    assert_stored(dir, "things", last, 5);
    r = import_things(dir, (struct import){0}, longer, 3);
    assert_false(r.changed);
}

// A group whose rows lie in two segments: both are rewritten, the rows stand where the first was.
static void test_group_across_segments(void **state) {
    char *dir = *state;
    struct import append = {.kind = DATASET_APPEND};
    struct thing a[] = {{1, 0, true, "a", ""}, {2, 0, true, "b", ""}};
    struct thing b[] = {{2, 1, true, "c", ""}, {3, 0, true, "d", ""}};
    import_things(dir, append, a, 2);
    import_things(dir, append, b, 2);
    struct thing both[] = {{2, 0, true, "b", ""}, {2, 1, true, "c", ""}};
    struct merge_result r = import_things(dir, (struct import){0}, both, 2);
    assert_false(r.changed);
    struct thing only[] = {{2, 1, true, "c", ""}};
    r = import_things(dir, (struct import){0}, only, 1);
    assert_int_equal(r.n_changed, 1);
    struct thing all[] = {{1, 0, true, "a", ""}, {2, 1, true, "c", ""}, {3, 0, true, "d", ""}};
    assert_stored(dir, "things", all, 3);
}

static void check_key(void **state, const char *key, const struct thing *old,
                      const struct thing *fresh) {
    char *dir = unit_path(state, key);
    import_things(dir, (struct import){.key = key}, old, 2);
    struct merge_result r = import_things(dir, (struct import){.key = key}, fresh, 1);
    assert_int_equal(r.n_new, 0);
    assert_int_equal(r.n_changed, 1);
    struct thing all[] = {old[0], fresh[0]};
    assert_stored(dir, "things", all, 2);
}

static void test_kinds_of_keys(void **state) {
    struct thing rows[] = {{1, 5, true, "n", "t"}, {THING_NO_ID, 6, false, "m", "u"}};
    struct thing by_id = {THING_NO_ID, 9, true, "z", "z"};
    struct thing by_part = {9, 6, true, "z", "z"};
    struct thing by_flag = {9, 9, false, "z", "z"};
    struct thing by_name = {9, 9, true, "m", "z"};
    struct thing by_tag = {9, 9, true, "z", "u"};
    struct thing by_all = {THING_NO_ID, 6, false, "m", "u"};
    check_key(state, "id", rows, &by_id);
    check_key(state, "part", rows, &by_part);
    check_key(state, "flag", rows, &by_flag);
    check_key(state, "name", rows, &by_name);
    check_key(state, "tag", rows, &by_tag);
    by_all.part = 7;
    check_key(state, "id,flag,name,tag", rows, &by_all);
}

static void test_two_column_key_tells_apart(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 2, true, "x", ""}, {2, 1, true, "y", ""}};
    struct import in = {.key = "id,part"};
    struct merge_result r = import_things(dir, in, a, 2);
    assert_int_equal(r.n_new, 2);
    struct thing b[] = {{1, 1, true, "z", ""}};
    r = import_things(dir, in, b, 1);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_changed, 0);
}

// Two keys whose hashes cannot be told apart by the index (16 slots, 32 kept bits): only a look at
// the values can. Found by the birthday paradox among the first million integers.
static void find_colliding_keys(int64_t *a, int64_t *b) {
    struct int_map seen = {0};
    ARRAY(int64_t) values = {0};
    for (int64_t v = 1; v < 4000000; v++) {
        uint64_t hash = hash_u64(hash_u64((uint64_t)v));
        bool is_new;
        uint32_t idx = int_map_put(&seen, (int64_t)(hash & UINT64_C(0xfffffffff)), &is_new);
        if (!is_new) {
            *a = values.ptr[idx];
            *b = v;
            break;
        }
        array_push(&values, v);
    }
    int_map_done(&seen);
    array_done(&values);
}

static void test_colliding_keys(void **state) {
    int64_t a = 0;
    int64_t b = 0;
    find_colliding_keys(&a, &b);
    assert_true(a != b);
    struct thing rows[] = {{a, 1, true, "a", ""}, {b, 2, true, "b", ""}};
    struct merge_result r = import_things(*state, (struct import){0}, &rows[0], 1);
    r = import_things(*state, (struct import){0}, &rows[1], 1);
    assert_int_equal(r.n_new, 1);
    r = import_things(*state, (struct import){0}, rows, 2);
    assert_int_equal(r.n_same, 2);
    assert_stored(*state, "things", rows, 2);
}

// --- dropping ---------------------------------------------------------------------------------

static bool drop_tag(void *arg, const struct arrow_batch *batch, int64_t slot) {
    return sv_is(arrow_get_text(&batch->cols[4], slot), arg);
}

static void test_drop(void **state) {
    char *dir = *state;
    char tag[] = "f1";
    struct import in = {.drop = drop_tag, .drop_arg = tag};
    struct thing old[] = {{1, 0, true, "a", "f1"},
                          {2, 0, true, "b", "f2"},
                          {3, 0, true, "c", "f1"},
                          {3, 1, true, "d", "f1"}};
    import_things(dir, (struct import){0}, old, 4);
    struct thing fresh[] = {{1, 0, true, "a", "f1"}, {4, 0, true, "e", "f1"}};
    struct merge_result r = import_things(dir, in, fresh, 2);
    assert_int_equal(r.n_same, 1);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_gone, 1);
    struct thing after[] = {
        {1, 0, true, "a", "f1"}, {2, 0, true, "b", "f2"}, {4, 0, true, "e", "f1"}};
    assert_stored(dir, "things", after, 3);
    r = import_things(dir, in, fresh, 2);
    assert_false(r.changed);
}

// All rows gone: the dataset stays, without rows.
static void test_drop_all(void **state) {
    char *dir = *state;
    char tag[] = "f1";
    struct thing old[] = {{1, 0, true, "a", "f1"}};
    import_things(dir, (struct import){0}, old, 1);
    struct import in = {.drop = drop_tag, .drop_arg = tag};
    struct merge_result r = import_things(dir, in, NULL, 0);
    assert_true(r.changed);
    assert_int_equal(r.n_gone, 1);
    struct snapshot *snap = open_store(dir);
    assert_non_null(snapshot_dataset(snap, "things"));
    assert_int_equal(snapshot_dataset(snap, "things")->n_rows, 0);
    snapshot_unref(snap);
    r = import_things(dir, in, NULL, 0);
    assert_false(r.changed);
    struct thing again[] = {{5, 0, true, "b", "f1"}};
    import_things(dir, in, again, 1);
    assert_stored(dir, "things", again, 1);
    assert_int_equal(segments_of(dir, "things"), 1);
}

// Without a key the dropped rows are compared with the new ones as a whole.
static void test_drop_without_key(void **state) {
    char *dir = *state;
    char tag[] = "f1";
    struct import in = {.kind = DATASET_APPEND, .key = "", .drop = drop_tag, .drop_arg = tag};
    struct thing others[] = {{1, 0, true, "a", "f2"}};
    struct thing rows[] = {{1, 0, true, "a", "f1"}, {1, 0, true, "a", "f1"}};
    import_things(dir, (struct import){.kind = DATASET_APPEND, .key = ""}, others, 1);
    import_things(dir, in, rows, 2);
    struct merge_result r = import_things(dir, in, rows, 2);
    assert_false(r.changed);
    assert_int_equal(r.n_same, 2);
    r = import_things(dir, in, rows, 1);
    assert_true(r.changed);
    struct thing after[] = {{1, 0, true, "a", "f2"}, {1, 0, true, "a", "f1"}};
    assert_stored(dir, "things", after, 2);
}

// --- other kinds ------------------------------------------------------------------------------

static void test_snapshot_kind(void **state) {
    char *dir = *state;
    struct import in = {.any_kind = true, .kind = DATASET_SNAPSHOT, .key = ""};
    struct thing a[] = {{1, 0, true, "a", "x"}, {2, 0, true, "b", "y"}};
    import_things(dir, in, a, 2);
    assert_false(import_things(dir, in, a, 2).changed);
    assert_generation(dir, "0000000000000001");
    struct merge_result r = import_things(dir, in, a, 1);
    assert_true(r.changed);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_gone, 2);
    assert_stored(dir, "things", a, 1);
}

// A dataset that was appended to has several segments; all of them go.
static void test_snapshot_of_several_segments(void **state) {
    char *dir = *state;
    struct import append = {.kind = DATASET_APPEND, .key = ""};
    struct thing a[] = {{1, 0, true, "a", ""}, {2, 0, true, "b", ""}, {3, 0, true, "c", ""}};
    import_things(dir, append, a, 2);
    import_things(dir, append, &a[2], 1);
    assert_int_equal(segments_of(dir, "things"), 2);
    struct import whole = {.any_kind = true, .kind = DATASET_SNAPSHOT, .key = ""};
    struct merge_result r = import_things(dir, whole, &a[1], 1);
    assert_int_equal(r.n_new, 1);
    assert_int_equal(r.n_gone, 3);
    assert_stored(dir, "things", &a[1], 1);
}

static void test_partitions(void **state) {
    char *dir = *state;
    struct import one = {
        .kind = DATASET_PARTITIONED, .key = "", .partition = "autoland 2025-01-01"};
    struct import two = {
        .kind = DATASET_PARTITIONED, .key = "", .partition = "autoland 2025-01-02"};
    struct thing a[] = {{1, 0, true, "a", ""}};
    struct thing b[] = {{2, 0, true, "b", ""}, {3, 0, true, "c", ""}};
    import_things(dir, one, a, 1);
    import_things(dir, two, b, 2);
    assert_false(import_things(dir, one, a, 1).changed);
    import_things(dir, one, b, 1);
    struct thing all[] = {b[0], b[0], b[1]};
    assert_stored(dir, "things", all, 3);
    struct snapshot *snap = open_store(dir);
    assert_string_equal(snapshot_dataset(snap, "things")->segments[0].partition, one.partition);
    snapshot_unref(snap);
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    assert_false(publish_remove(pub, "things", "never", &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_true(publish_remove(pub, "things", one.partition, &err));
    commit(pub);
    publish_end(pub);
    assert_stored(dir, "things", b, 2);
    pub = begin(dir);
    struct merge_result r;
    assert_false(try_merge(pub, (struct import){0}, a, 1, &r, &err));
    assert_int_equal(err.sub, ARROW_ERR_SCHEMA_MISMATCH);
    publish_end(pub);
}

static void test_remove_dataset(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "a", ""}};
    import_things(dir, (struct import){0}, a, 1);
    import_things(dir, (struct import){.name = "others"}, a, 1);
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    assert_true(publish_remove(pub, "things", NULL, &err));
    commit(pub);
    publish_end(pub);
    struct snapshot *snap = open_store(dir);
    assert_null(snapshot_dataset(snap, "things"));
    assert_non_null(snapshot_dataset(snap, "others"));
    snapshot_unref(snap);
    // Kept for readers of the generation before, gone when the next writer comes.
    assert_int_equal(count_files(dir, "data/things"), 1);
    import_things(dir, (struct import){.name = "others"}, a, 0);
    pub = begin(dir);
    merge_in(pub, (struct import){.name = "others"}, (struct thing[]){{2, 0, true, "b", ""}}, 1);
    commit(pub);
    publish_end(pub);
    publish_end(begin(dir));
    assert_int_equal(count_files(dir, "data"), 1);
}

// --- schema change ----------------------------------------------------------------------------

static void test_newer_schema(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 4, true, "a", "x"}, {2, 5, true, "b", "y"}, {3, 6, true, "c", "z"}};
    import_things(dir, (struct import){0}, a, 3);
    // Missing columns are null and narrower ones are widened, so equal rows are equal.
    struct merge_result r = import_things(dir, (struct import){.version = 2}, a, 3);
    assert_false(r.changed);
    assert_int_equal(r.n_same, 3);
    struct thing b[] = {{2, 7, true, "b", "y"}};
    r = import_things(dir, (struct import){.version = 2}, b, 1);
    assert_int_equal(r.n_changed, 1);
    a[1].part = 7;
    assert_stored(dir, "things", a, 3);
    struct snapshot *snap = open_store(dir);
    const struct dataset *ds = snapshot_dataset(snap, "things");
    assert_int_equal(ds->schema_version, 2);
    assert_int_equal(arrow_schema(ds->segments[0].arrow)->n_fields, 6);
    snapshot_unref(snap);
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    assert_false(try_merge(pub, (struct import){0}, b, 1, &r, &err));
    assert_int_equal(err.sub, ARROW_ERR_SCHEMA_MISMATCH);
    assert_non_null(strstr(err.msg, "newer version"));
    publish_end(pub);
}

// --- refusals ---------------------------------------------------------------------------------

static void refuse(const char *dir, struct import in, const char *part) {
    struct thing a[] = {{1, 0, true, "a", ""}};
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    struct merge_result r;
    assert_false(try_merge(pub, in, a, 1, &r, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.msg, part));
    assert_false(r.changed);
    commit(pub);
    publish_end(pub);
    assert_int_equal(count_files(dir, "tmp"), 0);
    assert_generation(dir, "0000000000000000");
}

static void test_refusals(void **state) {
    refuse(*state, (struct import){.name = "../evil"}, "no dataset name");
    refuse(*state, (struct import){.name = ""}, "no dataset name");
    refuse(*state, (struct import){.name = "Things"}, "no dataset name");
    refuse(*state, (struct import){.key = "nope"}, "no column nope");
    refuse(*state, (struct import){.key = ""}, "without a merge key");
    refuse(*state, (struct import){.partition = "p"}, "no partitions");
    refuse(*state, (struct import){.kind = DATASET_PARTITIONED}, "partition is missing");
    refuse(*state, (struct import){.kind = DATASET_PARTITIONED, .partition = "\xff"}, "UTF-8");
}

static void test_rows_of_another_dataset(void **state) {
    char *dir = *state;
    struct publish *pub = begin(dir);
    struct arrow_writer *w = things_writer("others", 1, publish_tmp(pub));
    struct dataset_change change = {.name = "things", .kind = DATASET_KEYED, .key = "id"};
    struct err err = ERR_INIT;
    assert_false(publish_merge(pub, &change, w, NULL, &err));
    assert_int_equal(err.sub, ARROW_ERR_SCHEMA_MISMATCH);
    publish_end(pub);
    assert_int_equal(count_files(dir, "tmp"), 0);
}

// --- several merges in one publish -------------------------------------------------------------

static void test_merges_build_on_each_other(void **state) {
    char *dir = *state;
    struct thing a[] = {{1, 0, true, "a", ""}, {2, 0, true, "b", ""}};
    struct thing b[] = {{2, 0, true, "B", ""}, {3, 0, true, "c", ""}};
    struct publish *pub = begin(dir);
    merge_in(pub, (struct import){0}, a, 2);
    struct merge_result r = merge_in(pub, (struct import){0}, b, 2);
    assert_int_equal(r.n_changed, 1);
    assert_int_equal(r.n_new, 1);
    commit(pub);
    struct thing after[] = {a[0], b[0], b[1]};
    assert_stored(dir, "things", after, 3);
    // The same publish may go on after a commit.
    struct thing c[] = {{4, 0, true, "d", ""}};
    merge_in(pub, (struct import){0}, c, 1);
    char generation[17];
    assert_true(publish_commit(pub, generation, NULL));
    assert_string_equal(generation, "0000000000000002");
    publish_end(pub);
    struct thing last[] = {a[0], b[0], b[1], c[0]};
    assert_stored(dir, "things", last, 4);
    assert_int_equal(count_files(dir, "tmp"), 0);
}

// --- few segments -----------------------------------------------------------------------------

static void test_small_segments_are_merged(void **state) {
    char *dir = *state;
    struct thing all[9];
    for (int i = 0; i < 9; i++) {
        all[i] = (struct thing){i, i, i % 2 == 0, "n", "t"};
        import_things(dir, (struct import){0}, &all[i], 1);
        assert_int_equal(segments_of(dir, "things"), i < 8 ? i + 1 : 1);
    }
    assert_stored(dir, "things", all, 9);
}

static void test_compact(void **state) {
    char *dir = *state;
    struct import in = {.sort = "-part,name"};
    struct thing a[] = {{1, 9, true, "b", ""}, {2, 5, true, "", "x"}};
    struct thing b[] = {{3, 9, true, "a", ""}, {4, 5, true, "z", "y"}, {5, 1, true, "c", "x"}};
    import_things(dir, in, a, 2);
    in.version = 2;
    import_things(dir, in, b, 3);
    struct publish *pub = begin(dir);
    struct err err = ERR_INIT;
    assert_false(publish_compact(pub, "others", &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_true(publish_compact(pub, "things", &err));
    commit(pub);
    publish_end(pub);
    struct thing sorted[] = {b[0], a[0], b[1], a[1], b[2]};
    assert_stored(dir, "things", sorted, 5);
    assert_int_equal(segments_of(dir, "things"), 1);
    assert_generation(dir, "0000000000000003");
    // The rows are those of the generation before: what was computed from them stays up to date.
    struct snapshot *snap = snapshot_open(dir, NULL, &err);
    assert_non_null(snap);
    assert_string_equal(snapshot_dataset(snap, "things")->generation, "0000000000000002");
    snapshot_unref(snap);
}

enum { MANY = 37, ROWS = 11 };

// More segments than a handful, of different lengths, with equal rows in several: those stay in
// the order of their segments.
static void check_many_segments(const char *dir, const char *sort) {
    struct publish *pub = begin(dir);
    struct thing_list all = {0};
    struct thing_list model = {0};
    for (int i = 0; i < MANY; i++) {
        struct thing rows[ROWS];
        int n = 1 + i * 7 % ROWS;
        for (int k = 0; k < n; k++) {
            rows[k] = (struct thing){i * ROWS + k, (n - k) * (1 + i % 3), true, "n", "t"};
            array_push(&all, rows[k]);
        }
        struct import in = {.kind = DATASET_APPEND, .key = "", .sort = sort};
        merge_in(pub, in, rows, (size_t)n);
    }
    struct err err = ERR_INIT;
    assert_true(publish_compact(pub, "things", &err));
    commit(pub);
    publish_end(pub);
    // Stable, because the test sorts one value after the other.
    for (int part = sort[0] ? 3 * ROWS : 0; part >= 0; part--) {
        array_foreach (t, &all) {
            if (!sort[0] || t->part == part) {
                array_push(&model, *t);
            }
        }
    }
    assert_int_equal(segments_of(dir, "things"), 1);
    assert_stored(dir, "things", model.ptr, model.n);
    array_done(&all);
    array_done(&model);
}

static void test_compact_many_segments(void **state) {
    check_many_segments(unit_path(state, "sorted"), "-part");
    check_many_segments(unit_path(state, "unsorted"), "");
}

// --- against a plain model ---------------------------------------------------------------------

enum { ROUNDS = 200, KEYS = 24, MAX_FRESH = 20 };

static uint64_t rng_state = 88172645463325252U;

static unsigned rnd(unsigned below) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (unsigned)(rng_state % below);
}

static struct thing random_thing(void) {
    struct thing t = {.part = (int32_t)rnd(3), .flag = rnd(2) == 1};
    unsigned key = rnd(KEYS);
    t.id = key ? (int64_t)key * 1000003 : THING_NO_ID;
    snprintf(t.name, sizeof t.name, "%.*s", (int)rnd(3), "xy");
    snprintf(t.tag, sizeof t.tag, "t%u", rnd(4));
    return t;
}

static bool has_group(const struct thing_list *list, int64_t id) {
    array_foreach (t, list) {
        if (t->id == id) {
            return true;
        }
    }
    return false;
}

static void push_group(struct thing_list *to, const struct thing_list *from, int64_t id) {
    array_foreach (t, from) {
        if (t->id == id) {
            array_push(to, *t);
        }
    }
}

static bool same_group(const struct thing_list *a, const struct thing_list *b, int64_t id) {
    struct thing_list ga = {0}, gb = {0};
    push_group(&ga, a, id);
    push_group(&gb, b, id);
    bool same = ga.n == gb.n;
    for (size_t i = 0; same && i < ga.n; i++) {
        same = thing_equal(&ga.ptr[i], &gb.ptr[i]);
    }
    array_done(&ga);
    array_done(&gb);
    return same;
}

// What the store shall hold after `fresh` is merged into `old`; rows with the tag `drop` go.
static struct thing_list model_merge(const struct thing_list *old, const struct thing_list *fresh,
                                     const char *drop, bool *changed) {
    struct thing_list out = {0};
    *changed = false;
    array_foreach (t, old) {
        if (!has_group(fresh, t->id)) {
            if (drop && !strcmp(t->tag, drop)) {
                *changed = true;
            } else {
                array_push(&out, *t);
            }
        } else if (same_group(old, fresh, t->id)) {
            array_push(&out, *t);
        } else if (!has_group(&out, t->id)) {
            push_group(&out, fresh, t->id);
            *changed = true;
        }
    }
    array_foreach (t, fresh) {
        if (!has_group(old, t->id)) {
            array_push(&out, *t);
            *changed = true;
        }
    }
    return out;
}

static void check_round(const char *dir, struct thing_list *model, const struct thing_list *fresh,
                        char *drop) {
    struct import in = {.drop = drop ? drop_tag : NULL, .drop_arg = drop};
    bool expected;
    struct thing_list next = model_merge(model, fresh, drop, &expected);
    struct merge_result r = import_things(dir, in, fresh->ptr, fresh->n);
    if (model->n || fresh->n) {
        assert_int_equal(r.changed, expected);
    }
    assert_stored(dir, "things", next.ptr, next.n);
    array_done(model);
    *model = next;
}

static void test_random_upserts_against_a_model(void **state) {
    char *dir = *state;
    struct thing_list model = {0};
    struct thing_list fresh = {0};
    for (int round = 0; round < ROUNDS; round++) {
        array_clear(&fresh);
        for (unsigned n = 1 + rnd(MAX_FRESH); n; n--) {
            array_push(&fresh, random_thing());
        }
        char drop[] = "t0";
        drop[1] = (char)('0' + rnd(4));
        check_round(dir, &model, &fresh, rnd(4) == 0 ? drop : NULL);
        if (rnd(5) == 0) {
            check_round(dir, &model, &fresh, NULL);
        }
        if (rnd(20) == 0) {
            struct publish *pub = begin(dir);
            assert_true(publish_compact(pub, "things", NULL));
            commit(pub);
            publish_end(pub);
            assert_int_equal(segments_of(dir, "things"), 1);
        }
    }
    struct str report = STR_INIT;
    assert_int_equal(store_check(dir, &report, NULL), 0);
    str_done(&report);
    array_done(&model);
    array_done(&fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(test_first_import),
        unit_test_in_dir(test_same_again_changes_nothing),
        unit_test_in_dir(test_known_groups),
        unit_test_in_dir(test_same_in_another_order),
        unit_test_in_dir(test_new_keys_append_a_segment),
        unit_test_in_dir(test_changed_keys_rewrite_their_segment),
        unit_test_in_dir(test_groups_of_children),
        unit_test_in_dir(test_group_across_segments),
        unit_test_in_dir(test_kinds_of_keys),
        unit_test_in_dir(test_two_column_key_tells_apart),
        unit_test_in_dir(test_colliding_keys),
        unit_test_in_dir(test_drop),
        unit_test_in_dir(test_drop_all),
        unit_test_in_dir(test_drop_without_key),
        unit_test_in_dir(test_snapshot_kind),
        unit_test_in_dir(test_snapshot_of_several_segments),
        unit_test_in_dir(test_partitions),
        unit_test_in_dir(test_remove_dataset),
        unit_test_in_dir(test_newer_schema),
        unit_test_in_dir(test_refusals),
        unit_test_in_dir(test_rows_of_another_dataset),
        unit_test_in_dir(test_merges_build_on_each_other),
        unit_test_in_dir(test_small_segments_are_merged),
        unit_test_in_dir(test_compact),
        unit_test_in_dir(test_compact_many_segments),
        unit_test_in_dir(test_random_upserts_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
