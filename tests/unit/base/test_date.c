#include "base/date.h"

#include "base/file.h"
#include "base/json.h"
#include "unit.h"

static int64_t iso(const char *text) {
    int64_t at_us = 0;
    if (!date_parse_iso(sv_cstr(text), &at_us, NULL)) {
        fail_msg("not read: %s", text);
    }
    return at_us;
}

static void days_and_back(void **state) {
    (void)state;
    assert_int_equal(civil_to_days(1970, 1, 1), 0);
    assert_int_equal(civil_to_days(2000, 3, 1), 11017);
    assert_int_equal(civil_to_days(1, 1, 1), -719162);
    // Every day of 1600 years on both sides of the epoch follows the one before.
    struct civil before;
    date_to_civil(civil_to_days(1200, 1, 1) * US_PER_DAY, &before);
    for (int64_t day = civil_to_days(1200, 1, 2); day < civil_to_days(2800, 1, 1); day++) {
        struct civil c;
        date_to_civil(day * US_PER_DAY, &c);
        assert_true(civil_to_days(c.year, c.month, c.day) == day);
        assert_int_equal(c.weekday, (before.weekday + 1) % 7);
        bool next = c.year == before.year && c.month == before.month && c.day == before.day + 1;
        bool first = c.day == 1 && before.day >= 28 &&
                     c.year * 12 + c.month == before.year * 12 + before.month + 1;
        assert_true(next || first);
        before = c;
    }
}

static void time_of_day(void **state) {
    (void)state;
    struct civil c;
    date_to_civil(-1, &c);
    assert_int_equal(c.year, 1969);
    assert_int_equal(c.month, 12);
    assert_int_equal(c.day, 31);
    assert_int_equal(c.hour, 23);
    assert_int_equal(c.minute, 59);
    assert_int_equal(c.second, 59);
    assert_int_equal(c.us, 999999);
    assert_int_equal(c.weekday, 2);
    date_to_civil(INT64_C(1761229037853020), &c);
    assert_int_equal(c.day, 23);
    assert_int_equal(c.hour, 14);
    assert_int_equal(c.us, 853020);
    assert_int_equal(c.weekday, 3);
}

struct iso_case {
    const char *text;
    int64_t at_us;
    bool zone;
};

// Values of datetime.fromisoformat() of Python 3.11.
static void reads_every_form(void **state) {
    (void)state;
    static const struct iso_case cases[] = {
        {"2025-10-23T14:17:17.853020", 1761229037853020, false},
        {"2025-10-23", 1761177600000000, false},
        {"20251023", 1761177600000000, false},
        {"20251023T141717", 1761229037000000, false},
        {"2025-10-23 14", 1761228000000000, false},
        {"2025-10-23x14:17", 1761229020000000, false},
        {"2025-10-23\xC3\xA9"
         "14:17",
         1761229020000000, false},
        {"2025-W43", 1760918400000000, false},
        {"2025W43", 1760918400000000, false},
        {"2025-W43-4", 1761177600000000, false},
        {"2025W434", 1761177600000000, false},
        {"2025-W43-10", 1760954400000000, false},
        {"2025W43T10", 1760954400000000, false},
        {"2025W434T1011", 1761214260000000, false},
        {"2020-W53-7", 1609632000000000, false},
        {"0001-W01-1", -62135596800000000, false},
        {"2025-10-23T14:17:17Z", 1761229037000000, true},
        {"2025-10-23T14:17:17+02:00", 1761221837000000, true},
        {"2025-10-23T14:17:17.5-0730", 1761256037500000, true},
        {"2025-10-23T14:17:17-07:30:15.25", 1761256052250000, true},
        {"2025-10-23T14:17:17 +02:00", 1761221837000000, true},
        {"2025-10-23T14:17:17,123456789", 1761229037123456, false},
        {"2025-10-23T14:17:17.1", 1761229037100000, false},
        {"1969-12-31T23:59:59.999999", -1, false},
        {"0001-01-01T00:00:00", -62135596800000000, false},
        {"9999-12-31T23:59:59.999999", 253402300799999999, false},
        {"2024-02-29T00:00:00", 1709164800000000, false},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        bool zone = !cases[i].zone;
        int64_t at_us = 0;
        if (!date_parse_iso(sv_cstr(cases[i].text), &at_us, &zone) || at_us != cases[i].at_us ||
            zone != cases[i].zone) {
            fail_msg("%s: %lld", cases[i].text, (long long)at_us);
        }
    }
}

