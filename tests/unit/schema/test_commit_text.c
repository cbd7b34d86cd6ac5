#include "schema/commit_text.h"

#include "base/file.h"
#include "base/json.h"
#include "unit.h"

static struct sv text_of(const json_t *v) {
    return sv_make(json_string_value(v), json_string_length(v));
}

static void check_vector(const json_t *v) {
    const struct sv desc = text_of(json_object_get(v, "desc"));
    const char *bug = json_string_value(json_object_get(v, "bug_id"));
    const struct sv got = commit_bug_id(desc);
    if (bug) {
        assert_sv(got, bug);
    } else if (got.ptr) {
        fail_msg("%.*s: got %.*s, want none", SV_ARG(desc), SV_ARG(got));
    }
    auto_str clean = STR_INIT;
    str_add_cstr(&clean, "before ");
    commit_clean_message(desc, &clean);
    assert_sv(sv_from(str_sv(&clean), 7), json_string_value(json_object_get(v, "clean")));
}

static void recorded_vectors(void **state) {
    (void)state;
    auto_str file = STR_INIT;
    assert_true(file_read(CORPUS "/mozilla-perf/units/commit_text.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    int n = 0;
    while (sv_split(&rest, '\n', &line)) {
        if (line.len) {
            auto_json *v = json_parse(line, "vector", NULL);
            assert_non_null(v);
            check_vector(v);
            n++;
        }
    }
    assert_int_equal(n, 26);
}

static void words_end_at_punctuation(void **state) {
    (void)state;
    // Not a back-out: the word goes on.
    assert_sv(commit_bug_id(SV("Bug 5 - x")), "5");
    assert_null(commit_bug_id(SV("Revert\u2014Bug 5")).ptr);
    assert_null(commit_bug_id(SV("Backed out\u00a0Bug 5")).ptr);
    assert_null(commit_bug_id(SV("Bug")).ptr);
    assert_null(commit_bug_id(SV("Bug ")).ptr);
    assert_null(commit_bug_id(SV("Bug x")).ptr);
}

static void clean(const char *message, const char *want) {
    auto_str got = STR_INIT;
    commit_clean_message(sv_cstr(message), &got);
    assert_sv(str_sv(&got), want);
}

static void review_lines_go(void **state) {
    (void)state;
    clean("Differential Revision: D1", "");
    clean("Differential Revision: D1\n\n  Bug 1 - kept\n", "Bug 1 - kept");
    clean("x\n\tDIFFERENTIAL\u00a0revision:D1 \ny", "x\ny");
    clean("x\nDifferential Revision:\ny", "x\nDifferential Revision:\ny");
    clean("x\nDifferential Revision: D1 D2\ny", "x\nDifferential Revision: D1 D2\ny");
    clean("x\nSee Differential Revision: D1", "x\nSee Differential Revision: D1");
}

static void files_of_diffs(void **state) {
    (void)state;
    assert_int_equal(diff_n_files(SV_NULL), 0);
    assert_int_equal(diff_n_files(SV("+diff \n diff ")), 0);
    assert_int_equal(diff_n_files(SV("diff -r a -r b f\n+x\ndiff --git a/x b/x")), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_vectors),
        cmocka_unit_test(words_end_at_punctuation),
        cmocka_unit_test(review_lines_go),
        cmocka_unit_test(files_of_diffs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
