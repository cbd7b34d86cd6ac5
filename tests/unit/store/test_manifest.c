#include "store/store_test.h"

#include "store/manifest.h"

#define HEAD                                                                                       \
    "{\"format\":1,\"generation\":\"000000000000002a\",\"crc32c\":\"00000000\","                   \
    "\"written\":\"2025-10-25T10:00:00Z\",\"datasets\":{"
#define DATASET                                                                                    \
    "\"jobs\":{\"schema\":3,\"kind\":\"keyed\",\"key\":[\"a\",\"b\"],\"sort\":[\"-a\"],"           \
    "\"generation\":\"0000000000000010\",\"segments\":["
#define SEGMENT                                                                                    \
    "{\"file\":\"0000000000000010-0\",\"rows\":5,\"bytes\":177,\"footer_crc\":\"0000beef\"}"

static bool parse_sealed(struct manifest *m, const char *text, struct err *err) {
    struct str copy = STR_INIT;
    str_add_cstr(&copy, text);
    manifest_seal(copy.ptr, copy.len);
    bool ok = manifest_parse(m, str_sv(&copy), "manifest.json", err);
    str_done(&copy);
    return ok;
}

static void test_parse(void **state) {
    (void)state;
    struct manifest m;
    struct err err = ERR_INIT;
    assert_true(parse_sealed(
        &m, HEAD DATASET SEGMENT "]}},\"retired\":[\"jobs/0000000000000009-3\"]}", &err));
    assert_int_equal(m.generation, 42);
    assert_string_equal(m.written, "2025-10-25T10:00:00Z");
    const struct manifest_dataset *ds = manifest_find(&m, "jobs");
    assert_non_null(ds);
    assert_int_equal(ds->schema_version, 3);
    assert_int_equal(ds->kind, DATASET_KEYED);
    assert_string_equal(ds->key, "a,b");
    assert_string_equal(ds->sort, "-a");
    assert_int_equal(ds->segments.n, 1);
    assert_string_equal(ds->segments.ptr[0].file, "0000000000000010-0");
    assert_int_equal(ds->segments.ptr[0].n_rows, 5);
    assert_int_equal(ds->segments.ptr[0].size_bytes, 177);
    assert_int_equal(ds->segments.ptr[0].footer_crc, 0xbeef);
    assert_int_equal(m.retired.n, 1);
    assert_null(manifest_find(&m, "job"));
    assert_null(manifest_find(&m, "zzz"));
    manifest_done(&m);
}

// What a later version adds must survive our writing.
static void test_unknown_members_are_kept(void **state) {
    (void)state;
    struct manifest m;
    struct err err = ERR_INIT;
    assert_true(parse_sealed(
        &m,
        HEAD
        "\"jobs\":{\"schema\":3,\"kind\":\"append\",\"generation\":\"0000000000000010\","
        "\"hint\":[1,2],\"source\":{\"etag\":\"e\",\"origin\":\"f\"},\"segments\":["
        "{\"file\":\"0000000000000010-0\",\"rows\":5,\"bytes\":177,\"footer_crc\":\"0000beef\","
        "\"live\":4}]}},\"future\":{\"x\":\"\\\"crc32c\\\":\\\"ffffffff\\\"\"}}",
        &err));
    m.generation++;
    struct str text = STR_INIT;
    assert_true(manifest_print(&m, &text, &err));
    manifest_done(&m);
    assert_true(manifest_parse(&m, str_sv(&text), "again", &err));
    assert_int_equal(m.generation, 43);
    assert_string_equal(manifest_find(&m, "jobs")->origin, "f");
    assert_non_null(strstr(text.ptr, "\"etag\": \"e\""));
    assert_non_null(strstr(text.ptr, "\"live\": 4"));
    assert_non_null(strstr(text.ptr, "\"hint\""));
    assert_non_null(strstr(text.ptr, "\"future\""));
    struct str again = STR_INIT;
    assert_true(manifest_print(&m, &again, &err));
    assert_string_equal(text.ptr, again.ptr);
    str_done(&again);
    str_done(&text);
    manifest_done(&m);
}

