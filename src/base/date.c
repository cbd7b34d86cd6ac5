#include "base/date.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { DAYS_PER_ERA = 146097, EPOCH_DAYS = 719468, ISO_USUAL_LEN = 19 };

// --- calendar ---------------------------------------------------------------------------------

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

// Years counted from March, so that the leap day is the last of its year.
int64_t civil_to_days(int64_t year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_DAYS;
}

static void days_to_civil(int64_t days, struct civil *out) {
    int64_t z = days + EPOCH_DAYS;
    int64_t era = floor_div(z, DAYS_PER_ERA);
    int64_t doe = z - era * DAYS_PER_ERA;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    out->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    out->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    out->year = yoe + era * 400 + (out->month <= 2);
    out->weekday = (int)(days + 3 - floor_div(days + 3, 7) * 7); // 1970-01-01 was a Thursday
}

void date_to_civil(int64_t at_us, struct civil *out) {
    int64_t days = floor_div(at_us, US_PER_DAY);
    int64_t rest = at_us % US_PER_DAY;
    rest += rest < 0 ? US_PER_DAY : 0;
    days_to_civil(days, out);
    out->us = (int)(rest % US_PER_SEC);
    int64_t seconds = rest / US_PER_SEC;
    out->hour = (int)(seconds / 3600);
    out->minute = (int)(seconds / 60 % 60);
    out->second = (int)(seconds % 60);
}

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool day_exists(int year, int month, int day) {
    static const int n_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= n_days[month - 1] + (month == 2 && is_leap(year));
}

// --- ISO 8601 ---------------------------------------------------------------------------------

static bool digit_at(struct sv text, size_t at) {
    return at < text.len && char_is_digit(text.ptr[at]);
}

static bool char_at(struct sv text, size_t at, char c) {
    return at < text.len && text.ptr[at] == c;
}

// Exactly `n` digits at `*at`, moving past them.
static bool take_digits(struct sv text, size_t *at, size_t n, int *value) {
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        if (!digit_at(text, *at + i)) {
            return false;
        }
        v = v * 10 + (text.ptr[*at + i] - '0');
    }
    *at += n;
    *value = v;
    return true;
}

// Where the date ends and its separator stands. Dates come in forms of 7, 8 and 10 characters; two
// of them are only told apart by what follows.
static size_t date_end(struct sv text) {
    if (text.len == 7) {
        return 7;
    }
    if (char_at(text, 4, '-')) {
        if (!char_at(text, 5, 'W')) {
            return 10; // YYYY-MM-DD
        }
        // YYYY-Www-D, unless two digits follow the dash: then it is the separator of an hour.
        return char_at(text, 8, '-') && !digit_at(text, 10) ? 10 : 8;
    }
    if (!char_at(text, 4, 'W')) {
        return 8; // YYYYMMDD
    }
    size_t end = 7;
    while (digit_at(text, end)) {
        end++;
    }
    if (end < 9) {
        return end; // YYYYWww or YYYYWwwD
    }
    return end % 2 == 0 ? 7 : 8; // digits all along: hours come in pairs
}

static bool week_to_days(int year, int week, int weekday, int64_t *days) {
    int64_t jan4 = civil_to_days(year, 1, 4); // always in week 1
    int64_t week1 = jan4 - (jan4 + 3 - floor_div(jan4 + 3, 7) * 7);
    int64_t next_jan4 = civil_to_days(year + 1, 1, 4);
    int64_t next_week1 = next_jan4 - (next_jan4 + 3 - floor_div(next_jan4 + 3, 7) * 7);
    *days = week1 + (week - 1) * 7 + weekday - 1;
    struct civil civil;
    days_to_civil(*days, &civil);
    return year >= 1 && week >= 1 && weekday >= 1 && weekday <= 7 &&
           week1 + (week - 1) * 7 < next_week1 && civil.year >= 1 && civil.year <= 9999;
}

