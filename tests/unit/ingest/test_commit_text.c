#include "base/file.h"
#include "base/json.h"
#include "ingest/jsonl.h"
#include "unit.h"

static void vectors_name_the_same_bug(void **state) {
    (void)state;
    auto_str file = STR_INIT;
    assert_true(file_read(CORPUS "/mozilla-perf/units/commit_text.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    int n = 0;
    while (sv_split(&rest, '\n', &line)) {
        if (!line.len) {
            continue;
        }
        auto_json *v = json_parse(line, "vector", NULL);
        const json_t *desc = json_object_get(v, "desc"), *bug = json_object_get(v, "bug_id");
        const struct sv got =
            commit_bug_id(sv_make(json_string_value(desc), json_string_length(desc)));
        const char *want = json_string_value(bug);
        if (want) {
            assert_sv(got, want);
        } else if (got.ptr) {
            fail_msg("%s: got %.*s, want none", json_string_value(desc), SV_ARG(got));
        }
        n++;
    }
    assert_true(n > 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors_name_the_same_bug)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
