#include "unit.h"

#include "base/arena.h"
#include "base/regex.h"
#include "base/str.h"
#include "query/literal_int.h"

static uint64_t state64 = 88172645463325252U;

static uint64_t rnd(void) {
    state64 ^= state64 << 13;
    state64 ^= state64 >> 7;
    state64 ^= state64 << 17;
    return state64;
}

// --- finding
// --------------------------------------------------------------------------------------

static char fold(char c, bool folded) {
    return folded && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t find_naively(struct sv text, struct sv what, bool folded, size_t from) {
    for (size_t at = from; at + what.len <= text.len; at++) {
        size_t i = 0;
        while (i < what.len && fold(text.ptr[at + i], folded) == fold(what.ptr[i], folded)) {
            i++;
        }
        if (i == what.len) {
            return at;
        }
    }
    return SIZE_MAX;
}

static void finds_what_a_loop_finds(void **state) {
    (void)state;
    static const char letters[] = "abAB@`[{ \0\xe2";
    static char text[400];
    char what[6];
    for (int round = 0; round < 20000; round++) {
        struct arena a = {0};
        struct literal lit;
        size_t len = rnd() % sizeof text;
        size_t n = rnd() % sizeof what + 1;
        bool folded = rnd() % 2;
        for (size_t i = 0; i < len; i++) {
            text[i] = letters[rnd() % (sizeof letters - 1)];
        }
        for (size_t i = 0; i < n; i++) {
            what[i] = letters[rnd() % (sizeof letters - 1)];
        }
        literal_init(&lit, sv_make(what, n), folded, &a);
        size_t from = rnd() % 80;
        assert_int_equal(literal_find(&lit, text, len, from),
                         find_naively(sv_make(text, len), sv_make(what, n), folded, from));
        arena_done(&a);
    }
}

// --- what patterns demand
// -------------------------------------------------------------------------

struct demand {
    const char *pattern;
    bool folded;
    const char *want; // literals with a comma between; "" = nothing is known
};

static const struct demand demands[] = {
    {"crash", false, "crash"},
    {"Crash", true, "cra"}, // folded: 's' is also U+017F, 'k' U+212A
    {"talos", true, "talo"},
    {"ab+cd", false, "ab"},
    {"abc?de", false, "ab"},
    {"abc*de", false, "ab"},
    {"abc{2}def", false, "def"},
    {"abc{2,3}?d", false, "ab"},
    {"a{x}", false, ""}, // a brace that stands for itself
    {"ab|cde", false, "ab,cde"},
    {"ab|c", false, ""},
    {"ab|", false, ""},
    {"|ab", false, ""},
    {"(ab|cd)efg", false, "efg"},
    {"xy(ab)?", false, "xy"},
    {"x(a[)]b)yz", false, "yz"},
    {"[abc]def", false, "def"},
    {"[]abc]def", false, "def"},
    {"[^]abc]def", false, "def"},
    {"[[:alpha:]]def", false, "def"},
    {"[a\\]b]def", false, "def"},
    {"^abc$", false, "abc"},
    {"a.bc", false, "bc"},
    {"\\bflush ion\\b", false, "flush ion"},
    {"D\\d{5}78", false, "78"},
    {"a\\.b\\*c", false, "a.b*c"},
    {"\\x41bc", false, ""},
    {"\\p{Lu}bcd", false, ""},
    {"\\Qab.cd\\E", false, ""},
    {"(ab)\\1cd", false, ""},
    {"(?i)abc", false, ""},
    {"(?:ab)cde", false, "cde"},
    {"(?=ab)cde", false, "cde"},
    {"(?<!ab)cde", false, "cde"},
    {"(*UCP)abc", false, ""},
    {"na\xc3\xafve", false, "na\xc3\xafve"},
    {"na\xc3\xafve", true, "na"},
    {"na\xc3\xaf*ve", false, "na"},
    {"", false, ""},
    {".*", false, ""},
};

static void demands_of_patterns(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
        struct arena a = {0};
        struct literal_set set;
        struct str got = STR_INIT;
        pattern_literals(sv_cstr(demands[i].pattern), demands[i].folded, &a, &set);
        for (size_t k = 0; k < set.n; k++) {
            str_add_cstr(&got, k ? "," : "");
            str_add_sv(&got, set.of[k].text);
        }
        if (strcmp(str_cstr(&got), demands[i].want) != 0) {
            fail_msg("%s: \"%s\", want \"%s\"", demands[i].pattern, str_cstr(&got),
                     demands[i].want);
        }
        str_done(&got);
        arena_done(&a);
    }
}