static bool parse_date(struct sv text, int64_t *days) {
    size_t at = 0;
    int year;
    int month;
    int day = 1;
    if (!take_digits(text, &at, 4, &year)) {
        return false;
    }
    bool dashed = char_at(text, at, '-');
    at += dashed;
    if (char_at(text, at, 'W')) {
        at++;
        if (!take_digits(text, &at, 2, &month)) {
            return false;
        }
        if (at < text.len) {
            if (dashed && text.ptr[at++] != '-') {
                return false;
            }
            if (!take_digits(text, &at, 1, &day)) {
                return false;
            }
        }
        return at == text.len && week_to_days(year, month, day, days);
    }
    if (!take_digits(text, &at, 2, &month) || (dashed && !char_at(text, at, '-'))) {
        return false;
    }
    at += dashed;
    if (!take_digits(text, &at, 2, &day) || at != text.len || !day_exists(year, month, day)) {
        return false;
    }
    *days = civil_to_days(year, month, day);
    return true;
}

struct clock_time {
    int part[3]; // hours, minutes, seconds
    int us;
};

// The digits after '.' or ','; those beyond microseconds are dropped.
static bool parse_fraction(struct sv text, size_t at, int *us) {
    if (at == text.len) {
        return false;
    }
    int scale = 100000;
    for (; at < text.len; at++) {
        if (!digit_at(text, at)) {
            return false;
        }
        *us += (text.ptr[at] - '0') * scale;
        scale /= 10;
    }
    return true;
}

// HH, HH:MM, HH:MM:SS or the same without colons, each with an optional fraction.
static bool parse_clock(struct sv text, struct clock_time *out) {
    *out = (struct clock_time){{0, 0, 0}, 0};
    size_t at = 0;
    bool colons = char_at(text, 2, ':');
    for (size_t i = 0; i < 3; i++) {
        if (!take_digits(text, &at, 2, &out->part[i])) {
            return false;
        }
        if (at == text.len) {
            return true;
        }
        char c = text.ptr[at];
        if (c == '.' || c == ',') {
            return parse_fraction(text, at + 1, &out->us);
        }
        if (colons && c != ':') {
            return false;
        }
        at += colons;
    }
    return false;
}

static int64_t clock_us(const struct clock_time *t) {
    return ((int64_t)t->part[0] * 3600 + t->part[1] * 60 + t->part[2]) * US_PER_SEC + t->us;
}

static bool parse_zone(struct sv text, int64_t *offset_us) {
    *offset_us = 0;
    if (text.ptr[0] == 'Z') {
        return text.len == 1;
    }
    struct clock_time t;
    if (!parse_clock(sv_from(text, 1), &t) || clock_us(&t) >= US_PER_DAY) {
        return false;
    }
    *offset_us = text.ptr[0] == '-' ? -clock_us(&t) : clock_us(&t);
    return true;
}

// `*us` is the time of day minus the zone's offset.
static bool parse_time(struct sv text, int64_t *us, bool *has_zone) {
    size_t end = 0;
    while (end < text.len && text.ptr[end] != '+' && text.ptr[end] != '-' && text.ptr[end] != 'Z') {
        end++;
    }
    *has_zone = end < text.len;
    struct sv clock_text = sv_sub(text, 0, end);
    if (*has_zone && end && text.ptr[end - 1] == ' ') {
        clock_text.len--; // "10:11 +02:00", as hg and git write it
    }
    struct clock_time t;
    int64_t offset_us = 0;
    if (!parse_clock(clock_text, &t) || t.part[0] > 23 || t.part[1] > 59 || t.part[2] > 59) {
        return false;
    }
    if (*has_zone && !parse_zone(sv_from(text, end), &offset_us)) {
        return false;
    }
    *us = clock_us(&t) - offset_us;
    return true;
}

static size_t separator_len(char first) {
    unsigned char byte = (unsigned char)first;
    if (byte < 0x80) {
        return 1;
    }
    return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
}

