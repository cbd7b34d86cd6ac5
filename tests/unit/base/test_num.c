#include "base/num.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>

#include "base/file.h"
#include "unit.h"

static uint64_t rng_state = 0x9e3779b97f4a7c15U;

static uint64_t rng(void) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

static uint64_t bits_of(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits) {
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

// ---- integers ------------------------------------------------------------------------------

static void reads_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"+7", 7},
                {"000123", 123},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < COUNTOF(good); i++) {
        int64_t v = 99;
        assert_true(num_parse_i64(sv_cstr(good[i].text), &v));
        assert_int_equal(v, good[i].want);
    }
    static const char *const bad[] = {"",    "-",
                                      "+",   "--1",
                                      "1 ",  " 1",
                                      "1_0", "0x1",
                                      "1.0", "9223372036854775808",
                                      "a",   "1e3",
                                      "１",  "-9223372036854775809"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        int64_t v;
        assert_false(num_parse_i64(sv_cstr(bad[i]), &v));
    }
    int64_t v;
    assert_false(num_parse_i64(SV_NULL, &v));
}

static void reads_integral_decimals(void **state) {
    (void)state;
    int64_t v = 0;
    assert_true(num_parse_i64_lax(SV("1997001.0"), &v));
    assert_int_equal(v, 1997001);
    assert_true(num_parse_i64_lax(SV("12."), &v));
    assert_int_equal(v, 12);
    assert_true(num_parse_i64_lax(SV("-5.000"), &v));
    assert_int_equal(v, -5);
    assert_true(num_parse_i64_lax(SV("5"), &v));
    static const char *const bad[] = {"1.5", ".0", "1.0e3", "1.0.0", ".", "nan", ""};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        assert_false(num_parse_i64_lax(sv_cstr(bad[i]), &v));
    }
}

static void writes_integers(void **state) {
    (void)state;
    static const int64_t values[] = {0, 1, -1, 9, 10, 99, 100, -12345, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNTOF(values); i++) {
        char got[24], want[24];
        snprintf(want, sizeof want, "%lld", (long long)values[i]);
        size_t n = num_format_i64(got, values[i]);
        assert_string_equal(got, want);
        assert_int_equal(n, strlen(want));
    }
}

// ---- floats --------------------------------------------------------------------------------

static void check_against_strtod(const char *text) {
    double got = 0;
    char *end;
    double want = strtod(text, &end);
    bool ok = num_parse_f64(sv_cstr(text), &got);
    if (!ok || *end || bits_of(got) != bits_of(want)) {
        fail_msg("%s: got %a, strtod says %a", text, got, want);
    }
}

static size_t put_digits(char *to, size_t n) {
    for (size_t i = 0; i < n; i++) {
        to[i] = (char)('0' + rng() % 10);
    }
    return n;
}

static void equals_strtod_on_random_texts(void **state) {
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[96];
        size_t n = 0;
        if (rng() % 3 == 0) {
            text[n++] = rng() % 2 ? '-' : '+';
        }
        n += put_digits(text + n, rng() % 20 + 1);
        if (rng() % 2) {
            text[n++] = '.';
            n += put_digits(text + n, rng() % 22);
        }
        if (rng() % 2) {
            int exp = (int)(rng() % (rng() % 4 ? 40 : 700)) - (rng() % 4 ? 20 : 350);
            n += (size_t)snprintf(text + n, sizeof text - n, "%c%d", rng() % 2 ? 'e' : 'E', exp);
        }
        text[n] = '\0';
        check_against_strtod(text);
    }
}

static void equals_strtod_on_hard_texts(void **state) {
    (void)state;
    static const char *const texts[] = {"9007199254740993",
                                        "9007199254740992.5",
                                        "0.1",
                                        ".5",
                                        "5.",
                                        "1e22",
                                        "1e23",
                                        "1e-22",
                                        "9007199254740992e22",
                                        "9007199254740993e22",
                                        "123456789012345e22",
                                        "1e400",
                                        "1e-400",
                                        "2.2250738585072011e-308",
                                        "2.2250738585072014e-308",
                                        "4.9e-324",
                                        "2.4e-324",
                                        "0e999999999",
                                        "0.00000000000000000000000000000000000000001",
                                        "17976931348623157e292",
                                        "-0",
                                        "-0.0",
                                        "8.988465674311580e307",
                                        "1e99999999999999999999",
                                        "1e-99999999999999999999",
                                        "100000000000000016777215",
                                        "100000000000000016777216"};
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        check_against_strtod(texts[i]);
    }
    // A tie that only the 800th digit breaks.
    char text[900] = "9007199254740993.";
    memset(text + 17, '0', 800);
    check_against_strtod(text);
    text[816] = '1';
    check_against_strtod(text);
}

static void reads_names_and_refuses_the_rest(void **state) {
    (void)state;
    double v = 0;
    assert_true(num_parse_f64(SV("-Infinity"), &v) && isinf(v) && v < 0);
    assert_true(num_parse_f64(SV("+INF"), &v) && isinf(v) && v > 0);
    assert_true(num_parse_f64(SV("NaN"), &v) && isnan(v));
    static const char *const bad[] = {"",   ".",   "-",    "e5",   "1e",    "1e+", "0x10", " 1",
                                      "1 ", "1_0", "1.2.", "inf8", "nan()", "--1", "1e5.", "infin"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        assert_false(num_parse_f64(sv_cstr(bad[i]), &v));
    }
    assert_false(num_parse_f64(sv_make("1\0", 2), &v));
}

