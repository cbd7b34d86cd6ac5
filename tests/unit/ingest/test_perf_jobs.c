// label: threads
#include "ingest/perf_jobs.h"

#include <math.h>

#include "base/date.h"
#include "base/num.h"
#include "ingest/code_cache.h"
#include "unit.h"

// --- the scanner by itself ---

struct scanned {
    struct job_scanner *scanner;
    struct record_reader r;
    struct job_line line;
    struct str text; // with INPUT_PAD bytes behind
};

static void scanned_done(struct scanned *x) {
    job_scanner_free(x->scanner);
    record_done(&x->r);
    str_done(&x->text);
}

static bool scan_text(struct scanned *x, const char *text) {
    static const char pad[INPUT_PAD];
    x->scanner = x->scanner ? x->scanner : job_scanner_new();
    str_clear(&x->text);
    str_add_cstr(&x->text, text);
    const size_t len = x->text.len;
    str_add(&x->text, pad, sizeof pad);
    x->line = (struct job_line){0};
    record_clear(&x->r);
    return job_scanner_line(x->scanner, &x->r, &x->line, sv_make(x->text.ptr, len));
}

// The scanned line, written again.
static void assert_same_text(struct scanned *x, const char *text) {
    assert_true(scan_text(x, text));
    auto_str out = STR_INIT;
    job_line_write(&out, x->line.id.v, &x->line.order, x->r.jobs.ptr, x->line.n);
    assert_sv(str_sv(&out), text);
}

#define USUAL                                                                                      \
    "{\"signature_id\": 72111, \"jobs\": [{\"job_id\": 21, \"id\": 31, \"value\": 114.25, "        \
    "\"push_timestamp\": \"2025-06-19T00:16:40\", \"push_id\": 1600031, \"revision\": "            \
    "\"6e6a4635e50bd92127edca98ef337515be698c8c\", \"submit_time\": \"2025-06-19T00:26:40\", "     \
    "\"machine_name\": \"m1\"}, {\"job_id\": null, \"id\": 32, \"value\": null, "                  \
    "\"push_timestamp\": null, \"push_id\": null, \"revision\": null, \"submit_time\": null, "     \
    "\"machine_name\": null}]}"

static void usual_lines_are_scanned(void **state) {
    (void)state;
    struct scanned x = {0};
    assert_same_text(&x, USUAL);
    assert_int_equal(x.line.id.v, 72111);
    assert_int_equal(x.line.n, 2);
    assert_true(job_order_is_usual(&x.line.order));
    const struct perf_job *jobs = x.r.jobs.ptr;
    assert_int_equal(jobs[0].job_id, 21);
    assert_int_equal(jobs[0].id, 31);
    assert_int_equal(jobs[0].push_id, 1600031);
    assert_true(jobs[0].value == 114.25);
    assert_int_equal(jobs[0].push_us, INT64_C(1750292200) * US_PER_SEC);
    assert_int_equal(jobs[0].submit_us - jobs[0].push_us, 600 * US_PER_SEC);
    assert_sv(jobs[0].machine_name, "m1");
    assert_int_equal(jobs[0].has, 255);
    assert_true(jobs[0].in_time);
    assert_int_equal(jobs[1].has, 1 << JOB_ID);
    assert_true(jobs[1].in_time);
    assert_same_text(&x, "{\"signature_id\": 5, \"jobs\": []}");
    assert_int_equal(x.line.n, 0);
    scanned_done(&x);
}

static void keys_are_learned_from_each_line(void **state) {
    (void)state;
    struct scanned x = {0};
    assert_same_text(&x, "{\"signature_id\": 1, \"jobs\": [{\"id\": 1, \"value\": 0.5}]}");
    auto_str order = STR_INIT;
    job_order_write(&x.line.order, &order);
    assert_sv(str_sv(&order), "id,value");
    assert_same_text(&x, "{\"signature_id\": 2, \"jobs\": [{\"value\": 1.0, \"id\": 2}, "
                         "{\"value\": -0.5, \"id\": 3}]}");
    assert_same_text(&x, USUAL);
    // Other keys in the second job than in the first: no line of one order.
    assert_false(scan_text(&x, "{\"signature_id\": 2, \"jobs\": [{\"id\": 1}, {\"job_id\": 2}]}"));
    assert_int_equal(x.r.jobs.n, 0);
    assert_same_text(&x, USUAL);
    scanned_done(&x);
}

