#include "ingest/alert.h"

#include "unit.h"

// Reads alerts from a Python literal; problems would need writers, so the texts here are clean.
static void read_text(struct alert_list *list, struct record_reader *r, const char *text,
                      bool related) {
    struct doc doc;
    struct doc_token tok;
    pylit_doc_init(&doc, sv_cstr(text));
    assert_true(doc_next(&doc, &tok));
    assert_true(alerts_read(list, r, &doc, &tok, related, NULL));
    doc_done(&doc);
}

static struct alerts_digest digest(const char *own, const char *related, int64_t summary_id,
                                   struct str *title) {
    struct alert_list list = {0};
    struct record_reader r = {0};
    read_text(&list, &r, own, false);
    read_text(&list, &r, related, true);
    alerts_fix_extra(&list);
    struct alerts_digest d;
    str_clear(title);
    alerts_digest((struct alerts_slice){list.items.ptr, list.items.n}, summary_id, &list.ids, &d,
                  title);
    alert_list_done(&list);
    record_done(&r);
    return d;
}

#define SIG(suite, test, platform)                                                                 \
    "'series_signature': {'id': 7, 'suite': '" suite "', 'test': '" test                           \
    "', 'machine_platform': '" platform "'}"
#define ALERT(id, status, regression, prev, abs, pct, t, sig)                                      \
    "{'id': " #id ", 'status': " #status ", 'is_regression': " #regression                         \
    ", 'prev_value': " #prev ", 'amount_abs': " #abs ", 'amount_pct': " #pct ", 't_value': " #t    \
    ", " sig "}"

static void regressions_come_first_and_give_the_title(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    const struct alerts_digest d =
        digest("[" ALERT(1, 0, False, 100, -50, 50.0, 20, SIG("a", "x", "linux64")) ", " //
               ALERT(2, 0, True, 100, 4.2, 4.2, 9, SIG("a", "y", "windows11-64")) ", "   //
               ALERT(3, 0, True, 100, 12.345, 12.345, 7, SIG("b", "b", "macosx1470")) "]",
               "[]", 10, &title);
    assert_int_equal(d.n_alerts, 3);
    assert_int_equal(d.n_regressions, 2);
    assert_true(d.worst_pct.has && d.worst_pct.v > 12.3 && d.worst_pct.v < 12.4);
    assert_sv(str_sv(&title), "12.35 - 4.2% b + 1 more (Windows, macOS)");
}

static void sign_and_title_follow_the_change(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    struct alerts_digest d = digest(
        "[" ALERT(1, 0, True, 100, -5, 5.0, 9, SIG("a", "x", "linux64")) "]", "[]", 1, &title);
    assert_true(d.worst_pct.v < -4.9);
    assert_sv(str_sv(&title), "5% a x (Linux)");
    d = digest("[" ALERT(1, 0, True, 0, 3, 0, 9, SIG("a", "x", "android-hw")) "]", "[]", 1, &title);
    assert_false(d.worst_pct.has);
    assert_sv(str_sv(&title), "a x (Android)");
}

static struct rec_f64 change(const char *values) {
    struct alert_list list = {0};
    struct record_reader r = {0};
    auto_str text = STR_INIT;
    str_addf(&text, "[{'id': 1, %s}]", values);
    read_text(&list, &r, str_cstr(&text), false);
    const struct rec_f64 pct = alert_change_pct(&list.items.ptr[0]);
    alert_list_done(&list);
    record_done(&r);
    return pct;
}

