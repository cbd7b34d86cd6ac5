// View files: the built-in ones, what is wrong with others, and the user's own over them.
#include "view_test.h"

#include <sys/stat.h>

#include "base/date.h"
#include "base/file.h"
#include "view/def_path.h"
#include "view/format.h"

static void write_view(void **state, const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "views/%s", name);
    mkdir(unit_path(state, "views"), 0755);
    view_test_write(state, path, text);
}

static struct view_set *load(void **state, struct str *faults) {
    struct err err = ERR_INIT;
    struct view_set *set = view_set_load(unit_path(state, "views"), faults, &err);
    if (!set) {
        print_error("%s\n", err.msg);
    }
    assert_non_null(set);
    return set;
}

// --- built in -----------------------------------------------------------------------------------

static void built_in_views_have_no_faults(void **state) {
    static const char *const names[] = {
        "alert_summaries", "alert_summary", "alerts",    "bugs",       "bug",
        "diffs",           "diff",          "commits",   "signatures", "problems",
        "datasets",        "commit",        "signature", "bug_tests"};
    (void)state;
    struct err err = ERR_INIT;
    auto_str faults = STR_INIT;
    struct view_set *set = view_set_load(NULL, &faults, &err);
    assert_non_null(set);
    assert_sv(str_sv(&faults), "");
    for (size_t i = 0; i < COUNTOF(names); i++) {
        const struct view_def *def = view_set_find(set, sv_cstr(names[i]));
        assert_non_null(def);
        assert_true(def->built_in);
    }
    assert_null(view_set_find(set, SV("nope")));
    view_set_free(set);
}

// Every dataset of the catalog has a view of its name with all its columns.
static void every_dataset_has_a_view(void **state) {
    (void)state;
    struct view_set *set = view_test_set();
    size_t n = 0;
    const struct dataset_entry *entries = catalog_datasets(&n);
    assert_true(n > 5);
    for (size_t i = 0; i < n; i++) {
        const struct view_def *def = view_set_find(set, sv_cstr(entries[i].def->name));
        assert_non_null(def);
        assert_sv(def->from, entries[i].def->name);
        assert_non_null(view_set_find(set, sv_cstr(entries[i].view)));
    }
    const struct view_def *def = view_set_find(set, SV("perf_bugs"));
    size_t hidden = 0;
    assert_int_equal(def->n_columns, 11);
    for (size_t i = 0; i < def->n_columns; i++) {
        hidden += def->columns[i].hidden;
    }
    assert_int_equal(hidden, 1); // _extra
    assert_sv(def->key[0], "id");
    assert_sv(def->params[0].name, "id");
    view_set_free(set);
}

// On a store without anything each view opens, is empty and says how to change that; the list of
// datasets has a row for each that could be there.
static void built_in_views_open_on_nothing(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    for (size_t i = 0; i < view_set_n(set); i++) {
        const struct view_def *def = view_set_at(set, i);
        struct view_value params[8];
        struct err err = ERR_INIT;
        for (size_t k = 0; k < def->n_params; k++) {
            params[k] = (struct view_value){def->params[k].name, SV("1")};
        }
        struct view *v = view_open(set, def, snap, params, def->n_params, &err);
        if (!v) {
            print_error("%.*s: %s\n", SV_ARG(def->name), err.msg);
        }
        assert_non_null(v);
        assert_true(view_run(v, NULL, &err));
        const bool of_datasets = sv_is(def->from, "datasets");
        assert_true((v->rows.n > 0) == (of_datasets && def->n_params == 0));
        auto_str why = STR_INIT;
        view_empty_text(v, &why);
        bool helpful = sv_find(str_sv(&why), SV("culprit import")) >= 0 ||
                       sv_find(str_sv(&why), SV("culprit derive")) >= 0 ||
                       sv_is(def->from, "problems") || of_datasets;
        if (!helpful) {
            print_error("%.*s: %s\n", SV_ARG(def->name), str_cstr(&why));
        }
        assert_true(helpful);
        struct arena arena = {0};
        struct link_target targets[32];
        size_t n = view_links(v, 0, &arena, targets, COUNTOF(targets));
        for (size_t k = 0; k < n; k++) {
            assert_true(targets[k].count <= 0 || sv_is(targets[k].def->from, "datasets"));
        }
        arena_done(&arena);
        view_free(v);
    }
    snapshot_unref(snap);
    view_set_free(set);
}

