#include "base/csv_scan.h"

#include <csv.h>
#include <sys/resource.h>
#include <time.h>

#include "base/array.h"
#include "base/csv_index.h"
#include "base/csv_write.h"
#include "base/file.h"
#include "base/json.h"
#include "unit.h"

static uint64_t rng_state = 0x2545f4914f6cdd1dU;

static uint64_t rng(void) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

// Rows are compared as one text: each field's length and bytes, each row's end.
static void add_cell(struct str *out, struct sv text) {
    str_addf(out, "%zu:", text.len);
    str_add_sv(out, text);
    str_add_byte(out, ' ');
}

static void add_row_end(struct str *out) {
    str_add_byte(out, '\n');
}

static uint64_t lines_before(struct sv whole, uint64_t offset) {
    uint64_t n = 1;
    for (uint64_t i = 0; i < offset; i++) {
        n += whole.ptr[i] == '\n';
    }
    return n;
}

// Checks what must hold for every row, and appends it.
static void take_row(const struct csv_row *row, struct sv whole, struct str *out) {
    auto_str scratch = STR_INIT;
    assert_true(row->offset + row->bytes.len <= whole.len);
    assert_memory_equal(row->bytes.ptr, whole.ptr + row->offset, row->bytes.len);
    assert_int_equal(row->line, lines_before(whole, row->offset));
    assert_true(row->n_fields > 0);
    for (size_t i = 0; i < row->n_fields; i++) {
        const struct csv_field *f = &row->fields[i];
        if (f->has_quote) {
            assert_true(f->quoted && f->raw.ptr > row->bytes.ptr);
        }
        add_cell(out, csv_text(f, &scratch));
    }
    add_row_end(out);
}

static void scan_input(struct input *in, struct sv whole, struct str *out) {
    struct csv_scan *scan = csv_open(in);
    struct csv_row row;
    struct err err = ERR_INIT;
    int got;
    while ((got = csv_next(scan, &row, &err)) > 0) {
        take_row(&row, whole, out);
    }
    assert_int_equal(got, 0);
    assert_int_equal(csv_next(scan, &row, &err), 0);
    csv_close(scan);
    input_close(in);
}

static void scan_memory(struct sv text, struct str *out) {
    struct input in;
    input_memory(&in, "text", text, false);
    scan_input(&in, text, out);
}

static void scan_file(const char *path, struct sv text, size_t block, struct str *out) {
    struct input in;
    input_set_block_for_tests(block);
    assert_true(input_open(&in, path, NULL));
    scan_input(&in, text, out);
    input_set_block_for_tests(0);
}

static void write_file(const char *path, struct sv bytes) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.len ? bytes.ptr : "", 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

static void expect(struct str *got, const struct str *want, struct sv text, const char *how) {
    if (!sv_eq(str_sv(got), str_sv(want))) {
        fail_msg("%s:\n%.*s\ngot:\n%s\nwant:\n%s", how, SV_ARG(text), str_cstr(got),
                 str_cstr(want));
    }
    str_clear(got);
}

// The same text by every way through the scanner.
static void check_all_ways(void **state, struct sv text, const struct str *want) {
    static const size_t blocks[] = {1, 16, 64, 100, 1000};
    auto_str got = STR_INIT;
    char *path = unit_path(state, "text.csv");
    write_file(path, text);
    for (int portable = 0; portable < 2; portable++) {
        csv_force_portable(portable);
        scan_memory(text, &got);
        expect(&got, want, text, portable ? "portable" : "in memory");
        for (size_t i = 0; i < COUNTOF(blocks); i++) {
            scan_file(path, text, blocks[i], &got);
            expect(&got, want, text, "in blocks");
        }
    }
    csv_force_portable(false);
}

// ---- against Python's csv module -----------------------------------------------------------

