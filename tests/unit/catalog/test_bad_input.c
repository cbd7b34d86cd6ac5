// Every kind of bad input: a clear message with its place, or a counted row in `problems`; what the
// store had stays.
#include <fcntl.h>
#include <sys/stat.h>

#include "catalog_test.h"
#include "ingest/stage.h"

#define PERF  CORPUS "/mozilla-perf/"
#define SYNTH CORPUS "/treeherder/synthetic/"

#define BUGS "id,summary,regressed_by,product,component,creation_time\r\n"

static void check_problem(void **state, int64_t row, int64_t line, const char *column,
                          const char *reason) {
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "problems", row, "line"), line);
    if (column) {
        assert_sv(cell_text(snap, "problems", row, "column"), column);
    } else {
        assert_true(cell_null(snap, "problems", row, "column"));
    }
    const struct sv got = cell_text(snap, "problems", row, "reason");
    if (sv_find(got, sv_cstr(reason)) < 0) {
        fail_msg("\"%.*s\" does not say \"%s\"", SV_ARG(got), reason);
    }
    snapshot_unref(snap);
}

static int64_t rows_of(void **state, const char *dataset) {
    struct snapshot *snap = open_store(state);
    const int64_t n = n_rows(snap, dataset);
    snapshot_unref(snap);
    return n;
}

// --- files refused whole ------------------------------------------------------------------------

static void what_is_no_file_is_refused(void **state) {
    import_refused(state, unit_path(state, "missing.csv"), "missing.csv");
    import_refused(state, write_file(state, "empty.csv", SV("")), "empty.csv: the file is empty");
    import_refused(state, write_file(state, "blank.csv", SV("\n\n")), "the file is empty");
    import_refused(state, write_file(state, "garbage.csv", SV("\x7f\x45LF\0\0\0\0")),
                   "binary data");
    import_refused(state, "/dev/null", "neither a regular file nor a pipe");
    auto_free char *folder = path_join(*state, "folder");
    assert_int_equal(mkdir(folder, 0700), 0);
    import_refused(state, folder, "holds no files");
    struct err err = ERR_INIT;
    assert_null(catalog_detect(folder, &err));
    assert_non_null(strstr(err.msg, "is a directory"));
    // Nothing was made for nothing.
    assert_false(file_exists(unit_path(state, "store")));
}

static void wrong_columns_are_named(void **state) {
    struct run run;
    const char *path = write_file(state, "x.csv", SV("a,b,c\n1,2,3\n"));
    import_refused(state, path, "no known format; the first line is \"a,b,c\"");
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = &path,
                                           .n_paths = 1,
                                           .as = "all_bugs"});
    assert_true(run.ok);
    assert_int_equal(run.result.n_refused, 1);
    assert_non_null(strstr(run.result.files[0].err.msg, "id, summary"));
    assert_non_null(strstr(run.result.files[0].err.msg, "a,b,c"));
    run_done(&run);
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = &path,
                                           .n_paths = 1,
                                           .as = "nonsense"});
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_USAGE);
    run_done(&run);
}

static void a_header_alone_is_refused(void **state) {
    import_done(state,
                write_file(state, "all_bugs.csv", SV(BUGS "1,a,[],P,C,2025-01-01T00:00:00Z\r\n")));
    import_refused(state, write_file(state, "all_bugs.csv", SV(BUGS)), "no rows");
    assert_int_equal(rows_of(state, "all_bugs"), 1);
}

static void half_an_answer_is_refused(void **state) {
    auto_str text = STR_INIT;
    assert_true(file_read(SYNTH "alertsummary-pages/page-04.json", 1 << 30, &text, NULL));
    str_cut(&text, text.len / 2);
    import_refused(state, write_file(state, "page.json", str_sv(&text)), "page.json: byte ");
    assert_int_equal(rows_of(state, "alert_summaries"), -1);
    import_refused(state, write_file(state, "detail.json", SV("{\"detail\": \"Not found.\"}")),
                   "no known format");
}