static void names_the_file_to_import(void **state) {
    struct view_set *set = view_test_set();
    struct snapshot *snap = view_test_snapshot(state);
    struct view *v = view_test_open(set, snap, "bugs", NULL);
    auto_str why = STR_INIT;
    view_empty_text(v, &why);
    assert_sv(str_sv(&why), "No bugs yet: culprit import all_bugs.csv");
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// --- faults -------------------------------------------------------------------------------------

// All of them, each with its line and path.
static void reports_every_fault(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "mine.json",
               "{\n"
               "  \"name\": \"mine\",\n"
               "  \"from\": \"all_bugs\",\n"
               "  \"colour\": \"red\",\n"
               "  \"title\": 7,\n"
               "  \"columns\": [\n"
               "    {\"field\": \"id\", \"format\": \"roman\"},\n"
               "    {\"field\": \"nope\"},\n"
               "    {\"field\": \"summary\", \"width\": \"wide\",\n"
               "     \"hidden\": 1}\n"
               "  ]\n"
               "}\n");
    struct view_set *set = load(state, &faults);
    const char *text = str_cstr(&faults);
    assert_non_null(strstr(text, "mine.json:4: $.colour: unknown field \"colour\""));
    assert_non_null(strstr(text, "mine.json:5: $.title: expected text, found a number"));
    assert_non_null(strstr(text, "mine.json:9: $.columns[2].width: expected a whole number"));
    assert_non_null(strstr(text, "mine.json:10: $.columns[2].hidden: expected true or false"));
    assert_null(view_set_find(set, SV("mine")));
    view_set_free(set);
}

static void checks_names(void **state) {
    auto_str faults = STR_INIT;
    write_view(
        state, "mine.json",
        "{ \"name\": \"mine\", \"from\": \"all_bugs\", \"key\": [\"idd\"],\n"
        "  \"sort\": [\"-summ\"], \"preview\": \"nothing\",\n"
        "  \"columns\": [\n"
        "    {\"field\": \"id\", \"format\": \"roman\", \"link\": \"gone\"},\n"
        "    {\"field\": \"nope\"},\n"
        "    {\"field\": \"id\"},\n"
        "    {\"join\": \"nowhere\", \"on\": {\"id\": \"id\"}, \"field\": \"x\"},\n"
        "    {\"join\": \"perf_bugs\", \"field\": \"component\"},\n"
        "    {\"field\": \"summary\", \"role\": \"pretty\", \"least\": \"nope\"},"
        " {\"join\": \"perf_bugs\", \"on\": {\"id\": \"id\"}, \"field\": \"product\","
        " \"suffix\": \"regressed_by\"} ],\n"
        "  \"links\": [\n"
        "    {\"name\": \"a\", \"key\": \"q\", \"view\": \"bugg\"},\n"
        "    {\"name\": \"b\", \"key\": \"q\", \"view\": \"bug\", \"with\": {\"idd\": \"id\"}},\n"
        "    {\"name\": \"c\", \"view\": \"bug\", \"with\": {\"id\": \"head.id\"}, \"else\": "
        "\"z\"} ],\n"
        "  \"tabs\": [ {\"title\": \"t\", \"filter\": \"componen=x\"},\n"
        "             {\"title\": \"u\", \"filter\": \"component=\\\"x\"} ],\n"
        "  \"open\": \"https://example.org/{idd}\" }\n");
    struct view_set *set = load(state, &faults);
    static const char *const wanted[] = {
        ":1: $.key[0]: dataset all_bugs has no column \"idd\"",
        ":2: $.sort[0]: the view has no column \"summ\"",
        ":2: $.preview: unknown view \"nothing\"",
        ":4: $.columns[0].format: unknown format \"roman\"",
        ":4: $.columns[0].link: the view has no link \"gone\"",
        ":5: $.columns[1].field: dataset all_bugs has no column \"nope\"",
        ":6: $.columns[2].name: a second column is called \"id\"",
        ":7: $.columns[3].join: unknown dataset \"nowhere\"",
        ":8: $.columns[4]: \"join\" needs \"on\"",
        ":9: $.columns[5].role: unknown role \"pretty\"",
        ":9: $.columns[5].least: dataset all_bugs has no column \"nope\"",
        ":9: $.columns[6].suffix: dataset perf_bugs has no column \"regressed_by\"",
        ":11: $.links[0].view: unknown view \"bugg\"",
        ":12: $.links[1].key: key \"q\" is taken by link \"a\"",
        ":12: $.links[1].with.idd: view bug has no parameter \"idd\"",
        ":12: $.links[1]: view bug needs the parameter \"id\"",
        ":13: $.links[2].with.id: the head has no column \"id\"",
        ":13: $.links[2].else: expected another link of the view",
        ":14: $.tabs[0].filter: ",
        ":15: $.tabs[1].filter: ",
        ":16: $.open: neither the view nor dataset all_bugs has a column \"idd\"",
    };
    for (size_t i = 0; i < COUNTOF(wanted); i++) {
        if (!strstr(str_cstr(&faults), wanted[i])) {
            print_error("missing: %s\n... in:\n%s", wanted[i], str_cstr(&faults));
        }
        assert_non_null(strstr(str_cstr(&faults), wanted[i]));
    }
    size_t lines = 0;
    for (size_t i = 0; i < faults.len; i++) {
        lines += faults.ptr[i] == '\n';
    }
    if (lines != COUNTOF(wanted)) {
        print_error("%s", str_cstr(&faults));
    }
    assert_int_equal(lines, COUNTOF(wanted)); // and nothing that is right
    view_set_free(set);
}

