#include "schema/schema.h"

#include "schema/derivations.h"
#include "schema/enums.h"
#include "schema/mozilla_perf.h"
#include "schema/perf_jobs.h"
#include "schema/problems.h"
#include "unit.h"

static const struct dataset_def *const all[] = {
    &schema_alert_summaries,
    &schema_alerts,
    &schema_alert_bug_tests,
    &schema_all_bugs,
    &schema_perf_bugs,
    &schema_perf_bug_tests,
    &schema_commits,
    &schema_signatures,
    &schema_perf_bugs_with_diff,
    &schema_problems,
    &schema_derivations,
    &schema_fail_sigs,
    &schema_llm_struc,
    &schema_time_to_culprit,
    &schema_ttc_stats,
    &schema_ttc_groups,
    &schema_bisection_costs,
    &schema_perf_jobs_by_signature,
    &schema_perf_jobs,
    &schema_revision_job_counts,
    &schema_revision_jobs,
    &schema_revision_job_stats,
    &schema_job_sigs,
    &schema_job_sigs_detailed,
    &schema_sig_groups,
    &schema_job_details,
    &schema_durations,
    &schema_group_durations,
    &schema_group_duration_stats,
    &schema_max_revision_jobs,
    &schema_wait_stats,
    &schema_rectified,
};

static void every_type_is_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(all); i++) {
        struct arena a = {0};
        struct arrow_schema s;
        struct err err = ERR_INIT;
        assert_true(schema_arrow(all[i], "file.csv", &a, &s, &err));
        assert_int_equal(s.n_fields, all[i]->n_columns);
        assert_sv(arrow_metadata(s.metadata, s.n_metadata, "culprit:dataset"), all[i]->name);
        assert_sv(arrow_metadata(s.metadata, s.n_metadata, "culprit:source"), "file.csv");
        assert_sv(arrow_metadata(s.metadata, s.n_metadata, "culprit:generator"),
                  "culprit " CULPRIT_VERSION);
        arena_done(&a);
    }
}

static void columns_are_documented_and_known(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(all); i++) {
        for (size_t c = 0; c < all[i]->n_columns; c++) {
            const struct column_def *col = &all[i]->columns[c];
            assert_true(col->help && strlen(col->help) > 4);
            assert_int_equal(schema_column(all[i], sv_cstr(col->name)), (int)c);
            assert_true(!col->values || enum_find(sv_cstr(col->values)));
        }
        struct sv rest = sv_cstr(all[i]->merge), name;
        while (all[i]->merge[0] && sv_split(&rest, ',', &name)) {
            assert_true(schema_column(all[i], name) >= 0);
        }
        assert_true(all[i]->kind != DATASET_KEYED || all[i]->merge[0]);
    }
}

static void column_numbers_fit_the_tables(void **state) {
    (void)state;
    static const struct {
        const struct dataset_def *def;
        int col;
        const char *name;
    } places[] = {
        {&schema_alert_summaries, AS_SEQ, "seq"},
        {&schema_alert_summaries, AS_REVISION, "revision"},
        {&schema_alert_summaries, AS_PUSH_TIMESTAMP, "push_timestamp"},
        {&schema_alert_summaries, AS_BUG_STATUS, "bug_status"},
        {&schema_alert_summaries, AS_WORST_PCT, "worst_pct"},
        {&schema_alert_summaries, AS_WORST_IS_REGRESSION, "worst_is_regression"},
        {&schema_alert_summaries, AS_EXTRA, "_extra"},
        {&schema_alerts, AL_OWNER_SUMMARY_ID, "owner_summary_id"},
        {&schema_alerts, AL_AMOUNT_PCT, "amount_pct"},
        {&schema_alerts, AL_CHANGE_PCT, "change_pct"},
        {&schema_alerts, AL_OPTION_HASH, "option_hash"},
        {&schema_alerts, AL_PREV_TASK_ID, "prev_task_id"},
        {&schema_alerts, AL_REVISION, "revision"},
        {&schema_alert_bug_tests, ABT_TESTS, "tests"},
        {&schema_all_bugs, AB_CREATION_TIME, "creation_time"},
        {&schema_perf_bugs, PB_ALERT_SUMMARY_ID, "alert_summary_id"},
        {&schema_perf_bug_tests, PBT_PLATFORM, "platform"},
        {&schema_commits, CM_BUG_ID, "bug_id"},
        {&schema_perf_bugs_with_diff, PD_FILES, "files"},
        {&schema_signatures, SG_SHOULD_ALERT, "should_alert"},
        {&schema_signatures, SG_RAW, "_raw"},
        {&schema_problems, PROBLEMS_SAMPLE, "sample"},
        {&schema_derivations, DV_DERIVED, "derived"},
        {&schema_fail_sigs, FS_RAW, "_raw"},
        {&schema_llm_struc, LS_RAW, "_raw"},
        {&schema_time_to_culprit, TC_MONTH, "month"},
        {&schema_ttc_stats, TS_RAW, "_raw"},
        {&schema_ttc_groups, TG_NEGATIVE_DELTA_ROWS, "negative_delta_rows"},
        {&schema_bisection_costs, BC_TOTAL_MINUTES, "total_minutes"},
        {&schema_perf_jobs_by_signature, PJS_RAW, "_raw"},
        {&schema_perf_jobs, PJ_EXTRA, "_extra"},
        {&schema_revision_job_counts, RC_EXTRA, "_extra"},
        {&schema_revision_jobs, RJ_EXTRA, "_extra"},
        {&schema_revision_job_stats, RS_RAW, "_raw"},
        {&schema_revision_job_stats, RS_P99, "p99"},
        {&schema_job_sigs, JS_RAW, "_raw"},
        {&schema_job_sigs_detailed, JD_RAW, "_raw"},
        {&schema_sig_groups, GR_RAW, "_raw"},
        {&schema_job_details, JB_RAW, "_raw"},
        {&schema_durations, DU_RAW, "_raw"},
        {&schema_group_durations, GD_RAW, "_raw"},
        {&schema_group_duration_stats, GS_RAW, "_raw"},
        {&schema_wait_stats, WS_RAW, "_raw"},
        {&schema_rectified, RE_EXTRA, "_extra"},
    };
    for (size_t i = 0; i < COUNTOF(places); i++) {
        assert_string_equal(places[i].def->columns[places[i].col].name, places[i].name);
    }
    assert_int_equal(schema_perf_jobs.n_columns, PJ_N_COLUMNS);
    assert_int_equal(schema_revision_jobs.n_columns, RJ_N_COLUMNS);
    assert_int_equal(schema_job_details.n_columns, JB_N_COLUMNS);
    assert_int_equal(schema_wait_stats.n_columns, WS_N_COLUMNS);
    assert_int_equal(schema_ttc_stats.n_columns, TS_N_COLUMNS);
    assert_int_equal(schema_bisection_costs.n_columns, BC_N_COLUMNS);
    assert_int_equal(schema_alert_summaries.n_columns, AS_N_COLUMNS);
    assert_int_equal(schema_alerts.n_columns, AL_N_COLUMNS);
    assert_int_equal(schema_alert_bug_tests.n_columns, ABT_N_COLUMNS);
    assert_int_equal(schema_all_bugs.n_columns, AB_N_COLUMNS);
    assert_int_equal(schema_perf_bugs.n_columns, PB_N_COLUMNS);
    assert_int_equal(schema_perf_bug_tests.n_columns, PBT_N_COLUMNS);
    assert_int_equal(schema_commits.n_columns, CM_N_COLUMNS);
    assert_int_equal(schema_perf_bugs_with_diff.n_columns, PD_N_COLUMNS);
    assert_int_equal(schema_signatures.n_columns, SG_N_COLUMNS);
}

