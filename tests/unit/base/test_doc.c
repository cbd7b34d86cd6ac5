#include "base/doc.h"

#include <math.h>

#include "base/array.h"
#include "base/file.h"
#include "base/json.h"
#include "base/simd_text.h"
#include "base/text_write.h"
#include "unit.h"

static uint64_t rng_state = 0x9e3779b97f4a7c15U;

static uint64_t rng(void) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

// Texts are handed to the readers in memory of exactly their size, so that a sanitizer sees a read
// behind the end.
static char *exact_copy(struct sv text) {
    char *copy = malloc(text.len ? text.len : 1);
    assert_non_null(copy);
    if (text.len) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

static struct sv member(const json_t *row, const char *name) {
    const json_t *text = json_object_get(row, name);
    return sv_make(json_string_value(text), json_string_length(text));
}

static json_t *load(struct sv text) {
    return json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

// ---- trees of both spellings, in the notation of the Python vectors ------------------------

static json_t *tree_of(struct doc *doc, const struct doc_token *tok, bool python);

static json_t *text_node(struct sv text) {
    json_t *node = json_stringn(text.ptr ? text.ptr : "", text.len);
    return node ? node : json_string("(no UTF-8)");
}

static json_t *real_node(const struct doc_token *tok) {
    if (tok->big) {
        return json_pack("{s:s%}", "bigint", tok->text.ptr, tok->text.len);
    }
    if (!isfinite(tok->f)) {
        return json_pack("{s:s}", "float", isnan(tok->f) ? "nan" : tok->f > 0 ? "inf" : "-inf");
    }
    return json_real(tok->f);
}

// Bytes and complex numbers come as their source; the vectors hold their value.
static json_t *other_node(struct sv source) {
    if (sv_is(source, "...")) {
        return json_pack("{s:s}", "other", "...");
    }
    if (source.ptr[0] != 'b') {
        auto_str text = STR_INIT;
        str_addf(&text, "(%.*s)", SV_ARG(source));
        return json_pack("{s:s}", "complex", text.ptr);
    }
    struct doc doc;
    struct doc_token tok;
    auto_str hex = STR_INIT;
    pylit_doc_init(&doc, sv_from(source, 1));
    assert_true(doc_next(&doc, &tok));
    for (size_t i = 0; i < tok.text.len; i++) {
        unsigned c = (unsigned char)tok.text.ptr[i];
        if (c >= 0xc2) { // U+0080..U+00FF in UTF-8 are the bytes 80..FF
            c = (c & 3) << 6 | ((unsigned char)tok.text.ptr[++i] & 0x3f);
        }
        str_addf(&hex, "%02x", c);
    }
    doc_done(&doc);
    return json_pack("{s:s}", "bytes", str_cstr(&hex));
}

static json_t *list_node(struct doc *doc, const struct doc_token *open, bool python) {
    json_t *items = json_array();
    enum doc_list_kind sub = open->sub;
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_LIST_END) {
        json_array_append_new(items, tree_of(doc, &tok, python));
    }
    if (!python || sub == DOC_PLAIN_LIST) {
        return items;
    }
    return json_pack("{s:o}", sub == DOC_TUPLE ? "tuple" : "set", items);
}

// Keys compare as in Python: 1 and 1.0 are one key. The first one stays, with the last value.
static void put_pair(json_t *pairs, json_t *key, json_t *value) {
    json_t *pair;
    size_t i;
    json_array_foreach(pairs, i, pair) {
        const json_t *old = json_array_get(pair, 0);
        bool numbers = json_is_number(old) && json_is_number(key);
        if (numbers ? json_number_value(old) == json_number_value(key) : json_equal(old, key)) {
            json_array_set_new(pair, 1, value);
            json_decref(key);
            return;
        }
    }
    json_array_append_new(pairs, json_pack("[oo]", key, value));
}

static json_t *key_node(const struct doc_token *tok) {
    if (!tok->b) {
        return text_node(tok->text);
    }
    struct doc doc;
    struct doc_token part;
    pylit_doc_init(&doc, tok->text);
    assert_true(doc_next(&doc, &part));
    json_t *node = tree_of(&doc, &part, true);
    doc_done(&doc);
    return node;
}

static json_t *map_node(struct doc *doc, bool python) {
    json_t *pairs = python ? json_array() : json_object();
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind != DOC_MAP_END) {
        assert_int_equal(tok.kind, DOC_KEY);
        json_t *key = key_node(&tok);
        if (!doc_next(doc, &tok)) {
            json_decref(key);
            break;
        }
        json_t *value = tree_of(doc, &tok, python);
        if (python) {
            put_pair(pairs, key, value);
        } else {
            json_object_setn_new_nocheck(pairs, json_string_value(key), json_string_length(key),
                                         value);
            json_decref(key);
        }
    }
    return python ? json_pack("{s:o}", "dict", pairs) : pairs;
}

