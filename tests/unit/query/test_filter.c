// label: threads
#include "query/fixture.h"

// Every operator on every class against a loop over the structs.
struct check {
    const char *text;
    bool (*want)(const struct model *m);
};

static bool n_eq(const struct model *m) {
    return !m->no_n && m->n == 7;
}
static bool n_ne(const struct model *m) {
    return !n_eq(m);
}
static bool n_lt(const struct model *m) {
    return !m->no_n && m->n < -3;
}
static bool n_le(const struct model *m) {
    return !m->no_n && m->n <= -3;
}
static bool n_gt(const struct model *m) {
    return !m->no_n && m->n > 2;
}
static bool n_in(const struct model *m) {
    return !m->no_n && (m->n == 1 || m->n == 5 || m->n == -7);
}
static bool n_null(const struct model *m) {
    return m->no_n;
}
static bool n_some(const struct model *m) {
    return !m->no_n;
}
static bool n_text(const struct model *m) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)m->n);
    return !m->no_n && strstr(text, "12") != NULL;
}
static bool f_eq0(const struct model *m) {
    return !m->no_f && m->f == 0;
}
static bool f_ne0(const struct model *m) {
    return !f_eq0(m);
}
static bool f_lt(const struct model *m) {
    return !m->no_f && m->f < 1.5;
}
static bool f_ge(const struct model *m) {
    return !m->no_f && m->f >= 1.5;
}
static bool f_gt_all(const struct model *m) {
    return !m->no_f && m->f > -1e300;
}
static bool f_nan(const struct model *m) {
    return !m->no_f && isnan(m->f);
}
static bool f_inf(const struct model *m) {
    return !m->no_f && isinf(m->f) && m->f > 0;
}
static bool f_in(const struct model *m) {
    return !m->no_f && (m->f == 1.5 || m->f == -2.25 || m->f == 0);
}
static bool f_has(const struct model *m) {
    return !m->no_f && (m->f == 1.5 || m->f == -1.5 || m->f == 0.5 || m->f == 2.5) &&
           fabs(m->f) == 1.5;
}
static bool g_eq(const struct model *m) {
    return m->g == 0.3F;
}
static bool g_le(const struct model *m) {
    return m->g <= 0.3F;
}
static bool b_true(const struct model *m) {
    return !m->no_b && m->b;
}
static bool b_not_true(const struct model *m) {
    return !b_true(m);
}
static bool b_false(const struct model *m) {
    return !m->no_b && !m->b;
}
static bool day_is(const struct model *m, int64_t from_day, int64_t n_days) {
    int64_t day = INT64_C(86400000000);
    return !m->no_t && m->t >= from_day * day && m->t < (from_day + n_days) * day;
}
enum { FEB_1 = 20120, FEB_6 = 20125 }; // days since 1970 in 2025
static bool t_day(const struct model *m) {
    return day_is(m, FEB_6, 1);
}
static bool t_month(const struct model *m) {
    return day_is(m, FEB_1, 28);
}
static bool t_after_day(const struct model *m) {
    return day_is(m, FEB_6 + 1, 100000);
}
static bool t_from_day(const struct model *m) {
    return day_is(m, FEB_6, 100000);
}
static bool t_before_day(const struct model *m) {
    return day_is(m, 0, FEB_6);
}
static bool t_to_day(const struct model *m) {
    return day_is(m, 0, FEB_6 + 1);
}
static bool t_week(const struct model *m) {
    return !m->no_t && m->t > FIXTURE_NOW - INT64_C(7) * 86400000000;
}
static bool t_soon(const struct model *m) {
    return !m->no_t && m->t < FIXTURE_NOW + INT64_C(86400000000);
}
static bool t_has(const struct model *m) {
    return day_is(m, FEB_1 + 9, 10);
}
static bool s_untriaged(const struct model *m) {
    return !m->no_status && m->status == 0;
}
static bool s_in(const struct model *m) {
    return !m->no_status && (m->status == 7 || m->status == 6 || m->status == 11);
}
static bool s_has(const struct model *m) {
    return !m->no_status && (m->status == 0 || m->status == 7 || m->status == 6);
}
static bool s_unknown(const struct model *m) {
    return !m->no_status && m->status == 11;
}
static bool u_ge(const struct model *m) {
    return m->u >= 3000000000U;
}
static bool name_eq(const struct model *m) {
    return !m->no_name && strcmp(m->name, "crash") == 0;
}
static bool name_empty(const struct model *m) {
    return !m->no_name && !m->name[0];
}
static bool name_lt(const struct model *m) {
    return !m->no_name && strcmp(m->name, "a") <= 0;
}
static bool name_gt(const struct model *m) {
    return !m->no_name && strcmp(m->name, "crash") > 0;
}
static bool name_has_a1(const struct model *m) {
    return !m->no_name && strstr(m->name, "a1") != NULL;
}
static bool name_has_perf_any(const struct model *m) {
    return !m->no_name && strstr(m->name, "Perf") != NULL;
}
static bool name_has_naive(const struct model *m) {
    return !m->no_name && strstr(m->name, "na\xc3\xafve") != NULL;
}
static bool name_crash_no(const struct model *m) {
    bool hit = false;
    for (const char *at = m->name; !m->no_name && (at = strstr(at, "crash")) != NULL; at++) {
        hit |= at[5] >= '0' && at[5] <= '9';
    }
    return hit;
}
static bool name_starts(const struct model *m) {
    return !m->no_name && (strncmp(m->name, "al", 2) == 0 || strncmp(m->name, "ta", 2) == 0);
}
static bool name_not_starts(const struct model *m) {
    return !name_starts(m);
}
static bool name_in(const struct model *m) {
    return !m->no_name && (strcmp(m->name, "a a") == 0 || strcmp(m->name, "Perf") == 0);
}
static bool tag_eq(const struct model *m) {
    return !m->no_tag && strcmp(m->tag, "linux64") == 0;
}
static bool tag_empty(const struct model *m) {
    return !m->no_tag && !m->tag[0];
}
static bool tag_linux(const struct model *m) {
    return !m->no_tag && (strncmp(m->tag, "linux", 5) == 0 || strcmp(m->tag, "LINUX32") == 0);
}
static bool tag_upper(const struct model *m) {
    return !m->no_tag && strcmp(m->tag, "LINUX32") == 0;
}
static bool tag_re(const struct model *m) {
    return !m->no_tag && (strcmp(m->tag, "linux64") == 0 || strcmp(m->tag, "windows11-64") == 0);
}
static bool tag_gt(const struct model *m) {
    return !m->no_tag && strcmp(m->tag, "linux64") > 0;
}
static bool tag_null(const struct model *m) {
    return m->no_tag;
}
static bool any_item(const struct model *m, const char *text, bool whole) {
    for (size_t i = 0; !m->no_items && i < m->n_items; i++) {
        if (whole ? strcmp(m->items[i], text) == 0 : strstr(m->items[i], text) != NULL) {
            return true;
        }
    }
    return false;
}
static bool items_eq(const struct model *m) {
    return any_item(m, "macosx", true);
}
static bool items_ne(const struct model *m) {
    return !items_eq(m);
}
static bool items_has(const struct model *m) {
    return any_item(m, "64", false);
}
static bool items_null(const struct model *m) {
    return m->no_items;
}
static bool ids_eq(const struct model *m) {
    bool hit = false;
    for (size_t i = 0; i < m->n_ids; i++) {
        hit |= m->ids[i] == 4;
    }
    return hit;
}
static bool ids_gt(const struct model *m) {
    bool hit = false;
    for (size_t i = 0; i < m->n_ids; i++) {
        hit |= m->ids[i] > 25;
    }
    return hit;
}
static bool extra_weight(const struct model *m) {
    return !m->no_b && m->status > 8;
}
static bool extra_note(const struct model *m) {
    return !m->no_b && m->u % 7 == 3;
}
static bool extra_none(const struct model *m) {
    (void)m;
    return true;
}
static bool hash_eq(const struct model *m) {
    return m->status == 3;
}
static bool late_gt(const struct model *m) {
    return !m->no_late && m->late > 500;
}
static bool late_null(const struct model *m) {
    return m->no_late;
}
static bool words(const struct model *m) {
    return (!m->no_name && strstr(m->name, "crash") != NULL) ||
           (!m->no_tag && strstr(m->tag, "crash") != NULL);
}
static bool words_not(const struct model *m) {
    return !words(m);
}
static bool words_two(const struct model *m) {
    return words(m) && tag_linux(m);
}
static bool words_two_not(const struct model *m) {
    return !words_two(m);
}
static bool not_crash_but_linux(const struct model *m) {
    return !words(m) && tag_linux(m);
}
static bool all(const struct model *m) {
    (void)m;
    return true;
}
static bool none(const struct model *m) {
    (void)m;
    return false;
}

