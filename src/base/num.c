#include "base/num.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

static const double pow10_exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

enum { EXACT_POW10 = COUNTOF(pow10_exact) - 1 };

// The C locale, so that a decimal comma set by setlocale() never reaches strtod.
static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void) {
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    BUG_ON(!c_locale);
}

static double strtod_c(const char *text, char **end) {
    pthread_once(&c_locale_once, make_c_locale);
    return strtod_l(text, end, c_locale);
}

bool num_parse_i64(struct sv text, int64_t *out) {
    if (!text.len) {
        return false; // the NULL view too, to which nothing may be added
    }
    const char *p = text.ptr, *end = text.ptr + text.len;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+') {
        p++;
    }
    if (p == end) {
        return false;
    }
    // Counted downwards: the negative range is the larger one.
    int64_t v = 0;
    for (; p < end; p++) {
        if (!char_is_digit(*p) || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_sub_overflow(v, *p - '0', &v)) {
            return false;
        }
    }
    if (!negative && __builtin_sub_overflow(0, v, &v)) {
        return false;
    }
    *out = v;
    return true;
}

bool num_parse_i64_lax(struct sv text, int64_t *out) {
    ptrdiff_t dot = sv_find_byte(text, '.');
    if (dot < 0) {
        return num_parse_i64(text, out);
    }
    for (size_t i = (size_t)dot + 1; i < text.len; i++) {
        if (text.ptr[i] != '0') {
            return false;
        }
    }
    return num_parse_i64(sv_sub(text, 0, (size_t)dot), out);
}

bool num_exact_f64(uint64_t digits, int exp10, double *out) {
    // Both factors are exact doubles, so the one operation rounds correctly.
    if (digits > (UINT64_C(1) << 53) || exp10 > EXACT_POW10 || exp10 < -EXACT_POW10) {
        return false;
    }
    double d = (double)digits;
    *out = exp10 < 0 ? d / pow10_exact[-exp10] : d * pow10_exact[exp10];
    return true;
}

// Half the distance to the next number, for numbers that are no power of two and not subnormal;
// else 0.
static double half_ulp(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    const uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1), exp = bits >> 52;
    if (!mantissa || exp < 64 || exp > 2000) {
        return 0;
    }
    bits = (exp - 53) << 52;
    memcpy(&v, &bits, sizeof v);
    return v;
}

// What 16 or 17 digits mean, by sums of two doubles; near a border between two answers there is
// none.
static bool shortest_many_digits(uint64_t digits, double pow10, double *out) {
    static const double margin = 1e-6;
    const double high = (double)digits, low = (double)(int64_t)(digits - (uint64_t)high);
    // The quotient and what the rounding of it left.
    const double q = high / pow10;
    const double rest = (fma(-q, pow10, high) + low) / pow10;
    const double v = q + rest;
    const double half = half_ulp(v);
    if (half <= 0 || fabs(rest - (v - q)) > half * (1 - margin)) {
        return false;
    }
    // How far the number lies from `digits`, and how far decimals may lie from it to read back.
    const double product = v * pow10, off = (product - high) + (fma(v, pow10, -product) - low);
    const double reach = half * pow10 * (1 + margin) + margin;
    const double last = (double)(digits % 10);
    *out = v;
    return fabs(off) < 0.5 - margin && last + off > reach && 10 - last - off > reach;
}

bool num_shortest_f64(uint64_t digits, int decimals, double *out) {
    static const uint64_t few = UINT64_C(1000000000000000), many = 100 * few;
    if (decimals < 0 || decimals > EXACT_POW10 || digits >= many) {
        return false;
    }
    // A decimal of at most 15 digits is the only one of so few that reads back.
    return digits < few ? num_exact_f64(digits, -decimals, out)
                        : shortest_many_digits(digits, pow10_exact[decimals], out);
}

// A decimal number taken apart. `digits` holds the first 19 significant digits.
struct decimal {
    uint64_t digits;
    size_t n_digits; // significant ones, also those that did not fit
    int64_t exp10;
    bool negative;
};