static void reads_what_the_csv_module_reads(void **state) {
    auto_str file = STR_INIT;
    assert_true(file_read(CORPUS "/python/csv_module.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    size_t n = 0;
    while (sv_split(&rest, '\n', &line) && line.len) {
        json_t *vector = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL), *row, *cell;
        const json_t *text = json_object_get(vector, "text");
        auto_str want = STR_INIT;
        size_t i, k;
        json_array_foreach(json_object_get(vector, "rows"), i, row) {
            json_array_foreach(row, k, cell) {
                add_cell(&want, sv_make(json_string_value(cell), json_string_length(cell)));
            }
            add_row_end(&want);
        }
        check_all_ways(state, sv_make(json_string_value(text), json_string_length(text)), &want);
        json_decref(vector);
        n++;
    }
    assert_true(n >= 250);
}

// ---- against libcsv ------------------------------------------------------------------------

static void on_cell(void *bytes, size_t len, void *out) {
    add_cell(out, sv_make(bytes, len));
}

static void on_row(int c, void *out) {
    (void)c;
    add_row_end(out);
}

static int no_blank(unsigned char c) {
    (void)c;
    return 0;
}

static void by_libcsv(struct sv text, struct str *out) {
    struct csv_parser parser;
    assert_int_equal(csv_init(&parser, 0), 0);
    csv_set_space_func(&parser, no_blank);
    assert_int_equal(csv_parse(&parser, text.ptr, text.len, on_cell, on_row, out), text.len);
    assert_int_equal(csv_fini(&parser, on_cell, on_row, out), 0);
    csv_free(&parser);
}

static void equals_libcsv_on_the_corpus(void **state) {
    static const char *const names[] = {
        "mozilla-perf/expected/e2e/small/alert_summaries.csv",
        "mozilla-perf/expected/e2e/small/all_bugs.csv",
        "mozilla-perf/inputs/03_failing_sigs/nasty_literals/alert_summaries.csv",
        "mozilla-perf/expected/12_job_duration/nasty/job_durations.csv",
        "mozilla-perf/inputs/06_bug_diffs/encodings/perf_bugs.csv",
        "treeherder/derived/alert_summaries_from_mocks.csv",
    };
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", CORPUS, names[i]);
        auto_str text = STR_INIT, want = STR_INIT;
        assert_true(file_read(path, 1 << 24, &text, NULL));
        by_libcsv(str_sv(&text), &want);
        check_all_ways(state, str_sv(&text), &want);
    }
}

static void add_random_field(struct str *out) {
    static const char *const parts[] = {"x",           ",", "\"", "\n", "\r\n", "bug 1908027",
                                        "[{'id': 1}]", "é", " ",  "",   "0.5"};
    auto_str field = STR_INIT;
    size_t n = rng() % 6;
    for (size_t i = 0; i < n; i++) {
        str_add_cstr(&field, parts[rng() % COUNTOF(parts)]);
    }
    if (rng() % 16 == 0) {
        str_fill(&field, 'q', rng() % 300);
    }
    // An empty only field would be a blank line.
    str_add_cstr(&field, field.len ? "" : "-");
    if (rng() % 3) {
        str_add_csv(out, str_sv(&field), ',');
        return;
    }
    str_add_byte(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        str_add_cstr(out, field.ptr[i] == '"' ? "\"" : "");
        str_add_byte(out, field.ptr[i]);
    }
    str_add_byte(out, '"');
}

// Runs a kernel over the text in two calls.
static void index_with(csv_index_fn *fn, struct csv_index *ix, struct sv text, size_t cut) {
    *ix = (struct csv_index){.may_open = 1, .bad = CSV_NOT_BAD};
    ix->pos = xcalloc(text.len + 1, sizeof *ix->pos);
    fn(ix, text.ptr, 0, cut);
    if (ix->bad == CSV_NOT_BAD) {
        fn(ix, text.ptr, cut, text.len);
    }
}

// Whether all of the text can go by the index, with copies of it at each place of a step.
static void expect_no_odd_row(struct sv text) {
    for (size_t lead = 0; lead < 64; lead++) {
        struct csv_index ix;
        auto_str shifted = STR_INIT;
        str_fill(&shifted, '\n', lead);
        str_add_sv(&shifted, text);
        size_t len = shifted.len;
        str_fill(&shifted, '\0', INPUT_PAD);
        index_with(csv_index_best(), &ix, sv_make(shifted.ptr, len), 0);
        assert_true(ix.bad == CSV_NOT_BAD);
        free(ix.pos);
    }
}

