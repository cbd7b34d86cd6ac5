#include "ui/diff.h"

#include "base/file.h"
#include "base/num.h"
#include "base/str.h"
#include "unit.h"

static struct str read_corpus(const char *folder, struct sv name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%.*s", CORPUS, folder, SV_ARG(name));
    FILE *f = fopen(path, "rb");
    if (!f) {
        fail_msg("cannot open %s", path);
    }
    struct str text = STR_INIT;
    for (size_t n = 1; n;) {
        n = fread(str_reserve(&text, 65536), 1, 65536, f);
        text.len += n;
        text.ptr[text.len] = '\0';
    }
    fclose(f);
    return text;
}

static uint32_t number(struct sv text) {
    int64_t n = -1;
    assert_true(num_parse_i64(text, &n));
    return (uint32_t)n;
}

// Files, hunks and lines fit together, whatever the text is.
static void assert_whole(const struct diff *d) {
    uint32_t added = 0, removed = 0, hunks = 0;
    for (size_t i = 0; i < d->files.n; i++) {
        const struct diff_file *file = &d->files.ptr[i];
        uint32_t file_added = 0, file_removed = 0;
        assert_int_equal(file->first_hunk, hunks);
        for (uint32_t h = 0; h < file->n_hunks; h++, hunks++) {
            const struct diff_hunk *hunk = &d->hunks.ptr[hunks];
            assert_int_equal(hunk->file, i);
            assert_true(hunk->first_line >= file->first_line);
            assert_true(hunk->first_line + hunk->n_lines <= file->first_line + file->n_lines);
            file_added += hunk->n_added;
            file_removed += hunk->n_removed;
        }
        assert_int_equal(file->n_added, file_added);
        assert_int_equal(file->n_removed, file_removed);
        added += file_added;
        removed += file_removed;
    }
    assert_int_equal(hunks, d->hunks.n);
    assert_int_equal(d->n_added, added);
    assert_int_equal(d->n_removed, removed);
}

// counts.tsv was made by `git apply --numstat`, an independent reader of the same patches.
static void test_real_changesets(void **state) {
    (void)state;
    struct str table = read_corpus("treeherder/hg/raw-rev", SV("counts.tsv"));
    struct sv rest = str_sv(&table);
    struct sv line;
    size_t n = 0;
    sv_split(&rest, '\n', &line); // the names of the columns
    while (sv_split(&rest, '\n', &line) && line.len) {
        struct sv cells[5];
        for (size_t i = 0; i < 5; i++) {
            assert_true(sv_split(&line, '\t', &cells[i]));
        }
        struct str text = read_corpus("treeherder/hg/raw-rev", cells[0]);
        struct diff d;
        diff_parse(&d, str_sv(&text));
        assert_whole(&d);
        if (d.files.n != number(cells[1]) || d.n_added != number(cells[2]) ||
            d.n_removed != number(cells[3]) || d.hunks.n != number(cells[4])) {
            fail_msg("%.*s: %zu files, +%u -%u, %zu hunks", SV_ARG(cells[0]), d.files.n, d.n_added,
                     d.n_removed, d.hunks.n);
        }
        array_foreach (hunk, &d.hunks) {
            assert_false(hunk->torn);
        }
        diff_done(&d);
        str_done(&text);
        n++;
    }
    assert_int_equal(n, 66);
    str_done(&table);
}

static const char git_text[] = "diff --git a/old name.c b/new name.c\n"
                               "similarity index 90%\n"
                               "rename from old name.c\n"
                               "rename to new name.c\n"
                               "--- a/old name.c\n"
                               "+++ b/new name.c\n"
                               "@@ -1 +1 @@\n"
                               "-a\n"
                               "+b\n"
                               "diff --git a/x b/y\n"
                               "copy from x\n"
                               "copy to y\n"
                               "diff --git a/run me b/run me\n"
                               "old mode 100644\n"
                               "new mode 100755\n"
                               "diff --git a/icon.png b/icon.png\n"
                               "new file mode 100644\n"
                               "index 0000000000..1234567890\n"
                               "GIT binary patch\n"
                               "literal 3\n"
                               "KcmZQ zVE{\n"
                               "\n"
                               "diff --git a/gone b/gone\n"
                               "deleted file mode 100644\n"
                               "--- a/gone\n"
                               "+++ /dev/null\n"
                               "@@ -1,2 +0,0 @@\n"
                               "-one\n"
                               "-two\n"
                               "\\ No newline at end of file\n"
                               "diff --git \"a/f\\303\\274\" \"b/f\\303\\274\"\n"
                               "new file mode 100644\n"
                               "--- /dev/null\n"
                               "+++ \"b/f\\303\\274\"\n"
                               "@@ -0,0 +1 @@\n"
                               "+x\n";