static void strict_takes_all_or_nothing(void **state) {
    struct run run;
    const char *path = write_file(state, "all_bugs.csv",
                                  SV(BUGS "1,a,[],P,C,2025-01-01T00:00:00Z\r\nx,b,[],P,C,\r\n"));
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = &path,
                                           .n_paths = 1,
                                           .strict = true});
    assert_true(run.ok);
    assert_int_equal(run.result.n_refused, 1);
    assert_false(run.result.changed);
    assert_non_null(strstr(run.result.files[0].err.msg, "line 3, id: expected an integer"));
    run_done(&run);
    assert_int_equal(rows_of(state, "all_bugs"), -1);
    assert_int_equal(rows_of(state, "problems"), -1);
}

static void a_file_without_one_good_row_leaves_its_problems_only(void **state) {
    import_done(state, write_file(state, "perf_bugs_with_diff.jsonl",
                                  SV("{\"bug_id\": \"1\", \"diff\": \"d\"}\n")));
    import_refused(state,
                   write_file(state, "perf_bugs_with_diff.jsonl",
                              SV("{\"bug_id\": null, \"diff\": \"d\"}\n{\"bug_id\"\n")),
                   "none of 2 rows could be read");
    assert_int_equal(rows_of(state, "perf_bugs_with_diff"), 1);
    assert_int_equal(rows_of(state, "problems"), 2);
    check_problem(state, 0, 1, "bug_id", "is missing");
}

// --- rows and cells -----------------------------------------------------------------------------

static void bad_rows_are_left_out_and_kept_as_problems(void **state) {
    const struct ingest_counts c = import_done(
        state, write_file(state, "all_bugs.csv",
                          SV(BUGS "1,a,\"[2, 3]\",P,C,2025-01-01T00:00:00Z\r\n"
                                  "x1,bad id,[],P,C,2025-01-01T00:00:00Z\r\n"
                                  "2,\"bad\ntime\",[],P,C,yesterday\r\n"
                                  "3,bad list,\"[1, oops]\",P,C,2025-01-01T00:00:00Z\r\n"
                                  "4,bad item,\"[1, 'x', 7]\",P,C,2025-01-01T00:00:00Z\r\n"
                                  ",no id,[],P,C,\r\n"
                                  "5.0,last,[],P,C,2025-01-01T00:00:00.25Z")));
    assert_int_equal(c.rows, 5);
    assert_int_equal(c.bad, 2);
    assert_int_equal(c.problems, 5);
    check_problem(state, 0, 3, "id", "expected an integer; the row is left out");
    check_problem(state, 1, 4, "creation_time", "expected a time");
    check_problem(state, 2, 6, "regressed_by", "byte 4");
    check_problem(state, 3, 7, "regressed_by", "expected an integer; the value is left out");
    check_problem(state, 4, 8, "id", "the row is left out");
    struct snapshot *snap = open_store(state);
    assert_sv(cell_text(snap, "problems", 0, "sample"), "x1");
    assert_sv(cell_text(snap, "problems", 0, "file"), "all_bugs.csv");
    assert_sv(cell_text(snap, "problems", 0, "format"), "all_bugs.csv");
    assert_int_equal(cell_i64(snap, "problems", 0, "offset"),
                     (int64_t)strlen(BUGS "1,a,\"[2, 3]\",P,C,2025-01-01T00:00:00Z\r\n"));
    assert_int_equal(cell_list_len(snap, "all_bugs", 0, "regressed_by"), 2);
    assert_true(cell_null(snap, "all_bugs", 1, "creation_time"));
    assert_sv(cell_text(snap, "all_bugs", 1, "summary"), "bad\ntime");
    assert_true(cell_null(snap, "all_bugs", 2, "regressed_by"));
    assert_int_equal(cell_list_len(snap, "all_bugs", 3, "regressed_by"), 2);
    assert_int_equal(cell_i64(snap, "all_bugs", 4, "id"), 5);
    snapshot_unref(snap);
}