// Panes of text, heads of one-row datasets, where a text is cut.
static void checks_panes_and_heads(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "a.json",
               "{ \"name\": \"a\", \"from\": \"llm_struc\", \"pane\": \"text\" }\n");
    write_view(state, "b.json",
               "{ \"name\": \"b\", \"from\": \"llm_struc\", \"text\": \"prompt\" }\n");
    write_view(state, "c.json",
               "{ \"name\": \"c\", \"from\": \"llm_struc\", \"pane\": \"text\",\n"
               "  \"text\": \"prompts\", \"params\": [\"commit_id\"],\n"
               "  \"head\": {\"from\": \"ttc_stats\", \"param\": \"commit_id\", "
               "\"columns\": [\"count\"]} }\n");
    write_view(state, "d.json",
               "{ \"name\": \"d\", \"from\": \"llm_struc\",\n"
               "  \"columns\": [{\"field\": \"prompt\", \"cut\": \"up\"}] }\n");
    write_view(state, "good.json",
               "{ \"name\": \"good\", \"from\": \"llm_struc\", \"pane\": \"text\", \"text\": "
               "\"prompt\",\n"
               "  \"head\": {\"from\": \"ttc_stats\", \"columns\": [\"count\"]},\n"
               "  \"columns\": [{\"field\": \"prompt\", \"cut\": \"middle\"}] }\n");
    struct view_set *set = load(state, &faults);
    const char *text = str_cstr(&faults);
    assert_non_null(strstr(text, "a.json:1: $.pane: a pane for text needs \"text\""));
    assert_non_null(strstr(text, "b.json:1: $.text: \"text\" is only for"));
    assert_non_null(strstr(text, "c.json:2: $.text: the view has no column \"prompts\""));
    assert_non_null(strstr(text, "c.json:3: $.head.param: \"param\" is only for a head with"));
    assert_non_null(strstr(text, "d.json:2: $.columns[0].cut: expected \"end\" or \"middle\""));
    const struct view_def *good = view_set_find(set, SV("good"));
    assert_non_null(good);
    assert_int_equal(good->pane, PANE_TEXT);
    assert_true(good->columns[0].cut_middle);
    assert_null(strstr(text, "good.json"));
    view_set_free(set);
}

