#include "ui/text_pane.h"

#include "unit.h"

static const char diff_text[] = "# HG changeset patch\n"
                                "diff --git a/src/a.c b/src/a.c\n"
                                "index 1..2\n"
                                "--- a/src/a.c\n"
                                "+++ b/src/a.c\n"
                                "@@ -1,9 +1,9 @@ int main(void)\n"
                                " one\n"
                                " two\n"
                                " three\n"
                                " four\n"
                                "-\tint x = 1;\n"
                                "+\tint y = 1; \n"
                                " five\n"
                                " six\n"
                                " seven\n"
                                " eight\n"
                                "diff --git a/old.txt b/new.txt\n"
                                "rename from old.txt\n"
                                "rename to new.txt\n"
                                "old mode 100644\n"
                                "new mode 100755\n"
                                "--- a/old.txt\n"
                                "+++ b/new.txt\n"
                                "@@ -3,2 +3,3 @@\n"
                                " \xe4\xb8\xad\xe6\x96\x87 text\n"
                                "+added\n"
                                " end\n"
                                "diff --git a/p.png b/p.png\n"
                                "new file mode 100644\n"
                                "Binary files /dev/null and b/p.png differ\n";

static void show(struct text_pane *pane, int w, int h, bool ascii, struct matcher *match,
                 bool roles, struct str *out) {
    struct screen screen;
    screen_init(&screen, w, h, ascii);
    text_pane_draw(pane, &screen, screen_rect(&screen), match, true);
    str_clear(out);
    if (roles) {
        screen_dump_roles(&screen, out);
    } else {
        screen_dump(&screen, out);
    }
    screen_done(&screen);
}

static void assert_shown(struct text_pane *pane, int w, int h, const char *want) {
    struct str got = STR_INIT;
    show(pane, w, h, false, NULL, false, &got);
    assert_string_equal(str_cstr(&got), want);
    str_done(&got);
}

static struct text_pane *open_diff(void) {
    return diff_pane_new(SV(diff_text), SV_NULL);
}

static void run(struct text_pane *pane, const char *command) {
    struct err err = ERR_INIT;
    if (!pane->ops->command(pane, command, 1, &err)) {
        fail_msg("%s: %s", command, err.msg);
    }
}

static void set_filter(struct text_pane *pane, const char *pattern) {
    struct regex *re = pattern ? regex_compile(sv_cstr(pattern), true, NULL, NULL) : NULL;
    pane->ops->filter(pane, re);
    regex_unref(re);
}

static struct sv status(const struct text_pane *pane, struct str *out) {
    str_clear(out);
    pane->ops->status(pane, out);
    return str_sv(out);
}

// --- diffs --------------------------------------------------------------------------------------

static void test_unified(void **state) {
    (void)state;
    struct text_pane *pane = diff_pane_new(SV(diff_text), SV("Fix it\n\nlonger\n"));
    assert_shown(pane, 50, 24,
                 ">Fix it\n"
                 "\n"
                 " longer\n"
                 "\n"
                 " # HG changeset patch\n"
                 " src/a.c  +1 -1\n"
                 " @@ -1,9 +1,9 @@ int main(void)\n"
                 "  one\n"
                 "  two\n"
                 "  three\n"
                 "  four\n"
                 " -        int x = 1;\n"
                 " +        int y = 1;\n"
                 "  five\n"
                 "  six\n"
                 "  seven\n"
                 "  eight\n"
                 " new.txt  renamed from old.txt  mode 644 to 755  \xe2\x80\xa6\n"
                 " @@ -3,2 +3,3 @@\n"
                 "  \xe4\xb8\xad\xe6\x96\x87 text\n"
                 " +added\n"
                 "  end\n"
                 " p.png  new file  binary\n"
                 "\n");
    text_pane_free(pane);
}