static void problems_of_a_file_go_when_it_is_right(void **state) {
    import_done(state,
                write_file(state, "all_bugs.csv", SV(BUGS "x,a,[],P,C,\r\n1,b,[],P,C,\r\n")));
    import_done(state, write_file(state, "other.csv", SV(BUGS "y,a,[],P,C,\r\n2,b,[],P,C,\r\n")));
    assert_int_equal(rows_of(state, "problems"), 2);
    import_done(state, write_file(state, "all_bugs.csv", SV(BUGS "1,b,[],P,C,\r\n")));
    assert_int_equal(rows_of(state, "problems"), 1);
    assert_int_equal(rows_of(state, "all_bugs"), 2);
    struct snapshot *snap = open_store(state);
    assert_sv(cell_text(snap, "problems", 0, "file"), "other.csv");
    snapshot_unref(snap);
}

static void ragged_rows_are_read_as_far_as_they_go(void **state) {
    const struct ingest_counts c = import_done(
        state, write_file(state, "all_bugs.csv",
                          SV(BUGS "1,short\r\n\r\n2,long,[],P,C,2025-01-01T00:00:00Z,extra,more\r\n"
                                  "3,cut,\"[1, 2")));
    assert_int_equal(c.rows, 2);
    assert_int_equal(c.bad, 1);
    check_problem(state, 0, 2, NULL, "the row has 2 fields, the header 6; the missing ones");
    check_problem(state, 1, 4, NULL, "the row has 8 fields, the header 6; the last ones");
    check_problem(state, 2, 5, NULL, "the file ends inside quotes; the row is left out");
    struct snapshot *snap = open_store(state);
    assert_sv(cell_text(snap, "all_bugs", 0, "summary"), "short");
    assert_true(cell_null(snap, "all_bugs", 0, "product"));
    assert_sv(cell_text(snap, "all_bugs", 1, "component"), "C");
    snapshot_unref(snap);
}

static void unknown_columns_are_kept(void **state) {
    import_done(state, write_file(state, "all_bugs.csv",
                                  SV("\xef\xbb\xbf\"id\",severity,summary,product,component,"
                                     "regressed_by\n7,\"S\"\"1\",text,P,C,[]\n")));
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "all_bugs", 0, "id"), 7);
    assert_sv(cell_text(snap, "all_bugs", 0, "_extra"), "{\"severity\": \"S\\\"1\"}");
    snapshot_unref(snap);
}

static void a_second_header_sets_the_columns_anew(void **state) {
    const struct ingest_counts c = import_done(
        state, write_file(state, "all_bugs.csv",
                          SV(BUGS "1,a,[],P,C,\r\n"
                                  "id,component,product,summary,regressed_by,creation_time\r\n"
                                  "2,C2,P2,b,[],\r\n")));
    assert_int_equal(c.rows, 2);
    assert_int_equal(c.problems, 1);
    check_problem(state, 0, 3, NULL, "the header stands here again");
    struct snapshot *snap = open_store(state);
    assert_sv(cell_text(snap, "all_bugs", 1, "summary"), "b");
    assert_sv(cell_text(snap, "all_bugs", 1, "product"), "P2");
    snapshot_unref(snap);
}

static void long_cells_and_bad_utf8_are_read(void **state) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, BUGS "1,\"");
    str_fill(&text, 'x', 200 * 1024);
    str_add_cstr(&text, "\",[],P,C,\r\n2,caf\xe9 \xe2\x98,[],P,C,\r\n");
    import_done(state, write_file(state, "all_bugs.csv", str_sv(&text)));
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_text(snap, "all_bugs", 0, "summary").len, 200 * 1024);
    assert_sv(cell_text(snap, "all_bugs", 1, "summary"), "caf\xef\xbf\xbd \xef\xbf\xbd");
    snapshot_unref(snap);
    assert_int_equal(rows_of(state, "problems"), 1);
    check_problem(state, 0, 3, NULL, "1 text of the row is not UTF-8");
}