static void nested_types_have_the_right_children(void **state) {
    (void)state;
    struct arena a = {0};
    struct arrow_schema s;
    assert_true(schema_arrow(&schema_perf_bugs, NULL, &a, &s, NULL));
    const struct arrow_field *tests = &s.fields[PB_TESTS];
    assert_int_equal(tests->kind, ARROW_LIST);
    assert_true(tests->nullable);
    assert_sv(tests->children[0].name, "item");
    assert_int_equal(tests->children[0].kind, ARROW_STRUCT);
    assert_false(tests->children[0].nullable);
    assert_int_equal(tests->children[0].n_children, 2);
    assert_sv(tests->children[0].children[1].name, "platform");
    assert_true(tests->children[0].children[1].nullable);
    assert_int_equal(s.fields[PB_CREATION_TIME].kind, ARROW_TIMESTAMP);
    assert_sv(s.fields[PB_CREATION_TIME].timezone, "UTC");
    // Every dictionary has a number of its own.
    assert_int_equal(s.fields[PB_PRODUCT].dict_id, 2);
    assert_int_equal(s.fields[PB_COMPONENT].dict_id, 3);
    arena_done(&a);
}

static void bad_types_are_named(void **state) {
    (void)state;
    static const char *const types[] = {"int", "list<i64", "list<{a:i64>", "i64 ", "list<{a}>", ""};
    for (size_t i = 0; i < COUNTOF(types); i++) {
        const struct column_def cols[] = {{"x", types[i], 0, NULL, "help", NULL}};
        const struct dataset_def def = {
            .name = "d", .key = "", .sort = "", .columns = cols, .n_columns = 1};
        struct arena a = {0};
        struct arrow_schema s;
        struct err err = ERR_INIT;
        assert_false(schema_arrow(&def, NULL, &a, &s, &err));
        assert_non_null(strstr(err.msg, "column x"));
        arena_done(&a);
    }
}

static void codes_have_names_both_ways(void **state) {
    (void)state;
    const struct enum_def *summary = enum_find(SV("summary_status"));
    const struct enum_def *alert = enum_find(SV("alert_status"));
    assert_string_equal(enum_name(summary, 5), "investigating");
    assert_string_equal(enum_name(alert, 5), "infra");
    assert_string_equal(enum_name(enum_find(SV("bug_status")), 4), "DUPLICATE");
    assert_string_equal(enum_name(enum_find(SV("framework")), 10), "raptor");
    int64_t code;
    assert_true(enum_code(summary, SV("Untriaged"), &code));
    assert_int_equal(code, 0);
    assert_false(enum_code(summary, SV("acknowledged"), &code));
    auto_str out = STR_INIT;
    str_add_enum(&out, summary, 12);
    assert_sv(str_sv(&out), "status 12");
    str_clear(&out);
    str_add_enum(&out, enum_find(SV("framework")), 99);
    assert_sv(str_sv(&out), "framework 99");
    assert_null(enum_find(SV("nothing")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_understood),
        cmocka_unit_test(columns_are_documented_and_known),
        cmocka_unit_test(column_numbers_fit_the_tables),
        cmocka_unit_test(nested_types_have_the_right_children),
        cmocka_unit_test(bad_types_are_named),
        cmocka_unit_test(codes_have_names_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
