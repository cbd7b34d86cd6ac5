#include <time.h>

#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "stage_test.h"

static const struct stage job_sigs = {
    derive_job_sigs, {&schema_job_sigs, &schema_job_sigs_detailed}, {0}};

static void jobs_come_ascending_with_their_signatures(void **state) {
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 9, \"pos\": 0, \"job_id\": 500},"
             " {\"signature_id\": 9, \"pos\": 1, \"job_id\": null},"
             " {\"signature_id\": 9, \"pos\": 2, \"job_id\": 100},"
             " {\"signature_id\": 9, \"pos\": 3, \"job_id\": 500},"
             " {\"signature_id\": 4, \"pos\": 0, \"job_id\": 500},"
             " {\"signature_id\": -3, \"pos\": 0, \"job_id\": -7}]");
    run_stage(state, &job_sigs);
    assert_rows(state, &schema_job_sigs, "job_id,signature_ids",
                "-7 [-3]\n"
                "100 [9]\n"
                "500 [4,9]\n");
    // No signature is known: nothing is common.
    assert_rows(state, &schema_job_sigs_detailed, "job_id,signature_ids,common_sig_features",
                "-7 [-3] []\n"
                "100 [9] []\n"
                "500 [4,9] []\n");
}

static void job_numbers_may_be_any(void **state) {
    // Too far apart to be packed beside a signature.
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 9223372036854775807},"
             " {\"signature_id\": 1, \"pos\": 1, \"job_id\": -9223372036854775808},"
             " {\"signature_id\": 2, \"pos\": 0, \"job_id\": 9223372036854775807},"
             " {\"signature_id\": 2, \"pos\": 1, \"job_id\": 0},"
             " {\"signature_id\": 2, \"pos\": 2, \"job_id\": 0}]");
    run_stage(state, &job_sigs);
    assert_rows(state, &schema_job_sigs, "job_id,signature_ids",
                "-9223372036854775808 [1]\n"
                "0 [2]\n"
                "9223372036854775807 [1,2]\n");
}

// One job for each pair of records that is to be compared.
static void put_pair(void **state, const char *a, const char *b) {
    struct str rows = {0};
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 8},"
             " {\"signature_id\": 2, \"pos\": 0, \"job_id\": 8}]");
    str_addf(&rows, "[{\"id\": 1, %s}, {\"id\": 2, %s}]", a, b);
    put_rows(state, &schema_signatures, str_cstr(&rows));
    str_done(&rows);
    run_stage(state, &job_sigs);
}

static void columns_are_keys_where_they_are_not_null(void **state) {
    put_pair(state,
             "\"suite\": \"s\", \"framework_id\": 1, \"tags\": [\"a\", \"b\"], \"unit\": \"ms\","
             "\"lower_is_better\": false, \"platform\": \"p\", \"option_hash\": \"o\"",
             "\"suite\": \"s\", \"framework_id\": 1, \"tags\": [\"a\", \"b\"], "
             "\"platform\": \"q\", \"option_hash\": \"o\", \"has_subtests\": true");
    // should_alert is always written, with null where it is not said.
    assert_rows(state, &schema_job_sigs_detailed, "common_sig_features",
                "[framework_id,option_collection_hash,should_alert,suite,tags]\n");
    put_pair(state, "\"should_alert\": true, \"extra_options\": [\"a\", \"b\"]",
             "\"extra_options\": [\"b\", \"a\"]");
    assert_rows(state, &schema_job_sigs_detailed, "common_sig_features", "[]\n");
    // Unknown keys stand beside the columns, as JSON.
    put_pair(state, "\"_extra\": \"{\\\"zeta\\\": 1, \\\"other\\\": 2, \\\"id\\\": 3}\"",
             "\"_extra\": \"{\\\"zeta\\\": 1.0, \\\"other\\\": 3, \\\"id\\\": 3}\"");
    assert_rows(state, &schema_job_sigs_detailed, "common_sig_features", "[should_alert,zeta]\n");
}

// Are these two values of x equal?
static void assert_equal_values(void **state, const char *a, const char *b, bool equal) {
    struct str x = {0}, y = {0};
    str_addf(&x, "\"suite\": \"not looked at\", \"_raw\": \"{\\\"id\\\": 1, \\\"x\\\": %s}\"", a);
    str_addf(&y, "\"_raw\": \"{\\\"id\\\": 2, \\\"x\\\": %s}\"", b);
    put_pair(state, str_cstr(&x), str_cstr(&y));
    assert_rows(state, &schema_job_sigs_detailed, "common_sig_features", equal ? "[x]\n" : "[]\n");
    str_done(&x);
    str_done(&y);
}

