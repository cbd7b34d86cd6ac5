// label: threads
// A Mercurial clone of the recorded bundles, read by the real hg.
#include <pthread.h>
#include <time.h>

#include "base/date.h"
#include "base/doc.h"
#include "base/file.h"
#include "vcs/cmdserver.h"
#include "vcs_unit.h"

static size_t n_files_before;

static int set_up(void **state) {
    n_files_before = vcs_n_files();
    return unit_dir_make(state);
}

static int tear_down(void **state) {
    if (vcs_n_files() != n_files_before || !vcs_no_children()) {
        print_error("files or processes are left behind\n");
        return -1;
    }
    return unit_dir_remove(state);
}

// --- log --------------------------------------------------------------------------------------

struct log_text {
    struct str text;
    size_t n, fail_at;
    atomic_bool *cancel;
};

static bool add_commit(void *arg, const struct repo_commit *c, struct err *err) {
    struct log_text *log = arg;
    if (++log->n == log->fail_at) {
        return err_set(err, ERR_LIMIT, "enough");
    }
    if (log->cancel) {
        atomic_store(log->cancel, true);
    }
    str_addf(&log->text, "%.*s %lld %d", SV_ARG(c->node), (long long)c->date_s, c->tz_offset_s);
    for (size_t i = 0; i < c->n_parents; i++) {
        str_addf(&log->text, " %.*s", SV_ARG(c->parents[i]));
    }
    str_addf(&log->text, "\n%.*s\n", SV_ARG(c->desc));
    return true;
}

// The same text from a recorded all_commits.jsonl.
static void recorded_commit(struct str *out, struct sv line) {
    struct doc doc;
    struct doc_token tok;
    struct str node = STR_INIT, desc = STR_INIT, date = STR_INIT, parents = STR_INIT;
    json_doc_init(&doc, line);
    assert_true(doc_next(&doc, &tok) && tok.kind == DOC_MAP);
    while (doc_next(&doc, &tok) && tok.kind == DOC_KEY) {
        const struct sv key = tok.text;
        struct str *to = sv_is(key, "node")   ? &node
                         : sv_is(key, "desc") ? &desc
                         : sv_is(key, "date") ? &date
                                              : &parents;
        assert_true(doc_next(&doc, &tok));
        if (tok.kind == DOC_TEXT) {
            str_add_sv(to, tok.text);
            continue;
        }
        while (doc_next(&doc, &tok) && tok.kind != DOC_LIST_END) {
            str_addf(to, " %.*s", SV_ARG(tok.text));
        }
    }
    doc_done(&doc);
    str_addf(out, "%s%s%s\n%s\n", str_cstr(&node), str_cstr(&date), str_cstr(&parents),
             str_cstr(&desc));
    str_done(&node);
    str_done(&desc);
    str_done(&date);
    str_done(&parents);
}

static void recorded_log(struct str *out) {
    struct str file = STR_INIT;
    assert_true(file_read(CORPUS "/mozilla-perf/expected/05_commits/mini/all_commits.jsonl",
                          (size_t)1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    while (sv_split(&rest, '\n', &line)) {
        if (line.len) {
            recorded_commit(out, line);
        }
    }
    str_done(&file);
}

static void log_is_the_recorded_one(void **state) {
    struct err err = ERR_INIT;
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), &err);
    assert_non_null(repo);
    assert_int_equal(repo_kind(repo), REPO_HG);
    struct log_text log = {0};
    assert_true(repo_log(repo, add_commit, &log, NULL, &err));
    assert_int_equal(log.n, 26);
    struct str want = STR_INIT;
    recorded_log(&want);
    assert_string_equal(str_cstr(&log.text), str_cstr(&want));
    str_done(&want);
    str_done(&log.text);
    repo_close(repo);
}