// YYYY-MM-DDTHH:MM:SS[.ffffff]; anything else is left to the general parser.
static bool parse_usual(struct sv text, int64_t *at_us) {
    static const char form[] = "0000-00-00T00:00:00.000000";
    if (text.len != ISO_USUAL_LEN && text.len != sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char want = form[i];
        if (want == '0' ? !char_is_digit(text.ptr[i]) : text.ptr[i] != want) {
            return false;
        }
    }
    int v[ISO_USUAL_LEN];
    for (size_t i = 0; i < ISO_USUAL_LEN; i++) {
        v[i] = text.ptr[i] - '0';
    }
    int year = v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3];
    int month = v[5] * 10 + v[6];
    int day = v[8] * 10 + v[9];
    struct clock_time t = {{v[11] * 10 + v[12], v[14] * 10 + v[15], v[17] * 10 + v[18]}, 0};
    for (size_t i = ISO_USUAL_LEN + 1; i < text.len; i++) {
        t.us = t.us * 10 + (text.ptr[i] - '0');
    }
    if (!day_exists(year, month, day) || t.part[0] > 23 || t.part[1] > 59 || t.part[2] > 59) {
        return false;
    }
    *at_us = civil_to_days(year, month, day) * US_PER_DAY + clock_us(&t);
    return true;
}

bool date_parse_iso(struct sv text, int64_t *at_us, bool *has_zone) {
    bool zone = false;
    if (has_zone) {
        *has_zone = false;
    }
    if (parse_usual(text, at_us)) {
        return true;
    }
    if (text.len < 7) {
        return false;
    }
    size_t end = MIN(date_end(text), text.len);
    int64_t days;
    int64_t us = 0;
    if (!parse_date(sv_sub(text, 0, end), &days)) {
        return false;
    }
    if (end < text.len) {
        end += separator_len(text.ptr[end]);
        if (end >= text.len || !parse_time(sv_from(text, end), &us, &zone)) {
            return false;
        }
    }
    *at_us = days * US_PER_DAY + us;
    if (has_zone) {
        *has_zone = zone;
    }
    return true;
}

// --- what a user types ------------------------------------------------------------------------

struct span_unit {
    const char *name;
    int64_t us;
};

static const struct span_unit span_units[] = {
    {"us", 1},
    {"ms", 1000},
    {"s", US_PER_SEC},
    {"m", 60 * US_PER_SEC},
    {"min", 60 * US_PER_SEC},
    {"h", US_PER_HOUR},
    {"d", US_PER_DAY},
    {"w", 7 * US_PER_DAY},
    {"mo", 30 * US_PER_DAY},
    {"y", 365 * US_PER_DAY},
};

static bool find_unit(struct sv name, int64_t *us) {
    for (size_t i = 0; i < COUNTOF(span_units); i++) {
        if (sv_is(name, span_units[i].name)) {
            *us = span_units[i].us;
            return true;
        }
    }
    return false;
}

bool date_parse_span(struct sv text, int64_t *span_us) {
    bool negative = char_at(text, 0, '-');
    size_t at = negative || char_at(text, 0, '+') ? 1 : 0;
    size_t first = at;
    int64_t whole = 0;
    for (; digit_at(text, at); at++) {
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, text.ptr[at] - '0', &whole)) {
            return false;
        }
    }
    size_t n_digits = at - first;
    double fraction = 0;
    if (char_at(text, at, '.')) {
        double scale = 0.1;
        for (at++; digit_at(text, at); at++, n_digits++) {
            fraction += (text.ptr[at] - '0') * scale;
            scale /= 10;
        }
    }
    int64_t unit_us;
    int64_t us;
    if (!n_digits || !find_unit(sv_trim(sv_from(text, at)), &unit_us) ||
        __builtin_mul_overflow(whole, unit_us, &us) ||
        __builtin_add_overflow(us, (int64_t)(fraction * (double)unit_us + 0.5), &us)) {
        return false;
    }
    *span_us = negative ? -us : us;
    return true;
}

// "2025", "2025-02", and "HH:MM[:SS]" of the day of `now_us`.
static bool parse_prefix(struct sv text, int64_t now_us, int64_t *at_us) {
    size_t at = 0;
    int year;
    int month = 1;
    struct clock_time t;
    if (char_at(text, 2, ':') && parse_clock(text, &t)) {
        *at_us = floor_div(now_us, US_PER_DAY) * US_PER_DAY + clock_us(&t);
        return t.part[0] < 24 && t.part[1] < 60 && t.part[2] < 60;
    }
    if (!take_digits(text, &at, 4, &year)) {
        return false;
    }
    if (at < text.len && (text.ptr[at++] != '-' || !take_digits(text, &at, 2, &month))) {
        return false;
    }
    if (at != text.len || !day_exists(year, month, 1)) {
        return false;
    }
    *at_us = civil_to_days(year, month, 1) * US_PER_DAY;
    return true;
}