static void writes_what_python_writes(void **state) {
    (void)state;
    auto_str text = STR_INIT;
    assert_true(file_read(CORPUS "/python/float_repr.txt", 1 << 20, &text, NULL));
    struct sv rest = str_sv(&text), line;
    size_t n = 0;
    while (sv_split(&rest, '\n', &line) && line.len) {
        double v = of_bits(strtoull(line.ptr, NULL, 16));
        char got[32];
        size_t len = num_format_f64(got, v);
        struct sv want = sv_from(line, 17);
        if (!sv_eq(sv_make(got, len), want)) {
            fail_msg("got %s, want %.*s", got, SV_ARG(want));
        }
        n++;
    }
    assert_true(n > 2500);
}

static void check_round_trip(double v) {
    char text[32];
    size_t n = num_format_f64(text, v);
    assert_true(n < sizeof text && strlen(text) == n);
    if (bits_of(strtod(text, NULL)) != bits_of(v)) {
        fail_msg("%s does not read back as %a", text, v);
    }
}

static void round_trips(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double any = of_bits(rng());
        if (!isnan(any)) {
            check_round_trip(any);
        }
        check_round_trip((double)(int64_t)(rng() % 2000000000) / 100);
        check_round_trip((double)rng() / 1e17);
    }
}

// The digits of a spelling without its point, exponent and the zeros around.
static uint64_t significant_digits(const char *text) {
    uint64_t digits = 0;
    int n_zeros = 0;
    for (const char *p = text; *p && *p != 'e'; p++) {
        if (*p == '0') {
            n_zeros++;
        } else if (*p >= '1' && *p <= '9') {
            for (; digits && n_zeros; n_zeros--) {
                digits *= 10;
            }
            n_zeros = 0;
            digits = digits * 10 + (uint64_t)(*p - '0');
        }
    }
    return digits;
}

// An answer must be right in every bit and in every digit.
static bool check_shortest(uint64_t digits, int decimals) {
    double got;
    char text[40];
    digits += digits % 10 == 0;
    if (!num_shortest_f64(digits, decimals, &got)) {
        return false;
    }
    snprintf(text, sizeof text, "%llue-%d", (unsigned long long)digits, decimals);
    if (bits_of(got) != bits_of(strtod(text, NULL))) {
        fail_msg("%s: got %a, strtod says %a", text, got, strtod(text, NULL));
    }
    char shortest[32];
    num_format_f64(shortest, got);
    if (significant_digits(shortest) != digits) {
        fail_msg("%s: the shortest spelling is %s", text, shortest);
    }
    return true;
}

static void knows_the_shortest_spelling(void **state) {
    (void)state;
    int n_shortest = 0, n_known = 0;
    for (int i = 0; i < 100000; i++) {
        const int decimals = (int)(rng() % 23);
        check_shortest(rng() % UINT64_C(200000000000000000), decimals);
        check_shortest(rng() % UINT64_C(10000000000000000), decimals);
        check_shortest(rng() >> (rng() % 63), decimals);
        // Next to the border between two numbers.
        const double v = (double)(rng() >> 11) / pow(10, decimals);
        const long double border = ((long double)v + (long double)nextafter(v, INFINITY)) / 2;
        const uint64_t near = (uint64_t)llroundl(border * powl(10, decimals));
        check_shortest(near, decimals);
        check_shortest(near + 1, decimals);
        // The spelling of a number is nearly always known to be that.
        char text[32];
        num_format_f64(text, v);
        const char *const point = strchr(text, '.');
        if (point && !strchr(text, 'e') && strlen(point + 1) <= 22 &&
            text[strlen(text) - 1] != '0') {
            n_shortest++;
            n_known += check_shortest(significant_digits(text), (int)strlen(point + 1));
        }
    }
    assert_true(n_shortest > 50000);
    assert_true(n_known > n_shortest / 100 * 99);
    double out;
    assert_false(num_shortest_f64(UINT64_C(100000000000000000), 3, &out));
    assert_false(num_shortest_f64(5, 23, &out));
    assert_false(num_shortest_f64(5, -1, &out));
    assert_true(num_shortest_f64(0, 1, &out) && out == 0);
}

static void ignores_the_locale(void **state) {
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fa_IR.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < COUNTOF(names) && !found; i++) {
        found = setlocale(LC_NUMERIC, names[i]) != NULL;
    }
    double v = 0;
    char text[32];
    assert_true(num_parse_f64(SV("0.12345678901234567890"), &v));
    assert_true(v > 0.123 && v < 0.124);
    num_format_f64(text, 1.0 / 3);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(text, "0.3333333333333333");
    if (!found) {
        print_message("no locale with a decimal comma here: tested in the C locale only\n");
    }
}

static void guards_sizes(void **state) {
    (void)state;
    size_t out = 0;
    assert_true(size_add(1, 2, &out) && out == 3);
    assert_false(size_add(SIZE_MAX, 1, &out));
    assert_false(size_mul(SIZE_MAX / 2, 3, &out));
    assert_true(size_align(65, 64, &out) && out == 128);
    assert_true(size_align(64, 64, &out) && out == 64);
    assert_false(size_align(SIZE_MAX - 3, 64, &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(reads_integral_decimals),
        cmocka_unit_test(writes_integers),
        cmocka_unit_test(equals_strtod_on_random_texts),
        cmocka_unit_test(equals_strtod_on_hard_texts),
        cmocka_unit_test(reads_names_and_refuses_the_rest),
        cmocka_unit_test(writes_what_python_writes),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(knows_the_shortest_spelling),
        cmocka_unit_test(ignores_the_locale),
        cmocka_unit_test(guards_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