static void test_roles(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    struct str got = STR_INIT;
    struct regex *re = regex_compile(SV("int"), true, NULL, NULL);
    struct matcher *m = matcher_new(re);
    text_pane_go(pane, 2);
    show(pane, 24, 10, false, m, true, &got);
    assert_string_equal(str_cstr(&got), "........................\n"
                                        ".FFFFFFF..AA.DD.........\n"
                                        ".@@@@@@@@@@@@@@@@@@@@@@@\n"
                                        "........................\n"
                                        "........................\n"
                                        "........................\n"
                                        "........................\n"
                                        ".DDDDDDDDDDDDDGDDDDD....\n"
                                        ".AAAAAAAAAAAAABAAAAAB...\n"
                                        "........................\n"
                                        "overlays\n"
                                        "........................\n"
                                        "........................\n"
                                        "22222222222222222iii2222\n"
                                        "........................\n"
                                        "........................\n"
                                        "........................\n"
                                        "........................\n"
                                        "..........888...........\n"
                                        "..........888...........\n"
                                        "........................\n");
    run(pane, "word-diff");
    show(pane, 24, 10, false, m, true, &got);
    assert_non_null(strstr(str_cstr(&got), "\n.DDDDDDDDDDDDDDDDDDD....\n.AAAAAAAAAAAAAAAAAAAA"));
    matcher_free(m);
    regex_unref(re);
    str_done(&got);
    text_pane_free(pane);
}

static void test_panel_and_numbers(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    text_pane_go(pane, 17);
    assert_shown(pane, 100, 8,
                 "Files                  \xe2\x94\x82  8  8  seven\n"
                 "  src/a.c         +1 -1\xe2\x94\x82  9  9  eight\n"
                 "> new.txt         +1 -0\xe2\x94\x82 new.txt  renamed from old.txt  mode 644 to "
                 "755  +1 -0\n"
                 "  p.png          binary\xe2\x94\x82 @@ -3,2 +3,3 @@\n"
                 "                       \xe2\x94\x82  3  3  \xe4\xb8\xad\xe6\x96\x87 text\n"
                 "                       \xe2\x94\x82     4 +added\n"
                 "                       \xe2\x94\x82> 4  5  end\n"
                 "                       \xe2\x94\x82 p.png  new file  binary\n");
    run(pane, "line-numbers");
    struct str got = STR_INIT;
    show(pane, 100, 8, true, NULL, false, &got);
    assert_non_null(strstr(str_cstr(&got), "|  ?? text\n"));
    assert_non_null(strstr(str_cstr(&got), "|> end\n"));
    str_done(&got);
    text_pane_free(pane);
}

static void test_panel_cuts_paths_at_the_left(void **state) {
    (void)state;
    struct text_pane *pane = diff_pane_new(SV("--- a/very/long/path/of/a/file.c\n+++ "
                                              "b/very/long/path/of/a/file.c\n@@ -0,0 +1 @@\n+x\n"),
                                           SV_NULL);
    struct str got = STR_INIT;
    show(pane, 90, 2, true, NULL, false, &got);
    assert_string_equal(str_cstr(&got),
                        "Files                     |>very/long/path/of/a/file.c  +1 -0\n"
                        "> ~/path/of/a/file.c +1 -0| @@ -0,0 +1 @@\n");
    str_done(&got);
    text_pane_free(pane);
}