static const char *scan_digits(const char *p, const char *end, struct decimal *d, bool fraction) {
    for (; p < end && char_is_digit(*p); p++) {
        if (d->n_digits || *p != '0') {
            d->n_digits++;
            d->digits = d->n_digits <= 19 ? d->digits * 10 + (uint64_t)(*p - '0') : d->digits;
        }
        d->exp10 -= fraction;
    }
    return p;
}

static bool scan_exponent(const char *p, const char *end, struct decimal *d) {
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }
    if (p == end) {
        return false;
    }
    int64_t exp = 0;
    for (; p < end; p++) {
        if (!char_is_digit(*p)) {
            return false;
        }
        exp = MIN(exp * 10 + (*p - '0'), INT64_C(1) << 40);
    }
    d->exp10 += negative ? -exp : exp;
    return true;
}

static bool scan_decimal(struct sv text, struct decimal *d) {
    if (!text.len) {
        return false; // the NULL view too, to which nothing may be added
    }
    const char *p = text.ptr, *end = text.ptr + text.len;
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }
    const char *whole = p;
    p = scan_digits(p, end, d, false);
    bool any = p > whole;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = scan_digits(p, end, d, true);
        any = any || p > fraction;
    }
    if (!any) {
        return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        return scan_exponent(p + 1, end, d);
    }
    return p == end;
}

static bool parse_named(struct sv text, double *out) {
    struct sv name = text;
    bool negative = text.len && text.ptr[0] == '-';
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        name = sv_from(text, 1);
    }
    double v;
    if (sv_eq_nocase(name, SV("nan"))) {
        v = (double)NAN;
    } else if (sv_eq_nocase(name, SV("inf")) || sv_eq_nocase(name, SV("infinity"))) {
        v = (double)INFINITY;
    } else {
        return false;
    }
    *out = negative ? -v : v;
    return true;
}

// strtod wants a NUL behind the text.
static double parse_slow(struct sv text) {
    char small[128];
    char *copy = text.len < sizeof small ? small : xmalloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    double v = strtod_c(copy, NULL);
    if (copy != small) {
        free(copy);
    }
    return v;
}

bool num_parse_f64(struct sv text, double *out) {
    struct decimal d = {0};
    if (!text.len) {
        return false;
    }
    if (!scan_decimal(text, &d)) {
        return parse_named(text, out);
    }
    bool small = d.n_digits <= 19 && d.exp10 >= -EXACT_POW10 && d.exp10 <= EXACT_POW10;
    if (small && num_exact_f64(d.digits, (int)d.exp10, out)) {
        *out = d.negative ? -*out : *out;
    } else {
        *out = parse_slow(text);
    }
    return true;
}

// ---- formatting ----------------------------------------------------------------------------