static void refuses_the_rest(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "2025",
        "2025-10",
        "2025-1-1",
        "2025-13-01",
        "2025-00-01",
        "2025-10-32",
        "2025-02-29",
        "1900-02-29",
        "0000-01-01",
        "2025-10-23T",
        "2025-10-23T24:00:00",
        "2025-10-23T14:60",
        "2025-10-23T14:17:60",
        "2025-10-23T1",
        "2025-10-23T14:1",
        "2025-10-23T14:17:17.",
        "2025-10-23T14:17:17.12x",
        "2025-10-23T14:17:17+",
        "2025-10-23T14:17:17+24:00",
        "2025-10-23T14:17:17Z0",
        "2025-10-23T14:1717",
        "2025-10-23T1417:17",
        "2025-W54",
        "2025-W53",
        "2025-W00-1",
        "2025-W43-8",
        "2025-W43-0",
        "9999-W52-7",
        "2025-297",
        "2025297",
        " 2025-10-23",
        "2025-10-23 ",
        "nan",
        "now",
        "2025-10-2\xB2",
        "2025-10-23\xC3",
        "2025-10-23T14:17:17.853020x",
        "2025/10/23",
    };
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        int64_t at_us;
        if (date_parse_iso(sv_cstr(texts[i]), &at_us, NULL)) {
            fail_msg("read: \"%s\"", texts[i]);
        }
    }
}

// `created` of each row against what the original program made of it.
static void recorded_vectors(void **state) {
    (void)state;
    struct err err = ERR_INIT;
    auto_str text = STR_INIT;
    assert_true(file_read(CORPUS "/mozilla-perf/units/ttc_rows.jsonl", 1 << 20, &text, &err));
    struct sv rest = str_sv(&text);
    struct sv line;
    size_t n_rows = 0;
    while (sv_split(&rest, '\n', &line) && line.len) {
        auto_json *row = json_parse(line, "ttc_rows", &err);
        assert_non_null(row);
        const char *want = json_string_value(json_object_get(row, "created_utc"));
        struct sv created = sv_trim(sv_cstr(json_string_value(json_object_get(row, "created"))));
        int64_t at_us = 0;
        assert_int_equal(date_parse_iso(created, &at_us, NULL), want != NULL);
        if (want) {
            auto_str got = STR_INIT;
            str_add_iso(&got, at_us);
            str_add_cstr(&got, "+00:00");
            assert_sv(str_sv(&got), want);
        }
        n_rows++;
    }
    assert_int_equal(n_rows, 17);
}

static void what_users_type(void **state) {
    (void)state;
    int64_t now_us = iso("2025-02-05T10:11:32.5");
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"now", "2025-02-05T10:11:32.500000"},    {" Today ", "2025-02-05T00:00:00"},
        {"yesterday", "2025-02-04T00:00:00"},     {"2025", "2025-01-01T00:00:00"},
        {"2025-02", "2025-02-01T00:00:00"},       {"2025-02-04", "2025-02-04T00:00:00"},
        {"2025-02-04T10", "2025-02-04T10:00:00"}, {"2025-02-04 10:30+01:00", "2025-02-04T09:30:00"},
        {"09:15", "2025-02-05T09:15:00"},         {"09:15:30", "2025-02-05T09:15:30"},
        {"-7d", "2025-01-29T10:11:32.500000"},    {"+2h", "2025-02-05T12:11:32.500000"},
        {"1d", "2025-02-06T10:11:32.500000"},     {"-1mo", "2025-01-06T10:11:32.500000"},
        {"-90 m", "2025-02-05T08:41:32.500000"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        int64_t at_us = 0;
        auto_str got = STR_INIT;
        if (!date_parse_user(sv_cstr(cases[i].text), now_us, &at_us)) {
            fail_msg("not read: %s", cases[i].text);
        }
        str_add_iso(&got, at_us);
        assert_sv(str_sv(&got), cases[i].want);
    }
    static const char *const bad[] = {
        "",    "tomorrow?", "20", "2025-13", "2025-2", "25:00", "10:61", "-7",
        "-7q", "d",         "-",  "0000",    "7 d x",  "2025-", "--7d",  "99999999999999999999d"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        int64_t at_us;
        if (date_parse_user(sv_cstr(bad[i]), now_us, &at_us)) {
            fail_msg("read: %s", bad[i]);
        }
    }
    int64_t at_us;
    assert_false(date_parse_user(SV("1000000y"), INT64_MAX - 5, &at_us));
}