#define SUMMARIES "id,push_id,alerts,related_alerts,status,revision,push_timestamp\n"

static void a_broken_literal_costs_only_its_alerts(void **state) {
    const struct ingest_counts c = import_done(
        state, write_file(state, "alert_summaries.csv",
                          SV(SUMMARIES
                             "1,2,\"[{'id': 5}, {'id': nan}]\",\"[{'id': 6}]\",0,r,1\n"
                             "2,2,\"[{'id': 7}, 'x', {'id': 'seven', 'status': 1}]\",[],0,r,1.0\n"
                             "3,2,,None,0,r,\n")));
    assert_int_equal(c.rows, 3);
    assert_int_equal(c.problems, 3);
    check_problem(state, 0, 2, "alerts", "byte 19");
    check_problem(state, 1, 3, "alerts", "expected the record of an alert");
    check_problem(state, 2, 3, "id", "expected an integer");
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "alerts"), 3);
    assert_int_equal(cell_i64(snap, "alerts", 0, "id"), 6);
    assert_true(cell_bool(snap, "alerts", 0, "related"));
    assert_int_equal(cell_i64(snap, "alerts", 1, "id"), 7);
    assert_int_equal(cell_i64(snap, "alerts", 2, "pos"), 2);
    assert_true(cell_null(snap, "alerts", 2, "id"));
    assert_sv(cell_text(snap, "alert_summaries", 0, "alerts_raw"), "[{'id': 5}, {'id': nan}]");
    assert_true(sv_starts(cell_text(snap, "problems", 0, "sample"), SV("nan}]")));
    assert_int_equal(cell_i64(snap, "alert_summaries", 0, "alert_count"), 1);
    snapshot_unref(snap);
}

static void every_literal_of_the_vectors_is_survived(void **state) {
    // Rows 7 17 18 21 25 29 hold what is no literal here; the rest is read or explained.
    const struct ingest_counts c =
        import_done(state, PERF "inputs/03_failing_sigs/nasty_literals/alert_summaries.csv");
    assert_int_equal(c.rows, 30);
    assert_int_equal(c.bad, 0);
    struct snapshot *snap = open_store(state);
    for (int64_t i = 0; i < 30; i++) {
        assert_int_equal(cell_i64(snap, "alert_summaries", i, "id"), i + 1);
    }
    snapshot_unref(snap);
}

static void torn_and_bad_lines_are_left_out(void **state) {
    const struct ingest_counts c = import_done(
        state,
        write_file(state, "all_commits.jsonl",
                   SV("{\"node\": \"a\", \"desc\": \"d\", \"date\": [1, 0], \"parents\": []}\n"
                      "\n"
                      "{broken\n"
                      "[1]\n"
                      "{\"node\": \"\", \"desc\": \"d\"}\n"
                      "{\"node\": \"b\", \"desc\": 5, \"date\": [1.5, 0], \"x\": {\"y\": 1}}\n"
                      "{\"node\": \"c\", \"desc\": \"cut")));
    assert_int_equal(c.rows, 2);
    assert_int_equal(c.bad, 4);
    check_problem(state, 0, 3, NULL, "byte 1");
    check_problem(state, 1, 4, NULL, "expected a JSON object");
    check_problem(state, 2, 5, "node", "node is missing");
    check_problem(state, 3, 6, "desc", "expected a text");
    check_problem(state, 4, 7, NULL, "the last line has no end");
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "commits", 1, "date"), 1500000);
    assert_sv(cell_text(snap, "commits", 1, "_extra"), "{\"x\": {\"y\": 1}}");
    snapshot_unref(snap);
    auto_str out = STR_INIT;
    dump(state, "all_commits.jsonl", &out);
    assert_sv(str_sv(&out),
              "{\"node\": \"a\", \"desc\": \"d\", \"date\": [1, 0], \"parents\": []}\n"
              "{\"node\": \"b\", \"desc\": null, \"date\": [1.5, 0], \"parents\": null, "
              "\"x\": {\"y\": 1}}\n");
}