static void orders_survive_their_text(void **state) {
    (void)state;
    struct job_order order;
    auto_str text = STR_INIT;
    assert_true(job_order_parse(SV("id,job_id,machine_name"), &order));
    job_order_write(&order, &text);
    assert_sv(str_sv(&text), "id,job_id,machine_name");
    assert_true(job_order_parse(SV(""), &order) && order.n == 0);
    assert_false(job_order_parse(SV("id,other"), &order));
    assert_false(job_order_parse(SV("id,id,id,id,id,id,id,id,id"), &order));
    assert_false(job_order_parse(SV("id,"), &order));
}

// What the columns would not give back, and what is no line of jobs at all.
static void other_spellings_are_left_alone(void **state) {
    (void)state;
    static const char *const lines[] = {
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 007}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": -7}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 1.0}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": \"1\"}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 1234567890123456789}]}",
        "{\"signature_id\": \"1\", \"jobs\": [{\"id\": 7}]}",
        "{\"signature_id\": 1,\"jobs\": [{\"id\": 7}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7}, ]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7},{\"id\": 8}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7}]} ",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7}], \"more\": 1}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7, \"id\": 8}]}",
        "{\"signature_id\": 1, \"jobs\": [{\"id\": 7, \"other\": 8}]}",
        "{\"signature_id\": 1, \"jobs\": [{}]}",
        "{\"signature_id\": 1, \"jobs\": [7]}",
        "{\"signature_id\": 1, \"jobs\": null}",
        "{\"signature_id\": 1}",
        "{}",
        "",
    };
    struct scanned x = {0};
    for (size_t i = 0; i < COUNTOF(lines); i++) {
        if (scan_text(&x, lines[i])) {
            fail_msg("scanned: %s", lines[i]);
        }
        assert_int_equal(x.r.jobs.n, 0);
    }
    scanned_done(&x);
}

static bool scan_one(struct scanned *x, const char *key, const char *value) {
    char text[512];
    snprintf(text, sizeof text, "{\"signature_id\": 1, \"jobs\": [{\"%s\": %s}]}", key, value);
    return scan_text(x, text);
}

static void texts_are_plain_ascii(void **state) {
    (void)state;
    static const char *const good[] = {"\"\"", "\"a\"", "\"1234567\"", "\"12345678\"",
                                       "\"a/b ~!'#[]^_`{|}@\""};
    static const char *const bad[] = {"\"a\\nb\"", "\"\\u0041\"", "\"\x7f\"", "\"\xc3\xa9\"",
                                      "\"a\tb\"",  "\"\\\"\"",    "\"a",      "7"};
    struct scanned x = {0};
    for (size_t i = 0; i < COUNTOF(good); i++) {
        assert_true(scan_one(&x, "revision", good[i]));
        assert_int_equal(x.r.jobs.ptr[0].revision.len, strlen(good[i]) - 2);
        assert_true(scan_one(&x, "machine_name", good[i]));
    }
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        assert_false(scan_one(&x, "revision", bad[i]));
    }
    scanned_done(&x);
}

