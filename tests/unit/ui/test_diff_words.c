#include "base/str.h"
#include "ui/diff.h"

#include "unit.h"

enum { CAP = 8 };

static void mark(struct sv line, const struct diff_span *spans, size_t n, struct str *out) {
    size_t at = 0;
    str_clear(out);
    for (size_t i = 0; i < n; i++) {
        assert_true(spans[i].from < spans[i].to && spans[i].to <= line.len);
        assert_true(i == 0 || spans[i].from > at);
        str_add_sv(out, sv_sub(line, at, spans[i].from - at));
        str_add_byte(out, '[');
        str_add_sv(out, sv_sub(line, spans[i].from, spans[i].to - spans[i].from));
        str_add_byte(out, ']');
        at = spans[i].to;
    }
    str_add_sv(out, sv_from(line, at));
}

// The changed parts of both lines in brackets.
static void assert_words(const char *old_line, const char *new_line, const char *old_want,
                         const char *new_want) {
    struct diff_span a[CAP], b[CAP];
    size_t n_a, n_b;
    struct str got = STR_INIT;
    diff_words(sv_cstr(old_line), sv_cstr(new_line), a, &n_a, b, &n_b, CAP);
    mark(sv_cstr(old_line), a, n_a, &got);
    assert_string_equal(str_cstr(&got), old_want);
    mark(sv_cstr(new_line), b, n_b, &got);
    assert_string_equal(str_cstr(&got), new_want);
    str_done(&got);
}

static void test_words(void **state) {
    (void)state;
    assert_words("return foo(a, b);", "return bar(a, b);", "return [foo](a, b);",
                 "return [bar](a, b);");
    assert_words("x = make(target)", "x = make_coalesced(target, {now})", "x = [make](target)",
                 "x = [make_coalesced](target[, {now}])");
    assert_words("count", "counter", "count", "counter"); // one word each: nothing in common
    assert_words("a count", "a counter", "a count", "a counter");
    assert_words("int count = 0", "int counter = 0", "int [count] = 0", "int [counter] = 0");
    assert_words("  if (a) {", "    if (a) {", "  if (a) {", "  [  ]if (a) {");
    assert_words("same", "same", "same", "same");
    assert_words("", "", "", "");
}

static void test_insertion_and_removal(void **state) {
    (void)state;
    assert_words("f(a, b)", "f(a, x, b)", "f(a, b)", "f(a, [x, ]b)");
    assert_words("f(a, x, b)", "f(a, b)", "f(a, [x, ]b)", "f(a, b)");
    assert_words("one two three four", "one TWO three FOUR", "one [two] three [four]",
                 "one [TWO] three [FOUR]");
}

static void test_nothing_in_common(void **state) {
    (void)state;
    assert_words("nsresult", "void", "nsresult", "void");
    assert_words("alpha beta gamma delta", "one two three four", "alpha beta gamma delta",
                 "one two three four");
    assert_words("", "new", "", "new");
}

// A character is never cut in two.
static void test_utf8(void **state) {
    (void)state;
    assert_words("name = \xc3\xa4;", "name = \xc3\xb6;", "name = [\xc3\xa4];",
                 "name = [\xc3\xb6];");
    assert_words("name = x\xc3\xa4;", "name = x\xe2\x82\xa4;", "name = [x\xc3\xa4];",
                 "name = [x\xe2\x82\xa4];");
}

static void test_limits(void **state) {
    (void)state;
    struct diff_span a[CAP], b[CAP];
    size_t n_a, n_b;
    // More changes than there is room for: the last span takes the rest.
    assert_words("1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 . same words here",
                 "2 . 2 . 2 . 2 . 2 . 2 . 2 . 2 . 2 . same words here",
                 "[1] . [1] . [1] . [1] . [1] . [1] . [1] . [1 . 1] . same words here",
                 "[2] . [2] . [2] . [2] . [2] . [2] . [2] . [2 . 2] . same words here");
    // Far too many words: the middle is one change, cut at borders of words.
    struct str x = STR_INIT, y = STR_INIT;
    str_add_cstr(&x, "head begin ");
    str_add_cstr(&y, "head begun ");
    for (int i = 0; i < 2000; i++) {
        str_add_cstr(&x, "a, ");
        str_add_cstr(&y, i % 2 ? "a, " : "b, ");
    }
    str_add_cstr(&x, "left tail tail");
    str_add_cstr(&y, "lift tail tail");
    diff_words(str_sv(&x), str_sv(&y), a, &n_a, b, &n_b, CAP);
    assert_int_equal(n_a, 0); // two words of two thousand
    for (int i = 0; i < 2000; i++) {
        str_add_cstr(&x, " c");
        str_add_cstr(&y, " c");
    }
    diff_words(str_sv(&x), str_sv(&y), a, &n_a, b, &n_b, CAP);
    assert_int_equal(n_a, 1);
    assert_int_equal(n_b, 1);
    assert_int_equal(a[0].from, 5);
    assert_sv(sv_sub(str_sv(&x), a[0].to - 4, 14), "left tail tail");
    assert_sv(sv_sub(str_sv(&y), b[0].to - 4, 14), "lift tail tail");
    diff_words(str_sv(&x), str_sv(&y), a, &n_a, b, &n_b, 0);
    assert_int_equal(n_a + n_b, 0);
    str_done(&x);
    str_done(&y);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_insertion_and_removal),
        cmocka_unit_test(test_nothing_in_common),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