static void the_change_has_the_sign_of_the_values(void **state) {
    (void)state;
    static const struct {
        const char *values;
        double pct; // 0 = none
    } cases[] = {
        // An amount without its sign does not turn a fall into a rise.
        {"'prev_value': 9.35, 'new_value': 5.87, 'amount_abs': 3.48, 'amount_pct': 37.2", -37.2},
        {"'prev_value': 5, 'new_value': 6, 'amount_abs': -1, 'amount_pct': 20.0", 20},
        {"'prev_value': 5, 'new_value': 6, 'amount_pct': -20.0", 20},
        // Only the amount tells.
        {"'prev_value': 5, 'amount_abs': -1, 'amount_pct': 20.0", -20},
        {"'amount_abs': 1, 'amount_pct': 20.0", 20},
        {"'prev_value': 5, 'new_value': 5, 'amount_abs': -0.1, 'amount_pct': 2.0", -2},
        {"'prev_value': 0, 'new_value': 6, 'amount_abs': 6, 'amount_pct': 0.0", 0},
        {"'amount_pct': 20.0", 0},
        {"'prev_value': -4, 'amount_abs': 1, 'amount_pct': 20.0", 0},
        {"'prev_value': -4, 'new_value': -5, 'amount_abs': 1, 'amount_pct': -25.0", -25},
        {"'prev_value': -4, 'new_value': -2, 'amount_abs': 2, 'amount_pct': -50.0", 50},
        {"'prev_value': 4, 'new_value': 3, 'amount_abs': 1", -25},
        {"'status': 1", 0},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        const struct rec_f64 pct = change(cases[i].values);
        const double want = cases[i].pct, got = pct.has ? pct.v : 0;
        if (got < want - 1e-9 || got > want + 1e-9) {
            fail_msg("%s: %g, not %g", cases[i].values, got, want);
        }
        assert_int_equal(pct.has, want < 0 || want > 0);
    }
}

static void the_worst_may_be_an_improvement(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    struct alerts_digest d =
        digest("[{'id': 1, 'status': 2, 'related_summary_id': 11, 'is_regression': True}, " //
               ALERT(2, 4, False, 6, -3, 50.0, 9, SIG("a", "x", "linux64")) "]",
               "[]", 10, &title);
    assert_int_equal(d.n_regressions, 1); // moved away, but listed
    assert_true(d.worst_is_regression.has && !d.worst_is_regression.v);
    d = digest("[" ALERT(2, 4, True, 2, 1, 50.0, 9, SIG("a", "x", "linux64")) "]", "[]", 10,
               &title);
    assert_true(d.worst_is_regression.has && d.worst_is_regression.v);
    d = digest("[]", "[]", 10, &title);
    assert_false(d.worst_is_regression.has);
}

static void an_alert_in_both_lists_is_listed_once(void **state) {
    (void)state;
    struct alert_list list = {0};
    struct record_reader r = {0};
    read_text(&list, &r, "[{'id': 9}, {'id': 3, 'starred': True}, {}]", false);
    read_text(&list, &r, "[{'id': 3}, {'id': 4}, {}, {'id': 9}]", true);
    alerts_fix_extra(&list);
    const size_t n = alerts_drop_repeated(list.items.ptr, list.items.n, &list.ids);
    assert_int_equal(n, 5);
    assert_int_equal(list.items.ptr[0].id.v, 9);
    assert_int_equal(list.items.ptr[1].id.v, 3);
    assert_true(list.items.ptr[1].starred.v && !list.items.ptr[1].related);
    assert_int_equal(list.items.ptr[3].id.v, 4);
    assert_true(list.items.ptr[3].related);
    assert_int_equal(list.items.ptr[3].pos, 1); // its place in the source stays
    assert_false(list.items.ptr[4].id.has);
    alert_list_done(&list);
    record_done(&r);
}

static void moved_alerts_are_left_out(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    const struct alerts_digest d = digest(
        "[{'id': 1, 'status': 2, 'related_summary_id': 11, 'is_regression': True, 'prev_value': 1, "
        "'amount_abs': 9, 'amount_pct': 90.0, " SIG("moved", "m", "linux64") "}, " //
        ALERT(2, 4, False, 1, -0.05, 5.0, 9, SIG("stays", "s", "linux64")) "]",
        "[" ALERT(2, 4, True, 1, 1, 80.0, 9, SIG("other", "o", "linux64")) "]", 10, &title);
    assert_sv(str_sv(&title), "5% stays s (Linux)");
    assert_true(d.worst_pct.v < 0);
    // The alert that stands in both lists is one alert.
    assert_int_equal(d.n_alerts, 2);
}

static void a_summary_whose_alerts_all_moved_lists_them(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    const struct alerts_digest d = digest(
        "[" ALERT(2, 1, True, 1, 1, 80.0, 9, SIG("other", "o", "linux64")) "]", "[]", 10, &title);
    assert_sv(str_sv(&title), "80% other o (Linux)");
    assert_int_equal(d.n_alerts, 1);
    digest("[]", "[]", 10, &title);
    assert_sv(str_sv(&title), "no alerts");
}