static void a_line_without_its_end_is_a_line(void **state) {
    const struct ingest_counts c =
        import_done(state, write_file(state, "all_commits.jsonl",
                                      SV("{\"node\": \"a\", \"desc\": \"\", \"date\": [1, 0], "
                                         "\"parents\": []}")));
    assert_int_equal(c.rows, 1);
    assert_int_equal(c.problems, 0);
}

// --- duplicates and layouts ---------------------------------------------------------------------

static void the_last_of_equal_ids_stands_at_the_first_place(void **state) {
    const struct ingest_counts c =
        import_done(state, write_file(state, "alert_summaries.csv",
                                      SV(SUMMARIES "9,1,\"[{'id': 1}, {'id': 2}]\",[],0,first,1\n"
                                                   "8,1,\"[{'id': 3}]\",[],0,other,1\n"
                                                   "9,1,[],\"[{'id': 4}]\",5,last,1\n"
                                                   "7,1,\"[{'id': 5}]\",[],0,other,1\n"
                                                   "8,1,[],[],6,later,1\n")));
    assert_int_equal(c.rows, 3);
    assert_int_equal(c.duplicates, 2);
    check_problem(state, 0, 4, NULL, "9 occurs before");
    struct snapshot *snap = open_store(state);
    static const int64_t ids[] = {9, 8, 7};
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(cell_i64(snap, "alert_summaries", i, "id"), ids[i]);
        assert_int_equal(cell_i64(snap, "alert_summaries", i, "seq"), i);
    }
    assert_sv(cell_text(snap, "alert_summaries", 0, "revision"), "last");
    assert_sv(cell_text(snap, "alert_summaries", 1, "revision"), "later");
    // The alerts of the replaced rows went with them.
    assert_int_equal(n_rows(snap, "alerts"), 2);
    assert_int_equal(cell_i64(snap, "alerts", 0, "id"), 4);
    assert_int_equal(cell_i64(snap, "alerts", 1, "id"), 5);
    snapshot_unref(snap);
}

static void pages_appended_twice_stand_once(void **state) {
    const struct ingest_counts c =
        import_done(state, PERF "expected/01_perf_alerts/append_dup/alert_summaries.csv");
    assert_int_equal(c.rows, 2);
    assert_int_equal(c.duplicates, 2);
    const struct ingest_counts sigs =
        import_done(state, PERF "inputs/10_sigs_per_job/nasty/all_signatures.jsonl");
    assert_int_equal(sigs.rows, 12);
    assert_int_equal(sigs.duplicates, 1);
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "signatures", 0, "id"), 1);
    assert_sv(cell_text(snap, "signatures", 0, "suite"), "dup later wins");
    snapshot_unref(snap);
}

static void alerts_that_are_gone_are_dropped(void **state) {
    import_done(state, write_file(state, "alert_summaries.csv",
                                  SV(SUMMARIES "9,1,\"[{'id': 1}, {'id': 2}]\",[],0,r,1\n"
                                               "8,1,\"[{'id': 3}]\",[],0,r,1\n")));
    import_done(state, write_file(state, "alert_summaries.csv", SV(SUMMARIES "9,1,[],[],0,r,1\n")));
    struct snapshot *snap = open_store(state);
    assert_int_equal(n_rows(snap, "alert_summaries"), 2);
    assert_int_equal(n_rows(snap, "alerts"), 1);
    assert_int_equal(cell_i64(snap, "alerts", 0, "id"), 3);
    snapshot_unref(snap);
}

