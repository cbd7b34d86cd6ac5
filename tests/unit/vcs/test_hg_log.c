// The log of Mercurial as JSON, and the channels that it comes through.
#include "unit.h"
#include "vcs/channel.h"
#include "vcs/hg_log.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static bool note(void *arg, const struct repo_commit *c, struct err *err) {
    (void)err;
    struct str *out = arg;
    str_addf(out, "%.1s %lld %d", c->node.ptr, (long long)c->date_s, c->tz_offset_s);
    for (size_t i = 0; i < c->n_parents; i++) {
        str_addf(out, " %.1s", c->parents[i].ptr);
    }
    str_addf(out, " \"%.*s\"\n", SV_ARG(c->desc));
    return true;
}

static bool read_log(const char *text, struct str *out, struct err *err) {
    struct hg_log log;
    hg_log_init(&log, note, out);
    const bool ok = hg_log_feed(&log, sv_cstr(text), err) && hg_log_end(&log, err);
    hg_log_done(&log);
    return ok;
}

static void commits_are_read(void **state) {
    (void)state;
    static const char text[] =
        "[\n"
        " {\"date\": [12, -3600], \"desc\": \" led\\nx\", \"node\": \"" A "\", \"parents\": [\"" B
        "\"]},\n"
        "{\"parents\": [\"" A "\",\"" B "\"], \"more\": {\"a\": [1]}, \"node\": \"" B
        "\", \"desc\": \"\\udc80\xff\\ud83d\\ude00\", \"date\": [-1.5, 0]}\n"
        "]\n";
    struct str out = STR_INIT;
    struct err err = ERR_INIT;
    if (!read_log(text, &out, &err)) {
        fail_msg("%s", err.msg);
    }
    assert_string_equal(str_cstr(&out),
                        "a 12 -3600 b \" led\nx\"\n"
                        "b -2 0 a b \"\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80\"\n");
    str_done(&out);
}

static void other_texts_are_refused(void **state) {
    (void)state;
#define COMMIT "{\"node\": \"" A "\", \"desc\": \"\", \"date\": [0, 0], \"parents\": []}"
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "after line 0"},
        {"[", "after line 0"},
        {"[\n", "after line 1"},
        {"[\n" COMMIT "\n", "after line 2"},
        {"[\n" COMMIT "\n]\nx\n", "line 4 of the log: expected nothing behind"},
        {"[\n]\nx", "after line 2"},
        {"abort\n", "line 1 of the log: expected an opening bracket"},
        {"[\nx\n]\n", "line 2 of the log: expected a commit as a JSON object"},
        {"[\n" COMMIT COMMIT "\n]\n", "line 2 of the log: expected one JSON object"},
        {"[\n{}\n]\n", "line 2 of the log: expected the keys"},
        {"[\n{\"node\": \"abc\"}\n]\n", "a hash of 40 digits"},
        {"[\n{\"node\": \"" A "\", \"node\": \"" A "\"}\n]\n", "every key once"},
        {"[\n{\"node\": null}\n]\n", "a hash of 40 digits"},
        {"[\n{\"desc\": null}\n]\n", "a text"},
        {"[\n{\"date\": [1]}\n]\n", "a date such as"},
        {"[\n{\"date\": [1, 2, 3]}\n]\n", "a date such as"},
        {"[\n{\"date\": [1, 99999999999]}\n]\n", "a date such as"},
        {"[\n{\"date\": \"\"}\n]\n", "a date such as"},
        {"[\n{\"parents\": \"" A "\"}\n]\n", "a list of parents"},
        {"[\n{\"parents\": [1]}\n]\n", "a hash of 40 digits"},
        {"[\n{\"parents\": [\"" A "\"\n]\n", "the end of a list"},
        {"[\n{\"more\": }\n]\n", "a value"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct str out = STR_INIT;
        struct err err = ERR_INIT;
        assert_false(read_log(cases[i].text, &out, &err));
        assert_int_equal(err.code, ERR_FORMAT);
        if (!strstr(err.msg, cases[i].message)) {
            fail_msg("case %zu: %s", i, err.msg);
        }
        str_done(&out);
    }
}

static bool hear(void *arg, const struct channel_piece *p, struct err *err) {
    (void)err;
    str_addf(arg, "%c[%.*s]%d%s", p->channel, SV_ARG(p->bytes), p->result, p->last ? "." : " ");
    return true;
}

#define feed(c, text, out, err) channel_feed(c, sv_make(text, sizeof(text) - 1), hear, out, err)

static void channels_are_told_apart(void **state) {
    (void)state;
    struct channel c = {0};
    struct str out = STR_INIT;
    assert_true(feed(&c, "o\0\0\0\3abce\0\0\0\2x", &out, NULL));
    assert_false(channel_at_rest(&c));
    assert_string_equal(str_cstr(&out), "o[abc]0.e[x]0 ");
    str_clear(&out);
    // The unknown d is passed over, I and L have no bytes behind them, an empty message ends.
    assert_true(feed(&c, "yd\0\0\0\4rrrrI\0\0\xff\0L\0\0\0\0o\0\0\0\0r\0\0", &out, NULL));
    assert_true(feed(&c, "\0\4\xff\xff", &out, NULL));
    assert_true(feed(&c, "\xff\xfe", &out, NULL));
    assert_string_equal(str_cstr(&out), "e[y]0.I[]0.L[]0.o[]0.r[]-2.");
    assert_true(channel_at_rest(&c));
    str_done(&out);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    struct str out = STR_INIT;
    struct err err = ERR_INIT;
    struct channel c = {0};
    assert_false(feed(&c, "o\0\0\0\1xQ\0\0\0\1", &out, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.msg, "byte 6 of the answer"));
    assert_non_null(strstr(err.msg, "found 0x51"));
    c = (struct channel){0};
    assert_false(feed(&c, "r\0\0\0\5abcde", &out, &err));
    assert_non_null(strstr(err.msg, "byte 0 of the answer: a result of 5 bytes"));
    str_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_are_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(channels_are_told_apart),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