static json_t *tree_of(struct doc *doc, const struct doc_token *tok, bool python) {
    switch (tok->kind) {
    case DOC_NULL:
        return json_null();
    case DOC_BOOL:
        return json_boolean(tok->b);
    case DOC_INT:
        assert_true(tok->f == (double)tok->i);
        return json_integer(tok->i);
    case DOC_FLOAT:
        return real_node(tok);
    case DOC_TEXT:
        return text_node(tok->text);
    case DOC_LIST:
        return list_node(doc, tok, python);
    case DOC_MAP:
        return map_node(doc, python);
    case DOC_OTHER:
        return other_node(tok->text);
    case DOC_END:
    case DOC_ERROR:
    case DOC_KEY:
    case DOC_LIST_END:
    case DOC_MAP_END:
        break;
    }
    return json_null();
}

// NULL when the text is refused.
static json_t *tree_of_text(struct sv text, bool python) {
    struct doc doc;
    struct doc_token tok;
    char *copy = exact_copy(text);
    (python ? pylit_doc_init : json_doc_init)(&doc, sv_make(copy, text.len));
    json_t *tree = doc_next(&doc, &tok) ? tree_of(&doc, &tok, python) : NULL;
    assert_false(doc_next(&doc, &tok));
    if (tok.kind != DOC_END) {
        assert_int_equal(tok.kind, DOC_ERROR);
        assert_int_equal(doc_error(&doc)->code, ERR_FORMAT);
        assert_non_null(strstr(doc_error(&doc)->msg, "byte "));
        assert_false(doc_next(&doc, &tok));
        assert_int_equal(tok.kind, DOC_ERROR);
        json_decref(tree);
        tree = NULL;
    }
    doc_done(&doc);
    free(copy);
    return tree;
}

static void expect_tree(const json_t *got, const json_t *want, struct sv text) {
    if (!json_equal(got, want)) {
        char *a = json_dumps(got, JSON_ENCODE_ANY), *b = json_dumps(want, JSON_ENCODE_ANY);
        fail_msg("%.*s\ngot  %s\nwant %s", SV_ARG(text), a, b);
    }
}

// ---- JSON against jansson ------------------------------------------------------------------

// What this reader takes beyond jansson, by its contract.
static bool may_differ(struct sv text, const json_error_t *why) {
    enum json_error_code code = json_error_code(why);
    return code == json_error_invalid_utf8 || code == json_error_numeric_overflow ||
           sv_find(text, SV("NaN")) >= 0 || sv_find(text, SV("Infinity")) >= 0 ||
           sv_find(text, SV("\\ud")) >= 0 || sv_find(text, SV("\\uD")) >= 0;
}