bool date_parse_user(struct sv text, int64_t now_us, int64_t *at_us) {
    int64_t today_us = floor_div(now_us, US_PER_DAY) * US_PER_DAY;
    int64_t span_us;
    text = sv_trim(text);
    if (sv_eq_nocase(text, SV("now"))) {
        *at_us = now_us;
        return true;
    }
    if (sv_eq_nocase(text, SV("today"))) {
        *at_us = today_us;
        return true;
    }
    if (sv_eq_nocase(text, SV("yesterday"))) {
        *at_us = today_us - US_PER_DAY;
        return true;
    }
    if (date_parse_span(text, &span_us)) {
        return !__builtin_add_overflow(now_us, span_us, at_us);
    }
    return parse_prefix(text, now_us, at_us) || date_parse_iso(text, at_us, NULL);
}

// --- writing ----------------------------------------------------------------------------------

static void put_digits(char *to, size_t n, int v) {
    for (; n; n--, v /= 10) {
        to[n - 1] = (char)('0' + v % 10);
    }
}

// Into "0000-00-00T00:00..."; the year must have four digits.
static void put_minute(char *text, const struct civil *c) {
    put_digits(text, 4, (int)c->year);
    put_digits(text + 5, 2, c->month);
    put_digits(text + 8, 2, c->day);
    put_digits(text + 11, 2, c->hour);
    put_digits(text + 14, 2, c->minute);
}

static bool is_four_digit_year(const struct civil *c) {
    return c->year >= 0 && c->year <= 9999;
}

void str_add_iso(struct str *out, int64_t at_us) {
    struct civil c;
    date_to_civil(at_us, &c);
    if (!is_four_digit_year(&c)) {
        str_addf(out, "%lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day, c.hour,
                 c.minute, c.second);
        return;
    }
    char text[] = "0000-00-00T00:00:00.000000";
    put_minute(text, &c);
    put_digits(text + 17, 2, c.second);
    put_digits(text + 20, 6, c.us);
    str_add(out, text, c.us ? sizeof text - 1 : ISO_USUAL_LEN);
}

void str_add_datetime(struct str *out, int64_t at_us) {
    struct civil c;
    date_to_civil(at_us, &c);
    if (!is_four_digit_year(&c)) {
        str_addf(out, "%lld-%02d-%02d", (long long)c.year, c.month, c.day);
        return;
    }
    char text[] = "0000-00-00 00:00";
    put_minute(text, &c);
    str_add(out, text, sizeof text - 1);
}

void str_add_span(struct str *out, int64_t span_us) {
    static const struct span_unit steps[] = {
        {"y", 365 * US_PER_DAY}, {"d", US_PER_DAY}, {"h", US_PER_HOUR}, {"m", 60 * US_PER_SEC}};
    uint64_t us = span_us < 0 ? 0 - (uint64_t)span_us : (uint64_t)span_us;
    const char *name = "s";
    uint64_t n = us / (uint64_t)US_PER_SEC;
    for (size_t i = 0; i < COUNTOF(steps); i++) {
        if (us >= (uint64_t)steps[i].us) {
            name = steps[i].name;
            n = us / (uint64_t)steps[i].us;
            break;
        }
    }
    str_addf(out, "%s%llu%s", span_us < 0 && n ? "-" : "", (unsigned long long)n, name);
}

// --- the clock --------------------------------------------------------------------------------

static _Atomic int64_t fixed_us;
static atomic_bool is_fixed;

int64_t clock_monotonic_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * US_PER_SEC + ts.tv_nsec / 1000;
}

int64_t clock_now_us(void) {
    if (atomic_load(&is_fixed)) {
        return atomic_load(&fixed_us);
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_SEC + now.tv_nsec / 1000;
}

void clock_fix(int64_t at_us) {
    atomic_store(&fixed_us, at_us);
    atomic_store(&is_fixed, true);
}

bool clock_is_fixed(void) {
    return atomic_load(&is_fixed);
}
