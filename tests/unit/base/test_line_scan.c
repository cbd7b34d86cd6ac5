#include "base/line_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/str.h"
#include "unit.h"

static void write_file(const char *path, struct sv bytes) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.len ? bytes.ptr : "", 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

// All lines as "number@offset:text", '!' behind a torn one, joined with '|'.
static void lines_of(struct input *in, struct str *out) {
    struct line_scan scan;
    struct line line;
    int got;
    line_scan_init(&scan, in);
    while ((got = line_next(&scan, &line, NULL)) > 0) {
        str_addf(out, "%s%llu@%llu:", out->len ? "|" : "", (unsigned long long)line.line,
                 (unsigned long long)line.offset);
        str_add_sv(out, line.text);
        str_add_cstr(out, line.torn ? "!" : "");
    }
    assert_int_equal(got, 0);
}

static const struct {
    struct sv text;
    const char *want;
} cases[] = {
    {{"", 0}, ""},
    {{"\n", 1}, "1@0:"},
    {{"a\nbc\n", 5}, "1@0:a|2@2:bc"},
    {{"a\r\n\r\nb", 6}, "1@0:a|2@3:|3@5:b!"},
    {{"a\rb\n", 4}, "1@0:a\rb"},
    {{"\xef\xbb\xbf{}\nx\n", 8}, "1@3:{}|2@6:x"},
    {{"\xef\xbb\xbf", 3}, ""},
    {{"a\n\xef\xbb\xbf\n", 6}, "1@0:a|2@2:\xef\xbb\xbf"},
    {{"one line that is longer than a small block of the input\nshort\nand another long one\n", 83},
     "1@0:one line that is longer than a small block of the input|2@56:short|"
     "3@62:and another long one"},
};

static void reads_lines_from_memory(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct input in;
        auto_str got = STR_INIT;
        input_memory(&in, "case", cases[i].text, false);
        lines_of(&in, &got);
        assert_string_equal(str_cstr(&got), cases[i].want);
        input_close(&in);
    }
}

static void reads_lines_across_blocks(void **state) {
    static const size_t blocks[] = {1, 3, 7, 16, 0};
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        char *path = unit_path(state, "lines");
        write_file(path, cases[i].text);
        for (size_t b = 0; b < COUNTOF(blocks); b++) {
            struct input in;
            auto_str got = STR_INIT;
            input_set_block_for_tests(blocks[b]);
            assert_true(input_open(&in, path, NULL));
            assert_int_equal(in.size_bytes, cases[i].text.len);
            lines_of(&in, &got);
            assert_string_equal(str_cstr(&got), cases[i].want);
            input_close(&in);
        }
    }
    input_set_block_for_tests(0);
}

static void keeps_a_nul(void **state) {
    (void)state;
    struct input in;
    struct line_scan scan;
    struct line line;
    input_memory(&in, "nul", sv_make("a\0b\nc", 5), false);
    line_scan_init(&scan, &in);
    assert_int_equal(line_next(&scan, &line, NULL), 1);
    assert_true(sv_eq(line.text, sv_make("a\0b", 3)));
    assert_int_equal(line_next(&scan, &line, NULL), 1);
    assert_true(line.torn);
    assert_sv(line.text, "c");
    input_close(&in);
}

static void pads_the_window(void **state) {
    char *path = unit_path(state, "pad");
    write_file(path, SV("abc"));
    struct input in;
    assert_true(input_open(&in, path, NULL));
    assert_true(input_more(&in, 0, NULL));
    assert_int_equal(in.len, 3);
    for (size_t i = 0; i < INPUT_PAD; i++) {
        assert_int_equal(in.ptr[in.len + i], 0);
    }
    input_close(&in);
}

static void reads_a_pipe(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x\ny\n", 4), 4);
    close(ends[1]);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    struct input in;
    assert_true(input_open(&in, path, NULL));
    close(ends[0]);
    auto_str got = STR_INIT;
    lines_of(&in, &got);
    assert_string_equal(str_cstr(&got), "1@0:x|2@2:y");
    assert_int_equal(in.size_bytes, 0);
    input_close(&in);
}

static void refuses_what_is_no_file(void **state) {
    struct input in;
    struct err err = ERR_INIT;
    assert_false(input_open(&in, (const char *)*state, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.msg, "is a directory"));
    input_close(&in);
    assert_false(input_open(&in, unit_path(state, "none"), &err));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_false(input_open(&in, "/dev/null", &err));
    assert_int_equal(err.code, ERR_FORMAT);
    input_close(&in);
}

static void stops_when_cancelled(void **state) {
    char *path = unit_path(state, "cancel");
    write_file(path, SV("a\nb\nc\nd\n"));
    atomic_bool cancel = false;
    struct input in;
    struct line_scan scan;
    struct line line;
    struct err err = ERR_INIT;
    input_set_block_for_tests(4);
    assert_true(input_open(&in, path, NULL));
    in.cancel = &cancel;
    line_scan_init(&scan, &in);
    assert_int_equal(line_next(&scan, &line, &err), 1);
    cancel = true;
    assert_int_equal(line_next(&scan, &line, &err), 1);
    assert_int_equal(line_next(&scan, &line, &err), -1);
    assert_int_equal(err.code, ERR_CANCELLED);
    input_close(&in);
    input_set_block_for_tests(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines_from_memory),
        unit_test_in_dir(reads_lines_across_blocks),
        cmocka_unit_test(keeps_a_nul),
        unit_test_in_dir(pads_the_window),
        cmocka_unit_test(reads_a_pipe),
        unit_test_in_dir(refuses_what_is_no_file),
        unit_test_in_dir(stops_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