static void log_ends_when_asked(void **state) {
    struct err err = ERR_INIT;
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), &err);
    assert_non_null(repo);
    struct log_text log = {.fail_at = 3};
    assert_false(repo_log(repo, add_commit, &log, NULL, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(log.n, 3);
    // The clone can still be read afterwards.
    str_done(&log.text);
    log = (struct log_text){0};
    assert_true(repo_log(repo, add_commit, &log, NULL, &err));
    assert_int_equal(log.n, 26);
    str_done(&log.text);
    repo_close(repo);
}

static void empty_clone_has_no_log(void **state) {
    SHELL("hg init '%s'", unit_path(state, "empty"));
    struct repo *repo = repo_open(unit_path(state, "empty"), NULL);
    assert_non_null(repo);
    struct log_text log = {0};
    assert_true(repo_log(repo, add_commit, &log, NULL, NULL));
    assert_int_equal(log.n, 0);
    repo_close(repo);
}

// --- diff -------------------------------------------------------------------------------------

#define ROOT   "c7d258fb00b2a974fb6b6f7db310cf90c79290a2"
#define SECOND "0ff361d2d64682f474918ef5770379d768ecd8ba"
#define THIRD  "5f04c922a0975e045548366696416dd9f33a3150"
#define RENAME "0d365d32850c2e34833a9411bec12a023dcf61dd"
#define BEFORE "224af6fcd50ae36dec6b26930811545e8c9d4802"

// What hg itself writes, by the command of the original program.
static void own_diff(void **state, const char *clone, const char *a, const char *b,
                     struct str *out) {
    char *file = unit_path(state, "own.diff");
    SHELL("hg -R '%s' diff -r %s -r %s >'%s'", clone, a, b, file);
    assert_true(file_read(file, (size_t)1 << 24, out, NULL));
}

static void diffs_are_those_of_hg(void **state) {
    static const char *const pairs[][2] = {
        {NULL_NODE, ROOT}, {ROOT, SECOND}, {ROOT, THIRD}, {THIRD, ROOT}, {BEFORE, RENAME}};
    char clone[4096];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    struct err err = ERR_INIT;
    struct repo *repo = repo_open(clone, &err);
    assert_non_null(repo);
    for (size_t i = 0; i < COUNTOF(pairs); i++) {
        struct str got = STR_INIT, want = STR_INIT;
        assert_true(repo_diff(repo, sv_cstr(pairs[i][0]), sv_cstr(pairs[i][1]), &got, &err));
        own_diff(state, clone, pairs[i][0], pairs[i][1], &want);
        assert_true(want.len > 0);
        assert_string_equal(str_cstr(&got), str_cstr(&want));
        str_done(&got);
        str_done(&want);
    }
    repo_close(repo);
}

static void same_revisions_differ_in_nothing(void **state) {
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), NULL);
    struct str out = STR_INIT;
    str_add_cstr(&out, "before");
    assert_true(repo_diff(repo, SV(ROOT), SV(ROOT), &out, NULL));
    assert_true(repo_diff(repo, SV(NULL_NODE), SV(NULL_NODE), &out, NULL));
    assert_string_equal(str_cstr(&out), "before");
    str_done(&out);
    repo_close(repo);
}