static void spans(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"300ms", 300000},
        {"2h", 2 * US_PER_HOUR},
        {"1.5d", 36 * US_PER_HOUR},
        {"0.25s", 250000},
        {"7us", 7},
        {"-3m", -180 * US_PER_SEC},
        {"5min", 300000000},
        {"2w", 14 * US_PER_DAY},
        {"1y", 365 * US_PER_DAY},
        {".5h", 1800000000},
        {"3 mo", 90 * US_PER_DAY},
        {"0s", 0},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        int64_t us = -1;
        if (!date_parse_span(sv_cstr(cases[i].text), &us) || us != cases[i].us) {
            fail_msg("%s: %lld", cases[i].text, (long long)us);
        }
    }
    int64_t us;
    assert_false(date_parse_span(SV("90"), &us));
    assert_false(date_parse_span(SV("h"), &us));
    assert_false(date_parse_span(SV(".h"), &us));
    assert_false(date_parse_span(SV("1.2.3h"), &us));
    assert_false(date_parse_span(SV("400000y"), &us));
}

static void assert_span(int64_t span_us, const char *want) {
    auto_str got = STR_INIT;
    str_add_span(&got, span_us);
    assert_sv(str_sv(&got), want);
}

static void writes(void **state) {
    (void)state;
    auto_str out = STR_INIT;
    str_add_datetime(&out, iso("2025-02-05T10:11:59.9"));
    str_add_byte(&out, '|');
    str_add_iso(&out, iso("2025-02-05T10:11:32"));
    str_add_byte(&out, '|');
    str_add_iso(&out, iso("0009-02-05T10:11:32.000045"));
    assert_sv(str_sv(&out), "2025-02-05 10:11|2025-02-05T10:11:32|0009-02-05T10:11:32.000045");
    str_clear(&out);
    str_add_datetime(&out, INT64_MAX);
    str_add_datetime(&out, INT64_MIN);
    assert_sv(str_sv(&out), "294247-01-10-290308-12-21");
    assert_span(0, "0s");
    assert_span(-1, "0s");
    assert_span(59 * US_PER_SEC, "59s");
    assert_span(4 * 60 * US_PER_SEC + 1, "4m");
    assert_span(3 * US_PER_HOUR, "3h");
    assert_span(12 * US_PER_DAY + 5, "12d");
    assert_span(-12 * US_PER_DAY, "-12d");
    assert_span(800 * US_PER_DAY, "2y");
    assert_span(INT64_MIN, "-292471y");
}

static void clock_can_be_fixed(void **state) {
    (void)state;
    assert_false(clock_is_fixed());
    int64_t now_us = clock_now_us();
    assert_true(now_us > iso("2024-01-01") && clock_now_us() >= now_us);
    clock_fix(42);
    assert_true(clock_is_fixed());
    assert_int_equal(clock_now_us(), 42);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_back),
        cmocka_unit_test(time_of_day),
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(recorded_vectors),
        cmocka_unit_test(what_users_type),
        cmocka_unit_test(spans),
        cmocka_unit_test(writes),
        cmocka_unit_test(clock_can_be_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