static void the_largest_change_is_the_worst(void **state) {
    (void)state;
    auto_str title = STR_INIT;
    struct alerts_digest d =
        digest("[" ALERT(1, 0, True, 1, 1, 300.0, 8, SIG("a", "x", "linux64")) ", " //
               ALERT(2, 0, True, 1, 1, 21.0, 50, SIG("a", "y", "linux64")) "]",
               "[]", 1, &title);
    // The number that the title begins with, whatever the confidence.
    assert_true(d.worst_pct.v > 299.9 && d.worst_pct.v < 300.1);
    assert_int_equal(sv_find(str_sv(&title), SV("300")), 0);
    d = digest("[" ALERT(4, 0, True, 1, 1, 5.0, 8, SIG("a", "x", "linux64")) ", " //
               ALERT(3, 0, True, 1, -1, 5.0, 8, SIG("a", "y", "linux64")) "]",
               "[]", 1, &title);
    assert_true(d.worst_pct.v < 0);
}

static void unknown_keys_are_kept_beside_the_summary_s_own(void **state) {
    (void)state;
    struct alert_list list = {0};
    struct record_reader r = {0};
    str_add_cstr(&r.extra, "\"of\": \"summary\"");
    read_text(
        &list, &r,
        "[{'id': 1, 'options': ['opt'], 'title': 'added by the page', 'profile_url': None}, "
        "{'id': 2}, {'id': 3, 'classifier_email': 'a@b.invalid', 'side_by_side_available': False, "
        "'note': 'it\\'s \u2603'}]",
        false);
    alerts_fix_extra(&list);
    assert_int_equal(list.items.n, 3);
    assert_sv(list.items.ptr[0].extra, "\"options\": [\"opt\"]");
    assert_sv(list.items.ptr[1].extra, "");
    assert_sv(list.items.ptr[2].extra,
              "\"classifier_email\": \"a@b.invalid\", \"note\": \"it's \u2603\"");
    assert_sv(str_sv(&r.extra), "\"of\": \"summary\"");
    assert_int_equal(list.items.ptr[2].pos, 2);
    alert_list_done(&list);
    record_done(&r);
}

static void untagged_and_one_record_forms(void **state) {
    (void)state;
    struct alert_list list = {0};
    struct record_reader r = {0};
    read_text(&list, &r,
              "{'id': 5, 'series_signature': {'tags': [''], 'extra_options': ['a', 'b']}}", true);
    assert_int_equal(list.items.n, 1);
    assert_true(list.items.ptr[0].related);
    assert_true(list.items.ptr[0].tags.has);
    assert_int_equal(list.items.ptr[0].tags.n, 0);
    assert_int_equal(list.items.ptr[0].extra_options.n, 2);
    read_text(&list, &r, "None", true);
    assert_int_equal(list.items.n, 1);
    alert_list_done(&list);
    record_done(&r);
}

static void a_broken_list_leaves_nothing(void **state) {
    (void)state;
    struct alert_list list = {0};
    struct record_reader r = {0};
    struct doc doc;
    struct doc_token tok;
    read_text(&list, &r, "[{'id': 1, 'x': 1}]", false);
    pylit_doc_init(&doc, SV("[{'id': 2, 'y': 2}, {'id': 3, 'z': oops}]"));
    assert_true(doc_next(&doc, &tok));
    assert_false(alerts_read(&list, &r, &doc, &tok, false, NULL));
    assert_non_null(strstr(doc_error(&doc)->msg, "byte 35"));
    doc_done(&doc);
    alerts_fix_extra(&list);
    assert_int_equal(list.items.n, 1);
    assert_sv(list.items.ptr[0].extra, "\"x\": 1");
    alert_list_done(&list);
    record_done(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regressions_come_first_and_give_the_title),
        cmocka_unit_test(sign_and_title_follow_the_change),
        cmocka_unit_test(the_change_has_the_sign_of_the_values),
        cmocka_unit_test(the_worst_may_be_an_improvement),
        cmocka_unit_test(an_alert_in_both_lists_is_listed_once),
        cmocka_unit_test(moved_alerts_are_left_out),
        cmocka_unit_test(a_summary_whose_alerts_all_moved_lists_them),
        cmocka_unit_test(the_largest_change_is_the_worst),
        cmocka_unit_test(unknown_keys_are_kept_beside_the_summary_s_own),
        cmocka_unit_test(untagged_and_one_record_forms),
        cmocka_unit_test(a_broken_list_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