static void unknown_revisions_are_told(void **state) {
    static const char *const bad[] = {
        "0123456789012345678901234567890123456789", // well-formed
        "",
        "tip",
        "c7d258fb00b2",
        "--config=alias.diff=!touch",
        "C7D258FB00B2A974FB6B6F7DB310CF90C79290A2",
        "c7d258fb00b2a974fb6b6f7db310cf90c79290a2 ",
    };
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), NULL);
    struct str out = STR_INIT;
    str_add_cstr(&out, "before");
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct err err = ERR_INIT;
        assert_false(repo_diff(repo, sv_cstr(bad[i]), SV(ROOT), &out, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_false(repo_diff(repo, SV(ROOT), sv_cstr(bad[i]), &out, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_false(repo_parent(repo, sv_cstr(bad[i]), &out, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_string_equal(str_cstr(&out), "before");
    }
    // And the process is still the same one.
    assert_true(repo_diff(repo, SV(ROOT), SV(SECOND), &out, NULL));
    assert_true(sv_starts(str_sv(&out), SV("beforediff -r c7d258fb00b2 -r 0ff361d2d646 ")));
    str_done(&out);
    repo_close(repo);
}

static void parents_are_found(void **state) {
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), NULL);
    struct str out = STR_INIT;
    assert_true(repo_parent(repo, SV(SECOND), &out, NULL));
    assert_true(repo_parent(repo, SV(ROOT), &out, NULL));
    assert_string_equal(str_cstr(&out), ROOT NULL_NODE);
    str_done(&out);
    repo_close(repo);
}

// --- configuration ----------------------------------------------------------------------------

static void write_text(const char *path, const char *text) {
    struct new_file f;
    assert_true(new_file_open(&f, path, true, NULL));
    assert_true(new_file_write(&f, text, strlen(text), NULL));
    assert_true(new_file_commit(&f, NULL));
}

// Formats, aliases, hooks and an extension that would all be seen.
static const char hostile[] = "[diff]\ngit=True\nunified=0\nnodates=True\nshowfunc=True\n"
                              "[defaults]\ndiff=--stat\nlog=-l1\n"
                              "[alias]\ndiff=log\nlog=tip\nserve=version\n"
                              "[ui]\nverbose=True\ndebug=True\n"
                              "[hooks]\npre-diff=touch %s\npre-log=touch %s\n"
                              "[extensions]\nevil=%s\n";

static void configuration_does_not_leak_in(void **state) {
    char clone[4096], text[16384], mark[4096], home[4096], rc[4200];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    snprintf(mark, sizeof mark, "%s", unit_path(state, "mark"));
    snprintf(home, sizeof home, "%s", unit_path(state, "home"));
    struct str want = STR_INIT, got = STR_INIT;
    own_diff(state, clone, BEFORE, RENAME, &want);
    char *evil = unit_path(state, "evil.py");
    snprintf(text, sizeof text, "open('%s', 'w')\n", mark);
    write_text(evil, text);
    snprintf(text, sizeof text, hostile, mark, mark, evil);
    SHELL("mkdir '%s'", home);
    snprintf(rc, sizeof rc, "%s/.hgrc", home);
    write_text(rc, text);
    // Seen by hg as it is called by everybody else.
    char old_home[4096];
    snprintf(old_home, sizeof old_home, "%s", getenv("HOME") ? getenv("HOME") : "");
    setenv("HOME", home, 1);
    unsetenv("HGRCPATH");
    unsetenv("HGPLAIN");
    SHELL("hg -R '%s' diff -r " BEFORE " -r " RENAME " >/dev/null 2>&1; test -e '%s'", clone, mark);
    SHELL("rm '%s'", mark);

    snprintf(rc, sizeof rc, "%s/.hg/hgrc", clone);
    write_text(rc, text);
    setenv("HGPLAINEXCEPT", "alias,color", 1);
    setenv("HGENCODING", "latin-1", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    setenv("LANGUAGE", "de", 1);
    struct err err = ERR_INIT;
    struct repo *repo = repo_open(clone, &err);
    assert_non_null(repo);
    assert_true(repo_diff(repo, SV(BEFORE), SV(RENAME), &got, &err));
    struct log_text log = {0};
    assert_true(repo_log(repo, add_commit, &log, NULL, &err));
    repo_close(repo);
    unsetenv("HGPLAINEXCEPT");
    unsetenv("HGENCODING");
    unsetenv("LANGUAGE");
    setenv("HOME", old_home, 1);
    vcs_plain_env();
    assert_string_equal(str_cstr(&got), str_cstr(&want));
    assert_int_equal(log.n, 26);
    assert_int_equal(access(mark, F_OK), -1);
    str_done(&want);
    str_done(&got);
    str_done(&log.text);
}

static void nothing_is_written_but_caches(void **state) {
    char clone[4096];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    char *a = unit_path(state, "a"), *b = unit_path(state, "b");
    static const char list[] = "cd '%s' && find . -path ./.hg/cache -prune -o -type f "
                               "-printf '%%p %%s %%T@\\n' | sort >'%s'";
    SHELL(list, clone, a);
    struct repo *repo = repo_open(clone, NULL);
    struct log_text log = {0};
    assert_true(repo_log(repo, add_commit, &log, NULL, NULL));
    assert_true(repo_diff(repo, SV(ROOT), SV(THIRD), &log.text, NULL));
    repo_close(repo);
    str_done(&log.text);
    SHELL(list, clone, b);
    SHELL("cmp '%s' '%s' && test -s '%s'", a, b, a);
}

// --- what goes wrong --------------------------------------------------------------------------

static void folders_are_told_apart(void **state) {
    SHELL("mkdir -p '%s/x' '%s/.hg'", unit_path(state, "none"), unit_path(state, "hg"));
    assert_int_equal(repo_detect(unit_path(state, "none")), REPO_NONE);
    assert_int_equal(repo_detect(unit_path(state, "missing")), REPO_NONE);
    assert_int_equal(repo_detect(unit_path(state, "hg")), REPO_HG);
    struct err err = ERR_INIT;
    assert_null(repo_open(unit_path(state, "none"), &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "neither a Mercurial nor a Git clone"));
}

static void broken_clone_is_told(void **state) {
    char clone[4096];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    SHELL("echo from-the-future >>'%s/.hg/requires'", clone);
    struct err err = ERR_INIT;
    assert_null(repo_open(clone, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.msg, "from-the-future"));
}

static void damaged_history_is_told(void **state) {
    char clone[4096];
    snprintf(clone, sizeof clone, "%s", vcs_hg_clone(state, "mini"));
    SHELL("cd '%s/.hg/store/data' && find . -name '*.i' | while read -r f; do "
          "printf 'XXXXXXXXXXXXXXXXXXXXXXXX' | dd of=\"$f\" bs=1 seek=64 conv=notrunc 2>/dev/null; "
          "done",
          clone);
    struct err err = ERR_INIT;
    struct repo *repo = repo_open(clone, &err);
    assert_non_null(repo);
    struct str out = STR_INIT;
    assert_false(repo_diff(repo, SV(NULL_NODE), SV(ROOT), &out, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.msg, "Mercurial says: "));
    assert_int_equal(out.len, 0);
    str_done(&out);
    repo_close(repo);
}

// Runs repo_open() with another PATH; `script` NULL: an empty one, else a program hg in it.
static struct repo *open_with_hg(void **state, const char *script, struct err *err) {
    char clone[4096], bin[4096], hg[4200], old[16384];
    snprintf(clone, sizeof clone, "%s", unit_path(state, "faked"));
    snprintf(bin, sizeof bin, "%s", unit_path(state, "bin"));
    snprintf(hg, sizeof hg, "%s/hg", bin);
    SHELL("mkdir -p '%s' '%s/.hg'", bin, clone);
    if (script) {
        write_text(hg, script);
        SHELL("chmod +x '%s'", hg);
    }
    snprintf(old, sizeof old, "%s", getenv("PATH"));
    setenv("PATH", bin, 1);
    struct repo *repo = repo_open(clone, err);
    setenv("PATH", old, 1);
    return repo;
}

static void missing_hg_is_told(void **state) {
    struct err err = ERR_INIT;
    assert_null(open_with_hg(state, NULL, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.msg, "the program hg is not there: install Mercurial"));
}

// Greets and waits for the first line of a command, as hg does.
#define GREETING                                                                                   \
    "printf 'o\\000\\000\\000\\060capabilities: getencoding runcommand\\nencoding: x'\n"           \
    "read x\n"

static void other_programs_are_told(void **state) {
    static const struct {
        const char *script, *message;
    } cases[] = {
        {"#!/bin/sh\n", "ended without an answer"},
        {"#!/bin/sh\necho 'abort: no way' >&2; exit 255\n", "no way"},
        {"#!/bin/sh\necho Hello world\n", "does not answer as Mercurial does"},
        {"#!/bin/sh\nprintf 'o\\000\\000\\000\\003abc'\n", "does not answer as Mercurial does"},
        {"#!/bin/sh\nprintf 'o\\000\\000\\000\\100abc'\n", "ended without an answer"},
        {"#!/bin/sh\nprintf 'o\\377\\377\\377\\377'; "
         "i=0; while [ $i -lt 4096 ]; do printf aaaaaaaaaaaaaaaa; i=$((i+1)); done\n",
         "does not answer as Mercurial does"},
        {"#!/bin/sh\nprintf 'r\\000\\000\\000\\004aaaa'; while :; do :; done\n",
         "does not answer as Mercurial does"},
        // Says no more, but does not end.
        {"#!/bin/sh\necho 'abort: tired' >&2; exec >&-; exec /bin/sleep 60\n", "tired"},
    };
    const int64_t started_us = clock_monotonic_us();
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct err err = ERR_INIT;
        assert_null(open_with_hg(state, cases[i].script, &err));
        assert_int_equal(err.code, ERR_IO);
        if (!strstr(err.msg, cases[i].message)) {
            fail_msg("case %zu: %s", i, err.msg);
        }
        assert_true(vcs_no_children());
    }
    assert_true(clock_monotonic_us() - started_us < 30 * US_PER_SEC);
}

static void odd_answers_are_told(void **state) {
    static const struct {
        const char *script, *message;
        enum err_code code;
    } cases[] = {
        {GREETING "exit 3\n", "ended without an answer", ERR_IO},
        {GREETING "echo 'Traceback' >&2; echo 'KeyError: x' >&2\n", "KeyError: x", ERR_IO},
        {GREETING "printf 'Xaaaaa'; read x\n", "letter of a channel", ERR_FORMAT},
        {GREETING "printf 'o\\000\\000\\000\\005aa'\n", "ended without an answer", ERR_IO},
        {GREETING "printf 'r\\000\\000\\000\\002aa'; read x\n", "result of 2 bytes", ERR_FORMAT},
        {GREETING
         "printf 'r\\000\\000\\000\\004\\000\\000\\000\\000o\\000\\000\\000\\001a'; read x\n",
         "behind the result", ERR_FORMAT},
        {GREETING "printf 'd\\000\\000\\000\\003abcr\\000\\000\\000\\004\\000\\000\\000\\007'; "
                  "read x; read y\n",
         "status 7", ERR_FORMAT},
        // Asks for a line and for a block; that it gets four zero bytes each is said by its output.
        {GREETING "printf 'L\\000\\000\\020\\000I\\000\\000\\020\\000'\n"
                  "set -- $(dd bs=1 count=4 2>/dev/null | od -An -tu1)\n"
                  "dd bs=1 count=$(($3 * 256 + $4)) of=/dev/null 2>/dev/null\n"
                  "n=$(dd bs=1 count=8 2>/dev/null | od -An -tx1 | tr -d ' ')\n"
                  "if [ $n = 0000000000000000 ]; then\n"
                  "printf 'e\\000\\000\\000\\011abort: ok'; fi\n"
                  "printf 'r\\000\\000\\000\\004\\000\\000\\000\\001'; read y\n",
         "Mercurial says: ok", ERR_FORMAT},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct err err = ERR_INIT;
        char script[2048];
        // Programs of the script come from the usual place.
        snprintf(script, sizeof script, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s", cases[i].script);
        struct repo *repo = open_with_hg(state, script, &err);
        if (!repo) {
            fail_msg("case %zu: %s", i, err.msg);
        }
        struct str out = STR_INIT;
        assert_false(repo_diff(repo, SV(ROOT), SV(SECOND), &out, &err));
        if (err.code != cases[i].code || !strstr(err.msg, cases[i].message)) {
            fail_msg("case %zu: %s", i, err.msg);
        }
        assert_int_equal(out.len, 0);
        str_done(&out);
        repo_close(repo);
        assert_true(vcs_no_children());
    }
}

static void silence_ends(void **state) {
    struct err err = ERR_INIT;
    cmdserver_set_timeout_for_tests(200);
    assert_null(open_with_hg(state, "#!/bin/sh\nexec /bin/sleep 60\n", &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.msg, "has not answered"));
    struct repo *repo =
        open_with_hg(state, "#!/bin/sh\n" GREETING "trap '' TERM; /bin/sleep 60\n", &err);
    assert_non_null(repo);
    struct str out = STR_INIT;
    assert_false(repo_diff(repo, SV(ROOT), SV(SECOND), &out, &err));
    assert_non_null(strstr(err.msg, "has not answered"));
    cmdserver_set_timeout_for_tests(0);
    str_done(&out);
    repo_close(repo);
}

// --- cancelling -------------------------------------------------------------------------------

static int64_t now_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * (int64_t)1000 + ts.tv_nsec / 1000000;
}

struct alarm {
    atomic_bool cancel;
    int64_t at_ms;
};

static void *ring(void *arg) {
    struct alarm *a = arg;
    nanosleep(&(struct timespec){0, 150000000}, NULL);
    a->at_ms = now_ms();
    atomic_store(&a->cancel, true);
    return NULL;
}

// A program that neither answers nor ends when it is asked to.
static void cancelling_ends_it(void **state) {
    struct err err = ERR_INIT;
    struct alarm alarm = {0};
    pthread_t thread;
    char clone[4096];
    struct repo *none =
        open_with_hg(state, "#!/bin/sh\n" GREETING "trap '' TERM; /bin/sleep 60; :\n", &err);
    assert_non_null(none);
    repo_close(none);
    snprintf(clone, sizeof clone, "%s", unit_path(state, "faked"));
    char path[16384 + 8192], old[16384];
    snprintf(old, sizeof old, "%s", getenv("PATH"));
    snprintf(path, sizeof path, "%s:%s", unit_path(state, "bin"), old);
    setenv("PATH", path, 1);
    struct repo *repo = repo_open_cancel(clone, &alarm.cancel, &err);
    setenv("PATH", old, 1);
    assert_non_null(repo);
    assert_int_equal(pthread_create(&thread, NULL, ring, &alarm), 0);
    struct str out = STR_INIT;
    assert_false(repo_diff(repo, SV(ROOT), SV(SECOND), &out, &err));
    const int64_t done_ms = now_ms();
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(err.code, ERR_CANCELLED);
    // 100 ms is the promise; a loaded machine gets more.
    assert_in_range(done_ms - alarm.at_ms, 0, 1000);
    assert_false(repo_diff(repo, SV(ROOT), SV(SECOND), &out, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    str_done(&out);
    repo_close(repo);
}

static void cancelling_a_log_ends_it(void **state) {
    struct err err = ERR_INIT;
    atomic_bool cancel = false;
    struct repo *repo = repo_open(vcs_hg_clone(state, "mini"), &err);
    struct log_text log = {.cancel = &cancel};
    assert_non_null(repo);
    const bool ok = repo_log(repo, add_commit, &log, &cancel, &err);
    // So few commits may have come in one piece.
    assert_true(ok || err.code == ERR_CANCELLED);
    assert_false(repo_log(repo, add_commit, &log, &cancel, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    str_done(&log.text);
    repo_close(repo);
}

#define with_clone(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        with_clone(log_is_the_recorded_one),
        with_clone(log_ends_when_asked),
        with_clone(empty_clone_has_no_log),
        with_clone(diffs_are_those_of_hg),
        with_clone(same_revisions_differ_in_nothing),
        with_clone(unknown_revisions_are_told),
        with_clone(parents_are_found),
        with_clone(configuration_does_not_leak_in),
        with_clone(nothing_is_written_but_caches),
        with_clone(folders_are_told_apart),
        with_clone(broken_clone_is_told),
        with_clone(damaged_history_is_told),
        with_clone(missing_hg_is_told),
        with_clone(other_programs_are_told),
        with_clone(odd_answers_are_told),
        with_clone(silence_ends),
        with_clone(cancelling_ends_it),
        with_clone(cancelling_a_log_ends_it),
    };
    vcs_plain_env();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