static void test_side_by_side(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    struct err err = ERR_INIT;
    struct str got = STR_INIT;
    show(pane, 100, 5, true, NULL, false, &got);
    assert_false(pane->ops->command(pane, "side-by-side", 1, &err));
    assert_string_equal(err.msg, "side by side needs 120 columns, here are 100");
    show(pane, 120, 5, true, NULL, false, &got);
    text_pane_go(pane, 8);
    run(pane, "side-by-side");
    assert_sv(pane->ops->line_text(pane, pane->cursor, &got), "-\tint x = 1;\n+\tint y = 1; ");
    show(pane, 120, 16, true, NULL, false, &got);
    assert_string_equal(
        str_cstr(&got),
        " # HG changeset patch\n"
        " src/a.c  +1 -1\n"
        " @@ -1,9 +1,9 @@ int main(void)\n"
        "  1  one                                                    | 1  one\n"
        "  2  two                                                    | 2  two\n"
        "  3  three                                                  | 3  three\n"
        "  4  four                                                   | 4  four\n"
        "> 5 -        int x = 1;                                     | 5 +        int y = 1;\n"
        "  6  five                                                   | 6  five\n"
        "  7  six                                                    | 7  six\n"
        "  8  seven                                                  | 8  seven\n"
        "  9  eight                                                  | 9  eight\n"
        " new.txt  renamed from old.txt  mode 644 to 755  +1 -0\n"
        " @@ -3,2 +3,3 @@\n"
        "  3  ?? text                                                | 3  ?? text\n"
        "                                                            | 4 +added\n");
    // A terminal made narrow shows one column, and both again when it is wide.
    show(pane, 60, 3, true, NULL, false, &got);
    assert_sv(pane->ops->line_text(pane, pane->cursor, &got), "-\tint x = 1;");
    show(pane, 120, 3, true, NULL, false, &got);
    assert_true(sv_find_byte(pane->ops->line_text(pane, pane->cursor, &got), '\n') > 0);
    str_done(&got);
    text_pane_free(pane);
}

static void test_folding(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    struct err err = ERR_INIT;
    assert_false(pane->ops->command(pane, "fold", 1, &err));
    text_pane_go(pane, 2); // the hunk
    run(pane, "fold");
    assert_shown(pane, 60, 6,
                 " # HG changeset patch\n"
                 " src/a.c  +1 -1\n"
                 ">@@ -1,9 +1,9 @@ int main(void)  ~ 10 lines folded ~\n"
                 " new.txt  renamed from old.txt  mode 644 to 755  +1 -0\n"
                 " @@ -3,2 +3,3 @@\n"
                 "  \xe4\xb8\xad\xe6\x96\x87 text\n");
    text_pane_go(pane, 6); // a line of the second file: the cursor goes to its header
    run(pane, "fold");
    assert_int_equal(pane->cursor, 3);
    assert_shown(pane, 80, 6,
                 " # HG changeset patch\n"
                 " src/a.c  +1 -1\n"
                 " @@ -1,9 +1,9 @@ int main(void)  ~ 10 lines folded ~\n"
                 ">new.txt  renamed from old.txt  mode 644 to 755  +1 -0  ~ 1 hunk folded ~\n"
                 " p.png  new file  binary\n"
                 "\n");
    run(pane, "fold-none");
    assert_int_equal(text_pane_n_lines(pane), 19);
    run(pane, "fold-all");
    assert_shown(pane, 80, 5,
                 " # HG changeset patch\n"
                 " src/a.c  +1 -1  ~ 1 hunk folded ~\n"
                 ">new.txt  renamed from old.txt  mode 644 to 755  +1 -0  ~ 1 hunk folded ~\n"
                 " p.png  new file  binary\n"
                 "\n");
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), SIZE_MAX);
    text_pane_free(pane);
}

static void test_context(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    struct str out = STR_INIT;
    assert_sv(status(pane, &out), "3 files +2 -1  context all  word-diff on");
    text_pane_go(pane, 7);
    run(pane, "context-less");
    run(pane, "context-less");
    assert_sv(status(pane, &out), "src/a.c hunk 1 of 1  context 2  word-diff on");
    assert_shown(pane, 50, 12,
                 " # HG changeset patch\n"
                 " src/a.c  +1 -1\n"
                 " @@ -1,9 +1,9 @@ int main(void)\n"
                 " ~ 2 unchanged lines folded ~\n"
                 "  three\n"
                 "  four\n"
                 ">-        int x = 1;\n"
                 " +        int y = 1;\n"
                 "  five\n"
                 "  six\n"
                 " ~ 2 unchanged lines folded ~\n"
                 " new.txt  renamed from old.txt  mode 644 to 755  \xe2\x80\xa6\n");
    text_pane_go(pane, 3); // opening one fold shows the whole hunk
    run(pane, "fold");
    assert_int_equal(text_pane_n_lines(pane), 19);
    run(pane, "context-less");
    run(pane, "context-less");
    assert_sv(status(pane, &out), "src/a.c hunk 1 of 1  context 0  word-diff on");
    for (int i = 0; i < 4; i++) {
        run(pane, "context-more");
    }
    assert_sv(status(pane, &out), "src/a.c hunk 1 of 1  context all  word-diff on");
    str_done(&out);
    text_pane_free(pane);
}