static void a_layout_that_changes_in_mid_file_is_followed(void **state) {
    const struct ingest_counts c = import_done(state, SYNTH "alert_summaries_schema_drift.csv");
    assert_int_equal(c.rows, 20);
    assert_int_equal(c.bad, 0);
    assert_int_equal(c.problems, 1);
    check_problem(state, 0, 12, NULL, "rows have 26 fields from here, 25 before");
    struct snapshot *snap = open_store(state);
    // The last row: 26 fields, bug_status 1.0 behind bug_number 2051073.0.
    assert_int_equal(cell_i64(snap, "alert_summaries", 19, "id"), 49941);
    assert_int_equal(cell_i64(snap, "alert_summaries", 19, "bug_number"), 2051073);
    assert_int_equal(cell_i64(snap, "alert_summaries", 19, "bug_status"), 1);
    assert_sv(cell_text(snap, "alert_summaries", 19, "revision"),
              "702917caa048577b007f5602c05888da0ca82cb1");
    assert_int_equal(cell_list_len(snap, "alert_summaries", 19, "performance_tags"), 2);
    assert_true(cell_null(snap, "alert_summaries", 0, "bug_status"));
    snapshot_unref(snap);
}

static void the_other_drift_is_followed_too(void **state) {
    const struct ingest_counts c =
        import_done(state, PERF "expected/01_perf_alerts/schema_drift/alert_summaries.csv");
    assert_int_equal(c.rows, 2);
    assert_int_equal(c.problems, 1);
    struct snapshot *snap = open_store(state);
    assert_int_equal(cell_i64(snap, "alert_summaries", 1, "bug_number"), 4000);
    assert_int_equal(cell_i64(snap, "alert_summaries", 1, "bug_status"), 1);
    assert_int_equal(cell_i64(snap, "alert_summaries", 1, "issue_tracker"), 1);
    assert_sv(cell_text(snap, "alert_summaries", 1, "_extra"), "{\"monitored_alerts\": \"False\"}");
    snapshot_unref(snap);
}

// --- the store ----------------------------------------------------------------------------------

static void a_second_writer_is_told_who_is_first(void **state) {
    struct run run;
    struct publish *pub = publish_begin(unit_path(state, "store"), NULL);
    assert_non_null(pub);
    import_path(&run, state, write_file(state, "all_bugs.csv", SV(BUGS "1,a,[],P,C,\r\n")));
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_BUSY);
    run_done(&run);
    publish_end(pub);
    import_done(state, unit_path(state, "all_bugs.csv"));
}

static void a_read_only_store_says_so(void **state) {
    if (geteuid() == 0) {
        skip(); // root may write everywhere
    }
    struct run run;
    char *store = unit_path(state, "store");
    assert_int_equal(mkdir(store, 0500), 0);
    import_path(&run, state, write_file(state, "all_bugs.csv", SV(BUGS "1,a,[],P,C,\r\n")));
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_IO);
    run_done(&run);
    assert_int_equal(chmod(unit_path(state, "store"), 0700), 0);
}

static bool disk_full(const char *step) {
    (void)step;
    return false;
}

static void a_failing_publish_keeps_what_was_there(void **state) {
    struct run run;
    import_done(state, write_file(state, "all_bugs.csv", SV(BUGS "1,a,[],P,C,\r\n")));
    publish_set_fault_hook(disk_full);
    import_path(&run, state, write_file(state, "all_bugs.csv", SV(BUGS "1,b,[],P,C,\r\n")));
    publish_set_fault_hook(NULL);
    assert_true(!run.ok || run.result.n_refused == 1);
    run_done(&run);
    struct snapshot *snap = open_store(state);
    assert_sv(cell_text(snap, "all_bugs", 0, "summary"), "a");
    snapshot_unref(snap);
}

static void a_cancelled_import_publishes_nothing(void **state) {
    struct run run;
    atomic_bool cancel = true;
    const char *path = PERF "expected/e2e/small/all_commits.jsonl";
    import_with(&run, (struct import_opts){.store_dir = unit_path(state, "store"),
                                           .paths = &path,
                                           .n_paths = 1,
                                           .cancel = &cancel});
    assert_false(run.ok);
    assert_int_equal(run.err.code, ERR_CANCELLED);
    run_done(&run);
    assert_int_equal(rows_of(state, "commits"), -1);
}