static void test_git_headers(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV(git_text));
    assert_whole(&d);
    assert_int_equal(d.files.n, 6);
    const struct diff_file *f = d.files.ptr;
    assert_int_equal(f[0].change, CHANGE_RENAMED);
    assert_sv(f[0].old_path, "old name.c");
    assert_sv(diff_file_path(&f[0]), "new name.c");
    assert_int_equal(f[1].change, CHANGE_COPIED);
    assert_sv(f[1].old_path, "x");
    assert_sv(f[1].new_path, "y");
    assert_int_equal(f[2].change, CHANGE_MODE);
    assert_sv(diff_file_path(&f[2]), "run me");
    assert_sv(f[2].old_mode, "100644");
    assert_sv(f[2].new_mode, "100755");
    assert_int_equal(f[3].change, CHANGE_ADDED);
    assert_true(f[3].binary);
    assert_int_equal(f[4].change, CHANGE_DELETED);
    assert_sv(diff_file_path(&f[4]), "gone");
    assert_int_equal(f[4].n_removed, 2);
    assert_sv(diff_file_path(&f[5]), "f\\303\\274");
    assert_int_equal(f[5].change, CHANGE_ADDED);
    diff_done(&d);
}

static void test_hg_headers(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV("diff -r 1234567890ab -r ba0987654321 a dir/file with blanks.txt\n"
                      "--- a/a dir/file with blanks.txt\tThu Jan 01 00:00:00 1970 +0000\n"
                      "+++ b/a dir/file with blanks.txt\tFri Jan 02 00:00:00 1970 +0000\n"
                      "@@ -1,1 +1,1 @@\n"
                      "-old\n"
                      "\\ No newline at end of file\n"
                      "+new\n"
                      "\\ No newline at end of file\n"
                      "diff -r 1234567890ab -r ba0987654321 two words.png\n"
                      "Binary file two words.png has changed\n"
                      "diff -r 1234567890ab empty\n"
                      "--- a/empty\tThu Jan 01 00:00:00 1970 +0000\n"
                      "+++ /dev/null\tThu Jan 01 00:00:00 1970 +0000\n"
                      "@@ -1,1 +0,0 @@\n"
                      "-gone\n"));
    assert_whole(&d);
    assert_int_equal(d.files.n, 3);
    assert_sv(diff_file_path(&d.files.ptr[0]), "a dir/file with blanks.txt");
    assert_int_equal(d.files.ptr[0].n_added, 1);
    assert_int_equal(d.files.ptr[0].n_removed, 1);
    assert_int_equal(d.hunks.ptr[0].n_lines, 5);
    assert_sv(diff_file_path(&d.files.ptr[1]), "two words.png");
    assert_true(d.files.ptr[1].binary);
    assert_int_equal(d.files.ptr[1].n_hunks, 0);
    assert_int_equal(d.files.ptr[2].change, CHANGE_DELETED);
    assert_sv(diff_file_path(&d.files.ptr[2]), "empty");
    diff_done(&d);
}

// The counts decide, not the looks of a line.
static void test_lines_like_headers(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV("--- a/q.sql\n"
                      "+++ b/q.sql\n"
                      "@@ -1,3 +1,3 @@\n"
                      "--- a comment\n"
                      "-diff --git a/x b/x\n"
                      "+++ counted\n"
                      "+@@ -1 +1 @@\n"
                      " \n"));
    assert_whole(&d);
    assert_int_equal(d.files.n, 1);
    assert_int_equal(d.hunks.n, 1);
    assert_int_equal(d.n_removed, 2);
    assert_int_equal(d.n_added, 2);
    assert_false(d.hunks.ptr[0].torn);
    assert_sv(diff_line(&d, 3), "--- a comment");
    assert_int_equal(d.kinds.ptr[3], DIFF_REMOVED);
    assert_int_equal(d.kinds.ptr[5], DIFF_ADDED);
    diff_done(&d);
}