static void equals_libcsv_on_random_tables(void **state) {
    for (int round = 0; round < 150; round++) {
        auto_str text = STR_INIT, want = STR_INIT;
        size_t n_rows = rng() % 12, n_fields = rng() % 7 + 1;
        const char *line_end = rng() % 2 ? "\n" : "\r\n";
        for (size_t i = 0; i < n_rows; i++) {
            for (size_t k = 0; k < n_fields; k++) {
                str_add_cstr(&text, k ? "," : "");
                add_random_field(&text);
            }
            str_add_cstr(&text, i + 1 < n_rows || rng() % 2 ? line_end : "");
            str_add_cstr(&text, rng() % 8 ? "" : line_end);
        }
        expect_no_odd_row(str_sv(&text));
        by_libcsv(str_sv(&text), &want);
        check_all_ways(state, str_sv(&text), &want);
    }
}

// ---- the two kernels -----------------------------------------------------------------------

static void kernels_agree(void **state) {
    (void)state;
    static const char alphabet[] = "ab,\"\n\r\",,x\0z\xff\xe9";
    char text[1024 + 64];
    for (int round = 0; round < 20000; round++) {
        size_t len = rng() % 1024;
        bool wild = rng() % 2;
        for (size_t i = 0; i < sizeof text; i++) {
            text[i] = wild ? alphabet[rng() % (sizeof alphabet - 1)] : "abcd,\n"[rng() % 6];
        }
        size_t cut = rng() % (len / 64 + 1) * 64;
        struct csv_index a, b;
        index_with(csv_index_portable, &a, sv_make(text, len), cut);
        index_with(csv_index_best(), &b, sv_make(text, len), cut);
        assert_int_equal(a.bad, b.bad);
        assert_int_equal(a.n, b.n);
        assert_memory_equal(a.pos, b.pos, a.n * sizeof *a.pos);
        if (a.bad == CSV_NOT_BAD && len % 64 == 0) {
            assert_int_equal(a.in_quote, b.in_quote);
            assert_int_equal(a.may_open, b.may_open);
        }
        free(a.pos);
        free(b.pos);
    }
    if (csv_index_best() == csv_index_portable) {
        print_message("no AVX2 here: the portable kernel was compared with itself\n");
    }
}

// ---- single rules --------------------------------------------------------------------------

struct scanned {
    struct input in;
    struct csv_scan *scan;
    struct csv_row row;
};

static void open_text(struct scanned *s, struct sv text) {
    input_memory(&s->in, "text", text, false);
    s->scan = csv_open(&s->in);
}

static void next_row(struct scanned *s, size_t n_fields) {
    assert_int_equal(csv_next(s->scan, &s->row, NULL), 1);
    assert_int_equal(s->row.n_fields, n_fields);
}

static void close_text(struct scanned *s) {
    assert_int_equal(csv_next(s->scan, &s->row, NULL), 0);
    csv_close(s->scan);
    input_close(&s->in);
}

static void skips_the_mark_and_blank_lines(void **state) {
    (void)state;
    struct scanned s;
    open_text(&s, SV("\xef\xbb\xbf\n\r\nid,\"b\"\r\n\n\n1,2\n\r"));
    next_row(&s, 2);
    assert_int_equal(s.row.offset, 6);
    assert_int_equal(s.row.line, 3);
    assert_sv(s.row.fields[0].raw, "id");
    assert_false(s.row.fields[0].quoted);
    assert_sv(s.row.fields[1].raw, "b");
    assert_true(s.row.fields[1].quoted && !s.row.fields[1].has_quote);
    assert_sv(s.row.bytes, "id,\"b\"");
    next_row(&s, 2);
    assert_int_equal(s.row.line, 6);
    close_text(&s);
}

static void tells_an_empty_text_from_none(void **state) {
    (void)state;
    struct scanned s;
    open_text(&s, SV("\"\"\n,\"\""));
    next_row(&s, 1);
    assert_true(s.row.fields[0].quoted);
    assert_int_equal(s.row.fields[0].raw.len, 0);
    next_row(&s, 2);
    assert_false(s.row.fields[0].quoted);
    assert_true(s.row.fields[1].quoted);
    close_text(&s);
}