// Whatever PCRE matches holds one of the literals, for patterns put together at random.
static void no_match_without_a_literal(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "a",     "b",     "ab",  "k",   "S",           ".",        "\\.",   "[ab]",  "[^a]",
        "(ab)",  "(a|b)", "|",   "?",   "*",           "+",        "{2}",   "{0,1}", "??",
        "*+",    "\\d",   "\\w", "\\b", "^",           "$",        "(?:b",  ")",     "(",
        "[",     "]",     "{",   "}",   "\\",          "\xc3\xaf", "\\x61", "(?i)",  "(?=a)",
        "(?!b)", "\\K",   "\\Q", "\\E", "[[:alpha:]]", "x",        "(?#c)", "-",
    };
    static const char *const texts[] = {"a", "b",        "ab",       "k", "\xe2\x84\xaa",
                                        "S", "\xc5\xbf", ".",        "A", "aB",
                                        "1", "\xc3\xaf", "\xc3\x8f", "x", "-",
                                        " ", "{",        "aa",       "bb"};
    size_t n_matches = 0;
    for (int round = 0; round < 30000; round++) {
        struct arena a = {0};
        struct str pattern = STR_INIT;
        for (uint64_t n = rnd() % 7 + 1; n; n--) {
            str_add_cstr(&pattern, pieces[rnd() % (sizeof pieces / sizeof pieces[0])]);
        }
        struct regex *re = regex_compile(str_sv(&pattern), true, NULL, NULL);
        struct matcher *m = re ? matcher_new(re) : NULL;
        struct literal_set set;
        pattern_literals(str_sv(&pattern), true, &a, &set);
        for (int t = 0; m && set.n && t < 20; t++) {
            struct str text = STR_INIT;
            for (uint64_t n = rnd() % 6; n; n--) {
                str_add_cstr(&text, texts[rnd() % (sizeof texts / sizeof texts[0])]);
            }
            bool held = false;
            for (size_t k = 0; k < set.n; k++) {
                held |= literal_find(&set.of[k], str_cstr(&text), text.len, 0) != SIZE_MAX;
            }
            bool hit = matcher_test(m, str_sv(&text));
            n_matches += hit;
            if (hit && !held) {
                fail_msg("%s matches \"%s\" without %.*s", str_cstr(&pattern), str_cstr(&text),
                         SV_ARG(set.of[0].text));
            }
            str_done(&text);
        }
        matcher_free(m);
        regex_unref(re);
        str_done(&pattern);
        arena_done(&a);
    }
    assert_true(n_matches > 500); // else the round proves nothing
}

static void demands_of_texts(void **state) {
    (void)state;
    struct arena a = {0};
    struct literal_set set;
    text_literals(SV("Crash in talos"), false, &a, &set);
    assert_sv(set.of[0].text, "Crash in talos");
    text_literals(SV("crash in talos"), true, &a, &set);
    assert_sv(set.of[0].text, "h in talo");
    text_literals(SV("ks"), true, &a, &set);
    assert_int_equal(set.n, 0);
    text_literals(SV(""), false, &a, &set);
    assert_int_equal(set.n, 0);
    arena_done(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_a_loop_finds),
        cmocka_unit_test(demands_of_patterns),
        cmocka_unit_test(no_match_without_a_literal),
        cmocka_unit_test(demands_of_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