static void reads_plots(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "mine.json",
               "{ \"name\": \"mine\", \"from\": \"alerts\", \"columns\": [\"id\", \"status\",\n"
               "  {\"field\": \"new_value\", \"name\": \"now\"},\n"
               "  {\"join\": \"alert_summaries\", \"on\": {\"summary_id\": \"id\"},\n"
               "   \"field\": \"created\"} ],\n"
               "  \"plot\": {\"kind\": \"line\", \"x\": \"created\", \"y\": \"now\", "
               "\"name\": \"status\",\n"
               "    \"mark\": \"id\", \"title\": \"T\", \"y_label\": \"Y\", \"unit\": \"ms\"} }\n");
    write_view(state, "other.json",
               "{ \"name\": \"other\", \"from\": \"alerts\", \"columns\": [\"id\"],\n"
               "  \"plot\": {\"kind\": \"histogram\", \"x\": \"id\"} }\n");
    struct view_set *set = load(state, &faults);
    assert_sv(str_sv(&faults), "");
    const struct view_plot *plot = &view_set_find(set, SV("mine"))->plot;
    assert_int_equal(plot->kind, PLOT_LINE);
    assert_sv(plot->x, "created");
    assert_sv(plot->y, "now");
    assert_sv(plot->name, "status");
    assert_sv(plot->mark, "id");
    assert_sv(plot->title, "T");
    assert_sv(plot->y_label, "Y");
    assert_sv(plot->unit, "ms");
    assert_int_equal(view_set_find(set, SV("other"))->plot.bins, 50);
    assert_int_equal(view_set_find(set, SV("alerts"))->plot.kind, PLOT_NONE);
    view_set_free(set);
}

static void checks_plots(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "a.json",
               "{ \"name\": \"a\", \"from\": \"alerts\", \"columns\": [\"id\", \"status\", "
               "\"suite\"],\n"
               "  \"plot\": {\"kind\": \"line\",\n"
               "    \"x\": \"when\",\n"
               "    \"y\": \"status\",\n"
               "    \"name\": \"revision\",\n"
               "    \"title\": \"{head.x}\"} }\n");
    write_view(state, "b.json",
               "{ \"name\": \"b\", \"from\": \"alerts\", \"columns\": [\"id\", \"suite\"],\n"
               "  \"plot\": {\"kind\": \"histogram\", \"x\": \"suite\", \"bins\": 0} }\n");
    write_view(state, "c.json",
               "{ \"name\": \"c\", \"from\": \"alerts\", \"plot\": {\"kind\": \"pie\"} }\n");
    write_view(state, "d.json",
               "{ \"name\": \"d\", \"from\": \"alerts\", \"plot\": {\"kind\": \"strip\"} }\n");
    write_view(state, "f.json",
               "{ \"name\": \"f\", \"from\": \"alerts\",\n"
               "  \"plot\": {\"kind\": \"strip\", \"y\": \"id\", \"colour\": 1} }\n");
    write_view(state, "e.json", "{ \"name\": \"e\", \"from\": \"alerts\", \"plot\": {} }\n");
    struct view_set *set = load(state, &faults);
    static const char *const wanted[] = {
        "a.json:3: $.plot.x: the view has no column \"when\"",
        "a.json:4: $.plot.y: column \"status\" holds no numbers to plot",
        "a.json:5: $.plot.name: the view has no column \"revision\"",
        "f.json:2: $.plot.colour: unknown field \"colour\"",
        "a.json:6: $.plot.title: the head has no column \"x\"",
        "b.json:2: $.plot.x: column \"suite\" holds no numbers or times to plot",
        "b.json:2: $.plot.bins: expected 1 to 1000 bins",
        "c.json:1: $.plot.kind: expected \"line\", \"histogram\" or \"strip\"",
        "d.json:1: $.plot: this kind of plot needs \"y\"",
        "e.json:1: $.plot: a plot needs \"kind\"",
    };
    for (size_t i = 0; i < COUNTOF(wanted); i++) {
        if (!strstr(str_cstr(&faults), wanted[i])) {
            print_error("missing: %s\n... in:\n%s", wanted[i], str_cstr(&faults));
        }
        assert_non_null(strstr(str_cstr(&faults), wanted[i]));
    }
    view_set_free(set);
}