static void values_are_equal_as_in_python(void **state) {
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"1", "true", true},
        {"0", "false", true},
        {"0", "-0.0", true},
        {"1", "1.0", true},
        {"1", "1e0", true},
        {"2", "true", false},
        {"1.5", "1.5", true},
        {"1.5", "1.25", false},
        {"null", "null", true},
        {"null", "0", false},
        {"1", "\\\"1\\\"", false},
        {"\\\"a\\\"", "\\\"\\\\u0061\\\"", true},
        {"NaN", "NaN", false},
        {"Infinity", "Infinity", true},
        {"Infinity", "-Infinity", false},
        {"100000000000000000000", "1e20", true},
        {"100000000000000000001", "1e20", false},
        {"[1, [2]]", "[1.0, [2]]", true},
        {"[1, 2]", "[2, 1]", false},
        {"[1]", "[1, 1]", false},
        {"[\\\"ab\\\"]", "[\\\"a\\\", \\\"b\\\"]", false},
        {"{\\\"a\\\": 1, \\\"b\\\": [true]}", "{\\\"b\\\": [1], \\\"a\\\": 1}", true},
        {"{\\\"a\\\": 1}", "{\\\"a\\\": 2}", false},
        {"{\\\"a\\\": 2, \\\"a\\\": 1}", "{\\\"a\\\": 1}", true},
        {"{}", "[]", false},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        assert_equal_values(state, cases[i].a, cases[i].b, cases[i].equal);
    }
}

static void one_signature_has_all_its_keys(void **state) {
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 8},"
             " {\"signature_id\": 1, \"pos\": 1, \"job_id\": 9},"
             " {\"signature_id\": 3, \"pos\": 0, \"job_id\": 10}]");
    put_rows(state, &schema_signatures,
             "[{\"id\": 1, \"_raw\": \"{\\\"z\\\": NaN, \\\"id\\\": 1, \\\"a\\\": 2}\"},"
             " {\"id\": 2, \"suite\": \"of no job\"},"
             " {\"id\": 3, \"_raw\": \"{\\\"k\\\": 1, \\\"broken\\\": \"}]");
    run_stage(state, &job_sigs);
    assert_rows(state, &schema_job_sigs_detailed, "job_id,common_sig_features",
                "8 [a,z]\n"
                "9 [a,z]\n"
                "10 [k]\n");
}

// {"k0": 0, "k1": 1, ...}, or from the last key to the first.
static void add_object(struct str *out, int n, bool backwards, const char *quote) {
    str_add_byte(out, '{');
    for (int i = 0; i < n; i++) {
        const int k = backwards ? n - 1 - i : i;
        str_addf(out, "%s%sk%d%s: %d", i ? ", " : "", quote, k, quote, k);
    }
    str_add_byte(out, '}');
}

// Minutes if each key were looked for among all others.
static void very_many_keys_take_no_time(void **state) {
    enum { N_KEYS = 200000 };
    struct str rows = {0};
    put_rows(state, &schema_perf_jobs,
             "[{\"signature_id\": 1, \"pos\": 0, \"job_id\": 8},"
             " {\"signature_id\": 2, \"pos\": 0, \"job_id\": 8}]");
    str_add_cstr(&rows, "[{\"id\": 1, \"_raw\": \"{\\\"x\\\": ");
    add_object(&rows, N_KEYS, false, "\\\"");
    str_add_cstr(&rows, "}\"}, {\"id\": 2, \"_raw\": \"{\\\"x\\\": ");
    add_object(&rows, N_KEYS, true, "\\\"");
    str_add_cstr(&rows, "}\"}]");
    const clock_t started = clock();
    put_rows(state, &schema_signatures, str_cstr(&rows));
    run_stage(state, &job_sigs);
    assert_rows(state, &schema_job_sigs_detailed, "common_sig_features", "[x]\n");

    str_clear(&rows);
    str_add_cstr(&rows, "[{\"id\": 1, \"_raw\": \"");
    add_object(&rows, N_KEYS, false, "\\\"");
    str_add_cstr(&rows, "\"}, {\"id\": 2, \"_raw\": \"");
    add_object(&rows, N_KEYS, true, "\\\"");
    str_add_cstr(&rows, "\"}]");
    put_rows(state, &schema_signatures, str_cstr(&rows));
    run_stage(state, &job_sigs);
    struct str got = {0};
    rows_text(state, &schema_job_sigs_detailed, "common_sig_features", &got);
    assert_true(sv_starts(str_sv(&got), SV("[k0,k1,k10,k100,k1000,")));
    assert_true(sv_ends(str_sv(&got), SV(",k99999]\n")));
    str_done(&got);
    str_done(&rows);
    assert_true(clock() - started < 30 * CLOCKS_PER_SEC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(jobs_come_ascending_with_their_signatures),
        unit_test_in_dir(job_numbers_may_be_any),
        unit_test_in_dir(columns_are_keys_where_they_are_not_null),
        unit_test_in_dir(values_are_equal_as_in_python),
        unit_test_in_dir(one_signature_has_all_its_keys),
        unit_test_in_dir(very_many_keys_take_no_time),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    str_done(&stage_problems);
    return failed;
}