static const struct check checks[] = {
    {"", all},
    {"  ", all},
    {"n=7", n_eq},
    {"n == 7", n_eq},
    {"n=7.0", n_eq},
    {"n=7.5", none},
    {"n!=7", n_ne},
    {"n != 7", n_ne},
    {"n<-3", n_lt},
    {"n<-3.0", n_lt},
    {"n<=-3", n_le},
    {"n<-2.5", n_le},
    {"n>2", n_gt},
    {"n>=2.5", n_gt},
    {"n>=3", n_gt},
    {"n in (1, 5,-7)", n_in},
    {"not n not in (1,5,-7)", n_in},
    {"n is null", n_null},
    {"n is not null", n_some},
    {"n<1e300", n_some},
    {"n>=9223372036854775808", none},
    {"n<-9223372036854775808", none},
    {"n<=9223372036854775807", n_some},
    {"n:12", n_text},
    {"n~12", n_text},
    {"f=0", f_eq0},
    {"f=-0.0", f_eq0},
    {"f!=0", f_ne0},
    {"f<1.5", f_lt},
    {"f>=1.5", f_ge},
    {"f>-1e300", f_gt_all},
    {"f=nan", f_nan},
    {"f=inf", f_inf},
    {"f>inf", none},
    {"f<-inf", none},
    {"f<nan", none},
    {"f in (1.5,-2.25,0)", f_in},
    {"f~\"^-?1\\.5$\"", f_has},
    {"g=0.3", g_eq},
    {"g<=0.3", g_le},
    {"b=true", b_true},
    {"b=yes", b_true},
    {"b!=1", b_not_true},
    {"b=false", b_false},
    {"b in (no)", b_false},
    {"b:alse", b_false},
    {"t=2025-02-06", t_day},
    {"t=today", t_day},
    {"t=2025-02", t_month},
    {"t:2025-02-1", t_has},
    {"t>2025-02-06", t_after_day},
    {"t>=2025-02-06", t_from_day},
    {"t<2025-02-06", t_before_day},
    {"t<=2025-02-06", t_to_day},
    {"t>-7d", t_week},
    {"t<1d", t_soon},
    {"t in (2025-02-06)", t_day},
    {"status=untriaged", s_untriaged},
    {"status=UNTRIAGED", s_untriaged},
    {"status=0", s_untriaged},
    {"status in (fixed, wontfix, 11)", s_in},
    {"status~\"untr|^fix|ontfix\"", s_has},
    {"status:\"status 11\"", s_unknown},
    {"u>=3000000000", u_ge},
    {"name=crash", name_eq},
    {"name=\"\"", name_empty},
    {"name<=a", name_lt},
    {"name>crash", name_gt},
    {"name:a1", name_has_a1},
    {"name:Perf", name_has_perf_any},
    {"name:perf", name_has_perf_any},
    {"name:PERF", none},
    {"name:na\xc3\xafve", name_has_naive},
    {"name:na\xc3\xafVE", none},
    {"name~crash\\d", name_crash_no},
    {"name~crash[0-9]+", name_crash_no},
    {"name~^(al|ta)", name_starts},
    {"name!~^(al|ta)", name_not_starts},
    {"name in (\"a a\", Perf)", name_in},
    {"big:a1", name_has_a1},
    {"big~crash\\d", name_crash_no},
    {"big in (a a,'Perf')", name_in},
    {"tag=linux64", tag_eq},
    {"tag=''", tag_empty},
    {"tag:linux", tag_linux},
    {"tag:LINUX", tag_upper},
    {"tag~^.+[x1].*64$", tag_re},
    {"tag>linux64", tag_gt},
    {"tag is null", tag_null},
    {"items=macosx", items_eq},
    {"items!=macosx", items_ne},
    {"items:64", items_has},
    {"items is null", items_null},
    {"ids=4", ids_eq},
    {"ids>25", ids_gt},
    {"params.os=linux64", tag_eq},
    {"params.os is null", tag_null},
    {"params.os:linux", tag_linux},
    {"params:zzzz", none},
    {"params.\"sub result\"=crash", name_eq},
    {"_extra.weight>8", extra_weight},
    {"_extra.note=x\xc3\xa9"
     "3",
     extra_note},
    {"_extra.nothing is null", extra_none},
    {"hash=3030303030303030303030303030303030303033", hash_eq},
    {"late>500", late_gt},
    {"late>500ms", late_gt},
    {"late>0.5s", late_gt},
    {"late is null", late_null},
    {"crash", words},
    {"cRASH", none},
    {"~cr.sh", words},
    {"!crash", words_not},
    {"crash linux", words_two},
    {"!crash linux", words_two_not},
    {"! crash linux", words_two_not},
    {"not crash linux", not_crash_but_linux},
    {"!crash and linux", not_crash_but_linux},
    {"linux !crash", not_crash_but_linux},
    {"(!crash) linux", not_crash_but_linux},
};