static void test_filter(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    set_filter(pane, "^[-+]\t.*[xy] =|end");
    assert_shown(pane, 60, 6,
                 ">src/a.c  +1 -1\n"
                 " -        int x = 1;\n"
                 " +        int y = 1;\n"
                 " new.txt  renamed from old.txt  mode 644 to 755  +1 -0\n"
                 "  end\n"
                 "\n");
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), 1);
    assert_int_equal(pane->ops->stop(pane, 1, STOP_HUNK, false), 4);
    assert_int_equal(pane->ops->stop(pane, 4, STOP_FILE, true), 3);
    text_pane_go(pane, 4);
    set_filter(pane, NULL);
    struct str out = STR_INIT;
    assert_sv(pane->ops->line_text(pane, pane->cursor, &out), " end");
    set_filter(pane, "nowhere to be found");
    assert_shown(pane, 60, 2, ">no line matches\n\n");
    set_filter(pane, "png"); // the path counts as well
    assert_shown(pane, 60, 2, ">p.png  new file  binary\n\n");
    str_done(&out);
    text_pane_free(pane);
}

static void test_stops(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    assert_int_equal(pane->ops->stop(pane, 0, STOP_FILE, false), 1);
    assert_int_equal(pane->ops->stop(pane, 1, STOP_FILE, false), 13);
    assert_int_equal(pane->ops->stop(pane, 13, STOP_FILE, false), 18);
    assert_int_equal(pane->ops->stop(pane, 18, STOP_FILE, false), SIZE_MAX);
    assert_int_equal(pane->ops->stop(pane, 17, STOP_FILE, true), 13);
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), 2);
    assert_int_equal(pane->ops->stop(pane, 2, STOP_HUNK, false), 14);
    assert_int_equal(pane->ops->stop(pane, 14, STOP_HUNK, false), SIZE_MAX);
    assert_int_equal(pane->ops->stop(pane, 16, STOP_HUNK, true), 14);
    assert_int_equal(pane->ops->stop(pane, 14, STOP_HUNK, true), 2);
    assert_int_equal(pane->ops->stop(pane, 2, STOP_HUNK, true), SIZE_MAX);
    text_pane_free(pane);
}

static void test_wrap_and_whitespace(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    run(pane, "wrap");
    run(pane, "whitespace");
    text_pane_go(pane, 8);
    assert_shown(pane, 14, 7,
                 "  two\n"
                 "  three\n"
                 "  four\n"
                 " -\xe2\x86\x92       int\n"
                 "  x = 1;\n"
                 ">+\xe2\x86\x92       int\n"
                 "  y = 1;\xc2\xb7\n");
    text_pane_free(pane);
}

static void test_carriage_returns_are_seen_with_whitespace(void **state) {
    (void)state;
    struct text_pane *pane =
        diff_pane_new(SV("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-same\r\n+same\n"), SV_NULL);
    assert_shown(pane, 30, 4, ">x  +1 -1\n @@ -1 +1 @@\n -same\n +same\n");
    run(pane, "whitespace");
    assert_shown(pane, 30, 4, ">x  +1 -1\n @@ -1 +1 @@\n -same^M\n +same\n");
    text_pane_free(pane);
}

static void test_copy(void **state) {
    (void)state;
    struct text_pane *pane = open_diff();
    struct str out = STR_INIT;
    assert_false(pane->ops->copy_block(pane, &out));
    text_pane_go(pane, 16);
    assert_true(pane->ops->copy_block(pane, &out));
    assert_sv(str_sv(&out), "@@ -3,2 +3,3 @@\n \xe4\xb8\xad\xe6\x96\x87 text\n+added\n end\n");
    str_clear(&out);
    text_pane_go(pane, 18);
    assert_true(pane->ops->copy_block(pane, &out));
    assert_sv(str_sv(&out), "diff --git a/p.png b/p.png\nnew file mode 100644\n"
                            "Binary files /dev/null and b/p.png differ\n");
    assert_sv(pane->ops->whole(pane), diff_text);
    assert_sv(pane->ops->line_text(pane, 1, &out), "src/a.c  +1 -1");
    str_done(&out);
    text_pane_free(pane);
}