static void reads_a_cut_quoted_field(void **state) {
    (void)state;
    struct scanned s;
    auto_str scratch = STR_INIT;
    open_text(&s, SV("a,b\n1,\"open \"\"here\"\"\nto the end\r\n"));
    next_row(&s, 2);
    assert_false(s.row.unterminated);
    next_row(&s, 2);
    assert_true(s.row.unterminated);
    assert_sv(csv_text(&s.row.fields[1], &scratch), "open \"here\"\nto the end\r\n");
    close_text(&s);
}

static void keeps_nul_and_lone_cr(void **state) {
    (void)state;
    struct scanned s;
    open_text(&s, SV("a\0b,c\rd\r\n\"\0\",\"x\r\"\n\"y\"\rz,1\n"));
    next_row(&s, 2);
    assert_true(sv_eq(s.row.fields[0].raw, SV("a\0b")));
    assert_sv(s.row.fields[1].raw, "c\rd");
    next_row(&s, 2);
    assert_true(sv_eq(s.row.fields[0].raw, SV("\0")));
    assert_sv(s.row.fields[1].raw, "x\r");
    next_row(&s, 2);
    assert_sv(s.row.fields[0].raw, "y\rz");
    close_text(&s);
}

static void a_stray_quote_spoils_one_row_only(void **state) {
    (void)state;
    struct scanned s;
    open_text(&s, SV("1,5\" disk,x\n2,\"q,\"\"r\",y\n3,\"a\"b\"c,z\n4,\"\",w\n"));
    next_row(&s, 3);
    assert_sv(s.row.fields[1].raw, "5\" disk");
    assert_false(s.row.fields[1].has_quote);
    next_row(&s, 3);
    assert_sv(s.row.fields[1].raw, "q,\"\"r");
    assert_true(s.row.fields[1].has_quote);
    next_row(&s, 3);
    assert_sv(s.row.fields[1].raw, "ab\"c");
    assert_int_equal(s.row.line, 3);
    next_row(&s, 3);
    assert_sv(s.row.fields[0].raw, "4");
    close_text(&s);
}