static void check_one(struct fixture *fx, const struct check *c, unsigned n_threads) {
    struct rows got = fixture_run(fx, c->text, NULL, n_threads);
    size_t at = 0;
    for (size_t i = 0; i < fx->n; i++) {
        bool have = at < got.n && got.idx[at] == i;
        at += have;
        if (have != c->want(&fx->rows[i])) {
            fail_msg("%s: row %zu is %s", c->text, i, have ? "there" : "missing");
        }
    }
    assert_int_equal(at, got.n);
    rows_done(&got);
}

static void every_operator(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 3000, 3, 42);
    for (size_t i = 0; i < COUNTOF(checks); i++) {
        check_one(&fx, &checks[i], 1);
    }
    fixture_done(&fx);
}

static void one_segment(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 1000, 1, 7);
    for (size_t i = 0; i < COUNTOF(checks); i++) {
        check_one(&fx, &checks[i], 1);
    }
    fixture_done(&fx);
}

// More rows than a batch, threads, and the slow way of one row.
static void many_batches(void **state) {
    struct fixture fx;
    fixture_open(&fx, state, 140000, 2, 99);
    for (size_t i = 0; i < COUNTOF(checks); i++) {
        struct rows one = fixture_run(&fx, checks[i].text, NULL, 1);
        struct rows four = fixture_run(&fx, checks[i].text, NULL, 4);
        assert_same_rows(&one, &four, checks[i].text);
        rows_done(&one);
        rows_done(&four);
        if (i % 8 == 0) {
            check_one(&fx, &checks[i], 3);
        }
    }
    fixture_done(&fx);
}