static void check_json(struct sv text) {
    json_error_t why;
    json_t *want =
        json_loadb(text.ptr ? text.ptr : "", text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    json_t *got = tree_of_text(text, false);
    if (want && !got) {
        fail_msg("refused: %.*s", SV_ARG(text));
    } else if (want) {
        expect_tree(got, want, text);
    } else if (got && !may_differ(text, &why)) {
        fail_msg("not refused (%s): %.*s", why.text, SV_ARG(text));
    }
    json_decref(want);
    json_decref(got);
}

static void check_json_lines(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    auto_str file = STR_INIT;
    assert_true(file_read(path, 1 << 24, &file, NULL));
    struct sv rest = str_sv(&file), line;
    while (sv_split(&rest, '\n', &line)) {
        check_json(line);
    }
}

static void equals_jansson_on_the_corpus(void **state) {
    (void)state;
    check_json_lines("mozilla-perf/units/python_literal.jsonl");
    check_json_lines("mozilla-perf/expected/e2e/small/all_commits.jsonl");
    check_json_lines("treeherder/logs/plain-chunked_errorsummary_astral.log");
    check_json_lines("python/text_repr.jsonl");
    auto_str file = STR_INIT;
    assert_true(
        file_read(CORPUS "/treeherder/api/mock/alert_summaries.json", 1 << 24, &file, NULL));
    check_json(str_sv(&file));
    assert_true(file.len > 10000);
}

static void add_random_json(struct str *out, int depth) {
    static const char *const scalars[] = {"null",
                                          "true",
                                          "false",
                                          "0",
                                          "-0",
                                          "12",
                                          "-9223372036854775808",
                                          "9223372036854775807",
                                          "1.5",
                                          "-0.0",
                                          "1e5",
                                          "1E+05",
                                          "0.1e-3",
                                          "123456789.123456789",
                                          "2.5e-300",
                                          "\"\"",
                                          "\"plain text\"",
                                          "\"a longer text without any escape in it\"",
                                          "\"tab\\tq\\\"\\\\\\/\"",
                                          "\"\\u00e9\\ud83d\\ude00\\u0000\"",
                                          "\"é日本\"",
                                          "9223372036854775808",
                                          "1e400",
                                          "NaN"};
    static const char *const blanks[] = {"", "", " ", "\n\t", "  "};
    const char *blank = blanks[rng() % COUNTOF(blanks)];
    uint64_t kind = depth > 4 ? 9 : rng() % 10;
    if (kind > 3) {
        str_add_cstr(out, scalars[rng() % COUNTOF(scalars)]);
        return;
    }
    str_addf(out, "%c%s", kind < 2 ? '[' : '{', blank);
    for (uint64_t i = 0, n = rng() % 5; i < n; i++) {
        str_addf(out, "%s%s", i ? "," : "", blank);
        if (kind >= 2) {
            str_addf(out, "\"k%llu\"%s:%s", (unsigned long long)(rng() % 6), blank, blank);
        }
        add_random_json(out, depth + 1);
        str_add_cstr(out, blank);
    }
    str_add_byte(out, kind < 2 ? ']' : '}');
}

static void mutate(struct str *text) {
    static const char bytes[] = "[]{},:\"\\01.e+- tfn\n\x01\xff";
    for (uint64_t n = rng() % 3 + 1; n && text->len; n--) {
        size_t at = rng() % text->len;
        char c = bytes[rng() % (sizeof bytes - 1)];
        str_splice(text, at, rng() % 2, sv_make(&c, rng() % 2));
    }
}

static void equals_jansson_on_random_texts(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        auto_str text = STR_INIT;
        add_random_json(&text, 0);
        if (i % 2) {
            mutate(&text);
        }
        check_json(str_sv(&text));
    }
}

static void takes_what_python_writes(void **state) {
    (void)state;
    struct doc doc;
    struct doc_token tok;
    json_doc_init(
        &doc, SV("[NaN, Infinity, -Infinity, 12345678901234567890, \"\\ud800x\", \"\\ude00\"]"));
    assert_true(doc_next(&doc, &tok) && doc_next(&doc, &tok));
    assert_true(tok.kind == DOC_FLOAT && isnan(tok.f) && !tok.big);
    assert_true(doc_next(&doc, &tok) && isinf(tok.f) && tok.f > 0);
    assert_true(doc_next(&doc, &tok) && isinf(tok.f) && tok.f < 0);
    assert_true(doc_next(&doc, &tok));
    assert_true(tok.kind == DOC_FLOAT && tok.big && tok.f == 12345678901234567890.0);
    assert_sv(tok.text, "12345678901234567890");
    assert_int_equal(tok.at, 27);
    assert_true(doc_next(&doc, &tok));
    assert_sv(tok.text, "\xef\xbf\xbdx");
    assert_true(doc_next(&doc, &tok));
    assert_sv(tok.text, "\xef\xbf\xbd");
    doc_done(&doc);
}