static void test_broken_counts(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV("--- a/x\n+++ b/x\n"
                      "@@ -1,9 +1,9 @@\n"
                      " one\n"
                      "-two\n"
                      "diff --git a/y b/y\n"
                      "--- a/y\n+++ b/y\n"
                      "@@ -1 +1 @@\n"
                      "-a\n"
                      "+b\n"
                      "+more than it says\n"
                      "@@ -1,999999999999 +1 @@\n"
                      "@@ nothing @@\n"
                      "@@ -5,2 +5,2 @@\n"
                      " cut off"));
    assert_whole(&d);
    assert_int_equal(d.files.n, 2);
    assert_int_equal(d.hunks.n, 3);
    assert_true(d.hunks.ptr[0].torn);
    assert_int_equal(d.hunks.ptr[0].n_lines, 3);
    assert_false(d.hunks.ptr[1].torn);
    assert_int_equal(d.kinds.ptr[11], DIFF_OTHER);
    assert_int_equal(d.n_added, 1);
    assert_int_equal(d.kinds.ptr[12], DIFF_OTHER); // no number of lines
    assert_int_equal(d.kinds.ptr[13], DIFF_OTHER);
    assert_true(d.hunks.ptr[2].torn);
    assert_sv(diff_line(&d, diff_n_lines(&d) - 1), " cut off");
    diff_done(&d);
}

static void test_no_diff(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n", "plain text", "a\n\\ b\n", "--- only\n", "@@ -"};
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct diff d;
        diff_parse(&d, sv_cstr(texts[i]));
        assert_int_equal(d.files.n, 0);
        assert_int_equal(d.hunks.n, 0);
        for (size_t k = 0; k < diff_n_lines(&d); k++) {
            assert_int_equal(d.kinds.ptr[k], DIFF_OTHER);
            assert_int_equal(diff_file_at(&d, k), -1);
            assert_int_equal(diff_hunk_at(&d, k), -1);
        }
        diff_done(&d);
    }
}

static void test_line_ends(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV("--- a/x\r\n+++ b/x\r\n@@ -1,3 +1,3 @@\r\n one\r\n\n-a\r\n+b\r\n"));
    assert_int_equal(d.files.n, 1);
    assert_sv(diff_file_path(&d.files.ptr[0]), "x");
    assert_false(d.hunks.ptr[0].torn);
    assert_int_equal(d.kinds.ptr[4], DIFF_CONTEXT); // its blank was stripped
    assert_sv(diff_line(&d, 5), "-a");
    diff_done(&d);
}

static void test_numbers(void **state) {
    (void)state;
    struct diff d;
    diff_parse(&d, SV("--- a/x\n+++ b/x\n@@ -10,3 +20,4 @@\n a\n-b\n+c\n+d\n e\n"
                      "\\ No newline at end of file\n"));
    static const uint32_t want[][2] = {{0, 0},  {0, 0},  {0, 0},   {10, 20}, {11, 0},
                                       {0, 21}, {0, 22}, {12, 23}, {0, 0}};
    assert_int_equal(diff_n_lines(&d), COUNTOF(want));
    for (size_t i = 0; i < COUNTOF(want); i++) {
        uint32_t old_no, new_no;
        diff_numbers(&d, i, &old_no, &new_no);
        assert_int_equal(old_no, want[i][0]);
        assert_int_equal(new_no, want[i][1]);
    }
    assert_int_equal(diff_hunk_at(&d, 2), 0);
    assert_int_equal(diff_hunk_at(&d, 1), -1);
    assert_int_equal(diff_hunk_at(&d, 8), 0);
    diff_done(&d);
}

static void test_opposite(void **state) {
    (void)state;
    struct diff d;
    //                  0     1        2                3    4    5       6    7    8       9    10
    diff_parse(&d, SV("--- a\n+++ b\n@@ -1,4 +1,5 @@\n-1\n-2\n\\ no\n+3\n+4\n+5\n\\ no\n 6\n"
                      "-7\n"));
    static const int64_t want[] = {-1, -1, -1, 6, 7, -1, 3, 4, -1, -1, -1, -1};
    assert_int_equal(diff_n_lines(&d), COUNTOF(want));
    for (size_t i = 0; i < COUNTOF(want); i++) {
        assert_int_equal(diff_opposite(&d, i), want[i]);
    }
    struct diff_block b;
    assert_true(diff_block_at(&d, 7, &b));
    assert_int_equal(b.old_first, 3);
    assert_int_equal(b.n_old, 2);
    assert_int_equal(b.new_first, 6);
    assert_int_equal(b.n_new, 3);
    assert_int_equal(b.end, 10);
    assert_true(diff_block_at(&d, 11, &b));
    assert_int_equal(b.n_old, 1);
    assert_int_equal(b.n_new, 0);
    assert_false(diff_block_at(&d, 5, &b));
    diff_done(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_changesets), cmocka_unit_test(test_git_headers),
        cmocka_unit_test(test_hg_headers),      cmocka_unit_test(test_lines_like_headers),
        cmocka_unit_test(test_broken_counts),   cmocka_unit_test(test_no_diff),
        cmocka_unit_test(test_line_ends),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_opposite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