static void reports_broken_json(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "a.json", "{ \"name\": \"a\",\n  \"from\" }\n");
    write_view(state, "b.json", "");
    write_view(state, "c.json", "[1, 2]\n");
    write_view(state, "d.json", "{ \"from\": \"alerts\" }\n");
    write_view(state, "e.json", "{ \"name\": \"bugs\", \"from\": \"alerts\" }\n");
    write_view(state, "f.json", "{ \"name\": \"all_bugs\", \"from\": \"alerts\" }\n");
    struct view_set *set = load(state, &faults);
    assert_non_null(strstr(str_cstr(&faults), "a.json:2:"));
    assert_non_null(strstr(str_cstr(&faults), "b.json:1:"));
    assert_non_null(strstr(str_cstr(&faults), "c.json:1: $: expected an object, found a list"));
    assert_non_null(strstr(str_cstr(&faults), "d.json:1: $.name: a view needs \"name\""));
    assert_non_null(strstr(str_cstr(&faults), "f.json:1: $.from: a view with the name of dataset"));
    // All others are as they were.
    assert_non_null(view_set_find(set, SV("alert_summaries")));
    assert_sv(view_set_find(set, SV("all_bugs"))->from, "all_bugs");
    view_set_free(set);
}

static void finds_lines(void **state) {
    (void)state;
    struct sv text = SV("{\n \"a\": [1,\n  {\"b\\\"c\": 2,\n   \"d\": [\n3]}]}");
    struct def_path root = {0};
    struct def_path a = {&root, "a", 0};
    struct def_path second = {&a, NULL, 1};
    struct def_path b = {&second, "b\"c", 0};
    struct def_path d = {&second, "d", 0};
    struct def_path three = {&d, NULL, 0};
    struct def_path none = {&second, "nope", 0};
    assert_int_equal(def_line(text, &root), 1);
    assert_int_equal(def_line(text, &a), 2);
    assert_int_equal(def_line(text, &second), 3);
    assert_int_equal(def_line(text, &b), 3);
    assert_int_equal(def_line(text, &d), 4);
    assert_int_equal(def_line(text, &three), 5);
    assert_int_equal(def_line(text, &none), 3); // the nearest thing that is there
    assert_int_equal(def_line(SV(""), &none), 1);
}

// --- documentation ------------------------------------------------------------------------------

// docs/views.md lists every format with its help, and its example is a view without faults.
static void documentation_is_complete(void **state) {
    struct err err = ERR_INIT;
    auto_str doc = STR_INIT;
    assert_true(file_read(SOURCE_DIR "/docs/views.md", 1 << 20, &doc, &err));
    for (const struct cell_format *f = cell_formats; f->name; f++) {
        auto_str row = STR_INIT;
        str_addf(&row, "| `%s` | %s |\n", f->name, f->help);
        if (sv_find(str_sv(&doc), str_sv(&row)) < 0) {
            print_error("docs/views.md lacks: %s", str_cstr(&row));
        }
        assert_true(sv_find(str_sv(&doc), str_sv(&row)) >= 0);
    }
    struct sv example = str_sv(&doc);
    ptrdiff_t from = sv_find(example, SV("```json\n"));
    assert_true(from >= 0);
    example = sv_from(example, (size_t)from + 8);
    example = sv_sub(example, 0, (size_t)sv_find(example, SV("```")));
    auto_str text = STR_INIT;
    auto_str faults = STR_INIT;
    str_add_sv(&text, example);
    write_view(state, "android.json", str_cstr(&text));
    struct view_set *set = load(state, &faults);
    assert_sv(str_sv(&faults), "");
    assert_non_null(view_set_find(set, SV("android")));
    view_set_free(set);
}

// --- the user's views ---------------------------------------------------------------------------