static void a_folder_imports_what_it_knows(void **state) {
    struct run run;
    auto_free char *folder = path_join(*state, "in");
    assert_int_equal(mkdir(folder, 0700), 0);
    write_file(state, "in/all_bugs.csv", SV(BUGS "1,a,[],P,C,\r\n"));
    write_file(state, "in/notes.txt", SV("hello\n"));
    write_file(state, "in/.hidden", SV(BUGS "2,a,[],P,C,\r\n"));
    import_path(&run, state, folder);
    assert_true(run.ok);
    assert_int_equal(run.result.n_done, 1);
    assert_int_equal(run.result.n_skipped, 1);
    assert_int_equal(run.result.n_refused, 0);
    assert_non_null(strstr(run.result.files[1].err.msg, "hello"));
    run_done(&run);
    assert_int_equal(rows_of(state, "all_bugs"), 1);
}

static void problems_are_listed_up_to_a_limit(void **state) {
    auto_str text = STR_INIT;
    str_add_cstr(&text, BUGS "1,a,[],P,C,\r\n");
    for (int i = 0; i < INGEST_MAX_PROBLEMS + 50; i++) {
        str_add_cstr(&text, "x,a,[],P,C,\r\n");
    }
    const struct ingest_counts c =
        import_done(state, write_file(state, "all_bugs.csv", str_sv(&text)));
    assert_int_equal(c.bad, INGEST_MAX_PROBLEMS + 50);
    assert_int_equal(c.problems, INGEST_MAX_PROBLEMS + 50);
    assert_int_equal(rows_of(state, "problems"), INGEST_MAX_PROBLEMS + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(what_is_no_file_is_refused),
        unit_test_in_dir(wrong_columns_are_named),
        unit_test_in_dir(a_header_alone_is_refused),
        unit_test_in_dir(half_an_answer_is_refused),
        unit_test_in_dir(strict_takes_all_or_nothing),
        unit_test_in_dir(a_file_without_one_good_row_leaves_its_problems_only),
        unit_test_in_dir(bad_rows_are_left_out_and_kept_as_problems),
        unit_test_in_dir(problems_of_a_file_go_when_it_is_right),
        unit_test_in_dir(ragged_rows_are_read_as_far_as_they_go),
        unit_test_in_dir(unknown_columns_are_kept),
        unit_test_in_dir(a_second_header_sets_the_columns_anew),
        unit_test_in_dir(long_cells_and_bad_utf8_are_read),
        unit_test_in_dir(a_broken_literal_costs_only_its_alerts),
        unit_test_in_dir(every_literal_of_the_vectors_is_survived),
        unit_test_in_dir(torn_and_bad_lines_are_left_out),
        unit_test_in_dir(a_line_without_its_end_is_a_line),
        unit_test_in_dir(the_last_of_equal_ids_stands_at_the_first_place),
        unit_test_in_dir(pages_appended_twice_stand_once),
        unit_test_in_dir(alerts_that_are_gone_are_dropped),
        unit_test_in_dir(a_layout_that_changes_in_mid_file_is_followed),
        unit_test_in_dir(the_other_drift_is_followed_too),
        unit_test_in_dir(a_second_writer_is_told_who_is_first),
        unit_test_in_dir(a_read_only_store_says_so),
        unit_test_in_dir(a_failing_publish_keeps_what_was_there),
        unit_test_in_dir(a_cancelled_import_publishes_nothing),
        unit_test_in_dir(a_folder_imports_what_it_knows),
        unit_test_in_dir(problems_are_listed_up_to_a_limit),
    };
    // Once as usual, once with stages so small that everything goes over the second thread.
    const int failed = cmocka_run_group_tests_name("one thread", tests, NULL, NULL);
    stager_set_bytes_for_tests(300);
    return failed + cmocka_run_group_tests_name("two threads", tests, NULL, NULL);
}