static void test_print_sorts_datasets(void **state) {
    (void)state;
    struct manifest m = {.generation = 7};
    const char *names[] = {"m", "z", "a", "k"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        struct manifest_dataset *ds = manifest_add(&m, names[i]);
        ds->key = xstrdup("");
        ds->sort = xstrdup("");
        strcpy(ds->generation, "0000000000000007");
    }
    const char *sorted[] = {"a", "k", "m", "z"};
    for (size_t i = 0; i < COUNTOF(sorted); i++) {
        assert_string_equal(m.datasets.ptr[i].name, sorted[i]);
        assert_ptr_equal(manifest_find(&m, sorted[i]), &m.datasets.ptr[i]);
    }
    manifest_remove(&m, manifest_find(&m, "k"));
    assert_null(manifest_find(&m, "k"));
    assert_non_null(manifest_find(&m, "m"));
    struct str text = STR_INIT;
    assert_true(manifest_print(&m, &text, NULL));
    manifest_done(&m);
    assert_true(manifest_parse(&m, str_sv(&text), "x", NULL));
    assert_int_equal(m.datasets.n, 3);
    manifest_done(&m);
    str_done(&text);
}

// Each single changed byte is noticed.
static void test_checksum(void **state) {
    (void)state;
    struct manifest m = {.generation = 7, .written = xstrdup("2025-01-01T00:00:00Z")};
    struct str text = STR_INIT;
    assert_true(manifest_print(&m, &text, NULL));
    manifest_done(&m);
    for (size_t i = 0; i < text.len; i++) {
        struct err err = ERR_INIT;
        text.ptr[i] ^= 1;
        assert_false(manifest_parse(&m, str_sv(&text), "x", &err));
        assert_true(err.code != ERR_NONE);
        text.ptr[i] ^= 1;
    }
    assert_true(manifest_parse(&m, str_sv(&text), "x", NULL));
    manifest_done(&m);
    char *at = strstr(text.ptr, "2025-01-01");
    at[3] = '6';
    struct err err = ERR_INIT;
    assert_false(manifest_parse(&m, str_sv(&text), "x", &err));
    assert_int_equal(err.sub, ARROW_ERR_CRC);
    str_done(&text);
}

static void refuse(const char *text, enum arrow_err sub, const char *part) {
    struct manifest m;
    struct err err = ERR_INIT;
    if (parse_sealed(&m, text, &err)) {
        fail_msg("accepted: %s", text);
    }
    if (err.sub != (int)sub || !strstr(err.msg, part)) {
        fail_msg("%s\nsaid: %s (kind %d)\nexpected: %s (kind %d)", text, err.msg, err.sub, part,
                 (int)sub);
    }
    assert_null(m.json);
    assert_int_equal(m.datasets.n, 0);
}