static void test_empty_and_torn(void **state) {
    (void)state;
    struct text_pane *pane = diff_pane_new(SV_NULL, SV_NULL);
    assert_shown(pane, 30, 2, ">this diff is empty\n\n");
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), SIZE_MAX);
    run(pane, "fold-all");
    text_pane_free(pane);
    pane = diff_pane_new(SV_NULL, SV("only a message"));
    assert_shown(pane, 30, 2, ">only a message\n\n");
    text_pane_free(pane);
    pane = diff_pane_new(SV("@@ -1,3 +1,3 @@\n a\n"), SV_NULL);
    assert_shown(pane, 50, 3, ">(no name)  +0 -0\n @@ -1,3 +1,3 @@  ! shorter than it says\n  a\n");
    text_pane_free(pane);
}

// --- plain lines --------------------------------------------------------------------------------

static struct text_pane *open_lines(size_t n) {
    struct text_pane *pane = lines_pane_new("help");
    for (size_t i = 0; i < n; i++) {
        char text[32];
        if (i % 10 == 0) {
            snprintf(text, sizeof text, "part %zu", i / 10);
            lines_pane_heading(pane, sv_cstr(text));
        }
        snprintf(text, sizeof text, "line %zu", i);
        struct text_piece pieces[] = {{SV("key "), ROLE_KEY}, {sv_cstr(text), ROLE_TEXT}};
        lines_pane_add(pane, pieces, COUNTOF(pieces));
    }
    return pane;
}

static void test_lines(void **state) {
    (void)state;
    struct text_pane *pane = open_lines(12);
    struct str got = STR_INIT;
    assert_shown(pane, 16, 14,
                 ">part 0\n key line 0\n key line 1\n key line 2\n key line 3\n key line 4\n"
                 " key line 5\n key line 6\n key line 7\n key line 8\n key line 9\n\n part 1\n"
                 " key line 10\n");
    show(pane, 12, 2, false, NULL, true, &got);
    assert_string_equal(str_cstr(&got), ".hhhhhh.....\n.kkkk.......\noverlays\n"
                                        "222222222222\n............\n");
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), 12);
    assert_int_equal(pane->ops->stop(pane, 12, STOP_FILE, true), 0);
    assert_int_equal(pane->ops->stop(pane, 0, STOP_FILE, true), SIZE_MAX);
    set_filter(pane, "line 1");
    assert_shown(pane, 16, 6, ">part 0\n key line 1\n part 1\n key line 10\n key line 11\n\n");
    set_filter(pane, "nothing like it");
    assert_shown(pane, 20, 2, " no lines to show\n\n");
    set_filter(pane, NULL);
    assert_int_equal(text_pane_n_lines(pane), 15);
    str_clear(&got);
    text_pane_go(pane, 13);
    assert_true(pane->ops->copy_block(pane, &got));
    assert_sv(str_sv(&got), "part 1\nkey line 10\nkey line 11\n");
    str_done(&got);
    text_pane_free(pane);
}