static void user_views_replace_built_in_ones(void **state) {
    auto_str faults = STR_INIT;
    write_view(
        state, "bugs.json",
        "{ \"name\": \"bugs\", \"from\": \"all_bugs\", \"params\": [\n"
        "    {\"name\": \"id\", \"many\": true}, {\"name\": \"regressed_by\", \"many\": true},\n"
        "    \"component\"],\n"
        "  \"columns\": [\"id\", \"summary\"],\n"
        "  \"links\": [{\"name\": \"open\", \"view\": \"bug\", \"with\": {\"id\": \"id\"}}] }\n");
    write_view(state, "slow_things.json",
               "{ \"name\": \"slow_things\", \"from\": \"alerts\", \"filter\": "
               "\"is_regression=true\" }\n");
    write_view(state, "notes.txt", "not a view\n");
    struct view_set *set = load(state, &faults);
    assert_sv(str_sv(&faults), "");
    const struct view_def *def = view_set_find(set, SV("bugs"));
    assert_false(def->built_in);
    assert_int_equal(def->n_columns, 2);
    assert_sv(def->title, "Bugs");
    assert_int_equal(def->links[0].key, 'o'); // chosen from the name
    def = view_set_find(set, SV("slow_things"));
    assert_sv(def->title, "Slow things");
    assert_true(def->n_columns > 20); // none named: all of the dataset
    assert_sv(def->key[0], "summary_id");

    struct snapshot *snap = view_test_store(state);
    struct view *v = view_test_open(set, snap, "slow_things", NULL);
    assert_int_equal(v->rows.n, 4); // alert 1 stands under two summaries
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// A view that takes away what built-in links need is reported, and breaks nothing.
static void reports_links_that_a_user_view_breaks(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "commit.json", "{ \"name\": \"commit\", \"from\": \"commits\" }\n");
    write_view(state, "bug.json",
               "{ \"name\": \"bug\", \"from\": \"all_bugs\", \"params\": [{\"name\": \"number\", "
               "\"field\": \"id\"}] }\n");
    struct view_set *set = load(state, &faults);
    assert_non_null(strstr(str_cstr(&faults), "alert_summaries.json:"));
    assert_non_null(strstr(str_cstr(&faults), "view bug has no parameter \"id\""));
    assert_null(strstr(str_cstr(&faults), "/commit.json"));
    struct snapshot *snap = view_test_store(state);
    struct view *v = view_test_open(set, snap, "alert_summaries", NULL);
    struct arena arena = {0};
    struct link_target target;
    struct err err = ERR_INIT;
    assert_false(view_follow(v, 2, SV("bug"), &arena, &target, &err));
    arena_done(&arena);
    view_free(v);
    snapshot_unref(snap);
    view_set_free(set);
}

// Of two faulty views that link to each other both go, and each fault is told once.
static void leaves_out_what_links_to_left_out(void **state) {
    auto_str faults = STR_INIT;
    write_view(state, "one.json",
               "{ \"name\": \"one\", \"from\": \"alerts\", \"links\": [{\"name\": \"t\", "
               "\"view\": \"two\"}] }\n");
    write_view(state, "two.json", "{ \"name\": \"two\", \"from\": \"nowhere\" }\n");
    struct view_set *set = load(state, &faults);
    assert_null(view_set_find(set, SV("one")));
    assert_null(view_set_find(set, SV("two")));
    const char *first = strstr(str_cstr(&faults), "unknown dataset");
    assert_non_null(first);
    assert_null(strstr(first + 1, "unknown dataset"));
    assert_non_null(strstr(str_cstr(&faults), "unknown view \"two\""));
    view_set_free(set);
}

int main(void) {
    clock_fix(1738800000 * INT64_C(1000000));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_views_have_no_faults),
        cmocka_unit_test(every_dataset_has_a_view),
        unit_test_in_dir(built_in_views_open_on_nothing),
        unit_test_in_dir(names_the_file_to_import),
        unit_test_in_dir(reports_every_fault),
        unit_test_in_dir(checks_names),
        unit_test_in_dir(checks_panes_and_heads),
        unit_test_in_dir(reads_plots),
        unit_test_in_dir(checks_plots),
        unit_test_in_dir(reports_broken_json),
        cmocka_unit_test(finds_lines),
        unit_test_in_dir(documentation_is_complete),
        unit_test_in_dir(user_views_replace_built_in_ones),
        unit_test_in_dir(reports_links_that_a_user_view_breaks),
        unit_test_in_dir(leaves_out_what_links_to_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