// The rules at every place of a 64-byte step: `lead` bytes, then the odd spot.
static void finds_odd_quotes_at_every_place(void **state) {
    static const struct {
        const char *open, *odd, *first, *second;
    } cases[] = {
        {"", "\"b,c\nd,e\n", "\"b", "c"},             // a quote inside an unquoted field
        {"\"", "\"b,c\nd,e\n", "b", "c"},             // text behind a closing quote
        {"\"", "\"\",\"b\",c\nd,e\n", "\",b\"", "c"}, // and another quote behind it
        {"\"", "\"\rb,c\nd,e\n", "\rb", "c"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        for (size_t lead = 1; lead < 140; lead++) {
            auto_str text = STR_INIT, first = STR_INIT, want = STR_INIT;
            str_add_cstr(&text, cases[i].open);
            str_fill(&text, 'x', lead);
            str_add_cstr(&text, cases[i].odd);
            str_fill(&first, 'x', lead);
            str_add_cstr(&first, cases[i].first);
            add_cell(&want, str_sv(&first));
            add_cell(&want, sv_cstr(cases[i].second));
            add_row_end(&want);
            add_cell(&want, SV("d"));
            add_cell(&want, SV("e"));
            add_row_end(&want);
            check_all_ways(state, str_sv(&text), &want);
        }
    }
}

static void reads_large_fields_across_blocks(void **state) {
    auto_str text = STR_INIT, want = STR_INIT, cell = STR_INIT;
    str_add_cstr(&text, "id,alerts,tail\n");
    for (int i = 0; i < 5; i++) {
        str_clear(&cell);
        for (size_t k = 0; cell.len < 200000 + (size_t)i; k++) {
            str_addf(&cell, "{'id': %zu, \"a\": 'b,c'},%s", k, k % 100 ? " " : "\n");
        }
        str_addf(&text, "%d,", i);
        str_add_csv(&text, str_sv(&cell), ',');
        str_add_cstr(&text, ",end\r\n");
    }
    by_libcsv(str_sv(&text), &want);
    auto_str got = STR_INIT;
    char *path = unit_path(state, "large.csv");
    write_file(path, str_sv(&text));
    static const size_t blocks[] = {4096, 65536, 200000, 0};
    for (size_t i = 0; i < COUNTOF(blocks); i++) {
        scan_file(path, str_sv(&text), blocks[i], &got);
        expect(&got, &want, SV("large"), "in blocks");
    }
}

// The second line is `head`, then `n_commas` commas.
static void expect_too_wide(const char *head, size_t n_commas) {
    auto_str text = STR_INIT;
    str_addf(&text, "a,b\n%s", head);
    str_fill(&text, ',', n_commas);
    str_add_cstr(&text, "\nc,d\n");
    struct input in;
    struct csv_row row;
    struct err err = ERR_INIT;
    input_memory(&in, "wide.csv", str_sv(&text), false);
    struct csv_scan *scan = csv_open(&in);
    assert_int_equal(csv_next(scan, &row, &err), 1);
    assert_int_equal(csv_next(scan, &row, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.msg, "wide.csv: line 2"));
    csv_close(scan);
    input_close(&in);
}

static void refuses_a_row_of_a_million_fields(void **state) {
    (void)state;
    expect_too_wide("", 3000000);
    expect_too_wide("", 1024 * 1024); // complete in the index before it is counted
    expect_too_wide("x\"y", 1024 * 1024);
}

// Processor time for reading 128 quoted fields of 512 KiB with `sep` between them.
static clock_t time_of(char sep, size_t n_rows_want) {
    auto_str text = STR_INIT;
    for (int i = 0; i < 128; i++) {
        str_add_byte(&text, '"');
        str_fill(&text, 'x', 512 << 10);
        str_add_byte(&text, '"');
        str_add_byte(&text, sep);
    }
    struct input in;
    struct csv_row row;
    size_t n_rows = 0;
    input_memory(&in, "long.csv", str_sv(&text), false);
    struct csv_scan *scan = csv_open(&in);
    clock_t start = clock();
    while (csv_next(scan, &row, NULL) > 0) {
        n_rows++;
    }
    clock_t took = clock() - start;
    assert_int_equal(n_rows, n_rows_want);
    csv_close(scan);
    input_close(&in);
    return took;
}

// The fields of an unfinished row are looked at again with each batch; that may not happen so often
// that a row of 1 GiB takes minutes.
static void a_long_row_takes_no_longer_than_short_ones(void **state) {
    (void)state;
    clock_t rows = time_of('\n', 128);
    clock_t row = time_of(',', 1);
    // Looking again at every batch would be some thousand times slower; the margin is for
    // sanitizers and busy machines.
    assert_true(row < 100 * (rows + CLOCKS_PER_SEC / 1000));
}

static long peak_kib(void) {
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

// A row with a stray quote may not take memory for all the fields of a window.
static void stops_counting_fields_of_an_odd_row(void **state) {
    (void)state;
    long before_kib = peak_kib();
    expect_too_wide("x\"y", 32 << 20);
    assert_true(peak_kib() - before_kib < 400 * 1024);
}

static void stops_when_cancelled(void **state) {
    char *path = unit_path(state, "cancel.csv");
    write_file(path, SV("a,b\nc,d\ne,f\n"));
    atomic_bool cancel = true;
    struct input in;
    struct csv_row row;
    struct err err = ERR_INIT;
    assert_true(input_open(&in, path, NULL));
    in.cancel = &cancel;
    struct csv_scan *scan = csv_open(&in);
    assert_int_equal(csv_next(scan, &row, &err), -1);
    assert_int_equal(err.code, ERR_CANCELLED);
    csv_close(scan);
    input_close(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(reads_what_the_csv_module_reads),
        unit_test_in_dir(equals_libcsv_on_the_corpus),
        unit_test_in_dir(equals_libcsv_on_random_tables),
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(skips_the_mark_and_blank_lines),
        cmocka_unit_test(tells_an_empty_text_from_none),
        cmocka_unit_test(reads_a_cut_quoted_field),
        cmocka_unit_test(keeps_nul_and_lone_cr),
        cmocka_unit_test(a_stray_quote_spoils_one_row_only),
        unit_test_in_dir(finds_odd_quotes_at_every_place),
        unit_test_in_dir(reads_large_fields_across_blocks),
        cmocka_unit_test(refuses_a_row_of_a_million_fields),
        cmocka_unit_test(a_long_row_takes_no_longer_than_short_ones),
        cmocka_unit_test(stops_counting_fields_of_an_odd_row),
        unit_test_in_dir(stops_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
