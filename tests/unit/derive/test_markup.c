#include "derive/markup.h"

#include "base/file.h"
#include "base/json.h"
#include "unit.h"

static struct sv text_of(const json_t *v, const char *key) {
    const json_t *text = json_object_get(v, key);
    return sv_make(json_string_value(text), json_string_length(text));
}

static void check(const char *name, struct sv diff, struct sv want) {
    // What stands in front must not matter, and stays.
    auto_str got = STR_INIT;
    str_add_cstr(&got, "before\n");
    diff_markup(diff, &got);
    assert_sv(sv_sub(str_sv(&got), 0, 7), "before\n");
    if (!sv_eq(sv_from(str_sv(&got), 7), want)) {
        fail_msg("%s: got\n%s\nwant\n%.*s", name, str_cstr(&got) + 7, SV_ARG(want));
    }
}

static void recorded_vectors(void **state) {
    (void)state;
    auto_str file = STR_INIT;
    assert_true(
        file_read(CORPUS "/mozilla-perf/units/structured_diff.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    int n = 0;
    while (sv_split(&rest, '\n', &line)) {
        if (line.len) {
            auto_json *v = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
            assert_non_null(v);
            check(json_string_value(json_object_get(v, "name")), text_of(v, "diff"),
                  text_of(v, "markup"));
            n++;
        }
    }
    assert_int_equal(n, 50);
}

static void blocks_in_front_of_files(void **state) {
    (void)state;
    check("header before the block", SV("+a\nrename to r\n+b"),
          SV("<FILE>\n  r\n  <ADDED>\n      a\n      b\n  </ADDED>\n</FILE>"));
    check("lost at the end", SV("diff --git a/x b/x\n+a\nBinary files x and y differ\n-b"),
          SV("<FILE>\n  x\n  <ADDED>\n      a\n  </ADDED>\n  Binary file changed.\n</FILE>"));
    check("nothing but a lost block", SV("+a"), SV(""));
    check("line breaks of other systems",
          SV("diff -r 1 -r 2 f\r+a\xc2\x85+b\xe2\x80\xa8+c\xe2\x80"),
          SV("<FILE>\n  f\n  <ADDED>\n      a\n      b\n      c\xe2\x80\n  </ADDED>\n</FILE>"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_vectors),
        cmocka_unit_test(blocks_in_front_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