static size_t put_u64(char *out, uint64_t v) {
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    for (size_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    return n;
}

size_t num_format_i64(char out[24], int64_t v) {
    size_t n = 0;
    if (v < 0) {
        out[n++] = '-';
    }
    n += put_u64(out + n, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
    out[n] = '\0';
    return n;
}

// The shortest digits d1 d2 d3 ... of a positive number, meaning 0.d1d2d3... * 10^point.
struct shortest {
    char digits[24];
    size_t n;
    int point;
};

// Numbers with few decimals, which is nearly all of them: m / 10^k is correctly rounded, and a
// decimal of at most 15 digits that reads back as `v` is unique, so the smallest k gives it.
static bool shortest_few_decimals(double v, struct shortest *s) {
    if (!(v >= 1e-4 && v < 1e15)) {
        return false;
    }
    for (int k = 0; k <= 12; k++) {
        double scaled = v * pow10_exact[k];
        if (scaled >= 1e15) {
            return false;
        }
        uint64_t m = (uint64_t)(scaled + 0.5);
        if (m && (double)m / pow10_exact[k] == v) {
            s->n = put_u64(s->digits, m);
            s->point = (int)s->n - k;
            return true;
        }
    }
    return false;
}

// `n` correctly rounded digits. The radix character is skipped whatever the locale made of it.
static void round_to(double v, int n, struct shortest *s) {
    char text[64];
    snprintf(text, sizeof text, "%.*e", n - 1, v);
    const char *p = text;
    s->n = 0;
    for (; *p != 'e'; p++) {
        if (char_is_digit(*p)) {
            s->digits[s->n++] = *p;
        }
    }
    s->point = atoi(p + 1) + 1;
}

static bool reads_back(const struct shortest *s, double v) {
    char text[48];
    snprintf(text, sizeof text, "0%.*se%d", (int)s->n, s->digits, s->point - (int)s->n);
    return strtod_c(text, NULL) == v;
}

static void round_up(struct shortest *s) {
    size_t i = s->n;
    while (i > 0 && s->digits[i - 1] == '9') {
        s->digits[--i] = '0';
    }
    if (i > 0) {
        s->digits[i - 1]++;
    } else {
        s->digits[0] = '1';
        s->point++;
    }
}

static void shortest_slow(double v, struct shortest *s) {
    // Below the normal range fewer than 15 digits may be all there are.
    for (int n = v < 2.2250738585072014e-308 ? 1 : 15; n <= 17; n++) {
        round_to(v, n, s);
        if (reads_back(s, v)) {
            break;
        }
        // At a power of two the gap below is half the gap above: the nearest decimal of n digits
        // may miss below while the next one up still reads back.
        int exp;
        round_up(s);
        if (frexp(v, &exp) == 0.5 && reads_back(s, v)) {
            break;
        }
    }
    while (s->n > 1 && s->digits[s->n - 1] == '0') {
        s->n--;
    }
}

static size_t put_exponent(char *out, const struct shortest *s) {
    size_t n = 0;
    out[n++] = s->digits[0];
    if (s->n > 1) {
        out[n++] = '.';
        memcpy(out + n, s->digits + 1, s->n - 1);
        n += s->n - 1;
    }
    int exp = s->point - 1;
    out[n++] = 'e';
    out[n++] = exp < 0 ? '-' : '+';
    exp = abs(exp);
    if (exp < 10) {
        out[n++] = '0';
    }
    return n + put_u64(out + n, (uint64_t)exp);
}

static size_t put_fixed(char *out, const struct shortest *s) {
    size_t n = 0;
    if (s->point <= 0) {
        memcpy(out, "0.0000", 6);
        n = 2 + (size_t)-s->point;
        memcpy(out + n, s->digits, s->n);
        return n + s->n;
    }
    size_t whole = (size_t)s->point;
    for (; n < whole; n++) {
        out[n] = n < s->n ? s->digits[n] : '0';
    }
    out[n++] = '.';
    if (whole >= s->n) {
        out[n++] = '0';
        return n;
    }
    memcpy(out + n, s->digits + whole, s->n - whole);
    return n + s->n - whole;
}

size_t num_format_f64(char out[32], double v) {
    size_t n = 0;
    if (isnan(v)) {
        memcpy(out, "nan", 4);
        return 3;
    }
    if (signbit(v)) {
        out[n++] = '-';
        v = -v;
    }
    struct shortest s = {.digits = "0", .n = 1, .point = 1};
    if (isinf(v)) {
        memcpy(out + n, "inf", 4);
        return n + 3;
    }
    if (v > 0 && !shortest_few_decimals(v, &s)) {
        shortest_slow(v, &s);
    }
    n += s.point > 16 || s.point < -3 ? put_exponent(out + n, &s) : put_fixed(out + n, &s);
    out[n] = '\0';
    return n;
}

void str_add_f64(struct str *s, double v) {
    char text[32];
    str_add(s, text, num_format_f64(text, v));
}

void str_add_i64(struct str *s, int64_t v) {
    char text[24];
    str_add(s, text, num_format_i64(text, v));
}

int compare_i64(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}