// The markup of an LLM sample: tags, paths and changed lines have roles; tags in a block are text.
static void test_markup(void **state) {
    (void)state;
    struct text_pane *pane = markup_pane_new(SV("<COMMIT_MESSAGE>\n"
                                                "Fix it\n"
                                                "</COMMIT_MESSAGE>\n"
                                                "<FILE>\n"
                                                "  a.c\n"
                                                "  <REMOVED>\n"
                                                "      <FILE>\n"
                                                "  </REMOVED>\n"
                                                "  <ADDED>\n"
                                                "      </ADDED>\n"
                                                "  </ADDED>\n"
                                                "</FILE>\n"
                                                "<FILE>\n"
                                                "  b.c\n"
                                                "</FILE>"));
    assert_int_equal(text_pane_n_lines(pane), 15);
    struct str got = STR_INIT;
    show(pane, 9, 15, false, NULL, true, &got);
    got.len = (size_t)(strstr(str_cstr(&got), "overlays") - got.ptr);
    // The gutter, then eight columns of each line.
    assert_sv(str_sv(&got), ".llllllll\n.........\n.llllllll\n"
                            ".llllll..\n.FFFFF...\n"
                            ".llllllll\n.DDDDDDDD\n.llllllll\n"
                            ".llllllll\n.AAAAAAAA\n.llllllll\n"
                            ".lllllll.\n.llllll..\n.FFFFF...\n.lllllll.\n");
    assert_int_equal(pane->ops->stop(pane, 0, STOP_HUNK, false), 3);
    assert_int_equal(pane->ops->stop(pane, 3, STOP_HUNK, false), 5);
    assert_int_equal(pane->ops->stop(pane, 3, STOP_FILE, false), 12);
    assert_int_equal(pane->ops->stop(pane, 12, STOP_FILE, true), 3);
    assert_int_equal(pane->ops->stop(pane, 12, STOP_FILE, false), SIZE_MAX);
    str_clear(&got);
    pane->ops->status(pane, &got);
    assert_sv(str_sv(&got), "2 files");
    str_clear(&got);
    text_pane_go(pane, 6);
    pane->ops->status(pane, &got);
    assert_sv(str_sv(&got), "a.c  file 1 of 2");
    str_done(&got);
    text_pane_free(pane);
    pane = markup_pane_new(SV_NULL);
    assert_int_equal(text_pane_n_lines(pane), 0);
    text_pane_free(pane);
}

static void test_unsafe_text(void **state) {
    (void)state;
    struct text_pane *pane = lines_pane_new("detail");
    struct text_piece piece = {SV("a\x1b[31mb\tc\nd\xff"
                                  "e"),
                               ROLE_TEXT};
    lines_pane_add(pane, &piece, 1);
    assert_shown(pane, 40, 1,
                 ">a^[[31mb        c\xe2\x86\xb5"
                 "d\xef\xbf\xbd"
                 "e\n");
    text_pane_free(pane);
}

static void test_moving(void **state) {
    (void)state;
    struct text_pane *pane = open_lines(95); // 95 lines, 10 headings, 9 blanks
    struct str got = STR_INIT;
    assert_int_equal(text_pane_n_lines(pane), 114);
    show(pane, 20, 10, true, NULL, false, &got);
    text_pane_move(pane, 12); // one line at a time: the page follows
    show(pane, 20, 10, true, NULL, false, &got);
    assert_int_equal(pane->top, 3);
    text_pane_move(pane, -11);
    show(pane, 20, 10, true, NULL, false, &got);
    assert_int_equal(pane->top, 1);
    text_pane_go(pane, 60); // a jump stands in the middle
    show(pane, 20, 10, true, NULL, false, &got);
    assert_int_equal(pane->top, 55);
    text_pane_go(pane, SIZE_MAX);
    show(pane, 20, 10, true, NULL, false, &got);
    assert_int_equal(pane->cursor, 113);
    assert_int_equal(pane->top, 104);
    text_pane_scroll(pane, -20); // the cursor is dragged along
    assert_int_equal(pane->top, 84);
    assert_int_equal(pane->cursor, 93);
    text_pane_scroll(pane, INT64_MAX);
    assert_int_equal(pane->top, 104);
    text_pane_scroll(pane, INT64_MIN);
    assert_int_equal(pane->top, 0);
    text_pane_move(pane, INT64_MIN);
    assert_int_equal(pane->cursor, 0);
    text_pane_move(pane, INT64_MAX);
    assert_int_equal(pane->cursor, 113);
    str_done(&got);
    text_pane_free(pane);
}