// ---- Python literals -----------------------------------------------------------------------

static void check_literals(const char *path, size_t at_least) {
    auto_str file = STR_INIT;
    assert_true(file_read(path, 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    size_t n = 0;
    for (; sv_split(&rest, '\n', &line) && line.len; n++) {
        json_t *row = load(line);
        struct sv text = member(row, "text");
        const json_t *want = json_object_get(row, "value");
        json_t *got = tree_of_text(text, true);
        if (!got != !want) {
            fail_msg("%s: %.*s", want ? "refused" : "not refused", SV_ARG(text));
        }
        if (want) {
            expect_tree(got, want, text);
        }
        json_decref(got);
        json_decref(row);
    }
    assert_true(n >= at_least);
}

static void reads_what_literal_eval_reads(void **state) {
    (void)state;
    check_literals(CORPUS "/mozilla-perf/units/python_literal.jsonl", 74);
    check_literals(CORPUS "/python/literals.jsonl", 400);
}

static void reads_large_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double want;
        bool big;
    } cases[] = {
        {"0x7fffffffffffffff", 0x7fffffffffffffffp0, false},
        {"-0x8000000000000000", -0x1p63, false},
        {"0x8000000000000000", 0x1p63, true},
        {"0x20000000000001_00000000001", 0x1.0000000000001p97, true},
        {"0b1"
         "0000000000000000000000000000000000000000000000000000"
         "1"
         "0000000000000000000000000000000000000001",
         0x1.0000000000001p93, true},
        {"0o7777777777777777777777777", 0x1p75, true},
        {"-1_000_000_000_000_000_000_000", -1e21, true},
        {"1"
         "0000000000",
         1e10, false},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct doc doc;
        struct doc_token tok;
        pylit_doc_init(&doc, sv_cstr(cases[i].text));
        assert_true(doc_next(&doc, &tok));
        if (tok.f != cases[i].want || tok.big != cases[i].big) {
            fail_msg("%s: got %a, want %a", cases[i].text, tok.f, cases[i].want);
        }
        assert_int_equal(tok.kind, cases[i].big ? DOC_FLOAT : DOC_INT);
        assert_sv(tok.text, cases[i].text);
        assert_false(doc_next(&doc, &tok));
        assert_int_equal(tok.kind, DOC_END);
        doc_done(&doc);
    }
}

// JSON as repr, and that repr back as JSON.
static void copies_between_the_spellings(void **state) {
    (void)state;
    auto_str file = STR_INIT;
    assert_true(file_read(CORPUS "/mozilla-perf/units/python_repr.jsonl", 1 << 20, &file, NULL));
    struct sv rest = str_sv(&file), line;
    size_t n = 0;
    for (; sv_split(&rest, '\n', &line) && line.len; n++) {
        json_t *row = load(line);
        struct sv json = member(row, "json"), repr = member(row, "repr");
        auto_str got = STR_INIT, back = STR_INIT;
        struct doc doc;
        struct doc_token tok;
        json_doc_init(&doc, json);
        assert_true(doc_next(&doc, &tok) && doc_copy_py(&doc, &tok, &got));
        doc_done(&doc);
        if (!sv_eq(str_sv(&got), repr)) {
            fail_msg("got %s, want %.*s", got.ptr, SV_ARG(repr));
        }
        pylit_doc_init(&doc, repr);
        assert_true(doc_next(&doc, &tok) && doc_copy_json(&doc, &tok, &back));
        doc_done(&doc);
        json_t *a = load(json), *b = load(str_sv(&back));
        expect_tree(b, a, repr);
        json_decref(a);
        json_decref(b);
        json_decref(row);
    }
    assert_int_equal(n, 28);
}