static void slow_way_agrees(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    fixture_open(&fx, state, 700, 2, 5);
    for (size_t i = 0; i < COUNTOF(checks); i++) {
        struct filter *f = fixture_filter(&fx, checks[i].text, NULL, &err);
        must(f != NULL, &err);
        for (size_t row = 0; row < fx.n; row++) {
            if (filter_row(f, (int64_t)row) != checks[i].want(&fx.rows[row])) {
                fail_msg("%s: row %zu", checks[i].text, row);
            }
        }
        filter_unref(f);
    }
    fixture_done(&fx);
}

// Not the blank texts, and not those whose `!` means the whole only where it stands first.
static const struct check *any_check(uint64_t *seed) {
    const struct check *c;
    do {
        c = &checks[2 + rnd(seed) % (COUNTOF(checks) - 2)];
    } while (c->text[0] == '!' && strchr(c->text, ' '));
    return c;
}

static void laws(void **state) {
    struct fixture fx;
    uint64_t seed = 11;
    fixture_open(&fx, state, 2000, 2, 17);
    for (int i = 0; i < 300; i++) {
        const struct check *a = any_check(&seed);
        const struct check *b = any_check(&seed);
        char text[256];
        snprintf(text, sizeof text, "(%s) and (%s)", a->text, b->text);
        struct rows both = fixture_run(&fx, text, NULL, 1);
        snprintf(text, sizeof text, "(%s) or (%s)", a->text, b->text);
        struct rows either = fixture_run(&fx, text, NULL, 1);
        snprintf(text, sizeof text, "not (%s)", a->text);
        struct rows neither = fixture_run(&fx, text, NULL, 1);
        size_t n_both = 0;
        size_t n_either = 0;
        size_t n_not = 0;
        for (size_t row = 0; row < fx.n; row++) {
            bool in_a = a->want(&fx.rows[row]);
            bool in_b = b->want(&fx.rows[row]);
            assert_true(!(in_a && in_b) || both.idx[n_both++] == row);
            assert_true(!(in_a || in_b) || either.idx[n_either++] == row);
            assert_true(in_a || neither.idx[n_not++] == row);
        }
        assert_int_equal(n_both, both.n);
        assert_int_equal(n_either, either.n);
        assert_int_equal(n_not, neither.n);
        rows_done(&both);
        rows_done(&either);
        rows_done(&neither);
    }
    fixture_done(&fx);
}