static void times_have_one_form(void **state) {
    (void)state;
    static const char *const bad[] = {
        "\"2025-06-19 00:16:40\"",
        "\"2025-06-19T00:16:40Z\"",
        "\"2025-06-19T00:16:40.5\"",
        "\"2025-06-19T24:00:00\"",
        "\"2025-06-19T00:60:00\"",
        "\"2025-06-19T00:00:60\"",
        "\"2025-02-29T00:00:00\"",
        "\"2025-13-01T00:00:00\"",
        "\"2025-06-19T0a:00:00\"",
        "\"2025-06-19T00.00:00\"",
        "\"2025-06-19\"",
        "\"\"",
        "\"20250619T001640xxxx\"",
        "1750292200",
    };
    struct scanned x = {0};
    // Twice: the second time the date is one that is known.
    for (size_t i = 0; i < 2 * COUNTOF(bad); i++) {
        assert_false(scan_one(&x, "push_timestamp", bad[i % COUNTOF(bad)]));
        assert_true(scan_one(&x, "submit_time", "\"2025-06-19T23:59:59\""));
    }
    // Every day of a century, in an order that meets dates again.
    for (int64_t i = 0; i < 40000; i++) {
        const int64_t day = i * 7919 % 36525, us = day * US_PER_DAY + i * US_PER_SEC;
        auto_str text = STR_INIT;
        str_add_byte(&text, '"');
        str_add_iso(&text, us);
        str_add_byte(&text, '"');
        assert_true(scan_one(&x, "push_timestamp", str_cstr(&text)));
        assert_int_equal(x.r.jobs.ptr[0].push_us, us);
    }
    scanned_done(&x);
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t bits_of(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

// A value is scanned exactly when it is spelled as it would be written, and then has every bit.
static void check_value(struct scanned *x, const char *text) {
    char usual[32];
    double want;
    assert_true(num_parse_f64(sv_cstr(text), &want));
    const bool is_usual = sv_is(sv_make(usual, num_format_f64(usual, want)), text);
    if (scan_one(x, "value", text) != is_usual) {
        fail_msg("%s is %s", text, is_usual ? "not scanned" : "scanned");
    }
    if (is_usual && bits_of(x->r.jobs.ptr[0].value) != bits_of(want)) {
        fail_msg("%s has other bits than by strtod", text);
    }
}

static void values_are_scanned_exactly(void **state) {
    (void)state;
    static const char *const odd[] = {"0.0",
                                      "-0.0",
                                      "0.5",
                                      "0.50",
                                      "00.5",
                                      "1.0",
                                      "1.00",
                                      "0.0001",
                                      "0.00001",
                                      "1e-05",
                                      "1e+16",
                                      "1e16",
                                      "1E+16",
                                      "1.5e+300",
                                      "12345678.0",
                                      "123456789.125",
                                      "999999999999999.0",
                                      "1000000000000000.0",
                                      "9999999999999998.0",
                                      "1e+16",
                                      "10000000000000000.0",
                                      "0.1000000000000000055",
                                      "0.30000000000000004",
                                      "1034.3333333333333",
                                      "123456789012345.6",
                                      "0.000123456789012345",
                                      "2.2250738585072014e-308",
                                      "5e-324",
                                      "1.7976931348623157e+308",
                                      "9007199254740993.0"};
    struct scanned x = {0};
    for (size_t i = 0; i < COUNTOF(odd); i++) {
        check_value(&x, odd[i]);
    }
    uint64_t rng = UINT64_C(0x2545f4914f6cdd1d);
    for (int i = 0; i < 100000; i++) {
        char text[64];
        const uint64_t digits = next_random(&rng) >> (next_random(&rng) % 63);
        const int decimals = (int)(next_random(&rng) % 12);
        snprintf(text, sizeof text, "%s%.*f", i % 3 ? "" : "-", decimals + 1,
                 (double)digits / pow(10, decimals));
        check_value(&x, text);
        snprintf(text, sizeof text, "%.*f", (int)(next_random(&rng) % 19),
                 (double)(digits >> 8) / pow(10, decimals + 2));
        if (strchr(text, '.')) {
            check_value(&x, text);
        }
        char shortest[32];
        shortest[num_format_f64(shortest, ldexp((double)digits, (int)(rng % 80) - 70))] = '\0';
        check_value(&x, shortest);
    }
    assert_false(scan_one(&x, "value", "12"));
    assert_false(scan_one(&x, "value", "1.5x"));
    assert_false(scan_one(&x, "value", "NaN"));
    assert_false(scan_one(&x, "value", "-"));
    scanned_done(&x);
}

static void integers_are_scanned_exactly(void **state) {
    (void)state;
    struct scanned x = {0};
    int64_t want = 0;
    for (int n = 1; n <= 18; n++) {
        char text[24];
        want = want * 10 + n % 10;
        snprintf(text, sizeof text, "%lld", (long long)want);
        assert_true(scan_one(&x, "job_id", text));
        assert_int_equal(x.r.jobs.ptr[0].job_id, want);
    }
    assert_true(scan_one(&x, "push_id", "0"));
    assert_int_equal(x.r.jobs.ptr[0].push_id, 0);
    assert_true(scan_one(&x, "id", "999999999999999999"));
    assert_int_equal(x.r.jobs.ptr[0].id, INT64_C(999999999999999999));
    scanned_done(&x);
}

// --- ten minutes ---

static void in_time_is_within_ten_minutes_of_the_push(void **state) {
    (void)state;
    const struct job_times exact = {true, true, true};
    struct perf_job job = {.push_us = 1000 * US_PER_SEC};
    assert_true(job_in_time(&job, (struct job_times){0})); // nothing known
    job.submit_us = job.push_us;
    assert_true(job_in_time(&job, exact));
    job.submit_us = job.push_us + 600 * US_PER_SEC;
    assert_true(job_in_time(&job, exact));
    assert_false(job_in_time(&job, (struct job_times){false, true, true}));
    assert_false(job_in_time(&job, (struct job_times){true, false, true}));
    job.submit_us = job.push_us + 601 * US_PER_SEC;
    assert_false(job_in_time(&job, exact));
    job.submit_us = job.push_us - US_PER_SEC;
    assert_false(job_in_time(&job, exact));
}

// --- both readers, whole files ---

static void read_file(void **state, ingest_read_fn *read, struct sv bytes, struct ingest *ig) {
    const struct ingest_opts opts = {.format = "perf_jobs_by_signature.jsonl",
                                     .file = "jobs.jsonl",
                                     .tmp_dir = *state,
                                     .datasets = perf_jobs_datasets};
    struct err err = ERR_INIT;
    assert_true(ingest_init(ig, &opts, &err));
    input_memory(&ig->in, "jobs.jsonl", bytes, false);
    if (!ingest_run(ig, read, &err)) {
        fail_msg("%s", err.msg);
    }
}

static void add_stored(void **state, struct arrow_writer *w, struct str *out) {
    struct err err = ERR_INIT;
    struct arrow_finished done;
    const char *path = unit_path(state, "out.arrow");
    assert_true(arrow_finish_as(w, path, NULL, &done, &err));
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(str_reserve(out, done.size), 1, done.size, f), done.size);
    out->len += done.size;
    fclose(f);
    unlink(path);
}

// Many revisions and machines, so that texts drive each other out of the cache of codes.
static void add_many_lines(struct str *out) {
    uint64_t rng = 88172645463325252U;
    for (int line = 0; line < 300; line++) {
        str_addf(out, "{\"signature_id\": %d, \"jobs\": [", line);
        for (int i = 0; i < line % 50; i++) {
            const uint64_t a = next_random(&rng) % 3000 * UINT64_C(0x9e3779b97f4a7c15);
            str_addf(out, "%s{\"id\": %d, \"revision\": \"%016llx%016llx%08llx\", ", i ? ", " : "",
                     line * 100 + i, (unsigned long long)a, (unsigned long long)~a,
                     (unsigned long long)(a & 0xffff));
            str_addf(out, "\"value\": %.3f, \"machine_name\": \"%.*s\"}", (double)(a >> 40) + 0.125,
                     (int)(a >> 58),
                     "machine-0123456789-abcdefghijkl"
                     "mnopqrstuvwxyz-0123456789-abcdefghijklm");
        }
        str_add_cstr(out, line % 97 ? "]}\n" : "], \"more\": 1}\n");
    }
}

static void the_scanner_gives_the_rows_of_the_general_reader(void **state) {
    auto_str text = STR_INIT, fast = STR_INIT, slow = STR_INIT;
    add_many_lines(&text);
    str_add_cstr(&text, USUAL "\n");
    struct ingest a, b;
    stager_set_bytes_for_tests(4096); // several stages
    read_file(state, perf_jobs_jsonl_read, str_sv(&text), &a);
    read_file(state, perf_jobs_jsonl_read_slowly, str_sv(&text), &b);
    stager_set_bytes_for_tests(0);
    assert_int_equal(a.counts.rows, 301);
    assert_int_equal(a.counts.rows, b.counts.rows);
    assert_int_equal(ingest_n_keys(&a, 0), 301);
    assert_int_equal(ingest_n_keys(&a, 1), 301 - 6); // lines without jobs
    for (size_t i = 0; i < a.n_out; i++) {
        add_stored(state, a.out[i].w, &fast);
        add_stored(state, b.out[i].w, &slow);
    }
    assert_true(sv_eq(str_sv(&fast), str_sv(&slow)));
    ingest_done(&a);
    ingest_done(&b);
}

static void keys_are_not_counted_after_duplicates(void **state) {
    struct ingest ig;
    read_file(state, perf_jobs_jsonl_read,
              SV("{\"signature_id\": 5, \"jobs\": [{\"id\": 1}, {\"id\": 2}]}\n"
                 "{\"signature_id\": \"6\", \"jobs\": [{\"id\": 3}]}\n"
                 "{\"signature_id\": 5, \"jobs\": [{\"id\": 4}]}\n"),
              &ig);
    assert_int_equal(ig.counts.rows, 2);
    assert_int_equal(ig.counts.duplicates, 1);
    assert_int_equal(arrow_rows_written(ig.out[1].w), 2);
    assert_int_equal(ingest_n_keys(&ig, 1), 0);
    ingest_done(&ig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_lines_are_scanned),
        cmocka_unit_test(keys_are_learned_from_each_line),
        cmocka_unit_test(orders_survive_their_text),
        cmocka_unit_test(other_spellings_are_left_alone),
        cmocka_unit_test(texts_are_plain_ascii),
        cmocka_unit_test(times_have_one_form),
        cmocka_unit_test(values_are_scanned_exactly),
        cmocka_unit_test(integers_are_scanned_exactly),
        cmocka_unit_test(in_time_is_within_ten_minutes_of_the_push),
        unit_test_in_dir(the_scanner_gives_the_rows_of_the_general_reader),
        unit_test_in_dir(keys_are_not_counted_after_duplicates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