static const struct {
    bool python;
    const char *text, *json, *repr;
} copies[] = {
    {true, "{'a': [1., .5, 0x1F, 1_000, +2, -3], None: (1,), (1, 'b'): set(), 2: {1}}",
     "{\"a\": [1.0, 0.5, 31, 1000, 2, -3], \"None\": [1], \"(1, 'b')\": [], \"2\": [1]}",
     "{'a': [1.0, 0.5, 31, 1000, 2, -3], None: (1,), (1, 'b'): set(), 2: {1}}"},
    {true, "[b'x', 1+2j, ..., (), ((3)), True, None, {}]",
     "[\"b'x'\", \"1+2j\", \"...\", [], 3, true, null, {}]",
     "[b'x', 1+2j, ..., (), 3, True, None, {}]"},
    {false, "{\"a\":{\"b\":[],\"c\":[1,2.50,\"\\u00e9\\n/'\"]},\"d\":null}",
     "{\"a\": {\"b\": [], \"c\": [1, 2.50, \"é\\n/'\"]}, \"d\": null}",
     "{'a': {'b': [], 'c': [1, 2.50, \"é\\n/'\"]}, 'd': None}"},
    {false, "[NaN,-Infinity,123456789012345678901]", "[NaN, -Infinity, 123456789012345678901]",
     "[nan, -inf, 123456789012345678901]"},
};

static void copies_every_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(copies); i++) {
        for (int python = 0; python < 2; python++) {
            struct doc doc;
            struct doc_token tok;
            auto_str out = STR_INIT;
            (copies[i].python ? pylit_doc_init : json_doc_init)(&doc, sv_cstr(copies[i].text));
            assert_true(doc_next(&doc, &tok));
            assert_true((python ? doc_copy_py : doc_copy_json)(&doc, &tok, &out));
            assert_string_equal(out.ptr, python ? copies[i].repr : copies[i].json);
            assert_false(doc_next(&doc, &tok));
            assert_int_equal(tok.kind, DOC_END);
            doc_done(&doc);
        }
    }
}

// ---- both ----------------------------------------------------------------------------------

static void skips_values(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"a\": [1, {\"b\": []}], \"c\": \"x\", \"d\": {}, \"e\": 7}",
        "{'a': [1, {'b': ()}], 'c': 'x', 'd': {}, 'e': 7}"};
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct doc doc;
        struct doc_token tok;
        (i ? pylit_doc_init : json_doc_init)(&doc, sv_cstr(texts[i]));
        assert_true(doc_next(&doc, &tok) && tok.kind == DOC_MAP);
        assert_true(doc_next(&doc, &tok) && tok.kind == DOC_KEY);
        assert_true(doc_next(&doc, &tok) && doc_skip(&doc, &tok));
        assert_true(doc_next(&doc, &tok) && tok.kind == DOC_KEY);
        assert_sv(tok.text, "c");
        assert_true(doc_skip(&doc, &tok));
        assert_true(doc_next(&doc, &tok) && doc_skip(&doc, &tok));
        assert_true(doc_next(&doc, &tok));
        assert_sv(tok.text, "e");
        assert_true(doc_next(&doc, &tok) && tok.i == 7);
        assert_true(doc_next(&doc, &tok) && tok.kind == DOC_MAP_END);
        assert_false(doc_next(&doc, &tok));
        assert_int_equal(tok.kind, DOC_END);
        doc_restart(&doc, SV("[1, [2"));
        assert_true(doc_next(&doc, &tok));
        assert_false(doc_skip(&doc, &tok));
        doc_restart(&doc, SV("[3]"));
        assert_true(doc_next(&doc, &tok) && doc_next(&doc, &tok) && tok.i == 3);
        assert_int_equal(doc_error(&doc)->code, ERR_NONE);
        doc_done(&doc);
    }
}