static void narrows_given_rows(void **state) {
    struct fixture fx;
    struct rows in = {0};
    fixture_open(&fx, state, 5000, 3, 23);
    in.idx = xcalloc(fx.n, sizeof *in.idx);
    for (size_t i = 0; i < fx.n; i += 7) {
        in.idx[in.n++] = (uint32_t)(fx.n - 1 - i); // order is kept, not made
    }
    for (size_t i = 0; i < COUNTOF(checks); i++) {
        struct rows got = fixture_run(&fx, checks[i].text, &in, 2);
        size_t at = 0;
        for (size_t k = 0; k < in.n; k++) {
            if (checks[i].want(&fx.rows[in.idx[k]])) {
                assert_true(at < got.n && got.idx[at] == in.idx[k]);
                at++;
            }
        }
        assert_int_equal(at, got.n);
        rows_done(&got);
    }
    rows_done(&in);
    fixture_done(&fx);
}

static void explains(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct str out = STR_INIT;
    char want[128];
    fixture_open(&fx, state, 500, 1, 3);
    struct filter *f = fixture_filter(&fx, " n=7  and (tag=zzz or b=true) \"crash 1\"", NULL, &err);
    must(f != NULL, &err);
    must(filter_explain(f, fx.table, NULL, NULL, &out, &err), &err);
    snprintf(want, sizeof want, "n=7 %zu, (tag=zzz or b=true) %zu, \"crash 1\" %zu",
             fixture_count(&fx, "n=7"), fixture_count(&fx, "b=true"),
             fixture_count(&fx, "\"crash 1\""));
    assert_string_equal(str_cstr(&out), want);
    str_done(&out);
    filter_unref(f);
    fixture_done(&fx);
}

static void cancels(void **state) {
    struct fixture fx;
    struct err err = ERR_INIT;
    struct rows rows;
    atomic_bool cancel = true;
    _Atomic uint64_t done = 0;
    struct query_ctl ctl = {.cancel = &cancel, .done_units = &done};
    fixture_open(&fx, state, 500, 2, 3);
    struct filter *f = fixture_filter(&fx, "n=7 or name~x", NULL, &err);
    assert_false(filter_run(f, fx.table, NULL, &ctl, &rows, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    assert_null(rows.idx);
    cancel = false;
    assert_true(filter_run(f, fx.table, NULL, &ctl, &rows, &err));
    assert_int_equal(done, 500);
    rows_done(&rows);
    filter_unref(f);
    fixture_done(&fx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(every_operator), unit_test_in_dir(one_segment),
        unit_test_in_dir(many_batches),   unit_test_in_dir(slow_way_agrees),
        unit_test_in_dir(laws),           unit_test_in_dir(narrows_given_rows),
        unit_test_in_dir(explains),       unit_test_in_dir(cancels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