static void test_refusals(void **state) {
    (void)state;
    refuse("", ARROW_OK, "manifest.json:1");
    refuse("{\"format\":1,", ARROW_OK, "manifest.json:1");
    refuse("[1]", ARROW_ERR_BAD_METADATA, "expected an object");
    refuse("{\"format\":2,\"all\":\"new\"}", ARROW_ERR_NEWER_FORMAT, "newer version");
    refuse("{\"format\":\"1\"}", ARROW_ERR_BAD_METADATA, "format: expected 1");
    refuse("{\"format\":1,\"generation\":\"000000000000002a\",\"datasets\":{}}",
           ARROW_ERR_BAD_METADATA, "crc32c");
    refuse(HEAD "\"../x\":{}}}", ARROW_ERR_BAD_METADATA, "datasets: expected names");
    refuse(HEAD "\"jobs\":3}}", ARROW_ERR_BAD_METADATA, "jobs: expected an object");
    refuse(HEAD DATASET "3]}}}", ARROW_ERR_BAD_METADATA, "datasets.jobs.segments[0].file");
    refuse(HEAD DATASET "{\"file\":\"../../etc/passwd\",\"rows\":5,\"bytes\":177,"
                        "\"footer_crc\":\"0000beef\"}]}}}",
           ARROW_ERR_BAD_METADATA, "segments[0].file: expected 16 hex digits");
    refuse(HEAD DATASET "{\"file\":\"0000000000000010-0\",\"rows\":-5,\"bytes\":177,"
                        "\"footer_crc\":\"0000beef\"}]}}}",
           ARROW_ERR_BAD_METADATA, "rows");
    refuse(HEAD DATASET "{\"file\":\"0000000000000010-0\",\"rows\":4294967296,\"bytes\":177,"
                        "\"footer_crc\":\"0000beef\"}]}}}",
           ARROW_ERR_BAD_METADATA, "rows");
    refuse(HEAD DATASET "{\"file\":\"0000000000000010-0\",\"rows\":5,\"bytes\":177,"
                        "\"footer_crc\":\"beef\"}]}}}",
           ARROW_ERR_BAD_METADATA, "footer_crc: expected eight hex digits");
    refuse(HEAD DATASET "{\"file\":\"0000000000000010-0\",\"rows\":5,\"bytes\":177,"
                        "\"partition\":\"p\",\"footer_crc\":\"0000beef\"}]}}}",
           ARROW_ERR_BAD_METADATA, "partition");
    refuse(HEAD "},\"retired\":[\"jobs/../x\"]}", ARROW_ERR_BAD_METADATA, "retired");
}

static void test_names(void **state) {
    (void)state;
    assert_true(dataset_name_valid("alert_summaries"));
    assert_true(dataset_name_valid("a-1"));
    assert_false(dataset_name_valid(""));
    assert_false(dataset_name_valid("."));
    assert_false(dataset_name_valid("A"));
    assert_false(dataset_name_valid("a/b"));
    char name[DATASET_NAME_MAX + 2];
    memset(name, 'a', sizeof name);
    name[DATASET_NAME_MAX + 1] = '\0';
    assert_false(dataset_name_valid(name));
    name[DATASET_NAME_MAX] = '\0';
    assert_true(dataset_name_valid(name));
    assert_true(segment_name_valid("0123456789abcdef-0"));
    assert_true(segment_name_valid("0123456789abcdef-123456789"));
    assert_false(segment_name_valid("0123456789abcdef-1234567890"));
    assert_false(segment_name_valid("0123456789abcdeF-0"));
    assert_false(segment_name_valid("0123456789abcdef-"));
    assert_false(segment_name_valid("0123456789abcdef0-1"));
    assert_false(segment_name_valid("0123456789abcdef-1/../x"));
}

static void test_load(void **state) {
    struct manifest m;
    struct manifest_stamp stamp, now;
    struct err err = ERR_INIT;
    const char *dir = unit_path(state, "none");
    assert_true(manifest_load(&m, dir, &stamp, &err));
    assert_int_equal(m.generation, 0);
    manifest_stamp_now(dir, &now);
    assert_true(manifest_stamp_equal(&stamp, &now));
    assert_true(dir_make(unit_path(state, "store/manifest.json"), &err));
    dir = unit_path(state, "store");
    assert_false(manifest_load(&m, dir, &stamp, &err));
    assert_non_null(strstr(err.msg, "expected a regular file"));
    assert_int_equal(rmdir(unit_path(state, "store/manifest.json")), 0);
    struct new_file f;
    assert_true(new_file_open(&f, unit_path(state, "store/manifest.json"), true, &err));
    assert_true(new_file_write(&f, "{}", 2, &err));
    assert_int_equal(ftruncate(f.fd, (off_t)MANIFEST_LIMIT_BYTES + 1), 0);
    assert_true(new_file_commit(&f, &err));
    assert_false(manifest_load(&m, dir, &stamp, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_unknown_members_are_kept),
        cmocka_unit_test(test_print_sorts_datasets),
        cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_names),
        unit_test_in_dir(test_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