static void limits_the_depth(void **state) {
    (void)state;
    for (int python = 0; python < 2; python++) {
        for (size_t levels = DOC_MAX_DEPTH; levels <= DOC_MAX_DEPTH + 1; levels++) {
            auto_str text = STR_INIT;
            str_fill(&text, '[', levels);
            str_fill(&text, ']', levels);
            json_t *tree = tree_of_text(str_sv(&text), python);
            assert_int_equal(tree != NULL, levels == DOC_MAX_DEPTH);
            json_decref(tree);
        }
        // Brackets and keys count too, and end in time.
        auto_str text = STR_INIT;
        str_fill(&text, '(', 100000);
        assert_null(tree_of_text(str_sv(&text), true));
        str_clear(&text);
        str_fill(&text, '{', 100000);
        assert_null(tree_of_text(str_sv(&text), python));
    }
}

static const struct {
    bool python;
    const char *text, *message;
} faults[] = {
    {false, "[1 2]", "byte 3: expected ',' or ']', found '2'"},
    {false, "{\"a\" 1}", "byte 5: expected ':' behind a key, found '1'"},
    {false, "{a: 1}", "byte 1: expected a key in double quotes, found 'a'"},
    {false, "[1, ", "byte 4: expected a value, found the end of the text"},
    {false, "\"abc", "byte 4: expected the closing quote of a text, found the end of the text"},
    {false, "\"a\nb\"", "byte 2: a control character must be escaped, found byte 0x0a"},
    {false, "\"\\x\"", "byte 1: expected an escape such as \\n or \\u00e9, found '\\'"},
    {false, "{} {}", "byte 3: expected nothing more behind the value, found '{'"},
    {false, "[01]", "byte 1: expected a number, found '0'"},
    {false, "[1.]", "byte 3: expected a number, found ']'"},
    {true, "{'a': nan}", "byte 6: expected a value, found 'n'"},
    {true, "('a', 'b'", "byte 9: expected ',' or ')', found the end of the text"},
    {true, "{1, [2]}", "byte 4: expected a hashable value in a set or as a dict key, found '['"},
    {true, "['\\N{DIGIT ONE}']", "byte 2: an escape is incomplete or not supported, found '\\'"},
    {true, "['a' b'c']", "byte 5: text and bytes cannot be joined, found 'b'"},
    {true, "b'\xc3\xa9'", "byte 2: expected ASCII characters only in bytes, found byte 0xc3"},
    {true, "('a'", "byte 4: expected ')', found the end of the text"},
};

static void says_what_and_where(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNTOF(faults); i++) {
        struct doc doc;
        struct doc_token tok;
        (faults[i].python ? pylit_doc_init : json_doc_init)(&doc, sv_cstr(faults[i].text));
        while (doc_next(&doc, &tok)) {
        }
        assert_int_equal(tok.kind, DOC_ERROR);
        assert_string_equal(doc_error(&doc)->msg, faults[i].message);
        doc_done(&doc);
    }
}

static void searches_alike(void **state) {
    (void)state;
    char text[200];
    for (int i = 0; i < 20000; i++) {
        size_t len = rng() % sizeof text;
        for (size_t k = 0; k < len; k++) {
            uint64_t pick = rng();
            text[k] = pick % 64 ? (char)('a' + pick / 64 % 26) : (char)(pick / 64);
        }
        char quote = rng() % 2 ? '"' : '\'';
        assert_ptr_equal(text_special(text, text + len, quote),
                         text_special_portable(text, text + len, quote));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_jansson_on_the_corpus),
        cmocka_unit_test(equals_jansson_on_random_texts),
        cmocka_unit_test(takes_what_python_writes),
        cmocka_unit_test(reads_what_literal_eval_reads),
        cmocka_unit_test(reads_large_integers),
        cmocka_unit_test(copies_between_the_spellings),
        cmocka_unit_test(copies_every_kind),
        cmocka_unit_test(skips_values),
        cmocka_unit_test(limits_the_depth),
        cmocka_unit_test(says_what_and_where),
        cmocka_unit_test(searches_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