static void test_sideways(void **state) {
    (void)state;
    struct text_pane *pane = lines_pane_new("detail");
    struct text_piece piece = {SV("0123456789\xe4\xb8\xad"
                                  "abcdefghij"),
                               ROLE_TEXT};
    lines_pane_add(pane, &piece, 1);
    pane->left = 8;
    assert_shown(pane, 9, 1,
                 ">89\xe4\xb8\xad"
                 "abc\xe2\x80\xa6\n");
    pane->left = 11; // half of the wide character is left out
    assert_shown(pane, 9, 1, "> abcdef\xe2\x80\xa6\n");
    pane->left = 8000; // back to where there is text
    assert_shown(pane, 9, 1, ">ghij\n");
    assert_int_equal(pane->left, 18);
    text_pane_free(pane);
}

static void test_wrapped_lines_keep_the_cursor_visible(void **state) {
    (void)state;
    struct text_pane *pane = lines_pane_new("detail");
    for (int i = 0; i < 6; i++) {
        struct text_piece piece = {SV("aaaaaaaabbbbbbbbcc"), ROLE_TEXT};
        lines_pane_add(pane, &piece, 1);
    }
    pane->wrap = true;
    text_pane_go(pane, 3);
    assert_shown(pane, 9, 7,
                 " aaaaaaaa\n bbbbbbbb\n cc\n>aaaaaaaa\n bbbbbbbb\n cc\n aaaaaaa\xe2\x80\xa6\n");
    assert_int_equal(pane->top, 2);
    assert_int_equal(pane->shown, 3);
    text_pane_go(pane, 0);
    assert_shown(pane, 9, 2, ">aaaaaaaa\n bbbbbbb\xe2\x80\xa6\n"); // taller than the pane
    text_pane_free(pane);
}

static void test_search(void **state) {
    (void)state;
    struct text_pane *pane = open_lines(30);
    struct regex *re = regex_compile(SV("line 2$|line 25"), true, NULL, NULL);
    struct matcher *m = matcher_new(re);
    bool wrapped = true;
    assert_int_equal(text_pane_search(pane, m, 0, false, &wrapped), 3);
    assert_false(wrapped);
    assert_int_equal(text_pane_search(pane, m, 3, false, &wrapped), 30);
    assert_int_equal(text_pane_search(pane, m, 30, false, &wrapped), 3);
    assert_true(wrapped);
    assert_int_equal(text_pane_search(pane, m, 3, true, &wrapped), 30);
    assert_true(wrapped);
    assert_int_equal(text_pane_search(pane, m, 30, true, &wrapped), 3);
    assert_false(wrapped);
    set_filter(pane, "line 25");
    assert_int_equal(text_pane_search(pane, m, 1, false, &wrapped), 1); // the only one
    assert_true(wrapped);
    set_filter(pane, "nothing like it");
    assert_int_equal(text_pane_search(pane, m, 0, false, &wrapped), SIZE_MAX);
    matcher_free(m);
    regex_unref(re);
    text_pane_free(pane);
}

static void test_any_size(void **state) {
    (void)state;
    struct str got = STR_INIT;
    struct text_pane *panes[] = {open_diff(), open_lines(20)};
    for (size_t i = 0; i < COUNTOF(panes); i++) {
        for (int w = 1; w < 180; w += w < 24 ? 1 : 13) {
            run(panes[i], "wrap");
            text_pane_go(panes[i], (size_t)w);
            show(panes[i], w, 1 + w % 7, w % 2, NULL, false, &got);
        }
        text_pane_free(panes[i]);
    }
    str_done(&got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unified),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_panel_and_numbers),
        cmocka_unit_test(test_panel_cuts_paths_at_the_left),
        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_wrap_and_whitespace),
        cmocka_unit_test(test_carriage_returns_are_seen_with_whitespace),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_empty_and_torn),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_markup),
        cmocka_unit_test(test_unsafe_text),
        cmocka_unit_test(test_moving),
        cmocka_unit_test(test_sideways),
        cmocka_unit_test(test_wrapped_lines_keep_the_cursor_visible),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
